package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Note is a note of the read model.
type Note struct {
	State  *ledger.Note
	Holder ledger.PartyID
	// Cursor and Due continue a list after this note; see NoteQuery.
	Cursor int64
	Due    finance.Date // of the next unpaid instalment; no date where there is none
}

// Note gives a note, or nil where the read model has none.
func (s *Store) Note(ctx context.Context, id ledger.NoteID) (*Note, error) {
	n, err := readNote(ctx, s.reader, id)
	if err != nil {
		return nil, fmt.Errorf("reading note %s from the database: %w", id, err)
	}
	return n, nil
}

func readNote(ctx context.Context, q queryer, id ledger.NoteID) (*Note, error) {
	var n Note
	var state string
	err := q.QueryRowContext(ctx, "SELECT state, holder, born FROM notes WHERE id = $1", string(id)).
		Scan(&state, &n.Holder, &n.Cursor)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(state), &n.State)
	}
	if err != nil {
		return nil, err
	}
	n.Due = dueOf(n.State)
	return &n, nil
}

// putNote writes a note, unless a later state of it is there, and takes it away
// where the organisation may no longer see it.
func putNote(ctx context.Context, tx *sql.Tx, id ledger.NoteID, v ledger.NoteView) error {
	old, err := readNote(ctx, tx, id)
	if err != nil || old != nil && old.State.Seq > v.Record.Seq {
		return err
	}
	if v.Note != nil {
		return putState(ctx, tx, v.Note, v.Holder, old)
	}
	// The command that took the right away may stand in a block that is still to
	// come; until then the state here says who is told of it.
	come, err := exists(ctx, tx, "SELECT 1 FROM entries WHERE kind = 'note' AND id = $1 AND seq = $2", string(id), int64(v.Record.Seq))
	if err != nil || !come || old == nil {
		return err
	}
	for _, p := range partsOf(old.State, old.Holder) {
		if err := dropPart(ctx, tx, old.Cursor, p.party); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM notes WHERE id = $1", string(id))
	return err
}

// putState writes what a note is and what each party is to it, in the place of
// what was there; old is nil where nothing was.
func putState(ctx context.Context, tx *sql.Tx, n *ledger.Note, holder ledger.PartyID, old *Note) error {
	var first, latest int64
	err := tx.QueryRowContext(ctx, `SELECT (SELECT position FROM entries WHERE kind = 'note' AND id = $1 AND seq = 1),
		(SELECT position FROM entries WHERE kind = 'note' AND id = $1 ORDER BY seq DESC LIMIT 1)`, string(n.ID)).Scan(&first, &latest)
	if err != nil {
		return fmt.Errorf("finding its first and its latest entry: %w", err)
	}
	state, err := json.Marshal(n)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO notes (born, id, seq, holder, state) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (born) DO UPDATE SET seq = excluded.seq, holder = excluded.holder, state = excluded.state`,
		first, string(n.ID), int64(n.Seq), string(holder), string(state))
	if err != nil {
		return err
	}
	var had []part
	if old != nil {
		had = partsOf(old.State, old.Holder)
	}
	same := old != nil && old.State.Status == n.Status && old.State.Book == n.Book
	parts, due := partsOf(n, holder), dueOf(n).String()
	for _, p := range parts {
		if same && slices.Contains(had, p) {
			// The commonest commands change no more than this, and so few indexes.
			_, err = tx.ExecContext(ctx, "UPDATE note_parties SET changed = $1, due = $2 WHERE party = $3 AND born = $4",
				latest, due, string(p.party), first)
		} else {
			_, err = tx.ExecContext(ctx, `INSERT INTO note_parties (party, born, roles, status, book, changed, due, until)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (party, born) DO UPDATE SET roles = excluded.roles, status = excluded.status, book = excluded.book,
					changed = excluded.changed, due = excluded.due, until = excluded.until`,
				string(p.party), first, p.roles, string(n.Status), string(n.Book), latest, due, p.until.String())
		}
		if err != nil {
			return fmt.Errorf("writing what %s is to it: %w", p.party, err)
		}
	}
	for _, p := range had {
		if !slices.ContainsFunc(parts, func(q part) bool { return q.party == p.party }) {
			if err := dropPart(ctx, tx, first, p.party); err != nil {
				return err
			}
		}
	}
	return nil
}

func dropPart(ctx context.Context, tx *sql.Tx, born int64, party ledger.PartyID) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM note_parties WHERE party = $1 AND born = $2", string(party), born); err != nil {
		return fmt.Errorf("taking away what %s was to it: %w", party, err)
	}
	return nil
}
