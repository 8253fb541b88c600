package casework_test

import (
	"encoding/json"
	"errors"
	"maps"
	"testing"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestAPersonAnswersWhatARuleAsks(t *testing.T) {
	t.Parallel()
	w := newLettered(t)
	id := w.c.Note
	w.round()
	w.act(casework.DeclineDecision(w.decided(id, rule.LateInterest)), "she was ill")
	w.act(casework.AcceptDecision(w.decided(id, rule.Reminder)), "")
	answered := states{rule.LateInterest: casebook.DecisionDeclined, rule.Reminder: casebook.DecisionAccepted}
	w.want(id, "after the answers", answered)
	if got := w.tasks(); len(got) != 0 {
		t.Errorf("the worklist has %v", got)
	}
	w.on("2026-03-10")
	w.round()
	answered[rule.ReminderFee] = casebook.DecisionProposed
	w.want(id, "some days later", answered)
	for _, again := range []casework.Act{
		casework.AcceptDecision(w.decided(id, rule.LateInterest)), casework.DeclineDecision(w.decided(id, rule.Reminder)),
	} {
		_, err := w.desk.Do(t.Context(), casework.Request{Actor: w.lead, Act: again, Reason: "again"})
		if ledger.CodeOf(err) != ledger.CodeDecisionState {
			t.Errorf("a second answer gave %v", err)
		}
	}
}

func TestAnAnswerComesTooLateWhenTheReasonHasGone(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	id := w.note()
	w.on("2026-03-05")
	w.round()
	asked := w.decided(id, rule.Reminder)
	w.act(&casework.RulePause{Note: id}, "she is in hospital")
	_, err := w.desk.Do(t.Context(), casework.Request{Actor: w.lead, Act: casework.AcceptDecision(asked)})
	if ledger.CodeOf(err) != ledger.CodeDecisionState {
		t.Errorf("a yes to what is stopped gave %v", err)
	}
	w.on("2026-03-06")
	w.round()
	w.want(id, "in the pause", states{rule.LateInterest: casebook.DecisionLapsed, rule.Reminder: casebook.DecisionLapsed})
	w.act(&casework.RuleResume{Stop: w.stopOf(id), Note: id}, "she is home")
	w.on("2026-03-07")
	w.round()
	if again := w.decided(id, rule.Reminder); again.ID == asked.ID || again.State != casebook.DecisionProposed {
		t.Errorf("after the pause there is %s, which is %s", again.ID, again.State)
	}
}

func (w *ruled) stopOf(id ledger.NoteID) string {
	w.Helper()
	stops, err := w.desk.Book.StopsOf(w.Context(), id, finance.DateOf(w.Now()))
	if err != nil || len(stops) != 1 {
		w.Fatalf("there are %d stops, %v", len(stops), err)
	}
	return stops[0].ID
}

func TestARuleIsChangedByTheVersionThatWasRead(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	change := rule.Change{Values: map[string]int64{"after_days": 20}}
	act, err := w.desk.ChangeRule(t.Context(), "SE.demand@1", change)
	if err != nil {
		t.Fatal(err)
	}
	w.act(act, "the post is slow")
	if _, err := w.desk.ChangeRule(t.Context(), "SE.demand@1", change); ledger.CodeOf(err) != ledger.CodeRuleVersion {
		t.Errorf("a change of a version that is past gave %v", err)
	}
	sooner, err := w.desk.ChangeRule(t.Context(), "SE.demand@2", rule.Change{Values: map[string]int64{"after_days": 9}})
	if err != nil {
		t.Fatal(err)
	}
	request := casework.Request{Actor: w.lead, Act: sooner, Reason: "too slow"}
	if _, err := w.desk.Do(t.Context(), request); !errors.Is(err, casework.ErrNeedsApproval) {
		t.Errorf("what comes sooner for borrowers gave %v", err)
	}
	request.Approved = "s-other"
	if _, err := w.desk.Do(t.Context(), request); err != nil {
		t.Error(err)
	}
	hidden := *sooner
	hidden.Version, hidden.CostsMore, hidden.Change.Values = 3, false, map[string]int64{"after_days": 8}
	if _, err := w.desk.Do(t.Context(), casework.Request{Actor: w.lead, Act: &hidden, Reason: "quietly"}); ledger.CodeOf(err) != ledger.CodeBodyInvalid {
		t.Errorf("a change that hides what it costs gave %v", err)
	}
	agent := casework.Actor{Staff: "s-ali", Name: "Ali", Roles: []casework.Role{casework.Agent}}
	if _, err := w.desk.Do(t.Context(), casework.Request{Actor: agent, Act: sooner, Reason: "why not"}); ledger.CodeOf(err) != ledger.CodeRoleForbidden {
		t.Errorf("an agent's change of a rule gave %v", err)
	}
}

func TestWhatARuleDidIsTakenBackWithAReason(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	w.adopt("2026-06-30")
	id := w.note()
	w.on("2026-03-20")
	w.round()
	call := w.decided(id, rule.Priority)
	if _, err := w.desk.Do(t.Context(), casework.Request{Actor: w.lead, Act: casework.OverrideDecision(call)}); ledger.CodeOf(err) != ledger.CodeBodyInvalid {
		t.Errorf("without a reason it gave %v", err)
	}
	w.act(casework.OverrideDecision(call), "she has written to us")
	if got := w.tasks()[casebook.TaskNext]; got != 0 {
		t.Errorf("%d calls are still asked for", got)
	}
	after := w.decided(id, rule.Priority)
	if after.State != casebook.DecisionOverridden || after.Reason != "she has written to us" || after.Staff != "s-maria" {
		t.Errorf("it is %+v", after)
	}
	w.on("2026-03-27")
	w.round()
	if got := w.decided(id, rule.Priority); got.ID != call.ID {
		t.Error("the rule did it again about the same instalment")
	}
}

func TestLateInterestIsReducedForHardshipAndTheNoteShowsIt(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	w.adopt("2026-06-30")
	id := w.note()
	w.on("2026-03-20")
	w.round()
	act := casework.OverrideDecision(w.decided(id, rule.LateInterest))
	act.Ground, act.FreeUntil = ledger.GroundHardship, finance.DateOf(w.Now()).AddDays(60)
	if _, err := w.desk.Do(t.Context(), casework.Request{Actor: w.lead, Act: act, Reason: "on sick leave"}); !errors.Is(err, casework.ErrNeedsApproval) {
		t.Errorf("all of it, however much, gave %v", err)
	}
	act.Amount = &finance.Money{Amount: 2_00, Currency: "SEK"}
	w.act(act, "on sick leave")
	n := w.read(id)
	if len(n.Reliefs) != 1 || n.Reliefs[0].Amount != 2_00 || n.Reliefs[0].Reason != "on sick leave" || n.Reliefs[0].Part != ledger.PartLateInterest {
		t.Errorf("the note says %+v", n.Reliefs)
	}
	if n.LateFree == nil || n.LateFree.Until != act.FreeUntil {
		t.Errorf("late interest is free %+v", n.LateFree)
	}
	if got := w.decided(id, rule.LateInterest); got.State != casebook.DecisionOverridden {
		t.Errorf("the decision is %s", got.State)
	}
	shares, err := w.desk.Book.OverrideShares(t.Context(), lent, w.Now().AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, share := range shares {
		if share.Rule == "SE.late-interest" && (share.Acted != 1 || share.Overridden != 1) {
			t.Errorf("it counts %+v", share)
		}
	}
}

func TestThePersonIsToldOfEachDecisionAndOfEachOverride(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	w.adopt("2026-06-30")
	id := w.note()
	w.on("2026-03-20")
	w.round()
	w.act(casework.OverrideDecision(w.decided(id, rule.Priority)), "she has written to us")
	w.act(&casework.RulePause{Note: id}, "she moves house")
	waiting, err := w.desk.Book.NextSending(t.Context(), w.Now(), store.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	told := map[casework.JournalKind]int{}
	for _, sending := range waiting {
		var e casework.JournalEntry
		if err := json.Unmarshal(sending.Entry, &e); err != nil {
			t.Fatal(err)
		}
		told[e.Kind]++
		if e.Note != id || e.Rule == "" || len(e.Why) != 3 || len(e.Outcome) != 3 {
			t.Errorf("it is told %+v", e)
		}
		if e.Kind == casework.JournalOverride && e.Staff != "Maria Ek" {
			t.Errorf("an override is told without a name: %+v", e)
		}
	}
	if want := map[casework.JournalKind]int{casework.JournalDecision: 2, casework.JournalOverride: 2}; !maps.Equal(told, want) {
		t.Errorf("told %v", told)
	}
}
