package rule

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// ID names a rule, such as "SE.reminder". Its versions share it.
type ID string

// Ref names one version of a rule, such as "SE.reminder@3".
type Ref string

// Parts takes a reference apart; version is 0 where it names none.
func (r Ref) Parts() (id ID, version int) {
	name, number, _ := strings.Cut(string(r), "@")
	version, err := strconv.Atoi(number)
	if err != nil {
		return ID(name), 0
	}
	return ID(name), version
}

// Limits of a rule's texts, in characters.
const (
	MaxAssumption = 1000
	MaxOwner      = 100
)

// Rule is one version of a rule. A version never changes: a change makes the next.
type Rule struct {
	ID           ID                   `json:"id"`
	Version      int                  `json:"version"` // from 1
	Kind         Kind                 `json:"kind"`
	Jurisdiction finance.Jurisdiction `json:"jurisdiction"` // of the notes that it is for
	Currency     finance.Currency     `json:"currency"`     // of its amounts
	Owner        Owner                `json:"owner,omitzero"`
	// Assumption is what must be true for the rule to be right, in words.
	Assumption Texts    `json:"assumption"`
	Sources    []Source `json:"sources"`
	// Review is the last day on which it acts by itself. After it somebody must have
	// looked at it and found it right; until then it proposes.
	Review finance.Date     `json:"review"`
	Params map[string]Param `json:"params,omitempty"` // by name; see Kind.Params
	// Ended says that it decides nothing any more.
	Ended bool `json:"ended,omitempty"`
}

// Owner is the person who answers for a rule.
type Owner struct {
	Role string `json:"role"`
	Name string `json:"name"`
}

// Source is where a rule comes from.
type Source struct {
	Text string `json:"text"` // such as "1974:182 par. 5"
	Link string `json:"link,omitempty"`
}

// Param is a figure of a rule, with its bounds: days, minor units or percent, as
// Kind.Params says.
type Param struct {
	Value   int64  `json:"value"`
	AtLeast int64  `json:"at_least,omitempty"`
	AtMost  int64  `json:"at_most,omitempty"` // 0 bounds nothing
	Source  string `json:"source,omitempty"`  // of the bounds
}

// Texts is one text in several languages.
type Texts map[ledger.Language]string

// In gives the text in a language, or else in one that is there: a lead writes an
// assumption in the language of the office.
func (t Texts) In(lang ledger.Language) string {
	for _, l := range []ledger.Language{lang, ledger.English, ledger.Swedish, ledger.Danish} {
		if t[l] != "" {
			return t[l]
		}
	}
	return ""
}

// Ref names this version.
func (r *Rule) Ref() Ref { return Ref(fmt.Sprintf("%s@%d", r.ID, r.Version)) }

// Check says whether the rule is whole and within its bounds. A refusal names the
// field and what it wants.
func (r *Rule) Check() error {
	k, known := kinds[r.Kind]
	switch {
	case r.ID == "" || strings.Contains(string(r.ID), "@"):
		return invalid("id", "a name without @")
	case r.Version < 1:
		return invalid("version", "a number from 1")
	case !known:
		return invalid("kind", "a kind of rule")
	case r.Jurisdiction == "":
		return invalid("jurisdiction", "the law that the notes are under")
	case r.Review.IsZero():
		return invalid("review", "a day")
	case len(r.Sources) == 0:
		return invalid("sources", "where the rule comes from")
	case r.Assumption.In(ledger.Swedish) == "":
		return invalid("assumption", "what the rule takes for granted, in words")
	case utf8.RuneCountInString(r.Owner.Name) > MaxOwner:
		return invalid("owner", "at most "+strconv.Itoa(MaxOwner)+" characters")
	}
	for _, text := range r.Assumption {
		if utf8.RuneCountInString(text) > MaxAssumption {
			return invalid("assumption", "at most "+strconv.Itoa(MaxAssumption)+" characters")
		}
	}
	if len(r.Params) != len(k.params) {
		return invalid("params", "exactly the figures of its kind")
	}
	for _, m := range k.params {
		p, there := r.Params[m.Name]
		switch {
		case !there:
			return invalid("params", m.Name)
		case p.Value < p.AtLeast:
			return invalid(m.Name, "at least "+strconv.FormatInt(p.AtLeast, 10))
		case p.AtMost != 0 && p.Value > p.AtMost:
			return invalid(m.Name, "at most "+strconv.FormatInt(p.AtMost, 10))
		}
	}
	return nil
}

func invalid(field, want string) error {
	return ledger.Refuse(ledger.CodeBodyInvalid, "field", field, "want", want)
}

// Change is what the next version of a rule says otherwise. Zero fields change
// nothing.
type Change struct {
	Values     map[string]int64 `json:"values,omitempty"`
	Owner      Owner            `json:"owner,omitzero"`
	Assumption Texts            `json:"assumption,omitempty"` // replaces it in all languages
	Review     finance.Date     `json:"review,omitzero"`
	Ended      *bool            `json:"ended,omitempty"`
}

// Next gives the version after this one. It refuses what passes a bound, names an
// unknown figure, or changes nothing.
func (r *Rule) Next(c Change) (Rule, error) {
	next := *r
	next.Version++
	next.Params = maps.Clone(r.Params)
	for name, value := range c.Values {
		p, there := next.Params[name]
		if !there {
			return Rule{}, invalid("params", "the figures of the rule")
		}
		p.Value = value
		next.Params[name] = p
	}
	if c.Owner != (Owner{}) {
		next.Owner = c.Owner
	}
	if len(c.Assumption) > 0 {
		next.Assumption = maps.Clone(c.Assumption)
	}
	if !c.Review.IsZero() {
		next.Review = c.Review
	}
	if c.Ended != nil {
		next.Ended = *c.Ended
	}
	if len(Differences(r, &next)) == 0 {
		return Rule{}, invalid("values", "something that changes")
	}
	return next, next.Check()
}

// CostsMore says whether a version may cost borrowers more, or come sooner, than the
// one before it: two people then decide on it.
func CostsMore(before, after *Rule) bool {
	if before.Ended && !after.Ended {
		return true
	}
	return slices.ContainsFunc(kinds[after.Kind].params, func(m Measure) bool {
		was, is := before.Params[m.Name].Value, after.Params[m.Name].Value
		return m.MoreCosts && is > was || !m.MoreCosts && is < was
	})
}

// Differences says in words what one version changed of another.
func Differences(before, after *Rule) []Saying {
	var all []Saying
	add := func(key, from, to string) {
		if from != to {
			all = append(all, Say("rule.changed."+key, "from", orNone(from), "to", orNone(to)))
		}
	}
	for _, m := range kinds[after.Kind].params {
		add(m.Name, m.text(before.Params[m.Name].Value, before.Currency), m.text(after.Params[m.Name].Value, after.Currency))
	}
	add("owner", before.Owner.Name, after.Owner.Name)
	add("review", before.Review.String(), after.Review.String())
	if !maps.Equal(before.Assumption, after.Assumption) {
		all = append(all, Say("rule.changed.assumption"))
	}
	if before.Ended != after.Ended {
		key := "rule.changed.ended"
		if before.Ended {
			key = "rule.changed.resumed"
		}
		all = append(all, Say(key))
	}
	return all
}

// orNone stands for what is empty.
func orNone(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// Does says in a sentence what the rule does.
func (r *Rule) Does() Saying {
	var with []string
	for _, m := range kinds[r.Kind].params {
		with = append(with, m.Name, m.text(r.Params[m.Name].Value, r.Currency))
	}
	return Say("rule.does."+string(r.Kind), with...)
}

func (r *Rule) days(name string) int { return int(r.Params[name].Value) }

func (r *Rule) amount(name string) finance.Amount { return finance.Amount(r.Params[name].Value) }

// AtMostDays bounds how far ahead a rule's next review may be set.
const AtMostDays = 366
