package ledger_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// TestAPaymentGoesToCostsThenInterestThenPrincipal, and all of it is written on
// the note at once (NJA 2017 s. 769).
func TestAPaymentGoesToCostsThenInterestThenPrincipal(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.now = noon("2026-04-02") // the first due date: a month's interest of 1 %
	n := s.pay(id, s.lender, 500_00)
	want := finance.Parts{Costs: 100_00, Interest: 120_00, Principal: 280_00}
	if len(n.Payments) != 1 || n.Payments[0].Parts != want || n.Balance.Principal != 11_720_00 {
		t.Fatalf("it was used for %+v, want %+v; balance %+v", n.Payments, want, n.Balance)
	}
	if n.Payments[0] != (ledger.Payment{Seq: n.Seq, By: s.lender.id, On: date("2026-04-02"), Amount: 500_00, Parts: want}) {
		t.Errorf("it is remembered as %+v", n.Payments[0])
	}
}

func TestPaymentsThatAreRefused(t *testing.T) {
	base := newStage(t)
	id := base.active()
	base.after(31)
	owed := base.owed(id)
	early := ledger.Refuse(ledger.CodeDateEarly, "field", "paid_on", "earliest", "2026-03-02")
	table := []struct {
		name string
		body ledger.PayBody
		want *ledger.Error
	}{
		{"nothing", ledger.PayBody{Amount: sek(0), PaidOn: base.today()}, code(ledger.CodeAmountNotPositive)},
		{"less than nothing", ledger.PayBody{Amount: sek(-1), PaidOn: base.today()}, code(ledger.CodeAmountNotPositive)},
		{"more than is owed", ledger.PayBody{Amount: sek(owed + 1), PaidOn: base.today()},
			ledger.Refuse(ledger.CodePaymentExceeds, "owed", sek(owed).String())},
		{"all the money there is", ledger.PayBody{Amount: sek(finance.MaxAmount), PaidOn: base.today()}, code(ledger.CodePaymentExceeds)},
		{"another currency", ledger.PayBody{Amount: finance.Money{Amount: 1, Currency: "EUR"}, PaidOn: base.today()},
			ledger.Refuse(ledger.CodeCurrencyOther, "want", "SEK")},
		{"tomorrow", ledger.PayBody{Amount: sek(1), PaidOn: base.today().AddDays(1)}, ledger.Refuse(ledger.CodeDateFuture, "field", "paid_on")},
		{"before the agreement", ledger.PayBody{Amount: sek(1), PaidOn: date("2026-03-01")}, early},
		{"on no day", ledger.PayBody{Amount: sek(1)}, code(ledger.CodeBodyInvalid)},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			s := base.fork()
			s.t = t
			s.refuse(c.want, s.lender, ledger.OpPay, string(id), c.body)
		})
	}
	if n := base.pay(id, base.lender, owed); n.Status != ledger.StatusDischarged {
		t.Errorf("with exactly what is owed it is %s", n.Status)
	}
}

// TestTheLastPaymentHandsTheNoteBack: NJA 2017 s. 769 and 1936:81 par. 21.
func TestTheLastPaymentHandsTheNoteBack(t *testing.T) {
	s := newStage(t)
	id := s.disputed(s.active())
	s.pledge(id, s.lender, s.bank)
	s.mandate(id, s.bank, s.servicer)
	n := s.pay(id, s.servicer, s.owed(id))
	if n.Status != ledger.StatusDischarged || n.Book != "" || n.Pledge != nil || n.Mandate != nil || n.Disputes != nil {
		t.Fatalf("paid it is %+v", n)
	}
	if c := ledger.Controllers(n, s.holder(id)); len(c) != 1 || c[0] != s.borrower.id {
		t.Errorf("it is controlled by %v", c)
	}
	if n.Balance.PaidPrincipal != 12_000_00 || n.Owed() != (finance.Owed{}) {
		t.Errorf("its balance is %+v", n.Balance)
	}
	last := n.Payments[len(n.Payments)-1].Seq
	for _, who := range []*actor{s.servicer, s.lender, s.bank} {
		s.refuse(code(ledger.CodeRoleForbidden), who, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: last, Reason: "x"})
		s.refuse(code(ledger.CodeRoleForbidden), who, ledger.OpPay, string(id), s.payBody(1))
	}
}

// TestAScheduleThatIsKeptEndsAtZero pays every instalment of a year on its last
// day: the extra days of 1936:81 par. 5 cost nothing, and nothing is left.
func TestAScheduleThatIsKeptEndsAtZero(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.pay(id, s.lender, 100_00) // the set-up fee
	tt := terms()
	rows, err := finance.Schedule(tt.Finance())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		s.now = noon(row.PayBy.String())
		s.pay(id, s.lender, row.Total)
	}
	n := s.note(id)
	if n.Status != ledger.StatusDischarged || n.Balance.PaidLate != 0 || n.Balance.PaidPrincipal != 12_000_00 {
		t.Errorf("after %d instalments it is %s with %+v", len(rows), n.Status, n.Balance)
	}
}

// TestAPaymentInGoodFaithToAFormerHolderCounts: 1936:81 par. 19, 20 and 29.
func TestAPaymentInGoodFaithToAFormerHolderCounts(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.after(2)
	s.sell(id, s.lender, s.buyer)
	s.after(3)
	n := s.pay(id, s.lender, 300_00)
	want := ledger.Settlement{From: s.lender.id, To: s.buyer.id, Amount: 300_00}
	if len(n.Settlements) != 1 || n.Settlements[0] != want || n.Payments[0].OwedTo != s.buyer.id {
		t.Fatalf("the seller owes %+v, want %+v", n.Settlements, want)
	}
	s.notify(id, s.buyer)
	told := s.today()
	s.after(5)
	n = s.do(s.lender, ledger.OpPay, string(id), ledger.PayBody{Amount: sek(50_00), PaidOn: told}).Note
	if n.Settlements[0].Amount != 350_00 {
		t.Errorf("with a payment of the day of the notice it owes %+v", n.Settlements)
	}
	s.refuse(ledger.Refuse(ledger.CodeNotGoodFaith, "notified", told.String()), s.lender, ledger.OpPay, string(id),
		ledger.PayBody{Amount: sek(50_00), PaidOn: told.AddDays(1)})

	// The borrower has its receipt: a former holder takes nothing back.
	s.refuse(code(ledger.CodeRoleForbidden), s.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: n.Payments[0].Seq, Reason: "bounced"})
	s.mandate(id, s.buyer, s.lender)
	s.refuse(code(ledger.CodePaymentFinal), s.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: n.Payments[0].Seq, Reason: "bounced"})
}

func TestAPaymentInGoodFaithMayDischarge(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.sell(id, s.lender, s.buyer)
	s.sell(id, s.buyer, s.second)
	n := s.pay(id, s.lender, s.owed(id))
	if n.Status != ledger.StatusDischarged || len(n.Settlements) != 1 || n.Settlements[0].To != s.second.id {
		t.Errorf("it is %s, and owed are %+v", n.Status, n.Settlements)
	}
}

// TestANoticeOfAnyLaterHolderEndsGoodFaith: who has been told that the second
// buyer holds the note knows that the first does not.
func TestANoticeOfAnyLaterHolderEndsGoodFaith(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.sell(id, s.lender, s.buyer)
	s.sell(id, s.buyer, s.second)
	s.notify(id, s.second)
	s.after(1)
	for _, former := range []*actor{s.lender, s.buyer} {
		s.refuse(code(ledger.CodeNotGoodFaith), former, ledger.OpPay, string(id), s.payBody(1_00))
	}
}

// TestAReceiptHoldsAgainstEveryLaterHolder: NJA 2017 s. 769. Neither the seller,
// nor the buyer, nor the seller once it has the note again takes a payment back
// that was written before the sale.
func TestAReceiptHoldsAgainstEveryLaterHolder(t *testing.T) {
	s := newStage(t)
	id := s.active()
	reverse := ledger.PayReverseBody{Payment: s.pay(id, s.lender, 600_00).Seq, Reason: "bounced"}
	s.sell(id, s.lender, s.buyer)
	for _, who := range []*actor{s.lender, s.buyer} {
		s.refuse(code(ledger.CodeRoleForbidden), who, ledger.OpPayReverse, string(id), reverse)
	}
	s.sell(id, s.buyer, s.lender)
	s.refuse(code(ledger.CodePaymentFinal), s.lender, ledger.OpPayReverse, string(id), reverse)

	own := s.pay(id, s.lender, 50_00).Seq
	s.do(s.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: own, Reason: "bounced"})
}

// TestAPaymentIsFinalOnceTheRestIsAgreedUpon: a plan was made of what it left.
func TestAPaymentIsFinalOnceTheRestIsAgreedUpon(t *testing.T) {
	s := newStage(t)
	id := s.active()
	reverse := ledger.PayReverseBody{Payment: s.pay(id, s.lender, 600_00).Seq, Reason: "bounced"}
	s.planned(id)
	s.refuse(code(ledger.CodePaymentFinal), s.lender, ledger.OpPayReverse, string(id), reverse)
}

// TestLateBookkeepingCostsTheBorrowerNothing books the same payments in the
// right and in the wrong order.
func TestLateBookkeepingCostsTheBorrowerNothing(t *testing.T) {
	s := newStage(t)
	onDemand := terms()
	onDemand.Schedule, onDemand.Fees.Setup = ledger.Schedule{Kind: finance.OnDemand}, 0
	id := s.issue(onDemand, s.borrower)
	first, second := date("2026-03-12"), date("2026-06-10")
	pay := func(f *stage, on finance.Date, amount finance.Amount) *ledger.Note {
		return f.do(f.lender, ledger.OpPay, string(id), ledger.PayBody{Amount: sek(amount), PaidOn: on}).Note
	}
	s.now = noon("2026-06-10")

	inTime := s.fork()
	pay(inTime, first, 5_000_00)
	want := pay(inTime, second, 6_000_00)

	late := s.fork()
	pay(late, second, 6_000_00)
	got := pay(late, first, 5_000_00)

	// What was given back is counted on the whole payment, of which 40 kronor
	// would have been interest: a difference of a krona, in the borrower's favour.
	if d := want.Balance.Principal - got.Balance.Principal; d < 0 || d > 1_50 {
		t.Errorf("principal %d instead of %d", got.Balance.Principal, want.Balance.Principal)
	}
	if got.Balance.InterestMicro < -finance.MicroPerUnit/2 {
		t.Errorf("a hidden credit: %+v", got.Balance)
	}
	for _, p := range got.Payments {
		if total, err := p.Parts.Total(); err != nil || total != p.Amount || p.Parts.Interest < 0 {
			t.Errorf("a payment was used for %+v", p)
		}
	}
}

// TestALatePaymentThatLeavesACreditIsRefused: with the interest that it gives
// back it is more than what was left.
func TestALatePaymentThatLeavesACreditIsRefused(t *testing.T) {
	s := newStage(t)
	onDemand := terms()
	onDemand.Schedule, onDemand.Fees.Setup = ledger.Schedule{Kind: finance.OnDemand}, 0
	id := s.issue(onDemand, s.borrower)
	s.now = noon("2026-06-10")
	s.pay(id, s.lender, 6_000_00)
	owed := s.owed(id)
	body := ledger.PayBody{Amount: sek(owed), PaidOn: date("2026-03-12")}
	_, err := s.try(s.lender, ledger.OpPay, string(id), body)
	checkRefusal(t, err, code(ledger.CodePaymentExceeds))
	left, err := finance.ParseMoney(asRefusal(err).Params["owed"][:len("6203.47")], "SEK")
	if err != nil {
		t.Fatalf("it says that %v is owed", asRefusal(err).Params)
	}
	if left.Amount >= owed {
		t.Fatalf("it says that %d is owed of %d", left.Amount, owed)
	}
	body.Amount = left
	if n := s.do(s.lender, ledger.OpPay, string(id), body).Note; n.Balance.Principal > 10_00 {
		t.Errorf("what it names leaves %+v", n.Balance)
	}
}

// TestAReversalPutsTheDebtBack as if the payment had not been, but for late
// interest: the mistake was not the borrower's.
func TestAReversalPutsTheDebtBack(t *testing.T) {
	s := newStage(t)
	onDemand := terms()
	onDemand.Schedule = ledger.Schedule{Kind: finance.OnDemand}
	id := s.issue(onDemand, s.borrower)
	s.after(30)
	without := s.fork()
	paid := s.pay(id, s.lender, 4_000_00).Seq
	s.after(45)
	without.after(45)
	reverse := ledger.PayReverseBody{Payment: paid, Reason: "another borrower's"}
	s.refuse(code(ledger.CodePaymentUnknown), s.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: paid + 1, Reason: "x"})
	s.refuse(code(ledger.CodeBodyInvalid), s.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: paid})
	s.do(s.lender, ledger.OpPayReverse, string(id), reverse)
	if got, want := s.owed(id), without.owed(id); got != want {
		t.Errorf("owed are %d, without the payment %d", got, want)
	}
	if n := s.note(id); len(n.Payments) != 1 || !n.Payments[0].Reversed {
		t.Errorf("the payment does not stand on the note, marked: %+v", n.Payments)
	}
	s.refuse(code(ledger.CodePaymentReversed), s.lender, ledger.OpPayReverse, string(id), reverse)
}

func TestOnlyWhoWroteAPaymentReversesIt(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.mandate(id, s.lender, s.servicer)
	paid := s.pay(id, s.servicer, 100_00).Seq
	s.refuse(code(ledger.CodeRoleForbidden), s.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: paid, Reason: "x"})
	s.refuse(code(ledger.CodeRoleForbidden), s.borrower, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: paid, Reason: "x"})
	s.do(s.servicer, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: paid, Reason: "x"})
}

func TestANoteRemembersItsLatestPaymentsOneByOne(t *testing.T) {
	s := newStage(t)
	id := s.active()
	first := s.pay(id, s.lender, 1).Seq
	for range ledger.ReversiblePayments {
		s.pay(id, s.lender, 1)
	}
	if n := s.note(id); len(n.Payments) != ledger.ReversiblePayments || n.Balance.PaidCosts != ledger.ReversiblePayments+1 {
		t.Errorf("it remembers %d payments, and %d was paid", len(n.Payments), n.Balance.PaidCosts)
	}
	s.refuse(code(ledger.CodePaymentUnknown), s.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: first, Reason: "x"})
}

func TestForgivingIsNotPaying(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.refuse(ledger.Refuse(ledger.CodeCurrencyOther, "want", "SEK"), s.lender, ledger.OpForgive, string(id),
		ledger.ForgiveBody{Amount: finance.Money{Amount: 1, Currency: "EUR"}})
	s.refuse(code(ledger.CodeAmountNotPositive), s.lender, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(0)})
	s.refuse(code(ledger.CodePaymentExceeds), s.lender, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(s.owed(id) + 1)})
	s.refuse(code(ledger.CodeRoleForbidden), s.borrower, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(1)})
	n := s.do(s.lender, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(1_100_00), Reason: "hardship"}).Note
	if b := n.Balance; b.ForgivenCosts != 100_00 || b.ForgivenPrincipal != 1_000_00 || b.PaidPrincipal != 0 || len(n.Payments) != 0 {
		t.Errorf("forgiven in part it is %+v", b)
	}
	n = s.do(s.lender, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(s.owed(id))}).Note
	if n.Status != ledger.StatusDischarged || n.Balance.ForgivenPrincipal != 12_000_00 {
		t.Errorf("forgiven in full it is %s with %+v", n.Status, n.Balance)
	}
}

// TestForgivenInterestThatWasNeverOwedWasNotForgiven: a payment that is booked
// late takes away interest that had been forgiven meanwhile.
func TestForgivenInterestThatWasNeverOwedWasNotForgiven(t *testing.T) {
	s := newStage(t)
	onDemand := terms()
	onDemand.Schedule, onDemand.Fees.Setup = ledger.Schedule{Kind: finance.OnDemand}, 0
	id := s.issue(onDemand, s.borrower)
	s.now = noon("2026-06-02") // three months: 360 kronor of interest
	s.do(s.lender, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(360_00)})
	n := s.do(s.lender, ledger.OpPay, string(id), ledger.PayBody{Amount: sek(6_000_00), PaidOn: date("2026-03-02")}).Note
	if b := n.Balance; b.ForgivenInterest != 180_00 || b.InterestMicro != 0 || b.Principal != 6_000_00 {
		t.Errorf("it leaves %+v", b)
	}
}

// TestLateInterestIsReferenceRatePlusEight: 1975:635 par. 6 and 7, from the day
// after the last day to pay.
func TestLateInterestIsReferenceRatePlusEight(t *testing.T) {
	s := newStage(t)
	cheap := terms()
	cheap.Rate, cheap.Fees.Setup = rate("0"), 0
	cheap.Schedule = ledger.Schedule{Kind: finance.Bullet, Instalments: 1, FirstDue: date("2026-04-02")}
	id := s.issue(cheap, s.borrower)
	s.now = noon("2026-04-02")
	if got := s.owed(id); got != 12_000_00 {
		t.Errorf("on the last day to pay %d is owed", got)
	}
	s.now = noon("2026-05-02")
	sum, err := ledger.Summarize(s.note(id), s.holder(id), s.today())
	if err != nil {
		t.Fatal(err)
	}
	// Reference rate 2 %, so 10 % of 12,000 kronor for a month of 30 days.
	if sum.Owed.LateInterest != 100_00 || sum.Arrears.DaysPastDue != 30 {
		t.Errorf("a month late: %+v", sum)
	}
}

// TestWhatFormerHoldersOweIsNeverLost: a payment whose settlement has no room
// is refused, and not booked without it.
func TestWhatFormerHoldersOweIsNeverLost(t *testing.T) {
	s := newStage(t)
	id := s.active()
	chain := []*actor{s.lender, s.buyer, s.second, s.bank, s.servicer, s.stranger, s.court, s.bailiff, s.register("ninth", ledger.Company, lenderOrg)}
	var paid finance.Amount
	for i, seller := range chain[:len(chain)-1] {
		s.sell(id, seller, chain[i+1])
		for _, former := range chain[:i+1] {
			if len(s.note(id).Settlements) == ledger.MaxSettlements {
				s.refuse(ledger.Refuse(ledger.CodeLimit, "what", "settlements", "limit", "32"), former, ledger.OpPay, string(id), s.payBody(1_00))
				continue
			}
			s.pay(id, former, 1_00)
			paid += 1_00
		}
	}
	var owed finance.Amount
	for _, settlement := range s.note(id).Settlements {
		owed += settlement.Amount
	}
	if owed != paid || paid != ledger.MaxSettlements*1_00 {
		t.Errorf("former holders received %d and owe %d", paid, owed)
	}
}
