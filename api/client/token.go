package client

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
	"github.com/lestrrat-go/jwx/v2/jwt"

	"github.com/skuld-registry/skuld/ledger/sign"
)

const (
	tokenPath = "/v1/token"
	// assertionLife is how long an assertion is good; the gateway allows five
	// minutes, of which the clocks' difference is a part.
	assertionLife = 2 * time.Minute
	// renewBefore is how long before its end a token is replaced, so that it
	// does not end on the way.
	renewBefore = 30 * time.Second
	// assertionType names a private_key_jwt (RFC 7523).
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

// ErrNoKey says that a request needs the party's key and the client has none.
var ErrNoKey = errors.New("the client has no party and no key to act with")

// accessToken gives a token that is good for a while yet. The lock is held
// while a new one is fetched, so that many callers fetch one.
func (c *Client) accessToken(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != "" && c.options.Now().Before(c.expires) {
		return c.token, nil
	}
	assertion, err := c.assertion()
	if err != nil {
		return "", fmt.Errorf("asking for access: %w", err)
	}
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {assertionType},
		"client_assertion":      {assertion},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+tokenPath, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("asking for access: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"` // seconds
	}
	asked := c.options.Now()
	if _, err := c.do(req, &answer); err != nil {
		return "", fmt.Errorf("asking for access: %w", err)
	}
	c.token, c.expires = answer.AccessToken, asked.Add(time.Duration(answer.ExpiresIn)*time.Second-renewBefore)
	return c.token, nil
}

func (c *Client) forgetToken() {
	c.mu.Lock()
	c.token = ""
	c.mu.Unlock()
}

// assertion writes the JWT with which the party proves itself: signed by its
// own ledger key and good for one use at one gateway.
func (c *Client) assertion() (string, error) {
	if c.options.Key == nil || c.options.Party == "" {
		return "", ErrNoKey
	}
	key, err := sign.KeyOf(c.options.Key.Public())
	if err != nil {
		return "", err
	}
	alg := jwa.ES256
	if key.Kty == "OKP" {
		alg = jwa.EdDSA
	}
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return "", err
	}
	now := c.options.Now()
	token, err := jwt.NewBuilder().
		Issuer(string(c.options.Party)).Subject(string(c.options.Party)).Audience([]string{c.base + tokenPath}).
		IssuedAt(now).Expiration(now.Add(assertionLife)).JwtID(hex.EncodeToString(id[:])).Build()
	if err != nil {
		return "", err
	}
	headers := jws.NewHeaders()
	if err := headers.Set(jws.KeyIDKey, key.ID); err != nil {
		return "", err
	}
	signed, err := jwt.Sign(token, jwt.WithKey(alg, c.options.Key, jws.WithProtectedHeaders(headers)))
	if err != nil {
		return "", fmt.Errorf("signing the assertion: %w", err)
	}
	return string(signed), nil
}
