package ledger

import (
	"fmt"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// The spaces and signs that numbers are written with.
const (
	hardSpace = "\u00a0" // keeps a number and what belongs to it on one line
	minusSign = "\u2212"
)

var months = map[Language][12]string{
	Swedish: {"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"},
	Danish:  {"januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november", "december"},
	English: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// Date writes a day in its long form: 1 maj 2026, 1. maj 2026, 1 May 2026. No day
// is no text.
func (l Language) Date(d finance.Date) string {
	if d.IsZero() {
		return ""
	}
	year, month, day := d.Civil()
	dot := ""
	if l == Danish {
		dot = "."
	}
	return fmt.Sprintf("%d%s%s%s%s%d", day, dot, hardSpace, months[l][month-1], hardSpace, year)
}

// Moment writes an instant to the minute, in UTC, which it names: a reader's clock
// shows another time. What ends then is not said to last longer than it does.
// 22 november 2026 kl. 07.45 UTC, 22. november 2026 kl. 07.45 UTC,
// 22 November 2026 at 07:45 UTC.
func (l Language) Moment(at time.Time) string {
	at = at.UTC()
	day := l.Date(finance.DateOf(at))
	if l == English {
		return day + " at " + at.Format("15:04") + hardSpace + "UTC"
	}
	return day + " kl." + hardSpace + at.Format("15.04") + hardSpace + "UTC"
}

// Money writes an amount with its currency: 12 345,67 kr, 12.345,67 SEK, SEK 12,345.67.
func (l Language) Money(m finance.Money) string {
	amount, _, _ := strings.Cut(m.String(), " ")
	number := l.decimal(amount)
	switch {
	case l == English:
		return string(m.Currency) + hardSpace + number
	case l == Swedish && m.Currency == "SEK":
		return number + hardSpace + "kr"
	case l == Danish && m.Currency == "DKK":
		return number + hardSpace + "kr."
	}
	return number + hardSpace + string(m.Currency)
}

// Percent writes a rate: 7,5 %, and 7.5% in English.
func (l Language) Percent(r finance.Rate) string {
	if l == English {
		return l.decimal(r.String()) + "%"
	}
	return l.decimal(r.String()) + hardSpace + "%"
}

// decimal writes a number, given with a point and no separators, in groups of
// three digits.
func (l Language) decimal(text string) string {
	thousands, point := hardSpace, ","
	switch l {
	case Danish:
		thousands = "."
	case English:
		thousands, point = ",", "."
	}
	whole, fraction, has := strings.Cut(text, ".")
	sign := ""
	if rest, negative := strings.CutPrefix(whole, "-"); negative {
		sign, whole = minusSign, rest
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(thousands)
		}
		b.WriteRune(digit)
	}
	if has {
		b.WriteString(point + fraction)
	}
	return b.String()
}
