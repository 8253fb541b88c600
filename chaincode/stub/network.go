package stub

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
)

// The limits of a network.
const (
	// MaxPending is how many transactions the orderer keeps that are in no
	// block yet.
	MaxPending = 10_000
	// MaxBlock is the most transactions in one block, Fabric's own default.
	MaxBlock = 500
)

// What a network answers where Fabric would.
var (
	// ErrMismatch is Fabric's "ProposalResponsePayloads do not match": the
	// endorsers' peers stood at different blocks.
	ErrMismatch = errors.New("the endorsers' answers do not match")
	// ErrNotMember is given for an organisation that is not in the channel.
	ErrNotMember = errors.New("not a member of the channel")
	// ErrFull is given where the orderer has MaxPending transactions waiting.
	ErrFull = errors.New("the orderer takes no more transactions")
	// ErrDisagree says that two peers found different outcomes of one block.
	// It can only come from a fault in this package.
	ErrDisagree = errors.New("peers disagree on a block")
)

// Options say what network to make.
type Options struct {
	Channel   string   // its name
	Chaincode string   // the name of the one chaincode
	Orgs      []string // membership ids of the organisations; each has one peer
	// Collections names the private collections, each with its members.
	Collections map[string][]string
	// Policy says whether these organisations together may endorse a transaction.
	Policy func(orgs []string) bool
	// Start starts the chaincode of an organisation's peer. It is called once
	// for each peer, and again when that is restarted.
	Start func(org string) shim.Chaincode
}

// Network is a channel with its peers and its orderer. It may be used by
// several goroutines at once; it does one thing at a time.
type Network struct {
	options Options
	trust   *trust

	mu      sync.Mutex // guards all below
	peers   map[string]*peer
	pending []*Transaction // accepted and in no block yet
	blocks  []*Block
	ordered map[string]uint64 // block that each transaction is in, by its id
}

// New makes a network whose only block is the first one.
func New(o Options) (*Network, error) {
	switch {
	case len(o.Orgs) == 0:
		return nil, errors.New("making a network: it needs an organisation")
	case o.Start == nil || o.Policy == nil:
		return nil, errors.New("making a network: it needs a chaincode and an endorsement policy")
	}
	members, err := newTrust(o.Channel, o.Orgs)
	if err != nil {
		return nil, fmt.Errorf("making a network: %w", err)
	}
	n := &Network{options: o, trust: members, peers: map[string]*peer{}, ordered: map[string]uint64{}}
	n.blocks = []*Block{{Number: 0, Codes: []Code{}}}
	for _, org := range o.Orgs {
		if n.peers[org] != nil {
			return nil, fmt.Errorf("making a network: organisation %s is named twice", org)
		}
		n.peers[org] = newPeer(org, o)
	}
	for name, members := range o.Collections {
		for _, org := range members {
			if n.peers[org] == nil {
				return nil, fmt.Errorf("making a network: collection %s: %s: %w", name, org, ErrNotMember)
			}
		}
	}
	return n, nil
}

// Digest names the channel by its first block: the hash of its data in
// lower-case hex.
func (n *Network) Digest() string { return n.trust.digest() }

// Genesis gives the envelope that is the data of the channel's first block.
func (n *Network) Genesis() []byte { return bytes.Clone(n.trust.genesis) }

// Digest gives the digest of the network that New would make of these, for a
// chaincode that has to know it before the network exists.
func Digest(channel string, orgs []string) (string, error) {
	t, err := newTrust(channel, orgs)
	if err != nil {
		return "", fmt.Errorf("making the network's first block: %w", err)
	}
	return t.digest(), nil
}

// Endorse runs a proposal on an organisation's peer. An error is Fabric's; what
// the chaincode refused is an Endorsement whose Response says so.
func (n *Network) Endorse(org string, p *Proposal) (*Endorsement, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	target, err := n.peer(org)
	if err != nil {
		return nil, err
	}
	creator, err := p.org()
	if err != nil {
		return nil, err
	}
	if _, err := n.peer(creator); err != nil {
		return nil, fmt.Errorf("the caller: %w", err)
	}
	return target.endorse(p, n.options.Channel, n.options.Chaincode)
}

// Order hands a transaction to the orderer. It stands in no block until Cut.
func (n *Network) Order(t *Transaction) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.pending) >= MaxPending {
		return ErrFull
	}
	n.pending = append(n.pending, t)
	return nil
}

// Pending says how many transactions wait for a block.
func (n *Network) Pending() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.pending)
}

// Drop loses the transactions that wait for a block, as the death of an
// orderer that had accepted them does.
func (n *Network) Drop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pending = nil
}

// Cut makes a block of the transactions that wait, at most limit of them (all
// that fit where limit is 0), and delivers it to every peer that is not held.
// It gives nil where none waits.
func (n *Network) Cut(limit int) (*Block, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if limit <= 0 || limit > MaxBlock {
		limit = MaxBlock
	}
	limit = min(limit, len(n.pending))
	if limit == 0 {
		return nil, nil
	}
	b := &Block{Number: uint64(len(n.blocks)), Transactions: slices.Clone(n.pending[:limit])}
	n.pending = slices.Delete(n.pending, 0, limit)
	b.Codes = n.validateForm(b)
	n.blocks = append(n.blocks, b)
	return b, n.deliver()
}

// validateForm finds what does not depend on any peer's state: an id that was
// used before, and endorsements that do not satisfy the policy.
func (n *Network) validateForm(b *Block) []Code {
	codes := make([]Code, len(b.Transactions))
	for i, t := range b.Transactions {
		if _, used := n.ordered[t.ID]; used {
			codes[i] = DuplicateTxID
			continue
		}
		n.ordered[t.ID] = b.Number
		if !n.options.Policy(t.Endorsers) {
			codes[i] = PolicyFailure
		}
	}
	return codes
}

// deliver brings every peer that is not held to the last block.
func (n *Network) deliver() error {
	for _, org := range n.options.Orgs {
		p := n.peers[org]
		for !p.held && p.height < uint64(len(n.blocks)) {
			if err := p.commit(n.blocks[p.height]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Hold stops the delivery of blocks to an organisation's peer, which goes on
// endorsing on what it has.
func (n *Network) Hold(org string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	p, err := n.peer(org)
	if err != nil {
		return err
	}
	p.held = true
	return nil
}

// Release takes up the delivery of blocks to an organisation's peer again.
func (n *Network) Release(org string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	p, err := n.peer(org)
	if err != nil {
		return err
	}
	p.held = false
	return n.deliver()
}

// Restart ends the chaincode of an organisation's peer and starts it anew. The
// peer keeps its state.
func (n *Network) Restart(org string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	p, err := n.peer(org)
	if err != nil {
		return err
	}
	p.chaincode = n.options.Start(org)
	return nil
}

// Height gives how many blocks an organisation's peer has committed; 0 for one
// that is not a member.
func (n *Network) Height(org string) uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.peers[org]; p != nil {
		return p.height
	}
	return 0
}

// Block gives a block that an organisation's peer has committed.
func (n *Network) Block(org string, number uint64) (*Block, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.peers[org]
	if p == nil || number >= p.height {
		return nil, false
	}
	return n.blocks[number], true
}

// Find gives the block that a transaction stands in and its outcome, once an
// organisation's peer has committed it. Of two with one id the first is meant.
func (n *Network) Find(org, id string) (*Block, Code, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	number, known := n.ordered[id]
	p := n.peers[org]
	if !known || p == nil || number >= p.height {
		return nil, "", false
	}
	b := n.blocks[number]
	code, found := b.code(id)
	return b, code, found
}

// State gives a copy of the public state of an organisation's peer.
func (n *Network) State(org string) map[string][]byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.peers[org]; p != nil {
		return p.public.copy()
	}
	return nil
}

// Private gives a copy of what an organisation's peer has of a collection. It
// is empty where the organisation is not a member of the collection.
func (n *Network) Private(org, collection string) map[string][]byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.peers[org]; p != nil && p.collections[collection] != nil {
		return p.collections[collection].values.copy()
	}
	return nil
}

func (n *Network) peer(org string) (*peer, error) {
	p := n.peers[org]
	if p == nil {
		return nil, fmt.Errorf("organisation %q: %w", org, ErrNotMember)
	}
	return p, nil
}
