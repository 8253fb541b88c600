package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/oidc"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
)

// Options are what the desk works with. All must be given but Limits, Log and Done.
type Options struct {
	Desk *casework.Desk
	// RelyingParty is for whom the passkeys of staff are made. Its name is that of the
	// company, and its origin that of the pages.
	RelyingParty passkey.RelyingParty
	Help         page.HumanCard // whom staff calls when the desk itself is in the way
	// SignIn is the organisation's identity provider; nil where staff has passkeys only.
	SignIn Provider
	Limits site.Limits

	Clock  func() time.Time
	Random io.Reader // must be safe for concurrent use
	Log    *slog.Logger
	Done   func(site.Done) // is told of each answered request
}

// Provider is an organisation's identity provider; see package oidc.
type Provider interface {
	// Begin gives the address at which somebody signs in, and what must be remembered
	// until they are back.
	Begin(ctx context.Context, state string) (address, remember string, err error)
	// Complete finds out who has come back with a code.
	Complete(ctx context.Context, code, remember string) (oidc.Identity, error)
}

func (o Options) check() error {
	switch {
	case o.Desk == nil || o.Desk.Book == nil:
		return errors.New("the desk needs its casework")
	case o.Clock == nil || o.Random == nil:
		return errors.New("the desk needs a clock and randomness")
	}
	return o.RelyingParty.Check()
}

// Server serves the pages. It may be used by many callers at a time.
type Server struct {
	Options
	routes []route
	rail   []railLink // those whose pages there are
	pages  *page.Set
	site   *site.Site
	router http.Handler
}

// New makes a server of the desk.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	set, err := page.NewSet(view.Part())
	if err != nil {
		return nil, err
	}
	s := &Server{Options: o, routes: routes(), pages: set}
	s.rail = railOf(s.routes)
	s.site, err = site.New(site.Options{
		Origin: o.RelyingParty.Origin, Cookie: "skuld-desk", SignIn: signInPath, Live: true, Help: o.Help, Pages: set,
		Welcome: func(v *site.Visit) site.Guest { return &visit{Visit: v, server: s} },
		Limits:  o.Limits, Clock: o.Clock, Random: o.Random, Log: o.Log, Done: o.Done,
	})
	if err != nil {
		return nil, err
	}
	var all []site.Route
	for _, r := range s.routes {
		if len(r.roles) == 0 && !r.member && !r.open {
			return nil, fmt.Errorf("the route %s %s says neither who may use it nor that everybody may", r.method, r.pattern)
		}
		all = append(all, r.of(s))
	}
	s.router = s.site.Router(all)
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

// secure says that the pages come over https.
func (s *Server) secure() bool { return strings.HasPrefix(s.RelyingParty.Origin, "https://") }
