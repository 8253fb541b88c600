package ledger_test

import (
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

func TestRegistrationsOutOfFormAreRefused(t *testing.T) {
	s := newStage(t)
	a := &actor{name: "new", org: lenderOrg, key: testKey("new")}
	good := func() ledger.RegisterBody {
		return ledger.RegisterBody{Kind: ledger.Company, Name: "Bolaget AB", Keys: []ledger.Key{a.key}}
	}
	var nine []ledger.Key
	for i := range ledger.MaxKeys + 1 {
		nine = append(nine, testKey(strings.Repeat("x", i)))
	}
	table := []struct {
		name   string
		change func(*ledger.RegisterBody)
		want   ledger.Code
	}{
		{"no kind", func(b *ledger.RegisterBody) { b.Kind = "" }, ledger.CodeBodyInvalid},
		{"another kind", func(b *ledger.RegisterBody) { b.Kind = "robot" }, ledger.CodeBodyInvalid},
		{"a name too long", func(b *ledger.RegisterBody) { b.Name = strings.Repeat("x", ledger.MaxNameRunes+1) }, ledger.CodeBodyInvalid},
		{"no key", func(b *ledger.RegisterBody) { b.Keys = nil }, ledger.CodeBodyInvalid},
		{"too many keys", func(b *ledger.RegisterBody) { b.Keys = nine }, ledger.CodeBodyInvalid},
		{"a key twice", func(b *ledger.RegisterBody) { b.Keys = append(b.Keys, b.Keys[0]) }, ledger.CodeBodyInvalid},
		{"a key with another id", func(b *ledger.RegisterBody) { b.Keys[0].ID = testKey("x").ID }, ledger.CodeKeyThumbprint},
		{"an RSA key", func(b *ledger.RegisterBody) { b.Keys[0].Kty = "RSA" }, ledger.CodeKeyUnsupported},
		{"another curve", func(b *ledger.RegisterBody) { b.Keys[0].Crv = "Ed448" }, ledger.CodeKeyUnsupported},
		{"a short coordinate", func(b *ledger.RegisterBody) { b.Keys[0].X = b.Keys[0].X[:40] }, ledger.CodeKeyUnsupported},
		{"a padded coordinate", func(b *ledger.RegisterBody) { b.Keys[0].X += "=" }, ledger.CodeKeyUnsupported},
		{"a coordinate with a line break", func(b *ledger.RegisterBody) { b.Keys[0].X += "\n" }, ledger.CodeKeyUnsupported},
		{"a second coordinate of an Ed25519 key", func(b *ledger.RegisterBody) { b.Keys[0].Y = b.Keys[0].X }, ledger.CodeKeyUnsupported},
		{"a P-256 key without a second coordinate", func(b *ledger.RegisterBody) { b.Keys[0].Kty, b.Keys[0].Crv = "EC", "P-256" }, ledger.CodeKeyUnsupported},
		{"a key that it does not sign with", func(b *ledger.RegisterBody) { b.Keys[0] = testKey("other") }, ledger.CodeKeyUnknown},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			f := s.fork()
			f.t = t
			body := good()
			c.change(&body)
			f.refuse(code(c.want), a, ledger.OpPartyRegister, "", body)
		})
	}
	s.do(a, ledger.OpPartyRegister, "", good())
}

func TestAPartysIDFollowsFromItsRegistration(t *testing.T) {
	s := newStage(t)
	a := &actor{name: "new", org: lenderOrg, key: testKey("new")}
	c, err := s.draft(a, ledger.OpPartyRegister, "", ledger.RegisterBody{Kind: ledger.Person, Keys: []ledger.Key{a.key}}).Build()
	if err != nil {
		t.Fatal(err)
	}
	c.By = s.lender.id
	_, err = s.sendCommand(a, c)
	checkRefusal(t, err, code(ledger.CodePartyIDWrong))
}

func TestAnAuthorityIsRegisteredThroughTheRegistrarOnly(t *testing.T) {
	s := newStage(t)
	a := &actor{name: "court", org: buyerOrg, key: testKey("new")}
	s.refuse(code(ledger.CodeAuthorityHost), a, ledger.OpPartyRegister, "", ledger.RegisterBody{Kind: ledger.Authority, Keys: []ledger.Key{a.key}})
}

func TestKeysRotate(t *testing.T) {
	s := newStage(t)
	old, fresh := s.lender.key, testKey("fresh")
	s.refuse(code(ledger.CodeKeyCount), s.lender, ledger.OpPartyRotate, string(s.lender.id), ledger.RotateBody{Remove: []string{old.ID}})
	s.refuse(code(ledger.CodeKeyKnown), s.lender, ledger.OpPartyRotate, string(s.lender.id), ledger.RotateBody{Add: []ledger.Key{old}})
	s.refuse(code(ledger.CodeKeyUnknown), s.lender, ledger.OpPartyRotate, string(s.lender.id), ledger.RotateBody{Remove: []string{fresh.ID}})
	s.refuse(code(ledger.CodeBodyInvalid), s.lender, ledger.OpPartyRotate, string(s.lender.id), ledger.RotateBody{})
	s.do(s.lender, ledger.OpPartyRotate, string(s.lender.id), ledger.RotateBody{Add: []ledger.Key{fresh}, Remove: []string{old.ID}})

	id := s.offerBody(terms(), s.borrower)
	s.refuse(code(ledger.CodeKeyUnknown), s.lender, ledger.OpOffer, "", id)
	s.lender.key = fresh
	s.do(s.lender, ledger.OpOffer, "", id)

	var many []ledger.Key
	for i := range ledger.MaxKeys {
		many = append(many, testKey("many"+strings.Repeat("x", i)))
	}
	s.refuse(ledger.Refuse(ledger.CodeKeyCount, "limit", "8"), s.lender, ledger.OpPartyRotate, string(s.lender.id), ledger.RotateBody{Add: many})
}

func TestARevokedPartySignsNothing(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.do(s.lender, ledger.OpPartyRevoke, string(s.lender.id), ledger.ReasonBody{})
	want := ledger.Refuse(ledger.CodePartyRevoked, "party", string(s.lender.id))
	s.refuse(want, s.lender, ledger.OpPay, string(id), s.payBody(1_00))
	s.refuse(want, s.lender, ledger.OpBookOpen, "", ledger.EmptyBody{})
	s.refuse(want, s.lender, ledger.OpPartyRotate, string(s.lender.id), ledger.RotateBody{Add: []ledger.Key{testKey("n")}})
}

func TestAPublicRecordHoldsNoPersonAndNoTerms(t *testing.T) {
	s := newStage(t)
	n := s.note(s.pending(ledger.Sale))
	p, _ := s.m.Party(s.borrower.id)
	public := string(canonical(t, n.Record(ledger.Digest{1}))) + string(canonical(t, p.Record(ledger.Digest{1})))
	for _, secret := range []string{"1200000", "12", "SEK", "borrower", string(s.borrower.id), string(s.lender.id), string(s.buyer.id), s.borrower.key.X, s.borrower.key.ID} {
		if strings.Contains(strings.ReplaceAll(public, string(n.Book), ""), `"`+secret) || len(secret) > 6 && strings.Contains(public, secret) {
			t.Errorf("the public record shows %q: %s", secret, public)
		}
	}
	if r := n.Record(ledger.Digest{}); r.Pending != n.Pending.ID || r.Seq != n.Seq || r.Head != n.Head || r.Status != n.Status || r.Book != n.Book {
		t.Errorf("the record is %+v", r)
	}
}

// The organisation that endorses beside the registrar sees every registration.
func TestAPersonsNameIsNotTakenIntoTheLedger(t *testing.T) {
	s := newStage(t)
	a := &actor{name: "Anna", org: "RegistrarMSP", key: testKey("Anna")}
	body := ledger.RegisterBody{Kind: ledger.Person, Name: "Anna Andersson", Keys: []ledger.Key{a.key}}
	s.refuse(code(ledger.CodeBodyInvalid), a, ledger.OpPartyRegister, "", body)
	body.Name = ""
	s.do(a, ledger.OpPartyRegister, "", body)
}

// The registrar hosts authorities, and nothing is endorsed without it. Could it
// make one alone, it could freeze any note and write it paid.
func TestAnAuthorityActsOnlyOnceAnotherOrganisationHasAdmittedIt(t *testing.T) {
	s := newStage(t)
	a := &actor{name: "self-made", org: ledger.RegistrarOrg, key: testKey("self-made")}
	a.id = s.do(a, ledger.OpPartyRegister, "", ledger.RegisterBody{Kind: ledger.Authority, Keys: []ledger.Key{a.key}}).Party.ID
	n := s.active()
	s.refuse(code(ledger.CodePartyNotAdmitted), a, ledger.OpFreeze, string(n), ledger.FreezeBody{Ground: "none"})
	s.refuse(code(ledger.CodePartyNotAdmitted), a, ledger.OpBookOpen, "", ledger.EmptyBody{})
	s.do(s.lender, ledger.OpPartyAdmit, string(a.id), ledger.EmptyBody{})
	s.do(a, ledger.OpFreeze, string(n), ledger.FreezeBody{Ground: "a decision"})
}
