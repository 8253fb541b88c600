package network_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/network"
)

func TestANewOrganisationHasPortsOfItsOwnForAllThatItRuns(t *testing.T) {
	s := newState(t, network.Default())
	before := len(s.AllPorts())
	if err := s.Add(network.NewOrganisation("lender2", 2)); err != nil {
		t.Fatal(err)
	}
	seen := map[int]string{}
	for what, port := range s.AllPorts() {
		if other, ok := seen[port]; ok || port == 0 {
			t.Errorf("%s and %q share port %d", what, other, port)
		}
		seen[port] = what
	}
	// Two peers with three ports, a gateway, and a server of the one chaincode.
	if added := len(seen) - before; added != 2*3+1+1 {
		t.Errorf("%d ports were added", added)
	}
	if want := []string{"lender2"}; !reflect.DeepEqual(s.Joining, want) {
		t.Errorf("%v are joining", s.Joining)
	}
	if members := s.Members(); len(members) != 3 {
		t.Errorf("the members are %v", members)
	}
	s.Joined("lender2")
	if members := s.Members(); len(members) != 4 || members[3].MSPID != "Lender2MSP" {
		t.Errorf("the members are %v", members)
	}
}

func TestANewOrganisationListensWhereItsMachineDoes(t *testing.T) {
	s := newState(t, network.Default())
	s.Hosts = map[string]string{network.OrdererOwner: "10.0.0.1", "registrar": "10.0.0.1"}
	if err := s.Add(network.NewOrganisation("lender2", 1)); err != nil {
		t.Fatal(err)
	}
	if got := s.Host("peer0.lender2", network.ListenPort); got != "10.0.0.1" {
		t.Errorf("its peer listens on %s", got)
	}
	if got := s.Host("peer0.lender2", network.OperationsPort); got != network.Host {
		t.Errorf("its operations are open on %s", got)
	}
}

func TestAddingAgainChangesNothingUntilTheOrganisationIsAMember(t *testing.T) {
	s := newState(t, network.Default())
	o := network.NewOrganisation("lender2", 1)
	for range 2 {
		if err := s.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(s.Topology.Organisations); got != 4 {
		t.Errorf("there are %d organisations", got)
	}
	if err := s.Add(network.NewOrganisation("lender2", 2)); err == nil || !strings.Contains(err.Error(), "is joining with 1 peers") {
		t.Errorf("the same with more peers: %v", err)
	}
	s.Joined("lender2")
	if err := s.Add(o); err == nil || !strings.Contains(err.Error(), "member already") {
		t.Errorf("a member: %v", err)
	}
}

func TestAnOrganisationThatTheTopologyMayNotHaveLeavesNoTrace(t *testing.T) {
	s := newState(t, network.Default())
	before := len(s.AllPorts())
	for _, o := range []network.Organisation{
		network.NewOrganisation("", 1), network.NewOrganisation("../escape", 1), network.NewOrganisation("Lender2", 1),
		network.NewOrganisation("lender2", 0), network.NewOrganisation("lender2", network.MaxPeers+1),
		network.NewOrganisation(network.OrdererOwner, 1), {Name: "lender2", MSPID: "LenderMSP", Peers: 1},
	} {
		if err := s.Add(o); err == nil {
			t.Errorf("%+v was added", o)
		}
	}
	if len(s.AllPorts()) != before || len(s.Joining) != 0 || len(s.Topology.Organisations) != 3 {
		t.Errorf("the state is %+v", s)
	}
}
