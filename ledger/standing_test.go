package ledger_test

import (
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

// TestAPlanIsBrokenOnlyAfterItsDaysOfGrace, and a pause runs until its end.
func TestAPlanIsBrokenOnlyAfterItsDaysOfGrace(t *testing.T) {
	s := newStage(t)
	id := s.planned(s.active())
	plan := s.note(id).Amendments[0]
	on := func(day string) ledger.Phase {
		s.now = noon(day)
		return s.summary(id).Phase
	}
	pay := s.summary(id).Next.PayBy
	whole := ledger.Phase{Kind: ledger.PhasePlan, Seq: plan.Seq, Since: plan.On, FirstDue: plan.FirstDue, Until: plan.FirstDue.AddMonths(23, 0), Running: true}
	for _, days := range []int{0, 1, ledger.PlanGraceDays} {
		if got := on(pay.AddDays(days).String()); got != whole {
			t.Errorf("%d days late the plan is %+v, want %+v", days, got, whole)
		}
	}
	broken := whole
	broken.Running, broken.BrokenOn = false, pay.AddDays(ledger.PlanGraceDays+1)
	for _, days := range []int{ledger.PlanGraceDays + 1, 25} {
		if got := on(pay.AddDays(days).String()); got != broken {
			t.Errorf("%d days late the plan is %+v, want %+v", days, got, broken)
		}
	}

	s = newStage(t)
	id = s.active()
	until := s.today().AddDays(90)
	s.amend(id, ledger.Amendment{Kind: ledger.AmendPause, FirstDue: until})
	if got := on(until.AddDays(-1).String()); got.Kind != ledger.PhasePause || !got.Running {
		t.Errorf("in the pause it is %+v", got)
	}
	if got := on(until.String()); got.Running {
		t.Errorf("after the pause it is %+v", got)
	}
}

func TestTheBucketsOfAge(t *testing.T) {
	for days, want := range map[int]ledger.Bucket{-3: "0", 0: "0", 1: "1-30", 30: "1-30", 31: "31-60", 60: "31-60", 61: "61-90", 90: "61-90", 91: "90+", 4000: "90+"} {
		if got := ledger.BucketOf(days); got != want || !slices.Contains(ledger.Buckets(), got) {
			t.Errorf("%d days are in %s, want %s", days, got, want)
		}
	}
	s := newStage(t)
	id := s.active()
	if got := s.summary(id).Bucket; got != ledger.BucketCurrent {
		t.Errorf("a new debt is in %q", got)
	}
	s.now = noon("2026-06-15")
	if got := s.summary(id); got.Bucket != ledger.Bucket90 || got.Arrears.DaysPastDue != 74 {
		t.Errorf("%d days late it is in %q", got.Arrears.DaysPastDue, got.Bucket)
	}
	if got := s.summary(s.offer(terms(), s.borrower)).Bucket; got != "" {
		t.Errorf("an offer is in %q", got)
	}
}

// TestWhatTheBorrowerAskedHasADayToAnswerBy: a claim of payment in fourteen days,
// an objection in thirty, and the one that is due first comes first.
func TestWhatTheBorrowerAskedHasADayToAnswerBy(t *testing.T) {
	s := newStage(t)
	id := s.disputed(s.active())
	first := s.note(id).Seq
	s.after(10)
	s.claimed(id)
	want := []ledger.Awaited{
		{Kind: ledger.AwaitedClaim, Seq: first + 1, By: s.borrower.id, On: s.today(), AnswerBy: s.today().AddDays(14)},
		{Kind: ledger.AwaitedDispute, Seq: first, By: s.borrower.id, On: s.today().AddDays(-10), AnswerBy: s.today().AddDays(20)},
	}
	if got := s.summary(id).Awaited; !slices.Equal(got, want) {
		t.Errorf("awaited are %+v, want %+v", got, want)
	}
	s.do(s.lender, ledger.OpPayDeny, string(id), ledger.PayDenyBody{Claim: first + 1, Text: "Nothing came."})
	want[0].Kind, want[0].AnswerBy = ledger.AwaitedDispute, s.today().AddDays(30)
	slices.Reverse(want)
	if got := s.summary(id).Awaited; !slices.Equal(got, want) {
		t.Errorf("after the denial awaited are %+v, want %+v", got, want)
	}
}
