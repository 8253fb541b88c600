package desk

import (
	"net/http"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// visit is one request of a page. It belongs to the goroutine that serves it.
type visit struct {
	*site.Visit
	server *Server
	// Of who is signed in; nil and empty before that.
	staff   *casebook.Staff
	session *casebook.StaffSession
	actor   casework.Actor
	// query is what was searched for, to stand in the field again.
	query string
}

// The warning before a session ends.
const (
	// warnBefore is how long before the end of an idle session its reader is warned:
	// WCAG 2.2.1 asks for twenty seconds at least.
	warnBefore = 2 * time.Minute
	// soonOver is how long before the end that no page postpones it is said.
	soonOver = 15 * time.Minute
)

// liveHeader is sent by the script that looks for newer rows. Such a look is nobody's
// reading: it keeps no session open.
const liveHeader = "Skuld-Live"

func (v *visit) live() bool { return v.R.Header.Get(liveHeader) != "" }

// Recognize finds out who asks. A session counts as long as its member of staff is not
// disabled, and with the roles of this moment.
func (v *visit) Recognize(now time.Time) error {
	token := v.ShownToken()
	if token == "" {
		return nil
	}
	quiet := v.live() || v.R.URL.Path == pausePath && v.R.Method == get
	session, staff, err := v.server.Desk.Book.StaffSessionOf(v.R.Context(), token, !quiet, now)
	if err != nil || session == nil {
		return err
	}
	v.session, v.staff, v.actor = session, staff, casework.ActorOf(staff)
	v.Token, v.Principal = token, string(staff.ID)
	return nil
}

// Around is what stands around the pages of a visit.
func (v *visit) Around() page.Around {
	f := view.Frame{Language: v.Language, Company: v.server.RelyingParty.Name, Help: v.server.Help, Path: v.R.URL.Path, Query: v.query}
	if v.staff == nil {
		return f
	}
	f.Member = &view.Member{Name: v.staff.Name, Token: site.FormToken(v.Token)}
	f.Rail = v.rail()
	for _, l := range f.Rail {
		f.Search = f.Search || l.Href == searchPath
	}
	f.Ends = v.ends()
	f.Happened = v.happened()
	return f
}

// rail gives the parts of the desk that the reader may use.
func (v *visit) rail() []view.RailLink {
	var links []view.RailLink
	for _, p := range v.server.rail {
		if v.actor.Is(p.roles...) {
			here := v.R.URL.Path == p.path || strings.HasPrefix(v.R.URL.Path, p.path+"/")
			links = append(links, view.RailLink{Href: p.path, Text: page.Say(p.text), Current: here})
		}
	}
	return links
}

// ends says when the session is over.
func (v *visit) ends() *view.Ends {
	idle := v.session.Ends().Sub(v.session.Seen)
	e := &view.Ends{
		Idle: int(idle / time.Second), Warn: int(max(idle-warnBefore, 0) / time.Second), At: v.session.Expires,
		Soon: v.session.Expires.Sub(v.server.Clock()) < soonOver, Back: v.R.URL.Path,
	}
	if v.R.URL.Path == pausePath { // which is the warning
		e.Warn = 0
	}
	return e
}

// Explain says in a page of a refusal where to go from there.
func (v *visit) Explain(_ *ledger.Error, p *page.Problem) { p.Links = []page.Link{toDesk()} }

// toDesk is the way to the first page.
func toDesk() page.Link { return page.Link{Href: homePath, Text: page.Say("desk.home.title")} }

// forbidden says that the page is for other roles.
func forbidden() error {
	return &site.Problem{Says: "the role may not use the page", Page: &page.Problem{
		Heading: page.Say("desk.forbidden"), Text: page.Say("desk.forbidden.what"), Status: http.StatusForbidden, Links: []page.Link{toDesk()},
	}}
}
