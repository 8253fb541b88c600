package site

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// Limits of a site.
const (
	// MaxForm is how many bytes a form may have.
	MaxForm   = 64 << 10
	maxPlaces = 512 // pages under way at a time
	// PageTime bounds a request.
	PageTime = 60 * time.Second
)

// Limits bound what visitors may ask. Their zero value bounds no rates.
type Limits struct {
	Address limit.Rate // of each address; see api.Limits
	Person  limit.Rate // of each who is signed in
	Proxies []netip.Prefix
}

// Options are what a site works with. All must be given but Limits, Log and Done.
type Options struct {
	Origin string         // of the pages: scheme, host and port as a browser shows them
	Cookie string         // name of the session's cookie, which no other site at the same host has
	SignIn string         // address of the page that signs in
	Live   bool           // the pages' script may ask for newer content of the same pages
	Help   page.HumanCard // whom to call when something went wrong
	Pages  *page.Set
	// Welcome makes what the site's own server keeps of a visit.
	Welcome func(*Visit) Guest
	Limits  Limits

	Clock  func() time.Time
	Random io.Reader // must be safe for concurrent use
	Log    *slog.Logger
	Done   func(Done) // is told of each answered request
}

// Guest is a visit as the site's own server sees it.
type Guest interface {
	// Recognize finds out who asks. Of who is signed in it sets the visit's Token
	// and Principal.
	Recognize(now time.Time) error
	// Around gives what stands around the pages of the visit.
	Around() page.Around
	// Explain puts into a page of a refusal what only the site knows: its own words,
	// and where to go from there.
	Explain(e *ledger.Error, p *page.Problem)
}

// Route is one row of a table of pages.
type Route struct {
	Method, Pattern string
	SignedIn        bool  // only for who is signed in; a form must show that it is ours
	Limit           int64 // bytes of the body; MaxForm where 0
	// Handle answers a request. An error becomes a page that says what to do; a
	// refusal of the ledger is one (*ledger.Error).
	Handle func(Guest) error
}

// Site serves pages. It may be used by many callers at a time.
type Site struct {
	Options
	places    chan struct{}
	origins   *http.CrossOriginProtection
	addresses *limit.Callers // of those who are not signed in
	persons   *limit.Callers // of those who are
	secure    bool           // the pages come over https
}

// New makes a site.
func New(o Options) (*Site, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pages == nil || o.Welcome == nil || o.Clock == nil || o.Random == nil || o.Cookie == "" || o.SignIn == "" {
		return nil, errors.New("a site needs pages, who welcomes its guests, a clock, randomness, a cookie's name and a way in")
	}
	s := &Site{
		Options: o, places: make(chan struct{}, maxPlaces), origins: http.NewCrossOriginProtection(),
		addresses: limit.New("address", o.Limits.Address), persons: limit.New("party", o.Limits.Person),
		secure: strings.HasPrefix(o.Origin, "https://"),
	}
	// A proxy before the gateway may give it another name than browsers know.
	return s, s.origins.AddTrustedOrigin(o.Origin)
}

// Router serves a table of pages, the files that they load, and a page that says
// so where there is none.
func (s *Site) Router(routes []Route) http.Handler {
	router := chi.NewRouter()
	for _, r := range routes {
		router.Method(r.Method, r.Pattern, s.serve(&r))
		if r.Method == http.MethodGet {
			router.Method(http.MethodHead, r.Pattern, s.serve(&r))
		}
	}
	router.Method(http.MethodGet, page.StaticPath+"*", http.HandlerFunc(s.serveAsset))
	router.NotFound(s.serve(&Route{Pattern: "-", Handle: func(Guest) error {
		return ledger.Refuse(ledger.CodeNotFound)
	}}).ServeHTTP)
	router.MethodNotAllowed(s.serve(&Route{Pattern: "-", Handle: func(Guest) error {
		return ledger.Refuse(ledger.CodeMethodNotAllowed, "method", "-")
	}}).ServeHTTP)
	return router
}
