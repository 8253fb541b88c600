package inproc_test

import (
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger/ledgertest"
)

// TestConformance puts the ledger in memory through the suite that the real
// network passes as well.
func TestConformance(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) ledgertest.World {
		l := newLedger(t, inproc.Options{})
		return ledgertest.World{
			Lender: l.Service(inproc.Lender), Collector: l.Service(inproc.Collector), Registrar: l.Service(inproc.Registrar), Now: clock,
		}
	})
}
