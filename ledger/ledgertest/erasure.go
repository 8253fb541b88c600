package ledgertest

import (
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// erasedNote offers a note, withdraws it and has it erased. It gives the commands.
func (f *fixture) erasedNote(p people) (id ledger.NoteID, offer, withdraw, erase ledger.Signed) {
	f.Helper()
	d := f.draft(p.lender, ledger.OpOffer, "", f.offerBody(p))
	offer = f.sign(p.lender, d)
	o := f.submit(p.lender, offer)
	f.checkCommitted(o, d)
	id = ledger.NoteID(o.Result.Subject.ID)
	for _, c := range []struct {
		op     ledger.Op
		body   any
		signed *ledger.Signed
	}{{ledger.OpWithdraw, ledger.ReasonBody{Reason: "a mistake"}, &withdraw}, {ledger.OpErase, ledger.EmptyBody{}, &erase}} {
		d := f.draft(p.lender, c.op, string(id), c.body)
		*c.signed = f.sign(p.lender, d)
		f.checkCommitted(f.submit(p.lender, *c.signed), d)
	}
	return id, offer, withdraw, erase
}

// erasure leaves nothing of a note to anybody but that it was there.
func erasure(f *fixture) {
	p := f.people()
	id, _, _, _ := f.erasedNote(p)
	for _, by := range []*member{p.lender, p.buyer, p.borrower} {
		v := f.note(by, id)
		if v.Note != nil || v.Err == nil || v.Err.Code != ledger.CodeNoteErased || !v.Salt.IsZero() || v.Holder != "" {
			f.Errorf("%s is given %+v of an erased note: %v", by.Name, v, v.Err)
		}
		r := v.Record
		if r.Status != ledger.StatusErased || r.Seq != 3 || r.Book != "" || !r.Commitment.IsZero() || r.Head.IsZero() || r.Erasure == "" {
			f.Errorf("its record is %+v", r)
		}
		entries, err := by.service.History(f.ctx, id.Subject(), 1, ledger.MaxHistory)
		if len(entries) > 0 || ledger.CodeOf(err) != ledger.CodeNoteErased {
			f.Errorf("%s is given %d entries: %v", by.Name, len(entries), err)
		}
		past, err := by.service.NoteAt(f.ctx, id, f.world.Now().Add(-time.Second))
		if err != nil || past.Note != nil || past.Err == nil || past.Err.Code != ledger.CodeNoteErased {
			f.Errorf("%s is given its past %+v: %v", by.Name, past, err)
		}
	}
}

// erasedForGood refuses everything on an erased note, its own commands among it;
// of the erasure alone it can still be told that it was applied.
func erasedForGood(f *fixture) {
	p := f.people()
	id, offer, withdraw, erase := f.erasedNote(p)
	record := f.note(p.lender, id).Record
	for name, s := range map[string]ledger.Signed{"the offer": offer, "the withdrawal": withdraw} {
		o := f.submit(p.lender, s)
		if o.State != ledger.Rejected || o.Err.Code != ledger.CodeNoteErased {
			f.Errorf("%s once more: %+v %v", name, o, o.Err)
		}
	}
	o := f.submit(p.lender, erase)
	if o.State != ledger.Committed || !o.Repeated || o.Result.Head != record.Head || o.Result.Command != record.Erasure {
		f.Errorf("the erasure once more: %+v %v", o, o.Err)
	}
	f.wants(f.try(p.lender, ledger.OpErase, string(id), ledger.EmptyBody{}), ledger.Rejected, ledger.CodeNoteErased)
	f.wants(f.try(p.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "no"}), ledger.Rejected, ledger.CodeNoteErased)
	rehearsed, err := p.borrower.service.Rehearse(f.ctx, ledger.Rehearsal{Signed: f.sign(p.borrower, f.draft(p.borrower, ledger.OpErase, string(id), ledger.EmptyBody{}))})
	if err != nil {
		f.Fatalf("rehearsing: %v", err)
	}
	f.wants(rehearsed[0], ledger.Rejected, ledger.CodeNoteErased)
	if again := f.note(p.lender, id).Record; again != record {
		f.Errorf("its record was %+v and is %+v", record, again)
	}
}

// erasureTogether: what goes into one transaction with the erasure is not kept either.
func erasureTogether(f *fixture) {
	p := f.people()
	r := f.do(p.lender, ledger.OpOffer, "", f.offerBody(p))
	id := r.Subject.ID
	withdraw := f.draft(p.lender, ledger.OpWithdraw, id, ledger.ReasonBody{})
	erase := f.draft(p.lender, ledger.OpErase, id, ledger.EmptyBody{})
	erase.Seq++
	outcomes, err := p.lender.service.SubmitTogether(f.ctx, f.sign(p.lender, withdraw), f.sign(p.lender, erase))
	if err != nil {
		f.Fatalf("submitting together: %v", err)
	}
	for i, d := range []ledger.Draft{withdraw, erase} {
		f.checkCommitted(outcomes[i], d)
		f.saw(outcomes[i])
	}
	if v := f.note(p.lender, ledger.NoteID(id)); v.Err == nil || v.Err.Code != ledger.CodeNoteErased {
		f.Errorf("the note is %+v", v)
	}
}

// retention keeps what is a debt, and what was one until nobody can claim.
func retention(f *fixture) {
	p := f.people()
	id := f.issue(p)
	f.wants(f.try(p.lender, ledger.OpErase, string(id), ledger.EmptyBody{}), ledger.Rejected, ledger.CodeNoteActive)
	f.do(p.lender, ledger.OpPay, string(id), f.payBody(f.owed(p.lender, id)))
	o := f.try(p.borrower, ledger.OpErase, string(id), ledger.EmptyBody{})
	f.wants(o, ledger.Rejected, ledger.CodeRetention)
	until, err := ledger.RetainedUntil(f.mustNote(p.borrower, id))
	if err != nil || o.Err == nil || o.Err.Params["until"] != until.String() {
		f.Errorf("kept until %s it says %v: %v", until, o.Err, err)
	}
}
