package main

import (
	"bufio"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/metrics"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// scrape asks as Prometheus does, and gives the value of each of our series.
func scrape(t *testing.T, m *metrics.Metrics) map[string]string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("scraping: %d %s", w.Code, w.Body)
	}
	series := map[string]string{}
	for lines := bufio.NewScanner(w.Body); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok && strings.HasPrefix(name, "skuld_") {
			series[name] = value
		}
	}
	return series
}

// measured starts the lender's gateway anew, counting.
func measured(w *world) *metrics.Metrics {
	w.t.Helper()
	old := w.gateways["lender"]
	old.end(w.t)
	m := metrics.New()
	w.start("lender", options{data: old.opts.data, metrics: m})
	return m
}

func TestMetricsCountWhatWasDone(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	m := measured(w)
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender)) // the borrower accepts at another gateway
	w.mustPay(lender, note, 100)
	w.write(lender, note+"/payments", pay(1_000_000))
	body := w.sealed(lender, w.draft(lender, note+"/payments", pay(100)))
	w.ask(lender, "POST", note+"/payments", body, nil)
	w.ask(lender, "POST", note+"/payments", body, nil) // once more is a repeat
	for range 3 {
		w.do("lender", sent{method: "GET", path: "/healthz"})
	}
	w.do("lender", sent{method: "GET", path: "/nowhere"})
	got := scrape(t, m)
	for series, want := range map[string]string{
		`skuld_commands_total{code="",op="party.register",outcome="committed"}`:                                          "1",
		`skuld_commands_total{code="",op="book.open",outcome="committed"}`:                                               "1",
		`skuld_commands_total{code="",op="offer",outcome="committed"}`:                                                   "1",
		`skuld_commands_total{code="",op="pay",outcome="committed"}`:                                                     "2",
		`skuld_commands_total{code="",op="pay",outcome="repeated"}`:                                                      "1",
		`skuld_commands_total{code="payment_exceeds",op="pay",outcome="rejected"}`:                                       "1",
		`skuld_submit_seconds_count`:                                                                                     "7",
		`skuld_ledger_faults_total`:                                                                                      "0",
		`skuld_http_requests_total{code="",method="GET",route="/healthz",status="200"}`:                                  "3",
		`skuld_http_request_seconds_count{method="GET",route="/healthz"}`:                                                "3",
		`skuld_http_requests_total{code="not_found",method="GET",route="-",status="404"}`:                                "1",
		`skuld_http_requests_total{code="payment_exceeds",method="POST",route="/v1/notes/{note}/payments",status="422"}`: "1",
		`skuld_http_under_way{kind="requests"}`:                                                                          "0",
		`skuld_read_model_live`:                                                                                          "1",
	} {
		if got[series] != want {
			t.Errorf("%s is %q, want %s", series, got[series], want)
		}
	}
	next, _ := w.gateways["lender"].store.Next()
	if want := fmt.Sprint(next); got["skuld_read_model_next_block"] != want {
		t.Errorf("the read model's next block is %s, want %s", got["skuld_read_model_next_block"], want)
	}
	if t.Failed() {
		t.Logf("the series are %s", strings.Join(slices.Sorted(maps.Keys(got)), "\n"))
	}
}

// TestLabelsAreOutOfClosedLists sends what a stranger can choose, and looks for it
// in the labels.
func TestLabelsAreOutOfClosedLists(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	m := measured(w)
	lender := w.party("lender", "lender", "company")
	for _, path := range []string{"/v1/notes/n" + strings.Repeat("a", 32), "/v1/parties/" + string(lender.party), "/v1/notes?status=invented", "/invented"} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			w.ask(lender, method, path, []byte(`{"jws":"invented"}`), nil)
		}
	}
	strange, err := http.NewRequestWithContext(t.Context(), "INVENTED", w.gateways["lender"].url+"/v1/notes", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(strange)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()

	a, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]func(string) bool{
		"method":  regexp.MustCompile(`^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|other)$`).MatchString,
		"route":   func(v string) bool { return v == "-" || a.doc.Paths.Value(v) != nil },
		"status":  regexp.MustCompile(`^[2-5][0-9][0-9]$`).MatchString,
		"code":    func(v string) bool { return v == "" || slices.Contains(ledger.Codes(), ledger.Code(v)) },
		"op":      func(v string) bool { return v == "other" || slices.Contains(ledger.Operations(), ledger.Op(v)) },
		"outcome": regexp.MustCompile(`^(committed|rejected|conflicted|unknown|repeated|offered|delivered|failed|dead)$`).MatchString,
		"by":      regexp.MustCompile(`^(party|address|gateway)$`).MatchString,
		"kind":    regexp.MustCompile(`^[a-z]+$`).MatchString,
		"le":      regexp.MustCompile(`^([0-9.e+-]+|\+Inf)$`).MatchString,
	}
	label := regexp.MustCompile(`([a-z_]+)="([^"]*)"`)
	seen := map[string]bool{}
	for series := range scrape(t, m) {
		for _, l := range label.FindAllStringSubmatch(series, -1) {
			name, value := l[1], l[2]
			seen[name] = true
			if is, known := allowed[name]; !known || !is(value) {
				t.Errorf("%s has the label %s=%q", series, name, value)
			}
		}
	}
	for _, name := range []string{"method", "route", "status", "code"} {
		if !seen[name] {
			t.Errorf("no series has the label %s", name)
		}
	}
}
