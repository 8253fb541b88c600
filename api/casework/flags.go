package casework

import (
	"context"
	"slices"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// longestFlag is how many months a flag can stand before somebody asks the person
// again.
const longestFlag = 12

// RaiseFlag marks that a person of a case needs to be met with care. Until its last
// day nothing happens by itself, and a named member of staff has the case.
type RaiseFlag struct {
	Note   ledger.NoteID      `json:"note"`
	Party  ledger.PartyID     `json:"party,omitempty"`
	Kind   casebook.FlagKind  `json:"kind"`
	Basis  casebook.FlagBasis `json:"basis"`
	Words  string             `json:"words"`
	Keeper casebook.StaffID   `json:"keeper"`
	Until  finance.Date       `json:"until"`
}

// Name names the act.
func (*RaiseFlag) Name() ActName { return NameRaiseFlag }

// Subject is the note.
func (a *RaiseFlag) Subject() ledger.NoteID { return a.Note }

// Check says whether there is a lawful ground, a keeper and an end.
func (a *RaiseFlag) Check(ctx context.Context, d *Desk) error {
	today := finance.DateOf(d.Clock())
	switch {
	case !slices.Contains(casebook.FlagKinds(), a.Kind):
		return wrongField("kind", "a kind of flag")
	case !slices.Contains(casebook.FlagBases(), a.Basis):
		return wrongField("basis", "a lawful ground")
	case a.Kind == casebook.FlagIllness && a.Basis == casebook.BasisInterest:
		return wrongField("basis", "a ground of art. 9 for what tells of somebody's health")
	case a.Until.Before(today) || today.AddMonths(longestFlag, 0).Before(a.Until):
		return wrongField("until", "a day within a year")
	case a.Keeper == "":
		return wrongField("keeper", "somebody who works here")
	}
	if err := checkText("words", a.Words, MaxStep, true); err != nil {
		return err
	}
	if err := d.checkStaff(ctx, "keeper", a.Keeper); err != nil {
		return err
	}
	return d.checkSubject(ctx, a.Note, a.Party)
}

// Describe says what pauses, until when, and who takes over.
func (a *RaiseFlag) Describe() []Saying {
	return []Saying{Say("act.flag.raise.says", "day", a.Until), Say("act.flag.raise.keeper")}
}

// Do raises it, gives the case to its keeper, and puts on the keeper's worklist that
// it ends.
func (a *RaiseFlag) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	err := d.Book.AddFlag(ctx, casebook.Flag{
		ID: by.ID, Note: a.Note, Party: a.Party, Kind: a.Kind, Basis: a.Basis, Words: a.Words, Keeper: a.Keeper,
		Raised: d.Clock(), RaisedBy: by.Actor.Staff, Until: a.Until,
	}, casebook.Task{Kind: casebook.TaskFlag, About: by.ID, Note: a.Note, Reason: "task-flag", Due: dueOn(a.Until), Owner: a.Keeper})
	if err != nil {
		return Effect{}, err
	}
	was, err := d.caseOf(ctx, a.Note)
	if err != nil {
		return Effect{}, err
	}
	return Effect{Undo: &LiftFlag{Flag: by.ID, Note: a.Note}}, d.Book.AssignCase(ctx, a.Note, a.Keeper, was.Team)
}

// LiftFlag ends a flag before its last day.
type LiftFlag struct {
	Flag string        `json:"flag"`
	Note ledger.NoteID `json:"note"`
}

// Name names the act.
func (*LiftFlag) Name() ActName { return NameLiftFlag }

// Subject is the note.
func (a *LiftFlag) Subject() ledger.NoteID { return a.Note }

// Check says whether it stands.
func (a *LiftFlag) Check(ctx context.Context, d *Desk) error {
	f, err := d.flag(ctx, a.Flag, a.Note)
	if err == nil && !f.Lifted.IsZero() {
		err = settled()
	}
	return err
}

// Describe says that what happens by itself goes on.
func (*LiftFlag) Describe() []Saying { return one("act.flag.lift.says") }

// Do lifts it.
func (a *LiftFlag) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	_, err := d.Book.LiftFlag(ctx, a.Flag, by.Actor.Staff, d.Clock())
	return Effect{Undo: &RestoreFlag{Flag: a.Flag, Note: a.Note}}, err
}

// RestoreFlag takes back that a flag was lifted.
type RestoreFlag struct {
	Flag string        `json:"flag"`
	Note ledger.NoteID `json:"note"`
}

// Name names the act.
func (*RestoreFlag) Name() ActName { return NameRestoreFlag }

// Subject is the note.
func (a *RestoreFlag) Subject() ledger.NoteID { return a.Note }

// Check says whether it was lifted.
func (a *RestoreFlag) Check(ctx context.Context, d *Desk) error {
	f, err := d.flag(ctx, a.Flag, a.Note)
	if err == nil && f.Lifted.IsZero() {
		err = settled()
	}
	return err
}

// Describe says that nothing happens by itself again.
func (*RestoreFlag) Describe() []Saying { return one("act.flag.restore.says") }

// Do restores it.
func (a *RestoreFlag) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	_, err := d.Book.RestoreFlag(ctx, a.Flag)
	return Effect{Undo: &LiftFlag{Flag: a.Flag, Note: a.Note}}, err
}

func (d *Desk) flag(ctx context.Context, id string, note ledger.NoteID) (*casebook.Flag, error) {
	f, err := d.Book.Flag(ctx, id)
	if err == nil && (f == nil || f.Note != note) {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return f, err
}
