package material

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/pki"
)

// NewCandidate makes the keys of an organisation that is to join a channel on
// other machines, and what it shows the members. Asked again, it gives the same.
func NewCandidate(h network.Home, o network.Organisation, host string, now time.Time) (network.Candidate, error) {
	var c network.Candidate
	if _, err := os.Stat(h.StateFile()); err == nil {
		return c, fmt.Errorf("%s holds a network already; an organisation that joins one on other machines has a home of its own", h)
	}
	if err := network.ReadFile(h.CandidateFile(), &c); !errors.Is(err, fs.ErrNotExist) {
		if err == nil && (c.Organisation != o || c.Host != host) {
			err = fmt.Errorf("%s holds another candidate, %s at %s", h, c.Organisation.Name, c.Host)
		}
		return c, err
	}
	c = network.Candidate{Organisation: o, Host: host, Ports: map[string]int{}}
	nodes := o.PeerNodes()
	ports, err := network.FreePorts(len(nodes), nil)
	if err != nil {
		return c, fmt.Errorf("finding ports for %s: %w", o.Name, err)
	}
	for i, n := range nodes {
		c.Ports[network.PortKey(n.Name, network.ListenPort)] = ports[i]
	}
	if err := MakeOrganisation(h, o, host, now); err != nil {
		return c, err
	}
	if c.Roots, err = rootsOf(h, o.Name); err != nil {
		return c, err
	}
	if err := c.Check(); err != nil {
		return c, fmt.Errorf("checking the candidate: %w", err)
	}
	return c, network.WriteJSON(h.CandidateFile(), c)
}

// CandidateOf describes an organisation of this machine that is to join, or has,
// as one on another would describe itself.
func CandidateOf(h network.Home, s *network.State, organisation string) (network.Candidate, error) {
	o, err := s.Topology.Organisation(organisation)
	if err != nil {
		return network.Candidate{}, err
	}
	c := network.Candidate{Organisation: o, Ports: map[string]int{}}
	for _, n := range o.PeerNodes() {
		c.Ports[network.PortKey(n.Name, network.ListenPort)] = s.Port(n.Name, network.ListenPort)
		c.Host = s.Host(n.Name, network.ListenPort)
	}
	c.Roots, err = rootsOf(h, organisation)
	return c, err
}

// WriteRoots writes the public side of an owner on another machine: its roots.
func WriteRoots(h network.Home, owner string, r network.Roots) error {
	for _, f := range []struct{ path, text string }{
		{h.Crypto().Root(owner), r.Enrolment}, {h.Crypto().TLSRoot(owner), r.TLS},
	} {
		if err := pki.WriteFile(f.path, []byte(f.text)); err != nil {
			return fmt.Errorf("writing the roots of %s: %w", owner, err)
		}
	}
	return nil
}

func rootsOf(h network.Home, owner string) (network.Roots, error) {
	root, err := os.ReadFile(h.Crypto().Root(owner))
	if err != nil {
		return network.Roots{}, fmt.Errorf("reading the root of %s: %w", owner, err)
	}
	tlsRoot, err := os.ReadFile(h.Crypto().TLSRoot(owner))
	if err != nil {
		return network.Roots{}, fmt.Errorf("reading the TLS root of %s: %w", owner, err)
	}
	return network.Roots{Enrolment: string(root), TLS: string(tlsRoot)}, nil
}

// NewWelcome is what a new member on another machine must know of the channel.
func NewWelcome(h network.Home, s *network.State) (network.Welcome, error) {
	genesis, err := os.ReadFile(h.Genesis())
	if err != nil {
		return network.Welcome{}, fmt.Errorf("reading the channel's first block: %w", err)
	}
	w := network.Welcome{
		Topology: s.Topology, Hosts: s.Hosts, Ports: map[string]int{}, Roots: map[string]network.Roots{},
		Definitions: map[string]int{}, Genesis: genesis,
	}
	for _, n := range s.Topology.Nodes() {
		w.Ports[network.PortKey(n.Name, network.ListenPort)] = s.Port(n.Name, network.ListenPort)
	}
	for _, owner := range s.Topology.Owners() {
		if w.Roots[owner], err = rootsOf(h, owner); err != nil {
			return w, err
		}
	}
	for _, d := range s.Deployments {
		if d.Committed {
			w.Definitions[d.Chaincode] = d.Sequence
		}
	}
	return w, nil
}

// Enter makes the home of a candidate that of a member, from what the members
// have sent. The next start takes its peers into the channel.
func Enter(h network.Home, w network.Welcome) (*network.State, error) {
	var c network.Candidate
	if err := network.ReadFile(h.CandidateFile(), &c); err != nil {
		return nil, fmt.Errorf("finding out who is to join: %w", err)
	}
	if _, err := os.Stat(h.StateFile()); err == nil {
		return nil, fmt.Errorf("%s is a member's home already", h)
	}
	own := c.Organisation.Name
	if err := w.Check(own); err != nil {
		return nil, fmt.Errorf("checking the welcome: %w", err)
	}
	if w.Roots[own] != c.Roots {
		return nil, fmt.Errorf("the members have admitted somebody else as %s: the roots are not those made here", own)
	}
	s, err := network.EnteringState(w, c)
	if err != nil {
		return nil, err
	}
	for _, owner := range s.Remote {
		if err := WriteRoots(h, owner, w.Roots[owner]); err != nil {
			return nil, err
		}
	}
	if err := pki.WriteFile(h.Genesis(), w.Genesis); err != nil {
		return nil, fmt.Errorf("writing the channel's first block: %w", err)
	}
	return s, s.Save(h.StateFile())
}
