package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLogsHoldNoPersonalDataAndNoTerms(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	w.write(lender, note+"/payments", `{"amount":{"amount":7654321,"currency":"SEK"},"paid_on":"2026-06-15","reference":"OCR-4711"}`)
	w.write(borrower, note+"/disputes", `{"text":"Min arbetsgivare heter Kalle"}`)
	w.ask(borrower, "GET", note+"?as_of=2026-06-30", nil, nil)
	w.ask(borrower, "POST", "/v1/notes/Kalle%20Kula/payments", []byte(`{"body":{"Kalle":"Kula"}}`), nil)
	w.ask(lender, "GET", "/v1/notes?borrower=Kalle", nil, nil)
	w.ask(lender, "GET", "/Kalle", nil, nil)
	log := w.journal.String()
	for _, secret := range []string{
		"Name of", "Kalle", "Kula", "OCR-4711", "K-77", "7654321", "100000", "SEK", note, lender.token, borrower.token, "eyJ",
	} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	// What it should hold: one line of each request.
	for _, wanted := range []string{
		`"route":"/v1/notes/{note}/payments"`, `"status":422`, `"code":"payment_exceeds"`, `"principal":"` + string(lender.party) + `"`,
		`"command":"`, `"transaction":"`, `"took_us":`,
	} {
		if !strings.Contains(log, wanted) {
			t.Errorf("the log lacks %s", wanted)
		}
	}
}

func TestReadModelRebuiltShowsWhatItShowedBefore(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	book := w.book(lender)
	for range 3 {
		w.mustPay(lender, w.note(lender, borrower, book), 100)
	}
	before := w.ask(lender, "GET", "/v1/notes", nil, nil)
	old := w.gateways["lender"]
	old.end(t)
	w.start("lender", options{data: old.opts.data, rebuild: true})
	lender.token = ""
	if after := w.ask(lender, "GET", "/v1/notes", nil, nil); !bytes.Equal(before.body, after.body) {
		t.Errorf("before the rebuild:\n%s\nafter:\n%s", before.body, after.body)
	}
}

func TestGatewayRefusesTheDataOfAnotherNetwork(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	old := w.gateways["lender"]
	old.end(t)
	o := old.opts
	o.service = elsewhere{o.service}
	_, err := open(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "-rebuild") {
		t.Fatalf("got %v, want an error that names -rebuild", err)
	}
}

// elsewhere is a ledger of another network.
type elsewhere struct{ ledger.Service }

func (elsewhere) Network() string { return "another" }

func TestShutdownFinishesWhatWasAcceptedAndEndsTheStreams(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	old := w.gateways["lender"]
	old.end(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := old.opts
	o.url = "http://" + listener.Addr().String()
	g, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- g.serve(ctx, listener) }()
	live := openStream(t, o.url, access(t, o.url, lender, "GET", "/v1/events"), "")
	stop()
	if err := <-served; err != nil {
		t.Errorf("serving ended with %v", err)
	}
	if !live.ended() {
		t.Error("the stream did not end")
	}
	if err := g.close(); err != nil {
		t.Error(err)
	}
	if _, err := http.Get(o.url + "/healthz"); err == nil {
		t.Error("it still answers")
	}
}

func TestReadinessSaysWhatIsMissing(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	old := w.gateways["lender"]
	old.end(t)
	w.checkError = context.DeadlineExceeded
	w.start("lender", options{data: old.opts.data})
	r := w.do("lender", sent{method: "GET", path: "/readyz"})
	if r.status != http.StatusServiceUnavailable || !strings.Contains(string(r.body), "the ledger cannot be reached") {
		t.Errorf("got %d %s", r.status, r.body)
	}
}

func TestConfigurationListsAllItsFaults(t *testing.T) {
	dir := t.TempDir()
	profile := filepath.Join(dir, "fabric.json")
	if err := os.WriteFile(profile, []byte(`{"organisation":"lender"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{
		"-check-config", "-fabric", profile, "-listen", "nowhere", "-data", filepath.Join(profile, "data"),
		"-url", "ftp://x", "-registration", "perhaps",
	}, &out, &errs)
	if code != exitUsage || out.Len() > 0 {
		t.Errorf("exit code %d, output %q", code, &out)
	}
	for _, want := range []string{"-fabric", "msp_id is missing", "-listen", "-data", "-url", "-registration"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("the faults do not name %s:\n%s", want, &errs)
		}
	}
}

func TestConfigurationRefusesUnknownFlagsAndWords(t *testing.T) {
	for _, args := range [][]string{{"-colour", "red"}, {"serve"}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, &out, &errs); code != exitUsage || errs.Len() == 0 {
			t.Errorf("%v: exit code %d, %q", args, code, &errs)
		}
	}
}
