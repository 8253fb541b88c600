package ledger

import "slices"

// applyTransferOffer offers the note, or a right in it, to one named party.
// Nothing passes until that party accepts.
func applyTransferOffer(a *act, b body) error {
	t := b.(*TransferOfferBody)
	switch {
	case a.note.Pending != nil:
		return Refuse(CodeTransferPending)
	case t.To == a.actor.ID:
		return Refuse(CodeTransferToSelf)
	case a.note.isBorrower(t.To):
		return Refuse(CodeTransferToBorrower)
	case a.note.Pledge != nil && (t.Kind != CollectionMandate || !slices.Contains(a.roles, RoleController)):
		return Refuse(CodeNotePledged)
	case a.note.Mandate != nil && t.Kind == CollectionMandate:
		return Refuse(CodeMandateExists)
	case a.note.Terms.Kind == Simple && t.Form == InBlank:
		return Refuse(CodeBlankSimple)
	case t.Kind == Sale && len(a.note.Endorsements) >= MaxEndorsements:
		return Refuse(CodeLimit, "what", "endorsements", "limit", itoa(MaxEndorsements))
	}
	if err := a.requireInForce(t.To); err != nil {
		return err
	}
	a.note.Pending = &Transfer{ID: a.cmd.Command, Kind: t.Kind, From: a.actor.ID, To: t.To, Form: t.Form, Recourse: t.Recourse}
	return nil
}

// applyTransferAccept lets the right pass. From here on the former controller
// can do nothing with the note.
func applyTransferAccept(a *act, b body) error {
	t, p := b.(*TransferAcceptBody), a.note.Pending
	if t.Transfer != p.ID {
		return Refuse(CodeTransferOther, "pending", string(p.ID))
	}
	if !slices.Contains(Controllers(a.note, a.holder), p.From) && (p.Kind != CollectionMandate || p.From != a.holder) {
		return Refuse(CodeTransferOutdated)
	}
	a.note.Pending = nil
	if p.Kind != Sale {
		if t.Book != "" {
			return invalid("book", "no book, which only a sale needs")
		}
		if p.Kind == PledgeTransfer {
			a.note.forgetCreditor()
			a.note.Pledge = &Pledge{Pledgee: p.To, Since: a.today()}
		} else {
			a.note.Mandate = &Mandate{Servicer: p.To, Since: a.today()}
		}
		return nil
	}
	return a.acceptSale(t.Book, p)
}

// acceptSale moves the note to the buyer's book and writes the endorsement.
// Until the borrower is told, the notice gate is closed, so interest is counted
// up to today under the rules that held until now.
func (a *act) acceptSale(book BookID, p *Transfer) error {
	if book == "" {
		return invalid("book", "the buyer's book that the note goes to")
	}
	if err := a.requireOwnBook(book); err != nil {
		return err
	}
	if err := a.accrue(); err != nil {
		return err
	}
	a.note.Endorsements = append(a.note.Endorsements, Endorsement{
		Seq: a.cmd.Seq, From: p.From, To: p.To, Form: p.Form, Recourse: p.Recourse, On: a.today(),
	})
	a.note.Book = book
	a.note.Mandate = nil // it was the seller's
	a.note.forgetCreditor()
	return nil
}

// applyTransferEnd ends an offered transfer: rejected by its recipient or
// withdrawn by its transferor.
func applyTransferEnd(a *act, b body) error {
	if id := a.note.Pending.ID; b.(*TransferBody).Transfer != id {
		return Refuse(CodeTransferOther, "pending", string(id))
	}
	a.note.Pending = nil
	return nil
}

// applyPledgeRelease gives control back to the holder. A mandate that the
// pledgee has offered ends with its control: nobody could accept it any more,
// and the holder, who did not offer it, could not withdraw it.
func applyPledgeRelease(a *act, _ body) error {
	a.note.Pledge = nil
	a.note.forgetCreditor()
	if p := a.note.Pending; p != nil && p.From == a.actor.ID {
		a.note.Pending = nil
	}
	return nil
}

func applyMandateEnd(a *act, _ body) error {
	if a.note.Mandate == nil {
		return Refuse(CodeNoMandate)
	}
	a.note.Mandate = nil
	return nil
}

// applyNotice opens the notice gate: the borrower has been told who holds the
// note, so from now on delay may be claimed again (1936:81 par. 3).
func applyNotice(a *act, b body) error {
	nb := b.(*NoticeBody)
	switch {
	case nb.Holder != a.holder:
		return Refuse(CodeNoticeHolder)
	case a.note.Notified.Holder == a.holder:
		return Refuse(CodeNoticeKnown)
	case nb.DeliveredOn.After(a.today()):
		return Refuse(CodeDateFuture, "field", "delivered_on")
	}
	last := len(a.note.Endorsements) - 1
	if last >= 0 && nb.DeliveredOn.Before(a.note.Endorsements[last].On) {
		return Refuse(CodeDateEarly, "field", "delivered_on", "earliest", a.note.Endorsements[last].On.String())
	}
	// The gate opens the day the notice is written on the note, not the day it
	// says it was delivered: the borrower does not pay for late bookkeeping.
	if err := a.accrue(); err != nil {
		return err
	}
	if last >= 0 {
		a.note.Endorsements[last].NoticeOn = nb.DeliveredOn
	}
	a.note.Notified = Notified{Holder: a.holder, On: nb.DeliveredOn}
	return nil
}

// gateOpen says whether delay may be claimed: the borrower knows the holder,
// and no authority prohibits paying.
func (n *Note) gateOpen(holder PartyID) bool {
	return n.Notified.Holder == holder && n.Status == StatusActive
}
