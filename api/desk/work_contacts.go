package desk

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// getWhoCalled answers a caller who asks who it was that called, for any member of
// staff: by the code of the contact, or by either telephone number.
func (s *Server) getWhoCalled(v *visit) error {
	said := v.R.URL.Query().Get("said")
	sheet := &view.WorkList{
		Heading: page.Say("caller.title"), Lead: page.Say("caller.lead"), Action: whoCalledPath, Button: page.Say("caller.find"),
		Lookup: &page.Field{Name: "said", Label: page.Say("caller.said"), Hint: page.Say("caller.hint"), Value: said, Max: maxNumberTyped},
		List: view.List{
			Caption: page.Say("caller.caption"), Empty: page.Empty{Text: page.Say("caller.empty")},
			Columns: []page.Text{page.Say("caller.who"), page.Say("today.case"), page.Say("caller.how"), page.Say("caller.when")},
		},
	}
	if said == "" {
		sheet.List.Empty.Text = page.Say("caller.ask")
		return v.Show(http.StatusOK, sheet)
	}
	found, err := s.whoCalled(v, said)
	if err != nil {
		return err
	}
	if sheet.List.Rows, err = s.contactRows(v, found); err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

func (s *Server) whoCalled(v *visit, said string) ([]casebook.Contact, error) {
	if c, ok := code.ReadContact(said); ok {
		found, err := s.Desk.Book.ContactByCode(v.R.Context(), c)
		if err != nil || found != nil {
			return one(found), err
		}
	}
	return s.Desk.Book.ContactsByNumber(v.R.Context(), casework.Phone(said, finance.Sweden))
}

func one(c *casebook.Contact) []casebook.Contact {
	if c == nil {
		return nil
	}
	return []casebook.Contact{*c}
}

func (s *Server) contactRows(v *visit, contacts []casebook.Contact) ([]view.Row, error) {
	notes := make([]ledger.NoteID, len(contacts))
	for i := range contacts {
		notes[i] = contacts[i].Note
	}
	cases, err := s.casesOf(v, "who called", notes)
	if err != nil {
		return nil, err
	}
	staff, err := s.Desk.Book.StaffNames(v.R.Context())
	if err != nil {
		return nil, err
	}
	rows := make([]view.Row, len(contacts))
	for i := range contacts {
		c := &contacts[i]
		rows[i] = view.Row{Href: contactsPath + "/" + c.ID, Cells: []view.Cell{
			{Text: page.Verbatim(staff[c.Staff])}, {Text: caseText(cases, c.Note)}, {Text: contactHow(c), More: page.Say(page.Key("work.topic." + c.Topic))},
			{Text: page.Say("verbatim", "text", c.At)},
		}}
	}
	return rows, nil
}

// contactHow says by what way and with what outcome.
func contactHow(c *casebook.Contact) page.Text {
	return page.Say("caller.way", "direction", page.Say(page.Key("work.direction."+string(c.Direction))),
		"channel", page.Say(page.Key("work.channel."+string(c.Channel))), "outcome", page.Say(page.Key("work.outcome."+string(c.Outcome))))
}

// getContact shows one contact, with the code by which its person finds out who it was.
func (s *Server) getContact(v *visit) error {
	c, err := s.Desk.Book.Contact(v.R.Context(), chi.URLParam(v.R, "contact"))
	if err != nil {
		return err
	}
	if c == nil {
		return ledger.Refuse(ledger.CodeNotFound)
	}
	if err := v.Reads("contact", c.Note); err != nil {
		return err
	}
	names, err := s.Desk.Book.StaffNames(v.R.Context())
	if err != nil {
		return err
	}
	sheet := &view.WorkSheet{Code: c.Code.String(), WorkTitle: view.WorkTitle{
		Heading: contactHow(c), Case: noteLink(c.Note), Words: c.Words,
		Pairs: []page.Pair{
			{Term: page.Say("caller.who"), Value: page.Verbatim(names[c.Staff])},
			{Term: page.Say("caller.when"), Value: page.Say("verbatim", "text", c.At)},
			{Term: page.Say("work.topic"), Value: page.Say(page.Key("work.topic." + c.Topic))},
		},
	}}
	for _, p := range []struct {
		term  page.Key
		value string
	}{{"work.peer", c.Peer}, {"work.number", c.Number}, {"work.next", c.Next}} {
		if p.value != "" {
			sheet.Pairs = append(sheet.Pairs, page.Pair{Term: page.Say(p.term), Value: page.Verbatim(p.value)})
		}
	}
	return v.Show(http.StatusOK, sheet)
}

// promiseOf gives the promise to pay that the address names.
func (s *Server) promiseOf(v *visit) (*casebook.Promise, error) {
	p, err := s.Desk.Book.Promise(v.R.Context(), chi.URLParam(v.R, "promise"))
	if err == nil && p == nil {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return p, err
}

// getPromise shows to whom a payment was promised, and lets it be said that the promise
// does not count.
func (s *Server) getPromise(v *visit) error {
	p, err := s.promiseOf(v)
	if err != nil {
		return err
	}
	if err := v.Reads("promise", p.Note); err != nil {
		return err
	}
	n, err := s.Desk.Book.Note(v.R.Context(), p.Note)
	if err == nil && n == nil {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	if err != nil {
		return err
	}
	staff, err := s.Desk.Book.StaffNames(v.R.Context())
	if err != nil {
		return err
	}
	amount := finance.Money{Amount: p.Amount, Currency: n.State.Terms.Principal.Currency}
	sheet := &view.WorkSheet{WorkTitle: view.WorkTitle{
		Heading: page.Say(page.Key("case.promise."+string(p.State)), "amount", amount, "date", p.Day), Case: noteLink(p.Note),
		Pairs: []page.Pair{{Term: page.Say("flags.raised"), Value: page.Say("flags.raised-by", "name", staff[p.Staff], "at", p.Made)}},
	}}
	if p.State == casebook.PromiseOpen && v.actor.Is(workers...) {
		reason := view.Reason("", false)
		sheet.Forms = []*view.WorkForm{{
			Action: promisesPath + "/" + p.ID + "/withdrawn", Button: page.Say("act.name.promise.withdraw"), Quiet: true, Asks: []view.Ask{{Field: &reason}},
		}}
	}
	return v.Show(http.StatusOK, sheet)
}

// postPromiseWithdrawn says that a promise to pay does not count.
func (s *Server) postPromiseWithdrawn(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	p, err := s.promiseOf(v)
	if err != nil {
		return err
	}
	return v.check(&casework.WithdrawPromise{Promise: p.ID, Note: p.Note}, v.reason(), "/desk/cases/of/"+string(p.Note))
}
