// Package store is the gateway's SQL database. It holds a read model of what
// the gateway's organisation may see of the ledger, rebuilt from the blocks at
// any time, and the little that the gateway itself must remember.
//
// It must not decide who may see what: the ledger gives it only what its
// organisation is entitled to, and package api decides for each party. It must
// not be the only place of anything that the ledger knows.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver registers itself
)

// readers bounds the connections that read; SQLite keeps a page cache for each.
const readers = 4

// pageCacheKiB bounds the page cache of one connection.
const pageCacheKiB = 4 << 10

// busyMillis is how long a connection waits for another one's lock.
const busyMillis = 5000

//go:embed migrations/*.sql
var migrations embed.FS

// ErrOtherNetwork says that the database was made from another network's
// blocks. Reset makes it fit.
var ErrOtherNetwork = errors.New("the database belongs to another network")

// Store is the database. It may be used by many callers at a time.
type Store struct {
	// SQLite has one writer at a time. Giving it one connection makes writers
	// queue in Go, where waiting ends with the context.
	writer *sql.DB
	reader *sql.DB
	height height
}

// Open opens the database in the file, making it where there is none, and
// brings its tables to this version. Whether it fits the network is checked by
// Claim.
func Open(ctx context.Context, file string) (*Store, error) {
	if err := forOwnerOnly(file); err != nil {
		return nil, err
	}
	writer, err := open(file, "immediate", 1)
	if err != nil {
		return nil, err
	}
	s := &Store{writer: writer}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	if s.reader, err = open(file, "deferred", readers); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	s.height.init()
	return s, nil
}

// forOwnerOnly makes the file before SQLite does, which would let others read
// it; SQLite gives its other files the same mode.
func forOwnerOnly(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = errors.Join(f.Chmod(0o600), f.Close())
	}
	if err != nil {
		return fmt.Errorf("making the database file: %w", err)
	}
	return nil
}

// open opens a pool. In WAL mode readers never wait for the writer. Only with
// synchronous=FULL is a commit on the disk before it is answered: a power cut
// must not take back that an assertion was used, or it could be used again, nor
// that an outcome is owed to somebody.
func open(file, lock string, connections int) (*sql.DB, error) {
	q := url.Values{"_txlock": {lock}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyMillis), "journal_mode(WAL)", "synchronous(FULL)",
		fmt.Sprintf("cache_size(-%d)", pageCacheKiB), "foreign_keys(ON)",
	}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("opening the database %s: %w", file, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func (s *Store) prepare(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("finding the migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.writer, files)
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return nil
}

// Close closes the database.
func (s *Store) Close() error { return errors.Join(s.reader.Close(), s.writer.Close()) }

// The names of rows of the table meta.
const (
	metaNetwork = "network"
	metaNext    = "next_block" // the checkpoint: the first block that is not in the read model
)

// Claim says which network the database is of. It refuses with ErrOtherNetwork
// where it was of another one before.
func (s *Store) Claim(ctx context.Context, network string) error {
	had, err := meta(ctx, s.writer, metaNetwork)
	switch {
	case err != nil:
		return err
	case had == network:
		return s.recall(ctx)
	case had != "":
		return fmt.Errorf("%w: %.16s…, not %.16s…", ErrOtherNetwork, had, network)
	}
	return s.Reset(ctx, network)
}

// Reset empties the read model, so that it is rebuilt from the first block of
// the network. What the gateway itself remembers stays.
func (s *Store) Reset(ctx context.Context, network string) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"transactions", "entries", "entry_parties", "notes", "note_parties", "parties", "books", "meta"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return fmt.Errorf("emptying the table %s: %w", table, err)
			}
		}
		return setMeta(ctx, tx, metaNetwork, network)
	})
	if err != nil {
		return err
	}
	return s.recall(ctx)
}

// write runs a function in a transaction.
func (s *Store) write(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a database transaction: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing a database transaction: %w", err)
	}
	return nil
}

// queryer is a database or a transaction.
type queryer interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}

// meta gives a value, "" where there is none.
func meta(ctx context.Context, q queryer, name string) (string, error) {
	var value string
	err := q.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = $1", name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("reading %s of the database: %w", name, err)
	}
	return value, nil
}

func setMeta(ctx context.Context, q queryer, name, value string) error {
	_, err := q.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("writing %s to the database: %w", name, err)
	}
	return nil
}
