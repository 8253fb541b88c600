package main

import (
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
)

func TestGatewayTakesAwayWhatHasServedItsPurpose(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	w.tokenOf(lender) // by an assertion, which is remembered until it expires
	old := w.gateways["lender"]
	old.end(t)
	w.clock.Advance(time.Hour)
	w.start("lender", options{data: old.opts.data})
	ctx, cancel := contextWithin(t)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(w.journal.String(), `"assertions":1`) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("the log does not tell of it:\n%s", w.journal)
		}
	}
}
