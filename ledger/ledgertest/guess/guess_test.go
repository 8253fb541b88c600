package guess_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/guess"
)

const document = `{"terms":{"principal":{"amount":1200000,"currency":"SEK"}},"payee":"Holm & Söner","salt":"c2FsdA"}`

func known(t *testing.T) *guess.Dictionary {
	t.Helper()
	d := new(guess.Dictionary)
	if err := d.Know("a state", []byte(document)); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWhatCanBeGuessedIsFoundWhereverItStands(t *testing.T) {
	d := known(t)
	for text, want := range map[string]string{
		"1200000": "the hash of a state.terms.principal.amount",
		"SEK":     "the hash of a state.terms.principal.currency as text",
		`"SEK"`:   "the hash of a state.terms.principal.currency",
		"SEK\n":   "the hash of a state.terms.principal.currency as text",
		`{"payee":"Holm & Söner","terms":{"principal":{"amount":1200000,"currency":"SEK"}}}`:      "the hash of a state",
		`{"payee":"Holm \u0026 Söner","terms":{"principal":{"amount":1200000,"currency":"SEK"}}}`: "the hash of a state escaped",
		"{\n  \"amount\": 1200000,\n  \"currency\": \"SEK\"\n}":                                   "the hash of a state.terms.principal indented",
		`{"currency":"SEK"}`: "the hash of a state.terms.principal without amount",
	} {
		sum := sha256.Sum256([]byte(text))
		for name, public := range map[string]string{
			"bytes": string(sum[:]), "hex": hex.EncodeToString(sum[:]), "base64": base64.StdEncoding.EncodeToString(sum[:]),
			"base64 for addresses": base64.RawURLEncoding.EncodeToString(sum[:]),
		} {
			if found := d.Find([]byte("before " + public + " after")); !slices.Contains(found, want) {
				t.Errorf("%s in %s is found as %q, want %q", text, name, found, want)
			}
		}
	}
}

func TestWhatIsSaltedIsNotFound(t *testing.T) {
	d := known(t)
	whole := sha256.Sum256([]byte(document)) // with its salt
	if found := d.Find(whole[:]); len(found) > 0 {
		t.Errorf("found %q", found)
	}
	salted := ledger.Commit(ledger.Salt{1}, []byte(document))
	if found := d.Find(salted[:]); len(found) > 0 {
		t.Errorf("found %q", found)
	}
	bare := ledger.Commit(ledger.Salt{}, []byte("SEK"))
	if found := d.Find(bare[:]); len(found) == 0 {
		t.Error("a commitment without a salt is not found")
	}
}
