package protocol

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/skuld-registry/skuld/ledger"
)

// tracerName names who makes the spans of commands and transactions.
const tracerName = "github.com/skuld-registry/skuld/ledger/protocol"

// Ending is how an attempt at a transaction ended.
type Ending string

// The endings. Of all but the first and the last it is certain that they had no
// effect.
const (
	EndCommitted Ending = "committed"
	EndRefused   Ending = "refused"  // by the contract
	EndConflict  Ending = "conflict" // ordered, and lost
	EndInvalid   Ending = "invalid"  // ordered, and found invalid otherwise
	EndNotSent   Ending = "not_sent"
	EndUnknown   Ending = "unknown"
)

// Attempt is one attempt at a transaction, to be counted.
type Attempt struct {
	Commands int
	Bytes    int // of the message
	Number   int // how often the command that was tried most had been tried, from 1
	Ending   Ending
	Took     time.Duration
}

// Load is what a client has to do.
type Load struct {
	Waiting      int // commands in the queue
	Transactions int // under way
}

// Load tells what the client has to do just now.
func (c *Client) Load() Load {
	g := &c.gathering
	g.mu.Lock()
	defer g.mu.Unlock()
	return Load{Waiting: int(commandsIn(g.waiting)), Transactions: g.underWay}
}

// endingOf says how a submission with this error ended.
func endingOf(err error) Ending {
	var refusal *Refusal
	switch {
	case err == nil:
		return EndCommitted
	case errors.As(err, &refusal):
		return EndRefused
	case errors.Is(err, ErrConflict):
		return EndConflict
	case errors.Is(err, ErrInvalid):
		return EndInvalid
	case errors.Is(err, ErrNotSent), errors.Is(err, ErrTurnedAway):
		return EndNotSent
	}
	return EndUnknown
}

// spans are those of one command, from the moment that it is handed in until its
// caller hears of its fate. They name the command and nothing that it says.
type spans struct {
	caller  trace.SpanContext
	command trace.Span // nil where the command is not handed in
	queue   trace.Span // until it leaves the queue
}

// begin makes the spans of a command in its caller's trace.
func (t *task) begin(ctx context.Context, tracer trace.Tracer) {
	t.spans.caller = trace.SpanContextFromContext(ctx)
	ctx, t.spans.command = tracer.Start(ctx, "ledger.command", trace.WithAttributes(
		attribute.String("skuld.op", string(t.cmd.Op)), attribute.String("skuld.command", string(t.cmd.Command))))
	_, t.spans.queue = tracer.Start(ctx, "ledger.queue")
}

// end ends the spans with what the caller is told.
func (s *spans) end(f fate) {
	if s.command == nil {
		return
	}
	s.queue.End()
	state := f.outcome.State
	if f.notSent != nil {
		state = ledger.OutcomeState(EndNotSent)
	}
	s.command.SetAttributes(attribute.String("skuld.outcome", string(state)))
	if e := f.outcome.Err; e != nil {
		s.command.SetAttributes(attribute.String("skuld.code", string(e.Code)))
	}
	if f.outcome.Transaction != "" {
		s.command.SetAttributes(attribute.String("skuld.transaction", f.outcome.Transaction))
	}
	if f.notSent != nil || state == ledger.Unknown {
		s.command.SetStatus(codes.Error, string(state))
	}
	s.command.End()
}

// watched is an attempt at a transaction while it is under way.
type watched struct {
	client  *Client
	span    trace.Span
	began   time.Time
	attempt Attempt
}

// watch begins the span of a transaction. One whose commands are all of one
// caller is part of that caller's trace. One that carries several callers'
// commands belongs to none of them, so it is a trace of its own and is linked
// with each command both ways.
func (c *Client) watch(ctx context.Context, p *parcel, bytes int) (context.Context, *watched) {
	w := &watched{client: c, began: c.opts.Clock(), attempt: Attempt{Commands: len(p.tasks), Bytes: bytes}}
	caller := p.tasks[0].spans.caller
	var links []trace.Link
	for _, t := range p.tasks {
		t.attempts++
		w.attempt.Number = max(w.attempt.Number, t.attempts)
		links = append(links, trace.Link{SpanContext: t.spans.command.SpanContext()})
		if !t.spans.caller.Equal(caller) {
			caller = trace.SpanContext{}
		}
	}
	if caller.IsValid() {
		ctx = trace.ContextWithSpanContext(ctx, caller)
	}
	ctx, w.span = c.tracer.Start(ctx, "ledger.transaction", trace.WithLinks(links...), trace.WithAttributes(
		attribute.Int("skuld.commands", w.attempt.Commands), attribute.Int("skuld.bytes", bytes),
		attribute.Int("skuld.attempt", w.attempt.Number), attribute.Bool("skuld.together", p.together)))
	if !caller.IsValid() {
		for _, t := range p.tasks {
			t.spans.command.AddLink(trace.Link{SpanContext: w.span.SpanContext()})
		}
	}
	return ctx, w
}

// end ends the watch over an attempt.
func (w *watched) end(receipt Receipt, err error) {
	w.attempt.Ending, w.attempt.Took = endingOf(err), w.client.opts.Clock().Sub(w.began)
	w.span.SetAttributes(attribute.String("skuld.ending", string(w.attempt.Ending)))
	switch u := (*Undecided)(nil); {
	case err == nil:
		w.span.SetAttributes(attribute.String("skuld.transaction", receipt.Transaction),
			attribute.Int64("skuld.block", int64(receipt.Block)))
	case errors.As(err, &u):
		w.span.SetAttributes(attribute.String("skuld.transaction", u.Transaction))
	}
	if w.attempt.Ending != EndCommitted && w.attempt.Ending != EndRefused {
		w.span.SetStatus(codes.Error, string(w.attempt.Ending))
	}
	w.span.End()
	if w.client.opts.Observe != nil {
		w.client.opts.Observe(w.attempt)
	}
}
