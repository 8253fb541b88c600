package casework

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/letter"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// ruleSpace makes ids of what follows from rules.
var ruleSpace = uuid.MustParse("3b0a1a52-53a5-5f0c-9a3e-6f3c0c8f6d21")

func ruleUUID(parts ...string) string {
	var name []byte
	for _, p := range parts {
		name = append(append(name, p...), 0)
	}
	return uuid.NewSHA1(ruleSpace, name).String()
}

// decisionID follows from what was decided by which version, about what and when: who
// decides again after a crash decides the same.
func decisionID(note ledger.NoteID, m *Made) string {
	return ruleUUID("decision", string(m.Decision.Rule), string(note), m.Decision.About, m.Facts.On.String())
}

// automaticID is that of the act that a decision leads to. No version stands in it: a
// rule that has changed does not do the same thing again.
func automaticID(kept *casebook.Decision) string {
	return ruleUUID("act", kept.Kind, string(kept.Note), kept.About)
}

// keptDecision makes a row of a decision.
func (d *Desk) keptDecision(note ledger.NoteID, m *Made) (casebook.Decision, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return casebook.Decision{}, fmt.Errorf("writing a decision of %s: %w", m.Decision.Rule, err)
	}
	id, version := m.Decision.Rule.Parts()
	k := casebook.Decision{
		ID: decisionID(note, m), Rule: string(id), Version: version, Kind: string(m.Decision.Kind), Note: note, About: m.Decision.About,
		Day: m.Facts.On.String(), Body: body, State: casebook.DecisionWaiting, At: d.Clock(),
	}
	if m.Decision.Outcome == rule.Propose || len(m.Because) > 0 {
		k.State = casebook.DecisionProposed
	}
	return k, nil
}

// settleMade keeps a decision that asks for something and carries it out. What it
// led to is told by the state; none where it was decided before.
func (d *Desk) settleMade(ctx context.Context, note ledger.NoteID, m *Made) (casebook.DecisionState, error) {
	if m.Decision.Outcome == rule.Act {
		act, err := d.automatic(ctx, note, m)
		if err != nil {
			return "", err
		}
		if act == nil {
			m.Because = []rule.Saying{rule.Say("rule.doubt.means")}
		}
	}
	kept, err := d.keptDecision(note, m)
	if err != nil {
		return "", err
	}
	added, err := d.Book.AddDecision(ctx, kept)
	if err != nil || !added {
		return "", err
	}
	if kept.State == casebook.DecisionProposed {
		return kept.State, d.askAPerson(ctx, &kept)
	}
	return d.carryOut(ctx, &kept, m)
}

// carryOut does what a decision says. It may be repeated: the act has one id, and
// the borrower is told once.
func (d *Desk) carryOut(ctx context.Context, kept *casebook.Decision, m *Made) (casebook.DecisionState, error) {
	id := automaticID(kept)
	switch refusal, err := d.doAutomatic(ctx, id, kept, m); {
	case err != nil:
		return "", err
	case refusal != "":
		settling := casebook.Settling{ID: kept.ID, From: casebook.DecisionWaiting, To: casebook.DecisionProposed, Reason: string(refusal), At: d.Clock()}
		if _, err := d.Book.SettleDecision(ctx, settling); err != nil {
			return "", err
		}
		return casebook.DecisionProposed, d.askAPerson(ctx, kept)
	}
	if err := d.Tell(ctx, m.entry(kept)); err != nil {
		return "", err
	}
	_, err := d.Book.SettleDecision(ctx, casebook.Settling{ID: kept.ID, From: casebook.DecisionWaiting, To: casebook.DecisionDone, Act: id, At: d.Clock()})
	return casebook.DecisionDone, err
}

// doAutomatic does a decision's act once, and gives the code of a refusal that will
// not pass by itself: a person is asked then.
func (d *Desk) doAutomatic(ctx context.Context, id string, kept *casebook.Decision, m *Made) (ledger.Code, error) {
	if done, err := d.Book.Act(ctx, id); err != nil || done != nil {
		return "", err
	}
	act, err := d.automatic(ctx, kept.Note, m)
	if err != nil {
		return "", err
	}
	if act == nil {
		return ledger.CodeOperationUnknown, nil
	}
	_, err = d.Do(ctx, Request{ID: id, Actor: Actor{Rule: string(m.Decision.Rule)}, Act: act})
	refusal := new(ledger.Error)
	switch {
	case errors.Is(err, ErrNeedsApproval):
		return ledger.CodeRoleForbidden, nil
	case errors.As(err, &refusal) && !refusal.Retryable():
		return refusal.Code, nil
	}
	return "", err
}

// proposalTime is how long a person has to answer a rule.
const proposalTime = 3 * 24 * time.Hour

// askAPerson puts a decision that waits for an answer on the worklist.
func (d *Desk) askAPerson(ctx context.Context, kept *casebook.Decision) error {
	_, err := d.Book.AddTask(ctx, casebook.Task{
		Kind: casebook.TaskProposal, About: kept.ID, Note: kept.Note, Reason: "task.proposal." + kept.Kind, Due: kept.At.Add(proposalTime),
	}, d.Clock())
	return err
}

// automatic makes the act that a decision leads to; nil where a rule has no means to
// do it.
func (d *Desk) automatic(ctx context.Context, note ledger.NoteID, m *Made) (Act, error) {
	switch k := m.Decision.Kind; k {
	case rule.Reminder, rule.Demand:
		fee, err := d.feeWith(ctx, note, m)
		return &LetterSend{Note: note, Kind: letter.Kind(k), PayBy: m.Decision.PayBy, Fee: fee}, err
	case rule.ReminderFee:
		return d.feeFor(ctx, note, rule.Reminder, finance.ReminderCharge, m)
	case rule.DemandFee:
		return d.feeFor(ctx, note, rule.Demand, finance.DemandCharge, m)
	case rule.LateInterest:
		return &TellInterest{Note: note}, nil
	case rule.Priority:
		return &SuggestCall{Note: note, About: m.Decision.About}, nil
	}
	return nil, nil
}
