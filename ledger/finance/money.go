package finance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// MaxAmount bounds every amount, in minor units: ten million million kronor. It
// leaves room to add thousands of amounts in an int64 and keeps every amount
// exact in programs that read JSON numbers as binary64 (RFC 7493, 2.2).
const MaxAmount Amount = 1_000_000_000_000_000

// maxMoneyText bounds the text of an amount, with sign and decimal point.
const maxMoneyText = 24

// Amount is a sum of money in the minor units of its currency (öre, cents).
type Amount int64

// Valid reports whether the amount lies within plus and minus MaxAmount.
func (a Amount) Valid() bool { return -MaxAmount <= a && a <= MaxAmount }

// Add returns a+b, or ErrOutOfRange where a, b or the sum passes MaxAmount.
func (a Amount) Add(b Amount) (Amount, error) {
	if !a.Valid() || !b.Valid() || !(a + b).Valid() {
		return 0, fmt.Errorf("adding %d to %d minor units: %w", b, a, ErrOutOfRange)
	}
	return a + b, nil
}

// Sub returns a-b, or ErrOutOfRange where a, b or the difference passes MaxAmount.
func (a Amount) Sub(b Amount) (Amount, error) {
	if !a.Valid() || !b.Valid() || !(a - b).Valid() {
		return 0, fmt.Errorf("subtracting %d from %d minor units: %w", b, a, ErrOutOfRange)
	}
	return a - b, nil
}

// UnmarshalJSON accepts an integer literal within MaxAmount: no fraction, no
// exponent, no text, no leading zero and no negative zero, so that one amount
// has one spelling and its signed bytes can be compared.
func (a *Amount) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseInt(string(data), 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != string(data) {
		return fieldErrorf("amount", "%.24q is not a whole number of minor units", data)
	}
	if !Amount(n).Valid() {
		return fieldErrorf("amount", "%d passes the limit of %d minor units", n, int64(MaxAmount))
	}
	*a = Amount(n)
	return nil
}

// Money is an amount and what it is an amount of.
type Money struct {
	Amount   Amount   `json:"amount"`
	Currency Currency `json:"currency"`
}

// ParseMoney reads a decimal number as a person writes it: "1250.50", "1250.5"
// or "1250". It accepts no sign but a leading minus, no grouping and no more
// decimals than the currency has.
func ParseMoney(text, currency string) (Money, error) {
	c, err := ParseCurrency(currency)
	if err != nil {
		return Money{}, err
	}
	decimals, err := MinorUnits(c)
	if err != nil {
		return Money{}, err
	}
	if len(text) > maxMoneyText {
		return Money{}, fieldErrorf("amount", "is longer than %d characters", maxMoneyText)
	}
	n, ok := parseDecimal(text, decimals)
	if !ok {
		return Money{}, fieldErrorf("amount", "%q is not a number with at most %d decimals", text, decimals)
	}
	if !Amount(n).Valid() {
		return Money{}, fieldErrorf("amount", "%q passes the limit of %d minor units", text, int64(MaxAmount))
	}
	return Money{Amount: Amount(n), Currency: c}, nil
}

// String writes the amount with all its decimals and the currency: "1250.50 SEK".
func (m Money) String() string {
	decimals, err := MinorUnits(m.Currency)
	if err != nil {
		return fmt.Sprintf("%d minor units of %q", int64(m.Amount), string(m.Currency))
	}
	return formatDecimal(int64(m.Amount), decimals) + " " + string(m.Currency)
}

// Add returns the sum of two amounts of one currency.
func (m Money) Add(other Money) (Money, error) {
	if m.Currency != other.Currency {
		return Money{}, fieldErrorf("currency", "is %q, want %q", other.Currency, m.Currency)
	}
	sum, err := m.Amount.Add(other.Amount)
	return Money{Amount: sum, Currency: m.Currency}, err
}

// UnmarshalJSON accepts {"amount":125050,"currency":"SEK"}: both fields, once
// each, in either order, and nothing else. encoding/json alone would accept
// "Amount", a repeated or a missing field, and two readers could then see
// different sums in the same signed bytes.
func (m *Money) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	open, err := dec.Token()
	if err != nil {
		return fmt.Errorf("reading money: %w", err)
	}
	if open != json.Delim('{') {
		return fieldErrorf("money", "must be an object with amount and currency")
	}
	var read Money
	seen := map[string]bool{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return fmt.Errorf("reading money: %w", err)
		}
		name, _ := key.(string)
		if seen[name] {
			return fieldErrorf("money", "has the field %.20q twice", name)
		}
		seen[name] = true
		var target any
		switch name {
		case "amount":
			target = &read.Amount
		case "currency":
			target = &read.Currency
		default:
			return fieldErrorf("money", "has the unknown field %.20q", name)
		}
		if err := decodeNotNull(dec, target); err != nil {
			return fmt.Errorf("reading the %s of money: %w", name, err)
		}
	}
	if len(seen) != 2 {
		return fieldErrorf("money", "must have both amount and currency")
	}
	*m = read
	return nil
}

// decodeNotNull decodes one value, and refuses the null that encoding/json
// would skip.
func decodeNotNull(dec *json.Decoder, target any) error {
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return err
	}
	if string(raw) == "null" {
		return fieldErrorf("the value", "must not be null")
	}
	return json.Unmarshal(raw, target)
}

// parseDecimal reads -?(0|[1-9][0-9]*)(\.[0-9]{1,decimals})? as an integer
// scaled by 10^decimals. It reports false for any other text and on overflow.
func parseDecimal(text string, decimals int) (int64, bool) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, hasPoint := strings.Cut(digits, ".")
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return 0, false
	}
	if hasPoint && fraction == "" || len(fraction) > decimals {
		return 0, false
	}
	scaled := whole + fraction + strings.Repeat("0", decimals-len(fraction))
	for _, r := range scaled {
		if r < '0' || r > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(scaled, 10, 64)
	if err != nil {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}

// formatDecimal writes n scaled down by 10^decimals with all its decimals.
func formatDecimal(n int64, decimals int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	digits := strconv.FormatInt(n, 10)
	if decimals == 0 {
		return sign + digits
	}
	if missing := decimals + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - decimals
	return sign + digits[:point] + "." + digits[point:]
}
