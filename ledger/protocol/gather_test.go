package protocol_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// hold stops every submission until it is let go.
func (f *fixture) hold() (letGo func()) {
	gate := make(chan struct{})
	f.ledger.gate, f.ledger.entered = gate, make(chan int, 1000)
	return sync.OnceFunc(func() { close(gate) })
}

// callers are several callers of one client, each in its own goroutine.
type callers struct {
	f        *fixture
	wg       sync.WaitGroup
	outcomes [][]ledger.Outcome
}

// call lets one caller after another submit its commands, the next one when
// the client has taken in all that it will of the one before.
func (f *fixture) call(lists ...[]ledger.Signed) *callers {
	c := &callers{f: f, outcomes: make([][]ledger.Outcome, len(lists))}
	for i, list := range lists {
		c.wg.Go(func() {
			all, err := f.client.Submit(context.Background(), list...)
			if err != nil {
				f.Errorf("caller %d: %v", i, err)
			}
			c.outcomes[i] = all
		})
		synctest.Wait()
	}
	return c
}

// allCommitted waits for every caller.
func (c *callers) allCommitted() {
	c.f.Helper()
	c.wg.Wait()
	for i, all := range c.outcomes {
		for j, o := range all {
			if o.State != ledger.Committed {
				c.f.Errorf("caller %d, command %d: %+v (%v)", i, j, o, o.Err)
			}
		}
	}
}

// sizes gives how many commands each transaction had.
func (f *fixture) sizes() []int {
	f.ledger.mu.Lock()
	defer f.ledger.mu.Unlock()
	var sizes []int
	for _, b := range f.ledger.sent {
		sizes = append(sizes, len(b.Commands))
	}
	return sizes
}

func (f *fixture) expectSizes(want ...int) {
	f.Helper()
	if got := f.sizes(); !slices.Equal(got, want) {
		f.Errorf("transactions of %v commands, want %v", got, want)
	}
}

// registrations gives n commands that have nothing to do with each other.
func (f *fixture) registrations(n int) [][]ledger.Signed {
	lists := make([][]ledger.Signed, n)
	for i := range lists {
		command, _ := f.register(ledger.Company)
		lists[i] = []ledger.Signed{command}
	}
	return lists
}

func TestCommandsLeaveAtOnceUntilEnoughIsUnderWayAndThenTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lenderOrg, func(o *protocol.ClientOptions) { o.UnderWay = 2 })
		letGo := f.hold()
		c := f.call(f.registrations(9)...)
		f.expectSizes(1, 1)
		letGo()
		c.allCommitted()
		f.expectSizes(1, 1, 7)
	})
}

func TestCommandsOfOneCallerGoTogether(t *testing.T) {
	f := start(t, lenderOrg, func(o *protocol.ClientOptions) { o.UnderWay = 1 })
	f.commit(f.client, slices.Concat(f.registrations(ledger.MaxBatch+1)...)...)
	f.expectSizes(ledger.MaxBatch, 1)
}

func TestMaxBatchOfOneSendsEachCommandAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lenderOrg, func(o *protocol.ClientOptions) { o.MaxBatch, o.UnderWay = 1, 1 })
		letGo := f.hold()
		c := f.call(f.registrations(3)...)
		letGo()
		c.allCommitted()
		f.expectSizes(1, 1, 1)
	})
}

func TestTransactionKeepsToItsLimitOfBytes(t *testing.T) {
	f := start(t, lenderOrg, func(o *protocol.ClientOptions) { o.MaxBatchBytes = 2000 })
	commands := slices.Concat(f.registrations(6)...)
	f.commit(f.client, commands...)
	for i, s := range f.ledger.with {
		if n := len(s.Transient[protocol.TransientBatch]); n > 4000 {
			t.Errorf("transaction %d has %d bytes", i, n)
		}
	}
	if n := len(f.ledger.sent); n < 2 {
		t.Errorf("%d transactions", n)
	}
}

func TestCommandsOnOneSubjectGoInTheirOrderAndNeverTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lenderOrg)
		party := f.party(f.client, ledger.Company)
		other := f.party(f.client, ledger.Company)
		letGo := f.hold()
		c := f.call(
			[]ledger.Signed{f.rotate(party, 2), f.rotate(party, 3)},
			[]ledger.Signed{f.rotate(party, 4), f.rotate(other, 2)},
		)
		letGo()
		c.allCommitted()
		f.expectSizes(1, 1, 1, 1, 1, 1)
		if n := len(f.ledger.entries[party.id.Subject()]); n != 4 {
			t.Errorf("%d entries", n)
		}
	})
}

func TestCommandWaitsForTheRegistrationOfItsSigner(t *testing.T) {
	f := start(t, lenderOrg)
	register, s := f.register(ledger.Company)
	f.commit(f.client, register, f.openBook(s))
	f.expectSizes(1, 1)
}

func TestCommandWaitsForThePowerOfAttorneyThatItNeeds(t *testing.T) {
	f := start(t, protocol.RegistrarMSP)
	n, son := f.note(f.join(lenderOrg), f.client), f.party(f.client, ledger.Person)
	before := len(f.sizes())
	grant := f.sign(n.borrower, ledger.Draft{Op: ledger.OpAttorneyGrant, Subject: string(n.borrower.id), Seq: 2, Body: ledger.AttorneyGrantBody{
		Representative: son.id, Scopes: []ledger.AttorneyScope{ledger.ScopeTalk}, Until: finance.DateOf(f.ledger.now), Ground: ledger.GroundPower,
	}})
	object := f.sign(son, ledger.Draft{
		Op: ledger.OpDisputeRaise, For: n.borrower.id, Subject: string(n.id), Seq: 3, Body: ledger.DisputeRaiseBody{Text: "Det är betalt."},
	})
	f.commit(f.client, grant, object)
	if got := f.sizes()[before:]; !slices.Equal(got, []int{1, 1}) {
		t.Errorf("the transactions have %v commands", got)
	}
	if sent := f.ledger.sent[len(f.ledger.sent)-1]; len(sent.Parties) != 2 {
		t.Errorf("%d parties' states go with it, want the signer's and its principal's", len(sent.Parties))
	}
}

func TestConflictSplitsATransactionUntilTheCommandThatLosesIsAlone(t *testing.T) {
	f := start(t, lenderOrg)
	commands := slices.Concat(f.registrations(16)...)
	loser := commands[5]
	f.ledger.fault = func(_ int, b protocol.Batch) fault {
		return fault{conflict: slices.ContainsFunc(b.Commands, func(c protocol.BatchCommand) bool { return c.Signed == loser })}
	}
	all, err := f.client.Submit(t.Context(), commands...)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range all {
		want := ledger.Committed
		if i == 5 {
			want = ledger.Conflicted
		}
		if o.State != want {
			t.Errorf("command %d: %+v (%v)", i, o, o.Err)
		}
	}
	if sizes := f.sizes(); !slices.Equal(sizes[:6], []int{16, 8, 8, 4, 4, 2}) {
		t.Errorf("transactions of %v commands", sizes)
	}
}

func TestRefusedCommandDoesNotTouchThoseBesideIt(t *testing.T) {
	f := start(t, lenderOrg)
	_, stranger := f.register(ledger.Company)
	good := slices.Concat(f.registrations(2)...)
	all, err := f.client.Submit(t.Context(), good[0], f.openBook(stranger), good[1])
	if err != nil {
		t.Fatal(err)
	}
	want := []ledger.OutcomeState{ledger.Committed, ledger.Rejected, ledger.Committed}
	for i, o := range all {
		if o.State != want[i] {
			t.Errorf("command %d: %+v (%v)", i, o, o.Err)
		}
	}
	f.expectSizes(3)
}

func TestOwnOrganisationEndorsesBesideTheRegistrar(t *testing.T) {
	f := start(t, lenderOrg)
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	f.commit(f.client, f.pay(n, 3, 1000))
	last := f.ledger.with[len(f.ledger.with)-1]
	if !slices.Equal(last.Endorsers, []string{lenderOrg}) {
		t.Errorf("endorsers %v", last.Endorsers)
	}
}

func TestRegistrarsClientShowsANoteOnlyToAnOrganisationThatIsPartyToIt(t *testing.T) {
	f := start(t, protocol.RegistrarMSP)
	lenders, collectors := f.join(lenderOrg), f.join(collectorOrg)
	notes := []note{f.note(lenders, f.client), f.note(collectors, f.client), f.note(lenders, f.client)}
	before := len(f.ledger.with)
	var raise []ledger.Signed
	for _, n := range notes {
		raise = append(raise, f.sign(n.borrower, ledger.Draft{
			Op: ledger.OpDisputeRaise, Subject: string(n.id), Seq: 3, Body: ledger.DisputeRaiseBody{Text: "Det är betalt."},
		}))
	}
	f.commit(f.client, raise...)
	var got [][]string
	for i, s := range f.ledger.with[before:] {
		got = append(got, s.Endorsers)
		for id := range f.ledger.sent[before+i].Notes {
			if orgs := f.ledger.orgs(f.ledger.rows[id.Subject()].note); !slices.Contains(orgs, s.Endorsers[0]) {
				t.Errorf("note of %v was shown to %v", orgs, s.Endorsers)
			}
		}
	}
	// How many transactions it takes depends on when they leave; who endorses does not.
	got = slices.CompactFunc(got, slices.Equal)
	if want := [][]string{{lenderOrg}, {collectorOrg}}; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("endorsers %v, want %v", got, want)
	}
}

func TestCallerThatLeavesDoesNotAbandonItsTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lenderOrg, func(o *protocol.ClientOptions) { o.UnderWay = 1 })
		letGo := f.hold()
		command, party := f.register(ledger.Company)
		ctx, leave := context.WithCancel(t.Context())
		var all []ledger.Outcome
		var err error
		var wg sync.WaitGroup
		wg.Go(func() { all, err = f.client.Submit(ctx, command) })
		synctest.Wait()
		leave()
		wg.Wait()
		if err != nil || all[0].State != ledger.Unknown || all[0].Err.Code != ledger.CodeOutcomeOpen {
			t.Errorf("%+v, error %v", all, err)
		}
		letGo()
		synctest.Wait()
		if len(f.ledger.entries[party.id.Subject()]) != 1 {
			t.Error("the command was abandoned")
		}
	})
}

func TestCommandStillInTheQueueIsTakenBackWhenItsCallerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lenderOrg, func(o *protocol.ClientOptions) { o.UnderWay = 1 })
		letGo := f.hold()
		first := f.call(f.registrations(1)...)
		command, party := f.register(ledger.Company)
		ctx, leave := context.WithCancel(t.Context())
		var err error
		var wg sync.WaitGroup
		wg.Go(func() { _, err = f.client.Submit(ctx, command) })
		synctest.Wait()
		leave()
		wg.Wait()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		letGo()
		first.allCommitted()
		if len(f.ledger.entries[party.id.Subject()]) != 0 {
			t.Error("the command was sent")
		}
	})
}

func TestSubmitWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lenderOrg, func(o *protocol.ClientOptions) { o.UnderWay, o.MaxOpen = 1, 3 })
		letGo := f.hold()
		c := f.call(slices.Concat(f.registrations(10)...))
		f.expectSizes(3)
		letGo()
		c.allCommitted()
		f.expectSizes(3, 3, 3, 1)
	})
}
