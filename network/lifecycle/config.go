package lifecycle

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	//lint:ignore SA1019 fabric-protos-go's messages are of this module.
	"github.com/golang/protobuf/proto"
	"github.com/hyperledger/fabric-protos-go/common"
	mspproto "github.com/hyperledger/fabric-protos-go/msp"
	"github.com/hyperledger/fabric-sdk-go/pkg/client/resmgmt"
	mspapi "github.com/hyperledger/fabric-sdk-go/pkg/common/providers/msp"

	"github.com/skuld-registry/skuld/network"
)

// The names in a channel's configuration tree.
const (
	applicationGroup = "Application"
	mspValue         = "MSP"
	anchorsValue     = "AnchorPeers"
	adminsPolicy     = "Admins"
)

// reconfigure changes the channel's configuration, which the signers must be
// entitled to. A change that leaves it as it is was made already.
func (c *Client) reconfigure(ctx context.Context, signers []mspapi.SigningIdentity, change func(*common.Config) error) error {
	update, err := c.update(ctx, change)
	if err != nil || update == nil {
		return err
	}
	signatures, err := c.sign(update, signers)
	if err != nil {
		return err
	}
	return c.submit(ctx, update, signatures)
}

// update works out a change of the channel's configuration as it is now, as the
// bytes of a ConfigUpdate. There are none if the change leaves it as it is.
func (c *Client) update(ctx context.Context, change func(*common.Config) error) ([]byte, error) {
	a, err := c.asker()
	if err != nil {
		return nil, err
	}
	now, err := c.config(ctx, a)
	if err != nil {
		return nil, err
	}
	next, ok := proto.Clone(now).(*common.Config)
	if !ok {
		return nil, errors.New("copying the channel's configuration")
	}
	if err := change(next); err != nil {
		return nil, err
	}
	if proto.Equal(now, next) {
		return nil, nil
	}
	update, err := resmgmt.CalculateConfigUpdate(network.Channel, now, next)
	if err != nil {
		return nil, fmt.Errorf("working out the change of the channel's configuration: %w", err)
	}
	b, err := proto.Marshal(update)
	if err != nil {
		return nil, fmt.Errorf("writing the change of the channel's configuration: %w", err)
	}
	return b, nil
}

// sign signs a change of the configuration.
func (c *Client) sign(update []byte, signers []mspapi.SigningIdentity) ([]*common.ConfigSignature, error) {
	a, err := c.asker()
	if err != nil {
		return nil, err
	}
	envelope, err := updateEnvelope(update)
	if err != nil {
		return nil, err
	}
	var all []*common.ConfigSignature
	for _, s := range signers {
		signature, err := a.resources.CreateConfigSignatureFromReader(s, bytes.NewReader(envelope))
		if err != nil {
			return nil, fmt.Errorf("signing the change of the channel's configuration: %w", err)
		}
		all = append(all, signature)
	}
	return all, nil
}

// submit sends a signed change of the configuration to an orderer.
func (c *Client) submit(ctx context.Context, update []byte, signatures []*common.ConfigSignature) error {
	a, err := c.asker()
	if err != nil {
		return err
	}
	envelope, err := updateEnvelope(update)
	if err != nil {
		return err
	}
	_, err = a.resources.SaveChannel(
		resmgmt.SaveChannelRequest{ChannelID: network.Channel, ChannelConfig: bytes.NewReader(envelope)},
		resmgmt.WithConfigSignatures(signatures...), resmgmt.WithOrdererEndpoint(c.orderer()), resmgmt.WithParentContext(ctx))
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
	fabricMSP, err := decodeMSP(value)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the members of %s: %w", mspID, err)
	}
	return value, fabricMSP, nil
}

func decodeMSP(value *common.ConfigValue) (*mspproto.FabricMSPConfig, error) {
	var wrapped mspproto.MSPConfig
	if err := proto.Unmarshal(value.GetValue(), &wrapped); err != nil {
		return nil, err
	}
	var fabricMSP mspproto.FabricMSPConfig
	if err := proto.Unmarshal(wrapped.Config, &fabricMSP); err != nil {
		return nil, err
	}
	return &fabricMSP, nil
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

// updateEnvelope wraps the bytes of a ConfigUpdate the way the SDK takes them
// apart again before it signs them.
func updateEnvelope(update []byte) ([]byte, error) {
	for _, wrap := range []func([]byte) proto.Message{
		func(b []byte) proto.Message { return &common.ConfigUpdateEnvelope{ConfigUpdate: b} },
		func(b []byte) proto.Message { return &common.Payload{Data: b} },
		func(b []byte) proto.Message { return &common.Envelope{Payload: b} },
	} {
		var err error
		if update, err = proto.Marshal(wrap(update)); err != nil {
			return nil, fmt.Errorf("writing a configuration update: %w", err)
		}
	}
	return update, nil
}
