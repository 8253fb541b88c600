package api

import (
	"net/http"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

// access says who may call a route.
type access int

const (
	open     access = iota // anybody
	tokened                // whoever has an access token
	signable               // whoever has an access token, and anybody who registers
)

// route is one row of the table of routes.
type route struct {
	method, pattern string
	name            string // operationId in the OpenAPI document
	access          access
	op              ledger.Op  // what a write submits; "" for other routes
	scope           auth.Scope // what a token must cover; of a write that of its op, where it is ""
	binds           []bind     // what the address says of the command's body
	limit           int64      // bytes of the body; maxBody where 0
	query           []string   // what else the address of a write may ask
	stream          bool       // goes on until the client leaves
	probe           bool       // asks how the gateway does, and is answered however busy it is
	handle          handler
}

// handler answers the requests of a route.
type handler = func(*Server, http.ResponseWriter, *http.Request) error

// ofCommand is the scope of a route that takes any command: the token must cover
// that of each command itself, which actsAs sees to.
const ofCommand auth.Scope = "of the command"

// needs gives the scope that a token must cover to call the route.
func (rt *route) needs() auth.Scope {
	if rt.op != "" {
		return auth.ScopeOf(rt.op)
	}
	return rt.scope
}

// writes says whether a call may change something. Getting a token does not count:
// what makes it once is its assertion.
func (rt *route) writes() bool { return rt.method != get && rt.access != open }

// bind says that a parameter of the address is a member of the command's body.
type bind struct {
	param, member string
	number        bool
}

// routes is the one table of routes. The router, the OpenAPI document's test
// and the log's labels are all read from it.
func routes() []route {
	var t []route
	for _, theme := range [][]route{
		ownRoutes, partyRoutes, bookRoutes, noteRoutes, noteWriteRoutes, commandRoutes, eventRoutes, webhookRoutes, importRoutes, peopleRoutes,
	} {
		t = append(t, theme...)
	}
	return t
}

const (
	get  = http.MethodGet
	post = http.MethodPost
	del  = http.MethodDelete
)
