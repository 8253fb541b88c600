package network

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Host is the only address that a network listens on.
const Host = "127.0.0.1"

// lowestPort is the lowest that a network takes: below it stand well-known
// services and the ports that people like for their own programs.
const lowestPort = 15000

// portDraws limits the search for free ports.
const portDraws = 200

// The purposes of a node's ports.
const (
	ListenPort     = "listen"
	AdminPort      = "admin"      // orderers: channel participation
	ChaincodePort  = "chaincode"  // peers: never used by chaincode as a service, but a peer insists
	OperationsPort = "operations" // health and metrics
)

// Address is a loopback address with the port.
func Address(port int) string { return net.JoinHostPort(Host, strconv.Itoa(port)) }

// PortKey is the key of a process's port in State.Ports.
func PortKey(process, purpose string) string { return process + "/" + purpose }

// portKeys lists the ports that a topology needs, beside those of its
// chaincode servers, which belong to a definition.
func (t Topology) portKeys() []string {
	keys := nodePortKeys(t.OrdererNodes())
	for _, o := range t.Organisations {
		keys = append(keys, o.portKeys()...)
	}
	return keys
}

// portKeys lists the ports that an organisation needs.
func (o Organisation) portKeys() []string {
	return append(nodePortKeys(o.PeerNodes()), PortKey(GatewayProcess(o.Name), ListenPort))
}

func nodePortKeys(nodes []Node) []string {
	var keys []string
	for _, n := range nodes {
		purposes := []string{ListenPort, OperationsPort, AdminPort}
		if n.Kind == PeerNode {
			purposes = []string{ListenPort, OperationsPort, ChaincodePort}
		}
		for _, p := range purposes {
			keys = append(keys, PortKey(n.Name, p))
		}
	}
	return keys
}

// FreePorts returns count consecutive loopback ports that nothing listens on
// now and that are not in taken. They lie below the range from which the
// system draws the ports of outgoing connections, because such a connection
// could hold a node's port at its next start.
func FreePorts(count int, taken map[int]bool) ([]int, error) {
	highest := ephemeralFloor()
	if highest-lowestPort < count {
		return nil, fmt.Errorf("the system's range of outgoing ports starts at %d, which leaves no room above %d for a network", highest, lowestPort)
	}
	for range portDraws {
		first := lowestPort + rand.IntN(highest-lowestPort-count+1)
		ports := make([]int, count)
		for i := range ports {
			ports[i] = first + i
		}
		if allFree(ports, taken) {
			return ports, nil
		}
	}
	return nil, fmt.Errorf("no %d consecutive free ports between %d and %d after %d tries", count, lowestPort, highest, portDraws)
}

func allFree(ports []int, taken map[int]bool) bool {
	for _, p := range ports {
		if taken[p] || PortTaken(p) != nil {
			return false
		}
	}
	return true
}

// PortTaken returns an error if something listens on the loopback port.
func PortTaken(port int) error {
	l, err := net.Listen("tcp", Address(port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %d of %s is in use by another program", port, Host)
	}
	if err != nil {
		return fmt.Errorf("trying port %d: %w", port, err)
	}
	return l.Close()
}

// ephemeralFloor is where the system's outgoing ports begin; Linux's default
// where the system does not say.
func ephemeralFloor() int {
	const usual = 32768
	b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return usual
	}
	fields := strings.Fields(string(b))
	if len(fields) != 2 {
		return usual
	}
	floor, err := strconv.Atoi(fields[0])
	if err != nil {
		return usual
	}
	return floor
}
