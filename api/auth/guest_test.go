package auth_test

import (
	"crypto/rand"
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

func TestGuestMayHaveTheScopePeopleAndNoOther(t *testing.T) {
	s := newScene(t)
	open, err := auth.NewGate(auth.Options{
		URL: issuer, Org: org, Guests: true, Keys: openKeys(t, s.folder, s.clock), Parties: s.parties, Replays: s.replays, Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name          string
		party         *ledger.Party
		shut, opening auth.Scopes
	}{
		{"its own company", &ledger.Party{Kind: ledger.Company, Org: org, Standing: ledger.InForce}, auth.ScopesOf(ledger.Company), auth.ScopesOf(ledger.Company)},
		{"its own person", &ledger.Party{Kind: ledger.Person, Org: org, Standing: ledger.InForce}, auth.ScopesOf(ledger.Person), auth.ScopesOf(ledger.Person)},
		{"another's company", &ledger.Party{Kind: ledger.Company, Org: "OtherMSP", Standing: ledger.InForce}, nil, auth.Scopes{auth.People}},
		{"another's person", &ledger.Party{Kind: ledger.Person, Org: "OtherMSP", Standing: ledger.InForce}, nil, nil},
		{"another's authority", &ledger.Party{Kind: ledger.Authority, Org: "OtherMSP", Standing: ledger.InForce}, nil, nil},
		{"another's company that was revoked", &ledger.Party{Kind: ledger.Company, Org: "OtherMSP", Standing: ledger.Revoked}, nil, nil},
		{"nobody", nil, nil, nil},
	} {
		if got := s.gate.ScopesOf(tc.party); !slices.Equal(got, tc.shut) {
			t.Errorf("%s may have %v at a gateway without guests, want %v", tc.name, got, tc.shut)
		}
		if got := open.ScopesOf(tc.party); !slices.Equal(got, tc.opening) {
			t.Errorf("%s may have %v at a gateway with guests, want %v", tc.name, got, tc.opening)
		}
	}
}

func TestScopesWithinOthersAreThoseThatBothHave(t *testing.T) {
	said := auth.Scopes{auth.Imports, auth.NotesRead, auth.People}
	if got := said.Within(auth.ScopesOf(ledger.Person)); !slices.Equal(got, auth.Scopes{auth.NotesRead}) {
		t.Errorf("of a person they are %v", got)
	}
	if got := said.Within(nil); len(got) != 0 || len(said) != 3 {
		t.Errorf("of nobody they are %v, out of %v", got, said)
	}
}
