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
	if err := a.checkPayment(p.Amount, p.PaidOn, "paid_on"); err != nil {
		return err
	}
	if err := a.answerClaim(p.Claim); err != nil {
		return err
	}
	return a.settlePayment(Payment{Seq: a.cmd.Seq, By: a.actor.ID, On: p.PaidOn, Amount: p.Amount.Amount, Claim: p.Claim})
}

// settlePayment uses a payment on its day, and hands the note back with the last one.
func (a *act) settlePayment(payment Payment) error {
	// Interest runs to the day of payment. Where it was counted further already,
	// for a payment that is booked late, the difference is given back below.
	valueOn, err := finance.ValueDate(a.note.termsOn(payment.On), payment.On)
	if err != nil {
		return err
	}
	if err := a.accrueTo(valueOn); err != nil {
		return err
	}
	before := a.note.Balance
	if payment.Parts, err = a.spend(payment.Amount, valueOn); err != nil {
		return err
	}
	if payment.Barred, err = a.note.barredOn(payment.On); err != nil {
		return err
	}
	if err := a.giveBack(&payment, &before, valueOn); err != nil {
		return err
	}
	if err := a.settle(&payment); err != nil {
		return err
	}
	a.addPayment(payment)
	a.dischargeIfPaid()
	return nil
}

// spend uses a payment as on its day: interest that was counted since then is no
// debt that it could have paid, and is set aside meanwhile.
func (a *act) spend(amount finance.Amount, valueOn finance.Date) (finance.Parts, error) {
	bal := &a.note.Balance
	since, err := a.counted(bal, valueOn)
	if err != nil {
		return finance.Parts{}, err
	}
	aside := min(since.InterestMicro, max(0, bal.InterestMicro))
	bal.InterestMicro -= aside
	parts, err := a.allocate(amount)
	if err != nil {
		return parts, err
	}
	bal.use(parts)
	bal.dropFractions(parts)
	bal.InterestMicro += aside
	return parts, nil
}

// allocate says what an amount is used for, and refuses more than is owed.
func (a *act) allocate(amount finance.Amount) (finance.Parts, error) {
	owed := a.note.Owed()
	parts, rest := finance.Allocate(amount, owed)
	if rest == 0 {
		return parts, nil
	}
	total, err := owed.Total()
	if err != nil {
		return parts, err
	}
	return parts, Refuse(CodePaymentExceeds, "owed", a.note.money(total))
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

// answerClaim takes away the claim that a payment answers, whatever its amount:
// what was received is for who received it to say.
func (a *act) answerClaim(seq uint64) error {
	if seq == 0 {
		return nil
	}
	i, err := a.note.claim(seq)
	if err != nil {
		return err
	}
	a.note.Claims = slices.Delete(a.note.Claims, i, i+1)
	return nil
}

// checkPayment refuses a payment that cannot have been made on the note. The field
// is what its day is called.
func (a *act) checkPayment(amount finance.Money, on finance.Date, field string) error {
	want := a.note.Terms.Principal.Currency
	switch {
	case amount.Currency != want:
		return Refuse(CodeCurrencyOther, "want", string(want))
	case on.After(a.today()):
		return Refuse(CodeDateFuture, "field", field)
	case on.Before(a.note.Terms.AgreedOn):
		return Refuse(CodeDateEarly, "field", field, "earliest", a.note.Terms.AgreedOn.String())
	}
	return nil
}

// accrue counts interest up to today.
func (a *act) accrue() error { return a.accrueTo(a.today()) }

// accrueTo counts interest up to a day, under the conditions that have held
// since the last count: every operation that changes them counts first.
func (a *act) accrueTo(to finance.Date) error {
	_, err := a.note.count(a.holder, to)
	return err
}

// count adds to the balance the interest from the last count up to a day.
func (n *Note) count(holder PartyID, to finance.Date) (finance.Accrual, error) {
	accrual, err := n.accrual(holder, to)
	if err != nil {
		return accrual, err
	}
	bal := &n.Balance
	bal.InterestMicro += accrual.InterestMicro
	bal.LateMicro += accrual.LateMicro
	bal.AccruedTo = laterOf(bal.AccruedTo, to)
	return accrual, nil
}

// accrual computes the interest from the last count up to a day; none where it
// was counted further already.
func (n *Note) accrual(holder PartyID, to finance.Date) (finance.Accrual, error) {
	bal := &n.Balance
	if !to.After(bal.AccruedTo) {
		return finance.Accrual{}, nil
	}
	in := n.accrualInput(bal.AccruedTo, to)
	in.Terms, in.Standing = n.current()
	in.GateOpen, in.Room = n.gateOpen(holder), n.room()
	return finance.Accrue(in)
}

// Owed gives what is owed as of the last count of interest, in minor units.
func (n *Note) Owed() finance.Owed {
	bal := &n.Balance
	return finance.Owed{
		Costs: bal.Costs, Principal: bal.Principal,
		LateInterest: max(0, finance.RoundMicro(bal.LateMicro)), Interest: max(0, finance.RoundMicro(bal.InterestMicro)),
	}
}

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

// dischargeIfPaid hands the note back when nothing is left: it leaves its book,
// and control passes to the borrowers for good.
func (a *act) dischargeIfPaid() {
	if owed := a.note.Owed(); owed != (finance.Owed{}) {
		return
	}
	n := a.note
	n.Status, n.Book = StatusDischarged, ""
	n.Pending, n.Pledge, n.Mandate, n.Freeze, n.Disputes, n.Claims, n.Proposal = nil, nil, nil, nil, nil, nil, nil
	// What remains is less than half a minor unit and nobody's.
	n.Balance.InterestMicro, n.Balance.LateMicro = 0, 0
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
	parts, err := a.allocate(f.Amount.Amount)
	if err != nil {
		return err
	}
	a.note.Balance.forgive(parts)
	a.dischargeIfPaid()
	return nil
}

// forgive books what is no longer claimed.
func (b *Balance) forgive(p finance.Parts) {
	b.Costs -= p.Costs
	b.ForgivenCosts += p.Costs
	b.LateMicro -= micro(p.LateInterest)
	b.ForgivenLate += p.LateInterest
	b.InterestMicro -= micro(p.Interest)
	b.ForgivenInterest += p.Interest
	b.Principal -= p.Principal
	b.ForgivenPrincipal += p.Principal
}
