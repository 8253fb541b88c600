// Command verify checks evidence files: it says what each proves, by whom and as
// of when, and what it does not. It needs no network and has none in it.
//
// It must never fetch anything, not even what would help: whoever doubts the
// registry must be able to run it on a machine that reaches nobody.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
	"github.com/skuld-registry/skuld/ledger/evidence/files"
)

const usage = `usage: verify [flags] FILE|FOLDER|- ...

Checks evidence files (.skuld.json, or their pages in .html) without a network.
Name the network that you trust by its digest, which the registry publishes;
without it a file can be in order and yet be of a network that somebody made up.

Exit codes: 0 every file is genuine; 1 a file is refused; 2 not decided: no
trusted network was named, a file could not be read, or the command line is wrong.

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], console{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// console is the surroundings of a run; tests give their own.
type console struct {
	in       io.Reader
	out, err io.Writer
}

// run carries out one command line and gives its exit code.
func run(ctx context.Context, args []string, c console) int {
	o := files.Options{In: c.in, Out: c.out, Progress: c.err}
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(c.err)
	flags.Usage = func() {
		fmt.Fprint(c.err, usage)
		flags.PrintDefaults()
	}
	lang := flags.String("lang", string(ledger.English), "language: sv, da or en")
	trust := flags.String("trust", "", "`file` with the digests of trusted networks, one a line")
	flags.BoolVar(&o.JSON, "json", false, "one report in JSON on each line")
	flags.BoolVar(&o.Quiet, "quiet", false, "do not tell of files that are genuine")
	flags.Func("network", "`digest` of a trusted network; may be given several times", func(text string) error {
		o.Anchors.Networks = append(o.Anchors.Networks, text)
		return files.CheckDigest(text)
	})
	if err := flags.Parse(args); err != nil {
		return files.Undecided
	}
	o.Lang, o.Paths = ledger.Language(*lang), flags.Args()
	if err := complete(&o, *trust); err != nil {
		fmt.Fprintln(c.err, "verify:", err)
		return files.Undecided
	}
	s, err := files.Check(ctx, o)
	if err != nil {
		fmt.Fprintln(c.err, "verify:", err)
		return files.Undecided
	}
	return s.Code()
}

// complete checks what the flags say together.
func complete(o *files.Options, trust string) error {
	switch {
	case len(o.Paths) == 0:
		return fmt.Errorf("no file is named; see verify -h")
	case !slices.Contains(ledger.Languages(), o.Lang):
		return fmt.Errorf("-lang is %q; want one of %s", o.Lang, strings.Trim(fmt.Sprint(ledger.Languages()), "[]"))
	case trust == "":
		return nil
	}
	networks, err := files.ReadTrust(trust)
	o.Anchors = evidence.Anchors{Networks: append(o.Anchors.Networks, networks...)}
	return err
}
