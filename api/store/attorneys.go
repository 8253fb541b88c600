package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
)

// maxPrincipals is how many persons one representative is shown at most.
const maxPrincipals = 100

// Principals gives the parties that have given a party a power of attorney, in the
// order of their ids, and at most maxPrincipals. Whether a power is in force on a
// day is for the reader to see.
func (s *Store) Principals(ctx context.Context, representative ledger.PartyID) ([]*ledger.Party, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT state FROM parties WHERE state LIKE $1 ORDER BY id LIMIT $2",
		`%"representative":"`+string(representative)+`"%`, maxPrincipals)
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
