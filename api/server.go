package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/intake"
	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/webhook"
	"github.com/skuld-registry/skuld/ledger"
)

// Limits of a server.
const (
	maxBody = 1 << 20 // bytes of a request's body
	// maxBatchBody holds ledger.MaxBatch commands of the greatest size in base64url.
	maxBatchBody = 4 << 20
	// maxLarge is how many requests at a time have bodies larger than maxBody. One of
	// maxBulkBody takes up to forty megabytes while it is read, and the process is to
	// stay below the gigabyte that its systemd unit allows (MemoryMax).
	maxLarge = 16
	// maxStrangerBody bounds the body of who proves nothing: a request for a token,
	// or a registration, which is one command of at most ledger.MaxCommandBytes.
	maxStrangerBody = 64 << 10
	// strangersPart is the part of Limits.Requests, beside them, for those who prove
	// nothing. However many they are, they leave the places of the others alone.
	strangersPart = 4
	maxProbes     = 32 // questions at a time whether the gateway lives and works

	// requestTime bounds a request; submitTime bounds the wait for an outcome
	// within it, after which the caller is told that it is not known yet.
	requestTime = 60 * time.Second
	submitTime  = 45 * time.Second
	// ownWrites bounds how long an answer waits for the read model, so that the
	// caller finds there what it has just written.
	ownWrites = 2 * time.Second
)

// Options are what a server works with. All must be given but Limits, Pages, Log,
// Done and Tracer.
type Options struct {
	Service    ledger.Service
	Signatures ledger.Signatures
	Store      *store.Store
	Gate       *auth.Gate // who asks
	Webhooks   *webhook.Deliverer
	Imports    *intake.Worker

	Organisation string // the name of the gateway's organisation
	Org          string // its membership id
	URL          string // base of the gateway's own addresses, without a slash at its end
	// RegistrationOpen lets anybody register as a party of the organisation.
	RegistrationOpen bool

	// Pages says where the pages for persons are; nil at a gateway without them.
	Pages *Pages

	// Limits bound what callers may ask. Their zero value has no rates, and the
	// default numbers of requests and streams.
	Limits Limits

	// Complete says whether the read model has caught up since the gateway
	// started. Until then lists are refused: they would leave notes out.
	Complete func() bool
	// Missing says what keeps the gateway from working; nothing when it is ready.
	Missing func(context.Context) []string

	Clock  func() time.Time
	Random io.Reader // must be safe for concurrent use
	Log    *slog.Logger
	// Done is told of each answered request; Tracer makes their spans. Both may be
	// nil.
	Done   func(Done)
	Tracer trace.TracerProvider
}

func (o Options) check() error {
	switch {
	case o.Service == nil || o.Signatures == nil || o.Store == nil:
		return errors.New("the server needs a ledger, signatures and a store")
	case o.Gate == nil:
		return errors.New("the server needs a gate")
	case o.Webhooks == nil || o.Imports == nil:
		return errors.New("the server needs what delivers events and what works through imports")
	case o.Org == "" || o.URL == "":
		return errors.New("the server needs its organisation and its URL")
	case o.Complete == nil || o.Missing == nil || o.Clock == nil || o.Random == nil:
		return errors.New("the server needs its state, a clock and randomness")
	}
	return o.Pages.check()
}

// Server answers requests. It may be used by many callers at a time.
type Server struct {
	Options
	underWay  chan struct{}
	strangers chan struct{}
	streams   chan struct{}
	large     chan struct{}
	probes    chan struct{}
	stopping  chan struct{} // closed by Stop
	keys      keysInUse

	streaming quota // streams that each party has open

	tracer    trace.Tracer
	parties   *limit.Callers // by id
	addresses *limit.Callers // of those who prove nothing
	refused   *limit.Callers // of those whose proof was refused
	router    chi.Router
	first     map[string]bool     // first segments of the patterns
	queries   map[string][]string // parameters that each operation takes in its query
}

// New makes a server.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.Tracer == nil {
		o.Tracer = noop.NewTracerProvider()
	}
	if o.Limits.Requests <= 0 {
		o.Limits.Requests = DefaultRequests
	}
	if o.Limits.Streams <= 0 {
		o.Limits.Streams = DefaultStreams
	}
	s := &Server{
		Options: o, underWay: make(chan struct{}, o.Limits.Requests), streams: make(chan struct{}, o.Limits.Streams),
		strangers: make(chan struct{}, max(1, o.Limits.Requests/strangersPart)),
		tracer:    o.Tracer.Tracer(tracerName),
		parties:   limit.New("party", o.Limits.Party), addresses: limit.New("address", o.Limits.Address), refused: limit.New("address", o.Limits.Address),
		large: make(chan struct{}, maxLarge), probes: make(chan struct{}, maxProbes), stopping: make(chan struct{}),
	}
	doc, err := published()
	if err != nil {
		return nil, err
	}
	s.queries = doc.queries()
	s.router, s.first = chi.NewRouter(), map[string]bool{}
	for _, r := range routes() {
		s.first[firstSegment(r.pattern)] = true
		s.router.Method(r.method, r.pattern, s.serve(&r))
	}
	s.router.NotFound(s.serve(&route{pattern: "-", handle: (*Server).notFound}).ServeHTTP)
	s.router.MethodNotAllowed(s.serve(&route{pattern: "-", handle: (*Server).methodNotAllowed}).ServeHTTP)
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

// Serves says whether a path is the interface's own, whether or not there is
// anything at it. A gateway that serves pages for people as well gives them the rest.
func (s *Server) Serves(path string) bool { return s.first[firstSegment(path)] }

// firstSegment gives what stands between the first two slashes of a path.
func firstSegment(path string) string {
	segment, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return segment
}

// Stop ends the streams, which would otherwise keep a shutdown waiting. Call it
// once, before http.Server.Shutdown, which then finishes what was accepted.
func (s *Server) Stop() { close(s.stopping) }

func (s *Server) notFound(http.ResponseWriter, *http.Request) error {
	return ledger.Refuse(ledger.CodeNotFound)
}

// methodNotAllowed says which methods there are (RFC 9110 par. 15.5.6).
func (s *Server) methodNotAllowed(w http.ResponseWriter, r *http.Request) error {
	var allowed []string
	for _, method := range []string{get, post, del} {
		if s.router.Match(chi.NewRouteContext(), method, r.URL.Path) {
			allowed = append(allowed, method)
		}
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return ledger.Refuse(ledger.CodeMethodNotAllowed, "method", clip(r.Method, 16))
}
