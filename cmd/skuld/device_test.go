//go:build pkcs11

package main

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger/sign/pkcs11/softhsm"
)

// TestNoteSignedInADeviceFromTheCommandLine lends with a key that is never in a
// file: its party is registered, gets a token and signs an offer with it.
func TestNoteSignedInADeviceFromTheCommandLine(t *testing.T) {
	token := softhsm.New(t)
	w := newWorld(t)
	borrower := w.register("anna", "registrar", "person", false)
	made := w.must("lender", "key", "new", "--pkcs11", token.URI("lender"))
	w.must("lender", "party", "register", "--kind", "company", "--name", "lender", "--gateway", w.Gateways["lender"])
	w.must("lender", "book", "open")
	w.must("anna", "note", "accept", "--yes", w.offer("lender", borrower))

	files, err := os.ReadDir(w.path(".config", "skuld", "lender"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".key") {
			t.Errorf("the profile holds %s", f.Name())
		}
	}
	used := w.must("second", "key", "use", token.URI("lender"))
	if made["public"] == nil || !reflect.DeepEqual(used["public"], made["public"]) {
		t.Errorf("the key made is %v, the key used %v", made, used)
	}
	if r := w.run("third", "key", "use", token.URI("nobody")); r.code == exitOK || !strings.Contains(r.err, "0 keys fit") {
		t.Errorf("a key that is not there: exit code %d, %s", r.code, r.err)
	}
}
