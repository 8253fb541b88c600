package casework_test

import (
	"context"
	"sync"
	"testing"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/store/casebook"
)

// TestPaymentsWaitForTheLedgerToBeRead runs all loops on a read model that is not ready:
// a payment whose note is not known yet is left for later, and to no person.
func TestPaymentsWaitForTheLedgerToBeRead(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c := w.debt()
	w.on("2026-02-20")
	w.must(w.finance, casework.NewImport("bank.xml", file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00, says: reference(c)})), "")
	asked := make(chan struct{}, 1)
	loops := w.desk.Loops(casework.Surroundings{Ready: func() bool {
		select {
		case asked <- struct{}{}:
		default:
		}
		return false
	}})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for _, loop := range loops {
		running.Go(func() { loop(ctx) })
	}
	for range 3 {
		<-asked
	}
	if got := len(w.the(casebook.EntryNew)); got != 1 {
		t.Errorf("%d entries wait", got)
	}
	stop()
	running.Wait()
}
