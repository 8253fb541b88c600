package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Stop says that a rule is not to act by itself. Its Rule is empty where it is for
// every rule, and its Note where it is for every note.
type Stop struct {
	ID     string
	Place  int64
	Rule   string
	Note   ledger.NoteID
	Until  finance.Date // its last day; no date while nobody lifts it
	Staff  StaffID
	Reason string
	At     time.Time
}

// AddStop stops a rule. added is false where there is a stop with the id.
func (b *Book) AddStop(ctx context.Context, s Stop) (added bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		place, err := store.NextPlace(ctx, tx, "stops")
		if err != nil {
			return err
		}
		n, err := store.Changed(tx.ExecContext(ctx, `INSERT INTO stops (id, place, rule, note, until, staff, reason, at, lifted, lifted_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '') ON CONFLICT (id) DO NOTHING`,
			s.ID, place, s.Rule, string(s.Note), s.Until.String(), string(s.Staff), s.Reason, s.At.Unix()))
		added = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("stopping a rule: %w", err)
	}
	return added, nil
}

// LiftStop ends a stop before its day. lifted is false where it was lifted before.
func (b *Book) LiftStop(ctx context.Context, id string, by StaffID, now time.Time) (lifted bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, "UPDATE stops SET lifted = $1, lifted_by = $2 WHERE id = $3 AND lifted = 0", now.Unix(), string(by), id))
		lifted = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("lifting a stop: %w", err)
	}
	return lifted, nil
}

// Stop gives a stop that is not lifted, or nil where there is none with the id.
func (b *Book) Stop(ctx context.Context, id string) (*Stop, error) {
	return first(b.stops(ctx, "WHERE id = $1 AND lifted = 0", id))
}

// StopsOf lists the stops on a note that are in force on a day, at most
// store.MaxPage.
func (b *Book) StopsOf(ctx context.Context, note ledger.NoteID, on finance.Date) ([]Stop, error) {
	return b.stops(ctx, "WHERE note = $1 AND lifted = 0 AND (until = '' OR until >= $2) ORDER BY place LIMIT $3", string(note), on.String(), store.MaxPage)
}

// StopsForAll lists the stops of rules for all notes that are in force on a day, at
// most store.MaxPage.
func (b *Book) StopsForAll(ctx context.Context, on finance.Date) ([]Stop, error) {
	return b.stops(ctx, "WHERE note = '' AND lifted = 0 AND (until = '' OR until >= $1) ORDER BY place LIMIT $2", on.String(), store.MaxPage)
}

func (b *Book) stops(ctx context.Context, where string, args ...any) ([]Stop, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT id, place, rule, note, until, staff, reason, at FROM stops "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading what is stopped: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (s Stop, err error) {
		var until string
		var at int64
		if err = rows.Scan(&s.ID, &s.Place, &s.Rule, &s.Note, &until, &s.Staff, &s.Reason, &at); err != nil {
			return s, err
		}
		s.At = store.InTime(at)
		return s, s.Until.UnmarshalText([]byte(until))
	})
}
