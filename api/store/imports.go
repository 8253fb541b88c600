package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Import is a file whose rows become notes, as far as it has come.
type Import struct {
	ID       string
	Party    ledger.PartyID
	Digest   string // of the file; a party has one import of it
	Name     string
	Rows     int // in the file
	Created  time.Time
	Offered  int // rows whose offer is on the ledger
	Rejected int // rows that were refused
}

// The states of a row.
const (
	RowOffered  = "offered"
	RowRejected = "rejected"
)

// ImportRow is what became of a row.
type ImportRow struct {
	Row    int // counts from 1
	State  string
	Note   ledger.NoteID     // of an offered row
	Code   ledger.Code       // of a rejected row
	Params map[string]string // of the code
}

// OpenImport makes an import, or gives the one that the party has of the file.
func (s *Store) OpenImport(ctx context.Context, i Import) (opened *Import, made bool, err error) {
	result, err := s.writer.ExecContext(ctx, `INSERT INTO imports (id, party, digest, name, total, created)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		i.ID, string(i.Party), i.Digest, i.Name, i.Rows, i.Created.Unix())
	if err != nil {
		return nil, false, fmt.Errorf("opening an import: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return nil, false, fmt.Errorf("opening an import: %w", err)
	}
	opened, err = s.importWhere(ctx, "party = $1 AND digest = $2", string(i.Party), i.Digest)
	return opened, n == 1, err
}

// Import gives a party's import, or nil where it has none with the id.
func (s *Store) Import(ctx context.Context, party ledger.PartyID, id string) (*Import, error) {
	return s.importWhere(ctx, "party = $1 AND id = $2", string(party), id)
}

func (s *Store) importWhere(ctx context.Context, where string, args ...any) (*Import, error) {
	var i Import
	var created int64
	err := s.reader.QueryRowContext(ctx, `SELECT id, party, digest, name, total, created,
		(SELECT COUNT(*) FROM import_rows r WHERE r.import = imports.id AND r.state = 'offered'),
		(SELECT COUNT(*) FROM import_rows r WHERE r.import = imports.id AND r.state = 'rejected')
		FROM imports WHERE `+where, args...).
		Scan(&i.ID, &i.Party, &i.Digest, &i.Name, &i.Rows, &created, &i.Offered, &i.Rejected)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading an import: %w", err)
	}
	i.Created = time.Unix(created, 0).UTC()
	return &i, nil
}

// PutImportRows records what became of rows. A row that was offered stays so:
// its note is on the ledger, whatever is said of the row later.
func (s *Store) PutImportRows(ctx context.Context, id string, rows []ImportRow) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		for _, r := range rows {
			params, err := json.Marshal(r.Params)
			if err != nil {
				return fmt.Errorf("writing row %d: %w", r.Row, err)
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO import_rows (import, line, state, note, code, params)
				VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (import, line) DO UPDATE SET state = excluded.state, note = excluded.note,
					code = excluded.code, params = excluded.params WHERE import_rows.state <> 'offered'`,
				id, r.Row, r.State, string(r.Note), string(r.Code), string(params))
			if err != nil {
				return fmt.Errorf("writing row %d: %w", r.Row, err)
			}
		}
		return nil
	})
}

// ImportRows lists the rows of an import after one, in order, at most limit and
// never more than MaxPage, and says whether there are more. An empty state lists
// rows of every state.
func (s *Store) ImportRows(ctx context.Context, id, state string, after, limit int) (page []ImportRow, more bool, err error) {
	limit = pageLimit(limit)
	rows, err := s.reader.QueryContext(ctx, `SELECT line, state, note, code, params FROM import_rows
		WHERE import = $1 AND line > $2 AND ($3 = '' OR state = $3) ORDER BY line LIMIT $4`,
		id, after, state, limit+1)
	if err != nil {
		return nil, false, fmt.Errorf("listing the rows of an import: %w", err)
	}
	page, err = collect(rows, func(rows *sql.Rows) (r ImportRow, err error) {
		var params string
		if err = rows.Scan(&r.Row, &r.State, &r.Note, &r.Code, &params); err == nil {
			err = json.Unmarshal([]byte(params), &r.Params)
		}
		return r, err
	})
	page, more = cut(page, limit)
	return page, more, err
}
