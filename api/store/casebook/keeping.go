package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// workTables hold what is known of the work with persons, each by its note.
var workTables = []string{"tasks", "contacts", "promised_calls", "promises", "complaint_register", "flags", "letters", "note_links"}

// keptBatch bounds the cases that one look for what is to be erased goes through.
const keptBatch = 1000

// WorkKept says when the work with persons is erased.
type WorkKept struct {
	// ClosedBefore selects cases that were closed before a time, and have no complaint
	// that nobody has answered.
	ClosedBefore time.Time
	// AtMost selects cases that were closed before an earlier time, whatever waits.
	AtMost time.Time
}

// EraseWork takes away all that is known of the work with persons of cases that were
// closed long ago, and says of how many. A part of it may be done where it fails.
func (b *Book) EraseWork(ctx context.Context, kept WorkKept) (erased int, err error) {
	for after := int64(0); ; {
		rows, err := b.Reader().QueryContext(ctx, `SELECT number, note FROM cases WHERE number > $1 AND closed > 0 AND closed < $2
			AND (closed < $3 OR NOT EXISTS (SELECT 1 FROM complaint_register c WHERE c.note = cases.note AND c.answered = 0))
			ORDER BY number LIMIT $4`, after, kept.ClosedBefore.Unix(), kept.AtMost.Unix(), keptBatch)
		if err != nil {
			return erased, fmt.Errorf("looking for work to erase: %w", err)
		}
		type old struct {
			number int64
			note   ledger.NoteID
		}
		all, err := store.Collect(rows, func(rows *sql.Rows) (o old, err error) { return o, rows.Scan(&o.number, &o.note) })
		if err != nil {
			return erased, fmt.Errorf("looking for work to erase: %w", err)
		}
		for _, o := range all {
			gone, err := b.eraseWork(ctx, o.note)
			if err != nil {
				return erased, fmt.Errorf("erasing the work about note %s: %w", o.note, err)
			}
			erased += bit(gone > 0)
			after = o.number
		}
		if len(all) < keptBatch {
			return erased, nil
		}
	}
}

func (b *Book) eraseWork(ctx context.Context, note ledger.NoteID) (gone int, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		gone = 0
		for _, table := range workTables {
			n, err := store.Changed(tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE note = $1", string(note)))
			if err != nil {
				return err
			}
			gone += n
		}
		return nil
	})
	return gone, err
}
