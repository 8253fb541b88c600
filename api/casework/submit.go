package casework

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

const (
	// submitTime bounds the wait for a command's outcome, after which it is told as
	// not known yet.
	submitTime = 40 * time.Second
	// ownWrites bounds how long an act waits for the read model, so that its page shows
	// what was just written.
	ownWrites = 2 * time.Second
	// maxTries bounds how often a command is written anew because another one came
	// first to the same note.
	maxTries = 3
)

// Submitted is what became of a command.
type Submitted struct {
	Command   ledger.CommandID
	Seq       uint64 // of the note, after it
	Unsettled bool   // its outcome is not known yet; Resolve finds it out
}

// Submit has the company do an operation on a note, signed with its own key, as a part
// of an act. What the rules refuse is a *ledger.Error. The command's id follows from
// the act, so that a repeat of the act after a crash hands in the same bytes, which the
// ledger applies once. An act has one command of an operation on a note.
func (d *Desk) Submit(ctx context.Context, by Doing, note ledger.NoteID, op ledger.Op, body any) (Submitted, error) {
	id, err := commandID(by, op, note)
	if err != nil {
		return Submitted{}, err
	}
	for try := 1; ; try++ {
		c, err := d.command(ctx, by, id, note, op, body)
		if err != nil {
			return Submitted{}, err
		}
		done, err := d.handIn(ctx, c)
		if e, refused := errors.AsType[*ledger.Error](err); refused && e.Class() == ledger.ClassConflict && try < maxTries {
			continue // another command came first; this one is written for the note as it is now
		}
		return done, err
	}
}

// commandID gives the id of an act's command of an operation on a note.
func commandID(by Doing, op ledger.Op, note ledger.NoteID) (ledger.CommandID, error) {
	act, err := uuid.Parse(by.ID)
	if err != nil {
		return "", fmt.Errorf("reading an act's id: %w", err)
	}
	return ledger.CommandID(uuid.NewSHA1(act, []byte(string(op)+"\x00"+string(note))).String()), nil
}

// command gives the command that was kept under an id, unless it was refused: then it
// is written anew, for the note as it stands.
func (d *Desk) command(ctx context.Context, by Doing, id ledger.CommandID, note ledger.NoteID, op ledger.Op, body any) (*casebook.Command, error) {
	kept, err := d.Book.Command(ctx, id)
	if err != nil || kept != nil && (!kept.Settled() || kept.State == ledger.Committed) {
		return kept, err
	}
	// A database that was restored from a backup of before has lost the command, and
	// the same bank file must not pay twice. The read model has it from the ledger.
	if seq, err := d.Book.AppliedAs(ctx, id, note); err != nil || seq > 0 {
		return &casebook.Command{ID: id, Act: by.ID, Seq: seq, State: ledger.Committed}, err
	}
	views, err := d.Service.Notes(ctx, note)
	if err != nil {
		return nil, d.unavailable("reading a note", err)
	}
	if views[0].Err != nil {
		return nil, views[0].Err
	}
	seq := views[0].Note.Seq + 1
	command, err := ledger.Draft{
		Op: op, Network: d.Service.Network(), By: d.Party, Subject: string(note), Seq: seq, Command: id, IssuedAt: d.Clock(), Body: body,
	}.Build()
	if err != nil {
		return nil, err
	}
	signed, err := sign.Command(command, d.Key)
	if err != nil {
		return nil, fmt.Errorf("signing a command: %w", err)
	}
	c := casebook.Command{ID: id, Act: by.ID, Seq: seq, Signed: signed, Created: d.Clock()}
	return &c, d.Book.KeepCommand(ctx, c)
}

// handIn hands a command in that was kept, and notes what became of it. Who asked may
// leave meanwhile: the wait is not theirs to end.
func (d *Desk) handIn(ctx context.Context, c *casebook.Command) (Submitted, error) {
	done := Submitted{Command: c.ID, Seq: c.Seq}
	if c.State == ledger.Committed {
		return done, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), submitTime)
	defer cancel()
	outcomes, err := d.Service.Submit(ctx, c.Signed)
	if err != nil {
		d.Log.Warn("what became of a command of the desk is not known", "command", c.ID, "error", err)
		done.Unsettled = true
		return done, nil
	}
	o := outcomes[0]
	switch o.State {
	case ledger.Committed:
		d.catchUp(ctx, o.Block)
		return done, d.Book.SettleCommand(ctx, c.ID, o.State, "")
	case ledger.Rejected, ledger.Conflicted:
		refusal := o.Err
		if refusal == nil {
			refusal = ledger.Refuse(ledger.CodeInternal, "id", string(c.ID))
		}
		return done, errors.Join(d.Book.SettleCommand(ctx, c.ID, o.State, refusal.Code), refusal)
	}
	done.Unsettled = true
	return done, nil
}

// catchUp waits a little until the read model holds a block.
func (d *Desk) catchUp(ctx context.Context, block uint64) {
	ctx, cancel := context.WithTimeout(ctx, ownWrites)
	defer cancel()
	if err := d.Book.Wait(ctx, block); err != nil {
		d.Log.Debug("the read model is behind", "block", block)
	}
}

// unavailable gives the refusal of what could not be asked, whose cause only the log is
// told.
func (d *Desk) unavailable(doing string, err error) error {
	d.Log.Warn("the ledger cannot be asked", "doing", doing, "error", err)
	return ledger.Refuse(ledger.CodeUnavailable)
}

// Limits of finding out what became of commands.
const (
	resolvePause = 20 * time.Second // between two rounds
	resolveBatch = 50               // commands of a round
	resolveAfter = submitTime + 5*time.Second
)

// Resolve finds out what became of commands whose outcome was not known, until ctx
// ends: it hands them in again, byte for byte, and none is applied twice. Each expires
// in the end. One that was refused after all becomes a task, since its act was told as
// under way.
func (d *Desk) Resolve(ctx context.Context) {
	for tick := time.NewTicker(resolvePause); ; {
		if err := d.ResolveOnce(ctx); err != nil && ctx.Err() == nil {
			d.Log.Warn("commands of the desk are not resolved", "error", err)
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

// ResolveOnce is one round of Resolve.
func (d *Desk) ResolveOnce(ctx context.Context) error {
	before := d.Clock().Add(-resolveAfter)
	if err := d.Book.DropActsNotBegun(ctx, before); err != nil {
		return err
	}
	open, err := d.Book.OpenCommands(ctx, before, resolveBatch)
	if err != nil {
		return err
	}
	for i := range open {
		_, err := d.handIn(ctx, &open[i])
		if e, refused := errors.AsType[*ledger.Error](err); refused {
			err = d.refusedLate(ctx, &open[i], e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// refusedLate makes a task of a command that was refused after its act was told as
// under way.
func (d *Desk) refusedLate(ctx context.Context, c *casebook.Command, e *ledger.Error) error {
	act, err := d.Book.Act(ctx, c.Act)
	if err != nil || act == nil {
		return err
	}
	_, err = d.Book.AddTask(ctx, casebook.Task{
		Kind: casebook.TaskNext, About: string(c.ID), Note: act.Note, Reason: "task.why.refused",
		With: map[string]string{"code": string(e.Code)}, Due: d.Clock(), Owner: act.Staff,
	}, d.Clock())
	return err
}
