package desk

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// offer is the notes that one company offers in one way.
type offer struct {
	from  ledger.PartyID
	kind  ledger.TransferKind
	notes []store.Note
	// checks is what is known of the evidence of all that is on the page.
	checks map[ledger.NoteID]casebook.OfferCheck
}

// proof gives what is known of the evidence of a note of the offer; of an earlier offer
// of the same note nothing is.
func (o *offer) proof(n *ledger.Note) (c casebook.OfferCheck, asked bool) {
	c, asked = o.checks[n.ID]
	if n.Pending == nil || c.Transfer != n.Pending.ID {
		return casebook.OfferCheck{}, false
	}
	return c, asked
}

func (o *offer) key() string { return string(o.kind) + " " + string(o.from) }

// offers gives what is offered to the company, in the order in which it came.
func (s *Server) offers(v *visit) (all []*offer, next string, err error) {
	notes, more, err := s.Desk.Offered(v.R.Context(), v.place("after"))
	if err != nil {
		return nil, "", err
	}
	ids := make([]ledger.NoteID, len(notes))
	for i, n := range notes {
		ids[i] = n.State.ID
		p := n.State.Pending
		if p == nil {
			continue
		}
		to := &offer{from: p.From, kind: p.Kind}
		for _, o := range all {
			if o.key() == to.key() {
				to = o
			}
		}
		if to.notes == nil {
			all = append(all, to)
		}
		to.notes = append(to.notes, n)
	}
	if more {
		next = booksPath + "?after=" + strconv.FormatInt(notes[len(notes)-1].Cursor, 10)
	}
	checks, err := s.Desk.Book.OfferChecks(v.R.Context(), ids)
	if err != nil {
		return nil, "", err
	}
	for _, o := range all {
		o.checks = checks
	}
	return all, next, v.Reads("offer", ids...)
}

// getBooks shows what is offered to the company.
func (s *Server) getBooks(v *visit) error { return s.showBooks(v, http.StatusOK, page.Text{}) }

func (s *Server) showBooks(v *visit, status int, failed page.Text) error {
	all, next, err := s.offers(v)
	if err != nil {
		return err
	}
	sheet := &view.Books{Checked: progressOf(all), Failed: failed, Next: next, Why: view.Reason(v.R.PostForm.Get("reason"), false), May: v.actor.Is(casework.Lead, casework.Finance)}
	for _, o := range all {
		shown, err := s.showOffer(v, o)
		if err != nil {
			return err
		}
		sheet.Offers = append(sheet.Offers, shown)
	}
	return v.Show(status, sheet)
}

// showOffer says of each note what there is to know before it is accepted.
func (s *Server) showOffer(v *visit, o *offer) (view.BookOffer, error) {
	from, err := s.Desk.Book.Party(v.R.Context(), o.from)
	if err != nil {
		return view.BookOffer{}, err
	}
	b := view.BookOffer{From: string(o.from), Kind: page.Say("books." + page.Key(o.kind)), Key: o.key()}
	if from != nil && from.Name != "" {
		b.From = from.Name
	}
	b.List = view.List{
		Caption: b.Kind, Columns: []page.Text{page.Say("books.note"), page.Say("cases.state"), page.Say("cases.left"), page.Say("case.costs"), page.Say("books.claimable"), page.Say("books.proof")},
	}
	for _, n := range o.notes {
		f, err := facts.Of(n.State, facts.Reader{Holder: n.Holder, Today: finance.DateOf(s.Clock())})
		if err != nil {
			return b, fmt.Errorf("reading an offered note: %w", err)
		}
		row, c, asked := offeredRow(f), casebook.OfferCheck{}, false
		if c, asked = o.proof(n.State); c.State == casebook.OfferGenuine {
			b.Proven++
		}
		row.Cells = append(row.Cells, proofCell(c, asked, v.Language))
		b.List.Rows, b.Notes = append(b.List.Rows, row), append(b.Notes, string(n.State.ID))
		b.Total = added(b.Total, f.Summary.Total)
	}
	return b, nil
}

// offeredRow is what a buyer asks of one note: who owed whom, what is written on it,
// what is left, what it has cost and until when it can be claimed.
func offeredRow(f *facts.Note) view.Row {
	n, written := f.State, page.Count("books.payments", len(f.State.Payments))
	row := view.Row{Tone: situationTones[f.Situation], Cells: []view.Cell{
		{Text: page.Verbatim(orText(n.Terms.Reference, string(n.ID))), More: written},
		{Text: page.Say(page.Key("case.is." + f.Situation))},
		{Text: page.Say("case.sum", "amount", f.Summary.Total), Sum: true}, {}, {},
	}}
	if len(n.Amendments) > 0 {
		row.Cells[1].More = page.Count("books.changes", len(n.Amendments))
	}
	if f.Late() > 0 {
		row.Cells[2].More = page.Say("cases.since", "date", f.Summary.Arrears.OldestPayBy)
	}
	if c := f.Summary.Costs; c != nil {
		in := func(a finance.Amount) finance.Money {
			return finance.Money{Amount: a, Currency: f.Summary.Total.Currency}
		}
		row.Cells[3].Text = page.Say("case.costs.is", "charged", in(c.Charged), "limit", in(c.Limit))
	}
	if !f.Summary.BarredAfter.IsZero() {
		row.Cells[4].Text = page.Say("case.day", "date", f.Summary.BarredAfter)
	}
	return row
}

// added adds an amount to the sum of its currency. A sum that cannot be told is left
// as it is; its notes still stand in the list.
func added(sums []finance.Money, m finance.Money) []finance.Money {
	for i := range sums {
		if sums[i].Currency == m.Currency {
			if sum, err := sums[i].Add(m); err == nil {
				sums[i] = sum
			}
			return sums
		}
	}
	return append(sums, m)
}

// proofCell says what the evidence of a note turned out to be.
func proofCell(c casebook.OfferCheck, asked bool, language ledger.Language) view.Cell {
	switch {
	case !asked:
		return view.Cell{Text: page.Say("books.proof.none")}
	case c.State == casebook.OfferWaiting:
		return view.Cell{Text: page.Say("books.proof.waiting")}
	}
	cell := view.Cell{Text: page.Say(page.Key("books.proof." + string(c.State)))}
	if says := c.Words[language]; says != "" {
		cell.More = page.Verbatim(says)
	}
	return cell
}

// progressOf says how far the verifying of what is offered has come, how fast it goes
// and when it ends; nil before somebody has asked for it.
func progressOf(all []*offer) *view.OfferProgress {
	p := &view.OfferProgress{}
	var first, last time.Time
	for _, o := range all {
		for _, n := range o.notes {
			c, asked := o.proof(n.State)
			if !asked {
				continue
			}
			p.Total++
			if c.State == casebook.OfferFault {
				p.Faults++
			}
			if first.IsZero() || c.Asked.Before(first) {
				first = c.Asked
			}
			if !c.Ended.IsZero() {
				p.Done++
				last = later(last, c.Ended)
			}
		}
	}
	if p.Total == 0 {
		return nil
	}
	p.Running = p.Done < p.Total
	if took := last.Sub(first); took > 0 && p.Done > 0 {
		each := took / time.Duration(p.Done)
		p.Rate = page.Count("books.rate", max(1, int(time.Minute/max(1, each))))
		p.Left = page.Count("books.left", 1+int(time.Duration(p.Total-p.Done)*each/time.Minute))
	}
	return p
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// postBooks leads to the check of accepting what one company offers in one way, or of
// turning one note down. Evidence is verified at once, and stopped at once.
func (s *Server) postBooks(v *visit) error {
	all, _, err := s.offers(v)
	if err != nil {
		return err
	}
	switch v.R.PostForm.Get("do") {
	case "check":
		return v.do(&casework.CheckOffers{Notes: notesOf(all)}, "", booksPath)
	case "stop":
		return v.do(&casework.StopOffers{Notes: notesOf(all)}, "", booksPath)
	}
	for _, o := range all {
		act, err := o.answered(v.R.PostForm.Get("offer"), ledger.NoteID(v.R.PostForm.Get("reject")))
		if err != nil {
			return err
		}
		if act != nil {
			return s.checked(v, v.check(act, v.reason(), booksPath), func(status int, failed page.Text) error { return s.showBooks(v, status, failed) })
		}
	}
	return ledger.Refuse(ledger.CodeNotFound)
}

func notesOf(all []*offer) (ids []ledger.NoteID) {
	for _, o := range all {
		for _, n := range o.notes {
			ids = append(ids, n.State.ID)
		}
	}
	return ids
}

// answered gives the act that accepts what is genuine of the offer of a key, or turns
// down one of its notes; nil where neither is this offer's.
func (o *offer) answered(key string, turned ledger.NoteID) (casework.Act, error) {
	deal := &casework.Deal{}
	for _, n := range o.notes {
		if n.State.ID == turned {
			return casework.On(turned, ledger.OpTransferReject, ledger.TransferBody{Transfer: n.State.Pending.ID})
		}
		if c, _ := o.proof(n.State); c.State == casebook.OfferGenuine {
			deal.Notes = append(deal.Notes, n.State.ID)
		}
	}
	if turned != "" || o.key() != key {
		return nil, nil
	}
	return deal, nil
}
