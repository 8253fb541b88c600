package ledgertest

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// actFor has a representative sign and hand in a command for its principal, after
// a rehearsal that must promise what comes.
func (f *fixture) actFor(principal, by *member, op ledger.Op, subject string, body any) ledger.Outcome {
	f.Helper()
	d := f.draft(by, op, subject, body)
	d.For = principal.ID
	signed := f.sign(by, d)
	promised := f.rehearse(by, ledger.Rehearsal{Signed: signed})
	o := f.submit(by, signed)
	if promised.State != o.State || (promised.Err == nil) != (o.Err == nil) || o.Err != nil && promised.Err.Code != o.Err.Code {
		f.Errorf("%s for another: the rehearsal is %s, %v; the outcome %s, %v", op, promised.State, promised.Err, o.State, o.Err)
	}
	return o
}

func (f *fixture) grant(principal, to *member, scopes ...ledger.AttorneyScope) ledger.Result {
	f.Helper()
	return f.do(principal, ledger.OpAttorneyGrant, string(principal.ID), ledger.AttorneyGrantBody{
		Representative: to.ID, Scopes: scopes, Until: finance.DateOf(f.world.Now()).AddDays(30), Ground: ledger.GroundPower,
	})
}

// representation: whoever has a power of attorney acts for its principal, within
// it, while it is in force, and the note shows both.
func representation(f *fixture) {
	p := f.people()
	son := f.join("Sonen", ledger.Person, RegistrarOrg)
	id := f.issue(p)
	object := func(by *member) ledger.Outcome {
		return f.actFor(p.borrower, by, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "it was paid in cash"})
	}
	f.wants(object(son), ledger.Rejected, ledger.CodeNoPowerOfAttorney)
	f.grant(p.borrower, son, ledger.ScopeSign)
	f.wants(object(son), ledger.Rejected, ledger.CodeNoPowerOfAttorney)
	granted := f.grant(p.borrower, son, ledger.ScopeTalk)
	if o := object(son); o.State != ledger.Committed {
		f.Fatalf("the representative's objection is %s, %v", o.State, o.Err)
	}
	n := f.mustNote(p.lender, id)
	if len(n.Disputes) != 1 || n.Disputes[0].By != p.borrower.ID || n.Disputes[0].Via != son.ID {
		f.Errorf("the disputes are %+v", n.Disputes)
	}
	f.do(son, ledger.OpAttorneyRevoke, string(p.borrower.ID), ledger.AttorneyRevokeBody{Grant: granted.Seq})
	f.wants(object(son), ledger.Rejected, ledger.CodeNoPowerOfAttorney)
	// Whom another organisation serves may not even see the principal.
	abroad := f.join("Grannen", ledger.Person, LenderOrg)
	f.wants(object(abroad), ledger.Rejected, ledger.CodeNotEntitled)
}

// representationTogether: a power of attorney and its use may go together.
func representationTogether(f *fixture) {
	p := f.people()
	son := f.join("Sonen", ledger.Person, RegistrarOrg)
	id := f.issue(p)
	grant := f.draft(p.borrower, ledger.OpAttorneyGrant, string(p.borrower.ID), ledger.AttorneyGrantBody{
		Representative: son.ID, Scopes: []ledger.AttorneyScope{ledger.ScopeTalk}, Until: finance.DateOf(f.world.Now()), Ground: ledger.GroundPaper,
	})
	use := f.draft(son, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "not all of it"})
	use.For = p.borrower.ID
	outcomes, err := son.service.SubmitTogether(f.ctx, f.sign(p.borrower, grant), f.sign(son, use))
	if err != nil {
		f.Fatalf("submitting together: %v", err)
	}
	for i, d := range []ledger.Draft{grant, use} {
		f.checkCommitted(outcomes[i], d)
		f.saw(outcomes[i])
	}
}

// contacts: how a company is reached is every member's to read.
func contacts(f *fixture) {
	lender := f.join("Långivaren AB", ledger.Company, LenderOrg)
	want := ledger.Contact{Human: "Lena Ek", Phone: "+46812345678", Hours: "8–17", Licence: "FI 2024-123", Account: "Bankgiro 123-4567"}
	f.do(lender, ledger.OpPartyContact, string(lender.ID), want)
	for _, s := range []ledger.Service{f.world.Collector, f.world.Registrar} {
		f.await(func() bool {
			views, err := s.Parties(f.ctx, lender.ID)
			if err != nil {
				f.Fatal(err)
			}
			got := views[0].Party
			return got != nil && got.Contact != nil && *got.Contact == want
		})
	}
}

// newKey gives a person with another key, which the ledger does not know yet.
func (f *fixture) newKey(person *member) (*member, ledger.Key) {
	f.Helper()
	pen, err := model.NewPen(person.Kind, uuid.NewString())
	if err != nil {
		f.Fatal(err)
	}
	key, err := pen.Key()
	if err != nil {
		f.Fatal(err)
	}
	anew := *person.Signer
	anew.Pen = pen
	return &member{Signer: &anew, service: person.service}, key
}

// recovery: a person's keys are replaced by two organisations and time. The time
// itself is for the tests of rules, whose clock they move.
func recovery(f *fixture) {
	person := f.join("Anna Andersson", ledger.Person, RegistrarOrg)
	desk := f.join("Registraturen", ledger.Company, RegistrarOrg)
	witness := f.join("Långivaren AB", ledger.Company, LenderOrg)
	stranger := f.join("Inkasso & Co", ledger.Company, CollectorOrg)
	self := string(person.ID)
	anew, key := f.newKey(person)
	open := ledger.RecoveryOpenBody{Keys: []ledger.Key{key}, Identified: "passport", Witness: witness.ID}
	f.wants(f.try(witness, ledger.OpRecoveryOpen, self, open), ledger.Rejected, ledger.CodeNotEntitled)
	opened := f.do(desk, ledger.OpRecoveryOpen, self, open)
	confirm := ledger.RecoveryConfirmBody{Recovery: opened.Seq, Keys: []string{key.ID}, Identified: "called back"}
	f.wants(f.try(stranger, ledger.OpRecoveryConfirm, self, confirm), ledger.Rejected, ledger.CodeNotEntitled)
	f.wants(f.try(desk, ledger.OpRecoveryConfirm, self, confirm), ledger.Rejected, ledger.CodeRoleForbidden)
	// The witness sees what it is to confirm, through its own organisation.
	f.await(func() bool {
		views, err := witness.service.Parties(f.ctx, person.ID)
		if err != nil {
			f.Fatal(err)
		}
		return views[0].Party != nil && views[0].Party.Recovery != nil
	})
	f.do(witness, ledger.OpRecoveryConfirm, self, confirm)
	complete := ledger.RecoveryCompleteBody{Recovery: opened.Seq}
	o := f.try(anew, ledger.OpRecoveryComplete, self, complete)
	f.wants(o, ledger.Rejected, ledger.CodeRecoveryEarly)
	if o.Err != nil {
		until, err := time.Parse(time.RFC3339, o.Err.Params["until"])
		if left := until.Sub(f.world.Now()); err != nil || left < ledger.RecoveryWait-f.world.Patience-time.Minute || left > ledger.RecoveryWait+time.Minute {
			f.Errorf("the new keys can be put in force at %q: %v", o.Err.Params["until"], err)
		}
	}
	f.do(person, ledger.OpRecoveryObject, self, ledger.RecoveryObjectBody{Recovery: opened.Seq})
	f.wants(f.try(anew, ledger.OpRecoveryComplete, self, complete), ledger.Rejected, ledger.CodeKeyUnknown)
	f.await(func() bool {
		views, err := witness.service.Parties(f.ctx, person.ID)
		if err != nil {
			f.Fatal(err)
		}
		return views[0].Party == nil && views[0].Record.Seq >= f.seqs[person.ID.Subject()]
	})
}

// longestOffer: an offer with all that a note may say in words goes through.
func longestOffer(f *fixture) {
	p := f.people()
	b := f.offerBody(p)
	b.Names, b.Payee = []string{strings.Repeat("Å", ledger.MaxNameRunes)}, strings.Repeat("Ö", ledger.MaxNameRunes)
	b.Text = strings.Repeat("å", ledger.MaxNoteTextRunes)
	o := f.must(p.lender, f.draft(p.lender, ledger.OpOffer, "", b))
	n := f.mustNote(p.borrower, ledger.NoteID(o.Result.Subject.ID))
	if n.Text != b.Text || n.Payee != b.Payee || n.Borrowers[0].Name != b.Names[0] {
		f.Errorf("the note says %q of %q to %q", n.Text, n.Borrowers[0].Name, n.Payee)
	}
}
