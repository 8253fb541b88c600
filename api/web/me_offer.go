package web

import (
	"net/http"

	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/part"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// getOffer shows an offer with what it costs in plain sentences, and the whole text.
func (s *Server) getOffer(v *visit) error {
	r, err := s.noteOf(v)
	if err != nil {
		return err
	}
	t, err := s.tell(v, r)
	if err != nil {
		return err
	}
	if r.note.Status != ledger.StatusOffered {
		return v.Redirect(pathOf(r.note.ID))
	}
	plan := part.Plan("plan", t.facts)
	if plan != nil {
		plan.Legend, plan.Alt = false, page.Count("plan.toalt", len(plan.Rows), "date", t.facts.Rows[len(t.facts.Rows)-1].Due)
	}
	view := &page.Offer{
		Head: t.head(), AnswerBy: r.note.AnswerBy, Plan: plan, Text: ledger.NoteLines(r.note, v.Language),
		Open: t.facts.Situation == facts.Waiting && t.may(ledger.ScopeSign), Human: t.human(r),
	}
	if view.Cost, err = costOf(&r.note.Terms); err != nil {
		return err
	}
	for _, b := range r.note.Borrowers {
		if b.Party == r.principal {
			continue
		}
		key := page.Key("offer.unsigned")
		if !b.AcceptedAt.IsZero() {
			key = "offer.signed"
		}
		view.Together = append(view.Together, page.Say(key, "name", t.borrower(r.note, b.Party)))
	}
	if t.err != nil {
		return t.err
	}
	return v.Show(http.StatusOK, view)
}

// costOf says what a loan costs: what to pay in all, how much at a time, for how
// long, and what happens if a payment is late.
func costOf(terms *ledger.Terms) ([]page.Text, error) {
	rows, err := finance.Schedule(terms.Finance())
	if err != nil {
		return nil, err
	}
	amount := func(a finance.Amount) finance.Money {
		return finance.Money{Amount: a, Currency: terms.Principal.Currency}
	}
	if len(rows) == 0 {
		return append([]page.Text{
			page.Say("offer.demand", "principal", terms.Principal, "rate", terms.Rate), page.Say("offer.ondemand"),
		}, lateOf(terms)...), nil
	}
	total := terms.Fees.Setup
	for _, r := range rows {
		total += r.Total
	}
	first, last := rows[0], rows[len(rows)-1]
	texts := []page.Text{page.Say("offer.total", "principal", terms.Principal, "total", amount(total), "cost", amount(total-terms.Principal.Amount))}
	if terms.Fees.Setup > 0 {
		texts = append(texts, page.Say("offer.setup", "fee", amount(terms.Fees.Setup)))
	}
	switch {
	case len(rows) == 1:
		texts = append(texts, page.Say("offer.once", "amount", amount(first.Total), "date", first.PayBy))
	case terms.Schedule.Kind == finance.StraightLine && terms.Rate != finance.Rate{}:
		texts = append(texts, page.Say("offer.falling", "first", amount(first.Total), "last", amount(last.Total)))
	case last.Total != first.Total:
		texts = append(texts, page.Say("offer.evenlast", "amount", amount(first.Total), "last", amount(last.Total)))
	default:
		texts = append(texts, page.Say("offer.even", "amount", amount(first.Total)))
	}
	texts = append(texts, page.Count("offer.long", len(rows), "first", first.PayBy, "last", last.PayBy))
	return append(texts, lateOf(terms)...), nil
}

// lateOf says what happens if a payment is late.
func lateOf(terms *ledger.Terms) []page.Text {
	late := page.Say("offer.nolate")
	switch {
	case terms.LateRate != nil:
		late = page.Say("offer.late", "rate", *terms.LateRate)
	case terms.Jurisdiction == finance.Sweden:
		late = page.Say("offer.latelaw")
	}
	texts := []page.Text{late}
	if terms.Fees.Reminder > 0 {
		texts = append(texts, page.Say("offer.reminder", "fee", finance.Money{Amount: terms.Fees.Reminder, Currency: terms.Principal.Currency}))
	}
	return texts
}

// postOffer writes the answer for the reader to sign.
func (s *Server) postOffer(v *visit) error {
	r, err := s.freshNote(v)
	if err != nil {
		return err
	}
	if !r.may(ledger.ScopeSign) {
		return beyond(ledger.ScopeSign)
	}
	d := drafting{op: ledger.OpAccept, reading: r, body: ledger.AcceptBody{Offer: r.note.Offer}}
	switch v.R.PostForm.Get("answer") {
	case "accept":
	case "decline":
		d.op, d.body = ledger.OpDecline, ledger.ReasonBody{}
	default:
		return v.Redirect(pathOf(r.note.ID) + "/offer")
	}
	return s.draft(v, d)
}
