package evidence

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
)

// channel is what the first block says of the channel.
type channel struct {
	name string
	orgs map[string]*organisation // the founding members, by membership id
}

// organisation is a founding member: who may speak for it.
type organisation struct {
	roots, intermediates *x509.CertPool
	peerUnit             string          // organisational unit of its peers' certificates
	revoked              map[string]bool // serial numbers on its revocation lists
}

// Numbers of the fields on the way from the envelope to the members (fabric-protos:
// common/common.proto, common/configtx.proto, msp/msp_config.proto).
const (
	envelopePayload  = 1
	payloadHeader    = 1
	payloadData      = 2
	headerChannel    = 1
	headerSignature  = 2
	configConfig     = 1 // of a ConfigEnvelope
	configGroup      = 2 // of a Config
	groupGroups      = 2
	groupValues      = 3
	valueValue       = 2
	mspType          = 1
	mspConfig        = 2
	mspName          = 1
	mspRoots         = 2
	mspIntermediates = 3
	mspRevocations   = 5
	mspUnits         = 11
	unitsEnable      = 1
	unitsPeer        = 3
	unitName         = 2

	applicationGroup = "Application"
	mspValue         = "MSP"
)

// digestOf is the digest of a network by the envelope of its first block. The data
// of that block is this one envelope, so its hash is the block's data hash.
func digestOf(envelope []byte) string {
	sum := sha256.Sum256(envelope)
	return hex.EncodeToString(sum[:])
}

// readGenesis reads the envelope of the channel's first block.
func readGenesis(envelope []byte) (*channel, error) {
	c := &channel{orgs: map[string]*organisation{}}
	header, err := path(envelope, envelopePayload, payloadHeader, headerChannel)
	if err != nil {
		return nil, fmt.Errorf("reading the header: %w", err)
	}
	h, err := readChannelHeader(header)
	if err != nil {
		return nil, fmt.Errorf("reading the header: %w", err)
	}
	if h.kind != typeConfig || h.channel == "" {
		return nil, errors.New("it is not the configuration of a channel")
	}
	c.name = h.channel
	group, err := path(envelope, envelopePayload, payloadData, configConfig, configGroup)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	members, err := subgroups(group, applicationGroup)
	if err != nil {
		return nil, fmt.Errorf("reading the members: %w", err)
	}
	for _, member := range members {
		if err := c.add(member); err != nil {
			return nil, fmt.Errorf("reading a member: %w", err)
		}
	}
	return c, nil
}

// subgroups gives the groups within the group of this name.
func subgroups(group []byte, name string) (map[string][]byte, error) {
	f, err := readFields(group)
	if err != nil {
		return nil, err
	}
	groups, err := f.entries(groupGroups)
	if err != nil {
		return nil, err
	}
	if f, err = readFields(groups[name]); err != nil {
		return nil, err
	}
	return f.entries(groupGroups)
}

// add reads the group of one member.
func (c *channel) add(group []byte) error {
	f, err := readFields(group)
	if err != nil {
		return err
	}
	values, err := f.entries(groupValues)
	if err != nil {
		return err
	}
	value, err := path(values[mspValue], valueValue)
	if err != nil {
		return err
	}
	if f, err = readFields(value); err != nil {
		return err
	}
	if kind, err := f.number(mspType); err != nil || kind != 0 {
		return errors.New("its members have no X.509 certificates")
	}
	config, err := f.one(mspConfig)
	if err != nil {
		return err
	}
	if f, err = readFields(config); err != nil {
		return err
	}
	name, err := f.one(mspName)
	if err != nil {
		return err
	}
	if len(name) == 0 || c.orgs[string(name)] != nil {
		return errors.New("its membership id is missing or another's")
	}
	o := &organisation{revoked: map[string]bool{}}
	if err := o.read(f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c.orgs[string(name)] = o
	return nil
}

// read takes certificates, units and revocation lists from an organisation's
// membership configuration.
func (o *organisation) read(f fields) error {
	var err error
	if o.roots, err = pool(f.bytes[mspRoots]); err != nil {
		return err
	}
	if o.intermediates, err = pool(f.bytes[mspIntermediates]); err != nil {
		return err
	}
	for _, list := range f.bytes[mspRevocations] {
		if block, _ := pem.Decode(list); block != nil {
			list = block.Bytes
		}
		parsed, err := x509.ParseRevocationList(list)
		if err != nil {
			return fmt.Errorf("reading a revocation list: %w", err)
		}
		for _, e := range parsed.RevokedCertificateEntries {
			o.revoked[e.SerialNumber.String()] = true
		}
	}
	units, err := f.one(mspUnits)
	if err != nil {
		return err
	}
	if f, err = readFields(units); err != nil {
		return err
	}
	if enabled, err := f.number(unitsEnable); err != nil || enabled != 1 {
		return errors.New("its certificates do not say who is a peer")
	}
	unit, err := path(units, unitsPeer, unitName)
	if err != nil {
		return err
	}
	if o.peerUnit = string(unit); o.peerUnit == "" {
		return errors.New("its certificates do not say who is a peer")
	}
	return nil
}

func pool(list [][]byte) (*x509.CertPool, error) {
	p := x509.NewCertPool()
	for _, text := range list {
		c, err := certificate(text)
		if err != nil {
			return nil, err
		}
		p.AddCert(c)
	}
	return p, nil
}

// certificate reads the one certificate of a PEM text.
func certificate(text []byte) (*x509.Certificate, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 {
		return nil, errors.New("a certificate is not in PEM")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading a certificate: %w", err)
	}
	return c, nil
}
