package sign

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"

	"github.com/skuld-registry/skuld/ledger"
)

// Type is the typ header of a signed command. It keeps a signature that was
// made for something else, such as a token, from being taken for a command.
const Type = "skuld-command+jws"

// Limits on what is read before anything is verified.
const (
	maxHeaderBytes    = 512
	maxSignatureBytes = 128 // of either form; ECDSA's takes up to 72 in DER
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

// openJWS takes a compact JWS apart.
func openJWS(text string) (ledger.Opened, error) {
	if len(text) > maxJWSBytes {
		return ledger.Opened{}, tooLarge()
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return ledger.Opened{}, malformed("a compact JWS has three parts")
	}
	head, err := readHeader(parts[0])
	if err != nil {
		return ledger.Opened{}, malformed(err.Error())
	}
	payload, err := decode(parts[1])
	if err != nil || len(payload) == 0 {
		return ledger.Opened{}, malformed("the payload is not base64url")
	}
	if signature, err := decode(parts[2]); err != nil || len(signature) > maxSignatureBytes {
		return ledger.Opened{}, malformed("the signature is not base64url of a signature's length")
	}
	seal := sha256.Sum256([]byte(parts[0] + "." + parts[2]))
	return ledger.Opened{Payload: payload, KeyID: head.Kid, Seal: seal, Signed: ledger.Signed{JWS: text}}, nil
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

// verifyJWS checks a compact JWS with a key. The algorithm is the key's, never
// the header's own choice.
func verifyJWS(o ledger.Opened, key ledger.Key) error {
	alg, public, err := PublicKey(key)
	if err != nil {
		return err
	}
	parts := strings.Split(o.Signed.JWS, ".")
	if len(parts) != 3 {
		return malformed("a compact JWS has three parts")
	}
	head, err := readHeader(parts[0])
	if err != nil {
		return malformed(err.Error())
	}
	if head.Alg != alg.String() {
		return ledger.Refuse(ledger.CodeAlgorithmForbidden)
	}
	signature, err := decode(parts[2])
	if err != nil || parts[1] != encode(o.Payload) || head.Kid != key.ID ||
		!verifyInput(public, []byte(parts[0]+"."+parts[1]), signature) {
		return ledger.Refuse(ledger.CodeSignatureWrong)
	}
	return nil
}

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
	signature, err := signInput(private, []byte(input))
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
