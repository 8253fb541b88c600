// Command demo plays the whole life of a note on a running network, through the
// gateways and with keys of its own, and fails if anything differs from what it
// should be. With the argument seed it instead makes parties and a few notes
// that stay, for people to try the registry on; with the argument desk, a day of
// work at the collector's desk.
//
// It must not know more than any client does: it speaks to the gateways alone.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// playTime bounds the whole play; a network that is this slow has failed it.
	playTime = 5 * time.Minute
	// maxEndpoints bounds the file that says where the gateways are.
	maxEndpoints = 1 << 20
)

// What can be made.
const (
	makeSeed = "seed"
	makeDesk = "desk"
)

// options are what the command line says.
type options struct {
	home  string // of the network
	skuld string // how people here call the client, for what is printed
	make  string // what to make instead of playing: seed, desk or nothing

	network string // the program of the network, which invites to the desk
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	gateways, err := readEndpoints(o.home)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, playTime)
	defer cancel()
	switch o.make {
	case makeSeed:
		return seed(ctx, o, gateways, out)
	case makeDesk:
		return seedDesk(ctx, o, gateways, out)
	}
	return newPlay(gateways, out).perform(ctx)
}

func parse(args []string) (options, error) {
	o := options{home: os.Getenv("SKULD_HOME")}
	if o.home == "" {
		o.home = ".skuld"
	}
	if len(args) > 0 && (args[0] == makeSeed || args[0] == makeDesk) {
		o.make, args = args[0], args[1:]
	}
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.StringVar(&o.home, "home", o.home, "`folder` of the running network")
	flags.StringVar(&o.skuld, "skuld", "bin/skuld", "how to call the client in what seed prints")
	flags.StringVar(&o.network, "network", "", "the `program` of the network; desk looks for it beside this one")
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "demo plays the whole life of a note on a running network.\ndemo seed makes parties and notes to try the registry on.\ndemo desk makes a day of work at the collector's desk, after that.\n\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("the argument %q is not known; demo takes seed, desk or nothing", flags.Arg(0))
	}
	return o, nil
}

// readEndpoints gives the gateways' addresses by organisation.
func readEndpoints(home string) (map[string]string, error) {
	path := filepath.Join(home, "endpoints.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("no network runs here, since there is no %s; start one with make up", path)
	}
	if err != nil {
		return nil, fmt.Errorf("finding the gateways: %w", err)
	}
	endpoints := map[string]struct {
		Gateway string `json:"gateway"`
	}{}
	if err := json.Unmarshal(text[:min(len(text), maxEndpoints)], &endpoints); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	gateways := map[string]string{}
	for _, organisation := range []string{"lender", "collector", "registrar"} {
		if gateways[organisation] = endpoints[organisation].Gateway; gateways[organisation] == "" {
			return nil, fmt.Errorf("reading %s: it names no gateway of the %s", path, organisation)
		}
	}
	return gateways, nil
}
