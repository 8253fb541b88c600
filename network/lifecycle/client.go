// Package lifecycle administers a running network's channel through
// fabric-sdk-go: peers join, chaincode packages are installed, definitions are
// approved by every organisation and committed, and the channel's configuration
// is changed. The orderers join through their own REST interface.
//
// Everything in it may be repeated: a step that was done already, by a start
// that was cut off, is found done. It must not start processes, and it must
// never be linked into a program that uses fabric-gateway: the two register the
// same protobuf messages and such a program panics at its start.
package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/ledger"
	"github.com/hyperledger/fabric-sdk-go/pkg/client/msp"
	"github.com/hyperledger/fabric-sdk-go/pkg/client/resmgmt"
	mspapi "github.com/hyperledger/fabric-sdk-go/pkg/common/providers/msp"
	"github.com/hyperledger/fabric-sdk-go/pkg/core/config"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk"

	"github.com/skuld-registry/skuld/network"
)

// pause lies between two tries of a step. A node that listens is not yet one
// that answers, and a fresh ordering service has no leader for a moment.
const pause = 50 * time.Millisecond

// stepLimit bounds the tries of one step.
const stepLimit = 60 * time.Second

// Client administers one network.
type Client struct {
	home   network.Home
	state  *network.State
	sdk    *fabsdk.FabricSDK
	admins map[string]*administrator // by organisation
	turn   atomic.Uint32             // of the orderers
}

// administrator acts for one organisation.
type administrator struct {
	organisation network.Organisation
	identity     mspapi.SigningIdentity
	resources    *resmgmt.Client
}

// Open prepares a client. No node has to be there yet.
func Open(h network.Home, s *network.State) (*Client, error) {
	raw, err := json.Marshal(sdkConfig(h, s))
	if err != nil {
		return nil, fmt.Errorf("encoding the configuration of the Fabric client: %w", err)
	}
	sdk, err := fabsdk.New(config.FromRaw(raw, "json"))
	if err != nil {
		return nil, fmt.Errorf("preparing the Fabric client: %w", err)
	}
	return &Client{home: h, state: s, sdk: sdk, admins: map[string]*administrator{}}, nil
}

// Close ends the client's connections.
func (c *Client) Close() { c.sdk.Close() }

// Prepare loads the administrators on this machine, after which the client's
// methods may be called at the same time.
func (c *Client) Prepare() error { return c.each(func(*administrator) error { return nil }) }

// administrator returns the one who acts for an organisation, made on first
// use. It must not be called at the same time by two goroutines.
func (c *Client) administrator(organisation string) (*administrator, error) {
	if a, ok := c.admins[organisation]; ok {
		return a, nil
	}
	o, err := c.state.Topology.Organisation(organisation)
	if err != nil {
		return nil, err
	}
	identity, err := c.signer(organisation, network.AdminIdentity)
	if err != nil {
		return nil, err
	}
	resources, err := resmgmt.New(c.sdk.Context(fabsdk.WithIdentity(identity), fabsdk.WithOrg(organisation)))
	if err != nil {
		return nil, fmt.Errorf("preparing the administrator of %s: %w", organisation, err)
	}
	a := &administrator{organisation: o, identity: identity, resources: resources}
	c.admins[organisation] = a
	return a, nil
}

// ledger prepares to ask peers about the channel as an administrator.
func (c *Client) ledger(a *administrator) (*ledger.Client, error) {
	return ledger.New(c.sdk.ChannelContext(network.Channel, fabsdk.WithIdentity(a.identity), fabsdk.WithOrg(a.organisation.Name)))
}

// signer loads an identity from its files.
func (c *Client) signer(organisation, name string) (mspapi.SigningIdentity, error) {
	files := c.home.Crypto().Identity(organisation, name)
	certificate, err := os.ReadFile(files.Certificate())
	if err != nil {
		return nil, fmt.Errorf("reading the certificate of %s of %s: %w", name, organisation, err)
	}
	key, err := os.ReadFile(files.Key())
	if err != nil {
		return nil, fmt.Errorf("reading the key of %s of %s: %w", name, organisation, err)
	}
	members, err := msp.New(c.sdk.Context(), msp.WithOrg(organisation))
	if err != nil {
		return nil, fmt.Errorf("preparing the members of %s: %w", organisation, err)
	}
	identity, err := members.CreateSigningIdentity(mspapi.WithCert(certificate), mspapi.WithPrivateKey(key))
	if err != nil {
		return nil, fmt.Errorf("loading the identity %s of %s: %w", name, organisation, err)
	}
	return identity, nil
}

// asker returns an administrator who is on this machine, the registrar's where it
// is, for what any member may ask or send.
func (c *Client) asker() (*administrator, error) {
	if c.state.Here(c.state.Topology.Registrar) {
		return c.administrator(c.state.Topology.Registrar)
	}
	local := c.state.Local()
	if len(local) == 0 {
		return nil, errors.New("no organisation has its keys on this machine")
	}
	return c.administrator(local[0].Name)
}

// each does something for every organisation on this machine at the same time
// and joins the errors.
func (c *Client) each(do func(*administrator) error) error {
	var admins []*administrator
	for _, o := range c.state.Local() {
		a, err := c.administrator(o.Name)
		if err != nil {
			return err
		}
		admins = append(admins, a)
	}
	faults := make([]error, len(admins))
	var wait sync.WaitGroup
	for i, a := range admins {
		wait.Go(func() { faults[i] = do(a) })
	}
	wait.Wait()
	return errors.Join(faults...)
}

// persist tries a step until it works, the context ends or the limit is
// reached, and returns the last error.
func persist(ctx context.Context, what string, step func(context.Context) error) error {
	return persistFor(ctx, stepLimit, what, step)
}

func persistFor(ctx context.Context, limit time.Duration, what string, step func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for tries := 1; ; tries++ {
		err := step(ctx)
		if err == nil {
			return nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("%s (%d tries): %w", what, tries, err)
		}
	}
}

// peers lists the addresses of an organisation's peers.
func (c *Client) peers(o network.Organisation) []string {
	var addresses []string
	for _, n := range o.PeerNodes() {
		addresses = append(addresses, c.state.Address(n.Name, network.ListenPort))
	}
	return addresses
}

// orderer is the address of an orderer, a different one at each call, so that a
// step that is tried again does not meet the same dead one.
func (c *Client) orderer() string {
	nodes := c.state.Topology.OrdererNodes()
	n := nodes[int(c.turn.Add(1))%len(nodes)]
	return c.state.Address(n.Name, network.ListenPort)
}
