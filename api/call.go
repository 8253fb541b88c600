package api

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// call is what is known of one request. It belongs to the goroutine that
// serves the request.
type call struct {
	id     string
	route  *route
	lang   ledger.Language
	party  *ledger.Party // who asks; nil where nobody has proved who it is
	keyID  string        // the key with which it did
	scopes auth.Scopes   // what its token covers
	// expires is when its token does, which ends a stream.
	expires time.Time
	// dryRun says that nothing is to be done, only told what would be.
	dryRun bool
	// passing says that one of several commands was refused for now only, so that
	// the answer is not kept for the request's key.
	passing bool
	// secret says that the answer holds what must not be kept. It is made anew for
	// the same request.
	secret bool

	// For the log.
	answer      *limit.Recorder
	code        ledger.Code
	cause       error
	command     ledger.CommandID
	transaction string
	trace       string // the trace that the request belongs to, if any
	limited     string // whose limit refused it, if one did
	replayed    bool   // the answer is that of an earlier request with the same key
}

type callKey struct{}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// serve makes a handler of a route: it gives the request its id and its limits,
// finds out who asks, turns errors into problems, and writes one line to the log.
func (s *Server) serve(rt *route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.Clock()
		c := &call{route: rt, lang: languageOf(r.Header.Get("Accept-Language"))}
		rec := limit.Record(w)
		rec.Stream, c.answer = rt.stream, rec
		r, span := s.begin(rt, r)
		defer func() { s.done(r, c, span, began) }()
		id := make([]byte, 12)
		if _, err := io.ReadFull(s.Random, id); err != nil {
			c.code, c.cause = ledger.CodeInternal, fmt.Errorf("drawing a request's id: %w", err)
			rec.WriteHeader(http.StatusInternalServerError)
			return
		}
		c.id = hex.EncodeToString(id)
		w.Header().Set("X-Request-Id", c.id)
		s.protect(w.Header())
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		if err := s.giveNonce(w.Header()); err != nil {
			s.fail(rec, r, err)
			return
		}
		if err := s.bounded(rt, rec, r); err != nil {
			if c.answer.Status != 0 { // the answer has begun; only the log can be told
				c.cause = err
				if _, cut := errors.AsType[errCutOff](err); cut {
					panic(http.ErrAbortHandler) // or what was sent would pass for all of it
				}
				return
			}
			s.fail(rec, r, err)
		}
	})
}

// bounded serves a request within its limits.
func (s *Server) bounded(rt *route, w http.ResponseWriter, r *http.Request) (err error) {
	if !oneLine(r.URL.Path) {
		return absent() // nothing here has such a name, and not every database could look for it
	}
	places := s.places(rt, r)
	select {
	case places <- struct{}{}:
		defer func() { <-places }()
	default:
		return limit.Refuse("gateway", limit.BusyWait)
	}
	if rt.stream {
		// It goes on for longer than a request may; each event has its own time.
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	} else {
		ctx, cancel := context.WithTimeout(r.Context(), requestTime)
		defer cancel()
		r = r.WithContext(ctx)
	}
	most := rt.limit
	if most == 0 {
		most = maxBody
	}
	if stranger(rt, r) {
		most = min(most, maxStrangerBody)
	}
	r.Body = http.MaxBytesReader(w, limit.Steady(w, r.Body), most)
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
		}
	}()
	leave, err := s.admit(rt, r)
	defer leave()
	if err != nil {
		return err
	}
	// A parameter that stands nowhere is refused: the caller means something by it.
	if q := readQuery(r, s.queries[rt.name]...); rt.name != "" && q.err != nil {
		return q.err
	}
	if err := readDryRun(rt, r); err != nil {
		return err
	}
	if callOf(r.Context()).dryRun {
		r = r.WithContext(store.Rehearse(r.Context()))
	}
	return s.once(rt, w, r)
}

// protect sets the headers that keep an answer what it is: data for the caller,
// which no browser runs, shows inside of a page, or tells another site about. A
// handler that serves a page of ours sets its own Content-Security-Policy.
func (s *Server) protect(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	// Answers are about people's debts; none may stay in a cache between.
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	if strings.HasPrefix(s.URL, "https://") {
		h.Set("Strict-Transport-Security", "max-age=63072000") // RFC 6797; two years
	}
}

// places gives the places of which a request needs one while it is under way. A
// body counts as large by the length that is said of it, beyond which nothing of
// it is read: one command is no batch, whichever address takes both. Probes have
// places of their own, or a busy gateway would be taken for a dead one and
// restarted, with all that it had under way. So have strangers: a few of them with
// slow bodies would otherwise keep everybody out who has proved who it is.
func (s *Server) places(rt *route, r *http.Request) chan struct{} {
	switch {
	case rt.probe:
		return s.probes
	case stranger(rt, r):
		return s.strangers
	case rt.stream:
		return s.streams
	case rt.limit > maxBody && (r.ContentLength < 0 || r.ContentLength > maxBody):
		return s.large
	}
	return s.underWay
}

// logCall writes the one line that a request leaves. It holds no personal data:
// the pattern of the address and not the address, pseudonymous ids, a code and
// no text of a refusal.
func (s *Server) logCall(r *http.Request, c *call, took time.Duration) {
	attrs := []slog.Attr{
		slog.String("request", c.id), slog.String("method", clip(r.Method, 16)), slog.String("route", c.route.pattern),
		slog.Int("status", c.answer.Status), slog.Int64("took_us", took.Microseconds()),
	}
	add := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, value))
		}
	}
	add("code", string(c.code))
	if c.party != nil {
		add("principal", string(c.party.ID))
	}
	add("command", string(c.command))
	add("transaction", c.transaction)
	add("trace", c.trace)
	if c.replayed {
		add("replayed", "true")
	}
	level := slog.LevelInfo
	if c.cause != nil {
		level = slog.LevelWarn // the ledger, or a client that left before its answer
		if c.code == ledger.CodeInternal {
			level = slog.LevelError
		}
		attrs = append(attrs, slog.String("error", c.cause.Error()))
	}
	s.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

func clip(s string, most int) string {
	if len(s) > most {
		return s[:most]
	}
	return s
}
