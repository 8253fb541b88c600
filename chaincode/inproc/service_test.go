package inproc_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

func TestServiceCommitsAndReads(t *testing.T) {
	l := newLedger(t, inproc.Options{})
	c, signed := registration(t, l)
	commit(t, l, signed)
	commit(t, l, c.rotation(t, l, 2))
	for _, org := range []string{inproc.Lender, inproc.Collector, inproc.Registrar} {
		views, err := l.Service(org).Parties(within(t), c.id)
		if err != nil {
			t.Fatal(err)
		}
		v := views[0]
		if v.Err != nil || v.Party == nil || v.Party.Name != "Holm & <Söner>" || v.Record.Org != inproc.Lender || v.Record.Seq != 2 {
			t.Errorf("%s reads %+v", org, v)
		}
	}
	if l.Service("StrangerMSP") != nil {
		t.Error("a stranger has a service")
	}
}

// TestCommandAppliesOnceWhateverStepFails lets each step of the first
// submission fail, with and without having taken effect.
func TestCommandAppliesOnceWhateverStepFails(t *testing.T) {
	for _, step := range []inproc.Step{inproc.StepEvaluate, inproc.StepEndorse, inproc.StepOrder, inproc.StepStatus} {
		for _, fault := range []inproc.Fault{
			{Fails: true}, {Fails: true, TookEffect: true}, {Twice: true}, {Fails: true, TookEffect: true, Twice: true},
		} {
			t.Run(fmt.Sprintf("%s %+v", step, fault), func(t *testing.T) {
				failures := 0
				l := newLedger(t, inproc.Options{Fault: func(a inproc.Attempt) inproc.Fault {
					if a.Step != step || failures > 0 {
						return inproc.Fault{}
					}
					failures++
					return fault
				}})
				c, signed := registration(t, l)
				first := commit(t, l, signed)
				again := commit(t, l, signed)
				if failures == 0 && step != inproc.StepEvaluate {
					t.Fatal("nothing failed")
				}
				if first.Result == nil || again.Result == nil || *first.Result != *again.Result || !again.Repeated {
					t.Errorf("the outcomes are %+v and %+v", first, again)
				}
				if got := applied(t, l); got != 1 {
					t.Errorf("%d commands were applied, want 1", got)
				}
				if commit(t, l, c.rotation(t, l, 2)).Result.Seq != 2 {
					t.Error("the party does not go on from its first command")
				}
			})
		}
	}
}

// applied counts the commands that the blocks say were applied.
func applied(t *testing.T, l *inproc.Ledger) int {
	t.Helper()
	count := 0
	last := l.Stub().Height(inproc.Lender) - 1
	for b, err := range l.Service(inproc.Lender).Blocks(within(t), 0) {
		if err != nil {
			t.Fatal(err)
		}
		for _, tx := range b.Transactions {
			count += len(tx.Results)
		}
		if b.Number == last {
			break
		}
	}
	return count
}

func TestCallersOfAllOrganisationsAtOnceAllCommit(t *testing.T) {
	const each = 20
	l := newLedger(t, inproc.Options{})
	orgs := []string{inproc.Lender, inproc.Collector, inproc.Registrar}
	failures := make(chan error, each*len(orgs))
	for _, org := range orgs {
		for range each {
			c, signed := registration(t, l)
			more := c.rotation(t, l, 2)
			ctx := within(t)
			go func() {
				outcomes, err := l.Service(org).Submit(ctx, signed, more)
				for _, o := range outcomes {
					if o.State != ledger.Committed {
						err = fmt.Errorf("the outcome is %+v", o)
					}
				}
				failures <- err
			}()
		}
	}
	for range each * len(orgs) {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	if got, want := applied(t, l), 2*each*len(orgs); got != want {
		t.Errorf("%d commands were applied, want %d", got, want)
	}
}

func TestOneSeedGivesOneLedger(t *testing.T) {
	world := func(seed uint64, commands ...ledger.Signed) map[string][]byte {
		l := newLedger(t, inproc.Options{Seed: seed})
		for _, signed := range commands {
			commit(t, l, signed)
		}
		return l.Stub().Private(inproc.Registrar, protocol.Collection)
	}
	c, first := registration(t, newLedger(t, inproc.Options{}))
	second := c.rotation(t, newLedger(t, inproc.Options{}), 2)
	same := func(a, b []byte) bool { return string(a) == string(b) }
	one, two, other := world(7, first, second), world(7, first, second), world(8, first, second)
	if len(one) != 2 || !maps.EqualFunc(one, two, same) {
		t.Error("one seed gave two ledgers")
	}
	if maps.EqualFunc(one, other, same) {
		t.Error("two seeds gave the same salts")
	}
}

func TestLedgerNeedsTheRegistrarAndAnother(t *testing.T) {
	for _, orgs := range [][]string{{inproc.Registrar}, {inproc.Lender, inproc.Collector}} {
		if _, err := inproc.New(inproc.Options{Orgs: orgs}); err == nil {
			t.Errorf("a ledger of %v was made", orgs)
		}
	}
}
