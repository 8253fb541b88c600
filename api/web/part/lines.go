package part

import (
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Lines explain what is left, part by part. A part that nothing was ever charged of
// has no line.
func Lines(f *facts.Note) []page.Line {
	var all []page.Line
	for _, p := range slices.Backward(f.Explained.Parts) {
		if p.Charged == 0 && p.Owed == 0 && len(p.Lines) == 0 {
			continue
		}
		all = append(all, page.Line{Text: page.Say(page.Key("lines." + p.Kind)), Amount: amount(f, p.Owed), Parts: parts(f, p)})
	}
	return all
}

func amount(f *facts.Note, a finance.Amount) finance.Money {
	return finance.Money{Amount: a, Currency: f.State.Terms.Principal.Currency}
}

// parts say how one part of the debt came about. What rounding makes of fractions
// of the smallest coin has a line of its own, so that the lines add up.
func parts(f *facts.Note, p ledger.ExplainedPart) []page.LinePart {
	var parts []page.LinePart
	shown := finance.Amount(0)
	add := func(text page.Text, a finance.Amount, source page.Source) {
		if a != 0 {
			parts = append(parts, page.LinePart{Text: text, Amount: amount(f, a), Source: source})
			shown += a
		}
	}
	charged := page.Say("lines.charged", "date", f.Explained.CountedTo)
	if p.Kind == ledger.PartPrincipal {
		charged = page.Say("lines.issued")
	}
	add(charged, p.Charged, page.Source{})
	add(page.Say("lines.paid"), -p.Paid, page.Source{})
	add(page.Say("lines.forgiven"), -p.Forgiven, page.Source{})
	for _, l := range p.Lines {
		law, announced, _ := strings.Cut(l.Source, sourceOfRate)
		key := page.Key("lines.law")
		if l.Rule == agreedRule {
			key = "lines.agreed"
		}
		text := page.Count(key, l.Days, "from", l.From, "to", l.To.AddDays(-1), "base", amount(f, l.Base), "rate", l.Rate, "announced", announced)
		add(text, finance.RoundMicro(l.Micro), sourceOf(l.Rule, law))
	}
	add(page.Say("lines.rounding"), p.Owed-shown, page.Source{})
	return parts
}

const (
	// agreedRule is what a line of interest names where the note itself is the rule.
	agreedRule = "agreed"
	// sourceOfRate parts, in the source of a line, the law from where its reference
	// rate was announced.
	sourceOfRate = "; reference rate "
)

// sourceOf gives where the rule of a line can be read. Rules of law are named after
// their statute and its paragraph (see finance.DatedRules): SE-1975:635-6.
func sourceOf(rule, law string) page.Source {
	if rule == agreedRule {
		return page.Source{}
	}
	s := page.Source{Name: strings.ReplaceAll(law, " par. ", " § ")}
	if parts := strings.Split(rule, "-"); len(parts) > 2 && parts[0] == "SE" {
		s.Href = "https://lagen.nu/" + parts[1] + "#P" + strings.ToUpper(parts[2])
	}
	return s
}

// Reasons say why something is not counted, or not asked for.
func Reasons(f *facts.Note) []page.Text {
	var all []page.Text
	if slices.Contains(f.Summary.Reasons, ledger.ReasonGateClosed) {
		all = append(all, page.Say("lines.gate"))
	}
	for _, m := range f.Explained.Missing {
		all = append(all, page.Say("lines.missing", "from", m.From))
	}
	return all
}
