package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/skuld-registry/skuld/api"
	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/intake"
	"github.com/skuld-registry/skuld/api/metrics"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web"
	"github.com/skuld-registry/skuld/api/webhook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// Limits of the HTTP server.
const (
	headerTime     = 5 * time.Second
	readTime       = 2 * time.Minute // of a whole request; an import's chunk may be large
	writeTime      = 2 * time.Minute // of a whole answer; a stream of events sets its own
	idleTime       = 2 * time.Minute
	maxHeaderBytes = 32 << 10
	shutdownTime   = 25 * time.Second
	checkTime      = 2 * time.Second
)

// options are what a gateway is made of; a test gives a ledger in memory.
type options struct {
	service          ledger.Service
	check            func(context.Context) error // whether the ledger can be reached
	organisation     string
	org              string
	data             string
	url              string
	registrationOpen bool
	issuers          []auth.Issuer // others whose tokens are taken
	rebuild          bool
	localWebhooks    bool              // events may go to this machine and without TLS
	hooks            http.RoundTripper // carries events; nil dials public addresses
	pages            *api.Pages        // for persons; nil serves none
	store            *store.Store      // open; nil opens the file in data
	limits           api.Limits
	site             pagesConfig          // of the pages; none are served unless it says where they are
	desk             deskConfig           // of the company's staff; none is served unless it says where it is
	drain            time.Duration        // from the word that it ends until it takes no more
	metrics          *metrics.Metrics     // nil counts nothing
	traces           trace.TracerProvider // nil makes no spans
	clock            func() time.Time
	log              *slog.Logger
}

// gateway is the store, what keeps it up with the ledger, and the server.
type gateway struct {
	store    *store.Store
	follower *store.Follower
	server   *api.Server
	pages    *web.Server // of people; nil where there are none
	desk     *staffDesk  // of staff; nil where there is none
	keys     *auth.Keys
	webhooks *webhook.Deliverer
	imports  *intake.Worker
	log      *slog.Logger
	drain    time.Duration
	ending   atomic.Bool
	rest     context.CancelFunc // ends what is sent and handed in by itself
	resting  sync.WaitGroup
	stop     context.CancelFunc // ends the follower
	running  sync.WaitGroup
}

// open opens the store, begins to follow the ledger, and makes the server.
func open(ctx context.Context, o options) (*gateway, error) {
	if o.clock == nil {
		o.clock = time.Now
	}
	if o.metrics != nil {
		o.service = o.metrics.Service(o.service, sign.Verifier{}, o.clock)
	}
	if err := o.openCodes(); err != nil {
		return nil, err
	}
	s, err := openStore(ctx, o)
	if err != nil {
		return nil, err
	}
	g := &gateway{store: s, follower: &store.Follower{Store: s, Service: o.service, Log: o.log, Tracer: o.traces}, log: o.log, drain: o.drain}
	if g.server, err = g.newServer(o); err == nil {
		g.pages, err = g.newPages(o)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if o.metrics != nil {
		g.watch(o.metrics)
	}
	// The follower outlives ctx: requests that are accepted before a shutdown
	// still wait for the read model.
	var follow context.Context
	follow, g.stop = context.WithCancel(context.WithoutCancel(ctx))
	g.running.Go(func() { g.follower.Run(follow) })
	g.running.Go(func() { g.prune(follow, o.clock) })
	var work context.Context
	work, g.rest = context.WithCancel(follow)
	g.resting.Go(func() { g.keys.Run(work) })
	g.resting.Go(func() { g.webhooks.Run(work) })
	g.resting.Go(func() { g.imports.Run(work) })
	return g, g.openDesk(work, o)
}

func openStore(ctx context.Context, o options) (*store.Store, error) {
	s, err := o.store, error(nil)
	if s == nil {
		s, err = store.Open(ctx, databaseFile(o.data))
	}
	if err != nil {
		return nil, err
	}
	if o.rebuild {
		err = s.Reset(ctx, o.service.Network())
	} else if err = s.Claim(ctx, o.service.Network()); errors.Is(err, store.ErrOtherNetwork) {
		err = fmt.Errorf("%w; start once with -rebuild, or name another -data folder", err)
	}
	if err == nil {
		err = s.UseCodes(ctx, o.codes())
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// codes gives the key of the public codes of notes, nil where there are no pages to
// which they lead.
func (o *options) codes() *code.Key {
	if o.pages == nil {
		return nil
	}
	return o.pages.Codes
}

func (g *gateway) newServer(o options) (*api.Server, error) {
	keys, err := auth.OpenKeys(keysFolder(o.data), o.clock, o.log)
	if err != nil {
		return nil, err
	}
	g.keys = keys
	gate, err := auth.NewGate(auth.Options{
		URL: o.url, Org: o.org, Keys: keys, Parties: parties{o.service}, Replays: g.store, Issuers: o.issuers, Guests: o.pages != nil,
		Random: rand.Reader, Log: o.log,
	})
	if err != nil {
		return nil, err
	}
	g.webhooks = webhook.New(webhook.Options{
		Store: g.store, Signer: keys, Issuer: o.url, Local: o.localWebhooks, Transport: o.hooks, Clock: o.clock, Log: o.log,
	})
	g.imports = intake.New(intake.Options{
		Store: g.store, Service: o.service, Signatures: sign.Verifier{}, Clock: o.clock, Log: o.log,
	})
	var done func(api.Done)
	if o.metrics != nil {
		done = o.metrics.Request
	}
	return api.New(api.Options{
		Service: o.service, Signatures: sign.Verifier{}, Store: g.store, Gate: gate,
		Webhooks: g.webhooks, Imports: g.imports, Pages: o.pages,
		Organisation: o.organisation, Org: o.org, URL: o.url, RegistrationOpen: o.registrationOpen,
		Limits: o.limits, Done: done, Tracer: o.traces,
		Complete: g.follower.Complete, Missing: g.missing(o.check), Clock: o.clock, Random: rand.Reader, Log: o.log,
	})
}

// parties reads the parties of assertions from the ledger itself, so that a
// revoked key opens nothing from the same moment on.
type parties struct{ service ledger.Service }

func (p parties) Party(ctx context.Context, id ledger.PartyID) (*ledger.Party, error) {
	views, err := p.service.Parties(ctx, id)
	if err != nil {
		return nil, err
	}
	return views[0].Party, nil
}

// missing says what keeps the gateway from working.
func (g *gateway) missing(check func(context.Context) error) func(context.Context) []string {
	return func(ctx context.Context) []string {
		ctx, cancel := context.WithTimeout(ctx, checkTime)
		defer cancel()
		var missing []string
		if g.ending.Load() {
			missing = append(missing, "the gateway is shutting down")
		}
		if err := check(ctx); err != nil {
			g.log.Warn("the ledger cannot be reached", "error", err)
			missing = append(missing, "the ledger cannot be reached")
		}
		if _, err := g.store.Last(ctx); err != nil {
			g.log.Warn("the database does not answer", "error", err)
			missing = append(missing, "the database does not answer")
		}
		if !g.follower.Live() {
			next, _ := g.store.Next()
			missing = append(missing, fmt.Sprintf("the read model has not caught up; it has come to block %d", next))
		}
		return missing
	}
}

// serve answers requests until ctx ends, and then finishes those it accepted.
// First it says that it is not ready, and goes on for as long as whoever shares
// out the requests may need to notice.
func (g *gateway) serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: g.handler(), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(g.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-g.store.Lost():
		return errors.Join(errors.New("another gateway has taken the database over"), server.Close())
	case <-ctx.Done():
	}
	g.log.Info("shutting down")
	g.ending.Store(true)
	if err := notify(nowStopping); err != nil {
		g.log.Warn("the service manager is not told", "error", err)
	}
	drained := time.NewTimer(g.drain)
	defer drained.Stop()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-drained.C:
	}
	g.server.Stop()
	ending, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		return fmt.Errorf("finishing the requests under way: %w", errors.Join(err, server.Close()))
	}
	return nil
}

// close finishes the deliveries and batches under way, ends the follower, which
// they may wait for, and closes the store.
func (g *gateway) close() error {
	g.rest()
	g.resting.Wait()
	g.stop()
	g.running.Wait()
	return g.store.Close()
}
