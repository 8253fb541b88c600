package finance_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// taken are terms that took the place of others: 10,000 kronor at 12 % in ten
// months, with 300 kronor of charges and 150 of interest from before.
func taken(t testing.TB) finance.Terms {
	t.Helper()
	return finance.Terms{
		Principal: 10_000_00, Currency: "SEK", Rate: rate(t, "12"), DayCount: finance.Thirty360, Kind: finance.Annuity,
		Instalments: 10, FirstDue: date(t, "2026-07-31"), DueDay: 31, InterestFrom: date(t, "2026-06-30"), Jurisdiction: finance.Sweden,
		Earlier: &finance.Earlier{Charges: 300_00, Interest: 150_00},
	}
}

func TestTheFirstInstalmentsPayWhatWasOwedBesides(t *testing.T) {
	rows, err := finance.Schedule(taken(t))
	if err != nil {
		t.Fatal(err)
	}
	// By hand: at 1 % a month ten payments of x are worth 9.471305 x today, and pay
	// 10,000 and, with the first of them and without interest, 450 that is worth
	// 445.54; so x is 1,102.87. The first pays 300 of charges and 150 + 100 of interest.
	first := finance.Instalment{
		Number: 1, Due: date(t, "2026-07-31"), PayBy: date(t, "2026-07-31"), Charges: 300_00, Interest: 250_00, Principal: 552_87,
		Total: 1_102_87, BalanceAfter: 9_447_13,
	}
	if rows[0] != first {
		t.Errorf("the first is %+v, want %+v", rows[0], first)
	}
	last := rows[len(rows)-1]
	if len(rows) != 10 || last.BalanceAfter != 0 || last.Total > first.Total || last.Total < first.Total-10 {
		t.Errorf("%d instalments, the last of them %+v", len(rows), last)
	}
}

// TestAnInstalmentThatDoesNotReachTheInterestLeavesItToTheNext: what is owed
// besides is more than an instalment, so interest waits, and bears none itself.
func TestAnInstalmentThatDoesNotReachTheInterestLeavesItToTheNext(t *testing.T) {
	terms := taken(t)
	terms.Earlier.Charges = 5_000_00
	rows, err := finance.Schedule(terms)
	if err != nil {
		t.Fatal(err)
	}
	var interest finance.Amount
	for _, row := range rows[:3] {
		if row.Charges != row.Total || row.Principal != 0 || row.BalanceAfter != terms.Principal {
			t.Errorf("while charges are left: %+v", row)
		}
	}
	for _, row := range rows {
		interest += row.Interest
	}
	// Four months at least cost 1 % of the whole principal each.
	if interest < 150_00+400_00 || interest > 150_00+1_000_00 {
		t.Errorf("interest is %d", interest)
	}
}

func TestTermsThatTookTheirPlaceWronglyAreRefused(t *testing.T) {
	for name, change := range map[string]func(*finance.Terms){
		"of another kind":                     func(t *finance.Terms) { t.Kind = finance.StraightLine },
		"on demand":                           func(t *finance.Terms) { t.Kind = finance.OnDemand },
		"from no day":                         func(t *finance.Terms) { t.InterestFrom = finance.Date{} },
		"due before they begin":               func(t *finance.Terms) { t.InterestFrom = t.FirstDue },
		"with less than nothing owed besides": func(t *finance.Terms) { t.Earlier.Charges = -1 },
		"with less than no interest":          func(t *finance.Terms) { t.Earlier.Interest = -1 },
		"with more than there is":             func(t *finance.Terms) { t.Earlier.Interest = finance.MaxAmount + 1 },
		"of no principal":                     func(t *finance.Terms) { t.Principal = 0 },
	} {
		terms := taken(t)
		change(&terms)
		_, err := finance.Schedule(terms)
		if _, ok := errors.AsType[*finance.FieldError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := finance.Overdue(taken(t), finance.Standing{PaidCharges: 300_01}, date(t, "2026-07-01")); err == nil {
		t.Error("more charges are paid than there were, and nothing is wrong")
	}
	plain := taken(t)
	plain.Earlier = nil
	if _, err := finance.Overdue(plain, finance.Standing{PaidCharges: 1}, date(t, "2026-07-01")); err == nil {
		t.Error("charges are paid of a schedule that has none, and nothing is wrong")
	}
}

// TestChargesAreOverdueBeforeAnythingElse: and bear no late interest.
func TestChargesAreOverdueBeforeAnythingElse(t *testing.T) {
	terms, day := taken(t), date(t, "2026-08-15")
	unpaid := finance.Standing{UnpaidMicro: 300_00 * finance.MicroPerUnit}
	got, err := finance.Overdue(terms, unpaid, day)
	want := finance.Arrears{
		Charges: 300_00, Interest: 250_00, Principal: 552_87, OldestDue: date(t, "2026-07-31"), OldestPayBy: date(t, "2026-07-31"), DaysPastDue: 15,
	}
	if err != nil || got != want {
		t.Errorf("overdue is %+v, want %+v: %v", got, want, err)
	}
	paid := unpaid
	paid.PaidCharges = 200_00
	if got, err = finance.Overdue(terms, paid, day); err != nil || got.Charges != 100_00 || got.Principal != want.Principal {
		t.Errorf("with 200 paid it is %+v: %v", got, err)
	}
	if got, err = finance.Overdue(terms, unpaid, date(t, "2027-06-01")); err != nil || got.Charges != 300_00 || got.Principal != terms.Principal {
		t.Errorf("after the end it is %+v: %v", got, err)
	}
	accrual, err := finance.Accrue(finance.AccrualInput{Terms: terms, Standing: unpaid, From: day, To: day.AddDays(10), GateOpen: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range accrual.Lines {
		if line.Kind == finance.LateInterest && line.Base != 552_87 && line.Base != 250_00 {
			t.Errorf("late interest on %d: %+v", line.Base, line)
		}
	}
}

// TestEqualTotalsPayEverythingAndNoLessWould: for any terms that took the place of
// others, the instalments pay all that is owed, the first of them are equal, and a
// minor unit less each time would leave something to the last that is more.
func TestEqualTotalsPayEverythingAndNoLessWould(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		terms := taken(t)
		terms.Principal = finance.Amount(rapid.Int64Range(600, 50_000_000).Draw(rt, "principal"))
		terms.Earlier = &finance.Earlier{
			Charges:  finance.Amount(rapid.Int64Range(0, 1_000_000).Draw(rt, "charges")),
			Interest: finance.Amount(rapid.Int64Range(0, 1_000_000).Draw(rt, "interest")),
		}
		terms.Rate = rapid.SampledFrom([]finance.Rate{{}, rate(t, "0.5"), rate(t, "7.95"), rate(t, "39")}).Draw(rt, "rate")
		terms.DayCount = rapid.SampledFrom([]finance.DayCount{finance.Thirty360, finance.Actual365, finance.Actual360}).Draw(rt, "day count")
		terms.Instalments = rapid.IntRange(1, finance.MaxInstalments).Draw(rt, "instalments")
		terms.InterestFrom = terms.FirstDue.AddDays(-rapid.IntRange(1, 400).Draw(rt, "days before"))
		rows, err := finance.Schedule(terms)
		if err != nil {
			rt.Fatalf("computing it: %v", err)
		}
		var charges, interest, principal finance.Amount
		for i, row := range rows {
			charges, interest, principal = charges+row.Charges, interest+row.Interest, principal+row.Principal
			switch {
			case row.Total != row.Charges+row.Interest+row.Principal, row.Total <= 0, row.BalanceAfter != terms.Principal-principal:
				rt.Fatalf("an instalment does not add up: %+v", row)
			case i < len(rows)-1 && row.Total != rows[0].Total, row.Total > rows[0].Total:
				rt.Fatalf("instalment %+v is not like the first, %+v", row, rows[0])
			}
		}
		if charges != terms.Earlier.Charges || principal != terms.Principal || interest < terms.Earlier.Interest {
			rt.Fatalf("paid are %d, %d and %d of %+v", charges, interest, principal, terms)
		}
		if least := (principal + charges + interest + finance.Amount(terms.Instalments) - 1) / finance.Amount(terms.Instalments); rows[0].Total < least-1 {
			rt.Fatalf("%d each time is too little for %d in all", rows[0].Total, principal+charges+interest)
		}
		all, err := finance.Outlook(terms, finance.Standing{UnpaidMicro: int64(terms.Earlier.Interest) * finance.MicroPerUnit}, terms.InterestFrom)
		if err != nil || len(all) != len(rows) || all[len(all)-1] != rows[len(rows)-1] {
			rt.Fatalf("from its first day %d instalments are left, not %d: %v", len(all), len(rows), err)
		}
	})
}
