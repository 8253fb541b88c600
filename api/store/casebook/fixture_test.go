package casebook_test

import (
	"os"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/store/postgrestest"
	"github.com/skuld-registry/skuld/api/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }

// noon is when tests happen.
var noon = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

// everywhere runs a test on each kind of database: the book promises the same of both.
func everywhere(t *testing.T, test func(t *testing.T, b *casebook.Book)) {
	t.Helper()
	for _, on := range storetest.Both() {
		t.Run(on.Name, func(t *testing.T) { test(t, open(t, on.Address(t))) })
	}
}

// open opens the tables of casework in a database of its own.
func open(t testing.TB, address string) *casebook.Book {
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
	return casebook.Open(s)
}
