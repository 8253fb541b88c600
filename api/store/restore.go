package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ErrNotEmpty says that a backup was to be restored into a database that holds
// something.
var ErrNotEmpty = errors.New("the database is not empty")

// Restore writes a backup into the database and gives its number of rows; all of
// it, or nothing where it gives an error. The database must be empty but for the
// read model, and of the backup's network or of none. The read model is rebuilt
// from the ledger afterwards, as always.
func (s *Store) Restore(ctx context.Context, from io.Reader) (rows int, err error) {
	in := &lineReader{r: bufio.NewReader(from), hash: sha256.New(), stop: ctx.Err}
	h, err := readHeader(in)
	if err != nil {
		return 0, err
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := requireEmpty(ctx, tx); err != nil {
			return err
		}
		if err := adopt(ctx, tx, h); err != nil {
			return err
		}
		if rows, err = restoreRows(ctx, tx, in); err != nil {
			return err
		}
		return skipCases(ctx, tx)
	})
	if err != nil {
		return 0, fmt.Errorf("restoring a backup: %w", err)
	}
	return rows, nil
}

// lostCases is more cases than are opened between a backup and what was lost after it.
const lostCases = 1_000_000

// skipCases leaves out the numbers of cases that may have been given after the backup
// was made. Their payment references stand on letters, and a payment with one of them
// is to find no case and then a person, rather than somebody else's debt.
func skipCases(ctx context.Context, tx *sql.Tx) error {
	var last int64
	if err := tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(number), 0) FROM cases").Scan(&last); err != nil {
		return fmt.Errorf("reading the last number of a case: %w", err)
	}
	if last == 0 {
		return nil // no desk
	}
	return setMeta(ctx, tx, metaCases, strconv.FormatInt(last+lostCases, 10))
}

func readHeader(in *lineReader) (h backupHeader, err error) {
	line, err := in.next()
	if err == nil {
		err = decodeLine(line, &h)
	}
	if err != nil || h.Kind != backupKind {
		return h, errors.Join(errors.New("reading a backup: it does not begin as one does"), err)
	}
	if h.Version != backupVersion {
		return h, fmt.Errorf("reading a backup: it has version %d, and this program knows %d", h.Version, backupVersion)
	}
	latest, err := latestMigration()
	if err == nil && h.Schema > latest {
		err = fmt.Errorf("reading a backup: its tables have version %d, and this program knows %d", h.Schema, latest)
	}
	return h, err
}

func requireEmpty(ctx context.Context, tx *sql.Tx) error {
	for _, table := range keptTables {
		found, err := exists(ctx, tx, "SELECT 1 FROM "+table+" LIMIT 1")
		if err != nil {
			return err
		}
		if found {
			return fmt.Errorf("%w: the table %s has rows", ErrNotEmpty, table)
		}
	}
	return nil
}

// adopt makes the database one of the backup's network.
func adopt(ctx context.Context, tx *sql.Tx, h backupHeader) error {
	had, err := meta(ctx, tx, metaNetwork)
	if err != nil || had == h.Network || h.Network == "" {
		return err
	}
	if had != "" {
		return fmt.Errorf("%w: %.16s…, and the backup to %.16s…", ErrOtherNetwork, had, h.Network)
	}
	return setMeta(ctx, tx, metaNetwork, h.Network)
}

// restoreRows writes rows until the trailer, which must fit what was read.
func restoreRows(ctx context.Context, tx *sql.Tx, in *lineReader) (rows int, err error) {
	tables, err := keptColumns(ctx, tx)
	if err != nil {
		return 0, err
	}
	for {
		sum := hex.EncodeToString(in.hash.Sum(nil)) // of the lines before this one
		line, err := in.next()
		if err == io.EOF {
			return 0, fmt.Errorf("line %d: the trailer is missing: the backup is not whole", in.lines+1)
		}
		if err != nil {
			return 0, err
		}
		var v struct {
			backupRow
			backupTrailer
		}
		if err := decodeLine(line, &v); err != nil {
			return 0, fmt.Errorf("line %d: %w", in.lines, err)
		}
		if v.SHA256 != "" {
			return rows, in.end(v.backupTrailer, rows, sum)
		}
		if err := restoreRow(ctx, tx, tables, v.backupRow); err != nil {
			return 0, fmt.Errorf("line %d: %w", in.lines, err)
		}
		rows++
	}
}

// keptColumns gives the columns of the tables of a backup.
func keptColumns(ctx context.Context, tx *sql.Tx) (map[string][]string, error) {
	tables := map[string][]string{}
	for _, table := range keptTables {
		rows, err := tx.QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 0")
		if err != nil {
			return nil, fmt.Errorf("reading the columns of %s: %w", table, err)
		}
		columns, err := rows.Columns()
		if err = errors.Join(err, rows.Close()); err != nil {
			return nil, fmt.Errorf("reading the columns of %s: %w", table, err)
		}
		tables[table] = columns
	}
	return tables, nil
}

// restoreRow writes one row. A column that the backup does not have yet gets its
// default, as it did when it was added.
func restoreRow(ctx context.Context, tx *sql.Tx, tables map[string][]string, r backupRow) error {
	known, ok := tables[r.Table]
	if !ok {
		return fmt.Errorf("there is no table %.40q in a backup", r.Table)
	}
	columns := slices.Sorted(maps.Keys(r.Row))
	args, places := make([]any, len(columns)), make([]string, len(columns))
	for i, name := range columns {
		if !slices.Contains(known, name) {
			return fmt.Errorf("the table %s has no column %.40q", r.Table, name)
		}
		switch v := r.Row[name].(type) {
		case string:
			args[i] = v
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return fmt.Errorf("the column %s: %w", name, err)
			}
			args[i] = n
		default:
			return fmt.Errorf("the column %s is neither text nor a whole number", name)
		}
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)",
		r.Table, strings.Join(columns, ", "), strings.Join(places, ", ")), args...)
	if err != nil {
		return fmt.Errorf("writing to %s: %w", r.Table, err)
	}
	return nil
}

// lineReader reads lines and hashes what it has read.
type lineReader struct {
	r     *bufio.Reader
	hash  hash.Hash
	stop  func() error // says why not to go on
	lines int
}

// next gives a line without its end, valid until the next one, or io.EOF.
func (l *lineReader) next() ([]byte, error) {
	if err := l.stop(); err != nil {
		return nil, fmt.Errorf("reading line %d: %w", l.lines+1, err)
	}
	var line []byte
	for {
		part, err := l.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == io.EOF && len(line) == 0:
			return nil, io.EOF
		case err != nil && err != bufio.ErrBufferFull:
			return nil, fmt.Errorf("reading line %d: %w", l.lines+1, err)
		case len(line) > maxBackupLine:
			return nil, fmt.Errorf("reading line %d: it has more than %d bytes", l.lines+1, maxBackupLine)
		case err == nil:
			l.lines++
			l.hash.Write(line) // which never fails
			return line[:len(line)-1], nil
		}
	}
}

// end checks the trailer, after which nothing may come.
func (l *lineReader) end(t backupTrailer, rows int, sum string) error {
	if t.Rows != rows || t.SHA256 != sum {
		return fmt.Errorf("the backup was changed or is not whole: it has %d rows of %d, and its digest is %.16s…, not %.16s…",
			rows, t.Rows, sum, t.SHA256)
	}
	if _, err := l.next(); err != io.EOF {
		return errors.Join(errors.New("the backup goes on after its trailer"), err)
	}
	return nil
}

func decodeLine(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	d.DisallowUnknownFields()
	return d.Decode(v)
}
