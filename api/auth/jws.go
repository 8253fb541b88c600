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
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/ledger"
)

// Limits on what is read before anything is verified.
const (
	maxTokenBytes  = 4 << 10
	maxHeaderBytes = 512
)

// header holds the only parameters that a token's header may have. Any other
// is refused: crit and b64 change what is signed, jwk, jku, x5c and x5u would
// let a token choose the key that verifies it (RFC 8725 par. 3.10).
type header struct {
	Alg string `json:"alg"`
	Kid string `json:"kid"`
	Typ string `json:"typ,omitempty"`
}

// peek reads the header and the claims of a compact JWS without verifying it.
func peek(token string, claims any) (header, error) {
	var h header
	if len(token) > maxTokenBytes {
		return h, fmt.Errorf("it is longer than %d bytes", maxTokenBytes)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return h, errors.New("it is not a compact JWS of three parts")
	}
	head, err := base64.RawURLEncoding.Strict().DecodeString(parts[0])
	if err != nil || len(head) > maxHeaderBytes {
		return h, errors.New("its header is not base64url of a header's length")
	}
	if err := decodeObject(head, &h, "alg", "kid", "typ"); err != nil {
		return h, fmt.Errorf("reading its header: %w", err)
	}
	body, err := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	if err != nil {
		return h, errors.New("its claims are not base64url")
	}
	if err := decodeObject(body, claims); err != nil {
		return h, fmt.Errorf("reading its claims: %w", err)
	}
	return h, nil
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
		if seen[name] {
			return fmt.Errorf("the member %.20q is there twice", name)
		}
		if seen[name] = true; len(names) > 0 && !slices.Contains(names, name) {
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

// verify checks a signature with a ledger key. The algorithm is the key's,
// never the header's own choice (RFC 8725 par. 3.1).
func verify(token string, h header, k ledger.Key) error {
	alg := jwa.SignatureAlgorithm(Algorithm(k))
	if h.Alg != alg.String() {
		return fmt.Errorf("its algorithm is not the key's, %s", alg)
	}
	text, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("writing a key: %w", err)
	}
	public, err := jwk.ParseKey(text)
	if err != nil {
		return errors.New("its key is unusable")
	}
	if _, err := jws.Verify([]byte(token), jws.WithKey(alg, public)); err != nil {
		return errors.New("its signature is wrong")
	}
	return nil
}
