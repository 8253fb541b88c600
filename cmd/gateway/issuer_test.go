package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// TestOrganisationsOwnIssuerOpensReadsOfItsOwnParties: what is written still needs
// the party's signature, and a party of another organisation cannot be named.
func TestOrganisationsOwnIssuerOpensReadsOfItsOwnParties(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, stranger := w.party("lender", "lender", "company"), w.party("stranger", "collector", "company")
	key, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	public, err := sign.KeyOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	provider := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(rw, `{"keys":[%s]}`, mustJSON(t, public))
	}))
	t.Cleanup(provider.Close)
	old := w.gateways["lender"]
	old.end(t)
	w.start("lender", options{data: old.opts.data, issuers: []auth.Issuer{{URL: provider.URL, Audience: "skuld", JWKS: provider.URL}}})

	vouch := func(a *actor) {
		headers := jws.NewHeaders()
		for name, value := range map[string]string{jws.TypeKey: "at+jwt", jws.KeyIDKey: public.ID} {
			if err := headers.Set(name, value); err != nil {
				t.Fatal(err)
			}
		}
		token, err := jws.Sign(mustJSON(t, map[string]any{
			"iss": provider.URL, "sub": "clerk", "aud": "skuld", "client_id": "desk", "jti": a.name, "scope": "openid books:read books:write",
			"iat": noon.Unix(), "exp": noon.Add(time.Hour).Unix(), "cnf": map[string]any{"jkt": a.prover.Thumbprint()}, "skuld_party": a.party,
		}), jws.WithKey(jwa.ES256, key, jws.WithProtectedHeaders(headers)))
		if err != nil {
			t.Fatal(err)
		}
		a.gateway, a.token, a.expires = "lender", string(token), noon.Add(time.Hour)
	}
	vouch(lender)
	if r := w.ask(lender, "GET", "/v1/books", nil, nil); r.status != http.StatusOK {
		t.Errorf("its own party: %d %s", r.status, r.body)
	}
	if r := w.ask(lender, "GET", "/v1/notes", nil, nil); codeOf(r) != ledger.CodeScopeMissing {
		t.Errorf("what the token does not cover: %d %s", r.status, r.body)
	}
	w.book(lender) // drafted for the party's key, and signed with it
	vouch(stranger)
	if r := w.ask(stranger, "GET", "/v1/books", nil, nil); codeOf(r) != ledger.CodeTokenInvalid {
		t.Errorf("another organisation's party: %d %s", r.status, r.body)
	}
}
