package web

import (
	"net/http"

	"github.com/skuld-registry/skuld/api/web/site"
)

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// route is one row of the table of pages.
type route struct {
	method, pattern string
	signedIn        bool  // only for who is signed in; a form must show that it is ours
	limit           int64 // bytes of the body; the site's own limit where 0
	handle          handler
}

// handler answers the requests of a route (see site.Route).
type handler = func(*Server, *visit) error

// of gives the route as the site serves it.
func (r route) of(s *Server) site.Route {
	return site.Route{
		Method: r.method, Pattern: r.pattern, SignedIn: r.signedIn, Limit: r.limit,
		Handle: func(g site.Guest) error { return r.handle(s, g.(*visit)) },
	}
}

// routes is the one table of pages. The router, the log's labels and the tests that
// walk all pages are read from it.
func (s *Server) routes() []route {
	var t []route
	for _, theme := range [][]route{publicRoutes, borrowerRoutes} {
		t = append(t, theme...)
	}
	if s.Storybook {
		t = append(t, storybookRoutes...)
	}
	return t
}

// publicRoutes are for everybody.
var publicRoutes = []route{
	{method: get, pattern: "/", handle: (*Server).getLanding},
	{method: post, pattern: "/", handle: (*Server).postLanding},
	{method: get, pattern: statusPattern, handle: (*Server).getStatus},
	{method: get, pattern: "/n/{code}/call", handle: (*Server).getCall},
	{method: post, pattern: "/n/{code}/call", handle: (*Server).postCall},
	{method: get, pattern: "/n/{code}/note", signedIn: true, handle: (*Server).getOwnNote},
	{method: get, pattern: "/who-called", handle: (*Server).getWhoCalled},
	{method: post, pattern: "/who-called", handle: (*Server).postWhoCalled},
	{method: get, pattern: "/w/{code}", handle: (*Server).getContact},
	{method: get, pattern: "/w/{code}/call", handle: (*Server).getContactCall},
	{method: post, pattern: "/w/{code}/call", handle: (*Server).postContactCall},
	{method: get, pattern: "/s/{code}", handle: (*Server).getFollowUp},
	{method: post, pattern: "/s/{code}", handle: (*Server).postFollowUp},
	{method: get, pattern: "/help", handle: (*Server).getHelp},
	{method: get, pattern: "/verify", handle: (*Server).getVerify},
	{method: post, pattern: "/verify", limit: maxUpload, handle: (*Server).postVerify},
	{method: get, pattern: "/lost", handle: (*Server).getLost},
	{method: post, pattern: completionPath, limit: site.MaxCeremony, handle: (*Server).postCompletion},
	{method: get, pattern: "/signin", handle: (*Server).getSignIn},
	{method: post, pattern: "/signin", limit: site.MaxCeremony, handle: (*Server).postSignIn},
	{method: post, pattern: "/signout", signedIn: true, handle: (*Server).postSignOut},
	{method: get, pattern: "/i/{code}", handle: (*Server).getInvitation},
	{method: post, pattern: "/i/{code}/key", limit: site.MaxCeremony, handle: (*Server).postKey},
	{method: post, pattern: "/i/{code}/registration", limit: site.MaxCeremony, handle: (*Server).postRegistration},
	{method: post, pattern: "/i/{code}/join", signedIn: true, handle: (*Server).postJoin},
}
