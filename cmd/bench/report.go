package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// floorName is the workload that the others are compared with.
const floorName = "put"

// cell is one workload at one number of callers.
type cell struct {
	Workload  string  `json:"workload"`
	Grouped   bool    `json:"grouped"`
	Callers   int     `json:"callers"`
	Commands  int     `json:"commands"`
	Errors    int     `json:"errors"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_ms"`
	P95       float64 `json:"p95_ms"`
	P99       float64 `json:"p99_ms"`
	// CPU is what each process used for one command, in milliseconds.
	CPU map[string]float64 `json:"cpu_ms_per_command"`
}

func newCell(w workload, callers int, s sample, cpu map[string]time.Duration) cell {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	c := cell{
		Workload: w.Name, Grouped: w.Grouped, Callers: callers, Commands: s.Commands, Errors: s.Errors,
		PerSecond: s.rate(), P50: ms(s.percentile(50)), P95: ms(s.percentile(95)), P99: ms(s.percentile(99)),
		CPU: map[string]float64{},
	}
	for name, d := range cpu {
		if s.Commands > 0 {
			c.CPU[name] = ms(d) / float64(s.Commands)
		}
	}
	return c
}

// report is the whole of bench.json.
type report struct {
	At      time.Time `json:"at"`
	Go      string    `json:"go"`
	Cores   int       `json:"cores"`
	Seconds float64   `json:"seconds_per_cell"`
	Cells   []cell    `json:"cells"`
	// Memory is the most resident memory that each process was seen with.
	Memory map[string]int64 `json:"memory_bytes"`
	// REST is reads and writes through a gateway, beside the put of the same minutes.
	REST []cell `json:"rest,omitempty"`
	// Pages is what the registrar's public pages bear.
	Pages *pagesLoad `json:"pages,omitempty"`
	// Desks is what the pages of a collector's desk take, on each database.
	Desks []deskLoad `json:"desks,omitempty"`
	// Gateways is set where it was asked for.
	Gateways *gatewayLoad `json:"gateways,omitempty"`
	// Ratios compare our operations with the plain put of the same run.
	Ratios map[string]float64 `json:"ratios"`
	// RatiosByOperation are the same for each operation alone.
	RatiosByOperation map[string]map[string]float64 `json:"ratios_by_operation"`
}

func newReport(seconds time.Duration, cells []cell, memory peaks) report {
	r := report{
		At: time.Now().UTC().Truncate(time.Second), Go: runtime.Version(), Cores: runtime.NumCPU(),
		Seconds: seconds.Seconds(), Cells: cells, Memory: memory,
		Ratios: ratios(cells, nil), RatiosByOperation: map[string]map[string]float64{},
	}
	for _, c := range cells {
		if c.Workload != floorName {
			r.RatiosByOperation[c.Workload] = ratios(cells, &c.Workload)
		}
	}
	return r
}

// ratios gives what our operations reach of the plain put, each at its best
// number of callers: throughput in commands a second, with one command a
// transaction and with group commit, and the latency of a lone caller (where 1
// is as quick as the put and 2 takes twice as long). Without a named operation
// it is the mean over all of them.
func ratios(cells []cell, operation *string) map[string]float64 {
	mean := func(grouped bool, callers int, of func(cell) float64) float64 {
		sum, n := 0.0, 0
		for _, c := range cells {
			named := operation == nil || c.Workload == *operation
			if c.Workload != floorName && c.Grouped == grouped && c.Callers == callers && named {
				sum, n = sum+of(c), n+1
			}
		}
		return quotient(sum, float64(n))
	}
	var put, ours, grouped float64
	for _, c := range cells {
		rate := func(c cell) float64 { return c.PerSecond }
		if c.Workload == floorName {
			put = max(put, c.PerSecond)
		}
		ours = max(ours, mean(false, c.Callers, rate))
		grouped = max(grouped, mean(true, c.Callers, rate))
	}
	all := map[string]float64{
		"throughput_vs_put":         quotient(ours, put),
		"throughput_vs_put_grouped": quotient(grouped, put),
	}
	i := slices.IndexFunc(cells, func(c cell) bool { return c.Workload == floorName && c.Callers == 1 })
	if i >= 0 {
		all["lone_p50_vs_put"] = quotient(mean(false, 1, func(c cell) float64 { return c.P50 }), cells[i].P50)
	}
	return all
}

func quotient(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func (r report) write(path string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// print shows the report to a person.
func (r report) print(out io.Writer) error {
	if len(r.Cells) == 0 { // nothing was measured that needs a network
		return r.printDesks(out)
	}
	if err := printCells(out, "commands", r.Cells); err != nil {
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nprocess\tmost memory, MB\t")
	for _, name := range peaks(r.Memory).names() {
		fmt.Fprintf(t, "%s\t%.0f\t\n", name, float64(r.Memory[name])/(1<<20))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if err := r.printCPU(out); err != nil {
		return err
	}
	if err := errors.Join(r.printREST(out), r.printPages(out), r.printDesks(out)); err != nil {
		return err
	}
	if r.Gateways != nil {
		for _, name := range peaks(r.Gateways.Memory).names() {
			fmt.Fprintf(out, "\n%s has %.0f MB with %d notes on the ledger.", name, float64(r.Gateways.Memory[name])/(1<<20), r.Gateways.Notes)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "\nOf the plain put, each at its best number of callers: %.2f of its throughput with one command a transaction, %.2f with group commit.\n",
		r.Ratios["throughput_vs_put"], r.Ratios["throughput_vs_put_grouped"])
	if lone, ok := r.Ratios["lone_p50_vs_put"]; ok {
		fmt.Fprintf(out, "A lone caller waits %.2f times as long as for the put.\n", lone)
	}
	return nil
}

// printCells shows measurements as a table; what says of what they count.
func printCells(out io.Writer, what string, cells []cell) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\noperation\tcallers\t%s/s\tp50 ms\tp95 ms\tp99 ms\terrors\tof the put\t\n", what)
	for _, c := range cells {
		i := slices.IndexFunc(cells, func(f cell) bool { return f.Workload == floorName && f.Callers == c.Callers })
		share := "-"
		if i >= 0 {
			share = fmt.Sprintf("%.2f", quotient(c.PerSecond, cells[i].PerSecond))
		}
		fmt.Fprintf(t, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%d\t%s\t\n", title(c.Workload, c.Grouped), c.Callers, c.PerSecond, c.P50, c.P95, c.P99, c.Errors, share)
	}
	return t.Flush()
}

// printCPU says where the time goes, at the greatest number of callers.
func (r report) printCPU(out io.Writer) error {
	most := 0
	for _, c := range r.Cells {
		most = max(most, c.Callers)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	names := peaks(r.Memory).names()
	fmt.Fprintf(t, "\nCPU ms a command at %d callers\t", most)
	for _, name := range names {
		fmt.Fprintf(t, "%s\t", name)
	}
	fmt.Fprintln(t)
	for _, c := range r.Cells {
		if c.Callers != most {
			continue
		}
		fmt.Fprintf(t, "%s\t", title(c.Workload, c.Grouped))
		for _, name := range names {
			fmt.Fprintf(t, "%.2f\t", c.CPU[name])
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

func title(workload string, grouped bool) string {
	if grouped {
		return workload + ", grouped"
	}
	return workload
}
