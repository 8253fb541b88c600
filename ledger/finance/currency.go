package finance

import (
	"encoding/json"
	"fmt"
)

// Currency is an ISO 4217 code in capital letters, such as "SEK".
type Currency string

// minorUnits gives the number of decimals of each currency that a note can be
// issued in (ISO 4217, list one). A currency that is not here is refused: to
// guess two decimals would be wrong by a factor of a hundred for some.
var minorUnits = map[Currency]int{
	"AUD": 2, "BGN": 2, "BHD": 3, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "EUR": 2,
	"GBP": 2, "HUF": 2, "ISK": 0, "JPY": 0, "KRW": 0, "KWD": 3, "NOK": 2, "NZD": 2,
	"PLN": 2, "RON": 2, "SEK": 2, "SGD": 2, "TND": 3, "UAH": 2, "USD": 2,
}

// MinorUnits returns how many decimals the currency has: 2 for SEK, 0 for ISK.
func MinorUnits(c Currency) (int, error) {
	n, ok := minorUnits[c]
	if !ok {
		return 0, fieldErrorf("currency", "%.8q is not a supported ISO 4217 code", string(c))
	}
	return n, nil
}

// ParseCurrency accepts exactly the codes that MinorUnits knows.
func ParseCurrency(s string) (Currency, error) {
	c := Currency(s)
	if _, err := MinorUnits(c); err != nil {
		return "", err
	}
	return c, nil
}

// UnmarshalJSON accepts exactly the codes that ParseCurrency accepts.
func (c *Currency) UnmarshalJSON(data []byte) error {
	s, err := unquote(data)
	if err != nil {
		return fmt.Errorf("reading a currency: %w", err)
	}
	parsed, err := ParseCurrency(s)
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}

// unquote reads a JSON string and nothing else; encoding/json alone would let a
// null pass and leave the value as it was.
func unquote(data []byte) (string, error) {
	if len(data) == 0 || data[0] != '"' {
		return "", fmt.Errorf("want a JSON string, got %.20q", data)
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return "", err
	}
	return s, nil
}
