package ledger_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// TestAPlanThatIsKeptCostsWhatWasShown draws a debt with some history, agrees on
// a plan or a pause, and pays each instalment on some day when it is in time. What
// was paid is then what the preview said, on the day that it said, no late
// interest came to it, and the note is handed back by the last payment and by no
// earlier one.
func TestAPlanThatIsKeptCostsWhatWasShown(t *testing.T) {
	t.Parallel()
	base := newStage(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := base.fork()
		s.t = rt
		id := s.debt(rt)
		for range rapid.IntRange(1, 2).Draw(rt, "amendments") {
			s.agreeOnSome(rt, id)
			s.keep(rt, id, rapid.IntRange(0, 3).Draw(rt, "kept before the next"))
			if s.note(id).Status == ledger.StatusDischarged {
				return
			}
		}
		s.agreeOnSome(rt, id)
		s.keep(rt, id, finance.MaxInstalments)
		if n := s.note(id); n.Status != ledger.StatusDischarged {
			rt.Fatalf("at the end of the plan it is %s with %+v", n.Status, n.Balance)
		}
	})
}

// debt issues a note, some of which is paid, and lets it become overdue or not.
func (s *stage) debt(rt *rapid.T) ledger.NoteID {
	t := terms()
	t.Jurisdiction = rapid.SampledFrom([]finance.Jurisdiction{finance.Sweden, finance.Generic}).Draw(rt, "jurisdiction")
	t.Consumer = rapid.Bool().Draw(rt, "consumer")
	t.Principal = sek(finance.Amount(rapid.Int64Range(1_000, 10_000_000).Draw(rt, "principal")))
	t.Rate = rapid.SampledFrom([]finance.Rate{{}, rate("0.01"), rate("5.9"), rate("12"), rate("20")}).Draw(rt, "rate")
	t.DayCount = rapid.SampledFrom([]finance.DayCount{finance.Thirty360, finance.Actual365, finance.Actual360}).Draw(rt, "day count")
	t.Fees.Setup = finance.Amount(rapid.Int64Range(0, 100).Draw(rt, "set-up fee"))
	t.Fees.Reminder = 0
	t.Schedule.Instalments = rapid.IntRange(1, 24).Draw(rt, "instalments")
	t.Schedule.Kind = rapid.SampledFrom([]finance.ScheduleKind{finance.Annuity, finance.StraightLine, finance.Bullet}).Draw(rt, "kind")
	if rapid.IntRange(0, 4).Draw(rt, "on demand") == 0 {
		t.Schedule = ledger.Schedule{Kind: finance.OnDemand}
	}
	id := s.issue(t, s.borrower)
	for range rapid.IntRange(0, 2).Draw(rt, "payments") {
		s.after(rapid.IntRange(0, 50).Draw(rt, "days"))
		part := s.owed(id) / finance.Amount(rapid.IntRange(3, 40).Draw(rt, "part"))
		paidOn := s.today().AddDays(-rapid.IntRange(0, 5).Draw(rt, "booked late"))
		if paidOn.Before(t.AgreedOn) {
			paidOn = s.today()
		}
		s.do(s.lender, ledger.OpPay, string(id), ledger.PayBody{Amount: sek(max(1, part)), PaidOn: paidOn})
	}
	s.after(rapid.IntRange(0, 70).Draw(rt, "days before the plan"))
	return id
}

// agreeOnSome proposes and agrees, and compares what came of it with its preview.
func (s *stage) agreeOnSome(rt *rapid.T, id ledger.NoteID) {
	m := ledger.Amendment{Kind: ledger.AmendPlan, Instalments: rapid.IntRange(1, 48).Draw(rt, "months"), FirstDue: s.today().AddDays(rapid.IntRange(1, 120).Draw(rt, "first due"))}
	if rows, _, err := ledger.Instalments(s.note(id)); err == nil && len(rows) > 0 && rapid.Bool().Draw(rt, "pause") {
		m = ledger.Amendment{Kind: ledger.AmendPause, FirstDue: m.FirstDue}
		if next, err := ledger.NextInstalment(s.note(id)); err == nil && next != nil && !m.FirstDue.After(next.Due) {
			m.FirstDue = next.Due.AddDays(rapid.IntRange(1, 60).Draw(rt, "pause of"))
		}
	}
	m = s.repriced(rt, id, m)
	shown, err := ledger.Preview(s.note(id), s.holder(id), m, s.today())
	if code := ledger.CodeOf(err); code == ledger.CodeAmendmentImpossible {
		rt.Skip("less than a minor unit each month, or too long a pause")
	}
	if err != nil {
		rt.Fatalf("previewing %+v: %v", m, err)
	}
	stands, err := ledger.Foresee(s.note(id), s.holder(id), s.today())
	if err != nil {
		rt.Fatalf("foreseeing: %v", err)
	}
	if shown.ExtraCost != shown.Total-stands.Total || shown.ExtraDays != stands.FreeOfDebt.DaysTo(shown.FreeOfDebt) {
		rt.Fatalf("the comparison of %+v with %+v does not add up", shown, stands)
	}
	s.do(s.borrower, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: m})
	s.agree(id, s.lender)
	got, err := ledger.Foresee(s.note(id), s.holder(id), s.today())
	if err != nil || got.Total != shown.Total || got.FreeOfDebt != shown.FreeOfDebt || got.Now != 0 || len(got.Instalments) != len(shown.Instalments) {
		rt.Fatalf("agreed it is %+v, shown was %+v: %v", got, shown, err)
	}
	if sum := s.summary(id); sum.FreeOfDebt != shown.FreeOfDebt || sum.Arrears != (finance.Arrears{}) {
		rt.Fatalf("the summary is %+v, shown was %+v", sum, shown)
	}
}

// repriced makes of some plans an ordinary extension, or another rate where there
// are instalments ahead, and puts another rate on some.
func (s *stage) repriced(rt *rapid.T, id ledger.NoteID, m ledger.Amendment) ledger.Amendment {
	if m.Kind == ledger.AmendPause || rapid.Bool().Draw(rt, "as it is") {
		return m
	}
	switch rapid.IntRange(0, 2).Draw(rt, "price") {
	case 0:
		m.Rate = rate("5")
	case 1:
		m.Free = true
	}
	other := m
	other.Kind = ledger.AmendTerm
	if m.Free || m.Rate != (finance.Rate{}) {
		if rapid.Bool().Draw(rt, "another rate") {
			other = ledger.Amendment{Kind: ledger.AmendRate, Rate: m.Rate, Free: m.Free}
		}
	}
	if _, err := ledger.Preview(s.note(id), s.holder(id), other, s.today()); err != nil || other.Kind == ledger.AmendRate && s.summary(id).Phase.Until.IsZero() {
		return m // extended already, or with no instalments ahead
	}
	return other
}

// keep pays so many instalments, each in time, and checks that they are what was
// shown and that no late interest comes to it.
func (s *stage) keep(rt *rapid.T, id ledger.NoteID, most int) {
	shown, err := ledger.Foresee(s.note(id), s.holder(id), s.today())
	if err != nil {
		rt.Fatalf("foreseeing: %v", err)
	}
	late := s.summary(id).Owed.LateInterest
	var paid finance.Amount
	for i, row := range shown.Instalments {
		if i == most {
			return
		}
		s.now = noon(row.Due.String())
		if row.PayBy.After(row.Due) && rapid.Bool().Draw(rt, "on the last day") {
			s.now = noon(row.PayBy.String())
		}
		sum := s.summary(id)
		if sum.Arrears != (finance.Arrears{}) || sum.Owed.LateInterest > late || sum.Next == nil || sum.Next.Number != row.Number || sum.Next.Total != row.Total {
			rt.Fatalf("on the day of instalment %+v it is %+v", row, sum)
		}
		n := s.pay(id, s.lender, row.Total)
		parts := n.Payments[len(n.Payments)-1].Parts
		want := finance.Parts{Costs: parts.Costs, LateInterest: row.Charges - parts.Costs, Interest: row.Interest, Principal: row.Principal}
		if parts != want {
			rt.Fatalf("instalment %+v was used for %+v", row, parts)
		}
		paid += row.Total
		if last := i == len(shown.Instalments)-1; last != (n.Status == ledger.StatusDischarged) {
			rt.Fatalf("after instalment %d of %d it is %s with %+v", i+1, len(shown.Instalments), n.Status, n.Balance)
		}
	}
	if paid != shown.Total || s.now.Before(noon(shown.FreeOfDebt.String())) {
		rt.Fatalf("paid were %d, shown was %+v", paid, shown)
	}
}

// TestAPlanAsksForNoLateInterestThatWasGivenBack: a payment of before the lateness,
// booked after the plan, makes late interest that the plan took over disappear. What
// is foreseen and called overdue is then no more than what is owed.
func TestAPlanAsksForNoLateInterestThatWasGivenBack(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.pay(id, s.lender, 100_00)
	paidOn := s.today()
	s.after(135)
	s.planned(id)
	s.do(s.lender, ledger.OpPay, string(id), ledger.PayBody{Amount: sek(11_000_00), PaidOn: paidOn})
	if s.note(id).Amendments[0].Owed.LateInterest == 0 || s.summary(id).Owed.LateInterest != 0 {
		t.Fatal("late interest should have been taken over and given back")
	}
	shown, err := ledger.Foresee(s.note(id), s.holder(id), s.today())
	if err != nil || shown.Now != 0 {
		t.Fatalf("foreseen is %+v: %v", shown, err)
	}
	broken := s.fork()
	broken.now = noon(shown.FreeOfDebt.AddDays(40).String())
	sum := broken.summary(id)
	if a := sum.Arrears; a.Charges != 0 || a.Principal+a.Interest > sum.Owed.Principal+sum.Owed.Interest {
		t.Errorf("overdue is %+v of what is owed, %+v", a, sum.Owed)
	}
	for _, row := range shown.Instalments {
		s.now = noon(row.Due.String())
		s.pay(id, s.lender, row.Total)
	}
	if n := s.note(id); n.Status != ledger.StatusDischarged {
		t.Errorf("paid as foreseen it is %s with %+v", n.Status, n.Balance)
	}
}
