package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/postgrestest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
)

// onPostgres opens a PostgreSQL database of its own.
func onPostgres(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), postgrestest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// postgresFile writes the file that names a PostgreSQL database of its own.
func postgresFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(file, []byte(postgrestest.URL(t)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestGatewayGoesOnFromABackup in the other kind of database, which is how a
// lender comes from the one to the other.
func TestGatewayGoesOnFromABackup(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	used := tokenRequest(lender.assertion(t, w.gateways["lender"].url, w.clock.Now()))
	if r := w.do("lender", used); r.status != http.StatusOK {
		t.Fatalf("a token: %d %s", r.status, r.body)
	}
	old := w.gateways["lender"]
	file := filepath.Join(t.TempDir(), "backup")
	serving := config{Data: old.opts.data, backupTo: file}
	if err := serving.keep(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has %v, %v; want mode 0600", info.Mode(), err)
	}
	if err := serving.keep(t.Context(), io.Discard); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second backup of the same name is answered %v", err)
	}
	into := config{Data: old.opts.data, restoreFrom: file}
	if err := into.keep(t.Context(), io.Discard); !errors.Is(err, store.ErrInUse) {
		t.Errorf("restoring while it serves is answered %v", err)
	}
	old.end(t)

	into = config{Data: old.opts.data, Database: database{URLFile: postgresFile(t)}, restoreFrom: file}
	if err := into.keep(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	address, err := into.databaseAddress()
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	w.start("lender", options{data: old.opts.data, store: s})
	if r := w.do("lender", used); r.status == http.StatusOK {
		t.Error("an assertion that was used before the backup opens the gateway again")
	}
	if r := w.ask(lender, "GET", "/v1/parties/"+string(lender.party), nil, nil); r.status != http.StatusOK {
		t.Errorf("its party: %d %s", r.status, r.body)
	}
}
