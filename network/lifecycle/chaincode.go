package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"os"

	pb "github.com/hyperledger/fabric-protos-go/peer"
	"github.com/hyperledger/fabric-sdk-go/pkg/client/resmgmt"
	"github.com/hyperledger/fabric-sdk-go/third_party/github.com/hyperledger/fabric/common/policydsl"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/material"
)

// Fabric's built-in ways to endorse and to validate.
const (
	endorsementPlugin = "escc"
	validationPlugin  = "vscc"
	// endorsementPolicy makes a chaincode's policy the channel's, so that
	// adding an organisation changes one rule.
	endorsementPolicy = "/Channel/Application/Endorsement"
)

// JoinPeers lets every peer join the channel, one after the other. A peer dials
// all others when it joins, and again after a while those that have not joined.
// Two that dial each other at once both hang up, and Fabric waits 5 s before
// they try again; peers that join one by one hardly ever do.
func (c *Client) JoinPeers(ctx context.Context) error {
	for _, o := range c.state.Local() {
		a, err := c.administrator(o.Name)
		if err != nil {
			return err
		}
		if err := c.joinPeers(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) joinPeers(ctx context.Context, a *administrator) error {
	for _, peer := range c.peers(a.organisation) {
		err := persist(ctx, "letting a peer of "+a.organisation.Name+" join the channel", func(ctx context.Context) error {
			return c.joinPeer(ctx, a, peer)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) joinPeer(ctx context.Context, a *administrator, peer string) error {
	joined, err := a.resources.QueryChannels(resmgmt.WithTargetEndpoints(peer), resmgmt.WithParentContext(ctx))
	if err != nil {
		return err
	}
	for _, ch := range joined.Channels {
		if ch.ChannelId == network.Channel {
			return nil
		}
	}
	return a.resources.JoinChannel(network.Channel, resmgmt.WithTargetEndpoints(peer),
		resmgmt.WithOrdererEndpoint(c.orderer()), resmgmt.WithParentContext(ctx))
}

// Install puts each organisation's package of a definition on its peers.
func (c *Client) Install(ctx context.Context, d network.Deployment) error {
	return c.each(func(a *administrator) error { return c.install(ctx, a, d) })
}

func (c *Client) install(ctx context.Context, a *administrator, d network.Deployment) error {
	p, err := material.PackageFor(c.home, d, a.organisation.Name)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(p.Path)
	if err != nil {
		return fmt.Errorf("reading a package: %w", err)
	}
	what := fmt.Sprintf("installing %s on the peers of %s", d.Label(), a.organisation.Name)
	return persist(ctx, what, func(ctx context.Context) error {
		// The SDK asks each peer first and leaves out those that have it.
		_, err := a.resources.LifecycleInstallCC(resmgmt.LifecycleInstallCCRequest{Label: d.Label(), Package: content},
			resmgmt.WithTargetEndpoints(c.peers(a.organisation)...), resmgmt.WithParentContext(ctx))
		return err
	})
}

// Deploy makes a definition the channel's: every organisation approves it, it is
// committed, and every peer has come to know that. The peers must have the
// packages.
func (c *Client) Deploy(ctx context.Context, d network.Deployment) error {
	committed, err := c.committed(ctx, d)
	if err != nil {
		return err
	}
	if !committed {
		if err := c.each(func(a *administrator) error { return c.approve(ctx, a, d) }); err != nil {
			return err
		}
		if err := c.commit(ctx, d); err != nil {
			return err
		}
	}
	return c.each(func(a *administrator) error { return c.awaitDefinition(ctx, a, d) })
}

// awaitDefinition waits until the peers of an organisation have a definition
// that the channel has.
func (c *Client) awaitDefinition(ctx context.Context, a *administrator, d network.Deployment) error {
	for _, peer := range c.peers(a.organisation) {
		what := fmt.Sprintf("waiting until the peers of %s have %s", a.organisation.Name, d.Label())
		err := persist(ctx, what, func(ctx context.Context) error {
			if has, err := c.committedAt(ctx, a, d, peer); has || err != nil {
				return err
			}
			return fmt.Errorf("%s has an earlier definition", peer)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// committed reports whether the channel has the definition or a later one.
func (c *Client) committed(ctx context.Context, d network.Deployment) (has bool, err error) {
	a, err := c.asker()
	if err != nil {
		return false, err
	}
	registrar, err := c.state.Topology.Organisation(c.state.Topology.Registrar)
	if err != nil {
		return false, err
	}
	err = persist(ctx, "asking for the definition of "+d.Chaincode, func(ctx context.Context) error {
		has, err = c.committedAt(ctx, a, d, c.peers(registrar)[0])
		return err
	})
	return has, err
}

// committedAt reports whether a peer has the definition or a later one.
func (c *Client) committedAt(ctx context.Context, a *administrator, d network.Deployment, peer string) (bool, error) {
	definitions, err := a.resources.LifecycleQueryCommittedCC(network.Channel, resmgmt.LifecycleQueryCommittedCCRequest{},
		resmgmt.WithTargetEndpoints(peer), resmgmt.WithParentContext(ctx))
	if err != nil {
		return false, err
	}
	for _, def := range definitions {
		if def.Name == d.Chaincode {
			return def.Sequence >= int64(d.Sequence), nil
		}
	}
	return false, nil
}

func (c *Client) approve(ctx context.Context, a *administrator, d network.Deployment) error {
	p, err := material.PackageFor(c.home, d, a.organisation.Name)
	if err != nil {
		return err
	}
	collections, err := c.collections(d.Chaincode)
	if err != nil {
		return err
	}
	request := resmgmt.LifecycleApproveCCRequest{
		Name: d.Chaincode, Version: d.Version(), PackageID: p.ID, Sequence: int64(d.Sequence),
		EndorsementPlugin: endorsementPlugin, ValidationPlugin: validationPlugin,
		ChannelConfigPolicy: endorsementPolicy, CollectionConfig: collections,
	}
	what := fmt.Sprintf("approving %s for %s", d.Label(), a.organisation.Name)
	peer := c.peers(a.organisation)[0]
	return persist(ctx, what, func(ctx context.Context) error {
		// An approval that changes nothing would write nothing, and be refused for
		// that: without the organisation's own key it needs everybody's consent.
		if c.approved(ctx, a, request) {
			return nil // An earlier try, or an earlier start, was heard.
		}
		_, err := a.resources.LifecycleApproveCC(network.Channel, request, resmgmt.WithTargetEndpoints(peer),
			resmgmt.WithOrdererEndpoint(c.orderer()), resmgmt.WithParentContext(ctx))
		return err
	})
}

// approved reports whether an organisation has approved a definition with the
// package. A peer that knows of no approval answers with an error.
func (c *Client) approved(ctx context.Context, a *administrator, r resmgmt.LifecycleApproveCCRequest) bool {
	is, err := a.resources.LifecycleQueryApprovedCC(network.Channel,
		resmgmt.LifecycleQueryApprovedCCRequest{Name: r.Name, Sequence: r.Sequence},
		resmgmt.WithTargetEndpoints(c.peers(a.organisation)[0]), resmgmt.WithParentContext(ctx))
	return err == nil && is.PackageID == r.PackageID
}

func (c *Client) commit(ctx context.Context, d network.Deployment) error {
	a, err := c.asker()
	if err != nil {
		return err
	}
	collections, err := c.collections(d.Chaincode)
	if err != nil {
		return err
	}
	request := resmgmt.LifecycleCommitCCRequest{
		Name: d.Chaincode, Version: d.Version(), Sequence: int64(d.Sequence),
		EndorsementPlugin: endorsementPlugin, ValidationPlugin: validationPlugin,
		ChannelConfigPolicy: endorsementPolicy, CollectionConfig: collections,
	}
	var endorsers []string
	for _, o := range c.state.Topology.Organisations {
		endorsers = append(endorsers, c.peers(o)[0])
	}
	return persist(ctx, "committing "+d.Label(), func(ctx context.Context) error {
		_, err := a.resources.LifecycleCommitCC(network.Channel, request, resmgmt.WithTargetEndpoints(endorsers...),
			resmgmt.WithOrdererEndpoint(c.orderer()), resmgmt.WithParentContext(ctx))
		if err == nil {
			return nil
		}
		// The answer may be lost and the transaction not.
		if done, queryErr := c.committed(ctx, d); done || queryErr != nil {
			return queryErr
		}
		return err
	})
}

// collections translates the topology's collections of a chaincode. The
// contract decides who may read, so that a holder's organisation can be shown a
// note it is not a member of the collection for; and any endorser may write,
// because the endorsement policy says who must agree. Nothing expires.
func (c *Client) collections(chaincode string) ([]*pb.CollectionConfig, error) {
	cc, err := c.state.Topology.Chaincode(chaincode)
	if err != nil {
		return nil, err
	}
	var configs []*pb.CollectionConfig
	for _, k := range cc.Collections {
		rule, err := c.state.Topology.MembersPolicy(k)
		if err != nil {
			return nil, err
		}
		policy, err := policydsl.FromString(rule)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("reading the members' policy of %s", k.Name), err)
		}
		configs = append(configs, &pb.CollectionConfig{Payload: &pb.CollectionConfig_StaticCollectionConfig{
			StaticCollectionConfig: &pb.StaticCollectionConfig{
				Name:              k.Name,
				RequiredPeerCount: int32(k.RequiredPeers), //nolint:gosec // Bounded by Topology.Validate.
				MaximumPeerCount:  int32(k.MaxPeers),      //nolint:gosec // Bounded by Topology.Validate.
				MemberOrgsPolicy: &pb.CollectionPolicyConfig{
					Payload: &pb.CollectionPolicyConfig_SignaturePolicy{SignaturePolicy: policy},
				},
			},
		}})
	}
	return configs, nil
}
