package ledgertest

import (
	"strings"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// wants checks an outcome that is no success.
func (f *fixture) wants(o ledger.Outcome, state ledger.OutcomeState, code ledger.Code) {
	f.Helper()
	if o.State != state || o.Err == nil || o.Err.Code != code || o.Result != nil {
		f.Errorf("the outcome is %s, %v; want %s, %s", o.State, o.Err, state, code)
	}
}

// with changes a copy of a draft.
func with(d ledger.Draft, change func(*ledger.Draft)) ledger.Draft { change(&d); return d }

// refusals tries something of every class that a command can be refused with. A
// rehearsal of each is refused in the same words.
func refusals(f *fixture) {
	p := f.people()
	id := f.issue(p)
	pay := func() ledger.Draft { return f.draft(p.lender, ledger.OpPay, string(id), f.payBody(1_00)) }
	stranger := f.joinWithBook("Främlingen AB", LenderOrg)
	nobody := "n" + strings.Repeat("q", 32)
	offer := f.draft(p.lender, ledger.OpOffer, "", f.offerBody(p))
	f.must(p.lender, offer)
	f.note(p.lender, ledger.DeriveNoteID(offer.Network, p.lender.ID, offer.Command))

	for _, c := range []struct {
		what   string
		signed ledger.Signed
		code   ledger.Code
	}{
		{"no JWS", ledger.Signed{JWS: "hello"}, ledger.CodeSignatureMalformed},
		{"no command in it", f.raw(p.lender, `{}`), ledger.CodeCommandMalformed},
		{"not canonical", f.raw(p.lender, " "+f.payload(p.lender, pay())), ledger.CodeCommandNotCanonical},
		{"an unknown operation", f.raw(p.lender, strings.Replace(f.payload(p.lender, pay()), `"op":"pay"`, `"op":"rob"`, 1)), ledger.CodeOperationUnknown},
		{"an unknown field", f.raw(p.lender, strings.Replace(f.payload(p.lender, pay()), `"op"`, `"oo":1,"op"`, 1)), ledger.CodeCommandMalformed},
		{"nothing paid", f.raw(p.lender, strings.Replace(f.payload(p.lender, pay()), `"amount":100`, `"amount":0`, 1)), ledger.CodeAmountNotPositive},
		{"signed with another's key", f.sign(stranger, pay()), ledger.CodeKeyUnknown},
		{"signed for another network", f.sign(p.lender, with(pay(), func(d *ledger.Draft) { d.Network = "elsewhere" })), ledger.CodeNetworkOther},
		{"expired", f.sign(p.lender, with(pay(), func(d *ledger.Draft) { d.IssuedAt = d.IssuedAt.Add(-2 * ledger.DefaultLife) })), ledger.CodeCommandExpired},
		{"from the future", f.sign(p.lender, with(pay(), func(d *ledger.Draft) { d.IssuedAt = d.IssuedAt.Add(2 * ledger.ClockTolerance) })), ledger.CodeCommandEarly},
		{"another currency", f.sign(p.lender, with(pay(), func(d *ledger.Draft) {
			d.Body = ledger.PayBody{Amount: finance.Money{Amount: 1, Currency: "EUR"}, PaidOn: finance.DateOf(f.world.Now())}
		})), ledger.CodeCurrencyOther},
		{"a place already taken", f.sign(p.lender, with(pay(), func(d *ledger.Draft) { d.Seq = 1 })), ledger.CodeSeqStale},
		{"a place too far on", f.sign(p.lender, with(pay(), func(d *ledger.Draft) { d.Seq += 5 })), ledger.CodeSeqAhead},
		{"a note offered twice", f.sign(p.lender, with(offer, func(d *ledger.Draft) { d.Body = changedOffer(f.offerBody(p)) })), ledger.CodeExists},
		{"a note that is not there", f.sign(p.lender, f.draft(p.lender, ledger.OpPay, nobody, f.payBody(1_00))), ledger.CodeNotFound},
		{"to oneself", f.sign(p.lender, f.draft(p.lender, ledger.OpTransferOffer, string(id),
			ledger.TransferOfferBody{To: p.lender.ID, Kind: ledger.Sale, Form: ledger.InFull})), ledger.CodeTransferToSelf},
		{"to somebody unknown", f.sign(p.lender, f.draft(p.lender, ledger.OpTransferOffer, string(id),
			ledger.TransferOfferBody{To: ledger.DerivePartyID("x", ledger.CommandID(uuid.NewString())), Kind: ledger.Sale, Form: ledger.InFull})), ledger.CodePartyUnknown},
		{"more than is owed", f.sign(p.lender, f.draft(p.lender, ledger.OpPay, string(id), f.payBody(12_000_01))), ledger.CodePaymentExceeds},
		{"by a stranger", f.sign(stranger, f.draft(stranger, ledger.OpPay, string(id), f.payBody(1_00))), ledger.CodeRoleForbidden},
	} {
		rehearsed := f.rehearse(p.lender, ledger.Rehearsal{Signed: c.signed})
		o := f.submit(p.lender, c.signed)
		if rehearsed.Err == nil || o.Err == nil || rehearsed.State != o.State || rehearsed.Err.Error() != o.Err.Error() {
			f.Errorf("%s: the rehearsal is %s, %v; the outcome %s, %v", c.what, rehearsed.State, rehearsed.Err, o.State, o.Err)
		}
		if (o.State != ledger.Rejected && o.State != ledger.Conflicted) || o.Err == nil || o.Err.Code != c.code || o.Result != nil {
			f.Errorf("%s: the outcome is %s, %v; want %s", c.what, o.State, o.Err, c.code)
		}
	}
	forged := f.sign(p.lender, pay())
	forged.JWS = forged.JWS[:len(forged.JWS)-8] + "AAAAAAAA"
	f.wants(f.rehearse(p.lender, ledger.Rehearsal{Signed: forged}), ledger.Rejected, ledger.CodeSignatureWrong)
	f.wants(f.submit(p.lender, forged), ledger.Rejected, ledger.CodeSignatureWrong)
	if n := f.mustNote(p.lender, id); n.Seq != 2 {
		f.Errorf("after refusals alone the note is at %d", n.Seq)
	}
}

func changedOffer(b ledger.OfferBody) ledger.OfferBody {
	b.Terms.Principal = sek(1)
	return b
}

// payload gives the canonical bytes of a draft.
func (f *fixture) payload(by *member, d ledger.Draft) string {
	f.Helper()
	o, err := sign.Verifier{}.Open(f.sign(by, d))
	if err != nil {
		f.Fatal(err)
	}
	return string(o.Payload)
}

// raw signs bytes that need not be a command.
func (f *fixture) raw(by *member, payload string) ledger.Signed {
	f.Helper()
	s, err := by.Pen.Sign([]byte(payload))
	if err != nil {
		f.Fatal(err)
	}
	return s
}

// refusalParameters: only a code is public, and yet the caller, who may see
// the note, is told how much is left.
func refusalParameters(f *fixture) {
	p := f.people()
	id := f.issue(p)
	o := f.try(p.lender, ledger.OpPay, string(id), f.payBody(12_000_01))
	want := ledger.Refuse(ledger.CodePaymentExceeds, "owed", "12000.00 SEK")
	if o.Err == nil || o.Err.Error() != want.Error() {
		f.Errorf("the refusal is %v, want %v", o.Err, want)
	}
}

func refusalLeavesNothing(f *fixture) {
	p := f.people()
	id := f.issue(p)
	before := f.note(p.lender, id)
	f.wants(f.try(p.lender, ledger.OpPay, string(id), f.payBody(99_999_00)), ledger.Rejected, ledger.CodePaymentExceeds)
	after := f.note(p.lender, id)
	if after.Record != before.Record {
		f.Errorf("a refusal changed the record from %+v to %+v", before.Record, after.Record)
	}
	f.do(p.lender, ledger.OpPay, string(id), f.payBody(1_00)) // the same place is still free
}
