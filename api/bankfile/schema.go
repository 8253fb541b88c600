package bankfile

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// schema is a type of ISO 20022: a sequence or a choice of elements, or a value. It is
// what an XML Schema says of it, by hand, since no engine for those is at hand: the
// parts that a payment stands in are complete, with order, number, data types and
// lengths; the others must be in their place and well-formed, and are passed over.
type schema struct {
	kids   []child
	choice bool
	any    bool // passed over
	value  func(string) bool
	want   string // describes a value
	money  bool   // has a currency as attribute
	trims  bool   // spaces around the value say nothing
}

// child is an element of a complex type.
type child struct {
	name     string
	min, max int
	*schema
}

const unbounded = math.MaxInt

func one(name string, s *schema) child            { return child{name, 1, 1, s} }
func opt(name string, s *schema) child            { return child{name, 0, 1, s} }
func many(name string, s *schema) child           { return child{name, 0, unbounded, s} }
func some(name string, s *schema) child           { return child{name, 1, unbounded, s} }
func upTo(n int, name string, s *schema) child    { return child{name, 0, n, s} }
func sequence(kids ...child) *schema              { return &schema{kids: kids} }
func choice(kids ...child) *schema                { return &schema{kids: kids, choice: true} }
func exactly(want string, fits ...string) *schema { return coded(want, fits) }

// passed gives elements, in this order, whose contents say nothing of a payment.
func passed(names ...string) []child {
	var all []child
	for _, name := range names {
		max := 1
		if trimmed, ok := strings.CutSuffix(name, "*"); ok {
			name, max = trimmed, unbounded
		}
		all = append(all, child{name, 0, max, &schema{any: true}})
	}
	return all
}

// find gives the place of an element at or after one; -1 where it may not be there.
func (s *schema) find(name string, at int) int {
	for i, k := range s.kids {
		if k.name == name && i >= at {
			return i
		}
	}
	return -1
}

// missing names an element that must stand between two places and does not, given
// how many there are of the first.
func (s *schema) missing(from, to, count int) string {
	if s.choice {
		return ""
	}
	for i := from; i < to; i++ {
		if count < s.kids[i].min {
			return s.kids[i].name
		}
		count = 0
	}
	return ""
}

// expected lists what may stand at a place.
func (s *schema) expected(at, count int) string {
	var names []string
	for i := at; i < len(s.kids); i++ {
		if i > at || count < s.kids[i].max {
			names = append(names, s.kids[i].name)
		}
		if !s.choice && s.kids[i].min > 0 && (i > at || count == 0) {
			break
		}
	}
	return strings.Join(names, ", ")
}

// The types of values.

func text(max int) *schema {
	return &schema{want: fmt.Sprintf("1 to %d characters", max), value: func(s string) bool {
		n := utf8.RuneCountInString(s)
		return n >= 1 && n <= max
	}}
}

func pattern(want string, fits func(string) bool) *schema {
	return &schema{want: want, value: fits, trims: true}
}

func coded(want string, codes []string) *schema {
	return pattern(want, func(s string) bool {
		for _, c := range codes {
			if s == c {
				return true
			}
		}
		return false
	})
}

func digits(max int) *schema {
	return pattern(fmt.Sprintf("1 to %d digits", max), func(s string) bool { return len(s) <= max && isDigits(s) })
}

const (
	totalDigits    = 18
	amountDecimals = 5
	sumDecimals    = 17
)

func number(decimals int, signed bool) *schema {
	return pattern(fmt.Sprintf("a number with at most %d decimals", decimals), func(s string) bool {
		d, ok := parseDecimal(s)
		return ok && (signed || !d.negative) && len(d.fraction) <= decimals && len(d.whole)+len(d.fraction) <= totalDigits
	})
}

func amount() *schema {
	s := number(amountDecimals, false)
	s.money = true
	return s
}

// isCurrency says whether a text has the form of a currency (ISO 4217).
func isCurrency(s string) bool { return len(s) == 3 && strings.Trim(s, capitals) == "" }

const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func currency() *schema { return pattern("three capital letters", isCurrency) }
func date() *schema {
	return pattern("a date", func(s string) bool { _, ok := parseDate(s, false); return ok })
}

func dateTime() *schema {
	return pattern("a date and time", func(s string) bool { _, ok := parseDate(s, true); return ok })
}

func truth() *schema     { return exactly("true or false", "true", "false", "1", "0") }
func direction() *schema { return exactly("CRDT or DBIT", "CRDT", "DBIT") }

func iban() *schema {
	return pattern("an IBAN", func(s string) bool {
		const shortest, longest, head = 5, 34, 4
		if len(s) < shortest || len(s) > longest || strings.Trim(s[:2], capitals) != "" || !isDigits(s[2:head]) {
			return false
		}
		for i := head; i < len(s); i++ {
			if c := s[i]; !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
				return false
			}
		}
		return true
	})
}

// decimalText is a number without the zeros that say nothing.
type decimalText struct {
	negative        bool
	whole, fraction string
}

// parseDecimal reads an xs:decimal.
func parseDecimal(s string) (decimalText, bool) {
	var d decimalText
	switch {
	case strings.HasPrefix(s, "-"):
		s, d.negative = s[1:], true
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if whole+fraction == "" || whole != "" && !isDigits(whole) || fraction != "" && !isDigits(fraction) {
		return d, false
	}
	d.whole, d.fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	return d, true
}

const (
	dayLength  = len("2006-01-02")
	timeLength = len("T15:04:05")
	zoneLength = len("+01:00")
)

// parseDate reads an xs:date, or the day of an xs:dateTime as its writer counted days.
func parseDate(s string, withTime bool) (finance.Date, bool) {
	if len(s) < dayLength {
		return finance.Date{}, false
	}
	day, err := finance.ParseDate(s[:dayLength])
	if err != nil {
		return finance.Date{}, false
	}
	rest := s[dayLength:]
	if withTime {
		if len(rest) < timeLength || !isShape(rest[:timeLength], "T##:##:##") {
			return finance.Date{}, false
		}
		rest = rest[timeLength:]
		if strings.HasPrefix(rest, ".") {
			fraction := rest[1:]
			rest = strings.TrimLeft(fraction, "0123456789")
			if len(rest) == len(fraction) {
				return finance.Date{}, false
			}
		}
	}
	zoned := len(rest) == zoneLength && (isShape(rest, "+##:##") || isShape(rest, "-##:##"))
	return day, rest == "" || rest == "Z" || zoned
}

// isShape says whether a text is of a shape in which # is a digit.
func isShape(s, shape string) bool {
	for i := range len(shape) {
		if shape[i] == '#' && (s[i] < '0' || s[i] > '9') || shape[i] != '#' && s[i] != shape[i] {
			return false
		}
	}
	return len(s) == len(shape)
}
