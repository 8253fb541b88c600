package inproc

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/skuld-registry/skuld/chaincode"
	"github.com/skuld-registry/skuld/chaincode/stub"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// The organisations of a ledger unless its options name others.
const (
	Lender    = "LenderMSP"
	Collector = "CollectorMSP"
	Registrar = protocol.RegistrarMSP
)

// channelName is what the channel is called. Nothing depends on it.
const channelName = "registry"

// CutByHand as Options.Cut leaves blocks to Ledger.Cut.
const CutByHand = -1

// Options adjust a ledger. The zero value is the default of every field.
type Options struct {
	// Orgs are the membership ids of the organisations, the registrar's among
	// them; lender, collector and registrar by default.
	Orgs []string
	// Clock is the time of clients and peers; time.Now by default.
	Clock func() time.Time
	// Signatures verify commands; package sign by default.
	Signatures ledger.Signatures
	// Seed makes transaction ids and salts repeatable; with 0 the ids still are
	// and salts are drawn from the system.
	Seed uint64
	// Cut is how many transactions make a block; 1 by default. A submission
	// waits until its block is full.
	Cut int
	// Fault says what goes wrong; nothing by default.
	Fault func(Attempt) Fault
	// Client adjusts the clients behind Service.
	Client protocol.ClientOptions
	// Log gets the contracts' internal errors; they are dropped by default.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	if len(o.Orgs) == 0 {
		o.Orgs = []string{Lender, Collector, Registrar}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Signatures == nil {
		o.Signatures = sign.Verifier{}
	}
	if o.Cut == 0 {
		o.Cut = 1
	}
	if o.Fault == nil {
		o.Fault = func(Attempt) Fault { return Fault{} }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Ledger is a whole network in memory.
type Ledger struct {
	options  Options
	net      *stub.Network
	channels map[string]*Channel
	services map[string]*protocol.Client

	mu       sync.Mutex    // guards all below
	proposed uint64        // proposals so far; each has its own nonce
	attempts int           // submissions and evaluations so far
	broken   int           // times that every connection broke
	news     chan struct{} // closed and replaced when something happened that waiters may wait for
}

// New makes a ledger. Close ends it.
func New(o Options) (*Ledger, error) {
	o = o.withDefaults()
	if !slices.Contains(o.Orgs, Registrar) || len(o.Orgs) < 2 {
		return nil, errors.New("making a ledger: it needs the registrar and another organisation")
	}
	l := &Ledger{
		options: o, channels: map[string]*Channel{}, services: map[string]*protocol.Client{}, news: make(chan struct{}),
	}
	digest, err := stub.Digest(channelName, o.Orgs)
	if err != nil {
		return nil, fmt.Errorf("making a ledger: %w", err)
	}
	contract, err := chaincode.New(chaincode.Options{
		Network: digest, Signatures: o.Signatures, Clock: o.Clock, Log: o.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("making a ledger: %w", err)
	}
	l.net, err = stub.New(stub.Options{
		Channel: channelName, Chaincode: "skuld", Orgs: o.Orgs,
		Collections: map[string][]string{protocol.Collection: {Registrar}},
		Policy:      registrarAndAnother,
		Start:       func(string) shim.Chaincode { return contract },
	})
	if err != nil {
		return nil, fmt.Errorf("making a ledger: %w", err)
	}
	for i, org := range o.Orgs {
		identity, err := stub.Identity(org, "client")
		if err != nil {
			return nil, fmt.Errorf("making a ledger: %w", err)
		}
		l.channels[org] = &Channel{ledger: l, org: org, identity: identity}
		l.services[org] = protocol.NewClient(l.channels[org], o.Signatures, l.clientOptions(i))
	}
	return l, nil
}

// registrarAndAnother is the endorsement policy: two organisations vouch for
// every transaction, and the registrar is one of them.
func registrarAndAnother(orgs []string) bool {
	others := slices.ContainsFunc(orgs, func(org string) bool { return org != Registrar })
	return others && slices.Contains(orgs, Registrar)
}

func (l *Ledger) clientOptions(number int) protocol.ClientOptions {
	c := l.options.Client
	if c.Clock == nil {
		c.Clock = l.options.Clock
	}
	if c.Random == nil && l.options.Seed != 0 {
		var seed [32]byte
		binary.BigEndian.PutUint64(seed[:], l.options.Seed)
		binary.BigEndian.PutUint64(seed[8:], uint64(number))
		c.Random = rand.NewChaCha8(seed)
	}
	return c
}

// Close ends the ledger's clients; see protocol.Client.Close.
func (l *Ledger) Close(ctx context.Context) error {
	var errs []error
	for _, org := range l.options.Orgs {
		errs = append(errs, l.services[org].Close(ctx))
	}
	return errors.Join(errs...)
}

// Service gives an organisation's ledger, nil for one that is not a member.
func (l *Ledger) Service(org string) ledger.Service {
	if s := l.services[org]; s != nil {
		return s
	}
	return nil
}

// Channel gives an organisation's channel, nil for one that is not a member.
func (l *Ledger) Channel(org string) *Channel { return l.channels[org] }

// Stub gives the network under the ledger, to look at.
func (l *Ledger) Stub() *stub.Network { return l.net }

// Cut makes a block of the transactions that wait.
func (l *Ledger) Cut() error { return l.then(l.cut(0)) }

func (l *Ledger) cut(limit int) error {
	_, err := l.net.Cut(limit)
	return err
}

// Hold leaves an organisation's peer behind: it gets no more blocks and
// endorses on what it has.
func (l *Ledger) Hold(org string) error { return l.net.Hold(org) }

// Release lets an organisation's peer catch up.
func (l *Ledger) Release(org string) error { return l.then(l.net.Release(org)) }

// Restart breaks every connection and loses what was accepted and is in no
// block yet. Submissions that wait have an unknown outcome, streams of blocks
// end with ErrBroken. What is in a block stays.
func (l *Ledger) Restart() error {
	l.net.Drop()
	for _, org := range l.options.Orgs {
		if err := l.net.Restart(org); err != nil {
			return err
		}
	}
	l.mu.Lock()
	l.broken++
	l.mu.Unlock()
	return l.then(nil)
}

// then wakes whoever waits for something to happen.
func (l *Ledger) then(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.news)
	l.news = make(chan struct{})
	return err
}

// watch gives a channel that is closed when something happens after the call,
// and how often connections broke so far. To miss nothing, ask for it before
// looking.
func (l *Ledger) watch() (news <-chan struct{}, broken int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.news, l.broken
}
