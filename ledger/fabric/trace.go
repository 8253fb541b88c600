package fabric

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	grpc "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/skuld-registry/skuld/ledger/protocol"
)

// tracerName names who makes the spans of a transaction's stages.
const tracerName = "github.com/skuld-registry/skuld/ledger/fabric"

// The spans' attributes. None of them says what a transaction is about.
const (
	attrTransaction = attribute.Key("fabric.transaction")
	attrBlock       = attribute.Key("fabric.block")
	attrValidation  = attribute.Key("fabric.validation") // the peers' code
	attrEndorsers   = attribute.Key("fabric.endorsers")
	attrPeer        = attribute.Key("fabric.peer") // whose gateway is asked
	attrOutcome     = attribute.Key("fabric.outcome")
)

// stage is one stage of a transaction while it is under way.
type stage struct{ span trace.Span }

// begin makes the span of a stage. A stage that belongs to no trace makes none:
// a read that the client does for itself would be a trace of one question.
func (c *Channel) begin(ctx context.Context, name string, what ...attribute.KeyValue) (context.Context, stage) {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return ctx, stage{trace.SpanFromContext(ctx)}
	}
	ctx, span := c.tracer.Start(ctx, "fabric."+name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(what...))
	return ctx, stage{span}
}

// end ends the stage's span. Errors are named by their kind: their texts may
// quote what a peer or the contract was sent.
func (s stage) end(err error, what ...attribute.KeyValue) {
	outcome := outcomeOf(err)
	s.span.SetAttributes(append(what, attrOutcome.String(outcome))...)
	if outcome != "ok" && outcome != "refused" {
		s.span.SetStatus(codes.Error, outcome)
	}
	s.span.End()
}

// outcomeOf names how a stage ended.
func outcomeOf(err error) string {
	refused := 0
	for _, d := range details(err) {
		if _, ok := chaincodeMessage(d.GetMessage()); ok {
			refused++
		}
	}
	switch code := status.Code(statusOf(err)); {
	case err == nil:
		return "ok"
	case errors.Is(err, protocol.ErrConflict):
		return "conflict"
	case errors.Is(err, protocol.ErrInvalid):
		return "invalid"
	case refused > 0:
		return "refused"
	case errors.Is(err, context.DeadlineExceeded), code == grpc.DeadlineExceeded:
		return "timed out"
	case errors.Is(err, context.Canceled), code == grpc.Canceled:
		return "canceled"
	}
	return "failed"
}
