package api

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/ledger"
)

type partyAnswer struct {
	Record ledger.PartyRecord `json:"record"`
	// Party is there for the party itself, and for companies and authorities.
	Party *ledger.Party `json:"party,omitempty"`
}

func (s *Server) getParty(w http.ResponseWriter, r *http.Request) error {
	id := ledger.PartyID(chi.URLParam(r, "party"))
	v, err := s.party(r.Context(), id)
	if err != nil {
		return err
	}
	a := partyAnswer{Record: v.Record}
	// Who a person is, is no business of others whom the same gateway serves.
	if v.Party != nil && (id == callOf(r.Context()).party.ID || v.Party.Kind != ledger.Person) {
		a.Party = v.Party
	}
	setETag(w, v.Record.Seq)
	return answer(w, http.StatusOK, a)
}

// party reads a party from the ledger. One that does not exist is refused.
func (s *Server) party(ctx context.Context, id ledger.PartyID) (ledger.PartyView, error) {
	if !id.Valid() {
		return ledger.PartyView{}, absent()
	}
	views, err := s.Service.Parties(ctx, id)
	if err != nil {
		return ledger.PartyView{}, errLedger{err}
	}
	if views[0].Record.Seq == 0 {
		return ledger.PartyView{}, absent()
	}
	return views[0], nil
}

// absent is the one answer to what does not exist and what may not be seen.
func absent() *ledger.Error { return ledger.Refuse(ledger.CodeNotFound) }
