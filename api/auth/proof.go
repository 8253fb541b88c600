package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

const (
	// ProofLife is how old a proof may be, apart from the clocks' difference.
	ProofLife = time.Minute

	proofType = "dpop+jwt" // RFC 9449 par. 4.2
	maxProof  = 2 << 10    // bytes
	maxHTU    = 1 << 10    // bytes
)

// proof is a DPoP proof (RFC 9449): a JWT by which who sends a request shows that
// it holds a key.
type proof struct {
	parts      compact
	algorithm  string // as its header says
	key        ledger.Key
	thumbprint string // of the key (RFC 7638)
	claims     proofClaims
}

// proofHeader has the parameters that matter. Others are passed over, as RFC 7515
// par. 4 asks, but for those that would change what is signed or with what.
type proofHeader struct {
	Typ string          `json:"typ"`
	Alg string          `json:"alg"`
	JWK json.RawMessage `json:"jwk"`

	Crit json.RawMessage `json:"crit"`
	B64  json.RawMessage `json:"b64"`
	JKU  json.RawMessage `json:"jku"`
	X5U  json.RawMessage `json:"x5u"`
	X5C  json.RawMessage `json:"x5c"`
}

// check refuses what no proof has.
func (h proofHeader) check() error {
	switch {
	case h.Typ != proofType:
		return errors.New("its typ is not " + proofType)
	case h.JWK == nil:
		return errors.New("its header has no jwk")
	case h.Crit != nil || h.B64 != nil:
		return errors.New("its header has crit or b64")
	case h.JKU != nil || h.X5U != nil || h.X5C != nil:
		return errors.New("its header names a key elsewhere")
	}
	return nil
}

// jwkNames are the members that a public key may have. Any of a private or a
// symmetric one (d, k, p and so on) is refused (RFC 9449 par. 4.3, no. 7).
var jwkNames = []string{"kty", "crv", "x", "y", "kid", "use", "alg", "key_ops", "ext"}

// key reads the public key in the header. Its id is its thumbprint, whatever it
// says itself.
func (h proofHeader) key() (ledger.Key, error) {
	var k ledger.Key
	if err := decodeObject(h.JWK, &k, jwkNames...); err != nil {
		return k, fmt.Errorf("reading its jwk: %w", err)
	}
	k.ID = k.Thumbprint()
	return k, nil
}

// proofClaims are those of RFC 9449 par. 4.2; others are passed over.
type proofClaims struct {
	Method string `json:"htm"`
	URL    string `json:"htu"`
	ID     string `json:"jti"`
	Token  string `json:"ath"` // hash of the access token
	Nonce  string `json:"nonce"`
	times
}

// demand is what a proof must be about.
type demand struct {
	method string
	url    string
	// token and thumbprint are those of the access token that the proof comes
	// with; empty where one is asked for.
	token, thumbprint string
}

// readProof reads and verifies the proof of a request. It takes it only with a
// nonce that is taken now, and does not note it as used: the caller does, when
// all else is good. A refusal is a *ledger.Error.
func (n *nonces) readProof(fields []string, d demand, now time.Time) (*proof, error) {
	refuse := func(why error) (*proof, error) {
		return nil, ledger.Refuse(ledger.CodeProofInvalid, "detail", why.Error())
	}
	p, err := parseProof(fields)
	if err != nil {
		return refuse(err)
	}
	taken, err := n.taken(p.claims.Nonce, now)
	if err != nil {
		return nil, err
	}
	if !taken {
		return nil, ledger.Refuse(ledger.CodeProofNonce)
	}
	if err := p.check(d, now); err != nil {
		return refuse(err)
	}
	if err := p.parts.verify(p.algorithm, p.key); err != nil {
		return refuse(err)
	}
	return p, nil
}

// parseProof reads a proof without verifying it.
func parseProof(fields []string) (*proof, error) {
	if len(fields) != 1 || strings.Contains(fields[0], ",") {
		return nil, errors.New("the header DPoP must be there once, with one proof")
	}
	if len(fields[0]) > maxProof {
		return nil, fmt.Errorf("it is longer than %d bytes", maxProof)
	}
	parts, err := takeApart(fields[0])
	if err != nil {
		return nil, err
	}
	var h proofHeader
	p := &proof{parts: parts}
	if err := parts.read(&h, nil, &p.claims); err != nil {
		return nil, err
	}
	if err := h.check(); err != nil {
		return nil, err
	}
	if p.key, err = h.key(); err != nil {
		return nil, err
	}
	p.algorithm, p.thumbprint = h.Alg, p.key.ID
	return p, nil
}

// check holds the claims against what they must be about.
func (p *proof) check(d demand, now time.Time) error {
	c := p.claims
	at, err := normalURL(c.URL)
	switch {
	case c.Method != d.method:
		return errors.New("htm is not the method of the request")
	case err != nil:
		return err
	case at != d.url:
		return errors.New("htu must be " + d.url)
	case c.ID == "" || len(c.ID) > maxJTI:
		return fmt.Errorf("jti is not 1 to %d characters", maxJTI)
	case c.Issued == nil:
		return errors.New("iat is missing")
	case c.Issued.time().After(now.Add(Skew)):
		return errors.New("it is dated in the future")
	case !c.Issued.time().After(now.Add(-ProofLife - Skew)):
		return errors.New("it is too old")
	case c.NotBefore != nil && c.NotBefore.time().After(now.Add(Skew)):
		return errors.New("it is not valid yet")
	case c.Expires != nil && !now.Add(-Skew).Before(c.Expires.time()):
		return errors.New("it has expired")
	case d.token != "" && c.Token != tokenHash(d.token):
		return errors.New("ath is not the hash of the access token")
	case d.thumbprint != "" && p.thumbprint != d.thumbprint:
		return errors.New("it is made with another key than the access token is bound to")
	}
	return nil
}

// tokenHash gives what ath must be (RFC 9449 par. 4.2).
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

var defaultPorts = map[string]string{"http": "80", "https": "443"}

// normalURL writes an address as RFC 9449 par. 4.3 asks before two are compared:
// without query and fragment, and normalised by syntax and by scheme (RFC 3986
// par. 6.2.2 and 6.2.3). What is not the address of a web resource is an error.
func normalURL(text string) (string, error) {
	wrong := errors.New("htu is not the address of a web resource")
	if text == "" || len(text) > maxHTU {
		return "", wrong
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Opaque != "" {
		return "", wrong
	}
	scheme := strings.ToLower(u.Scheme)
	port, known := defaultPorts[scheme]
	if !known || u.Hostname() == "" {
		return "", wrong
	}
	host := strings.ToLower(u.Host)
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":"+port), ":")
	return scheme + "://" + host + normalPath(u), nil
}

// normalPath takes the dots out of a path and writes every character in one way.
func normalPath(u *url.URL) string {
	segments := strings.Split(u.EscapedPath(), "/")
	for i, s := range segments {
		// Decoding and writing anew leaves one spelling of each character; a
		// slash that was written as %2F stays one.
		if plain, err := url.PathUnescape(s); err == nil {
			segments[i] = url.PathEscape(plain)
		}
	}
	joined := strings.Join(segments, "/")
	if !slices.Contains(segments, ".") && !slices.Contains(segments, "..") {
		if joined == "" {
			return "/"
		}
		return joined
	}
	clean := path.Clean("/" + joined)
	if last := segments[len(segments)-1]; clean != "/" && (last == "" || last == "." || last == "..") {
		clean += "/" // RFC 3986 par. 5.2.4 keeps it
	}
	return clean
}
