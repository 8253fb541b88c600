package auth_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

const (
	audience = "https://gateway.test/v1/token"
	org      = "LenderMSP"
)

var noon = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

// partyID gives a party's id with a letter that tells it from others.
func partyID(letter string) ledger.PartyID {
	return ledger.PartyID("p" + strings.Repeat(letter, 32))
}

// parties is a ledger of parties in memory.
type parties map[ledger.PartyID]*ledger.Party

func (p parties) Party(_ context.Context, id ledger.PartyID) (*ledger.Party, error) {
	return p[id], nil
}

// replays remembers assertions in memory.
type replays map[string]bool

func (r replays) Once(_ context.Context, party ledger.PartyID, jti string, _, _ time.Time) (bool, error) {
	name := string(party) + " " + jti
	first := !r[name]
	r[name] = true
	return first, nil
}

// client is a party that asks for a token.
type client struct {
	id  ledger.PartyID
	key crypto.Signer
	jwk ledger.Key
}

func newClient(t *testing.T, letter string, key crypto.Signer) client {
	t.Helper()
	jwk, err := sign.KeyOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return client{id: partyID(letter), key: key, jwk: jwk}
}

func (c client) party() *ledger.Party {
	return &ledger.Party{ID: c.id, Kind: ledger.Company, Org: org, Standing: ledger.InForce, Keys: []ledger.Key{c.jwk}}
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func edKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// claims of a good assertion of the client.
func (c client) claims() map[string]any {
	return map[string]any{
		"iss": c.id, "sub": c.id, "aud": audience, "jti": rand.Text(),
		"iat": noon.Unix(), "exp": noon.Add(time.Minute).Unix(),
	}
}

// header of a good assertion of the client.
func (c client) header() map[string]any {
	return map[string]any{"alg": auth.Algorithm(c.jwk), "kid": c.jwk.ID, "typ": "JWT"}
}

// compact signs with the client's key whatever the header says: a test must be
// able to write what no library would.
func (c client) compact(t *testing.T, header, claims any) string {
	t.Helper()
	return c.signText(t, text(t, header), text(t, claims))
}

func (c client) signText(t *testing.T, header, claims string) string {
	t.Helper()
	input := encode([]byte(header)) + "." + encode([]byte(claims))
	return input + "." + encode(signature(t, c.key, input))
}

// signature makes the JWS signature of ES256 or EdDSA.
func signature(t *testing.T, key crypto.Signer, input string) []byte {
	t.Helper()
	switch k := key.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(k, []byte(input))
	case *ecdsa.PrivateKey:
		sum := sha256.Sum256([]byte(input))
		r, s, err := ecdsa.Sign(rand.Reader, k, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		out := make([]byte, 64)
		r.FillBytes(out[:32])
		s.FillBytes(out[32:])
		return out
	}
	t.Fatalf("no signature with a %T", key)
	return nil
}

func hs256(secret []byte, input string) []byte {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(input))
	return m.Sum(nil)
}

func text(t *testing.T, v any) string {
	t.Helper()
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// with changes a copy of some members; a nil value takes one away.
func with(m map[string]any, changes ...any) map[string]any {
	for i := 0; i < len(changes); i += 2 {
		name := changes[i].(string)
		if changes[i+1] == nil {
			delete(m, name)
			continue
		}
		m[name] = changes[i+1]
	}
	return m
}
