package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// applyPay writes a payment on the note and books it, which is one act: the
// borrower who pays is as safe as with paper (NJA 2017 s. 769).
func applyPay(a *act, b body) error {
	p := b.(*PayBody)
	if err := a.checkPayee(p); err != nil {
		return err
	}
	if err := a.checkPayment(p); err != nil {
		return err
	}
	// Interest runs to the day of payment. Where it was counted further already,
	// for a payment that is booked late, the difference is given back below.
	valueOn, err := finance.ValueDate(a.note.Terms.Finance(), p.PaidOn)
	if err != nil {
		return err
	}
	if err := a.accrueTo(valueOn); err != nil {
		return err
	}
	before := a.note.standing()
	parts, err := a.allocate(p.Amount)
	if err != nil {
		return err
	}
	a.note.Balance.use(parts)
	a.note.Balance.dropFractions(parts)
	payment := Payment{Seq: a.cmd.Seq, By: a.actor.ID, On: p.PaidOn, Amount: p.Amount.Amount, Parts: parts}
	if err := a.giveBack(&payment, before, valueOn); err != nil {
		return err
	}
	if err := a.settle(&payment); err != nil {
		return err
	}
	a.addPayment(payment)
	a.dischargeIfPaid()
	return nil
}

// allocate says what an amount is used for, and refuses more than is owed.
func (a *act) allocate(m finance.Money) (finance.Parts, error) {
	owed := a.note.Owed()
	parts, rest := finance.Allocate(m.Amount, owed)
	if rest == 0 {
		return parts, nil
	}
	total, err := owed.Total()
	if err != nil {
		return parts, err
	}
	return parts, Refuse(CodePaymentExceeds, "owed", finance.Money{Amount: total, Currency: m.Currency}.String())
}

// use books what a payment was used for; parts that are negative take it back.
func (b *Balance) use(p finance.Parts) {
	b.Costs -= p.Costs
	b.PaidCosts += p.Costs
	b.LateMicro -= micro(p.LateInterest)
	b.PaidLate += p.LateInterest
	b.InterestMicro -= micro(p.Interest)
	b.PaidInterest += p.Interest
	b.Principal -= p.Principal
	b.PaidPrincipal += p.Principal
}

// dropFractions lets what is left of interest that was just paid in full fall
// away: less than half a minor unit, which nobody can pay. The agreed schedule
// rounds each period's interest in the same way, so who keeps to it ends at zero.
func (b *Balance) dropFractions(p finance.Parts) {
	if p.Interest > 0 && finance.RoundMicro(b.InterestMicro) == 0 {
		b.InterestMicro = 0
	}
	if p.LateInterest > 0 && finance.RoundMicro(b.LateMicro) == 0 {
		b.LateMicro = 0
	}
}

func micro(a finance.Amount) int64 { return int64(a) * finance.MicroPerUnit }

// checkPayee refuses a payment that the signer cannot have received for the note.
func (a *act) checkPayee(p *PayBody) error {
	is := func(r Role) bool { return slices.Contains(a.roles, r) }
	if a.note.Status == StatusFrozen {
		// Only the authority takes payments while it prohibits them.
		if !is(RoleAuthority) || a.note.Freeze.Authority != a.actor.ID {
			return Refuse(CodeNoteFrozen)
		}
		return nil
	}
	if is(RoleHolder) || is(RolePledgee) || is(RoleServicer) {
		return nil
	}
	if !is(RoleFormer) {
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	}
	// A payment to a former holder counts while the borrower had not been told
	// of the new one (1936:81 par. 19, 20, 29).
	told := a.note.successorNotice(a.actor.ID)
	if !told.IsZero() && (p.PaidOn.After(told) || a.today().After(told.AddDays(FormerHolderDays))) {
		return Refuse(CodeNotGoodFaith, "notified", told.String())
	}
	return nil
}

// successorNotice gives the day on which the borrower was told that the party
// no longer holds the note; no date where it has not been told.
func (n *Note) successorNotice(former PartyID) finance.Date {
	sold := -1
	for i, e := range n.Endorsements {
		if e.From == former {
			sold = i
		}
	}
	if sold < 0 {
		return finance.Date{}
	}
	// A notice of any later holder tells as much as one of the next.
	for _, e := range n.Endorsements[sold:] {
		if !e.NoticeOn.IsZero() {
			return e.NoticeOn
		}
	}
	return finance.Date{}
}

func (a *act) checkPayment(p *PayBody) error {
	want := a.note.Terms.Principal.Currency
	switch {
	case p.Amount.Currency != want:
		return Refuse(CodeCurrencyOther, "want", string(want))
	case p.PaidOn.After(a.today()):
		return Refuse(CodeDateFuture, "field", "paid_on")
	case p.PaidOn.Before(a.note.Terms.AgreedOn):
		return Refuse(CodeDateEarly, "field", "paid_on", "earliest", a.note.Terms.AgreedOn.String())
	}
	return nil
}

// accrue counts interest up to today.
func (a *act) accrue() error { return a.accrueTo(a.today()) }

// accrueTo counts interest up to a day, under the conditions that have held
// since the last count: every operation that changes them counts first.
func (a *act) accrueTo(to finance.Date) error {
	accrual, err := a.note.accrual(a.holder, to)
	if err != nil {
		return err
	}
	bal := &a.note.Balance
	bal.InterestMicro += accrual.InterestMicro
	bal.LateMicro += accrual.LateMicro
	if to.After(bal.AccruedTo) {
		bal.AccruedTo = to
	}
	return nil
}

// accrual computes the interest from the last count up to a day; none where it
// was counted further already.
func (n *Note) accrual(holder PartyID, to finance.Date) (finance.Accrual, error) {
	bal := &n.Balance
	if !to.After(bal.AccruedTo) {
		return finance.Accrual{}, nil
	}
	return finance.Accrue(finance.AccrualInput{
		Terms: n.Terms.Finance(), Standing: n.standing(), From: bal.AccruedTo, To: to, GateOpen: n.gateOpen(holder),
		AgreedOn: n.Terms.AgreedOn, Consumer: n.Terms.Consumer, Housing: n.Terms.Housing,
	})
}

// standing gives the balance as the arithmetic wants it. A small credit of
// interest, from a payment that was booked late, counts as nothing owed.
func (n *Note) standing() finance.Standing {
	bal := &n.Balance
	return finance.Standing{
		PaidPrincipal: bal.PaidPrincipal + bal.ForgivenPrincipal,
		PaidInterest:  max(0, bal.PaidInterest+bal.ForgivenInterest),
		UnpaidMicro:   max(0, bal.InterestMicro),
	}
}

// Owed gives what is owed as of the last count of interest, in minor units.
func (n *Note) Owed() finance.Owed {
	bal := &n.Balance
	return finance.Owed{
		Costs: bal.Costs, Principal: bal.Principal,
		LateInterest: max(0, finance.RoundMicro(bal.LateMicro)), Interest: max(0, finance.RoundMicro(bal.InterestMicro)),
	}
}

// giveBack takes off the interest that was counted after the day on which a
// payment was in truth made: the borrower does not pay for late bookkeeping.
// Where that much is no longer owed, since this payment or one that was booked
// before it was used for it, the excess becomes payment of principal.
func (a *act) giveBack(p *Payment, before finance.Standing, valueOn finance.Date) error {
	bal := &a.note.Balance
	if !valueOn.Before(bal.AccruedTo) {
		return nil
	}
	with, err := a.counted(before, valueOn)
	if err != nil {
		return err
	}
	without, err := a.counted(a.note.standing(), valueOn)
	if err != nil {
		return err
	}
	bal.InterestMicro -= with.InterestMicro - without.InterestMicro
	// No more late interest than was charged: the gate may have been closed for
	// a part of that time.
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
		return Refuse(CodePaymentExceeds, "owed", finance.Money{Amount: max(0, p.Amount-over), Currency: a.note.Terms.Principal.Currency}.String())
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

// toPrincipal moves what was used for interest that is now a credit to principal.
func (b *Balance) toPrincipal(parts *finance.Parts) {
	interest := min(credit(b.InterestMicro), parts.Interest, b.Principal)
	late := min(credit(b.LateMicro), parts.LateInterest, b.Principal-interest)
	b.use(finance.Parts{Interest: -interest, LateInterest: -late, Principal: interest + late})
	parts.Interest -= interest
	parts.LateInterest -= late
	parts.Principal += interest + late
}

// counted computes the interest from a day up to the last count for a standing.
func (a *act) counted(s finance.Standing, from finance.Date) (finance.Accrual, error) {
	t := &a.note.Terms
	return finance.Accrue(finance.AccrualInput{
		Terms: t.Finance(), Standing: s, From: from, To: a.note.Balance.AccruedTo, GateOpen: true,
		AgreedOn: t.AgreedOn, Consumer: t.Consumer, Housing: t.Housing,
	})
}

// credit gives a negative balance in whole minor units.
func credit(balance int64) finance.Amount { return finance.RoundMicro(max(0, -balance)) }

func (a *act) addPayment(p Payment) {
	if len(a.note.Payments) >= ReversiblePayments {
		a.note.Payments = slices.Delete(a.note.Payments, 0, 1)
	}
	a.note.Payments = append(a.note.Payments, p)
}

// settle records what a former holder owes the holder of today for a payment
// that it received in the holder's place.
func (a *act) settle(p *Payment) error {
	is := func(r Role) bool { return slices.Contains(a.roles, r) }
	if !is(RoleFormer) || is(RolePledgee) || is(RoleServicer) || a.note.Status == StatusFrozen {
		return nil
	}
	p.OwedTo = a.holder
	for i := range a.note.Settlements {
		if s := &a.note.Settlements[i]; s.From == p.By && s.To == p.OwedTo {
			s.Amount += p.Amount
			return nil
		}
	}
	if len(a.note.Settlements) >= MaxSettlements {
		return Refuse(CodeLimit, "what", "settlements", "limit", itoa(MaxSettlements))
	}
	a.note.Settlements = append(a.note.Settlements, Settlement{From: p.By, To: p.OwedTo, Amount: p.Amount})
	return nil
}

// unsettle takes a reversed payment out of what its receiver owes.
func (n *Note) unsettle(p *Payment) {
	for i := range n.Settlements {
		s := &n.Settlements[i]
		if p.OwedTo == "" || s.From != p.By || s.To != p.OwedTo {
			continue
		}
		if s.Amount -= p.Amount; s.Amount == 0 {
			n.Settlements = slices.Delete(n.Settlements, i, i+1)
		}
		return
	}
}

// dischargeIfPaid hands the note back when nothing is left: it leaves its book,
// and control passes to the borrowers for good.
func (a *act) dischargeIfPaid() {
	if owed := a.note.Owed(); owed != (finance.Owed{}) {
		return
	}
	n := a.note
	n.Status, n.Book = StatusDischarged, ""
	n.Pending, n.Pledge, n.Mandate, n.Freeze, n.Disputes = nil, nil, nil, nil, nil
	// What remains is less than half a minor unit and nobody's.
	n.Balance.InterestMicro, n.Balance.LateMicro = 0, 0
}

// applyPayReverse takes a wrong booking back, visibly: the payment stays on the
// note, marked. A discharged note has no reversal, or the borrower's receipt
// for the last payment would prove nothing.
func applyPayReverse(a *act, b body) error {
	r := b.(*PayReverseBody)
	i := slices.IndexFunc(a.note.Payments, func(p Payment) bool { return p.Seq == r.Payment })
	if i < 0 {
		return Refuse(CodePaymentUnknown)
	}
	p := &a.note.Payments[i]
	switch {
	case p.By != a.actor.ID:
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	case p.Reversed:
		return Refuse(CodePaymentReversed)
	}
	if err := a.accrue(); err != nil {
		return err
	}
	// The nominal interest that the principal would have borne comes back with
	// it; late interest does not, since the mistake was not the borrower's.
	paid := a.note.standing()
	a.note.Balance.use(finance.Parts{Costs: -p.Parts.Costs, LateInterest: -p.Parts.LateInterest, Interest: -p.Parts.Interest, Principal: -p.Parts.Principal})
	if p.On.Before(a.note.Balance.AccruedTo) {
		with, err := a.counted(a.note.standing(), p.On)
		if err != nil {
			return err
		}
		without, err := a.counted(paid, p.On)
		if err != nil {
			return err
		}
		a.note.Balance.InterestMicro += with.InterestMicro - without.InterestMicro
	}
	p.Reversed = true
	a.note.unsettle(p)
	return nil
}

// applyForgive lets the borrower off a part, in the order in which a payment
// would be used.
func applyForgive(a *act, b body) error {
	f := b.(*ForgiveBody)
	// What is pledged is security for the pledgee, and is not the pledgee's.
	if a.note.Pledge != nil {
		return Refuse(CodeNotePledged)
	}
	if want := a.note.Terms.Principal.Currency; f.Amount.Currency != want {
		return Refuse(CodeCurrencyOther, "want", string(want))
	}
	if err := a.accrue(); err != nil {
		return err
	}
	parts, err := a.allocate(f.Amount)
	if err != nil {
		return err
	}
	bal := &a.note.Balance
	bal.Costs -= parts.Costs
	bal.ForgivenCosts += parts.Costs
	bal.LateMicro -= micro(parts.LateInterest)
	bal.ForgivenLate += parts.LateInterest
	bal.InterestMicro -= micro(parts.Interest)
	bal.ForgivenInterest += parts.Interest
	bal.Principal -= parts.Principal
	bal.ForgivenPrincipal += parts.Principal
	a.dischargeIfPaid()
	return nil
}
