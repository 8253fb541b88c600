package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// getReceipt shows one payment that is written on the note: what it paid, what was
// left then and is left now, and against whom it holds. A payment so old that the
// note no longer remembers it by itself is found in the note's history.
func (s *Server) getReceipt(v *visit) error {
	r, err := s.noteOf(v)
	if err != nil {
		return err
	}
	seq, err := strconv.ParseUint(chi.URLParam(v.R, "seq"), 10, 64)
	if err != nil || seq == 0 || seq > r.note.Seq {
		return ledger.Refuse(ledger.CodeNotFound)
	}
	then, at, err := s.noteAfter(v, r.note.ID, seq)
	if err != nil {
		return err
	}
	i := paymentOf(then, seq)
	if i < 0 {
		return ledger.Refuse(ledger.CodeNotFound)
	}
	t, err := s.tell(v, r)
	if err != nil {
		return err
	}
	view, err := t.receipt(then, then.Payments[i], at)
	if err != nil {
		return err
	}
	if view.Reversed, err = s.takenBack(v, r.note, seq); err != nil {
		return err
	}
	view.Holds = t.holds(then.Payments[i], view)
	if view.HandBack {
		view.Note = ledger.NoteLines(r.note, v.Language)
	}
	return v.Show(http.StatusOK, view)
}

// noteAfter gives a note as it stood after one of its commands, and when that was.
func (s *Server) noteAfter(v *visit, id ledger.NoteID, seq uint64) (*ledger.Note, time.Time, error) {
	entries, err := s.Service.History(v.R.Context(), id.Subject(), seq, 1)
	if err != nil {
		if ledger.CodeOf(err) != "" {
			return nil, time.Time{}, err
		}
		return nil, time.Time{}, site.LedgerError{Err: err}
	}
	if len(entries) == 0 || len(entries[0].State) == 0 {
		return nil, time.Time{}, ledger.Refuse(ledger.CodeNotFound)
	}
	n := new(ledger.Note)
	if err := json.Unmarshal(entries[0].State, n); err != nil {
		return nil, time.Time{}, fmt.Errorf("reading the note after its command %d: %w", seq, err)
	}
	return n, entries[0].At, nil
}

// takenBack says whether a payment was taken back. Of one that the note no longer
// remembers by itself, the last state that did says so.
func (s *Server) takenBack(v *visit, n *ledger.Note, payment uint64) (bool, error) {
	back := false
	find := func(n *ledger.Note) bool {
		i := paymentOf(n, payment)
		if i >= 0 {
			back = n.Payments[i].Reversed
		}
		return i >= 0
	}
	if find(n) {
		return back, nil
	}
	for from := payment + 1; from <= n.Seq; from += ledger.MaxHistory {
		entries, err := s.Service.History(v.R.Context(), n.ID.Subject(), from, ledger.MaxHistory)
		if err != nil {
			return false, site.LedgerError{Err: err}
		}
		for _, e := range entries {
			then := new(ledger.Note)
			if err := json.Unmarshal(e.State, then); err != nil {
				return false, fmt.Errorf("reading the note after a payment: %w", err)
			}
			if !find(then) {
				return back, nil
			}
		}
	}
	return back, nil
}

// paymentOf finds a payment that a note remembers; -1 where it does not.
func paymentOf(n *ledger.Note, seq uint64) int {
	return slices.IndexFunc(n.Payments, func(p ledger.Payment) bool { return p.Seq == seq })
}

// receipt says what a payment paid and what it is worth.
func (t *teller) receipt(then *ledger.Note, p ledger.Payment, at time.Time) (*page.Receipt, error) {
	path := pathOf(t.note.ID) + "/evidence?payment=" + strconv.FormatUint(p.Seq, 10)
	left, err := then.Owed().Total()
	if err != nil {
		return nil, err
	}
	view := &page.Receipt{
		Head: t.head(), Amount: t.amount(p.Amount), On: p.On, WrittenOn: at, By: t.company(p.By), Then: t.amount(left),
		HandBack: then.Status == ledger.StatusDischarged, Human: t.human(t.reading),
		Proof: page.Proof{
			Proven: []page.Text{
				page.Say("receipt.proven", "amount", t.amount(p.Amount), "date", p.On),
				page.Say("receipt.signedby", "name", t.company(p.By)), page.Say("receipt.orgs"),
			},
			Download: page.Link{Href: path, Text: page.Say("receipt.get")},
			Readable: page.Link{Href: path + "&form=page", Text: page.Say("docs.html")},
			Verify:   page.Link{Href: "/verify", Text: page.Say("docs.verify")},
		},
	}
	if view.HandBack {
		view.Then = t.amount(0)
	}
	if t.open() {
		now := t.facts.Summary.Total
		view.Now = &now
	}
	for _, part := range []struct {
		kind   ledger.PartKind
		amount finance.Amount
	}{
		{ledger.PartCosts, p.Parts.Costs}, {ledger.PartLateInterest, p.Parts.LateInterest},
		{ledger.PartInterest, p.Parts.Interest}, {ledger.PartPrincipal, p.Parts.Principal},
	} {
		if part.amount != 0 {
			view.Parts = append(view.Parts, page.Pair{
				Term: page.Say(page.Key("lines." + part.kind)), Value: page.Say("receipt.amount", "amount", t.amount(part.amount)),
			})
		}
	}
	return view, t.err
}

// holds says what a receipt promises, and whether it can still be taken back.
func (t *teller) holds(p ledger.Payment, view *page.Receipt) []page.Text {
	if view.Reversed {
		return []page.Text{page.Say("receipt.reversed")}
	}
	all := []page.Text{page.Say("receipt.against")}
	if p.OwedTo != "" {
		all = append(all, page.Say("receipt.former"))
	}
	// A payment that the note no longer remembers by itself cannot be taken back.
	i := paymentOf(t.note, p.Seq)
	switch {
	case t.note.Status == ledger.StatusDischarged:
		return append(all, page.Say("receipt.last"))
	case i < 0 || t.note.Final(&t.note.Payments[i]):
		return append(all, page.Say("receipt.final"))
	}
	return append(all, page.Say("receipt.may", "name", t.company(p.By)))
}
