// Command skuld is the registry's client for the command line: it makes keys,
// writes and signs commands on this machine, hands them to a gateway, and shows
// what came of them.
//
// It must never send a key or a passphrase, and never sign what it did not
// write itself or show first.
package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/skuld-registry/skuld/api/client/profile"
)

// Exit codes. Programs may rely on them.
const (
	exitOK      = 0
	exitRefused = 1 // the registry said no, or a file held what cannot be offered
	exitUsage   = 2 // the command line is wrong; nothing was sent
	exitOpen    = 3 // no answer, or an outcome that is not known, or interrupted
)

// console is the surroundings of a run; tests give their own.
type console struct {
	in        io.Reader
	out, err  io.Writer
	getenv    func(string) string
	now       func() time.Time
	random    io.Reader
	transport http.RoundTripper
	// outTerminal and errTerminal say whether a person reads along, and
	// inTerminal whether one can be asked.
	inTerminal, outTerminal, errTerminal bool
	// unlock opens a key with its passphrase, which takes a while on purpose.
	unlock func(p *profile.Profile, name string, passphrase []byte) (crypto.Signer, error)
	// readPassword asks for a line without showing it.
	readPassword func() ([]byte, error)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], console{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, now: time.Now, random: rand.Reader,
		inTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		outTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		errTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		unlock:      (*profile.Profile).Unlock,
		readPassword: func() ([]byte, error) {
			return term.ReadPassword(int(os.Stdin.Fd()))
		},
	})
	stop()
	os.Exit(code)
}

// run carries out one command line and gives its exit code.
func run(ctx context.Context, args []string, c console) int {
	a := &app{console: c}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	if err := root.ExecuteContext(ctx); err != nil {
		return a.fail(err)
	}
	return exitOK
}
