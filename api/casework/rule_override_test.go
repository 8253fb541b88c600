package casework

import (
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// What a rule may do, a person can always change or undo (GDPR art. 22).
func TestNoAutomaticActExistsWithoutAnOverride(t *testing.T) {
	automatic := 0
	for name, k := range kinds {
		if !k.byRule {
			continue
		}
		automatic++
		override, known := kinds[k.override]
		switch {
		case !known:
			t.Errorf("nothing overrides %s", name)
		case len(override.roles) == 0:
			t.Errorf("nobody may do %s, which overrides %s", k.override, name)
		}
	}
	if automatic == 0 {
		t.Error("rules may do nothing at all")
	}
	// The borrower is told why; nobody is whom staff concern alone.
	for _, k := range slices.Concat(workKinds, caseKinds, ruleKinds, paymentKinds, letterKinds) {
		if k.byRule && !kinds[k.override].reason {
			t.Errorf("%s overrides %s without a reason", k.override, k.name)
		}
	}
	for _, r := range Roles() {
		if r == Auditor || r == Administrator {
			if kinds[NameOverride].permits(Actor{Staff: "s", Roles: []Role{r}}) {
				t.Errorf("the role %s may override", r)
			}
		}
	}
}

// Each kind of rule that acts by itself does so through the table of acts, where its
// override stands; and its decisions can be overridden as such, too.
func TestEveryKindOfRuleThatActsHasAnActAndAnOverride(t *testing.T) {
	acts := map[rule.Kind]ActName{
		rule.Reminder: NameLetterSend, rule.Demand: NameLetterSend, rule.ReminderFee: ActName(ledger.OpCharge), rule.DemandFee: ActName(ledger.OpCharge),
		rule.LateInterest: NameTell, rule.Priority: NameSuggest,
	}
	for _, k := range rule.Kinds() {
		name, acting := acts[k]
		if acting == k.Proposes() {
			t.Errorf("a rule of the kind %s proposes: %t, and has the act %q", k, k.Proposes(), name)
		}
		if !acting {
			continue
		}
		if row := kinds[name]; !row.byRule || row.override == "" {
			t.Errorf("a rule of the kind %s does %s, which is not for rules or has no override", k, name)
		}
		if o := (&Override{Kind: k, Amount: &finance.Money{Amount: 1, Currency: "SEK"}}).Describe(); len(o) < 2 {
			t.Errorf("an override of the kind %s says %v", k, o)
		}
	}
}

func TestARuleDoesOnlyWhatTheTableLetsRulesDo(t *testing.T) {
	actor := Actor{Rule: "SE.reminder@1"}
	for name, k := range kinds {
		if k.permits(actor) != k.byRule {
			t.Errorf("a rule may do %s: %t", name, k.permits(actor))
		}
	}
}
