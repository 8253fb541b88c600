package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/ledger"
)

// metaCodes names the key of the codes that the notes of the read model have.
const metaCodes = "codes"

// codesBatch is how many notes get their codes in one database transaction.
const codesBatch = 500

// UseCodes gives every note of the read model its public code, and from now on those
// that come; nil takes no codes. Call it once, before the ledger is followed.
func (s *Store) UseCodes(ctx context.Context, key *code.Key) error {
	mark := ""
	if key != nil {
		mark = key.Mark()
	}
	had, err := meta(ctx, s.reader, metaCodes)
	if err != nil {
		return err
	}
	if had != mark && key != nil {
		if err := s.fillCodes(ctx, key); err != nil {
			return fmt.Errorf("giving notes their codes: %w", err)
		}
	}
	s.codes = key
	if had == mark {
		return nil
	}
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return setMeta(ctx, tx, metaCodes, mark) })
}

func (s *Store) fillCodes(ctx context.Context, key *code.Key) error {
	type row struct {
		born int64
		id   ledger.NoteID
	}
	for after := int64(-1); ; {
		rows, err := s.reader.QueryContext(ctx, "SELECT born, id FROM notes WHERE born > $1 ORDER BY born LIMIT $2", after, codesBatch)
		if err != nil {
			return err
		}
		batch, err := collect(rows, func(rows *sql.Rows) (r row, err error) { return r, rows.Scan(&r.born, &r.id) })
		if err != nil || len(batch) == 0 {
			return err
		}
		err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			for _, r := range batch {
				if _, err := tx.ExecContext(ctx, "UPDATE notes SET code = $1 WHERE born = $2", string(key.Of(r.id)), r.born); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		after = batch[len(batch)-1].born
	}
}

// CodeOf gives the public code of a note; "" where there are none.
func (s *Store) CodeOf(id ledger.NoteID) code.Code {
	if s.codes == nil {
		return ""
	}
	return s.codes.Of(id)
}

// NoteOfCode gives the note of a public code, or nil where no note has it.
func (s *Store) NoteOfCode(ctx context.Context, c code.Code) (*Note, error) {
	if c == "" {
		return nil, nil
	}
	var id ledger.NoteID
	err := s.reader.QueryRowContext(ctx, "SELECT id FROM notes WHERE code = $1 AND code <> ''", string(c)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for the note of a code: %w", err)
	}
	return s.Note(ctx, id)
}
