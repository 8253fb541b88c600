package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// PutImportRows takes in rows that wait or are rejected already: all of them or
// none. A row that is there stays as it is, unless it was rejected, which the new
// one makes good. It gives the import with them, and nil for one that is cancelled or
// being cancelled.
func (s *Store) PutImportRows(ctx context.Context, id string, rows []ImportRow, now time.Time) (with *Import, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var state ImportState
		if err := tx.QueryRowContext(ctx, "SELECT state FROM imports WHERE id = $1", id).Scan(&state); err != nil {
			return err
		}
		if state == ImportCancelled || state == ImportCancelling {
			return nil
		}
		count, err := insertRows(ctx, tx, id, rows)
		if err != nil {
			return err
		}
		if err := count.add(ctx, tx, id); err != nil {
			return err
		}
		if err := endImport(ctx, tx, id, now); err != nil {
			return err
		}
		with, err = oneImport(ctx, tx, "WHERE id = $1", id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("taking in rows: %w", err)
	}
	return with, nil
}

// rowCount is by how much the numbers of rows change.
type rowCount map[RowState]int

// add changes the numbers that stand beside the rows.
func (c rowCount) add(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `UPDATE imports SET waiting = waiting + $1, offered = offered + $2,
		rejected = rejected + $3, cancelled = cancelled + $4 WHERE id = $5`,
		c[RowWaiting], c[RowOffered]+c[RowPassed], c[RowRejected], c[RowCancelled], id)
	return err
}

func insertRows(ctx context.Context, tx *sql.Tx, id string, rows []ImportRow) (rowCount, error) {
	count := rowCount{}
	clear, err := tx.PrepareContext(ctx, "DELETE FROM import_rows WHERE import = $1 AND line = $2 AND state = 'rejected'")
	if err != nil {
		return nil, err
	}
	defer clear.Close()
	insert, err := tx.PrepareContext(ctx, `INSERT INTO import_rows (import, line, state, note, code, params, jws)
		VALUES ($1, $2, $3, '', $4, $5, $6) ON CONFLICT DO NOTHING`)
	if err != nil {
		return nil, err
	}
	defer insert.Close()
	for _, r := range rows {
		n, err := changed(clear.ExecContext(ctx, id, r.Row))
		if err != nil {
			return nil, err
		}
		count[RowRejected] -= n
		params, err := json.Marshal(r.Params)
		if err != nil {
			return nil, err
		}
		if n, err = changed(insert.ExecContext(ctx, id, r.Row, string(r.State), string(r.Code), string(params), r.JWS)); err != nil {
			return nil, fmt.Errorf("row %d: %w", r.Row, err)
		}
		count[r.State] += n
	}
	return count, nil
}

// WaitingRows gives the first rows after one that wait, at most limit.
func (s *Store) WaitingRows(ctx context.Context, id string, after, limit int) ([]ImportRow, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT line, jws FROM import_rows
		WHERE import = $1 AND state = 'waiting' AND line > $2 ORDER BY line LIMIT $3`, id, after, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the rows that wait: %w", err)
	}
	return collect(rows, func(rows *sql.Rows) (r ImportRow, err error) {
		r.State = RowWaiting
		return r, rows.Scan(&r.Row, &r.JWS)
	})
}

// HandIn notes that the offers of rows are about to be handed in, and gives those
// rows that still wait. It is on the disk before the ledger can have the offers: a
// cancelled import must not forget one of which the outcome is open.
func (s *Store) HandIn(ctx context.Context, id string, rows []ImportRow) (waiting []ImportRow, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		waiting = nil
		mark, err := tx.PrepareContext(ctx, "UPDATE import_rows SET handed_in = 1 WHERE import = $1 AND line = $2 AND state = 'waiting'")
		if err != nil {
			return err
		}
		defer mark.Close()
		for _, r := range rows {
			n, err := changed(mark.ExecContext(ctx, id, r.Row))
			if err != nil {
				return fmt.Errorf("row %d: %w", r.Row, err)
			}
			if n == 1 {
				waiting = append(waiting, r)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("noting what is handed in: %w", err)
	}
	return waiting, nil
}

// SettleImportRows records the fate of rows that waited, and forgets what was
// signed. A row that was cancelled meanwhile, which only a rehearsed one can be,
// stays so.
func (s *Store) SettleImportRows(ctx context.Context, id string, fates []ImportRow, now time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		count := rowCount{}
		settle, err := tx.PrepareContext(ctx, `UPDATE import_rows SET state = $1, note = $2, code = $3, params = $4, jws = ''
			WHERE import = $5 AND line = $6 AND state = 'waiting'`)
		if err != nil {
			return err
		}
		defer settle.Close()
		for _, r := range fates {
			params, err := json.Marshal(r.Params)
			if err != nil {
				return err
			}
			n, err := changed(settle.ExecContext(ctx, string(r.State), string(r.Note), string(r.Code), string(params), id, r.Row))
			if err != nil {
				return fmt.Errorf("row %d: %w", r.Row, err)
			}
			count[RowWaiting] -= n
			count[r.State] += n
		}
		if err := count.add(ctx, tx, id); err != nil {
			return err
		}
		return endImport(ctx, tx, id, now)
	})
	if err != nil {
		return fmt.Errorf("recording what became of rows: %w", err)
	}
	return nil
}

// ImportRows lists the rows of an import after one, in order, at most limit and
// never more than MaxPage, and says whether there are more. An empty state lists
// rows of every state.
func (s *Store) ImportRows(ctx context.Context, id string, state RowState, after, limit int) (page []ImportRow, more bool, err error) {
	limit = pageLimit(limit)
	query, args := rowsQuery(id, state, after, limit+1)
	rows, err := s.reader.QueryContext(ctx, query, args...)
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

// rowsQuery writes the query of a list of rows. A state stands in it only where
// one is asked for, so that its index is used: each progress of an import tells
// of the rows that were rejected, which are few among many.
func rowsQuery(id string, state RowState, after, limit int) (query string, args []any) {
	where, args := "import = $1 AND line > $2", []any{id, after, limit}
	if state != "" {
		where, args = where+" AND state = $4", append(args, string(state))
	}
	return "SELECT line, state, note, code, params FROM import_rows WHERE " + where + " ORDER BY line LIMIT $3", args
}
