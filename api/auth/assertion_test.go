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

func assertions(clients ...client) *auth.Assertions {
	all := parties{}
	for _, c := range clients {
		all[c.id] = c.party()
	}
	return &auth.Assertions{Audience: audience, Org: org, Parties: all, Replays: replays{}}
}

func TestAssertionOfAPartyWithEitherKindOfKeyIsTaken(t *testing.T) {
	for name, c := range map[string]client{"ES256": newClient(t, "a", ecKey(t)), "EdDSA": newClient(t, "b", edKey(t))} {
		t.Run(name, func(t *testing.T) {
			a := assertions(c)
			caller, err := a.Verify(t.Context(), c.compact(t, c.header(), c.claims()), noon)
			if err != nil {
				t.Fatal(err)
			}
			if caller.Party != c.id || caller.Key != c.jwk {
				t.Errorf("the caller is %+v, want %s with its key", caller, c.id)
			}
		})
	}
}

func TestAssertionMayLeaveOutWhatTheStandardLeavesOut(t *testing.T) {
	c := newClient(t, "a", ecKey(t))
	for name, token := range map[string]string{
		"no iat":             c.compact(t, c.header(), with(c.claims(), "iat", nil)),
		"no typ":             c.compact(t, with(c.header(), "typ", nil), c.claims()),
		"typ of RFC 7523bis": c.compact(t, with(c.header(), "typ", "client-authentication+jwt"), c.claims()),
		"a list of one aud":  c.compact(t, c.header(), with(c.claims(), "aud", []string{audience})),
		"a claim of its own": c.compact(t, c.header(), with(c.claims(), "colour", "red")),
		"clock a bit ahead":  c.compact(t, c.header(), with(c.claims(), "iat", noon.Add(auth.Skew).Unix(), "nbf", noon.Add(auth.Skew).Unix())),
		"clock a bit behind": c.compact(t, c.header(), with(c.claims(), "exp", noon.Add(-auth.Skew/2).Unix())),
		"as long as allowed": c.compact(t, c.header(), with(c.claims(), "exp", noon.Add(auth.MaxAssertionLife).Unix())),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := assertions(c).Verify(t.Context(), token, noon); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAssertionRefused(t *testing.T) {
	c, other, ed := newClient(t, "a", ecKey(t)), newClient(t, "b", ecKey(t)), newClient(t, "c", edKey(t))
	revoked, foreign := newClient(t, "d", ecKey(t)), newClient(t, "e", ecKey(t))
	a := assertions(c, other, ed, revoked, foreign)
	all := a.Parties.(parties)
	all[revoked.id].Standing = ledger.Revoked
	all[foreign.id].Org = "CollectorMSP"
	good := func() (header, claims map[string]any) { return c.header(), c.claims() }
	claim := func(changes ...any) string {
		h, m := good()
		return c.compact(t, h, with(m, changes...))
	}
	head := func(changes ...any) string {
		h, m := good()
		return c.compact(t, with(h, changes...), m)
	}
	parts := strings.Split(claim(), ".")
	secret := []byte(c.jwk.X)
	hs := encode([]byte(text(t, with(c.header(), "alg", "HS256")))) + "." + parts[1]

	cases := []struct{ name, token string }{
		{"empty", ""},
		{"two parts", parts[0] + "." + parts[1]},
		{"four parts", claim() + ".x"},
		{"no signature", parts[0] + "." + parts[1] + "."},
		{"padding", parts[0] + "=." + parts[1] + "." + parts[2]},
		{"header not JSON", c.signText(t, "alg", text(t, c.claims()))},
		{"claims not an object", c.signText(t, text(t, c.header()), `["iss"]`)},
		{"claims twice", c.signText(t, text(t, c.header()), text(t, c.claims())+text(t, c.claims()))},
		{"oversized", claim("colour", strings.Repeat("r", 8<<10))},
		{"oversized header", head("kid", strings.Repeat("k", 600))},

		{"alg none", encode([]byte(text(t, with(c.header(), "alg", "none")))) + "." + parts[1] + "."},
		{"alg none with a signature", head("alg", "none")},
		{"alg None", head("alg", "None")},
		{"alg HS256 with the public key as the secret", hs + "." + encode(hs256(secret, hs))},
		{"alg ES384", head("alg", "ES384")},
		{"alg of another kind of key", head("alg", "EdDSA")},
		{"alg ES256 with an Ed25519 key", ed.compact(t, with(ed.header(), "alg", "ES256"), ed.claims())},
		{"alg missing", head("alg", nil)},
		{"alg twice", c.signText(t, `{"alg":"none",`+text(t, c.header())[1:], text(t, c.claims()))},
		{"unknown crit", head("crit", []string{"colour"}, "colour", "red")},
		{"b64 false", head("b64", false, "crit", []string{"b64"})},
		{"key in the header", head("jwk", other.jwk)},
		{"address of a key in the header", head("jku", "https://other.test/keys")},
		{"certificate in the header", head("x5c", []string{"MII"})},
		{"typ of an access token", head("typ", "at+jwt")},
		{"typ of a signed command", head("typ", "skuld-command+jws")},
		{"header in capitals", head("ALG", "none")},

		{"wrong signature", parts[0] + "." + parts[1] + "." + encode(make([]byte, 64))},
		{"signature of another assertion", parts[0] + "." + parts[1] + "." + strings.Split(claim(), ".")[2]},
		{"signature in DER", parts[0] + "." + parts[1] + "." + encode(append([]byte{0x30, 0x44}, make([]byte, 68)...))},
		{"claims of another assertion", parts[0] + "." + strings.Split(claim(), ".")[1] + "." + parts[2]},
		{"other party's key", other.compact(t, c.header(), c.claims())},
		{"other party's key, named", other.compact(t, other.header(), c.claims())},
		{"unknown key", head("kid", "x")},
		{"kid missing", head("kid", nil)},

		{"iss missing", claim("iss", nil)},
		{"sub missing", claim("sub", nil)},
		{"iss is another party", claim("iss", other.id)},
		{"sub is another party", claim("sub", other.id)},
		{"sub is no party's id", claim("iss", "lender", "sub", "lender")},
		{"unknown party", claim("iss", partyID("z"), "sub", partyID("z"))},
		{"revoked party", revoked.compact(t, revoked.header(), revoked.claims())},
		{"party of another organisation", foreign.compact(t, foreign.header(), foreign.claims())},
		{"aud missing", claim("aud", nil)},
		{"aud is another gateway", claim("aud", "https://other.test/v1/token")},
		{"aud is the gateway, not its token endpoint", claim("aud", "https://gateway.test")},
		{"two audiences", claim("aud", []string{audience, "https://other.test"})},
		{"aud is a number", claim("aud", 1)},
		{"exp missing", claim("exp", nil)},
		{"expired", claim("exp", noon.Add(-auth.Skew).Unix())},
		{"exp too far ahead", claim("exp", noon.Add(auth.MaxAssertionLife+auth.Skew+time.Second).Unix())},
		{"exp is text", claim("exp", "2026-06-15T12:01:00Z")},
		{"exp overflows", claim("exp", 1<<62)},
		{"exp is null", c.signText(t, text(t, c.header()), strings.Replace(text(t, with(c.claims(), "exp", 77)), `"exp":77`, `"exp":null`, 1))},
		{"not yet valid", claim("nbf", noon.Add(auth.Skew+time.Second).Unix())},
		{"dated in the future", claim("iat", noon.Add(auth.Skew+time.Second).Unix())},
		{"jti missing", claim("jti", nil)},
		{"jti empty", claim("jti", "")},
		{"jti too long", claim("jti", strings.Repeat("j", 129))},
		{"exp twice", c.signText(t, text(t, c.header()), `{"exp":1,`+text(t, c.claims())[1:])},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			caller, err := a.Verify(t.Context(), tc.token, noon)
			if caller != nil || ledger.CodeOf(err) != ledger.CodeAssertionInvalid {
				t.Errorf("got %+v, %v; want %s", caller, err, ledger.CodeAssertionInvalid)
			}
		})
	}
	if used := len(a.Replays.(replays)); used > 0 {
		t.Errorf("%d refused assertions were noted as used", used)
	}
}

func TestAssertionIsGoodOnce(t *testing.T) {
	c := newClient(t, "a", ecKey(t))
	a := assertions(c)
	token := c.compact(t, c.header(), c.claims())
	if _, err := a.Verify(t.Context(), token, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Verify(t.Context(), token, noon.Add(time.Second)); ledger.CodeOf(err) != ledger.CodeAssertionInvalid {
		t.Errorf("the second time gives %v", err)
	}
}

func TestRefusalDoesNotTellAnUnknownPartyFromAnUnknownKey(t *testing.T) {
	c, stranger := newClient(t, "a", ecKey(t)), newClient(t, "z", ecKey(t))
	a := assertions(c)
	_, unknownKey := a.Verify(t.Context(), c.compact(t, with(c.header(), "kid", "x"), c.claims()), noon)
	_, unknownParty := a.Verify(t.Context(), stranger.compact(t, stranger.header(), stranger.claims()), noon)
	if unknownKey == nil || unknownParty == nil || unknownKey.Error() != unknownParty.Error() {
		t.Errorf("the refusals differ:\n%v\n%v", unknownKey, unknownParty)
	}
}

// silent is a ledger that does not answer.
type silent struct{}

var errSilent = errors.New("no answer")

func (silent) Party(context.Context, ledger.PartyID) (*ledger.Party, error) { return nil, errSilent }

func TestLedgerThatDoesNotAnswerIsNoRefusal(t *testing.T) {
	c := newClient(t, "a", ecKey(t))
	a := assertions(c)
	a.Parties = silent{}
	_, err := a.Verify(t.Context(), c.compact(t, c.header(), c.claims()), noon)
	if !errors.Is(err, errSilent) || ledger.CodeOf(err) != "" {
		t.Errorf("got %v, want the ledger's own error", err)
	}
}
