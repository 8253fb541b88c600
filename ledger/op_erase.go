package ledger

import (
	"fmt"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// applyErase leaves of a note that it was there, how many commands it had and
// where its chain ended: enough to refuse a second note with its id for ever, and
// nothing about anybody (Regulation (EU) 2016/679 art. 17). What the ledger keeps
// of it beside its record is to be purged with this command, which itself leaves
// no entry: who erased says who was something to the note.
//
// Any party of the note may, since it states only what the clock says.
func applyErase(a *act, _ body) error {
	if a.note.Seq > MaxProofLinks {
		return Refuse(CodeLimit, "what", "commands to erase", "limit", itoa(MaxProofLinks))
	}
	until, err := RetainedUntil(a.note)
	if err != nil {
		return err
	}
	if !until.IsZero() && !a.today().After(until) {
		return Refuse(CodeRetention, "until", until.String())
	}
	a.note = &Note{ID: a.note.ID, Head: a.note.Head, Status: StatusErased, Erasure: a.cmd.Command}
	return nil
}

// RetainedUntil gives the last day on which a note that has ended must still be
// kept; no date where it may be erased at once, for it never was a debt. A note
// that has not ended is refused.
func RetainedUntil(n *Note) (finance.Date, error) {
	switch n.Status {
	case StatusVoid:
		return finance.Date{}, nil
	case StatusDischarged:
	default:
		return finance.Date{}, refuseStatus(n.Status)
	}
	until, err := finance.Retention(n.Terms.Jurisdiction, n.Ended)
	if err != nil {
		return finance.Date{}, fmt.Errorf("reading how long a note is kept: %w", err)
	}
	return until, nil
}

// end notes the day of the last entry of a note that has come to its end, from
// which retention runs.
func (a *act) end() {
	a.note.Ended = finance.Date{}
	if a.note.Status == StatusDischarged || a.note.Status == StatusVoid {
		a.note.Ended = a.today()
	}
}

// Bare gives all that is left of an erased note, and nil for a record of a note
// that is not erased.
func (r *NoteRecord) Bare(id NoteID) *Note {
	if r.Status != StatusErased {
		return nil
	}
	return &Note{ID: id, Seq: r.Seq, Head: r.Head, Status: r.Status, Erasure: r.Erasure}
}
