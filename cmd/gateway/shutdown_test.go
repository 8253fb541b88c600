package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// held is a ledger on which commands wait until they are let go.
type held struct {
	ledger.Service
	inside chan struct{}
	letGo  chan struct{}
}

func (h *held) Submit(ctx context.Context, commands ...ledger.Signed) ([]ledger.Outcome, error) {
	h.inside <- struct{}{}
	<-h.letGo
	return h.Service.Submit(ctx, commands...)
}

// TestWritesUnderWayAtAShutdownAllGetTheirAnswers ends a gateway while the ledger
// works on eight offers: it says that it is not ready, and each offer is answered.
func TestWritesUnderWayAtAShutdownAllGetTheirAnswers(t *testing.T) {
	const writes = 8
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	book := w.book(lender)
	var bodies [writes][]byte
	for i := range bodies {
		bodies[i] = w.sealed(lender, w.draft(lender, "/v1/notes", offerBody(book, borrower, noon.AddDate(0, 0, 2))))
	}
	old := w.gateways["lender"]
	old.end(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &held{Service: old.opts.service, inside: make(chan struct{}), letGo: make(chan struct{})}
	o := old.opts
	o.url, o.service = "http://"+listener.Addr().String(), h
	g, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	served := make(chan error, 1)
	go func() { served <- g.serve(ctx, listener) }()
	var requests sync.WaitGroup
	for _, body := range bodies {
		header := access(t, o.url, lender, "POST", "/v1/notes")
		requests.Go(func() {
			if status := post(t, o.url+"/v1/notes", header, body); status != http.StatusCreated {
				t.Errorf("an offer is answered with %d", status)
			}
		})
	}
	for range writes {
		<-h.inside
	}
	stop()
	for !g.ending.Load() {
		select {
		case err := <-served:
			t.Fatalf("it ended with %v while offers were under way", err)
		case <-time.After(time.Millisecond):
		}
	}
	ready := httptest.NewRecorder()
	g.server.ServeHTTP(ready, httptest.NewRequest("GET", "/readyz", nil))
	if ready.Code != http.StatusServiceUnavailable || !strings.Contains(ready.Body.String(), "the gateway is shutting down") {
		t.Errorf("meanwhile /readyz says %d %s", ready.Code, ready.Body)
	}
	close(h.letGo)
	requests.Wait()
	if err := <-served; err != nil {
		t.Errorf("serving ended with %v", err)
	}
	if err := g.close(); err != nil {
		t.Error(err)
	}
}

// post sends a request over a connection of its own and gives the status.
func post(t *testing.T, url string, header http.Header, body []byte) int {
	req, err := http.NewRequestWithContext(t.Context(), "POST", url, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0
	}
	req.Header = header
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
