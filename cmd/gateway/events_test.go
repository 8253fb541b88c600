package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// stream is an open stream of events.
type stream struct {
	t      *testing.T
	lines  *bufio.Scanner
	cancel context.CancelFunc
	done   func()
}

func (w *world) stream(a *actor, lastEventID string) *stream {
	w.t.Helper()
	return openStream(w.t, w.gateways[a.gateway].url, w.dress(a, "GET", "/v1/events", nil, nil).header, lastEventID)
}

func openStream(t *testing.T, gateway string, header http.Header, lastEventID string) *stream {
	t.Helper()
	ctx, cancel := contextWithin(t)
	req, err := http.NewRequestWithContext(ctx, "GET", gateway+"/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header.Clone()
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("got %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	s := &stream{t: t, lines: bufio.NewScanner(resp.Body), cancel: cancel, done: func() { resp.Body.Close() }}
	t.Cleanup(func() { cancel(); s.done() })
	return s
}

// next gives the next event.
func (s *stream) next() (id string, result ledger.Result) {
	s.t.Helper()
	for s.lines.Scan() {
		name, value, _ := strings.Cut(s.lines.Text(), ": ")
		switch name {
		case "id":
			id = value
		case "data":
			if err := json.Unmarshal([]byte(value), &result); err != nil {
				s.t.Fatal(err)
			}
			return id, result
		}
	}
	s.t.Fatalf("the stream ended: %v", s.lines.Err())
	return "", ledger.Result{}
}

// ended says whether the stream ends without another event.
func (s *stream) ended() bool {
	for s.lines.Scan() {
		if strings.HasPrefix(s.lines.Text(), "data") {
			return false
		}
	}
	return true
}

func TestEventsTellWhatHappensToOnesOwnAndGoOnWhereTheyEnded(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	other := w.party("other", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	live := w.stream(lender, "")
	book := w.book(lender)
	w.book(other) // is not the lender's to hear of
	note := strings.TrimPrefix(w.note(lender, borrower, book), "/v1/notes/")

	want := []struct {
		op      ledger.Op
		subject string
	}{{ledger.OpBookOpen, book}, {ledger.OpOffer, note}, {ledger.OpAccept, note}}
	var first string
	for i, e := range want {
		id, got := live.next()
		if got.Op != e.op || got.Subject.ID != e.subject {
			t.Fatalf("event %d is %+v, want %s of %s", i, got, e.op, e.subject)
		}
		if i == 0 {
			first = id
		}
	}
	resumed := w.stream(lender, first)
	for _, e := range want[1:] {
		if _, got := resumed.next(); got.Op != e.op {
			t.Errorf("after the first comes %s, want %s", got.Op, e.op)
		}
	}
	all := w.stream(borrower, "0")
	for _, op := range []ledger.Op{ledger.OpPartyRegister, ledger.OpOffer, ledger.OpAccept} {
		if _, got := all.next(); got.Op != op {
			t.Errorf("the borrower hears of %s, want %s", got.Op, op)
		}
	}
}

func TestEventsTellAPartyThatItsRoleHasEndedAndNothingLater(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	collector := w.party("collector", "collector", "company") // alone at its gateway: it loses sight of the note
	borrower := w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	live := w.stream(collector, "")
	offer := func() ledger.Result {
		return resultOf(w, w.write(lender, note+"/transfers", fmt.Sprintf(`{"to":%q,"kind":"collection_mandate"}`, collector.party)), http.StatusOK)
	}
	heard := func(want ledger.Op) {
		t.Helper()
		if _, got := live.next(); got.Op != want || "/v1/notes/"+got.Subject.ID != note {
			t.Fatalf("the collector hears of %+v, want %s", got, want)
		}
	}
	withdrawn := offer()
	heard(ledger.OpTransferOffer)
	resultOf(w, w.write(lender, note+"/transfers/"+string(withdrawn.Command)+"/withdrawal", `{}`), http.StatusOK)
	heard(ledger.OpTransferWithdraw)
	resultOf(w, w.write(lender, note+"/payments", pay(100)), http.StatusOK)
	if r := w.ask(collector, "GET", note, nil, nil); r.status != http.StatusNotFound {
		t.Errorf("the collector still reads the note: %d %s", r.status, r.body)
	}
	accepted := offer()
	heard(ledger.OpTransferOffer) // and not of the payment
	resultOf(w, w.write(collector, note+"/transfers/"+string(accepted.Command)+"/acceptance", `{}`), http.StatusOK)
	heard(ledger.OpTransferAccept)
	ended := resultOf(w, w.write(lender, note+"/mandate/end", `{}`), http.StatusOK)
	heard(ledger.OpMandateEnd)
	if r := w.ask(collector, "GET", "/v1/transactions/"+string(ended.Command), nil, nil); r.status != http.StatusOK {
		t.Errorf("what it heard of is answered with %d %s", r.status, r.body)
	}
}

func TestEventsEndWhenTheGatewayStops(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	live := w.stream(lender, "")
	w.gateways["lender"].end(t)
	if !live.ended() {
		t.Error("the stream gives an event after the gateway stopped")
	}
}

func TestLastEventIDThatIsNoneIsRefused(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	for _, id := range []string{"x", "-1", "1e9", "99999999999999999999"} {
		r := w.ask(lender, "GET", "/v1/events", nil, http.Header{"Last-Event-Id": {id}})
		if r.status != http.StatusBadRequest || codeOf(r) != ledger.CodeQueryInvalid {
			t.Errorf("%s gives %d %s", id, r.status, r.body)
		}
	}
}
