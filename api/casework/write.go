package casework

import (
	"context"
	"encoding/json"

	"github.com/skuld-registry/skuld/ledger"
)

// write has an operation on a note done on the ledger, under the act's id, and gives
// the number of its command; 0 while its outcome is not known.
func (d *Desk) write(_ context.Context, _ Doing, _ ledger.NoteID, _ ledger.Op, _ json.RawMessage) (ledger.CommandID, uint64, error) {
	return "", 0, ledger.Refuse(ledger.CodeUnavailable)
}
