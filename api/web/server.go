package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// Limits of the pages.
const (
	maxForm   = 64 << 10 // bytes of a form
	maxPlaces = 512      // pages under way at a time, beside those that are kept ready

	// pageTime bounds a request; submitTime bounds the wait for a command's outcome
	// within it, after which the person is told that it is not known yet.
	pageTime   = 60 * time.Second
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
	Limits       Limits
	Storybook    bool // shows every component in every state, for trials

	Clock  func() time.Time
	Random io.Reader // must be safe for concurrent use
	Log    *slog.Logger
	Done   func(Done) // is told of each answered request
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
	pages     *page.Set
	places    chan struct{}
	uploads   chan struct{} // of proofs, on their way here
	checks    chan struct{} // of proofs, under way
	origins   *http.CrossOriginProtection
	addresses *limit.Callers // of those who are not signed in
	parties   *limit.Callers // of those who are
	guesses   guesses        // of codes
	statuses  *statusCache
	secure    bool // the pages come over https
	router    chi.Router
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
		Options: o, pages: set, places: make(chan struct{}, maxPlaces), uploads: make(chan struct{}, maxUploads), checks: make(chan struct{}, maxChecks), origins: http.NewCrossOriginProtection(),
		addresses: limit.New("address", o.Limits.Address), parties: limit.New("party", o.Limits.Party),
		guesses: newGuesses(), statuses: newStatusCache(), secure: strings.HasPrefix(o.RelyingParty.Origin, "https://"),
	}
	// A proxy before the gateway may give it another name than browsers know.
	if err := s.origins.AddTrustedOrigin(o.RelyingParty.Origin); err != nil {
		return nil, err
	}
	s.router = chi.NewRouter()
	for _, r := range s.routes() {
		s.router.Method(r.method, r.pattern, s.serve(&r))
		if r.method == get {
			s.router.Method(http.MethodHead, r.pattern, s.serve(&r))
		}
	}
	s.router.Method(get, page.StaticPath+"*", http.HandlerFunc(s.serveAsset))
	s.router.NotFound(s.serve(&route{pattern: "-", handle: (*Server).notFound}).ServeHTTP)
	s.router.MethodNotAllowed(s.serve(&route{pattern: "-", handle: (*Server).methodNotAllowed}).ServeHTTP)
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.serveReady(w, r) {
		s.router.ServeHTTP(w, r)
	}
}

func (s *Server) notFound(*visit) error { return ledger.Refuse(ledger.CodeNotFound) }

func (s *Server) methodNotAllowed(v *visit) error {
	return ledger.Refuse(ledger.CodeMethodNotAllowed, "method", clip(v.r.Method))
}

// withTime gives a context in which a page waits for a command's outcome. That the
// person leaves ends the wait and not the command.
func withTime(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, submitTime)
}
