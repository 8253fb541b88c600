// Package store is the gateway's SQL database, on SQLite or PostgreSQL. It holds
// a read model of what the gateway's organisation may see of the ledger, rebuilt
// from the blocks at any time, and the little that the gateway itself must
// remember.
//
// It must not decide who may see what: the ledger gives it only what its
// organisation is entitled to, and package api decides for each party. It must
// not be the only place of anything that the ledger knows. It must not hold a
// query that only one of the two databases understands; where they differ, the
// difference stands in sqlite.go and postgres.go.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/pressly/goose/v3"

	"github.com/skuld-registry/skuld/api/code"
)

var (
	// ErrOtherNetwork says that the database was made from another network's
	// blocks. Reset makes it fit.
	ErrOtherNetwork = errors.New("the database belongs to another network")
	// ErrInUse says that another gateway has the database. One follows the ledger
	// and writes; a second one may stand by until the first has gone.
	ErrInUse = errors.New("another gateway has the database")
)

// Store is the database. It may be used by many callers at a time.
type Store struct {
	// The writer has one connection, which holds the right to write (see
	// ErrInUse). Writers queue for it in Go, where waiting ends with the context,
	// and see the world one after the other: no statement here has to reckon with
	// another writer, on either database, at its default isolation.
	writer *sql.DB
	reader *sql.DB
	height height
	group  *group
	term   *term
	kept   keptBytes
	codes  *code.Key // of the public codes; see UseCodes
	lock   *os.File  // of an SQLite file; nil where the writer's connection holds the lock
}

// Open opens a database and brings its tables to this version. The address is
// the name of an SQLite file, made where there is none, or the URL of a
// PostgreSQL database (postgres://…), which must be there. It refuses with
// ErrInUse while another gateway has it. Whether it fits the network is checked
// by Claim.
func Open(ctx context.Context, address string) (*Store, error) {
	s, dialect, err := connect(ctx, address)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, dialect); err != nil {
		return nil, errors.Join(err, s.disconnect())
	}
	if err := s.term.begin(ctx, s.writer); err != nil {
		return nil, errors.Join(err, s.disconnect())
	}
	s.height.init()
	s.group = newGroup(s.writer)
	return s, nil
}

// Lost is closed when another gateway has taken the database over. The store is
// of no more use then: all that it writes is refused.
func (s *Store) Lost() <-chan struct{} { return s.term.lost }

func connect(ctx context.Context, address string) (*Store, goose.Dialect, error) {
	if isPostgres(address) {
		s, err := connectPostgres(ctx, address)
		return s, goose.DialectPostgres, err
	}
	s, err := connectSQLite(address)
	return s, goose.DialectSQLite3, err
}

// Close finishes the writes under way, closes the database and lets another
// gateway have it. A second time does nothing.
func (s *Store) Close() error {
	s.group.close()
	return s.disconnect()
}

func (s *Store) disconnect() error {
	err := errors.Join(s.reader.Close(), s.writer.Close())
	if s.lock == nil {
		return err
	}
	if unlocked := s.lock.Close(); !errors.Is(unlocked, os.ErrClosed) {
		err = errors.Join(err, unlocked)
	}
	return err
}

// The names of rows of the table meta.
const (
	metaNetwork   = "network"
	metaNext      = "next_block"  // the checkpoint: the first block that is not in the read model
	metaReadModel = "read_model"  // the version of the read model's tables
	metaCases     = "case_number" // no case has a number up to this one but those of a backup; package casebook reads it
	metaTerm      = "term"        // a mark of the gateway that has the database, or had it last
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
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := remakeReadModel(ctx, tx); err != nil {
			return err
		}
		return setMeta(ctx, tx, metaNetwork, network)
	})
	if err != nil {
		return err
	}
	return s.recall(ctx)
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
