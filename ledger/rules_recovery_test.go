package ledger_test

import (
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

func TestLostKeysAreReplacedByTwoOrganisationsAndTime(t *testing.T) {
	p := newPeople(t)
	p.grant(p.son, ledger.ScopeTalk)
	self := string(p.borrower.id)
	p.open()
	p.confirm()
	complete := ledger.RecoveryCompleteBody{Recovery: p.number()}
	until := p.now.Add(ledger.RecoveryWait)
	p.pass(ledger.RecoveryWait - time.Second)
	p.refuse(ledger.Refuse(ledger.CodeRecoveryEarly, "until", until.Format(time.RFC3339)), p.anew, ledger.OpRecoveryComplete, self, complete)
	p.pass(time.Second)
	p.refuse(code(ledger.CodeKeyUnknown), p.borrower, ledger.OpRecoveryComplete, self, complete)
	p.do(p.anew, ledger.OpRecoveryComplete, self, complete)

	got := p.party(p.borrower)
	if len(got.Keys) != 1 || got.Keys[0] != p.anew.key || got.Recovery != nil {
		t.Errorf("the party is %+v", got)
	}
	if len(got.Attorneys) != 1 {
		t.Errorf("the powers of attorney are %+v", got.Attorneys)
	}
	id := p.offer(terms(), p.anew)
	p.refuse(code(ledger.CodeKeyUnknown), p.borrower, ledger.OpAccept, string(id), ledger.AcceptBody{Offer: p.note(id).Offer})
	p.accept(id, p.anew)
}

// The registrar serves borrowers and opens their recoveries. With all the keys it
// has, its companies' among them, it gets no further.
func TestTheRegistrarAloneTakesNoPersonOver(t *testing.T) {
	p := newPeople(t)
	self := string(p.borrower.id)
	second := p.register("second desk", ledger.Company, ledger.RegistrarOrg)
	body := p.openBody()
	body.Witness = second.id
	p.refuse(code(ledger.CodeWitnessOther), p.desk, ledger.OpRecoveryOpen, self, body)
	p.open()
	p.refuse(code(ledger.CodeRoleForbidden), p.desk, ledger.OpRecoveryConfirm, self, p.confirmBody())
	p.refuse(code(ledger.CodeRoleForbidden), p.court, ledger.OpRecoveryConfirm, self, p.confirmBody())
	p.pass(ledger.RecoveryWait)
	p.refuse(code(ledger.CodeRecoveryUnconfirmed), p.anew, ledger.OpRecoveryComplete, self, ledger.RecoveryCompleteBody{Recovery: p.number()})
}

// Keys of companies can be come by, and whoever may register can have a company
// anywhere. What counts is that two organisations handed the commands in.
func TestARecoveryGoesThroughTheOrganisationsThatStandForIt(t *testing.T) {
	p := newPeople(t)
	self := string(p.borrower.id)
	through := func(who *actor, org string) *actor {
		other := *who
		other.org = org
		return &other
	}
	p.refuse(code(ledger.CodeRoleForbidden), through(p.desk, lenderOrg), ledger.OpRecoveryOpen, self, p.openBody())
	p.open()
	p.refuse(code(ledger.CodeRoleForbidden), through(p.lender, ledger.RegistrarOrg), ledger.OpRecoveryConfirm, self, p.confirmBody())
	p.refuse(code(ledger.CodeRoleForbidden), through(p.lender, buyerOrg), ledger.OpRecoveryConfirm, self, p.confirmBody())
	p.confirm()
}

func TestAnotherOrganisationAloneTakesNoPersonOver(t *testing.T) {
	p := newPeople(t)
	self := string(p.borrower.id)
	p.refuse(code(ledger.CodeRoleForbidden), p.lender, ledger.OpRecoveryOpen, self, p.openBody())
	p.refuse(code(ledger.CodeRecoveryNone), p.lender, ledger.OpRecoveryConfirm, self, p.confirmBody())
}

// The new keys sign nothing but the completion, however the wait goes.
func TestNewKeysSignNothingBeforeTheyAreInForce(t *testing.T) {
	p := newPeople(t)
	id := p.active()
	p.open()
	p.confirm()
	p.pass(ledger.RecoveryWait)
	p.refuse(code(ledger.CodeKeyUnknown), p.anew, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "x"})
	p.refuse(code(ledger.CodeKeyUnknown), p.anew, ledger.OpPartyRotate, string(p.borrower.id), ledger.RotateBody{Remove: []string{p.borrower.key.ID}})
}

func TestTheWitnessConfirmsTheVeryKeysThatAreToCome(t *testing.T) {
	p := newPeople(t)
	self := string(p.borrower.id)
	p.open()
	other := p.confirmBody()
	other.Keys = []string{testKey("the registrar's own").ID}
	p.refuse(code(ledger.CodeRecoveryOther), p.lender, ledger.OpRecoveryConfirm, self, other)
	other = p.confirmBody()
	other.Recovery--
	p.refuse(code(ledger.CodeRecoveryOther), p.lender, ledger.OpRecoveryConfirm, self, other)
	p.refuse(code(ledger.CodeRoleForbidden), p.buyer, ledger.OpRecoveryConfirm, self, p.confirmBody())
	p.confirm()
	p.refuse(code(ledger.CodeRecoveryConfirmed), p.lender, ledger.OpRecoveryConfirm, self, p.confirmBody())
}

func TestWhoMayEndARecovery(t *testing.T) {
	base := newPeople(t)
	base.open()
	base.confirm()
	table := []struct {
		name string
		who  *actor
		want ledger.Code
	}{
		{"the person with an old key", base.borrower, ""},
		{"the company that opened it", base.desk, ""},
		{"the company that confirmed it", base.lender, ""},
		{"another company of the host", base.register("second desk", ledger.Company, ledger.RegistrarOrg), ledger.CodeRoleForbidden},
		{"another company", base.buyer, ledger.CodeRoleForbidden},
		{"an authority", base.court, ledger.CodeRoleForbidden},
		{"another person", base.partner, ledger.CodeRoleForbidden},
		{"the new key", base.anew, ledger.CodeKeyUnknown},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			p := base.branch()
			p.t = t
			self := string(p.borrower.id)
			_, err := p.try(c.who, ledger.OpRecoveryObject, self, ledger.RecoveryObjectBody{Recovery: p.number(), Reason: "it is not lost"})
			if ledger.CodeOf(err) != c.want {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if c.want != "" {
				return
			}
			p.pass(ledger.RecoveryWait)
			p.refuse(code(ledger.CodeKeyUnknown), p.anew, ledger.OpRecoveryComplete, self, ledger.RecoveryCompleteBody{Recovery: p.number()})
			p.open()
		})
	}
}

// Whoever signs with an old key has not lost it.
func TestUsingAnOldKeyOnOnesOwnPartyIsAnObjection(t *testing.T) {
	p := newPeople(t)
	p.open()
	p.do(p.borrower, ledger.OpPartyRotate, string(p.borrower.id), ledger.RotateBody{Add: []ledger.Key{passkeyOf("phone")}})
	if r := p.party(p.borrower).Recovery; r != nil {
		t.Errorf("under way is still %+v", r)
	}
}

// A representative who lays its power down says nothing of the principal's keys.
func TestARepresentativesOwnActIsNoObjection(t *testing.T) {
	p := newPeople(t)
	grant := p.grant(p.son, ledger.ScopeTalk)
	p.open()
	p.do(p.son, ledger.OpAttorneyRevoke, string(p.borrower.id), ledger.AttorneyRevokeBody{Grant: grant})
	if p.party(p.borrower).Recovery == nil {
		t.Error("the recovery has ended")
	}
}

func TestARecoveryThatNobodyCompletesEnds(t *testing.T) {
	p := newPeople(t)
	self := string(p.borrower.id)
	p.open()
	p.refuse(code(ledger.CodeRecoveryOpen), p.desk, ledger.OpRecoveryOpen, self, p.openBody())
	p.confirm()
	complete := ledger.RecoveryCompleteBody{Recovery: p.number()}
	p.pass(ledger.RecoveryLife)
	p.refuse(code(ledger.CodeRecoveryNone), p.anew, ledger.OpRecoveryComplete, self, complete)
	p.open()
	p.refuse(code(ledger.CodeRecoveryOther), p.anew, ledger.OpRecoveryComplete, self, complete)
}

// TestARecoveryIsNotConfirmedTooLateToBeCompleted: after its last confirmation there
// is still a moment for the person to complete it.
func TestARecoveryIsNotConfirmedTooLateToBeCompleted(t *testing.T) {
	p := newPeople(t)
	self := string(p.borrower.id)
	p.open()
	confirmation := p.confirmBody()
	last := p.branch()
	last.pass(ledger.RecoveryLife - ledger.RecoveryWait - time.Second)
	last.confirm()
	last.pass(ledger.RecoveryWait)
	last.do(last.anew, ledger.OpRecoveryComplete, self, ledger.RecoveryCompleteBody{Recovery: confirmation.Recovery})

	p.pass(ledger.RecoveryLife - ledger.RecoveryWait)
	p.refuse(code(ledger.CodeRecoveryNone), p.lender, ledger.OpRecoveryConfirm, self, confirmation)
	p.open() // and can be opened anew
}

func TestARecoveryThatCannotBeOpenedIsRefused(t *testing.T) {
	base := newPeople(t)
	table := []struct {
		name   string
		change func(*people, *ledger.RecoveryOpenBody)
		want   ledger.Code
	}{
		{"no keys", func(_ *people, b *ledger.RecoveryOpenBody) { b.Keys = nil }, ledger.CodeBodyInvalid},
		{"a key that the party has", func(p *people, b *ledger.RecoveryOpenBody) { b.Keys = append(b.Keys, p.borrower.key) }, ledger.CodeKeyKnown},
		{"no word on who was identified how", func(_ *people, b *ledger.RecoveryOpenBody) { b.Identified = "" }, ledger.CodeBodyInvalid},
		{"no witness", func(_ *people, b *ledger.RecoveryOpenBody) { b.Witness = "" }, ledger.CodeBodyInvalid},
		{"an unknown witness", func(_ *people, b *ledger.RecoveryOpenBody) { b.Witness = ledger.DerivePartyID(network, "x") }, ledger.CodeWitnessOther},
		{"a revoked witness", func(p *people, _ *ledger.RecoveryOpenBody) {
			p.do(p.lender, ledger.OpPartyRevoke, string(p.lender.id), ledger.ReasonBody{})
		}, ledger.CodePartyRevoked},
		{"a revoked person", func(p *people, _ *ledger.RecoveryOpenBody) {
			p.do(p.borrower, ledger.OpPartyRevoke, string(p.borrower.id), ledger.ReasonBody{})
		}, ledger.CodePartyRevoked},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			p := base.branch()
			p.t = t
			body := p.openBody()
			c.change(p, &body)
			p.refuse(code(c.want), p.desk, ledger.OpRecoveryOpen, string(p.borrower.id), body)
		})
	}
}

func TestACompanysKeysAreNotRecovered(t *testing.T) {
	p := newPeople(t)
	second := p.register("second desk", ledger.Company, ledger.RegistrarOrg)
	p.refuse(code(ledger.CodeRoleForbidden), p.desk, ledger.OpRecoveryOpen, string(second.id), p.openBody())
}
