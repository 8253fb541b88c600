package finance

import (
	"errors"
	"testing"
)

func TestReferenceRateIsThatOfTheHalfYear_1975_635_par_9(t *testing.T) {
	for on, want := range map[string]struct{ rate, source string }{
		"2003-01-01": {"4", "SFS 2003:3"},
		"2019-06-30": {"-0.5", "SFS 2019:1"},
		"2019-07-01": {"0", "SFS 2019:550"},
		"2024-12-31": {"4", "SFS 2024:613"},
		"2025-01-01": {"3", "SFS 2024:1373"},
		"2026-06-30": {"2", "SFS 2025:1582"},
	} {
		rate, source, err := ReferenceRate(Sweden, day(t, on))
		if err != nil || rate.String() != want.rate || source != want.source {
			t.Errorf("on %s: %s from %s, %v; want %+v", on, rate, source, err, want)
		}
	}
}

func TestReferenceTableHasEveryHalfYearBetweenItsEnds(t *testing.T) {
	for on := day(t, "2003-01-01"); on.Before(day(t, "2026-07-01")); on = nextHalfYear(on) {
		if _, _, err := ReferenceRate(Sweden, on); err != nil {
			t.Error(err)
		}
	}
}

func TestRateThatTheTableDoesNotHaveIsNamedAndNeverGuessed(t *testing.T) {
	tests := []struct {
		lookup func(Date) error
		on     string
		text   string
	}{
		{swedishReference, "2026-07-01", "the SE reference rate from 2026-07-01 is not in the table"},
		{swedishReference, "2027-03-31", "the SE reference rate from 2027-01-01 is not in the table"},
		{swedishReference, "2002-12-31", "the SE reference rate from 2002-07-01 is not in the table"},
		{swedishPriceBase, "2022-12-31", "the SE price base amount from 2022-01-01 is not in the table"},
		{swedishPriceBase, "2027-01-01", "the SE price base amount from 2027-01-01 is not in the table"},
		{genericReference, "2026-01-01", "the generic reference rate from 2026-01-01 is not in the table"},
		{genericPriceBase, "2026-01-01", "the generic price base amount from 2026-01-01 is not in the table"},
	}
	for _, tt := range tests {
		err := tt.lookup(day(t, tt.on))
		var missing *MissingRateError
		if !errors.As(err, &missing) || err.Error() != tt.text {
			t.Errorf("on %s: %v, want %q", tt.on, err, tt.text)
		}
	}
	for _, lookup := range []func(Date) error{swedishReference, swedishPriceBase} {
		var fault *FieldError
		if err := lookup(Date{}); !errors.As(err, &fault) {
			t.Errorf("on no date: %v", err)
		}
	}
}

func swedishReference(on Date) error { _, _, err := ReferenceRate(Sweden, on); return err }
func genericReference(on Date) error { _, _, err := ReferenceRate(Generic, on); return err }
func swedishPriceBase(on Date) error { _, _, err := PriceBaseAmount(Sweden, on); return err }
func genericPriceBase(on Date) error { _, _, err := PriceBaseAmount(Generic, on); return err }

func TestPriceBaseAmountIsThatOfTheYear(t *testing.T) {
	for on, want := range map[string]string{
		"2023-06-01": "52500.00 SEK", "2024-01-01": "57300.00 SEK", "2025-12-31": "58800.00 SEK", "2026-01-01": "59200.00 SEK",
	} {
		got, source, err := PriceBaseAmount(Sweden, day(t, on))
		if err != nil || got.String() != want || source == "" {
			t.Errorf("on %s: %s from %q, %v; want %s", on, got, source, err, want)
		}
	}
}

func TestTablesOfUnknownJurisdictionsAreRefused(t *testing.T) {
	if _, _, err := ReferenceRate("XX", day(t, "2026-01-01")); err == nil {
		t.Error("a reference rate without an error")
	}
	if _, _, err := PriceBaseAmount("XX", day(t, "2026-01-01")); err == nil {
		t.Error("a price base amount without an error")
	}
}

func TestTableThatWasEditedBadlyIsRefused(t *testing.T) {
	const header = "valid_from,percent,source_sfs\n"
	for name, text := range map[string]string{
		"empty":         "",
		"no rows":       header,
		"other header":  "from,percent,source\n2026-01-01,2.00,x\n",
		"short row":     header + "2026-01-01,2.00\n",
		"broken quotes": header + "\"2026-01-01,2.00,x\n",
		"bad date":      header + "2026-1-1,2.00,x\n",
		"bad rate":      header + "2026-01-01,2%,x\n",
		"mid half-year": header + "2026-02-01,2.00,x\n",
		"out of order":  header + "2026-07-01,2.00,x\n2026-01-01,2.00,x\n",
		"twice":         header + "2026-01-01,2.00,x\n2026-01-01,3.00,x\n",
	} {
		if rows, err := parseReferenceRates(text); err == nil {
			t.Errorf("%s: %+v, want an error", name, rows)
		}
	}
	for name, text := range map[string]string{
		"other header": "year,amount,source\n2026,1,x\n",
		"bad year":     "year,kronor,source\nMMXXVI,1,x\n",
		"bad amount":   "year,kronor,source\n2026,one,x\n",
	} {
		if rows, err := parsePriceBaseAmounts(text); err == nil {
			t.Errorf("%s: %+v, want an error", name, rows)
		}
	}
}
