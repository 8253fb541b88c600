package page

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Key names a text of the tables.
type Key string

// Words is one text in Swedish, Danish and English. A place in braces, such as
// {holder}, stands for what the view names so. What is said of one thing and of
// several in different words has two keys, which end in .one and .many (see Count).
type Words [3]string

// In gives the text in a language.
func (w Words) In(lang ledger.Language) string {
	switch lang {
	case ledger.Swedish:
		return w[0]
	case ledger.Danish:
		return w[1]
	}
	return w[2]
}

// Table is the words of a group of pages.
type Table map[Key]Words

// tables are the words that all pages share and those of the borrower's pages.
var tables = []Table{frameWords, componentWords, publicWords, doorWords, verifyWords, storybookWords, noteWords, actWords, accountWords, journalWords, reliefWords, claimWords}

// Shared gives the words that all pages share, for the tests of a site's own.
func Shared() map[string][3]string {
	all := map[string][3]string{}
	for _, t := range tables {
		for key, w := range t {
			all[string(key)] = w
		}
	}
	return all
}

// gather makes one table of several.
func gather(tables []Table) (Table, error) {
	all := Table{}
	for _, t := range tables {
		for key, w := range t {
			if _, twice := all[key]; twice {
				return nil, fmt.Errorf("the words %q stand in two tables", key)
			}
			all[key] = w
		}
	}
	return all, nil
}

// Text is a text of the tables together with what its places stand for: pairs of
// a name and a value. A value is a string, a number, an amount of money, a date, a
// time, a percentage or another Text. A view holds texts and knows no language.
type Text struct {
	Key  Key
	With []any
}

// Say makes a text.
func Say(key Key, with ...any) Text { return Text{key, with} }

// Count makes a text about a number of things. It may name the number as {n}.
func Count(key Key, n int, with ...any) Text {
	form := key + ".many"
	if n == 1 {
		form = key + ".one"
	}
	return Text{form, append([]any{"n", n}, with...)}
}

// Verbatim makes a text of somebody's own words, which is the same in every language.
func Verbatim(text string) Text { return Text{"verbatim", []any{"text", text}} }

// IsZero says that there is no text.
func (t Text) IsZero() bool { return t.Key == "" }

// html writes a text. What the view names is escaped; dates and times become
// elements that a program can read.
func (l tongue) html(t Text) (template.HTML, error) {
	return l.fill(t, func(v any) (string, error) {
		switch v := v.(type) {
		case template.HTML:
			return string(v), nil
		case Text:
			inner, err := l.html(v)
			return string(inner), err
		case finance.Date:
			return string(l.date(v)), nil
		case time.Time:
			return string(l.moment(v)), nil
		}
		text, err := l.value(v)
		return template.HTMLEscapeString(text), err
	}, template.HTMLEscapeString)
}

// plain writes a text without any mark-up, for a title or an attribute. It is not
// escaped.
func (l tongue) plain(t Text) (string, error) {
	filled, err := l.fill(t, l.value, func(s string) string { return s })
	return string(filled), err
}

func (l tongue) fill(t Text, write func(any) (string, error), escape func(string) string) (template.HTML, error) {
	entry, known := l.words[t.Key]
	if !known {
		return "", fmt.Errorf("writing a page: there are no words for %q", t.Key)
	}
	if len(t.With)%2 != 0 {
		return "", fmt.Errorf("writing the text %q: a name without a value", t.Key)
	}
	text := escape(entry.In(l.language))
	var pairs []string
	for i := 0; i < len(t.With); i += 2 {
		name, ok := t.With[i].(string)
		if !ok {
			return "", fmt.Errorf("writing the text %q: %v is no name of a place", t.Key, t.With[i])
		}
		value, err := write(t.With[i+1])
		if err != nil {
			return "", fmt.Errorf("writing the text %q: %w", t.Key, err)
		}
		pairs = append(pairs, "{"+name+"}", value)
	}
	// One pass, so that what somebody wrote into a value is never taken for a place.
	return template.HTML(strings.NewReplacer(pairs...).Replace(text)), nil
}

// value writes what stands in a place, without mark-up.
func (l tongue) value(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int:
		return l.number(int64(v)), nil
	case finance.Money:
		return l.money(v), nil
	case finance.Date:
		return l.dateText(v), nil
	case finance.Rate:
		return l.percent(v), nil
	case time.Time:
		return l.momentText(v), nil
	case Text:
		return l.plain(v)
	case template.HTML:
		return "", fmt.Errorf("mark-up where there can be none")
	}
	return "", fmt.Errorf("%T has no form in words", v)
}
