package ledger_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// TestThePromisesOfPartiesKnowWhatBreaksThem: who checks the rules must be able to
// find fault with them.
func TestThePromisesOfPartiesKnowWhatBreaksThem(t *testing.T) {
	const person, desk, witness, other = ledger.PartyID("person"), ledger.PartyID("desk"), ledger.PartyID("witness"), ledger.PartyID("other")
	confirmed := func(r *ledger.Recovery) *ledger.Recovery { c := *r; c.ConfirmedAt = day0; return &c }
	open := &ledger.Recovery{Seq: 4, By: desk, Witness: witness, Keys: []ledger.Key{testKey("new")}}
	power := ledger.Attorney{Seq: 3, Representative: "son"}
	sound := func() model.PartyStep {
		before := ledger.Party{ID: person, Seq: 4, Head: ledger.Digest{1}, Kind: ledger.Person, Org: ledger.RegistrarOrg, Standing: ledger.InForce, Keys: []ledger.Key{testKey("old")}}
		after := before
		after.Seq, after.Head = 5, ledger.Digest{2}
		return model.PartyStep{
			Before: &before, After: &after, By: person, Op: ledger.OpPartyRotate, At: day0.Add(ledger.RecoveryWait),
			Hosts: func(id ledger.PartyID) string {
				return map[ledger.PartyID]string{person: ledger.RegistrarOrg, desk: ledger.RegistrarOrg, witness: lenderOrg, other: buyerOrg}[id]
			},
		}
	}
	completes := func(s *model.PartyStep) {
		s.Op, s.Before.Recovery, s.After.Keys = ledger.OpRecoveryComplete, confirmed(open), open.Keys
	}
	table := []struct {
		name   string
		change func(*model.PartyStep)
		kept   bool
	}{
		{"nothing but the chain changes", func(*model.PartyStep) {}, true},
		{"the party changes its keys", func(s *model.PartyStep) { s.After.Keys = open.Keys }, true},
		{"a recovery is completed", completes, true},
		{"the chain stands still", func(s *model.PartyStep) { s.After.Seq = 4 }, false},
		{"another organisation hosts it", func(s *model.PartyStep) { s.After.Org = lenderOrg }, false},
		{"it is revived", func(s *model.PartyStep) { s.Before.Standing = ledger.Revoked }, false},
		{"a person has a contact", func(s *model.PartyStep) { s.After.Contact = &ledger.Contact{} }, false},
		{"no key is left", func(s *model.PartyStep) { s.After.Keys = nil }, false},
		{"another changes its keys", func(s *model.PartyStep) { s.By, s.After.Keys = desk, open.Keys }, false},
		{"a completion without a recovery", func(s *model.PartyStep) { completes(s); s.Before.Recovery = nil }, false},
		{"a completion without a confirmation", func(s *model.PartyStep) { completes(s); s.Before.Recovery = open }, false},
		{"a completion a moment too early", func(s *model.PartyStep) { completes(s); s.At = s.At.Add(-1) }, false},
		{"a completion with other keys", func(s *model.PartyStep) { completes(s); s.After.Keys = []ledger.Key{testKey("theirs")} }, false},
		{"a witness of the same organisation", func(s *model.PartyStep) { completes(s); s.Before.Recovery.Witness = desk }, false},
		{"another organisation opens a recovery", func(s *model.PartyStep) { s.By, s.After.Recovery = witness, open }, false},
		{"a recovery is confirmed as it is opened", func(s *model.PartyStep) { s.By, s.After.Recovery = desk, confirmed(open) }, false},
		{"the desk opens a recovery", func(s *model.PartyStep) { s.By, s.After.Recovery = desk, open }, true},
		{"the witness confirms it", func(s *model.PartyStep) { s.By, s.Before.Recovery, s.After.Recovery = witness, open, confirmed(open) }, true},
		{"another confirms it", func(s *model.PartyStep) { s.By, s.Before.Recovery, s.After.Recovery = other, open, confirmed(open) }, false},
		{"another gives a power of attorney", func(s *model.PartyStep) { s.By, s.After.Attorneys = desk, []ledger.Attorney{power} }, false},
		{"another takes a power of attorney away", func(s *model.PartyStep) { s.By, s.Before.Attorneys = desk, []ledger.Attorney{power} }, false},
		{"the representative lays it down", func(s *model.PartyStep) { s.By, s.Before.Attorneys = "son", []ledger.Attorney{power} }, true},
		{"a power of attorney grows", func(s *model.PartyStep) {
			wider := power
			wider.Scopes = ledger.AttorneyScopes()
			s.By, s.Before.Attorneys, s.After.Attorneys = "son", []ledger.Attorney{power}, []ledger.Attorney{wider}
		}, false},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			s := sound()
			c.change(&s)
			if err := model.CheckPartyStep(s); (err == nil) != c.kept {
				t.Errorf("kept: %t, want %t: %v", err == nil, c.kept, err)
			}
		})
	}
}
