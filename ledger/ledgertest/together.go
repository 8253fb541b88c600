package ledgertest

import (
	"github.com/skuld-registry/skuld/ledger"
)

// together hands in commands for one transaction.
func (f *fixture) together(by *member, commands ...ledger.Signed) []ledger.Outcome {
	f.Helper()
	outcomes, err := by.service.SubmitTogether(f.ctx, commands...)
	if err != nil {
		f.Fatalf("submitting together: %v", err)
	}
	if len(outcomes) != len(commands) {
		f.Fatalf("%d commands have %d outcomes", len(commands), len(outcomes))
	}
	for _, o := range outcomes {
		f.saw(o)
	}
	return outcomes
}

// signAll signs drafts of one party.
func (f *fixture) signAll(by *member, drafts ...ledger.Draft) []ledger.Signed {
	f.Helper()
	all := make([]ledger.Signed, len(drafts))
	for i, d := range drafts {
		all[i] = f.sign(by, d)
	}
	return all
}

// togetherCommits has commands about several subjects, and several about one,
// applied by one transaction, and handed in again.
func togetherCommits(f *fixture) {
	p := f.people()
	a, b := f.issue(p), f.issue(p)
	second := with(f.draft(p.lender, ledger.OpPay, string(a), f.payBody(2_00)), func(d *ledger.Draft) { d.Seq++ })
	drafts := []ledger.Draft{
		f.draft(p.lender, ledger.OpPay, string(a), f.payBody(1_00)), second,
		f.draft(p.lender, ledger.OpPay, string(b), f.payBody(4_00)),
		f.draft(p.lender, ledger.OpBookOpen, "", ledger.EmptyBody{}),
		f.draft(p.lender, ledger.OpOffer, "", f.offerBody(p)),
	}
	commands := f.signAll(p.lender, drafts...)
	outcomes := f.together(p.lender, commands...)
	for i, o := range outcomes {
		f.checkCommitted(o, drafts[i])
		if o.Repeated || o.Transaction != outcomes[0].Transaction || o.Block != outcomes[0].Block {
			f.Errorf("command %d: %+v, the first %+v", i, o, outcomes[0])
		}
	}
	if n := f.mustNote(p.lender, a); n.Seq != 4 || n.Balance.PaidPrincipal != 3_00 {
		f.Errorf("1 and 2 kronor were paid, and the note says %+v at %d", n.Balance, n.Seq)
	}
	for i, o := range f.together(p.lender, commands...) {
		f.checkRepeat(outcomes[i], o)
	}
	f.checkRepeat(outcomes[1], f.submit(p.lender, commands[1]))
}

// togetherRefused: one refused command keeps the others from applying, and each
// is told why.
func togetherRefused(f *fixture) {
	p := f.people()
	a, b := f.issue(p), f.issue(p)
	good := f.draft(p.lender, ledger.OpPay, string(a), f.payBody(1_00))
	commands := f.signAll(p.lender,
		good,
		f.draft(p.lender, ledger.OpPay, string(b), f.payBody(12_000_01)),
		f.draft(p.lender, ledger.OpBookOpen, "", ledger.EmptyBody{}),
		f.draft(p.lender, ledger.OpTransferOffer, string(b), ledger.TransferOfferBody{To: p.lender.ID, Kind: ledger.Sale, Form: ledger.InFull}),
	)
	want := []ledger.Code{ledger.CodeBatchRefused, ledger.CodePaymentExceeds, ledger.CodeBatchRefused, ledger.CodeTransferToSelf}
	for i, o := range f.together(p.lender, commands...) {
		f.wants(o, ledger.Rejected, want[i])
	}
	outcomes := f.together(p.lender, commands[0], ledger.Signed{JWS: "x.y.z"})
	f.wants(outcomes[0], ledger.Rejected, ledger.CodeBatchRefused)
	f.wants(outcomes[1], ledger.Rejected, ledger.CodeSignatureMalformed)
	if n := f.mustNote(p.lender, a); n.Seq != 2 || n.Balance.PaidPrincipal != 0 {
		f.Errorf("after refusals alone the note says %+v at %d", n.Balance, n.Seq)
	}
	f.must(p.lender, good) // its place is still free, and it may go alone
}

// togetherWithRepeats: where some stand already, the one transaction that was
// asked for can no longer be, and each outcome says what is true.
func togetherWithRepeats(f *fixture) {
	p := f.people()
	a, b := f.issue(p), f.issue(p)
	drafts := []ledger.Draft{
		f.draft(p.lender, ledger.OpPay, string(a), f.payBody(1_00)),
		f.draft(p.lender, ledger.OpPay, string(b), f.payBody(2_00)),
	}
	commands := f.signAll(p.lender, drafts...)
	first := f.submit(p.lender, commands[0])
	f.checkCommitted(first, drafts[0])
	outcomes := f.together(p.lender, commands...)
	f.checkRepeat(first, outcomes[0])
	f.wants(outcomes[1], ledger.Rejected, ledger.CodeBatchRefused)
	withNone := f.together(p.lender, commands[0], ledger.Signed{JWS: "x.y.z"})
	f.checkRepeat(first, withNone[0])
	f.wants(withNone[1], ledger.Rejected, ledger.CodeSignatureMalformed)
	f.checkCommitted(f.submit(p.lender, commands[1]), drafts[1])
}

// togetherImpossible asks for what no one transaction can be.
func togetherImpossible(f *fixture) {
	p := f.people()
	many := make([]ledger.Signed, ledger.MaxBatch+1)
	for i := range many {
		many[i] = f.sign(p.lender, f.draft(p.lender, ledger.OpBookOpen, "", ledger.EmptyBody{}))
	}
	outcomes, err := p.lender.service.SubmitTogether(f.ctx, many...)
	if outcomes != nil || ledger.CodeOf(err) != ledger.CodeAtomicImpossible {
		f.Errorf("too many: %v, %v", outcomes, err)
	}
	for i, o := range f.together(p.lender, many[1:]...) {
		if o.State != ledger.Committed {
			f.Fatalf("command %d of as many as may be: %s, %v", i, o.State, o.Err)
		}
	}
	if outcomes, err := p.lender.service.SubmitTogether(f.ctx); err != nil || len(outcomes) != 0 {
		f.Errorf("nothing together gives %v: %v", outcomes, err)
	}
}
