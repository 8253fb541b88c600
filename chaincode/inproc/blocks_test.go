package inproc_test

import (
	"context"
	"errors"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

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
