package network_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestTheBuiltInTopologiesAreValid(t *testing.T) {
	for _, topology := range []network.Topology{network.Default(), network.Rehearsal()} {
		if err := topology.Validate(); err != nil {
			t.Errorf("%s: %v", topology.Name, err)
		}
		same, err := network.ByName(topology.Name)
		if err != nil || same.Name != topology.Name {
			t.Errorf("%s is found as %q: %v", topology.Name, same.Name, err)
		}
	}
	if _, err := network.ByName("imaginary"); err == nil {
		t.Error("an imaginary topology is found")
	}
}

// TestPoliciesAreThoseWrittenDown makes a change of who must agree a visible
// difference in a file.
func TestPoliciesAreThoseWrittenDown(t *testing.T) {
	var b strings.Builder
	for _, topology := range []network.Topology{network.Default(), network.Rehearsal()} {
		b.WriteString(topology.Name + "\n")
		for _, p := range []struct{ name, rule string }{
			{"endorsement", topology.Endorsement()},
			{"lifecycle endorsement", topology.LifecycleEndorsement()},
			{"readers", topology.Readers()},
			{"writers", topology.Writers()},
			{"channel writers", network.WithOrderers(topology.Writers())},
		} {
			b.WriteString("  " + p.name + ": " + p.rule + "\n")
		}
		for _, c := range topology.Chaincodes {
			for _, k := range c.Collections {
				rule, err := topology.MembersPolicy(k)
				if err != nil {
					t.Fatal(err)
				}
				b.WriteString("  members of " + c.Name + " " + k.Name + ": " + rule + "\n")
			}
		}
	}
	golden(t, "policies.txt", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; -update writes it anew:\n%s", path, got)
	}
}

func TestATopologyWithAFaultIsRefusedAndTheFaultNamed(t *testing.T) {
	for _, c := range []struct {
		says   string
		damage func(*network.Topology)
	}{
		{"0 orderers", func(t *network.Topology) { t.Orderers = 0 }},
		{"8 orderers", func(t *network.Topology) { t.Orderers = 8 }},
		{"batch timeout", func(t *network.Topology) { t.BatchTimeout = 0 }},
		{"batch timeout", func(t *network.Topology) { t.BatchTimeout = time.Hour }},
		{"GOGC", func(t *network.Topology) { t.GOGC = -1 }},
		{"1 organisations", func(t *network.Topology) { t.Organisations = t.Organisations[2:] }},
		{"registrar", func(t *network.Topology) { t.Registrar = "nobody" }},
		{"does not match", func(t *network.Topology) { t.Organisations[0].Name = "../x" }},
		{"does not match", func(t *network.Topology) { t.Organisations[0].MSPID = "X' OR" }},
		{"two organisations are called", func(t *network.Topology) { t.Organisations[0].Name = "collector" }},
		{"two organisations are called", func(t *network.Topology) { t.Organisations[0].Name = "orderer" }},
		{"two organisations have the MSP id", func(t *network.Topology) { t.Organisations[0].MSPID = "CollectorMSP" }},
		{"0 peers", func(t *network.Topology) { t.Organisations[0].Peers = 0 }},
		{"5 peers", func(t *network.Topology) { t.Organisations[0].Peers = 5 }},
		{"two chaincodes", func(t *network.Topology) { t.Chaincodes = append(t.Chaincodes, t.Chaincodes[0]) }},
		{"chaincode name", func(t *network.Topology) { t.Chaincodes[0].Name = "" }},
		{"binary", func(t *network.Topology) { t.Chaincodes[0].Binary = "/bin/sh" }},
		{"collection name", func(t *network.Topology) { t.Chaincodes[0].Collections[0].Name = "" }},
		{"no members", func(t *network.Topology) { t.Chaincodes[0].Collections[0].Members = nil }},
		{"no organisation", func(t *network.Topology) { t.Chaincodes[0].Collections[0].Members = []string{"nobody"} }},
		{"requires 1", func(t *network.Topology) { t.Chaincodes[0].Collections[0].RequiredPeers = 1 }},
	} {
		topology := network.Default()
		c.damage(&topology)
		err := topology.Validate()
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q is not what it says: %v", c.says, err)
		}
		if _, err := network.NewState(topology); err == nil {
			t.Errorf("a network is planned although: %s", c.says)
		}
	}
}

func TestEveryNodeHasItsOwnNameAndOwner(t *testing.T) {
	var names []string
	for _, n := range network.Rehearsal().Nodes() {
		names = append(names, n.Name+" of "+n.Owner+" in "+n.MSPID)
	}
	golden(t, "nodes.txt", strings.Join(names, "\n")+"\n")
}
