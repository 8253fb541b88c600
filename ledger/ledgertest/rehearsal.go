package ledgertest

import (
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

// rehearse asks what would become of one command.
func (f *fixture) rehearse(by *member, r ledger.Rehearsal) ledger.Outcome {
	f.Helper()
	outcomes, err := by.service.Rehearse(f.ctx, r)
	if err != nil {
		f.Fatalf("rehearsing: %v", err)
	}
	if len(outcomes) != 1 {
		f.Fatalf("one rehearsal has %d outcomes", len(outcomes))
	}
	if o := outcomes[0]; o.Block != 0 || o.Transaction != "" && !o.Repeated {
		f.Errorf("a rehearsal is answered with transaction %q in block %d", o.Transaction, o.Block)
	}
	return outcomes[0]
}

// checkRehearsed compares a rehearsal that promised success with what came.
func (f *fixture) checkRehearsed(promised, came ledger.Outcome) {
	f.Helper()
	if promised.State != ledger.Committed || promised.Err != nil || promised.Result == nil || promised.Repeated {
		f.Fatalf("the rehearsal is %+v: %v", promised, promised.Err)
	}
	want := *came.Result
	want.Head = ledger.Digest{}
	if *promised.Result != want {
		f.Errorf("rehearsed was %+v, and there came %+v", *promised.Result, want)
	}
}

// rehearsals go through a note's life with each command rehearsed first, as a
// draft and signed.
func rehearsals(f *fixture) {
	p := f.people()
	id := f.issue(p)
	for _, step := range []struct {
		op      ledger.Op
		subject string
		body    any
	}{
		{ledger.OpBookOpen, "", ledger.EmptyBody{}},
		{ledger.OpOffer, "", f.offerBody(p)},
		{ledger.OpPay, string(id), f.payBody(5_00)},
		{ledger.OpPay, string(id), f.payBody(6_00)},
	} {
		f.note(p.lender, id)
		d := f.draft(p.lender, step.op, step.subject, step.body)
		signed := f.sign(p.lender, d)
		asDraft := f.rehearse(p.lender, ledger.Rehearsal{Draft: f.command(d)})
		asSigned := f.rehearse(p.lender, ledger.Rehearsal{Signed: signed})
		o := f.submit(p.lender, signed)
		f.checkCommitted(o, d)
		f.checkRehearsed(asDraft, o)
		f.checkRehearsed(asSigned, o)
	}
	if n := f.mustNote(p.lender, id); n.Seq != 4 || n.Balance.PaidPrincipal != 11_00 {
		f.Errorf("5 and 6 kronor were paid once each, and the note says %+v at %d", n.Balance, n.Seq)
	}
}

func (f *fixture) command(d ledger.Draft) *ledger.Command {
	f.Helper()
	c, err := d.Build()
	if err != nil {
		f.Fatalf("writing %s: %v", d.Op, err)
	}
	return c
}

// rehearsedRefusals: a draft is refused for everything but its signature.
func rehearsedRefusals(f *fixture) {
	p := f.people()
	id := f.issue(p)
	stranger := f.joinWithBook("Främlingen AB", LenderOrg)
	left := f.join("Avvecklade AB", ledger.Company, LenderOrg)
	revoke := f.draft(left, ledger.OpPartyRevoke, string(left.ID), ledger.ReasonBody{Reason: "upphört"})
	f.must(left, revoke)
	unknown := f.newMember("Ingen AB", ledger.Company, LenderOrg)
	unknown.ID = ledger.DerivePartyID("x", "")
	f.note(p.lender, id)
	for _, c := range []struct {
		what  string
		draft ledger.Draft
		code  ledger.Code
	}{
		{"by nobody", f.draft(unknown, ledger.OpBookOpen, "", ledger.EmptyBody{}), ledger.CodeSignerUnknown},
		{"by who is no party any more", f.draft(left, ledger.OpBookOpen, "", ledger.EmptyBody{}), ledger.CodePartyRevoked},
		{"by a stranger", f.draft(stranger, ledger.OpPay, string(id), f.payBody(1_00)), ledger.CodeRoleForbidden},
		{"more than is owed", f.draft(p.lender, ledger.OpPay, string(id), f.payBody(12_000_01)), ledger.CodePaymentExceeds},
		{"of a note that is not there", f.draft(p.lender, ledger.OpPay, "n"+strings.Repeat("q", 32), f.payBody(1_00)), ledger.CodeNotFound},
		{"under a number that is taken", with(f.draft(p.lender, ledger.OpPay, string(id), f.payBody(1_00)), func(d *ledger.Draft) { d.Seq = 2 }), ledger.CodeSeqStale},
		{"under a number to come", with(f.draft(p.lender, ledger.OpPay, string(id), f.payBody(1_00)), func(d *ledger.Draft) { d.Seq += 3 }), ledger.CodeSeqAhead},
		{"expired", with(f.draft(p.lender, ledger.OpPay, string(id), f.payBody(1_00)), func(d *ledger.Draft) { d.IssuedAt = d.IssuedAt.Add(-2 * ledger.DefaultLife) }), ledger.CodeCommandExpired},
	} {
		if o := f.rehearse(p.lender, ledger.Rehearsal{Draft: f.command(c.draft)}); o.State != ledger.Rejected || o.Err == nil || o.Err.Code != c.code || o.Result != nil {
			f.Errorf("%s: the outcome is %s, %v; want %s", c.what, o.State, o.Err, c.code)
		}
	}
	f.wants(f.rehearse(p.lender, ledger.Rehearsal{}), ledger.Rejected, ledger.CodeCommandMalformed)
	pay := f.draft(p.lender, ledger.OpPay, string(id), f.payBody(1_00))
	f.wants(f.rehearse(p.buyer, ledger.Rehearsal{Draft: f.command(pay)}), ledger.Rejected, ledger.CodeNotEntitled)
	o := f.rehearse(p.lender, ledger.Rehearsal{Draft: f.command(f.draft(p.lender, ledger.OpPay, string(id), f.payBody(12_000_01)))})
	if want := ledger.Refuse(ledger.CodePaymentExceeds, "owed", "12000.00 SEK"); o.Err.Error() != want.Error() {
		f.Errorf("the refusal is %v, want %v", o.Err, want)
	}
}

// rehearsedRepeat rehearses what is applied already, and several at a time, of
// which each is judged as if it were alone.
func rehearsedRepeat(f *fixture) {
	p := f.people()
	id := f.issue(p)
	pay := f.draft(p.lender, ledger.OpPay, string(id), f.payBody(1_00))
	signed := f.sign(p.lender, pay)
	first := f.submit(p.lender, signed)
	f.checkCommitted(first, pay)
	f.note(p.lender, id)
	next := f.draft(p.lender, ledger.OpPay, string(id), f.payBody(2_00))
	after := with(next, func(d *ledger.Draft) { d.Seq++ })
	outcomes, err := p.lender.service.Rehearse(f.ctx, ledger.Rehearsal{Signed: signed}, ledger.Rehearsal{Draft: f.command(pay)},
		ledger.Rehearsal{Draft: f.command(next)}, ledger.Rehearsal{Draft: f.command(after)}, ledger.Rehearsal{Signed: ledger.Signed{JWS: "x.y.z"}})
	if err != nil || len(outcomes) != 5 {
		f.Fatalf("five rehearsals have %d outcomes: %v", len(outcomes), err)
	}
	f.checkRepeat(first, outcomes[0])
	f.checkRepeat(first, outcomes[1])
	if o := outcomes[2]; o.State != ledger.Committed || o.Repeated || o.Result.Seq != next.Seq || !o.Result.Head.IsZero() {
		f.Errorf("the next payment: %+v: %v", o, o.Err)
	}
	f.wants(outcomes[3], ledger.Rejected, ledger.CodeSeqAhead)
	f.wants(outcomes[4], ledger.Rejected, ledger.CodeSignatureMalformed)
	if outcomes, err := p.lender.service.Rehearse(f.ctx); err != nil || len(outcomes) != 0 {
		f.Errorf("nothing rehearsed gives %v: %v", outcomes, err)
	}
}
