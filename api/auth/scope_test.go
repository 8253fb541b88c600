package auth_test

import (
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

func TestEveryOperationHasAScopeThatSomebodyMayHave(t *testing.T) {
	for _, op := range ledger.Operations() {
		if !auth.AllScopes().Has(auth.ScopeOf(op)) {
			t.Errorf("%s needs the scope %q, which there is not", op, auth.ScopeOf(op))
		}
	}
	if auth.AllScopes().Has(auth.ScopeOf("note.steal")) {
		t.Error("an operation that there is not has a scope")
	}
}

func TestScopesOfAKindOfPartyAreWhatItCanUse(t *testing.T) {
	for _, tc := range []struct {
		scope                      auth.Scope
		person, company, authority bool
	}{
		{auth.NotesRead, true, true, true},
		{auth.NotesAccept, true, true, true},
		{auth.NotesAuthority, true, true, true},
		{auth.Webhooks, false, true, true},
		{auth.Imports, false, true, false},
		{auth.People, false, true, false},
	} {
		for kind, want := range map[ledger.PartyKind]bool{ledger.Person: tc.person, ledger.Company: tc.company, ledger.Authority: tc.authority} {
			if got := auth.ScopesOf(kind).Has(tc.scope); got != want {
				t.Errorf("%s of a %s: %t, want %t", tc.scope, kind, got, want)
			}
		}
	}
}

func TestTokenIsNarrowedToTheScopesThatAreAskedFor(t *testing.T) {
	s := newScene(t)
	ask := func(scope string) (*auth.Token, error) {
		return s.gate.Token(t.Context(), auth.TokenRequest{
			Assertion: s.lender.compact(t, s.lender.header(), s.claims(s.lender)), Scope: scope, Proofs: []string{s.forToken()},
		}, noon)
	}
	for asked, want := range map[string]string{
		"":                                   auth.ScopesOf(ledger.Company).String(),
		"notes:read":                         "notes:read",
		"notes:payment notes:read":           "notes:payment notes:read",
		"notes:read  notes:read books:read ": "books:read notes:read",
	} {
		token, err := ask(asked)
		if err != nil {
			t.Fatalf("%q: %v", asked, err)
		}
		access, err := s.enter(token.Text, s.forNotes(token.Text))
		if err != nil || access.Scopes.String() != want || token.Scopes.String() != want {
			t.Errorf("%q: the token covers %q (%v), want %q", asked, token.Scopes, err, want)
		}
	}
	for _, asked := range []string{"notes", "NOTES:READ", "notes:read admin", "openid", " ", strings.Repeat("notes:read ", 60), "*"} {
		if _, err := ask(asked); ledger.CodeOf(err) != ledger.CodeScopeUnknown {
			t.Errorf("%.40q: got %v, want %s", asked, err, ledger.CodeScopeUnknown)
		}
	}
}
