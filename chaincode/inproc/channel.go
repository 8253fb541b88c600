package inproc

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/skuld-registry/skuld/chaincode/stub"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// ErrBroken says that a connection broke; see Ledger.Restart.
var ErrBroken = errors.New("the connection broke")

// Channel is one organisation's way to the ledger. It does what
// Fabric's gateway service does.
type Channel struct {
	ledger   *Ledger
	org      string
	identity []byte
}

var _ protocol.Channel = (*Channel)(nil)

// Network gives the digest of the first block.
func (c *Channel) Network() string { return c.ledger.net.Digest() }

// Org gives the caller's organisation.
func (c *Channel) Org() string { return c.org }

// Evaluate asks the contract on the registrar's peer.
func (c *Channel) Evaluate(ctx context.Context, fn string, argument []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.ledger.fault(c.ledger.attempt(), c.org, StepEvaluate).Fails {
		return nil, ErrFault
	}
	e, err := c.ledger.net.Endorse(Registrar, c.propose([][]byte{[]byte(fn), argument}, nil))
	if err != nil {
		return nil, fmt.Errorf("evaluating %s: %w", fn, err)
	}
	if e.Refused() {
		return nil, &protocol.Refusal{Message: e.Response.Message}
	}
	return e.Response.Payload, nil
}

func (c *Channel) propose(args [][]byte, transient map[string][]byte) *stub.Proposal {
	return &stub.Proposal{
		Creator: c.identity, Nonce: c.ledger.nonce(), Timestamp: c.ledger.options.Clock(), Args: args, Transient: transient,
	}
}

// nonce makes every transaction's id another one.
func (l *Ledger) nonce() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.proposed++
	n := binary.BigEndian.AppendUint64(nil, l.options.Seed)
	return binary.BigEndian.AppendUint64(n, l.proposed)
}

// Submit has a transaction endorsed and ordered, and waits until the
// organisation's own peer has committed it.
func (c *Channel) Submit(ctx context.Context, s protocol.Submission) (protocol.Receipt, error) {
	attempt := c.ledger.attempt()
	proposal := c.propose([][]byte{[]byte(s.Fn)}, s.Transient)
	if err := ctx.Err(); err != nil {
		return protocol.Receipt{}, fmt.Errorf("%w: %w", protocol.ErrNotSent, err)
	}
	// Whether a failed endorsement took place makes no difference: nobody else
	// has it, so nothing can ever be ordered.
	if c.ledger.fault(attempt, c.org, StepEndorse).Fails {
		return protocol.Receipt{}, fmt.Errorf("%w: %w", protocol.ErrNotSent, ErrFault)
	}
	t, err := c.endorse(proposal, s.Endorsers)
	if err != nil {
		return protocol.Receipt{}, err
	}
	_, broken := c.ledger.watch()
	if err := c.order(attempt, t); err != nil {
		return protocol.Receipt{}, &protocol.Undecided{Transaction: t.ID, Err: err}
	}
	if c.ledger.fault(attempt, c.org, StepStatus).Fails {
		return protocol.Receipt{}, &protocol.Undecided{Transaction: t.ID, Err: ErrFault}
	}
	return c.await(ctx, t, broken)
}

// endorse has the registrar's peer and another one run the proposal.
func (c *Channel) endorse(p *stub.Proposal, candidates []string) (*stub.Transaction, error) {
	second, err := c.second(candidates)
	if err != nil {
		return nil, err
	}
	var endorsements []*stub.Endorsement
	for _, org := range []string{Registrar, second} {
		e, err := c.ledger.net.Endorse(org, p)
		if err != nil {
			return nil, fmt.Errorf("%w: endorsing at %s: %w", protocol.ErrNotSent, org, err)
		}
		if e.Refused() {
			return nil, &protocol.Refusal{Message: e.Response.Message}
		}
		endorsements = append(endorsements, e)
	}
	t, err := stub.Assemble(p, endorsements...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", protocol.ErrNotSent, err)
	}
	return t, nil
}

// second chooses the endorser beside the registrar: the first candidate that
// is a member; without candidates the own organisation, or else the first.
func (c *Channel) second(candidates []string) (string, error) {
	if len(candidates) == 0 {
		candidates = append([]string{c.org}, c.ledger.options.Orgs...)
	}
	for _, org := range candidates {
		if org != Registrar && slices.Contains(c.ledger.options.Orgs, org) {
			return org, nil
		}
	}
	return "", fmt.Errorf("%w: none of %v can endorse beside the registrar", protocol.ErrNotSent, candidates)
}

// order hands the transaction to the orderer, once or as a fault will have it.
func (c *Channel) order(attempt int, t *stub.Transaction) error {
	fault := c.ledger.fault(attempt, c.org, StepOrder)
	if fault.Fails && !fault.TookEffect {
		return ErrFault
	}
	times := 1
	if fault.Twice {
		times = 2
	}
	for range times {
		if err := c.ledger.net.Order(t); err != nil {
			return err
		}
	}
	if err := c.ledger.cutFull(); err != nil {
		return err
	}
	if fault.Fails {
		return ErrFault
	}
	return nil
}

// cutFull makes the blocks that are full.
func (l *Ledger) cutFull() error {
	if l.options.Cut == CutByHand {
		return nil
	}
	for l.net.Pending() >= l.options.Cut {
		if err := l.cut(l.options.Cut); err != nil {
			return err
		}
	}
	return l.then(nil)
}

// await waits until the organisation's peer has committed the transaction, or
// the connections break once more than they had when it was ordered.
func (c *Channel) await(ctx context.Context, t *stub.Transaction, before int) (protocol.Receipt, error) {
	for {
		news, broken := c.ledger.watch()
		if b, code, found := c.ledger.net.Find(c.org, t.ID); found {
			return receipt(t, b, code)
		}
		if broken != before {
			return protocol.Receipt{}, &protocol.Undecided{Transaction: t.ID, Err: ErrBroken}
		}
		select {
		case <-news:
		case <-ctx.Done():
			return protocol.Receipt{}, &protocol.Undecided{Transaction: t.ID, Err: ctx.Err()}
		}
	}
}

func receipt(t *stub.Transaction, b *stub.Block, code stub.Code) (protocol.Receipt, error) {
	switch code {
	case stub.Valid:
		return protocol.Receipt{Answer: t.Response.Payload, Transaction: t.ID, Block: b.Number, At: t.Timestamp}, nil
	case stub.MVCCConflict:
		return protocol.Receipt{}, fmt.Errorf("transaction %s: %w", t.ID, protocol.ErrConflict)
	}
	return protocol.Receipt{}, fmt.Errorf("transaction %s: %s: %w", t.ID, code, protocol.ErrInvalid)
}

// Blocks gives the blocks that the organisation's peer has committed, then new
// ones as they come. It ends when ctx does; when the connection breaks it
// yields ErrBroken.
func (c *Channel) Blocks(ctx context.Context, from uint64) iter.Seq2[ledger.Block, error] {
	return func(yield func(ledger.Block, error) bool) {
		_, before := c.ledger.watch()
		for number := from; ; {
			news, broken := c.ledger.watch()
			if broken != before {
				yield(ledger.Block{}, ErrBroken)
				return
			}
			if b, ok := c.ledger.net.Block(c.org, number); ok {
				block, err := read(b)
				if ctx.Err() != nil || !yield(block, err) || err != nil {
					return
				}
				number++
				continue
			}
			select {
			case <-news:
			case <-ctx.Done():
				return
			}
		}
	}
}

// read gives what a block says to the registry.
func read(b *stub.Block) (ledger.Block, error) {
	block := ledger.Block{Number: b.Number}
	for i, t := range b.Transactions {
		if b.Codes[i] != stub.Valid || t.Event == nil || t.Event.EventName != protocol.EventApplied {
			continue
		}
		var event protocol.AppliedEvent
		if err := json.Unmarshal(t.Event.Payload, &event); err != nil {
			return ledger.Block{}, fmt.Errorf("reading the event of transaction %s: %w", t.ID, err)
		}
		block.Transactions = append(block.Transactions, ledger.Transaction{ID: t.ID, At: t.Timestamp, Results: event.Results})
	}
	return block, nil
}
