package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// receivers are the receivers of webhooks in a script: each answers with the
// status that its address ends in, and 204 where that is none.
type receivers struct{}

func (receivers) RoundTrip(r *http.Request) (*http.Response, error) {
	status, err := strconv.Atoi(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:])
	if err != nil {
		status = http.StatusNoContent
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// settle waits until a gateway has nothing left to do by itself just now: its
// read model is up with the ledger, what came in is handed in, and what is due
// is sent.
func (w *world) settle(gateway string) {
	w.t.Helper()
	w.catchUp(gateway)
	g := w.gateways[gateway]
	g.webhooks.Wake() // the clock may have been set
	w.until("the gateway is still at work", func() bool {
		imports, err := g.store.ImportsToDo(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		fresh, err := g.store.WebhooksWithNews(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		due, err := g.store.WebhooksDue(w.t.Context(), w.clock.Now())
		if err != nil {
			w.t.Fatal(err)
		}
		return len(imports)+len(fresh)+len(due) == 0
	})
}

// until waits for a condition, and fails with what is not so otherwise.
func (w *world) until(otherwise string, is func() bool) {
	w.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := contextWithin(w.t)
	defer cancel()
	for !is() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			w.t.Fatal(otherwise)
		}
	}
}

func TestPageOfEventsHoldsWhatTheStreamTells(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	note := strings.TrimPrefix(w.note(lender, borrower, w.book(lender)), "/v1/notes/")
	resultOf(w, w.write(lender, "/v1/notes/"+note+"/payments", pay(100)), http.StatusOK)
	w.note(lender, borrower, w.book(lender))
	page := func(query string) (ops []ledger.Op, next string) {
		t.Helper()
		r := w.ask(lender, "GET", "/v1/events"+query, nil, http.Header{"Accept": {"application/json"}})
		var a struct {
			Events []ledger.Result `json:"events"`
			Next   string          `json:"next"`
			More   bool            `json:"more"`
		}
		if err := json.Unmarshal(r.body, &a); err != nil || r.status != http.StatusOK || a.More {
			t.Fatalf("%s gives %d %s, %v", query, r.status, r.body, err)
		}
		for _, e := range a.Events {
			ops = append(ops, e.Op)
		}
		return ops, a.Next
	}
	w.settle("lender")
	all, last := page("?after=0")
	want := []ledger.Op{
		ledger.OpPartyRegister, ledger.OpBookOpen, ledger.OpOffer, ledger.OpAccept, ledger.OpPay, ledger.OpBookOpen, ledger.OpOffer, ledger.OpAccept,
	}
	if !slices.Equal(all, want) {
		t.Errorf("all events are %v, want %v", all, want)
	}
	if none, next := page("?after=" + last); len(none) != 0 || next != last {
		t.Errorf("after the last come %v, and next is %s", none, next)
	}
	if none, next := page(""); len(none) != 0 || next != last {
		t.Errorf("from now on there are %v, and next is %s", none, next)
	}
	if of, next := page("?after=0&note=" + note); !slices.Equal(of, want[2:5]) || next != last {
		t.Errorf("of the note there are %v, and next is %s", of, next)
	}
	if of, _ := page("?after=0&op=pay,accept"); !slices.Equal(of, []ledger.Op{ledger.OpAccept, ledger.OpPay, ledger.OpAccept}) {
		t.Errorf("of two operations there are %v", of)
	}
}

// mailbox is a receiver that keeps what comes.
type mailbox struct {
	mu  sync.Mutex
	got []client.Received
}

func (m *mailbox) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	m.got = append(m.got, client.Received{Body: body, Signature: r.Header.Get("Skuld-Signature"), Address: r.URL.String()})
	m.mu.Unlock()
	return receivers{}.RoundTrip(r)
}

func TestWebhookGetsWhatItsPartyIsToldOfSignedByThePublishedKeys(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	inbox := &mailbox{}
	opts := w.gateways["collector"].opts
	w.gateways["collector"].end(t)
	g := w.start("collector", options{data: opts.data, hooks: inbox})
	lender := w.party("lender", "lender", "company")
	collector := w.party("collector", "collector", "company")
	borrower := w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	if r := w.ask(collector, "POST", "/v1/webhooks", []byte(`{"url":"https://collector.example.com/skuld"}`), nil); r.status != http.StatusCreated {
		t.Fatalf("got %d %s", r.status, r.body)
	}
	offered := resultOf(w, w.write(lender, note+"/transfers", fmt.Sprintf(`{"to":%q,"kind":"collection_mandate"}`, collector.party)), http.StatusOK)
	resultOf(w, w.write(lender, note+"/transfers/"+string(offered.Command)+"/withdrawal", `{}`), http.StatusOK)
	resultOf(w, w.write(lender, note+"/payments", pay(100)), http.StatusOK) // is not the collector's to hear of
	w.settle("collector")
	r := w.do("collector", sent{method: "GET", path: "/.well-known/jwks.json", header: http.Header{}})
	var ops []ledger.Op
	for _, received := range inbox.got {
		received.Gateway, received.Now = g.url, w.clock.Now()
		delivered, err := client.VerifyEvent(received, r.body)
		if err != nil {
			t.Fatalf("%s: %v", received.Body, err)
		}
		var e ledger.Result
		if err := json.Unmarshal(received.Body, &e); err != nil || string(e.Op) != delivered.Event {
			t.Errorf("the event is %s and its signature says %+v, %v", received.Body, delivered, err)
		}
		if bytes.Contains(received.Body, []byte("100000")) || bytes.Contains(received.Body, []byte(borrower.party)) {
			t.Errorf("the event tells terms or persons: %s", received.Body)
		}
		ops = append(ops, e.Op)
	}
	if want := []ledger.Op{ledger.OpTransferOffer, ledger.OpTransferWithdraw}; !slices.Equal(ops, want) {
		t.Errorf("it is sent %v, want %v", ops, want)
	}
}

// upload opens an import of as many offers as rows, uploads them and starts it.
func (w *world) upload(lender, borrower *actor, rows int) (path string) {
	w.t.Helper()
	book := w.book(lender)
	body := fmt.Appendf(nil, `{"name":"tape.csv","digest":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","rows":%d}`, rows)
	r := w.ask(lender, "POST", "/v1/imports", body, nil)
	path = r.header.Get("Location")
	var chunk struct {
		Rows []client.ImportRow `json:"rows"`
	}
	for n := range rows {
		var signed ledger.Signed
		err := json.Unmarshal(signedWith(w.t, lender, ledger.Draft{
			Op: ledger.OpOffer, Network: w.ledger.Service(inproc.Lender).Network(), By: lender.party, IssuedAt: w.clock.Now(), Life: 48 * time.Hour,
			Command: ledger.CommandID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n)),
			Body:    json.RawMessage(offerBody(book, borrower, w.clock.Now().Add(48*time.Hour))),
		}), &signed)
		if err != nil {
			w.t.Fatal(err)
		}
		chunk.Rows = append(chunk.Rows, client.ImportRow{Row: n + 1, JWS: signed.JWS})
	}
	for _, ask := range []struct {
		path string
		body []byte
	}{{"/rows", mustJSON(w.t, chunk)}, {"/start", nil}} {
		if r := w.ask(lender, "POST", path+ask.path, ask.body, nil); r.status != http.StatusOK {
			w.t.Fatalf("%s: got %d %s", ask.path, r.status, r.body)
		}
	}
	return path
}

// progress gives how far an import has come.
func (w *world) progress(a *actor, path string) client.Import {
	w.t.Helper()
	var i client.Import
	if r := w.ask(a, "GET", path, nil, nil); json.Unmarshal(r.body, &i) != nil || r.status != http.StatusOK {
		w.t.Fatalf("got %d %s", r.status, r.body)
	}
	return i
}

// dying is a ledger as a gateway sees it that is about to die: the answer to the
// second batch is lost after it took effect, and those after it do not arrive.
type dying struct {
	ledger.Service
	batches atomic.Int64
}

func (d *dying) Submit(ctx context.Context, commands ...ledger.Signed) ([]ledger.Outcome, error) {
	if len(commands) == 1 {
		return d.Service.Submit(ctx, commands...)
	}
	switch d.batches.Add(1) {
	case 1:
		return d.Service.Submit(ctx, commands...)
	case 2:
		if _, err := d.Service.Submit(ctx, commands...); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("the answer is lost")
}

func TestImportThatItsGatewayDiedOverEndsWithEachRowOneNote(t *testing.T) {
	const rows = 250
	w := newWorld(t, inproc.Options{})
	borrower := w.party("borrower", "registrar", "person")
	data := w.gateways["lender"].opts.data
	w.gateways["lender"].end(t)
	w.start("lender", options{data: data, service: &dying{Service: w.ledger.Service(inproc.Lender)}})
	lender := w.party("lender", "lender", "company")
	path := w.upload(lender, borrower, rows)
	w.until("the first batch has no end", func() bool { return w.progress(lender, path).Offered == ledger.MaxBatch })
	w.gateways["lender"].end(t)
	w.start("lender", options{data: data})
	lender.token = "" // it is of the gateway's former address
	w.until("the import does not end", func() bool { return w.progress(lender, path).State == client.ImportFinished })
	if i := w.progress(lender, path); i.Offered != rows || i.Rejected != 0 {
		t.Errorf("the import is %+v", i)
	}
	w.settle("lender")
	notes, next := 0, ""
	for query, more := "", true; more; query, more = "&cursor="+next, next != "" {
		var page struct {
			Notes []json.RawMessage `json:"notes"`
			Next  string            `json:"next"`
		}
		r := w.ask(lender, "GET", "/v1/notes?limit=200"+query, nil, nil)
		if err := json.Unmarshal(r.body, &page); err != nil {
			t.Fatalf("%d %s: %v", r.status, r.body, err)
		}
		notes, next = notes+len(page.Notes), page.Next
	}
	if notes != rows {
		t.Errorf("there are %d notes, want %d", notes, rows)
	}
}

func TestImportIsFollowedToItsEnd(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	path := w.upload(lender, borrower, 120)
	ctx, cancel := contextWithin(t)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", w.gateways["lender"].url+path+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = w.dress(lender, "GET", path+"/events", nil, nil).header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body) // the stream ends by itself
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("got %d %s, %v", resp.StatusCode, text, err)
	}
	var last client.Import
	for line := range strings.Lines(string(text)) {
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			before := last.Offered
			if err := json.Unmarshal([]byte(data), &last); err != nil || last.Offered < before {
				t.Errorf("after %d offered comes %s, %v", before, data, err)
			}
		}
	}
	if last.State != client.ImportFinished || last.Offered != 120 {
		t.Errorf("the last is %+v", last)
	}
}

func TestEleventhWebhookIsRefused(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	for n := range 11 {
		r := w.ask(lender, "POST", "/v1/webhooks", fmt.Appendf(nil, `{"url":"https://lender.example.com/%d"}`, n), nil)
		if n < 10 && r.status != http.StatusCreated || n == 10 && (r.status != http.StatusUnprocessableEntity || codeOf(r) != ledger.CodePartyLimit) {
			t.Errorf("webhook %d gives %d %s", n+1, r.status, r.body)
		}
	}
}
