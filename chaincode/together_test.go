package chaincode_test

import (
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// bound makes a batch of commands that go together.
func (r *registry) bound(commands ...ledger.Signed) *protocol.Batch {
	r.t.Helper()
	b := r.batch(commands...)
	b.Together = true
	return b
}

func TestCommandsThatGoTogetherAreWrittenByOneTransaction(t *testing.T) {
	r := newRegistry(t)
	one, two := r.issue(r.borrower), r.issue(r.other)
	at := r.seq(string(one))
	answers := r.submit(lenderOrg, r.bound(
		r.pay(r.lender, one, 1_000), r.command(r.lender, ledger.OpPay, string(one), at+2, r.payment(2_000)), r.pay(r.lender, two, 3_000),
	))
	if got, want := codes(answers), []ledger.Code{"", "", ""}; !slices.Equal(got, want) {
		t.Fatalf("the codes are %q", got)
	}
	if r.seq(string(one)) != at+2 || len(r.note(two).Payments) != 1 {
		t.Errorf("the notes stand at %d and %d", r.seq(string(one)), r.seq(string(two)))
	}
}

func TestNothingIsOrderedForCommandsThatGoTogetherUnlessAllApply(t *testing.T) {
	r := newRegistry(t)
	one, two := r.issue(r.borrower), r.issue(r.other)
	stood := r.pay(r.lender, one, 1_000)
	first := r.apply(lenderOrg, stood)[0]
	good := func() ledger.Signed { return r.pay(r.lender, two, 1_000) }
	height := r.net.Height(registrarOrg)
	for name, c := range map[string]struct {
		batch *protocol.Batch
		want  []ledger.Code
	}{
		"one is refused": {r.bound(good(), r.pay(r.collector, one, 1), r.offer(r.other)),
			[]ledger.Code{ledger.CodeBatchRefused, ledger.CodeRoleForbidden, ledger.CodeBatchRefused}},
		"each that is refused says why": {r.bound(r.pay(r.collector, one, 1), good(), r.pay(r.lender, one, 99_999_999_99)),
			[]ledger.Code{ledger.CodeRoleForbidden, ledger.CodeBatchRefused, ledger.CodePaymentExceeds}},
		"one comes twice":          {r.bound(good(), good()), []ledger.Code{ledger.CodeBatchRefused, ledger.CodeSeqStale}},
		"one stood before":         {r.repeating(r.bound(stood, good()), first), []ledger.Code{"", ledger.CodeBatchRefused}},
		"all of them stood before": {r.repeating(r.bound(stood), first), []ledger.Code{""}},
	} {
		got := r.refused(r.propose(lenderOrg, c.batch))
		if !slices.Equal(codes(got.Answers), c.want) || got.Code != "" {
			t.Errorf("%s: the answer is %+v, want %q", name, got, c.want)
		}
		for i, a := range got.Answers {
			if c.want[i] == "" && (!a.Repeated || *a.Result != first) {
				t.Errorf("%s: the repeat is answered with %+v", name, a)
			}
		}
	}
	if r.net.Height(registrarOrg) != height || len(r.note(two).Payments) != 0 {
		t.Error("something was written")
	}
}

// repeating proves that the first command of a batch was applied before.
func (r *registry) repeating(b *protocol.Batch, first ledger.Result) *protocol.Batch {
	r.t.Helper()
	b.Commands[0].Proof = r.proof(first.Subject, first.Seq)
	return b
}
