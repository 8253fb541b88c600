package network

import (
	"fmt"
	"slices"
)

// Add writes down that an organisation is to join the channel, with ports for
// its nodes, its gateway and its servers of every chaincode. Adding one that is
// on its way already changes nothing, so that a join that was cut off is taken
// up again by the same words.
func (s *State) Add(o Organisation) error {
	if known, err := s.Topology.Organisation(o.Name); err == nil {
		switch {
		case !slices.Contains(s.Joining, o.Name):
			return fmt.Errorf("%s is a member already", o.Name)
		case known != o:
			return fmt.Errorf("%s is joining with %d peers as %s, not with %d as %s",
				o.Name, known.Peers, known.MSPID, o.Peers, o.MSPID)
		}
		return nil
	}
	larger := s.with(o)
	if err := larger.Validate(); err != nil {
		return fmt.Errorf("checking the topology with %s: %w", o.Name, err)
	}
	keys := o.portKeys()
	ports, err := FreePorts(len(keys)+len(s.Deployments), s.portsInUse())
	if err != nil {
		return fmt.Errorf("finding ports for %s: %w", o.Name, err)
	}
	for i, k := range keys {
		s.Ports[k] = ports[i]
	}
	for i, d := range s.Deployments {
		d.Ports[o.Name] = ports[len(keys)+i]
	}
	if host := s.localHost(); host != "" {
		s.Hosts[o.Name] = host
	}
	s.Topology = larger
	s.Joining = append(s.Joining, o.Name)
	return nil
}

// localHost is where the owners of this machine listen; empty is loopback.
func (s *State) localHost() string {
	for _, owner := range s.Topology.Owners() {
		if s.Here(owner) {
			return s.Hosts[owner]
		}
	}
	return ""
}

// with is the topology with one organisation more.
func (s *State) with(o Organisation) Topology {
	t := s.Topology
	t.Organisations = append(slices.Clone(t.Organisations), o)
	return t
}

// Joined notes that an organisation is a member in every respect.
func (s *State) Joined(organisation string) {
	s.Joining = slices.DeleteFunc(s.Joining, func(name string) bool { return name == organisation })
}

// Members lists the organisations that the channel has, those that are joining
// left out.
func (s *State) Members() []Organisation {
	return slices.DeleteFunc(slices.Clone(s.Topology.Organisations), func(o Organisation) bool {
		return slices.Contains(s.Joining, o.Name)
	})
}
