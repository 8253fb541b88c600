package store

import (
	"context"

	"github.com/skuld-registry/skuld/ledger"
)

// EntriesOn gives the entries of a subject that an operation made, after a
// sequence number and in order, at most MaxEntries.
func (s *Store) EntriesOn(ctx context.Context, subject ledger.Subject, op ledger.Op, after uint64) ([]Entry, error) {
	return s.entries(ctx, "WHERE e.kind = $1 AND e.id = $2 AND e.op = $3 AND e.seq > $4 ORDER BY e.seq LIMIT $5",
		string(subject.Kind), subject.ID, string(op), int64(after), MaxEntries)
}
