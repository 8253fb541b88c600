package site

import (
	"strings"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// MaxAmountTyped bounds the field of an amount, with spaces and the currency's name.
const MaxAmountTyped = 24

// ReadAmount reads an amount as people write it: 1250, 1 250,50 kr, 1.250,50 or
// 1,250.50. Of points and commas, the last is the decimal sign if as many digits
// follow it as the currency has, or fewer; else they all group thousands. It takes
// positive amounts.
func ReadAmount(typed string, currency finance.Currency) (finance.Money, bool) {
	if len(typed) > MaxAmountTyped {
		return finance.Money{}, false
	}
	decimals, err := finance.MinorUnits(currency)
	if err != nil {
		return finance.Money{}, false
	}
	text := strings.TrimSpace(strings.ToLower(typed))
	for _, name := range []string{"kr.", "kr", ":-", ",-", strings.ToLower(string(currency))} {
		text = strings.TrimPrefix(strings.TrimSuffix(text, name), name)
	}
	text = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "").Replace(text)
	whole, fraction := text, ""
	if i := strings.LastIndexAny(text, ".,"); i >= 0 && len(text)-i-1 <= decimals {
		whole, fraction = text[:i], text[i+1:]
	}
	if !grouped(whole) {
		return finance.Money{}, false
	}
	number := strings.NewReplacer(".", "", ",", "").Replace(whole)
	if number = strings.TrimLeft(number, "0"); number == "" {
		number = "0"
	}
	if fraction != "" {
		number += "." + fraction
	}
	m, err := finance.ParseMoney(number, string(currency))
	return m, err == nil && m.Amount > 0
}

// grouped says whether points or commas, one kind of them, stand where they group
// thousands.
func grouped(whole string) bool {
	if strings.Contains(whole, ".") && strings.Contains(whole, ",") {
		return false
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' })
	if len(groups) != 1+strings.Count(whole, ".")+strings.Count(whole, ",") {
		return false
	}
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && len(g) > 3 {
			return false
		}
	}
	return true
}

// OwnWords reads what somebody wrote in a field of several lines. Browsers end lines
// with two characters; the ledger takes one. What people cannot see is taken away:
// the ledger would refuse it, and nobody would know why.
func OwnWords(typed string) string {
	text := strings.ReplaceAll(typed, "\r\n", "\n")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\r':
			return ' '
		case r < ' ' && r != '\n', r >= 0x7f && r < 0xa0, hidden(r):
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

// hidden says whether a character only turns the direction of others.
func hidden(r rune) bool {
	return r == 0x061c || r == 0x200e || r == 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// TooLong says that a text has more characters than it may, or is none.
func TooLong(text string, most int) bool {
	return utf8.RuneCountInString(text) > most || !utf8.ValidString(text)
}
