package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Connection is an organisation's connection profile: all that its gateway, or
// any other client, needs to reach the channel. File paths are absolute.
type Connection struct {
	Organisation   string         `json:"organisation"`
	MSPID          string         `json:"msp_id"`
	Channel        string         `json:"channel"`
	Chaincode      string         `json:"chaincode"`
	Network        string         `json:"network"` // see Digest
	RegistrarMSPID string         `json:"registrar_msp_id"`
	Peer           PeerEndpoint   `json:"peer"`
	Client         ClientIdentity `json:"client"`
	// Peers are those of all organisations, this one's included.
	Peers []PeerEndpoint `json:"peers"`
}

// PeerEndpoint is a peer's address and the root of its TLS certificate.
type PeerEndpoint struct {
	MSPID   string `json:"msp_id,omitempty"`
	Address string `json:"address"`
	TLSCA   string `json:"tls_ca"`
}

// ClientIdentity is a certificate of the organisation with role client.
type ClientIdentity struct {
	Certificate string `json:"cert"`
	Key         string `json:"key"`
}

// Connection returns an organisation's connection profile. digest is the
// network's Digest.
func (s *State) Connection(h Home, organisation, digest string) (Connection, error) {
	own, err := s.Topology.Organisation(organisation)
	if err != nil {
		return Connection{}, err
	}
	registrar, err := s.Topology.Organisation(s.Topology.Registrar)
	if err != nil {
		return Connection{}, err
	}
	id := h.Crypto().Identity(own.Name, GatewayIdentity)
	c := Connection{
		Organisation:   own.Name,
		MSPID:          own.MSPID,
		Channel:        Channel,
		Chaincode:      RegistryChaincode,
		Network:        digest,
		RegistrarMSPID: registrar.MSPID,
		Client:         ClientIdentity{Certificate: id.Certificate(), Key: id.Key()},
	}
	for _, n := range s.Topology.PeerNodes() {
		p := PeerEndpoint{MSPID: n.MSPID, Address: s.Address(n.Name, ListenPort), TLSCA: h.Crypto().TLSRoot(n.Owner)}
		if n.Owner == own.Name && c.Peer.Address == "" {
			c.Peer = PeerEndpoint{Address: p.Address, TLSCA: p.TLSCA}
		}
		c.Peers = append(c.Peers, p)
	}
	return c, nil
}

// ReadConnection reads a connection profile.
func ReadConnection(path string) (Connection, error) {
	var c Connection
	b, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("reading the connection profile: %w", err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("reading the connection profile %s: %w", path, err)
	}
	if c.Peer.Address == "" || c.Client.Certificate == "" || c.Client.Key == "" {
		return c, errors.New("the connection profile " + path + " names no peer or no client identity")
	}
	return c, nil
}

// Endpoints are the addresses that people and programs use, by organisation.
type Endpoints map[string]Endpoint

// Endpoint is what one organisation offers.
type Endpoint struct {
	Gateway string `json:"gateway"` // base URL
}

// ReadEndpoints reads the addresses that a ready network has written.
func ReadEndpoints(h Home) (Endpoints, error) {
	b, err := os.ReadFile(h.EndpointsFile())
	if err != nil {
		return nil, fmt.Errorf("reading the endpoints: %w", err)
	}
	var e Endpoints
	if err := json.Unmarshal(b, &e); err != nil {
		return nil, fmt.Errorf("reading the endpoints %s: %w", h.EndpointsFile(), err)
	}
	return e, nil
}
