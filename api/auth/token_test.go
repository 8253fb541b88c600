package auth_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

const issuer = "https://gateway.test"

func newTokens(t *testing.T, issuer string, key *ecdsa.PrivateKey) *auth.Tokens {
	t.Helper()
	tokens, err := auth.NewTokens(issuer, key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func issue(t *testing.T, tokens *auth.Tokens, c client) string {
	t.Helper()
	token, err := tokens.Issue(&auth.Caller{Party: c.id, Key: c.jwk}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTokenNamesThePartyAndTheKeyItWasGotWith(t *testing.T) {
	c := newClient(t, "a", edKey(t))
	tokens := newTokens(t, issuer, ecKey(t))
	got, err := tokens.Verify(issue(t, tokens, c), noon.Add(auth.TokenLife-time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if want := (auth.Bearer{Party: c.id, KeyID: c.jwk.ID}); *got != want {
		t.Errorf("got %+v, want %+v", *got, want)
	}
}

func TestTokenRefused(t *testing.T) {
	key := ecKey(t)
	// The gateway's own key in the hands of a test, to write what it never would.
	gateway := newClient(t, "g", key)
	c := newClient(t, "a", ecKey(t))
	tokens := newTokens(t, issuer, key)
	good := issue(t, tokens, c)
	parts := strings.Split(good, ".")
	header := func() map[string]any {
		return map[string]any{"alg": "ES256", "kid": gateway.jwk.ID, "typ": "at+jwt"}
	}
	claims := func() map[string]any {
		return map[string]any{
			"iss": issuer, "sub": c.id, "aud": issuer, "client_id": c.id, "jti": "1", "cnf": map[string]any{"jkt": c.jwk.ID},
			"iat": noon.Unix(), "exp": noon.Add(time.Minute).Unix(),
		}
	}
	head := func(changes ...any) string { return gateway.compact(t, with(header(), changes...), claims()) }
	claim := func(changes ...any) string { return gateway.compact(t, header(), with(claims(), changes...)) }
	if _, err := tokens.Verify(claim(), noon); err != nil {
		t.Fatalf("the cases below start from a good token, and it is refused: %v", err)
	}
	hs := encode([]byte(text(t, with(header(), "alg", "HS256")))) + "." + parts[1]

	for _, tc := range []struct{ name, token string }{
		{"empty", ""},
		{"not a JWS", "nonsense"},
		{"alg none", encode([]byte(text(t, with(header(), "alg", "none")))) + "." + parts[1] + "."},
		{"alg HS256 with the public key as the secret", hs + "." + encode(hs256([]byte(gateway.jwk.X), hs))},
		{"alg EdDSA", head("alg", "EdDSA")},
		{"unknown crit", head("crit", []string{"x"})},
		{"key in the header", head("jwk", gateway.jwk)},
		{"typ JWT", head("typ", "JWT")},
		{"typ missing", head("typ", nil)},
		{"kid of another key", head("kid", c.jwk.ID)},
		{"kid missing", head("kid", nil)},
		{"signed by another gateway", issue(t, newTokens(t, issuer, ecKey(t)), c)},
		{"of another gateway with the same key", issue(t, newTokens(t, "https://other.test", key), c)},
		{"signed by the party itself", c.compact(t, with(header(), "kid", c.jwk.ID), claims())},
		{"a client's assertion", c.compact(t, c.header(), c.claims())},
		{"other claims under the signature", parts[0] + "." + strings.Split(claim("sub", partyID("b")), ".")[1] + "." + parts[2]},
		{"signature cut off", parts[0] + "." + parts[1] + "."},
		{"iss is another gateway", claim("iss", "https://other.test")},
		{"aud is another gateway", claim("aud", "https://other.test")},
		{"aud is a list of two", claim("aud", []string{issuer, "https://other.test"})},
		{"sub is no party", claim("sub", "lender")},
		{"no key of the client", claim("cnf", nil)},
		{"expired", claim("exp", noon.Unix())},
		{"exp missing", claim("exp", nil)},
		{"lives too long", claim("exp", noon.Add(auth.TokenLife+time.Second).Unix())},
		{"not yet valid", claim("nbf", noon.Add(time.Second).Unix())},
		{"dated in the future", claim("iat", noon.Add(time.Second).Unix())},
		{"oversized", claim("colour", strings.Repeat("r", 8<<10))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b, err := tokens.Verify(tc.token, noon)
			if b != nil || ledger.CodeOf(err) != ledger.CodeTokenInvalid {
				t.Errorf("got %+v, %v; want %s", b, err, ledger.CodeTokenInvalid)
			}
		})
	}
}

func TestTokenEndsAfterItsLife(t *testing.T) {
	tokens := newTokens(t, issuer, ecKey(t))
	token := issue(t, tokens, newClient(t, "a", ecKey(t)))
	if _, err := tokens.Verify(token, noon.Add(auth.TokenLife)); ledger.CodeOf(err) != ledger.CodeTokenInvalid {
		t.Errorf("after %s: %v", auth.TokenLife, err)
	}
}

func FuzzVerifyTokenNeverTakesWhatItDidNotIssue(f *testing.F) {
	key, err := auth.LoadKey(filepath.Join(f.TempDir(), "key.pem"))
	if err != nil {
		f.Fatal(err)
	}
	tokens, err := auth.NewTokens(issuer, key, rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	good, err := tokens.Issue(&auth.Caller{Party: partyID("a"), Key: ledger.Key{ID: "k"}}, noon)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("")
	f.Add("..")
	f.Add(good[:len(good)-1])
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := tokens.Verify(token, noon); err == nil && token != good {
			t.Errorf("took %q", token)
		}
	})
}
