package lifecycle

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	//lint:ignore SA1019 fabric-protos-go's messages are of this module.
	"github.com/golang/protobuf/proto"
	"github.com/hyperledger/fabric-protos-go/common"
	mspproto "github.com/hyperledger/fabric-protos-go/msp"
	"github.com/hyperledger/fabric-protos-go/peer"
	"github.com/hyperledger/fabric-sdk-go/pkg/client/ledger"
	"github.com/hyperledger/fabric-sdk-go/third_party/github.com/hyperledger/fabric/common/policydsl"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/pki"
)

// An organisation becomes a member by one change of the channel's configuration,
// which a majority of the members' administrators and the orderers' own must
// sign. It adds the organisation's roots and anchor peers, and names it in the
// channel's policies, which are written out (see package network).

// Admit makes a candidate a member of the channel, by the signatures that it
// brings and those of the administrators whose keys are on this machine. One that
// is a member already stays as it is.
func (c *Client) Admit(ctx context.Context, candidate network.Candidate) error {
	what := "making " + candidate.Organisation.Name + " a member of the channel"
	var update []byte
	var signatures []*common.ConfigSignature
	err := persist(ctx, what, func(ctx context.Context) (err error) {
		update, err = c.admission(ctx, candidate)
		return err
	})
	if err != nil || update == nil {
		return err
	}
	if update, signatures, err = c.signed(update, candidate); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return persist(ctx, what, func(ctx context.Context) error {
		if left, err := c.admission(ctx, candidate); err != nil || left == nil {
			return err // An earlier try was heard after all.
		}
		return c.submit(ctx, update, signatures)
	})
}

// admission works out the change of the configuration that admits a candidate.
func (c *Client) admission(ctx context.Context, candidate network.Candidate) ([]byte, error) {
	registrar, err := c.state.Topology.Organisation(c.state.Topology.Registrar)
	if err != nil {
		return nil, err
	}
	group, err := memberGroup(candidate)
	if err != nil {
		return nil, err
	}
	return c.update(ctx, func(config *common.Config) error {
		return admit(config, newMember{id: candidate.Organisation.MSPID, registrar: registrar.MSPID, group: group})
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

// newMember is an organisation's group in the configuration, and the registrar's
// MSP id, which the policies name apart.
type newMember struct {
	id, registrar string
	group         *common.ConfigGroup
}

// admit adds a member to a configuration and rewrites the policies that name the
// members: those that the configuration has, whatever this machine knows of.
func admit(config *common.Config, m newMember) error {
	channel := config.GetChannelGroup()
	application := channel.GetGroups()[applicationGroup]
	if application.GetGroups() == nil {
		return fmt.Errorf("the channel's configuration has no group %s", applicationGroup)
	}
	if there := application.Groups[m.id]; there != nil {
		return sameRoots(there, m)
	}
	application.Groups[m.id] = m.group
	t := network.Topology{Registrar: m.registrar}
	for _, id := range slices.Sorted(maps.Keys(application.Groups)) {
		t.Organisations = append(t.Organisations, network.Organisation{Name: id, MSPID: id})
	}
	if _, err := t.Organisation(m.registrar); err != nil {
		return fmt.Errorf("the registrar %s is no member of the channel", m.registrar)
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

// sameRoots refuses a candidate that has the id of a member and is another.
func sameRoots(there *common.ConfigGroup, m newMember) error {
	is, err := decodeMSP(there.GetValues()[mspValue])
	if err != nil {
		return fmt.Errorf("reading the members of %s: %w", m.id, err)
	}
	asks, err := decodeMSP(m.group.GetValues()[mspValue])
	if err != nil {
		return fmt.Errorf("reading the candidate %s: %w", m.id, err)
	}
	if !slices.EqualFunc(is.RootCerts, asks.RootCerts, bytes.Equal) || !slices.EqualFunc(is.TlsRootCerts, asks.TlsRootCerts, bytes.Equal) {
		return fmt.Errorf("the channel has a member %s with other roots", m.id)
	}
	return nil
}

// memberGroup is a candidate's part of the channel's configuration, as
// configtx.yaml writes it for the first members.
func memberGroup(candidate network.Candidate) (*common.ConfigGroup, error) {
	o := candidate.Organisation
	group := &common.ConfigGroup{
		ModPolicy: adminsPolicy,
		Values:    map[string]*common.ConfigValue{},
		Policies:  map[string]*common.ConfigPolicy{},
		Groups:    map[string]*common.ConfigGroup{},
	}
	members, err := members(candidate)
	if err != nil {
		return nil, err
	}
	anchors := &peer.AnchorPeers{}
	for _, n := range o.PeerNodes() {
		anchors.AnchorPeers = append(anchors.AnchorPeers, &peer.AnchorPeer{
			Host: candidate.Host,
			Port: int32(candidate.Ports[network.PortKey(n.Name, network.ListenPort)]), //nolint:gosec // A port has 16 bits.
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

// members describes who a candidate's members are: whoever holds a certificate
// under its root, with the role that the certificate's organisational unit says
// (pki.WriteMSP writes the same as files).
func members(candidate network.Candidate) (*mspproto.MSPConfig, error) {
	o, root, tlsRoot := candidate.Organisation, []byte(candidate.Roots.Enrolment), []byte(candidate.Roots.TLS)
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
