package ledgertest

import (
	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/ledger"
)

// sees says whether a member's organisation is given a note's state, and
// checks that nothing of it is given otherwise.
func (f *fixture) sees(m *member, id ledger.NoteID) bool {
	f.Helper()
	v := f.note(m, id)
	if v.Record.Seq == 0 || v.Record.Head.IsZero() {
		f.Errorf("%s is not given the public record: %+v", m.Name, v)
	}
	if v.Err == nil {
		state, err := ledger.Canonical(v.Note)
		if err != nil || ledger.Commit(v.Salt, state) != v.Record.Commitment {
			f.Errorf("%s is given a state that does not fit its commitment: %v", m.Name, err)
		}
		return true
	}
	if v.Err.Class() != ledger.ClassNotFound || v.Note != nil || !v.Salt.IsZero() || v.Holder != "" {
		f.Errorf("%s is refused with %v, and given %+v", m.Name, v.Err, v)
	}
	return false
}

// noteEntitlement follows who sees a note through an offer, a sale and a mandate.
func noteEntitlement(f *fixture) {
	p := f.people()
	id := f.issue(p)
	check := func(when string, lender, collector bool) {
		f.Helper()
		if f.sees(p.lender, id) != lender || f.sees(p.buyer, id) != collector || !f.sees(p.borrower, id) {
			f.Errorf("%s the lender's organisation must be %t, the collector's %t and the registrar must be true", when, lender, collector)
		}
	}
	check("issued,", true, false)
	offer := f.draft(p.lender, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: p.buyer.ID, Kind: ledger.CollectionMandate})
	f.must(p.lender, offer)
	check("with a mandate offered,", true, true) // it may look before it accepts
	f.do(p.buyer, ledger.OpTransferReject, string(id), ledger.TransferBody{Transfer: offer.Command})
	check("with the mandate rejected,", true, false)
	f.sell(p, id)
	check("sold,", true, true)
}

// partyEntitlement: a person's name and keys are its host's and the registrar's.
func partyEntitlement(f *fixture) {
	person, company := f.join("Bo Ek", ledger.Person, LenderOrg), f.join("Bolaget AB", ledger.Company, LenderOrg)
	for _, c := range []struct {
		service ledger.Service
		who     *member
		sees    bool
	}{
		{f.world.Lender, person, true}, {f.world.Registrar, person, true}, {f.world.Collector, person, false},
		{f.world.Lender, company, true}, {f.world.Registrar, company, true}, {f.world.Collector, company, true},
	} {
		var v ledger.PartyView
		f.await(func() bool {
			views, err := c.service.Parties(f.ctx, c.who.ID)
			if err != nil || len(views) != 1 {
				f.Fatalf("reading a party: %v", err)
			}
			v = views[0]
			return v.Record.Seq > 0
		})
		if v.Record.Org != LenderOrg || v.Record.Standing != ledger.InForce || v.Record.Seq != 1 {
			f.Errorf("the record of %s is %+v", c.who.Name, v.Record)
		}
		if (v.Err == nil) != c.sees || (v.Party != nil) != c.sees {
			f.Errorf("%s: seen %t, want %t: %v", c.who.Name, v.Party != nil, c.sees, v.Err)
		}
		if v.Party != nil && (v.Party.Name == "") != (v.Party.Kind == ledger.Person) || v.Party != nil && len(v.Party.Keys) != 1 {
			f.Errorf("%s is read as %+v", c.who.Name, v.Party)
		}
	}
}

func publicReads(f *fixture) {
	lender := f.joinWithBook("Långivaren AB", LenderOrg)
	for _, s := range []ledger.Service{f.world.Lender, f.world.Collector, f.world.Registrar} {
		var b *ledger.Book
		f.await(func() bool {
			views, err := s.Books(f.ctx, lender.book)
			if err != nil || len(views) != 1 {
				f.Fatalf("reading a book: %v", err)
			}
			b = views[0].Book
			return b != nil
		})
		if b.ID != lender.book || b.Holder != lender.ID || b.Seq != 1 || b.Head.IsZero() {
			f.Errorf("the book is %+v", b)
		}
		if s.Network() != f.world.Registrar.Network() || s.Network() == "" {
			f.Errorf("the network is %q", s.Network())
		}
	}
}

// unknownReads asks for more than one message's worth of what is not there,
// with one thing that is in the middle.
func unknownReads(f *fixture) {
	lender := f.joinWithBook("Långivaren AB", LenderOrg)
	ids := make([]ledger.PartyID, ledger.MaxRead+20)
	for i := range ids {
		ids[i] = ledger.DerivePartyID("nowhere", ledger.CommandID(uuid.NewString()))
	}
	middle := len(ids) / 2
	ids[middle] = lender.ID
	f.await(func() bool {
		views, err := f.world.Collector.Parties(f.ctx, lender.ID)
		return err == nil && views[0].Err == nil
	})
	views, err := f.world.Collector.Parties(f.ctx, ids...)
	if err != nil || len(views) != len(ids) {
		f.Fatalf("%d ids have %d views: %v", len(ids), len(views), err)
	}
	for i, v := range views {
		if i == middle {
			if v.Err != nil || v.Party.ID != lender.ID {
				f.Errorf("the one that exists: %+v", v)
			}
		} else if v.Err == nil || v.Err.Class() != ledger.ClassNotFound || v.Party != nil {
			f.Errorf("one that does not exist: %+v", v)
		}
	}
	book, err := f.world.Lender.Books(f.ctx, ledger.DeriveBookID("nowhere", "", ""))
	if err != nil || book[0].Err == nil || book[0].Err.Code != ledger.CodeNotFound {
		f.Errorf("a book that does not exist: %+v: %v", book, err)
	}
	note, err := f.world.Lender.Notes(f.ctx, ledger.DeriveNoteID("nowhere", "", ""))
	if err != nil || note[0].Err == nil || note[0].Err.Class() != ledger.ClassNotFound {
		f.Errorf("a note that does not exist: %+v: %v", note, err)
	}
}
