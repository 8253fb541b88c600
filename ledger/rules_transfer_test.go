package ledger_test

import (
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func saleTo(a *actor) ledger.TransferOfferBody {
	return ledger.TransferOfferBody{To: a.id, Kind: ledger.Sale, Form: ledger.InFull}
}

// TestTransfersThatAreRefused tries what must not be offered.
func TestTransfersThatAreRefused(t *testing.T) {
	base := newStage(t)
	nobody := ledger.PartyID("p" + strings.Repeat("a", 32))
	table := []struct {
		name    string
		prepare func(*stage) ledger.NoteID
		by      func(*stage) *actor
		body    func(*stage) ledger.TransferOfferBody
		want    ledger.Code
	}{
		{"to oneself", (*stage).active, lender, func(s *stage) ledger.TransferOfferBody { return saleTo(s.lender) }, ledger.CodeTransferToSelf},
		{"to the borrower", (*stage).active, lender, func(s *stage) ledger.TransferOfferBody { return saleTo(s.borrower) }, ledger.CodeTransferToBorrower},
		{"to somebody unknown", (*stage).active, lender, func(*stage) ledger.TransferOfferBody {
			return ledger.TransferOfferBody{To: nobody, Kind: ledger.Sale, Form: ledger.InFull}
		}, ledger.CodePartyUnknown},
		{"to somebody revoked", func(s *stage) ledger.NoteID {
			s.do(s.buyer, ledger.OpPartyRevoke, string(s.buyer.id), ledger.ReasonBody{})
			return s.active()
		}, lender, toBuyer, ledger.CodePartyRevoked},
		{"while another is pending", func(s *stage) ledger.NoteID { return s.pending(ledger.Sale) }, lender, toBuyer, ledger.CodeTransferPending},
		{"before the borrower has signed", func(s *stage) ledger.NoteID { return s.offer(terms(), s.borrower) }, lender, toBuyer, ledger.CodeNoteOffered},
		{"while frozen", func(s *stage) ledger.NoteID { return s.frozen(s.active()) }, lender, toBuyer, ledger.CodeNoteFrozen},
		{"by the lender once discharged", func(s *stage) ledger.NoteID { return s.paidOff(s.active()) }, lender, toBuyer, ledger.CodeRoleForbidden},
		{"by the borrower once discharged", func(s *stage) ledger.NoteID { return s.paidOff(s.active()) }, borrower, toBuyer, ledger.CodeNoteDischarged},
		{"by the seller after the sale", (*stage).sold, lender, toSecond, ledger.CodeRoleForbidden},
		{"by the borrower", (*stage).active, borrower, toBuyer, ledger.CodeRoleForbidden},
		{"by a servicer", func(s *stage) ledger.NoteID {
			id := s.active()
			s.mandate(id, s.lender, s.servicer)
			return id
		}, func(s *stage) *actor { return s.servicer }, toBuyer, ledger.CodeRoleForbidden},
		{"by the holder while pledged", (*stage).pledged, lender, toBuyer, ledger.CodeNotePledged},
		{"a sale by the pledgee", (*stage).pledged, bank, toBuyer, ledger.CodeNotePledged},
		{"a second mandate", func(s *stage) ledger.NoteID {
			id := s.active()
			s.mandate(id, s.lender, s.servicer)
			return id
		}, lender, func(s *stage) ledger.TransferOfferBody {
			return ledger.TransferOfferBody{To: s.buyer.id, Kind: ledger.CollectionMandate}
		}, ledger.CodeMandateExists},
		{"in blank, of a simple note", func(s *stage) ledger.NoteID {
			simple := terms()
			simple.Kind = ledger.Simple
			return s.issue(simple, s.borrower)
		}, lender, func(s *stage) ledger.TransferOfferBody {
			return ledger.TransferOfferBody{To: s.buyer.id, Kind: ledger.Sale, Form: ledger.InBlank}
		}, ledger.CodeBlankSimple},
		{"a sale in no form", (*stage).active, lender, func(s *stage) ledger.TransferOfferBody {
			return ledger.TransferOfferBody{To: s.buyer.id, Kind: ledger.Sale}
		}, ledger.CodeBodyInvalid},
		{"a pledge with recourse", (*stage).active, lender, func(s *stage) ledger.TransferOfferBody {
			return ledger.TransferOfferBody{To: s.bank.id, Kind: ledger.PledgeTransfer, Recourse: true}
		}, ledger.CodeBodyInvalid},
		{"a gift", (*stage).active, lender, func(s *stage) ledger.TransferOfferBody {
			return ledger.TransferOfferBody{To: s.buyer.id, Kind: "gift"}
		}, ledger.CodeBodyInvalid},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			s := base.fork()
			s.t = t
			id := c.prepare(s)
			s.refuse(code(c.want), c.by(s), ledger.OpTransferOffer, string(id), c.body(s))
		})
	}
}

func lender(s *stage) *actor   { return s.lender }
func borrower(s *stage) *actor { return s.borrower }
func bank(s *stage) *actor     { return s.bank }

func toBuyer(s *stage) ledger.TransferOfferBody  { return saleTo(s.buyer) }
func toSecond(s *stage) ledger.TransferOfferBody { return saleTo(s.second) }

// TestASaleMovesTheNoteAtTheAcceptance: control passes with it and no sooner
// (MLETR art. 11), and the endorsement is written (1936:81 par. 13).
func TestASaleMovesTheNoteAtTheAcceptance(t *testing.T) {
	s := newStage(t)
	id := s.active()
	offer := ledger.TransferOfferBody{To: s.buyer.id, Kind: ledger.Sale, Form: ledger.InBlank, Recourse: true}
	s.do(s.lender, ledger.OpTransferOffer, string(id), offer)
	if s.holder(id) != s.lender.id {
		t.Fatal("the offer alone moved the note")
	}
	accept := ledger.TransferAcceptBody{Transfer: s.note(id).Pending.ID, Book: s.buyer.book}
	s.refuse(code(ledger.CodeRoleForbidden), s.second, ledger.OpTransferAccept, string(id), accept)
	s.refuse(code(ledger.CodeRoleForbidden), s.lender, ledger.OpTransferAccept, string(id), accept)
	s.refuse(code(ledger.CodeTransferOther), s.buyer, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: s.nextID(), Book: s.buyer.book})
	s.refuse(code(ledger.CodeBookNotOwn), s.buyer, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: accept.Transfer, Book: s.second.book})
	s.refuse(code(ledger.CodeBodyInvalid), s.buyer, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: accept.Transfer})

	s.do(s.buyer, ledger.OpTransferAccept, string(id), accept)
	n := s.note(id)
	want := ledger.Endorsement{Seq: n.Seq, From: s.lender.id, To: s.buyer.id, Form: ledger.InBlank, Recourse: true, On: s.today()}
	if s.holder(id) != s.buyer.id || n.Pending != nil || len(n.Endorsements) != 1 || n.Endorsements[0] != want {
		t.Fatalf("sold it is %+v, want %+v", n.Endorsements, want)
	}
	for _, op := range []struct {
		op   ledger.Op
		body any
	}{
		{ledger.OpTransferOffer, saleTo(s.second)}, {ledger.OpForgive, ledger.ForgiveBody{Amount: sek(1)}},
		{ledger.OpBookMove, ledger.BookMoveBody{Book: s.openBook(s.lender)}}, {ledger.OpMandateEnd, ledger.EmptyBody{}},
	} {
		s.refuse(code(ledger.CodeRoleForbidden), s.lender, op.op, string(id), op.body)
	}
}

func TestASellersMandateEndsWithTheSale(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.mandate(id, s.lender, s.servicer)
	s.sell(id, s.lender, s.buyer)
	if s.note(id).Mandate != nil {
		t.Error("the buyer has the seller's servicer")
	}
	s.refuse(code(ledger.CodeRoleForbidden), s.servicer, ledger.OpPay, string(id), s.payBody(1_00))
}

func TestATransferThatIsRejectedOrWithdrawnLeavesNothing(t *testing.T) {
	s := newStage(t)
	for name, op := range map[string]struct {
		op ledger.Op
		by *actor
	}{"rejected": {ledger.OpTransferReject, s.buyer}, "withdrawn": {ledger.OpTransferWithdraw, s.lender}} {
		t.Run(name, func(t *testing.T) {
			f := s.fork()
			f.t = t
			id := f.pending(ledger.Sale)
			transfer := f.note(id).Pending.ID
			f.refuse(code(ledger.CodeTransferOther), op.by, op.op, string(id), ledger.TransferBody{Transfer: f.nextID()})
			f.do(op.by, op.op, string(id), ledger.TransferBody{Transfer: transfer, Reason: "no"})
			f.refuse(code(ledger.CodeRoleForbidden), f.buyer, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: transfer, Book: f.buyer.book})
			f.sell(id, f.lender, f.second)
		})
	}
}

// TestAPledgeTakesControlAndReturnsIt: 1936:81 par. 10.
func TestAPledgeTakesControlAndReturnsIt(t *testing.T) {
	s := newStage(t)
	id := s.pledged()
	n := s.note(id)
	if got := ledger.Controllers(n, s.holder(id)); len(got) != 1 || got[0] != s.bank.id || s.holder(id) != s.lender.id {
		t.Fatalf("pledged it is controlled by %v and held by %s", got, s.holder(id))
	}
	s.refuse(code(ledger.CodeNotePledged), s.lender, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(1)})
	s.refuse(code(ledger.CodeRoleForbidden), s.bank, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(1)})
	s.refuse(code(ledger.CodeRoleForbidden), s.lender, ledger.OpPledgeRelease, string(id), ledger.EmptyBody{})
	s.do(s.bank, ledger.OpPledgeRelease, string(id), ledger.EmptyBody{})
	s.refuse(code(ledger.CodeRoleForbidden), s.bank, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(1)})
	s.sell(id, s.lender, s.buyer)
}

// TestAMandateThatThePledgeeOfferedEndsWithThePledge, or it would stand in the
// way of every transfer: the holder cannot withdraw it, nor anybody accept it.
func TestAMandateThatThePledgeeOfferedEndsWithThePledge(t *testing.T) {
	s := newStage(t)
	id := s.pledged()
	s.do(s.bank, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: s.servicer.id, Kind: ledger.CollectionMandate})
	s.refuse(code(ledger.CodeRoleForbidden), s.lender, ledger.OpTransferWithdraw, string(id), ledger.TransferBody{Transfer: s.note(id).Pending.ID})
	s.do(s.bank, ledger.OpPledgeRelease, string(id), ledger.EmptyBody{})
	if n := s.note(id); n.Pending != nil {
		t.Errorf("released, it has %+v pending", n.Pending)
	}
	s.sell(id, s.lender, s.buyer)
}

func TestAPledgeNeedsNoBook(t *testing.T) {
	s := newStage(t)
	id := s.pending(ledger.PledgeTransfer)
	s.refuse(code(ledger.CodeBodyInvalid), s.bank, ledger.OpTransferAccept, string(id),
		ledger.TransferAcceptBody{Transfer: s.note(id).Pending.ID, Book: s.bank.book})
}

// TestAServicerCollectsAndOwnsNothing: 1974:182 par. 9, payment to the agent is
// payment.
func TestAServicerCollectsAndOwnsNothing(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.mandate(id, s.lender, s.servicer)
	if n := s.pay(id, s.servicer, 500_00); len(n.Settlements) != 0 || n.Balance.PaidCosts+n.Balance.PaidPrincipal != 500_00 {
		t.Errorf("paid to the servicer it is %+v", n)
	}
	s.refuse(code(ledger.CodeRoleForbidden), s.servicer, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(1)})
	s.do(s.servicer, ledger.OpMandateEnd, string(id), ledger.EmptyBody{})
	s.refuse(code(ledger.CodeRoleForbidden), s.servicer, ledger.OpPay, string(id), s.payBody(1_00))
	s.refuse(code(ledger.CodeNoMandate), s.lender, ledger.OpMandateEnd, string(id), ledger.EmptyBody{})
}

func TestAMandateOfferedBeforeAPledgeIsAcceptedByTheSame(t *testing.T) {
	s := newStage(t)
	id := s.pending(ledger.CollectionMandate)
	s.do(s.servicer, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: s.note(id).Pending.ID})
	s.pledge(id, s.lender, s.bank)
	if n := s.note(id); n.Mandate == nil || n.Pledge == nil {
		t.Errorf("pledged it lost its servicer: %+v", n)
	}
	s.do(s.bank, ledger.OpMandateEnd, string(id), ledger.EmptyBody{})
}

func TestANoteMovesBetweenItsHoldersOwnBooks(t *testing.T) {
	s := newStage(t)
	id := s.active()
	other := s.openBook(s.lender)
	s.refuse(code(ledger.CodeBookSame), s.lender, ledger.OpBookMove, string(id), ledger.BookMoveBody{Book: s.lender.book})
	s.refuse(code(ledger.CodeBookNotOwn), s.lender, ledger.OpBookMove, string(id), ledger.BookMoveBody{Book: s.buyer.book})
	s.refuse(code(ledger.CodeRoleForbidden), s.buyer, ledger.OpBookMove, string(id), ledger.BookMoveBody{Book: s.buyer.book})
	s.do(s.lender, ledger.OpBookMove, string(id), ledger.BookMoveBody{Book: other})
	if n := s.note(id); n.Book != other || len(n.Endorsements) != 0 || s.holder(id) != s.lender.id {
		t.Errorf("moved it is %+v", n)
	}
}

// TestANoticeOpensTheGate: 1936:81 par. 3, third paragraph. Until the borrower
// knows where to pay, delay costs nothing.
func TestANoticeOpensTheGate(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.after(10)
	s.sell(id, s.lender, s.buyer)
	s.after(60) // two instalments are overdue
	closed, err := ledger.Summarize(s.note(id), s.holder(id), s.today())
	if err != nil {
		t.Fatal(err)
	}
	if closed.GateOpen || closed.Collectable || closed.Owed.LateInterest != 0 || closed.Owed.Interest == 0 {
		t.Errorf("with the gate closed: %+v", closed)
	}
	s.notify(id, s.buyer)
	s.after(30)
	open, err := ledger.Summarize(s.note(id), s.holder(id), s.today())
	if err != nil {
		t.Fatal(err)
	}
	if !open.GateOpen || !open.Collectable || open.Owed.LateInterest == 0 {
		t.Errorf("with the gate open: %+v", open)
	}
	fromNotice := open.Lines[1].From
	if fromNotice != date("2026-05-11") {
		t.Errorf("late interest runs from %s, the notice was on 2026-05-11", fromNotice)
	}
}

func TestNoticesThatAreRefused(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.after(5)
	s.sell(id, s.lender, s.buyer)
	notice := func(holder *actor, on finance.Date) ledger.NoticeBody {
		return ledger.NoticeBody{Holder: holder.id, DeliveredOn: on, Channel: "email"}
	}
	s.refuse(code(ledger.CodeNoticeHolder), s.buyer, ledger.OpNotice, string(id), notice(s.lender, s.today()))
	s.refuse(ledger.Refuse(ledger.CodeDateFuture, "field", "delivered_on"), s.buyer, ledger.OpNotice, string(id), notice(s.buyer, s.today().AddDays(1)))
	s.refuse(ledger.Refuse(ledger.CodeDateEarly, "field", "delivered_on", "earliest", "2026-03-07"), s.buyer, ledger.OpNotice, string(id), notice(s.buyer, s.today().AddDays(-1)))
	s.refuse(code(ledger.CodeRoleForbidden), s.second, ledger.OpNotice, string(id), notice(s.buyer, s.today()))
	bad := notice(s.buyer, s.today())
	bad.Channel = "rumour"
	s.refuse(code(ledger.CodeBodyInvalid), s.buyer, ledger.OpNotice, string(id), bad)
	s.do(s.lender, ledger.OpNotice, string(id), notice(s.buyer, s.today())) // the seller may tell as well
	s.refuse(code(ledger.CodeNoticeKnown), s.buyer, ledger.OpNotice, string(id), notice(s.buyer, s.today()))
}

// TestOnlyTheAuthorityThatFrozeReleases: 1981:981 ch. 13 par. 21.
func TestOnlyTheAuthorityThatFrozeReleases(t *testing.T) {
	s := newStage(t)
	id := s.frozen(s.active())
	s.refuse(code(ledger.CodeNoteFrozen), s.lender, ledger.OpPay, string(id), s.payBody(1_00))
	s.refuse(code(ledger.CodeNoteFrozen), s.court, ledger.OpPay, string(id), s.payBody(1_00))
	s.refuse(code(ledger.CodeAuthorityOther), s.court, ledger.OpRelease, string(id), ledger.EmptyBody{})
	s.refuse(code(ledger.CodeRoleForbidden), s.lender, ledger.OpRelease, string(id), ledger.EmptyBody{})
	s.after(40)
	if sum, err := ledger.Summarize(s.note(id), s.holder(id), s.today()); err != nil || sum.Owed.LateInterest != 0 || sum.Collectable {
		t.Errorf("frozen it says %+v: %v", sum, err)
	}
	if n := s.pay(id, s.bailiff, 500_00); n.Status != ledger.StatusFrozen || n.Payments[0].By != s.bailiff.id || len(n.Settlements) != 0 {
		t.Errorf("paid to the authority it is %+v", n)
	}
	s.do(s.bailiff, ledger.OpRelease, string(id), ledger.EmptyBody{})
	if n := s.note(id); n.Status != ledger.StatusActive || n.Freeze != nil || n.Balance.LateMicro != 0 {
		t.Errorf("released it is %+v", n)
	}
}

// TestADisputeStopsCollection: 1974:182 par. 6-8.
func TestADisputeStopsCollection(t *testing.T) {
	s := newStage(t)
	id := s.issue(terms(), s.borrower, s.partner)
	raised := s.do(s.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "Never got it."}).Note.Seq
	resolve := func(o ledger.DisputeOutcome) ledger.DisputeResolveBody {
		return ledger.DisputeResolveBody{Dispute: raised, Outcome: o, Text: "so"}
	}
	if sum, err := ledger.Summarize(s.note(id), s.holder(id), s.today()); err != nil || sum.Collectable {
		t.Errorf("disputed it is collectable: %v", err)
	}
	s.refuse(code(ledger.CodeRoleForbidden), s.borrower, ledger.OpDisputeResolve, string(id), resolve(ledger.Upheld))
	s.refuse(code(ledger.CodeRoleForbidden), s.partner, ledger.OpDisputeResolve, string(id), resolve(ledger.Dismissed))
	s.refuse(code(ledger.CodeRoleForbidden), s.partner, ledger.OpDisputeResolve, string(id), resolve(ledger.Withdrawn))
	s.refuse(code(ledger.CodeRoleForbidden), s.lender, ledger.OpDisputeResolve, string(id), resolve(ledger.Withdrawn))
	s.refuse(code(ledger.CodeDisputeUnknown), s.lender, ledger.OpDisputeResolve, string(id), ledger.DisputeResolveBody{Dispute: raised + 1, Outcome: ledger.Upheld, Text: "so"})
	s.do(s.lender, ledger.OpDisputeResolve, string(id), resolve(ledger.Dismissed))
	if sum, err := ledger.Summarize(s.note(id), s.holder(id), s.today()); err != nil || !sum.Collectable {
		t.Errorf("resolved it is not collectable: %v", err)
	}
	for range ledger.MaxDisputes {
		s.do(s.partner, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "Nor this."})
	}
	s.refuse(ledger.Refuse(ledger.CodeLimit, "what", "open disputes", "limit", "16"), s.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "And."})
}

func TestANoteTakesAHundredEndorsementsAndNoMore(t *testing.T) {
	s := newStage(t)
	id := s.active()
	pair := []*actor{s.lender, s.buyer}
	for i := range ledger.MaxEndorsements {
		s.sell(id, pair[i%2], pair[(i+1)%2])
	}
	s.refuse(ledger.Refuse(ledger.CodeLimit, "what", "endorsements", "limit", "100"), s.lender, ledger.OpTransferOffer, string(id), saleTo(s.buyer))
	s.pledge(id, s.lender, s.bank)
}
