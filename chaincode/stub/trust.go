package stub

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// peerUnit is the organisational unit of a peer's certificate.
const peerUnit = "peer"

// founded is when every network in memory was, by its first block.
var founded = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)

// certificateEnd is when the certificates of a network in memory end.
var certificateEnd = time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC)

// trust is what outsiders recognise a network by: the first block, in the form
// that Fabric gives it, and the peers' identities with their keys. All of it
// follows from the names, keys and signatures included, so that the digest of a
// network in memory is the same every time.
type trust struct {
	genesis []byte // the envelope of the first block
	peers   map[string]*identity
}

// identity is a certificate with its key.
type identity struct {
	serialized []byte
	key        *ecdsa.PrivateKey
}

// newTrust makes the roots and peers of a channel's organisations.
func newTrust(channel string, orgs []string) (*trust, error) {
	t := &trust{peers: map[string]*identity{}}
	members := map[string]*common.ConfigGroup{}
	for _, org := range orgs {
		root, key, err := newRoot(org)
		if err != nil {
			return nil, fmt.Errorf("making the root of %s: %w", org, err)
		}
		if t.peers[org], err = newPeerIdentity(org, root, key); err != nil {
			return nil, fmt.Errorf("making the peer of %s: %w", org, err)
		}
		if members[org], err = memberGroup(org, root); err != nil {
			return nil, fmt.Errorf("writing the member %s: %w", org, err)
		}
	}
	var err error
	if t.genesis, err = genesis(channel, members); err != nil {
		return nil, fmt.Errorf("writing the first block: %w", err)
	}
	return t, nil
}

// digest is the hash of the first block's data.
func (t *trust) digest() string {
	sum := sha256.Sum256(t.genesis)
	return hex.EncodeToString(sum[:])
}

// newKey derives a key from what it is for.
func newKey(org, use string) (*ecdsa.PrivateKey, error) {
	seed := sha256.Sum256([]byte("skuld/stub/" + org + "/" + use))
	return ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:])
}

func newRoot(org string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := newKey(org, "root")
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "root of " + org, Organization: []string{org}},
		NotBefore: founded, NotAfter: certificateEnd,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	cert, err := issue(template, template, key.Public(), key)
	return cert, key, err
}

func newPeerIdentity(org string, root *x509.Certificate, rootKey *ecdsa.PrivateKey) (*identity, error) {
	key, err := newKey(org, peerUnit)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "peer0 of " + org, OrganizationalUnit: []string{peerUnit}},
		NotBefore: founded, NotAfter: certificateEnd, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	cert, err := issue(template, root, key.Public(), rootKey)
	if err != nil {
		return nil, err
	}
	serialized, err := marshal(&msp.SerializedIdentity{Mspid: org, IdBytes: inPEM(cert)})
	return &identity{serialized: serialized, key: key}, err
}

// issue makes a certificate. Without a source of randomness its signature is the
// deterministic one of RFC 6979.
func issue(template, parent *x509.Certificate, public crypto.PublicKey, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(nil, template, parent, public, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func inPEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// sign signs a message with the lower of the two possible S, as Fabric does.
func (i *identity) sign(message []byte) ([]byte, error) {
	sum := sha256.Sum256(message)
	signature, err := i.key.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &pair); err != nil {
		return nil, err
	}
	n := i.key.Params().N
	if pair.S.Cmp(new(big.Int).Rsh(n, 1)) > 0 {
		pair.S.Sub(n, pair.S)
	}
	return asn1.Marshal(pair)
}

// memberGroup is an organisation's part of the channel's configuration.
func memberGroup(org string, root *x509.Certificate) (*common.ConfigGroup, error) {
	unit := func(name string) *msp.FabricOUIdentifier {
		return &msp.FabricOUIdentifier{OrganizationalUnitIdentifier: name}
	}
	config, err := marshal(&msp.FabricMSPConfig{
		Name: org, RootCerts: [][]byte{inPEM(root)},
		FabricNodeOus: &msp.FabricNodeOUs{
			Enable: true, ClientOuIdentifier: unit("client"), PeerOuIdentifier: unit(peerUnit),
			AdminOuIdentifier: unit("admin"), OrdererOuIdentifier: unit("orderer"),
		},
	})
	if err != nil {
		return nil, err
	}
	value, err := marshal(&msp.MSPConfig{Config: config})
	if err != nil {
		return nil, err
	}
	return &common.ConfigGroup{Values: map[string]*common.ConfigValue{"MSP": {Value: value}}}, nil
}

// genesis is the envelope of the first block.
func genesis(channel string, members map[string]*common.ConfigGroup) ([]byte, error) {
	header, err := marshal(&common.ChannelHeader{
		Type: int32(common.HeaderType_CONFIG), ChannelId: channel, Timestamp: timestamppb.New(founded),
	})
	if err != nil {
		return nil, err
	}
	config, err := marshal(&common.ConfigEnvelope{Config: &common.Config{ChannelGroup: &common.ConfigGroup{
		Groups: map[string]*common.ConfigGroup{"Application": {Groups: members}},
	}}})
	if err != nil {
		return nil, err
	}
	payload, err := marshal(&common.Payload{Header: &common.Header{ChannelHeader: header}, Data: config})
	if err != nil {
		return nil, err
	}
	return marshal(&common.Envelope{Payload: payload})
}
