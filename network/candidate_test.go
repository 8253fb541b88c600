package network_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/pki"
)

var now = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// roots are those of an owner.
func roots(t *testing.T, owner string) network.Roots {
	t.Helper()
	var texts [2]string
	for i := range texts {
		a, err := pki.NewAuthority("ca."+owner, owner, now)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(a.Certificate())
	}
	return network.Roots{Enrolment: texts[0], TLS: texts[1]}
}

func candidate(t *testing.T) network.Candidate {
	t.Helper()
	return network.Candidate{
		Organisation: network.NewOrganisation("lender2", 1), Host: "10.1.2.3",
		Ports: map[string]int{"peer0.lender2/listen": 20000}, Roots: roots(t, "lender2"),
	}
}

func TestACandidateThatIsNotWhatItSaysIsRefused(t *testing.T) {
	if err := candidate(t).Check(); err != nil {
		t.Fatalf("a good one: %v", err)
	}
	leaf := func() string {
		a, err := pki.NewAuthority("ca", "lender2", now)
		if err != nil {
			t.Fatal(err)
		}
		p, err := a.Enrol("someone", pki.Admin, now)
		if err != nil {
			t.Fatal(err)
		}
		return string(p.Certificate)
	}()
	for name, spoil := range map[string]func(*network.Candidate){
		"a name that is a path":     func(c *network.Candidate) { c.Organisation = network.NewOrganisation("../x", 1) },
		"no name":                   func(c *network.Candidate) { c.Organisation = network.NewOrganisation("", 1) },
		"another's MSP id":          func(c *network.Candidate) { c.Organisation.MSPID = "RegistrarMSP" },
		"no peers":                  func(c *network.Candidate) { c.Organisation.Peers = 0 },
		"too many peers":            func(c *network.Candidate) { c.Organisation.Peers = network.MaxPeers + 1 },
		"no host":                   func(c *network.Candidate) { c.Host = "" },
		"a host with a port":        func(c *network.Candidate) { c.Host = "example.org:80" },
		"a host that breaks a line": func(c *network.Candidate) { c.Host = "example.org\nx: y" },
		"no port":                   func(c *network.Candidate) { c.Ports = nil },
		"a port beyond the last":    func(c *network.Candidate) { c.Ports["peer0.lender2/listen"] = 1 << 16 },
		"a port of another's":       func(c *network.Candidate) { c.Ports["peer0.lender/listen"] = 20001 },
		"no root":                   func(c *network.Candidate) { c.Roots.Enrolment = "" },
		"no TLS root":               func(c *network.Candidate) { c.Roots.TLS = "junk" },
		"a root that is no root":    func(c *network.Candidate) { c.Roots.Enrolment = leaf },
	} {
		c := candidate(t)
		spoil(&c)
		s := newState(t, network.Default())
		before := len(s.Ports)
		if err := s.CheckRemote(c); err == nil {
			t.Errorf("%s: it is admitted", name)
		}
		if len(s.Ports) != before || len(s.Remote)+len(s.Joining) != 0 || len(s.Topology.Organisations) != 3 {
			t.Errorf("%s: it left a trace: %+v", name, s)
		}
	}
}

func TestACandidateMayAskAgainButNotAsAnother(t *testing.T) {
	s := newState(t, network.Default())
	c := candidate(t)
	for range 2 {
		if err := s.CheckRemote(c); err != nil {
			t.Fatal(err)
		}
		s.AddRemote(c)
	}
	if s.Here("lender2") || !s.Here("lender") || len(s.Local()) != 3 || len(s.Members()) != 4 {
		t.Errorf("the state is %+v", s)
	}
	if got := s.Address("peer0.lender2", network.ListenPort); got != "10.1.2.3:20000" {
		t.Errorf("its peer is reached at %s", got)
	}
	moved := candidate(t)
	moved.Host = "10.9.9.9"
	if err := s.CheckRemote(moved); err == nil || !strings.Contains(err.Error(), "as another") {
		t.Errorf("elsewhere: %v", err)
	}
	ours := candidate(t)
	ours.Organisation = network.NewOrganisation("lender", 1)
	ours.Ports = map[string]int{"peer0.lender/listen": 20000}
	if err := s.CheckRemote(ours); err == nil {
		t.Error("a member of this machine was taken for a candidate")
	}
}

// welcome is what the default network, on 10.0.0.1, tells a candidate.
func welcome(t *testing.T, c network.Candidate) network.Welcome {
	t.Helper()
	s := newState(t, network.Default())
	s.AddRemote(c)
	w := network.Welcome{
		Topology: s.Topology, Hosts: map[string]string{"orderer": "10.0.0.1", "lender2": c.Host}, Ports: map[string]int{},
		Roots: map[string]network.Roots{}, Definitions: map[string]int{network.RegistryChaincode: 3},
		// A block that holds nothing but a header with a data hash of 32 bytes.
		Genesis: append([]byte{0x0a, 34, 0x1a, 32}, make([]byte, 32)...),
	}
	for _, n := range s.Topology.Nodes() {
		w.Ports[network.PortKey(n.Name, network.ListenPort)] = s.Port(n.Name, network.ListenPort)
	}
	for _, owner := range s.Topology.Owners() {
		w.Roots[owner] = roots(t, owner)
	}
	return w
}

func TestAWelcomedCandidateRunsItsOwnAndReachesTheRest(t *testing.T) {
	c := candidate(t)
	w := welcome(t, c)
	if err := w.Check("lender2"); err != nil {
		t.Fatal(err)
	}
	s, err := network.EnteringState(w, c)
	if err != nil {
		t.Fatal(err)
	}
	h := newHome(t)
	if err := s.Save(h.StateFile()); err != nil {
		t.Fatal(err)
	}
	again, err := network.LoadState(h)
	if err != nil || !reflect.DeepEqual(again, s) {
		t.Errorf("it is not read back: %v", err)
	}
	if nodes := s.LocalNodes(); len(nodes) != 1 || nodes[0].Name != "peer0.lender2" {
		t.Errorf("it runs %v", nodes)
	}
	if want := "10.0.0.1:"; !strings.HasPrefix(s.Address("orderer0", network.ListenPort), want) {
		t.Errorf("the orderer is reached at %s", s.Address("orderer0", network.ListenPort))
	}
	if d := s.Deployments; len(d) != 1 || d[0].Sequence != 3 || !d[0].Committed || len(d[0].Ports) != 1 {
		t.Errorf("the definitions are %+v", d)
	}
	for what := range s.AllPorts() {
		if !strings.Contains(what, "lender2") {
			t.Errorf("it counts %s among its own ports", what)
		}
	}
}

func TestAWelcomeThatLacksSomethingIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*network.Welcome){
		"another's":               func(w *network.Welcome) { w.Topology = network.Default() },
		"no topology":             func(w *network.Welcome) { w.Topology = network.Topology{} },
		"no roots":                func(w *network.Welcome) { delete(w.Roots, "orderer") },
		"no port of a node":       func(w *network.Welcome) { delete(w.Ports, "orderer0/listen") },
		"a host that is no host":  func(w *network.Welcome) { w.Hosts["orderer"] = "a b" },
		"a chaincode of its own":  func(w *network.Welcome) { w.Definitions["other"] = 1 },
		"a definition number nil": func(w *network.Welcome) { w.Definitions[network.RegistryChaincode] = 0 },
		"no first block":          func(w *network.Welcome) { w.Genesis = nil },
	} {
		w := welcome(t, candidate(t))
		spoil(&w)
		if err := w.Check("lender2"); err == nil {
			t.Errorf("%s: it is accepted", name)
		}
	}
}

func TestAFileOfTheOtherSideIsBounded(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "candidate.json")
	if err := network.WriteJSON(path, candidate(t)); err != nil {
		t.Fatal(err)
	}
	var c network.Candidate
	if err := network.ReadFile(path, &c); err != nil || c.Host != "10.1.2.3" {
		t.Errorf("it reads %+v: %v", c, err)
	}
	for name, text := range map[string][]byte{
		"too long": []byte(`"` + strings.Repeat("a", network.MaxFileBytes) + `"`), "no JSON": []byte("hello"), "empty": nil,
	} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := network.ReadFile(path, &c); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
	if err := network.ReadFile(filepath.Join(dir, "missing"), &c); err == nil {
		t.Errorf("a missing file: %v", err)
	}
}

func TestAFingerprintIsOfAllButTheSignatures(t *testing.T) {
	c := candidate(t)
	fingerprint := func() string {
		f, err := c.Fingerprint()
		if err != nil || len(f) != 64 {
			t.Fatalf("the fingerprint is %q: %v", f, err)
		}
		return f
	}
	first := fingerprint()
	c.Update, c.Signatures = []byte("update"), [][]byte{[]byte("signature")}
	if fingerprint() != first {
		t.Error("a signature changes it")
	}
	c.Ports["peer0.lender2/listen"]++
	if fingerprint() == first {
		t.Error("another port does not change it")
	}
}
