package fabric

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/protobuf/proto"

	"github.com/skuld-registry/skuld/ledger/protocol"
)

// Options adjusts a Channel. The zero value is the default of every field.
type Options struct {
	EvaluateTimeout time.Duration // of one question to one peer; 5 s
	EndorseTimeout  time.Duration // of one round of endorsement; 10 s
	SubmitTimeout   time.Duration // until the ordering service has the transaction; 10 s
	CommitTimeout   time.Duration // from then until some peer has its block; 20 s
	// CatchUpTimeout is how long to wait, once one peer has the block, for the
	// others that the next command will be read from and endorsed on; 1 s.
	CatchUpTimeout time.Duration

	// Attempts is how often an endorsement is tried before it counts as not sent; 8.
	Attempts int
	// Reconnects is how often in a row the block stream may break; 60.
	Reconnects int
	// Backoff is the pause before an attempt, the second having number 1.
	Backoff func(attempt int) time.Duration
	// Wait pauses; tests replace it.
	Wait func(context.Context, time.Duration) error
	// Tracer makes the spans of the stages; none unless set.
	Tracer trace.TracerProvider
}

func (o Options) withDefaults() Options {
	duration := func(d *time.Duration, fallback time.Duration) {
		if *d <= 0 {
			*d = fallback
		}
	}
	duration(&o.EvaluateTimeout, 5*time.Second)
	duration(&o.EndorseTimeout, 10*time.Second)
	duration(&o.SubmitTimeout, 10*time.Second)
	// An ordering service takes up to 7 s to choose a new leader with Fabric's
	// own timeouts; what is not committed much later than that never is.
	duration(&o.CommitTimeout, 20*time.Second)
	duration(&o.CatchUpTimeout, time.Second)
	if o.Attempts <= 0 {
		o.Attempts = 8
	}
	if o.Reconnects <= 0 {
		o.Reconnects = 60
	}
	if o.Backoff == nil {
		o.Backoff = pause
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	if o.Tracer == nil {
		o.Tracer = noop.NewTracerProvider()
	}
	return o
}

// pause doubles from 3 ms, which is about how far two peers' blocks are apart.
func pause(attempt int) time.Duration {
	d := 3 * time.Millisecond
	for range attempt - 1 {
		if d *= 2; d >= time.Second {
			return time.Second
		}
	}
	return d
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Channel is a protocol.Channel over Fabric. It may be used by many callers.
type Channel struct {
	profile Profile
	opts    Options
	tracer  trace.Tracer
	caller  caller

	own       *link   // the organisation's own peer
	registrar []*link // the registrar's peers; own is among them in its own program
	attesting attesting
}

var _ protocol.Channel = (*Channel)(nil)

// link is the connection to one peer's Gateway service.
type link struct {
	peer    Peer
	conn    *grpc.ClientConn
	gateway *client.Gateway
}

// Limits of a connection. Keepalive stays above the minimum that a peer
// enforces (60 s); a dead connection under way is noticed by the timeouts.
const (
	maxMessageBytes     = 100 << 20
	keepaliveInterval   = 2 * time.Minute
	keepaliveTimeout    = 20 * time.Second
	firstReconnectDelay = 50 * time.Millisecond
	maxReconnectDelay   = time.Second
	minConnectTimeout   = 3 * time.Second
)

// Connect prepares the connections that a profile names. It reaches no peer
// yet: a peer that is down now may be up when it is needed; see Check.
func Connect(p Profile, opts Options) (*Channel, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("connecting to the channel: %w", err)
	}
	as, err := p.caller()
	if err != nil {
		return nil, fmt.Errorf("connecting to the channel: %w", err)
	}
	c := &Channel{profile: p, opts: opts.withDefaults(), caller: as}
	c.tracer = c.opts.Tracer.Tracer(tracerName)
	own := Peer{MSPID: p.MSPID, Address: p.Peer.Address, TLSCA: p.Peer.TLSCA}
	if c.own, err = connect(own, as); err != nil {
		return nil, errors.Join(fmt.Errorf("connecting to the channel: %w", err), as.close())
	}
	for _, peer := range p.of(p.RegistrarMSPID) {
		if peer.Address == p.Peer.Address {
			c.registrar = append(c.registrar, c.own)
			continue
		}
		l, err := connect(peer, as)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("connecting to the channel: %w", err), c.Close())
		}
		c.registrar = append(c.registrar, l)
	}
	return c, nil
}

func connect(p Peer, as caller) (*link, error) {
	config, err := p.tls()
	if err != nil {
		return nil, err
	}
	delays := backoff.DefaultConfig
	delays.BaseDelay, delays.MaxDelay = firstReconnectDelay, maxReconnectDelay
	conn, err := grpc.NewClient(p.Address,
		grpc.WithTransportCredentials(credentials.NewTLS(config)),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes)),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: delays, MinConnectTimeout: minConnectTimeout}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{
			Time: keepaliveInterval, Timeout: keepaliveTimeout, PermitWithoutStream: true,
		}))
	if err != nil {
		return nil, fmt.Errorf("preparing the connection to %s: %w", p.Address, err)
	}
	gateway, err := client.Connect(as.id, client.WithSign(as.sign), client.WithClientConnection(conn))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("preparing the gateway at %s: %w", p.Address, err), conn.Close())
	}
	return &link{peer: p, conn: conn, gateway: gateway}, nil
}

// Close ends the connections. Nothing may be under way.
func (c *Channel) Close() error {
	var faults []error
	all := c.links()
	c.attesting.mu.Lock()
	for _, l := range c.attesting.links {
		all = append(all, l)
	}
	c.attesting.mu.Unlock()
	for _, l := range all {
		faults = append(faults, l.gateway.Close(), l.conn.Close())
	}
	return errors.Join(append(faults, c.caller.close())...)
}

// links lists every connection once, one's own first: it is the peer that the
// organisation trusts, and the others serve while it is down.
func (c *Channel) links() []*link {
	list := []*link{c.own}
	for _, l := range c.registrar {
		if l != c.own {
			list = append(list, l)
		}
	}
	return list
}

// Network gives the digest of the channel's first block.
func (c *Channel) Network() string { return c.profile.Network }

// Org gives the organisation's membership id.
func (c *Channel) Org() string { return c.profile.MSPID }

// Evaluate asks the registrar's peer, directly if it can, else through one's
// own peer.
func (c *Channel) Evaluate(ctx context.Context, fn string, argument []byte) ([]byte, error) {
	routes := c.registrar
	if routes[0] != c.own {
		routes = append(routes[:len(routes):len(routes)], c.own)
	}
	var last error
	for _, l := range routes {
		answer, err := c.evaluate(ctx, l, c.profile.Chaincode, fn,
			client.WithBytesArguments(argument), client.WithEndorsingOrganizations(c.profile.RegistrarMSPID))
		if err == nil {
			return answer, nil
		}
		switch what, refusal := judge(err, []string{c.profile.RegistrarMSPID}); what {
		case takeAnswer:
			return nil, refusal
		case giveUp:
			return nil, turnedAway("evaluating "+fn, err)
		case tryAgain, tryElse:
		}
		last = fmt.Errorf("evaluating %s at %s: %w", fn, l.peer.Address, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, last
}

func (c *Channel) evaluate(ctx context.Context, l *link, chaincode, fn string, options ...client.ProposalOption) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.EvaluateTimeout)
	defer cancel()
	ctx, span := c.begin(ctx, "evaluate", attrPeer.String(l.peer.MSPID))
	answer, err := l.gateway.GetNetwork(c.profile.Channel).GetContract(chaincode).EvaluateWithContext(ctx, fn, options...)
	span.end(err)
	return answer, err
}

// Height gives the number of blocks that one's own peer has, or another peer
// while that one is down.
func (c *Channel) Height(ctx context.Context) (uint64, error) {
	var last error
	for _, l := range c.links() {
		answer, err := c.evaluate(ctx, l, "qscc", "GetChainInfo",
			client.WithArguments(c.profile.Channel), client.WithEndorsingOrganizations(l.peer.MSPID))
		if err != nil {
			last = fmt.Errorf("asking %s for the chain's height: %w", l.peer.Address, err)
			continue
		}
		var info common.BlockchainInfo
		if err := proto.Unmarshal(answer, &info); err != nil {
			return 0, fmt.Errorf("reading the chain's height: %w", err)
		}
		return info.GetHeight(), nil
	}
	return 0, last
}

// Check says whether the channel can be reached.
func (c *Channel) Check(ctx context.Context) error {
	_, err := c.Height(ctx)
	return err
}
