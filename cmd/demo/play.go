package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// step is one thing that happens, and what must come of it.
type step struct {
	says string
	does func(*play, context.Context) error
}

// play is a performance: who takes part, and the notes it is about.
type play struct {
	gateways map[string]string
	out      io.Writer

	lender, bank, collector, borrower, authority *actor

	note      ledger.NoteID // whose whole life is played
	declined  ledger.NoteID
	pledged   ledger.NoteID
	lastOf    ledger.Signed // a command that was applied, to send again
	firstOf   ledger.Result // and its first result
	payment   uint64        // the last one that was written
	objection uint64
}

func newPlay(gateways map[string]string, out io.Writer) *play {
	return &play{gateways: gateways, out: out}
}

// perform carries out the steps in order and ends at the first that goes wrong.
func (p *play) perform(ctx context.Context) error {
	steps := script()
	for n, s := range steps {
		began := time.Now()
		if err := s.does(p, ctx); err != nil {
			fmt.Fprintf(p.out, "✗ %s\n", s.says)
			return fmt.Errorf("step %d of %d, %q: %w", n+1, len(steps), s.says, err)
		}
		fmt.Fprintf(p.out, "✓ %6d ms  %s\n", time.Since(began).Milliseconds(), s.says)
	}
	fmt.Fprintf(p.out, "demo: %d steps passed\n", len(steps))
	return nil
}

// script is the whole play.
func script() []step {
	var all []step
	all = append(all, opening...)
	all = append(all, issue...)
	all = append(all, sale...)
	all = append(all, collection...)
	all = append(all, security...)
	return append(all, ending...)
}
