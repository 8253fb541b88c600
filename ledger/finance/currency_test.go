package finance_test

import (
	"encoding/json"
	"testing"

	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestMinorUnitsFollowISO4217(t *testing.T) {
	for currency, want := range map[finance.Currency]int{"SEK": 2, "DKK": 2, "NOK": 2, "EUR": 2, "USD": 2, "GBP": 2, "CHF": 2, "PLN": 2, "ISK": 0, "JPY": 0, "KWD": 3} {
		got, err := finance.MinorUnits(currency)
		if err != nil || got != want {
			t.Errorf("MinorUnits(%s) = %d, %v; want %d", currency, got, err, want)
		}
	}
}

func TestUnknownCurrencyIsRefused(t *testing.T) {
	for _, text := range []string{"", "sek", "SEK ", "XXX", "KR", "SEKSEKSEKSEK"} {
		if c, err := finance.ParseCurrency(text); err == nil {
			t.Errorf("ParseCurrency(%q) = %q, want an error", text, c)
		}
	}
	for _, text := range []string{`null`, `1`, `"sek"`, `["SEK"]`, ``} {
		var c finance.Currency
		if err := json.Unmarshal([]byte(text), &c); err == nil {
			t.Errorf("decoding %s gave %q, want an error", text, c)
		}
	}
}
