package network

import "fmt"

// NodeKind says what a node is.
type NodeKind int

// The kinds of node.
const (
	OrdererNode NodeKind = iota
	PeerNode
)

// Node is one orderer or peer. Its name is also the name of its process, its
// log and its identity.
type Node struct {
	Name  string
	Kind  NodeKind
	Owner string // organisation's name, or OrdererOwner
	MSPID string
}

// Nodes lists the orderers, then the peers in the order of the organisations.
func (t Topology) Nodes() []Node {
	return append(t.OrdererNodes(), t.PeerNodes()...)
}

// OrdererNodes lists the orderers.
func (t Topology) OrdererNodes() []Node {
	var nodes []Node
	for i := range t.Orderers {
		nodes = append(nodes, Node{Name: fmt.Sprintf("orderer%d", i), Kind: OrdererNode, Owner: OrdererOwner, MSPID: OrdererMSP})
	}
	return nodes
}

// PeerNodes lists the peers in the order of the organisations.
func (t Topology) PeerNodes() []Node {
	var nodes []Node
	for _, o := range t.Organisations {
		nodes = append(nodes, o.PeerNodes()...)
	}
	return nodes
}

// PeerNodes lists the organisation's peers.
func (o Organisation) PeerNodes() []Node {
	var nodes []Node
	for i := range o.Peers {
		nodes = append(nodes, Node{Name: fmt.Sprintf("peer%d.%s", i, o.Name), Kind: PeerNode, Owner: o.Name, MSPID: o.MSPID})
	}
	return nodes
}

// Owners lists who has certificates and keys: the orderers' organisation, then
// the others.
func (t Topology) Owners() []string {
	owners := []string{OrdererOwner}
	for _, o := range t.Organisations {
		owners = append(owners, o.Name)
	}
	return owners
}

// ChaincodeProcess is the name of the process that serves a chaincode to an
// organisation's peers.
func ChaincodeProcess(chaincode, organisation string) string { return chaincode + "." + organisation }

// GatewayProcess is the name of an organisation's gateway process.
func GatewayProcess(organisation string) string { return "gateway." + organisation }
