package rule_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestEveryKindHasARuleThatSaysWhereItComesFrom(t *testing.T) {
	all, err := rule.Defaults()
	if err != nil {
		t.Fatal(err)
	}
	found := map[rule.Kind]bool{}
	for _, r := range all {
		found[r.Kind] = true
		for _, lang := range ledger.Languages() {
			if r.Assumption[lang] == "" {
				t.Errorf("%s has no assumption in %s", r.ID, lang)
			}
		}
		for _, s := range r.Sources {
			if s.Text == "" || !strings.HasPrefix(s.Link, "https://") {
				t.Errorf("%s has the source %+v", r.ID, s)
			}
		}
		if r.Owner != (rule.Owner{}) {
			t.Errorf("%s has an owner before anybody took it", r.ID)
		}
	}
	for _, k := range rule.Kinds() {
		if !found[k] {
			t.Errorf("no rule is of the kind %s", k)
		}
	}
}

func TestAnotherCountryIsAnotherFile(t *testing.T) {
	all, err := rule.Parse([]byte(`[{"id":"DK.reminder","version":1,"kind":"reminder","jurisdiction":"DK","currency":"DKK",
		"owner":{"role":"lead","name":"Mette Holm"},"assumption":{"da":"Banken skal bruge nogle dage."},
		"sources":[{"text":"Inkassoloven § 10"}],"review":"2027-06-30",
		"params":{"after_days":{"value":10,"at_least":10},"pay_days":{"value":10,"at_least":10},"least":{"value":5000}}}]`))
	if err != nil {
		t.Fatal(err)
	}
	facts := late("2026-11-09")
	facts.Jurisdiction, facts.Currency = "DK", "DKK"
	if d := rule.Decide(&all[0], &facts); d.Outcome != rule.Act {
		t.Errorf("decided %s", d.Outcome)
	}
}

func TestAFileOfRulesIsRefusedWhereItIsNotWhole(t *testing.T) {
	whole := `{"id":"X","version":1,"kind":"reminder_fee","jurisdiction":"SE","currency":"SEK","assumption":{"sv":"a"},"sources":[{"text":"s"}],"review":"2027-06-30","params":{"fee":{"value":6000,"at_most":6000}}}`
	for name, change := range map[string][2]string{
		"another kind":       {`"reminder_fee"`, `"gift"`},
		"no source":          {`[{"text":"s"}]`, `[]`},
		"no assumption":      {`{"sv":"a"}`, `{}`},
		"no review":          {`"review":"2027-06-30",`, ``},
		"above its bound":    {`"value":6000`, `"value":6001`},
		"without its figure": {`{"fee":{"value":6000,"at_most":6000}}`, `{}`},
		"an unknown field":   {`"version":1`, `"version":1,"speed":9`},
		"a name with @":      {`"id":"X"`, `"id":"X@1"`},
		"no version":         {`"version":1`, `"version":0`},
	} {
		text := strings.Replace(whole, change[0], change[1], 1)
		if text == whole {
			t.Fatalf("%s changes nothing", name)
		}
		if _, err := rule.Parse([]byte("[" + text + "]")); err == nil {
			t.Errorf("a rule with %s was taken", name)
		}
	}
	if _, err := rule.Parse([]byte("[" + whole + "," + whole + "]")); err == nil {
		t.Error("the same rule was taken twice")
	}
	if _, err := rule.Parse([]byte("[" + whole + "]")); err != nil {
		t.Error(err)
	}
}

func TestAChangeMakesTheNextVersionWithinTheBoundsOfTheLaw(t *testing.T) {
	r := owned(t, rule.Demand)
	next, err := r.Next(rule.Change{Values: map[string]int64{"pay_days": 20}})
	if err != nil {
		t.Fatal(err)
	}
	if next.Version != 2 || next.Params["pay_days"].Value != 20 || r.Params["pay_days"].Value != 10 {
		t.Errorf("it became %+v from %+v", next, r)
	}
	for name, c := range map[string]rule.Change{
		"less time than the law gives": {Values: map[string]int64{"pay_days": 7}},
		"an unknown figure":            {Values: map[string]int64{"fee": 1}},
		"nothing":                      {},
		"what it says already":         {Values: map[string]int64{"pay_days": 10}},
		"an endless assumption":        {Assumption: rule.Texts{ledger.Swedish: strings.Repeat("a", rule.MaxAssumption+1)}},
	} {
		_, err := r.Next(c)
		if refusal := new(ledger.Error); !errors.As(err, &refusal) || refusal.Code != ledger.CodeBodyInvalid {
			t.Errorf("a change to %s gave %v", name, err)
		}
	}
}

func TestWhatMayCostBorrowersMoreIsKnown(t *testing.T) {
	yes := true
	for _, c := range []struct {
		name   string
		kind   rule.Kind
		change rule.Change
		want   bool
	}{
		{"a higher fee", rule.DemandFee, rule.Change{Values: map[string]int64{"fee": 180_00}}, true},
		{"a lower fee", rule.DemandFee, rule.Change{Values: map[string]int64{"fee": 100_00}}, false},
		{"a shorter wait", rule.Demand, rule.Change{Values: map[string]int64{"after_days": 10}}, true},
		{"a longer wait", rule.Demand, rule.Change{Values: map[string]int64{"after_days": 30}}, false},
		{"smaller amounts", rule.Demand, rule.Change{Values: map[string]int64{"least": 1}}, true},
		{"another day of review", rule.Demand, rule.Change{Review: day("2027-12-31")}, false},
		{"an end", rule.Demand, rule.Change{Ended: &yes}, false},
	} {
		r := owned(t, c.kind)
		if c.kind == rule.DemandFee {
			p := r.Params["fee"]
			p.Value = 150_00
			r.Params["fee"] = p
		}
		next, err := r.Next(c.change)
		if err != nil {
			t.Fatal(err)
		}
		if got := rule.CostsMore(r, &next); got != c.want {
			t.Errorf("%s: costs more is %t", c.name, got)
		}
		if c.change.Ended != nil && !rule.CostsMore(&next, r) {
			t.Error("a rule that is taken up again costs more, and it does not say so")
		}
	}
}

// leftover finds places that nothing stands in for.
var leftover = regexp.MustCompile(`[{}]`)

func TestEverythingIsSaidInThreeLanguages(t *testing.T) {
	var all []rule.Saying
	rules, err := rule.Defaults()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		all = append(all, rule.Say("rule.kind."+string(r.Kind)), rule.Say("rule.override."+string(r.Kind)), r.Does())
		d := rule.Decision{Kind: r.Kind, Fee: 50_00, PayBy: day("2026-11-14")}
		all = append(all, d.Effect("SEK"))
		for _, m := range r.Kind.Measures() {
			all = append(all, rule.Say("rule.param."+m.Name), rule.Say("rule.changed."+m.Name, "from", "1", "to", "2"))
		}
	}
	for _, key := range []string{"owner", "review"} {
		all = append(all, rule.Say("rule.changed."+key, "from", "1", "to", "2"))
	}
	for _, key := range []string{"changed.assumption", "changed.ended", "changed.resumed", "doubt.person", "doubt.owner", "doubt.stopped", "doubt.means", "doubt.refused"} {
		all = append(all, rule.Say("rule."+key))
	}
	for _, h := range rule.HoldKinds() {
		all = append(all, rule.Say("rule.hold."+string(h)))
	}
	for _, r := range []ledger.Reason{ledger.ReasonGateClosed, ledger.ReasonFrozen, ledger.ReasonDisputed, ledger.ReasonClaimOpen, ledger.ReasonBarred, ledger.ReasonPlan, ledger.ReasonLateFree, ledger.ReasonDebtRelief, ledger.ReasonCostCap, "plan-broken"} {
		all = append(all, rule.Say("rule.against."+string(r)))
	}
	for kind, facts := range acting() {
		r := owned(t, kind)
		r.Review = day("2026-01-01")
		facts.Holds = []rule.Hold{{Kind: rule.HoldFlag, Until: facts.On}}
		all = append(all, rule.Decide(r, &facts).Why...)
		facts.Holds = nil
		all = append(all, rule.Decide(r, &facts).Why...)
		facts.Overdue, facts.LateInterest, facts.ReminderFee = 1, 0, 0
		all = append(all, rule.Decide(r, &facts).Why...)
	}
	for _, s := range all {
		said := map[string]bool{}
		for _, lang := range ledger.Languages() {
			text := s.In(lang)
			if text == s.Key || text == "" {
				t.Errorf("nothing is said for %s in %s", s.Key, lang)
			}
			if leftover.MatchString(text) {
				t.Errorf("%s in %s says %q", s.Key, lang, text)
			}
			said[text] = true
		}
		if len(said) == 1 {
			t.Errorf("%s is said once: %q", s.Key, s.In(ledger.English))
		}
	}
}

func TestWhatStandsInAPlaceIsWrittenAsTheLanguageDoes(t *testing.T) {
	s := rule.Say("rule.why.overdue", "amount", finance.Money{Amount: 1_000_00, Currency: "SEK"}.String(), "due", "2026-10-30")
	want := "1\u00a0000,00\u00a0kr skulle ha betalats den 30\u00a0oktober\u00a02026."
	if got := s.In(ledger.Swedish); got != want {
		t.Errorf("says %q", got)
	}
}
