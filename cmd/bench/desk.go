package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/desk"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/store/casebook/crowd"
	"github.com/skuld-registry/skuld/api/store/postgrestest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// What the pages of the desk aim at: N18 and the figures of issue 5.
const (
	deskMillis = 100     // of the server, for nineteen of twenty
	deskBytes  = 100_000 // of a page with its style and its script, as they are sent
)

// deskRounds is how often each page is asked for, after once that is not counted.
const deskRounds = 20

// deskNoon is the moment at which the desk's clock stands. All that is made up lies
// before it.
var deskNoon = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

// deskNetwork is the network of which the made-up ledger is: no real one.
const deskNetwork = "0000000000000000000000000000000000000000000000000000000000000000"

// deskLoad is what a collector's desk takes on one database.
type deskLoad struct {
	Database string     `json:"database"`
	Notes    int        `json:"notes"`
	Filled   float64    `json:"filled_s"`
	Counted  float64    `json:"reports_counted_s"` // by the loop that counts what reports show
	Pages    []deskPage `json:"pages"`
}

// deskPage is what one page takes.
type deskPage struct {
	Name  string  `json:"page"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	Max   float64 `json:"max_ms"`
	CPU   float64 `json:"cpu_ms"` // of this program for one, on the average: little of it is the asking
	Bytes int     `json:"bytes"`  // with its style and its script, as they are sent
}

// misses says whether the page takes more than it may.
func (p deskPage) misses() bool { return p.P95 >= deskMillis || p.Bytes >= deskBytes }

// desks measures the pages of the desk with many notes on each kind of database.
// PostgreSQL is left out where it is not installed.
func desks(ctx context.Context, home string, notes int, progress io.Writer) (all []deskLoad, err error) {
	load, err := deskOn(ctx, "SQLite", filepath.Join(home, "desk.db"), notes, progress)
	if err != nil {
		return nil, err
	}
	all = append(all, *load)
	address, err := postgrestest.Temporary()
	if err != nil {
		fmt.Fprintf(progress, "The desk is not measured on PostgreSQL: %v\n", err)
		return all, nil
	}
	defer func() { err = errors.Join(err, postgrestest.Stop()) }()
	if load, err = deskOn(ctx, "PostgreSQL", address, notes, progress); err != nil {
		return nil, err
	}
	return append(all, *load), nil
}

// deskOn fills one database and measures all pages.
func deskOn(ctx context.Context, name, address string, notes int, progress io.Writer) (load *deskLoad, err error) {
	fmt.Fprintf(progress, "Filling a desk on %s with %d notes.\n", name, notes)
	s, err := store.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Claim(ctx, deskNetwork); err != nil {
		return nil, err
	}
	book, begin := casebook.Open(s), time.Now()
	decision, err := json.Marshal(sampleDecision())
	if err != nil {
		return nil, fmt.Errorf("writing a decision: %w", err)
	}
	if err := crowd.Fill(ctx, book, crowd.Wish{Notes: notes, Now: deskNoon, Decision: decision}); err != nil {
		return nil, err
	}
	load = &deskLoad{Database: name, Notes: notes, Filled: time.Since(begin).Seconds()}
	w, err := openDesk(ctx, book)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	begin = time.Now()
	if err := w.work.CountReports(ctx); err != nil {
		return nil, err
	}
	load.Counted = time.Since(begin).Seconds()
	var faults []error
	for _, v := range deskVisits(notes) {
		p, err := w.measure(ctx, v)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s on %s: %w", v.name, name, err))
			continue
		}
		load.Pages = append(load.Pages, p)
		mark := ""
		if p.misses() {
			mark = "  misses the aim"
		}
		fmt.Fprintf(progress, "%-10s %-34s p50 %7.1f ms  p95 %7.1f ms  cpu %6.1f ms  %6d bytes%s\n", name, p.Name, p.P50, p.P95, p.CPU, p.Bytes, mark)
	}
	return load, errors.Join(faults...)
}

// sampleDecision is what a rule decided of a note.
func sampleDecision() casework.Made {
	day := finance.DateOf(deskNoon)
	return casework.Made{
		Decision: rule.Decision{Rule: "SE.reminder@1", Kind: rule.Reminder, Outcome: rule.Act, PayBy: day.AddDays(10)},
		Facts: rule.Facts{
			On: day, Jurisdiction: finance.Sweden, Currency: "SEK", Status: ledger.StatusActive, Ours: true,
			Total: 12_000_00, Overdue: 1_066_19, OldestDue: day.AddDays(-20), PayBy: day.AddDays(-20), DaysPastDue: 20,
		},
	}
}

// readOnly is a ledger on which nothing is done: no page that is read asks it for more
// than its name.
type readOnly struct{ ledger.Service }

func (readOnly) Network() string { return deskNetwork }

// deskServer serves a desk on this machine.
type deskServer struct {
	visitors
	work  *casework.Desk
	http  *http.Server
	ended chan error
}

// The member of staff who looks at all pages, and her session.
const (
	deskCookie  = "skuld-desk"
	deskSession = "benchmarkbenchmarkbenchmarkbenchmarkbenchma" // as long as they are
)

func openDesk(ctx context.Context, book *casebook.Book) (*deskServer, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serving a desk: %w", err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	clock := func() time.Time { return deskNoon }
	work := &casework.Desk{
		Service: readOnly{}, Book: book, Party: crowd.Self, Clock: clock, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
		Limits: casework.Limits{Waiver: 500_00},
	}
	origin := "http://localhost:" + port
	pages, err := desk.New(desk.Options{
		Desk: work, RelyingParty: passkey.RelyingParty{ID: "localhost", Origin: origin, Name: "Inkasso & Omsorg AB"}, Clock: clock, Random: rand.Reader,
	})
	err = errors.Join(err, work.BeginRules(ctx), book.BeginStaffSession(ctx, deskSession, crowd.Member(1), deskNoon))
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s := &deskServer{
		visitors: visitors{base: origin, client: visitorsClient(1)}, work: work, http: &http.Server{Handler: pages, ReadHeaderTimeout: time.Minute}, ended: make(chan error, 1),
	}
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	go func() { s.ended <- s.http.Serve(listener) }()
	return s, nil
}

func (s *deskServer) close() error {
	s.client.CloseIdleConnections()
	err := s.http.Close()
	if ended := <-s.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// measure asks for a page as often as it takes to know how long it does.
func (s *deskServer) measure(ctx context.Context, v deskVisit) (deskPage, error) {
	page := deskPage{Name: v.name}
	body, sent, err := s.ask(ctx, v)
	if err != nil {
		return page, err
	}
	page.Bytes = sent
	for _, file := range slices.Compact(slices.Sorted(slices.Values(loaded.FindAllString(body, -1)))) {
		_, sent, err := s.ask(ctx, deskVisit{path: file, status: http.StatusOK})
		if err != nil {
			return page, err
		}
		page.Bytes += sent
	}
	took, used := make([]time.Duration, deskRounds), processorTime()
	for i := range took {
		begin := time.Now()
		if _, _, err := s.ask(ctx, v); err != nil {
			return page, err
		}
		took[i] = time.Since(begin)
	}
	used = processorTime() - used
	slices.Sort(took)
	sample := sample{Latencies: took}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	page.P50, page.P95, page.Max = ms(sample.percentile(50)), ms(sample.percentile(95)), ms(sample.percentile(100))
	page.CPU = ms(used) / deskRounds
	return page, nil
}

// processorTime is what this program has had of the processors; 0 where the system
// does not say.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// printDesks shows what the pages of the desk take, those that take most first.
func (r report) printDesks(out io.Writer) error {
	for _, d := range r.Desks {
		fmt.Fprintf(out, "\nThe desk of a collector with %d notes on %s, filled in %.0f s; reports are counted in %.0f s:\n",
			d.Notes, d.Database, d.Filled, d.Counted)
		pages := slices.SortedFunc(slices.Values(d.Pages), func(a, b deskPage) int { return cmp.Compare(b.P95, a.P95) })
		t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "page\tp50 ms\tp95 ms\tmost ms\tCPU ms\tkB\t\t")
		missed := 0
		for _, p := range pages {
			says := ""
			if p.misses() {
				says, missed = "misses the aim", missed+1
			}
			fmt.Fprintf(t, "%s\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%s\t\n", p.Name, p.P50, p.P95, p.Max, p.CPU, float64(p.Bytes)/1000, says)
		}
		if err := t.Flush(); err != nil {
			return err
		}
		fmt.Fprintf(out, "%d of %d pages miss the aim: %d ms for nineteen of twenty, and %d kB.\n", missed, len(pages), deskMillis, deskBytes/1000)
	}
	return nil
}
