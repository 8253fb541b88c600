package protocol_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

func TestCommittedCommandHasTheContractsResultAndItsTransaction(t *testing.T) {
	f := start(t, lenderOrg)
	command, s := f.register(ledger.Company)
	o := f.submit(f.client, command)
	want := ledger.Result{Op: ledger.OpPartyRegister, Subject: s.id.Subject(), Seq: 1}
	if o.State != ledger.Committed || o.Repeated || o.Transaction != "tx-0" || o.Block != 7 || o.Err != nil {
		t.Fatalf("outcome %+v", o)
	}
	got := *o.Result
	got.Command, got.Head = "", ledger.Digest{}
	if got != want {
		t.Errorf("result %+v, want %+v", got, want)
	}
	if head := f.ledger.rows[s.id.Subject()].party.Head; o.Result.Head != head {
		t.Errorf("head %s, want the record's %s", o.Result.Head, head)
	}
}

func TestEveryAttemptHasASaltOfItsOwn(t *testing.T) {
	f := start(t, lenderOrg)
	f.ledger.fault = func(n int, _ protocol.Batch) fault { return fault{conflict: n == 0} }
	f.party(f.client, ledger.Company)
	first, second := f.ledger.sent[0].Commands[0].Salt, f.ledger.sent[1].Commands[0].Salt
	if first == second || first.IsZero() || second.IsZero() {
		t.Errorf("salts %s and %s", first, second)
	}
}

func TestRandomnessThatEndsIsAnErrorAndNothingIsSent(t *testing.T) {
	f := start(t, lenderOrg, func(o *protocol.ClientOptions) { o.Random = emptyReader{} })
	command, _ := f.register(ledger.Company)
	if _, err := f.client.Submit(t.Context(), command); err == nil || len(f.ledger.sent) > 0 {
		t.Errorf("error %v, %d sent", err, len(f.ledger.sent))
	}
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, errors.New("no more randomness") }

func TestStateIsRememberedSoThatTheNextCommandNeedsNoRead(t *testing.T) {
	f := start(t, lenderOrg)
	registrar := f.join(protocol.RegistrarMSP)
	n := f.note(f.client, registrar)
	f.commit(f.client, f.pay(n, 3, 1000))
	reads := f.ledger.reads
	f.commit(f.client, f.pay(n, 4, 1000))
	f.commit(f.client, f.pay(n, 5, 1000))
	if f.ledger.reads != reads {
		t.Errorf("%d reads for two more payments", f.ledger.reads-reads)
	}
	views, err := f.client.Notes(t.Context(), n.id)
	if err != nil {
		t.Fatal(err)
	}
	if got := views[0].Note.Balance.Principal; got != 97_000 {
		t.Errorf("outstanding %d", got)
	}
}

func TestStateThatChangedElsewhereIsReadAnew(t *testing.T) {
	f := start(t, lenderOrg)
	other := f.join(lenderOrg)
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	f.commit(f.client, f.pay(n, 3, 1000))
	f.commit(other, f.pay(n, 4, 1000))
	// The client still holds the state after 3, which is not the one in force.
	f.commit(f.client, f.pay(n, 5, 1000))
	if got := f.ledger.rows[n.id.Subject()].note.Balance.Principal; got != 97_000 {
		t.Errorf("outstanding %d", got)
	}
}

func TestRepeatIsAnsweredWithTheFirstResult(t *testing.T) {
	f := start(t, lenderOrg)
	register, s := f.register(ledger.Company)
	book := f.openBook(s)
	rotate := f.rotate(s, 2)
	revokeFirstKey := func() {
		k, _ := sign.KeyOf(s.key.Public())
		f.commit(f.client, f.sign(s, ledger.Draft{
			Op: ledger.OpPartyRotate, Subject: string(s.id), Seq: 3, Body: ledger.RotateBody{Remove: []string{k.ID}},
		}))
	}
	commands := []ledger.Signed{register, book, rotate}
	first := f.commit(f.client, commands...)
	cases := []struct {
		name   string
		before func()
	}{
		{"at once", func() {}},
		{"after its key was taken away", revokeFirstKey},
		{"after it expired", func() { f.ledger.now = f.ledger.now.Add(ledger.MaxCommandLife) }},
	}
	for _, c := range cases {
		c.before()
		clients := map[string]*protocol.Client{"the same client": f.client, "another client": f.join(lenderOrg)}
		for who, client := range clients {
			again, err := client.Submit(t.Context(), commands...)
			if err != nil {
				t.Fatalf("%s, %s: %v", c.name, who, err)
			}
			for i, o := range again {
				if o.State != ledger.Committed || !o.Repeated || *o.Result != *first[i].Result || o.Transaction != first[i].Transaction {
					t.Errorf("%s, %s: command %d is %+v (%v), want %+v repeated", c.name, who, i, o, o.Err, first[i])
				}
			}
		}
	}
	if n := len(f.ledger.entries[s.id.Subject()]); n != 3 {
		t.Errorf("%d entries", n)
	}
}

func TestAnotherCommandUnderATakenNumberIsRejectedWithTheNextNumber(t *testing.T) {
	f := start(t, lenderOrg)
	s := f.party(f.client, ledger.Company)
	f.commit(f.client, f.rotate(s, 2))
	for who, client := range map[string]*protocol.Client{"the same client": f.client, "another client": f.join(lenderOrg)} {
		o := f.submit(client, f.rotate(s, 2))
		want := ledger.Refuse(ledger.CodeSeqStale, "next", "3")
		if o.State != ledger.Rejected || o.Err.Code != want.Code || o.Err.Params["next"] != "3" {
			t.Errorf("%s: %+v (%v), want rejected with %v", who, o, o.Err, want)
		}
	}
}

func TestRefusalHasItsParametersThoughTheContractGivesNone(t *testing.T) {
	f := start(t, lenderOrg)
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	payment := f.pay(n, 3, 200_000)
	o := f.submit(f.client, payment)
	if o.State != ledger.Rejected || o.Err.Code != ledger.CodePaymentExceeds || len(o.Err.Params) == 0 {
		t.Fatalf("%+v (%v)", o, o.Err)
	}
	if len(f.ledger.entries[n.id.Subject()]) != 2 {
		t.Error("a refused payment left an entry")
	}
}

func TestWhatIsNoCommandIsRejectedWithoutAskingAnybody(t *testing.T) {
	f := start(t, lenderOrg)
	o := f.submit(f.client, ledger.Signed{JWS: "a.b"})
	if o.State != ledger.Rejected || o.Err.Code != ledger.CodeSignatureMalformed {
		t.Errorf("%+v (%v)", o, o.Err)
	}
	if f.ledger.reads+len(f.ledger.sent) > 0 {
		t.Error("the channel was asked")
	}
}

func TestCommandOfAPartyThatMayNotBeSeenIsRejected(t *testing.T) {
	f := start(t, lenderOrg)
	s := f.party(f.join(protocol.RegistrarMSP), ledger.Person)
	f.ledger.hidden[s.id.Subject()] = true
	o := f.submit(f.client, f.rotate(s, 2))
	if o.State != ledger.Rejected || o.Err.Code != ledger.CodeNotEntitled {
		t.Errorf("%+v (%v)", o, o.Err)
	}
}

func TestCommandOfAnUnknownPartyIsRefusedByTheContract(t *testing.T) {
	f := start(t, lenderOrg)
	_, s := f.register(ledger.Company)
	o := f.submit(f.client, f.openBook(s))
	if o.State != ledger.Rejected || o.Err.Code != ledger.CodeSignerUnknown || len(f.ledger.sent) != 1 {
		t.Errorf("%+v (%v) after %d submissions", o, o.Err, len(f.ledger.sent))
	}
}

func TestMessageRefusedAsAWholeIsTriedInSmallerOnes(t *testing.T) {
	f := start(t, lenderOrg)
	var commands []ledger.Signed
	for range 8 {
		command, _ := f.register(ledger.Company)
		commands = append(commands, command)
	}
	poison := commands[3]
	f.ledger.fault = func(_ int, b protocol.Batch) fault {
		if !slices.ContainsFunc(b.Commands, func(c protocol.BatchCommand) bool { return c.Signed == poison }) {
			return fault{}
		}
		return fault{err: &protocol.Refusal{Message: `{"code":"request_malformed"}`}}
	}
	all, err := f.client.Submit(t.Context(), commands...)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range all {
		if i == 3 && (o.State != ledger.Rejected || o.Err.Code != ledger.CodeRequestMalformed) {
			t.Errorf("the command at fault is %+v (%v)", o, o.Err)
		}
		if i != 3 && o.State != ledger.Committed {
			t.Errorf("command %d is %+v (%v)", i, o, o.Err)
		}
	}
}

func TestClosedClientTakesNoCommands(t *testing.T) {
	f := start(t, lenderOrg)
	command, _ := f.register(ledger.Company)
	if err := f.client.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.client.Submit(t.Context(), command); !errors.Is(err, protocol.ErrClosed) {
		t.Errorf("error %v", err)
	}
}

func TestClosingLeavesWhatDoesNotEndInTimeUnknown(t *testing.T) {
	f := start(t, lenderOrg)
	f.ledger.gate, f.ledger.entered = make(chan struct{}), make(chan int)
	command, _ := f.register(ledger.Company)
	outcome := make(chan ledger.Outcome)
	go func() {
		all, err := f.client.Submit(context.Background(), command)
		if err != nil {
			t.Error(err)
		}
		outcome <- all[0]
	}()
	<-f.ledger.entered
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.client.Close(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("closing: %v", err)
	}
	if o := <-outcome; o.State != ledger.Unknown {
		t.Errorf("outcome %+v", o)
	}
}

func TestBackoffGrowsToItsLimit(t *testing.T) {
	want := []time.Duration{5, 10, 20, 40, 80, 160, 320, 500, 500}
	for i, w := range want {
		if got := protocol.DefaultBackoff(i + 1); got != w*time.Millisecond {
			t.Errorf("pause before attempt %d is %s", i+1, got)
		}
	}
}

// TestReaderThatIsAheadOfTheRegistrarsPeerWaitsForIt: a buyer accepts the moment
// it hears of the offer, and the peer that is asked may not have seen it yet.
func TestReaderThatIsAheadOfTheRegistrarsPeerWaitsForIt(t *testing.T) {
	for _, c := range []struct {
		behind int // reads that find the note as it was
		want   ledger.OutcomeState
	}{{3, ledger.Committed}, {1000, ledger.Rejected}} {
		f := start(t, lenderOrg)
		n := f.note(f.client, f.join(protocol.RegistrarMSP))
		reads := 0
		f.ledger.damage = func(a *protocol.ReadAnswer) {
			for i := range a.Notes {
				if reads++; reads <= c.behind {
					before := *a.Notes[i].Record
					before.Seq--
					a.Notes[i] = protocol.NoteAnswer{Record: &before, Code: ledger.CodeNotEntitled}
				}
			}
		}
		o := f.submit(f.join(lenderOrg), f.pay(n, 3, 100))
		if o.State != c.want || o.State == ledger.Rejected && o.Err.Code != ledger.CodeNotEntitled {
			t.Errorf("after %d reads that were behind: %+v (%v)", c.behind, o, o.Err)
		}
	}
}
