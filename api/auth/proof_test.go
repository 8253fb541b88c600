package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	negativeTests module = "dpop-negative-tests"
	nbfAndExp     module = "check-dpop-proof-nbf-exp"
	holderOfKey   module = "ensure-holder-of-key-required"
	mismatchedKey module = "ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt"
	iatBefore     module = "ensure-dpopproof-with-iat-10seconds-before-succeeds"
	iatAfter      module = "ensure-dpopproof-with-iat-10seconds-after-succeeds"
)

func TestProofsOfEitherKindAndInEverySpellingAreTaken(t *testing.T) {
	s := newScene(t)
	token := s.token().Text
	claim := func(changes ...any) string { return s.forNotes(token, changes...) }
	head := func(changes ...any) string {
		return s.prover.compact(t, with(s.prover.proofHeader(), changes...), s.proofClaims("GET", issuer+resource, token))
	}
	jwk := s.prover.proofHeader()["jwk"].(map[string]any)
	for _, tc := range []struct {
		module
		name, proof string
	}{
		{negativeTests, "htu without the query", claim()},
		{negativeTests, "htu with query and fragment", claim("htu", issuer+resource+"?limit=1#top")},
		{negativeTests, "scheme and host in capitals", claim("htu", "HTTPS://GATEWAY.TEST"+resource)},
		{negativeTests, "the scheme's own port", claim("htu", "https://gateway.test:443"+resource)},
		{negativeTests, "other members of the header and the claims", s.prover.compact(t, with(s.prover.proofHeader(), "colour", "red"),
			with(s.proofClaims("GET", issuer+resource, token), "colour", "red"))},
		{"", "a character written as an octet", claim("htu", issuer+"/v1/%6eotes")},
		{"", "dots in the path", claim("htu", issuer+"/v1/./parties/../notes")},
		{iatBefore, "ten seconds old", claim("iat", noon.Add(-10*time.Second).Unix())},
		{iatAfter, "ten seconds ahead", claim("iat", noon.Add(10*time.Second).Unix())},
		{nbfAndExp, "nbf and exp that hold", claim("nbf", noon.Unix(), "exp", noon.Add(time.Minute).Unix())},
		{"", "a key with what it is for", head("jwk", with(jwk, "use", "sig", "alg", "EdDSA", "kid", "mine"))},
	} {
		t.Run(tc.module.name(tc.name), func(t *testing.T) {
			if _, err := s.enter(token, tc.proof); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("an ES256 key", func(t *testing.T) {
		s.prover = newClient(t, "r", ecKey(t))
		token := s.token().Text
		if _, err := s.enter(token, s.forNotes(token)); err != nil {
			t.Error(err)
		}
	})
	t.Run("the party's own ledger key", func(t *testing.T) {
		s.prover = s.lender
		token := s.token()
		if _, err := s.enter(token.Text, s.forNotes(token.Text)); err != nil || token.Thumbprint != token.KeyID {
			t.Error(err)
		}
	})
}

func TestProofRefused(t *testing.T) {
	s := newScene(t)
	token := s.token().Text
	p, other, ec := s.prover, newClient(t, "o", edKey(t)), newClient(t, "r", ecKey(t))
	base := func() map[string]any { return s.proofClaims("GET", issuer+resource, token) }
	claim := func(changes ...any) []string { return []string{s.forNotes(token, changes...)} }
	head := func(changes ...any) []string {
		return []string{p.compact(t, with(p.proofHeader(), changes...), base())}
	}
	raw := func(header, claims string) []string { return []string{p.signText(t, header, claims)} }
	jwk := func(c client, changes ...any) map[string]any {
		return with(c.proofHeader()["jwk"].(map[string]any), changes...)
	}
	by := func(c client, changes ...any) []string {
		return []string{c.compact(t, with(c.proofHeader(), changes...), base())}
	}
	goodHead, goodClaims := text(t, p.proofHeader()), text(t, base())
	parts := strings.Split(claim()[0], ".")
	hs := encode([]byte(text(t, with(p.proofHeader(), "alg", "HS256")))) + "." + parts[1]
	weak, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	rsaJWK := map[string]any{"kty": "RSA", "e": "AQAB", "n": encode(weak.N.Bytes())}
	ago := func(d time.Duration) int64 { return noon.Add(-d).Unix() }
	const invalid, nonce = ledger.CodeProofInvalid, ledger.CodeProofNonce

	for _, tc := range []struct {
		module
		name   string
		proofs []string
		want   ledger.Code
	}{
		{holderOfKey, "no proof", nil, invalid},
		{negativeTests, "two proofs", []string{s.forNotes(token), s.forNotes(token)}, invalid},
		{negativeTests, "two proofs in one header", []string{s.forNotes(token) + ", " + s.forNotes(token)}, invalid},
		{negativeTests, "not a JWT", []string{"nonsense"}, invalid},
		{"", "empty", []string{""}, invalid},
		{"", "JSON serialisation", []string{`{"payload":"x"}`}, invalid},
		{"", "oversized", claim("colour", strings.Repeat("r", 3<<10)), invalid},
		{"", "padding", []string{parts[0] + "=." + parts[1] + "." + parts[2]}, invalid},
		{"", "a line break", []string{parts[0] + "." + parts[1] + "." + parts[2] + "\n"}, invalid},

		{negativeTests, "typ missing", head("typ", nil), invalid},
		{negativeTests, "another typ", head("typ", "JWT"), invalid},
		{"", "typ in capitals", head("typ", "DPOP+JWT"), invalid},
		{negativeTests, "alg missing", head("alg", nil), invalid},
		{negativeTests, "alg none", []string{encode([]byte(text(t, with(p.proofHeader(), "alg", "none")))) + "." + parts[1] + "."}, invalid},
		{"", "alg HS256 with the public key as the secret", []string{hs + "." + encode(hs256([]byte(p.jwk.X), hs))}, invalid},
		{"", "alg of another kind of key", head("alg", "ES256"), invalid},
		{"", "alg Ed25519", head("alg", "Ed25519"), invalid},
		{negativeTests, "alg RS256 with an RSA key", head("alg", "RS256", "jwk", rsaJWK), invalid},
		{"", "alg PS256 with an RSA key", head("alg", "PS256", "jwk", rsaJWK), invalid},
		{negativeTests, "jwk missing", head("jwk", nil), invalid},
		{"", "jwk null", raw(strings.Replace(text(t, with(p.proofHeader(), "jwk", 7)), ":7", ":null", 1), goodClaims), invalid},
		{"", "jwk is a list", head("jwk", []string{}), invalid},
		{negativeTests, "jwk with the private part", head("jwk", jwk(p, "d", encode(make([]byte, 32)))), invalid},
		{"", "jwk is symmetric", head("alg", "HS256", "jwk", map[string]any{"kty": "oct", "k": encode(make([]byte, 32))}), invalid},
		{"", "jwk on another curve", by(ec, "jwk", jwk(ec, "crv", "P-384")), invalid},
		{"", "jwk on secp256k1", by(ec, "alg", "ES256K", "jwk", jwk(ec, "crv", "secp256k1")), invalid},
		{"", "a point that is not on the curve", by(ec, "jwk", jwk(ec, "y", ec.jwk.X)), invalid},
		{"", "the point zero", by(ec, "jwk", jwk(ec, "x", encode(make([]byte, 32)), "y", encode(make([]byte, 32)))), invalid},
		{"", "a coordinate cut short", by(ec, "jwk", jwk(ec, "x", ec.jwk.X[:40])), invalid},
		{"", "a coordinate with padding", by(ec, "jwk", jwk(ec, "x", ec.jwk.X+"=")), invalid},
		{"", "an Ed25519 point of low order", head("jwk", jwk(p, "x", encode(append([]byte{1}, make([]byte, 31)...)))), invalid},
		{"", "a member of jwk twice", raw(strings.Replace(goodHead, `"kty":`, `"kty":"oct","kty":`, 1), goodClaims), invalid},
		{"", "a member of jwk in capitals", raw(strings.Replace(goodHead, `"kty":`, `"KTY":`, 1), goodClaims), invalid},
		{"", "unknown crit", head("crit", []string{"colour"}, "colour", "red"), invalid},
		{"", "b64 false", head("b64", false), invalid},
		{"", "address of a key", head("jku", "https://other.test/keys"), invalid},
		{"", "certificate of a key", head("x5c", []string{"MII"}), invalid},
		{"", "typ twice", raw(`{"typ":"JWT",`+goodHead[1:], goodClaims), invalid},

		{negativeTests, "wrong signature", []string{parts[0] + "." + parts[1] + "." + encode(make([]byte, 64))}, invalid},
		{"", "claims of another proof", []string{parts[0] + "." + strings.Split(claim()[0], ".")[1] + "." + parts[2]}, invalid},
		{"", "the signature of another key", []string{p.signedBy(t, other, base())}, invalid},

		{negativeTests, "htm missing", claim("htm", nil), invalid},
		{negativeTests, "htm is another method", claim("htm", "PUT"), invalid},
		{"", "htm in small letters", claim("htm", "get"), invalid},
		{negativeTests, "htu missing", claim("htu", nil), invalid},
		{negativeTests, "htu is another host", claim("htu", "https://other.test"+resource), invalid},
		{"", "htu is another path", claim("htu", issuer+"/v1/books"), invalid},
		{"", "htu in capitals", claim("htu", issuer+"/V1/NOTES"), invalid},
		{"", "htu with a slash at its end", claim("htu", issuer+resource+"/"), invalid},
		{"", "htu with two slashes", claim("htu", issuer+"/"+resource), invalid},
		{"", "htu with a slash as an octet", claim("htu", issuer+"/v1%2fnotes"), invalid},
		{"", "htu with another port", claim("htu", "https://gateway.test:8443"+resource), invalid},
		{"", "htu with the other scheme", claim("htu", "http://gateway.test"+resource), invalid},
		{"", "htu with a user", claim("htu", "https://me@gateway.test"+resource), invalid},
		{"", "htu is a path alone", claim("htu", resource), invalid},
		{"", "htu without end", claim("htu", issuer+"/"+strings.Repeat("a", 1100)), invalid},
		{negativeTests, "jti missing", claim("jti", nil), invalid},
		{"", "jti too long", claim("jti", strings.Repeat("j", 129)), invalid},
		{negativeTests, "iat missing", claim("iat", nil), invalid},
		{negativeTests, "an hour old", claim("iat", ago(time.Hour)), invalid},
		{"", "a second too old", claim("iat", ago(auth.ProofLife+auth.Skew)), invalid},
		{negativeTests, "an hour ahead", claim("iat", ago(-time.Hour)), invalid},
		{"", "iat is text", claim("iat", "now"), invalid},
		{nbfAndExp, "expired", claim("exp", ago(time.Minute)), invalid},
		{nbfAndExp, "not yet valid", claim("nbf", ago(-time.Minute)), invalid},
		{negativeTests, "ath missing", claim("ath", nil), invalid},
		{negativeTests, "ath of another token", claim("ath", hashOf("another")), invalid},
		{"", "ath is the token itself", claim("ath", token), invalid},
		{"", "htm twice", raw(goodHead, `{"htm":"PUT",`+goodClaims[1:]), invalid},

		{"", "nonce missing", claim("nonce", nil), nonce},
		{"", "nonce empty", claim("nonce", ""), nonce},
		{"", "nonce of another gateway", claim("nonce", newScene(t).nonce()), nonce},
		{"", "nonce in another spelling", claim("nonce", s.nonce()+"="), nonce},
		{negativeTests, "another key than the token's", by(other), invalid},
		{mismatchedKey, "another kind of key than the token's", by(ec), invalid},
	} {
		t.Run(tc.module.name(tc.name), func(t *testing.T) {
			access, err := s.enter(token, tc.proofs...)
			if access != nil || ledger.CodeOf(err) != tc.want {
				t.Errorf("got %+v, %v; want %s", access, err, tc.want)
			}
		})
	}
	if _, err := s.enter(token, claim()...); err != nil {
		t.Errorf("after all of them a good proof is refused: %v", err)
	}
}

// signedBy writes a proof with the key of one client in its header and the
// signature of another.
func (c client) signedBy(t *testing.T, other client, claims map[string]any) string {
	t.Helper()
	input := encode([]byte(text(t, c.proofHeader()))) + "." + encode([]byte(text(t, claims)))
	return input + "." + encode(signature(t, other.key, input))
}

func TestProofOfATokenRequestIsRefusedAsOthersAre(t *testing.T) {
	s := newScene(t)
	for _, tc := range []struct {
		name   string
		proofs []string
		want   ledger.Code
	}{
		{"no proof", nil, ledger.CodeProofInvalid},
		{"two proofs", []string{s.forToken(), s.forToken()}, ledger.CodeProofInvalid},
		{"of another address", []string{s.forToken("htu", issuer+resource)}, ledger.CodeProofInvalid},
		{"of another method", []string{s.forToken("htm", "GET")}, ledger.CodeProofInvalid},
		{"without a nonce", []string{s.forToken("nonce", nil)}, ledger.CodeProofNonce},
	} {
		t.Run(tc.name, func(t *testing.T) {
			token, err := s.ask(s.lender.compact(t, s.lender.header(), s.claims(s.lender)), tc.proofs...)
			if token != nil || ledger.CodeOf(err) != tc.want {
				t.Errorf("got %+v, %v; want %s", token, err, tc.want)
			}
		})
	}
}

// TestCapturedProofIsWorthless: a thief has a proof with its token, right after it
// was used, later, and after the gateway has started anew.
func TestCapturedProofIsWorthless(t *testing.T) {
	s := newScene(t)
	token := s.token().Text
	proof := s.forNotes(token)
	if _, err := s.enter(token, proof); err != nil {
		t.Fatal(err)
	}
	_, err := s.enter(token, proof)
	if ledger.CodeOf(err) != ledger.CodeProofInvalid || !errors.Is(err, auth.ErrReplayed) {
		t.Errorf("the second time gives %v", err)
	}
	unused := s.forNotes(token)
	s.restart()
	for name, captured := range map[string]string{"used": proof, "not used": unused} {
		if _, err := s.enter(token, captured); ledger.CodeOf(err) != ledger.CodeProofNonce {
			t.Errorf("after a restart the proof that was %s gives %v", name, err)
		}
	}
	if _, err := s.enter(token, s.forNotes(token)); err != nil {
		t.Errorf("the token itself outlives a restart, and is refused: %v", err)
	}
}

func TestProofOfOneKeyDoesNotUseUpAnothersID(t *testing.T) {
	s := newScene(t)
	first := s.token().Text
	if _, err := s.enter(first, s.forNotes(first, "jti", "1")); err != nil {
		t.Fatal(err)
	}
	s.prover = newClient(t, "r", ecKey(t))
	second := s.token().Text
	if _, err := s.enter(second, s.forNotes(second, "jti", "1")); err != nil {
		t.Errorf("the same jti of another key: %v", err)
	}
}

func TestNonceIsTakenForASecondLifeAndThenNoMore(t *testing.T) {
	s := newScene(t)
	old := s.nonce()
	enter := func(nonce string) error {
		token := s.token().Text
		_, err := s.enter(token, s.forNotes(token, "nonce", nonce))
		return err
	}
	s.clock.advance(auth.NonceLife)
	if s.nonce() == old {
		t.Error("the nonce is not replaced when its life is over")
	}
	if err := enter(old); err != nil {
		t.Errorf("the nonce before the present one is refused: %v", err)
	}
	s.clock.advance(auth.NonceLife)
	if err := enter(old); ledger.CodeOf(err) != ledger.CodeProofNonce {
		t.Errorf("a nonce of two lives gives %v", err)
	}
}

func TestNonceThatNobodyAskedForInLongIsForgotten(t *testing.T) {
	s := newScene(t)
	old := s.nonce()
	s.clock.advance(3 * auth.NonceLife)
	token := s.token().Text
	if _, err := s.enter(token, s.forNotes(token, "nonce", old)); ledger.CodeOf(err) != ledger.CodeProofNonce {
		t.Errorf("got %v", err)
	}
}

func FuzzProofThatIsMadeUpIsNeverTaken(f *testing.F) {
	s := newScene(f)
	token := s.token().Text
	good := s.forNotes(token)
	for _, seed := range []string{"", "..", good[:len(good)-1], "e30.e30.", base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"dpop+jwt"}`)) + ".e30.AA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, proof string) {
		s.t = t
		if _, err := s.enter(token, proof); err == nil && proof != good {
			t.Errorf("took %q", proof)
		}
	})
}
