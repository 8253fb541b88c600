package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
)

// maxPrincipals is how many persons are given of one representative at most.
const maxPrincipals = 100

// Principals gives the parties that have given a party a power of attorney, in the
// order of their ids, and at most maxPrincipals. Whether a power is in force on a
// day is for the reader to see.
func (s *Store) Principals(ctx context.Context, representative ledger.PartyID) ([]*ledger.Party, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT p.state FROM attorneys a JOIN parties p ON p.id = a.principal
		WHERE a.representative = $1 ORDER BY a.principal LIMIT $2`, string(representative), maxPrincipals)
	if err != nil {
		return nil, fmt.Errorf("looking for whom a party represents: %w", err)
	}
	return collect(rows, func(rows *sql.Rows) (*ledger.Party, error) {
		var state string
		if err := rows.Scan(&state); err != nil {
			return nil, err
		}
		p := new(ledger.Party)
		return p, json.Unmarshal([]byte(state), p)
	})
}

// putAttorneys writes to whom a party has given powers, in the place of what was
// there.
func putAttorneys(ctx context.Context, tx *sql.Tx, p *ledger.Party) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM attorneys WHERE principal = $1", string(p.ID)); err != nil {
		return err
	}
	var representatives []string
	for _, a := range p.Attorneys {
		representatives = append(representatives, string(a.Representative))
	}
	slices.Sort(representatives)
	var values []any
	for _, r := range slices.Compact(representatives) {
		values = append(values, r, string(p.ID))
	}
	return insertNew(ctx, tx, "attorneys", []string{"representative", "principal"}, values)
}
