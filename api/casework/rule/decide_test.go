package rule_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func day(text string) finance.Date {
	d, err := finance.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// owned gives Sweden's rule of a kind, with somebody who answers for it.
func owned(t interface{ Fatal(...any) }, kind rule.Kind) *rule.Rule {
	all, err := rule.Defaults()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(r rule.Rule) bool { return r.Kind == kind })
	r := all[i]
	r.Owner = rule.Owner{Role: "lead", Name: "Maria Ek"}
	return &r
}

// late is a note of which an instalment of 1 000 kronor, due on 30 October 2026, a
// Friday, has not been paid on a day.
func late(on string) rule.Facts {
	due := day("2026-10-30")
	return rule.Facts{
		On: day(on), Jurisdiction: finance.Sweden, Currency: "SEK", Status: ledger.StatusActive, Ours: true,
		Total: 8_000_00, Overdue: 1_000_00, LateInterest: 4_50, OldestDue: due, PayBy: due, DaysPastDue: due.DaysTo(day(on)), ReminderFee: 50_00,
	}
}

func with(f rule.Facts, more ...rule.Earlier) rule.Facts {
	f.Earlier = append(f.Earlier, more...)
	return f
}

var (
	reminded = rule.Earlier{Kind: rule.Reminder, On: day("2026-11-04"), PayBy: day("2026-11-14")}
	demanded = rule.Earlier{Kind: rule.Demand, On: day("2026-11-20"), PayBy: day("2026-11-30")}
)

func TestEachRuleWaitsItsTimeAndActsOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  rule.Kind
		facts rule.Facts
		want  rule.Outcome
	}{
		{"four days after the due date no reminder goes out", rule.Reminder, late("2026-11-03"), rule.Nothing},
		{"on the fifth it does", rule.Reminder, late("2026-11-04"), rule.Act},
		{"it does not twice about one instalment", rule.Reminder, with(late("2026-11-05"), reminded), rule.Nothing},
		{"no reminder follows a demand", rule.Reminder, with(late("2026-12-05"), demanded), rule.Nothing},
		{"a fee follows the reminder", rule.ReminderFee, with(late("2026-11-04"), reminded), rule.Act},
		{"no fee comes without a letter", rule.ReminderFee, late("2026-11-04"), rule.Nothing},
		{"no fee follows a letter that a person took back", rule.ReminderFee, with(late("2026-11-05"), rule.Earlier{Kind: rule.Reminder, On: day("2026-11-04"), Settled: true}), rule.Nothing},
		{"a demand waits for a reminder", rule.Demand, late("2027-01-30"), rule.Nothing},
		{"a demand waits until the reminder's time is over", rule.Demand, with(late("2026-11-18"), rule.Earlier{Kind: rule.Reminder, On: day("2026-11-04"), PayBy: day("2026-11-18")}), rule.Nothing},
		{"a demand waits thirteen days more than that", rule.Demand, with(late("2026-11-17"), reminded), rule.Nothing},
		{"and comes on the fourteenth", rule.Demand, with(late("2026-11-18"), reminded), rule.Act},
		{"its fee follows it", rule.DemandFee, with(late("2026-11-20"), reminded, demanded), rule.Act},
		{"late interest is told of", rule.LateInterest, late("2026-11-06"), rule.Act},
		{"nobody is called within the first weeks", rule.Priority, late("2026-11-10"), rule.Nothing},
		{"then somebody is", rule.Priority, late("2026-11-20"), rule.Act},
		{"no plan is broken where none is", rule.BrokenPlan, late("2026-11-20"), rule.Nothing},
		{"all falls due only after the demand's time", rule.Acceleration, with(late("2026-11-30"), demanded), rule.Nothing},
		{"and then a person decides", rule.Acceleration, with(late("2026-12-30"), demanded), rule.Propose},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := owned(t, c.kind)
			got := rule.Decide(r, &c.facts)
			if got.Outcome != c.want {
				t.Errorf("decided %s: %s", got.Outcome, rule.Text(got.Why, ledger.English))
			}
		})
	}
}

func TestWhatALetterNamesFollowsFromTheRule(t *testing.T) {
	facts := late("2026-11-04")
	got := rule.Decide(owned(t, rule.Reminder), &facts)
	if got.PayBy != day("2026-11-14") || got.About != "2026-10-30" || got.Rule != "SE.reminder@1" {
		t.Errorf("decided %+v", got)
	}
	want := "SEK\u00a01,000.00 should have been paid on 30\u00a0October\u00a02026. The time to pay ran out 5 days ago. The rule waits 5 days, which have passed."
	if said := rule.Text(got.Why, ledger.English); said != want {
		t.Errorf("says %q", said)
	}
}

func TestAFeeIsNeverMoreThanWasAgreedNorThanTheRuleAllows(t *testing.T) {
	facts := with(late("2026-11-04"), reminded)
	for _, c := range []struct{ agreed, want finance.Amount }{{50_00, 50_00}, {90_00, 60_00}} {
		facts.ReminderFee = c.agreed
		if got := rule.Decide(owned(t, rule.ReminderFee), &facts); got.Fee != c.want {
			t.Errorf("of %d agreed it charges %d", c.agreed, got.Fee)
		}
	}
	facts.ReminderFee = 0
	if got := rule.Decide(owned(t, rule.ReminderFee), &facts); got.Outcome != rule.Nothing {
		t.Errorf("without an agreement it decided %s", got.Outcome)
	}
}

// acting is each kind with facts on which it acts by itself.
func acting() map[rule.Kind]rule.Facts {
	return map[rule.Kind]rule.Facts{
		rule.Reminder: late("2026-11-04"), rule.ReminderFee: with(late("2026-11-04"), reminded),
		rule.Demand: with(late("2026-11-20"), reminded), rule.DemandFee: with(late("2026-11-20"), reminded, demanded),
		rule.LateInterest: late("2026-11-06"), rule.Priority: late("2026-11-20"),
	}
}

func TestNothingIsDoneWhileAnythingStandsAgainstIt(t *testing.T) {
	reasons := []ledger.Reason{ledger.ReasonGateClosed, ledger.ReasonFrozen, ledger.ReasonDisputed, ledger.ReasonClaimOpen, ledger.ReasonBarred, ledger.ReasonDebtRelief}
	for kind, facts := range acting() {
		r := owned(t, kind)
		if d := rule.Decide(r, &facts); d.Outcome != rule.Act {
			t.Fatalf("%s decided %s to begin with: %s", kind, d.Outcome, rule.Text(d.Why, ledger.English))
		}
		for _, reason := range reasons {
			against := facts
			against.Reasons = []ledger.Reason{reason}
			if d := rule.Decide(r, &against); d.Outcome != rule.Stopped {
				t.Errorf("%s decided %s while %s", kind, d.Outcome, reason)
			}
		}
		for _, hold := range rule.HoldKinds() {
			for _, until := range []finance.Date{{}, facts.On, facts.On.AddDays(30)} {
				held := facts
				held.Holds = []rule.Hold{{Kind: hold, Until: until}}
				if d := rule.Decide(r, &held); d.Outcome != rule.Stopped {
					t.Errorf("%s decided %s while there is %s until %q", kind, d.Outcome, hold, until)
				}
			}
			over := facts
			over.Holds = []rule.Hold{{Kind: hold, Until: facts.On.AddDays(-1)}}
			if d := rule.Decide(r, &over); d.Outcome != rule.Act {
				t.Errorf("%s decided %s after %s was over", kind, d.Outcome, hold)
			}
		}
		for name, change := range map[string]func(*rule.Facts){
			"not ours":           func(f *rule.Facts) { f.Ours = false },
			"frozen":             func(f *rule.Facts) { f.Status = ledger.StatusFrozen },
			"discharged":         func(f *rule.Facts) { f.Status = ledger.StatusDischarged },
			"offered":            func(f *rule.Facts) { f.Status = ledger.StatusOffered },
			"another law":        func(f *rule.Facts) { f.Jurisdiction = finance.Generic },
			"another currency":   func(f *rule.Facts) { f.Currency = "DKK" },
			"nothing is overdue": func(f *rule.Facts) { f.Overdue, f.DaysPastDue, f.OldestDue = 0, 0, finance.Date{} },
		} {
			changed := facts
			change(&changed)
			if d := rule.Decide(r, &changed); d.Outcome != rule.Nothing {
				t.Errorf("%s decided %s of a note that is %s", kind, d.Outcome, name)
			}
		}
	}
}

func TestAPlanStopsDunningAndNotTheTalk(t *testing.T) {
	for kind, facts := range acting() {
		stopped := func(f rule.Facts, want rule.Outcome) {
			t.Helper()
			if kind == rule.Priority {
				want = rule.Act
			}
			if d := rule.Decide(owned(t, kind), &f); d.Outcome != want {
				t.Errorf("%s decided %s", kind, d.Outcome)
			}
		}
		running := facts
		running.PlanRunning = true
		stopped(running, rule.Stopped)
		broken := facts
		broken.PlanBroken = facts.On
		stopped(broken, rule.Stopped)
		stopped(with(broken, rule.Earlier{Kind: rule.BrokenPlan, On: facts.On, Settled: true}), rule.Act)
	}
	broken := late("2026-11-10")
	broken.PlanBroken = day("2026-11-09")
	if d := rule.Decide(owned(t, rule.BrokenPlan), &broken); d.Outcome != rule.Propose {
		t.Errorf("of a broken plan it decided %s", d.Outcome)
	}
}

func TestNothingIsChargedBeyondWhatACreditMayCostNorWhereAPersonHasEndedIt(t *testing.T) {
	for kind, reasons := range map[rule.Kind][]ledger.Reason{
		rule.ReminderFee: {ledger.ReasonCostCap}, rule.DemandFee: {ledger.ReasonCostCap}, rule.LateInterest: {ledger.ReasonCostCap, ledger.ReasonLateFree},
	} {
		for _, reason := range reasons {
			facts := acting()[kind]
			facts.Reasons = []ledger.Reason{reason}
			if d := rule.Decide(owned(t, kind), &facts); d.Outcome != rule.Stopped {
				t.Errorf("%s decided %s in spite of %s", kind, d.Outcome, reason)
			}
		}
	}
}

func TestARuleAsksAPersonWhereNobodyVouchesForIt(t *testing.T) {
	for kind, facts := range acting() {
		for name, doubt := range map[string]func(*rule.Rule, *rule.Facts){
			"nobody owns it":            func(r *rule.Rule, _ *rule.Facts) { r.Owner = rule.Owner{} },
			"its review has passed":     func(r *rule.Rule, f *rule.Facts) { r.Review = f.On.AddDays(-1) },
			"it is stopped":             func(_ *rule.Rule, f *rule.Facts) { f.Stop = &rule.Stop{By: "s1"} },
			"it is stopped until today": func(_ *rule.Rule, f *rule.Facts) { f.Stop = &rule.Stop{By: "s1", Until: f.On} },
		} {
			r, f := owned(t, kind), facts
			doubt(r, &f)
			if d := rule.Decide(r, &f); d.Outcome != rule.Propose {
				t.Errorf("%s decided %s where %s", kind, d.Outcome, name)
			}
		}
		r, f := owned(t, kind), facts
		r.Review = f.On
		f.Stop = &rule.Stop{By: "s1", Until: f.On.AddDays(-1)}
		if d := rule.Decide(r, &f); d.Outcome != rule.Act {
			t.Errorf("%s decided %s on the last day of its review, after a stop", kind, d.Outcome)
		}
		r.Ended = true
		if d := rule.Decide(r, &f); d.Outcome != rule.Nothing {
			t.Errorf("%s decided %s though it has ended", kind, d.Outcome)
		}
	}
}

// anyFacts draws facts of every kind, possible or not.
func anyFacts(t *rapid.T) rule.Facts {
	f := late(day("2026-10-31").AddDays(rapid.IntRange(0, 120).Draw(t, "days")).String())
	f.Overdue = finance.Amount(rapid.Int64Range(0, 8_000_00).Draw(t, "overdue"))
	f.LateInterest = finance.Amount(rapid.Int64Range(0, 500_00).Draw(t, "late interest"))
	f.ReminderFee = finance.Amount(rapid.Int64Range(0, 90_00).Draw(t, "fee"))
	for _, kind := range rapid.SliceOfDistinct(rapid.SampledFrom(rule.Kinds()), rapid.ID[rule.Kind]).Draw(t, "earlier") {
		on := f.OldestDue.AddDays(rapid.IntRange(1, 60).Draw(t, "on"))
		f.Earlier = append(f.Earlier, rule.Earlier{Kind: kind, On: on, PayBy: on.AddDays(10), Settled: rapid.Bool().Draw(t, "settled")})
	}
	for _, kind := range rapid.SliceOfN(rapid.SampledFrom(rule.HoldKinds()), 0, 2).Draw(t, "holds") {
		f.Holds = append(f.Holds, rule.Hold{Kind: kind, Until: f.On.AddDays(rapid.IntRange(-2, 2).Draw(t, "until"))})
	}
	f.PlanRunning = rapid.Bool().Draw(t, "plan")
	f.Reasons = rapid.SliceOfN(rapid.SampledFrom([]ledger.Reason{ledger.ReasonDisputed, ledger.ReasonLateFree, ledger.ReasonBarred}), 0, 1).Draw(t, "reasons")
	return f
}

func TestADecisionFollowsFromWhatIsKeptOfIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := owned(t, rapid.SampledFrom(rule.Kinds()).Draw(t, "kind"))
		r.Review = day("2026-10-31").AddDays(rapid.IntRange(0, 120).Draw(t, "review"))
		facts := anyFacts(t)
		first := rule.Decide(r, &facts)

		var kept struct {
			Rule  rule.Rule
			Facts rule.Facts
		}
		again(t, struct {
			Rule  *rule.Rule
			Facts *rule.Facts
		}{r, &facts}, &kept)
		if second := rule.Decide(&kept.Rule, &kept.Facts); !reflect.DeepEqual(first, second) {
			t.Fatalf("decided %+v and then %+v", first, second)
		}
		for _, s := range first.Why {
			if s.In(ledger.Danish) == s.Key {
				t.Fatalf("there are no words for %s", s.Key)
			}
		}
		if first.Outcome != rule.Act {
			return
		}
		switch held := slices.ContainsFunc(facts.Holds, func(h rule.Hold) bool { return !h.Until.Before(facts.On) }); {
		case held:
			t.Fatal("it acts while there is a hold")
		case r.Review.Before(facts.On):
			t.Fatal("it acts after its review date")
		case r.Kind.Proposes():
			t.Fatal("it acts where only a person may")
		case slices.ContainsFunc(facts.Earlier, func(e rule.Earlier) bool { return e.Kind == r.Kind }):
			t.Fatal("it acts twice about the same")
		}
	})
}

// again reads what was written of a value.
func again(t *rapid.T, value, into any) {
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
