package finance_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// consumerOffer is a lawful offer of January 2026, when the reference rate is
// 2 % and the price base amount 59,200 SEK.
func consumerOffer(t testing.TB) finance.OfferFacts {
	t.Helper()
	late := finance.Percent(22)
	return finance.OfferFacts{
		Jurisdiction: finance.Sweden, AgreedOn: date(t, "2026-01-15"), Consumer: true,
		Rate: finance.Percent(22), LateRate: &late,
		SetupFee: finance.Money{Amount: 592_00, Currency: "SEK"},
	}
}

func check(t testing.TB, f finance.OfferFacts) []finance.Violation {
	t.Helper()
	got, err := finance.CheckOffer(f)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestOfferAtTheLimitsIsLawful_2010_1846_par_19_a_and_c(t *testing.T) {
	if got := check(t, consumerOffer(t)); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestOfferBeyondTheLimitsNamesEachLimit_2010_1846_par_19_a_and_c_and_30(t *testing.T) {
	f := consumerOffer(t)
	late := rate(t, "22.000001")
	f.Rate, f.LateRate = rate(t, "22.01"), &late
	f.SetupFee.Amount++
	f.CreditPurchase, f.Negotiable = true, true
	want := []finance.Violation{
		{Rule: "SE-2010:1846-19a-rate", Source: "SFS 2010:1846 par. 19 a; reference rate SFS 2025:1582", Limit: "22 % a year", Got: "22.01 % a year"},
		{Rule: "SE-2010:1846-19a-late", Source: "SFS 2010:1846 par. 19 a; reference rate SFS 2025:1582", Limit: "22 % a year", Got: "22.000001 % a year"},
		{Rule: "SE-2010:1846-19c", Source: "SFS 2010:1846 par. 19 c; SFS 2025:872", Limit: "592.00 SEK", Got: "592.01 SEK"},
		{Rule: "SE-2010:1846-30", Source: "SFS 2010:1846 par. 30", Limit: "a simple note", Got: "a negotiable note"},
	}
	if got := check(t, f); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestRulesBindOnlyTheNotesTheyNameFromTheDayTheyName(t *testing.T) {
	tests := map[string]struct {
		change func(*finance.OfferFacts)
		want   int
	}{
		"consumer":              {func(f *finance.OfferFacts) {}, 4},
		"the first day":         {func(f *finance.OfferFacts) { f.AgreedOn = date(t, "2025-03-01") }, 4},
		"the day before":        {func(f *finance.OfferFacts) { f.AgreedOn = date(t, "2025-02-28") }, 1},
		"housing":               {func(f *finance.OfferFacts) { f.Housing = true }, 1},
		"simple note":           {func(f *finance.OfferFacts) { f.Negotiable = false }, 3},
		"no credit purchase":    {func(f *finance.OfferFacts) { f.CreditPurchase = false }, 3},
		"no agreed late rate":   {func(f *finance.OfferFacts) { f.LateRate = nil }, 3},
		"no set-up fee":         {func(f *finance.OfferFacts) { f.SetupFee = finance.Money{} }, 3},
		"business":              {func(f *finance.OfferFacts) { f.Consumer = false }, 0},
		"another jurisdiction":  {func(f *finance.OfferFacts) { f.Jurisdiction = finance.Generic }, 0},
		"business beyond table": {func(f *finance.OfferFacts) { f.Consumer, f.AgreedOn = false, date(t, "2030-01-01") }, 0},
	}
	for name, tt := range tests {
		f := consumerOffer(t)
		late := finance.Percent(40)
		f.Rate, f.LateRate, f.SetupFee.Amount = finance.Percent(40), &late, 1000_00
		f.CreditPurchase, f.Negotiable = true, true
		tt.change(&f)
		if got := check(t, f); len(got) != tt.want {
			t.Errorf("%s: want %d violations, got %+v", name, tt.want, got)
		}
	}
}

func TestOfferUnderAnUnknownLimitIsAnErrorThatNamesIt(t *testing.T) {
	f := consumerOffer(t)
	f.AgreedOn = date(t, "2026-08-15")
	_, err := finance.CheckOffer(f)
	var missing *finance.MissingRateError
	if !errors.As(err, &missing) || *missing != (finance.MissingRateError{Jurisdiction: "SE", Kind: "reference rate", From: date(t, "2026-07-01")}) {
		t.Errorf("got %v", err)
	}
}

func TestOfferThatCannotBeCheckedIsRefused(t *testing.T) {
	tests := map[string]func(*finance.OfferFacts){
		"jurisdiction": func(f *finance.OfferFacts) { f.Jurisdiction = "XX" },
		"agreed_on":    func(f *finance.OfferFacts) { f.AgreedOn = finance.Date{} },
		"setup_fee":    func(f *finance.OfferFacts) { f.SetupFee.Currency = "EUR" },
	}
	for field, change := range tests {
		f := consumerOffer(t)
		change(&f)
		_, err := finance.CheckOffer(f)
		var fault *finance.FieldError
		if !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("want a fault in %s, got %v", field, err)
		}
	}
	f := consumerOffer(t)
	f.ReminderFee = finance.Money{Amount: -1, Currency: "SEK"}
	if _, err := finance.CheckOffer(f); err == nil {
		t.Error("a negative reminder fee was not refused")
	}
	f.ReminderFee = finance.Money{}
	f.SetupFee.Amount = -1
	if _, err := finance.CheckOffer(f); err == nil {
		t.Error("no error for a negative set-up fee")
	}
}

func TestEveryRuleSaysWhatItIsAndWhereItComesFrom(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range finance.DatedRules() {
		if rule.ID == "" || rule.Source == "" || rule.Text == "" || rule.KeyedOn == "" || rule.Measure == "" || rule.From.IsZero() {
			t.Errorf("%+v leaves something out", rule)
		}
		if !rule.To.IsZero() && rule.To.Before(rule.From) {
			t.Errorf("%s ends before it begins", rule.ID)
		}
		if _, err := finance.ParseJurisdiction(string(rule.Jurisdiction)); err != nil {
			t.Errorf("%s: %v", rule.ID, err)
		}
		if seen[rule.ID] {
			t.Errorf("%s is there twice", rule.ID)
		}
		seen[rule.ID] = true
	}
}

func TestListOfRulesIsACopy(t *testing.T) {
	finance.DatedRules()[0].ID = "changed"
	if got := finance.DatedRules()[0].ID; got == "changed" {
		t.Error("a caller changed the rules")
	}
}

func TestClaimIsBarredAfterTenYearsOrThree_1981_130_par_2(t *testing.T) {
	for name, tt := range map[string]struct {
		claim finance.Claim
		want  string
	}{
		"business":                 {finance.Claim{Jurisdiction: "SE", TraderCreditor: true}, "2036-02-28"},
		"consumer, simple note":    {finance.Claim{Jurisdiction: "SE", Consumer: true, TraderCreditor: true}, "2029-02-28"},
		"consumer, negotiable":     {finance.Claim{Jurisdiction: "SE", Consumer: true, TraderCreditor: true, Negotiable: true}, "2036-02-28"},
		"consumer, private lender": {finance.Claim{Jurisdiction: "SE", Consumer: true}, "2036-02-28"},
		"generic":                  {finance.Claim{Jurisdiction: "generic", Consumer: true, TraderCreditor: true}, ""},
	} {
		tt.claim.From = date(t, "2026-02-28")
		got, err := finance.Limitation(tt.claim)
		if err != nil || got.String() != tt.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, tt.want)
		}
	}
	leap := finance.Claim{Jurisdiction: "SE", Consumer: true, TraderCreditor: true, From: date(t, "2028-02-29")}
	if got, err := finance.Limitation(leap); err != nil || got != date(t, "2031-02-28") {
		t.Errorf("from a leap day: %s, %v", got, err)
	}
	for name, claim := range map[string]finance.Claim{
		"no day":       {Jurisdiction: "SE"},
		"no law":       {From: date(t, "2026-01-01")},
		"too far away": {Jurisdiction: "SE", From: date(t, "2195-01-01")},
	} {
		if got, err := finance.Limitation(claim); err == nil {
			t.Errorf("%s: %s, want an error", name, got)
		}
	}
}

func TestReminderFeeIsAtMostSixtyKronor(t *testing.T) {
	f := consumerOffer(t)
	f.ReminderFee = finance.Money{Amount: 60_00, Currency: "SEK"}
	if v, err := finance.CheckOffer(f); err != nil || len(v) != 0 {
		t.Errorf("SEK 60 was refused: %v, %v", v, err)
	}
	f.ReminderFee.Amount++
	want := finance.Violation{Rule: "SE-1981:739-2", Source: "SFS 1981:739 par. 2 and 4", Limit: "60.00 SEK", Got: "60.01 SEK"}
	if v, err := finance.CheckOffer(f); err != nil || len(v) != 1 || v[0] != want {
		t.Errorf("more than SEK 60 gave %v, %v; want %v", v, err, want)
	}
	f.ReminderFee.Currency = "EUR"
	if _, err := finance.CheckOffer(f); err == nil {
		t.Error("a fee in another currency than its limit was not refused")
	}
}
