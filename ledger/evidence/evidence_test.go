package evidence_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
	"github.com/skuld-registry/skuld/ledger/sign"
)

func (*town) signatures() ledger.Signatures { return sign.Verifier{} }

func TestEvidenceOfANoteIsGenuineForWhoeverMayReadIt(t *testing.T) {
	v := newTown(t)
	id := v.issue()
	v.later(24 * time.Hour)
	v.sell(id)
	v.later(time.Hour)
	v.pay(v.buyer, id, 4_000_00)
	for _, reader := range []*citizen{v.lender, v.buyer, v.borrower} {
		raw := v.gather(reader, evidence.Request{Note: id})
		r := evidence.Verify(raw, v.trusted())
		if r.Verdict != evidence.Genuine {
			t.Fatalf("read by %s it is %s: %v", reader.Org, r.Verdict, r.Findings)
		}
		if r.Note != id || r.Seq != 6 || r.Status != ledger.StatusActive || r.Holder != v.buyer.ID || !r.AsOf.Equal(v.now) {
			t.Errorf("the report says %+v", r)
		}
		if want := []string{inproc.Collector, inproc.Lender, inproc.Registrar}; !slices.Equal(r.Attested, want) {
			t.Errorf("attested by %v", r.Attested)
		}
		if len(r.Parties) != 3 || len(r.Steps) != 6 || r.State.Balance.PaidPrincipal != 3_996_00 {
			t.Errorf("replayed it has %d parties, %d steps and %+v", len(r.Parties), len(r.Steps), r.State.Balance)
		}
	}
}

func TestEvidenceWithoutAKnownNetworkIsOnlyConsistent(t *testing.T) {
	v := newTown(t)
	raw := v.gather(v.lender, evidence.Request{Note: v.issue()})
	r := evidence.Verify(raw, evidence.Anchors{})
	if r.Verdict != evidence.Consistent || !has(r, evidence.NetworkFromFile) {
		t.Errorf("it is %s: %v", r.Verdict, r.Findings)
	}
	r = evidence.Verify(raw, evidence.Anchors{Networks: []string{"another"}})
	if r.Verdict != evidence.Refused || !has(r, evidence.NetworkUnknown) {
		t.Errorf("for another network it is %s: %v", r.Verdict, r.Findings)
	}
}

func TestReceiptProvesOnePayment(t *testing.T) {
	v := newTown(t)
	id := v.issue()
	first := v.pay(v.lender, id, 1_000_00)
	last := v.pay(v.lender, id, v.owed(v.lender, id))
	r := evidence.Verify(v.gather(v.borrower, evidence.Request{Note: id, Payment: first}), v.trusted())
	if r.Verdict != evidence.Genuine || r.Payment == nil || r.Payment.Amount != sek(1_000_00) || r.Payment.Settled || r.Payment.Left.Principal != 11_000_00 {
		t.Fatalf("the receipt is %+v: %v", r.Payment, r.Findings)
	}
	r = evidence.Verify(v.gather(v.borrower, evidence.Request{Note: id, Payment: last}), v.trusted())
	if !r.Payment.Settled || !has(r, evidence.HandedBack) || r.Holder != "" {
		t.Errorf("the last receipt is %+v: %v", r.Payment, r.Findings)
	}
}

func TestReceiptOfAReversedPaymentSaysSo(t *testing.T) {
	v := newTown(t)
	id := v.issue()
	paid := v.pay(v.lender, id, 1_000_00)
	back := v.do(v.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: paid, Reason: "another customer's"})
	r := evidence.Verify(v.gather(v.borrower, evidence.Request{Note: id, Payment: paid}), v.trusted())
	if r.Payment == nil || r.Payment.ReversedBy != back.Seq || !has(r, evidence.PaymentReversed) || has(r, evidence.PaymentWritten) {
		t.Errorf("the receipt is %+v: %v", r.Payment, r.Findings)
	}
}

func TestReceiptOfWhatIsNoPaymentIsRefused(t *testing.T) {
	v := newTown(t)
	id := v.issue()
	for _, seq := range []uint64{1, 2, 3} {
		_, err := evidence.Gather(v.ctx, v.borrower.service, evidence.Request{Note: id, Payment: seq})
		if ledger.CodeOf(err) != ledger.CodePaymentUnknown {
			t.Errorf("a receipt of entry %d: %v", seq, err)
		}
	}
}

func TestEvidenceIsForWhoMayReadTheNote(t *testing.T) {
	v := newTown(t)
	id := v.issue()
	if _, err := evidence.Gather(v.ctx, v.buyer.service, evidence.Request{Note: id}); ledger.CodeOf(err) != ledger.CodeNotEntitled {
		t.Errorf("a stranger's organisation got: %v", err)
	}
}

func TestEvidenceHoldsAfterKeysWereRotated(t *testing.T) {
	v := newTown(t)
	id := v.issue()
	v.rotate(v.borrower)
	v.do(v.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "Jag har redan betalat."})
	r := evidence.Verify(v.gather(v.lender, evidence.Request{Note: id}), v.trusted())
	if r.Verdict != evidence.Genuine {
		t.Errorf("it is %s: %v", r.Verdict, r.Findings)
	}
}

func TestEvidenceIsNotGivenWhileOnlyOnePeerAttests(t *testing.T) {
	v := newTown(t)
	id := v.issue()
	for _, org := range []string{inproc.Collector, inproc.Lender} {
		if err := v.ledger.Hold(org); err != nil {
			t.Fatal(err)
		}
	}
	v.do(v.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "Jag har redan betalat."})
	if _, err := evidence.Gather(v.ctx, v.borrower.service, evidence.Request{Note: id}); ledger.CodeOf(err) != ledger.CodeUnavailable {
		t.Errorf("with one peer that has the last block: %v", err)
	}
	if err := v.ledger.Release(inproc.Lender); err != nil {
		t.Fatal(err)
	}
	r := evidence.Verify(v.gather(v.borrower, evidence.Request{Note: id}), v.trusted())
	if want := []string{inproc.Lender, inproc.Registrar}; !slices.Equal(r.Attested, want) {
		t.Errorf("while one peer is behind it is attested by %v", r.Attested)
	}
}

// rotate gives a party another key in place of the one that it has.
func (v *town) rotate(c *citizen) {
	v.Helper()
	before, err := c.Pen.Key()
	if err != nil {
		v.Fatal(err)
	}
	next := v.penOf(fmt.Sprintf("the next of %s, %d", c.ID, v.commands))
	key, err := next.Key()
	if err != nil {
		v.Fatal(err)
	}
	v.do(c, ledger.OpPartyRotate, string(c.ID), ledger.RotateBody{Add: []ledger.Key{key}, Remove: []string{before.ID}})
	c.Pen = next
}

func has(r *evidence.Report, code evidence.Code) bool {
	return slices.ContainsFunc(r.Findings, func(f *evidence.Finding) bool { return f.Code == code })
}
