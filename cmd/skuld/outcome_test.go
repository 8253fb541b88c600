package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

// mute carries requests and loses the answers to writes.
type mute struct{ http.RoundTripper }

func (m mute) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.RoundTripper.RoundTrip(r)
	if err != nil || r.URL.Path != "/v1/commands" {
		return resp, err
	}
	resp.Body.Close()
	return nil, errLost
}

// TestCommandWhoseAnswerIsLostIsKeptAndSentAgain ends the program while the
// outcome is open, and asks for it later.
func TestCommandWhoseAnswerIsLostIsKeptAndSentAgain(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	note := w.offer("lender", borrower)
	w.must("anna", "note", "accept", "--yes", note)

	ctx, interrupt := context.WithCancel(t.Context())
	var sent atomic.Int64
	transport := mute{roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/v1/commands" && sent.Add(1) == 2 {
			interrupt()
		}
		return http.DefaultTransport.RoundTrip(r)
	})}
	r := w.runWith(ctx, transport, "--profile", "lender", "pay", note, "--amount", "100 SEK")
	if r.code != exitOpen || !strings.Contains(r.err, "(outcome_unknown)") || !strings.Contains(r.err, "skuld submit ") {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	kept, err := filepath.Glob(w.path(".config", "skuld", "lender", "unknown", "*.json"))
	if err != nil || len(kept) != 1 || !strings.Contains(r.err, kept[0]) {
		t.Fatalf("kept %v, %v; said %s", kept, err, r.err)
	}
	again := w.must("lender", "submit", kept[0])
	if again["repeated"] != true {
		t.Errorf("the answer is %v, want the first result", again)
	}
	if _, err := os.Stat(kept[0]); !os.IsNotExist(err) {
		t.Errorf("the command is still kept: %v", err)
	}
	if paid := w.note("lender", note).Note.Payments; len(paid) != 1 || paid[0].Amount != 10_000 {
		t.Errorf("the payments are %+v, want one of 100.00", paid)
	}
}

// roundTrip is a function that carries requests.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestGatewayThatIsDownIsToldFromARefusal(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	r := w.runWith(t.Context(), roundTrip(func(*http.Request) (*http.Response, error) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		return nil, ctx.Err()
	}), "--profile", "lender", "book", "list")
	if r.code != exitOpen || !strings.Contains(r.err, "(unavailable)") {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
}

func TestDraftOfAGatewayIsShownSignedAndHandedIn(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	note := w.offer("lender", borrower)
	s := w.session("anna")
	n := w.note("anna", note)
	// The client's own draft stands for what POST /v1/drafts answers.
	command, _, err := s.Write(t.Context(), draftOf(ledger.OpDecline, note, n.Seq+1, ledger.ReasonBody{Reason: "No"}))
	if err != nil {
		t.Fatal(err)
	}
	path := w.writeFile("draft.json", draftText(t, command))
	r := w.run("anna", "sign", path)
	if r.code != exitOK || !strings.Contains(r.err, note) {
		t.Fatalf("exit code %d; the draft is not shown: %s", r.code, r.err)
	}
	var signed ledger.Signed
	if err := json.Unmarshal([]byte(r.out), &signed); err != nil {
		t.Fatal(err)
	}
	if other := w.run("lender", "sign", path); other.code != exitUsage {
		t.Errorf("another party's draft was signed: %s%s", other.out, other.err)
	}
	w.must("anna", "submit", w.writeFile("signed.json", r.out))
	if got := w.note("anna", note).Note.Status; got != ledger.StatusVoid {
		t.Errorf("the note is %s, want void", got)
	}
	for name, text := range map[string]string{
		"no json":    "hello",
		"no payload": `{"draft":{}}`,
		"no command": `{"payload":"e30"}`,
		"too long":   strings.Repeat(" ", maxDraftBytes+1),
	} {
		if r := w.run("anna", "sign", w.writeFile("draft.json", text)); r.code == exitOK || r.out != "" {
			t.Errorf("%s: exit code %d, %s", name, r.code, r.out)
		}
	}
}

func TestWatchShowsWhatHappensAndEndsWhenInterrupted(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	for _, how := range [][]string{{"watch", "--after", "1"}, {"watch", "--after", "1", "--json"}} {
		ctx, interrupt := context.WithCancel(t.Context())
		out := &untilLines{lines: 2, done: interrupt}
		r := w.runTo(ctx, out, append([]string{"--profile", "lender"}, how...)...)
		if r.code != exitOK || !strings.Contains(out.String(), "party.register") || !strings.Contains(out.String(), "book.open") {
			t.Errorf("%v: exit code %d\n%s%s", how, r.code, out, r.err)
		}
	}
}

func TestBrokenStreamIsTakenUpAgainWhileTheGatewayMayComeBack(t *testing.T) {
	for _, c := range []struct {
		broken error
		want   bool
	}{
		{&client.Unreachable{}, true},
		{fmt.Errorf("watching: %w", &client.Problem{Status: 503, Code: ledger.CodeUnavailable, Retryable: true}), true},
		{fmt.Errorf("watching: %w", &client.Problem{Status: 401, Code: ledger.CodeAssertionInvalid}), false},
		{client.ErrNoKey, false},
	} {
		if got := comesBack(c.broken); got != c.want {
			t.Errorf("%v: %t, want %t", c.broken, got, c.want)
		}
	}
}
