package web

import (
	"time"

	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// Recognize finds out who asks. A session counts as long as the key that began it
// is one of the party's on the ledger itself, so that a passkey that is taken away
// opens nothing from the same moment on.
func (v *visit) Recognize(now time.Time) error {
	token := v.ShownToken()
	if token == "" {
		return nil
	}
	s, ctx := v.server, v.R.Context()
	session, err := s.Store.SessionOf(ctx, token, now)
	if err != nil || session == nil {
		return err
	}
	party, err := s.partyOf(v, session.Party)
	if err != nil {
		return err
	}
	if party == nil || party.Standing != ledger.InForce {
		return nil
	}
	if _, ok := party.Key(session.KeyID); !ok {
		return nil
	}
	person, err := s.Store.PersonOf(ctx, party.ID)
	if err != nil {
		return err
	}
	asked, err := s.askedFor(v, party, now)
	if err != nil {
		return err
	}
	v.session, v.party, v.person, v.asked = session, party, person, asked
	v.Token, v.Principal = token, string(party.ID)
	return nil
}

// partyOf reads a party from the ledger; nil where there is none.
func (s *Server) partyOf(v *visit, id ledger.PartyID) (*ledger.Party, error) {
	views, err := s.Service.Parties(v.R.Context(), id)
	if err != nil {
		return nil, site.LedgerError{Err: err}
	}
	return views[0].Party, nil
}

// begin signs a person in: a new token, which no page or log has seen before.
func (s *Server) begin(v *visit, party ledger.PartyID, keyID string) error {
	token, err := s.site.NewToken()
	if err != nil {
		return err
	}
	if v.Token != "" { // whoever was signed in at this browser no longer is
		if err := s.Store.EndSession(v.R.Context(), v.Token); err != nil {
			return err
		}
	}
	if _, err := s.Store.BeginSession(v.R.Context(), token, party, keyID, s.Clock()); err != nil {
		return err
	}
	v.SetToken(token)
	return nil
}
