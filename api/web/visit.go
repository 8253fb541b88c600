package web

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// visit is one request of a page. It belongs to the goroutine that serves it.
type visit struct {
	w        http.ResponseWriter
	r        *http.Request
	route    *route
	id       string
	language ledger.Language
	// Of who is signed in; nil and empty before that.
	session *store.Session
	party   *ledger.Party
	person  *store.Person
	asked   *store.Invitation // to make a key in the place of theirs, of late
	token   string            // of the session, as the browser shows it

	// For the log.
	status  int
	code    ledger.Code
	cause   error
	limited string
	command ledger.CommandID
}

// Done is an answered request, for the metrics.
type Done struct {
	Method, Route string // the pattern of the address, "-" where none fits
	Status        int
	Code          ledger.Code // of the refusal, if any
	Took          time.Duration
	Limited       string // whose limit refused it, if one did
}

// serve makes a handler of a route: it gives the request its id, its language and
// its limits, finds out who asks, turns errors into pages, and writes one line to
// the log.
func (s *Server) serve(rt *route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.Clock()
		v := &visit{route: rt, r: r}
		v.w = &recorder{ResponseWriter: w, visit: v}
		defer func() { s.done(v, began) }()
		id := make([]byte, 12)
		if _, err := io.ReadFull(s.Random, id); err != nil {
			v.code, v.cause = ledger.CodeInternal, fmt.Errorf("drawing a request's id: %w", err)
			v.w.WriteHeader(http.StatusInternalServerError)
			return
		}
		v.id = hex.EncodeToString(id)
		s.protect(v.w.Header())
		s.chooseLanguage(v)
		if err := s.bounded(v); err != nil {
			if v.status != 0 { // the answer has begun; only the log can be told
				v.cause = err
				return
			}
			s.fail(v, err)
		}
	})
}

// bounded serves a request within its limits.
func (s *Server) bounded(v *visit) (err error) {
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	default:
		return limit.Refuse("gateway", limit.BusyWait)
	}
	ctx, cancel := context.WithTimeout(v.r.Context(), pageTime)
	defer cancel()
	v.r = v.r.WithContext(ctx)
	most := v.route.limit
	if most == 0 {
		most = maxForm
	}
	v.r.Body = http.MaxBytesReader(v.w, limit.Steady(v.w, v.r.Body), most)
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
		}
	}()
	leave, err := s.admit(v)
	defer leave()
	if err != nil {
		return err
	}
	if err := s.checkForm(v); err != nil {
		return err
	}
	if v.route.signedIn && v.session == nil {
		return s.askToSignIn(v)
	}
	return v.route.handle(s, v)
}

// admit finds out who asks, and whether it may now. What the caller has taken up is
// given back by leave, which is never nil. An address is counted before its session
// is looked for, so that guessing tokens is bounded, too.
func (s *Server) admit(v *visit) (leave func(), err error) {
	nothing := func() {}
	now := s.Clock()
	leave, err = s.addresses.Enter(s.addressOf(v), now)
	if err != nil {
		return nothing, err
	}
	if err := s.recognize(v, now); err != nil || v.party == nil {
		return leave, err
	}
	leave()
	leave, err = s.parties.Enter(string(v.party.ID), now)
	if err != nil {
		return nothing, err
	}
	return leave, nil
}

func (s *Server) addressOf(v *visit) string { return limit.Address(v.r, s.Limits.Proxies) }

// protect sets the headers that keep a page what it is: nothing runs but the one
// script, nothing comes from anywhere else, no other page shows it inside of
// itself, and no address that it links to learns where the reader came from.
func (s *Server) protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "+
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), "+
		"publickey-credentials-create=(self), publickey-credentials-get=(self)")
	h.Set("Cache-Control", "no-store")
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=63072000") // RFC 6797; two years
	}
}

// done tells the log and the metrics of an answered request. It holds the pattern of
// the address and not the address, in which codes stand.
func (s *Server) done(v *visit, began time.Time) {
	took := s.Clock().Sub(began)
	attrs := []slog.Attr{
		slog.String("request", v.id), slog.String("method", clip(v.r.Method)), slog.String("route", v.route.pattern),
		slog.Int("status", v.status), slog.Int64("took_us", took.Microseconds()),
	}
	add := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, value))
		}
	}
	add("code", string(v.code))
	add("limit", v.limited)
	add("command", string(v.command))
	if v.party != nil {
		add("principal", string(v.party.ID))
	}
	level := slog.LevelInfo
	if v.cause != nil {
		level = slog.LevelWarn // the ledger, or a browser that left before its answer
		if v.code == ledger.CodeInternal {
			level = slog.LevelError
		}
		attrs = append(attrs, slog.String("error", v.cause.Error()))
	}
	s.Log.LogAttrs(context.WithoutCancel(v.r.Context()), level, "page", attrs...)
	if s.Done != nil {
		s.Done(Done{Method: v.r.Method, Route: v.route.pattern, Status: v.status, Code: v.code, Took: took, Limited: v.limited})
	}
}

// recorder notes the status of an answer.
type recorder struct {
	http.ResponseWriter
	visit *visit
}

func (r *recorder) WriteHeader(status int) {
	if r.visit.status == 0 {
		r.visit.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.visit.status == 0 {
		r.visit.status = http.StatusOK
	}
	// Each piece has its time, however many there are.
	_ = http.NewResponseController(r.ResponseWriter).SetWriteDeadline(time.Now().Add(limit.WriteTime))
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// maxMethod bounds what is noted of a method, which a stranger may have made up.
const maxMethod = 16

func clip(method string) string {
	if len(method) > maxMethod {
		return method[:maxMethod]
	}
	return method
}

// elsewhere says that what failed is not the gateway, but what it works with or the
// time that there was.
func elsewhere(err error) bool {
	_, asked := errors.AsType[ledgerError](err)
	return asked || store.Unavailable(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// ledgerError says that the ledger could not be asked. It is not the person's
// fault, and the same may succeed soon.
type ledgerError struct{ err error }

func (e ledgerError) Error() string { return "asking the ledger: " + e.err.Error() }
func (e ledgerError) Unwrap() error { return e.err }
