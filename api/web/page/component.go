package page

import (
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// The types in this file are the inputs of the components in
// templates/components.html, one for one and by the same names.

// Tone says how a status is meant. Its colour and its sign come with words, never alone.
type Tone string

// The tones.
const (
	ToneCalm      Tone = "calm"
	ToneAttention Tone = "attention"
	ToneStop      Tone = "stop"
	ToneDone      Tone = "done"
)

// Status is where something stands, in a sentence.
type Status struct {
	Tone Tone
	Text Text
	More Text // what it means, if it needs saying
}

// HumanCard is a person to call. No page is without one.
type HumanCard struct {
	Company string
	Name    string // of the person; "" where only a desk is named
	Part    Text   // what they are to the reader
	Licence string
	Phone   string
	Hours   string
	Email   string
	Address string // in lines
	Call    string // address of the page that asks to be called back; "" where there is none
}

// IsZero says that nobody is named.
func (h HumanCard) IsZero() bool { return h.Phone == "" && h.Email == "" && h.Company == "" }

// Who is the person, or the company where no person is named.
func (h HumanCard) Who() string {
	if h.Name != "" {
		return h.Name
	}
	return h.Company
}

// maxInitials is how many letters stand for a name.
const maxInitials = 2

// Initials gives the letters that stand in the place of a face.
func (h HumanCard) Initials() string {
	var b strings.Builder
	words := strings.Fields(h.Who())
	if len(words) > maxInitials {
		words = []string{words[0], words[len(words)-1]}
	}
	for _, word := range words {
		r, _ := utf8.DecodeRuneInString(word)
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// Dial is the address that calls the number: tel: and its digits (RFC 3966), which
// is all that it can hold.
func (h HumanCard) Dial() template.URL {
	var b strings.Builder
	for _, r := range h.Phone {
		if r >= '0' && r <= '9' || r == '+' && b.Len() == 0 {
			b.WriteRune(r)
		}
	}
	return template.URL("tel:" + b.String())
}

// AddressLines gives the address line by line.
func (h HumanCard) AddressLines() []string {
	var lines []string
	for line := range strings.Lines(h.Address) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Field is one thing that a form asks for.
type Field struct {
	Name         string // of the form's value, and the element's id
	Label        Text
	Hint         Text
	Error        Text // what is wrong with what was written
	Value        string
	Type         string // of the input; text where empty
	Autocomplete string // what the browser may fill in (WCAG 2.2, 1.3.5)
	Mode         string // the keyboard that a telephone shows
	Max          int    // characters
	Rows         int    // more than one makes it a field of several lines
	Accept       string // the files to choose among
	Optional     bool
	Unit         string // that stands after it, such as the currency
	Spelled      bool   // letters and digits one by one, like a code
}

// Describes gives the ids of what describes the field, for who hears the page.
func (f Field) Describes() string {
	var ids []string
	if !f.Hint.IsZero() {
		ids = append(ids, f.Name+"-hint")
	}
	if !f.Error.IsZero() {
		ids = append(ids, f.Name+"-error")
	}
	return strings.Join(ids, " ")
}

// Choice is one thing out of several.
type Choice struct {
	Name    string
	Label   Text
	Hint    Text
	Error   Text
	Options []Option
}

// Option is one of the things to choose from.
type Option struct {
	Value  string
	Text   Text
	Hint   Text
	Chosen bool
}

// ErrorSummary says at the top of a form what is wrong below, with a way to it.
type ErrorSummary struct{ Faults []Fault }

// Fault is one thing that is wrong, at a field.
type Fault struct {
	Field string
	Text  Text
}

// Summary gathers the faults of fields.
func Summary(fields ...Field) ErrorSummary {
	var s ErrorSummary
	for _, f := range fields {
		if !f.Error.IsZero() {
			s.Faults = append(s.Faults, Fault{f.Name, f.Error})
		}
	}
	return s
}

// Pair is a term and what is said of it.
type Pair struct{ Term, Value Text }

// CheckAnswers shows once more what will happen before the one button that does it.
type CheckAnswers struct {
	Pairs []Pair
	Then  Text // what happens next
}

// Line is an amount that opens to how it came about.
type Line struct {
	Text   Text
	Amount finance.Money
	Parts  []LinePart
}

// LinePart is one part of a line's explanation.
type LinePart struct {
	Text   Text
	Amount finance.Money
	Source Source
}

// Source is the rule behind a number, with where to read it.
type Source struct{ Name, Href string }

// Event is one thing that happened, in a Timeline or a Chain.
type Event struct {
	On   finance.Date
	Text Text
	More Text
	Link Link
}

// Timeline is what happened, in order.
type Timeline struct{ Events []Event }

// Holding is one holder of a note in a Chain.
type Holding struct {
	Holder  string
	Since   finance.Date
	Notice  finance.Date // the day on which the borrower was told; none where it was not
	Current bool
	Says    Text // in the place of whether the borrower was told
}

// Chain is the holders of a note so far, the first one first.
type Chain struct{ Holders []Holding }

// Progress is how far something has come.
type Progress struct {
	Text        Text
	Done, Total int
}

// Proof says what is proven, by whom and as of when.
type Proof struct {
	Proven   []Text
	Unproven []Text
	Download Link
	Readable Link // the same file, inside of a page for people
	Verify   Link
}

// Empty says what would be in a place and how it gets there.
type Empty struct {
	Text Text
	Link Link
}
