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
	charged, before := page.Say("lines.charged", "date", f.Explained.CountedTo), p.Charged
	if p.Kind == ledger.PartPrincipal {
		charged = page.Say("lines.issued")
	}
	fees := charges(f, p.Kind)
	for _, c := range fees {
		before -= c.Amount
	}
	add(charged, before, page.Source{})
	for _, c := range fees {
		add(page.Say(page.Key("lines.charge."+c.Kind), "date", c.On), c.Amount, sourceOf(c.Rule, lawOf(c.Rule)))
	}
	add(page.Say("lines.paid"), -p.Paid, page.Source{})
	forgiven := p.Forgiven
	for _, r := range f.State.Reliefs {
		// What was taken off of interest that turned out not to be owed was not.
		if r.Part == p.Kind && r.Amount <= forgiven {
			add(page.Say("lines.relief", "date", r.On, "reason", r.Reason), -r.Amount, page.Source{})
			forgiven -= r.Amount
		}
	}
	add(page.Say("lines.forgiven"), -forgiven, page.Source{})
	for _, l := range p.Lines {
		law, announced, _ := strings.Cut(l.Source, sourceOfRate)
		key := page.Key("lines.law")
		switch {
		case l.Rule == agreedRule:
			key = "lines.agreed"
		case f.Summary.Costs != nil && l.Rule == f.Summary.Costs.Rule:
			key = "lines.capped"
		}
		text := page.Count(key, l.Days, "from", l.From, "to", l.To.AddDays(-1), "base", amount(f, l.Base), "rate", l.Rate, "announced", announced)
		add(text, finance.RoundMicro(l.Micro), sourceOf(l.Rule, law))
	}
	add(page.Say("lines.rounding"), p.Owed-shown, page.Source{})
	return parts
}

// charges gives the fees that a part of the debt is made of: none but costs have any.
func charges(f *facts.Note, kind ledger.PartKind) []ledger.Charge {
	if kind != ledger.PartCosts {
		return nil
	}
	return f.State.Charges
}

// lawOf gives where a dated rule can be read.
func lawOf(rule string) string {
	for _, r := range finance.DatedRules() {
		if r.ID == rule {
			return r.Source
		}
	}
	return ""
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

// Reasons say why something is not counted, or not asked for, and how much the credit
// may cost.
func Reasons(f *facts.Note) []page.Text {
	var all []page.Text
	if slices.Contains(f.Summary.Reasons, ledger.ReasonGateClosed) {
		all = append(all, page.Say("lines.gate"))
	}
	if until := f.State.LateFree; slices.Contains(f.Summary.Reasons, ledger.ReasonLateFree) && until != nil {
		all = append(all, page.Say("lines.late_free", "until", until.Until))
	}
	if d := f.State.DebtRelief; d != nil {
		all = append(all, page.Say("lines.debt_relief", "from", d.OpenedOn, "decision", d.Decision))
	}
	if costs := f.Summary.Costs; costs != nil {
		all = append(all, page.Say("lines.meter", "charged", amount(f, costs.Charged), "limit", amount(f, costs.Limit)))
	}
	if slices.Contains(f.Summary.Reasons, ledger.ReasonCostCap) {
		all = append(all, page.Say("lines.cost_cap"))
	}
	if last := f.Summary.Interrupted; !f.Summary.BarredAfter.IsZero() && f.Situation != facts.Barred {
		all = append(all, page.Say(page.Key("limitation."+last.Kind), "date", last.On, "until", f.Summary.BarredAfter))
	}
	for _, m := range f.Explained.Missing {
		all = append(all, page.Say("lines.missing", "from", m.From))
	}
	return all
}
