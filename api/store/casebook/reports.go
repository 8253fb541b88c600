package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// MonthReport is what was counted of a month.
type MonthReport struct {
	Month string          // such as 2026-11
	Day   string          // on which it was counted last
	Made  time.Time       // when
	Body  json.RawMessage // the figures
}

// SaveReports keeps what was counted of some months in the place of what was counted
// of them before, all together.
func (b *Book) SaveReports(ctx context.Context, all []MonthReport) error {
	err := b.UpdateAlone(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, r := range all {
			if _, err := tx.ExecContext(ctx, `INSERT INTO reports (month, day, made, body) VALUES ($1, $2, $3, $4)
				ON CONFLICT (month) DO UPDATE SET day = excluded.day, made = excluded.made, body = excluded.body`,
				r.Month, r.Day, r.Made.Unix(), string(r.Body)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keeping reports: %w", err)
	}
	return nil
}

// Reports gives what was counted of months from the first to the last, at most
// store.MaxPage, in their order.
func (b *Book) Reports(ctx context.Context, from, to string) ([]MonthReport, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT month, day, made, body FROM reports WHERE month >= $1 AND month <= $2 ORDER BY month LIMIT $3", from, to, store.MaxPage)
	if err != nil {
		return nil, fmt.Errorf("reading reports: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (r MonthReport, err error) {
		var made int64
		var body string
		err = rows.Scan(&r.Month, &r.Day, &made, &body)
		r.Made, r.Body = store.InTime(made), json.RawMessage(body)
		return r, err
	})
}

// CountedCase is a case with its note as it stands.
type CountedCase struct {
	Number int64
	Opened time.Time
	Closed time.Time // zero while it is open
	Note   *ledger.Note
	Holder ledger.PartyID
}

// CasesToCount walks through all cases whose note is to be seen, also closed ones, in
// the order of their numbers after a number.
func (b *Book) CasesToCount(ctx context.Context, after int64, limit int) ([]CountedCase, error) {
	rows, err := b.Reader().QueryContext(ctx, `SELECT c.number, c.opened, c.closed, n.state, n.holder FROM cases c JOIN notes n ON n.id = c.note
		WHERE c.number > $1 ORDER BY c.number LIMIT $2`, after, store.PageLimit(limit))
	if err != nil {
		return nil, fmt.Errorf("reading cases to count: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (c CountedCase, err error) {
		var opened, closed int64
		var state string
		if err = rows.Scan(&c.Number, &opened, &closed, &state, &c.Holder); err == nil {
			err = json.Unmarshal([]byte(state), &c.Note)
		}
		c.Opened, c.Closed = store.InTime(opened), store.InTime(closed)
		return c, err
	})
}

// OfferedAt gives when notes were offered, of those that the read model has; at most
// store.MaxPage.
func (b *Book) OfferedAt(ctx context.Context, notes []ledger.NoteID) (map[ledger.NoteID]time.Time, error) {
	all := map[ledger.NoteID]time.Time{}
	if len(notes) == 0 {
		return all, nil
	}
	among, args := among(notes)
	rows, err := b.Reader().QueryContext(ctx, "SELECT e.id, t.at FROM entries e JOIN transactions t ON t.id = e.tx WHERE e.kind = 'note' AND e.seq = 1 AND e.id"+among, args...)
	if err != nil {
		return nil, fmt.Errorf("reading when notes were offered: %w", err)
	}
	_, err = store.Collect(rows, func(rows *sql.Rows) (struct{}, error) {
		var id ledger.NoteID
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return struct{}{}, err
		}
		at, err := time.Parse(time.RFC3339Nano, text)
		all[id] = at
		return struct{}{}, err
	})
	return all, err
}

// Booked is how many payments the bank booked on one day and the company wrote on
// their notes on another.
type Booked struct {
	Bank, Written finance.Date
	Payments      int
}

// maxBooked bounds the pairs of days of one report.
const maxBooked = 20_000

// BookedSince counts payments that came with bank files, by the days on which the bank
// booked them, from a day on, and on which they were written on their notes.
func (b *Book) BookedSince(ctx context.Context, from finance.Date) ([]Booked, error) {
	rows, err := b.Reader().QueryContext(ctx, `SELECT p.booked_on, SUBSTR(t.at, 1, 10), COUNT(*) FROM bank_parts p
		JOIN entries e ON e.command = p.command JOIN transactions t ON t.id = e.tx
		WHERE p.kind = 'pay' AND p.state = 'done' AND p.command <> '' AND p.booked_on >= $1
		GROUP BY p.booked_on, SUBSTR(t.at, 1, 10) ORDER BY p.booked_on LIMIT $2`, from.String(), maxBooked)
	if err != nil {
		return nil, fmt.Errorf("counting bookings: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (c Booked, err error) {
		var bank, written string
		if err = rows.Scan(&bank, &written, &c.Payments); err != nil {
			return c, err
		}
		if c.Bank, err = finance.ParseDate(bank); err == nil {
			c.Written, err = finance.ParseDate(written)
		}
		return c, err
	})
}

// ReportsMade is when figures were last counted; never where it is zero.
func (b *Book) ReportsMade(ctx context.Context) (time.Time, error) {
	var made int64
	err := b.Reader().QueryRowContext(ctx, "SELECT COALESCE(MAX(made), 0) FROM reports").Scan(&made)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading when reports were counted: %w", err)
	}
	return store.InTime(made), nil
}
