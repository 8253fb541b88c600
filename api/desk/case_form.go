package desk

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// form is the form of an act while it is put together, and read when it comes back:
// each field is added and read in one place, so that none is shown and not read.
type form struct {
	*openCase
	in    url.Values
	sent  bool // it came back, so that what is wrong is said
	parts []view.FormPart
	wrong bool
}

func (f *form) field(p page.Field, fault page.Text) {
	if f.sent && !fault.IsZero() {
		p.Error, f.wrong = fault, true
	}
	f.parts = append(f.parts, view.FormPart{Field: &p})
}

func (f *form) label(name string) page.Text { return page.Say(page.Key("case.field." + name)) }

// amount asks for an amount; it is zero where none was wanted and none is written.
func (f *form) amount(name string, optional bool) finance.Money {
	currency := f.note.Terms.Principal.Currency
	typed := strings.TrimSpace(f.in.Get(name))
	m, ok := site.ReadAmount(typed, currency)
	var fault page.Text
	if !ok && (typed != "" || !optional) {
		fault = page.Say("wants.amount")
	}
	f.field(page.Field{Name: name, Label: f.label(name), Value: typed, Mode: "decimal", Max: site.MaxAmountTyped, Unit: string(currency), Optional: optional}, fault)
	return m
}

// day asks for a day.
func (f *form) day(name string, otherwise finance.Date, optional bool) finance.Date {
	typed := f.in.Get(name)
	if !f.sent && typed == "" && !otherwise.IsZero() {
		typed = otherwise.String()
	}
	d, err := finance.ParseDate(typed)
	var fault page.Text
	if err != nil && (typed != "" || !optional) {
		fault, d = page.Say("wants.date"), finance.Date{}
	}
	f.field(page.Field{Name: name, Label: f.label(name), Value: typed, Type: "date", Optional: optional}, fault)
	return d
}

// maxReference bounds what is written of a bank's or a court's own number.
const maxReference = 64

// text asks for a few words on one line.
func (f *form) text(name string, optional bool) string {
	typed := site.OwnWords(f.in.Get(name))
	var fault page.Text
	switch {
	case typed == "" && !optional:
		fault = page.Say("wants.words")
	case site.TooLong(typed, maxReference):
		fault = page.Say("wants.long", "most", maxReference)
	}
	f.field(page.Field{Name: name, Label: f.label(name), Value: typed, Max: maxReference, Optional: optional}, fault)
	return typed
}

// reason asks why, in words that the borrower may read.
func (f *form) reason(label page.Key) string {
	typed := site.OwnWords(f.in.Get("reason"))
	p := view.Reason(typed, false)
	if label != "" {
		p.Label = page.Say(label)
	}
	var fault page.Text
	switch {
	case typed == "":
		fault = page.Say("wants.words")
	case site.TooLong(typed, view.MaxReason):
		fault = page.Say("wants.long", "most", view.MaxReason)
	}
	f.field(p, fault)
	return typed
}

// choice asks for one of several values, whose words are the name's and the value's.
func (f *form) choice(name string, values ...string) string {
	options := make([]page.Option, len(values))
	for i, value := range values {
		options[i] = page.Option{Value: value, Text: page.Say(page.Key("case." + name + "." + value))}
	}
	return f.choose(name, options)
}

// choose asks for one of several options; where there is only one, it is chosen.
func (f *form) choose(name string, options []page.Option) string {
	typed, found := f.in.Get(name), ""
	for i := range options {
		o := &options[i]
		o.Chosen = o.Value == typed || len(options) == 1
		if o.Chosen {
			found = o.Value
		}
	}
	c := page.Choice{Name: name, Label: f.label(name), Options: options}
	if f.sent && found == "" {
		c.Error, f.wrong = page.Say("case.choose"), true
	}
	f.parts = append(f.parts, view.FormPart{Choice: &c})
	return found
}

// number reads a number that the form carries along.
func (f *form) number(name string) uint64 {
	n, err := strconv.ParseUint(f.in.Get(name), 10, 63)
	if err != nil {
		return 0
	}
	return n
}
