package protocol_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// recorded has a client make its spans where the test can look at them.
func recorded() (*tracetest.SpanRecorder, trace.TracerProvider, func(*protocol.ClientOptions)) {
	spans := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))
	return spans, provider, func(o *protocol.ClientOptions) { o.Tracer, o.UnderWay = provider, 1 }
}

// named gives the ended spans of a name, in the order of their ends.
func named(r *tracetest.SpanRecorder, name string) []sdk.ReadOnlySpan {
	return slices.DeleteFunc(slices.Clone(r.Ended()), func(s sdk.ReadOnlySpan) bool { return s.Name() != name })
}

// told gives an attribute of a span in words.
func told(s sdk.ReadOnlySpan, key string) string {
	for _, a := range s.Attributes() {
		if a.Key == attribute.Key(key) {
			return a.Value.String()
		}
	}
	return ""
}

func TestTraceLeadsFromTheCallerToItsTransaction(t *testing.T) {
	spans, provider, traced := recorded()
	f := start(t, lenderOrg, traced)
	f.ledger.fault = func(n int, _ protocol.Batch) fault { return fault{conflict: n == 0} }
	command, _ := f.register(ledger.Company)
	ctx, request := provider.Tracer("test").Start(t.Context(), "request")
	if all, err := f.client.Submit(ctx, command); err != nil || all[0].State != ledger.Committed {
		t.Fatal(all, err)
	}
	request.End()
	commands, queue, transactions := named(spans, "ledger.command"), named(spans, "ledger.queue"), named(spans, "ledger.transaction")
	if len(commands) != 1 || len(queue) != 1 || len(transactions) != 2 {
		t.Fatalf("%d commands, %d waits and %d transactions", len(commands), len(queue), len(transactions))
	}
	if commands[0].Parent().SpanID() != request.SpanContext().SpanID() || queue[0].Parent().SpanID() != commands[0].SpanContext().SpanID() {
		t.Error("the command is not part of the request, or its wait not of it")
	}
	if op, outcome, tx := told(commands[0], "skuld.op"), told(commands[0], "skuld.outcome"), told(commands[0], "skuld.transaction"); op != "party.register" || outcome != "committed" || tx != "tx-1" {
		t.Errorf("the command's span says %s, %s, %s", op, outcome, tx)
	}
	for i, want := range []string{"conflict", "committed"} {
		s := transactions[i]
		if s.Parent().SpanID() != request.SpanContext().SpanID() || len(s.Links()) != 1 || s.Links()[0].SpanContext.SpanID() != commands[0].SpanContext().SpanID() {
			t.Errorf("attempt %d is not part of the request, or not linked with its command", i+1)
		}
		if told(s, "skuld.ending") != want || told(s, "skuld.attempt") != fmt.Sprint(i+1) || (s.Status().Code == codes.Error) != (i == 0) {
			t.Errorf("attempt %d: %v, %v", i+1, s.Attributes(), s.Status())
		}
	}
	if transactions[1].StartTime().Before(transactions[0].EndTime()) || told(transactions[1], "skuld.block") != "7" {
		t.Errorf("%v", transactions[1].Attributes())
	}
}

func TestTransactionOfSeveralCallersIsATraceOfItsOwnThatIsLinkedWithEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		spans, provider, traced := recorded()
		f := start(t, lenderOrg, traced)
		letGo := f.hold()
		var wg sync.WaitGroup
		for i, list := range f.registrations(3) {
			ctx, request := provider.Tracer("test").Start(t.Context(), fmt.Sprint("request ", i))
			wg.Go(func() {
				defer request.End()
				if _, err := f.client.Submit(ctx, list...); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		letGo()
		wg.Wait()
		transactions := named(spans, "ledger.transaction")
		if len(transactions) != 2 {
			t.Fatalf("%d transactions", len(transactions))
		}
		shared := transactions[1]
		if shared.Parent().IsValid() || len(shared.Links()) != 2 || told(shared, "skuld.commands") != "2" {
			t.Errorf("parent %v, %d links, %v", shared.Parent(), len(shared.Links()), shared.Attributes())
		}
		linked := 0
		for _, s := range named(spans, "ledger.command") {
			if len(s.Links()) == 1 && s.Links()[0].SpanContext.Equal(shared.SpanContext()) {
				linked++
			}
		}
		if linked != 2 {
			t.Errorf("%d commands are linked with the transaction that they share", linked)
		}
	})
}

func TestSpansSayHowACommandEndedAndNothingThatItSays(t *testing.T) {
	spans, _, traced := recorded()
	f := start(t, lenderOrg, traced)
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	f.submit(f.client, f.pay(n, 3, 200_000))
	f.ledger.fault = func(n int, _ protocol.Batch) fault { return fault{err: protocol.ErrTurnedAway} }
	if _, err := f.client.Submit(t.Context(), f.pay(n, 3, 1000)); err == nil {
		t.Error("a caller that is turned away is told nothing")
	}
	commands := named(spans, "ledger.command")
	refused, unsent := commands[len(commands)-2], commands[len(commands)-1]
	if told(refused, "skuld.outcome") != "rejected" || told(refused, "skuld.code") != "payment_exceeds" || refused.Status().Code == codes.Error {
		t.Errorf("a refusal: %v, %v", refused.Attributes(), refused.Status())
	}
	if told(unsent, "skuld.outcome") != "not_sent" || unsent.Status().Code != codes.Error {
		t.Errorf("what was not sent: %v, %v", unsent.Attributes(), unsent.Status())
	}
	if len(spans.Started()) != len(spans.Ended()) {
		t.Errorf("%d spans began and %d ended", len(spans.Started()), len(spans.Ended()))
	}
	for _, s := range spans.Ended() {
		if text := fmt.Sprint(s.Name(), s.Attributes(), s.Events(), s.Status()); strings.Contains(text, "Holm") || strings.Contains(text, "200000") || strings.Contains(text, string(n.borrower.id)) {
			t.Errorf("a span says too much: %s", text)
		}
	}
}

func TestEveryAttemptIsObserved(t *testing.T) {
	var mu sync.Mutex
	var seen []protocol.Attempt
	f := start(t, lenderOrg, func(o *protocol.ClientOptions) {
		o.Observe = func(a protocol.Attempt) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, a)
		}
	})
	errs := []error{protocol.ErrConflict, protocol.ErrInvalid, protocol.ErrNotSent, nil}
	f.ledger.fault = func(n int, _ protocol.Batch) fault {
		f.ledger.now = f.ledger.now.Add(time.Second)
		return fault{err: errs[min(n, 3)]}
	}
	command, s := f.register(ledger.Company)
	f.commit(f.client, command)
	_, stranger := f.register(ledger.Company)
	f.submit(f.client, f.openBook(stranger))
	f.ledger.fault = func(int, protocol.Batch) fault { return fault{err: fmt.Errorf("the connection broke"), effect: true} }
	f.commit(f.client, f.openBook(s))
	want := []protocol.Ending{protocol.EndConflict, protocol.EndInvalid, protocol.EndNotSent, protocol.EndCommitted, protocol.EndRefused, protocol.EndUnknown}
	if len(seen) != len(want) {
		t.Fatalf("%d attempts", len(seen))
	}
	for i, a := range seen {
		number, took := 1, time.Duration(0)
		if i < 4 {
			number = i + 1
		}
		if i < 5 {
			took = time.Second
		}
		if a.Ending != want[i] || a.Number != number || a.Commands != 1 || a.Bytes < 500 || a.Took != took {
			t.Errorf("attempt %d: %+v, want %s", i, a, want[i])
		}
	}
}

func TestLoadIsWhatWaitsAndWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lenderOrg, func(o *protocol.ClientOptions) { o.UnderWay = 1 })
		letGo := f.hold()
		c := f.call(f.registrations(4)...)
		if got, want := f.client.Load(), (protocol.Load{Waiting: 3, Transactions: 1}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		letGo()
		c.allCommitted()
		synctest.Wait()
		if got := f.client.Load(); got != (protocol.Load{}) {
			t.Errorf("at the end %+v", got)
		}
	})
}
