package ledger_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// TestAllFallsDueOnTheDayOfTheNotice: until then nothing more is late than the
// schedule says, and from then on all of it is.
func TestAllFallsDueOnTheDayOfTheNotice(t *testing.T) {
	s := newStage(t)
	id := s.lateBusiness()
	before := s.summary(id)
	effective := s.today().AddDays(28)
	s.accelerated(id)
	sum := s.summary(id)
	if sum.Owed != before.Owed || sum.Arrears != before.Arrears {
		t.Errorf("the notice changed what is owed or late: %+v, before %+v", sum, before)
	}
	want := ledger.Phase{Kind: ledger.PhaseAccelerated, Seq: s.note(id).Seq, Since: s.today(), FirstDue: date("2026-04-02"), Until: effective}
	if sum.Phase != want {
		t.Errorf("the phase is %+v, want %+v", sum.Phase, want)
	}
	s.now = noon(effective.String())
	if sum = s.summary(id); sum.Arrears.Principal == sum.Owed.Principal {
		t.Errorf("on the day itself all is late already: %+v", sum.Arrears)
	}
	late := sum.Owed.LateInterest
	s.after(1)
	sum = s.summary(id)
	if sum.Arrears.Principal != sum.Owed.Principal || sum.Cure != nil {
		t.Errorf("after the day %+v is late, and cured by %+v", sum.Arrears, sum.Cure)
	}
	s.after(30)
	if got := s.summary(id).Owed.LateInterest; got <= late {
		t.Errorf("late interest is %d, and was %d", got, late)
	}
}

// TestWhoPaysWhatIsLateInTimeKeepsTheSchedule (2010:1846 par. 34), in one payment
// or several, booked at once or late, and once in the life of a debt.
func TestWhoPaysWhatIsLateInTimeKeepsTheSchedule(t *testing.T) {
	s := newStage(t)
	id := s.late()
	s.pay(id, s.lender, 100_00) // the set-up fee, which comes before all else
	plain := s.fork()
	plain.after(10)
	s.accelerated(id)
	s.after(10)
	offer := *s.summary(id).Cure

	at := s.fork()
	at.pay(id, at.lender, offer.Amount)
	if a := at.note(id).Acceleration; a.Cured != at.today() || a.CuredBy != at.note(id).Seq || !a.CureUsed {
		t.Fatalf("after the payment of %d it is %+v", offer.Amount, a)
	}
	plain.pay(id, plain.lender, offer.Amount)
	got, want := at.summary(id), plain.summary(id)
	if got.Phase != want.Phase || got.Owed != want.Owed || got.FreeOfDebt != want.FreeOfDebt {
		t.Errorf("it goes on as %+v, and would have as %+v", got, want)
	}

	short := s.fork()
	short.pay(id, short.lender, offer.Amount-1)
	if a := short.note(id).Acceleration; !a.Cured.IsZero() {
		t.Errorf("a payment of one öre too little cured it: %+v", a)
	}
	short.after(1)
	rest := short.summary(id).Cure.Amount
	short.pay(id, short.lender, rest)
	if a := short.note(id).Acceleration; a.Cured.IsZero() {
		t.Errorf("the rest of %d did not cure it: %+v", rest, a)
	}

	late := s.fork()
	late.now = noon(offer.By.AddDays(1).String())
	late.pay(id, late.lender, offer.Amount+300_00)
	if a := late.note(id).Acceleration; !a.Cured.IsZero() {
		t.Errorf("a payment after the time cured it: %+v", a)
	}

	again := at
	again.now = noon("2026-11-15")
	again.accelerated(id)
	if sum := again.summary(id); sum.Cure != nil {
		t.Errorf("a second time it can be cured by %+v", sum.Cure)
	}
	again.pay(id, again.lender, 5_000_00)
	if a := again.note(id).Acceleration; !a.Cured.IsZero() || !a.CureUsed {
		t.Errorf("a second time it was cured: %+v", a)
	}
}

// TestAPaymentInTimeThatIsBookedLateCuresToo: the late interest that was counted
// on all of it in between was never owed.
func TestAPaymentInTimeThatIsBookedLateCuresToo(t *testing.T) {
	s := newStage(t)
	id := s.lateBusiness()
	s.accelerated(id)
	s.after(10)
	paidOn := s.today()
	body := ledger.PayBody{Amount: sek(s.summary(id).Cure.Amount), PaidOn: paidOn}

	inTime := s.fork()
	inTime.do(inTime.lender, ledger.OpPay, string(id), body)
	for _, f := range []*stage{inTime, s} {
		f.after(60)
	}
	s.do(s.lender, ledger.OpPay, string(id), body)
	got, want := s.summary(id), inTime.summary(id)
	if s.note(id).Acceleration.Cured != paidOn || got.Owed != want.Owed {
		t.Errorf("booked late it is %+v owed and %+v, booked in time %+v", got.Owed, s.note(id).Acceleration, want.Owed)
	}
}

// TestCostsThatAPaymentIsUsedForFirstDoNotCostTheSchedule: the law asks the
// borrower for what is overdue and its late interest, not for the fees.
func TestCostsThatAPaymentIsUsedForFirstDoNotCostTheSchedule(t *testing.T) {
	s := newStage(t)
	id := s.late()
	s.accelerated(id)
	sum := s.summary(id)
	if want := sum.Arrears.Principal + sum.Arrears.Interest + sum.Owed.LateInterest; sum.Cure.Amount != want || sum.Owed.Costs == 0 {
		t.Fatalf("to cure it takes %d, want %d; costs are %d", sum.Cure.Amount, want, sum.Owed.Costs)
	}
	s.pay(id, s.lender, sum.Cure.Amount)
	if s.note(id).Acceleration.Cured.IsZero() {
		t.Error("the payment was used for costs, and cured nothing")
	}
}

func TestAccelerationIsRefused(t *testing.T) {
	base := newStage(t)
	late := base.late()
	refusals := []struct {
		name string
		set  func(s *stage) ledger.NoteID
		body func(s *stage, b *ledger.AccelerateBody)
		want ledger.Code
	}{
		{"where the terms do not allow it", func(s *stage) ledger.NoteID {
			s.now = noon("2026-03-02")
			id := s.active()
			s.now = noon("2026-06-15")
			return id
		}, nil, ledger.CodeAccelerationNotAgreed},
		{"twice", func(s *stage) ledger.NoteID { return s.accelerated(late) }, nil, ledger.CodeAccelerated},
		{"while something is disputed", func(s *stage) ledger.NoteID { return s.disputed(late) }, nil, ledger.CodeNoteDisputed},
		{"while a claim of payment waits", func(s *stage) ledger.NoteID { return s.claimed(late) }, nil, ledger.CodeNoteDisputed},
		{"while a plan is kept", func(s *stage) ledger.NoteID { return s.planned(late) }, nil, ledger.CodePlanRunning},
		{"of a borrower who is relieved of debt", func(s *stage) ledger.NoteID {
			s.do(s.court, ledger.OpDebtRelief, string(late), debtRelief(s, 40))
			return late
		}, nil, ledger.CodeDebtRelief},
		{"before the borrower knows the holder", func(s *stage) ledger.NoteID { s.sell(late, s.lender, s.buyer); return late }, nil, ledger.CodeBorrowerNotTold},
		{"for a notice from tomorrow", nil, func(s *stage, b *ledger.AccelerateBody) { b.DeliveredOn = s.today().AddDays(1) }, ledger.CodeDateFuture},
		{"with less than four weeks", nil, func(s *stage, b *ledger.AccelerateBody) { b.Effective = s.today().AddDays(27) }, ledger.CodeDateEarly},
		{"when all is due before that day", nil, func(_ *stage, b *ledger.AccelerateBody) { b.Effective = date("2027-03-02") }, ledger.CodeNothingAhead},
		{"for a day in a far future", nil, func(s *stage, b *ledger.AccelerateBody) { b.Effective = s.today().AddDays(400) }, ledger.CodeBodyInvalid},
		{"by a way that is none", nil, func(_ *stage, b *ledger.AccelerateBody) { b.Channel = "pigeon" }, ledger.CodeBodyInvalid},
		{"without a day", nil, func(_ *stage, b *ledger.AccelerateBody) { b.Effective = finance.Date{} }, ledger.CodeBodyInvalid},
		{"without a day of notice", nil, func(_ *stage, b *ledger.AccelerateBody) { b.DeliveredOn = finance.Date{} }, ledger.CodeBodyInvalid},
	}
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			s := base.fork()
			id, who := late, s.lender
			if r.set != nil {
				id = r.set(s)
			}
			if s.holder(id) == s.buyer.id {
				who = s.buyer
			}
			b := s.acceleration()
			if r.body != nil {
				r.body(s, &b)
			}
			_, err := s.try(who, ledger.OpAccelerate, string(id), b)
			if ledger.CodeOf(err) != r.want {
				t.Errorf("it is answered with %v, want %s", err, r.want)
			}
		})
	}
}

// TestAccelerationNeedsAsMuchLatenessAsTheLawAsksFor (2010:1846 par. 33), of a
// consumer; of others, that something is late.
func TestAccelerationNeedsAsMuchLatenessAsTheLawAsksFor(t *testing.T) {
	cases := []struct {
		name        string
		day         string
		instalments int
		consumer    bool
		want        ledger.Code
	}{
		{"one instalment of twelve, less than a month late", "2026-05-02", 12, true, ledger.CodeNotLateEnough},
		{"one instalment of twelve, a month late, less than a tenth", "2026-05-10", 12, true, ledger.CodeNotLateEnough},
		{"one instalment of nine, a month late, more than a tenth", "2026-05-10", 9, true, ""},
		{"two of twelve, more than a twentieth", "2026-06-10", 12, true, ""},
		{"two of sixty, less than a twentieth", "2026-06-10", 60, true, ledger.CodeNotLateEnough},
		{"four of sixty, more than a twentieth", "2026-08-10", 60, true, ""},
		{"a business, a week late", "2026-04-10", 60, false, ""},
		{"a business, not late", "2026-04-02", 60, false, ledger.CodeNotLateEnough},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			tt := terms()
			tt.Acceleration, tt.Consumer, tt.Schedule.Instalments = true, c.consumer, c.instalments
			id := s.issue(tt, s.borrower)
			s.now = noon(c.day)
			_, err := s.try(s.lender, ledger.OpAccelerate, string(id), s.acceleration())
			if ledger.CodeOf(err) != c.want {
				t.Errorf("it is answered with %v, want %q", err, c.want)
			}
		})
	}
}

// TestTheCreditorTakesAnAccelerationBack: it is then as if it had never been.
func TestTheCreditorTakesAnAccelerationBack(t *testing.T) {
	s := newStage(t)
	id := s.lateBusiness()
	plain := s.fork()
	s.accelerated(id)
	body := ledger.CureBody{Acceleration: s.note(id).Acceleration.Seq, Reason: "We have talked."}
	for _, f := range []*stage{plain, s} {
		f.after(50)
	}
	s.refuse(code(ledger.CodeNoAcceleration), s.lender, ledger.OpCure, string(id), ledger.CureBody{Acceleration: 99, Reason: "none"})
	s.refuse(code(ledger.CodeBodyInvalid), s.lender, ledger.OpCure, string(id), ledger.CureBody{Acceleration: body.Acceleration})
	s.do(s.lender, ledger.OpCure, string(id), body)
	got, want := s.summary(id), plain.summary(id)
	if got.Owed != want.Owed || got.Arrears != want.Arrears || got.Phase != want.Phase {
		t.Errorf("it goes on as %+v, and would have as %+v", got, want)
	}
	if s.note(id).Acceleration.CureUsed {
		t.Error("that the creditor took it back used up the borrower's right")
	}
	s.refuse(code(ledger.CodeNoAcceleration), s.lender, ledger.OpCure, string(id), body)
}

// TestAPaymentThatIsTakenBackGivesTheRightToCureBack: the borrower was told that
// the schedule goes on, so all falls due only by a new notice.
func TestAPaymentThatIsTakenBackGivesTheRightToCureBack(t *testing.T) {
	s := newStage(t)
	id := s.late()
	s.accelerated(id)
	s.pay(id, s.lender, s.summary(id).Cure.Amount)
	s.do(s.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: s.note(id).Payments[0].Seq, Reason: "another's money"})
	if a := s.note(id).Acceleration; a.CureUsed || a.Cured.IsZero() {
		t.Errorf("it is %+v", a)
	}
	s.accelerated(id)
	if s.summary(id).Cure == nil {
		t.Error("the new notice cannot be cured")
	}
}

// TestAnAmendmentOvertakesAnAcceleration: it is a new word of both sides on how
// the debt is paid back.
func TestAnAmendmentOvertakesAnAcceleration(t *testing.T) {
	s := newStage(t)
	id := s.accelerated(s.late())
	s.after(40)
	s.planned(id)
	sum := s.summary(id)
	if sum.Phase.Kind != ledger.PhasePlan || !sum.Phase.Running || sum.Cure != nil || sum.Arrears != (finance.Arrears{}) {
		t.Errorf("under the plan it is %+v", sum)
	}
}
