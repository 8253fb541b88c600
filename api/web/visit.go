package web

import (
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// visit is one request of a page. It belongs to the goroutine that serves it.
type visit struct {
	*site.Visit
	server *Server
	// Of who is signed in; nil before that.
	session *store.Session
	party   *ledger.Party
	person  *store.Person
	asked   *store.Invitation // to make a key in the place of theirs, of late
}
