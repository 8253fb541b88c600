package ledger_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func setoffBody(s *stage, amount finance.Amount) ledger.SetoffBody {
	return ledger.SetoffBody{Amount: sek(amount), On: s.today(), Ground: "A deposit that was not returned."}
}

// TestASetoffIsUsedAsAPaymentWouldBe, and says what was set off (1936:81 par. 18, 28).
func TestASetoffIsUsedAsAPaymentWouldBe(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.now = noon("2026-04-02")
	paid := s.fork()
	want := paid.pay(id, paid.lender, 500_00)
	n := s.do(s.lender, ledger.OpSetoff, string(id), setoffBody(s, 500_00)).Note
	if n.Balance != want.Balance {
		t.Errorf("it leaves %+v, a payment %+v", n.Balance, want.Balance)
	}
	p := want.Payments[0]
	p.SetOff = "A deposit that was not returned."
	if len(n.Payments) != 1 || n.Payments[0] != p {
		t.Errorf("it is remembered as %+v, want %+v", n.Payments, p)
	}
	n = s.do(s.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: p.Seq, Reason: "It was returned."}).Note
	if !n.Payments[0].Reversed || n.Balance.PaidPrincipal != 0 {
		t.Errorf("taken back it is %+v", n.Payments[0])
	}
}

// TestTheLastSetoffHandsTheNoteBack, as the last payment does.
func TestTheLastSetoffHandsTheNoteBack(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	s.refuse(code(ledger.CodePaymentExceeds), s.lender, ledger.OpSetoff, string(id), setoffBody(s, s.owed(id)+1))
	n := s.do(s.lender, ledger.OpSetoff, string(id), setoffBody(s, s.owed(id))).Note
	if n.Status != ledger.StatusDischarged || s.holder(id) != "" {
		t.Errorf("it is %s, held by %q", n.Status, s.holder(id))
	}
}

// TestAPledgedNoteIsSetOffByItsPledgee: it is security for nobody else.
func TestAPledgedNoteIsSetOffByItsPledgee(t *testing.T) {
	s := newStage(t)
	id := s.pledged()
	s.mandate(id, s.bank, s.servicer)
	for _, who := range []*actor{s.lender, s.servicer} {
		s.refuse(code(ledger.CodeNotePledged), who, ledger.OpSetoff, string(id), setoffBody(s, 1_00))
	}
	s.do(s.bank, ledger.OpSetoff, string(id), setoffBody(s, 1_00))
}

// TestABorrowerDeclaresASetoffThatMustBeAnswered: the creditor books it, or denies
// it and has a dispute; silence is one too.
func TestABorrowerDeclaresASetoffThatMustBeAnswered(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	declared := ledger.PayClaimBody{Amount: sek(500_00), PaidOn: s.today(), Text: "You owe me a deposit.", SetOff: true}
	claim := s.do(s.borrower, ledger.OpPayClaim, string(id), declared).Note.Claims[0]
	if !claim.SetOff || claim.AnswerBy != s.today().AddDays(ledger.ClaimDays) {
		t.Fatalf("it is written as %+v", claim)
	}
	booked := s.fork()
	body := setoffBody(s, 500_00)
	body.Claim = claim.Seq
	if n := booked.do(s.lender, ledger.OpSetoff, string(id), body).Note; len(n.Claims) != 0 || n.Payments[0].Claim != claim.Seq {
		t.Errorf("booked it leaves %+v and %+v", n.Claims, n.Payments)
	}
	n := s.do(s.lender, ledger.OpPayDeny, string(id), ledger.PayDenyBody{Claim: claim.Seq, Text: "We owe you nothing."}).Note
	if len(n.Disputes) != 1 || !n.Disputes[0].SetOff || n.Disputes[0].Amount != 500_00 {
		t.Errorf("denied it leaves %+v", n.Disputes)
	}
}

// TestASetoffAcknowledgesNothing: limitation runs on from what the borrower itself
// acknowledged (1981:130 par. 5).
func TestASetoffAcknowledgesNothing(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	before := s.summary(id).BarredAfter
	s.do(s.lender, ledger.OpSetoff, string(id), setoffBody(s, 1_00))
	if after := s.summary(id).BarredAfter; after != before {
		t.Errorf("the claim is barred after %s, and after %s before it", after, before)
	}
}

// TestDebtReliefReducesWhatWasOwedOnItsDay, and takes off what came later; no
// interest runs from that day (2016:675).
func TestDebtReliefReducesWhatWasOwedOnItsDay(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	opened := s.summary(id)
	body := debtRelief(s, 40)
	s.charge(id, s.lender, finance.DemandCharge, 180_00)
	s.after(30)
	n := s.do(s.court, ledger.OpDebtRelief, string(id), body).Note
	left := opened.Total.Amount * 40 / 100
	want := ledger.DebtRelief{
		Seq: n.Seq, Authority: s.court.id, On: s.today(), Decision: "K 4711-26", OpenedOn: body.OpenedOn, Owed: opened.Total.Amount, Left: left,
	}
	if *n.DebtRelief != want {
		t.Errorf("got  %+v\nwant %+v", *n.DebtRelief, want)
	}
	if got := n.Owed(); got != (finance.Owed{Principal: left}) {
		t.Errorf("left are %+v, want %d of principal", got, left)
	}
	s.after(100)
	sum := s.summary(id)
	if sum.Total.Amount != left || sum.Collectable {
		t.Errorf("later %v are owed, collectable %t", sum.Total, sum.Collectable)
	}
	s.refuse(code(ledger.CodeDebtRelief), s.lender, ledger.OpCharge, string(id), s.chargeBody(finance.ReminderCharge, 60_00))
	s.refuse(code(ledger.CodeDebtRelief), s.borrower, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: s.planOf()})
	s.refuse(code(ledger.CodeDebtRelief), s.court, ledger.OpDebtRelief, string(id), debtRelief(s, 10))
}

// TestDebtReliefHoldsAgainstEveryHolder (1936:81 par. 15): a buyer gets what is left,
// and what is left, paid, hands the note back.
func TestDebtReliefHoldsAgainstEveryHolder(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	paid := s.pay(id, s.lender, 1_000_00).Seq
	body := debtRelief(s, 0)
	body.LeftPercent, body.LeftAmount = nil, new(sek(2_000_00))
	s.do(s.court, ledger.OpDebtRelief, string(id), body)
	s.refuse(code(ledger.CodePaymentFinal), s.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: paid, Reason: "x"})
	s.sell(id, s.lender, s.buyer)
	s.notify(id, s.buyer)
	s.after(200)
	if n := s.pay(id, s.buyer, 2_000_00); n.Status != ledger.StatusDischarged {
		t.Errorf("it is %s with %+v", n.Status, n.Owed())
	}
}

// TestAPaymentFromBeforeADebtReliefReducesWhatIsLeft: it is booked late, and its
// interest was taken off already.
func TestAPaymentFromBeforeADebtReliefReducesWhatIsLeft(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	early := s.today().AddDays(-20)
	s.do(s.court, ledger.OpDebtRelief, string(id), debtRelief(s, 50))
	left := s.owed(id)
	body := s.payBody(1_000_00)
	body.PaidOn = early
	n := s.do(s.lender, ledger.OpPay, string(id), body).Note
	if got := s.owed(id); got > left-1_000_00 || n.Balance.ForgivenInterest < 0 {
		t.Errorf("of %d it leaves %d: %+v", left, got, n.Balance)
	}
}

func TestDebtReliefOfAllHandsTheNoteBackEvenFrozen(t *testing.T) {
	s := newStage(t)
	id := s.frozen(s.overdue())
	n := s.do(s.court, ledger.OpDebtRelief, string(id), debtRelief(s, 0)).Note
	if n.Status != ledger.StatusDischarged || n.Freeze != nil || n.Balance.ForgivenPrincipal != 12_000_00 {
		t.Errorf("it is %s with %+v", n.Status, n.Balance)
	}
}

func TestDebtReliefsThatAreRefused(t *testing.T) {
	base := newStage(t)
	id := base.overdue()
	relief := func(change func(*ledger.DebtReliefBody)) ledger.DebtReliefBody {
		b := debtRelief(base, 40)
		change(&b)
		return b
	}
	invalid := code(ledger.CodeBodyInvalid)
	table := []struct {
		name string
		body ledger.DebtReliefBody
		want *ledger.Error
	}{
		{"without a decision", relief(func(b *ledger.DebtReliefBody) { b.Decision = "" }), invalid},
		{"without a day", relief(func(b *ledger.DebtReliefBody) { b.OpenedOn = finance.Date{} }), invalid},
		{"with nothing said of what is left", relief(func(b *ledger.DebtReliefBody) { b.LeftPercent = nil }), invalid},
		{"with both", relief(func(b *ledger.DebtReliefBody) { b.LeftAmount = new(sek(1)) }), invalid},
		{"with more than all", relief(func(b *ledger.DebtReliefBody) { b.LeftPercent = new(101) }), invalid},
		{"with less than nothing", relief(func(b *ledger.DebtReliefBody) { b.LeftPercent = new(-1) }), invalid},
		{"with more than is owed", relief(func(b *ledger.DebtReliefBody) { b.LeftPercent, b.LeftAmount = nil, new(sek(1_000_000_00)) }),
			code(ledger.CodeReliefExceeds)},
		{"in another currency", relief(func(b *ledger.DebtReliefBody) {
			b.LeftPercent, b.LeftAmount = nil, &finance.Money{Amount: 1, Currency: "EUR"}
		}), ledger.Refuse(ledger.CodeCurrencyOther, "want", "SEK")},
		{"opened tomorrow", relief(func(b *ledger.DebtReliefBody) { b.OpenedOn = b.OpenedOn.AddDays(1) }), ledger.Refuse(ledger.CodeDateFuture, "field", "opened_on")},
		{"opened before the debt arose", relief(func(b *ledger.DebtReliefBody) { b.OpenedOn = date("2026-03-01") }),
			ledger.Refuse(ledger.CodeDateEarly, "field", "opened_on", "earliest", "2026-03-02")},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			s := base.fork()
			s.t = t
			s.refuse(c.want, s.court, ledger.OpDebtRelief, string(id), c.body)
		})
	}
	base.refuse(code(ledger.CodeRoleForbidden), base.lender, ledger.OpDebtRelief, string(id), debtRelief(base, 0))
}
