package main

import (
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/client/profile"
)

func TestAProfileOfAnotherNetworkIsToldFirst(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", false)
	dir := w.path(".config", "skuld", "lender")
	if r := w.run("lender", "note", "list"); r.code != exitOK {
		t.Fatalf("on its own network: exit code %d and %q", r.code, r.err)
	}
	p, err := profile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	p.Network = strings.Repeat("ab", 32) // networks in memory all have the same digest
	if err := p.Save(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"note", "list"},
		{"key", "new"},
		{"party", "register", "--kind", "company", "--name", "Nordlån AB"},
		{"party", "show"},
	} {
		r := w.run("lender", args...)
		if r.code != exitUsage || !strings.Contains(r.err, "this profile belongs to another network") || !strings.Contains(r.err, "rm -r "+dir) {
			t.Errorf("skuld %v: exit code %d and %q", args, r.code, r.err)
		}
	}
}

func TestAKeyIsMadeAlsoWhereNoGatewayAnswers(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", false)
	if r := w.run("lender", "key", "new", "--name", "second", "--gateway", "http://127.0.0.1:1"); r.code != exitOK {
		t.Errorf("exit code %d and %q", r.code, r.err)
	}
}
