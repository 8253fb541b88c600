package site

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// Show answers with a page. Where the view has a form, it gets the token that shows
// that the form came from here.
func (v *Visit) Show(status int, view page.View) error {
	if form, ok := view.(page.Bound); ok && v.Token != "" {
		form.Bind(FormToken(v.Token))
	}
	var b bytes.Buffer
	if err := v.site.Pages.Write(&b, v.guest.Around(), view); err != nil {
		return err
	}
	h := v.W.Header()
	if v.site.Live && status == http.StatusOK && v.R.Method == http.MethodGet && v.unchanged(b.Bytes()) {
		v.W.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(v.Language))
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	v.W.WriteHeader(status)
	if v.R.Method == http.MethodHead {
		return nil
	}
	_, err := b.WriteTo(v.W)
	return err
}

// unchanged says that the page's own script has it already, and names what it looks
// like.
func (v *Visit) unchanged(body []byte) bool {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	v.W.Header().Set("ETag", tag)
	return v.R.Header.Get("If-None-Match") == tag
}

// Redirect sends the browser on, with a GET whatever the request was (RFC 9110 par. 15.4.4).
func (v *Visit) Redirect(to string) error {
	v.W.Header().Set("Location", to) // without the page that http.Redirect would write
	v.W.WriteHeader(http.StatusSeeOther)
	return nil
}

// AskToSignIn sends who is not signed in to do so, and back to the page afterwards. A
// form cannot be sent again by itself.
func (v *Visit) AskToSignIn() error {
	to := v.site.SignIn
	if v.R.Method == http.MethodGet {
		to += "?next=" + url.QueryEscape(v.R.URL.Path)
	}
	return v.Redirect(to)
}

// Local gives a path of these pages, or another one where it is none: what stands in
// an address must not lead to another site.
func Local(path, otherwise string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\x00\r\n\t") {
		return otherwise
	}
	return path
}

// IsText says whether a text is one that people write: no control characters but
// the ends of lines.
func IsText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f
	})
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

// StatusOf gives the status over HTTP of a class of refusals.
func StatusOf(c ledger.Class) int { return statuses[c] }

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
func (v *Visit) problemOf(e *ledger.Error) *page.Problem {
	p := &page.Problem{Help: v.site.Help}
	if own, ok := problems[e.Code]; ok {
		p.Status, p.Heading, p.Text = own.status, page.Say(own.heading), page.Say(own.text)
	} else {
		p.Status, p.Heading, p.Text = statuses[e.Class()], page.Say("problem.other"), page.Verbatim(e.Text(v.Language))
	}
	switch e.Code {
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
		p.Request = v.ID
	}
	if p.Status == 0 {
		p.Status = http.StatusInternalServerError
	}
	v.guest.Explain(e, p)
	return p
}

// Problem is an error that has a page of its own.
type Problem struct {
	Page *page.Problem
	Says string // for the log
}

func (e *Problem) Error() string { return e.Says }

// fail answers with a page that says what to do.
func (v *Visit) fail(err error) {
	if own, ok := errors.AsType[*Problem](err); ok {
		v.finish(own.Page)
		return
	}
	e, cause := RefusalOf(err, v.ID)
	v.Code, v.cause, v.limited = e.Code, cause, limit.By(err)
	p := v.problemOf(e)
	switch p.Status {
	case http.StatusServiceUnavailable:
		v.W.Header().Set("Retry-After", "1")
	case http.StatusTooManyRequests:
		v.W.Header().Set("Retry-After", e.Params["seconds"])
	}
	v.finish(p)
}

// finish shows the page of a fault; where even that fails, a status must do.
func (v *Visit) finish(p *page.Problem) {
	if p.Help.IsZero() {
		p.Help = v.site.Help
	}
	if err := v.Show(p.Status, p); err != nil && v.answer.Status == 0 {
		v.cause = errors.Join(v.cause, err)
		v.W.WriteHeader(http.StatusInternalServerError)
	}
}

// RefusalOf gives what the person is told of an error, and the cause that only the
// log is told, if any.
func RefusalOf(err error, request string) (*ledger.Error, error) {
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

// elsewhere says that what failed is not the gateway, but what it works with or the
// time that there was.
func elsewhere(err error) bool {
	_, asked := errors.AsType[LedgerError](err)
	return asked || store.Unavailable(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// LedgerError says that the ledger could not be asked. It is not the person's
// fault, and the same may succeed soon.
type LedgerError struct{ Err error }

func (e LedgerError) Error() string { return "asking the ledger: " + e.Err.Error() }

// Unwrap gives the cause.
func (e LedgerError) Unwrap() error { return e.Err }
