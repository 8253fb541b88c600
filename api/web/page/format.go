package page

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a small machine has none, and the time of day is that of the people

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// tongue is a language with its words and its ways of writing numbers and dates.
type tongue struct {
	language ledger.Language
	words    Table
}

// The spaces that keep an amount on one line.
const (
	hardSpace = "\u00a0"
	minus     = "\u2212"
)

// local is the time of day in Sweden and in Denmark, which is the same.
var local = func() *time.Location {
	l, err := time.LoadLocation("Europe/Stockholm")
	if err != nil { // the zones are part of the program
		return time.UTC
	}
	return l
}()

// Local gives the time zone in which pages show times, for what is typed into them.
func Local() *time.Location { return local }

var months = map[ledger.Language][12]string{
	ledger.Swedish: {"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"},
	ledger.Danish:  {"januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november", "december"},
	ledger.English: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// dateText writes a day in its long form: 1 maj 2026, 1. maj 2026, 1 May 2026.
func (l tongue) dateText(d finance.Date) string {
	if d.IsZero() {
		return ""
	}
	year, month, day := d.Civil()
	dot := ""
	if l.language == ledger.Danish {
		dot = "."
	}
	return fmt.Sprintf("%d%s%s%s%s%d", day, dot, hardSpace, months[l.language][month-1], hardSpace, year)
}

// date writes a day as an element that says which day it is to a program, too.
func (l tongue) date(d finance.Date) template.HTML {
	if d.IsZero() {
		return ""
	}
	return template.HTML(`<time datetime="` + d.String() + `">` + l.dateText(d) + `</time>`)
}

// monthText writes the month of a day: maj 2026.
func (l tongue) monthText(d finance.Date) string {
	if d.IsZero() {
		return ""
	}
	year, month, _ := d.Civil()
	return months[l.language][month-1] + hardSpace + strconv.Itoa(year)
}

// momentText writes an instant to the minute, as the clocks of the people show it.
func (l tongue) momentText(t time.Time) string {
	t = t.In(local)
	clock := t.Format("15.04")
	if l.language == ledger.English {
		clock = t.Format("15:04")
	}
	day, err := finance.NewDate(t.Year(), t.Month(), t.Day())
	if err != nil {
		return clock
	}
	switch l.language {
	case ledger.Swedish:
		return l.dateText(day) + " kl." + hardSpace + clock
	case ledger.Danish:
		return l.dateText(day) + " kl." + hardSpace + clock
	}
	return l.dateText(day) + " at " + clock
}

func (l tongue) moment(t time.Time) template.HTML {
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `">` + l.momentText(t) + `</time>`)
}

// number writes a whole number in groups of three digits.
func (l tongue) number(n int64) string { return l.group(strconv.FormatInt(n, 10)) }

// group puts spaces, points or commas between the thousands of a whole number.
func (l tongue) group(digits string) string {
	sign := ""
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = minus, rest
	}
	var b strings.Builder
	for i, d := range digits {
		if left := len(digits) - i; i > 0 && left%3 == 0 {
			b.WriteString(l.separators().thousands)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

type separators struct{ thousands, decimals string }

func (l tongue) separators() separators {
	switch l.language {
	case ledger.Swedish:
		return separators{hardSpace, ","}
	case ledger.Danish:
		return separators{".", ","}
	}
	return separators{",", "."}
}

// krone is what the people of a country call its own currency.
var krone = map[ledger.Language]struct {
	currency finance.Currency
	name     string
}{
	ledger.Swedish: {"SEK", "kr"},
	ledger.Danish:  {"DKK", "kr."},
}

// money writes an amount with its currency: 12 345,67 kr, 12.345,67 SEK, SEK 12,345.67.
func (l tongue) money(m finance.Money) string {
	text, _, _ := strings.Cut(m.String(), " ")
	whole, fraction, has := strings.Cut(text, ".")
	number := l.group(whole)
	if has {
		number += l.separators().decimals + fraction
	}
	if l.language == ledger.English {
		return string(m.Currency) + hardSpace + number
	}
	if own := krone[l.language]; own.currency == m.Currency {
		return number + hardSpace + own.name
	}
	return number + hardSpace + string(m.Currency)
}

// percent writes a rate: 7,5 %, and 7.5% in English.
func (l tongue) percent(r finance.Rate) string {
	text := r.String()
	whole, fraction, has := strings.Cut(text, ".")
	number := l.group(whole)
	if has {
		number += l.separators().decimals + fraction
	}
	if l.language == ledger.English {
		return number + "%"
	}
	return number + hardSpace + "%"
}
