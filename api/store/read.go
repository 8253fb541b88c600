package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
)

// MaxPage is the most rows of one page of a list.
const MaxPage = 200

// pageLimit brings a wanted number of rows into its bounds.
func pageLimit(wanted int) int { return min(max(wanted, 1), MaxPage) }

// cut takes off the row that was read only to know that there is one.
func cut[T any](rows []T, limit int) (page []T, more bool) {
	if len(rows) > limit {
		return rows[:limit], true
	}
	return rows, false
}

// collect reads all rows; their number is bounded by the query.
func collect[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("reading a row: %w", err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading rows: %w", err)
	}
	return all, nil
}

// Party gives a party's state, or nil where the read model has none.
func (s *Store) Party(ctx context.Context, id ledger.PartyID) (*ledger.Party, error) {
	p, err := one[ledger.Party](ctx, s.reader, "SELECT state FROM parties WHERE id = $1", string(id))
	if err != nil {
		return nil, fmt.Errorf("reading party %s from the database: %w", id, err)
	}
	return p, nil
}

// Book gives a book, or nil where there is none.
func (s *Store) Book(ctx context.Context, id ledger.BookID) (*ledger.Book, error) {
	b, err := one[ledger.Book](ctx, s.reader, "SELECT state FROM books WHERE id = $1", string(id))
	if err != nil {
		return nil, fmt.Errorf("reading book %s from the database: %w", id, err)
	}
	return b, nil
}

func one[T any](ctx context.Context, q queryer, query string, args ...any) (*T, error) {
	var state string
	err := q.QueryRowContext(ctx, query, args...).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	v := new(T)
	if err == nil {
		err = json.Unmarshal([]byte(state), v)
	}
	return v, err
}

// ListedBook is a book with the cursor that continues a list after it.
type ListedBook struct {
	Book   ledger.Book
	Cursor int64
}

// Books lists a party's books, the latest first, and says whether there are more.
func (s *Store) Books(ctx context.Context, holder ledger.PartyID, before int64, limit int) (page []ListedBook, more bool, err error) {
	limit = pageLimit(limit)
	if before == 0 {
		before = 1<<63 - 1
	}
	rows, err := s.reader.QueryContext(ctx, `SELECT state, born FROM books WHERE holder = $1 AND born < $2
		ORDER BY born DESC LIMIT $3`, string(holder), before, limit+1)
	if err != nil {
		return nil, false, fmt.Errorf("listing books: %w", err)
	}
	page, err = collect(rows, func(rows *sql.Rows) (b ListedBook, err error) {
		var state string
		if err = rows.Scan(&state, &b.Cursor); err == nil {
			err = json.Unmarshal([]byte(state), &b.Book)
		}
		return b, err
	})
	page, more = cut(page, limit)
	return page, more, err
}
