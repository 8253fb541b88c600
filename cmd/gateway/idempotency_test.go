package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

func withKey(key string) http.Header { return http.Header{"Idempotency-Key": {key}} }

// replayed says whether an answer was given before.
func replayed(r reply) bool { return r.header.Get("Idempotency-Replayed") == "true" }

func TestWriteWithAKeyIsAnsweredOnce(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	book := w.book(lender)
	note, other := w.note(lender, borrower, book), w.note(lender, borrower, book)
	for name, c := range map[string]struct {
		path   string
		body   []byte
		status int
	}{
		"submitted": {note + "/payments", w.sealed(lender, w.draft(lender, note+"/payments", pay(100))), http.StatusOK},
		"created":   {"/v1/books", w.sealed(lender, w.draft(lender, "/v1/books", `{}`)), http.StatusCreated},
		"drafted":   {note + "/payments", []byte(`{"body":` + pay(200) + `}`), http.StatusOK},
		"refused":   {other + "/payments", w.sealed(lender, w.draft(lender, other+"/payments", pay(99999999))), http.StatusUnprocessableEntity},
		"malformed": {note + "/payments", []byte(`{}`), http.StatusBadRequest},
		"several":   {"/v1/commands", []byte(`{"commands":[{"jws":"x"}]}`), http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			first := w.ask(lender, "POST", c.path, c.body, withKey(name))
			again := w.ask(lender, "POST", c.path, c.body, withKey(`"`+name+`"`))
			if first.status != c.status || replayed(first) {
				t.Fatalf("first: %d %s", first.status, first.body)
			}
			if again.status != c.status || !replayed(again) || string(again.body) != string(first.body) {
				t.Errorf("again: %d, replayed %t, %s; want %s", again.status, replayed(again), again.body, first.body)
			}
			for _, h := range []string{"Content-Type", "Location"} {
				if again.header.Get(h) != first.header.Get(h) {
					t.Errorf("%s is %q, and was %q", h, again.header.Get(h), first.header.Get(h))
				}
			}
		})
	}
}

func TestKeyBelongsToItsPartyAndItsAddressForADay(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	other := w.party("other", "lender", "company")
	const path, body = "/v1/books", `{"body":{}}`
	first := w.ask(lender, "POST", path, []byte(body), withKey("k"))
	if first.status != http.StatusOK {
		t.Fatalf("got %d %s", first.status, first.body)
	}
	for name, r := range map[string]reply{
		"another party":   w.ask(other, "POST", path, []byte(body), withKey("k")),
		"another address": w.ask(lender, "POST", "/v1/drafts", []byte(`{"op":"book.open","body":{}}`), withKey("k")),
		"another key":     w.ask(lender, "POST", path, []byte(body), withKey("K")),
		"no key":          w.ask(lender, "POST", path, []byte(body), nil),
		"a dry run":       w.ask(lender, "POST", path+"?dry_run=true", []byte(body), withKey("k")),
	} {
		if r.status != http.StatusOK || replayed(r) {
			t.Errorf("%s: %d, replayed %t", name, r.status, replayed(r))
		}
	}
	for name, r := range map[string]reply{
		"another body":      w.ask(lender, "POST", path, []byte(`{"body":{} }`), withKey("k")),
		"another condition": w.ask(lender, "POST", path, []byte(body), http.Header{"Idempotency-Key": {"k"}, "If-Match": {"*"}}),
	} {
		if r.status != http.StatusUnprocessableEntity || codeOf(r) != ledger.CodeIdempotencyReused {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	w.clock.Advance(24*time.Hour + time.Second)
	if r := w.ask(lender, "POST", path, []byte(`{"body":{} }`), withKey("k")); r.status != http.StatusOK || replayed(r) {
		t.Errorf("a day later: %d, replayed %t", r.status, replayed(r))
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	for name, key := range map[string]string{
		"empty": "", "an empty string": `""`, "half a string": `"k`, "its other half": `k"`, "too long": strings.Repeat("k", 256),
		"spaces": "a b", "a list": "a, b", "a list of strings": `"a", "b"`, "with a parameter": `"a";b=1`, "a wrong escape": `"\k"`,
		"an open escape": `"k\"`, "not ASCII": "k\u00e9", "a tab": "\"a\tb\"",
	} {
		r := w.ask(lender, "POST", "/v1/books", []byte(`{"body":{}}`), withKey(key))
		if r.status != http.StatusBadRequest || codeOf(r) != ledger.CodeIdempotencyKey {
			t.Errorf("%s: got %d %s", name, r.status, r.body)
		}
	}
	r := w.ask(lender, "POST", "/v1/books", []byte(`{"body":{}}`), http.Header{"Idempotency-Key": {"a", "b"}})
	if r.status != http.StatusBadRequest || codeOf(r) != ledger.CodeIdempotencyKey {
		t.Errorf("twice: got %d %s", r.status, r.body)
	}
	for _, key := range []string{strings.Repeat("k", 255), `"a \"quoted\\ one"`, `"a, b; c"`, "8e03978e-40d5-43dd-bc93-6894a57f9324"} {
		if r := w.ask(lender, "POST", "/v1/books", []byte(`{"body":{}}`), withKey(key)); r.status != http.StatusOK {
			t.Errorf("%s: got %d %s", key, r.status, r.body)
		}
	}
}

// paused is a ledger that stops at a Submit until it is let go, and then submits
// or fails as it is told.
type paused struct {
	ledger.Service
	inside, leave chan struct{}
	fails         bool
	mu            sync.Mutex
	on            bool
}

func (p *paused) Submit(ctx context.Context, commands ...ledger.Signed) ([]ledger.Outcome, error) {
	p.mu.Lock()
	on := p.on
	p.mu.Unlock()
	if !on {
		return p.Service.Submit(ctx, commands...)
	}
	p.inside <- struct{}{}
	<-p.leave
	if p.fails {
		return nil, errors.New("the gateway was killed")
	}
	return p.Service.Submit(ctx, commands...)
}

func (p *paused) turn(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = on
}

// pausedWorld is a world whose lender's gateway can be stopped at a Submit.
func pausedWorld(t *testing.T) (*world, *paused, string) {
	w := newWorld(t, inproc.Options{})
	w.gateways["lender"].end(t)
	p := &paused{Service: w.ledger.Service(inproc.Lender), inside: make(chan struct{}), leave: make(chan struct{})}
	data := t.TempDir()
	w.start("lender", options{data: data, service: p})
	return w, p, data
}

func TestSecondRequestWithTheKeyOfOneThatIsUnderWayIsToldToWait(t *testing.T) {
	w, p, _ := pausedWorld(t)
	lender := w.party("lender", "lender", "company")
	body := w.sealed(lender, w.draft(lender, "/v1/books", `{}`))
	w.tokenOf(lender)
	p.turn(true)
	first := make(chan reply, 1)
	sender := *lender
	go func() { first <- w.ask(&sender, "POST", "/v1/books", body, withKey("k")) }()
	<-p.inside
	r := w.ask(lender, "POST", "/v1/books", body, withKey("k"))
	if r.status != http.StatusConflict || codeOf(r) != ledger.CodeIdempotencyBusy || r.header.Get("Retry-After") == "" {
		t.Errorf("meanwhile: %d %s", r.status, r.body)
	}
	p.turn(false)
	p.leave <- struct{}{}
	done := <-first
	if again := w.ask(lender, "POST", "/v1/books", body, withKey("k")); !replayed(again) || string(again.body) != string(done.body) || done.status != http.StatusCreated {
		t.Errorf("first %d %s\nagain %d %s", done.status, done.body, again.status, again.body)
	}
}

// imageOf copies a gateway's data as a power cut would leave it.
func imageOf(t *testing.T, data string) string {
	t.Helper()
	image := t.TempDir()
	err := filepath.WalkDir(data, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == data {
			return err
		}
		name, err := filepath.Rel(data, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Mkdir(filepath.Join(image, name), 0o700)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(image, name), b, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// TestGatewayKilledInTheMiddleOfASubmit: nothing that was sent is forgotten. Its
// outcome is unknown and then the truth, and its key stands for the same request.
func TestGatewayKilledInTheMiddleOfASubmit(t *testing.T) {
	w, p, data := pausedWorld(t)
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	payload := w.draft(lender, note+"/payments", pay(100))
	body := w.sealed(lender, payload)
	cmd, err := ledger.DecodeCommand(payload)
	if err != nil {
		t.Fatal(err)
	}
	w.tokenOf(lender)
	p.fails = true
	p.turn(true)
	first := make(chan reply, 1)
	sender := *lender
	go func() { first <- w.ask(&sender, "POST", note+"/payments", body, withKey("k")) }()
	<-p.inside
	image := imageOf(t, data)
	p.leave <- struct{}{}
	<-first
	w.gateways["lender"].end(t)

	w.start("lender", options{data: image})
	lender.token = "" // the gateway has another address, and with it another audience
	address := "/v1/transactions/" + string(cmd.Command)
	if status, outcome, _ := w.outcome(lender, address); status != http.StatusAccepted || outcome != ledger.Unknown {
		t.Errorf("after the restart it is told as %d %s, want 202 unknown", status, outcome)
	}
	other := w.sealed(lender, w.draft(lender, note+"/payments", pay(200)))
	if r := w.ask(lender, "POST", note+"/payments", other, withKey("k")); codeOf(r) != ledger.CodeIdempotencyReused {
		t.Errorf("another request with the key: %d %s", r.status, r.body)
	}
	again := w.ask(lender, "POST", note+"/payments", body, withKey("k"))
	if got := resultOf(w, again, http.StatusOK); got.Seq != 3 || replayed(again) {
		t.Errorf("the same request: %d %s", again.status, again.body)
	}
	if status, outcome, _ := w.outcome(lender, address); status != http.StatusOK || outcome != ledger.Committed {
		t.Errorf("then it is told as %d %s, want committed", status, outcome)
	}
	w.mustPay(lender, note, 99900) // it was applied once
}

func TestAnswerThatIsNotFinalIsNotKept(t *testing.T) {
	var b broken
	w := newWorld(t, inproc.Options{Fault: b.fault, Client: atOnce()})
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	body := w.sealed(lender, w.draft(lender, note+"/payments", pay(100)))
	b.tookEffect.Store(true)
	b.on.Store(true)
	r := w.ask(lender, "POST", note+"/payments", body, withKey("k"))
	b.on.Store(false)
	if r.status != http.StatusAccepted {
		t.Fatalf("got %d %s, want 202", r.status, r.body)
	}
	w.catchUp("lender")
	r = w.ask(lender, "POST", note+"/payments", body, withKey("k"))
	if got := resultOf(w, r, http.StatusOK); got.Seq != 3 || replayed(r) {
		t.Errorf("the same again: %d %s", r.status, r.body)
	}
	if r = w.ask(lender, "POST", note+"/payments", body, withKey("k")); !replayed(r) {
		t.Errorf("once its outcome is known: %d %s", r.status, r.body)
	}
}

// losing is a ledger on which, once, another command always comes first.
type losing struct {
	ledger.Service
	lost atomic.Bool
}

func (l *losing) Submit(ctx context.Context, commands ...ledger.Signed) ([]ledger.Outcome, error) {
	if !l.lost.CompareAndSwap(false, true) {
		return l.Service.Submit(ctx, commands...)
	}
	return slices.Repeat([]ledger.Outcome{{State: ledger.Conflicted, Err: ledger.Refuse(ledger.CodeConflict)}}, len(commands)), nil
}

// TestAnswerOfWhichAPartIsNotFinalIsNotKept: the same request again is how the
// caller of several commands has those applied that lost.
func TestAnswerOfWhichAPartIsNotFinalIsNotKept(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	w.gateways["lender"].end(t)
	w.start("lender", options{data: t.TempDir(), service: &losing{Service: w.ledger.Service(inproc.Lender)}})
	lender.token = "" // the gateway has another address
	body := []byte(`{"commands":[` + string(w.paymentAt(lender, note, 3, 100)) + `]}`)
	for n, want := range []struct {
		said     string
		replayed bool
	}{{`"code":"conflict"`, false}, {`"outcome":"committed"`, false}, {`"outcome":"committed"`, true}} {
		r := w.ask(lender, "POST", "/v1/commands", body, withKey("k"))
		if r.status != http.StatusOK || !strings.Contains(string(r.body), want.said) || replayed(r) != want.replayed {
			t.Errorf("time %d: %d, replayed %t, %s", n+1, r.status, replayed(r), r.body)
		}
	}
}

// TestRefusedCommandIsToldAsRefused: a command is remembered before it is handed
// in, and so is why it was refused.
func TestRefusedCommandIsToldAsRefused(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	payload := w.draft(lender, note+"/payments", pay(99999999))
	cmd, err := ledger.DecodeCommand(payload)
	if err != nil {
		t.Fatal(err)
	}
	if r := w.ask(lender, "POST", note+"/payments", w.sealed(lender, payload), nil); codeOf(r) != ledger.CodePaymentExceeds {
		t.Fatalf("got %d %s", r.status, r.body)
	}
	status, outcome, code := w.outcome(lender, "/v1/transactions/"+string(cmd.Command))
	if status != http.StatusOK || outcome != ledger.Rejected || code != ledger.CodePaymentExceeds {
		t.Errorf("got %d %s %s", status, outcome, code)
	}
}
