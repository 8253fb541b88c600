// Package sign signs commands and verifies signed commands. A command's
// canonical bytes are signed in one of two forms: as a JSON Web Signature (RFC
// 7515) with ES256 or EdDSA, or by an assertion of a passkey (W3C Web
// Authentication, Level 3) with ES256, whose challenge is their SHA-256.
//
// It must not decide who may do what; it says only whether a key made a
// signature. It keeps no keys and accepts none from the signed command itself.
// It runs in the contract: no clock, no randomness where it verifies, and no
// more work than the named limits allow.
package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/lestrrat-go/jwx/v2/jwa"

	"github.com/skuld-registry/skuld/ledger"
)

// coordinateBytes is the length of a coordinate of both curves (RFC 7518 par.
// 6.2.1.2, RFC 8037 par. 2).
const coordinateBytes = 32

// Verifier implements ledger.Signatures.
type Verifier struct{}

// Open takes a signed command apart without verifying it.
func (Verifier) Open(s ledger.Signed) (ledger.Opened, error) {
	switch {
	case s.JWS != "" && s.WebAuthn != "":
		return ledger.Opened{}, malformed("a command has one signature, a JWS or an assertion of a passkey")
	case s.WebAuthn != "":
		return openWebAuthn(s.WebAuthn)
	}
	return openJWS(s.JWS)
}

// Verify checks the signature of an opened command with a key. A key that lives
// in an authenticator is good for assertions alone, since only those say for
// which pages and with whose hand they were made; and no other key is.
func (Verifier) Verify(o ledger.Opened, key ledger.Key) error {
	switch {
	case (o.Signed.WebAuthn != "") != (key.Passkey != nil):
		return ledger.Refuse(ledger.CodeKeyForm)
	case key.Passkey != nil:
		return verifyWebAuthn(o, key)
	}
	return verifyJWS(o, key)
}

func malformed(detail string) error {
	return ledger.Refuse(ledger.CodeSignatureMalformed, "detail", detail)
}

func tooLarge() error {
	return ledger.Refuse(ledger.CodeCommandTooLarge, "limit", fmt.Sprint(ledger.MaxCommandBytes))
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// decode reads base64url in its one spelling. Strict alone would skip line breaks.
func decode(s string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err == nil && len(s) != base64.RawURLEncoding.EncodedLen(len(b)) {
		err = errors.New("a line break in base64url")
	}
	return b, err
}

// PublicKey builds the key and its one algorithm. A coordinate that is not 32
// bytes, a point off the curve and a point of low order are refused: under the
// last, one signature is good for many messages, so that it proves nothing.
func PublicKey(k ledger.Key) (jwa.SignatureAlgorithm, crypto.PublicKey, error) {
	unsupported := ledger.Refuse(ledger.CodeKeyUnsupported)
	x, err := decode(k.X)
	if err != nil || len(x) != coordinateBytes {
		return "", nil, unsupported
	}
	switch {
	case k.Kty == "EC" && k.Crv == "P-256":
		y, err := decode(k.Y)
		if err != nil || len(y) != coordinateBytes {
			return "", nil, unsupported
		}
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
		if err != nil {
			return "", nil, unsupported
		}
		return jwa.ES256, public, nil
	case k.Kty == "OKP" && k.Crv == "Ed25519" && k.Y == "" && !lowOrder(x):
		return jwa.EdDSA, ed25519.PublicKey(x), nil
	}
	return "", nil, unsupported
}

// KeyOf gives the ledger's form of a public key: an ECDSA key on P-256 or an
// Ed25519 key.
func KeyOf(public crypto.PublicKey) (ledger.Key, error) {
	var k ledger.Key
	switch p := public.(type) {
	case *ecdsa.PublicKey:
		if p.Curve != elliptic.P256() {
			return k, ledger.Refuse(ledger.CodeKeyUnsupported)
		}
		point, err := p.Bytes()
		if err != nil {
			return k, ledger.Refuse(ledger.CodeKeyUnsupported)
		}
		k = ledger.Key{Kty: "EC", Crv: "P-256", X: encode(point[1:33]), Y: encode(point[33:])}
	case ed25519.PublicKey:
		k = ledger.Key{Kty: "OKP", Crv: "Ed25519", X: encode(p)}
	default:
		return k, ledger.Refuse(ledger.CodeKeyUnsupported)
	}
	k.ID = k.Thumbprint()
	return k, nil
}

// NewKey makes a new private key for ES256 from the system's randomness.
func NewKey() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }
