package api

import (
	"errors"
	"net/http"
	"net/netip"

	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/ledger"
)

// How many requests and streams are under way at a time, unless Limits say otherwise.
const (
	DefaultRequests = 512
	DefaultStreams  = 256
)

// Limits bound what callers may ask, so that one of them cannot keep the gateway
// from the others. Whoever asks more is told to wait (RFC 6585 par. 4).
type Limits struct {
	// Party is for each party that has proved who it is.
	Party Rate
	// Address is for each network address: as much for requests that prove nothing,
	// such as those for a token and those of who is no party yet, and as much for
	// requests whose proof is refused. An address with too many of the latter is
	// not listened to until it has waited.
	Address Rate
	// Requests and Streams bound what is under way at a time, everybody's together.
	// Beside the requests, a quarter as many may be of those who prove nothing.
	Requests, Streams int
	// Proxies are the addresses whose word on X-Forwarded-For is taken.
	Proxies []netip.Prefix
}

// Rate bounds one caller. A member that is 0 bounds nothing.
type Rate = limit.Rate

// admit finds out who asks, and whether it may now. What the caller has taken up
// is given back by leave, which is never nil.
func (s *Server) admit(rt *route, r *http.Request) (leave func(), err error) {
	nothing := func() {}
	if rt.probe {
		return nothing, s.authenticate(rt, r)
	}
	now, address := s.Clock(), limit.Address(r, s.Limits.Proxies)
	if stranger(rt, r) {
		if leave, err = s.addresses.Enter(address, now); err != nil {
			return nothing, err
		}
		return leave, s.authenticate(rt, r)
	}
	// A proof costs more to check than to make up.
	if err := s.refused.Spent(address, now); err != nil {
		return nothing, err
	}
	if err := s.authenticate(rt, r); err != nil {
		if blamed(err) {
			s.refused.Blame(address, now)
		}
		return nothing, err
	}
	leave, err = s.parties.Enter(string(callOf(r.Context()).party.ID), now)
	if err != nil {
		return nothing, err
	}
	if rt.stream { // it counts as begun, and has places of its own while it goes on
		leave()
		return s.beginStream(callOf(r.Context()).party.ID)
	}
	return leave, nil
}

// blamed says whether a refusal is the caller's fault. That the ledger or an issuer
// cannot be asked is not; and every client learns a new nonce by being refused with
// the old one.
func blamed(err error) bool {
	e, ok := errors.AsType[*ledger.Error](err)
	return ok && e.Class() != ledger.ClassUnavailable && e.Code != ledger.CodeProofNonce
}

// stranger says whether a request proves nothing of who sends it.
func stranger(rt *route, r *http.Request) bool {
	return rt.access == open || r.Header.Get("Authorization") == ""
}

// beginStream takes one of the streams that a party may have open, whether it
// watches or exports. It is given back by end, which is never nil.
func (s *Server) beginStream(party ledger.PartyID) (end func(), err error) {
	if !s.streaming.enter(party, maxPartyStreams) {
		return func() {}, limit.Refuse("streams", heartbeat)
	}
	return func() { s.streaming.leave(party) }, nil
}
