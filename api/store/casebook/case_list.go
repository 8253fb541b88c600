package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// CaseQuery selects cases. Empty fields select nothing away.
type CaseQuery struct {
	Owner   StaffID
	Nobodys bool // only cases that nobody has taken
	Client  ledger.PartyID
	// DueFrom and DueTo, both inclusive, select by the day of the next unpaid
	// instalment; the list is then in that order, the oldest first.
	DueFrom, DueTo finance.Date
	Disputed       bool
	Plan           bool
	Flagged        finance.Date // a day; cases with a flag that stands on it
	Closed         bool         // closed cases instead of open ones
	After          CasePlace
	Limit          int // at most store.MaxPage
}

// CasePlace is where a page of cases ends, and the next one begins after it. The zero
// CasePlace is before the first page.
type CasePlace struct {
	Due    string // of the last case, in the order of days
	Number int64
}

// ListedCase is a case of a list, with the day by which it is ordered.
type ListedCase struct {
	Case
	Due finance.Date
}

// byDue says that the list is in the order of days.
func (q *CaseQuery) byDue() bool { return !q.DueFrom.IsZero() || !q.DueTo.IsZero() }

// Cases lists cases, the latest first unless days are asked for, and says where the
// list goes on; nil where it ends.
func (b *Book) Cases(ctx context.Context, q CaseQuery) (page []ListedCase, next *CasePlace, err error) {
	limit := store.PageLimit(q.Limit)
	query, args := q.sql(limit + 1)
	rows, err := b.Reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("listing cases: %w", err)
	}
	page, err = store.Collect(rows, func(rows *sql.Rows) (c ListedCase, err error) {
		var opened, closed int64
		var due string
		err = rows.Scan(&c.Number, &c.Note, &opened, &closed, &c.Owner, &c.Team, &c.Client, &due)
		c.Opened, c.Closed = store.InTime(opened), store.InTime(closed)
		if err == nil && due != "" {
			c.Due, err = finance.ParseDate(due)
		}
		return c, err
	})
	page, more := store.Cut(page, limit)
	if more {
		last := page[len(page)-1]
		next = &CasePlace{Due: last.Due.String(), Number: last.Number}
	}
	return page, next, err
}

func (q *CaseQuery) sql(limit int) (query string, args []any) {
	var where []string
	and := func(condition string, values ...any) {
		places := make([]any, len(values))
		for i, v := range values {
			args = append(args, v)
			places[i] = len(args)
		}
		where = append(where, fmt.Sprintf(condition, places...))
	}
	if q.Closed {
		and("closed <> 0")
	} else {
		and("closed = 0")
	}
	if q.Owner != "" || q.Nobodys {
		and("owner = $%d", string(q.Owner))
	}
	if q.Client != "" {
		and("client = $%d", string(q.Client))
	}
	if q.Disputed {
		and("disputed = 1")
	}
	if q.Plan {
		and("plan = 1")
	}
	if !q.Flagged.IsZero() {
		and("EXISTS (SELECT 1 FROM flags f WHERE f.note = cases.note AND f.lifted = 0 AND f.until >= $%d LIMIT 1 OFFSET 0)", q.Flagged.String())
	}
	order := "number DESC"
	switch {
	case q.byDue():
		order = "due, number"
		and("due <> ''")
		if !q.DueFrom.IsZero() {
			and("due >= $%d", q.DueFrom.String())
		}
		if !q.DueTo.IsZero() {
			and("due <= $%d", q.DueTo.String())
		}
		if q.After.Number > 0 {
			and("(due, number) > ($%d, $%d)", q.After.Due, q.After.Number)
		}
	case q.After.Number > 0:
		and("number < $%d", q.After.Number)
	}
	args = append(args, limit)
	return fmt.Sprintf("SELECT number, note, opened, closed, owner, team, client, due FROM cases WHERE %s ORDER BY %s LIMIT $%d",
		strings.Join(where, " AND "), order, len(args)), args
}

// Clients gives the holders for whom there are open cases, in the order of their ids.
func (b *Book) Clients(ctx context.Context) ([]ledger.PartyID, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT DISTINCT client FROM cases WHERE closed = 0 ORDER BY client LIMIT $1", store.MaxPage)
	if err != nil {
		return nil, fmt.Errorf("listing for whom there are cases: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (id ledger.PartyID, err error) { return id, rows.Scan(&id) })
}

// NotesAndPersons gives the notes that are to be seen, and their persons, of those
// that a page lists: at most store.MaxPage.
func (b *Book) NotesAndPersons(ctx context.Context, ids []ledger.NoteID) (notes map[ledger.NoteID]store.Note, persons map[ledger.NoteID][]PersonOfCase, err error) {
	notes, persons = map[ledger.NoteID]store.Note{}, map[ledger.NoteID][]PersonOfCase{}
	if len(ids) == 0 {
		return notes, persons, nil
	}
	among, args := among(ids)
	rows, err := b.Reader().QueryContext(ctx, "SELECT state, holder FROM notes WHERE id"+among, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the notes of cases: %w", err)
	}
	read, err := store.Collect(rows, func(rows *sql.Rows) (n store.Note, err error) {
		var state string
		if err = rows.Scan(&state, &n.Holder); err == nil {
			err = json.Unmarshal([]byte(state), &n.State)
		}
		return n, err
	})
	if err != nil {
		return nil, nil, err
	}
	for _, n := range read {
		notes[n.State.ID] = n
	}
	if rows, err = b.Reader().QueryContext(ctx, selectPersons+"WHERE note"+among+" ORDER BY note, party", args...); err != nil {
		return nil, nil, fmt.Errorf("reading the persons of cases: %w", err)
	}
	all, err := store.Collect(rows, scanPerson)
	for _, p := range all {
		persons[p.Note] = append(persons[p.Note], p)
	}
	return notes, persons, err
}
