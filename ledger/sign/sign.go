// Package sign signs commands and verifies signed commands: JSON Web
// Signatures (RFC 7515) with ES256 or EdDSA over a command's canonical bytes.
//
// It must not decide who may do what; it says only whether a key made a
// signature. It keeps no keys and accepts none from the signed command itself.
package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/ledger"
)

// Type is the typ header of a signed command. It keeps a signature that was
// made for something else, such as a token, from being taken for a command.
const Type = "skuld-command+jws"

// Limits on what is read before anything is verified.
const (
	maxHeaderBytes    = 512
	maxSignatureBytes = 128
	coordinateBytes   = 32 // of both curves (RFC 7518 par. 6.2.1.2, RFC 8037 par. 2)
	maxJWSBytes       = (ledger.MaxCommandBytes+maxHeaderBytes+maxSignatureBytes)*4/3 + 16
)

// header holds the only parameters that a command's signature may have. Any
// other (crit, b64, jwk, x5u …) is refused: each is a way to make two verifiers
// see two things.
type header struct {
	Alg string `json:"alg"`
	Kid string `json:"kid"`
	Typ string `json:"typ"`
}

// Verifier implements ledger.Signatures.
type Verifier struct{}

// Open takes a compact JWS apart without verifying it.
func (Verifier) Open(s ledger.Signed) (ledger.Opened, error) {
	malformed := func(detail string) (ledger.Opened, error) {
		return ledger.Opened{}, ledger.Refuse(ledger.CodeSignatureMalformed, "detail", detail)
	}
	if len(s.JWS) > maxJWSBytes {
		return ledger.Opened{}, ledger.Refuse(ledger.CodeCommandTooLarge, "limit", fmt.Sprint(ledger.MaxCommandBytes))
	}
	parts := strings.Split(s.JWS, ".")
	if len(parts) != 3 {
		return malformed("a compact JWS has three parts")
	}
	head, err := readHeader(parts[0])
	if err != nil {
		return malformed(err.Error())
	}
	payload, err := decode(parts[1])
	if err != nil || len(payload) == 0 {
		return malformed("the payload is not base64url")
	}
	if signature, err := decode(parts[2]); err != nil || len(signature) > maxSignatureBytes {
		return malformed("the signature is not base64url of a signature's length")
	}
	seal := sha256.Sum256([]byte(parts[0] + "." + parts[2]))
	return ledger.Opened{Payload: payload, KeyID: head.Kid, Seal: seal, Signed: s}, nil
}

func readHeader(part string) (header, error) {
	var h header
	raw, err := decode(part)
	if err != nil || len(raw) > maxHeaderBytes {
		return h, errors.New("the header is not base64url of a header's length")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return h, errors.New("the header has a parameter other than alg, kid and typ")
	}
	// Written back it must be the same bytes, or a repeated parameter, another
	// spelling or trailing data could mean something to another reader.
	canonical, err := ledger.Canonical(h)
	if err != nil || !bytes.Equal(canonical, raw) {
		return h, errors.New("the header is not canonical JSON of alg, kid and typ")
	}
	if h.Typ != Type {
		return h, errors.New("typ is not " + Type)
	}
	return h, nil
}

// decode reads base64url in its one spelling. Strict alone would skip line breaks.
func decode(s string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err == nil && len(s) != base64.RawURLEncoding.EncodedLen(len(b)) {
		err = errors.New("a line break in base64url")
	}
	return b, err
}

// Verify checks the signature of an opened command with a key. The algorithm
// is the key's, never the header's own choice.
func (Verifier) Verify(o ledger.Opened, key ledger.Key) error {
	alg, public, err := PublicKey(key)
	if err != nil {
		return err
	}
	head, err := readHeader(strings.SplitN(o.Signed.JWS, ".", 2)[0])
	if err != nil {
		return ledger.Refuse(ledger.CodeSignatureMalformed, "detail", err.Error())
	}
	if head.Alg != alg.String() {
		return ledger.Refuse(ledger.CodeAlgorithmForbidden)
	}
	payload, err := jws.Verify([]byte(o.Signed.JWS), jws.WithKey(alg, public))
	if err != nil || !bytes.Equal(payload, o.Payload) || head.Kid != key.ID {
		return ledger.Refuse(ledger.CodeSignatureWrong)
	}
	return nil
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

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Payload signs the canonical bytes of a command as they came in a draft.
func Payload(payload []byte, private crypto.Signer) (ledger.Signed, error) {
	key, err := KeyOf(private.Public())
	if err != nil {
		return ledger.Signed{}, err
	}
	alg := jwa.ES256
	if key.Kty == "OKP" {
		alg = jwa.EdDSA
	}
	protected, err := ledger.Canonical(header{Alg: alg.String(), Kid: key.ID, Typ: Type})
	if err != nil {
		return ledger.Signed{}, err
	}
	input := encode(protected) + "." + encode(payload)
	signer, err := jws.NewSigner(alg)
	if err != nil {
		return ledger.Signed{}, fmt.Errorf("making a signer for %s: %w", alg, err)
	}
	signature, err := signer.Sign([]byte(input), private)
	if err != nil {
		return ledger.Signed{}, fmt.Errorf("signing the command: %w", err)
	}
	return ledger.Signed{JWS: input + "." + encode(signature)}, nil
}

// Command signs a command.
func Command(c *ledger.Command, private crypto.Signer) (ledger.Signed, error) {
	payload, err := c.Canonical()
	if err != nil {
		return ledger.Signed{}, fmt.Errorf("writing the command: %w", err)
	}
	return Payload(payload, private)
}

// NewKey makes a new private key for ES256 from the system's randomness.
func NewKey() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }
