package auth_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	schemeCase module = "access-token-type-header-case-sensitivity"
)

func TestTokenSaysWhoMayDoWhatWithWhichKeyAndForHowLong(t *testing.T) {
	s := newScene(t)
	token := s.token()
	s.clock.advance(auth.TokenLife - time.Second)
	got, err := s.enter(token.Text, s.forNotes(token.Text))
	if err != nil {
		t.Fatal(err)
	}
	want := auth.Access{
		Party: s.lender.id, KeyID: s.lender.jwk.ID, Thumbprint: s.prover.jwk.ID,
		Scopes: auth.ScopesOf(ledger.Company), Expires: noon.Add(auth.TokenLife),
	}
	if got.Party != want.Party || got.KeyID != want.KeyID || got.Thumbprint != want.Thumbprint ||
		!slices.Equal(got.Scopes, want.Scopes) || !got.Expires.Equal(want.Expires) {
		t.Errorf("got %+v, want %+v", *got, want)
	}
	altered := token.Text[:len(token.Text)-4] + "AAAA"
	if _, err := s.enter(altered, s.forNotes(altered)); ledger.CodeOf(err) != ledger.CodeTokenInvalid {
		t.Errorf("with another end than the token that was taken before: %v", err)
	}
	s.clock.advance(time.Second)
	if _, err := s.enter(token.Text, s.forNotes(token.Text)); ledger.CodeOf(err) != ledger.CodeTokenInvalid {
		t.Errorf("after %s: %v", auth.TokenLife, err)
	}
}

func TestTokenRefused(t *testing.T) {
	s := newScene(t)
	gateway, c, other := s.gateway(), s.lender, newScene(t)
	good := s.token().Text
	parts := strings.Split(good, ".")
	header := func() map[string]any {
		return map[string]any{"alg": "ES256", "kid": gateway.jwk.ID, "typ": "at+jwt"}
	}
	claims := func() map[string]any {
		return map[string]any{
			"iss": issuer, "sub": c.id, "aud": issuer, "client_id": c.id, "jti": "1", "scope": "notes:read", "skuld_kid": c.jwk.ID,
			"cnf": map[string]any{"jkt": s.prover.jwk.ID}, "iat": noon.Unix(), "exp": noon.Add(time.Minute).Unix(),
		}
	}
	head := func(changes ...any) string { return gateway.compact(t, with(header(), changes...), claims()) }
	claim := func(changes ...any) string { return gateway.compact(t, header(), with(claims(), changes...)) }
	if _, err := s.enter(claim(), s.forNotes(claim())); ledger.CodeOf(err) != ledger.CodeProofInvalid {
		t.Fatalf("another token's proof gives %v", err) // ES256 signs anew each time
	}
	mine := claim()
	if _, err := s.enter(mine, s.forNotes(mine)); err != nil {
		t.Fatalf("the cases below start from a good token, and it is refused: %v", err)
	}
	hs := encode([]byte(text(t, with(header(), "alg", "HS256")))) + "." + parts[1]

	for _, tc := range []struct{ name, token string }{
		{"empty", ""},
		{"not a JWS", "nonsense"},
		{"JSON serialisation", `{"payload":"x"}`},
		{"two tokens", good + "," + good},
		{"padding", good + "="},
		{"alg none", encode([]byte(text(t, with(header(), "alg", "none")))) + "." + parts[1] + "."},
		{"alg HS256 with the public key as the secret", hs + "." + encode(hs256([]byte(gateway.jwk.X), hs))},
		{"alg EdDSA", head("alg", "EdDSA")},
		{"unknown crit", head("crit", []string{"x"})},
		{"b64 false", head("b64", false)},
		{"key in the header", head("jwk", gateway.jwk)},
		{"typ JWT, as an identity token has it", head("typ", "JWT")},
		{"typ missing", head("typ", nil)},
		{"typ of a webhook", head("typ", "skuld-event+jws")},
		{"kid of another key", head("kid", c.jwk.ID)},
		{"kid missing", head("kid", nil)},
		{"signed by another gateway", other.token().Text},
		{"signed by the party itself", c.compact(t, with(header(), "kid", c.jwk.ID), claims())},
		{"signed by the key of the proofs", s.prover.compact(t, with(header(), "alg", "EdDSA", "kid", s.prover.jwk.ID), claims())},
		{"a client's assertion", c.compact(t, c.header(), s.claims(c))},
		{"a proof", s.forToken()},
		{"other claims under the signature", parts[0] + "." + strings.Split(claim("sub", partyID("b")), ".")[1] + "." + parts[2]},
		{"signature cut off", parts[0] + "." + parts[1] + "."},
		{"iss is another gateway", claim("iss", "https://other.test")},
		{"iss missing", claim("iss", nil)},
		{"aud is another gateway", claim("aud", "https://other.test")},
		{"aud is a list of two", claim("aud", []string{issuer, "https://other.test"})},
		{"sub is no party", claim("sub", "lender")},
		{"bound to no key", claim("cnf", nil)},
		{"bound to an empty key", claim("cnf", map[string]any{"jkt": ""})},
		{"got with no key", claim("skuld_kid", nil)},
		{"expired", claim("exp", noon.Unix())},
		{"exp missing", claim("exp", nil)},
		{"lives too long", claim("exp", noon.Add(auth.TokenLife+time.Second).Unix())},
		{"not yet valid", claim("nbf", noon.Add(time.Second).Unix())},
		{"dated in the future", claim("iat", noon.Add(time.Second).Unix())},
		{"oversized", claim("colour", strings.Repeat("r", 8<<10))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			access, err := s.enter(tc.token, s.forNotes(tc.token))
			if access != nil || ledger.CodeOf(err) != ledger.CodeTokenInvalid {
				t.Errorf("got %+v, %v; want %s", access, err, ledger.CodeTokenInvalid)
			}
		})
	}
}

func TestAuthorizationRefused(t *testing.T) {
	s := newScene(t)
	token := s.token().Text
	enter := func(fields ...string) error {
		_, err := s.gate.Access(t.Context(), auth.Request{
			Method: "GET", Path: resource, Authorization: fields, Proofs: []string{s.forNotes(token)},
		}, s.clock.Now())
		return err
	}
	for name, fields := range map[string][]string{
		"as a bearer token":  {"Bearer " + token},
		"basic":              {"Basic " + token},
		"without a scheme":   {token},
		"the scheme alone":   {"DPoP"},
		"twice":              {"DPoP " + token, "DPoP " + token},
		"two in one header":  {"DPoP " + token + ", DPoP " + token},
		"with a tab between": {"DPoP\t" + token},
	} {
		t.Run(name, func(t *testing.T) {
			if err := enter(fields...); ledger.CodeOf(err) != ledger.CodeTokenInvalid {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run(schemeCase.name("the scheme in any case"), func(t *testing.T) {
		for _, scheme := range []string{"DPoP", "dpop", "DPOP"} {
			if err := enter(scheme + " " + token); err != nil {
				t.Errorf("%s: %v", scheme, err)
			}
		}
	})
}

// TestTokenOutlivesTheKeyThatSignedIt: a token that was given out just before the
// gateway's key was replaced is good for its whole life.
func TestTokenOutlivesTheKeyThatSignedIt(t *testing.T) {
	s := newScene(t)
	s.clock.advance(auth.KeyLead)
	if err := s.gate.Keys().Rotate(); err != nil {
		t.Fatal(err)
	}
	s.clock.advance(auth.KeyLead - time.Second)
	old := s.token().Text
	s.clock.advance(time.Second)
	young := s.token().Text
	if strings.Split(old, ".")[0] == strings.Split(young, ".")[0] {
		t.Error("the new key does not sign")
	}
	s.clock.advance(auth.TokenLife - 2*time.Second)
	for name, token := range map[string]string{"old": old, "new": young} {
		if _, err := s.enter(token, s.forNotes(token)); err != nil {
			t.Errorf("the token of the %s key: %v", name, err)
		}
	}
}

// TestKeyThatWasReplacedOpensNothingForWhoHasStolenIt: it is published for days, so
// that webhooks can be verified, but no token of ours that it signed is alive.
func TestKeyThatWasReplacedOpensNothingForWhoHasStolenIt(t *testing.T) {
	s := newScene(t)
	thief := s.gateway()
	forged := func() string {
		now := s.clock.Now()
		return thief.compact(t, with(thief.header(), "typ", "at+jwt"), map[string]any{
			"iss": issuer, "aud": issuer, "sub": s.lender.id, "client_id": s.lender.id, "jti": rand.Text(), "scope": "notes:read",
			"skuld_kid": s.lender.jwk.ID, "cnf": map[string]any{"jkt": s.prover.jwk.ID}, "iat": now.Unix(), "exp": now.Add(auth.TokenLife).Unix(),
		})
	}
	token := forged()
	if _, err := s.enter(token, s.forNotes(token)); err != nil {
		t.Fatalf("the case below starts from a good token, and it is refused: %v", err)
	}
	s.clock.advance(auth.KeyLead)
	if err := s.gate.Keys().Rotate(); err != nil {
		t.Fatal(err)
	}
	s.clock.advance(auth.KeyLead + auth.TokenLife)
	token = forged()
	if _, err := s.enter(token, s.forNotes(token)); ledger.CodeOf(err) != ledger.CodeTokenInvalid {
		t.Errorf("it opens the gateway: %v", err)
	}
	if published := len(s.gate.Keys().Public().Keys); published != 2 {
		t.Errorf("%d keys are published, want both", published)
	}
}
