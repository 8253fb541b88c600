package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// State is what a network must remember between starts, beside its keys and
// its ledgers.
type State struct {
	Topology Topology       `json:"topology"`
	Ports    map[string]int `json:"ports"`
	// Deployments are the chaincode definitions whose servers must run, oldest
	// first. A chaincode has two only while it is being upgraded.
	Deployments []Deployment `json:"deployments"`
	// Complete says that the first start was completed. Before that no one has
	// used the channel, and whatever the nodes hold may be thrown away.
	Complete bool `json:"complete"`
	// Joining names the organisations of the topology that are on their way
	// into the channel. Whoever starts the network next takes them there.
	Joining []string `json:"joining,omitempty"`
	// Hosts are the addresses or names at which owners' nodes listen and are
	// reached. An owner without one is on loopback.
	Hosts map[string]string `json:"hosts,omitempty"`
	// Remote names the owners whose processes and keys are on other machines.
	Remote []string `json:"remote,omitempty"`
}

// Deployment is one definition of a chaincode on the channel.
type Deployment struct {
	Chaincode string `json:"chaincode"`
	Sequence  int    `json:"sequence"`
	// Ports are those of its servers, by organisation.
	Ports map[string]int `json:"ports"`
	// Committed says that the channel has this definition.
	Committed bool `json:"committed"`
}

// Label is the label of the definition's packages.
func (d Deployment) Label() string { return d.Chaincode + "_" + d.Version() }

// Version is the definition's version, which is its sequence.
func (d Deployment) Version() string { return strconv.Itoa(d.Sequence) }

// NewState is the state of a network about to be made: its ports drawn, its
// chaincodes still to be deployed.
func NewState(t Topology) (*State, error) {
	if err := t.Validate(); err != nil {
		return nil, fmt.Errorf("checking the topology: %w", err)
	}
	keys := t.portKeys()
	ports, err := FreePorts(len(keys), nil)
	if err != nil {
		return nil, fmt.Errorf("finding ports: %w", err)
	}
	s := &State{Topology: t, Ports: map[string]int{}}
	for i, k := range keys {
		s.Ports[k] = ports[i]
	}
	for _, c := range t.Chaincodes {
		if _, err := s.Plan(c.Name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Plan adds the next definition of a chaincode, with new ports. A definition
// that was planned and never committed is returned again.
func (s *State) Plan(chaincode string) (Deployment, error) {
	if _, err := s.Topology.Chaincode(chaincode); err != nil {
		return Deployment{}, err
	}
	d := Deployment{Chaincode: chaincode, Sequence: 1, Ports: map[string]int{}}
	for _, old := range s.Deployments {
		if old.Chaincode == chaincode {
			if !old.Committed {
				return old, nil
			}
			d.Sequence = old.Sequence + 1
		}
	}
	local := s.Local()
	ports, err := FreePorts(len(local), s.portsInUse())
	if err != nil {
		return Deployment{}, fmt.Errorf("finding ports for %s: %w", d.Label(), err)
	}
	for i, o := range local {
		d.Ports[o.Name] = ports[i]
	}
	s.Deployments = append(s.Deployments, d)
	return d, nil
}

// Committed marks a definition as the channel's and forgets the earlier ones
// of the same chaincode.
func (s *State) Committed(done Deployment) {
	s.Deployments = slices.DeleteFunc(s.Deployments, func(d Deployment) bool {
		return d.Chaincode == done.Chaincode && d.Sequence < done.Sequence
	})
	for i, d := range s.Deployments {
		if d.Chaincode == done.Chaincode && d.Sequence == done.Sequence {
			s.Deployments[i].Committed = true
		}
	}
}

// Port returns a process's port. Every port is drawn when the network is made,
// so a missing one means a damaged state and 0 is no valid port.
func (s *State) Port(process, purpose string) int { return s.Ports[PortKey(process, purpose)] }

// AllPorts lists every port of this machine with the name of what it is for, so that those
// taken by others can be named before a start.
func (s *State) AllPorts() map[string]int {
	all := map[string]int{}
	for k, p := range s.Ports {
		if process, _, _ := strings.Cut(k, "/"); s.Here(ownerOf(process)) {
			all[k] = p
		}
	}
	for _, d := range s.Deployments {
		for org, p := range d.Ports {
			all[PortKey(ChaincodeProcess(d.Label(), org), ListenPort)] = p
		}
	}
	return all
}

func (s *State) portsInUse() map[int]bool {
	used := map[int]bool{}
	for _, p := range s.AllPorts() {
		used[p] = true
	}
	return used
}

// LoadState reads a network's state. It is an error that wraps fs.ErrNotExist
// if there is no network in the home.
func LoadState(h Home) (*State, error) {
	b, err := os.ReadFile(h.StateFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no network in %s: %w", h, err)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the network's state: %w", err)
	}
	var s State
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("reading the network's state %s: %w", h.StateFile(), err)
	}
	if err := s.Topology.Validate(); err != nil {
		return nil, fmt.Errorf("checking the network's state %s: %w", h.StateFile(), err)
	}
	for _, k := range s.portKeys() {
		if s.Ports[k] == 0 {
			return nil, fmt.Errorf("the network's state %s lacks the port %s", h.StateFile(), k)
		}
	}
	return &s, nil
}

// Save writes the state so that a power cut leaves either the old or the new.
func (s *State) Save(path string) error {
	return WriteJSON(path, s)
}

// WriteJSON writes a value to a file that only its owner may read, complete or
// not at all: into a new file, to the disk, and only then under its name.
func WriteJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // After the rename there is nothing to remove.
	_, err = f.Write(append(b, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
