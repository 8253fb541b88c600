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
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

const (
	issuer   = "https://gateway.test"
	org      = "LenderMSP"
	resource = "/v1/notes"
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

// client is who holds a key: a party, or what makes proofs for it.
type client struct {
	id  ledger.PartyID
	key crypto.Signer
	jwk ledger.Key
}

func newClient(t testing.TB, letter string, key crypto.Signer) client {
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

// scene is a gate with a party that it serves.
type scene struct {
	t       testing.TB
	gate    *auth.Gate
	clock   *clock
	folder  string // of the gateway's keys
	parties parties
	replays replays
	lender  client
	prover  client // the key of the lender's proofs
}

func newScene(t testing.TB, others ...auth.Issuer) *scene {
	t.Helper()
	s := &scene{
		t: t, clock: &clock{now: noon}, folder: t.TempDir(), parties: parties{}, replays: replays{},
		lender: newClient(t, "a", ecKey(t)), prover: newClient(t, "q", edKey(t)),
	}
	s.parties[s.lender.id] = s.lender.party()
	s.restart(others...)
	return s
}

// restart makes the gate anew, as a process that starts does.
func (s *scene) restart(others ...auth.Issuer) {
	s.t.Helper()
	var err error
	s.gate, err = auth.NewGate(auth.Options{
		URL: issuer, Org: org, Keys: openKeys(s.t, s.folder, s.clock), Parties: s.parties, Replays: s.replays, Issuers: others, Random: rand.Reader,
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// gateway gives the gateway's own key in the hands of a test, to write what it
// never would.
func (s *scene) gateway() client {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.folder, "*.pem"))
	if err != nil || len(files) == 0 {
		s.t.Fatal(files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		s.t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		s.t.Fatal(err)
	}
	return newClient(s.t, "g", key.(*ecdsa.PrivateKey))
}

func (s *scene) nonce() string {
	s.t.Helper()
	nonce, err := s.gate.Nonce(s.clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return nonce
}

// forToken and forNotes are good proofs of a request for a token and of one with a
// token, but for what a case changes in the claims.
func (s *scene) forToken(changes ...any) string {
	return s.prover.compact(s.t, s.prover.proofHeader(), with(s.proofClaims("POST", issuer+auth.TokenPath, ""), changes...))
}

func (s *scene) forNotes(token string, changes ...any) string {
	return s.prover.compact(s.t, s.prover.proofHeader(), with(s.proofClaims("GET", issuer+resource, token), changes...))
}

func (s *scene) proofClaims(method, url, token string) map[string]any {
	m := map[string]any{"htm": method, "htu": url, "iat": s.clock.Now().Unix(), "jti": rand.Text(), "nonce": s.nonce()}
	if token != "" {
		m["ath"] = hashOf(token)
	}
	return m
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return encode(sum[:])
}

func (c client) proofHeader() map[string]any {
	jwk := map[string]any{"kty": c.jwk.Kty, "crv": c.jwk.Crv, "x": c.jwk.X}
	if c.jwk.Y != "" {
		jwk["y"] = c.jwk.Y
	}
	return map[string]any{"typ": "dpop+jwt", "alg": auth.Algorithm(c.jwk), "jwk": jwk}
}

// ask asks for a token with an assertion of the lender's.
func (s *scene) ask(assertion string, proofs ...string) (*auth.Token, error) {
	return s.gate.Token(s.t.Context(), auth.TokenRequest{Assertion: assertion, Proofs: proofs}, s.clock.Now())
}

// token gets a token for the lender.
func (s *scene) token() *auth.Token {
	s.t.Helper()
	token, err := s.ask(s.lender.compact(s.t, s.lender.header(), s.claims(s.lender)), s.forToken())
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

// enter asks for notes.
func (s *scene) enter(token string, proofs ...string) (*auth.Access, error) {
	return s.gate.Access(s.t.Context(), auth.Request{
		Method: "GET", Path: resource, Authorization: []string{"DPoP " + token}, Proofs: proofs,
	}, s.clock.Now())
}

// claims of a good assertion of a client.
func (s *scene) claims(c client) map[string]any {
	now := s.clock.Now()
	return map[string]any{
		"iss": c.id, "sub": c.id, "aud": issuer, "jti": rand.Text(), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	}
}

// header of a good assertion of the client.
func (c client) header() map[string]any {
	return map[string]any{"alg": auth.Algorithm(c.jwk), "kid": c.jwk.ID, "typ": "JWT"}
}

func ecKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func edKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// compact signs with the client's key whatever the header says: a test must be
// able to write what no library would.
func (c client) compact(t testing.TB, header, claims any) string {
	t.Helper()
	return c.signText(t, text(t, header), text(t, claims))
}

func (c client) signText(t testing.TB, header, claims string) string {
	t.Helper()
	input := encode([]byte(header)) + "." + encode([]byte(claims))
	return input + "." + encode(signature(t, c.key, input))
}

// signature makes the JWS signature of ES256 or EdDSA.
func signature(t testing.TB, key crypto.Signer, input string) []byte {
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

func text(t testing.TB, v any) string {
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
