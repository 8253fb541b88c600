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

// assertions verifies client assertions: a JWT by which a party proves that it
// holds one of its ledger keys (private_key_jwt, RFC 7523 par. 3).
type assertions struct {
	issuer  string                     // the gateway's, which the audience must be
	may     func(*ledger.Party) Scopes // of a party here; none where it may have no token
	parties Parties
	replays Replays
}

// caller is who proved itself, and with which key.
type caller struct {
	party *ledger.Party
	key   ledger.Key
}

// assertionClaims are the claims that matter; others are passed over, as RFC
// 7519 par. 4 asks.
type assertionClaims struct {
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
	// Audience is one string: a list of one is refused as well (FAPI 2.0 Security
	// Profile, par. 5.3.2.1), since an assertion that is good in two places can be
	// used by the one at the other.
	Audience string `json:"aud"`
	ID       string `json:"jti"`
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

// verify says who signed an assertion. A refusal is a *ledger.Error; it does
// not tell a party that is unknown from a key that is, so that parties cannot
// be found by trying.
func (a *assertions) verify(ctx context.Context, assertion string, now time.Time) (*caller, error) {
	refuse := func(why error) (*caller, error) {
		return nil, ledger.Refuse(ledger.CodeAssertionInvalid, "detail", why.Error())
	}
	parts, err := takeApart(assertion)
	if err != nil {
		return refuse(err)
	}
	var h header
	var c assertionClaims
	if err := parts.read(&h, headerNames, &c); err != nil {
		return refuse(err)
	}
	if h.Typ != "" && h.Typ != "JWT" && h.Typ != "client-authentication+jwt" {
		return refuse(errors.New("its typ is not JWT or client-authentication+jwt"))
	}
	if err := a.checkClaims(c, now); err != nil {
		return refuse(err)
	}
	id := ledger.PartyID(c.Subject)
	party, err := a.parties.Party(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("reading the party of an assertion: %w", err)
	}
	unknown := errors.New("its key is not a key of a party that may have tokens here")
	if len(a.may(party)) == 0 {
		return refuse(unknown)
	}
	key, ok := party.Key(h.Kid)
	if !ok {
		return refuse(unknown)
	}
	if err := parts.verify(h.Alg, key); err != nil {
		return refuse(err)
	}
	// Last, so that only who holds the key can use up its assertions.
	first, err := a.replays.Once(ctx, id, c.ID, now.Add(-Skew), c.Expires.time())
	if err != nil {
		return nil, fmt.Errorf("checking an assertion for replay: %w", err)
	}
	if !first {
		return refuse(errors.New("it was used before"))
	}
	return &caller{party: party, key: key}, nil
}

func (a *assertions) checkClaims(c assertionClaims, now time.Time) error {
	switch {
	case !ledger.PartyID(c.Subject).Valid():
		return errors.New("sub is not a party's id")
	case c.Issuer != c.Subject:
		return errors.New("iss and sub are not the same party")
	case c.Audience != a.issuer:
		return errors.New("aud is not " + a.issuer)
	case c.ID == "" || len(c.ID) > maxJTI:
		return fmt.Errorf("jti is not 1 to %d characters", maxJTI)
	}
	return c.check(now, Skew, MaxAssertionLife)
}
