package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
)

// Asked selects what persons ask of a company: calls, and answers to complaints.
type Asked struct {
	By     ledger.PartyID // who is to see to it
	Open   bool           // only what is still to be done
	Before int64          // place of the last one of the page before; 0 for the first page
	Limit  int            // at most MaxPage
}

// listAsked lists rows of a table about notes that a company answers for, the latest
// first, and the place after which the list goes on; 0 where it ends. A page may have
// fewer rows than were asked for, also none, where others answer for some of the
// company's notes. open is what a row must satisfy, if anything.
func listAsked[T any](ctx context.Context, s *Store, q Asked, columns, table, open string,
	scan func(rows *sql.Rows, more ...any) (row T, place int64, err error),
) (page []T, next int64, err error) {
	limit := pageLimit(q.Limit)
	if open != "" {
		open = "AND " + open + " "
	}
	rows, err := s.reader.QueryContext(ctx, columns+`, n.state, n.holder FROM `+table+` c
		JOIN notes n ON n.id = c.note JOIN note_parties p ON p.party = $1 AND p.born = n.born
		WHERE c.place < $2 `+open+"ORDER BY c.place DESC LIMIT $3", string(q.By), orLast(q.Before), limit)
	if err != nil {
		return nil, 0, err
	}
	type found struct {
		row     T
		place   int64
		answers bool
	}
	all, err := collect(rows, func(rows *sql.Rows) (f found, err error) {
		var state string
		var n ledger.Note
		var holder ledger.PartyID
		if f.row, f.place, err = scan(rows, &state, &holder); err == nil {
			err = json.Unmarshal([]byte(state), &n)
		}
		f.answers = slices.Contains(Answerers(&n, holder), q.By)
		return f, err
	})
	if err != nil {
		return nil, 0, err
	}
	for _, f := range all {
		if f.answers {
			page = append(page, f.row)
		}
	}
	if len(all) == limit {
		next = all[limit-1].place
	}
	return page, next, nil
}
