package main

import (
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/chaincode/inproc"
)

// TestKeyIsReplacedWhileTheGatewayServes follows a rotation by hand: nobody's token
// is refused at any moment of it.
func TestKeyIsReplacedWhileTheGatewayServes(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	gateway := w.gateways["lender"]
	published := func() int { return len(gateway.keys.Public().Keys) }
	kid := func() string {
		lender.token = ""
		return strings.Split(w.tokenOf(lender), ".")[0] // the header names the key
	}
	first := kid()
	w.clock.Advance(auth.KeyLead)

	var out strings.Builder
	c := config{Data: gateway.opts.data}
	if err := c.rotateKey(w.clock.Now, &out); err != nil || !strings.Contains(out.String(), "signs in 1h0m0s") {
		t.Fatalf("%v, %q", err, out.String())
	}
	if err := gateway.keys.Tend(); err != nil {
		t.Fatal(err)
	}
	if published() != 2 || kid() != first {
		t.Errorf("%d keys are published, and the new one signs at once", published())
	}
	w.clock.Advance(auth.KeyLead - time.Minute)
	old := kid()
	w.clock.Advance(time.Minute)
	if r := w.ask(lender, "GET", "/v1/books", nil, nil); old != first || r.status != 200 {
		t.Errorf("a token of the old key gives %d %s", r.status, r.body)
	}
	if kid() == first {
		t.Error("the new key does not sign when its time has come")
	}
	w.clock.Advance(auth.KeyOverlap)
	if err := gateway.keys.Tend(); err != nil || published() != 1 {
		t.Errorf("%d keys are left, %v", published(), err)
	}
}
