package protocol_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// together submits commands for one transaction.
func (f *fixture) together(c *protocol.Client, commands ...ledger.Signed) []ledger.Outcome {
	f.Helper()
	all, err := c.SubmitTogether(f.Context(), commands...)
	if err != nil {
		f.Fatalf("submitting together: %v", err)
	}
	return all
}

// expect compares outcomes with codes, of which "" stands for committed.
func (f *fixture) expect(all []ledger.Outcome, want ...ledger.Code) {
	f.Helper()
	if len(all) != len(want) {
		f.Fatalf("%d outcomes, want %d", len(all), len(want))
	}
	for i, o := range all {
		switch {
		case want[i] == "" && o.State != ledger.Committed,
			want[i] != "" && (o.Err == nil || o.Err.Code != want[i] || o.State == ledger.Committed):
			f.Errorf("command %d: %+v (%v), want %q", i, o, o.Err, want[i])
		}
	}
}

func TestCommandsThatGoTogetherAreAppliedOnceByOneTransactionWhateverHappens(t *testing.T) {
	for _, s := range stageFaults() {
		t.Run(s.String(), func(t *testing.T) {
			f := start(t, lenderOrg)
			party := f.party(f.client, ledger.Company)
			f.ledger.fault = func(n int, _ protocol.Batch) fault {
				if n == 1 {
					return s.fault(n)
				}
				return fault{}
			}
			register, newcomer := f.register(ledger.Company)
			all := f.together(f.client, f.rotate(party, 2), f.rotate(party, 3), register, f.openBook(newcomer))
			f.expect(all, "", "", "", "")
			transaction := "tx-2"
			if s.effect {
				transaction = "tx-1"
			}
			for i, o := range all {
				entries := f.ledger.entries[o.Result.Subject]
				if o.Repeated || o.Transaction != transaction || entries[o.Result.Seq-1].Transaction != transaction {
					t.Errorf("command %d: %+v, want %s", i, o, transaction)
				}
			}
			for _, b := range f.ledger.sent[1:] {
				if len(b.Commands) != 4 || !b.Together {
					t.Errorf("a transaction of %d commands", len(b.Commands))
				}
			}
		})
	}
}

func TestFaultThatLastsLeavesCommandsThatGoTogetherWithOneFate(t *testing.T) {
	for _, s := range stageFaults() {
		if s.effect {
			continue // the first submission ends it
		}
		t.Run(s.String(), func(t *testing.T) {
			f := start(t, lenderOrg)
			f.ledger.fault = func(n int, _ protocol.Batch) fault { return s.fault(n) }
			commands := slices.Concat(f.registrations(3)...)
			all, err := f.client.SubmitTogether(t.Context(), commands...)
			if s.stage == "endorse" {
				if !errors.Is(err, protocol.ErrNotSent) {
					t.Errorf("outcomes %v, error %v", all, err)
				}
			} else if err != nil {
				t.Error(err)
			} else {
				f.expect(all, ledger.CodeOutcomeOpen, ledger.CodeOutcomeOpen, ledger.CodeOutcomeOpen)
			}
			f.ledger.fault = nil
			f.expect(f.together(f.client, commands...), "", "", "")
		})
	}
}

func TestCommandsThatGoTogetherAreNeverSplit(t *testing.T) {
	f := start(t, lenderOrg)
	f.ledger.fault = func(n int, _ protocol.Batch) fault { return fault{conflict: n < 5} }
	f.expect(f.together(f.client, slices.Concat(f.registrations(4)...)...), "", "", "", "")
	f.expectSizes(4, 4, 4, 4, 4, 4)
	f.ledger.fault = func(int, protocol.Batch) fault { return fault{conflict: true} }
	all := f.together(f.client, slices.Concat(f.registrations(2)...)...)
	f.expect(all, ledger.CodeConflict, ledger.CodeConflict)
	if all[0].State != ledger.Conflicted {
		t.Errorf("%+v", all[0])
	}
}

func TestOutdatedStateDecidesNothingForCommandsThatGoTogether(t *testing.T) {
	f := start(t, lenderOrg)
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	f.commit(f.client, f.pay(n, 3, 1000))
	f.commit(f.join(lenderOrg), f.pay(n, 4, 1000)) // unseen by the client, which holds the state after 3
	register, _ := f.register(ledger.Company)
	f.expect(f.together(f.client, register, f.pay(n, 5, 1000)), "", "")
}

func TestRefusalOfOneCommandRefusesThoseThatGoWithIt(t *testing.T) {
	f := start(t, lenderOrg)
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	register, _ := f.register(ledger.Company)
	all := f.together(f.client, register, f.pay(n, 3, 200_000), f.rotate(n.lender, 9))
	f.expect(all, ledger.CodeBatchRefused, ledger.CodePaymentExceeds, ledger.CodeSeqAhead)
	if len(all[1].Err.Params) == 0 {
		t.Error("the refusal has no parameters")
	}
	f.ledger.hidden[n.id.Subject()] = true
	f.expect(f.together(f.join(lenderOrg), register, f.pay(n, 3, 1000)), ledger.CodeBatchRefused, ledger.CodeNotEntitled)
}

func TestAnotherCommandUnderTheNumberOfOneSettlesTheUnknownFateOfAll(t *testing.T) {
	f := start(t, lenderOrg)
	party := f.party(f.client, ledger.Company)
	other := f.party(f.client, ledger.Company)
	rival := f.rotate(party, 2)
	f.ledger.fault = func(n int, _ protocol.Batch) fault {
		if n != 2 {
			return fault{}
		}
		r := f.ledger.rows[party.id.Subject()]
		if _, err := f.ledger.as(lenderOrg).apply(protocol.Batch{
			Commands: []protocol.BatchCommand{{Signed: rival, Salt: ledger.Salt{1}}},
			Parties:  map[ledger.PartyID]protocol.State{party.id: r.state},
		}, "rival"); err != nil {
			t.Error(err)
		}
		return fault{err: context.DeadlineExceeded}
	}
	f.expect(f.together(f.client, f.rotate(other, 2), f.rotate(party, 2)), ledger.CodeBatchRefused, ledger.CodeSeqStale)
	if n := len(f.ledger.entries[other.id.Subject()]); n != 1 {
		t.Errorf("%d entries", n)
	}
}

func TestWhatCannotBeOneTransactionIsAnErrorAndNothingIsSent(t *testing.T) {
	f := start(t, protocol.RegistrarMSP)
	lenders, collectors := f.join(lenderOrg), f.join(collectorOrg)
	one, two := f.note(lenders, f.client), f.note(collectors, f.client)
	raise := func(n note) ledger.Signed {
		return f.sign(n.borrower, ledger.Draft{
			Op: ledger.OpDisputeRaise, Subject: string(n.id), Seq: 3, Body: ledger.DisputeRaiseBody{Text: "Det är betalt."},
		})
	}
	sent := len(f.ledger.sent)
	for name, c := range map[string]struct {
		client   *protocol.Client
		commands []ledger.Signed
	}{
		"more than a batch":           {f.client, slices.Concat(f.registrations(ledger.MaxBatch + 1)...)},
		"more than the client takes":  {f.join(lenderOrg, func(o *protocol.ClientOptions) { o.MaxOpen = 2 }), slices.Concat(f.registrations(3)...)},
		"too many bytes":              {f.join(lenderOrg, func(o *protocol.ClientOptions) { o.MaxBatchBytes = 2000 }), slices.Concat(f.registrations(4)...)},
		"nobody may see both of them": {f.client, []ledger.Signed{raise(one), raise(two)}},
	} {
		all, err := c.client.SubmitTogether(t.Context(), c.commands...)
		if all != nil || ledger.CodeOf(err) != ledger.CodeAtomicImpossible {
			t.Errorf("%s: outcomes %v, error %v", name, all, err)
		}
	}
	if len(f.ledger.sent) != sent {
		t.Errorf("%d submissions", len(f.ledger.sent)-sent)
	}
}

func TestCommandsThatGoTogetherWaitForWhatAnyOfThemWaitsForAndLeaveAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lenderOrg)
		party := f.party(f.client, ledger.Company)
		letGo := f.hold()
		first := f.call([]ledger.Signed{f.rotate(party, 2)})
		bound := append(slices.Concat(f.registrations(2)...), f.rotate(party, 3))
		var all []ledger.Outcome
		var wg sync.WaitGroup
		wg.Go(func() { all = f.together(f.client, bound...) })
		synctest.Wait()
		later := f.call(append(f.registrations(1), []ledger.Signed{f.rotate(party, 4)})...)
		letGo()
		wg.Wait()
		first.allCommitted()
		later.allCommitted()
		f.expect(all, "", "", "")
		f.expectSizes(1, 1, 1, 3, 1)
	})
}

func TestCommandsThatGoTogetherAreTakenBackTogetherWhenTheirCallerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lenderOrg, func(o *protocol.ClientOptions) { o.UnderWay = 1 })
		letGo := f.hold()
		first := f.call(f.registrations(1)...)
		bound := slices.Concat(f.registrations(3)...)
		ctx, leave := context.WithCancel(t.Context())
		var err error
		var wg sync.WaitGroup
		wg.Go(func() { _, err = f.client.SubmitTogether(ctx, bound...) })
		synctest.Wait()
		leave()
		wg.Wait()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		letGo()
		first.allCommitted()
		f.expectSizes(1)
	})
}
