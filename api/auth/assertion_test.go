package auth_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

// module is the name of a module of the OpenID Foundation's conformance suite for
// the FAPI 2.0 Security Profile, without "fapi2-security-profile-final-". A case
// that no module has carries the empty one.
type module string

// The modules whose cases stand below, by what they are about.
const (
	wrongAssertions module = "ensure-invalid-client-assertions-fail"
	inTokenRequest  module = "ensure-client-assertion-in-token-endpoint"
	rs256           module = "ensure-signed-client-assertion-with-RS256-fails"
	longExpired     module = "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails"
	wrongAudience   module = "ensure-client-assertion-with-wrong-aud-fails"
	noSubject       module = "ensure-client-assertion-with-no-sub-fails"
	listOfAudiences module = "par-test-array-as-audience-fails"
	endpointAsAud   module = "par-test-par-endpoint-url-as-audience-fails"
	soonValid       module = "par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted"
	notYetValid     module = "par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails"
)

// name gives the name of a case's subtest.
func (m module) name(of string) string {
	if m == "" {
		return of
	}
	return string(m) + ": " + of
}

func TestAssertionOfAPartyWithEitherKindOfKeyIsTaken(t *testing.T) {
	for name, c := range map[string]client{"ES256": newClient(t, "b", ecKey(t)), "EdDSA": newClient(t, "c", edKey(t))} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.parties[c.id] = c.party()
			token, err := s.ask(c.compact(t, c.header(), s.claims(c)), s.forToken())
			if err != nil {
				t.Fatal(err)
			}
			if token.Party != c.id || token.KeyID != c.jwk.ID || token.Thumbprint != s.prover.jwk.ID {
				t.Errorf("the token is %+v", token.Access)
			}
		})
	}
}

func TestAssertionMayLeaveOutWhatTheStandardLeavesOut(t *testing.T) {
	s := newScene(t)
	c := s.lender
	for _, tc := range []struct {
		module
		name, token string
	}{
		{"", "no iat", c.compact(t, c.header(), with(s.claims(c), "iat", nil))},
		{"", "no typ", c.compact(t, with(c.header(), "typ", nil), s.claims(c))},
		{"", "typ of RFC 7523bis", c.compact(t, with(c.header(), "typ", "client-authentication+jwt"), s.claims(c))},
		{"", "a claim of its own", c.compact(t, c.header(), with(s.claims(c), "colour", "red"))},
		{soonValid, "clock a bit ahead", c.compact(t, c.header(), with(s.claims(c), "iat", noon.Add(8*time.Second).Unix(), "nbf", noon.Add(8*time.Second).Unix()))},
		{"", "clock a bit behind", c.compact(t, c.header(), with(s.claims(c), "exp", noon.Add(-auth.Skew/2).Unix()))},
		{"", "as long as allowed", c.compact(t, c.header(), with(s.claims(c), "exp", noon.Add(auth.MaxAssertionLife).Unix()))},
	} {
		t.Run(tc.module.name(tc.name), func(t *testing.T) {
			if _, err := s.ask(tc.token, s.forToken()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAssertionRefused(t *testing.T) {
	s := newScene(t)
	c, other, ed := s.lender, newClient(t, "b", ecKey(t)), newClient(t, "c", edKey(t))
	revoked, foreign, proposed := newClient(t, "d", ecKey(t)), newClient(t, "e", ecKey(t)), newClient(t, "f", ecKey(t))
	for _, one := range []client{other, ed, revoked, foreign, proposed} {
		s.parties[one.id] = one.party()
	}
	s.parties[revoked.id].Standing = ledger.Revoked
	s.parties[proposed.id].Standing = ledger.Proposed
	s.parties[foreign.id].Org = "CollectorMSP"
	claim := func(changes ...any) string { return c.compact(t, c.header(), with(s.claims(c), changes...)) }
	head := func(changes ...any) string { return c.compact(t, with(c.header(), changes...), s.claims(c)) }
	raw := func(header, claims string) string { return c.signText(t, header, claims) }
	by := func(c client) string { return c.compact(t, c.header(), s.claims(c)) }
	goodHead, goodClaims := text(t, c.header()), text(t, s.claims(c))
	parts := strings.Split(claim(), ".")
	hs := encode([]byte(text(t, with(c.header(), "alg", "HS256")))) + "." + parts[1]

	for _, tc := range []struct {
		module
		name, token string
	}{
		{inTokenRequest, "empty", ""},
		{"", "two parts", parts[0] + "." + parts[1]},
		{"", "four parts", claim() + ".x"},
		{wrongAssertions, "no signature", parts[0] + "." + parts[1] + "."},
		{"", "padding on the header", parts[0] + "=." + parts[1] + "." + parts[2]},
		{"", "padding on the signature", claim() + "=="},
		{"", "a line break in the claims", parts[0] + "." + parts[1][:8] + "\n" + parts[1][8:] + "." + parts[2]},
		{"", "a space before it", " " + claim()},
		{"", "JSON serialisation", `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`},
		{"", "a JWT in a JWT", c.compact(t, with(c.header(), "cty", "JWT"), `"`+claim()+`"`)},
		{"", "header not JSON", raw("alg", goodClaims)},
		{"", "claims not an object", raw(goodHead, `["iss"]`)},
		{"", "claims twice", raw(goodHead, goodClaims+goodClaims)},
		{"", "oversized", claim("colour", strings.Repeat("r", 8<<10))},
		{"", "oversized header", head("kid", strings.Repeat("k", 1100))},

		{wrongAssertions, "alg none", encode([]byte(text(t, with(c.header(), "alg", "none")))) + "." + parts[1] + "."},
		{wrongAssertions, "alg none with a signature", head("alg", "none")},
		{"", "alg None", head("alg", "None")},
		{"", "alg HS256 with the public key as the secret", hs + "." + encode(hs256([]byte(c.jwk.X), hs))},
		{rs256, "alg RS256", head("alg", "RS256")},
		{"", "alg PS256", head("alg", "PS256")},
		{"", "alg ES384", head("alg", "ES384")},
		{"", "alg of another kind of key", head("alg", "EdDSA")},
		{"", "alg ES256 with an Ed25519 key", ed.compact(t, with(ed.header(), "alg", "ES256"), s.claims(ed))},
		{"", "alg missing", head("alg", nil)},
		{"", "alg twice", raw(`{"alg":"none",`+goodHead[1:], goodClaims)},
		{"", "alg twice, once in capitals", raw(`{"ALG":"none",`+goodHead[1:], goodClaims)},
		{"", "unknown crit", head("crit", []string{"colour"}, "colour", "red")},
		{"", "b64 false", head("b64", false, "crit", []string{"b64"})},
		{"", "key in the header", head("jwk", other.jwk)},
		{"", "address of a key in the header", head("jku", "https://other.test/keys")},
		{"", "certificate in the header", head("x5c", []string{"MII"})},
		{"", "typ of an access token", head("typ", "at+jwt")},
		{"", "typ of a proof", head("typ", "dpop+jwt")},
		{"", "typ of a signed command", head("typ", "skuld-command+jws")},

		{wrongAssertions, "wrong signature", parts[0] + "." + parts[1] + "." + encode(make([]byte, 64))},
		{wrongAssertions, "signature of another assertion", parts[0] + "." + parts[1] + "." + strings.Split(claim(), ".")[2]},
		{"", "claims of another assertion", parts[0] + "." + strings.Split(claim(), ".")[1] + "." + parts[2]},
		{wrongAssertions, "other client's key", other.compact(t, c.header(), s.claims(c))},
		{wrongAssertions, "other client's key, named", other.compact(t, other.header(), s.claims(c))},
		{"", "unknown key", head("kid", "x")},
		{"", "kid missing", head("kid", nil)},

		{wrongAssertions, "iss missing", claim("iss", nil)},
		{noSubject, "sub missing", claim("sub", nil)},
		{wrongAssertions, "iss is another party", claim("iss", other.id)},
		{wrongAssertions, "sub is another party", claim("sub", other.id)},
		{"", "sub is no party's id", claim("iss", "lender", "sub", "lender")},
		{"", "unknown party", claim("iss", partyID("z"), "sub", partyID("z"))},
		{"", "revoked party", by(revoked)},
		{"", "party that nobody has admitted", by(proposed)},
		{"", "party of another organisation", by(foreign)},
		{wrongAssertions, "aud missing", claim("aud", nil)},
		{wrongAudience, "aud is another gateway", claim("aud", "https://other.test")},
		{endpointAsAud, "aud is the token endpoint", claim("aud", issuer+auth.TokenPath)},
		{listOfAudiences, "aud is a list of one", claim("aud", []string{issuer})},
		{listOfAudiences, "two audiences", claim("aud", []string{issuer, "https://other.test"})},
		{"", "aud is a number", claim("aud", 1)},
		{"", "aud with a slash at its end", claim("aud", issuer+"/")},
		{"", "aud in capitals", claim("aud", strings.ToUpper(issuer))},
		{wrongAssertions, "exp missing", claim("exp", nil)},
		{"", "expired", claim("exp", noon.Add(-auth.Skew).Unix())},
		{longExpired, "expired long ago", claim("exp", noon.Add(-5*time.Minute).Unix())},
		{"", "exp too far ahead", claim("exp", noon.Add(auth.MaxAssertionLife+auth.Skew+time.Second).Unix())},
		{"", "exp is text", claim("exp", "2026-06-15T12:01:00Z")},
		{"", "exp overflows", claim("exp", 1<<62)},
		{"", "exp is negative", claim("exp", -1)},
		{"", "exp is null", raw(goodHead, strings.Replace(text(t, with(s.claims(c), "exp", 77)), `"exp":77`, `"exp":null`, 1))},
		{notYetValid, "not yet valid", claim("nbf", noon.Add(61*time.Second).Unix())},
		{"", "dated in the future", claim("iat", noon.Add(auth.Skew+time.Second).Unix())},
		{wrongAssertions, "jti missing", claim("jti", nil)},
		{"", "jti empty", claim("jti", "")},
		{"", "jti too long", claim("jti", strings.Repeat("j", 129))},
		{"", "exp twice", raw(goodHead, `{"exp":1,`+goodClaims[1:])},
		{"", "sub twice, once in capitals", raw(goodHead, `{"SUB":"`+string(other.id)+`",`+goodClaims[1:])},
		{"", "sub twice, once with a long s", raw(goodHead, `{"ſub":"`+string(other.id)+`",`+goodClaims[1:])},
	} {
		t.Run(tc.module.name(tc.name), func(t *testing.T) {
			token, err := s.ask(tc.token, s.forToken())
			if token != nil || ledger.CodeOf(err) != ledger.CodeAssertionInvalid {
				t.Errorf("got %+v, %v; want %s", token, err, ledger.CodeAssertionInvalid)
			}
		})
	}
	if used := len(s.replays); used > 0 {
		t.Errorf("%d refused assertions were noted as used", used)
	}
}

func TestAssertionIsGoodOnce(t *testing.T) {
	s := newScene(t)
	assertion := s.lender.compact(t, s.lender.header(), s.claims(s.lender))
	if _, err := s.ask(assertion, s.forToken()); err != nil {
		t.Fatal(err)
	}
	s.clock.advance(time.Second)
	if _, err := s.ask(assertion, s.forToken()); ledger.CodeOf(err) != ledger.CodeAssertionInvalid {
		t.Errorf("the second time gives %v", err)
	}
}

func TestAssertionIsNotUsedUpByAClientThatHasToLearnTheNonce(t *testing.T) {
	s := newScene(t)
	assertion := s.lender.compact(t, s.lender.header(), s.claims(s.lender))
	if _, err := s.ask(assertion, s.forToken("nonce", nil)); ledger.CodeOf(err) != ledger.CodeProofNonce {
		t.Fatalf("without a nonce: %v", err)
	}
	if _, err := s.ask(assertion, s.forToken()); err != nil {
		t.Errorf("with the nonce: %v", err)
	}
}

func TestAnotherClientIDThanTheAssertionsIsRefused(t *testing.T) {
	s := newScene(t)
	request := auth.TokenRequest{Assertion: s.lender.compact(t, s.lender.header(), s.claims(s.lender)), Client: "somebody", Proofs: []string{s.forToken()}}
	if _, err := s.gate.Token(t.Context(), request, noon); ledger.CodeOf(err) != ledger.CodeAssertionInvalid {
		t.Errorf("got %v", err)
	}
}

func TestRefusalDoesNotTellAnUnknownPartyFromAnUnknownKey(t *testing.T) {
	s, stranger := newScene(t), newClient(t, "z", ecKey(t))
	_, unknownKey := s.ask(s.lender.compact(t, with(s.lender.header(), "kid", "x"), s.claims(s.lender)), s.forToken())
	_, unknownParty := s.ask(stranger.compact(t, stranger.header(), s.claims(stranger)), s.forToken())
	if unknownKey == nil || unknownParty == nil || unknownKey.Error() != unknownParty.Error() {
		t.Errorf("the refusals differ:\n%v\n%v", unknownKey, unknownParty)
	}
}

// silent is a ledger that does not answer.
type silent struct{}

var errSilent = errors.New("no answer")

func (silent) Party(context.Context, ledger.PartyID) (*ledger.Party, error) { return nil, errSilent }

func TestLedgerThatDoesNotAnswerIsNoRefusal(t *testing.T) {
	s := newScene(t)
	gate, err := auth.NewGate(auth.Options{URL: issuer, Org: org, Keys: s.gate.Keys(), Parties: silent{}, Replays: s.replays, Random: strings.NewReader(strings.Repeat("r", 16))})
	if err != nil {
		t.Fatal(err)
	}
	s.gate = gate
	_, err = s.ask(s.lender.compact(t, s.lender.header(), s.claims(s.lender)), s.forToken())
	if !errors.Is(err, errSilent) || ledger.CodeOf(err) != "" {
		t.Errorf("got %v, want the ledger's own error", err)
	}
}

// TestAPasskeySignsNoAssertion: whatever signs as a passkey's key without its
// pages is not the passkey.
func TestAPasskeySignsNoAssertion(t *testing.T) {
	s := newScene(t)
	c := newClient(t, "b", ecKey(t))
	c.jwk.Passkey = &ledger.Passkey{RPID: "localhost", Origin: "http://localhost:8080"}
	s.parties[c.id] = c.party()
	_, err := s.ask(c.compact(t, c.header(), s.claims(c)), s.forToken())
	if ledger.CodeOf(err) != ledger.CodeAssertionInvalid || !strings.Contains(err.Error(), "its key is a passkey") {
		t.Errorf("got %v", err)
	}
}
