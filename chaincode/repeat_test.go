package chaincode_test

import (
	"crypto"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

func (r *registry) commandOf(s ledger.Signed) *ledger.Command {
	r.t.Helper()
	c, err := ledger.DecodeCommand(r.open(s).Payload)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// registration signs the registration of a company with this key.
func (r *registry) registration(key crypto.Signer) ledger.Signed {
	r.t.Helper()
	p := &party{key: key}
	return r.command(p, ledger.OpPartyRegister, "", 1,
		ledger.RegisterBody{Kind: ledger.Company, Name: "Ny", Keys: []ledger.Key{r.keyOf(p)}})
}

// proof shows where a command stands in its subject's chain.
func (r *registry) proof(s ledger.Subject, seq uint64) *ledger.Proof {
	r.t.Helper()
	p := &ledger.Proof{Seq: seq}
	for n := uint64(1); n <= r.seq(s.ID); n++ {
		e, ok := r.entry(s, n)
		if !ok {
			r.t.Fatalf("entry %d of %s is not kept", n, s.ID)
		}
		o := r.open(e.Signed)
		link := ledger.Link(o.Payload, o.Seal, e.At, e.Org)
		switch {
		case n < seq:
			p.Before = ledger.NextHead(p.Before, link)
		case n == seq:
			p.Seal, p.At, p.Org = o.Seal, e.At, e.Org
		default:
			p.After = append(p.After, link)
		}
	}
	return p
}

func (r *registry) again(signed ledger.Signed, p *ledger.Proof) protocol.BatchAnswer {
	r.t.Helper()
	b := r.batch(signed)
	b.Commands[0].Proof = p
	return r.refused(r.propose(lenderOrg, b))
}

func TestRepeatWithoutProofIsStale(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	pay := r.pay(r.lender, id, 1_000)
	r.apply(lenderOrg, pay)
	if got := r.again(pay, nil); !slices.Equal(codes(got.Answers), []ledger.Code{ledger.CodeSeqStale}) {
		t.Errorf("the answer is %+v", got)
	}
}

func TestRepeatWithProofIsAnsweredWithTheFirstResult(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	pay := r.pay(r.lender, id, 1_000)
	first := r.apply(lenderOrg, pay)[0]
	r.apply(lenderOrg, r.pay(r.lender, id, 2_000))
	r.apply(lenderOrg, r.pay(r.lender, id, 3_000))
	proof := r.proof(id.Subject(), first.Seq)

	// Even long after it expired, and without any state.
	r.now = r.now.Add(60 * 24 * time.Hour)
	b := r.batch(pay)
	b.Commands[0].Proof, b.Notes, b.Parties = proof, nil, nil
	got := r.refused(r.propose(lenderOrg, b))
	if len(got.Answers) != 1 || !got.Answers[0].Repeated || got.Answers[0].Result == nil || *got.Answers[0].Result != first {
		t.Errorf("the answer is %+v, want the first result %+v", got, first)
	}
}

func TestRepeatBesideANewCommandIsAnsweredInTheSameTransaction(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	pay := r.pay(r.lender, id, 1_000)
	first := r.apply(lenderOrg, pay)[0]
	// The new command comes first and moves the head; the proof was made for the head before it.
	b := r.batch(r.pay(r.lender, id, 2_000), pay)
	b.Commands[1].Proof = r.proof(id.Subject(), first.Seq)
	answers := r.submit(lenderOrg, b)
	if answers[0].Result == nil || answers[0].Repeated {
		t.Errorf("the new command was answered %+v", answers[0])
	}
	if !answers[1].Repeated || answers[1].Result == nil || *answers[1].Result != first {
		t.Errorf("the repeat was answered %+v", answers[1])
	}
}

func TestForgedProofIsWorthNothing(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	pay := r.pay(r.lender, id, 1_000)
	seq := r.apply(lenderOrg, pay)[0].Seq
	r.apply(lenderOrg, r.pay(r.lender, id, 2_000))
	never := r.command(r.lender, ledger.OpPay, string(id), seq, r.payment(1_000_00))

	forgeries := map[string]struct {
		signed ledger.Signed
		forge  func(*ledger.Proof)
	}{
		"of a command that was never applied": {never, func(*ledger.Proof) {}},
		"of another place":                    {pay, func(p *ledger.Proof) { p.Seq-- }},
		"of another time":                     {pay, func(p *ledger.Proof) { p.At = p.At.Add(time.Second) }},
		"of another organisation":             {pay, func(p *ledger.Proof) { p.Org = collectorOrg }},
		"with a link less":                    {pay, func(p *ledger.Proof) { p.After = nil }},
		"with another head before":            {pay, func(p *ledger.Proof) { p.Before[3] ^= 1 }},
		"with too many links":                 {pay, func(p *ledger.Proof) { p.After = make([]ledger.Digest, ledger.MaxProofLinks+1) }},
	}
	for name, f := range forgeries {
		proof := r.proof(id.Subject(), seq)
		f.forge(proof)
		if got := r.again(f.signed, proof); !slices.Equal(codes(got.Answers), []ledger.Code{ledger.CodeSeqStale}) {
			t.Errorf("a proof %s: the answer is %+v", name, got)
		}
	}
}

func TestSecondCreationIsToldThatItExists(t *testing.T) {
	r := newRegistry(t)
	offer := r.offer(r.borrower)
	register := r.registration(r.collector.key)
	first := r.apply(lenderOrg, offer, register)
	for i, signed := range []ledger.Signed{offer, register} {
		b := r.batch(signed)
		b.Notes = nil // nobody has to know a state to be told that it is there
		if i == 1 {
			b.Parties = nil
		}
		if got := r.refused(r.propose(lenderOrg, b)); !slices.Equal(codes(got.Answers), []ledger.Code{ledger.CodeExists}) {
			t.Errorf("%s: the answer is %+v", first[i].Op, got)
		}
		got := r.again(signed, r.proof(first[i].Subject, 1))
		if len(got.Answers) != 1 || !got.Answers[0].Repeated || *got.Answers[0].Result != first[i] {
			t.Errorf("%s with a proof: the answer is %+v", first[i].Op, got)
		}
	}
}

func TestOtherTermsUnderTheSameCommandIDAreNoSecondNote(t *testing.T) {
	r := newRegistry(t)
	offer := r.offer(r.borrower)
	r.apply(lenderOrg, offer)
	c := r.commandOf(offer)
	other := *c
	other.Seq, other.ExpiresAt = 1, c.ExpiresAt.Add(-time.Hour)
	if got := r.again(r.sign(r.lender, &other), nil); !slices.Equal(codes(got.Answers), []ledger.Code{ledger.CodeExists}) {
		t.Errorf("the answer is %+v", got)
	}
}
