package chaincode_test

import (
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// state gives a party's state as it goes with a batch.
func (r *registry) state(p *party) protocol.State {
	r.t.Helper()
	e, ok := r.entry(p.id.Subject(), r.seq(string(p.id)))
	if !ok {
		r.t.Fatalf("%s is not kept", p.name)
	}
	return protocol.State{Salt: e.Salt, State: e.State}
}

// A power of attorney is judged on the principal's own state, which whoever hands
// the command in must bring, as it is now.
func TestARepresentativesCommandNeedsItsPrincipalsState(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	r.apply(registrarOrg, r.next(r.borrower, ledger.OpAttorneyGrant, string(r.borrower.id), ledger.AttorneyGrantBody{
		Representative: r.other.id, Scopes: []ledger.AttorneyScope{ledger.ScopeTalk}, Until: r.today(), Ground: ledger.GroundPower,
	}))
	granted := r.state(r.borrower)
	object := func(principal *protocol.State) *protocol.Batch {
		c, err := ledger.Draft{
			Op: ledger.OpDisputeRaise, Network: r.net.Digest(), By: r.other.id, For: r.borrower.id, Subject: string(id), Seq: r.seq(string(id)) + 1,
			Command: r.commandID(), IssuedAt: r.now, Body: ledger.DisputeRaiseBody{Text: "betalt"},
		}.Build()
		if err != nil {
			t.Fatal(err)
		}
		b := r.batch(r.sign(r.other, c))
		if principal != nil {
			b.Parties[r.borrower.id] = *principal
		}
		return b
	}
	if got := r.refused(r.propose(registrarOrg, object(nil))); !slices.Equal(codes(got.Answers), []ledger.Code{ledger.CodeStateMissing}) {
		t.Errorf("without the principal's state the answer is %v", got)
	}
	if got := r.submit(registrarOrg, object(&granted)); got[0].Result == nil {
		t.Fatalf("with it the answer is %v", got)
	}
	if d := r.note(id).Disputes[0]; d.By != r.borrower.id || d.Via != r.other.id {
		t.Errorf("the dispute is %+v", d)
	}
	r.apply(registrarOrg, r.next(r.borrower, ledger.OpAttorneyRevoke, string(r.borrower.id), ledger.AttorneyRevokeBody{Grant: 2}))
	if got := r.refused(r.propose(registrarOrg, object(&granted))); !slices.Equal(codes(got.Answers), []ledger.Code{ledger.CodeStateStale}) {
		t.Errorf("with the state before the revocation the answer is %v", got)
	}
	revoked := r.state(r.borrower)
	if got := r.refused(r.propose(registrarOrg, object(&revoked))); !slices.Equal(codes(got.Answers), []ledger.Code{ledger.CodeNoPowerOfAttorney}) {
		t.Errorf("after the revocation the answer is %v", got)
	}
}

// Who is to confirm a recovery sees the person while it is under way; nobody else
// does for it.
func TestAWitnessReadsAPersonWhileItsKeysAreRecovered(t *testing.T) {
	r := newRegistry(t)
	desk := r.register(registrarOrg, "Registraturen", ledger.Company)
	sees := func(when string, orgs ...string) {
		t.Helper()
		for _, org := range []string{lenderOrg, collectorOrg, registrarOrg} {
			a := r.readParty(org, r.borrower.id)
			if may := slices.Contains(orgs, org); a.Record == nil || (a.State != nil) != may {
				t.Errorf("%s: %s is given the state: %t, want %t", when, org, a.State != nil, may)
			}
		}
	}
	sees("before", registrarOrg)
	private, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	fresh := r.keyOf(&party{key: private})
	r.apply(registrarOrg, r.next(desk, ledger.OpRecoveryOpen, string(r.borrower.id), ledger.RecoveryOpenBody{
		Keys: []ledger.Key{fresh}, Identified: "pass", Witness: r.lender.id,
	}))
	sees("while it is open", registrarOrg, lenderOrg)
	r.apply(lenderOrg, r.next(r.lender, ledger.OpRecoveryConfirm, string(r.borrower.id), ledger.RecoveryConfirmBody{
		Recovery: 2, Keys: []string{fresh.ID}, Identified: "återuppringd",
	}))
	sees("while it waits", registrarOrg, lenderOrg)
	r.now = r.now.Add(ledger.RecoveryLife)
	sees("when its time is over", registrarOrg)
}
