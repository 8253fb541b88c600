package network

import (
	"net"
	"slices"
	"strconv"
	"strings"
)

// A channel may span several machines. Each has a home with the state of the
// whole channel, the keys of the owners that run there, and of all others what
// is public. Peers, orderers and gateways listen where others reach them; all
// else that a node opens stays on loopback.

// Here reports whether an owner's processes and keys are on this machine.
func (s *State) Here(owner string) bool { return !slices.Contains(s.Remote, owner) }

// Local lists the organisations that run on this machine.
func (s *State) Local() []Organisation {
	return slices.DeleteFunc(slices.Clone(s.Topology.Organisations), func(o Organisation) bool { return !s.Here(o.Name) })
}

// LocalNodes lists the orderers and peers that run on this machine.
func (s *State) LocalNodes() []Node {
	return slices.DeleteFunc(s.Topology.Nodes(), func(n Node) bool { return !s.Here(n.Owner) })
}

// Host is where a process listens for a purpose.
func (s *State) Host(process, purpose string) string {
	if host := s.Hosts[ownerOf(process)]; host != "" && purpose == ListenPort {
		return host
	}
	return Host
}

// Address returns a process's address.
func (s *State) Address(process, purpose string) string {
	return net.JoinHostPort(s.Host(process, purpose), strconv.Itoa(s.Port(process, purpose)))
}

// ownerOf returns whose a process is by its name: see the functions that give
// processes their names.
func ownerOf(process string) string {
	if _, owner, ok := strings.Cut(process, "."); ok {
		return owner
	}
	return OrdererOwner
}

// portKeys lists the ports that the state must know: all of those on this
// machine, and those on others at which they are reached.
func (s *State) portKeys() []string {
	var keys []string
	for _, n := range s.Topology.Nodes() {
		if s.Here(n.Owner) {
			keys = append(keys, nodePortKeys([]Node{n})...)
		} else {
			keys = append(keys, PortKey(n.Name, ListenPort))
		}
	}
	for _, o := range s.Local() {
		keys = append(keys, PortKey(GatewayProcess(o.Name), ListenPort))
	}
	return keys
}
