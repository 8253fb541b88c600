package ledger

import "github.com/skuld-registry/skuld/ledger/finance"

// How a debt is paid back has phases: the first follows the terms that were
// signed, and each amendment that is agreed begins another. A phase ends where
// the next one begins, and what was counted in it stays.

// phases is the number of phases so far.
func (n *Note) phases() int { return len(n.Amendments) + 1 }

// phase gives the terms of a phase, counted from 0, and what a balance is to them.
// A small credit of interest, from a payment that was booked late, counts as
// nothing owed. Late interest that a plan took over and that such a payment has
// given back counts as settled: the instalments ask for no more than is owed.
func (n *Note) phase(i int, b *Balance) (finance.Terms, finance.Standing) {
	terms, settled := n.Terms.Finance(), finance.Parts{}
	if i > 0 {
		p := &n.Amendments[i-1]
		terms, settled = p.finance(&n.Terms), p.Settled
	}
	if n.accelerated(i) {
		terms.AllDue = n.Acceleration.Effective
	}
	all := b.settled()
	standing := finance.Standing{
		PaidPrincipal: all.Principal - settled.Principal,
		PaidInterest:  max(0, all.Interest-settled.Interest),
		UnpaidMicro:   max(0, b.InterestMicro),
	}
	if terms.Earlier != nil {
		charges := all.Costs + all.LateInterest - settled.Costs - settled.LateInterest
		// Fees that came later are none of its charges, and are paid last of the costs.
		later, net := n.chargedSince(n.Amendments[i-1].Seq)
		unpaid := min(b.Costs, net)
		charges -= later - unpaid
		owed := b.Costs - unpaid + max(0, finance.RoundMicro(b.LateMicro))
		standing.PaidCharges = min(max(0, charges, terms.Earlier.Charges-owed), terms.Earlier.Charges)
	}
	return terms, standing
}

// begins gives the first day of a phase; no date for the first phase, before
// which nothing was counted.
func (n *Note) begins(i int) finance.Date {
	if i == 0 {
		return finance.Date{}
	}
	return n.Amendments[i-1].Since
}

// current gives the terms that are in force, and what has become of the debt
// under them.
func (n *Note) current() (finance.Terms, finance.Standing) {
	return n.phase(n.phases()-1, &n.Balance)
}

// termsOn gives the terms that were in force on a day.
func (n *Note) termsOn(day finance.Date) finance.Terms {
	i := n.phases() - 1
	for day.Before(n.begins(i)) {
		i--
	}
	terms, _ := n.phase(i, &n.Balance)
	return terms
}

// settled is what was paid and forgiven in all.
func (b *Balance) settled() finance.Parts {
	return finance.Parts{
		Costs: b.PaidCosts + b.ForgivenCosts, LateInterest: b.PaidLate + b.ForgivenLate,
		Interest: b.PaidInterest + b.ForgivenInterest, Principal: b.PaidPrincipal + b.ForgivenPrincipal,
	}
}

// finance gives the plan as the arithmetic wants it: all that was owed when it
// began, by the law that was signed, and at the rate that was last agreed.
func (p *Plan) finance(signed *Terms) finance.Terms {
	t := signed.Finance()
	t.Principal, t.InterestFrom = p.Owed.Principal, p.Since
	switch {
	case p.Free:
		t.Rate = finance.Rate{}
	case p.Rate != finance.Rate{}:
		t.Rate = p.Rate
	}
	if p.Instalments == 0 { // another rate of a debt that is due on demand
		return t
	}
	t.Kind, t.Instalments, t.FirstDue, t.DueDay = finance.Annuity, p.Instalments, p.FirstDue, p.DueDay
	t.Earlier = &finance.Earlier{Charges: p.Owed.Costs + p.Owed.LateInterest, Interest: p.Owed.Interest}
	return t
}

// Instalments gives the schedule that is in force, and how much of it, in minor
// units and from its beginning, is covered by what was paid or forgiven since.
func Instalments(n *Note) (rows []finance.Instalment, covered finance.Amount, err error) {
	terms, s := n.current()
	rows, err = finance.Schedule(terms)
	return rows, s.PaidPrincipal + s.PaidInterest + s.PaidCharges, err
}

// NextInstalment gives the first instalment that is not covered by what was paid
// or forgiven, nil where all are or the note is due on demand. It follows from the
// note alone: no day makes it another.
func NextInstalment(n *Note) (*finance.Instalment, error) {
	next, _, err := nextInstalment(n)
	return next, err
}

// nextInstalment is NextInstalment with what is left of that instalment to pay.
func nextInstalment(n *Note) (next *finance.Instalment, left finance.Amount, err error) {
	rows, covered, err := Instalments(n)
	if err != nil {
		return nil, 0, err
	}
	for i := range rows {
		if covered -= rows[i].Total; covered < 0 {
			return &rows[i], -covered, nil
		}
	}
	return nil, 0, nil
}
