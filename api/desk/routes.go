package desk

import (
	"net/http"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
)

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// route is one row of the table of pages. Nobody may use one that does not say so.
type route struct {
	method, pattern string
	roles           []casework.Role // who may use it
	member          bool            // whoever is signed in may, with whichever role
	open            bool            // before sign-in, too
	limit           int64           // bytes of the body; the site's own limit where 0
	handle          handler
}

// handler answers the requests of a route (see site.Route).
type handler = func(*Server, *visit) error

// Groups of roles, for the routes.
var (
	// readers read cases; workers change them.
	readers = []casework.Role{casework.Agent, casework.Lead, casework.Finance, casework.Auditor}
	workers = []casework.Role{casework.Agent, casework.Lead, casework.Finance}
	leads   = []casework.Role{casework.Lead}
	money   = []casework.Role{casework.Finance}
	audits  = []casework.Role{casework.Auditor, casework.Lead}
	admins  = []casework.Role{casework.Administrator}
)

// routes is the one table of pages. The router, the rail, the log's labels and the
// tests that walk all pages are read from it.
func routes() []route {
	var t []route
	for _, theme := range [][]route{
		doorRoutes, providerRoutes, staffRoutes, actRoutes, auditRoutes, workRoutes, caseRoutes, ruleRoutes, paymentRoutes, letterRoutes, reportRoutes,
	} {
		t = append(t, theme...)
	}
	return t
}

// of gives the route as the site serves it: with the check of roles before it.
func (r route) of(s *Server) site.Route {
	return site.Route{
		Method: r.method, Pattern: r.pattern, SignedIn: !r.open, Limit: r.limit,
		Handle: func(g site.Guest) error {
			v := g.(*visit)
			if !r.open && !r.member && !v.actor.Is(r.roles...) {
				return forbidden()
			}
			return r.handle(s, v)
		},
	}
}

// railLink is one part of the desk, in the order of the rail.
type railLink struct {
	path  string
	text  page.Key
	roles []casework.Role // as the route of the path has them
}

// railOf gives the parts of the desk that have a page.
func railOf(all []route) []railLink {
	parts := []railLink{
		{path: "/desk/today", text: "rail.today"},
		{path: "/desk/search", text: "rail.search"},
		{path: "/desk/cases", text: "rail.cases"},
		{path: callsPath, text: "rail.calls"},
		{path: complaintsPath, text: "complaints.title"},
		{path: flagsPath, text: "flags.title"},
		{path: "/desk/payments", text: "rail.payments"},
		{path: "/desk/books", text: "rail.books"},
		{path: "/desk/letters", text: "rail.letters"},
		{path: "/desk/rules", text: "rail.rules"},
		{path: "/desk/reports", text: "rail.reports"},
		{path: approvalsPath, text: "rail.approvals"},
		{path: auditPath, text: "rail.audit"},
		{path: peoplePath, text: "rail.people"},
	}
	var there []railLink
	for _, p := range parts {
		for _, r := range all {
			if r.method == get && r.pattern == p.path {
				p.roles = r.roles
				there = append(there, p)
			}
		}
	}
	return there
}
