package fabric

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/hyperledger/fabric-gateway/pkg/identity"

	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign/pkcs11"
)

// maxProfileBytes bounds a connection profile.
const maxProfileBytes = 1 << 20

// Profile says how an organisation's program reaches the channel.
type Profile struct {
	Organisation   string `json:"organisation"`
	MSPID          string `json:"msp_id"`
	Channel        string `json:"channel"`
	Chaincode      string `json:"chaincode"`
	Network        string `json:"network"` // hex digest of the channel's first block
	RegistrarMSPID string `json:"registrar_msp_id"`
	Peer           Peer   `json:"peer"` // the organisation's own
	Client         Client `json:"client"`
	Peers          []Peer `json:"peers"` // all organisations' peers
}

// Peer is one peer's address and the file with the root of its TLS certificate.
type Peer struct {
	MSPID   string `json:"msp_id,omitempty"`
	Address string `json:"address"`
	TLSCA   string `json:"tls_ca"`
}

// Client names the program's own identity: the file of its certificate, and the
// file of its key or the URI (RFC 7512) of one that lives in a device.
type Client struct {
	Certificate string `json:"cert"`
	Key         string `json:"key"`
}

// ReadProfile reads a connection profile from a file.
func ReadProfile(path string) (Profile, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Profile{}, fmt.Errorf("reading the connection profile: %w", err)
	}
	if info.Size() > maxProfileBytes {
		return Profile{}, fmt.Errorf("reading the connection profile %s: it is larger than %d bytes", path, maxProfileBytes)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return Profile{}, fmt.Errorf("reading the connection profile: %w", err)
	}
	p, err := DecodeProfile(b)
	if err != nil {
		return Profile{}, fmt.Errorf("reading the connection profile %s: %w", path, err)
	}
	return p, nil
}

// DecodeProfile reads a connection profile and says all that is wrong with it.
func DecodeProfile(b []byte) (Profile, error) {
	var p Profile
	if err := protocol.Decode(b, &p); err != nil {
		return Profile{}, err
	}
	if err := p.check(); err != nil {
		return Profile{}, err
	}
	return p, nil
}

func (p *Profile) check() error {
	var faults []error
	need := func(name, value string) {
		if value == "" {
			faults = append(faults, fmt.Errorf("%s is missing", name))
		}
	}
	need("organisation", p.Organisation)
	need("msp_id", p.MSPID)
	need("channel", p.Channel)
	need("chaincode", p.Chaincode)
	need("network", p.Network)
	need("peer.address", p.Peer.Address)
	need("peer.tls_ca", p.Peer.TLSCA)
	need("client.cert", p.Client.Certificate)
	need("client.key", p.Client.Key)
	if p.RegistrarMSPID != protocol.RegistrarMSP {
		faults = append(faults, fmt.Errorf("registrar_msp_id is %q; the contract knows only %s", p.RegistrarMSPID, protocol.RegistrarMSP))
	}
	for i, peer := range p.Peers {
		need(fmt.Sprintf("peers[%d].msp_id", i), peer.MSPID)
		need(fmt.Sprintf("peers[%d].address", i), peer.Address)
		need(fmt.Sprintf("peers[%d].tls_ca", i), peer.TLSCA)
	}
	if len(p.of(p.RegistrarMSPID)) == 0 {
		faults = append(faults, errors.New("peers has none of the registrar's"))
	}
	return errors.Join(faults...)
}

// of lists an organisation's peers.
func (p *Profile) of(mspID string) []Peer {
	var list []Peer
	for _, peer := range p.Peers {
		if peer.MSPID == mspID {
			list = append(list, peer)
		}
	}
	return list
}

// others lists the organisations that can endorse beside the registrar: one's
// own first, then the rest in the profile's order.
func (p *Profile) others() []string {
	var orgs []string
	seen := map[string]bool{p.RegistrarMSPID: true}
	for _, peer := range append([]Peer{{MSPID: p.MSPID}}, p.Peers...) {
		if !seen[peer.MSPID] {
			seen[peer.MSPID] = true
			orgs = append(orgs, peer.MSPID)
		}
	}
	return orgs
}

// caller is who a program is on the channel.
type caller struct {
	id    identity.Identity
	sign  identity.Sign
	close func() error // ends the sessions with a device, if there is one
}

// caller reads the certificate and the key that sign for the program. The key is
// in a file, or in a device where the profile has a URI in its place.
func (p *Profile) caller() (caller, error) {
	text, err := os.ReadFile(p.Client.Certificate)
	if err != nil {
		return caller{}, fmt.Errorf("reading the client's certificate: %w", err)
	}
	certificate, err := identity.CertificateFromPEM(text)
	if err != nil {
		return caller{}, fmt.Errorf("reading the client's certificate %s: %w", p.Client.Certificate, err)
	}
	id, err := identity.NewX509Identity(p.MSPID, certificate)
	if err != nil {
		return caller{}, fmt.Errorf("making the client's identity: %w", err)
	}
	if pkcs11.IsURI(p.Client.Key) {
		return deviceCaller(id, certificate.PublicKey, p.Client.Key)
	}
	key, err := os.ReadFile(p.Client.Key)
	if err != nil {
		return caller{}, fmt.Errorf("reading the client's key: %w", err)
	}
	private, err := identity.PrivateKeyFromPEM(key)
	if err != nil {
		return caller{}, fmt.Errorf("reading the client's key %s: %w", p.Client.Key, err)
	}
	sign, err := identity.NewPrivateKeySign(private)
	if err != nil {
		return caller{}, fmt.Errorf("making the client's signer: %w", err)
	}
	return caller{id: id, sign: sign, close: func() error { return nil }}, nil
}

// tls trusts nothing but the peer's own root.
func (p *Peer) tls() (*tls.Config, error) {
	pem, err := os.ReadFile(p.TLSCA)
	if err != nil {
		return nil, fmt.Errorf("reading the TLS root of %s: %w", p.Address, err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("reading the TLS root of %s: %s holds no certificate", p.Address, p.TLSCA)
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}
