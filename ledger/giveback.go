package ledger

import "github.com/skuld-registry/skuld/ledger/finance"

// A payment counts from the day that it was made. What was counted of interest
// between that day and its booking was never owed, and is given back.

// giveBack takes off the interest that was counted after the day on which a
// payment was in truth made: the borrower does not pay for late bookkeeping.
// Where that much is no longer owed, since this payment or one that was booked
// before it was used for it, the excess becomes payment of principal.
func (a *act) giveBack(p *Payment, before *Balance, valueOn finance.Date) error {
	bal := &a.note.Balance
	if !valueOn.Before(bal.AccruedTo) {
		return a.cureByPayment(p, valueOn, before.LateMicro)
	}
	with, err := a.counted(before, valueOn)
	if err != nil {
		return err
	}
	if err := a.cureByPayment(p, valueOn, before.LateMicro-with.LateMicro); err != nil {
		return err
	}
	without, err := a.counted(bal, valueOn)
	if err != nil {
		return err
	}
	// No more than was charged: the cap of costs may have been reached in that time,
	// and for late interest the gate closed.
	bal.InterestMicro -= min(with.InterestMicro-without.InterestMicro, bal.InterestMicro+micro(a.interestUsed(p)))
	bal.LateMicro -= min(max(0, with.LateMicro-without.LateMicro), bal.LateMicro+micro(a.lateUsedFrom(p)))
	bal.toPrincipal(&p.Parts)
	for i := len(a.note.Payments) - 1; i >= 0; i-- {
		if q := &a.note.Payments[i]; !q.Reversed {
			bal.toPrincipal(&q.Parts)
		}
	}
	// What was forgiven and turns out never to have been owed was not forgiven.
	forgiven := min(credit(bal.InterestMicro), bal.ForgivenInterest)
	bal.ForgivenInterest -= forgiven
	bal.InterestMicro += micro(forgiven)
	if over := credit(bal.InterestMicro) + credit(bal.LateMicro); over > 0 && bal.Principal == 0 {
		return Refuse(CodePaymentExceeds, "owed", a.note.money(max(0, p.Amount-over)))
	}
	return nil
}

// lateUsedFrom sums what the payment, and those dated after it, were used for
// of late interest.
func (a *act) lateUsedFrom(p *Payment) finance.Amount {
	late := p.Parts.LateInterest
	for _, q := range a.note.Payments {
		if !q.Reversed && q.On.After(p.On) {
			late += q.Parts.LateInterest
		}
	}
	return late
}

// interestUsed sums what the payment, and every other that the note remembers, were
// used for of nominal interest, and what of it was forgiven.
func (a *act) interestUsed(p *Payment) finance.Amount {
	used := p.Parts.Interest + a.note.Balance.ForgivenInterest
	for _, q := range a.note.Payments {
		if !q.Reversed {
			used += q.Parts.Interest
		}
	}
	return used
}

// toPrincipal moves what was used for interest that is now a credit to principal.
func (b *Balance) toPrincipal(parts *finance.Parts) {
	interest := min(credit(b.InterestMicro), parts.Interest, b.Principal)
	late := min(credit(b.LateMicro), parts.LateInterest, b.Principal-interest)
	b.use(finance.Parts{Interest: -interest, LateInterest: -late, Principal: interest + late})
	parts.Interest -= interest
	parts.LateInterest -= late
	parts.Principal += interest + late
}

// counted computes the interest from a day up to the last count for a balance,
// phase by phase.
func (a *act) counted(b *Balance, from finance.Date) (finance.Accrual, error) {
	n := a.note
	var all finance.Accrual
	for i := range n.phases() {
		start, end := laterOf(from, n.begins(i)), n.Balance.AccruedTo
		if i+1 < n.phases() {
			end = n.begins(i + 1)
		}
		if !start.Before(end) {
			continue
		}
		in := n.accrualInput(start, end)
		in.Terms, in.Standing = n.phase(i, b)
		in.GateOpen = true
		accrual, err := finance.Accrue(in)
		if err != nil {
			return finance.Accrual{}, err
		}
		all.InterestMicro += accrual.InterestMicro
		all.LateMicro += accrual.LateMicro
	}
	return all, nil
}

// credit gives a negative balance in whole minor units.
func credit(balance int64) finance.Amount { return finance.RoundMicro(max(0, -balance)) }
