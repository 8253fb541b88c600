package fabric

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/skuld-registry/skuld/ledger"
)

// errBroken is all that the gateway's library tells of a stream that ended.
var errBroken = errors.New("the stream broke")

// Blocks follows the chain from a block on, first from one's own peer. A stream
// that breaks is taken up again at the next block, from the registrar's peers
// and one's own by turns; if it breaks too often in a row the sequence ends
// with the error. It ends without one when ctx does.
func (c *Channel) Blocks(ctx context.Context, from uint64) iter.Seq2[ledger.Block, error] {
	return func(yield func(ledger.Block, error) bool) {
		f := follower{channel: c, next: from, yield: yield}
		links := c.links()
		for failures := 0; ; {
			before := f.next
			err := f.follow(ctx, links[failures%len(links)])
			switch {
			case f.stopped || ctx.Err() != nil:
				return
			case errors.Is(err, errUnreadable):
				yield(ledger.Block{}, err)
				return
			case f.next > before:
				failures = 0
			}
			if failures++; failures > c.opts.Reconnects {
				yield(ledger.Block{}, fmt.Errorf("reading blocks from block %d: %w", f.next, err))
				return
			}
			if c.opts.Wait(ctx, c.opts.Backoff(failures)) != nil {
				return
			}
		}
	}
}

// errUnreadable says that a block came and makes no sense. Another peer would
// give the same one, so it is not asked for again.
var errUnreadable = errors.New("the block cannot be read")

// follower hands on the blocks of one stream after another.
type follower struct {
	channel *Channel
	next    uint64 // the block to ask for
	yield   func(ledger.Block, error) bool
	stopped bool // the reader has had enough
}

// follow hands on one peer's blocks until the stream breaks or the reader stops.
func (f *follower) follow(ctx context.Context, l *link) error {
	ctx, cancel := context.WithCancel(ctx)
	p := f.channel.profile
	events, err := l.gateway.GetNetwork(p.Channel).BlockEvents(ctx, client.WithStartBlock(f.next))
	if err != nil {
		cancel()
		return fmt.Errorf("asking %s for blocks: %w", l.peer.Address, err)
	}
	defer func() {
		// The library's goroutine ends only when what it holds is taken.
		cancel()
		for range events {
		}
	}()
	parse := parser{channel: p.Channel, chaincode: p.Chaincode}
	for b := range events {
		block, err := parse.block(b)
		switch {
		case err != nil:
			return fmt.Errorf("%w: %w", errUnreadable, err)
		case block.Number != f.next:
			return fmt.Errorf("%s gave block %d in place of block %d", l.peer.Address, block.Number, f.next)
		}
		f.next++
		if !f.yield(block, nil) {
			f.stopped = true
			return nil
		}
	}
	return fmt.Errorf("%s: %w", l.peer.Address, errBroken)
}
