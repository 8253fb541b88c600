package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Note is a note of the read model.
type Note struct {
	State  *ledger.Note
	Holder ledger.PartyID
	// Cursor and Due continue a list after this note; see NoteQuery. Due is the day
	// of the next unpaid instalment, no date where there is none, and set in lists.
	Cursor int64
	Due    finance.Date
	// Code is its public code, "" at a gateway without pages; not set in lists.
	Code code.Code
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
	err := q.QueryRowContext(ctx, "SELECT state, holder, born, code FROM notes WHERE id = $1", string(id)).
		Scan(&state, &n.Holder, &n.Cursor, &n.Code)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(state), &n.State)
	}
	if err != nil {
		return nil, err
	}
	return &n, nil
}

// noteChange is a note as it was read after its latest entry.
type noteChange struct {
	id     ledger.NoteID
	view   ledger.NoteView
	latest int64 // position of that entry
	code   code.Code
}

// putNote writes a note whose latest entry has a position, unless a later state of
// it is there, and takes it away where the organisation may no longer see it.
func putNote(ctx context.Context, tx *sql.Tx, c noteChange) error {
	id, v := c.id, c.view
	old, err := readNote(ctx, tx, id)
	if err != nil || old != nil && old.State.Seq > v.Record.Seq {
		return err
	}
	if v.Note != nil {
		return putState(ctx, tx, &Note{State: v.Note, Holder: v.Holder, Code: c.code}, old, c.latest)
	}
	// The command that took the right away may stand in a block that is still to
	// come; until then the state here says who is told of it.
	come, err := exists(ctx, tx, "SELECT 1 FROM entries WHERE kind = 'note' AND id = $1 AND seq = $2", string(id), int64(v.Record.Seq))
	if err != nil || !come || old == nil {
		return err
	}
	return dropNote(ctx, tx, old)
}

// putState writes what a note is and what each party is to it, in the place of
// what was there; old is nil where nothing was.
func putState(ctx context.Context, tx *sql.Tx, n, old *Note, latest int64) (err error) {
	id := n.State.ID
	if old != nil {
		n.Cursor = old.Cursor
	} else if n.Cursor, err = born(ctx, tx, id.Subject()); err != nil {
		return err
	}
	state, err := json.Marshal(n.State)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO notes (born, id, seq, holder, state, code) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (born) DO UPDATE SET seq = excluded.seq, holder = excluded.holder, state = excluded.state`,
		n.Cursor, string(id), int64(n.State.Seq), string(n.Holder), string(state), string(n.Code))
	if err != nil {
		return err
	}
	return putParts(ctx, tx, n, old, latest)
}

// putParts writes what each party is to a note. The commonest commands change no
// roles, and then few indexes are written.
func putParts(ctx context.Context, tx *sql.Tx, n, old *Note, latest int64) error {
	parts, due := partsOf(n.State, n.Holder), dueOf(n.State).String()
	if old != nil && old.State.Status == n.State.Status && old.State.Book == n.State.Book {
		if had := partsOf(old.State, old.Holder); slices.Equal(parts, had) {
			return touchParts(ctx, tx, n.Cursor, parts, latest, due)
		}
	}
	if old != nil {
		for _, p := range partsOf(old.State, old.Holder) {
			if err := dropPart(ctx, tx, n.Cursor, p.party); err != nil {
				return err
			}
		}
	}
	var values []any
	for _, p := range parts {
		values = append(values, string(p.party), n.Cursor, p.roles, string(n.State.Status), string(n.State.Book), latest, due, p.until.String())
	}
	return insertNew(ctx, tx, "note_parties", []string{"party", "born", "roles", "status", "book", "changed", "due", "until"}, values)
}

// touchParts notes that a note has changed for parties to whom it is what it was.
func touchParts(ctx context.Context, tx *sql.Tx, born int64, parts []part, latest int64, due string) error {
	args, places := []any{latest, due, born}, make([]string, len(parts))
	for i, p := range parts {
		args = append(args, string(p.party))
		places[i] = fmt.Sprintf("$%d", len(args))
	}
	_, err := tx.ExecContext(ctx, "UPDATE note_parties SET changed = $1, due = $2 WHERE born = $3 AND party IN ("+
		strings.Join(places, ", ")+")", args...)
	if err != nil {
		return fmt.Errorf("noting that it has changed: %w", err)
	}
	return nil
}

func dropPart(ctx context.Context, tx *sql.Tx, born int64, party ledger.PartyID) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM note_parties WHERE party = $1 AND born = $2", string(party), born); err != nil {
		return fmt.Errorf("taking away what %s was to it: %w", party, err)
	}
	return nil
}
