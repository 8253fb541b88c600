package finance_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/ledger/finance"
)

func overdue(t testing.TB, terms finance.Terms, s finance.Standing, asOf string) finance.Arrears {
	t.Helper()
	got, err := finance.Overdue(terms, s, date(t, asOf))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestInstalmentIsOverdueTheDayAfterItsLastDayToPay(t *testing.T) {
	terms := kronor(t, finance.StraightLine) // 112.00 due Sunday 15 February 2026
	nothing := finance.Standing{UnpaidMicro: 12_00_000000}
	for _, day := range []string{"2026-01-20", "2026-02-15", "2026-02-16"} {
		if got := overdue(t, terms, nothing, day); got != (finance.Arrears{}) {
			t.Errorf("on %s: %+v", day, got)
		}
	}
	want := finance.Arrears{Principal: 100_00, Interest: 12_00, OldestDue: date(t, "2026-02-15"), OldestPayBy: date(t, "2026-02-16"), DaysPastDue: 1}
	nothing.UnpaidMicro = 12_80_000000 // two days more
	if got := overdue(t, terms, nothing, "2026-02-17"); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestPartPaymentLeavesTheRestOverdueSinceTheOldestUnpaid(t *testing.T) {
	terms := kronor(t, finance.StraightLine) // 112.00, then 111.00
	s := finance.Standing{PaidPrincipal: 100_00, PaidInterest: 12_00}
	s.PaidPrincipal += 40_00
	s.PaidInterest += 11_00
	got := overdue(t, terms, s, "2026-03-26")
	want := finance.Arrears{Principal: 60_00, OldestDue: date(t, "2026-03-15"), OldestPayBy: date(t, "2026-03-16"), DaysPastDue: 10}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestOverdueInterestIsNeverMoreThanHasAccrued(t *testing.T) {
	terms := kronor(t, finance.StraightLine)
	// 500.00 was paid ahead in the first month, so the schedule asks for more
	// interest than the smaller balance bears: 612 by the sixth row, 6.88 a month.
	s := finance.Standing{PaidPrincipal: 512_00, PaidInterest: 12_00, UnpaidMicro: 7_00_000000}
	got := overdue(t, terms, s, "2026-06-16")
	// 112 + 111 + 110 + 109 + 108 = 550, of which 524 is paid.
	if got.Principal+got.Interest != 26_00 || got.Interest > 7_00 {
		t.Errorf("got %+v, want 26.00 of which at most 7.00 is interest", got)
	}
	s.UnpaidMicro = 0
	if got := overdue(t, terms, s, "2026-06-16"); got.Interest != 0 || got.Principal != 26_00 {
		t.Errorf("without accrued interest: %+v", got)
	}
}

func TestAfterTheLastDueDateAllThatIsOwedIsOverdue(t *testing.T) {
	terms := kronor(t, finance.StraightLine)
	// Twelve instalments' sum was paid, but late, so more of it was interest.
	s := finance.Standing{PaidPrincipal: 1190_00, PaidInterest: 88_00}
	got := overdue(t, terms, s, "2027-01-16")
	want := finance.Arrears{Principal: 10_00, OldestDue: date(t, "2027-01-15"), OldestPayBy: date(t, "2027-01-15"), DaysPastDue: 1}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := overdue(t, terms, s, "2027-01-15"); got != (finance.Arrears{}) {
		t.Errorf("on the last day to pay: %+v", got)
	}
	s = finance.Standing{PaidPrincipal: 1200_00, PaidInterest: 78_00}
	if got := overdue(t, terms, s, "2030-01-01"); got != (finance.Arrears{}) {
		t.Errorf("a paid loan: %+v", got)
	}
}

func TestLoanOnDemandIsNeverOverdue(t *testing.T) {
	terms := kronor(t, finance.OnDemand)
	terms.Instalments, terms.FirstDue, terms.InterestFrom = 0, finance.Date{}, date(t, "2026-01-15")
	if got := overdue(t, terms, finance.Standing{}, "2040-01-01"); got != (finance.Arrears{}) {
		t.Errorf("got %+v", got)
	}
}

func TestArrearsNeedADayAndASoundStanding(t *testing.T) {
	terms := kronor(t, finance.Annuity)
	if got, err := finance.Overdue(terms, finance.Standing{}, finance.Date{}); err == nil {
		t.Errorf("without a day: %+v", got)
	}
	if got, err := finance.Overdue(terms, finance.Standing{PaidPrincipal: -1}, date(t, "2026-03-01")); err == nil {
		t.Errorf("with less than nothing paid: %+v", got)
	}
	if got, err := finance.FreeOfDebt(terms, finance.Standing{}, finance.Date{}); err == nil {
		t.Errorf("without a day: %s", got)
	}
	if got, err := finance.ValueDate(finance.Terms{}, date(t, "2026-03-01")); err == nil {
		t.Errorf("without terms: %s", got)
	}
}

func TestArrearsNeverPassWhatIsOwed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		terms := drawTerms(rt, t)
		s := finance.Standing{
			PaidPrincipal: finance.Amount(rapid.Int64Range(0, int64(terms.Principal)).Draw(rt, "paid principal")),
			PaidInterest:  finance.Amount(rapid.Int64Range(0, 1_000_00).Draw(rt, "paid interest")),
			UnpaidMicro:   rapid.Int64Range(0, 1_000_00_000000).Draw(rt, "unpaid"),
		}
		asOf := terms.FirstDue.AddDays(rapid.IntRange(-10, 5000).Draw(rt, "as of"))
		got, err := finance.Overdue(terms, s, asOf)
		if err != nil {
			rt.Fatal(err)
		}
		if got.Principal < 0 || got.Principal > terms.Principal-s.PaidPrincipal || got.Interest < 0 || int64(got.Interest) > s.UnpaidMicro/finance.MicroPerUnit {
			rt.Errorf("%+v of %+v", got, s)
		}
		if (got.Principal+got.Interest > 0) != (got.DaysPastDue > 0) || got.OldestPayBy.IsZero() != (got.DaysPastDue == 0) {
			rt.Errorf("%+v", got)
		}
	})
}

func TestPaymentOnADayThatTheLawAddsCountsOnTheDueDate_1936_81_par_5(t *testing.T) {
	terms := kronor(t, finance.StraightLine)
	terms.FirstDue = date(t, "2025-12-24")
	for paid, want := range map[string]string{
		"2025-12-23": "2025-12-23",
		"2025-12-24": "2025-12-24",
		"2025-12-27": "2025-12-24", // a Saturday in between
		"2025-12-29": "2025-12-24", // the Monday after Christmas
		"2025-12-30": "2025-12-30",
		"2026-01-24": "2026-01-24",
		"2026-01-26": "2026-01-24",
		"2025-11-25": "2025-11-25", // no instalment was due in November
		"2026-12-25": "2026-12-25", // nor in the twelfth month after
	} {
		got, err := finance.ValueDate(terms, date(t, paid))
		if err != nil || got != date(t, want) {
			t.Errorf("paid %s counts %s, %v; want %s", paid, got, err, want)
		}
	}
	terms.Kind = finance.Bullet
	if got, err := finance.ValueDate(terms, date(t, "2025-12-29")); err != nil || got != date(t, "2025-12-29") {
		t.Errorf("a bullet loan has no instalment in its first month, yet %s, %v", got, err)
	}
}

// payOnTime pays every instalment on the last day it can be paid and returns
// what is outstanding at the end, and the largest distance from the schedule.
func payOnTime(t testing.TB, terms finance.Terms) (left, apart finance.Amount) {
	t.Helper()
	var s finance.Standing
	from := terms.FirstDue.AddMonths(-1, 0)
	if !terms.InterestFrom.IsZero() {
		from = terms.InterestFrom
	}
	for _, row := range schedule(t, terms) {
		to, err := finance.ValueDate(terms, row.PayBy)
		if err != nil {
			t.Fatal(err)
		}
		a := accrue(t, finance.AccrualInput{Terms: terms, Standing: s, From: from, To: to, GateOpen: true})
		owed := finance.Owed{
			LateInterest: finance.RoundMicro(a.LateMicro),
			Interest:     finance.RoundMicro(a.InterestMicro),
			Principal:    terms.Principal - s.PaidPrincipal,
		}
		if owed.LateInterest != 0 {
			t.Errorf("paid in time on %s, yet late interest of %d", row.PayBy, owed.LateInterest)
		}
		parts, rest := finance.Allocate(row.Total, owed)
		s.PaidPrincipal += parts.Principal
		s.PaidInterest += parts.Interest
		apart = max(apart, rest, parts.Interest-row.Interest, row.Interest-parts.Interest)
		from = to
	}
	return terms.Principal - s.PaidPrincipal, apart
}

func TestLoanThatIsAlwaysPaidOnItsLastDayEndsAtZero(t *testing.T) {
	for _, kind := range []finance.ScheduleKind{finance.Annuity, finance.StraightLine, finance.Bullet} {
		for _, dayCount := range []finance.DayCount{finance.Thirty360, finance.Actual365, finance.Actual360} {
			terms := kronor(t, kind)
			terms.Principal, terms.Rate, terms.DayCount, terms.Instalments = 123_456_78, rate(t, "7.35"), dayCount, 36
			terms.FirstDue, terms.InterestFrom = date(t, "2022-01-31"), date(t, "2021-12-31")
			if left, apart := payOnTime(t, terms); left != 0 || apart != 0 {
				t.Errorf("%s, %s: %d is left, %d from the schedule", kind, dayCount, left, apart)
			}
		}
	}
}

func TestFreeOfDebtDateFollowsTheSchedule(t *testing.T) {
	terms := kronor(t, finance.StraightLine)
	onDemand := terms
	onDemand.Kind, onDemand.Instalments, onDemand.FirstDue, onDemand.InterestFrom = finance.OnDemand, 0, finance.Date{}, date(t, "2026-01-15")
	bullet := terms
	bullet.Kind = finance.Bullet
	dear := terms // 3 % a month, 1434.00 in all
	dear.Rate = finance.Percent(36)
	for name, tt := range map[string]struct {
		terms    finance.Terms
		standing finance.Standing
		asOf     string
		want     string
	}{
		"from the start":                    {terms, finance.Standing{}, "2026-01-15", "2027-01-15"},
		"long before interest begins":       {dear, finance.Standing{PaidPrincipal: 1100_00}, "2020-01-15", "2026-12-15"},
		"one month behind":                  {terms, finance.Standing{UnpaidMicro: 12_00_000000}, "2026-02-20", "2027-01-15"},
		"half paid ahead":                   {terms, finance.Standing{PaidPrincipal: 600_00}, "2026-01-15", "2027-01-15"},
		"paid ahead, saving a month":        {dear, finance.Standing{PaidPrincipal: 1100_00}, "2026-01-15", "2026-12-15"},
		"all paid":                          {terms, finance.Standing{PaidPrincipal: 1200_00}, "2026-05-01", "2026-05-01"},
		"all paid on demand":                {onDemand, finance.Standing{PaidPrincipal: 1200_00}, "2026-05-01", "2026-05-01"},
		"all that is left is overdue":       {dear, finance.Standing{PaidPrincipal: 1190_00}, "2027-01-14", "2027-01-14"},
		"on demand":                         {onDemand, finance.Standing{}, "2026-05-01", ""},
		"after the last due date":           {terms, finance.Standing{}, "2027-01-16", ""},
		"bullet":                            {bullet, finance.Standing{}, "2026-05-01", "2027-01-15"},
		"on the last day, covered but owed": {terms, finance.Standing{PaidPrincipal: 1199_00, PaidInterest: 100_00}, "2027-01-15", "2027-01-15"},
	} {
		got, err := finance.FreeOfDebt(tt.terms, tt.standing, date(t, tt.asOf))
		if err != nil || got.String() != tt.want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, tt.want)
		}
	}
}
