package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"time"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/network"
)

// The workloads of the pages: the public page of a note, and beside it a file that the
// same program serves out of its memory.
const (
	statusName = "status page"
	fileName   = "static file"
)

// crisisCallers are those of a usual day, a bad one, and one in the news.
var crisisCallers = []int{1, 50, 500}

// crisisRate is how many pages a second are asked for while a command's latency is
// looked at. Callers that ask as fast as they can would take the processors that the
// ledger has, too, which in a real crisis they do not.
const crisisRate = 500

// maxPageBytes bounds what is read of a page or a file.
const maxPageBytes = 1 << 20

// pagesLoad is what the public page of a note bears.
type pagesLoad struct {
	Cells []cell `json:"cells"`
	// VsFile is how many pages a second there are for each of the file, by callers.
	VsFile map[int]float64 `json:"pages_per_file"`
	// Alone and Meanwhile are the median of a lone caller's payments, in milliseconds,
	// without and with crisisRate pages a second.
	Alone     float64 `json:"command_p50_ms"`
	Meanwhile float64 `json:"command_p50_ms_in_a_crisis"`
}

// pages measures the public page of a note at the registrar's gateway.
func (s *stage) pages(ctx context.Context, o options, r *rig, progress io.Writer) (*pagesLoad, error) {
	endpoints, err := network.ReadEndpoints(r.home)
	if err != nil {
		return nil, err
	}
	site := visitors{base: endpoints["registrar"].Gateway, client: visitorsClient(crisisCallers[len(crisisCallers)-1])}
	defer site.client.CloseIdleConnections()
	notes, err := s.cast.activeNotes(ctx, s.groups, 1)
	if err != nil {
		return nil, err
	}
	key, err := code.OpenKey(filepath.Join(r.home.GatewayData("registrar"), "pages.key"))
	if err != nil {
		return nil, err
	}
	page := "/n/" + key.Of(notes[0].note).String()
	body, err := site.await(ctx, page)
	if err != nil {
		return nil, err
	}
	file := icon.FindString(body)
	if file == "" {
		return nil, errors.New("the page of a note has no icon")
	}
	o.Callers = crisisCallers
	cells, _, err := measureAll(ctx, o, []workload{site.workload(fileName, file), site.workload(statusName, page)}, r, progress)
	if err != nil {
		return nil, err
	}
	load := &pagesLoad{Cells: cells, VsFile: pagesPerFile(cells)}
	pay := func(ctx context.Context, _ int) (int, error) { return 1, notes[0].pay(ctx, s.groups) }
	median := func(sample sample) (float64, error) {
		return float64(sample.percentile(50).Microseconds()) / 1000, sample.First
	}
	if load.Alone, err = median(measure(ctx, 1, o.Duration, pay, func() {})); err != nil {
		return nil, fmt.Errorf("paying without visitors: %w", err)
	}
	leave := site.come(ctx, page)
	load.Meanwhile, err = median(measure(ctx, 1, o.Duration, pay, func() {}))
	if err = errors.Join(err, leave()); err != nil {
		return nil, fmt.Errorf("paying in a crisis: %w", err)
	}
	return load, nil
}

// icon is the smallest file that pages load: some hundred bytes.
var icon = regexp.MustCompile(`/static/icon\.[0-9a-f]+\.svg`)

// pagesPerFile compares the page with the file at each number of callers.
func pagesPerFile(cells []cell) map[int]float64 {
	files, all := map[int]float64{}, map[int]float64{}
	for _, c := range cells {
		if c.Workload == fileName {
			files[c.Callers] = c.PerSecond
		}
	}
	for _, c := range cells {
		if c.Workload == statusName {
			all[c.Callers] = quotient(c.PerSecond, files[c.Callers])
		}
	}
	return all
}

// visitors ask for pages.
type visitors struct {
	base   string
	client *http.Client
}

// visitorsClient keeps as many connections as there are visitors at a time.
func visitorsClient(most int) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost, transport.Proxy = most, most, nil
	return &http.Client{Transport: transport}
}

func (v visitors) workload(name, path string) workload {
	return workload{Name: name, prepare: func(ctx context.Context, _ int) (work, error) {
		_, err := v.get(ctx, path)
		return func(ctx context.Context, _ int) (int, error) {
			_, err := v.get(ctx, path)
			return 1, err
		}, err
	}}
}

// get asks for a page as a browser does that has nothing of it yet.
func (v visitors) get(ctx context.Context, path string) (body string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.base+path, nil)
	if err != nil {
		return "", err
	}
	r.Header.Set("Accept-Language", "sv-SE,sv;q=0.9,en;q=0.8")
	resp, err := v.client.Do(r)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxPageBytes))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("asking for a page: %s", resp.Status)
	}
	return string(text), nil
}

// await asks for a page until it is there: the gateway learns of a note by its block.
func (v visitors) await(ctx context.Context, path string) (string, error) {
	var err error
	for range acceptAttempts {
		var body string
		if body, err = v.get(ctx, path); err == nil {
			return body, nil
		}
		awaitTime(ctx, time.Now().Add(pause))
	}
	return "", err
}

// come has visitors ask for a page crisisRate times a second until leave is called,
// which gives the first fault.
func (v visitors) come(ctx context.Context, path string) (leave func() error) {
	ctx, cancel := context.WithCancel(ctx)
	const visitorsAtOnce = 50
	faults := make([]error, visitorsAtOnce)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		together(visitorsAtOnce, func(i int) {
			tick := time.NewTicker(visitorsAtOnce * time.Second / crisisRate)
			defer tick.Stop()
			for faults[i] == nil {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				if _, err := v.get(ctx, path); ctx.Err() == nil {
					faults[i] = err
				}
			}
		})
	}()
	return func() error {
		cancel()
		<-gone
		return errors.Join(faults...)
	}
}

// printPages shows what the public page bears.
func (r report) printPages(out io.Writer) error {
	if r.Pages == nil {
		return nil
	}
	fmt.Fprintln(out, "\nThe public page of a note, and a file out of the memory of the same program:")
	if err := printCells(out, "requests", r.Pages.Cells); err != nil {
		return err
	}
	for _, callers := range crisisCallers {
		fmt.Fprintf(out, "%d at a time: %.2f pages for each file.\n", callers, r.Pages.VsFile[callers])
	}
	fmt.Fprintf(out, "A payment takes %.1f ms alone, %.1f ms while %d pages a second are asked for.\n", r.Pages.Alone, r.Pages.Meanwhile, crisisRate)
	return nil
}
