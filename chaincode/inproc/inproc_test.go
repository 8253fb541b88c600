package inproc_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

var noon = time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// atOnce makes a client try again without a pause.
func atOnce() protocol.ClientOptions {
	return protocol.ClientOptions{Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func newLedger(t *testing.T, o inproc.Options) *inproc.Ledger {
	t.Helper()
	o.Clock, o.Client = clock, atOnce()
	l, err := inproc.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := l.Close(ctx); err != nil {
			t.Errorf("closing the ledger: %v", err)
		}
	})
	return l
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// company is a party that is registered or about to be.
type company struct {
	id  ledger.PartyID
	key crypto.Signer
}

// registration signs the registration of a new company.
func registration(t *testing.T, l *inproc.Ledger) (company, ledger.Signed) {
	t.Helper()
	private, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	c := company{key: private}
	signed := c.sign(t, l, ledger.Draft{Op: ledger.OpPartyRegister,
		Body: ledger.RegisterBody{Kind: ledger.Company, Name: "Holm & <Söner>", Keys: []ledger.Key{keyOf(t, private)}}})
	opened, err := sign.Verifier{}.Open(signed)
	if err != nil {
		t.Fatal(err)
	}
	command, err := ledger.DecodeCommand(opened.Payload)
	if err != nil {
		t.Fatal(err)
	}
	c.id = command.By
	return c, signed
}

// rotation signs a command that gives the company one more key.
func (c company) rotation(t *testing.T, l *inproc.Ledger, seq uint64) ledger.Signed {
	t.Helper()
	private, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return c.sign(t, l, ledger.Draft{Op: ledger.OpPartyRotate, By: c.id, Subject: string(c.id), Seq: seq,
		Body: ledger.RotateBody{Add: []ledger.Key{keyOf(t, private)}}})
}

func (c company) sign(t *testing.T, l *inproc.Ledger, d ledger.Draft) ledger.Signed {
	t.Helper()
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		t.Fatal(err)
	}
	d.Network, d.IssuedAt = l.Stub().Digest(), noon
	d.Command = ledger.CommandID(fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]))
	command, err := d.Build()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := sign.Command(command, c.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func keyOf(t *testing.T, private crypto.Signer) ledger.Key {
	t.Helper()
	key, err := sign.KeyOf(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// submission makes the submission of one command with a company's state.
func submission(t *testing.T, l *inproc.Ledger, signed ledger.Signed, c ...company) protocol.Submission {
	t.Helper()
	b := protocol.Batch{
		Commands: []protocol.BatchCommand{{Signed: signed, Salt: sha256.Sum256([]byte(signed.JWS))}},
		Parties:  map[ledger.PartyID]protocol.State{},
	}
	for _, c := range c {
		question, err := protocol.Marshal(protocol.Query{Parties: []ledger.PartyID{c.id}})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := l.Channel(inproc.Lender).Evaluate(within(t), protocol.FnRead, question)
		if err != nil {
			t.Fatal(err)
		}
		var answer protocol.ReadAnswer
		if err := protocol.Decode(raw, &answer); err != nil {
			t.Fatal(err)
		}
		b.Parties[c.id] = *answer.Parties[0].State
	}
	message, err := protocol.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return protocol.Submission{Fn: protocol.FnApply, Transient: map[string][]byte{protocol.TransientBatch: message}}
}

// commit submits one command through a service and wants it committed.
func commit(t *testing.T, l *inproc.Ledger, signed ledger.Signed) ledger.Outcome {
	t.Helper()
	outcomes, err := l.Service(inproc.Lender).Submit(within(t), signed)
	if err != nil {
		t.Fatal(err)
	}
	if outcomes[0].State != ledger.Committed {
		t.Fatalf("the outcome is %+v", outcomes[0])
	}
	return outcomes[0]
}

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

func TestFaultsShowAsTheErrorsOfTheChannel(t *testing.T) {
	for _, c := range []struct {
		step inproc.Step
		took bool
		want error // nil for an undecided one
	}{
		{inproc.StepEndorse, false, protocol.ErrNotSent},
		{inproc.StepEndorse, true, protocol.ErrNotSent},
		{inproc.StepOrder, false, nil},
		{inproc.StepOrder, true, nil},
		{inproc.StepStatus, true, nil},
	} {
		l := newLedger(t, inproc.Options{Fault: func(a inproc.Attempt) inproc.Fault {
			return inproc.Fault{Fails: a.Step == c.step, TookEffect: c.took}
		}})
		_, signed := registration(t, l)
		_, err := l.Channel(inproc.Lender).Submit(within(t), submission(t, l, signed))
		undecided, open := errors.AsType[*protocol.Undecided](err)
		if !errors.Is(err, inproc.ErrFault) || open != (c.want == nil) || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s (took effect: %v): the error is %v", c.step, c.took, err)
		}
		if open && undecided.Transaction == "" {
			t.Errorf("%s: an undecided transaction has no id", c.step)
		}
		wantHeight := uint64(1)
		if c.took && c.step != inproc.StepEndorse {
			wantHeight++
		}
		if got := l.Stub().Height(inproc.Lender); got != wantHeight {
			t.Errorf("%s (took effect: %v): there are %d blocks, want %d", c.step, c.took, got, wantHeight)
		}
	}
}

func TestRefusalOfTheContractComesThroughTheChannel(t *testing.T) {
	l := newLedger(t, inproc.Options{})
	c, signed := registration(t, l)
	_, err := l.Channel(inproc.Lender).Submit(within(t), submission(t, l, c.rotation(t, l, 2)))
	refusal, ok := errors.AsType[*protocol.Refusal](err)
	if !ok {
		t.Fatalf("the error is %v", err)
	}
	answer, err := refusal.Answer()
	if err != nil || len(answer.Answers) != 1 || answer.Answers[0].Code != ledger.CodeSignerUnknown {
		t.Errorf("the answer is %+v (%v)", answer, err)
	}
	commit(t, l, signed)
	if _, err := l.Channel(inproc.Lender).Evaluate(within(t), protocol.FnRead, []byte("nonsense")); err == nil {
		t.Error("a malformed query was answered")
	}
}

func TestTwoCommandsForOnePartyInOneBlockGiveOneConflict(t *testing.T) {
	l := newLedger(t, inproc.Options{Cut: inproc.CutByHand})
	c, signed := registration(t, l)
	type outcome struct {
		receipt protocol.Receipt
		err     error
	}
	submit := func(s protocol.Submission) <-chan outcome {
		ctx, done := within(t), make(chan outcome, 1)
		go func() {
			receipt, err := l.Channel(inproc.Lender).Submit(ctx, s)
			done <- outcome{receipt, err}
		}()
		return done
	}
	first := submit(submission(t, l, signed))
	waitForPending(t, l, 1)
	cut(t, l)
	if got := <-first; got.err != nil {
		t.Fatal(got.err)
	}
	one := submit(submission(t, l, c.rotation(t, l, 2), c))
	two := submit(submission(t, l, c.rotation(t, l, 2), c))
	waitForPending(t, l, 2)
	cut(t, l)
	a, b := <-one, <-two
	if a.err != nil {
		a, b = b, a
	}
	if a.err != nil || a.receipt.Block != 2 || !errors.Is(b.err, protocol.ErrConflict) {
		t.Errorf("the outcomes are %+v and %+v, want one in block 2 and one conflict", a, b)
	}
}

func cut(t *testing.T, l *inproc.Ledger) {
	t.Helper()
	if err := l.Cut(); err != nil {
		t.Fatal(err)
	}
}

// waitForPending waits until so many transactions wait for a block.
func waitForPending(t *testing.T, l *inproc.Ledger, n int) {
	t.Helper()
	ctx := within(t)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for l.Stub().Pending() != n {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d transactions wait, want %d", l.Stub().Pending(), n)
		}
	}
}

func TestBlockIsCutWhenItIsFull(t *testing.T) {
	l := newLedger(t, inproc.Options{Cut: 3})
	done := make(chan error, 3)
	for range 3 {
		_, signed := registration(t, l)
		s, ctx := submission(t, l, signed), within(t)
		go func() {
			_, err := l.Channel(inproc.Collector).Submit(ctx, s)
			done <- err
		}()
	}
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := l.Stub().Height(inproc.Registrar); got != 2 {
		t.Errorf("there are %d blocks, want the first and one of three", got)
	}
}

func TestPeerThatIsBehindNeverGetsAWrongCommandThrough(t *testing.T) {
	l := newLedger(t, inproc.Options{})
	c, signed := registration(t, l)
	commit(t, l, signed)
	if err := l.Hold(inproc.Collector); err != nil {
		t.Fatal(err)
	}
	commit(t, l, c.rotation(t, l, 2))

	// The collector's peer has not seen the rotation; the registrar's has.
	s := submission(t, l, c.rotation(t, l, 3), c)
	s.Endorsers = []string{inproc.Collector}
	if _, err := l.Channel(inproc.Lender).Submit(within(t), s); err == nil {
		t.Error("two peers at different blocks endorsed one transaction")
	}
	if err := l.Release(inproc.Collector); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Channel(inproc.Lender).Submit(within(t), s); err != nil {
		t.Errorf("after catching up: %v", err)
	}
}

func TestSubmitWaitsForTheOwnPeer(t *testing.T) {
	l := newLedger(t, inproc.Options{})
	if err := l.Hold(inproc.Lender); err != nil {
		t.Fatal(err)
	}
	_, signed := registration(t, l)
	s := submission(t, l, signed)
	s.Endorsers = []string{inproc.Collector}
	done := make(chan error, 1)
	ctx := within(t)
	go func() {
		_, err := l.Channel(inproc.Lender).Submit(ctx, s)
		done <- err
	}()
	for b := range l.Channel(inproc.Collector).Blocks(ctx, 1) {
		if b.Number == 1 {
			break
		}
	}
	select {
	case err := <-done:
		t.Fatalf("the submission ended before the own peer had the block: %v", err)
	default:
	}
	if err := l.Release(inproc.Lender); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestRestartLeavesWhatWasInNoBlockUnknownAndKeepsTheRest(t *testing.T) {
	l := newLedger(t, inproc.Options{Cut: inproc.CutByHand})
	_, signed := registration(t, l)
	s, ctx := submission(t, l, signed), within(t)
	done := make(chan error, 1)
	go func() {
		_, err := l.Channel(inproc.Lender).Submit(ctx, s)
		done <- err
	}()
	waitForPending(t, l, 1)
	if err := l.Restart(); err != nil {
		t.Fatal(err)
	}
	err := <-done
	if _, open := errors.AsType[*protocol.Undecided](err); !open || !errors.Is(err, inproc.ErrBroken) {
		t.Errorf("the error is %v", err)
	}
	cut(t, l)
	if got := l.Stub().Height(inproc.Lender); got != 1 {
		t.Errorf("there are %d blocks, want the first alone", got)
	}
}

func TestCallerThatGoesAwayLeavesItsTransactionUndecided(t *testing.T) {
	l := newLedger(t, inproc.Options{Cut: inproc.CutByHand})
	_, signed := registration(t, l)
	s := submission(t, l, signed)
	ctx, cancel := context.WithCancel(within(t))
	done := make(chan error, 1)
	go func() {
		_, err := l.Channel(inproc.Lender).Submit(ctx, s)
		done <- err
	}()
	waitForPending(t, l, 1)
	cancel()
	if _, open := errors.AsType[*protocol.Undecided](<-done); !open {
		t.Error("the outcome is not undecided")
	}
	cut(t, l)
	if got := applied(t, l); got != 1 {
		t.Errorf("%d commands were applied, want 1", got)
	}
	if _, err := l.Channel(inproc.Lender).Submit(ctx, s); !errors.Is(err, protocol.ErrNotSent) {
		t.Errorf("a submission in a context that has ended: %v", err)
	}
}

func TestBlocksWakeTheirReaders(t *testing.T) {
	l := newLedger(t, inproc.Options{})
	ctx, cancel := context.WithCancel(within(t))
	seen, done := make(chan ledger.Block), make(chan error, 1)
	go func() {
		for b, err := range l.Service(inproc.Collector).Blocks(ctx, 0) {
			if err != nil {
				done <- err
				return
			}
			seen <- b
		}
		done <- nil
	}()
	if first := <-seen; first.Number != 0 || len(first.Transactions) != 0 {
		t.Errorf("the first block is %+v", first)
	}
	_, signed := registration(t, l)
	outcome := commit(t, l, signed)
	b := <-seen
	if b.Number != outcome.Block || len(b.Transactions) != 1 || b.Transactions[0].ID != outcome.Transaction ||
		!b.Transactions[0].At.Equal(noon) || len(b.Transactions[0].Results) != 1 || b.Transactions[0].Results[0] != *outcome.Result {
		t.Errorf("the block is %+v, want %+v", b, outcome)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("a reader that ends its context is told %v", err)
	}
}

func TestBlocksEndWhenTheConnectionBreaks(t *testing.T) {
	l := newLedger(t, inproc.Options{})
	ctx := within(t)
	started, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for _, err := range l.Channel(inproc.Lender).Blocks(ctx, 0) {
			if err != nil {
				done <- err
				return
			}
			close(started)
		}
		done <- nil
	}()
	<-started
	if err := l.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, inproc.ErrBroken) {
		t.Errorf("the stream ended with %v", err)
	}
}

func TestLedgerNeedsTheRegistrarAndAnother(t *testing.T) {
	for _, orgs := range [][]string{{inproc.Registrar}, {inproc.Lender, inproc.Collector}} {
		if _, err := inproc.New(inproc.Options{Orgs: orgs}); err == nil {
			t.Errorf("a ledger of %v was made", orgs)
		}
	}
}
