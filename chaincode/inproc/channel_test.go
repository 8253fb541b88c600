package inproc_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

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
