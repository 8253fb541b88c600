package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

// authenticate finds out who asks, where the route wants to know. A token that
// is there must be good, also with a registration, which needs none.
func (s *Server) authenticate(rt *route, r *http.Request) error {
	text := r.Header.Get("Authorization")
	if text == "" || rt.access == open {
		if rt.access == tokened {
			return ledger.Refuse(ledger.CodeTokenMissing)
		}
		return nil
	}
	scheme, token, _ := strings.Cut(text, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ledger.Refuse(ledger.CodeTokenInvalid, "detail", "the scheme is not Bearer")
	}
	bearer, err := s.Tokens.Verify(strings.TrimSpace(token), s.Clock())
	if err != nil {
		return err
	}
	party, err := s.partyInForce(r.Context(), bearer.Party, bearer.KeyID)
	if err != nil {
		return err
	}
	c := callOf(r.Context())
	c.party, c.keyID = party, bearer.KeyID
	return nil
}

// partyInForce gives the party of a token, whose key must not have been taken
// away since. The read model answers, as far behind the ledger as it is (see
// Options.Missing); only where it says no is the ledger itself asked.
func (s *Server) partyInForce(ctx context.Context, id ledger.PartyID, keyID string) (*ledger.Party, error) {
	inForce := func(p *ledger.Party) bool {
		if p == nil || p.Standing != ledger.InForce {
			return false
		}
		_, has := p.Key(keyID)
		return has
	}
	p, err := s.Store.Party(ctx, id)
	if err != nil {
		return nil, err
	}
	if inForce(p) {
		return p, nil
	}
	views, err := s.Service.Parties(ctx, id)
	if err != nil {
		return nil, errLedger{err}
	}
	if !inForce(views[0].Party) {
		return nil, ledger.Refuse(ledger.CodeTokenInvalid, "detail", "the party or its key is no longer in force")
	}
	return views[0].Party, nil
}
