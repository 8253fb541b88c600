package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	//lint:ignore SA1019 fabric-protos-go's messages are of this module.
	"github.com/golang/protobuf/proto"
	"github.com/hyperledger/fabric-protos-go/common"
	mspproto "github.com/hyperledger/fabric-protos-go/msp"
	mspapi "github.com/hyperledger/fabric-sdk-go/pkg/common/providers/msp"

	"github.com/skuld-registry/skuld/network"
)

// Sign adds to a candidate the signatures of the administrators whose keys are on
// this machine. They sign the change of the configuration that admits just this
// candidate: one that came with it is compared with the one worked out here.
func (c *Client) Sign(ctx context.Context, candidate network.Candidate) (network.Candidate, error) {
	what := "signing the admission of " + candidate.Organisation.Name
	if err := candidate.Check(); err != nil {
		return candidate, fmt.Errorf("%s: %w", what, err)
	}
	var update []byte
	err := persist(ctx, what, func(ctx context.Context) (err error) {
		update, err = c.admission(ctx, candidate)
		return err
	})
	if err != nil {
		return candidate, err
	}
	if update == nil {
		return candidate, fmt.Errorf("%s: it is a member already", what)
	}
	update, signatures, err := c.collect(update, candidate)
	if err != nil {
		return candidate, fmt.Errorf("%s: %w", what, err)
	}
	candidate.Update, candidate.Signatures = update, nil
	for _, s := range signatures {
		b, err := proto.Marshal(s)
		if err != nil {
			return candidate, fmt.Errorf("%s: %w", what, err)
		}
		candidate.Signatures = append(candidate.Signatures, b)
	}
	return candidate, nil
}

// Quorum says who must sign beside those whose keys are on this machine, before
// an organisation can join without a word from others.
func (c *Client) Quorum() error {
	signers, err := c.signers(nil)
	if err != nil {
		return err
	}
	var ids []string
	for _, s := range signers {
		ids = append(ids, s.Identifier().MSPID)
	}
	return c.enough(ids)
}

// enough says whether signatures admit a candidate: the orderers' and those of
// more than half of the members.
func (c *Client) enough(signers []string) error {
	members := 0
	for _, o := range c.state.Members() {
		if slices.Contains(signers, o.MSPID) {
			members++
		}
	}
	if all := len(c.state.Members()); 2*members <= all || !slices.Contains(signers, network.OrdererMSP) {
		return fmt.Errorf("the orderers and more than half of the %d members must sign, and only %v have their administrator's key here or have signed; the others sign a request with `network organisation sign`",
			all, signers)
	}
	return nil
}

// signed gives the update to submit and its signatures, if those are enough.
func (c *Client) signed(update []byte, candidate network.Candidate) ([]byte, []*common.ConfigSignature, error) {
	update, signatures, err := c.collect(update, candidate)
	if err != nil {
		return nil, nil, err
	}
	signers, err := signersOf(signatures)
	if err != nil {
		return nil, nil, err
	}
	return update, signatures, c.enough(signers)
}

// collect gives the update that a candidate brings, or else the one worked out
// here, with the signatures that it brings and those that can be made here.
func (c *Client) collect(update []byte, candidate network.Candidate) ([]byte, []*common.ConfigSignature, error) {
	var signatures []*common.ConfigSignature
	if candidate.Update != nil {
		if err := sameUpdate(update, candidate.Update); err != nil {
			return nil, nil, err
		}
		update = candidate.Update // A signature is over its very bytes.
	}
	for _, b := range candidate.Signatures {
		var s common.ConfigSignature
		if err := proto.Unmarshal(b, &s); err != nil {
			return nil, nil, fmt.Errorf("reading a signature: %w", err)
		}
		signatures = append(signatures, &s)
	}
	have, err := signersOf(signatures)
	if err != nil {
		return nil, nil, err
	}
	signers, err := c.signers(have)
	if err != nil {
		return nil, nil, err
	}
	own, err := c.sign(update, signers)
	return update, append(signatures, own...), err
}

// sameUpdate refuses a change that is not the one worked out here. The bytes may
// differ: protobuf writes maps in any order.
func sameUpdate(here, brought []byte) error {
	var a, b common.ConfigUpdate
	if err := errors.Join(proto.Unmarshal(here, &a), proto.Unmarshal(brought, &b)); err != nil {
		return fmt.Errorf("reading a change of the configuration: %w", err)
	}
	if !proto.Equal(&a, &b) {
		return errors.New("the change that was signed is not the one that admits this candidate to the channel as it is now; let the request be signed anew")
	}
	return nil
}

// signersOf lists the MSP ids of those who made signatures.
func signersOf(signatures []*common.ConfigSignature) ([]string, error) {
	var ids []string
	for _, s := range signatures {
		var header common.SignatureHeader
		var creator mspproto.SerializedIdentity
		if err := proto.Unmarshal(s.SignatureHeader, &header); err != nil {
			return nil, fmt.Errorf("reading who made a signature: %w", err)
		}
		if err := proto.Unmarshal(header.Creator, &creator); err != nil {
			return nil, fmt.Errorf("reading who made a signature: %w", err)
		}
		ids = append(ids, creator.Mspid)
	}
	return ids, nil
}

// signers loads the administrators of the orderers and of the members whose keys
// are on this machine, but for those who have signed.
func (c *Client) signers(have []string) ([]mspapi.SigningIdentity, error) {
	owners := []network.Organisation{{Name: network.OrdererOwner, MSPID: network.OrdererMSP}}
	var all []mspapi.SigningIdentity
	for _, o := range append(owners, c.state.Members()...) {
		key := c.home.Crypto().Identity(o.Name, network.AdminIdentity).Key()
		if _, err := os.Stat(key); errors.Is(err, fs.ErrNotExist) || slices.Contains(have, o.MSPID) {
			continue
		}
		identity, err := c.signer(o.Name, network.AdminIdentity)
		if err != nil {
			return nil, err
		}
		all = append(all, identity)
	}
	return all, nil
}
