package ledgertest

import (
	"bytes"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// past reads a note as it stood when each of its commands came.
func past(f *fixture) {
	p := f.people()
	id := f.issue(p)
	f.do(p.lender, ledger.OpPay, string(id), f.payBody(100_00))
	f.sell(p, id)
	f.do(p.buyer, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(11_900_00)})
	entries := f.history(p.buyer.service, id.Subject(), 1, ledger.MaxHistory)
	if len(entries) != 6 {
		f.Fatalf("six commands have %d entries", len(entries))
	}
	holders := []ledger.PartyID{p.lender.ID, p.lender.ID, p.lender.ID, p.lender.ID, p.buyer.ID, ""}
	for _, at := range entries {
		// A command counts from its own time, or from a later one before it.
		i := slices.IndexFunc(entries, func(e ledger.Entry) bool { return e.At.After(at.At) }) - 1
		if i < 0 {
			i = len(entries) - 1
		}
		want := entries[i]
		v, err := p.lender.service.NoteAt(f.ctx, id, at.At)
		if err != nil || v.Err != nil {
			f.Fatalf("reading a note as of entry %d: %v, %v", at.Seq, err, v.Err)
		}
		state, err := ledger.Canonical(v.Note)
		if err != nil || !bytes.Equal(state, want.State) || v.Salt != want.Salt || v.Record.Seq != want.Seq || v.Holder != holders[i] {
			f.Errorf("as of entry %d the note is %s of %s at %d, want %s of %s: %v", at.Seq, state, v.Holder, v.Record.Seq, want.State, holders[i], err)
		}
	}
	now := f.note(p.lender, id)
	v, err := p.lender.service.NoteAt(f.ctx, id, f.world.Now().Add(time.Hour))
	if err != nil || v.Record != now.Record || v.Holder != now.Holder {
		f.Errorf("as of a later time it is %+v of %q, now %+v of %q: %v", v.Record, v.Holder, now.Record, now.Holder, err)
	}
	v, err = p.lender.service.NoteAt(f.ctx, id, entries[0].At.Add(-time.Second))
	if err != nil || v.Note != nil || v.Err == nil || v.Err.Code != ledger.CodeNotFound {
		f.Errorf("before its offer the note is %+v: %v, %v", v.Note, v.Err, err)
	}
}

// pastEntitlement: the past is for those who may see the note today.
func pastEntitlement(f *fixture) {
	p := f.people()
	id := f.issue(p)
	f.note(p.lender, id)
	for _, id := range []ledger.NoteID{id, ledger.DeriveNoteID("x", p.lender.ID, "")} {
		v, err := p.buyer.service.NoteAt(f.ctx, id, f.world.Now())
		if err != nil || v.Note != nil || v.Err == nil || v.Err.Code != ledger.CodeNotEntitled || v.Record != (ledger.NoteRecord{}) {
			f.Errorf("who is nothing to the note is given %+v: %v, %v", v, v.Err, err)
		}
	}
}
