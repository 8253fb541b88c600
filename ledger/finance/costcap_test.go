package finance_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestTheCostsOfAConsumersCreditAreAtMostItsAmount_2010_1846_par_19_b(t *testing.T) {
	facts := finance.CostCapFacts{
		Jurisdiction: finance.Sweden, AgreedOn: date(t, "2025-03-01"), Consumer: true, Principal: 10_000_00,
	}
	if got, ok := finance.CapOfCosts(facts); !ok || got.Limit != 10_000_00 || got.Rule != "SE-2010:1846-19b" {
		t.Errorf("the cap is %+v, %t", got, ok)
	}
	for name, change := range map[string]func(*finance.CostCapFacts){
		"an agreement before the rule": func(f *finance.CostCapFacts) { f.AgreedOn = date(t, "2025-02-28") },
		"a debtor who is no consumer":  func(f *finance.CostCapFacts) { f.Consumer = false },
		"a housing credit":             func(f *finance.CostCapFacts) { f.Housing = true },
		"no law that is known":         func(f *finance.CostCapFacts) { f.Jurisdiction = finance.Generic },
	} {
		other := facts
		change(&other)
		if got, ok := finance.CapOfCosts(other); ok {
			t.Errorf("%s is capped: %+v", name, got)
		}
	}
}

// TestInterestStopsOnTheDayThatTheCapIsReached: a day of the loan costs 5.00, and
// late interest comes to more, so 12.00 are used up within two days.
func TestInterestStopsOnTheDayThatTheCapIsReached(t *testing.T) {
	in := lateWinter(t, "2025-05-01")
	in.GateOpen = false
	in.Room = &finance.Room{Micro: 12_00_000000, Rule: "SE-2010:1846-19b", Source: "SFS 2010:1846 par. 19 b"}
	got := accrue(t, in)
	if got.InterestMicro != 12_00_000000 || got.LateMicro != 0 || len(got.Lines) != 2 {
		t.Fatalf("got %+v", got)
	}
	last := got.Lines[1]
	want := finance.Line{
		Kind: finance.Interest, From: date(t, "2025-04-04"), To: date(t, "2025-05-01"), Days: 27, Micro: 2_00_000000,
		Rule: "SE-2010:1846-19b", Source: "SFS 2010:1846 par. 19 b",
	}
	if last != want {
		t.Errorf("got  %+v\nwant %+v", last, want)
	}
	in.Room.Micro = -1
	if got := accrue(t, in); got.InterestMicro != 0 || len(got.Lines) != 1 || got.Lines[0].From != in.From {
		t.Errorf("without room there is %+v", got)
	}
}

func TestNoLateInterestRunsWhileItIsHalted_1975_635_par_8(t *testing.T) {
	in := lateWinter(t, "2025-04-12")
	whole := accrue(t, in)
	in.LateHalt = finance.Halt{From: date(t, "2025-04-05"), Until: date(t, "2025-04-09"), Rule: "relief", Source: "the relief"}
	got := accrue(t, in)
	if got.InterestMicro != whole.InterestMicro || got.LateMicro != whole.LateMicro/2 {
		t.Errorf("of %d and %d it leaves %d and %d", whole.InterestMicro, whole.LateMicro, got.InterestMicro, got.LateMicro)
	}
	halted := 0
	for _, line := range lateLines(got) {
		if line.Micro == 0 && line.Rule == "relief" && line.Days == 5 && line.Base > 0 {
			halted++
		}
	}
	if halted != 2 { // overdue principal, and overdue interest
		t.Errorf("%d lines say that it is halted: %+v", halted, got.Lines)
	}
}

func TestNoInterestRunsFromTheDayThatItIsStopped_2016_675(t *testing.T) {
	in := lateWinter(t, "2025-04-12")
	in.Stop = finance.Halt{From: date(t, "2025-04-07"), Rule: "debt_relief", Source: "the decision"}
	got := accrue(t, in)
	until := in
	until.To, until.Stop = date(t, "2025-04-07"), finance.Halt{}
	want := accrue(t, until)
	if got.InterestMicro != want.InterestMicro || got.LateMicro != want.LateMicro {
		t.Errorf("got %+v, want the sums of %+v", got, want)
	}
	if last := got.Lines[len(got.Lines)-1]; last.Micro != 0 || last.Rule != "debt_relief" || last.Days != 5 {
		t.Errorf("the last line is %+v", last)
	}
	in.Stop.From = date(t, "2025-01-01")
	if got := accrue(t, in); got.InterestMicro != 0 || got.LateMicro != 0 || len(got.Lines) != 1 {
		t.Errorf("stopped before it began: %+v", got)
	}
}
