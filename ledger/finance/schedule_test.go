package finance_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// kronor is a Swedish loan of 1,200.00 SEK at 12 % in twelve months from 15
// January 2026, for tests to change.
func kronor(t testing.TB, kind finance.ScheduleKind) finance.Terms {
	t.Helper()
	return finance.Terms{
		Principal: 1200_00, Currency: "SEK", Rate: finance.Percent(12), DayCount: finance.Thirty360,
		Kind: kind, Instalments: 12, FirstDue: date(t, "2026-02-15"), Jurisdiction: finance.Sweden,
	}
}

func schedule(t testing.TB, terms finance.Terms) []finance.Instalment {
	t.Helper()
	rows, err := finance.Schedule(terms)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestStraightLinePaysEqualPrincipalAndInterestOnWhatIsLeft(t *testing.T) {
	rows := schedule(t, kronor(t, finance.StraightLine))
	want := []finance.Instalment{
		// 15 February 2026 is a Sunday and so is 15 March.
		{Number: 1, Due: date(t, "2026-02-15"), PayBy: date(t, "2026-02-16"), Principal: 100_00, Interest: 12_00, Total: 112_00, BalanceAfter: 1100_00},
		{Number: 2, Due: date(t, "2026-03-15"), PayBy: date(t, "2026-03-16"), Principal: 100_00, Interest: 11_00, Total: 111_00, BalanceAfter: 1000_00},
		{Number: 3, Due: date(t, "2026-04-15"), PayBy: date(t, "2026-04-15"), Principal: 100_00, Interest: 10_00, Total: 110_00, BalanceAfter: 900_00},
	}
	if !reflect.DeepEqual(rows[:3], want) {
		t.Errorf("got  %+v\nwant %+v", rows[:3], want)
	}
	last := finance.Instalment{Number: 12, Due: date(t, "2027-01-15"), PayBy: date(t, "2027-01-15"), Principal: 100_00, Interest: 1_00, Total: 101_00}
	if len(rows) != 12 || rows[11] != last {
		t.Errorf("got %d rows, the last %+v", len(rows), rows[len(rows)-1])
	}
}

func TestAnnuityPaysEqualTotalsAndTheLastSettlesTheRounding(t *testing.T) {
	terms := kronor(t, finance.Annuity)
	terms.Principal, terms.Rate = 100_000_00, finance.Percent(6)
	rows := schedule(t, terms)
	// 100,000 at 0.5 % a month in twelve months: 8,606.6430 a month, rounded up.
	first := finance.Instalment{Number: 1, Due: date(t, "2026-02-15"), PayBy: date(t, "2026-02-16"), Principal: 8106_65, Interest: 500_00, Total: 8606_65, BalanceAfter: 91_893_35}
	if rows[0] != first {
		t.Errorf("got %+v, want %+v", rows[0], first)
	}
	for _, row := range rows[:11] {
		if row.Total != 8606_65 {
			t.Errorf("instalment %d is %d", row.Number, row.Total)
		}
	}
	if last := rows[11]; last.BalanceAfter != 0 || last.Total > 8606_65 || last.Total < 8606_55 {
		t.Errorf("the last instalment is %+v", last)
	}
}

func TestBulletPaysAllInterestWithThePrincipalAtTheEnd(t *testing.T) {
	rows := schedule(t, kronor(t, finance.Bullet))
	want := []finance.Instalment{{Number: 1, Due: date(t, "2027-01-15"), PayBy: date(t, "2027-01-15"), Principal: 1200_00, Interest: 144_00, Total: 1344_00}}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("got %+v, want %+v", rows, want)
	}
}

func TestLoanOnDemandHasNoInstalments_1936_81_par_5(t *testing.T) {
	terms := kronor(t, finance.OnDemand)
	terms.Instalments, terms.FirstDue, terms.InterestFrom = 0, finance.Date{}, date(t, "2026-01-15")
	if rows := schedule(t, terms); len(rows) != 0 {
		t.Errorf("got %+v", rows)
	}
}

func TestLoanWithoutInterestPaysItsPrincipalOnly(t *testing.T) {
	terms := kronor(t, finance.Annuity)
	terms.Rate, terms.Principal, terms.Instalments = finance.Rate{}, 100_00, 3
	var got []finance.Amount
	for _, row := range schedule(t, terms) {
		got = append(got, row.Total)
	}
	if want := []finance.Amount{33_34, 33_34, 33_32}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %d, want %d", got, want)
	}
}

func TestTinyLoanEndsWhenItIsPaidAndHasNoEmptyInstalments(t *testing.T) {
	terms := kronor(t, finance.StraightLine)
	terms.Principal, terms.Instalments, terms.Rate = 601, 600, finance.Rate{}
	rows := schedule(t, terms)
	if last := rows[len(rows)-1]; len(rows) != 301 || last.Total != 1 {
		t.Errorf("got %d rows, the last %+v; want 300 of 2 and one of 1", len(rows), last)
	}
}

func TestDueDayOfThe31stEveryMonthCostsAFullMonth(t *testing.T) {
	terms := kronor(t, finance.Annuity)
	terms.FirstDue = date(t, "2026-01-31")
	for _, row := range schedule(t, terms)[:4] {
		// Every period is one per cent of what was left before it.
		before := row.BalanceAfter + row.Principal
		if want := (before + 50) / 100; row.Interest != want {
			t.Errorf("instalment %d due %s costs %d on %d, want %d", row.Number, row.Due, row.Interest, before, want)
		}
	}
	if got := schedule(t, terms)[1].Due; got != date(t, "2026-02-28") {
		t.Errorf("the second is due %s", got)
	}
	terms.FirstDue, terms.DueDay = date(t, "2026-02-28"), 31
	if got := schedule(t, terms)[1].Due; got != date(t, "2026-03-31") {
		t.Errorf("with the wanted day 31 the second is due %s", got)
	}
}

func TestLongerFirstPeriodCostsItsOwnDays(t *testing.T) {
	terms := kronor(t, finance.StraightLine)
	terms.InterestFrom = date(t, "2026-01-05")
	// 40 days of 30E/360 at 1 % per 30 days.
	if got := schedule(t, terms)[0].Interest; got != 16_00 {
		t.Errorf("got %d, want 1600", got)
	}
	terms.InterestFrom = date(t, "2020-01-15")
	terms.Kind = finance.Annuity
	first := schedule(t, terms)[0]
	if first.Principal != 0 || first.Total != first.Interest || first.Interest != 876_00 {
		t.Errorf("the first instalment after 73 months is %+v, want interest of 87600 alone", first)
	}
}

func TestActualDayCountsCountTheCalendar(t *testing.T) {
	terms := kronor(t, finance.Bullet)
	terms.Principal, terms.Rate = 36_500_00, finance.Percent(10)
	terms.FirstDue, terms.Instalments, terms.InterestFrom = date(t, "2028-03-01"), 1, date(t, "2028-02-01")
	for dayCount, want := range map[finance.DayCount]finance.Amount{
		finance.Actual365: 290_00, // 29 days of 10.00
		finance.Actual360: 294_03, // 29 days of 10.13888
		finance.Thirty360: 304_17, // 30 days of 10.13888
	} {
		terms.DayCount = dayCount
		if got := schedule(t, terms)[0].Interest; got != want {
			t.Errorf("%s: got %d, want %d", dayCount, got, want)
		}
	}
}

func TestLongLoanByActualDaysLeavesNoBalloon(t *testing.T) {
	terms := kronor(t, finance.Annuity)
	terms.Principal, terms.Rate, terms.Instalments = 1_000_000_00, finance.Percent(5), 360
	for _, dayCount := range []finance.DayCount{finance.Actual360, finance.Actual365} {
		terms.DayCount = dayCount
		rows := schedule(t, terms)
		level, last := rows[0].Total, rows[359].Total
		if last < level*4/5 || last > level*6/5 {
			t.Errorf("%s: the last instalment is %d where the others are %d", dayCount, last, level)
		}
	}
}

func TestTermsThatBreakALimitAreRefused(t *testing.T) {
	tests := map[string]func(*finance.Terms){
		"principal":     func(x *finance.Terms) { x.Principal = 0 },
		"currency":      func(x *finance.Terms) { x.Currency = "XXX" },
		"rate":          func(x *finance.Terms) { x.Rate = finance.Percent(-1) },
		"late_rate":     func(x *finance.Terms) { r := finance.Percent(-1); x.LateRate = &r },
		"day_count":     func(x *finance.Terms) { x.DayCount = "30/360" },
		"kind":          func(x *finance.Terms) { x.Kind = "" },
		"instalments":   func(x *finance.Terms) { x.Instalments = 0 },
		"first_due":     func(x *finance.Terms) { x.FirstDue = finance.Date{} },
		"due_day":       func(x *finance.Terms) { x.DueDay = 16 },
		"interest_from": func(x *finance.Terms) { x.InterestFrom = x.FirstDue },
		"jurisdiction":  func(x *finance.Terms) { x.Jurisdiction = "" },
	}
	more := []struct {
		field  string
		change func(*finance.Terms)
	}{
		{"principal", func(x *finance.Terms) { x.Principal = -1 }},
		{"principal", func(x *finance.Terms) { x.Principal = finance.MaxAmount + 1 }},
		{"principal", func(x *finance.Terms) { x.Principal = finance.MaxAmount }},
		{"rate", func(x *finance.Terms) { x.Rate = finance.Percent(1001) }},
		{"late_rate", func(x *finance.Terms) { r := finance.Percent(1001); x.LateRate = &r }},
		{"instalments", func(x *finance.Terms) { x.Instalments = 601 }},
		{"instalments", func(x *finance.Terms) { x.Principal, x.Instalments = 11, 12 }},
		{"due_day", func(x *finance.Terms) { x.DueDay = 32 }},
		{"due_day", func(x *finance.Terms) { x.DueDay = -1 }},
		{"first_due", func(x *finance.Terms) { x.FirstDue = date(t, "2200-06-15") }},
		{"first_due", func(x *finance.Terms) { x.FirstDue = date(t, "1900-01-15") }},
		{"instalments", func(x *finance.Terms) { x.Kind = finance.OnDemand }},
		{"first_due", func(x *finance.Terms) { x.Kind, x.Instalments = finance.OnDemand, 0 }},
		{"interest_from", func(x *finance.Terms) {
			x.Kind, x.Instalments, x.FirstDue = finance.OnDemand, 0, finance.Date{}
		}},
		{"due_day", func(x *finance.Terms) {
			x.Kind, x.Instalments, x.FirstDue, x.DueDay = finance.OnDemand, 0, finance.Date{}, 3
		}},
	}
	for field, change := range tests {
		more = append(more, struct {
			field  string
			change func(*finance.Terms)
		}{field, change})
	}
	for _, tt := range more {
		terms := kronor(t, finance.Annuity)
		tt.change(&terms)
		_, err := finance.Schedule(terms)
		var fault *finance.FieldError
		if !errors.As(err, &fault) || fault.Field != tt.field {
			t.Errorf("want a fault in %s, got %v", tt.field, err)
		} else if !strings.Contains(err.Error(), tt.field) {
			t.Errorf("the text does not name %s: %v", tt.field, err)
		}
	}
}

func TestAnnuityOutsideItsLimitsIsRefused(t *testing.T) {
	for _, tt := range []struct {
		principal finance.Amount
		rate      finance.Rate
		n         int
	}{
		{-1, finance.Percent(5), 12}, {finance.MaxAmount + 1, finance.Percent(5), 12},
		{1, finance.Percent(-1), 12}, {1, finance.Percent(1001), 12}, {1, finance.Percent(5), 0}, {1, finance.Percent(5), 601},
	} {
		if got, err := finance.AnnuityInstalment(tt.principal, tt.rate, tt.n); err == nil {
			t.Errorf("AnnuityInstalment(%d, %s, %d) = %d, want an error", tt.principal, tt.rate, tt.n, got)
		}
	}
}

// drawTerms draws valid terms with a schedule.
func drawTerms(rt *rapid.T, t testing.TB) finance.Terms {
	n := rapid.IntRange(1, 120).Draw(rt, "instalments")
	return finance.Terms{
		Principal:    finance.Amount(rapid.Int64Range(10_000, 100_000_000_00).Draw(rt, "principal")),
		Currency:     "SEK",
		Rate:         rate(t, rapid.SampledFrom([]string{"0", "0.000001", "3.25", "5.32", "11", "12", "21.999999", "36.5"}).Draw(rt, "rate")),
		DayCount:     rapid.SampledFrom([]finance.DayCount{finance.Thirty360, finance.Actual365, finance.Actual360}).Draw(rt, "day count"),
		Kind:         rapid.SampledFrom([]finance.ScheduleKind{finance.Annuity, finance.StraightLine, finance.Bullet}).Draw(rt, "kind"),
		Instalments:  n,
		FirstDue:     date(t, "2022-01-31").AddDays(rapid.IntRange(0, 1200).Draw(rt, "first due")),
		Jurisdiction: rapid.SampledFrom([]finance.Jurisdiction{finance.Sweden, finance.Generic}).Draw(rt, "jurisdiction"),
	}
}

func TestScheduleSumsToThePrincipal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		terms := drawTerms(rt, t)
		rows, err := finance.Schedule(terms)
		if err != nil {
			rt.Fatal(err)
		}
		var principal finance.Amount
		for i, row := range rows {
			principal += row.Principal
			if row.Number != i+1 || row.Principal < 0 || row.Interest < 0 || row.Total != row.Principal+row.Interest {
				rt.Errorf("row %d is %+v", i, row)
			}
			if row.BalanceAfter != terms.Principal-principal || row.PayBy.Before(row.Due) {
				rt.Errorf("row %d is %+v after %d was paid", i, row, principal)
			}
			if i > 0 && !rows[i-1].PayBy.Before(row.Due) {
				rt.Errorf("row %d is due %s, when the one before can still be paid", i, row.Due)
			}
		}
		if len(rows) > terms.Instalments || rows[len(rows)-1].Total == 0 {
			rt.Errorf("the schedule has %d rows, the last %+v", len(rows), rows[len(rows)-1])
		}
		if principal != terms.Principal {
			rt.Errorf("the instalments sum to %d of %d", principal, terms.Principal)
		}
	})
}

func BenchmarkScheduleOf60(b *testing.B)  { benchmarkSchedule(b, 60) }
func BenchmarkScheduleOf360(b *testing.B) { benchmarkSchedule(b, 360) }

func benchmarkSchedule(b *testing.B, n int) {
	terms := kronor(b, finance.Annuity)
	terms.Principal, terms.Rate, terms.Instalments = 1_000_000_00, rate(b, "5.32"), n
	for b.Loop() {
		if _, err := finance.Schedule(terms); err != nil {
			b.Fatal(err)
		}
	}
}
