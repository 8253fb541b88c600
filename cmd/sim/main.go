// Command sim plays the registry against a hostile world, from a seed, and says
// what came of it. When a promise is broken it looks for the fewest steps that
// break it as well, and prints them; the seed then belongs in the folder of
// seeds that the tests replay.
//
// It must not touch a real network: everything happens in memory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/skuld-registry/skuld/chaincode/sim"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// The codes that the program ends with.
const (
	exitKept   = 0
	exitBroken = 1
	exitUsage  = 2
)

// maxRuns bounds -runs.
const maxRuns = 1_000_000

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("sim", flag.ContinueOnError)
	flags.SetOutput(stderr)
	seed := flags.Uint64("seed", 1, "the seed of the first run")
	steps := flags.Int("steps", 1000, "steps in a run")
	runs := flags.Int("runs", 1, "how many seeds to play, counting up")
	calm := flags.Bool("calm", false, "leave out all faults but the parties' own")
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	if *runs < 1 || *runs > maxRuns || flags.NArg() > 0 {
		fmt.Fprintf(stderr, "sim: -runs is 1 to %d, and there are no arguments\n", maxRuns)
		return exitUsage
	}
	for i := range uint64(*runs) {
		o := sim.Options{Seed: *seed + i, Steps: *steps, Calm: *calm}
		report, err := sim.Run(ctx, o)
		if failure, ok := errors.AsType[*sim.Failure](err); ok {
			broken(ctx, stdout, o, failure)
			return exitBroken
		}
		if err != nil {
			fmt.Fprintf(stderr, "sim: %v\n", err)
			return exitUsage
		}
		fmt.Fprintln(stdout, report)
	}
	return exitKept
}

// broken prints a failure with the shortest trace that was found for it.
func broken(ctx context.Context, w io.Writer, o sim.Options, f *sim.Failure) {
	fmt.Fprintf(w, "BROKEN %v\nlooking for fewer steps ...\n", f)
	short, f := sim.Minimize(o, f, func(o sim.Options) error {
		_, err := sim.Run(ctx, o)
		return err
	})
	fmt.Fprintf(w, "%d steps are enough:\n", short.Steps-len(short.Skip))
	for _, line := range f.Trace {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintf(w, "play it again with: sim -seed %d -steps %d\n", o.Seed, o.Steps)
}
