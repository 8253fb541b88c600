package casework_test

import (
	"maps"
	"reflect"
	"testing"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

type states = map[rule.Kind]casebook.DecisionState

func (w *ruled) want(id ledger.NoteID, when string, want states) {
	w.Helper()
	if got := w.made(id); !maps.Equal(got, want) {
		w.Errorf("%s it decided %v, and not %v", when, got, want)
	}
}

func TestRulesAskAPersonUntilSomebodyAnswersForThem(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	id := w.note()
	w.on("2026-03-05")
	w.round()
	w.want(id, "with rules that are nobody's", states{rule.LateInterest: casebook.DecisionProposed, rule.Reminder: casebook.DecisionProposed})
	if got := w.tasks()[casebook.TaskProposal]; got != 2 {
		t.Errorf("%d questions stand on the worklist", got)
	}
}

func TestARuleActsOnceADayAndOnceAboutAnInstalment(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	w.adopt("2026-06-30")
	id := w.note()
	w.on("2026-02-27")
	w.round()
	w.want(id, "on the due day", states{})
	w.on("2026-03-05")
	w.round()
	once := states{rule.LateInterest: casebook.DecisionDone, rule.Reminder: casebook.DecisionProposed}
	w.want(id, "when it is late", once)
	acts, err := w.desk.Book.ActsOf(t.Context(), id, 0, store.MaxPage)
	if err != nil || len(acts) != 1 || acts[0].Rule != "SE.late-interest@2" || acts[0].Staff != "" {
		t.Errorf("the acts are %+v, %v", acts, err)
	}
	for _, day := range []string{"2026-03-05", "2026-03-06", "2026-03-09"} {
		w.on(day)
		w.round()
		all, err := w.desk.Book.DecisionsOf(t.Context(), id, 0, store.MaxPage)
		if err != nil || len(all) != len(once) {
			t.Errorf("on %s there are %d decisions, %v", day, len(all), err)
		}
	}
	w.on("2026-03-20")
	w.round()
	if got := w.tasks()[casebook.TaskNext]; got != 1 {
		t.Errorf("%d calls are asked for", got)
	}
}

func TestAQuestionLapsesWhenThePaymentComes(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	id := w.note()
	w.on("2026-03-05")
	w.round()
	w.do(w.lender, ledger.OpPay, string(id), w.read(id).Seq+1, ledger.PayBody{
		Amount: finance.Money{Amount: 2_000_00, Currency: "SEK"}, PaidOn: finance.DateOf(w.Now()),
	})
	w.round()
	w.want(id, "after the payment", states{rule.LateInterest: casebook.DecisionLapsed, rule.Reminder: casebook.DecisionLapsed})
	if got := w.tasks(); len(got) != 0 {
		t.Errorf("the worklist has %v", got)
	}
}

// stopOf gives the one stop of a note.
func TestNothingHappensByItselfWhileAPersonLooksAfterANote(t *testing.T) {
	t.Parallel()
	today := func(w *ruled) finance.Date { return finance.DateOf(w.Now()) }
	for name, hold := range map[string]func(*ruled, ledger.NoteID) error{
		"a flag": func(w *ruled, id ledger.NoteID) error {
			return w.desk.Book.AddFlag(t.Context(), casebook.Flag{
				ID: "f", Note: id, Kind: casebook.FlagIllness, Basis: casebook.BasisConsent, Keeper: "s-maria", Raised: w.Now(), Until: today(w).AddDays(60),
			}, casebook.Task{Kind: casebook.TaskFlag, About: "f", Note: id, Reason: "task.flag"})
		},
		"a promise": func(w *ruled, id ledger.NoteID) error {
			return w.desk.Book.AddPromise(t.Context(), casebook.Promise{ID: "p", Note: id, Staff: "s-maria", Made: w.Now(), Amount: 1_000_00, Day: today(w).AddDays(20)})
		},
		"a promised call": func(w *ruled, id ledger.NoteID) error {
			return w.desk.Book.AddCall(t.Context(), casebook.Call{ID: "c", Note: id, Owner: "s-maria", Created: w.Now(), Promised: w.Now().AddDate(0, 0, 2)})
		},
		"a pause": func(w *ruled, id ledger.NoteID) error {
			_, err := w.desk.Do(t.Context(), casework.Request{Actor: w.lead, Act: &casework.RulePause{Note: id, Until: today(w).AddDays(30)}, Reason: "moves house"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newRuled(t)
			w.adopt("2026-06-30")
			id := w.note()
			w.on("2026-02-26")
			if err := hold(w, id); err != nil {
				t.Fatal(err)
			}
			w.on("2026-03-05")
			w.round()
			w.want(id, "with "+name, states{})
			holds, err := w.desk.Holds(t.Context(), id, today(w))
			if err != nil || len(holds) != 1 || holds[0].By != "s-maria" {
				t.Errorf("the holds are %+v, %v", holds, err)
			}
			all, err := w.desk.Explain(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range all {
				if m.Decision.Kind == rule.Reminder && m.Decision.Outcome != rule.Stopped {
					t.Errorf("the reminder is explained with %s", m.Decision.Outcome)
				}
			}
		})
	}
}

func TestAfterItsReviewARuleAsksAgain(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	w.adopt("2026-03-04")
	id := w.note()
	w.on("2026-03-05")
	w.round()
	w.want(id, "after the review was due", states{rule.LateInterest: casebook.DecisionProposed, rule.Reminder: casebook.DecisionProposed})
}

func TestAStoppedRuleAsksUntilItGoesOn(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	w.adopt("2026-06-30")
	stop := w.act(&casework.RuleStop{Rule: "SE.late-interest"}, "the rate may be wrong")
	first := w.note()
	w.on("2026-03-05")
	w.round()
	w.want(first, "while it is stopped", states{rule.LateInterest: casebook.DecisionProposed, rule.Reminder: casebook.DecisionProposed})
	w.act(&casework.RuleResume{Stop: stop}, "it was right")
	w.on("2026-01-12")
	second := w.note()
	w.on("2026-03-06")
	w.round()
	w.want(second, "when it goes on", states{rule.LateInterest: casebook.DecisionDone, rule.Reminder: casebook.DecisionProposed})
}

func TestEveryDecisionFollowsAgainFromTheRuleAndTheFactsThatItNames(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	w.adopt("2026-03-15")
	id := w.note()
	for _, day := range []string{"2026-03-04", "2026-03-05", "2026-03-20", "2026-04-20"} {
		w.on(day)
		w.round()
	}
	all, err := w.desk.Book.DecisionsOf(t.Context(), id, 0, store.MaxPage)
	if err != nil || len(all) < 3 {
		t.Fatalf("there are %d decisions, %v", len(all), err)
	}
	for i := range all {
		made, err := casework.ReadDecision(&all[i])
		if err != nil {
			t.Fatal(err)
		}
		r, err := w.desk.RuleAt(t.Context(), made.Decision.Rule)
		if err != nil || r == nil {
			t.Fatalf("the rule %s is %v, %v", made.Decision.Rule, r, err)
		}
		if again := rule.Decide(r, &made.Facts); !reflect.DeepEqual(again, made.Decision) {
			t.Errorf("it decided %+v and now %+v", made.Decision, again)
		}
	}
}

// A person takes off late interest for whom sickness or unemployment hindered, and no
// term of the note limits that (1975:635 par. 8).
// A crash can come after any step of carrying out a decision: who goes on does what
// was left, once.
func TestADecisionThatWasNotCarriedOutIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	w.adopt("2026-06-30")
	id := w.note()
	w.on("2026-03-20")
	w.round()
	call := w.decided(id, rule.Priority)
	back := casebook.Settling{ID: call.ID, From: casebook.DecisionDone, To: casebook.DecisionWaiting, At: w.Now()}
	if _, err := w.desk.Book.SettleDecision(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	w.round()
	if got := w.decided(id, rule.Priority); got.State != casebook.DecisionDone || got.Act != call.Act {
		t.Errorf("it is %+v", got)
	}
	acts, err := w.desk.Book.ActsOf(t.Context(), id, 0, store.MaxPage)
	if err != nil || len(acts) != 2 {
		t.Errorf("there are %d acts, %v", len(acts), err)
	}
}

// What was decided and not done is not done when its reason has gone meanwhile.
func TestADecisionThatWaitedIsLookedAtAnewBeforeItIsCarriedOut(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	w.adopt("2026-06-30")
	id := w.note()
	w.on("2026-03-05")
	w.round()
	told := w.decided(id, rule.LateInterest)
	waiting := *told
	waiting.ID, waiting.Kind, waiting.Rule, waiting.State = "waits", string(rule.Priority), "SE.priority", casebook.DecisionWaiting
	if _, err := w.desk.Book.AddDecision(t.Context(), waiting); err != nil {
		t.Fatal(err)
	}
	w.round()
	if got := w.decided(id, rule.Priority); got.State != casebook.DecisionLapsed {
		t.Errorf("it is %s, though it is too early for a call", got.State)
	}
}

// The person reads what a rule did and why, and what somebody made of it.
