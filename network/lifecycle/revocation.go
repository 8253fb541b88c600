package lifecycle

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"

	//lint:ignore SA1019 fabric-protos-go's messages are of this module.
	"github.com/golang/protobuf/proto"
	"github.com/hyperledger/fabric-protos-go/common"
	mspproto "github.com/hyperledger/fabric-protos-go/msp"
	"github.com/hyperledger/fabric-sdk-go/pkg/client/ledger"
	"github.com/hyperledger/fabric-sdk-go/pkg/client/resmgmt"
	mspapi "github.com/hyperledger/fabric-sdk-go/pkg/common/providers/msp"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk"

	"github.com/skuld-registry/skuld/network"
)

// A certificate that its authority has revoked can go on committing until the
// channel's configuration carries the revocation list: peers and orderers ask
// nobody else. The organisation's own administrator may put it there.

// The names in a channel's configuration tree.
const (
	applicationGroup = "Application"
	mspValue         = "MSP"
)

// Revoked lists the serial numbers that the channel refuses for an
// organisation.
func (c *Client) Revoked(ctx context.Context, organisation string) ([]*big.Int, error) {
	a, err := c.administrator(organisation)
	if err != nil {
		return nil, err
	}
	config, err := c.config(ctx, a)
	if err != nil {
		return nil, err
	}
	_, fabricMSP, err := mspOf(config, a.organisation.MSPID)
	if err != nil {
		return nil, err
	}
	var serials []*big.Int
	for _, text := range fabricMSP.RevocationList {
		list, err := parseList(text)
		if err != nil {
			return nil, fmt.Errorf("reading the channel's revocation list of %s: %w", organisation, err)
		}
		for _, e := range list.RevokedCertificateEntries {
			serials = append(serials, e.SerialNumber)
		}
	}
	return serials, nil
}

// PublishRevocations puts a revocation list (PEM) into the channel's
// configuration of an organisation, and returns when every peer has it. A list
// there that revokes nothing more is replaced.
func (c *Client) PublishRevocations(ctx context.Context, organisation string, list []byte) error {
	if err := c.Prepare(); err != nil {
		return err
	}
	a, err := c.administrator(organisation)
	if err != nil {
		return err
	}
	err = persist(ctx, "putting the revocation list of "+organisation+" into the channel", func(ctx context.Context) error {
		return c.publishOnce(ctx, a, list)
	})
	if err != nil {
		return err
	}
	return c.each(func(asker *administrator) error {
		for _, peer := range c.peers(asker.organisation) {
			what := "waiting until the peers of " + asker.organisation.Name + " have the revocation list"
			err := persist(ctx, what, func(context.Context) error { return c.hasList(asker, peer, a.organisation.MSPID, list) })
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Client) publishOnce(ctx context.Context, a *administrator, list []byte) error {
	now, err := c.config(ctx, a)
	if err != nil {
		return err
	}
	next, ok := proto.Clone(now).(*common.Config)
	if !ok {
		return errors.New("copying the channel's configuration")
	}
	value, fabricMSP, err := mspOf(next, a.organisation.MSPID)
	if err != nil {
		return err
	}
	merged, err := mergeLists(fabricMSP.RevocationList, list)
	if err != nil {
		return err
	}
	if slices.EqualFunc(merged, fabricMSP.RevocationList, bytes.Equal) {
		return nil // An earlier try was heard after all.
	}
	fabricMSP.RevocationList = merged
	if err := setMSP(value, fabricMSP); err != nil {
		return err
	}
	update, err := resmgmt.CalculateConfigUpdate(network.Channel, now, next)
	if err != nil {
		return err
	}
	envelope, err := updateEnvelope(update)
	if err != nil {
		return err
	}
	_, err = a.resources.SaveChannel(resmgmt.SaveChannelRequest{
		ChannelID: network.Channel, ChannelConfig: bytes.NewReader(envelope),
		SigningIdentities: []mspapi.SigningIdentity{a.identity},
	}, resmgmt.WithOrdererEndpoint(c.orderer()), resmgmt.WithParentContext(ctx))
	return err
}

// config asks an orderer for the channel's configuration.
func (c *Client) config(ctx context.Context, a *administrator) (*common.Config, error) {
	block, err := a.resources.QueryConfigBlockFromOrderer(network.Channel,
		resmgmt.WithOrdererEndpoint(c.orderer()), resmgmt.WithParentContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("asking for the channel's configuration: %w", err)
	}
	return configOf(block)
}

// hasList fails until the peer's channel has the list.
func (c *Client) hasList(asker *administrator, peer, mspID string, list []byte) error {
	client, err := ledger.New(c.sdk.ChannelContext(network.Channel,
		fabsdk.WithIdentity(asker.identity), fabsdk.WithOrg(asker.organisation.Name)))
	if err != nil {
		return err
	}
	block, err := client.QueryConfigBlock(ledger.WithTargetEndpoints(peer))
	if err != nil {
		return err
	}
	config, err := configOf(block)
	if err != nil {
		return err
	}
	_, fabricMSP, err := mspOf(config, mspID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(fabricMSP.RevocationList, func(l []byte) bool { return bytes.Equal(l, list) }) {
		return fmt.Errorf("%s does not have the list yet", peer)
	}
	return nil
}

// mergeLists adds a list and drops those that revoke nothing more.
func mergeLists(lists [][]byte, add []byte) ([][]byte, error) {
	added, err := parseList(add)
	if err != nil {
		return nil, fmt.Errorf("reading the new revocation list: %w", err)
	}
	var merged [][]byte
	for _, text := range lists {
		old, err := parseList(text)
		if err != nil {
			return nil, fmt.Errorf("reading the channel's revocation list: %w", err)
		}
		if !covers(added, old) {
			merged = append(merged, text)
		}
	}
	return append(merged, add), nil
}

// covers says whether a newer list of the same issuer revokes all that an older
// one does.
func covers(newer, older *x509.RevocationList) bool {
	if !bytes.Equal(newer.RawIssuer, older.RawIssuer) {
		return false
	}
	for _, o := range older.RevokedCertificateEntries {
		same := func(n x509.RevocationListEntry) bool { return n.SerialNumber.Cmp(o.SerialNumber) == 0 }
		if !slices.ContainsFunc(newer.RevokedCertificateEntries, same) {
			return false
		}
	}
	return true
}

func parseList(text []byte) (*x509.RevocationList, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	return x509.ParseRevocationList(block.Bytes)
}

func configOf(block *common.Block) (*common.Config, error) {
	if block.GetData() == nil || len(block.Data.Data) != 1 {
		return nil, errors.New("reading a configuration block: it does not hold one transaction")
	}
	var envelope common.Envelope
	var payload common.Payload
	var config common.ConfigEnvelope
	for _, step := range []struct {
		from func() []byte
		into proto.Message
	}{
		{func() []byte { return block.Data.Data[0] }, &envelope},
		{func() []byte { return envelope.Payload }, &payload},
		{func() []byte { return payload.Data }, &config},
	} {
		if err := proto.Unmarshal(step.from(), step.into); err != nil {
			return nil, fmt.Errorf("reading a configuration block: %w", err)
		}
	}
	return config.Config, nil
}

// mspOf finds an organisation's MSP in a configuration. The value is the one in
// the tree.
func mspOf(config *common.Config, mspID string) (*common.ConfigValue, *mspproto.FabricMSPConfig, error) {
	group := config.GetChannelGroup().GetGroups()[applicationGroup].GetGroups()[mspID]
	value := group.GetValues()[mspValue]
	if value == nil {
		return nil, nil, fmt.Errorf("the channel's configuration has no organisation %s", mspID)
	}
	var wrapped mspproto.MSPConfig
	if err := proto.Unmarshal(value.Value, &wrapped); err != nil {
		return nil, nil, fmt.Errorf("reading the members of %s: %w", mspID, err)
	}
	var fabricMSP mspproto.FabricMSPConfig
	if err := proto.Unmarshal(wrapped.Config, &fabricMSP); err != nil {
		return nil, nil, fmt.Errorf("reading the members of %s: %w", mspID, err)
	}
	return value, &fabricMSP, nil
}

func setMSP(value *common.ConfigValue, fabricMSP *mspproto.FabricMSPConfig) error {
	var wrapped mspproto.MSPConfig
	if err := proto.Unmarshal(value.Value, &wrapped); err != nil {
		return fmt.Errorf("reading an organisation's members: %w", err)
	}
	inner, err := proto.Marshal(fabricMSP)
	if err != nil {
		return fmt.Errorf("writing an organisation's members: %w", err)
	}
	wrapped.Config = inner
	value.Value, err = proto.Marshal(&wrapped)
	if err != nil {
		return fmt.Errorf("writing an organisation's members: %w", err)
	}
	return nil
}

// updateEnvelope wraps a configuration update the way the SDK takes it apart
// again before it signs it.
func updateEnvelope(update *common.ConfigUpdate) ([]byte, error) {
	var inner []byte
	var err error
	for _, wrap := range []func([]byte) proto.Message{
		func([]byte) proto.Message { return update },
		func(b []byte) proto.Message { return &common.ConfigUpdateEnvelope{ConfigUpdate: b} },
		func(b []byte) proto.Message { return &common.Payload{Data: b} },
		func(b []byte) proto.Message { return &common.Envelope{Payload: b} },
	} {
		if inner, err = proto.Marshal(wrap(inner)); err != nil {
			return nil, fmt.Errorf("writing a configuration update: %w", err)
		}
	}
	return inner, nil
}
