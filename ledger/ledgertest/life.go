package ledgertest

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// wholeLife offers, accepts, sells, notifies, pays and hands back a note.
func wholeLife(f *fixture) {
	p := f.people()
	id := f.issue(p)
	if n := f.mustNote(p.lender, id); n.Status != ledger.StatusActive || n.Terms.Principal != sek(12_000_00) || n.Seq != 2 {
		f.Fatalf("issued it is %+v", n)
	}
	f.sell(p, id)
	v := f.note(p.buyer, id)
	if v.Holder != p.buyer.ID || v.Record.Book != p.buyer.book || len(v.Note.Endorsements) != 1 {
		f.Fatalf("sold it is %+v", v)
	}
	today := finance.DateOf(f.world.Now())
	f.do(p.lender, ledger.OpPay, string(id), f.payBody(1_000_00)) // in good faith to the seller
	f.do(p.buyer, ledger.OpNotice, string(id), ledger.NoticeBody{Holder: p.buyer.ID, DeliveredOn: today, Channel: "letter"})
	f.do(p.buyer, ledger.OpPay, string(id), f.payBody(4_000_00))
	n := f.mustNote(p.borrower, id)
	if n.Balance.Principal != 7_000_00 || n.Notified.Holder != p.buyer.ID {
		f.Fatalf("paid in part it is %+v", n)
	}
	if want := (ledger.Settlement{From: p.lender.ID, To: p.buyer.ID, Amount: 1_000_00}); !slices.Equal(n.Settlements, []ledger.Settlement{want}) {
		f.Errorf("the seller owes %+v", n.Settlements)
	}
	last := f.do(p.buyer, ledger.OpPay, string(id), f.payBody(f.owed(p.buyer, id)))
	v = f.note(p.borrower, id)
	if v.Err != nil || v.Record.Status != ledger.StatusDischarged || v.Record.Book != "" || v.Holder != "" {
		f.Fatalf("paid in full it is %+v", v)
	}
	if v.Record.Head != last.Head || v.Record.Seq != last.Seq || v.Note.Head != last.Head {
		f.Errorf("the record is at %d, the last payment at %d", v.Record.Seq, last.Seq)
	}
	if got := ledger.Controllers(v.Note, v.Holder); !slices.Equal(got, []ledger.PartyID{p.borrower.ID}) {
		f.Errorf("handed back it is controlled by %v", got)
	}
	f.wants(f.try(p.buyer, ledger.OpPay, string(id), f.payBody(1_00)), ledger.Rejected, ledger.CodeNoteDischarged)
	f.wants(f.try(p.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "no"}), ledger.Rejected, ledger.CodeNoteDischarged)
}

// owed is all that is owed on a note today.
func (f *fixture) owed(by *member, id ledger.NoteID) finance.Amount {
	f.Helper()
	v := f.note(by, id)
	s, err := ledger.Summarize(v.Note, v.Holder, finance.DateOf(f.world.Now()))
	if err != nil {
		f.Fatalf("deriving what is owed: %v", err)
	}
	return s.Total.Amount
}

func forgivenNote(f *fixture) {
	p := f.people()
	id := f.issue(p)
	f.do(p.lender, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(f.owed(p.lender, id)), Reason: "hardship"})
	if n := f.mustNote(p.borrower, id); n.Status != ledger.StatusDischarged || n.Balance.ForgivenPrincipal != 12_000_00 {
		f.Errorf("forgiven it is %+v", n)
	}
}
