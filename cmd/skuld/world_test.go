package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/cmd/skuld/skuldtest"
	"github.com/skuld-registry/skuld/ledger"
)

// world is a registry in memory and people with a command line each.
type world struct {
	*skuldtest.Network
	t    *testing.T
	home string
	now  func() time.Time
}

// result is what came of one command line.
type result struct {
	code     int
	out, err string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Network: skuldtest.Start(t), t: t, home: t.TempDir(), now: time.Now}
	if err := os.WriteFile(w.path("passphrase"), []byte("correct horse battery\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) path(names ...string) string {
	return filepath.Join(append([]string{w.home}, names...)...)
}

// run carries out a command line as a person's.
func (w *world) run(profile string, args ...string) result {
	w.t.Helper()
	return w.runWith(w.t.Context(), nil, append([]string{"--profile", profile}, args...)...)
}

func (w *world) runWith(ctx context.Context, transport http.RoundTripper, args ...string) result {
	w.t.Helper()
	var out bytes.Buffer
	r := w.runOn(ctx, transport, &out, args...)
	r.out = out.String()
	return r
}

// runTo carries out a command line that writes to somebody who reads along. A
// nil transport is the usual one.
func (w *world) runTo(ctx context.Context, out io.Writer, args ...string) result {
	w.t.Helper()
	return w.runOn(ctx, nil, out, args...)
}

func (w *world) runOn(ctx context.Context, transport http.RoundTripper, out io.Writer, args ...string) result {
	w.t.Helper()
	env := map[string]string{"HOME": w.home, "SKULD_HOME": w.path("net"), "SKULD_PASSPHRASE_FILE": w.path("passphrase")}
	var errs bytes.Buffer
	code := run(ctx, args, console{
		in: strings.NewReader(""), out: out, err: &errs, getenv: func(name string) string { return env[name] },
		now: w.now, random: rand.Reader, transport: transport, unlock: w.unlock,
		readPassword: func() ([]byte, error) { return nil, errors.New("nobody is asked") },
	})
	return result{code: code, err: errs.String()}
}

// unlock opens each key once, since that is slow on purpose.
func (w *world) unlock(p *profile.Profile, name string, passphrase []byte) (crypto.Signer, error) {
	info, err := p.KeyInfo(name)
	if err != nil {
		return nil, err
	}
	known := info.Public.ID + string(passphrase)
	pool.Lock()
	defer pool.Unlock()
	if key, ok := pool.keys[known]; ok {
		return key, nil
	}
	key, err := p.Unlock(name, passphrase)
	if err == nil {
		pool.keys[known] = key
	}
	return key, err
}

// must carries out a command line that succeeds, and reads its JSON.
func (w *world) must(profile string, args ...string) map[string]any {
	w.t.Helper()
	r := w.run(profile, append(args, "--json")...)
	if r.code != exitOK {
		w.t.Fatalf("skuld %v: exit code %d\n%s%s", args, r.code, r.out, r.err)
	}
	var answer map[string]any
	if err := json.Unmarshal([]byte(r.out), &answer); err != nil {
		w.t.Fatalf("skuld %v: %v in %q", args, err, r.out)
	}
	return answer
}

// refused carries out a command line that is refused with a code.
func (w *world) refused(code string, profile string, args ...string) result {
	w.t.Helper()
	r := w.run(profile, args...)
	if r.code != exitRefused || !strings.Contains(r.err, "("+code+")") {
		w.t.Errorf("skuld %v: exit code %d and %q, want %d and %s", args, r.code, r.err, exitRefused, code)
	}
	return r
}

// register makes a person with a key, a party and, for who lends or buys, a book.
func (w *world) register(profile, organisation, kind string, book bool) string {
	w.t.Helper()
	w.newKey(profile, kind)
	args := []string{"party", "register", "--kind", kind, "--gateway", w.Gateways[organisation]}
	if kind != "person" {
		args = append(args, "--name", profile)
	}
	r := w.must(profile, args...)
	if book {
		w.must(profile, "book", "open")
	}
	return subject(w.t, r)
}

// pool keeps the key files that this test binary has made, by the kind of their
// owners: to encrypt or open one is slow on purpose, many times so under the
// race detector. Parties of one kind have the same key, which no rule looks at.
var pool = struct {
	sync.Mutex
	files map[string][]byte
	keys  map[string]crypto.Signer // opened before, by id and passphrase
}{files: map[string][]byte{}, keys: map[string]crypto.Signer{}}

// newKey gives a party a key: the one that an earlier test made for its kind.
func (w *world) newKey(name, kind string) {
	w.t.Helper()
	pool.Lock()
	defer pool.Unlock()
	dir := w.path(".config", "skuld", name)
	if pool.files[kind] == nil {
		w.must(name, "key", "new")
		text, err := os.ReadFile(filepath.Join(dir, "key.key"))
		if err != nil {
			w.t.Fatal(err)
		}
		pool.files[kind] = text
		return
	}
	p, err := profile.Open(dir)
	if err == nil {
		p.Key = "key"
		err = errors.Join(p.WriteFile("key.key", pool.files[kind]), p.Save())
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// offer makes a note of 24,000 kronor and gives its id.
func (w *world) offer(lender, borrower string) string {
	w.t.Helper()
	return subject(w.t, w.must(lender, "note", "offer", "--borrower", borrower, "--amount", "24000 SEK", "--rate", "6",
		"--term", "24", "--agreed-on", "2026-06-15", "--first-due", "2026-12-31", "--consumer"))
}

// subject gives the id of what a receipt is about.
func subject(t *testing.T, receipt map[string]any) string {
	t.Helper()
	text, err := json.Marshal(receipt)
	if err != nil {
		t.Fatal(err)
	}
	var r client.Receipt
	if err := json.Unmarshal(text, &r); err != nil || r.Result == nil {
		t.Fatalf("%s is no receipt: %v", text, err)
	}
	return r.Result.Subject.ID
}

// note reads a note's state.
func (w *world) note(profile, id string) *client.Note {
	w.t.Helper()
	text, err := json.Marshal(w.must(profile, "note", "show", id))
	if err != nil {
		w.t.Fatal(err)
	}
	var n client.Note
	if err := json.Unmarshal(text, &n); err != nil || n.Note == nil {
		w.t.Fatalf("%s is no note: %v", text, err)
	}
	return &n
}

// session is a client that acts for a person's party.
func (w *world) session(name string) *client.Client {
	w.t.Helper()
	p, err := profile.Open(w.path(".config", "skuld", name))
	if err != nil {
		w.t.Fatal(err)
	}
	key, err := w.unlock(p, p.Key, []byte("correct horse battery"))
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := client.New(client.Options{Gateway: p.Gateway, Party: p.Party, Key: key})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func draftOf(op ledger.Op, subject string, seq uint64, body any) client.Draft {
	return client.Draft{Op: op, Subject: subject, Seq: seq, Body: body}
}

// draftText is what a gateway answers to a request for a draft.
func draftText(t *testing.T, c *ledger.Command) string {
	t.Helper()
	payload, err := c.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return `{"draft":{"payload":"` + base64.RawURLEncoding.EncodeToString(payload) + `","text":"something else"}}`
}

// untilLines calls done when it was written a number of lines.
type untilLines struct {
	bytes.Buffer
	lines int
	done  func()
}

func (u *untilLines) Write(b []byte) (int, error) {
	n, err := u.Buffer.Write(b)
	if bytes.Count(u.Bytes(), []byte("\n")) >= u.lines {
		u.done()
	}
	return n, err
}
