package client

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/api/client/dpop"
	"github.com/skuld-registry/skuld/ledger"
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

// authorize adds the party's token to a request, and the proof that this client
// may use it.
func (c *Client) authorize(ctx context.Context, req *http.Request) error {
	token, err := c.accessToken(ctx)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", dpop.Scheme+" "+token)
	return c.prove(req, token)
}

// prove adds the proof of a request, with the nonce that the gateway said last.
func (c *Client) prove(req *http.Request, token string) error {
	r := dpop.Request{Method: req.Method, URL: req.URL.String(), Token: token, At: c.options.Now()}
	if nonce := c.nonce.Load(); nonce != nil {
		r.Nonce = *nonce
	}
	proof, err := c.prover.Proof(r)
	if err != nil {
		return err
	}
	req.Header.Set(dpop.Header, proof)
	return nil
}

// learn notes the nonce of an answer (RFC 9449 par. 8.2).
func (c *Client) learn(resp *http.Response) {
	if nonce := resp.Header.Get(dpop.NonceHeader); nonce != "" {
		c.nonce.Store(&nonce)
	}
}

// renewals are what has been renewed for one exchange, each at most once.
type renewals struct{ token, proof bool }

// renew says whether a request that was refused may be sent again with another
// token or proof. It was refused before anything was done.
func (c *Client) renew(err error, done *renewals) bool {
	switch ledger.CodeOf(err) {
	case ledger.CodeTokenInvalid:
		if !done.token {
			c.forgetToken()
			done.token = true
			return true
		}
	case ledger.CodeProofNonce, ledger.CodeProofInvalid:
		// The nonce is another one by now; or the request was sent twice on its
		// way, which the gateway cannot tell from a thief.
		if !done.proof {
			done.proof = true
			return true
		}
	}
	return false
}

// accessToken gives a token that is good for a while yet. The lock is held
// while a new one is fetched, so that many callers fetch one.
func (c *Client) accessToken(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != "" && c.options.Now().Before(c.expires) {
		return c.token, nil
	}
	var renewals renewals
	for {
		err := c.fetchToken(ctx)
		if err == nil {
			return c.token, nil
		}
		if code := ledger.CodeOf(err); code == ledger.CodeTokenInvalid || !c.renew(err, &renewals) {
			return "", fmt.Errorf("asking for access: %w", err)
		}
	}
}

// fetchToken asks for a token. The lock is held.
func (c *Client) fetchToken(ctx context.Context) error {
	assertion, err := c.assertion()
	if err != nil {
		return err
	}
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {assertionType},
		"client_assertion":      {assertion},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+tokenPath, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := c.prove(req, ""); err != nil {
		return err
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"` // seconds
	}
	asked := c.options.Now()
	if _, err := c.do(req, &answer); err != nil {
		return err
	}
	c.token, c.expires = answer.AccessToken, asked.Add(time.Duration(answer.ExpiresIn)*time.Second-renewBefore)
	return nil
}

func (c *Client) forgetToken() {
	c.mu.Lock()
	c.token = ""
	c.mu.Unlock()
}

// assertion writes the JWT with which the party proves itself: signed by its
// own ledger key and good for one use at one gateway, whose name is its address.
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
	claims, err := json.Marshal(map[string]any{
		"iss": c.options.Party, "sub": c.options.Party, "aud": c.base, "jti": hex.EncodeToString(id[:]),
		"iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	})
	if err != nil {
		return "", err
	}
	headers := jws.NewHeaders()
	if err := headers.Set(jws.KeyIDKey, key.ID); err != nil {
		return "", err
	}
	if err := headers.Set(jws.TypeKey, "JWT"); err != nil {
		return "", err
	}
	signed, err := jws.Sign(claims, jws.WithKey(alg, c.options.Key, jws.WithProtectedHeaders(headers)))
	if err != nil {
		return "", fmt.Errorf("signing the assertion: %w", err)
	}
	return string(signed), nil
}
