// Package skuldtest serves a whole registry in memory, with one gateway per
// organisation, so that the client and the demonstration are tested through the
// same interface that they use in earnest.
//
// It must not stand in for any rule: the contract, the read model and the
// gateways are the real ones, and only Fabric is imitated.
package skuldtest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api"
	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/intake"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/webhook"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// organisations of the network and their membership ids.
var organisations = map[string]string{"lender": inproc.Lender, "collector": inproc.Collector, "registrar": inproc.Registrar}

// Network is a registry in memory.
type Network struct {
	// Gateways are the gateways' addresses by organisation.
	Gateways map[string]string
	Ledger   *inproc.Ledger
	// Registrar is the database of the registrar's gateway, through which a test does
	// what the pages for persons would.
	Registrar *store.Store

	mu    sync.Mutex
	fault func(inproc.Attempt) inproc.Fault
	front func(http.Handler) http.Handler
}

// Start serves a network until the test ends.
func Start(t *testing.T) *Network {
	t.Helper()
	n := &Network{Gateways: map[string]string{}}
	var err error
	n.Ledger, err = inproc.New(inproc.Options{Fault: func(a inproc.Attempt) inproc.Fault {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.fault == nil {
			return inproc.Fault{}
		}
		return n.fault(a)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Ledger.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	for name, org := range organisations {
		n.Gateways[name] = n.serve(t, name, org)
	}
	return n
}

// Fault says what goes wrong on the ledger from now on; nothing where nil.
func (n *Network) Fault(f func(inproc.Attempt) inproc.Fault) {
	n.mu.Lock()
	n.fault = f
	n.mu.Unlock()
}

// Front puts a handler before every gateway from now on; none where nil.
func (n *Network) Front(f func(http.Handler) http.Handler) {
	n.mu.Lock()
	n.front = f
	n.mu.Unlock()
}

func (n *Network) serve(t *testing.T, name, org string) string {
	t.Helper()
	// The address must be known before the gateway is made, and the listener
	// before the address.
	var handler http.Handler
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		h := handler
		if n.front != nil {
			h = n.front(h)
		}
		n.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	url := "http://" + server.Listener.Addr().String()
	gateway := n.gateway(t, gatewayOptions{name: name, org: org, url: url})
	handler = gateway
	server.Start()
	t.Cleanup(func() {
		gateway.Stop()
		server.Close()
	})
	return url
}

type gatewayOptions struct{ name, org, url string }

func (n *Network) gateway(t *testing.T, o gatewayOptions) *api.Server {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	data := t.TempDir()
	service := n.Ledger.Service(o.org)
	s, err := store.Open(ctx, filepath.Join(data, "gateway.db"))
	var pages *api.Pages
	if err == nil && o.name == "registrar" {
		n.Registrar = s
		pages, err = openPages(data)
	}
	if err == nil {
		err = s.Claim(ctx, service.Network())
	}
	if err == nil && pages != nil {
		err = s.UseCodes(ctx, pages.Codes)
	}
	if err != nil {
		t.Fatal(err)
	}
	follower := &store.Follower{Store: s, Service: service}
	var running sync.WaitGroup
	running.Go(func() { follower.Run(ctx) })
	imports := intake.New(intake.Options{Store: s, Service: service, Signatures: sign.Verifier{}, Clock: time.Now})
	running.Go(func() { imports.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	keys, err := auth.OpenKeys(filepath.Join(data, "keys"), time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	gate, err := auth.NewGate(auth.Options{
		URL: o.url, Org: o.org, Keys: keys, Parties: parties{service}, Replays: s, Guests: pages != nil, Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	server, err := api.New(api.Options{
		Service: service, Signatures: sign.Verifier{}, Store: s, Gate: gate,
		Imports: imports, Webhooks: webhook.New(webhook.Options{Store: s, Issuer: o.url, Clock: time.Now}),
		Organisation: o.name, Org: o.org, URL: o.url, RegistrationOpen: true, Pages: pages, Complete: follower.Complete,
		Missing: func(context.Context) []string { return nil }, Clock: time.Now, Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// PagesOrigin is where the registrar's pages would be.
const PagesOrigin = "http://localhost:8480"

func openPages(data string) (*api.Pages, error) {
	key, err := code.OpenKey(filepath.Join(data, "pages.key"))
	if err != nil {
		return nil, err
	}
	return &api.Pages{Origin: PagesOrigin, Codes: key}, nil
}

// parties reads the parties of assertions from the ledger.
type parties struct{ service ledger.Service }

func (p parties) Party(ctx context.Context, id ledger.PartyID) (*ledger.Party, error) {
	views, err := p.service.Parties(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(views) != 1 {
		return nil, errors.New("reading the party: the ledger gave another number")
	}
	return views[0].Party, nil
}
