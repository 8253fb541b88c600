package auth

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// Limits on what is read before anything is verified.
const (
	maxTokenBytes  = 4 << 10
	maxHeaderBytes = 1 << 10
	// signatureBytes is the length of both kinds of signature: r and s of ES256
	// (RFC 7518 par. 3.4), and that of Ed25519 (RFC 8032 par. 5.1.6).
	signatureBytes = 64
)

// header holds the only parameters that the header of an assertion or of one of
// our tokens may have. Any other is refused: crit and b64 change what is signed;
// jwk, jku, x5c and x5u would let a token choose the key that verifies it (RFC
// 8725 par. 3.10).
type header struct {
	Alg string `json:"alg"`
	Kid string `json:"kid"`
	Typ string `json:"typ,omitempty"`
}

var headerNames = []string{"alg", "kid", "typ"}

// compact is a compact JWS, taken apart and not verified.
type compact struct {
	input                     string // what is signed
	header, claims, signature []byte
}

// takeApart reads the three parts of a compact JWS (RFC 7515 par. 7.1).
func takeApart(token string) (compact, error) {
	var c compact
	if len(token) > maxTokenBytes {
		return c, fmt.Errorf("it is longer than %d bytes", maxTokenBytes)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return c, errors.New("it is not a compact JWS of three parts")
	}
	c.input = token[:len(parts[0])+1+len(parts[1])]
	var err error
	if c.header, err = decode(parts[0]); err != nil || len(c.header) > maxHeaderBytes {
		return c, errors.New("its header is not base64url of a header's length")
	}
	if c.claims, err = decode(parts[1]); err != nil {
		return c, errors.New("its claims are not base64url")
	}
	if c.signature, err = decode(parts[2]); err != nil {
		return c, errors.New("its signature is not base64url")
	}
	return c, nil
}

// decode reads base64url in its one spelling. Strict alone would skip line breaks.
func decode(s string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err == nil && len(s) != base64.RawURLEncoding.EncodedLen(len(b)) {
		err = errors.New("a line break in base64url")
	}
	return b, err
}

// read reads the header and the claims. The header may have the members that are
// named, and any where none is.
func (c compact) read(head any, names []string, claims any) error {
	if err := decodeObject(c.header, head, names...); err != nil {
		return fmt.Errorf("reading its header: %w", err)
	}
	if err := decodeObject(c.claims, claims); err != nil {
		return fmt.Errorf("reading its claims: %w", err)
	}
	return nil
}

var errNoObject = errors.New("not a JSON object")

// decodeObject reads one JSON object. It refuses members that are there twice,
// of which two readers could each believe another; and where names are given,
// any other member than those, in exactly that spelling.
func decodeObject(b []byte, v any, names ...string) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errNoObject
	}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return errNoObject
		}
		name, _ := token.(string)
		// encoding/json takes a member by its name in any case, so that one in
		// capitals is the same member once more; and so is one with a letter whose
		// other case is ASCII, as ſ (S) and the sign of the kelvin (k).
		fold := strings.ToLower(strings.ToUpper(name))
		if seen[fold] {
			return fmt.Errorf("the member %.20q is there twice", name)
		}
		if seen[fold] = true; len(names) > 0 && !slices.Contains(names, name) {
			return fmt.Errorf("the member %.20q is not allowed", name)
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return errNoObject
		}
	}
	if _, err := d.Token(); err != nil {
		return errNoObject
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows the JSON object")
	}
	if err := json.Unmarshal(b, v); err != nil {
		return errors.New("a member is of another type than it should be")
	}
	return nil
}

// Algorithm gives the one algorithm that a ledger key signs with.
func Algorithm(k ledger.Key) string {
	if k.Kty == "OKP" {
		return jwa.EdDSA.String()
	}
	return jwa.ES256.String()
}

// verify checks the signature with a key. The algorithm is the key's, never the
// header's own choice (RFC 8725 par. 3.1).
//
// Of an ES256 signature (r, s) anybody can make the other valid one (r, n-s).
// Both are taken: nothing here is told from another by its signature, and who
// sends the other form of a proof or an assertion is refused by its jti.
func (c compact) verify(alg string, k ledger.Key) error {
	if k.Passkey != nil {
		return errors.New("its key is a passkey, which signs nothing but commands on its own pages")
	}
	algorithm, public, err := sign.PublicKey(k)
	if err != nil {
		return errors.New("its key is unusable")
	}
	if alg != algorithm.String() {
		return fmt.Errorf("its algorithm is not the key's, %s", algorithm)
	}
	if len(c.signature) != signatureBytes {
		return errors.New("its signature is of another length than its algorithm's")
	}
	verifier, err := jws.NewVerifier(algorithm)
	if err != nil {
		return fmt.Errorf("making a verifier for %s: %w", algorithm, err)
	}
	if err := verifier.Verify([]byte(c.input), c.signature, public); err != nil {
		return errors.New("its signature is wrong")
	}
	return nil
}
