package api

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

// The headers of RFC 9449.
const (
	proofHeader = "DPoP"
	nonceHeader = "DPoP-Nonce"
)

// giveNonce tells the caller what its next proof must name (RFC 9449 par. 8.2),
// with every answer: a client learns it from whatever it asks first.
func (s *Server) giveNonce(h http.Header) error {
	nonce, err := s.Gate.Nonce(s.Clock())
	if err == nil {
		h.Set(nonceHeader, nonce)
	}
	return err
}

// authenticate finds out who asks, where the route wants to know, and whether its
// token covers that. A token that is there must be good, also with a registration,
// which needs none.
func (s *Server) authenticate(rt *route, r *http.Request) error {
	if rt.access == open {
		return nil
	}
	if len(r.Header.Values("Authorization")) == 0 {
		if rt.access == tokened {
			return ledger.Refuse(ledger.CodeTokenMissing)
		}
		return nil
	}
	err := s.identify(r)
	if err == nil {
		err = covers(callOf(r.Context()), rt.needs())
	}
	if code := ledger.CodeOf(err); code != "" {
		s.logEvent(r.Context(), eventOf(err, auth.EventAccessRefused), slog.String("code", string(code)))
	}
	return err
}

// identify notes who asks, by its token and its proof.
func (s *Server) identify(r *http.Request) error {
	a, err := s.Gate.Access(r.Context(), auth.Request{
		Method: r.Method, Path: r.URL.EscapedPath(), Authorization: r.Header.Values("Authorization"), Proofs: r.Header.Values(proofHeader),
	}, s.Clock())
	if err != nil {
		return err
	}
	party, err := s.partyInForce(r.Context(), a.Party, a.KeyID)
	if err != nil {
		return err
	}
	c := callOf(r.Context())
	// Another issuer may say of a party what it may not have.
	c.party, c.keyID, c.scopes, c.expires = party, a.KeyID, a.Scopes.Within(s.Gate.ScopesOf(party)), a.Expires
	if a.KeyID == "" && len(party.Keys) > 0 {
		c.keyID = party.Keys[0].ID // its issuer names none; this is the one to sign with
	}
	return nil
}

// covers refuses a caller whose token is not for what it asks.
func covers(c *call, needs auth.Scope) error {
	if needs == ofCommand || c.scopes.Has(needs) {
		return nil
	}
	return ledger.Refuse(ledger.CodeScopeMissing, "scope", string(needs))
}

// partyInForce gives the party of a token, whose key must not have been taken
// away since; any key will do where keyID is empty, as another issuer has vouched
// for the party, which it does for its own organisation's alone. The read model answers, as far
// behind the ledger as it is (see Options.Missing); only where it says no is the
// ledger itself asked.
func (s *Server) partyInForce(ctx context.Context, id ledger.PartyID, keyID string) (*ledger.Party, error) {
	inForce := func(p *ledger.Party) bool {
		if len(s.Gate.ScopesOf(p)) == 0 {
			return false
		}
		_, has := p.Key(keyID)
		return has || keyID == "" && p.Org == s.Org
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

// logEvent writes an event that is about access to the log, apart from the line of
// its request, whose id it has. It holds pseudonymous ids, the ids of public keys
// and codes: no token, no proof, no name, no address.
func (s *Server) logEvent(ctx context.Context, event auth.Event, attrs ...slog.Attr) {
	c := callOf(ctx)
	all := append([]slog.Attr{slog.String("event", string(event)), slog.String("request", c.id)}, attrs...)
	if c.party != nil {
		all = append(all, slog.String("principal", string(c.party.ID)))
	}
	s.Log.LogAttrs(ctx, slog.LevelInfo, "security", all...)
}

// partyEvents are the events of commands that change who has access.
var partyEvents = map[ledger.Op]auth.Event{
	ledger.OpPartyRegister: auth.EventRegistration,
	ledger.OpPartyRotate:   auth.EventKeysChanged,
	ledger.OpPartyAdmit:    auth.EventAdmission,
	ledger.OpPartyRevoke:   auth.EventPartyRevoked,

	ledger.OpAttorneyGrant:    auth.EventPowerChanged,
	ledger.OpAttorneyRevoke:   auth.EventPowerChanged,
	ledger.OpRecoveryOpen:     auth.EventRecovery,
	ledger.OpRecoveryConfirm:  auth.EventRecovery,
	ledger.OpRecoveryObject:   auth.EventRecovery,
	ledger.OpRecoveryComplete: auth.EventKeysChanged,
}

// logChange writes the event of a command that changed who has access, if it is one.
func (s *Server) logChange(ctx context.Context, cmd *ledger.Command, o ledger.Outcome) {
	event, ok := partyEvents[cmd.Op]
	if !ok || o.State != ledger.Committed || o.Repeated {
		return
	}
	s.logEvent(ctx, event, slog.String("party", cmd.Subject().ID), slog.String("command", string(cmd.Command)))
}
