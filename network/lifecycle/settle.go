package lifecycle

import (
	"context"
	"fmt"

	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/comm"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/discovery"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk"

	"github.com/skuld-registry/skuld/network"
)

// Settle waits until every peer on this machine knows every other there, and the
// registrar's wherever they are, with every chaincode. Before that a peer's
// gateway answers that no combination of peers can endorse. Those of a member on
// another machine may be down.
func (c *Client) Settle(ctx context.Context) error {
	return c.each(func(a *administrator) error {
		client, err := c.sdk.Context(fabsdk.WithIdentity(a.identity), fabsdk.WithOrg(a.organisation.Name))()
		if err != nil {
			return fmt.Errorf("preparing to ask the peers of %s: %w", a.organisation.Name, err)
		}
		asker, err := discovery.New(client)
		if err != nil {
			return fmt.Errorf("preparing to ask the peers of %s: %w", a.organisation.Name, err)
		}
		for _, peer := range c.peers(a.organisation) {
			target, err := comm.NetworkPeerConfig(client.EndpointConfig(), peer)
			if err != nil {
				return fmt.Errorf("preparing to ask the peers of %s: %w", a.organisation.Name, err)
			}
			for _, cc := range c.state.Topology.Chaincodes {
				err := persist(ctx, fmt.Sprintf("waiting until the peers of %s know all others", a.organisation.Name), func(ctx context.Context) error {
					return c.knowsAll(ctx, asker, target.PeerConfig, cc.Name)
				})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (c *Client) knowsAll(ctx context.Context, asker discovery.Client, peer fab.PeerConfig, chaincode string) error {
	call := discovery.CcCalls(chaincode)
	answers, err := asker.Send(ctx, discovery.NewRequest().OfChannel(network.Channel).AddPeersQuery(call...), peer)
	if err != nil {
		return err
	}
	for answer := range answers {
		if err := answer.Error(); err != nil {
			return err
		}
		known, err := answer.ForChannel(network.Channel).Peers(call...)
		if err != nil {
			return err
		}
		count := map[string]int{}
		for _, p := range known {
			count[p.MSPID]++
		}
		for _, o := range c.state.Topology.Organisations {
			needed := c.state.Here(o.Name) || o.Name == c.state.Topology.Registrar
			if needed && count[o.MSPID] < o.Peers {
				return fmt.Errorf("%s knows %d of %d peers of %s with %s", peer.URL, count[o.MSPID], o.Peers, o.Name, chaincode)
			}
		}
	}
	return nil
}
