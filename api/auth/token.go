package auth

import (
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// TokenLife is how long an access token opens anything. A stream of events that it
// opened goes on for as long as the party and its key are in force.
const TokenLife = 10 * time.Minute

// tokenType is the typ of an access token (RFC 9068 par. 2.1). It keeps an
// access token from being taken for an assertion or a signed command.
const tokenType = "at+jwt"

// Tokens issues and verifies access tokens, signed by the gateway's own key.
type Tokens struct {
	issuer string
	key    *ecdsa.PrivateKey
	public ledger.Key
	random io.Reader
}

// NewTokens makes tokens of a gateway with this base URL.
func NewTokens(issuer string, key *ecdsa.PrivateKey, random io.Reader) (*Tokens, error) {
	public, err := sign.KeyOf(key.Public())
	if err != nil {
		return nil, fmt.Errorf("reading the gateway's token key: %w", err)
	}
	return &Tokens{issuer: issuer, key: key, public: public, random: random}, nil
}

// tokenClaims are those of RFC 9068 par. 2.2, with the client's key (RFC 7800),
// so that a token ends with the key that it was got with.
type tokenClaims struct {
	Issuer       string       `json:"iss"`
	Subject      string       `json:"sub"`
	Audience     audience     `json:"aud"`
	Client       string       `json:"client_id"`
	ID           string       `json:"jti"`
	Confirmation confirmation `json:"cnf"`
	times
}

type confirmation struct {
	Thumbprint string `json:"jkt"`
}

// Issue gives an access token to a caller that has proved itself.
func (t *Tokens) Issue(c *Caller, now time.Time) (token string, err error) {
	id := make([]byte, 16)
	if _, err := io.ReadFull(t.random, id); err != nil {
		return "", fmt.Errorf("drawing a token's id: %w", err)
	}
	issued, expires := seconds(now.Unix()), seconds(now.Add(TokenLife).Unix())
	payload, err := json.Marshal(tokenClaims{
		Issuer: t.issuer, Subject: string(c.Party), Audience: audience(t.issuer), Client: string(c.Party),
		ID: base64.RawURLEncoding.EncodeToString(id), Confirmation: confirmation{c.Key.ID},
		times: times{Issued: &issued, Expires: &expires},
	})
	if err != nil {
		return "", fmt.Errorf("writing a token: %w", err)
	}
	headers := jws.NewHeaders()
	for name, value := range map[string]string{jws.TypeKey: tokenType, jws.KeyIDKey: t.public.ID} {
		if err := headers.Set(name, value); err != nil {
			return "", fmt.Errorf("writing a token's header: %w", err)
		}
	}
	signed, err := jws.Sign(payload, jws.WithKey(jwa.ES256, t.key, jws.WithProtectedHeaders(headers)))
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return string(signed), nil
}

// Bearer is what a valid access token says.
type Bearer struct {
	Party ledger.PartyID
	KeyID string // the key of the party with which the token was got
}

// Verify reads an access token. A refusal is a *ledger.Error. Whether the party
// and its key are still in force is for the caller to ask.
func (t *Tokens) Verify(token string, now time.Time) (*Bearer, error) {
	var c tokenClaims
	h, err := peek(token, &c)
	switch {
	case err != nil:
	case h.Typ != tokenType:
		err = errors.New("its typ is not " + tokenType)
	case h.Kid != t.public.ID:
		err = errors.New("it is not signed by this gateway's key")
	default:
		err = verify(token, h, t.public)
	}
	if err == nil {
		err = t.checkClaims(c, now)
	}
	if err != nil {
		return nil, ledger.Refuse(ledger.CodeTokenInvalid, "detail", err.Error())
	}
	return &Bearer{Party: ledger.PartyID(c.Subject), KeyID: c.Confirmation.Thumbprint}, nil
}

// checkClaims allows no skew: the gateway's own clock wrote the times.
func (t *Tokens) checkClaims(c tokenClaims, now time.Time) error {
	switch {
	case c.Issuer != t.issuer || string(c.Audience) != t.issuer:
		return errors.New("it is another gateway's")
	case !ledger.PartyID(c.Subject).Valid() || c.Confirmation.Thumbprint == "":
		return errors.New("it names no party and key")
	}
	return c.check(now, 0, TokenLife)
}
