package lifecycle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	//lint:ignore SA1019 fabric-protos-go's messages are of this module.
	"github.com/golang/protobuf/proto"
	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/pki"
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
	larger := network.Default()
	larger.Organisations = append(larger.Organisations, network.NewOrganisation("lender2", 1))
	config := channelOf(network.Default())
	group := &common.ConfigGroup{Version: 7}
	for range 2 { // The second time changes nothing.
		if err := admit(config, larger, newMember{id: "Lender2MSP", group: group}); err != nil {
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

func TestAnAdmissionThatWouldShutOutAMemberIsRefused(t *testing.T) {
	strangers := network.Default()
	strangers.Organisations = append(strangers.Organisations, network.NewOrganisation("stranger", 1))
	config := channelOf(strangers)
	before := proto.Clone(config)
	err := admit(config, network.Default(), newMember{id: "LenderMSP"})
	if err == nil || !strings.Contains(err.Error(), "StrangerMSP") {
		t.Errorf("it says %v", err)
	}
	if !proto.Equal(before, config) {
		t.Error("the configuration was changed")
	}
	for name, c := range map[string]*common.Config{"nothing": nil, "empty": {}, "no policies": {ChannelGroup: &common.ConfigGroup{
		Groups: map[string]*common.ConfigGroup{applicationGroup: {Groups: map[string]*common.ConfigGroup{"LenderMSP": {}}}},
	}}} {
		if err := admit(c, network.Default(), newMember{id: "LenderMSP"}); err == nil {
			t.Errorf("%s: it is changed", name)
		}
	}
}

func TestAMembersGroupHoldsOnlyItsPublicSide(t *testing.T) {
	h := network.Home(t.TempDir())
	o := network.NewOrganisation("lender2", 2)
	for dir, a := range map[string]*pki.Authority{h.Crypto().CA(o.Name): authority(t, "ca"), h.Crypto().TLSCA(o.Name): authority(t, "tls")} {
		if err := a.Write(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(dir, "key.pem")); err != nil {
			t.Fatal(err) // Its operator has it, and no other.
		}
	}
	c := &Client{home: h, state: &network.State{Ports: map[string]int{"peer0.lender2/listen": 1234, "peer1.lender2/listen": 1235}}}
	group, err := c.memberGroup(o)
	if err != nil {
		t.Fatal(err)
	}
	config := channelOf(network.Default())
	config.ChannelGroup.Groups[applicationGroup].Groups[o.MSPID] = group
	_, members, err := mspOf(config, o.MSPID)
	if err != nil {
		t.Fatal(err)
	}
	if members.Name != "Lender2MSP" || len(members.RootCerts) != 1 || len(members.TlsRootCerts) != 1 || !members.FabricNodeOus.Enable {
		t.Errorf("the members are %v", members)
	}
	var anchors peer.AnchorPeers
	if err := proto.Unmarshal(group.Values[anchorsValue].Value, &anchors); err != nil {
		t.Fatal(err)
	}
	if len(anchors.AnchorPeers) != 2 || anchors.AnchorPeers[1].Port != 1235 {
		t.Errorf("the anchors are %v", anchors.AnchorPeers)
	}
	for _, name := range []string{"Readers", "Writers", adminsPolicy, "Endorsement"} {
		if p := group.Policies[name]; p.GetModPolicy() != adminsPolicy || !strings.Contains(string(p.GetPolicy().GetValue()), o.MSPID) {
			t.Errorf("the policy %s is %v", name, p)
		}
	}
}
