package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// CaseName is how a list names a case.
type CaseName struct {
	Note   ledger.NoteID
	Number int64
	Names  []string // of its persons, in the order of their ids
}

// CaseNames names the cases of the notes of a page, at most store.MaxPage of them. A
// note without a case is left out.
func (b *Book) CaseNames(ctx context.Context, notes []ledger.NoteID) (map[ledger.NoteID]CaseName, error) {
	notes = notes[:min(len(notes), store.MaxPage)]
	if len(notes) == 0 {
		return nil, nil
	}
	places, args := make([]string, len(notes)), make([]any, len(notes))
	for i, n := range notes {
		places[i], args[i] = fmt.Sprintf("$%d", i+1), string(n)
	}
	// A case with several persons comes once for each.
	rows, err := b.Reader().QueryContext(ctx, `SELECT c.note, c.number, COALESCE(p.name, '') FROM cases c LEFT JOIN persons_of_cases p ON p.note = c.note
		WHERE c.note IN (`+strings.Join(places, ", ")+") ORDER BY c.note, p.party", args...)
	if err != nil {
		return nil, fmt.Errorf("reading the names of cases: %w", err)
	}
	type named struct {
		CaseName
		name string
	}
	all, err := store.Collect(rows, func(rows *sql.Rows) (n named, err error) { return n, rows.Scan(&n.Note, &n.Number, &n.name) })
	names := make(map[ledger.NoteID]CaseName, len(notes))
	for _, n := range all {
		c := names[n.Note]
		c.Note, c.Number = n.Note, n.Number
		if n.name != "" {
			c.Names = append(c.Names, n.name)
		}
		names[n.Note] = c
	}
	return names, err
}
