package ledgertest

import (
	"context"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// manyAtOnce is how many notes are offered at the same time.
const manyAtOnce = 24

// raceOnOneNote lets different commands, handed in through two organisations,
// want the same place in a note's chain.
func raceOnOneNote(f *fixture) {
	p := f.people()
	id := f.issue(p)
	f.do(p.lender, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: p.buyer.ID, Kind: ledger.CollectionMandate})
	f.do(p.buyer, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: f.mustNote(p.buyer, id).Pending.ID})
	both := []*member{p.lender, p.buyer}
	signed := make([]ledger.Signed, callers)
	for i := range signed {
		by := both[i%2]
		signed[i] = f.sign(by, f.draft(by, ledger.OpPay, string(id), f.payBody(finance.Amount(i+1))))
	}
	outcomes := f.atOnce(callers, func(ctx context.Context, i int) ([]ledger.Outcome, error) {
		return both[i%2].service.Submit(ctx, signed[i])
	})
	winners := 0
	for i, o := range outcomes {
		switch o.State {
		case ledger.Committed:
			winners++
			if n := f.mustNote(p.lender, id); n.Balance.PaidPrincipal != finance.Amount(i+1) || n.Seq != o.Result.Seq || n.Head != o.Result.Head {
				f.Errorf("payment %d won, and the note has %+v at %d", i+1, n.Balance, n.Seq)
			}
		case ledger.Rejected, ledger.Conflicted:
			if o.Err.Class() != ledger.ClassConflict {
				f.Errorf("payment %d lost with %v", i+1, o.Err)
			}
		default:
			f.Errorf("payment %d is %s: %v", i+1, o.State, o.Err)
		}
	}
	if winners != 1 {
		f.Errorf("%d of %d won", winners, callers)
	}
}

func manyNotes(f *fixture) {
	p := f.people()
	drafts, signed := make([]ledger.Draft, manyAtOnce), make([]ledger.Signed, manyAtOnce)
	for i := range drafts {
		drafts[i] = f.draft(p.lender, ledger.OpOffer, "", f.offerBody(p))
		signed[i] = f.sign(p.lender, drafts[i])
	}
	outcomes := f.atOnce(manyAtOnce, func(ctx context.Context, i int) ([]ledger.Outcome, error) {
		return p.lender.service.Submit(ctx, signed[i])
	})
	var ids []ledger.NoteID
	for i, o := range outcomes {
		f.checkCommitted(o, drafts[i])
		ids = append(ids, ledger.NoteID(o.Result.Subject.ID))
	}
	views, err := f.world.Registrar.Notes(f.ctx, ids...)
	if err != nil {
		f.Fatal(err)
	}
	for i, v := range views {
		if v.Err != nil || v.Note.ID != ids[i] || v.Record.Seq != 1 || v.Record.Head != outcomes[i].Result.Head {
			f.Errorf("note %d is %+v: %v", i, v.Record, v.Err)
		}
	}
}
