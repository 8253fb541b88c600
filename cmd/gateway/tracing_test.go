package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// said gives an attribute of a span in words.
func said(s sdk.ReadOnlySpan, key string) string {
	for _, a := range s.Attributes() {
		if a.Key == attribute.Key(key) {
			return a.Value.String()
		}
	}
	return ""
}

// TestTraceOfAWriteLeadsFromTheCallerToTheBlock follows one payment: the caller's
// own trace, the request, the command, its transaction, and by the transaction's
// id the blocks that the read model takes.
func TestTraceOfAWriteLeadsFromTheCallerToTheBlock(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))
	w := newWorld(t, inproc.Options{Client: protocol.ClientOptions{Tracer: provider}})
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	old := w.gateways["lender"]
	old.end(t)
	w.start("lender", options{data: old.opts.data, traces: provider})
	lender.token = "" // it was the other one's
	body := w.sealed(lender, w.draft(lender, note+"/payments", pay(100)))

	const trace = "0af7651916cd43dd8448eb211c80319c"
	r := w.ask(lender, "POST", note+"/payments", body, http.Header{"Traceparent": {"00-" + trace + "-b7ad6b7169203331-01"}})
	var receipt struct {
		Transaction string `json:"transaction"`
	}
	if err := json.Unmarshal(r.body, &receipt); err != nil || receipt.Transaction == "" {
		t.Fatalf("got %d %s", r.status, r.body)
	}
	w.catchUp("lender")
	w.gateways["lender"].end(t) // so that its last spans have ended
	find := func(name string, fits func(sdk.ReadOnlySpan) bool) sdk.ReadOnlySpan {
		i := slices.IndexFunc(spans.Ended(), func(s sdk.ReadOnlySpan) bool { return s.Name() == name && fits(s) })
		if i < 0 {
			t.Fatalf("there is no such span %s", name)
		}
		return spans.Ended()[i]
	}
	traced := func(s sdk.ReadOnlySpan) bool { return s.SpanContext().TraceID().String() == trace }
	request := find("POST /v1/notes/{note}/payments", traced)
	command, transaction := find("ledger.command", traced), find("ledger.transaction", traced)
	if request.Parent().SpanID().String() != "b7ad6b7169203331" || command.Parent().SpanID() != request.SpanContext().SpanID() {
		t.Error("the request is not part of the caller's span, or the command not of the request")
	}
	for _, s := range []sdk.ReadOnlySpan{request, command, transaction} {
		if said(s, "skuld.transaction") != receipt.Transaction {
			t.Errorf("%s names the transaction %q", s.Name(), said(s, "skuld.transaction"))
		}
	}
	find("read_model.blocks", func(s sdk.ReadOnlySpan) bool {
		return strings.Contains(said(s, "skuld.transactions"), receipt.Transaction)
	})
	if !strings.Contains(w.journal.String(), `"trace":"`+trace+`"`) {
		t.Error("the log does not name the trace")
	}
	for _, s := range spans.Ended() { // none tells whose note it is, or what it says
		for _, a := range s.Attributes() {
			if v := a.Value.String(); strings.Contains(v, strings.TrimPrefix(note, "/v1/notes/")) || strings.Contains(v, string(lender.party)) {
				t.Errorf("%s says %s=%s", s.Name(), a.Key, v)
			}
		}
	}
}

func TestSpansGoToTheCollectorThatIsConfigured(t *testing.T) {
	var posts atomic.Int32
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/traces" && r.Header.Get("Content-Type") == "application/x-protobuf" {
			posts.Add(1)
		}
	}))
	defer collector.Close()
	for name, c := range map[string]struct {
		config tracingConfig
		env    string
		want   int32
	}{
		"nowhere":              {tracingConfig{Percent: 100}, "", 0},
		"by the configuration": {tracingConfig{Percent: 100, Endpoint: collector.URL + "/v1/traces"}, "", 1},
		"by the standard":      {tracingConfig{Percent: 100}, collector.URL, 1},
		"none chosen":          {tracingConfig{Endpoint: collector.URL + "/v1/traces"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			posts.Store(0)
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.env)
			provider, flush, err := openTraces(t.Context(), c.config, "lender")
			if err != nil {
				t.Fatal(err)
			}
			_, span := provider.Tracer("test").Start(t.Context(), "x")
			span.End()
			if err := flush(); err != nil || posts.Load() != c.want {
				t.Errorf("%d posts and %v, want %d", posts.Load(), err, c.want)
			}
		})
	}
}
