package ledgertest

import (
	"context"
	"sync"

	"github.com/skuld-registry/skuld/ledger"
)

// callers is how many hand in the same thing at once.
const callers = 12

// repeats submits commands again, soon and after others have followed.
func repeats(f *fixture) {
	p := f.people()
	offer := f.draft(p.lender, ledger.OpOffer, "", f.offerBody(p))
	book := f.draft(p.lender, ledger.OpBookOpen, "", ledger.EmptyBody{})
	id := f.issue(p)
	pay := f.draft(p.lender, ledger.OpPay, string(id), f.payBody(1_00))
	for _, d := range []ledger.Draft{offer, book, pay} {
		signed := f.sign(p.lender, d)
		first := f.submit(p.lender, signed)
		f.checkCommitted(first, d)
		if first.Repeated {
			f.Errorf("the first %s is called a repeat", d.Op)
		}
		f.checkRepeat(first, f.submit(p.lender, signed))
		if d.Op == ledger.OpPay {
			f.do(p.lender, ledger.OpPay, string(id), f.payBody(2_00))
			f.do(p.lender, ledger.OpPay, string(id), f.payBody(3_00))
			f.checkRepeat(first, f.submit(p.lender, signed))
		}
	}
	if n := f.mustNote(p.lender, id); n.Balance.PaidPrincipal != 6_00 || n.Seq != 5 {
		f.Errorf("1, 2 and 3 kronor were paid, and the note says %+v at %d", n.Balance, n.Seq)
	}
}

// repeatOutOfSight repeats the command by which the buyer's organisation gave
// up its right to see the note, when others have followed.
func repeatOutOfSight(f *fixture) {
	p := f.people()
	id := f.issue(p)
	offer := f.draft(p.lender, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: p.buyer.ID, Kind: ledger.CollectionMandate})
	f.must(p.lender, offer)
	f.do(p.buyer, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: offer.Command})
	end := f.draft(p.buyer, ledger.OpMandateEnd, string(id), ledger.EmptyBody{})
	signed := f.sign(p.buyer, end)
	first := f.submit(p.buyer, signed)
	f.checkCommitted(first, end)
	f.do(p.lender, ledger.OpPay, string(id), f.payBody(1_00))
	if v := f.note(p.buyer, id); v.Err == nil || v.Err.Code != ledger.CodeNotEntitled {
		f.Fatalf("the servicer that was reads %+v", v)
	}
	f.checkRepeat(first, f.submit(p.buyer, signed))
}

func (f *fixture) checkRepeat(first, again ledger.Outcome) {
	f.Helper()
	if again.State != ledger.Committed || again.Result == nil || *again.Result != *first.Result || !again.Repeated {
		f.Errorf("a repeat is answered with %+v %v, the first time with %+v", again, again.Err, first)
	}
	if again.Transaction != "" && again.Transaction != first.Transaction {
		f.Errorf("a repeat names transaction %s, the first time %s", again.Transaction, first.Transaction)
	}
}

func concurrentRepeats(f *fixture) {
	p := f.people()
	id := f.issue(p)
	signed := f.sign(p.lender, f.draft(p.lender, ledger.OpPay, string(id), f.payBody(7_00)))
	outcomes := f.atOnce(callers, func(ctx context.Context, _ int) ([]ledger.Outcome, error) {
		return p.lender.service.Submit(ctx, signed)
	})
	firsts := 0
	for _, o := range outcomes {
		if o.State != ledger.Committed || o.Result == nil || *o.Result != *outcomes[0].Result {
			f.Errorf("an outcome is %+v: %v", o, o.Err)
		}
		if !o.Repeated {
			firsts++
		}
	}
	if firsts > 1 {
		f.Errorf("%d callers were told that theirs was the first", firsts)
	}
	if n := f.mustNote(p.lender, id); n.Seq != 3 || n.Balance.PaidPrincipal != 7_00 {
		f.Errorf("the note is at %d with %+v", n.Seq, n.Balance)
	}
}

// atOnce runs submissions of one command each at the same time.
func (f *fixture) atOnce(n int, submit func(ctx context.Context, i int) ([]ledger.Outcome, error)) []ledger.Outcome {
	f.Helper()
	outcomes, errs := make([]ledger.Outcome, n), make([]error, n)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			got, err := submit(f.ctx, i)
			if errs[i] = err; err == nil && len(got) == 1 {
				outcomes[i] = got[0]
			}
		})
	}
	close(start)
	all.Wait()
	for _, err := range errs {
		if err != nil {
			f.Fatalf("submitting with others: %v", err)
		}
	}
	for _, o := range outcomes {
		f.saw(o)
	}
	return outcomes
}

// mixedBatch hands in commands of every fate in one call.
func mixedBatch(f *fixture) {
	p := f.people()
	a, b := f.issue(p), f.issue(p)
	applied := f.sign(p.lender, f.draft(p.lender, ledger.OpPay, string(a), f.payBody(5_00)))
	f.submit(p.lender, applied)
	drafts := []ledger.Draft{
		f.draft(p.lender, ledger.OpPay, string(b), f.payBody(1_00)),
		f.draft(p.lender, ledger.OpBookOpen, "", ledger.EmptyBody{}),
		f.draft(p.lender, ledger.OpForgive, string(a), ledger.ForgiveBody{Amount: sek(99_000_00)}),
		f.draft(p.lender, ledger.OpOffer, "", f.offerBody(p)),
	}
	var batch []ledger.Signed
	for _, d := range drafts {
		batch = append(batch, f.sign(p.lender, d))
	}
	batch = append(batch, ledger.Signed{JWS: "x.y.z"}, applied)
	outcomes, err := p.lender.service.Submit(f.ctx, batch...)
	if err != nil || len(outcomes) != len(batch) {
		f.Fatalf("%d commands have %d outcomes: %v", len(batch), len(outcomes), err)
	}
	for _, i := range []int{0, 1, 3} {
		f.checkCommitted(outcomes[i], drafts[i])
	}
	f.wants(outcomes[2], ledger.Rejected, ledger.CodePaymentExceeds)
	f.wants(outcomes[4], ledger.Rejected, ledger.CodeSignatureMalformed)
	if o := outcomes[5]; o.State != ledger.Committed || !o.Repeated {
		f.Errorf("the one that was applied before: %+v: %v", o, o.Err)
	}
}

func sameNoteInOneCall(f *fixture) {
	p := f.people()
	id := f.issue(p)
	var batch []ledger.Signed
	for i := range 5 {
		d := f.draft(p.lender, ledger.OpPay, string(id), f.payBody(1_00))
		d.Seq += uint64(i)
		batch = append(batch, f.sign(p.lender, d))
	}
	outcomes, err := p.lender.service.Submit(f.ctx, batch...)
	if err != nil {
		f.Fatal(err)
	}
	for i, o := range outcomes {
		if o.State != ledger.Committed || o.Result.Seq != uint64(i+3) {
			f.Errorf("command %d: %+v: %v", i, o, o.Err)
		}
	}
	if n := f.mustNote(p.lender, id); n.Seq != 7 || n.Balance.PaidPrincipal != 5_00 {
		f.Errorf("the note is at %d with %+v", n.Seq, n.Balance)
	}
}

func emptySubmit(f *fixture) {
	outcomes, err := f.world.Lender.Submit(f.ctx)
	if err != nil || len(outcomes) != 0 {
		f.Errorf("nothing handed in gives %v: %v", outcomes, err)
	}
}

// goneCaller goes away before, or in the middle of, a submission. Whatever
// became of it, the same command handed in again is applied once.
func goneCaller(f *fixture) {
	p := f.people()
	id := f.issue(p)
	signed := f.sign(p.lender, f.draft(p.lender, ledger.OpPay, string(id), f.payBody(9_00)))
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	outcomes, err := p.lender.service.Submit(ctx, signed)
	if err == nil && outcomes[0].State != ledger.Unknown && outcomes[0].State != ledger.Committed {
		f.Errorf("a caller that is gone is told %+v", outcomes[0])
	}
	if o := f.submit(p.lender, signed); o.State != ledger.Committed {
		f.Fatalf("handed in again: %+v: %v", o, o.Err)
	}
	if n := f.mustNote(p.lender, id); n.Seq != 3 || n.Balance.PaidPrincipal != 9_00 {
		f.Errorf("the note is at %d with %+v", n.Seq, n.Balance)
	}
}
