package material

import (
	"path/filepath"

	"github.com/skuld-registry/skuld/network"
)

// ordererValues, organisationValues and channelValues fill configtx.yaml.tmpl.
type ordererValues struct {
	address
	TLSCertificate string
}

type organisationValues struct {
	MSPID, MSPDir string
	Anchors       []address
}

type channelValues struct {
	Profile, OrdererMSP, OrdererMSPDir string
	ChannelReaders, ChannelWriters     string
	Readers, Writers                   string
	Endorsement, LifecycleEndorsement  string
	BatchTimeout                       string
	Orderers                           []ordererValues
	Organisations                      []organisationValues
}

func configtxValues(s *network.State, crypto network.Crypto) channelValues {
	t := s.Topology
	v := channelValues{
		Profile:              profile,
		OrdererMSP:           network.OrdererMSP,
		OrdererMSPDir:        crypto.MSP(network.OrdererOwner),
		ChannelReaders:       network.WithOrderers(t.Readers()),
		ChannelWriters:       network.WithOrderers(t.Writers()),
		Readers:              t.Readers(),
		Writers:              t.Writers(),
		Endorsement:          t.Endorsement(),
		LifecycleEndorsement: t.LifecycleEndorsement(),
		BatchTimeout:         t.BatchTimeout.String(),
	}
	for _, n := range t.OrdererNodes() {
		v.Orderers = append(v.Orderers, ordererValues{
			address:        at(s, n, network.ListenPort),
			TLSCertificate: crypto.Identity(n.Owner, n.Name).TLSCertificate(),
		})
	}
	for _, o := range t.Organisations {
		ov := organisationValues{MSPID: o.MSPID, MSPDir: crypto.MSP(o.Name)}
		for _, n := range o.PeerNodes() {
			ov.Anchors = append(ov.Anchors, at(s, n, network.ListenPort))
		}
		v.Organisations = append(v.Organisations, ov)
	}
	return v
}

// nodeFields fill core.yaml.tmpl and orderer.yaml.tmpl.
type nodeFields struct {
	Name, MSPID, MSPDir, Channel         string
	TLSCertificate, TLSKey, TLSRoot      string
	PeerRoots                            string
	Data, WAL, Snapshots                 string
	LedgerSnapshots, Builder             string
	Listen, Operations, Admin, Bootstrap address
	ChaincodeListen                      address
}

func nodeValues(h network.Home, s *network.State, n network.Node) nodeFields {
	id := h.Crypto().Identity(n.Owner, n.Name)
	data := h.NodeData(n.Name)
	return nodeFields{
		Name: n.Name, MSPID: n.MSPID, MSPDir: id.MSP(), Channel: network.Channel,
		TLSCertificate: id.TLSCertificate(), TLSKey: id.TLSKey(), TLSRoot: h.Crypto().TLSRoot(n.Owner),
		PeerRoots:       h.PeerRoots(),
		Data:            data,
		WAL:             filepath.Join(data, "etcdraft", "wal"),
		Snapshots:       filepath.Join(data, "etcdraft", "snapshot"),
		LedgerSnapshots: filepath.Join(data, "snapshots"),
		Builder:         h.Builder(),
		Listen:          at(s, n, network.ListenPort),
		Operations:      at(s, n, network.OperationsPort),
		Admin:           at(s, n, network.AdminPort),
		ChaincodeListen: at(s, n, network.ChaincodePort),
		Bootstrap:       bootstrap(s, n),
	}
}

// bootstrap is the peer of the same organisation that a peer asks first for its
// neighbours: the next one, or itself if it is alone.
func bootstrap(s *network.State, n network.Node) address {
	var own []network.Node
	for _, p := range s.Topology.PeerNodes() {
		if p.Owner == n.Owner {
			own = append(own, p)
		}
	}
	for i, p := range own {
		if p.Name == n.Name {
			return at(s, own[(i+1)%len(own)], network.ListenPort)
		}
	}
	return at(s, n, network.ListenPort)
}

func at(s *network.State, n network.Node, purpose string) address {
	return address{Host: s.Host(n.Name, purpose), Port: s.Port(n.Name, purpose)}
}
