package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Reading is that a member of staff looked at the personal data of a note on a day.
type Reading struct {
	Staff       StaffID
	Note        ledger.NoteID
	Day         finance.Date
	Why         string // a word that names the page
	First, Last time.Time
	Times       int
}

// MaxReadings bounds the notes of which a page shows personal data.
const MaxReadings = 200

// AddReadings counts that a member of staff looked at notes, at most MaxReadings, and
// gives those of which it is the first look of the day.
func (b *Book) AddReadings(ctx context.Context, r Reading, notes ...ledger.NoteID) (first []ledger.NoteID, err error) {
	notes = notes[:min(len(notes), MaxReadings)]
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		first = nil
		for _, note := range notes {
			var times int
			err := tx.QueryRowContext(ctx, `INSERT INTO readings (staff, note, day, why, first, last, times) VALUES ($1, $2, $3, $4, $5, $5, 1)
				ON CONFLICT (staff, note, day) DO UPDATE SET last = excluded.last, times = readings.times + 1 RETURNING times`,
				string(r.Staff), string(note), r.Day.String(), r.Why, r.Last.Unix()).Scan(&times)
			if err != nil {
				return err
			}
			if times == 1 {
				first = append(first, note)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting readings: %w", err)
	}
	return first, nil
}

// Unread gives those of some notes, at most MaxReadings, that a member of staff has not
// looked at on a day.
func (b *Book) Unread(ctx context.Context, staff StaffID, day finance.Date, notes ...ledger.NoteID) ([]ledger.NoteID, error) {
	notes = notes[:min(len(notes), MaxReadings)]
	if len(notes) == 0 {
		return nil, nil
	}
	args := []any{string(staff), day.String()}
	places := make([]string, len(notes))
	for i, note := range notes {
		args = append(args, string(note))
		places[i] = fmt.Sprintf("$%d", len(args))
	}
	rows, err := b.Reader().QueryContext(ctx, "SELECT note FROM readings WHERE staff = $1 AND day = $2 AND note IN ("+strings.Join(places, ", ")+")", args...)
	if err != nil {
		return nil, fmt.Errorf("reading who read: %w", err)
	}
	read, err := store.Collect(rows, func(rows *sql.Rows) (id ledger.NoteID, err error) {
		err = rows.Scan(&id)
		return id, err
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(notes), func(id ledger.NoteID) bool { return slices.Contains(read, id) }), nil
}

// ReadingQuery chooses readings. A member that is empty chooses all.
type ReadingQuery struct {
	Staff StaffID
	Note  ledger.NoteID
	Day   finance.Date
	// After is the last one of the page before.
	After *Reading
	Limit int
}

// Readings lists readings, the latest day first.
func (b *Book) Readings(ctx context.Context, q ReadingQuery) (page []Reading, more bool, err error) {
	limit := store.PageLimit(q.Limit)
	where, args := conditions{}, []any(nil)
	args = where.equal(args, "staff", string(q.Staff))
	args = where.equal(args, "note", string(q.Note))
	if !q.Day.IsZero() {
		args = where.equal(args, "day", q.Day.String())
	}
	if q.After != nil {
		args = append(args, q.After.Day.String(), string(q.After.Note), string(q.After.Staff))
		where.add(fmt.Sprintf("(day, note, staff) < ($%d, $%d, $%d)", len(args)-2, len(args)-1, len(args)))
	}
	args = append(args, limit+1)
	rows, err := b.Reader().QueryContext(ctx, "SELECT staff, note, day, why, first, last, times FROM readings "+where.sql()+
		fmt.Sprintf(" ORDER BY day DESC, note DESC, staff DESC LIMIT $%d", len(args)), args...)
	if err != nil {
		return nil, false, fmt.Errorf("reading who read: %w", err)
	}
	all, err := store.Collect(rows, scanReading)
	page, more = store.Cut(all, limit)
	return page, more, err
}

func scanReading(rows *sql.Rows) (r Reading, err error) {
	var day string
	var from, to int64
	if err = rows.Scan(&r.Staff, &r.Note, &day, &r.Why, &from, &to, &r.Times); err != nil {
		return r, err
	}
	r.First, r.Last = store.InTime(from), store.InTime(to)
	r.Day, err = finance.ParseDate(day)
	return r, err
}

// ActQuery chooses acts. A member that is empty chooses all.
type ActQuery struct {
	Staff  StaffID
	Note   ledger.NoteID
	Name   string
	From   time.Time // done at this time or later
	Until  time.Time // done before this time
	Before int64     // place of the last one of the page before; 0 for the first page
	Limit  int
}

// Acts lists what was done, the latest first.
func (b *Book) Acts(ctx context.Context, q ActQuery) (page []Act, more bool, err error) {
	limit := store.PageLimit(q.Limit)
	where, args := conditions{}, []any(nil)
	args = where.equal(args, "staff", string(q.Staff))
	args = where.equal(args, "note", string(q.Note))
	args = where.equal(args, "name", q.Name)
	if !q.From.IsZero() {
		args = append(args, q.From.Unix())
		where.add(fmt.Sprintf("at >= $%d", len(args)))
	}
	if !q.Until.IsZero() {
		args = append(args, q.Until.Unix())
		where.add(fmt.Sprintf("at < $%d", len(args)))
	}
	if !q.From.IsZero() && !q.Until.IsZero() { // so that the walk begins and ends there
		const between = "SELECT %s(place) FROM acts WHERE at >= $%d AND at < $%d"
		from, until := len(args)-1, len(args)
		where.add(fmt.Sprintf("place >= ("+between+") AND place <= ("+between+")", "MIN", from, until, "MAX", from, until))
	}
	args = append(args, orLast(q.Before), limit+1)
	where.add(fmt.Sprintf("place < $%d", len(args)-1))
	rows, err := b.Reader().QueryContext(ctx, selectActs+where.sql()+fmt.Sprintf(" ORDER BY place DESC LIMIT $%d", len(args)), args...)
	if err != nil {
		return nil, false, fmt.Errorf("reading what was done: %w", err)
	}
	all, err := store.Collect(rows, scanAct)
	page, more = store.Cut(all, limit)
	return page, more, err
}
