// Package storetest gives tests databases that have the store's tables already.
// Making those takes longer than most tests; here it is done once for a process,
// and copied.
//
// It must not be used by tests of how the tables are made.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/postgrestest"
)

// Database is a kind of database.
type Database struct {
	Name    string
	Address func(testing.TB) string // of a new one, with empty tables, for one test
}

// Both lists the kinds that the store promises the same of. PostgreSQL is skipped
// where it is not installed, unless CI is true.
func Both() []Database {
	return []Database{{"sqlite", SQLite}, {"postgres", Postgres}}
}

// SQLite gives the address of a new SQLite database.
func SQLite(t testing.TB) string {
	t.Helper()
	made, err := sqliteFile()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "gateway.db")
	if err := os.WriteFile(file, made, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Postgres gives the address of a new PostgreSQL database.
func Postgres(t testing.TB) string {
	t.Helper()
	return postgrestest.Copy(t, prepare)
}

// sqliteFile makes the file that is copied.
var sqliteFile = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "skuldstore")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the database: %w", err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "gateway.db")
	if err := prepare(file); err != nil {
		return nil, err
	}
	return os.ReadFile(file) // closing it has put everything into this one file
})

func prepare(address string) error {
	s, err := store.Open(context.Background(), address)
	if err != nil {
		return err
	}
	return s.Close()
}
