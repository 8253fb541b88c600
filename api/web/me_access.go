package web

import (
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// reading is a note as somebody who is signed in may read it, and why they may.
type reading struct {
	note   *ledger.Note
	holder ledger.PartyID
	// principal is the borrower whose note it is: the reader, or whom the reader
	// helps. It is what the reader acts for.
	principal ledger.PartyID
	// powers are the reader's powers of attorney; none for a borrower.
	powers []ledger.Attorney
	today  finance.Date
}

// helps says that the reader is not the borrower.
func (r *reading) helps() bool { return len(r.powers) > 0 }

// may says whether the reader may do what takes a scope. The ledger says so again
// when a command is handed in.
func (r *reading) may(scope ledger.AttorneyScope) bool {
	return !r.helps() || slices.ContainsFunc(r.powers, func(a ledger.Attorney) bool { return a.Lets(scope, r.note.ID, r.today) })
}

// today is the ledger's date (see ledger.DateOf): the rules count by it.
func (s *Server) today() finance.Date { return finance.DateOf(s.Clock()) }

// noteOf gives the note that the address names, from the read model, to a borrower
// of it and to whoever has a power of attorney to see it. For everybody else there
// is no such note.
func (s *Server) noteOf(v *visit) (*reading, error) {
	id := ledger.NoteID(chi.URLParam(v.R, "note"))
	if !id.Valid() {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	n, err := s.Store.Note(v.R.Context(), id)
	if err != nil {
		return nil, err
	}
	if n == nil {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	return s.read(v, n.State, n.Holder)
}

// erasedNote gives what is left of a note to its borrower, who is told of its erasure
// for a while (see store.KeepErasures): that it is erased. To everybody else, and
// after that while, there is no such note, and the refusal stays what it was.
func (s *Server) erasedNote(v *visit, otherwise error) (*reading, error) {
	id := ledger.NoteID(chi.URLParam(v.R, "note"))
	erased, err := s.Store.EntriesOn(v.R.Context(), id.Subject(), ledger.OpErase, 0)
	if err != nil {
		return nil, err
	}
	if len(erased) == 0 {
		return nil, otherwise
	}
	told, err := s.Store.Told(v.R.Context(), v.party.ID, erased[0].Position)
	if err != nil {
		return nil, err
	}
	if !told {
		return nil, otherwise
	}
	return &reading{note: &ledger.Note{ID: id, Status: ledger.StatusErased}, principal: v.party.ID, today: s.today()}, nil
}

// freshNote is noteOf from the ledger itself, for whoever is about to act.
func (s *Server) freshNote(v *visit) (*reading, error) {
	id := ledger.NoteID(chi.URLParam(v.R, "note"))
	if !id.Valid() {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	views, err := s.Service.Notes(v.R.Context(), id)
	if err != nil {
		return nil, site.LedgerError{Err: err}
	}
	if views[0].Note == nil {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	return s.read(v, views[0].Note, views[0].Holder)
}

// read says whether the visitor may read a note, and as what. Powers of attorney are
// read from the ledger each time: one that is revoked shows nothing more.
func (s *Server) read(v *visit, n *ledger.Note, holder ledger.PartyID) (*reading, error) {
	r := &reading{note: n, holder: holder, principal: v.party.ID, today: s.today()}
	if slices.Contains(n.BorrowerIDs(), v.party.ID) {
		return r, nil
	}
	principals, err := s.Service.Parties(v.R.Context(), n.BorrowerIDs()...)
	if err != nil {
		return nil, site.LedgerError{Err: err}
	}
	for _, p := range principals {
		if powers := powersOf(p.Party, v.party.ID, n.ID, r.today); len(powers) > 0 {
			r.principal, r.powers = p.Party.ID, powers
			return r, nil
		}
	}
	return nil, ledger.Refuse(ledger.CodeNotFound)
}

// powersOf gives the powers by which one party may see a note of another's.
func powersOf(principal *ledger.Party, representative ledger.PartyID, note ledger.NoteID, on finance.Date) []ledger.Attorney {
	if principal == nil || principal.Standing != ledger.InForce {
		return nil
	}
	var powers []ledger.Attorney
	for _, a := range principal.Attorneys {
		if a.Representative == representative && a.Lets(ledger.ScopeSee, note, on) {
			powers = append(powers, a)
		}
	}
	return powers
}
