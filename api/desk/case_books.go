package desk

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store"
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
	return all, next, v.Reads("offer", ids...)
}

// getBooks shows what is offered to the company.
func (s *Server) getBooks(v *visit) error { return s.showBooks(v, http.StatusOK, page.Text{}) }

func (s *Server) showBooks(v *visit, status int, failed page.Text) error {
	all, next, err := s.offers(v)
	if err != nil {
		return err
	}
	sheet := &view.Books{Failed: failed, Next: next, Why: view.Reason(v.R.PostForm.Get("reason"), false), May: v.actor.Is(casework.Lead, casework.Finance)}
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
		Caption: b.Kind, Columns: []page.Text{page.Say("books.note"), page.Say("cases.state"), page.Say("cases.left"), page.Say("case.costs"), page.Say("books.claimable")},
	}
	for _, n := range o.notes {
		f, err := facts.Of(n.State, facts.Reader{Holder: n.Holder, Today: finance.DateOf(s.Clock())})
		if err != nil {
			return b, fmt.Errorf("reading an offered note: %w", err)
		}
		b.List.Rows = append(b.List.Rows, offeredRow(f))
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

// postBooks leads to the check of accepting all that one company offers in one way.
func (s *Server) postBooks(v *visit) error {
	all, _, err := s.offers(v)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.key() != v.R.PostForm.Get("offer") {
			continue
		}
		deal := &casework.Deal{}
		for _, n := range o.notes {
			deal.Notes = append(deal.Notes, n.State.ID)
		}
		return s.checked(v, v.check(deal, v.reason(), booksPath), func(status int, failed page.Text) error { return s.showBooks(v, status, failed) })
	}
	return ledger.Refuse(ledger.CodeNotFound)
}
