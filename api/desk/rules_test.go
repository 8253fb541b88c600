package desk_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// newRules has a desk with the rules that a company begins with, and a decision of
// each kind in each state.
func newRules(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	if err := w.desk.BeginRules(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, kind := range rule.Kinds() {
		for _, state := range []casebook.DecisionState{
			casebook.DecisionWaiting, casebook.DecisionDone, casebook.DecisionProposed, casebook.DecisionAccepted,
			casebook.DecisionDeclined, casebook.DecisionOverridden, casebook.DecisionLapsed,
		} {
			w.decide(kind, state)
		}
	}
	return w
}

// decide keeps a decision, as if a rule had made it of a note.
func (w *world) decide(kind rule.Kind, state casebook.DecisionState) {
	w.Helper()
	rules, err := w.desk.Rules(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	due := finance.DateOf(w.Now()).AddDays(-20)
	facts := rule.Facts{
		On: finance.DateOf(w.Now()), Jurisdiction: finance.Sweden, Currency: "SEK", Status: ledger.StatusActive, Ours: true,
		Total: 8_000_00, Overdue: 1_000_00, LateInterest: 4_50, OldestDue: due, PayBy: due, DaysPastDue: 20, ReminderFee: 60_00,
	}
	for i := range rules {
		if rules[i].Kind != kind {
			continue
		}
		made := casework.Made{Decision: rule.Decide(&rules[i], &facts), Facts: facts}
		body, err := json.Marshal(made)
		if err != nil {
			w.Fatal(err)
		}
		d := casebook.Decision{
			ID: string(kind) + "-" + string(state), Rule: string(rules[i].ID), Version: 1, Kind: string(kind), Note: "n1", About: due.String(),
			Day: facts.On.String(), Body: body, State: state, At: w.Now(),
		}
		if _, err := w.desk.Book.AddDecision(w.Context(), d); err != nil {
			w.Fatal(err)
		}
	}
}

func TestEveryPageOfRulesIsSound(t *testing.T) {
	t.Parallel()
	w := newRules(t)
	lead, auditor := w.staff("Lea", casework.Lead), w.staff("Aud", casework.Auditor)
	paths := []string{"/desk/rules", "/desk/rules/proposals", "/desk/rules/SE.demand", "/desk/rules/SE.late-interest"}
	for _, kind := range rule.Kinds() {
		paths = append(paths, "/desk/decisions/"+string(kind)+"-done", "/desk/decisions/"+string(kind)+"-proposed")
	}
	paths = append(paths, "/desk/decisions/demand-overridden", "/desk/decisions/demand-lapsed")
	for _, language := range []string{"sv", "da", "en"} {
		lead.Language = language
		for _, path := range paths {
			a := lead.Get(path).Is(http.StatusOK)
			for _, fault := range pagetest.Faults(a.Body) {
				t.Errorf("%s in %s: %s", path, language, fault)
			}
			if len(a.Body) > 100_000 {
				t.Errorf("%s has %d bytes", path, len(a.Body))
			}
		}
	}
	auditor.Get("/desk/rules/SE.demand").Is(http.StatusOK).Hides("Change the rule", "Stop the rule")
	auditor.Get("/desk/decisions/demand-proposed").Is(http.StatusOK).Hides("Yes, do it")
	lead.Get("/desk/rules/SE.nothing").Is(http.StatusNotFound)
	lead.Get("/desk/decisions/nothing").Is(http.StatusNotFound)
}

func TestALeadTakesOverARuleAndThenItActs(t *testing.T) {
	t.Parallel()
	w := newRules(t)
	lead := w.staff("Lea", casework.Lead)
	path := "/desk/rules/SE.demand"
	lead.Get(path).Is(http.StatusOK).Says("Nobody answers for the rule yet", "1974:182", "needs to know what happens next", "Nobody yet")
	lead.Send(lead.Get(path), path+"/review", url.Values{"review": {"2026-12-31"}}).Is(http.StatusUnprocessableEntity).Says("Write why.")
	lead.Send(lead.Get(path), path+"/review", url.Values{"review": {"2029-12-31"}, "review_reason": {"read it"}}).Is(http.StatusUnprocessableEntity).Says("Write a day within a year")
	check := lead.Follow(lead.Send(lead.Get(path), path+"/review", url.Values{"review": {"2026-12-31"}, "review_reason": {"read it with care"}})).Is(http.StatusOK)
	check.Says("The rule gets version 2.", "read it with care")
	lead.Follow(lead.Send(check, check.From, nil)).Is(http.StatusOK).Says("The rule does this by itself.", "Lea", "31 December 2026", "Version 2", "read it with care")
}

func TestAChangeThatMayCostMoreWaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	w := newRules(t)
	lead := w.staff("Lea", casework.Lead)
	path := "/desk/rules/SE.demand"
	shown := lead.Get(path)
	lead.Send(shown, path+"/change", url.Values{"value_pay_days": {"3"}, "change_reason": {"faster"}}).Is(http.StatusUnprocessableEntity).Says("Write a number within the bounds.")
	check := lead.Follow(lead.Send(shown, path+"/change", url.Values{"value_after_days": {"9"}, "change_reason": {"the post is quick"}})).Is(http.StatusOK)
	check.Says("It may cost persons more, or come sooner.", "A colleague needs to agree first.", "days become 9.")
	lead.Follow(lead.Send(check, check.From, nil)).Is(http.StatusOK).Says("Waits for approval: Change a rule", "14 days")
	check = lead.Follow(lead.Send(lead.Get(path), path+"/change", url.Values{"value_after_days": {"20"}, "change_reason": {"the post is slow"}})).Is(http.StatusOK)
	check.Hides("A colleague needs to agree first.")
	lead.Follow(lead.Send(check, check.From, nil)).Is(http.StatusOK).Says("Waiting time: 14 days become 20.", "the post is slow")
}

func TestAStoppedRuleIsSeenToBeStoppedAndGoesOn(t *testing.T) {
	t.Parallel()
	w := newRules(t)
	lead := w.staff("Lea", casework.Lead)
	path := "/desk/rules/SE.late-interest"
	lead.Send(lead.Get(path), path+"/stop", nil).Is(http.StatusUnprocessableEntity).Says("Write why.")
	check := lead.Follow(lead.Send(lead.Get(path), path+"/stop", url.Values{"stop_reason": {"the rate is wrong"}})).Is(http.StatusOK)
	stopped := lead.Follow(lead.Send(check, check.From, nil)).Is(http.StatusOK).Says("Lea stopped it.", "the rate is wrong")
	form := stopped.Form(path + "/resume")
	check = lead.Follow(lead.Send(stopped, path+"/resume", url.Values{"stop": form["stop"], "resume_reason_1": {"it is right"}})).Is(http.StatusOK)
	lead.Follow(lead.Send(check, check.From, nil)).Is(http.StatusOK).Hides("Lea stopped it.")
}

func TestAPersonSaysNoToARuleWithAReason(t *testing.T) {
	t.Parallel()
	w := newRules(t)
	agent := w.staff("Ali", casework.Agent)
	path := "/desk/decisions/demand-proposed"
	agent.Send(agent.Get(path), path+"/answer", url.Values{"answer": {"decline"}}).Is(http.StatusUnprocessableEntity).Says("Write why.")
	check := agent.Follow(agent.Send(agent.Get(path), path+"/answer", url.Values{"answer": {"decline"}, "reason": {"she pays on Friday"}})).Is(http.StatusOK)
	check.Says("It is not done", "she pays on Friday")
	agent.Follow(agent.Send(check, check.From, nil)).Is(http.StatusOK).Says("A person said no.", "Ali", "she pays on Friday")
	finance := w.staff("Fia", casework.Finance)
	finance.Ask(http.MethodPost, path+"/answer", finance.Get("/desk/rules").Form("/desk/signout")).Is(http.StatusForbidden)
}

func TestAFormThatIsWrongSaysWhatAndKeepsWhatWasWritten(t *testing.T) {
	t.Parallel()
	w := newRules(t)
	agent := w.staff("Ali", casework.Agent)
	path := "/desk/decisions/late_interest-done"
	agent.Send(agent.Get(path), path+"/override", url.Values{"amount": {"lots"}, "ground": {"hardship"}, "free_until": {"soon"}}).Is(http.StatusUnprocessableEntity).
		Says("Write an amount, such as 60 or 60.00.", "Write a day within a year", "Write why.")
	path = "/desk/decisions/demand-done"
	agent.Send(agent.Get(path), path+"/pause", url.Values{"until": {"2020-01-01"}, "all": {"one"}}).Is(http.StatusUnprocessableEntity).
		Says("Write a day within a year", "Write why.")
}

func TestACaseSaysWhatWouldHappenByItselfAndIsPaused(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	if err := w.desk.BeginRules(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := w.given("Anna Andersson", "K-1")
	agent := w.agent()
	path := "/desk/cases/of/" + string(c.Note) + "/rules"
	for _, language := range []string{"sv", "da", "en"} {
		agent.Language = language
		for _, fault := range pagetest.Faults(agent.Get(path).Is(http.StatusOK).Body) {
			t.Errorf("in %s: %s", language, fault)
		}
	}
	agent.Get(path).Is(http.StatusOK).Says("A person is asked.", "Nobody answers for the rule yet", "Nothing does.")
	agent.Send(agent.Get(path), path+"/pause", nil).Is(http.StatusUnprocessableEntity).Says("Write why.")
	check := agent.Follow(agent.Send(agent.Get(path), path+"/pause", url.Values{"until": {"2026-07-01"}, "pause_reason": {"she is in hospital"}})).Is(http.StatusOK)
	check.Says("Nothing happens by itself in the case.", "1 July 2026")
	paused := agent.Follow(agent.Send(check, check.From, nil)).Is(http.StatusOK)
	paused.Says("she is in hospital", "Eva Ek looks after it.", "It is time, but something stands against it.").Hides("A person is asked.")
	form := paused.Form(path + "/resume")
	check = agent.Follow(agent.Send(paused, path+"/resume", url.Values{"stop": form["stop"], "resume_reason_1": {"she is home"}})).Is(http.StatusOK)
	agent.Follow(agent.Send(check, check.From, nil)).Is(http.StatusOK).Says("Nothing does.")
}
