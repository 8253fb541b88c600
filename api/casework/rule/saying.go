package rule

import (
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Saying is a sentence about a rule or a decision: its key in the table of words, and
// pairs of a name and a value for the places in it. Values stand as the ledger writes
// them (2026-11-21, 60.00 SEK, 14), so that a decision that is kept can be said in
// any language.
type Saying struct {
	Key  string   `json:"key"`
	With []string `json:"with,omitempty"`
}

// Say makes a saying.
func Say(key string, with ...string) Saying { return Saying{key, with} }

// Count makes a saying about a number of things, which it may name as {n}. Its key
// ends in .one or .many.
func Count(key string, n int) Saying {
	form := key + ".many"
	if n == 1 {
		form = key + ".one"
	}
	return Say(form, "n", strconv.Itoa(n))
}

// In says it in a language. What the table does not know is said as its key.
func (s Saying) In(lang ledger.Language) string {
	w, known := words[s.Key]
	if !known {
		return s.Key
	}
	pairs := make([]string, 0, len(s.With))
	for i := 0; i+1 < len(s.With); i += 2 {
		pairs = append(pairs, "{"+s.With[i]+"}", valueIn(lang, s.With[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(w.in(lang))
}

// Text says several, one after the other, in a language.
func Text(all []Saying, lang ledger.Language) string {
	said := make([]string, len(all))
	for i, s := range all {
		said[i] = s.In(lang)
	}
	return strings.Join(said, " ")
}

// InAll says several in every language.
func InAll(all ...Saying) map[ledger.Language]string {
	said := map[ledger.Language]string{}
	for _, lang := range ledger.Languages() {
		said[lang] = Text(all, lang)
	}
	return said
}

// valueIn writes what stands in a place.
func valueIn(lang ledger.Language, value string) string {
	if day, err := finance.ParseDate(value); err == nil {
		return lang.Date(day)
	}
	if number, currency, two := strings.Cut(value, " "); two {
		if m, err := finance.ParseMoney(number, currency); err == nil {
			return lang.Money(m)
		}
	}
	return value
}
