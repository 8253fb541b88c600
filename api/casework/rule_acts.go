package casework

import (
	"context"
	"strconv"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// The names of the acts on rules, and of those that rules alone have.
const (
	NameRuleChange ActName = "rule.change"
	NameRuleStop   ActName = "rule.stop"
	NameRulePause  ActName = "rule.pause"
	NameRuleResume ActName = "rule.resume"
	NameTell       ActName = "interest.tell"
	NameSuggest    ActName = "call.suggest"
)

// ruleKinds are the acts of this theme.
var ruleKinds = []kind{
	{name: NameRuleChange, roles: []Role{Lead}, reason: true, approval: costsMore, make: func() Act { return new(RuleChange) }},
	{name: NameRuleStop, roles: []Role{Lead}, reason: true, make: func() Act { return new(RuleStop) }},
	{name: NameRulePause, roles: working(), reason: true, make: func() Act { return new(RulePause) }},
	{name: NameRuleResume, roles: working(), reason: true, keeps: ofEveryNote, make: func() Act { return new(RuleResume) }},
	{name: NameAccept, roles: working(), make: func() Act { return new(Accept) }},
	{name: NameDecline, roles: working(), reason: true, make: func() Act { return new(Decline) }},
	{name: NameOverride, roles: working(), reason: true, approval: waivesMuch, make: func() Act { return new(Override) }},
	{name: NameTell, byRule: true, override: NameOverride, make: func() Act { return new(TellInterest) }},
	{name: NameSuggest, byRule: true, override: NameOverride, make: func() Act { return new(SuggestCall) }},
}

// RuleChange makes the next version of a rule. A review is one that names the next
// day of review: who does it answers for the rule from then on.
type RuleChange struct {
	Rule    rule.ID     `json:"rule"`
	Version int         `json:"version"` // that was read, and is changed
	Change  rule.Change `json:"change"`
	// CostsMore says that borrowers may pay more, or sooner: two people decide then.
	CostsMore bool `json:"costs_more"`
}

// ChangeRule makes the act that changes a rule as it stands.
func (d *Desk) ChangeRule(ctx context.Context, ref rule.Ref, c rule.Change) (*RuleChange, error) {
	id, version := ref.Parts()
	a := &RuleChange{Rule: id, Version: version, Change: c}
	before, after, err := a.versions(ctx, d, Doing{})
	if err != nil {
		return nil, err
	}
	a.CostsMore = rule.CostsMore(before, after)
	return a, nil
}

func costsMore(_ context.Context, _ *Desk, r Request) (bool, error) {
	return r.Act.(*RuleChange).CostsMore, nil
}

// Name is rule.change.
func (a *RuleChange) Name() ActName { return NameRuleChange }

// Subject is no note.
func (a *RuleChange) Subject() ledger.NoteID { return "" }

// versions gives the rule as it is and as it will be.
func (a *RuleChange) versions(ctx context.Context, d *Desk, by Doing) (before, after *rule.Rule, err error) {
	before, err = d.RuleAt(ctx, rule.Ref(a.Rule))
	switch {
	case err != nil:
		return nil, nil, err
	case before == nil:
		return nil, nil, ledger.Refuse(ledger.CodeNotFound)
	case before.Version != a.Version:
		return nil, nil, ledger.Refuse(ledger.CodeRuleVersion, "version", strconv.Itoa(before.Version))
	}
	c := a.Change
	today := finance.DateOf(d.Clock())
	if !c.Review.IsZero() {
		if latest := today.AddDays(rule.AtMostDays); c.Review.Before(today) || c.Review.After(latest) {
			return nil, nil, ledger.Refuse(ledger.CodeBodyInvalid, "field", "review", "want", today.String()+" – "+latest.String())
		}
		if c.Owner == (rule.Owner{}) && by.Actor.Name != "" {
			c.Owner = rule.Owner{Role: string(Lead), Name: by.Actor.Name}
		}
	}
	next, err := before.Next(c)
	return before, &next, err
}

// Check refuses what passes a bound of the law, and what was read in another version.
func (a *RuleChange) Check(ctx context.Context, d *Desk) error {
	before, after, err := a.versions(ctx, d, Doing{})
	if err != nil {
		return err
	}
	if a.CostsMore != rule.CostsMore(before, after) {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "costs_more", "want", strconv.FormatBool(!a.CostsMore))
	}
	return nil
}

// Describe says that there will be another version.
func (a *RuleChange) Describe() []Saying {
	said := []Saying{Say("act.rule.change", "version", a.Version+1)}
	if !a.Change.Review.IsZero() {
		said = append(said, Say("act.rule.change.review", "day", a.Change.Review))
	}
	if a.CostsMore {
		said = append(said, Say("act.rule.change.costs"))
	}
	return said
}

// Changes says in words of which rule what changes. It can be asked for as long as the
// rule is kept, also when the change was made.
func (a *RuleChange) Changes(ctx context.Context, d *Desk) ([]rule.Saying, error) {
	before, err := d.RuleAt(ctx, rule.Ref(string(a.Rule)+"@"+strconv.Itoa(a.Version)))
	if err != nil || before == nil {
		return nil, orNotFound(err)
	}
	after, err := before.Next(a.Change)
	if err != nil {
		return nil, err
	}
	return append([]rule.Saying{rule.Say("rule.kind." + string(before.Kind))}, rule.Differences(before, &after)...), nil
}

// Do keeps the next version.
func (a *RuleChange) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	_, next, err := a.versions(ctx, d, by)
	if err != nil {
		return Effect{}, err
	}
	added, err := d.addRule(ctx, next, by)
	if err == nil && !added {
		err = ledger.Refuse(ledger.CodeRuleVersion, "version", strconv.Itoa(next.Version))
	}
	return Effect{}, err
}

// RuleStop stops a rule for every note: it asks a person from now on.
type RuleStop struct {
	Rule  rule.ID      `json:"rule"`
	Until finance.Date `json:"until,omitzero"` // its last day; no date while nobody ends it
}

// Name is rule.stop.
func (a *RuleStop) Name() ActName { return NameRuleStop }

// Subject is no note.
func (a *RuleStop) Subject() ledger.NoteID { return "" }

// Check refuses a rule that is not there, and a day that has passed.
func (a *RuleStop) Check(ctx context.Context, d *Desk) error {
	if r, err := d.RuleAt(ctx, rule.Ref(a.Rule)); err != nil || r == nil {
		return orNotFound(err)
	}
	return checkUntil(d, a.Until)
}

// Describe says what will happen until when.
func (a *RuleStop) Describe() []Saying { return until(Say("act.rule.stop"), a.Until) }

// Do stops it.
func (a *RuleStop) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	return d.stop(ctx, casebook.Stop{Rule: string(a.Rule), Until: a.Until}, by)
}

// RulePause stops what is automatic on one note, or one rule of it.
type RulePause struct {
	Note  ledger.NoteID `json:"note"`
	Rule  rule.ID       `json:"rule,omitempty"` // every one where it is empty
	Until finance.Date  `json:"until,omitzero"` // its last day; no date while nobody ends it
}

// Name is rule.pause.
func (a *RulePause) Name() ActName { return NameRulePause }

// Subject is the note.
func (a *RulePause) Subject() ledger.NoteID { return a.Note }

// Check refuses a note or a rule that is not there, and a day that has passed.
func (a *RulePause) Check(ctx context.Context, d *Desk) error {
	if n, err := d.Book.Note(ctx, a.Note); err != nil || n == nil {
		return orNotFound(err)
	}
	if a.Rule != "" {
		if r, err := d.RuleAt(ctx, rule.Ref(a.Rule)); err != nil || r == nil {
			return orNotFound(err)
		}
	}
	return checkUntil(d, a.Until)
}

// Describe says what will happen until when.
func (a *RulePause) Describe() []Saying {
	if a.Rule == "" {
		return until(Say("act.rule.pause"), a.Until)
	}
	return until(Say("act.rule.pause-rule"), a.Until)
}

// Do stops it, and tells the borrower.
func (a *RulePause) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	effect, err := d.stop(ctx, casebook.Stop{Rule: string(a.Rule), Note: a.Note, Until: a.Until}, by)
	if err != nil {
		return effect, err
	}
	said := []rule.Saying{rule.Say("rule.hold.stop")}
	if !a.Until.IsZero() {
		said = append(said, rule.Say("rule.until", "until", a.Until.String()))
	}
	return effect, d.Tell(ctx, overridden(by, a.Note, string(a.Rule), d.Clock(), said...))
}

// stop keeps a stop under the act's id.
func (d *Desk) stop(ctx context.Context, s casebook.Stop, by Doing) (Effect, error) {
	s.ID, s.Staff, s.Reason, s.At = by.ID, by.Actor.Staff, by.Reason, d.Clock()
	if _, err := d.Book.AddStop(ctx, s); err != nil {
		return Effect{}, err
	}
	return Effect{Undo: &RuleResume{Stop: s.ID, Note: s.Note}}, nil
}

// RuleResume ends a stop before its day.
type RuleResume struct {
	Stop string        `json:"stop"`
	Note ledger.NoteID `json:"note,omitempty"` // of the stop
}

// ofEveryNote keeps the end of a stop that holds for every note from who could not have
// stopped the rule.
func ofEveryNote(by Actor, a Act) bool { return a.(*RuleResume).Note == "" && !by.Is(Lead) }

// Name is rule.resume.
func (a *RuleResume) Name() ActName { return NameRuleResume }

// Subject is the note of the stop, if it is of one.
func (a *RuleResume) Subject() ledger.NoteID { return a.Note }

// Check refuses what is not stopped.
func (a *RuleResume) Check(ctx context.Context, d *Desk) error {
	s, err := d.Book.Stop(ctx, a.Stop)
	if err != nil || s == nil || s.Note != a.Note {
		return orNotFound(err)
	}
	return nil
}

// Describe says that it goes on.
func (a *RuleResume) Describe() []Saying { return one("act.rule.resume") }

// Do ends the stop.
func (a *RuleResume) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	_, err := d.Book.LiftStop(ctx, a.Stop, by.Actor.Staff, d.Clock())
	return Effect{}, err
}

// TellInterest is what a rule does about late interest: law and the note let it run,
// and the borrower is told.
type TellInterest struct {
	Note ledger.NoteID `json:"note"`
}

// Name is interest.tell.
func (a *TellInterest) Name() ActName { return NameTell }

// Subject is the note.
func (a *TellInterest) Subject() ledger.NoteID { return a.Note }

// Check refuses nothing.
func (a *TellInterest) Check(context.Context, *Desk) error { return nil }

// Describe says that the borrower is told.
func (a *TellInterest) Describe() []Saying { return one("act.interest.tell") }

// Do has no effect of its own: every decision that is carried out is told.
func (a *TellInterest) Do(context.Context, *Desk, Doing) (Effect, error) { return Effect{}, nil }

// SuggestCall puts a call to a borrower on the worklist.
type SuggestCall struct {
	Note  ledger.NoteID `json:"note"`
	About string        `json:"about"` // the instalment that is overdue
}

// Name is call.suggest.
func (a *SuggestCall) Name() ActName { return NameSuggest }

// Subject is the note.
func (a *SuggestCall) Subject() ledger.NoteID { return a.Note }

// Check refuses nothing.
func (a *SuggestCall) Check(context.Context, *Desk) error { return nil }

// Describe says that somebody calls.
func (a *SuggestCall) Describe() []Saying { return one("act.call.suggest") }

// Do adds the task.
func (a *SuggestCall) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	now := d.Clock()
	_, err := d.Book.AddTask(ctx, casebook.Task{
		Kind: casebook.TaskNext, About: a.about(), Note: a.Note, Reason: "task.rule-call", Due: now.Add(proposalTime),
	}, now)
	return Effect{}, err
}

func (a *SuggestCall) about() string { return "call:" + string(a.Note) + ":" + a.About }

// until says what will happen, and its last day if it has one.
func until(what Saying, day finance.Date) []Saying {
	if day.IsZero() {
		return []Saying{what, Say("act.rule.endless")}
	}
	return []Saying{what, Say("act.rule.until", "day", day)}
}

// checkUntil refuses a last day that has passed, or is more than a year ahead.
func checkUntil(d *Desk, day finance.Date) error {
	today := finance.DateOf(d.Clock())
	if latest := today.AddDays(rule.AtMostDays); !day.IsZero() && (day.Before(today) || day.After(latest)) {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "until", "want", today.String()+" – "+latest.String())
	}
	return nil
}

// orNotFound refuses what is not there, where it could be looked for.
func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return ledger.Refuse(ledger.CodeNotFound)
}
