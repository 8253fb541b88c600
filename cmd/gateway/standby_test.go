package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/postgrestest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
)

// asked gives the status and the body of an answer.
func asked(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

func TestStandbySaysThatItWaitsAndTakesOverWhenTheFirstGatewayEnds(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	w.gateways["lender"].end(t)
	address := postgrestest.URL(t)
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	first := w.start("lender", options{data: t.TempDir(), store: s})
	lender := w.party("lender", "lender", "company")

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := contextWithin(t)
	defer cancel()
	type taken struct {
		*store.Store
		error
	}
	standby := make(chan taken, 1)
	go func() {
		s, err := standBy(ctx, listener, func() (*store.Store, error) { return store.Open(ctx, address) })
		standby <- taken{s, err}
	}()
	base := "http://" + listener.Addr().String()
	if status, body := asked(t, base+"/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "stands by") {
		t.Errorf("/readyz: %d %s", status, body)
	}
	if status, body := asked(t, base+"/healthz"); status != http.StatusOK {
		t.Errorf("/healthz: %d %s", status, body)
	}
	if status, body := asked(t, base+"/v1/notes"); status != http.StatusServiceUnavailable {
		t.Errorf("/v1/notes: %d %s", status, body)
	}
	first.end(t)
	second := <-standby
	if second.error != nil {
		t.Fatal(second.error)
	}
	w.start("lender", options{data: first.opts.data, store: second.Store})
	if r := w.ask(lender, "GET", "/v1/parties/"+string(lender.party), nil, nil); r.status != http.StatusOK {
		t.Errorf("the party that the first gateway registered: %d %s", r.status, r.body)
	}
}

func TestStandbyEndsWhenItIsTold(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = standBy(ctx, listener, func() (*store.Store, error) { return nil, store.ErrInUse })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
}
