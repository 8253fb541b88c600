package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// TestAssertionIsNotForgottenWhileItIsTaken: a clock that is behind ours may sign an
// assertion that has just expired, so it is taken for a while after that; and the
// hour at which things are taken away may strike within that while.
func TestAssertionIsNotForgottenWhileItIsTaken(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	gateway := w.gateways["lender"]
	assertion := lender.assertion(t, gateway.url, w.clock.Now()) // for a minute
	if r := w.do("lender", tokenRequest(assertion)); r.status != http.StatusOK {
		t.Fatalf("the first time: %d %s", r.status, r.body)
	}
	if store.KeepAssertions <= auth.Skew {
		t.Errorf("an assertion is kept for %s, and taken for %s", store.KeepAssertions, auth.Skew)
	}
	w.clock.Advance(time.Minute + auth.Skew - time.Second)
	if _, err := gateway.store.Prune(t.Context(), w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	if r := w.do("lender", tokenRequest(assertion)); r.status != http.StatusUnauthorized || codeOf(r) != ledger.CodeAssertionInvalid || !strings.Contains(string(r.body), "used before") {
		t.Errorf("a second time, a moment before it is worth nothing: %d %s", r.status, r.body)
	}
}

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
