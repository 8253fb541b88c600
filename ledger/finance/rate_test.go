package finance_test

import (
	"encoding/json"
	"testing"

	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestRateHasOneSpelling(t *testing.T) {
	for text, want := range map[string]string{
		"5.32": "5.32", "5.320000": "5.32", "4.00": "4", "-0.50": "-0.5", "0": "0", "0.00": "0", "-0": "0",
		"1000": "1000", "-100": "-100", "0.000001": "0.000001", "100": "100",
	} {
		r, err := finance.ParseRate(text)
		if err != nil || r.String() != want {
			t.Errorf("ParseRate(%q) = %s, %v; want %s", text, r, err, want)
		}
	}
}

func TestRateTextOutsideItsLimitsIsRefused(t *testing.T) {
	for _, text := range []string{"", "-", ".", "5.", ".5", "+5", "05", "5%", "5,32", "1e1", "0.0000001", "1000.000001", "-100.000001", "1001", "9999999999999", "NaN", "5 "} {
		if r, err := finance.ParseRate(text); err == nil {
			t.Errorf("ParseRate(%q) = %s, want an error", text, r)
		}
	}
}

func TestRateInJSONIsItsCanonicalText(t *testing.T) {
	r := rate(t, "5.32")
	got, err := json.Marshal(r)
	if err != nil || string(got) != `"5.32"` {
		t.Fatalf("Marshal = %s, %v", got, err)
	}
	for _, text := range []string{`5.32`, `"5.320"`, `"-0"`, `"05"`, `""`, `[]`, `"1e1"`, `null`} {
		var back finance.Rate
		if err := json.Unmarshal([]byte(text), &back); err == nil {
			t.Errorf("decoding %s gave %s, want an error", text, back)
		}
	}
}

func TestRatesAddSubtractAndCompareExactly(t *testing.T) {
	a, b := rate(t, "0.1"), rate(t, "0.2")
	if a.Add(b) != rate(t, "0.3") || b.Sub(a) != a {
		t.Errorf("0.1 + 0.2 = %s, 0.2 - 0.1 = %s", a.Add(b), b.Sub(a))
	}
	if a.Cmp(b) != -1 || b.Cmp(a) != 1 || a.Cmp(a) != 0 {
		t.Error("0.1 is not between 0 and 0.2")
	}
	if finance.Percent(8) != rate(t, "8") {
		t.Errorf("Percent(8) = %s", finance.Percent(8))
	}
}

// rate reads a rate that the test itself wrote.
func rate(t testing.TB, text string) finance.Rate {
	t.Helper()
	r, err := finance.ParseRate(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// date reads a date that the test itself wrote.
func date(t testing.TB, text string) finance.Date {
	t.Helper()
	d, err := finance.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
