package casework_test

import (
	"context"
	"errors"
	"testing"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// unread is a ledger that cannot be reached for reading.
type unread struct{ ledger.Service }

func (unread) Notes(context.Context, ...ledger.NoteID) ([]ledger.NoteView, error) {
	return nil, errors.New("nobody answers")
}

func TestNotesAreAcceptedOnceTheLedgerCanBeReached(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	id := w.note()
	buyer := w.register("Köp AB", ledger.Company, inproc.Lender)
	w.do(buyer, ledger.OpBookOpen, "", 1, ledger.EmptyBody{})
	w.do(w.lender, ledger.OpTransferOffer, string(id), w.read(id).Seq+1, ledger.TransferOfferBody{To: buyer.ID, Kind: ledger.Sale, Form: ledger.InFull})
	w.lender = buyer
	d := deskOf(w.ruled, w.faulty)
	r := casework.Request{ID: "5f0c41e4-6b3e-4a86-9d0c-0d1d5b1f1a12", Actor: w.finance, Act: &casework.Deal{Notes: []ledger.NoteID{id}}, Reason: "bought", Approved: "s-maria"}

	d.Service = unread{w.faulty}
	if _, err := d.Do(t.Context(), r); ledger.CodeOf(err) != ledger.CodeUnavailable {
		t.Errorf("without the ledger it ends with %v", err)
	}
	d.Service = w.faulty
	if _, err := d.Do(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if n := w.read(id); n.Pending != nil {
		t.Errorf("the note is offered still: %+v", n.Pending)
	}
}
