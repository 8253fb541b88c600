package ledgertest

import (
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
)

// evidenceHolds gathers the evidence of a note through every organisation that
// is something to it, and verifies it as a stranger would.
func evidenceHolds(f *fixture) {
	p := f.people()
	id := f.issue(p)
	f.sell(p, id)
	paid := f.do(p.buyer, ledger.OpPay, string(id), f.payBody(1_000_00))
	anchors := evidence.Anchors{Networks: []string{p.lender.service.Network()}}
	for _, reader := range []*member{p.lender, p.buyer, p.borrower} {
		f.note(reader, id)
		raw, err := evidence.Gather(f.ctx, reader.service, evidence.Request{Note: id, Payment: paid.Seq})
		if err != nil {
			f.Fatalf("%s gathers no evidence: %v", reader.Org, err)
		}
		r := evidence.Verify(raw, anchors)
		if r.Verdict != evidence.Genuine || r.Head != paid.Head || r.Payment == nil || len(r.Parties) != 3 {
			f.Errorf("read through %s it is %s: %v", reader.Org, r.Verdict, r.Findings)
		}
		if len(r.Attested) != 3 {
			f.Logf("read through %s it is attested by %v", reader.Org, r.Attested)
		}
		f.Logf("read through %s it has %d bytes", reader.Org, len(raw))
	}
}

// evidenceEntitlement refuses evidence to who may not read the note, and a
// signer's keys to who cannot say on which note it signed.
func evidenceEntitlement(f *fixture) {
	p := f.people()
	id := f.issue(p)
	if _, err := evidence.Gather(f.ctx, p.buyer.service, evidence.Request{Note: id}); ledger.CodeOf(err) != ledger.CodeNotEntitled {
		f.Errorf("an organisation that is nothing to the note gets: %v", err)
	}
	ask := func(by *member, seq uint64) error {
		_, err := by.service.SignerHistory(f.ctx, ledger.SignerQuery{Party: p.borrower.ID, Note: id, Seq: seq, Limit: 10})
		return err
	}
	if err := ask(p.lender, 2); err != nil {
		f.Errorf("the keys behind the borrower's acceptance: %v", err)
	}
	for _, seq := range []uint64{0, 1, 3} { // none, the lender's, none yet
		if err := ask(p.lender, seq); ledger.CodeOf(err) != ledger.CodeNotEntitled {
			f.Errorf("the borrower's keys because of entry %d: %v", seq, err)
		}
	}
	if err := ask(p.buyer, 2); ledger.CodeOf(err) != ledger.CodeNotEntitled {
		f.Errorf("the borrower's keys for an organisation that is nothing to the note: %v", err)
	}
}
