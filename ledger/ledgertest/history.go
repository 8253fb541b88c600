package ledgertest

import (
	"bytes"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
	"github.com/skuld-registry/skuld/ledger/sign"
)

func (f *fixture) history(s ledger.Service, subject ledger.Subject, from uint64, limit int) []ledger.Entry {
	f.Helper()
	// As with note, the reader's ledger must have come as far as this test.
	f.await(func() bool {
		last, err := s.History(f.ctx, subject, max(1, f.seqs[subject]), 1)
		if err != nil {
			f.Fatalf("reading a history: %v", err)
		}
		return len(last) == 1
	})
	entries, err := s.History(f.ctx, subject, from, limit)
	if err != nil {
		f.Fatalf("reading a history: %v", err)
	}
	return entries
}

// historyReplays reads all that the registrar keeps of a note and its parties,
// and runs the rules on it from nothing.
func historyReplays(f *fixture) {
	p := f.people()
	id := f.issue(p)
	f.do(p.lender, ledger.OpPay, string(id), f.payBody(100_00))
	f.sell(p, id)
	last := f.do(p.buyer, ledger.OpPay, string(id), f.payBody(100_00))

	model := model.New(p.lender.service.Network(), sign.Verifier{})
	subjects := []ledger.Subject{p.lender.ID.Subject(), p.buyer.ID.Subject(), p.borrower.ID.Subject(),
		p.lender.book.Subject(), p.buyer.book.Subject(), id.Subject()}
	var entries []ledger.Entry
	for _, s := range subjects {
		entries = f.history(f.world.Registrar, s, 1, ledger.MaxHistory)
		for i, e := range entries {
			c, err := model.Apply(ledger.Frame{At: e.At, Org: e.Org}, e.Signed)
			if err != nil {
				f.Fatalf("replaying entry %d of a %s: %v", i+1, s.Kind, err)
			}
			if e.Seq != uint64(i+1) || e.Transaction == "" || e.At.IsZero() {
				f.Errorf("entry %d of a %s is %+v", i+1, s.Kind, e)
			}
			f.checkState(c, e)
		}
	}
	v := f.note(p.buyer, id)
	n, err := model.Note(id)
	if err != nil || n.Head != last.Head || n.Head != v.Record.Head || n.Seq != v.Record.Seq {
		f.Errorf("replayed it is at %d, the record at %d: %v", n.Seq, v.Record.Seq, err)
	}
	end := entries[len(entries)-1]
	if ledger.Commit(end.Salt, end.State) != v.Record.Commitment {
		f.Error("the last entry does not fit the commitment in the record")
	}
}

// checkState compares the state that was kept with the one that the rules give.
func (f *fixture) checkState(c *ledger.Change, e ledger.Entry) {
	f.Helper()
	var state any
	switch {
	case c.Note != nil:
		state = c.Note
	case c.Party != nil:
		state = c.Party
	default:
		return // a book is public
	}
	want, err := ledger.Canonical(state)
	if err != nil || !bytes.Equal(e.State, want) {
		f.Errorf("kept is %s, the rules give %s: %v", e.State, want, err)
	}
}

func historyPages(f *fixture) {
	p := f.people()
	id := f.issue(p)
	for range 3 {
		f.do(p.lender, ledger.OpPay, string(id), f.payBody(1_00))
	}
	all := f.history(p.lender.service, id.Subject(), 1, ledger.MaxHistory)
	if len(all) != 5 {
		f.Fatalf("five commands have %d entries", len(all))
	}
	for _, c := range []struct {
		from  uint64
		limit int
		want  []uint64
	}{{1, 2, []uint64{1, 2}}, {4, 10, []uint64{4, 5}}, {6, 10, nil}, {0, 1, []uint64{1}}, {3, 0, nil}, {2, ledger.MaxHistory * 2, []uint64{2, 3, 4, 5}}} {
		got := f.history(p.lender.service, id.Subject(), c.from, c.limit)
		if len(got) != len(c.want) {
			f.Errorf("from %d at most %d: %d entries, want %d", c.from, c.limit, len(got), len(c.want))
			continue
		}
		for i, e := range got {
			if e.Seq != c.want[i] || e.Signed != all[e.Seq-1].Signed {
				f.Errorf("from %d at most %d: entry %d is number %d", c.from, c.limit, i, e.Seq)
			}
		}
	}
}

func historyEntitlement(f *fixture) {
	p := f.people()
	id := f.issue(p)
	entries, err := p.buyer.service.History(f.ctx, id.Subject(), 1, 10)
	if len(entries) != 0 || err == nil || classOf(err) != ledger.ClassNotFound {
		f.Errorf("who is nothing to the note is given %d entries: %v", len(entries), err)
	}
	entries, err = p.lender.service.History(f.ctx, p.borrower.ID.Subject(), 1, 10)
	if len(entries) != 0 || err == nil || classOf(err) != ledger.ClassNotFound {
		f.Errorf("another's person is given in %d entries: %v", len(entries), err)
	}
}

func classOf(err error) ledger.Class { return (&ledger.Error{Code: ledger.CodeOf(err)}).Class() }
