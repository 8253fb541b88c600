package site

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/ledger"
)

// Visit is one request of a page. It belongs to the goroutine that serves it.
type Visit struct {
	W        http.ResponseWriter
	R        *http.Request
	ID       string
	Language ledger.Language
	// Of who is signed in; empty before that.
	Token     string // of the session, as the browser shows it
	Principal string // a pseudonymous id, for the limits and the log

	// For the log.
	Code    ledger.Code // of a refusal that was shown in a page of its own
	Command ledger.CommandID

	site    *Site
	guest   Guest
	route   *Route
	answer  *limit.Recorder
	cause   error
	limited string
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
func (s *Site) serve(rt *Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.Clock()
		v := &Visit{R: r, site: s, route: rt, answer: limit.Record(w)}
		v.W = v.answer
		defer func() { v.done(began) }()
		id := make([]byte, 12)
		if _, err := io.ReadFull(s.Random, id); err != nil {
			v.Code, v.cause = ledger.CodeInternal, fmt.Errorf("drawing a request's id: %w", err)
			v.W.WriteHeader(http.StatusInternalServerError)
			return
		}
		v.ID = hex.EncodeToString(id)
		s.Protect(v.W.Header())
		v.chooseLanguage()
		v.guest = s.Welcome(v)
		if err := v.bounded(); err != nil {
			if v.answer.Status != 0 { // the answer has begun; only the log can be told
				v.cause = err
				return
			}
			v.fail(err)
		}
	})
}

// bounded serves a request within its limits.
func (v *Visit) bounded() (err error) {
	select {
	case v.site.places <- struct{}{}:
		defer func() { <-v.site.places }()
	default:
		return limit.Refuse("gateway", limit.BusyWait)
	}
	ctx, cancel := context.WithTimeout(v.R.Context(), PageTime)
	defer cancel()
	v.R = v.R.WithContext(ctx)
	most := v.route.Limit
	if most == 0 {
		most = MaxForm
	}
	v.R.Body = http.MaxBytesReader(v.W, limit.Steady(v.W, v.R.Body), most)
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
		}
	}()
	leave, err := v.admit()
	defer leave()
	if err != nil {
		return err
	}
	if err := v.checkForm(); err != nil {
		return err
	}
	if v.route.SignedIn && v.Token == "" {
		return v.AskToSignIn()
	}
	return v.route.Handle(v.guest)
}

// admit finds out who asks, and whether it may now. What the caller has taken up is
// given back by leave, which is never nil. An address is counted before its session
// is looked for, so that guessing tokens is bounded, too.
func (v *Visit) admit() (leave func(), err error) {
	nothing := func() {}
	now := v.site.Clock()
	leave, err = v.site.addresses.Enter(v.Address(), now)
	if err != nil {
		return nothing, err
	}
	if err := v.guest.Recognize(now); err != nil || v.Token == "" {
		return leave, err
	}
	leave()
	leave, err = v.site.persons.Enter(v.Principal, now)
	if err != nil {
		return nothing, err
	}
	return leave, nil
}

// Address gives the network address of who asks.
func (v *Visit) Address() string { return limit.Address(v.R, v.site.Limits.Proxies) }

// Protect sets the headers that keep a page what it is: nothing runs but our own
// scripts, nothing comes from anywhere else, no other page shows it inside of
// itself, and no address that it links to learns where the reader came from.
func (s *Site) Protect(h http.Header) {
	policy := "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
	if s.Live {
		policy += "connect-src 'self'; "
	}
	h.Set("Content-Security-Policy", policy+"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
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
func (v *Visit) done(began time.Time) {
	took := v.site.Clock().Sub(began)
	attrs := []slog.Attr{
		slog.String("request", v.ID), slog.String("method", clip(v.R.Method)), slog.String("route", v.route.Pattern),
		slog.Int("status", v.answer.Status), slog.Int64("took_us", took.Microseconds()),
	}
	add := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, value))
		}
	}
	add("code", string(v.Code))
	add("limit", v.limited)
	add("command", string(v.Command))
	add("principal", v.Principal)
	level := slog.LevelInfo
	if v.cause != nil {
		level = slog.LevelWarn // the ledger, or a browser that left before its answer
		if v.Code == ledger.CodeInternal {
			level = slog.LevelError
		}
		attrs = append(attrs, slog.String("error", v.cause.Error()))
	}
	v.site.Log.LogAttrs(context.WithoutCancel(v.R.Context()), level, "page", attrs...)
	if v.site.Done != nil {
		v.site.Done(Done{Method: v.R.Method, Route: v.route.Pattern, Status: v.answer.Status, Code: v.Code, Took: took, Limited: v.limited})
	}
}

// maxMethod bounds what is noted of a method, which a stranger may have made up.
const maxMethod = 16

func clip(method string) string {
	if len(method) > maxMethod {
		return method[:maxMethod]
	}
	return method
}
