package casework

import (
	"context"
	"encoding/json"

	"github.com/skuld-registry/skuld/ledger"
)

// write is Submit for whom it is enough to know that the outcome is not known: the
// number of the note after the command is 0 then.
func (d *Desk) write(ctx context.Context, by Doing, note ledger.NoteID, op ledger.Op, body json.RawMessage) (ledger.CommandID, uint64, error) {
	done, err := d.Submit(ctx, by, note, op, body)
	if done.Unsettled {
		done.Seq = 0
	}
	return done.Command, done.Seq, err
}
