package ledgertest

import (
	"context"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
)

// watch gathers the results on some subjects from a number of blocks on, until
// it has seen as many as wanted.
func (f *fixture) watch(s ledger.Service, from uint64, wanted int, about ...ledger.Subject) []ledger.Block {
	f.Helper()
	var seen []ledger.Block
	next, found := from, 0
	for b, err := range s.Blocks(f.ctx, from) {
		if err != nil {
			f.Fatalf("reading blocks: %v", err)
		}
		if b.Number != next {
			f.Fatalf("block %d came in place of block %d", b.Number, next)
		}
		next++
		seen = append(seen, b)
		for _, tx := range b.Transactions {
			for _, r := range tx.Results {
				if slices.Contains(about, r.Subject) {
					found++
				}
			}
		}
		if found >= wanted {
			return seen
		}
	}
	f.Fatalf("the stream ended after %d of %d results", found, wanted)
	return nil
}

// resultsOn gives the results on a subject in the order of the blocks.
func resultsOn(all []ledger.Block, s ledger.Subject) []ledger.Result {
	var list []ledger.Result
	for _, b := range all {
		for _, tx := range b.Transactions {
			for _, r := range tx.Results {
				if r.Subject == s {
					list = append(list, r)
				}
			}
		}
	}
	return list
}

// blocks checks that each organisation is told of every command once, in
// order, in the block and the transaction that its outcome named.
func blocks(f *fixture) {
	p := f.people()
	id := f.issue(p)
	var outcomes []ledger.Outcome
	for range 4 {
		outcomes = append(outcomes, f.must(p.lender, f.draft(p.lender, ledger.OpPay, string(id), f.payBody(1_00))))
	}
	from := outcomes[0].Block
	for _, s := range []ledger.Service{f.world.Lender, f.world.Collector, f.world.Registrar} {
		all := f.watch(s, from, len(outcomes), id.Subject())
		results := resultsOn(all, id.Subject())
		for i, o := range outcomes {
			if i >= len(results) || results[i] != *o.Result {
				f.Fatalf("the blocks tell %+v, want %+v at %d", results, *o.Result, i)
			}
			b := all[o.Block-from]
			at := slices.IndexFunc(b.Transactions, func(tx ledger.Transaction) bool { return tx.ID == o.Transaction })
			if at < 0 || !slices.Contains(b.Transactions[at].Results, *o.Result) || b.Transactions[at].At.IsZero() {
				f.Errorf("block %d does not have the command that was committed in it", o.Block)
			}
		}
	}
}

// blocksResume leaves the stream and takes it up where it was left.
func blocksResume(f *fixture) {
	p := f.people()
	id := f.issue(p)
	first := f.must(p.lender, f.draft(p.lender, ledger.OpPay, string(id), f.payBody(1_00)))
	all := f.watch(f.world.Lender, first.Block, 1, id.Subject())
	next := all[len(all)-1].Number + 1

	// The reader waits before there is anything to read.
	type answer struct{ blocks []ledger.Block }
	done := make(chan answer, 1)
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	go func() {
		var got []ledger.Block
		for b, err := range f.world.Lender.Blocks(ctx, next) {
			if err != nil {
				break
			}
			if got = append(got, b); len(resultsOn(got, id.Subject())) > 0 {
				break
			}
		}
		done <- answer{got}
	}()
	second := f.must(p.lender, f.draft(p.lender, ledger.OpPay, string(id), f.payBody(1_00)))
	got := <-done
	if r := resultsOn(got.blocks, id.Subject()); len(r) != 1 || r[0] != *second.Result || got.blocks[0].Number != next {
		f.Errorf("taken up at %d the stream tells %+v, want %+v", next, r, *second.Result)
	}

	ended, stop := context.WithCancel(f.ctx)
	stop()
	for _, err := range f.world.Lender.Blocks(ended, second.Block+1_000) {
		if err != nil {
			f.Errorf("a reader that goes away is told %v", err)
		}
	}
}
