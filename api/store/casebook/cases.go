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

// Case is a note that the company collects or holds, seen as work.
type Case struct {
	// Number counts cases in the order in which they came. It stays with the note for
	// ever, since payments name it.
	Number int64
	Note   ledger.NoteID
	Opened time.Time
	Closed time.Time // zero while the company is something to the note
	Owner  StaffID   // empty where nobody has taken it
	Team   string
	Client ledger.PartyID // the holder, for whom it is collected; the company itself where it holds the note
}

// Open says that there is something to do.
func (c *Case) Open() bool { return c.Closed.IsZero() }

// CaseFacts is what lists of cases are selected by and follows from the note.
type CaseFacts struct {
	Client   ledger.PartyID
	Due      finance.Date // of the next unpaid instalment; no date where there is none
	Disputed bool
	Plan     bool
}

// KeepCase opens the case of a note, or brings the one that is there up to date. It
// changes neither a case's number nor its owner.
func (b *Book) KeepCase(ctx context.Context, note ledger.NoteID, f CaseFacts, now time.Time) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error { return keepCase(ctx, tx, note, f, now) })
	if err != nil {
		return fmt.Errorf("keeping the case of note %s: %w", note, err)
	}
	return nil
}

func keepCase(ctx context.Context, tx *sql.Tx, note ledger.NoteID, f CaseFacts, now time.Time) error {
	n, err := store.Changed(tx.ExecContext(ctx, "UPDATE cases SET closed = 0, client = $1, due = $2, disputed = $3, plan = $4 WHERE note = $5",
		string(f.Client), f.Due.String(), bit(f.Disputed), bit(f.Plan), string(note)))
	if err != nil || n > 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO cases (number, note, opened, owner, team, closed, client, due, disputed, plan)
		SELECT MAX(last) + 1, $1, $2, '', '', 0, $3, $4, $5, $6 FROM (
			SELECT COALESCE(MAX(number), 0) AS last FROM cases
			UNION ALL SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'case_number') AS numbers`,
		string(note), now.Unix(), string(f.Client), f.Due.String(), bit(f.Disputed), bit(f.Plan))
	return err
}

// CloseCase notes that the company is nothing to a note any more, or that the note is
// no debt any more; a note without a case stays without one.
func (b *Book) CloseCase(ctx context.Context, note ledger.NoteID, now time.Time) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error { return closeCase(ctx, tx, note, now) })
	if err != nil {
		return fmt.Errorf("closing the case of note %s: %w", note, err)
	}
	return nil
}

func closeCase(ctx context.Context, tx *sql.Tx, note ledger.NoteID, now time.Time) error {
	_, err := tx.ExecContext(ctx, "UPDATE cases SET closed = $1 WHERE note = $2 AND closed = 0", now.Unix(), string(note))
	return err
}

// AssignCase gives a case to a member of staff and a team; either may be empty.
func (b *Book) AssignCase(ctx context.Context, note ledger.NoteID, owner StaffID, team string) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE cases SET owner = $1, team = $2 WHERE note = $3", string(owner), team, string(note))
		return err
	})
	if err != nil {
		return fmt.Errorf("giving the case of note %s to somebody: %w", note, err)
	}
	return nil
}

const selectCases = "SELECT number, note, opened, closed, owner, team, client FROM cases "

func scanCase(rows *sql.Rows) (c Case, err error) {
	var opened, closed int64
	err = rows.Scan(&c.Number, &c.Note, &opened, &closed, &c.Owner, &c.Team, &c.Client)
	c.Opened, c.Closed = store.InTime(opened), store.InTime(closed)
	return c, err
}

func (b *Book) cases(ctx context.Context, where string, args ...any) ([]Case, error) {
	rows, err := b.Reader().QueryContext(ctx, selectCases+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading cases: %w", err)
	}
	return store.Collect(rows, scanCase)
}

// Case gives the case with a number, or nil.
func (b *Book) Case(ctx context.Context, number int64) (*Case, error) {
	return first(b.cases(ctx, "WHERE number = $1", number))
}

// CaseOf gives the case of a note, or nil.
func (b *Book) CaseOf(ctx context.Context, note ledger.NoteID) (*Case, error) {
	return first(b.cases(ctx, "WHERE note = $1", string(note)))
}

func first[T any](all []T, err error) (*T, error) {
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

func bit(is bool) int {
	if is {
		return 1
	}
	return 0
}
