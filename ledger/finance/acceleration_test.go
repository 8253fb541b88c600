package finance

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func lateFacts(instalments int, covered Amount) AccelerationFacts {
	f := AccelerationFacts{Jurisdiction: Sweden, Consumer: true, ToldOn: civil(2026, time.June, 15), Claim: 10_000_00, Covered: covered}
	for i := range instalments {
		due := civil(2026, time.March, 15).AddMonths(i, 15)
		f.Rows = append(f.Rows, Instalment{Number: i + 1, Due: due, PayBy: due, Total: 500_00})
	}
	return f
}

// TestAccelerationThresholds holds the borderlines of 2010:1846 par. 33: more than
// a month, more than a tenth, and more than a twentieth in two instalments.
func TestAccelerationThresholds(t *testing.T) {
	cases := []struct {
		name    string
		change  func(*AccelerationFacts)
		ok      bool
		nearest string
	}{
		{"three late for more than a month is more than a tenth", func(f *AccelerationFacts) { f.ToldOn = civil(2026, time.June, 16) }, true, "SE-2010:1846-33-1"},
		{"the third a month late to the day does not count, two are more than a twentieth", func(*AccelerationFacts) {}, true, "SE-2010:1846-33-2"},
		{"a tenth to the öre in one instalment is not more", func(f *AccelerationFacts) { f.Rows, f.Rows[0].Total = f.Rows[:1], 1_000_00 }, false, "SE-2010:1846-33-1"},
		{"an öre more is", func(f *AccelerationFacts) { f.Rows, f.Rows[0].Total = f.Rows[:1], 1_000_01 }, true, "SE-2010:1846-33-1"},
		{"a twentieth to the öre in two instalments is not more", func(f *AccelerationFacts) { f.Covered = 500_00; f.Claim = 10_000_00 }, false, "SE-2010:1846-33-1"},
		{"one instalment that is left in part is one", func(f *AccelerationFacts) { f.Covered = 499_99 }, true, "SE-2010:1846-33-2"},
		{"nothing late", func(f *AccelerationFacts) { f.Covered = 5_000_00 }, false, "SE-2010:1846-33-1"},
		{"a business needs no rule", func(f *AccelerationFacts) { f.Consumer, f.Covered = false, 1_499_99 }, true, ""},
		{"and yet that something is late", func(f *AccelerationFacts) { f.Consumer, f.Covered = false, 2_000_00 }, false, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := lateFacts(4, 0)
			c.change(&f)
			rule, ok, err := MayAccelerate(f)
			if err != nil || ok != c.ok || rule.ID != c.nearest {
				t.Errorf("it is %t by %q: %v; want %t by %q", ok, rule.ID, err, c.ok, c.nearest)
			}
		})
	}
	var field *FieldError
	if _, _, err := MayAccelerate(AccelerationFacts{Jurisdiction: Sweden}); !errors.As(err, &field) {
		t.Errorf("without a day it is %v", err)
	}
	if _, _, err := MayAccelerate(AccelerationFacts{Jurisdiction: "XX", ToldOn: civil(2026, time.June, 1)}); err == nil {
		t.Error("a jurisdiction that is none was taken")
	}
}

func TestAccelerationNoticeIsFourWeeksForAConsumer(t *testing.T) {
	told := civil(2026, time.June, 15)
	for _, c := range []struct {
		j        Jurisdiction
		consumer bool
		days     int
	}{{Sweden, true, 28}, {Sweden, false, 0}, {Generic, true, 0}} {
		if got, err := AccelerationNotice(c.j, c.consumer, told); err != nil || got != told.AddDays(c.days) {
			t.Errorf("in %s for a consumer %t it is %s: %v", c.j, c.consumer, got, err)
		}
	}
	if _, err := AccelerationNotice("XX", true, told); err == nil {
		t.Error("a jurisdiction that is none was taken")
	}
}

func TestExtensionsAreLimitedFromTheDayOfTheLaw(t *testing.T) {
	law := civil(2025, time.March, 1)
	for _, c := range []struct {
		consumer, housing bool
		agreed            Date
		limited           bool
	}{{true, false, law, true}, {true, false, law.AddDays(-1), false}, {true, true, law, false}, {false, false, law, false}} {
		if times, limited := ExtensionsAllowed(Sweden, c.consumer, c.housing, c.agreed); limited != c.limited || limited && times != 1 {
			t.Errorf("%+v: %d, limited %t", c, times, limited)
		}
	}
}

// TestAScheduleThatIsCutIsTheSameUntilThen draws a loan and a day, and compares the
// schedule with all due on that day with the one that goes on: the rows before are
// the same, the last one pays what is left, and until then interest is the same.
func TestAScheduleThatIsCutIsTheSameUntilThen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		whole := Terms{
			Principal: Amount(rapid.Int64Range(1_000, 50_000_00).Draw(rt, "principal")), Currency: "SEK", Jurisdiction: Generic,
			Rate:     Percent(rapid.IntRange(0, 30).Draw(rt, "rate")),
			DayCount: rapid.SampledFrom([]DayCount{Thirty360, Actual365, Actual360}).Draw(rt, "day count"),
			Kind:     rapid.SampledFrom([]ScheduleKind{Annuity, StraightLine, Bullet}).Draw(rt, "kind"), Instalments: rapid.IntRange(1, 48).Draw(rt, "instalments"),
			FirstDue: civil(2026, time.January, 31), DueDay: 31, InterestFrom: civil(2025, time.December, 31), LateRate: new(Percent(20)),
		}
		if rapid.Bool().Draw(rt, "replaced") {
			whole.Kind, whole.Earlier = Annuity, &Earlier{Charges: 123, Interest: 456}
		}
		cut := whole
		cut.AllDue = whole.FirstDue.AddDays(rapid.IntRange(-29, 2000).Draw(rt, "all due"))
		all, err := Schedule(whole)
		if err != nil {
			rt.Skip(err)
		}
		rows, err := Schedule(cut)
		if err != nil {
			rt.Fatalf("cut: %v", err)
		}
		before := slices.IndexFunc(all, func(r Instalment) bool { return !r.Due.Before(cut.AllDue) })
		if before < 0 {
			before = len(all) - 1
		}
		last := rows[len(rows)-1]
		if len(rows) != before+1 || !slices.Equal(rows[:before], all[:before]) || last.BalanceAfter != 0 || last.Due.After(cut.AllDue) {
			rt.Fatalf("cut on %s it is %+v, and goes on as %+v", cut.AllDue, rows, all)
		}
		var principal Amount
		for _, r := range rows {
			principal += r.Principal
		}
		if principal != whole.Principal {
			rt.Fatalf("the cut schedule pays back %d of %d", principal, whole.Principal)
		}
		in := AccrualInput{Terms: whole, From: whole.InterestFrom, To: last.Due, GateOpen: true, AgreedOn: whole.InterestFrom}
		want, err := Accrue(in)
		if err != nil {
			rt.Fatal(err)
		}
		in.Terms = cut
		if got, err := Accrue(in); err != nil || got.InterestMicro != want.InterestMicro || got.LateMicro != want.LateMicro {
			rt.Fatalf("until then it bears %+v, and would have borne %+v: %v", got, want, err)
		}
	})
}

func TestAllDueIsRefusedWhereItCannotBe(t *testing.T) {
	terms := Terms{
		Principal: 1_000_00, Currency: "SEK", Jurisdiction: Generic, DayCount: Actual365, Kind: Annuity, Instalments: 12,
		FirstDue: civil(2026, time.February, 1), InterestFrom: civil(2026, time.January, 1), AllDue: civil(2026, time.January, 1),
	}
	var field *FieldError
	if err := terms.Validate(); !errors.As(err, &field) || field.Field != "all_due" {
		t.Errorf("due on the first day it is %v", err)
	}
	terms.Kind, terms.Instalments, terms.FirstDue, terms.AllDue = OnDemand, 0, Date{}, civil(2026, time.March, 1)
	if err := terms.Validate(); !errors.As(err, &field) || field.Field != "all_due" {
		t.Errorf("on demand it is %v", err)
	}
}
