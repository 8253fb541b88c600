package ledger_test

import (
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// people is a stage with those who act about a person's party: the borrower's.
type people struct {
	*stage
	desk   *actor // a company of the registrar, which hosts the borrower
	son    *actor // a person of the same host
	abroad *actor // a person of another host
	anew   *actor // the borrower with its new key
}

func newPeople(t failer) *people {
	t.Helper()
	p := &people{stage: newStage(t)}
	p.addPeople()
	return p
}

func (p *people) addPeople() {
	p.desk = p.register("desk", ledger.Company, ledger.RegistrarOrg)
	p.son = p.register("son", ledger.Person, ledger.RegistrarOrg)
	p.abroad = p.register("abroad", ledger.Person, lenderOrg)
	p.anew = &actor{name: "new key", id: p.borrower.id, org: ledger.RegistrarOrg, key: testKey("borrower's new")}
}

// branch is fork for people.
func (p *people) branch() *people {
	f := *p
	f.stage = p.fork()
	return &f
}

func (p *people) grantBody(to *actor, scopes ...ledger.AttorneyScope) ledger.AttorneyGrantBody {
	return ledger.AttorneyGrantBody{
		Representative: to.id, Scopes: scopes, Until: p.today().AddDays(30), Ground: ledger.GroundPower,
	}
}

// grant lets somebody act for the borrower, and gives the number of the power.
func (p *people) grant(to *actor, scopes ...ledger.AttorneyScope) uint64 {
	p.t.Helper()
	return p.do(p.borrower, ledger.OpAttorneyGrant, string(p.borrower.id), p.grantBody(to, scopes...)).Party.Seq
}

// act has somebody sign a command for the borrower, as its representative.
func (p *people) act(who *actor, op ledger.Op, subject string, body any) (*ledger.Change, error) {
	p.t.Helper()
	return p.actFor(p.borrower, who, op, subject, body)
}

func (p *people) actFor(principal, who *actor, op ledger.Op, subject string, body any) (*ledger.Change, error) {
	p.t.Helper()
	d := p.draft(who, op, subject, body)
	d.For = principal.id
	return p.send(who, d)
}

// refuseAct is act for a command that must be refused.
func (p *people) refuseAct(want ledger.Code, who *actor, op ledger.Op, subject string, body any) {
	p.t.Helper()
	before := len(p.m.Log())
	_, err := p.act(who, op, subject, body)
	checkRefusal(p.t, err, code(want))
	if len(p.m.Log()) != before {
		p.t.Fatalf("%s by %s was refused and yet written", op, who.name)
	}
}

func (p *people) party(who *actor) *ledger.Party {
	p.t.Helper()
	found, err := p.m.Party(who.id)
	if err != nil || found == nil {
		p.t.Fatalf("there is no party %s: %v", who.name, err)
	}
	return found
}

func (p *people) openBody() ledger.RecoveryOpenBody {
	return ledger.RecoveryOpenBody{Keys: []ledger.Key{p.anew.key}, Identified: "passport, at the desk", Witness: p.lender.id}
}

func (p *people) open() {
	p.t.Helper()
	p.do(p.desk, ledger.OpRecoveryOpen, string(p.borrower.id), p.openBody())
}

// number is that of the recovery under way, and 1 where there is none.
func (p *people) number() uint64 {
	if r := p.party(p.borrower).Recovery; r != nil {
		return r.Seq
	}
	return 1
}

func (p *people) confirmBody() ledger.RecoveryConfirmBody {
	return ledger.RecoveryConfirmBody{Recovery: p.number(), Keys: []string{p.anew.key.ID}, Identified: "called back on the number of the loan's file"}
}

func (p *people) confirm() {
	p.t.Helper()
	p.do(p.lender, ledger.OpRecoveryConfirm, string(p.borrower.id), p.confirmBody())
}

// pass moves the clock on.
func (p *people) pass(d time.Duration) { p.now = p.now.Add(d) }

// checkParty holds a change of a party against the promises.
func (s *stage) checkParty(before *ledger.Party, c *ledger.Change) {
	s.t.Helper()
	hosts := func(id ledger.PartyID) string {
		if p, _ := s.m.Party(id); p != nil {
			return p.Org
		}
		return ""
	}
	step := model.PartyStep{Before: before, After: c.Party, By: c.Command.Actor(), Op: c.Command.Op, At: s.now, Hosts: hosts}
	if err := model.CheckPartyStep(step); err != nil {
		s.t.Fatalf("%v", err)
	}
}

// passkeyOf gives the form of a passkey. Nothing is signed with it.
func passkeyOf(name string) ledger.Key {
	coordinate := func(axis string) string {
		sum := sha256.Sum256([]byte(name + axis))
		return base64.RawURLEncoding.EncodeToString(sum[:])
	}
	k := ledger.Key{Kty: "EC", Crv: "P-256", X: coordinate("x"), Y: coordinate("y")}
	k.ID = k.Thumbprint()
	k.Passkey = &ledger.Passkey{RPID: "skuld.example", Origin: "https://skuld.example"}
	return k
}
