package chaincode_test

import (
	"fmt"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/stub"
	"github.com/skuld-registry/skuld/ledger"
)

// BenchmarkApply measures one endorsement: the contract's own work on one peer,
// without Fabric's.
func BenchmarkApply(b *testing.B) {
	r := newRegistry(b)
	measure := func(name string, p *stub.Proposal, commands int) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				e, err := r.net.Endorse(registrarOrg, p)
				if err != nil || e.Refused() {
					b.Fatalf("the endorsement failed: %v %v", err, e)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*commands), "µs/command")
		})
	}
	measure("offer", r.propose(lenderOrg, r.batch(r.offer(r.borrower))), 1)
	note := r.issue(r.borrower)
	measure("pay", r.propose(lenderOrg, r.batch(r.pay(r.lender, note, 1_000))), 1)
	var payments []ledger.Signed
	for range ledger.MaxBatch {
		payments = append(payments, r.pay(r.lender, r.issue(r.borrower), 1_000))
	}
	measure(fmt.Sprintf("pay-%d", ledger.MaxBatch), r.propose(lenderOrg, r.batch(payments...)), ledger.MaxBatch)
}
