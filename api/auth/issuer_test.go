package auth_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

// provider is an organisation's identity provider.
type provider struct {
	*httptest.Server
	key     client
	keys    []any // what it publishes
	fetched atomic.Int32
	broken  atomic.Bool
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{key: newClient(t, "i", ecKey(t))}
	p.keys = []any{p.key.jwk}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, p.URL, p.URL+"/keys")
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.fetched.Add(1)
		if p.broken.Load() {
			http.Error(w, "no keys today", http.StatusInternalServerError)
			return
		}
		if err := json.NewEncoder(w).Encode(map[string]any{"keys": p.keys}); err != nil {
			t.Error(err)
		}
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) header() map[string]any {
	return map[string]any{"alg": "ES256", "kid": p.key.jwk.ID, "typ": "at+jwt"}
}

func (p *provider) claims(s *scene) map[string]any {
	return map[string]any{
		"iss": p.URL, "sub": "employee-7", "aud": "skuld", "client_id": "loan-system", "jti": rand.Text(), "scope": "openid notes:read notes:payment",
		"iat": s.clock.Now().Unix(), "exp": s.clock.Now().Add(30 * time.Minute).Unix(),
		"cnf": map[string]any{"jkt": s.prover.jwk.ID}, "skuld_party": s.lender.id,
	}
}

func withProvider(t *testing.T) (*scene, *provider) {
	t.Helper()
	p := newProvider(t)
	return newScene(t, auth.Issuer{URL: p.URL, Audience: "skuld"}), p
}

func TestTokenOfTheOrganisationsOwnIssuerIsTaken(t *testing.T) {
	s, p := withProvider(t)
	for name, token := range map[string]string{
		"one audience":           p.key.compact(t, p.header(), p.claims(s)),
		"two audiences":          p.key.compact(t, p.header(), with(p.claims(s), "aud", []string{"other", "skuld"})),
		"more in its header":     p.key.compact(t, with(p.header(), "x5t", "x"), p.claims(s)),
		"the media type in full": p.key.compact(t, with(p.header(), "typ", "application/at+jwt"), p.claims(s)),
		"our own beside it":      s.token().Text,
	} {
		access, err := s.enter(token, s.forNotes(token))
		if err != nil || access.Party != s.lender.id {
			t.Errorf("%s: got %+v, %v", name, access, err)
			continue
		}
		if own := access.KeyID != ""; !own && access.Scopes.String() != "notes:payment notes:read" {
			t.Errorf("%s: the scopes are %q", name, access.Scopes)
		}
	}
	if n := p.fetched.Load(); n != 1 {
		t.Errorf("the keys were fetched %d times, want once", n)
	}
}

func TestTokenOfAnotherIssuerRefused(t *testing.T) {
	s, p := withProvider(t)
	claim := func(changes ...any) string { return p.key.compact(t, p.header(), with(p.claims(s), changes...)) }
	head := func(changes ...any) string { return p.key.compact(t, with(p.header(), changes...), p.claims(s)) }
	stranger := newClient(t, "k", ecKey(t))
	for _, tc := range []struct{ name, token string }{
		{"an identity token", head("typ", "JWT")},
		{"alg none", head("alg", "none")},
		{"alg RS256, which FAPI 2.0 does not allow", head("alg", "RS256")},
		{"alg HS256", head("alg", "HS256")},
		{"alg of another kind than the key's", head("alg", "PS256")},
		{"crit", head("crit", []string{"x"})},
		{"kid missing", head("kid", nil)},
		{"kid of no key", head("kid", "x")},
		{"signed by somebody else", stranger.compact(t, p.header(), p.claims(s))},
		{"signed by the gateway", s.gateway().compact(t, with(p.header(), "kid", s.gateway().jwk.ID), p.claims(s))},
		{"iss of nobody", claim("iss", "https://nobody.test")},
		{"iss with a slash", claim("iss", p.URL+"/")},
		{"aud is another", claim("aud", "other")},
		{"aud missing", claim("aud", nil)},
		{"aud of too many", claim("aud", strings.Split(strings.Repeat("skuld ", 9), " "))},
		{"bound to no key: a bearer token", claim("cnf", nil)},
		{"no party", claim("skuld_party", nil)},
		{"a party that is none", claim("skuld_party", "lender")},
		{"a list of parties", claim("skuld_party", []any{s.lender.id})},
		{"no client", claim("client_id", nil)},
		{"no subject", claim("sub", nil)},
		{"no jti", claim("jti", nil)},
		{"no iat", claim("iat", nil)},
		{"expired", claim("exp", noon.Add(-time.Minute).Unix())},
		{"lives too long", claim("exp", noon.Add(2*time.Hour).Unix())},
		{"not yet valid", claim("nbf", noon.Add(time.Minute).Unix())},
		{"the party twice", p.key.signText(t, text(t, p.header()), `{"skuld_party":"x",`+text(t, p.claims(s))[1:])},
	} {
		t.Run(tc.name, func(t *testing.T) {
			access, err := s.enter(tc.token, s.forNotes(tc.token))
			if access != nil || ledger.CodeOf(err) != ledger.CodeTokenInvalid {
				t.Errorf("got %+v, %v; want %s", access, err, ledger.CodeTokenInvalid)
			}
		})
	}
	if n := p.fetched.Load(); n != 1 {
		t.Errorf("tokens with made-up keys had the issuer asked %d times, want once", n)
	}
	token := claim()
	s.prover = stranger
	if _, err := s.enter(token, s.forNotes(token)); ledger.CodeOf(err) != ledger.CodeProofInvalid {
		t.Errorf("a proof of another key than the token's gives %v", err)
	}
}

func TestIssuersNewKeyIsFoundAndItsSilenceOutlived(t *testing.T) {
	s, p := withProvider(t)
	enter := func() error {
		token := p.key.compact(t, p.header(), p.claims(s))
		_, err := s.enter(token, s.forNotes(token))
		return err
	}
	if err := enter(); err != nil {
		t.Fatal(err)
	}
	p.key = newClient(t, "j", ecKey(t))
	p.keys = append(p.keys, p.key.jwk)
	s.clock.advance(time.Minute)
	if err := enter(); err != nil {
		t.Errorf("the new key: %v", err)
	}
	p.broken.Store(true)
	s.clock.advance(time.Hour)
	if err := enter(); err != nil {
		t.Errorf("while the issuer is silent: %v", err)
	}
	s.clock.advance(24 * time.Hour)
	if err := enter(); ledger.CodeOf(err) != ledger.CodeUnavailable {
		t.Errorf("after a day of silence: %v", err)
	}
	p.broken.Store(false)
	s.clock.advance(time.Minute)
	if err := enter(); err != nil {
		t.Errorf("when the issuer answers again: %v", err)
	}
}

func TestIssuersRSAKeyMustBeLongEnough(t *testing.T) {
	for bits, want := range map[int]ledger.Code{1024: ledger.CodeTokenInvalid, 2048: ""} {
		s, p := withProvider(t)
		t.Setenv("GODEBUG", "rsa1024min=0")
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		p.keys = []any{map[string]string{
			"kty": "RSA", "kid": "rsa", "use": "sig", "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		}}
		input := encode([]byte(text(t, with(p.header(), "alg", "PS256", "kid", "rsa")))) + "." + encode([]byte(text(t, p.claims(s))))
		token := input + "." + encode(pss(t, key, input))
		if _, err := s.enter(token, s.forNotes(token)); ledger.CodeOf(err) != want {
			t.Errorf("%d bits: got %v", bits, err)
		}
	}
}

// pss makes the signature of PS256 (RFC 7518 par. 3.5).
func pss(t *testing.T, key *rsa.PrivateKey, input string) []byte {
	t.Helper()
	sum := sha256.Sum256([]byte(input))
	b, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestIssuerWhoseKeysMustNotBeFetchedIsRefused(t *testing.T) {
	for name, i := range map[string]auth.Issuer{
		"no url":               {Audience: "skuld", JWKS: "https://id.test/keys"},
		"no audience":          {URL: "https://id.test"},
		"keys without TLS":     {URL: "https://id.test", Audience: "skuld", JWKS: "http://id.test/keys"},
		"itself without TLS":   {URL: "http://id.test", Audience: "skuld"},
		"keys in a file":       {URL: "https://id.test", Audience: "skuld", JWKS: "file:///etc/keys"},
		"keys with a password": {URL: "https://id.test", Audience: "skuld", JWKS: "https://me:secret@id.test/keys"},
	} {
		if err := i.Check(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestIssuerThatSendsElsewhereIsNotFollowed: an address that is told is not the
// one that was configured.
func TestIssuerThatSendsElsewhereIsNotFollowed(t *testing.T) {
	p := newProvider(t)
	front := httptest.NewServer(http.RedirectHandler(p.URL+"/keys", http.StatusFound))
	defer front.Close()
	s := newScene(t, auth.Issuer{URL: p.URL, Audience: "skuld", JWKS: front.URL})
	token := p.key.compact(t, p.header(), p.claims(s))
	if _, err := s.enter(token, s.forNotes(token)); ledger.CodeOf(err) != ledger.CodeUnavailable || p.fetched.Load() > 0 {
		t.Errorf("got %v after %d fetches", err, p.fetched.Load())
	}
}

// slowly carries a request once it may.
type slowly struct {
	asked chan struct{}
	may   chan struct{}
}

func (s slowly) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked <- struct{}{}
	<-s.may
	return http.DefaultTransport.RoundTrip(r)
}

// TestTokenWithAMadeUpKeyLetsNobodyWait: it makes the gateway ask the issuer, now and
// then, and an issuer may take its time.
func TestTokenWithAMadeUpKeyLetsNobodyWait(t *testing.T) {
	p := newProvider(t)
	slow := slowly{asked: make(chan struct{}, 8), may: make(chan struct{}, 8)}
	s := newScene(t, auth.Issuer{URL: p.URL, Audience: "skuld", JWKS: p.URL + "/keys", Transport: slow})
	good := func() string { return p.key.compact(t, p.header(), p.claims(s)) }
	slow.may <- struct{}{}
	first := good()
	if _, err := s.enter(first, s.forNotes(first)); err != nil {
		t.Fatal(err)
	}
	<-slow.asked
	s.clock.advance(time.Minute)
	strange := p.key.compact(t, with(p.header(), "kid", "x"), p.claims(s))
	proof := s.forNotes(strange)
	done := make(chan error)
	go func() {
		_, err := s.enter(strange, proof)
		done <- err
	}()
	<-slow.asked
	token := good()
	if _, err := s.enter(token, s.forNotes(token)); err != nil {
		t.Errorf("meanwhile a good token: %v", err)
	}
	close(slow.may)
	if err := <-done; ledger.CodeOf(err) != ledger.CodeTokenInvalid {
		t.Errorf("the made-up one: %v", err)
	}
}
