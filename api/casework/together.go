package casework

import (
	"context"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// wanted is what an act wants written on a note.
type wanted struct {
	note ledger.NoteID
	body any
}

// submitTogether is Submit of one operation on many notes, at most ledger.MaxBatch, in
// one transaction. together is false where they cannot be one, or one of them is
// refused: then nothing is on the ledger, and each can be handed in alone, under the
// same id.
func (d *Desk) submitTogether(ctx context.Context, by Doing, op ledger.Op, all []wanted) (done Submitted, together bool, err error) {
	var commands []*casebook.Command
	var signed []ledger.Signed
	for _, w := range all {
		id, err := commandID(by, op, w.note)
		if err != nil {
			return done, false, err
		}
		c, err := d.command(ctx, by, id, w.note, op, w.body)
		if err != nil {
			return done, false, err
		}
		done.Command = id
		if c.State != ledger.Committed {
			commands, signed = append(commands, c), append(signed, c.Signed)
		}
	}
	if len(signed) == 0 {
		return done, true, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), submitTime)
	defer cancel()
	outcomes, err := d.Service.SubmitTogether(ctx, signed...)
	if ledger.CodeOf(err) == ledger.CodeAtomicImpossible {
		return done, false, nil
	}
	if err != nil {
		d.Log.Warn("what became of commands of the desk is not known", "act", by.ID, "error", err)
		done.Unsettled = true
		return done, true, nil
	}
	together = true
	block := uint64(0)
	for i, o := range outcomes {
		var code ledger.Code
		switch o.State {
		case ledger.Committed:
			block = max(block, o.Block)
		case ledger.Rejected, ledger.Conflicted:
			together = false
			if code = ledger.CodeInternal; o.Err != nil {
				code = o.Err.Code
			}
		default:
			done.Unsettled = true
			continue
		}
		if err := d.Book.SettleCommand(ctx, commands[i].ID, o.State, code); err != nil {
			return done, false, err
		}
	}
	if block > 0 {
		d.catchUp(ctx, block)
	}
	return done, together, nil
}
