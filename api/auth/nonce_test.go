package auth

import (
	"crypto/rand"
	"strconv"
	"testing"
	"time"
)

// TestFullNonceIsReplacedEarlyAndForgetsNothing: there is room for a known number
// of proofs, and no proof can come again because others filled it.
func TestFullNonceIsReplacedEarlyAndForgetsNothing(t *testing.T) {
	now := time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)
	n := &nonces{random: rand.Reader}
	next := func() string {
		nonce, err := n.next(now)
		if err != nil {
			t.Fatal(err)
		}
		return nonce
	}
	use := func(nonce string, id int) (taken, first bool) {
		taken, first, err := n.use(&proof{thumbprint: "key", claims: proofClaims{Nonce: nonce, ID: strconv.Itoa(id)}}, now)
		if err != nil {
			t.Fatal(err)
		}
		return taken, first
	}
	fill := func(nonce string) {
		for id := range maxProofs {
			if taken, first := use(nonce, id); !taken || !first {
				t.Fatalf("proof %d: taken %t, the first %t", id, taken, first)
			}
		}
	}
	first := next()
	fill(first)
	second := next()
	if second == first {
		t.Fatal("a full nonce is not replaced")
	}
	for id, what := range map[int]string{0: "a proof that was used", maxProofs: "one more than there is room for"} {
		if taken, again := use(first, id); taken && again {
			t.Errorf("%s is taken", what)
		}
	}
	fill(second)
	next()
	if taken, _ := use(first, maxProofs); taken {
		t.Error("the nonce before the last one is still taken")
	}
	if taken, again := use(second, 0); taken && again {
		t.Error("a proof of the last nonce can come again")
	}
}
