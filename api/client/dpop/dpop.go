// Package dpop makes DPoP proofs (RFC 9449): it shows, with each request, that its
// sender holds the key that an access token is bound to.
//
// It must not keep tokens or send anything; package client does.
package dpop

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// Header is the name of the header that a proof stands in, and NonceHeader that of
// the one in which a gateway says what nonce to use.
const (
	Header      = "DPoP"
	NonceHeader = "DPoP-Nonce"
)

// Scheme is that of the header Authorization.
const Scheme = "DPoP"

// proofType is the typ of a proof (RFC 9449 par. 4.2).
const proofType = "dpop+jwt"

// Prover makes proofs with a key. It may be used by many callers at a time.
type Prover struct {
	key       crypto.Signer
	public    ledger.Key
	algorithm jwa.SignatureAlgorithm
	header    string // the protected header in base64url, the same in every proof
}

// New makes a prover with a key of its own, which lives as long as the process: a
// token is worth nothing without it.
func New() (*Prover, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key for proofs: %w", err)
	}
	return With(key)
}

// With makes a prover with an Ed25519 key or an ECDSA key on P-256.
func With(key crypto.Signer) (*Prover, error) {
	public, err := sign.KeyOf(key.Public())
	if err != nil {
		return nil, fmt.Errorf("reading the key for proofs: %w", err)
	}
	algorithm, _, err := sign.PublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("reading the key for proofs: %w", err)
	}
	type jwk struct {
		Kty string `json:"kty"`
		Crv string `json:"crv"`
		X   string `json:"x"`
		Y   string `json:"y,omitempty"`
	}
	header, err := json.Marshal(struct {
		Typ string `json:"typ"`
		Alg string `json:"alg"`
		JWK jwk    `json:"jwk"`
	}{proofType, algorithm.String(), jwk{public.Kty, public.Crv, public.X, public.Y}})
	if err != nil {
		return nil, fmt.Errorf("writing the header of a proof: %w", err)
	}
	return &Prover{key: key, public: public, algorithm: algorithm, header: base64.RawURLEncoding.EncodeToString(header)}, nil
}

// Thumbprint gives that of the key (RFC 7638), to which tokens are bound.
func (p *Prover) Thumbprint() string { return p.public.ID }

// Request is what a proof is about.
type Request struct {
	Method string
	URL    string // its query and fragment are left out of the proof
	Token  string // the access token that goes with it; empty where one is asked for
	Nonce  string // the one that the gateway said last; empty where none is known
	At     time.Time
}

// Proof makes the proof of one request. Each is good once.
func (p *Prover) Proof(r Request) (string, error) {
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return "", fmt.Errorf("drawing the id of a proof: %w", err)
	}
	address, _, _ := strings.Cut(r.URL, "#")
	address, _, _ = strings.Cut(address, "?")
	hash := ""
	if r.Token != "" {
		sum := sha256.Sum256([]byte(r.Token))
		hash = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	claims, err := json.Marshal(struct {
		ID     string `json:"jti"`
		Method string `json:"htm"`
		URL    string `json:"htu"`
		Issued int64  `json:"iat"`
		Token  string `json:"ath,omitempty"`
		Nonce  string `json:"nonce,omitempty"`
	}{hex.EncodeToString(id[:]), r.Method, address, r.At.Unix(), hash, r.Nonce})
	if err != nil {
		return "", fmt.Errorf("writing a proof: %w", err)
	}
	input := p.header + "." + base64.RawURLEncoding.EncodeToString(claims)
	signer, err := jws.NewSigner(p.algorithm)
	if err != nil {
		return "", fmt.Errorf("making a signer for %s: %w", p.algorithm, err)
	}
	signature, err := signer.Sign([]byte(input), p.key)
	if err != nil {
		return "", fmt.Errorf("signing a proof: %w", err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}
