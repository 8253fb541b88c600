package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // for looking behind the store
	_ "modernc.org/sqlite"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/postgrestest"
	"github.com/skuld-registry/skuld/api/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }

// database is a kind of database that the store works on.
type database struct {
	name   string
	driver string // for looking behind the store
	// address gives the address of a new database.
	address func(testing.TB) string
}

var (
	sqlite = database{"sqlite", "sqlite", storetest.SQLite}
	// postgres is a database on a server that the test has to itself.
	postgres = database{"postgres", "pgx", storetest.Postgres}
)

// everywhere runs a test on each database: the store promises the same of both.
func everywhere(t *testing.T, test func(t *testing.T, on database)) {
	t.Helper()
	for _, on := range []database{sqlite, postgres} {
		t.Run(on.name, func(t *testing.T) { test(t, on) })
	}
}

// opened opens a store in a database of its own.
func (on database) opened(t testing.TB) (s *store.Store, address string) {
	t.Helper()
	address = on.address(t)
	return reopened(t, address), address
}

// reopened opens a store that may have been there before.
func reopened(t testing.TB, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Claim(t.Context(), network); err != nil {
		t.Fatal(err)
	}
	return s
}

// restarted closes a store and opens it again.
func restarted(t testing.TB, s *store.Store, address string) *store.Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return reopened(t, address)
}

// behind opens a database without a store.
func (on database) behind(t testing.TB, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open(on.driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// dump writes out the read model as it stands in the database.
func (on database) dump(t testing.TB, address string) string {
	t.Helper()
	return written(t, on.behind(t, address),
		"SELECT name, value FROM meta WHERE name <> 'term' ORDER BY name",
		"SELECT id, block, at FROM transactions ORDER BY id",
		"SELECT kind, id, seq, position, op, command, head, tx FROM entries ORDER BY position",
		"SELECT position, party FROM entry_parties ORDER BY position, party",
		"SELECT born, id, seq, holder, state FROM notes ORDER BY id",
		"SELECT party, born, roles, status, book, changed, due, until FROM note_parties ORDER BY party, born",
		"SELECT id, seq, state FROM parties ORDER BY id",
		"SELECT id, seq, born, holder, state FROM books ORDER BY id",
	)
}

// written writes out what queries give.
func written(t testing.TB, db *sql.DB, queries ...string) string {
	t.Helper()
	var b strings.Builder
	for _, query := range queries {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, query)
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				fmt.Fprint(&b, *v.(*any), "|")
			}
			b.WriteByte('\n')
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}
