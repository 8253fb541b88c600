package store

import (
	"context"
	"database/sql"
	"time"
)

// The functions below are for the packages under this one, whose tables stand in the
// same database: they write as this package does, in turns and together.

// Queryer is the database, or a transaction of it.
type Queryer = queryer

// Reader reads what was written. What it gives may be older than what a transaction
// that is under way has written.
func (s *Store) Reader() Queryer { return s.reader }

// Update runs a function in a transaction that it may share with others, and answers
// once that is on the disk. The function is to use the context that it is given and
// must have no effect but on the database; a row or two are its size.
func (s *Store) Update(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	return s.join(ctx, do)
}

// UpdateAlone is Update in a transaction of its own, for what writes much or must be
// free to fail without the others.
func (s *Store) UpdateAlone(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	return s.write(ctx, do)
}

// InsertNew writes rows that are not there, given as their values one after the other,
// many with one statement.
func InsertNew(ctx context.Context, tx *sql.Tx, table string, columns []string, values []any) error {
	return insertNew(ctx, tx, table, columns, values)
}

// Collect reads all rows; their number is to be bounded by the query.
func Collect[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) ([]T, error) {
	return collect(rows, scan)
}

// Changed gives how many rows a statement changed.
func Changed(result sql.Result, err error) (int, error) { return changed(result, err) }

// NextPlace gives the number of the next row of a table that counts its rows in a
// column named place. There is one writer, so that nobody else gets the same.
func NextPlace(ctx context.Context, tx *sql.Tx, table string) (int64, error) {
	return nextPlace(ctx, tx, table)
}

// InTime gives the time of a column of seconds, in which 0 is never.
func InTime(seconds int64) time.Time { return inTime(seconds) }

// InSeconds gives what such a column says of a time.
func InSeconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// PageLimit gives how many rows a page has of those that were wanted: 1 to MaxPage.
func PageLimit(wanted int) int { return pageLimit(wanted) }

// Cut takes off the row that was read only to know that there are more.
func Cut[T any](rows []T, limit int) (page []T, more bool) { return cut(rows, limit) }

// Digest gives the form in which a secret that somebody shows again is kept.
func Digest(secret string) string { return digest(secret) }
