package client

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"
)

const (
	// eventType is the typ of the signature of a webhook's delivery.
	eventType = "skuld-event+jwt"
	// maxEventAge is how far the time of a signature may lie from now. Each attempt
	// at a delivery is signed anew.
	maxEventAge = 5 * time.Minute
	// maxSignatureBytes bounds a signature before anything of it is read.
	maxSignatureBytes = 8 << 10
)

// Received is what came to a webhook's address.
type Received struct {
	Body      []byte // exactly as it came
	Signature string // the header Skuld-Signature

	Gateway string    // base address of the gateway that sends
	Address string    // the webhook's own address, as it was given to the gateway
	Now     time.Time // when it came
}

// Delivered is what a verified signature says of a delivery. Whoever takes each
// Delivery once takes each event once.
type Delivered struct {
	Delivery string `json:"jti"`
	Webhook  string `json:"webhook"`
	Event    string `json:"event"` // the operation, or ping
}

// ErrEventKey says that a delivery is signed with a key that is not among the
// gateway's: fetch its JWKS again, since keys are replaced.
var ErrEventKey = errors.New("the key of the signature is not among the gateway's")

// VerifyEvent says whether what came is what the gateway sent to this address:
// signed by one of its keys, a JWKS (RFC 7517) as at its /.well-known/jwks.json,
// just now, and with this body.
func VerifyEvent(r Received, keys []byte) (*Delivered, error) {
	payload, err := verifySignature(r.Signature, keys)
	if err != nil {
		return nil, fmt.Errorf("verifying an event: %w", err)
	}
	var c struct {
		Delivered
		Issuer   string `json:"iss"`
		Audience string `json:"aud"`
		Issued   int64  `json:"iat"`
		Digest   string `json:"digest"`
	}
	if err := json.Unmarshal(payload, &c); err != nil {
		return nil, fmt.Errorf("verifying an event: reading its claims: %w", err)
	}
	sum := sha256.Sum256(r.Body)
	digest := base64.RawURLEncoding.EncodeToString(sum[:])
	switch age := r.Now.Sub(time.Unix(c.Issued, 0)); {
	case c.Issuer != r.Gateway:
		err = errors.New("it is another gateway's")
	case c.Audience != r.Address:
		err = errors.New("it was sent to another address")
	case age.Abs() > maxEventAge:
		err = fmt.Errorf("it was signed %s ago", age.Round(time.Second))
	case subtle.ConstantTimeCompare([]byte(c.Digest), []byte(digest)) != 1:
		err = errors.New("its body is another than was signed")
	}
	if err != nil {
		return nil, fmt.Errorf("verifying an event: %w", err)
	}
	return &c.Delivered, nil
}

// verifySignature gives the payload of a compact JWS of one of the keys. The
// algorithm and the type are ours to name, not the signature's (RFC 8725 par. 3.1
// and 3.11).
func verifySignature(signature string, keys []byte) ([]byte, error) {
	if len(signature) > maxSignatureBytes {
		return nil, fmt.Errorf("its signature is longer than %d bytes", maxSignatureBytes)
	}
	message, err := jws.Parse([]byte(signature), jws.WithCompact())
	if err != nil {
		return nil, fmt.Errorf("reading its signature: %w", err)
	}
	header := message.Signatures()[0].ProtectedHeaders()
	if header.Type() != eventType || header.Algorithm() != jwa.ES256 || len(header.Critical()) > 0 {
		return nil, errors.New("its signature is of another kind")
	}
	set, err := jwk.Parse(keys)
	if err != nil {
		return nil, fmt.Errorf("reading the gateway's keys: %w", err)
	}
	key, ok := set.LookupKeyID(header.KeyID())
	if !ok {
		return nil, ErrEventKey
	}
	payload, err := jws.Verify([]byte(signature), jws.WithKey(jwa.ES256, key))
	if err != nil {
		return nil, errors.New("its signature is wrong")
	}
	return payload, nil
}
