package ledger_test

import (
	"strconv"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestAFeeIsAddedToTheCostsAndStaysWritten(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	before := s.note(id)
	n := s.charge(id, s.lender, finance.DemandCharge, 180_00)
	if n.Balance.Costs != before.Balance.Costs+180_00 || n.Balance.AccruedTo != s.today() {
		t.Errorf("the balance is %+v", n.Balance)
	}
	want := ledger.Charge{
		Seq: n.Seq, Kind: finance.DemandCharge, By: s.lender.id, On: s.today(), Amount: 180_00,
		About: ledger.PayloadDigest([]byte("the letter")), Arrears: date("2026-04-02"), Rule: "SE-1981:739-3-demand",
	}
	if len(n.Charges) != 1 || n.Charges[0] != want {
		t.Errorf("got  %+v\nwant %+v", n.Charges, want)
	}
}

// TestAFeeComesOnceForTheSameArrears, and again once other instalments are late.
func TestAFeeComesOnceForTheSameArrears(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	first := s.charge(id, s.lender, finance.ReminderCharge, 60_00).Seq
	s.after(5)
	again := ledger.Refuse(ledger.CodeChargeRepeated, "charge", strconv.FormatUint(first, 10))
	s.refuse(again, s.lender, ledger.OpCharge, string(id), s.chargeBody(finance.ReminderCharge, 60_00))
	s.charge(id, s.lender, finance.DemandCharge, 180_00) // another kind of letter
	s.pay(id, s.lender, s.summary(id).Owed.Costs+s.summary(id).Owed.LateInterest+s.summary(id).Arrears.Interest+s.summary(id).Arrears.Principal)
	if due := s.summary(id).Arrears.OldestDue; !due.IsZero() {
		t.Fatalf("paid up, %s is overdue", due)
	}
	s.refuse(code(ledger.CodeNothingOverdue), s.lender, ledger.OpCharge, string(id), s.chargeBody(finance.ReminderCharge, 60_00))
	s.after(45)
	s.charge(id, s.lender, finance.ReminderCharge, 60_00)
}

func TestFeesThatAreRefused(t *testing.T) {
	base := newStage(t)
	id := base.overdue()
	charge := func(change func(*ledger.ChargeBody)) ledger.ChargeBody {
		b := base.chargeBody(finance.DemandCharge, 180_00)
		change(&b)
		return b
	}
	table := []struct {
		name string
		body ledger.ChargeBody
		want *ledger.Error
	}{
		{"more than the law allows", charge(func(b *ledger.ChargeBody) { b.Amount.Amount++ }),
			ledger.Refuse(ledger.CodeChargeTooHigh, "limit", "180.00 SEK", "source", "SFS 1981:739 par. 3 and 4")},
		{"for a plan where there is none", base.chargeBody(finance.PlanCharge, 170_00), code(ledger.CodeNoPlan)},
		{"for late payment of a consumer", base.chargeBody(finance.LatePaymentCharge, 450_00), ledger.Refuse(ledger.CodeChargeForbidden, "kind", "late_payment")},
		{"nothing", charge(func(b *ledger.ChargeBody) { b.Amount.Amount = 0 }), code(ledger.CodeAmountNotPositive)},
		{"another currency", charge(func(b *ledger.ChargeBody) { b.Amount.Currency = "EUR" }), ledger.Refuse(ledger.CodeCurrencyOther, "want", "SEK")},
		{"of a kind that there is not", charge(func(b *ledger.ChargeBody) { b.Kind = "visit" }), code(ledger.CodeBodyInvalid)},
		{"without a letter", charge(func(b *ledger.ChargeBody) { b.About = ledger.Digest{} }), code(ledger.CodeBodyInvalid)},
		{"on no day", charge(func(b *ledger.ChargeBody) { b.On = finance.Date{} }), code(ledger.CodeBodyInvalid)},
		{"tomorrow", charge(func(b *ledger.ChargeBody) { b.On = b.On.AddDays(1) }), ledger.Refuse(ledger.CodeDateFuture, "field", "on")},
		{"on the last day to pay in time", charge(func(b *ledger.ChargeBody) { b.On = date("2026-04-02") }),
			ledger.Refuse(ledger.CodeDateEarly, "field", "on", "earliest", "2026-04-03")},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			s := base.fork()
			s.t = t
			s.refuse(c.want, s.lender, ledger.OpCharge, string(id), c.body)
		})
	}
}

// TestAReminderCostsWhatWasAgreed: 1981:739 par. 2 allows nothing that was not
// agreed when the debt arose.
func TestAReminderCostsWhatWasAgreed(t *testing.T) {
	s := newStage(t)
	unagreed := terms()
	unagreed.Fees.Reminder = 0
	less := terms()
	less.Fees.Reminder = 45_00
	none, some := s.issue(unagreed, s.borrower), s.issue(less, s.borrower)
	s.after(60)
	s.refuse(ledger.Refuse(ledger.CodeChargeForbidden, "kind", "reminder"), s.lender, ledger.OpCharge, string(none), s.chargeBody(finance.ReminderCharge, 1))
	s.refuse(code(ledger.CodeChargeTooHigh), s.lender, ledger.OpCharge, string(some), s.chargeBody(finance.ReminderCharge, 60_00))
	s.charge(some, s.lender, finance.ReminderCharge, 45_00)
}

// TestNothingIsChargedWhilePaymentMayNotBeDemanded, and nothing for letters from
// before the borrower knew the holder (1936:81 par. 3).
func TestNothingIsChargedWhilePaymentMayNotBeDemanded(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	s.sell(id, s.lender, s.buyer)
	s.after(3)
	demand := s.chargeBody(finance.DemandCharge, 180_00)
	s.refuse(code(ledger.CodeBorrowerNotTold), s.buyer, ledger.OpCharge, string(id), demand)
	s.notify(id, s.buyer)
	early := demand
	early.On = s.today().AddDays(-1)
	s.refuse(ledger.Refuse(ledger.CodeDateEarly, "field", "on", "earliest", s.today().String()), s.buyer, ledger.OpCharge, string(id), early)
	s.disputed(id)
	s.refuse(code(ledger.CodeNoteDisputed), s.buyer, ledger.OpCharge, string(id), demand)
}

// TestThePlanThatBothAgreedOnCostsOnce, and while it is kept nothing else does.
func TestThePlanThatBothAgreedOnCostsOnce(t *testing.T) {
	s := newStage(t)
	id := s.planned(s.overdue())
	n := s.charge(id, s.lender, finance.PlanCharge, 170_00)
	if c := n.Charges[0]; c.Plan != n.Amendments[0].Seq || !c.Arrears.IsZero() {
		t.Errorf("it is for %+v", c)
	}
	s.refuse(code(ledger.CodeChargeRepeated), s.lender, ledger.OpCharge, string(id), s.chargeBody(finance.PlanCharge, 170_00))
	s.refuse(code(ledger.CodePlanRunning), s.lender, ledger.OpCharge, string(id), s.chargeBody(finance.DemandCharge, 180_00))
	s.after(80) // the first instalment of the plan is more than its days of grace late
	s.charge(id, s.lender, finance.DemandCharge, 180_00)
}

// TestAFeeThatComesAfterAPlanPaysForNoneOfItsInstalments: it is paid beside them,
// and taken off again it is as though it had never been.
func TestAFeeThatComesAfterAPlanPaysForNoneOfItsInstalments(t *testing.T) {
	s := newStage(t)
	id := s.planned(s.overdue())
	_, before, err := ledger.Instalments(s.note(id))
	if err != nil {
		t.Fatal(err)
	}
	charge := s.charge(id, s.lender, finance.PlanCharge, 170_00).Seq
	_, charged, err := ledger.Instalments(s.note(id))
	if err != nil || charged != before {
		t.Errorf("charged, it covers %d of the plan, and %d before: %v", charged, before, err)
	}
	s.do(s.lender, ledger.OpRelief, string(id), ledger.ReliefBody{Part: ledger.PartCosts, Charge: charge, Ground: ledger.GroundError, Reason: "Not agreed together."})
	_, relieved, err := ledger.Instalments(s.note(id))
	if err != nil || relieved != before {
		t.Errorf("taken off again, it covers %d of the plan, and %d before: %v", relieved, before, err)
	}
}
