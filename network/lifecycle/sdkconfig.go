package lifecycle

import (
	"path/filepath"
	"time"

	"github.com/skuld-registry/skuld/network"
)

// Limits of one connection attempt and of one answer that is not waited on for
// a transaction.
const (
	connectLimit = time.Second
	answerLimit  = 5 * time.Second
)

// The types below are the part of fabric-sdk-go's configuration that is used.
// Its names are the SDK's.

type pathValue struct {
	Path string `json:"path"`
}

type channelPeer struct {
	EndorsingPeer  bool `json:"endorsingPeer"`
	ChaincodeQuery bool `json:"chaincodeQuery"`
	LedgerQuery    bool `json:"ledgerQuery"`
	EventSource    bool `json:"eventSource"`
}

type channelConfig struct {
	Orderers []string               `json:"orderers"`
	Peers    map[string]channelPeer `json:"peers"`
}

type organisationConfig struct {
	MSPID                  string   `json:"mspid"`
	CryptoPath             string   `json:"cryptoPath"`
	Peers                  []string `json:"peers,omitempty"`
	CertificateAuthorities []string `json:"certificateAuthorities,omitempty"`
}

type nodeConfig struct {
	URL        string    `json:"url"`
	TLSCACerts pathValue `json:"tlsCACerts"`
}

type sdkConfigFile struct {
	Version       string                        `json:"version"`
	Client        map[string]any                `json:"client"`
	Channels      map[string]channelConfig      `json:"channels"`
	Organizations map[string]organisationConfig `json:"organizations"`
	Orderers      map[string]nodeConfig         `json:"orderers"`
	Peers         map[string]nodeConfig         `json:"peers"`
}

func sdkConfig(h network.Home, s *network.State) sdkConfigFile {
	c := sdkConfigFile{
		Version:       "1.0.0",
		Client:        clientSection(h, s.Topology.Registrar),
		Channels:      map[string]channelConfig{},
		Organizations: map[string]organisationConfig{},
		Orderers:      map[string]nodeConfig{},
		Peers:         map[string]nodeConfig{},
	}
	channel := channelConfig{Peers: map[string]channelPeer{}}
	for _, n := range s.Topology.OrdererNodes() {
		address := s.Address(n.Name, network.ListenPort)
		channel.Orderers = append(channel.Orderers, address)
		c.Orderers[address] = nodeConfig{URL: "grpcs://" + address, TLSCACerts: pathValue{h.Crypto().TLSRoot(n.Owner)}}
	}
	// The orderers' administrator signs changes of the configuration.
	c.Organizations[network.OrdererOwner] = organisationConfig{
		MSPID: network.OrdererMSP, CryptoPath: h.Crypto().MSP(network.OrdererOwner),
	}
	for _, o := range s.Topology.Organisations {
		oc := organisationConfig{MSPID: o.MSPID, CryptoPath: h.Crypto().MSP(o.Name)}
		for _, n := range o.PeerNodes() {
			address := s.Address(n.Name, network.ListenPort)
			oc.Peers = append(oc.Peers, address)
			c.Peers[address] = nodeConfig{URL: "grpcs://" + address, TLSCACerts: pathValue{h.Crypto().TLSRoot(n.Owner)}}
			channel.Peers[address] = channelPeer{EndorsingPeer: true, ChaincodeQuery: true, LedgerQuery: true, EventSource: true}
		}
		c.Organizations[o.Name] = oc
	}
	c.Channels[network.Channel] = channel
	return c
}

// clientSection names folders in which the SDK may keep keys. None is kept
// there: identities are loaded from their files each time.
func clientSection(h network.Home, organisation string) map[string]any {
	store := filepath.Join(h.Network(), "sdk")
	return map[string]any{
		"organization": organisation,
		"logging":      map[string]any{"level": "critical"},
		"cryptoconfig": pathValue{string(h.Crypto())},
		"credentialStore": map[string]any{
			"path":        filepath.Join(store, "users"),
			"cryptoStore": pathValue{filepath.Join(store, "keys")},
		},
		"BCCSP": map[string]any{"security": map[string]any{
			"enabled": true, "default": map[string]any{"provider": "SW"},
			"hashAlgorithm": "SHA2", "softVerify": true, "level": 256,
		}},
		"tlsCerts": map[string]any{"systemCertPool": false},
		// The defaults of 10 to 15 s turn one connection that a starting node
		// did not answer into most of a start. Every step is tried again.
		"peer": map[string]any{"timeout": map[string]any{
			"connection": connectLimit.String(),
			"discovery":  map[string]any{"greylistExpiry": pause.String()},
		}},
		"orderer":      map[string]any{"timeout": map[string]any{"connection": connectLimit.String()}},
		"discovery":    map[string]any{"timeout": map[string]any{"connection": connectLimit.String(), "response": answerLimit.String()}},
		"eventService": map[string]any{"timeout": map[string]any{"registrationResponse": answerLimit.String()}},
	}
}
