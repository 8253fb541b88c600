package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// SendingState is what has become of something that waits to go to the registrar.
type SendingState string

// The states.
const (
	SendingWaiting SendingState = "waiting"
	SendingWritten SendingState = "written"
	SendingRefused SendingState = "refused" // for good; Code says why
)

// Sending is an entry of the journal on its way to the registrar.
type Sending struct {
	ID       string // of the entry
	Place    int64
	Note     ledger.NoteID
	Entry    json.RawMessage // empty once it is settled
	State    SendingState
	Code     ledger.Code
	FollowUp string // address of the questions, where the entry asked for them
	Tries    int
	Next     time.Time // before which a try is of no use
}

// AddSending puts an entry into the outbox. One that is there already stays as it is.
func (b *Book) AddSending(ctx context.Context, o Sending) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		place, err := store.NextPlace(ctx, tx, "outbox")
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO outbox (id, place, note, entry, state, code, follow_up, tries, next, settled)
			VALUES ($1, $2, $3, $4, 'waiting', '', '', 0, 0, 0) ON CONFLICT (id) DO NOTHING`, o.ID, place, string(o.Note), string(o.Entry))
		return err
	})
	if err != nil {
		return fmt.Errorf("putting an entry into the outbox: %w", err)
	}
	return nil
}

func (b *Book) sendings(ctx context.Context, where string, args ...any) ([]Sending, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT id, place, note, entry, state, code, follow_up, tries, next FROM outbox "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (o Sending, err error) {
		var entry string
		var next int64
		err = rows.Scan(&o.ID, &o.Place, &o.Note, &entry, &o.State, &o.Code, &o.FollowUp, &o.Tries, &next)
		if o.Next = store.InTime(next); entry != "" {
			o.Entry = json.RawMessage(entry)
		}
		return o, err
	})
}

// NextSending gives the entries that are to go now, in the order in which they came:
// none of a note of which an earlier one has to wait.
func (b *Book) NextSending(ctx context.Context, now time.Time, limit int) ([]Sending, error) {
	return b.sendings(ctx, `WHERE state = 'waiting' AND note NOT IN (SELECT note FROM outbox WHERE state = 'waiting' AND next > $1)
		ORDER BY place LIMIT $2`, now.Unix(), store.PageLimit(limit))
}

// SendingOf gives an entry that was put into the outbox, or nil where there is none.
func (b *Book) SendingOf(ctx context.Context, id string) (*Sending, error) {
	return first(b.sendings(ctx, "WHERE id = $1", id))
}

// Settled is what became of an entry that was handed in.
type Settled struct {
	ID       string
	FollowUp string
	Refused  ledger.Code // empty where it was taken
	Next     time.Time   // the next try, where it was refused for now only
}

// SettleSending notes what became of entries. Those that are settled for good lose
// their words: the registrar has them, or never will.
func (b *Book) SettleSending(ctx context.Context, all []Settled, now time.Time) error {
	err := b.UpdateAlone(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, s := range all {
			state := SendingWritten
			if s.Refused != "" {
				state = SendingRefused
			}
			statement, args := "UPDATE outbox SET state = $1, code = $2, follow_up = $3, entry = '', tries = tries + 1, settled = $4 WHERE id = $5 AND state = 'waiting'",
				[]any{string(state), string(s.Refused), s.FollowUp, now.Unix(), s.ID}
			if !s.Next.IsZero() {
				statement, args = "UPDATE outbox SET code = $1, tries = tries + 1, next = $2 WHERE id = $3 AND state = 'waiting'", []any{string(s.Refused), s.Next.Unix(), s.ID}
			}
			if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting what became of the outbox: %w", err)
	}
	return nil
}

// OutboxCounts says how much waits to go to the registrar, and how much it refused.
type OutboxCounts struct{ Waiting, Refused int }

// CountOutbox counts what is in the outbox.
func (b *Book) CountOutbox(ctx context.Context) (c OutboxCounts, err error) {
	err = b.Reader().QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'waiting'), (SELECT COUNT(*) FROM outbox WHERE state = 'refused')`).Scan(&c.Waiting, &c.Refused)
	if err != nil {
		return c, fmt.Errorf("counting the outbox: %w", err)
	}
	return c, nil
}

// Cursor gives how far a list of the registrar was read; "" for its beginning.
func (b *Book) Cursor(ctx context.Context, name string) (place string, err error) {
	err = b.Reader().QueryRowContext(ctx, "SELECT place FROM cursors WHERE name = $1", name).Scan(&place)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("reading how far a list was read: %w", err)
	}
	return place, nil
}

func setCursor(ctx context.Context, tx *sql.Tx, name, place string) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO cursors (name, place) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET place = excluded.place", name, place)
	return err
}
