package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// Limits of the pages.
const (
	// submitTime bounds the wait for a command's outcome within a request (see
	// site.PageTime), after which the person is told that it is not known yet.
	submitTime = 45 * time.Second
	// ownWrites bounds how long a page waits for the read model, so that a person
	// finds there what they have just done.
	ownWrites = 2 * time.Second
)

// Options are what the pages work with. All must be given but Limits, Storybook,
// Log and Done.
type Options struct {
	Service ledger.Service
	Store   *store.Store
	// RelyingParty is for whom passkeys are made. Its origin is that of the pages.
	RelyingParty passkey.RelyingParty
	Codes        *code.Key      // of notes
	Complete     func() bool    // whether the read model has caught up since the start
	Help         page.HumanCard // whom to call at the registry itself
	Limits       site.Limits
	Storybook    bool // shows every component in every state, for trials

	Clock  func() time.Time
	Random io.Reader // must be safe for concurrent use
	Log    *slog.Logger
	Done   func(site.Done) // is told of each answered request
}

func (o Options) check() error {
	switch {
	case o.Service == nil || o.Store == nil || o.Codes == nil || o.Complete == nil:
		return errors.New("the pages need a ledger, a store, its state and the codes of notes")
	case o.Help.Company == "" || o.Help.Phone == "":
		return errors.New("the pages need somebody to call")
	case o.Clock == nil || o.Random == nil:
		return errors.New("the pages need a clock and randomness")
	}
	return o.RelyingParty.Check()
}

// Server serves the pages. It may be used by many callers at a time.
type Server struct {
	Options
	site     *site.Site
	uploads  chan struct{} // of proofs, on their way here
	checks   chan struct{} // of proofs, under way
	guesses  guesses       // of codes
	statuses *statusCache
	router   http.Handler
}

// New makes a server of the pages.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	set, err := page.NewSet()
	if err != nil {
		return nil, err
	}
	s := &Server{
		Options: o, uploads: make(chan struct{}, maxUploads), checks: make(chan struct{}, maxChecks),
		guesses: newGuesses(), statuses: newStatusCache(),
	}
	s.site, err = site.New(site.Options{
		Origin: o.RelyingParty.Origin, Cookie: "skuld", SignIn: "/signin", Help: o.Help, Pages: set,
		Welcome: func(v *site.Visit) site.Guest { return &visit{Visit: v, server: s} },
		Limits:  o.Limits, Clock: o.Clock, Random: o.Random, Log: o.Log, Done: o.Done,
	})
	if err != nil {
		return nil, err
	}
	var routes []site.Route
	for _, r := range s.routes() {
		routes = append(routes, r.of(s))
	}
	s.router = s.site.Router(routes)
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.serveReady(w, r) {
		s.router.ServeHTTP(w, r)
	}
}

// withTime gives a context in which a page waits for a command's outcome. That the
// person leaves ends the wait and not the command.
func withTime(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, submitTime)
}
