package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Limits of an assertion's claims.
const (
	// MaxAssertionLife is how far ahead an assertion's expiry may lie.
	MaxAssertionLife = 5 * time.Minute
	// Skew is how far a client's clock may differ from the gateway's.
	Skew   = 30 * time.Second
	maxJTI = 128
)

// Parties tells a party's current state; nil for one that does not exist.
type Parties interface {
	Party(ctx context.Context, id ledger.PartyID) (*ledger.Party, error)
}

// Replays remembers which assertions were used.
type Replays interface {
	// Once notes an assertion and says whether it is the first time.
	Once(ctx context.Context, party ledger.PartyID, jti string, now, expires time.Time) (first bool, err error)
}

// Assertions verifies client assertions: a JWT by which a party proves that it
// holds one of its ledger keys (private_key_jwt, RFC 7523 par. 3).
type Assertions struct {
	Audience string // the gateway's token endpoint
	Org      string // the organisation (MSP id) whose parties may have tokens here
	Parties  Parties
	Replays  Replays
}

// Caller is who proved itself, and with which key.
type Caller struct {
	Party ledger.PartyID
	Key   ledger.Key
}

// assertionClaims are the claims that matter; others are passed over, as RFC
// 7519 par. 4 asks.
type assertionClaims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience audience `json:"aud"`
	ID       string   `json:"jti"`
	times
}

// times are the claims of RFC 7519 par. 4.1.4 to 4.1.6, in seconds.
type times struct {
	Expires   *seconds `json:"exp"`
	NotBefore *seconds `json:"nbf"`
	Issued    *seconds `json:"iat"`
}

// check says whether the claims hold at a moment, with at most life ahead.
func (t times) check(now time.Time, skew, life time.Duration) error {
	switch {
	case t.Expires == nil:
		return errors.New("exp is missing")
	case !now.Add(-skew).Before(t.Expires.time()):
		return errors.New("it has expired")
	case t.Expires.time().After(now.Add(life + skew)):
		return fmt.Errorf("exp lies more than %s ahead", life)
	case t.NotBefore != nil && t.NotBefore.time().After(now.Add(skew)):
		return errors.New("it is not valid yet")
	case t.Issued != nil && t.Issued.time().After(now.Add(skew)):
		return errors.New("it is dated in the future")
	}
	return nil
}

// seconds is a NumericDate (RFC 7519 par. 2). We take whole seconds only, in
// the range of years that a time is written in.
type seconds int64

const maxSeconds = 253_402_300_799 // the end of year 9999

func (s seconds) time() time.Time { return time.Unix(int64(s), 0) }

func (s *seconds) UnmarshalJSON(b []byte) error {
	var n int64
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	if string(b) == "null" || n < 0 || n > maxSeconds {
		return errors.New("not a time in seconds")
	}
	*s = seconds(n)
	return nil
}

// audience is a string or a list of exactly one: an assertion that is good in
// two places can be used by the one at the other.
type audience string

func (a *audience) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		var list []string
		if err := json.Unmarshal(b, &list); err != nil {
			return err
		}
		if len(list) != 1 {
			return errors.New("not exactly one audience")
		}
		text = list[0]
	}
	*a = audience(text)
	return nil
}

// Verify says who signed an assertion. A refusal is a *ledger.Error; it does
// not tell a party that is unknown from a key that is, so that parties cannot
// be found by trying.
func (a *Assertions) Verify(ctx context.Context, assertion string, now time.Time) (*Caller, error) {
	refuse := func(why error) (*Caller, error) {
		return nil, ledger.Refuse(ledger.CodeAssertionInvalid, "detail", why.Error())
	}
	var c assertionClaims
	h, err := peek(assertion, &c)
	if err != nil {
		return refuse(err)
	}
	if h.Typ != "" && h.Typ != "JWT" && h.Typ != "client-authentication+jwt" {
		return refuse(errors.New("its typ is not JWT or client-authentication+jwt"))
	}
	if err := a.checkClaims(c, now); err != nil {
		return refuse(err)
	}
	id := ledger.PartyID(c.Subject)
	party, err := a.Parties.Party(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("reading the party of an assertion: %w", err)
	}
	unknown := errors.New("its key is not a key of a party of this gateway's organisation")
	if party == nil || party.Org != a.Org || party.Standing != ledger.InForce {
		return refuse(unknown)
	}
	key, ok := party.Key(h.Kid)
	if !ok {
		return refuse(unknown)
	}
	if err := verify(assertion, h, key); err != nil {
		return refuse(err)
	}
	// Last, so that only who holds the key can use up its assertions.
	first, err := a.Replays.Once(ctx, id, c.ID, now.Add(-Skew), c.Expires.time())
	if err != nil {
		return nil, fmt.Errorf("checking an assertion for replay: %w", err)
	}
	if !first {
		return refuse(errors.New("it was used before"))
	}
	return &Caller{Party: id, Key: key}, nil
}

func (a *Assertions) checkClaims(c assertionClaims, now time.Time) error {
	switch {
	case !ledger.PartyID(c.Subject).Valid():
		return errors.New("sub is not a party's id")
	case c.Issuer != c.Subject:
		return errors.New("iss and sub are not the same party")
	case string(c.Audience) != a.Audience:
		return errors.New("aud is not " + a.Audience)
	case c.ID == "" || len(c.ID) > maxJTI:
		return fmt.Errorf("jti is not 1 to %d characters", maxJTI)
	}
	return c.check(now, Skew, MaxAssertionLife)
}
