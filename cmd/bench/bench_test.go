package main

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// testLedgers are the in-memory ledger's, by the names of organisations.
func testLedgers(t *testing.T) ledgers {
	t.Helper()
	l, err := inproc.New(inproc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return ledgers{
		"lender":    l.Service("LenderMSP"),
		"collector": l.Service("CollectorMSP"),
		"registrar": l.Service("RegistrarMSP"),
	}
}

func TestEveryOperationCommitsForEveryCaller(t *testing.T) {
	at := testLedgers(t)
	c, err := newCast(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	const callers, turns = 4, 3
	for _, w := range operations(c, at, at, false) {
		t.Run(w.Name, func(t *testing.T) {
			do, err := w.prepare(t.Context(), callers)
			if err != nil {
				t.Fatal(err)
			}
			together(callers, func(caller int) {
				for range turns {
					if _, err := do(t.Context(), caller); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}

func TestLedgerIsFilledUpToTheNotesThatWereAskedFor(t *testing.T) {
	at := testLedgers(t)
	c, err := newCast(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	const wanted, callers = 12, 4
	s := &stage{cast: c, groups: at}
	if err := s.fill(t.Context(), wanted, callers, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	if got := c.offered.Load(); got < wanted || got >= wanted+callers {
		t.Errorf("there are %d notes, want %d and at most one more for each caller", got, wanted)
	}
}

func TestNoteIsReplacedWhenItCannotBeSoldAgain(t *testing.T) {
	at := testLedgers(t)
	c, err := newCast(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	const lastSale = 2 + 2*ledger.MaxEndorsements
	if (&held{seq: lastSale - 2}).soldOut() {
		t.Error("a note is replaced that can be sold once more")
	}
	notes := []*held{{note: "worn", seq: lastSale, holder: c.lender}}
	if _, err := c.sell(t.Context(), at, at, notes, 0); err != nil {
		t.Fatal(err)
	}
	if notes[0].note == "worn" || notes[0].holder != c.collector {
		t.Errorf("the caller holds %+v, want a new note that the collector has bought", notes[0])
	}
}

func TestMeasureCountsWhatEndsWithinTheTime(t *testing.T) {
	const d = 80 * time.Millisecond
	edges := 0
	began := time.Now()
	s := measure(t.Context(), 3, d, func(ctx context.Context, caller int) (int, error) {
		switch caller {
		case 0:
			<-time.After(2 * d) // Ends too late to count.
			return 1, nil
		case 1:
			<-time.After(time.Millisecond)
			return 0, errors.New("refused")
		}
		<-time.After(time.Millisecond)
		return 2, nil
	}, func() { edges++ })
	if edges != 2 {
		t.Errorf("told of %d edges, want where counting begins and where it ends", edges)
	}
	if s.Commands == 0 || s.Commands != 2*len(s.Latencies) {
		t.Errorf("counted %d commands and %d turns, want two a turn and some", s.Commands, len(s.Latencies))
	}
	if most := int(d / time.Millisecond); len(s.Latencies) > most {
		t.Errorf("counted %d turns of 1 ms in %s, after a start at %s", len(s.Latencies), d, began)
	}
	if s.Errors == 0 || s.First == nil {
		t.Error("no error was counted")
	}
	if !slices.IsSorted(s.Latencies) {
		t.Error("the latencies are not sorted")
	}
}

func TestMeasureEndsWhenItIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := measure(ctx, 1, time.Hour, func(context.Context, int) (int, error) {
		cancel()
		return 1, nil
	}, func() {})
	if s.Commands != 0 {
		t.Errorf("counted %d commands before the time began", s.Commands)
	}
}

func TestPercentileIsTheNearestRank(t *testing.T) {
	var s sample
	for i := 1; i <= 200; i++ {
		s.Latencies = append(s.Latencies, time.Duration(i))
	}
	for p, want := range map[int]time.Duration{50: 100, 95: 190, 99: 198, 100: 200} {
		if got := s.percentile(p); got != want {
			t.Errorf("percentile %d is %d, want %d", p, got, want)
		}
	}
	if got := (sample{Latencies: []time.Duration{7}}).percentile(50); got != 7 {
		t.Errorf("the median of one latency is %d, want it", got)
	}
	if got := (sample{}).percentile(50); got != 0 {
		t.Errorf("the median of nothing is %d, want 0", got)
	}
}

func TestRatiosCompareEachAtItsBestNumberOfCallers(t *testing.T) {
	cells := []cell{
		{Workload: floorName, Callers: 1, PerSecond: 10, P50: 50},
		{Workload: "offer", Callers: 1, PerSecond: 8, P50: 70},
		{Workload: "pay", Callers: 1, PerSecond: 4, P50: 80},
		{Workload: floorName, Callers: 50, PerSecond: 200, P50: 100},
		{Workload: "offer", Callers: 50, PerSecond: 120},
		{Workload: "pay", Callers: 50, PerSecond: 80},
		{Workload: "offer", Grouped: true, Callers: 50, PerSecond: 500},
		{Workload: "pay", Grouped: true, Callers: 50, PerSecond: 300},
	}
	r := newReport(time.Second, cells, peaks{})
	want := map[string]float64{"throughput_vs_put": 0.5, "throughput_vs_put_grouped": 2, "lone_p50_vs_put": 1.5}
	for name, value := range want {
		if r.Ratios[name] != value {
			t.Errorf("%s is %v, want %v", name, r.Ratios[name], value)
		}
	}
	if got := r.RatiosByOperation["pay"]["throughput_vs_put"]; got != 0.4 {
		t.Errorf("of pay alone it is %v, want 0.4", got)
	}
	if _, ok := r.RatiosByOperation[floorName]; ok {
		t.Error("the put is compared with itself")
	}
}

func TestReportIsReadableAndWritten(t *testing.T) {
	cells := []cell{
		newCell(workload{Name: floorName}, 1, sample{Commands: 10, Took: time.Second, Latencies: []time.Duration{50 * time.Millisecond}},
			map[string]time.Duration{"orderer0": 20 * time.Millisecond}),
		newCell(workload{Name: "pay", Grouped: true}, 1, sample{Commands: 5, Took: time.Second, Errors: 2}, nil),
	}
	r := newReport(time.Second, cells, peaks{"orderer0": 64 << 20})
	r.Gateways = &gatewayLoad{Notes: 10_000, Memory: map[string]int64{"gateway.lender": 77 << 20}}
	var b strings.Builder
	if err := r.print(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"pay, grouped", "10.0", "50.0", "0.50", "orderer0", "64", "2.00", "with group commit", "gateway.lender has 77 MB with 10000 notes"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing from\n%s", want, b.String())
		}
	}
	path := filepath.Join(t.TempDir(), "bench.json")
	if err := r.write(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"ratios"`, `"throughput_vs_put_grouped": 0.5`, `"cpu_ms_per_command"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing from\n%s", want, text)
		}
	}
}

func TestPagesAreComparedWithTheFileAtEachNumberOfCallers(t *testing.T) {
	cells := []cell{
		{Workload: fileName, Callers: 1, PerSecond: 100}, {Workload: statusName, Callers: 1, PerSecond: 90},
		{Workload: fileName, Callers: 50, PerSecond: 400}, {Workload: statusName, Callers: 50, PerSecond: 100},
	}
	if got := pagesPerFile(cells); !maps.Equal(got, map[int]float64{1: .9, 50: .25}) {
		t.Errorf("got %v", got)
	}
	var b strings.Builder
	r := report{Pages: &pagesLoad{Cells: cells, VsFile: pagesPerFile(cells), Alone: 60, Meanwhile: 66}}
	if err := r.printPages(&b); err != nil || !strings.Contains(b.String(), "50 at a time: 0.25 pages") || !strings.Contains(b.String(), "60.0 ms alone, 66.0 ms") {
		t.Errorf("%v\n%s", err, &b)
	}
}

// TestVisitorsComeAndLeave shows them a site that counts them, and one that fails.
func TestVisitorsComeAndLeave(t *testing.T) {
	var asked atomic.Int64
	enough := make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 100 {
			close(enough)
		}
		if r.URL.Path == "/broken" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer site.Close()
	v := visitors{base: site.URL, client: visitorsClient(50)}
	leave := v.come(t.Context(), "/page")
	<-enough
	if err := leave(); err != nil {
		t.Error(err)
	}
	if _, err := v.get(t.Context(), "/broken"); err == nil {
		t.Error("a page that fails is taken for one")
	}
}

func TestStatOfAProcessIsRead(t *testing.T) {
	line := "42 (a (name)) S 1 42 42 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 9 0 12345 1000000 256 18446744073709551615 1 1\n"
	got, err := parseStat(line)
	if err != nil {
		t.Fatal(err)
	}
	want := usage{CPU: 2 * time.Second, Memory: 256 * int64(os.Getpagesize())}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, bad := range []string{"", "42 (x", "42 (x) S 1 2", strings.Replace(line, " 150 ", " x ", 1)} {
		if _, err := parseStat(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestCommandLineIsChecked(t *testing.T) {
	for _, args := range [][]string{
		{"-callers", "0"}, {"-callers", "1,x"}, {"-callers", "2001"}, {"-duration", "0s"}, {"-unknown"}, {"-notes", "-1"},
	} {
		if _, err := parse(args, &strings.Builder{}); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
	o, err := parse([]string{"-callers", "3,4", "-only", "pay"}, &strings.Builder{})
	if err != nil || !slices.Equal(o.Callers, []int{3, 4}) || !slices.Equal(o.Only, []string{"pay"}) {
		t.Errorf("got %+v and %v", o, err)
	}
}
