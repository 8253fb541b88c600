package fabric_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger/ledgertest"
)

// TestConformance puts a real network through the suite that the ledger in
// memory passes as well. The tests share the network; each has its own parties.
func TestConformance(t *testing.T) {
	n := realNetwork(t)
	w := ledgertest.World{Lender: join(t, n, "lender"), Collector: join(t, n, "collector"), Registrar: join(t, n, "registrar")}
	ledgertest.Run(t, func(*testing.T) ledgertest.World { return w })
}
