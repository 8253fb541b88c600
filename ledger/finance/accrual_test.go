package finance_test

import (
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// winterLoan is 36,500.00 SEK at 5 % over actual/365, so that a day costs 5.00,
// due in full with 73 days' interest, 365.00, on Wednesday 2 April 2025.
func winterLoan(t testing.TB) finance.Terms {
	t.Helper()
	return finance.Terms{
		Principal: 36_500_00, Currency: "SEK", Rate: finance.Percent(5), DayCount: finance.Actual365,
		Kind: finance.Bullet, Instalments: 3, FirstDue: date(t, "2025-02-02"), InterestFrom: date(t, "2025-01-19"), Jurisdiction: finance.Sweden,
	}
}

// lateWinter is a stretch of that loan from its due date, nothing paid.
func lateWinter(t testing.TB, to string) finance.AccrualInput {
	t.Helper()
	return finance.AccrualInput{
		Terms:    winterLoan(t),
		Standing: finance.Standing{UnpaidMicro: 365_00 * finance.MicroPerUnit},
		From:     date(t, "2025-04-02"), To: date(t, to),
		GateOpen: true,
	}
}

func accrue(t testing.TB, in finance.AccrualInput) finance.Accrual {
	t.Helper()
	out, err := finance.Accrue(in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func lateLines(a finance.Accrual) []finance.Line {
	var lines []finance.Line
	for _, line := range a.Lines {
		if line.Kind == finance.LateInterest {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestLateInterestIsReferencePlusEight_1975_635_par_6_and_7(t *testing.T) {
	got := accrue(t, lateWinter(t, "2025-04-12"))
	from, to := date(t, "2025-04-02"), date(t, "2025-04-12")
	const announced = "; reference rate SFS 2024:1373"
	want := finance.Accrual{
		Lines: []finance.Line{
			// Ten days of 5.00.
			{Kind: finance.Interest, From: from, To: to, Days: 10, Base: 36_500_00, Rate: finance.Percent(5), Micro: 50_00_000000, Rule: "agreed", Source: "the rate of the note"},
			// 3 + 8 = 11 %, of which 5 % is above: ten days of 6.00.
			{Kind: finance.LateInterest, From: from, To: to, Days: 10, Base: 36_500_00, Rate: finance.Percent(6), Micro: 60_00_000000, Rule: "SE-1975:635-7", Source: "SFS 1975:635 par. 7" + announced},
			// 365.00 at 11 % for ten days.
			{Kind: finance.LateInterest, From: from, To: to, Days: 10, Base: 365_00, Rate: finance.Percent(11), Micro: 1_10_000000, Rule: "SE-1975:635-6", Source: "SFS 1975:635 par. 6" + announced},
		},
		InterestMicro: 50_00_000000,
		LateMicro:     61_10_000000,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestRateAboveTheLateRateIsKeptAfterTheDueDate_1975_635_par_7(t *testing.T) {
	in := lateWinter(t, "2025-04-12")
	in.Terms.Rate = finance.Percent(15)
	lines := lateLines(accrue(t, in))
	if len(lines) != 1 || lines[0].Rule != "SE-1975:635-6" || lines[0].Rate != finance.Percent(11) {
		t.Errorf("want late interest of 11 %% on the overdue interest alone, got %+v", lines)
	}
}

func TestLateRateFollowsTheHalfYear_1975_635_par_9(t *testing.T) {
	in := lateWinter(t, "2025-07-11")
	in.From = date(t, "2025-06-21")
	in.Standing.UnpaidMicro += 80 * 5_00_000000
	lines := lateLines(accrue(t, in))
	type seen struct {
		from, to finance.Date
		rate     finance.Rate
		base     finance.Amount
		micro    int64
	}
	var got []seen
	for _, l := range lines {
		got = append(got, seen{l.From, l.To, l.Rate, l.Base, l.Micro})
	}
	june, july, end := date(t, "2025-06-21"), date(t, "2025-07-01"), date(t, "2025-07-11")
	want := []seen{
		{june, july, finance.Percent(6), 36_500_00, 60_00_000000},
		{june, july, finance.Percent(11), 365_00, 1_10_000000},
		{july, end, finance.Percent(5), 36_500_00, 50_00_000000}, // the rate fell from 3 to 2 %
		{july, end, finance.Percent(10), 365_00, 1_00_000000},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestNoLateInterestWhileTheNoticeGateIsClosed_1936_81_par_3(t *testing.T) {
	in := lateWinter(t, "2025-04-12")
	in.GateOpen = false
	got := accrue(t, in)
	if got.LateMicro != 0 || len(got.Lines) != 1 || got.InterestMicro != 50_00_000000 {
		t.Errorf("want the nominal interest alone, got %+v", got)
	}
}

func TestNoLateInterestBeforeTheMovedDueDateHasPassed_1936_81_par_5(t *testing.T) {
	in := lateWinter(t, "2025-06-02")
	in.Terms.FirstDue = date(t, "2025-05-31") // a Saturday, to be paid by Monday 2 June
	in.Terms.Instalments = 1
	in.From = date(t, "2025-05-31")
	if got := accrue(t, in); got.LateMicro != 0 {
		t.Errorf("paid on the Monday: %+v", got)
	}
	in.To = date(t, "2025-06-03")
	for _, line := range lateLines(accrue(t, in)) {
		if line.From != date(t, "2025-06-02") || line.Days != 1 {
			t.Errorf("paid on the Tuesday: %+v", line)
		}
	}
	if got := accrue(t, in); got.LateMicro == 0 {
		t.Error("paid on the Tuesday: no late interest")
	}
}

func TestAgreedLateRateGoesBeforeTheLaw_1975_635_par_1(t *testing.T) {
	in := lateWinter(t, "2025-04-12")
	agreed := finance.Percent(30)
	in.Terms.LateRate = &agreed
	lines := lateLines(accrue(t, in))
	if len(lines) != 2 || lines[0].Rate != finance.Percent(25) || lines[1].Rate != finance.Percent(30) || lines[0].Rule != "agreed" {
		t.Errorf("want 25 %% above the nominal rate and 30 %% on interest, got %+v", lines)
	}
	agreed = finance.Percent(4)
	lines = lateLines(accrue(t, in))
	if len(lines) != 1 || lines[0].Base != 365_00 || lines[0].Rate != finance.Percent(4) {
		t.Errorf("want 4 %% on overdue interest and nothing on principal, got %+v", lines)
	}
}

func TestConsumersLateRateIsCapped_2010_1846_par_19_a(t *testing.T) {
	agreed := finance.Percent(30)
	tests := map[string]struct {
		change func(*finance.AccrualInput)
		want   finance.Rate
		rule   string
	}{
		"consumer from 1 March 2025": {func(in *finance.AccrualInput) {}, finance.Percent(23), "SE-2010:1846-19a-late"},
		"older agreement":            {func(in *finance.AccrualInput) { in.AgreedOn = date(t, "2025-02-28") }, agreed, "agreed"},
		"housing credit":             {func(in *finance.AccrualInput) { in.Housing = true }, agreed, "agreed"},
		"business":                   {func(in *finance.AccrualInput) { in.Consumer = false }, agreed, "agreed"},
		"another jurisdiction":       {func(in *finance.AccrualInput) { in.Terms.Jurisdiction = finance.Generic }, agreed, "agreed"},
	}
	for name, tt := range tests {
		in := lateWinter(t, "2025-04-12")
		in.Terms.LateRate, in.Consumer, in.AgreedOn = &agreed, true, date(t, "2025-03-01")
		tt.change(&in)
		lines := lateLines(accrue(t, in))
		if len(lines) != 2 || lines[1].Rate != tt.want || lines[1].Rule != tt.rule || lines[0].Rate != tt.want.Sub(finance.Percent(5)) {
			t.Errorf("%s: want %s %% by %s, got %+v", name, tt.want, tt.rule, lines)
		}
	}
}

func TestWithoutAKnownReferenceRateNoLateInterestIsChargedAndTheRateIsNamed(t *testing.T) {
	in := lateWinter(t, "2027-01-02")
	in.From = date(t, "2026-06-30")
	got := accrue(t, in)
	want := []finance.MissingRateError{
		{Jurisdiction: finance.Sweden, Kind: "reference rate", From: date(t, "2026-07-01")},
		{Jurisdiction: finance.Sweden, Kind: "reference rate", From: date(t, "2027-01-01")},
	}
	if !reflect.DeepEqual(got.Missing, want) {
		t.Errorf("missing are %v, want %v", got.Missing, want)
	}
	if got.InterestMicro != 186*5_00_000000 {
		t.Errorf("the nominal interest of 186 days is %d", got.InterestMicro)
	}
	for _, line := range lateLines(got) {
		if line.To != date(t, "2026-07-01") || line.Days != 1 {
			t.Errorf("late interest beyond the table: %+v", line)
		}
	}

	agreed := finance.Percent(30)
	in.Terms.LateRate = &agreed
	if got := accrue(t, in); len(got.Missing) != 0 {
		t.Errorf("an agreed rate without a cap needs no table, yet %v is missing", got.Missing)
	}
	in.Consumer, in.AgreedOn = true, date(t, "2026-01-01")
	if got := accrue(t, in); len(got.Missing) != 2 {
		t.Errorf("a capped rate needs the table, yet missing are %v", got.Missing)
	}
}

func TestGenericLawGivesNoLateInterestOfItsOwn(t *testing.T) {
	in := lateWinter(t, "2025-04-12")
	in.Terms.Jurisdiction = finance.Generic
	if got := accrue(t, in); got.LateMicro != 0 || len(got.Missing) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestWhoPaidAheadIsNotLate(t *testing.T) {
	in := finance.AccrualInput{
		Terms: kronor(t, finance.Annuity), GateOpen: true,
		Standing: finance.Standing{PaidPrincipal: 310_00, PaidInterest: 12_00}, // three instalments of 106.62
		From:     date(t, "2026-02-15"), To: date(t, "2026-04-16"),
	}
	if got := accrue(t, in); got.LateMicro != 0 || got.InterestMicro != 890_00*61*10_000/30 {
		t.Errorf("got %+v", got)
	}
}

func TestInterestBeginsOnItsDay(t *testing.T) {
	in := lateWinter(t, "2025-04-12")
	in.From, in.To, in.Standing = date(t, "2024-12-01"), date(t, "2025-01-29"), finance.Standing{}
	got := accrue(t, in)
	if got.InterestMicro != 10*5_00_000000 || got.Lines[0].From != date(t, "2025-01-19") {
		t.Errorf("got %+v", got)
	}
	in.To = date(t, "2024-12-31")
	if got := accrue(t, in); !reflect.DeepEqual(got, finance.Accrual{}) {
		t.Errorf("before it begins: %+v", got)
	}
}

func TestFullMonthCostsExactlyATwelfthOfTheRate(t *testing.T) {
	terms := kronor(t, finance.Annuity)
	terms.FirstDue, terms.Rate = date(t, "2025-01-31"), finance.Percent(6)
	for month := range 24 {
		in := finance.AccrualInput{Terms: terms, From: terms.FirstDue.AddMonths(month, 31), To: terms.FirstDue.AddMonths(month+1, 31)}
		if got := accrue(t, in); got.InterestMicro != 6_00_000000 {
			t.Errorf("from %s to %s: %d, want half a percent of 1200.00", in.From, in.To, got.InterestMicro)
		}
	}
}

func TestAccrualInputThatMakesNoSenseIsRefused(t *testing.T) {
	tests := map[string]func(*finance.AccrualInput){
		"from":           func(in *finance.AccrualInput) { in.From = finance.Date{} },
		"to":             func(in *finance.AccrualInput) { in.To = in.From.AddDays(-1) },
		"agreed_on":      func(in *finance.AccrualInput) { in.Consumer = true },
		"paid_principal": func(in *finance.AccrualInput) { in.Standing.PaidPrincipal = in.Terms.Principal + 1 },
		"paid_interest":  func(in *finance.AccrualInput) { in.Standing.PaidInterest = -1 },
		"unpaid_micro":   func(in *finance.AccrualInput) { in.Standing.UnpaidMicro = -1 },
		"principal":      func(in *finance.AccrualInput) { in.Terms.Principal = 0 },
	}
	for field, change := range tests {
		in := lateWinter(t, "2025-04-12")
		change(&in)
		_, err := finance.Accrue(in)
		var fault *finance.FieldError
		if !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("want a fault in %s, got %v", field, err)
		}
	}
	in := lateWinter(t, "2025-04-12")
	in.To = finance.Date{}
	if _, err := finance.Accrue(in); err == nil {
		t.Error("no error without an end")
	}
}

// TestLargestLoanAccruesForAsLongAsTheTermsWerePromised looks for an overflow
// where the offer was accepted.
func TestLargestLoanAccruesForAsLongAsTheTermsWerePromised(t *testing.T) {
	terms := winterLoan(t)
	low, high := finance.Amount(3), finance.MaxAmount
	for high-low > 1 {
		terms.Principal = (low + high) / 2
		if terms.Validate() == nil {
			low = terms.Principal
		} else {
			high = terms.Principal
		}
	}
	terms.Principal = low
	if low < 1_000_000_000_00 {
		t.Errorf("the largest loan is %d", low)
	}
	in := finance.AccrualInput{Terms: terms, From: date(t, "2025-04-02"), To: date(t, "2075-01-01"), GateOpen: true}
	if _, err := finance.Accrue(in); err != nil {
		t.Error(err)
	}
	in.Terms.Principal, in.To = low, date(t, "2200-12-31")
	in.Terms.Rate = finance.Percent(30)
	if _, err := finance.Accrue(in); !errors.Is(err, finance.ErrOutOfRange) {
		t.Errorf("want out of range, got %v", err)
	}
}

func TestAccrualCutAnywhereGivesTheSameSums(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		terms := drawTerms(rt, t)
		from := terms.FirstDue.AddDays(rapid.IntRange(-20, 900).Draw(rt, "from"))
		cut := from.AddDays(rapid.IntRange(0, 500).Draw(rt, "cut"))
		to := cut.AddDays(rapid.IntRange(0, 500).Draw(rt, "to"))
		in := finance.AccrualInput{
			Terms: terms, From: from, To: to, GateOpen: rapid.Bool().Draw(rt, "gate"),
			Standing: finance.Standing{
				PaidPrincipal: finance.Amount(rapid.Int64Range(0, int64(terms.Principal)).Draw(rt, "paid principal")),
				PaidInterest:  finance.Amount(rapid.Int64Range(0, 1_000_00).Draw(rt, "paid interest")),
				UnpaidMicro:   rapid.Int64Range(0, 1_000_00_000000).Draw(rt, "unpaid"),
			},
			Consumer: rapid.Bool().Draw(rt, "consumer"), AgreedOn: date(t, "2025-03-01"),
		}
		drawLimits(rt, &in)
		whole, err := finance.Accrue(in)
		if err != nil {
			rt.Fatal(err)
		}
		first, second := in, in
		first.To, second.From = cut, cut
		a, err := finance.Accrue(first)
		if err != nil {
			rt.Fatal(err)
		}
		second.Standing.UnpaidMicro += a.InterestMicro
		if in.Room != nil {
			second.Room = &finance.Room{Micro: in.Room.Micro - a.InterestMicro - a.LateMicro, Rule: "cap", Source: "cap"}
		}
		b, err := finance.Accrue(second)
		if err != nil {
			rt.Fatal(err)
		}
		if a.InterestMicro+b.InterestMicro != whole.InterestMicro || a.LateMicro+b.LateMicro != whole.LateMicro {
			rt.Errorf("cut at %s: %+v and %+v, whole %+v", cut, a, b, whole)
		}
		checkLines(rt, in, whole)
	})
}

// drawLimits draws what keeps interest from running, each of them now and then.
func drawLimits(rt *rapid.T, in *finance.AccrualInput) {
	day := func(name string) finance.Date { return in.From.AddDays(rapid.IntRange(-30, 900).Draw(rt, name)) }
	if rapid.Bool().Draw(rt, "halted") {
		in.LateHalt = finance.Halt{From: day("halt"), Rule: "halt", Source: "halt"}
		in.LateHalt.Until = in.LateHalt.From.AddDays(rapid.IntRange(0, 366).Draw(rt, "halted days"))
	}
	if rapid.Bool().Draw(rt, "stopped") {
		in.Stop = finance.Halt{From: day("stop"), Rule: "stop", Source: "stop"}
	}
	if rapid.Bool().Draw(rt, "capped") {
		in.Room = &finance.Room{Micro: rapid.Int64Range(-1, 2_000_00_000000).Draw(rt, "room"), Rule: "cap", Source: "cap"}
	}
}

// checkLines holds an accrual against what its words promise.
func checkLines(rt *rapid.T, in finance.AccrualInput, a finance.Accrual) {
	var interest, late int64
	for _, line := range a.Lines {
		silent := line.Rule == "halt" || line.Rule == "stop" || line.Rule == "cap"
		if line.Micro < 0 || line.Micro == 0 && !silent || line.From.Before(in.From) || line.To.After(in.To) || line.Rule == "" || line.Source == "" {
			rt.Errorf("the line %+v", line)
		}
		switch line.Kind {
		case finance.Interest:
			interest += line.Micro
		case finance.LateInterest:
			late += line.Micro
		default:
			rt.Errorf("the kind of %+v", line)
		}
	}
	if interest != a.InterestMicro || late != a.LateMicro {
		rt.Errorf("the lines sum to %d and %d, the totals are %d and %d", interest, late, a.InterestMicro, a.LateMicro)
	}
	if !in.GateOpen && late != 0 {
		rt.Errorf("late interest of %d through a closed gate", late)
	}
	if in.Room != nil && interest+late > max(0, in.Room.Micro) {
		rt.Errorf("%d of interest in room for %d", interest+late, in.Room.Micro)
	}
}

func BenchmarkAccrueLateOf60(b *testing.B) {
	terms := kronor(b, finance.Annuity)
	terms.Principal, terms.Instalments, terms.FirstDue = 1_000_000_00, 60, date(b, "2022-01-31")
	in := finance.AccrualInput{Terms: terms, From: date(b, "2023-01-31"), To: date(b, "2023-03-01"), GateOpen: true}
	for b.Loop() {
		if _, err := finance.Accrue(in); err != nil {
			b.Fatal(err)
		}
	}
}
