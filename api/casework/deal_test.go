package casework_test

import (
	"context"
	"errors"
	"slices"
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

	// Nothing is accepted before its evidence was verified.
	if _, err := d.Do(t.Context(), r); ledger.CodeOf(err) != ledger.CodeBodyInvalid {
		t.Errorf("without evidence it ends with %v", err)
	}
	if _, err := d.Do(t.Context(), casework.Request{Actor: w.finance, Act: &casework.CheckOffers{Notes: []ledger.NoteID{id}}}); err != nil {
		t.Fatal(err)
	}
	if err := d.VerifyOffersOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
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

// together is a ledger that counts what is handed in as one, and lets something happen
// before.
type together struct {
	ledger.Service
	asked  []int
	before func()
}

func (s *together) SubmitTogether(ctx context.Context, all ...ledger.Signed) ([]ledger.Outcome, error) {
	s.asked = append(s.asked, len(all))
	if s.before != nil {
		s.before()
	}
	return s.Service.SubmitTogether(ctx, all...)
}

// TestNotesAreAcceptedInOneTransactionOrEachAlone, where one of them was taken back
// since it was checked.
func TestNotesAreAcceptedInOneTransactionOrEachAlone(t *testing.T) {
	t.Parallel()
	for name, takenBack := range map[string]bool{"all as they were": false, "one taken back": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newPayments(t)
			seller := w.lender
			buyer := w.register("Köp AB", ledger.Company, inproc.Lender)
			book := ledger.BookID(w.do(buyer, ledger.OpBookOpen, "", 1, ledger.EmptyBody{}).Subject.ID)
			ids := []ledger.NoteID{w.note(), w.note(), w.note()}
			for _, id := range ids {
				w.do(seller, ledger.OpTransferOffer, string(id), w.read(id).Seq+1, ledger.TransferOfferBody{To: buyer.ID, Kind: ledger.Sale, Form: ledger.InFull})
			}
			w.lender = buyer
			d := deskOf(w.ruled, w.faulty)
			if _, err := d.Do(t.Context(), casework.Request{Actor: w.finance, Act: &casework.CheckOffers{Notes: ids}}); err != nil {
				t.Fatal(err)
			}
			if err := d.VerifyOffersOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			s := &together{Service: w.faulty}
			if d.Service = s; takenBack {
				s.before = func() {
					n := w.read(ids[1])
					w.do(seller, ledger.OpTransferWithdraw, string(ids[1]), n.Seq+1, ledger.TransferBody{Transfer: n.Pending.ID})
				}
			}
			if _, err := d.Do(t.Context(), casework.Request{Actor: w.finance, Act: &casework.Deal{Notes: ids}, Reason: "bought", Approved: "s-maria"}); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(s.asked, []int{3}) {
				t.Errorf("transactions of %v commands are asked for", s.asked)
			}
			for i, id := range ids {
				if bought := w.read(id).Book == book; bought == (takenBack && i == 1) {
					t.Errorf("the note %d is the buyer's: %t", i, bought)
				}
			}
		})
	}
}
