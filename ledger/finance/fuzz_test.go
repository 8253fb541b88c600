package finance_test

import (
	"encoding"
	"encoding/json"
	"testing"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// Each target asserts the same thing: what is accepted is written back as the
// same bytes, or, where people write it, as text that is read back as the same
// value. A decoder that took two spellings would let two readers of one signed
// command disagree about it.

func FuzzMoneyJSON(f *testing.F) {
	for _, seed := range []string{`{"amount":125050,"currency":"SEK"}`, `{"currency":"ISK","amount":-1}`, `{"amount":1e2,"currency":"SEK"}`, `{"amount":1,"amount":2,"currency":"SEK"}`, `null`, `{`, `{"amount":1000000000000000,"currency":"EUR"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var money finance.Money
		if json.Unmarshal(data, &money) != nil {
			return
		}
		written, err := json.Marshal(money)
		if err != nil {
			t.Fatal(err)
		}
		var back finance.Money
		if err := json.Unmarshal(written, &back); err != nil || back != money {
			t.Errorf("%q became %s became %+v, %v", data, written, back, err)
		}
		if money != (finance.Money{}) && !money.Amount.Valid() {
			t.Errorf("%q passes the limit: %+v", data, money)
		}
	})
}

func FuzzMoneyText(f *testing.F) {
	for _, seed := range []string{"1250.50", "-0.01", "0", "00", "1e9", "10000000000000.01", ".", "-", "١"} {
		f.Add(seed, "SEK")
	}
	f.Add("1", "ISK")
	f.Add("1.234", "KWD")
	f.Add("1", "sek")
	f.Fuzz(func(t *testing.T, text, currency string) {
		money, err := finance.ParseMoney(text, currency)
		if err != nil {
			return
		}
		shown := money.String()
		back, err := finance.ParseMoney(shown[:len(shown)-len(currency)-1], currency)
		if err != nil || back != money || !money.Amount.Valid() {
			t.Errorf("%q became %+v, shown as %q, read as %+v, %v", text, money, shown, back, err)
		}
	})
}

func FuzzRate(f *testing.F) {
	for _, seed := range []string{"5.32", "-0.5", "0", "-0", "1000", "1000.000001", "0.0000001", "05", "5.", "1e3", "9223372036854.775807", `"5.32"`, `"5.320"`, "null"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if r, err := finance.ParseRate(text); err == nil {
			if back, err := finance.ParseRate(r.String()); err != nil || back != r {
				t.Errorf("%q became %s became %s, %v", text, r, back, err)
			}
		}
		var r finance.Rate
		if r.UnmarshalText([]byte(text)) == nil && r.String() != text {
			t.Errorf("the text %q was accepted for %s", text, r)
		}
		checkJSON(t, text, &r)
	})
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{"2026-11-21", "2028-02-29", "2026-02-29", "1900-01-01", "2200-12-31", "2201-01-01", "", `"2026-11-21"`, `"\u0032026-11-21"`, "null", "2026-11-21 "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d finance.Date
		checkJSON(t, text, &d)
		if d.UnmarshalText([]byte(text)) != nil {
			return
		}
		if d.String() != text {
			t.Errorf("the text %q was accepted for %s", text, d)
		}
		y, m, day := d.Civil()
		if back, err := finance.NewDate(y, m, day); !d.IsZero() && (err != nil || back != d) {
			t.Errorf("%s is %d-%d-%d is %s, %v", d, y, m, day, back, err)
		}
	})
}

// checkJSON decodes any bytes as JSON; what is accepted must be a string whose
// text the value writes back.
func checkJSON(t *testing.T, data string, value interface {
	json.Unmarshaler
	encoding.TextMarshaler
}) {
	if value.UnmarshalJSON([]byte(data)) != nil {
		return
	}
	var text string
	if err := json.Unmarshal([]byte(data), &text); err != nil {
		t.Fatalf("%q was accepted and is no JSON string: %v", data, err)
	}
	if written, err := value.MarshalText(); err != nil || string(written) != text {
		t.Errorf("%q was accepted and is written %q, %v", data, written, err)
	}
}

func FuzzCurrencyJSON(f *testing.F) {
	for _, seed := range []string{`"SEK"`, `"sek"`, `"XXX"`, `null`, `"\u0053EK"`, `1`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c finance.Currency
		if err := c.UnmarshalJSON(data); err != nil {
			return
		}
		if _, err := finance.MinorUnits(c); err != nil {
			t.Errorf("%s was accepted as %q: %v", data, c, err)
		}
	})
}

// FuzzTerms looks for terms that are accepted and cannot be computed with.
func FuzzTerms(f *testing.F) {
	f.Add([]byte(`{"principal":120000,"currency":"SEK","rate":"12","day_count":"30E/360","kind":"annuity","instalments":12,"first_due":"2026-02-15","jurisdiction":"SE"}`))
	f.Add([]byte(`{"principal":99999999999,"currency":"EUR","rate":"1000","late_rate":"30","day_count":"actual/365","kind":"bullet","instalments":600,"first_due":"2028-02-29","due_day":31,"interest_from":"1901-01-01","jurisdiction":"generic"}`))
	f.Add([]byte(`{"principal":1,"currency":"ISK","rate":"0.000001","day_count":"actual/360","kind":"on_demand","interest_from":"2200-12-31","jurisdiction":"SE"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var terms finance.Terms
		if json.Unmarshal(data, &terms) != nil || terms.Validate() != nil {
			return
		}
		rows, err := finance.Schedule(terms)
		if err != nil {
			t.Fatalf("no schedule for valid terms %+v: %v", terms, err)
		}
		var principal finance.Amount
		for _, row := range rows {
			principal += row.Principal
			if row.Principal < 0 || row.Interest < 0 || row.PayBy.IsZero() {
				t.Errorf("row %+v", row)
			}
		}
		if len(rows) > 0 && principal != terms.Principal {
			t.Errorf("the instalments sum to %d of %d", principal, terms.Principal)
		}
		if len(rows) == 0 && terms.Kind != finance.OnDemand {
			t.Errorf("no instalments for %+v", terms)
		}
	})
}
