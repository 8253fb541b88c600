package web

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// show answers with a page. Where the view has a form, it gets the token that shows
// that the form came from here.
func (s *Server) show(v *visit, status int, view page.View) error {
	if form, ok := view.(page.Bound); ok && v.token != "" {
		form.Bind(formToken(v.token))
	}
	var b bytes.Buffer
	if err := s.pages.Write(&b, s.frame(v), view); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(v.language))
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	v.w.WriteHeader(status)
	if v.r.Method == http.MethodHead {
		return nil
	}
	_, err := b.WriteTo(v.w)
	return err
}

// frame is what stands around the pages of a visit.
func (s *Server) frame(v *visit) page.Frame {
	f := page.Frame{Language: v.language, Service: s.RelyingParty.Name, Help: s.Help}
	if v.party != nil {
		f.Private, f.Home = true, "/me"
		f.Person = &page.Visitor{Token: formToken(v.token)}
		if v.person != nil {
			f.Person.Name = v.person.Name
		}
		f.Alert = s.recoveryAlert(v)
	}
	return f
}

// redirect sends the browser on, with a GET whatever the request was (RFC 9110 par. 15.4.4).
func (s *Server) redirect(v *visit, to string) error {
	v.w.Header().Set("Location", to) // without the page that http.Redirect would write
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// local gives a path of these pages, or another one where it is none: what stands in
// an address must not lead to another site.
func local(path, otherwise string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\x00\r\n\t") {
		return otherwise
	}
	return path
}

// statuses say how each class of refusal looks over HTTP.
var statuses = map[ledger.Class]int{
	ledger.ClassInvalid:      http.StatusBadRequest,
	ledger.ClassUnauthorized: http.StatusForbidden, // a page has no challenge to answer with a 401
	ledger.ClassForbidden:    http.StatusForbidden,
	ledger.ClassNotFound:     http.StatusNotFound,
	ledger.ClassConflict:     http.StatusConflict,
	ledger.ClassRefused:      http.StatusUnprocessableEntity,
	ledger.ClassLimit:        http.StatusUnprocessableEntity,
	ledger.ClassUnavailable:  http.StatusServiceUnavailable,
}

// problems are the codes that have a page of their own.
var problems = map[ledger.Code]struct {
	status        int
	heading, text page.Key
}{
	ledger.CodeNotFound:         {http.StatusNotFound, "problem.not-found", "problem.not-found.what"},
	ledger.CodeNotEntitled:      {http.StatusNotFound, "problem.not-found", "problem.not-found.what"},
	ledger.CodeMethodNotAllowed: {http.StatusMethodNotAllowed, "problem.not-found", "problem.not-found.what"},
	ledger.CodeTooManyRequests:  {http.StatusTooManyRequests, "problem.busy", "problem.busy.what"},
	ledger.CodeUnavailable:      {http.StatusServiceUnavailable, "problem.unavailable", "problem.unavailable.what"},
	ledger.CodeInternal:         {http.StatusInternalServerError, "problem.ours", "problem.ours.what"},
}

// problemOf gives the page of a refusal.
func (s *Server) problemOf(v *visit, e *ledger.Error) *page.Problem {
	p := &page.Problem{Help: s.Help, Links: []page.Link{{Href: "/", Text: page.Say("frame.to-the-page")}}}
	if v.party != nil {
		p.Links[0] = page.Link{Href: "/me", Text: page.Say("frame.notes")}
	}
	if own, ok := problems[e.Code]; ok {
		p.Status, p.Heading, p.Text = own.status, page.Say(own.heading), page.Say(own.text)
	} else {
		p.Status, p.Heading, p.Text = statuses[e.Class()], page.Say("problem.other"), page.Verbatim(e.Text(v.language))
	}
	switch e.Code {
	case ledger.CodeNoPowerOfAttorney:
		if scope := e.Params["scope"]; scope != "" { // there is one, and it does not go so far
			p.Heading, p.Text = page.Say("problem.power"), page.Say(page.Key("power."+scope))
		}
	case ledger.CodeRequestTooLarge:
		p.Status = http.StatusRequestEntityTooLarge
	case ledger.CodeTooManyRequests:
		seconds, err := strconv.Atoi(e.Params["seconds"])
		if err != nil {
			seconds = 1
		}
		p.Text = page.Count("problem.busy.what", seconds)
	}
	if p.Status == 0 || p.Status >= http.StatusInternalServerError {
		p.Request = v.id
	}
	if p.Status == 0 {
		p.Status = http.StatusInternalServerError
	}
	return p
}

// ownProblem is an error that has a page of its own.
type ownProblem interface {
	error
	page(*Server) *page.Problem
}

// fail answers with a page that says what to do.
func (s *Server) fail(v *visit, err error) {
	if own, ok := errors.AsType[ownProblem](err); ok {
		s.finish(v, own.page(s))
		return
	}
	e, cause := refusalOf(err, v.id)
	v.code, v.cause, v.limited = e.Code, cause, limit.By(err)
	p := s.problemOf(v, e)
	switch p.Status {
	case http.StatusServiceUnavailable:
		v.w.Header().Set("Retry-After", "1")
	case http.StatusTooManyRequests:
		v.w.Header().Set("Retry-After", e.Params["seconds"])
	}
	s.finish(v, p)
}

// finish shows the page of a fault; where even that fails, a status must do.
func (s *Server) finish(v *visit, p *page.Problem) {
	if err := s.show(v, p.Status, p); err != nil && v.status == 0 {
		v.cause = errors.Join(v.cause, err)
		v.w.WriteHeader(http.StatusInternalServerError)
	}
}

// refusalOf gives what the person is told of an error, and the cause that only the
// log is told, if any.
func refusalOf(err error, request string) (*ledger.Error, error) {
	if e, ok := errors.AsType[*ledger.Error](err); ok {
		return e, nil
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return ledger.Refuse(ledger.CodeRequestTooLarge, "limit", strconv.FormatInt(e.Limit>>10, 10)+" kB"), nil
	}
	if elsewhere(err) {
		return ledger.Refuse(ledger.CodeUnavailable), err
	}
	return ledger.Refuse(ledger.CodeInternal, "id", request), err
}
