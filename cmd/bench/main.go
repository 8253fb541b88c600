// Command bench measures our operations beside a plain put on the same Fabric
// network, in one run: what the rules, the parties' signatures and the private
// data cost, and what group commit gives back.
//
// It starts a network of its own in a temporary folder and ends it. It must not
// be run on a network that anybody uses.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	Bin      string
	Out      string
	Duration time.Duration
	Callers  []int
	Only     []string // workloads; all of them where empty
	REST     bool     // also through a gateway
	Notes    int      // to look at the gateways' memory with; 0 to leave them out
	Desk     int      // notes of the collector whose desk is measured; 0 to leave it out
	Network  bool     // also what needs a network of Fabric
}

// Bounds of the command line. Beyond maxCallers a peer refuses calls.
const (
	maxCallers = 2000
	maxNotes   = 1_000_000
	minDesk    = 1000 // with fewer, lists have no second page
)

func parse(args []string, errs io.Writer) (options, error) {
	self, err := os.Executable()
	if err != nil {
		return options{}, fmt.Errorf("finding this program: %w", err)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(errs)
	o := options{}
	flags.StringVar(&o.Bin, "bin", filepath.Dir(self), "folder of the programs that make build makes")
	flags.StringVar(&o.Out, "out", "bench.json", "file for the figures")
	flags.DurationVar(&o.Duration, "duration", 5*time.Second, "how long each workload runs at each number of callers")
	callers := flags.String("callers", "1,10,50,200", "numbers of callers")
	only := flags.String("only", "", "workloads to run beside the put, of offer, pay and transfer (default all)")
	flags.BoolVar(&o.REST, "rest", true, "also measure requests through a gateway")
	flags.IntVar(&o.Notes, "notes", 0, "also look at the gateways' memory with so many notes (0: not)")
	flags.IntVar(&o.Desk, "desk", 100_000, "also measure the pages of a collector's desk with so many notes (0: not)")
	flags.BoolVar(&o.Network, "network", true, "measure what needs a network of Fabric")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.Desk != 0 && (o.Desk < minDesk || o.Desk > maxNotes) {
		return o, fmt.Errorf("-desk must be 0 or from %d to %d", minDesk, maxNotes)
	}
	if o.Notes < 0 || o.Notes > maxNotes {
		return o, fmt.Errorf("-notes must be from 0 to %d", maxNotes)
	}
	if o.Duration <= 0 {
		return o, errors.New("-duration must be positive")
	}
	for text := range strings.SplitSeq(*callers, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxCallers {
			return o, fmt.Errorf("-callers must be numbers from 1 to %d, separated by commas", maxCallers)
		}
		o.Callers = append(o.Callers, n)
	}
	if *only != "" {
		o.Only = strings.Split(*only, ",")
	}
	return o, nil
}

func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	o, err := parse(args, progress)
	if err != nil {
		return err
	}
	home, err := os.MkdirTemp("", "skuld-bench-")
	if err != nil {
		return fmt.Errorf("making a folder for the network: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	result := newReport(o.Duration, nil, peaks{})
	if o.Network {
		if result, err = onNetwork(ctx, o, rigOptions{Bin: o.Bin, Home: home, Progress: progress}); err != nil {
			return err
		}
	}
	if o.Desk > 0 {
		if result.Desks, err = desks(ctx, home, o.Desk, progress); err != nil {
			return err
		}
	}
	if err := result.print(out); err != nil {
		return err
	}
	return result.write(o.Out)
}

// onNetwork measures what needs a network of Fabric, on one that it starts.
func onNetwork(ctx context.Context, o options, rig rigOptions) (result report, err error) {
	fmt.Fprintln(rig.Progress, "Starting a network for this run.")
	result, notes, err := throughput(ctx, o, rig)
	if err != nil {
		return report{}, err
	}
	if o.REST {
		var most peaks
		if result.REST, result.Pages, most, err = overREST(ctx, o, rig); err != nil {
			return report{}, err
		}
		for name, bytes := range most {
			result.Memory[name] = max(result.Memory[name], bytes)
		}
	}
	if o.Notes > 0 {
		result.Gateways, err = gatewayMemory(ctx, rig, notes)
	}
	return result, err
}

// throughput measures the workloads on a network without gateways, and leaves
// as many notes on the ledger as were asked for. It gives their number.
func throughput(ctx context.Context, o options, rig rigOptions) (result report, notes *atomic.Int64, err error) {
	r, err := startRig(ctx, rig)
	if err != nil {
		return report{}, nil, err
	}
	defer func() { err = errors.Join(err, r.stop()) }()
	stage, err := r.connect(ctx, slices.Max(o.Callers))
	if err != nil {
		return report{}, nil, err
	}
	defer func() { err = errors.Join(err, stage.close()) }()
	cells, memory, err := measureAll(ctx, o, stage.workloads(o.Only), r, rig.Progress)
	if err != nil {
		return report{}, nil, err
	}
	if o.Notes > 0 {
		if err := stage.fill(ctx, o.Notes, fillers, rig.Progress); err != nil {
			return report{}, nil, fmt.Errorf("offering notes: %w", err)
		}
	}
	return newReport(o.Duration, cells, memory), &stage.cast.offered, nil
}

// measureAll runs every workload at each number of callers before it goes on
// to the next number, so that what is compared ran within the same minute.
func measureAll(ctx context.Context, o options, all []workload, r *rig, progress io.Writer) ([]cell, peaks, error) {
	var cells []cell
	memory := peaks{}
	for _, callers := range o.Callers {
		for _, w := range all {
			do, err := w.prepare(ctx, callers)
			if err != nil {
				return nil, nil, err
			}
			var looks []map[string]usage
			var faults []error
			s := measure(ctx, callers, o.Duration, do, func() {
				look, err := usages(ctx, r.control)
				looks, faults = append(looks, look), append(faults, err)
			})
			if ctx.Err() != nil {
				return nil, nil, errors.New("interrupted")
			}
			if err := errors.Join(faults...); err != nil {
				return nil, nil, err
			}
			before, after := looks[0], looks[1]
			memory.see(after)
			c := newCell(w, callers, s, spent(before, after))
			cells = append(cells, c)
			fmt.Fprintf(progress, "%3d callers  %-18s %8.1f/s  p50 %7.1f ms\n", callers, title(w.Name, w.Grouped), c.PerSecond, c.P50)
			if s.First != nil {
				fmt.Fprintf(progress, "             %d errors; the first: %v\n", s.Errors, s.First)
			}
		}
	}
	return cells, memory, nil
}
