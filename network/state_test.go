package network_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/skuld-registry/skuld/network"
)

// newHome is a home with a network's folder in it.
func newHome(t *testing.T) network.Home {
	t.Helper()
	h := network.Home(t.TempDir())
	if err := h.Claim(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(h.Network(), network.FolderMode); err != nil {
		t.Fatal(err)
	}
	return h
}

func newState(t *testing.T, topology network.Topology) *network.State {
	t.Helper()
	s, err := network.NewState(topology)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryPortOfANetworkIsItsOwnAndFree(t *testing.T) {
	s := newState(t, network.Rehearsal())
	seen := map[int]string{}
	for what, port := range s.AllPorts() {
		if other, ok := seen[port]; ok {
			t.Errorf("%s and %s share port %d", what, other, port)
		}
		seen[port] = what
		if err := network.PortTaken(port); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	// Three orderers and six peers with three ports, five gateways, and five
	// servers of the one chaincode.
	if want := 3*3 + 6*3 + 5 + 5; len(seen) != want {
		t.Errorf("there are %d ports, not %d", len(seen), want)
	}
}

func TestAPortThatSomethingListensOnIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", network.Address(0))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("the address is a %T", l.Addr())
	}
	if err := network.PortTaken(addr.Port); err == nil {
		t.Error("the port is said to be free")
	}
}

func TestNoMorePortsThanThereAreRoomFor(t *testing.T) {
	if _, err := network.FreePorts(1<<17, nil); err == nil {
		t.Error("131072 free ports were found")
	}
}

func TestTheStateComesBackFromTheDiskAsItWas(t *testing.T) {
	h := newHome(t)
	s := newState(t, network.Default())
	if err := s.Save(h.StateFile()); err != nil {
		t.Fatal(err)
	}
	back, err := network.LoadState(h)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s, back) {
		t.Errorf("it was\n%+v\nand is\n%+v", s, back)
	}
	info, err := os.Stat(h.StateFile())
	if err != nil || info.Mode().Perm() != network.PrivateMode {
		t.Errorf("its mode is %v: %v", info.Mode(), err)
	}
}

func TestADamagedStateIsRefused(t *testing.T) {
	h := newHome(t)
	if _, err := network.LoadState(h); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing state: %v", err)
	}
	for name, content := range map[string]string{
		"empty": "", "text": "endorsement: nobody", "no topology": "{}", "no ports": `{"topology":` + defaultTopology + `}`,
	} {
		if err := os.WriteFile(h.StateFile(), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := network.LoadState(h); err == nil {
			t.Errorf("%s: it is accepted", name)
		}
	}
}

const defaultTopology = `{"name":"default","orderers":1,"organisations":[{"name":"a","msp_id":"AMSP","peers":1},{"name":"b","msp_id":"BMSP","peers":1}],"registrar":"b","batch_timeout_ns":50000000}`

func TestAnUpgradeIsPlannedOnceUntilItIsCommitted(t *testing.T) {
	s := newState(t, network.Default())
	first := s.Deployments[0]
	if first.Label() != "skuld_1" || first.Committed {
		t.Fatalf("a new network plans %s, committed %t", first.Label(), first.Committed)
	}
	again, err := s.Plan(network.RegistryChaincode)
	if err != nil || !reflect.DeepEqual(again, first) {
		t.Fatalf("a definition that is not committed yet is planned again as %+v: %v", again, err)
	}
	s.Committed(first)
	second, err := s.Plan(network.RegistryChaincode)
	if err != nil || second.Label() != "skuld_2" || len(s.Deployments) != 2 {
		t.Fatalf("the upgrade is %s beside %d others: %v", second.Label(), len(s.Deployments)-1, err)
	}
	for org, port := range second.Ports {
		if port == first.Ports[org] {
			t.Errorf("both servers of %s have port %d", org, port)
		}
	}
	s.Committed(second)
	if len(s.Deployments) != 1 || s.Deployments[0].Sequence != 2 || !s.Deployments[0].Committed {
		t.Errorf("after the upgrade there are %+v", s.Deployments)
	}
	if _, err := s.Plan("unheard"); err == nil {
		t.Error("a chaincode that the topology lacks is planned")
	}
}

func TestAConnectionProfileNamesOnlyWhatIsTheOrganisations(t *testing.T) {
	h := newHome(t)
	s := newState(t, network.Rehearsal())
	c, err := s.Connection(h, "collector2", "digest")
	if err != nil {
		t.Fatal(err)
	}
	if err := network.WriteJSON(filepath.Join(string(h), "fabric.json"), c); err != nil {
		t.Fatal(err)
	}
	back, err := network.ReadConnection(filepath.Join(string(h), "fabric.json"))
	if err != nil {
		t.Fatal(err)
	}
	identity := h.Crypto().Identity("collector2", "gateway")
	peers := back.Peers
	back.Peers = nil
	want := network.Connection{
		Organisation: "collector2", MSPID: "Collector2MSP", Channel: "skuld", Chaincode: "skuld", Network: "digest",
		RegistrarMSPID: "RegistrarMSP",
		Peer:           network.PeerEndpoint{Address: s.Address("peer0.collector2", network.ListenPort), TLSCA: h.Crypto().TLSRoot("collector2")},
		Client:         network.ClientIdentity{Certificate: identity.Certificate(), Key: identity.Key()},
	}
	if !reflect.DeepEqual(back, want) {
		t.Errorf("it is\n%+v\nnot\n%+v", back, want)
	}
	if len(peers) != 6 {
		t.Errorf("it lists %d peers, not 6", len(peers))
	}
	if _, err := s.Connection(h, "nobody", "digest"); err == nil {
		t.Error("an organisation that is not there has a profile")
	}
}

func TestAnIncompleteConnectionProfileIsRefused(t *testing.T) {
	for _, content := range []string{"", "[]", "{}", `{"peer":{"address":"127.0.0.1:1"}}`} {
		path := filepath.Join(t.TempDir(), "fabric.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := network.ReadConnection(path); err == nil {
			t.Errorf("%q is accepted", content)
		}
	}
}
