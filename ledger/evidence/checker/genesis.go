package checker

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// founders are the founding members of a network by their membership ids, and its
// channel's name.
type founders struct {
	channel string
	members map[string]*founder
}

// founder is what the first block says of a founding member.
type founder struct {
	roots, intermediates *x509.CertPool
	issuers              []*x509.Certificate // of roots and intermediates
	revoked              []*x509.RevocationList
	peers                string // unit of peers
}

// configHeader is the type of a channel's configuration (section 4).
const configHeader = 1

func readGenesis(envelope []byte) (*founders, *Fault) {
	f := &founders{members: map[string]*founder{}}
	payload, err := within(envelope, 1)
	if err == nil {
		err = f.read(payload)
	}
	if err != nil {
		return nil, fault(Network, "genesis", "%v", err)
	}
	return f, nil
}

func (f *founders) read(payload message) error {
	header, err := payload.bytes(1)
	if err != nil {
		return err
	}
	channel, err := within(header, 1)
	if err != nil {
		return fmt.Errorf("the header: %w", err)
	}
	if kind, err := channel.value(1); err != nil || kind != configHeader {
		return or(err, "it is no configuration")
	}
	name, err := channel.bytes(4)
	if err != nil || len(name) == 0 {
		return or(err, "it names no channel")
	}
	f.channel = string(name)
	data, err := payload.bytes(2)
	if err != nil {
		return err
	}
	group, err := within(data, 1, 2)
	if err != nil {
		return fmt.Errorf("the configuration: %w", err)
	}
	application, err := group.entryOf(2, "Application")
	if err != nil || application == nil {
		return or(err, "there is no group Application")
	}
	members, err := unmarshal(application)
	if err != nil {
		return err
	}
	groups, err := members.entries(2)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := f.addMember(g.value); err != nil {
			return fmt.Errorf("the member %s: %w", g.key, err)
		}
	}
	return nil
}

// or gives an error, or where there is none what else is wrong.
func or(err error, what string) error {
	if err == nil {
		err = errors.New(what)
	}
	return err
}

func (f *founders) addMember(group []byte) error {
	g, err := unmarshal(group)
	if err != nil {
		return err
	}
	config, err := g.entryOf(3, "MSP")
	if err != nil || config == nil {
		return or(err, "there is no value MSP")
	}
	m, err := within(config, 2)
	if err != nil {
		return err
	}
	if kind, err := m.value(1); err != nil || kind != 0 {
		return or(err, "its certificates are of another sort")
	}
	b, err := m.bytes(2)
	if err != nil {
		return err
	}
	msp, err := unmarshal(b)
	if err != nil {
		return err
	}
	name, err := msp.bytes(1)
	if err != nil || len(name) == 0 || f.members[string(name)] != nil {
		return or(err, "its membership id is missing, or another's")
	}
	one := &founder{roots: x509.NewCertPool(), intermediates: x509.NewCertPool()}
	if err := one.read(msp); err != nil {
		return err
	}
	f.members[string(name)] = one
	return nil
}

func (o *founder) read(msp message) error {
	for _, pool := range []struct {
		number uint64
		to     *x509.CertPool
	}{{2, o.roots}, {3, o.intermediates}} {
		all, err := msp.all(pool.number)
		if err != nil {
			return err
		}
		for _, text := range all {
			c, err := certificate(text)
			if err != nil {
				return err
			}
			pool.to.AddCert(c)
			o.issuers = append(o.issuers, c)
		}
	}
	lists, err := msp.all(5)
	if err != nil {
		return err
	}
	for _, b := range lists {
		if block, _ := pem.Decode(b); block != nil {
			b = block.Bytes
		}
		l, err := x509.ParseRevocationList(b)
		if err != nil {
			return fmt.Errorf("a revocation list: %w", err)
		}
		o.revoked = append(o.revoked, l)
	}
	return o.readUnits(msp)
}

func (o *founder) readUnits(msp message) error {
	b, err := msp.bytes(11)
	if err != nil || b == nil {
		return or(err, "it has no units")
	}
	units, err := unmarshal(b)
	if err != nil {
		return err
	}
	if on, err := units.value(1); err != nil || on != 1 {
		return or(err, "its units are not in use")
	}
	b, err = units.bytes(3)
	if err != nil || b == nil {
		return or(err, "it has no unit of peers")
	}
	peers, err := unmarshal(b)
	if err != nil {
		return err
	}
	unit, err := peers.bytes(2)
	if err != nil || len(unit) == 0 {
		return or(err, "it has no unit of peers")
	}
	o.peers = string(unit)
	return nil
}

// certificate reads one certificate in PEM with nothing after it.
func certificate(text []byte) (*x509.Certificate, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("it is not one certificate in PEM")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("a certificate: %w", err)
	}
	return c, nil
}

// vouches says whether a certificate is a peer's of this member at a time.
func (o *founder) vouches(c *x509.Certificate, at time.Time) error {
	chains, err := c.Verify(x509.VerifyOptions{
		Roots: o.roots, Intermediates: o.intermediates, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return fmt.Errorf("its certificate: %w", err)
	}
	for _, link := range chains[0][:len(chains[0])-1] {
		if o.isRevoked(link) {
			return errors.New("its certificate is revoked")
		}
	}
	for _, unit := range c.Subject.OrganizationalUnit {
		if unit == o.peers {
			return nil
		}
	}
	return errors.New("its certificate is no peer's")
}

// isRevoked says whether a certificate stands on a list that its issuer signed.
func (o *founder) isRevoked(c *x509.Certificate) bool {
	for _, l := range o.revoked {
		if !bytes.Equal(l.RawIssuer, c.RawIssuer) || !o.issued(l) {
			continue
		}
		for _, entry := range l.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(c.SerialNumber) == 0 {
				return true
			}
		}
	}
	return false
}

func (o *founder) issued(l *x509.RevocationList) bool {
	for _, issuer := range o.issuers {
		if l.CheckSignatureFrom(issuer) == nil {
			return true
		}
	}
	return false
}
