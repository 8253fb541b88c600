package ledger_test

import (
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestARepresentativeActsForItsPrincipalAndTheRecordShowsBoth(t *testing.T) {
	p := newPeople(t)
	p.grant(p.son, ledger.ScopeTalk, ledger.ScopeSign)
	id := p.offer(terms(), p.borrower)
	if _, err := p.act(p.son, ledger.OpAccept, string(id), ledger.AcceptBody{Offer: p.note(id).Offer}); err != nil {
		t.Fatal(err)
	}
	n := p.note(id)
	if b := n.Borrowers[0]; n.Status != ledger.StatusActive || b.Party != p.borrower.id || b.Via != p.son.id {
		t.Errorf("the note is %s and its borrower is %+v", n.Status, b)
	}
	c, err := p.act(p.son, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "it was paid in cash"})
	if err != nil {
		t.Fatal(err)
	}
	if d := c.Note.Disputes[0]; d.By != p.borrower.id || d.Via != p.son.id {
		t.Errorf("the dispute is %+v", d)
	}
	if by := c.Command.Actor(); by != p.borrower.id {
		t.Errorf("the act is that of %s", by)
	}
	// The principal withdraws itself what was raised for it.
	w := p.do(p.borrower, ledger.OpDisputeResolve, string(id), ledger.DisputeResolveBody{Dispute: c.Note.Seq, Outcome: ledger.Withdrawn, Text: "cleared up"})
	if len(w.Note.Disputes) != 0 {
		t.Errorf("the disputes are %+v", w.Note.Disputes)
	}
}

func TestARepresentativeMayDoNothingThatNoPowerInForceCovers(t *testing.T) {
	type stage = people
	all := ledger.AttorneyScopes()
	table := []struct {
		name  string
		grant func(p *stage, id ledger.NoteID)
		who   func(p *stage) *actor
		want  ledger.Code
	}{
		{"no power at all", func(*stage, ledger.NoteID) {}, nil, ledger.CodeNoPowerOfAttorney},
		{"a power of another scope", func(p *stage, _ ledger.NoteID) { p.grant(p.son, ledger.ScopeSee, ledger.ScopeAgree, ledger.ScopeSign) }, nil, ledger.CodeNoPowerOfAttorney},
		{"a power for another note", func(p *stage, _ ledger.NoteID) {
			b := p.grantBody(p.son, all...)
			b.Notes = []ledger.NoteID{ledger.DeriveNoteID(network, "", "")}
			p.do(p.borrower, ledger.OpAttorneyGrant, string(p.borrower.id), b)
		}, nil, ledger.CodeNoPowerOfAttorney},
		{"a power for this note", func(p *stage, id ledger.NoteID) {
			b := p.grantBody(p.son, all...)
			b.Notes = []ledger.NoteID{ledger.DeriveNoteID(network, "", ""), id}
			p.do(p.borrower, ledger.OpAttorneyGrant, string(p.borrower.id), b)
		}, nil, ""},
		{"a power on its last day", func(p *stage, _ ledger.NoteID) { p.grant(p.son, all...); p.after(30) }, nil, ""},
		{"a power that has ended", func(p *stage, _ ledger.NoteID) { p.grant(p.son, all...); p.after(31) }, nil, ledger.CodeNoPowerOfAttorney},
		{"a power that was taken back", func(p *stage, _ ledger.NoteID) {
			grant := p.grant(p.son, all...)
			p.do(p.borrower, ledger.OpAttorneyRevoke, string(p.borrower.id), ledger.AttorneyRevokeBody{Grant: grant})
		}, nil, ledger.CodeNoPowerOfAttorney},
		{"a power that was laid down", func(p *stage, _ ledger.NoteID) {
			grant := p.grant(p.son, all...)
			p.do(p.son, ledger.OpAttorneyRevoke, string(p.borrower.id), ledger.AttorneyRevokeBody{Grant: grant})
		}, nil, ledger.CodeNoPowerOfAttorney},
		{"another's power", func(p *stage, _ ledger.NoteID) { p.grant(p.partner, all...) }, nil, ledger.CodeNoPowerOfAttorney},
		{"a company's power", func(p *stage, _ ledger.NoteID) { p.grant(p.desk, all...) },
			func(p *stage) *actor { return p.desk }, ledger.CodeNoPowerOfAttorney},
		{"a principal who is revoked", func(p *stage, _ ledger.NoteID) {
			p.grant(p.son, all...)
			p.do(p.borrower, ledger.OpPartyRevoke, string(p.borrower.id), ledger.ReasonBody{})
		}, nil, ledger.CodePartyRevoked},
		{"a representative who is revoked", func(p *stage, _ ledger.NoteID) {
			p.grant(p.son, all...)
			p.do(p.son, ledger.OpPartyRevoke, string(p.son.id), ledger.ReasonBody{})
		}, nil, ledger.CodePartyRevoked},
		{"a representative's old key", func(p *stage, _ ledger.NoteID) {
			p.grant(p.son, all...)
			p.do(p.son, ledger.OpPartyRotate, string(p.son.id), ledger.RotateBody{Add: []ledger.Key{testKey("fresh")}, Remove: []string{p.son.key.ID}})
		}, nil, ledger.CodeKeyUnknown},
		{"a representative's new key", func(p *stage, _ ledger.NoteID) {
			p.grant(p.son, all...)
			fresh := *p.son
			fresh.key = testKey("fresh")
			p.do(p.son, ledger.OpPartyRotate, string(p.son.id), ledger.RotateBody{Add: []ledger.Key{fresh.key}, Remove: []string{p.son.key.ID}})
			p.son = &fresh
		}, nil, ""},
	}
	base := newPeople(t)
	id := base.active()
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			p := base.branch()
			p.t = t
			c.grant(p, id)
			who := p.son
			if c.who != nil {
				who = c.who(p)
			}
			_, err := p.act(who, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "not mine"})
			if ledger.CodeOf(err) != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// A power is over what is its principal's: the representative of one who is
// nothing to a note is nothing to it either.
func TestARepresentativeIsToANoteWhatItsPrincipalIs(t *testing.T) {
	p := newPeople(t)
	p.grant(p.son, ledger.AttorneyScopes()...)
	id := p.issue(terms(), p.partner)
	p.refuseAct(ledger.CodeRoleForbidden, p.son, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "not ours"})
	p.refuse(code(ledger.CodeRoleForbidden), p.son, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "not ours"})
}

// A lender whom its borrower trusts must not be both sides of one note.
func TestARepresentativeOfABorrowerIsNotTheOtherSideOfTheNote(t *testing.T) {
	p := newPeople(t)
	p.son.book = p.openBook(p.son)
	p.grant(p.son, ledger.AttorneyScopes()...)
	body := p.offerBody(terms(), p.borrower)
	body.Book = p.son.book
	id := p.do(p.son, ledger.OpOffer, "", body).Note.ID
	accept := ledger.AcceptBody{Offer: p.note(id).Offer}
	p.refuseAct(ledger.CodeNoPowerOfAttorney, p.son, ledger.OpAccept, string(id), accept)
	p.do(p.borrower, ledger.OpAccept, string(id), accept)
	plan := ledger.Amendment{Kind: ledger.AmendPlan, Instalments: 12, FirstDue: p.today().AddMonths(1, 0)}
	c := p.do(p.son, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: plan})
	p.refuseAct(ledger.CodeNoPowerOfAttorney, p.son, ledger.OpAmendAccept, string(id), ledger.AmendAcceptBody{Proposal: c.Note.Seq, Amendment: plan})
	sold := p.active()
	p.mandate(sold, p.lender, p.son)
	p.refuseAct(ledger.CodeNoPowerOfAttorney, p.son, ledger.OpDisputeRaise, string(sold), ledger.DisputeRaiseBody{Text: "for the borrower"})
}

func TestNobodyActsForAnotherWhereTheTableNamesNoScope(t *testing.T) {
	p := newPeople(t)
	p.grant(p.son, ledger.AttorneyScopes()...)
	self := string(p.borrower.id)
	p.refuseAct(ledger.CodeNoPowerOfAttorney, p.son, ledger.OpAttorneyGrant, self, p.grantBody(p.partner, ledger.ScopeSee))
	p.refuseAct(ledger.CodeNoPowerOfAttorney, p.son, ledger.OpPartyRotate, self, ledger.RotateBody{Add: []ledger.Key{testKey("mine")}})
	p.refuseAct(ledger.CodeNoPowerOfAttorney, p.son, ledger.OpPartyRevoke, self, ledger.ReasonBody{})
	p.refuseAct(ledger.CodeNoPowerOfAttorney, p.son, ledger.OpBookOpen, "", ledger.EmptyBody{})
	p.refuseAct(ledger.CodeNoPowerOfAttorney, p.son, ledger.OpPay, string(p.active()), p.payBody(1_00))
}

func TestACommandForItsOwnSignerIsMalformed(t *testing.T) {
	p := newPeople(t)
	p.refuseAct(ledger.CodeCommandMalformed, p.borrower, ledger.OpDisputeRaise, string(p.active()), ledger.DisputeRaiseBody{Text: "mine"})
}

func TestAPowerOfAttorneyThatCannotBeGrantedIsRefused(t *testing.T) {
	base := newPeople(t)
	table := []struct {
		name   string
		change func(*people, *ledger.AttorneyGrantBody)
		want   ledger.Code
	}{
		{"nobody", func(_ *people, b *ledger.AttorneyGrantBody) { b.Representative = "" }, ledger.CodeBodyInvalid},
		{"itself", func(p *people, b *ledger.AttorneyGrantBody) { b.Representative = p.borrower.id }, ledger.CodeRepresentativeOther},
		{"somebody unknown", func(_ *people, b *ledger.AttorneyGrantBody) { b.Representative = ledger.DerivePartyID(network, "x") }, ledger.CodeRepresentativeOther},
		{"somebody of another host", func(p *people, b *ledger.AttorneyGrantBody) { b.Representative = p.abroad.id }, ledger.CodeRepresentativeOther},
		{"somebody who is revoked", func(p *people, _ *ledger.AttorneyGrantBody) {
			p.do(p.son, ledger.OpPartyRevoke, string(p.son.id), ledger.ReasonBody{})
		}, ledger.CodePartyRevoked},
		{"no scope", func(_ *people, b *ledger.AttorneyGrantBody) { b.Scopes = nil }, ledger.CodeBodyInvalid},
		{"a scope twice", func(_ *people, b *ledger.AttorneyGrantBody) { b.Scopes = append(b.Scopes, b.Scopes...) }, ledger.CodeBodyInvalid},
		{"scopes in another order", func(_ *people, b *ledger.AttorneyGrantBody) {
			b.Scopes = []ledger.AttorneyScope{ledger.ScopeSign, ledger.ScopeSee}
		}, ledger.CodeBodyInvalid},
		{"an unknown scope", func(_ *people, b *ledger.AttorneyGrantBody) { b.Scopes = []ledger.AttorneyScope{"pay"} }, ledger.CodeBodyInvalid},
		{"a note twice", func(_ *people, b *ledger.AttorneyGrantBody) {
			n := ledger.DeriveNoteID(network, "", "")
			b.Notes = []ledger.NoteID{n, n}
		}, ledger.CodeBodyInvalid},
		{"no note's id", func(_ *people, b *ledger.AttorneyGrantBody) { b.Notes = []ledger.NoteID{"n"} }, ledger.CodeBodyInvalid},
		{"too many notes", func(_ *people, b *ledger.AttorneyGrantBody) {
			b.Notes = slices.Repeat([]ledger.NoteID{"n"}, ledger.MaxAttorneyNotes+1)
		}, ledger.CodeBodyInvalid},
		{"no end", func(_ *people, b *ledger.AttorneyGrantBody) { b.Until = finance.Date{} }, ledger.CodeBodyInvalid},
		{"an end in the past", func(p *people, b *ledger.AttorneyGrantBody) { b.Until = p.today().AddDays(-1) }, ledger.CodeBodyInvalid},
		{"an end more than five years ahead", func(p *people, b *ledger.AttorneyGrantBody) { b.Until = p.today().AddMonths(60, 0).AddDays(1) }, ledger.CodeBodyInvalid},
		{"an end five years ahead", func(p *people, b *ledger.AttorneyGrantBody) { b.Until = p.today().AddMonths(60, 0) }, ""},
		{"no ground", func(_ *people, b *ledger.AttorneyGrantBody) { b.Ground = "" }, ledger.CodeBodyInvalid},
		{"an unknown ground", func(_ *people, b *ledger.AttorneyGrantBody) { b.Ground = "friendship" }, ledger.CodeBodyInvalid},
		{"evidence with a control character", func(_ *people, b *ledger.AttorneyGrantBody) { b.Evidence = "x\x00" }, ledger.CodeBodyInvalid},
		{"a guardian", func(_ *people, b *ledger.AttorneyGrantBody) {
			b.Ground, b.Evidence = ledger.GroundGuardian, "Malmö tingsrätt, Ä 1234-26"
		}, ""},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			p := base.branch()
			p.t = t
			body := p.grantBody(p.son, ledger.ScopeSee)
			c.change(p, &body)
			_, err := p.try(p.borrower, ledger.OpAttorneyGrant, string(p.borrower.id), body)
			if ledger.CodeOf(err) != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestACompanyGrantsNoPowerOfAttorney(t *testing.T) {
	p := newPeople(t)
	p.refuse(code(ledger.CodeRepresentativeOther), p.desk, ledger.OpAttorneyGrant, string(p.desk.id), p.grantBody(p.son, ledger.ScopeSign))
}

func TestPowersOfAttorneyAreBoundedAndThoseThatEndedMakeRoom(t *testing.T) {
	p := newPeople(t)
	for range ledger.MaxAttorneys {
		p.grant(p.son, ledger.ScopeSee)
	}
	self := string(p.borrower.id)
	p.refuse(ledger.Refuse(ledger.CodeLimit, "what", "powers of attorney", "limit", "8"), p.borrower, ledger.OpAttorneyGrant, self, p.grantBody(p.son, ledger.ScopeSee))
	p.after(31)
	p.grant(p.son, ledger.ScopeSee)
	if n := len(p.party(p.borrower).Attorneys); n != 1 {
		t.Errorf("there are %d powers of attorney", n)
	}
}

func TestAPowerOfAttorneyIsEndedByThoseTwoAlone(t *testing.T) {
	p := newPeople(t)
	first, second := p.grant(p.son, ledger.ScopeSee), p.grant(p.partner, ledger.ScopeSee)
	self := string(p.borrower.id)
	p.refuse(code(ledger.CodeAttorneyUnknown), p.son, ledger.OpAttorneyRevoke, self, ledger.AttorneyRevokeBody{Grant: second})
	p.refuse(code(ledger.CodeAttorneyUnknown), p.borrower, ledger.OpAttorneyRevoke, self, ledger.AttorneyRevokeBody{Grant: 99})
	p.refuse(code(ledger.CodeRoleForbidden), p.desk, ledger.OpAttorneyRevoke, self, ledger.AttorneyRevokeBody{Grant: first})
	p.refuse(code(ledger.CodeBodyInvalid), p.borrower, ledger.OpAttorneyRevoke, self, ledger.AttorneyRevokeBody{})
	p.do(p.partner, ledger.OpAttorneyRevoke, self, ledger.AttorneyRevokeBody{Grant: second, Reason: "I have moved"})
	p.do(p.borrower, ledger.OpAttorneyRevoke, self, ledger.AttorneyRevokeBody{Grant: first})
	if left := p.party(p.borrower).Attorneys; len(left) != 0 {
		t.Errorf("left are %+v", left)
	}
}
