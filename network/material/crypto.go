package material

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/pki"
)

// Period is when certificates are made and how long they last; roots always last
// as long as package pki says, and so do the others where Lasting is 0.
type Period struct {
	From    time.Time
	Lasting time.Duration
}

// maker makes the certificates and keys of owners.
type maker struct {
	crypto network.Crypto
	state  *network.State
	period Period
}

// all makes those of every owner.
func (m maker) all() error {
	for _, owner := range m.state.Topology.Owners() {
		if err := m.owner(owner, m.nodes(owner)); err != nil {
			return fmt.Errorf("making the certificates of %s: %w", owner, err)
		}
	}
	return nil
}

func (m maker) nodes(owner string) []network.Node {
	return slices.DeleteFunc(m.state.Topology.Nodes(), func(n network.Node) bool { return n.Owner != owner })
}

// MakeOrganisation makes the certificates and keys of an organisation that is to
// join, unless they are there. Its folder gets its place last, so that it is
// complete or missing.
func MakeOrganisation(h network.Home, o network.Organisation, host string, now time.Time) error {
	to := h.Crypto().Owner(o.Name)
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	partial := h.Joining()
	if err := os.RemoveAll(string(partial)); err != nil {
		return fmt.Errorf("removing certificates that were never completed: %w", err)
	}
	m := maker{crypto: partial, state: &network.State{Hosts: map[string]string{o.Name: host}}, period: Period{From: now}}
	if err := m.owner(o.Name, o.PeerNodes()); err != nil {
		return fmt.Errorf("making the certificates of %s: %w", o.Name, err)
	}
	if err := os.MkdirAll(string(h.Crypto()), network.FolderMode); err != nil {
		return fmt.Errorf("making the folder of certificates: %w", err)
	}
	if err := os.Rename(partial.Owner(o.Name), to); err != nil {
		return fmt.Errorf("putting the certificates of %s in place: %w", o.Name, err)
	}
	return nil
}

// owner makes an owner's two roots and every identity that it starts with.
func (m maker) owner(owner string, nodes []network.Node) error {
	ca, err := pki.NewAuthority("ca."+owner, owner, m.period.From)
	if err != nil {
		return err
	}
	tlsCA, err := pki.NewAuthority("tlsca."+owner, owner, m.period.From)
	if err != nil {
		return err
	}
	err = errors.Join(ca.Write(m.crypto.CA(owner)), tlsCA.Write(m.crypto.TLSCA(owner)), pki.WriteMSP(m.crypto.MSP(owner), ca, tlsCA))
	if err != nil {
		return err
	}
	issuer := Issuer{
		CA: ca.Lasting(m.period.Lasting), TLSCA: tlsCA.Lasting(m.period.Lasting), Now: m.period.From,
		Hosts: pki.Loopback().With(m.state.Hosts[owner]),
	}
	for _, n := range nodes {
		role := pki.Peer
		if n.Kind == network.OrdererNode {
			role = pki.Orderer
		}
		if err := issuer.Issue(m.crypto.Identity(owner, n.Name), n.Name, role); err != nil {
			return err
		}
	}
	people := map[string]pki.Role{network.AdminIdentity: pki.Admin}
	if owner != network.OrdererOwner {
		people[network.GatewayIdentity] = pki.Client
		for _, name := range []string{network.ChaincodeIdentity, network.ChaincodeClientIdentity} {
			if err := issuer.IssueTLS(m.crypto.Identity(owner, name), name); err != nil {
				return err
			}
		}
	}
	for name, role := range people {
		if err := issuer.Issue(m.crypto.Identity(owner, name), name, role); err != nil {
			return err
		}
	}
	return nil
}

// Issuer makes identities of one owner from its two roots.
type Issuer struct {
	CA, TLSCA *pki.Authority
	Now       time.Time
	Hosts     pki.Hosts // where the identities serve
}

// Issue makes an identity: its enrolment certificate as a local MSP, and its
// TLS certificate.
func (i Issuer) Issue(to network.IdentityFiles, name string, role pki.Role) error {
	if err := pki.WriteMSP(to.MSP(), i.CA, i.TLSCA); err != nil {
		return err
	}
	enrolment, err := i.CA.Enrol(name, role, i.Now)
	if err != nil {
		return err
	}
	if err := enrolment.Write(to.Certificate(), to.Key()); err != nil {
		return err
	}
	return i.IssueTLS(to, name)
}

// IssueTLS makes an identity that has a TLS certificate alone: it can open a
// connection and sign nothing on the channel.
func (i Issuer) IssueTLS(to network.IdentityFiles, name string) error {
	tls, err := i.TLSCA.TLS(name, i.Hosts, i.Now)
	if err != nil {
		return err
	}
	return tls.Write(to.TLSCertificate(), to.TLSKey())
}
