package material

import (
	"errors"
	"fmt"
	"os"
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

func makeCrypto(crypto network.Crypto, t network.Topology, p Period) error {
	for _, owner := range t.Owners() {
		if err := makeOwner(crypto, owner, t, p); err != nil {
			return fmt.Errorf("making the certificates of %s: %w", owner, err)
		}
	}
	return nil
}

// MakeOrganisation makes the certificates and keys of an organisation that is to
// join, unless they are there. Its folder gets its place last, so that it is
// complete or missing.
func MakeOrganisation(h network.Home, t network.Topology, name string, now time.Time) error {
	to := h.Crypto().Owner(name)
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	partial := h.Joining()
	if err := os.RemoveAll(string(partial)); err != nil {
		return fmt.Errorf("removing certificates that were never completed: %w", err)
	}
	if err := makeOwner(partial, name, t, Period{From: now}); err != nil {
		return fmt.Errorf("making the certificates of %s: %w", name, err)
	}
	if err := os.Rename(partial.Owner(name), to); err != nil {
		return fmt.Errorf("putting the certificates of %s in place: %w", name, err)
	}
	return nil
}

// makeOwner makes an owner's two roots and every identity that it starts with.
func makeOwner(crypto network.Crypto, owner string, t network.Topology, p Period) error {
	ca, err := pki.NewAuthority("ca."+owner, owner, p.From)
	if err != nil {
		return err
	}
	tlsCA, err := pki.NewAuthority("tlsca."+owner, owner, p.From)
	if err != nil {
		return err
	}
	if err := errors.Join(ca.Write(crypto.CA(owner)), tlsCA.Write(crypto.TLSCA(owner)), pki.WriteMSP(crypto.MSP(owner), ca, tlsCA)); err != nil {
		return err
	}
	issuer := Issuer{CA: ca.Lasting(p.Lasting), TLSCA: tlsCA.Lasting(p.Lasting), Now: p.From}
	for _, n := range t.Nodes() {
		if n.Owner != owner {
			continue
		}
		role := pki.Peer
		if n.Kind == network.OrdererNode {
			role = pki.Orderer
		}
		if err := issuer.Issue(crypto.Identity(owner, n.Name), n.Name, role); err != nil {
			return err
		}
	}
	people := map[string]pki.Role{network.AdminIdentity: pki.Admin}
	if owner != network.OrdererOwner {
		people[network.GatewayIdentity] = pki.Client
		for _, name := range []string{network.ChaincodeIdentity, network.ChaincodeClientIdentity} {
			if err := issuer.IssueTLS(crypto.Identity(owner, name), name); err != nil {
				return err
			}
		}
	}
	for name, role := range people {
		if err := issuer.Issue(crypto.Identity(owner, name), name, role); err != nil {
			return err
		}
	}
	return nil
}

// Issuer makes identities of one owner from its two roots.
type Issuer struct {
	CA, TLSCA *pki.Authority
	Now       time.Time
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
	tls, err := i.TLSCA.TLS(name, pki.Loopback(), i.Now)
	if err != nil {
		return err
	}
	return tls.Write(to.TLSCertificate(), to.TLSKey())
}
