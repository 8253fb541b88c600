package lifecycle

import (
	"strings"
	"testing"

	//lint:ignore SA1019 fabric-protos-go's messages are of this module.
	"github.com/golang/protobuf/proto"
	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/skuld-registry/skuld/network"
)

// channelOf is the part of a channel's configuration that an admission changes,
// with the members of a topology.
func channelOf(t network.Topology) *common.Config {
	policies := func(names ...string) map[string]*common.ConfigPolicy {
		m := map[string]*common.ConfigPolicy{}
		for _, n := range names {
			m[n] = &common.ConfigPolicy{ModPolicy: adminsPolicy}
		}
		return m
	}
	application := &common.ConfigGroup{
		Groups:   map[string]*common.ConfigGroup{},
		Policies: policies("Readers", "Writers", "Endorsement", "LifecycleEndorsement", adminsPolicy),
	}
	for _, o := range t.Organisations {
		application.Groups[o.MSPID] = &common.ConfigGroup{}
	}
	return &common.Config{ChannelGroup: &common.ConfigGroup{
		Groups:   map[string]*common.ConfigGroup{applicationGroup: application},
		Policies: policies("Readers", "Writers", adminsPolicy),
	}}
}

func TestANewMemberIsNamedInEveryPolicyThatNamesMembers(t *testing.T) {
	config := channelOf(network.Default())
	group := &common.ConfigGroup{Version: 7}
	for range 2 { // The second time changes nothing.
		if err := admit(config, newMember{id: "Lender2MSP", registrar: "RegistrarMSP", group: group}); err != nil {
			t.Fatal(err)
		}
	}
	application := config.ChannelGroup.Groups[applicationGroup]
	if application.Groups["Lender2MSP"] != group || len(application.Groups) != 4 {
		t.Errorf("the members are %v", application.Groups)
	}
	for name, p := range map[string]*common.ConfigPolicy{
		"channel readers": config.ChannelGroup.Policies["Readers"], "channel writers": config.ChannelGroup.Policies["Writers"],
		"readers": application.Policies["Readers"], "writers": application.Policies["Writers"],
		"endorsement": application.Policies["Endorsement"], "lifecycle": application.Policies["LifecycleEndorsement"],
	} {
		if p.ModPolicy != adminsPolicy || !strings.Contains(string(p.GetPolicy().GetValue()), "Lender2MSP") {
			t.Errorf("the policy of %s does not name the new member", name)
		}
	}
	for _, p := range []*common.ConfigPolicy{config.ChannelGroup.Policies[adminsPolicy], application.Policies[adminsPolicy]} {
		if p.Policy != nil {
			t.Error("who may change the configuration was changed")
		}
	}
}

func TestAMemberThatThisMachineDoesNotKnowOfKeepsItsPlaceInThePolicies(t *testing.T) {
	larger := network.Default()
	larger.Organisations = append(larger.Organisations, network.NewOrganisation("stranger", 1))
	config := channelOf(larger)
	if err := admit(config, newMember{id: "Lender2MSP", registrar: "RegistrarMSP", group: &common.ConfigGroup{}}); err != nil {
		t.Fatal(err)
	}
	for name, p := range config.ChannelGroup.Groups[applicationGroup].Policies {
		if name != adminsPolicy && !strings.Contains(string(p.GetPolicy().GetValue()), "StrangerMSP") {
			t.Errorf("the policy %s shuts the stranger out", name)
		}
	}
}

func TestAMemberIsNotAdmittedAgainNorAnotherInItsPlace(t *testing.T) {
	groupOf := func() *common.ConfigGroup {
		group, err := memberGroup(network.Candidate{
			Organisation: network.NewOrganisation("lender2", 1), Ports: map[string]int{"peer0.lender2/listen": 1234},
			Roots: network.Roots{Enrolment: string(authority(t, "ca").Certificate()), TLS: string(authority(t, "tls").Certificate())},
		})
		if err != nil {
			t.Fatal(err)
		}
		return group
	}
	config := channelOf(network.Default())
	group := groupOf()
	config.ChannelGroup.Groups[applicationGroup].Groups["Lender2MSP"] = group
	before := proto.Clone(config)
	if err := admit(config, newMember{id: "Lender2MSP", registrar: "RegistrarMSP", group: group}); err != nil {
		t.Error(err)
	}
	err := admit(config, newMember{id: "Lender2MSP", registrar: "RegistrarMSP", group: groupOf()})
	if err == nil || !strings.Contains(err.Error(), "other roots") {
		t.Errorf("another in its place: %v", err)
	}
	if !proto.Equal(before, config) {
		t.Error("the configuration was changed")
	}
}

func TestAConfigurationOfAnotherShapeIsRefused(t *testing.T) {
	member := newMember{id: "Lender2MSP", registrar: "RegistrarMSP", group: &common.ConfigGroup{}}
	for name, c := range map[string]*common.Config{
		"nothing": nil, "empty": {}, "no policies": {ChannelGroup: &common.ConfigGroup{
			Groups: map[string]*common.ConfigGroup{applicationGroup: {Groups: map[string]*common.ConfigGroup{"RegistrarMSP": {}}}},
		}}, "no registrar": channelOf(network.Topology{Organisations: []network.Organisation{network.NewOrganisation("lender", 1)}}),
	} {
		if err := admit(c, member); err == nil {
			t.Errorf("%s: it is changed", name)
		}
	}
}

func TestAMembersGroupIsMadeOfWhatTheCandidateShows(t *testing.T) {
	o := network.NewOrganisation("lender2", 2)
	candidate := network.Candidate{
		Organisation: o, Host: "10.1.2.3", Ports: map[string]int{"peer0.lender2/listen": 1234, "peer1.lender2/listen": 1235},
		Roots: network.Roots{Enrolment: string(authority(t, "ca").Certificate()), TLS: string(authority(t, "tls").Certificate())},
	}
	group, err := memberGroup(candidate)
	if err != nil {
		t.Fatal(err)
	}
	config := channelOf(network.Default())
	config.ChannelGroup.Groups[applicationGroup].Groups[o.MSPID] = group
	_, members, err := mspOf(config, o.MSPID)
	if err != nil {
		t.Fatal(err)
	}
	if members.Name != "Lender2MSP" || string(members.RootCerts[0]) != candidate.Roots.Enrolment ||
		string(members.TlsRootCerts[0]) != candidate.Roots.TLS || !members.FabricNodeOus.Enable {
		t.Errorf("the members are %v", members)
	}
	var anchors peer.AnchorPeers
	if err := proto.Unmarshal(group.Values[anchorsValue].Value, &anchors); err != nil {
		t.Fatal(err)
	}
	if len(anchors.AnchorPeers) != 2 || anchors.AnchorPeers[1].Port != 1235 || anchors.AnchorPeers[1].Host != "10.1.2.3" {
		t.Errorf("the anchors are %v", anchors.AnchorPeers)
	}
	for _, name := range []string{"Readers", "Writers", adminsPolicy, "Endorsement"} {
		if p := group.Policies[name]; p.GetModPolicy() != adminsPolicy || !strings.Contains(string(p.GetPolicy().GetValue()), o.MSPID) {
			t.Errorf("the policy %s is %v", name, p)
		}
	}
}

func TestASignedChangeThatIsAnotherThanTheOneWorkedOutHereIsRefused(t *testing.T) {
	update := func(channel string) []byte {
		b, err := proto.Marshal(&common.ConfigUpdate{ChannelId: channel})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if err := sameUpdate(update("skuld"), update("skuld")); err != nil {
		t.Errorf("the same: %v", err)
	}
	for name, brought := range map[string][]byte{"another": update("other"), "junk": []byte("junk\xff"), "nothing": {}} {
		if err := sameUpdate(update("skuld"), brought); err == nil {
			t.Errorf("%s is taken for the same", name)
		}
	}
	if _, err := signersOf([]*common.ConfigSignature{{SignatureHeader: []byte("junk\xff")}}); err == nil {
		t.Error("junk is taken for a signature")
	}
}
