package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/client/profile"
)

// person is somebody at a terminal: what is typed, and the passphrases.
type person struct {
	typed       string
	passphrases []string
}

// at carries out a command line with a person at the terminal, for whom no
// passphrase file is named.
func (w *world) at(p *person, args ...string) result {
	w.t.Helper()
	var out, errs bytes.Buffer
	env := map[string]string{"HOME": w.home, "SKULD_HOME": w.path("net")}
	code := run(w.t.Context(), args, console{
		in: strings.NewReader(p.typed), out: &out, err: &errs, getenv: func(name string) string { return env[name] },
		now: time.Now, random: strings.NewReader(strings.Repeat("r", 64)), unlock: w.unlock, inTerminal: true,
		readPassword: func() ([]byte, error) {
			if len(p.passphrases) == 0 {
				return nil, io.EOF
			}
			next := p.passphrases[0]
			p.passphrases = p.passphrases[1:]
			return []byte(next), nil
		},
	})
	return result{code, out.String(), errs.String()}
}

func TestNewPassphraseIsAskedForTwice(t *testing.T) {
	w := &world{t: t, home: t.TempDir()}
	if r := w.at(&person{passphrases: []string{"correct horse", "correct house"}}, "key", "new"); r.code != exitUsage {
		t.Errorf("two different passphrases: exit code %d, %s", r.code, r.err)
	}
	p, err := profile.Open(w.path(".config", "skuld", "default"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.KeyInfo("key"); !errors.Is(err, profile.ErrNoKey) {
		t.Errorf("a key was made all the same: %v", err)
	}
	r := w.at(&person{passphrases: []string{"correct horse", "correct horse"}}, "key", "new")
	if r.code != exitOK || strings.Contains(r.out+r.err, "correct horse") {
		t.Errorf("exit code %d, %s%s", r.code, r.out, r.err)
	}
	if _, err := p.Unlock("key", []byte("correct horse")); err != nil {
		t.Error(err)
	}
}

func TestNoteIsSignedOnlyWhenAPersonSaysYes(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	note := w.offer("lender", borrower)
	secret := []string{"correct horse battery"}
	for _, answer := range []string{"no\n", "\n", "", "y\n", "yes please\n"} {
		r := w.at(&person{typed: answer, passphrases: secret}, "--profile", "anna", "note", "accept", note)
		if r.code != exitUsage || !strings.Contains(r.err, "24,000.00") {
			t.Errorf("the answer %q: exit code %d\n%s", answer, r.code, r.err)
		}
	}
	if r := w.run("anna", "note", "accept", note); r.code != exitUsage || !strings.Contains(r.err, "--yes") {
		t.Errorf("where nobody can be asked: exit code %d\n%s", r.code, r.err)
	}
	if got := w.note("anna", note).Note.Status; got != "offered" {
		t.Fatalf("the note is %s without a yes", got)
	}
	if r := w.at(&person{typed: "yes\n", passphrases: secret}, "--profile", "anna", "note", "accept", note); r.code != exitOK {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
}

func TestNobodyIsAskedWhereNobodyIs(t *testing.T) {
	w := newWorld(t)
	w.newKey("lender", "company")
	r := w.at(&person{}, "--profile", "lender", "--gateway", w.Gateways["lender"], "party", "register", "--kind", "company")
	if r.code == exitOK {
		t.Error("a key was opened without a passphrase")
	}
}

func TestProgressIsALineEveryFewSecondsWhereThereIsNoTerminal(t *testing.T) {
	now := noon
	var b bytes.Buffer
	p := newProgress(&app{console: console{err: &b, now: func() time.Time { return now }}}, 1000)
	for range 10 {
		now = now.Add(2 * time.Second)
		p.add(100)
	}
	p.end()
	want := "300 of 1000 rows, 50 rows/s, about 14s left\n" +
		"600 of 1000 rows, 50 rows/s, about 8s left\n" +
		"900 of 1000 rows, 50 rows/s, about 2s left\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
