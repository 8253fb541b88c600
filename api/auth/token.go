package auth

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// TokenLife is how long an access token opens anything. A stream of events that
// it opened ends with it.
const TokenLife = 10 * time.Minute

// tokenType is the typ of an access token (RFC 9068 par. 2.1). It keeps an
// access token from being taken for an assertion or a signed command.
const tokenType = "at+jwt"

// tokens issues and verifies access tokens, signed by the gateway's own keys.
type tokens struct {
	issuer string
	keys   *Keys
	random io.Reader
}

// tokenClaims are those of RFC 9068 par. 2.2, bound to the key of the client's
// proofs (RFC 9449 par. 6.1).
type tokenClaims struct {
	Issuer       string       `json:"iss"`
	Subject      string       `json:"sub"`
	Audience     string       `json:"aud"`
	Client       string       `json:"client_id"`
	ID           string       `json:"jti"`
	Scope        string       `json:"scope"`
	Confirmation confirmation `json:"cnf"`
	// LedgerKey is the key on the ledger that the token was got with, so that it
	// ends with it. The key of the proofs may be another.
	LedgerKey string `json:"skuld_kid"`
	times
}

type confirmation struct {
	Thumbprint string `json:"jkt"`
}

// Access is what a valid access token says. Requests with the same token share it;
// nobody may change it.
type Access struct {
	Party ledger.PartyID
	// KeyID is the party's key with which the token was got; empty where another
	// issuer has vouched for the party.
	KeyID      string
	Thumbprint string // of the key that the token is bound to
	Scopes     Scopes
	Expires    time.Time
}

// issue gives an access token.
func (t *tokens) issue(a Access, now time.Time) (string, error) {
	id := make([]byte, 16)
	if _, err := io.ReadFull(t.random, id); err != nil {
		return "", fmt.Errorf("drawing a token's id: %w", err)
	}
	issued, expires := seconds(now.Unix()), seconds(a.Expires.Unix())
	payload, err := json.Marshal(tokenClaims{
		Issuer: t.issuer, Subject: string(a.Party), Audience: t.issuer, Client: string(a.Party),
		ID: base64.RawURLEncoding.EncodeToString(id), Scope: a.Scopes.String(),
		Confirmation: confirmation{a.Thumbprint}, LedgerKey: a.KeyID,
		times: times{Issued: &issued, Expires: &expires},
	})
	if err != nil {
		return "", fmt.Errorf("writing a token: %w", err)
	}
	return t.keys.Sign(payload, tokenType)
}

// verify reads an access token of our own. Whether the party and its key are
// still in force is for the caller to ask.
func (t *tokens) verify(parts compact, now time.Time) (*Access, error) {
	var h header
	var c tokenClaims
	if err := parts.read(&h, headerNames, &c); err != nil {
		return nil, err
	}
	if h.Typ != tokenType {
		return nil, errors.New("its typ is not " + tokenType)
	}
	key, ok := t.keys.forTokens(h.Kid)
	if !ok {
		return nil, errors.New("it is not signed by a key of this gateway")
	}
	if err := parts.verify(h.Alg, key); err != nil {
		return nil, err
	}
	if err := t.checkClaims(c, now); err != nil {
		return nil, err
	}
	scopes, _ := readScopes(c.Scope, AllScopes())
	return &Access{
		Party: ledger.PartyID(c.Subject), KeyID: c.LedgerKey, Thumbprint: c.Confirmation.Thumbprint,
		Scopes: scopes, Expires: c.Expires.time().UTC(),
	}, nil
}

// checkClaims allows no skew: the gateway's own clock wrote the times.
func (t *tokens) checkClaims(c tokenClaims, now time.Time) error {
	switch {
	case c.Issuer != t.issuer || c.Audience != t.issuer:
		return errors.New("it is another gateway's")
	case !ledger.PartyID(c.Subject).Valid() || c.LedgerKey == "":
		return errors.New("it names no party and key")
	case c.Confirmation.Thumbprint == "":
		return errors.New("it is bound to no key")
	}
	return c.check(now, 0, TokenLife)
}
