package casebook

import (
	"context"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// WorkHoldKind says what of the work with a person lets nothing happen by itself.
type WorkHoldKind string

// The kinds.
const (
	HoldFlag      WorkHoldKind = "flag"
	HoldComplaint WorkHoldKind = "complaint" // that nobody has answered
	HoldCall      WorkHoldKind = "call"      // that was promised and not made
)

// WorkHold is something of the work with a person that may let nothing happen by
// itself until it is settled.
type WorkHold struct {
	Kind   WorkHoldKind
	ID     string  // of the flag, the complaint or the call
	Keeper StaffID // who has it in hand
	// Until is its last day, or the day by which it is to be settled; what is late holds
	// on.
	Until finance.Date
}

// HoldsOf gives the holds on a note on a day: the flags that stand, then the
// complaints and the calls that wait.
func (b *Book) HoldsOf(ctx context.Context, note ledger.NoteID, on finance.Date) ([]WorkHold, error) {
	var all []WorkHold
	flags, err := b.flags(ctx, "WHERE note = $1 AND lifted = 0 AND until >= $2 ORDER BY place LIMIT $3", string(note), on.String(), maxOfNote)
	if err != nil {
		return nil, err
	}
	for _, f := range flags {
		all = append(all, WorkHold{HoldFlag, f.ID, f.Keeper, f.Until})
	}
	complaints, err := b.complaints(ctx, "WHERE note = $1 AND answered = 0 ORDER BY place LIMIT $2", string(note), maxOfNote)
	if err != nil {
		return nil, err
	}
	for _, c := range complaints {
		all = append(all, WorkHold{HoldComplaint, c.ID, c.Registered, c.AnswerBy})
	}
	calls, err := b.calls(ctx, "WHERE c.note = $1 AND c.ended = 0 ORDER BY c.place LIMIT $2", string(note), maxOfNote)
	if err != nil {
		return nil, err
	}
	for _, c := range calls {
		all = append(all, WorkHold{HoldCall, c.ID, c.Owner, finance.DateOf(c.Promised)})
	}
	return all, nil
}
