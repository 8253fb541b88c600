package main

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
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
