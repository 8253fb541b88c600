package fabric_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"go.opentelemetry.io/otel/attribute"
	otel "go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc/codes"

	"github.com/skuld-registry/skuld/ledger/fabric"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// staged submits one transaction as part of a trace and gives the spans of its
// stages as a reader of the trace sees them: name, outcome, and whether it is an error.
func staged(t *testing.T, arrange func(*members)) (stages []string, spans []sdk.ReadOnlySpan) {
	t.Helper()
	m := gather(t)
	arrange(m)
	recorder := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder))
	c := m.connect(t, func(o *fabric.Options) {
		o.Tracer, o.Attempts, o.CommitTimeout, o.SubmitTimeout = provider, 2, impatient, impatient
	})
	ctx, root := provider.Tracer("test").Start(t.Context(), "transaction")
	_, _ = c.Submit(ctx, protocol.Submission{Fn: protocol.FnApply, Transient: map[string][]byte{"batch": []byte("b")}})
	root.End()
	for _, s := range recorder.Ended() {
		if s.Parent().SpanID() != root.SpanContext().SpanID() {
			continue
		}
		said := told(s, "fabric.outcome")
		if s.Status().Code == otel.Error {
			said += "!"
		}
		stages, spans = append(stages, s.Name()+" "+said), append(spans, s)
	}
	return stages, spans
}

func told(s sdk.ReadOnlySpan, key string) string {
	for _, a := range s.Attributes() {
		if a.Key == attribute.Key(key) {
			return a.Value.String()
		}
	}
	return ""
}

func TestEachStageOfATransactionHasASpan(t *testing.T) {
	stages, spans := staged(t, func(*members) {})
	if want := []string{"fabric.endorse ok", "fabric.submit ok", "fabric.commit_status ok"}; !slices.Equal(stages, want) {
		t.Fatalf("stages %v, want %v", stages, want)
	}
	for _, s := range spans {
		if tx := told(s, "fabric.transaction"); len(tx) != 64 || tx != told(spans[0], "fabric.transaction") {
			t.Errorf("%s names transaction %q", s.Name(), tx)
		}
	}
	if orgs := told(spans[0], "fabric.endorsers"); orgs != `["RegistrarMSP","LenderMSP"]` {
		t.Errorf("endorsed by %s", orgs)
	}
	if block, code := told(spans[2], "fabric.block"), told(spans[2], "fabric.validation"); block != "12" || code != "VALID" {
		t.Errorf("block %s, %s", block, code)
	}
}

func TestSpanOfAStageSaysHowItEnded(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	for name, c := range map[string]struct {
		arrange func(*members)
		want    []string
	}{
		"the contract refuses": {func(m *members) {
			m.lender.endorse = func(int, []string) error {
				return refused(codes.Aborted, detail{"RegistrarMSP", own("no")}, detail{"LenderMSP", own("no")})
			}
		}, []string{"fabric.endorse refused"}},
		"a peer is down": {func(m *members) {
			m.lender.endorse = func(n int, _ []string) error {
				if n == 0 {
					return refused(codes.Unavailable, detail{"LenderMSP", "connection refused"})
				}
				return nil
			}
		}, []string{"fabric.endorse failed!", "fabric.endorse ok", "fabric.submit ok", "fabric.commit_status ok"}},
		"ordering fails":      {func(m *members) { m.arrange("submit", "failed", true) }, []string{"fabric.endorse ok", "fabric.submit failed!"}},
		"ordering hangs":      {func(m *members) { m.lender.submit = func() error { <-hang; return nil } }, []string{"fabric.endorse ok", "fabric.submit timed out!"}},
		"the status hangs":    {func(m *members) { m.arrange("commit status", "timed out", true) }, []string{"fabric.endorse ok", "fabric.submit ok", "fabric.commit_status timed out!"}},
		"it loses":            {validated(peer.TxValidationCode_MVCC_READ_CONFLICT), []string{"fabric.endorse ok", "fabric.submit ok", "fabric.commit_status conflict!"}},
		"it is found invalid": {validated(peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE), []string{"fabric.endorse ok", "fabric.submit ok", "fabric.commit_status invalid!"}},
	} {
		t.Run(name, func(t *testing.T) {
			if stages, _ := staged(t, c.arrange); !slices.Equal(stages, c.want) {
				t.Errorf("stages %v, want %v", stages, c.want)
			}
		})
	}
}

func validated(code peer.TxValidationCode) func(*members) {
	return func(m *members) { m.lender.commitStatus, m.registrar.commitStatus = with(code), with(code) }
}

func TestQuestionHasASpanWhereItIsPartOfATrace(t *testing.T) {
	m := gather(t)
	m.registrar.evaluate = func([][]byte, []string) ([]byte, error) { return nil, nil }
	recorder := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder))
	c := m.connect(t, func(o *fabric.Options) { o.Tracer = provider })
	traced, root := provider.Tracer("test").Start(t.Context(), "request")
	defer root.End()
	for _, ctx := range []context.Context{t.Context(), traced} {
		if _, err := c.Evaluate(ctx, protocol.FnRead, []byte("q")); err != nil {
			t.Fatal(err)
		}
	}
	ended := recorder.Ended()
	if len(ended) != 1 || ended[0].Name() != "fabric.evaluate" || told(ended[0], "fabric.peer") != "RegistrarMSP" {
		t.Errorf("spans %s", fmt.Sprint(ended))
	}
}
