package api

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/ledger"
)

type partyAnswer struct {
	Record ledger.PartyRecord `json:"record"`
	// Party is there for the party itself, and for companies and authorities.
	Party *ledger.Party `json:"party,omitempty"`
	// Recovery is there for the company that opened a person's recovery, and for
	// the one that is to confirm it: they must see which keys they stand for.
	Recovery *ledger.Recovery `json:"recovery,omitempty"`
}

func (s *Server) getParty(w http.ResponseWriter, r *http.Request) error {
	id := ledger.PartyID(chi.URLParam(r, "party"))
	v, err := s.party(r.Context(), id)
	if err != nil {
		return err
	}
	setETag(w, v.Record.Seq)
	return answer(w, http.StatusOK, partyFor(v, callOf(r.Context()).party.ID, s.Clock()))
}

// partyFor says what a caller may see of a party.
func partyFor(v ledger.PartyView, caller ledger.PartyID, now time.Time) partyAnswer {
	a := partyAnswer{Record: v.Record}
	if v.Party == nil {
		return a
	}
	// Who a person is, is no business of others whom the same gateway serves.
	if v.Party.ID == caller || v.Party.Kind != ledger.Person {
		a.Party = v.Party
	} else if r := v.Party.RecoveryAt(now); r != nil && (r.Witness == caller || r.By == caller) {
		a.Recovery = r
	}
	return a
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
