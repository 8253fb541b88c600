package casework

import (
	"context"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// PromiseCall promises a person a call by a time.
type PromiseCall struct {
	Note     ledger.NoteID    `json:"note"`
	Party    ledger.PartyID   `json:"party,omitempty"`
	Number   string           `json:"number"` // as it was said
	Language ledger.Language  `json:"language,omitempty"`
	Words    string           `json:"words,omitempty"` // what it is about
	Owner    casebook.StaffID `json:"owner,omitempty"` // empty where anybody can make it
	By       time.Time        `json:"by"`
}

// Name names the act.
func (*PromiseCall) Name() ActName { return NamePromiseCall }

// Subject is the note.
func (a *PromiseCall) Subject() ledger.NoteID { return a.Note }

// Check says whether somebody can be called then.
func (a *PromiseCall) Check(ctx context.Context, d *Desk) error {
	if err := checkText("number", a.Number, maxNumber, true); err != nil {
		return err
	}
	if err := checkText("words", a.Words, MaxStep, false); err != nil {
		return err
	}
	if err := checkTime("by", a.By, d.Clock()); err != nil {
		return err
	}
	if err := d.checkStaff(ctx, "owner", a.Owner); err != nil {
		return err
	}
	return d.checkSubject(ctx, a.Note, a.Party)
}

// Describe says by when the person is called.
func (a *PromiseCall) Describe() []Saying {
	return []Saying{Say("act.callback.promise.says", "when", a.By, "number", a.Number)}
}

// Do keeps the promise and puts it on the worklist.
func (a *PromiseCall) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	err := d.Book.AddCall(ctx, casebook.Call{
		ID: by.ID, Note: a.Note, Party: a.Party, Number: a.Number, Language: a.Language, Words: a.Words, Owner: a.Owner, Created: d.Clock(), Promised: a.By,
	})
	return Effect{Undo: &DropCall{Call: by.ID, Note: a.Note}}, err
}

// KeepCall says that a promised call was made, and logs it as a contact.
type KeepCall struct {
	Call     string                  `json:"call"`
	Note     ledger.NoteID           `json:"note"`
	Outcome  casebook.ContactOutcome `json:"outcome"`
	Words    string                  `json:"words,omitempty"`
	FollowUp bool                    `json:"follow_up,omitempty"`
}

// Name names the act.
func (*KeepCall) Name() ActName { return NameKeepCall }

// Subject is the note.
func (a *KeepCall) Subject() ledger.NoteID { return a.Note }

// Check says whether the call is still to be made.
func (a *KeepCall) Check(ctx context.Context, d *Desk) error {
	c, err := d.openCall(ctx, a.Call, a.Note)
	if err != nil {
		return err
	}
	return a.contact(c).Check(ctx, d)
}

// contact is the same as a contact.
func (a *KeepCall) contact(c *casebook.Call) *LogContact {
	log := &LogContact{
		Note: c.Note, Party: c.Party, Channel: casebook.ByPhone, Direction: casebook.Outgoing, Outcome: a.Outcome, Topic: TopicCallback,
		Words: a.Words, FollowUp: a.FollowUp,
	}
	if number := Phone(c.Number, finance.Sweden); phonePattern.MatchString(number) {
		log.Peer = number
	}
	return log
}

// Describe says what is written down.
func (*KeepCall) Describe() []Saying { return one("act.callback.keep.says") }

// Do logs the contact and ends the call.
func (a *KeepCall) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	c, err := d.Book.Call(ctx, a.Call)
	if err != nil || c == nil {
		return Effect{}, err
	}
	if _, err := a.contact(c).Do(ctx, d, by); err != nil {
		return Effect{}, err
	}
	_, err = d.Book.KeepCall(ctx, a.Call, by.Actor.Staff, a.Outcome, d.Clock())
	return Effect{}, err
}

// MoveCall says that the person was told another time.
type MoveCall struct {
	Call string        `json:"call"`
	Note ledger.NoteID `json:"note"`
	By   time.Time     `json:"by"`
	// Back is for taking it back: the time that was promised first may have passed.
	Back bool `json:"back,omitempty"`
}

// Name names the act.
func (*MoveCall) Name() ActName { return NameMoveCall }

// Subject is the note.
func (a *MoveCall) Subject() ledger.NoteID { return a.Note }

// Check says whether the call is still to be made, and can be made then.
func (a *MoveCall) Check(ctx context.Context, d *Desk) error {
	if !a.Back {
		if err := checkTime("by", a.By, d.Clock()); err != nil {
			return err
		}
	}
	_, err := d.openCall(ctx, a.Call, a.Note)
	return err
}

// Describe says by when the person is called now.
func (a *MoveCall) Describe() []Saying { return []Saying{Say("act.callback.move.says", "when", a.By)} }

// Do moves it.
func (a *MoveCall) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	c, err := d.openCall(ctx, a.Call, a.Note)
	if err != nil {
		return Effect{}, err
	}
	moved, err := d.Book.MoveCall(ctx, a.Call, a.By, d.Clock())
	return Effect{Undo: &MoveCall{Call: a.Call, Note: a.Note, By: c.Promised, Back: true}}, happened(moved, err)
}

// DropCall says that the person does not want to be called any more.
type DropCall struct {
	Call string        `json:"call"`
	Note ledger.NoteID `json:"note"`
}

// Name names the act.
func (*DropCall) Name() ActName { return NameDropCall }

// Subject is the note.
func (a *DropCall) Subject() ledger.NoteID { return a.Note }

// Check says whether the call is still to be made.
func (a *DropCall) Check(ctx context.Context, d *Desk) error {
	_, err := d.openCall(ctx, a.Call, a.Note)
	return err
}

// Describe says that nobody calls.
func (*DropCall) Describe() []Saying { return one("act.callback.drop.says") }

// Do ends the call.
func (a *DropCall) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	_, err := d.Book.KeepCall(ctx, a.Call, by.Actor.Staff, casebook.NotWanted, d.Clock())
	return Effect{}, err
}

// openCall gives a call about a note that is still to be made.
func (d *Desk) openCall(ctx context.Context, id string, note ledger.NoteID) (*casebook.Call, error) {
	c, err := d.Book.Call(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case c == nil || c.Note != note:
		return nil, ledger.Refuse(ledger.CodeNotFound)
	case !c.Ended.IsZero():
		return nil, settled()
	}
	return c, nil
}
