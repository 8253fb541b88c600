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

	"github.com/hyperledger/fabric-protos-go/common"
	mspproto "github.com/hyperledger/fabric-protos-go/msp"
	"github.com/hyperledger/fabric-sdk-go/pkg/client/ledger"
	mspapi "github.com/hyperledger/fabric-sdk-go/pkg/common/providers/msp"
)

// A certificate that its authority has revoked can go on committing until the
// channel's configuration carries the revocation list: peers and orderers ask
// nobody else. The organisation's own administrator may put it there.

// Revoked lists the serial numbers that the channel refuses for an
// organisation.
func (c *Client) Revoked(ctx context.Context, organisation string) ([]*big.Int, error) {
	a, err := c.administrator(organisation)
	if err != nil {
		return nil, err
	}
	var fabricMSP *mspproto.FabricMSPConfig
	err = persist(ctx, "reading the revocations of "+organisation, func(ctx context.Context) error {
		config, err := c.config(ctx, a)
		if err != nil {
			return err
		}
		_, fabricMSP, err = mspOf(config, a.organisation.MSPID)
		return err
	})
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
		return c.reconfigure(ctx, []mspapi.SigningIdentity{a.identity}, func(config *common.Config) error {
			return addList(config, a.organisation.MSPID, list)
		})
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

// addList adds a revocation list to an organisation's in a configuration.
func addList(config *common.Config, mspID string, list []byte) error {
	value, fabricMSP, err := mspOf(config, mspID)
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
	return setMSP(value, fabricMSP)
}

// hasList fails until the peer's channel has the list.
func (c *Client) hasList(asker *administrator, peer, mspID string, list []byte) error {
	client, err := c.ledger(asker)
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
