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

// PromiseState is what has become of a promise to pay.
type PromiseState string

// The states.
const (
	PromiseOpen      PromiseState = "open"
	PromiseKept      PromiseState = "kept"
	PromiseBroken    PromiseState = "broken"
	PromiseWithdrawn PromiseState = "withdrawn" // it was noted by mistake, or another one has taken its place
)

// Promise is a payment that a person has promised.
type Promise struct {
	ID      string
	Place   int64
	Note    ledger.NoteID
	Party   ledger.PartyID // empty where somebody promised it for the borrowers
	Staff   StaffID        // to whom
	Made    time.Time
	Amount  finance.Amount // of the note's currency
	Day     finance.Date   // by the end of which it is to be paid
	State   PromiseState
	Settled time.Time // when it was no longer open
}

const promiseColumns = "id, place, note, party, staff, made, amount, day, state, settled"

func scanPromise(rows *sql.Rows) (p Promise, err error) {
	var made, settled int64
	var day string
	if err := rows.Scan(&p.ID, &p.Place, &p.Note, &p.Party, &p.Staff, &made, &p.Amount, &day, &p.State, &settled); err != nil {
		return p, err
	}
	p.Made, p.Settled = store.InTime(made), store.InTime(settled)
	p.Day, err = finance.ParseDate(day)
	return p, err
}

// AddPromise keeps a promise to pay. One that is there already stays as it is.
func (b *Book) AddPromise(ctx context.Context, p Promise) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		place, err := store.NextPlace(ctx, tx, "promises")
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO promises (id, place, note, party, staff, made, amount, day, state, settled)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) ON CONFLICT (id) DO NOTHING`,
			p.ID, place, string(p.Note), string(p.Party), string(p.Staff), p.Made.Unix(), int64(p.Amount), p.Day.String(), string(PromiseOpen))
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping a promise about note %s: %w", p.Note, err)
	}
	return nil
}

// Promise gives a promise, or nil where there is none with the id.
func (b *Book) Promise(ctx context.Context, id string) (*Promise, error) {
	return first(b.promises(ctx, "WHERE id = $1", id))
}

// PromisesOf gives the latest promises about a note, the latest first.
func (b *Book) PromisesOf(ctx context.Context, note ledger.NoteID) ([]Promise, error) {
	return b.promises(ctx, "WHERE note = $1 ORDER BY place DESC LIMIT $2", string(note), maxOfNote)
}

// PromisesDue gives promises that are open although their day has passed, the
// earliest first.
func (b *Book) PromisesDue(ctx context.Context, today finance.Date, limit int) ([]Promise, error) {
	return b.promises(ctx, "WHERE state = 'open' AND day < $1 ORDER BY day, place LIMIT $2", today.String(), store.PageLimit(limit))
}

func (b *Book) promises(ctx context.Context, where string, args ...any) ([]Promise, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT "+promiseColumns+" FROM promises "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading promises: %w", err)
	}
	return store.Collect(rows, scanPromise)
}

// SettlePromise notes what has become of an open promise, and puts the task that
// follows on the worklist in the same breath. settled is false where it was not open.
func (b *Book) SettlePromise(ctx context.Context, id string, state PromiseState, follows *Task, now time.Time) (settled bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, "UPDATE promises SET state = $1, settled = $2 WHERE id = $3 AND state = 'open'", string(state), now.Unix(), id))
		if settled = n == 1; err != nil || !settled || follows == nil {
			return err
		}
		_, err = addTask(ctx, tx, *follows, now)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("settling a promise: %w", err)
	}
	return settled, nil
}

// CountPromises says how many promises were kept and broken from a time on and before
// another one.
func (b *Book) CountPromises(ctx context.Context, from, before time.Time) (kept, broken int, err error) {
	err = b.Reader().QueryRowContext(ctx, `SELECT COUNT(CASE WHEN state = 'kept' THEN 1 END), COUNT(CASE WHEN state = 'broken' THEN 1 END)
		FROM promises WHERE settled >= $1 AND settled < $2 AND settled > 0`, from.Unix(), before.Unix()).Scan(&kept, &broken)
	if err != nil {
		return 0, 0, fmt.Errorf("counting promises: %w", err)
	}
	return kept, broken, nil
}
