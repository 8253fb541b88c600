package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReceiptIsFetchedAndVerified(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	note := w.offer("lender", w.register("anna", "registrar", "person", false))
	w.must("anna", "note", "accept", "--yes", note)
	paid := w.must("lender", "pay", note, "--amount", "1000 SEK")["result"].(map[string]any)["seq"]

	receipt := filepath.Join(t.TempDir(), "receipt.skuld.json")
	if r := w.run("anna", "note", "evidence", note, "--payment", jsonNumber(paid), "--out", receipt); r.code != exitOK {
		t.Fatalf("exit code %d\n%s", r.code, r.err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"by the profile's network": {[]string{"verify", receipt}, 0, "GENUINE"},
		"in Swedish":               {[]string{"verify", "--lang", "sv", receipt}, 0, "ÄKTA"},
		"of another network":       {[]string{"verify", "--network", strings.Repeat("0a", 32), receipt}, 1, "REFUSED"},
		"that is not there":        {[]string{"verify", receipt + ".no"}, 2, "UNREADABLE"},
		"of no network at all":     {[]string{"verify", "--network", "x", receipt}, 2, ""},
	} {
		if r := w.run("anna", c.args...); r.code != c.code || !strings.Contains(r.out, c.says) {
			t.Errorf("%s: exit code %d, want %d and %q\n%s%s", name, r.code, c.code, c.says, r.out, r.err)
		}
	}
	raw, err := os.ReadFile(receipt)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(receipt, bytes.Replace(raw, []byte(`"payment":`+jsonNumber(paid)), []byte(`"payment":1`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := w.run("anna", "verify", receipt); r.code != 1 || !strings.Contains(r.out, "no payment") {
		t.Errorf("of what is no payment: exit code %d\n%s", r.code, r.out)
	}
	w.refused("payment_unknown", "anna", "note", "evidence", note, "--payment", "2")
}
