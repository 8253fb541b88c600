package casework

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// The names of the acts on what rules decided.
const (
	NameAccept   ActName = "decision.accept"
	NameDecline  ActName = "decision.decline"
	NameOverride ActName = "decision.override"
)

// decided is a decision that an act is about.
type decided struct {
	Decision string        `json:"decision"`
	Note     ledger.NoteID `json:"note"`
}

// read gives the decision, which must be in a state.
func (a *decided) read(ctx context.Context, d *Desk, want casebook.DecisionState) (*casebook.Decision, *Made, error) {
	kept, err := d.Book.Decision(ctx, a.Decision)
	switch {
	case err != nil || kept == nil || kept.Note != a.Note:
		return nil, nil, orNotFound(err)
	case kept.State != want:
		return nil, nil, ledger.Refuse(ledger.CodeDecisionState, "state", string(kept.State), "want", string(want))
	}
	made, err := ReadDecision(kept)
	return kept, made, err
}

// settle writes what has become of the decision.
func (a *decided) settle(ctx context.Context, d *Desk, by Doing, from, to casebook.DecisionState) error {
	_, err := d.Book.SettleDecision(ctx, casebook.Settling{
		ID: a.Decision, From: from, To: to, Act: by.ID, Staff: by.Actor.Staff, Reason: by.Reason, At: d.Clock(),
	})
	return err
}

// Subject is the note.
func (a *decided) Subject() ledger.NoteID { return a.Note }

// Accept does what a rule has proposed.
type Accept struct {
	decided
}

// AcceptDecision makes the act that says yes to a decision.
func AcceptDecision(kept *casebook.Decision) *Accept { return &Accept{decided{kept.ID, kept.Note}} }

// Name is decision.accept.
func (a *Accept) Name() ActName { return NameAccept }

// proposed gives the decision and the act that it proposes; nil where a person does
// it in another way.
func (a *Accept) proposed(ctx context.Context, d *Desk) (*casebook.Decision, *Made, Act, error) {
	kept, made, err := a.read(ctx, d, casebook.DecisionProposed)
	if err != nil {
		return nil, nil, nil, err
	}
	// A letter that waited gives its time from today.
	today := finance.DateOf(d.Clock())
	if by := made.Decision.PayBy; !by.IsZero() {
		made.Decision.PayBy = today.AddDays(made.Facts.On.DaysTo(by))
	}
	made.Facts.On = today
	act, err := d.automatic(ctx, a.Note, made)
	return kept, made, act, err
}

// Check asks whether the rule still asks, and what the proposed act asks.
func (a *Accept) Check(ctx context.Context, d *Desk) error {
	kept, _, act, err := a.proposed(ctx, d)
	if err != nil {
		return err
	}
	switch outcome, err := d.decideAgain(ctx, kept); {
	case err != nil:
		return err
	case outcome != rule.Act && outcome != rule.Propose:
		return ledger.Refuse(ledger.CodeDecisionState, "state", string(casebook.DecisionLapsed), "want", string(casebook.DecisionProposed))
	case act == nil:
		return nil
	}
	return act.Check(ctx, d)
}

// Describe says that it is done.
func (a *Accept) Describe() []Saying { return one("act.decision.accept") }

// Do does it, and tells the borrower what and why.
func (a *Accept) Do(ctx context.Context, d *Desk, by Doing) (effect Effect, err error) {
	kept, made, act, err := a.proposed(ctx, d)
	if err != nil {
		return Effect{}, err
	}
	if act != nil {
		doing := by
		doing.ID = automaticID(kept)
		if effect, err = act.Do(ctx, d, doing); err != nil {
			return Effect{}, err
		}
		entry := made.entry(kept)
		entry.At, entry.Staff = d.Clock(), by.Actor.Name
		if err := d.Tell(ctx, entry); err != nil {
			return Effect{}, err
		}
	}
	if err := a.settle(ctx, d, by, casebook.DecisionProposed, casebook.DecisionAccepted); err != nil {
		return Effect{}, err
	}
	return effect, a.finish(ctx, d, by)
}

// finish ends the task that asked.
func (a *decided) finish(ctx context.Context, d *Desk, by Doing) error {
	_, err := d.Book.FinishTask(ctx, casebook.TaskID(casebook.TaskProposal, a.Decision), by.Actor.Staff, by.Reason, d.Clock())
	return err
}

// Decline says no to what a rule has proposed: it does not come back about the same
// instalment.
type Decline struct {
	decided
}

// DeclineDecision makes the act that says no to a decision.
func DeclineDecision(kept *casebook.Decision) *Decline { return &Decline{decided{kept.ID, kept.Note}} }

// Name is decision.decline.
func (a *Decline) Name() ActName { return NameDecline }

// Check refuses what is not proposed.
func (a *Decline) Check(ctx context.Context, d *Desk) error {
	_, _, err := a.read(ctx, d, casebook.DecisionProposed)
	return err
}

// Describe says that it is not done.
func (a *Decline) Describe() []Saying { return one("act.decision.decline") }

// Do settles it.
func (a *Decline) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	if err := a.settle(ctx, d, by, casebook.DecisionProposed, casebook.DecisionDeclined); err != nil {
		return Effect{}, err
	}
	return Effect{}, a.finish(ctx, d, by)
}

// Override changes or undoes what a rule has done: it takes off a fee or late
// interest, has a letter corrected, or drops a call.
type Override struct {
	decided
	Kind rule.Kind `json:"kind"` // of the decision
	// Amount is what is taken off of a fee or of late interest; all where it is nil.
	Amount *finance.Money      `json:"amount,omitempty"`
	Ground ledger.ReliefGround `json:"ground,omitempty"` // of taking it off
	// FreeUntil is the last day of a time without late interest (1975:635 par. 8).
	FreeUntil finance.Date `json:"free_until,omitzero"`
}

// OverrideDecision makes the act that changes what a decision led to.
func OverrideDecision(kept *casebook.Decision) *Override {
	return &Override{decided: decided{kept.ID, kept.Note}, Kind: rule.Kind(kept.Kind), Ground: ledger.GroundError}
}

// takesOff says that it is about money.
func (a *Override) takesOff() bool {
	return a.Kind == rule.ReminderFee || a.Kind == rule.DemandFee || a.Kind == rule.LateInterest
}

// Name is decision.override.
func (a *Override) Name() ActName { return NameOverride }

// carriedOut gives the decision, which was carried out by the rule or with a person's
// word.
func (a *Override) carriedOut(ctx context.Context, d *Desk) (*casebook.Decision, *Made, error) {
	kept, made, err := a.read(ctx, d, casebook.DecisionDone)
	if ledger.CodeOf(err) == ledger.CodeDecisionState {
		kept, made, err = a.read(ctx, d, casebook.DecisionAccepted)
	}
	if err == nil && rule.Kind(kept.Kind) != a.Kind {
		err = ledger.Refuse(ledger.CodeBodyInvalid, "field", "kind", "want", kept.Kind)
	}
	return kept, made, err
}

// relief makes the act that takes off what the decision led to.
func (a *Override) relief(ctx context.Context, d *Desk, kept *casebook.Decision) (Act, error) {
	body := ledger.ReliefBody{Part: ledger.PartLateInterest, Amount: a.Amount, Ground: a.Ground, LateFreeUntil: a.FreeUntil}
	if a.Kind == rule.LateInterest {
		return On(a.Note, ledger.OpRelief, body)
	}
	n, err := d.Book.Note(ctx, a.Note)
	if err != nil || n == nil {
		return nil, orNotFound(err)
	}
	kind := finance.ReminderCharge
	if a.Kind == rule.DemandFee {
		kind = finance.DemandCharge
	}
	i := slices.IndexFunc(n.State.Charges, func(c ledger.Charge) bool { return c.Kind == kind && c.Arrears.String() == kept.About })
	if i < 0 {
		return nil, ledger.Refuse(ledger.CodeChargeUnknown)
	}
	body.Part, body.Charge = ledger.PartCosts, n.State.Charges[i].Seq
	return On(a.Note, ledger.OpRelief, body)
}

// Check asks the rules of the ledger, where something is taken off.
func (a *Override) Check(ctx context.Context, d *Desk) error {
	kept, _, err := a.carriedOut(ctx, d)
	if err != nil {
		return err
	}
	if !a.takesOff() {
		letters := correctionOf(kept)
		if stands, err := letters.stands(ctx, d); err != nil || !stands {
			return err
		}
		return letters.Check(ctx, d)
	}
	act, err := a.relief(ctx, d, kept)
	if err != nil {
		return err
	}
	return act.Check(ctx, d)
}

// Describe says what is taken back, and that the borrower is told.
func (a *Override) Describe() []Saying {
	said := []Saying{Say("act.decision.override." + string(a.Kind))}
	if a.Amount != nil {
		said = append(said, Say("act.decision.override.amount", "amount", *a.Amount))
	}
	if !a.FreeUntil.IsZero() {
		said = append(said, Say("act.decision.override.free", "day", a.FreeUntil))
	}
	return append(said, Say("act.decision.override.told"))
}

// Do takes it back, and tells the borrower.
func (a *Override) Do(ctx context.Context, d *Desk, by Doing) (effect Effect, err error) {
	kept, made, err := a.carriedOut(ctx, d)
	if err != nil {
		return Effect{}, err
	}
	if effect, err = a.takeBack(ctx, d, kept, by); err != nil {
		return Effect{}, err
	}
	entry := overridden(by, a.Note, string(made.Decision.Rule), d.Clock(), rule.Say("rule.override."+kept.Kind))
	if err := d.Tell(ctx, entry); err != nil {
		return Effect{}, err
	}
	return effect, a.settle(ctx, d, by, kept.State, casebook.DecisionOverridden)
}

// takeBack undoes the effect of what was decided.
func (a *Override) takeBack(ctx context.Context, d *Desk, kept *casebook.Decision, by Doing) (Effect, error) {
	now := d.Clock()
	switch {
	case a.takesOff():
		act, err := a.relief(ctx, d, kept)
		if err != nil {
			return Effect{}, err
		}
		return act.Do(ctx, d, by)
	case a.Kind == rule.Reminder, a.Kind == rule.Demand:
		return a.correct(ctx, d, kept, by)
	case a.Kind == rule.Priority:
		call := SuggestCall{Note: a.Note, About: kept.About}
		_, err := d.Book.DropTask(ctx, casebook.TaskID(casebook.TaskNext, call.about()), by.Reason, now)
		return Effect{}, err
	}
	return Effect{}, nil
}

// correctionOf makes the act that takes back the letters that a decision has sent.
func correctionOf(kept *casebook.Decision) *LetterCorrect {
	return &LetterCorrect{Note: kept.Note, Sent: automaticID(kept)}
}

// correct takes the letters of the decision back, if there are any that nobody has.
func (a *Override) correct(ctx context.Context, d *Desk, kept *casebook.Decision, by Doing) (Effect, error) {
	act := correctionOf(kept)
	if stands, err := act.stands(ctx, d); err != nil || !stands {
		return Effect{}, err
	}
	return act.Do(ctx, d, by)
}

// everyRule stands where an override is about no rule alone.
const everyRule = "*"

// overridden is what the borrower is told of a person's word against a rule.
func overridden(by Doing, note ledger.NoteID, ref string, at time.Time, outcome ...rule.Saying) JournalEntry {
	why := map[ledger.Language]string{}
	for _, lang := range ledger.Languages() {
		why[lang] = by.Reason // in the words of who did it
	}
	return JournalEntry{
		ID: ruleUUID("override", by.ID), Note: note, Kind: JournalOverride, At: at, Staff: by.Actor.Name,
		Rule: cmp.Or(ref, everyRule), Outcome: rule.InAll(outcome...), Why: why,
	}
}
