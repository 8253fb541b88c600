package lifecycle

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	//lint:ignore SA1019 fabric-protos-go's messages are of this module.
	"github.com/golang/protobuf/proto"
	"github.com/hyperledger/fabric-protos-go/common"
	mspproto "github.com/hyperledger/fabric-protos-go/msp"
	"github.com/hyperledger/fabric-protos-go/peer"
	"github.com/hyperledger/fabric-sdk-go/pkg/client/ledger"
	mspapi "github.com/hyperledger/fabric-sdk-go/pkg/common/providers/msp"
	"github.com/hyperledger/fabric-sdk-go/third_party/github.com/hyperledger/fabric/common/policydsl"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/pki"
)

// An organisation becomes a member by one change of the channel's configuration,
// which a majority of the members' administrators and the orderers' own must
// sign. It adds the organisation's roots and anchor peers, and names it in the
// channel's policies, which are written out (see package network). Only public
// files of the newcomer are read.

// Admit makes an organisation of the topology a member of the channel. One that
// is a member already stays as it is.
func (c *Client) Admit(ctx context.Context, organisation string) error {
	o, err := c.state.Topology.Organisation(organisation)
	if err != nil {
		return err
	}
	group, err := c.memberGroup(o)
	if err != nil {
		return err
	}
	signers, err := c.signers()
	if err != nil {
		return err
	}
	return persist(ctx, "making "+organisation+" a member of the channel", func(ctx context.Context) error {
		return c.reconfigure(ctx, signers, func(config *common.Config) error {
			return admit(config, c.state.Topology, newMember{id: o.MSPID, group: group})
		})
	})
}

// Join lets the peers of a new member join the channel, and makes them serve the
// chaincodes that the channel has. The servers of its chaincodes must run.
func (c *Client) Join(ctx context.Context, organisation string) error {
	a, err := c.administrator(organisation)
	if err != nil {
		return err
	}
	if err := c.joinPeers(ctx, a); err != nil {
		return err
	}
	if err := c.awaitHeight(ctx, a); err != nil {
		return err
	}
	for _, d := range c.state.Deployments {
		if !d.Committed {
			continue // An upgrade that is to be taken up again includes the member.
		}
		if err := c.install(ctx, a, d); err != nil {
			return err
		}
		// Approved again, a definition that the channel has tells the member's
		// peers which package is theirs.
		if err := c.approve(ctx, a, d); err != nil {
			return err
		}
	}
	return nil
}

// catchUpLimit is how long a new peer may take for the blocks that the channel
// has: a thousand blocks take about a second.
const catchUpLimit = 2 * time.Hour

// awaitHeight waits until the organisation's peers have the blocks that the
// registrar's peer has now.
func (c *Client) awaitHeight(ctx context.Context, a *administrator) error {
	registrar, err := c.state.Topology.Organisation(c.state.Topology.Registrar)
	if err != nil {
		return err
	}
	var want uint64
	err = persist(ctx, "asking for the channel's height", func(context.Context) error {
		want, err = c.height(a, c.peers(registrar)[0])
		return err
	})
	if err != nil {
		return err
	}
	for _, peer := range c.peers(a.organisation) {
		err := persistFor(ctx, catchUpLimit, "waiting until "+peer+" has the channel's blocks", func(context.Context) error {
			has, err := c.height(a, peer)
			if err == nil && has < want {
				err = fmt.Errorf("it has %d of %d", has, want)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) height(asker *administrator, peer string) (uint64, error) {
	client, err := c.ledger(asker)
	if err != nil {
		return 0, err
	}
	info, err := client.QueryInfo(ledger.WithTargetEndpoints(peer))
	if err != nil {
		return 0, err
	}
	return info.BCI.GetHeight(), nil
}

// newMember is an organisation's group in the configuration.
type newMember struct {
	id    string
	group *common.ConfigGroup
}

// admit adds a member to a configuration and rewrites the policies that name the
// members. The members there must be those that the topology knows of: the
// policies would shut out any other.
func admit(config *common.Config, t network.Topology, m newMember) error {
	channel := config.GetChannelGroup()
	application := channel.GetGroups()[applicationGroup]
	if application.GetGroups() == nil {
		return fmt.Errorf("the channel's configuration has no group %s", applicationGroup)
	}
	for id := range application.Groups {
		if !slices.ContainsFunc(t.Organisations, func(o network.Organisation) bool { return o.MSPID == id }) {
			return fmt.Errorf("the channel has a member %s that this network's state does not know", id)
		}
	}
	if application.Groups[m.id] == nil {
		application.Groups[m.id] = m.group
	}
	for _, p := range []struct {
		group *common.ConfigGroup
		name  string
		rule  string
	}{
		{channel, "Readers", network.WithOrderers(t.Readers())},
		{channel, "Writers", network.WithOrderers(t.Writers())},
		{application, "Readers", t.Readers()},
		{application, "Writers", t.Writers()},
		{application, "Endorsement", t.Endorsement()},
		{application, "LifecycleEndorsement", t.LifecycleEndorsement()},
	} {
		policy := p.group.GetPolicies()[p.name]
		if policy == nil {
			return fmt.Errorf("the channel's configuration has no policy %s", p.name)
		}
		signature, err := signaturePolicy(p.rule)
		if err != nil {
			return err
		}
		policy.Policy = signature
	}
	return nil
}

// memberGroup is an organisation's part of the channel's configuration, as
// configtx.yaml writes it for the first members.
func (c *Client) memberGroup(o network.Organisation) (*common.ConfigGroup, error) {
	group := &common.ConfigGroup{
		ModPolicy: adminsPolicy,
		Values:    map[string]*common.ConfigValue{},
		Policies:  map[string]*common.ConfigPolicy{},
		Groups:    map[string]*common.ConfigGroup{},
	}
	members, err := c.members(o)
	if err != nil {
		return nil, err
	}
	anchors := &peer.AnchorPeers{}
	for _, n := range o.PeerNodes() {
		anchors.AnchorPeers = append(anchors.AnchorPeers, &peer.AnchorPeer{
			Host: c.state.Host(n.Name, network.ListenPort),
			Port: int32(c.state.Port(n.Name, network.ListenPort)), //nolint:gosec // A port has 16 bits.
		})
	}
	for name, value := range map[string]proto.Message{mspValue: members, anchorsValue: anchors} {
		b, err := proto.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("writing the %s of %s: %w", name, o.Name, err)
		}
		group.Values[name] = &common.ConfigValue{ModPolicy: adminsPolicy, Value: b}
	}
	for name, rule := range map[string]string{
		"Readers":     "OR('%[1]s.admin','%[1]s.peer','%[1]s.client')",
		"Writers":     "OR('%[1]s.admin','%[1]s.client')",
		adminsPolicy:  "OR('%[1]s.admin')",
		"Endorsement": "OR('%[1]s.peer')",
	} {
		policy, err := signaturePolicy(fmt.Sprintf(rule, o.MSPID))
		if err != nil {
			return nil, err
		}
		group.Policies[name] = &common.ConfigPolicy{ModPolicy: adminsPolicy, Policy: policy}
	}
	return group, nil
}

// members describes who an organisation's members are: whoever holds a
// certificate under its root, with the role that the certificate's
// organisational unit says (pki.WriteMSP writes the same as files).
func (c *Client) members(o network.Organisation) (*mspproto.MSPConfig, error) {
	root, err := os.ReadFile(c.home.Crypto().Root(o.Name))
	if err != nil {
		return nil, fmt.Errorf("reading the root of %s: %w", o.Name, err)
	}
	tlsRoot, err := os.ReadFile(c.home.Crypto().TLSRoot(o.Name))
	if err != nil {
		return nil, fmt.Errorf("reading the TLS root of %s: %w", o.Name, err)
	}
	unit := func(r pki.Role) *mspproto.FabricOUIdentifier {
		return &mspproto.FabricOUIdentifier{Certificate: root, OrganizationalUnitIdentifier: string(r)}
	}
	inner, err := proto.Marshal(&mspproto.FabricMSPConfig{
		Name:         o.MSPID,
		RootCerts:    [][]byte{root},
		TlsRootCerts: [][]byte{tlsRoot},
		CryptoConfig: &mspproto.FabricCryptoConfig{SignatureHashFamily: "SHA2", IdentityIdentifierHashFunction: "SHA256"},
		FabricNodeOus: &mspproto.FabricNodeOUs{
			Enable:             true,
			ClientOuIdentifier: unit(pki.Client), PeerOuIdentifier: unit(pki.Peer),
			AdminOuIdentifier: unit(pki.Admin), OrdererOuIdentifier: unit(pki.Orderer),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("writing the members of %s: %w", o.Name, err)
	}
	return &mspproto.MSPConfig{Config: inner}, nil
}

func signaturePolicy(rule string) (*common.Policy, error) {
	envelope, err := policydsl.FromString(rule)
	if err != nil {
		return nil, fmt.Errorf("reading the policy %s: %w", rule, err)
	}
	b, err := proto.Marshal(envelope)
	if err != nil {
		return nil, fmt.Errorf("writing the policy %s: %w", rule, err)
	}
	return &common.Policy{Type: int32(common.Policy_SIGNATURE), Value: b}, nil
}

// signers loads the administrators of the members and of the orderers whose keys
// are on this machine. They must be the majority.
func (c *Client) signers() ([]mspapi.SigningIdentity, error) {
	owners := []string{network.OrdererOwner}
	for _, o := range c.state.Members() {
		owners = append(owners, o.Name)
	}
	var all []mspapi.SigningIdentity
	for _, owner := range owners {
		if !c.state.Here(owner) {
			continue
		}
		identity, err := c.signer(owner, network.AdminIdentity)
		if err != nil {
			return nil, err
		}
		all = append(all, identity)
	}
	return all, nil
}
