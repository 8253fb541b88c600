package ledger_test

import (
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func amendmentOf(s *stage, id ledger.NoteID) ledger.AmendAcceptBody {
	p := s.note(id).Proposal
	return ledger.AmendAcceptBody{Proposal: p.Seq, Amendment: p.Amendment}
}

// TestAPlanTakesThePlaceOfTheSchedule: what was owed on its first day is all that
// its instalments pay, and the signed terms stay as they are.
func TestAPlanTakesThePlaceOfTheSchedule(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.after(40)
	signed, before := s.note(id).Terms, s.summary(id)
	s.proposed(id, s.borrower)
	proposal := *s.note(id).Proposal
	n := s.agree(id, s.lender)
	want := ledger.Plan{
		Seq: n.Seq, Proposal: proposal.Seq, By: s.borrower.id, On: s.today(), Kind: ledger.AmendPlan, Since: s.today(),
		Instalments: 24, FirstDue: proposal.Amendment.FirstDue, Owed: before.Owed,
	}
	if len(n.Amendments) != 1 || n.Amendments[0] != want || n.Proposal != nil {
		t.Fatalf("agreed is %+v, want %+v", n.Amendments, want)
	}
	if !equalTerms(n.Terms, signed) {
		t.Errorf("the signed terms became %+v", n.Terms)
	}
	sum := s.summary(id)
	if sum.Owed != before.Owed || sum.Arrears != (finance.Arrears{}) || sum.Next.Due != proposal.Amendment.FirstDue || !slices.Equal(sum.Reasons, []ledger.Reason{ledger.ReasonPlan}) {
		t.Errorf("under the plan it is %+v", sum)
	}
	rows, covered, err := ledger.Instalments(n)
	if err != nil || len(rows) != 24 || covered != 0 {
		t.Fatalf("%d instalments, covered %d: %v", len(rows), covered, err)
	}
	if sum.FreeOfDebt != rows[23].Due {
		t.Errorf("free of debt on %s, want %s", sum.FreeOfDebt, rows[23].Due)
	}
}

func equalTerms(a, b ledger.Terms) bool {
	return a.Schedule == b.Schedule && a.Principal == b.Principal && a.Rate == b.Rate
}

// TestAPauseKeepsTheNumberOfInstalments: two were paid, one is overdue, ten are left.
func TestAPauseKeepsTheNumberOfInstalments(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.pay(id, s.lender, 100_00)
	tt := terms()
	rows, err := finance.Schedule(tt.Finance())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[:2] {
		s.now = noon(row.PayBy.String())
		s.pay(id, s.lender, row.Total)
	}
	s.now = noon("2026-06-15")
	pause := ledger.Amendment{Kind: ledger.AmendPause, FirstDue: date("2026-06-02")}
	s.refuse(code(ledger.CodeDateEarly), s.borrower, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: pause})
	pause.FirstDue = date("2026-10-31")
	pause.DueDay = 31
	s.do(s.borrower, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: pause})
	n := s.agree(id, s.lender)
	left, _, err := ledger.Instalments(n)
	if err != nil || len(left) != 10 || left[0].Due != date("2026-10-31") || left[1].Due != date("2026-11-30") {
		t.Fatalf("after the pause: %+v, %v", left, err)
	}
	if sum := s.summary(id); sum.Arrears != (finance.Arrears{}) {
		t.Errorf("in the pause is overdue: %+v", sum.Arrears)
	}
}

func TestAPauseComesBeforeSomethingIsDue(t *testing.T) {
	s := newStage(t)
	id := s.active()
	early := ledger.Amendment{Kind: ledger.AmendPause, FirstDue: date("2026-04-02")}
	s.refuse(ledger.Refuse(ledger.CodeDateEarly, "field", "amendment.first_due", "earliest", "2026-04-03"),
		s.borrower, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: early})

	onDemand := terms()
	onDemand.Schedule = ledger.Schedule{Kind: finance.OnDemand}
	id = s.issue(onDemand, s.borrower)
	pause := ledger.AmendProposeBody{Amendment: ledger.Amendment{Kind: ledger.AmendPause, FirstDue: date("2026-09-02")}}
	s.refuse(code(ledger.CodeNoSchedule), s.borrower, ledger.OpAmendPropose, string(id), pause)
	s.planned(id)
	s.do(s.borrower, ledger.OpAmendPropose, string(id), pause) // the plan gave it instalments
}

// TestNoLateInterestRunsWhileAPlanIsKept: the debt was overdue before it, and is
// again once an instalment of it is missed.
func TestNoLateInterestRunsWhileAPlanIsKept(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.after(70) // two instalments are overdue
	s.planned(id)
	first := s.note(id).Amendments[0]
	if first.Owed.LateInterest == 0 {
		t.Fatal("no late interest had accrued, which the plan should take over")
	}
	s.now = noon(first.FirstDue.String())
	if got := s.summary(id).Owed.LateInterest; got != first.Owed.LateInterest {
		t.Errorf("on the first due date %d of late interest is owed, not %d", got, first.Owed.LateInterest)
	}
	s.after(20)
	if got := s.summary(id).Owed.LateInterest; got <= first.Owed.LateInterest {
		t.Errorf("of a plan that is broken %d of late interest is owed", got)
	}
}

// TestEveryBorrowerAndTheCreditorMustAgree: each borrower owes all of it
// (1936:81 par. 2).
func TestEveryBorrowerAndTheCreditorMustAgree(t *testing.T) {
	s := newStage(t)
	id := s.proposed(s.issue(terms(), s.borrower, s.partner), s.borrower)
	body := amendmentOf(s, id)
	s.refuse(code(ledger.CodeProposalOwn), s.borrower, ledger.OpAmendAccept, string(id), body)

	for _, order := range [][]*actor{{s.lender, s.partner}, {s.partner, s.lender}} {
		f := s.fork()
		n := f.agree(id, order[0])
		if len(n.Amendments) != 0 || !slices.Equal(n.Proposal.Agreed, []ledger.PartyID{s.borrower.id, order[0].id}) {
			t.Fatalf("with %s it is %+v", order[0].name, n.Proposal)
		}
		f.refuse(code(ledger.CodeProposalOwn), order[0], ledger.OpAmendAccept, string(id), body)
		if n := f.agree(id, order[1]); len(n.Amendments) != 1 {
			t.Errorf("with all it is %+v", n.Proposal)
		}
	}
}

func TestOneSideCannotAgreeForTheOther(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.mandate(id, s.lender, s.servicer)
	s.proposed(id, s.servicer)
	body := amendmentOf(s, id)
	for _, who := range []*actor{s.servicer, s.lender} {
		s.refuse(code(ledger.CodeProposalOwn), who, ledger.OpAmendAccept, string(id), body)
		s.refuse(code(ledger.CodeProposalOwn), who, ledger.OpAmendReject, string(id), ledger.AmendEndBody{Proposal: body.Proposal})
	}
	s.refuse(code(ledger.CodeRoleForbidden), s.borrower, ledger.OpAmendWithdraw, string(id), ledger.AmendEndBody{Proposal: body.Proposal})
	if n := s.agree(id, s.borrower); len(n.Amendments) != 1 {
		t.Errorf("the borrower's word does not put it in force: %+v", n)
	}
}

// TestAnAcceptanceNamesWhatItAccepts: a proposal that took another's place is not
// accepted with it.
func TestAnAcceptanceNamesWhatItAccepts(t *testing.T) {
	s := newStage(t)
	id := s.proposed(s.active(), s.borrower)
	old := amendmentOf(s, id)
	s.proposed(id, s.borrower)
	s.refuse(code(ledger.CodeProposalUnknown), s.lender, ledger.OpAmendAccept, string(id), old)
	other := amendmentOf(s, id)
	other.Amendment.Instalments = 3
	s.refuse(code(ledger.CodeProposalUnknown), s.lender, ledger.OpAmendAccept, string(id), other)
	for _, op := range []ledger.Op{ledger.OpAmendReject, ledger.OpAmendWithdraw} {
		s.refuse(code(ledger.CodeProposalUnknown), s.lender, op, string(id), ledger.AmendEndBody{Proposal: old.Proposal})
	}
	n := s.do(s.lender, ledger.OpAmendReject, string(id), ledger.AmendEndBody{Proposal: s.note(id).Proposal.Seq}).Note
	if n.Proposal != nil || len(n.Amendments) != 0 {
		t.Errorf("rejected it is %+v", n)
	}
}

// TestAProposalIsComputedWhenItIsAgreed: a payment that came between makes the
// plan smaller, and a proposal whose first day has passed is agreed no more.
func TestAProposalIsComputedWhenItIsAgreed(t *testing.T) {
	s := newStage(t)
	id := s.proposed(s.active(), s.borrower)
	s.after(20)
	s.pay(id, s.lender, 5_000_00)
	late := s.fork()
	n := s.agree(id, s.lender)
	if plan := n.Amendments[0]; plan.Owed != s.summary(id).Owed || plan.Settled.Principal == 0 || plan.Since != s.today() {
		t.Errorf("the plan is %+v", plan)
	}
	late.after(25)
	late.refuse(code(ledger.CodeDateEarly), s.lender, ledger.OpAmendAccept, string(id), amendmentOf(late, id))
}

// TestAWordOfWhoNoLongerControlsTheNoteIsForgotten: a sale, a pledge and its
// release each give the creditor's word to somebody else.
func TestAWordOfWhoNoLongerControlsTheNoteIsForgotten(t *testing.T) {
	passes := map[string]func(*stage, ledger.NoteID){
		"sale":   func(s *stage, id ledger.NoteID) { s.sell(id, s.lender, s.buyer) },
		"pledge": func(s *stage, id ledger.NoteID) { s.pledge(id, s.lender, s.bank) },
	}
	for name, pass := range passes {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			own := s.proposed(s.active(), s.lender)
			pass(s, own)
			if p := s.note(own).Proposal; p != nil {
				t.Errorf("the former controller's proposal stands: %+v", p)
			}
			half := s.proposed(s.issue(terms(), s.borrower, s.partner), s.borrower)
			s.agree(half, s.lender)
			pass(s, half)
			if p := s.note(half).Proposal; p == nil || !slices.Equal(p.Agreed, []ledger.PartyID{s.borrower.id}) {
				t.Errorf("of the borrower's proposal there is %+v", p)
			}
		})
	}
	s := newStage(t)
	id := s.proposed(s.pledged(), s.bank)
	s.do(s.bank, ledger.OpPledgeRelease, string(id), ledger.EmptyBody{})
	if p := s.note(id).Proposal; p != nil {
		t.Errorf("the former pledgee's proposal stands: %+v", p)
	}
}

// TestAPlanFollowsTheNoteToItsBuyer: the buyer sees it before it buys, and is
// bound by it.
func TestAPlanFollowsTheNoteToItsBuyer(t *testing.T) {
	s := newStage(t)
	id := s.planned(s.active())
	want, _, err := ledger.Instalments(s.note(id))
	if err != nil {
		t.Fatal(err)
	}
	s.after(3)
	s.sell(id, s.lender, s.buyer)
	s.notify(id, s.buyer)
	got, _, err := ledger.Instalments(s.note(id))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("at the buyer's it is %+v: %v", got, err)
	}
}

// TestAPledgedNotesPlanIsThePledgeesToAgree: it is the pledgee's security.
func TestAPledgedNotesPlanIsThePledgeesToAgree(t *testing.T) {
	s := newStage(t)
	id := s.proposed(s.pledged(), s.borrower)
	s.refuse(code(ledger.CodeRoleForbidden), s.lender, ledger.OpAmendAccept, string(id), amendmentOf(s, id))
	if n := s.agree(id, s.bank); len(n.Amendments) != 1 {
		t.Errorf("agreed by the pledgee it is %+v", n)
	}
}

// TestAServicerCannotAgreeInThePledgeesPlace: its mandate is of a holder who could
// not agree itself.
func TestAServicerCannotAgreeInThePledgeesPlace(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.mandate(id, s.lender, s.servicer)
	s.pledge(id, s.lender, s.bank)
	forbidden := code(ledger.CodeRoleForbidden)
	s.refuse(forbidden, s.servicer, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: s.planOf()})
	s.proposed(id, s.borrower)
	end := ledger.AmendEndBody{Proposal: s.note(id).Proposal.Seq}
	s.refuse(forbidden, s.servicer, ledger.OpAmendAccept, string(id), amendmentOf(s, id))
	s.refuse(forbidden, s.servicer, ledger.OpAmendReject, string(id), end)
	s.do(s.borrower, ledger.OpAmendWithdraw, string(id), end)
	s.proposed(id, s.bank)
	end.Proposal = s.note(id).Proposal.Seq
	s.refuse(forbidden, s.servicer, ledger.OpAmendWithdraw, string(id), end)
	if n := s.agree(id, s.borrower); len(n.Amendments) != 1 {
		t.Errorf("agreed by the borrower it is %+v", n)
	}
}

func TestAnAmendmentThatCannotBeIsRefused(t *testing.T) {
	s := newStage(t)
	id := s.active()
	today := s.today()
	plan := func(change func(*ledger.Amendment)) ledger.Amendment {
		m := s.planOf()
		change(&m)
		return m
	}
	tiny := terms()
	tiny.Principal, tiny.Fees = sek(5), ledger.Fees{}
	tiny.Schedule.Instalments = 2
	small := s.issue(tiny, s.borrower)
	for _, c := range []struct {
		name string
		note ledger.NoteID
		body ledger.Amendment
		want ledger.Code
	}{
		{"of no kind", id, plan(func(m *ledger.Amendment) { m.Kind = "" }), ledger.CodeBodyInvalid},
		{"of another kind", id, plan(func(m *ledger.Amendment) { m.Kind = "rate" }), ledger.CodeBodyInvalid},
		{"without instalments", id, plan(func(m *ledger.Amendment) { m.Instalments = 0 }), ledger.CodeBodyInvalid},
		{"with too many instalments", id, plan(func(m *ledger.Amendment) { m.Instalments = finance.MaxInstalments + 1 }), ledger.CodeBodyInvalid},
		{"a pause with instalments", id, plan(func(m *ledger.Amendment) { m.Kind = ledger.AmendPause }), ledger.CodeBodyInvalid},
		{"without a first day", id, plan(func(m *ledger.Amendment) { m.FirstDue = finance.Date{} }), ledger.CodeBodyInvalid},
		{"with a day of no month", id, plan(func(m *ledger.Amendment) { m.DueDay = 32 }), ledger.CodeBodyInvalid},
		{"with another day than the first", id, plan(func(m *ledger.Amendment) { m.DueDay = 1 }), ledger.CodeBodyInvalid},
		{"from today", id, plan(func(m *ledger.Amendment) { m.FirstDue = today }), ledger.CodeDateEarly},
		{"from a day too far", id, plan(func(m *ledger.Amendment) { m.FirstDue = today.AddDays(ledger.MaxPauseDays + 1) }), ledger.CodeAmendmentImpossible},
		{"with less than a minor unit each time", small, plan(func(m *ledger.Amendment) { m.Instalments = 6 }), ledger.CodeAmendmentImpossible},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.try(s.borrower, ledger.OpAmendPropose, string(c.note), ledger.AmendProposeBody{Amendment: c.body})
			checkRefusal(t, err, code(c.want))
			if _, err := ledger.Preview(s.note(c.note), s.holder(c.note), c.body, today); ledger.CodeOf(err) != c.want {
				t.Errorf("its preview gives %v", err)
			}
		})
	}
	s.refuse(code(ledger.CodeBodyInvalid), s.lender, ledger.OpAmendAccept, string(id), ledger.AmendAcceptBody{Amendment: s.planOf()})
	s.refuse(code(ledger.CodeBodyInvalid), s.lender, ledger.OpAmendReject, string(id), ledger.AmendEndBody{})
}

// TestAPlanWhoseInterestCannotBeCountedIsRefused: fifty years on top of ten
// without a payment, of the largest loan that the offer's check lets through.
func TestAPlanWhoseInterestCannotBeCountedIsRefused(t *testing.T) {
	s := newStage(t)
	huge := terms()
	huge.Jurisdiction, huge.Consumer, huge.Fees = finance.Generic, false, ledger.Fees{}
	huge.Principal, huge.Rate, huge.Schedule = sek(306_000_000_000), rate("30"), ledger.Schedule{Kind: finance.OnDemand}
	id := s.issue(huge, s.borrower)
	s.after(3650)
	m := ledger.Amendment{Kind: ledger.AmendPlan, Instalments: finance.MaxInstalments, FirstDue: s.today().AddDays(300)}
	s.refuse(code(ledger.CodeAmendmentImpossible), s.borrower, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: m})
	m.Instalments = 120
	s.do(s.borrower, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: m})
}

func TestAmendmentsAreLimited(t *testing.T) {
	s := newStage(t)
	id := s.active()
	for range ledger.MaxAmendments {
		s.planned(id)
	}
	s.refuse(ledger.Refuse(ledger.CodeLimit, "what", "amendments", "limit", "32"), s.borrower, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: s.planOf()})
}

// TestAPaymentOfBeforeThePlanThatIsBookedAfterItCostsNothing: the interest that
// the plan took over is given back too.
func TestAPaymentOfBeforeThePlanThatIsBookedAfterItCostsNothing(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.after(10)
	paidOn := s.today()
	inTime := s.fork()
	inTime.pay(id, s.lender, 4_000_00)
	for _, f := range []*stage{s, inTime} {
		f.after(20)
		f.planned(id)
		f.after(10)
	}
	s.do(s.lender, ledger.OpPay, string(id), ledger.PayBody{Amount: sek(4_000_00), PaidOn: paidOn})
	// The plan rounds the interest that it takes over, in the one case more of it
	// than in the other: a minor unit.
	got, want := s.owed(id), inTime.owed(id)
	if d := got - want; d < -1 || d > 1 {
		t.Errorf("booked late, %d is owed, in time %d", got, want)
	}
}

// TestAnAmendmentAcknowledgesTheDebt: limitation runs anew (1981:130 par. 5).
func TestAnAmendmentAcknowledgesTheDebt(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.after(30)
	s.planned(id)
	if got, want := s.summary(id).BarredAfter, s.today().AddMonths(120, 0); got != want {
		t.Errorf("barred after %s, want %s", got, want)
	}
}
