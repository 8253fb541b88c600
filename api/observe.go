package api

import (
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/skuld-registry/skuld/ledger"
)

// tracerName names who makes the spans of requests.
const tracerName = "github.com/skuld-registry/skuld/api"

// Done is an answered request, for the metrics.
type Done struct {
	Method  string // as it came; a stranger may have sent anything
	Route   string // the pattern of the address, "-" where none fits
	Status  int
	Code    ledger.Code // of the refusal, if any
	Took    time.Duration
	Stream  bool   // it went on for as long as the client wanted
	Limited string // whose limit refused it, if one did: party, address or gateway
}

// begin makes the span of a request. It goes on with the trace that the caller
// names (W3C Trace Context), so that one trace leads from the caller's system to
// the block. The span holds the pattern of the address and never the address.
func (s *Server) begin(rt *route, r *http.Request) (*http.Request, trace.Span) {
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := s.tracer.Start(ctx, clip(r.Method, 16)+" "+rt.pattern, trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", clip(r.Method, 16)), attribute.String("http.route", rt.pattern)))
	return r.WithContext(ctx), span
}

// done tells the log, the metrics and the trace of an answered request.
func (s *Server) done(r *http.Request, c *call, span trace.Span, began time.Time) {
	took := s.Clock().Sub(began)
	if id := span.SpanContext().TraceID(); id.IsValid() {
		c.trace = id.String()
	}
	s.logCall(r, c, took)
	if s.Done != nil {
		s.Done(Done{
			Method: r.Method, Route: c.route.pattern, Status: c.answer.Status, Code: c.code, Took: took,
			Stream: c.route.stream, Limited: c.limited,
		})
	}
	if span.IsRecording() {
		span.SetAttributes(attribute.Int("http.response.status_code", c.answer.Status), attribute.String("skuld.request", c.id))
		if c.code != "" {
			span.SetAttributes(attribute.String("skuld.code", string(c.code)))
		}
		if c.transaction != "" {
			span.SetAttributes(attribute.String("skuld.transaction", c.transaction))
		}
		if c.answer.Status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, string(c.code))
		}
	}
	span.End()
}

// UnderWay tells how many requests are under way, by the kind of their place.
func (s *Server) UnderWay() map[string]int {
	return map[string]int{
		"requests": len(s.underWay), "strangers": len(s.strangers), "large": len(s.large), "streams": len(s.streams), "probes": len(s.probes),
	}
}
