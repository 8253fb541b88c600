package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// maxCalledTyped bounds the field in which a code or a number is typed.
const maxCalledTyped = 40

// whoCalled is the page with what was typed.
func (s *Server) whoCalled(typed string) *page.WhoCalled {
	return &page.WhoCalled{
		What: page.Field{
			Name: "what", Label: page.Say("called.what"), Hint: page.Say("called.what.hint"), Value: clipRunes(typed, maxCalledTyped),
			Max: maxCalledTyped, Autocomplete: "off",
		},
		Help: s.Help,
	}
}

func (s *Server) getWhoCalled(v *visit) error { return v.Show(http.StatusOK, s.whoCalled("")) }

// postWhoCalled says who called. What was typed stands in no address.
func (s *Server) postWhoCalled(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	typed := strings.TrimSpace(v.R.PostForm.Get("what"))
	if c, ok := code.ReadContact(typed); ok && !isNumber(typed) {
		return s.redirect(v, c)
	}
	view := s.whoCalled(typed)
	if !isNumber(typed) {
		// Ten digits may be a code as well as a number; a number has other signs, too.
		view.What.Error = page.Say("called.wrong")
		return v.Show(http.StatusUnprocessableEntity, view)
	}
	if c, ok := code.ReadContact(typed); ok {
		if contact, err := s.Store.ContactOf(v.R.Context(), c); err != nil {
			return err
		} else if contact != nil {
			return s.redirect(v, c)
		}
	}
	now, address := s.Clock(), v.Address()
	if err := s.guesses.mayTry(address, now); err != nil {
		return err
	}
	if err := s.findNumber(v, view, dialled(typed)); err != nil {
		return err
	}
	if view.Unknown = len(view.Numbers) == 0; view.Unknown {
		s.guesses.wrong(address, now)
	}
	return v.Show(http.StatusOK, view)
}

func (s *Server) redirect(v *visit, c code.Contact) error { return v.Redirect("/w/" + c.String()) }

// dialled gives a number as the registry keeps it (E.164). One without a country is
// Swedish where it begins with a nought, and Danish where it has eight digits.
func dialled(typed string) string {
	var b strings.Builder
	for _, r := range typed {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	digits := b.String()
	const danish = 8 // digits
	switch {
	case strings.HasPrefix(typed, "+"):
	case strings.HasPrefix(digits, "00"):
		digits = digits[2:]
	case strings.HasPrefix(digits, "0"):
		digits = "46" + digits[1:]
	case len(digits) == danish:
		digits = "45" + digits
	}
	return "+" + digits
}

// maxCallers bounds the companies that are shown for one number, and the contacts.
const maxCallers = 5

// findNumber says which companies call from a number, or answer there; and to who is
// signed in, which of the calls were for them.
func (s *Server) findNumber(v *visit, view *page.WhoCalled, number string) error {
	ctx, since := v.R.Context(), s.Clock().Add(-store.KnownNumber)
	callers, err := s.Store.CompaniesFrom(ctx, number, since)
	if err != nil {
		return err
	}
	own, err := s.Store.CompaniesOfPhone(ctx, number)
	if err != nil {
		return err
	}
	names, seen := s.names(ctx), map[ledger.PartyID]bool{}
	add := func(id ledger.PartyID, key page.Key) {
		if !seen[id] && len(view.Numbers) < maxCallers {
			seen[id] = true
			view.Numbers = append(view.Numbers, page.NumberUser{Text: page.Say(key, "company", names.company(id)), Human: names.card(id)})
		}
	}
	for _, id := range own {
		add(id, "called.number.own")
	}
	for _, id := range callers {
		add(id, "called.number")
	}
	if v.party == nil {
		if len(callers) > 0 {
			view.Sign = page.Link{Href: "/signin?next=/who-called", Text: page.Say("frame.sign-in")}
		}
		return names.err
	}
	mine, err := s.Store.ContactsWith(ctx, number, v.party.ID, since)
	if err != nil {
		return err
	}
	for _, c := range mine[:min(len(mine), maxCallers)] {
		row := s.journalRow(v, names, &c)
		row.About = page.Link{Href: pathOf(c.Note), Text: page.Say("journal.note")}
		view.Mine = append(view.Mine, row)
	}
	return names.err
}

// card gives how a company is reached; the registry itself where it has not said so.
func (n *names) card(id ledger.PartyID) page.HumanCard {
	p := n.party(id)
	if p == nil || p.Contact == nil {
		return n.server.Help
	}
	c := p.Contact
	return page.HumanCard{
		Company: p.Name, Name: c.Human, Licence: c.Licence, Phone: c.Phone, Hours: c.Hours, Email: c.Email, Address: c.Address,
	}
}

// contactOfCode gives the contact of the code in the address. Every wrong code has the
// same answer after the same work, and is counted.
func (s *Server) contactOfCode(v *visit) (code.Contact, *store.JournalEntry, error) {
	now, address := s.Clock(), v.Address()
	if err := s.guesses.mayTry(address, now); err != nil {
		return "", nil, err
	}
	c, _ := code.ReadContact(chi.URLParam(v.R, "code"))
	contact, err := s.Store.ContactOf(v.R.Context(), c)
	if err == nil && contact == nil {
		s.guesses.wrong(address, now)
	}
	return c, contact, err
}

// getContact says who was behind a contact, by its code.
func (s *Server) getContact(v *visit) error {
	c, contact, err := s.contactOfCode(v)
	if err != nil {
		return err
	}
	view := s.whoCalled("")
	if contact == nil {
		view.What.Value, view.Unknown = clipRunes(chi.URLParam(v.R, "code"), maxCalledTyped), true
		return v.Show(http.StatusNotFound, view)
	}
	view.What.Value = c.String()
	names := s.names(v.R.Context())
	caller := &page.Caller{
		Text:  callerText(names, contact),
		Topic: page.Say(page.Key("topic." + contact.Topic)),
		Human: names.caller(contact),
	}
	caller.Human.Call = "/w/" + c.String() + "/call"
	mine, err := s.concerns(v, contact)
	if err != nil {
		return err
	}
	if mine {
		row := s.journalRow(v, names, contact)
		row.About = page.Link{Href: pathOf(contact.Note), Text: page.Say("journal.note")}
		caller.Mine = &row
	}
	if v.party == nil {
		view.Sign = page.Link{Href: "/signin?next=/w/" + c.String(), Text: page.Say("frame.sign-in")}
	}
	view.Caller = caller
	if names.err != nil {
		return names.err
	}
	return v.Show(http.StatusOK, view)
}

// callerText says who it was, how and when.
func callerText(names *names, e *store.JournalEntry) page.Text {
	key := page.Key("called.by." + e.Channel)
	if e.Direction == "in" {
		key = "called.by.in"
	}
	company := names.company(e.By)
	staff := e.Staff
	if staff == "" {
		staff = names.card(e.By).Who()
	}
	return page.Say(key, "staff", staff, "company", company, "time", e.At)
}

// caller is the card of that same person.
func (n *names) caller(e *store.JournalEntry) page.HumanCard {
	card := n.card(e.By)
	if e.Staff == "" {
		return card
	}
	card.Part, card.Name = page.Say("called.part"), e.Staff
	if e.Phone != "" {
		card.Phone = e.Phone
	}
	if e.Hours != "" {
		card.Hours = e.Hours
	}
	return card
}

// concerns says whether an entry is about who is signed in.
func (s *Server) concerns(v *visit, e *store.JournalEntry) (bool, error) {
	if v.party == nil || e.Party != "" && e.Party != v.party.ID {
		return false, nil
	}
	n, err := s.Store.Note(v.R.Context(), e.Note)
	return n != nil && slices.Contains(n.State.BorrowerIDs(), v.party.ID), err
}

// askingOfContact is that of a contact's page: whoever is asked to call sees about
// which note, and who asks does not.
func (s *Server) askingOfContact(v *visit) (*asking, error) {
	c, contact, err := s.contactOfCode(v)
	if err != nil {
		return nil, err
	}
	if contact == nil {
		return nil, unknownCode()
	}
	names := s.names(v.R.Context())
	return &asking{path: "/w/" + c.String(), note: contact.Note, human: names.caller(contact)}, names.err
}

func (s *Server) getContactCall(v *visit) error {
	a, err := s.askingOfContact(v)
	if err != nil {
		return err
	}
	return s.showCall(v, a)
}

func (s *Server) postContactCall(v *visit) error {
	a, err := s.askingOfContact(v)
	if err != nil {
		return err
	}
	return s.takeCall(v, a)
}
