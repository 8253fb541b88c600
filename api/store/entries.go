package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// MaxEntries is the most entries of one answer.
const MaxEntries = 200

// Entry is one applied command as the blocks show it.
type Entry struct {
	Position    int64 // orders entries as the blocks do
	Result      ledger.Result
	Transaction string
	Block       uint64
	At          time.Time // ledger time
}

const selectEntries = `SELECT e.position, e.command, e.op, e.kind, e.id, e.seq, e.head, e.tx, t.block, t.at
	FROM entries e JOIN transactions t ON t.id = e.tx `

func scanEntry(rows *sql.Rows) (e Entry, err error) {
	var head, at string
	r := &e.Result
	err = rows.Scan(&e.Position, &r.Command, &r.Op, &r.Subject.Kind, &r.Subject.ID, &r.Seq, &head, &e.Transaction, &e.Block, &at)
	if err != nil {
		return e, err
	}
	if err := r.Head.UnmarshalText([]byte(head)); err != nil {
		return e, err
	}
	e.At, err = time.Parse(time.RFC3339, at)
	return e, err
}

func (s *Store) entries(ctx context.Context, where string, args ...any) ([]Entry, error) {
	rows, err := s.reader.QueryContext(ctx, selectEntries+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading entries: %w", err)
	}
	return collect(rows, scanEntry)
}

// EntriesOf gives the entries after a position of which a party is told: those
// of itself, of its books, and of the notes that it was something to before the
// command or after it. They come in order, at most MaxEntries.
func (s *Store) EntriesOf(ctx context.Context, party ledger.PartyID, after int64) ([]Entry, error) {
	return s.entries(ctx, whereTold, string(party), after, MaxEntries)
}

const whereTold = `JOIN entry_parties p ON p.position = e.position
	WHERE p.party = $1 AND p.position > $2 ORDER BY p.position LIMIT $3`

// Told says whether a party is told of the entry at a position.
func (s *Store) Told(ctx context.Context, party ledger.PartyID, position int64) (bool, error) {
	is, err := exists(ctx, s.reader, "SELECT 1 FROM entry_parties WHERE party = $1 AND position = $2", string(party), position)
	if err != nil {
		return false, fmt.Errorf("asking who is told of an entry: %w", err)
	}
	return is, nil
}

// Last gives the position of the latest entry, 0 where there is none.
func (s *Store) Last(ctx context.Context) (int64, error) {
	var last sql.NullInt64
	if err := s.reader.QueryRowContext(ctx, "SELECT MAX(position) FROM entries").Scan(&last); err != nil {
		return 0, fmt.Errorf("finding the latest entry: %w", err)
	}
	return last.Int64, nil
}

// EntriesIn gives the entries of a transaction, at most MaxEntries.
func (s *Store) EntriesIn(ctx context.Context, transaction string) ([]Entry, error) {
	return s.entries(ctx, "WHERE e.tx = $1 ORDER BY e.position LIMIT $2", transaction, MaxEntries)
}

// EntryAt gives a subject's entry with a sequence number, or nil.
func (s *Store) EntryAt(ctx context.Context, subject ledger.Subject, seq uint64) (*Entry, error) {
	all, err := s.entries(ctx, "WHERE e.kind = $1 AND e.id = $2 AND e.seq = $3", string(subject.Kind), subject.ID, int64(seq))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// EntriesBy gives the entries of commands with this id: one, unless two parties
// chose the same id. At most MaxEntries.
func (s *Store) EntriesBy(ctx context.Context, command ledger.CommandID) ([]Entry, error) {
	return s.entries(ctx, "WHERE e.command = $1 ORDER BY e.position LIMIT $2", string(command), MaxEntries)
}

// EntriesOn gives the entries of a subject that an operation made, after a
// sequence number and in order, at most MaxEntries.
func (s *Store) EntriesOn(ctx context.Context, subject ledger.Subject, op ledger.Op, after uint64) ([]Entry, error) {
	return s.entries(ctx, "WHERE e.kind = $1 AND e.id = $2 AND e.op = $3 AND e.seq > $4 ORDER BY e.seq LIMIT $5",
		string(subject.Kind), subject.ID, string(op), int64(after), MaxEntries)
}
