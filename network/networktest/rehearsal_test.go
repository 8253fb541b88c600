package networktest_test

import (
	"fmt"
	"testing"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/networktest"
)

// TestTheRehearsalNetworkGoesOnWithoutOneOrdererAndOneRegistrarPeer takes away,
// one at a time, what the larger topology has more than once.
func TestTheRehearsalNetworkGoesOnWithoutOneOrdererAndOneRegistrarPeer(t *testing.T) {
	n := networktest.Start(t, networktest.Options{Topology: "rehearsal", Floor: true})
	members := network.Rehearsal().Organisations
	clients := map[string]floorClient{}
	for _, o := range members {
		clients[o.Name] = connect(t, n.Connection(t, o.Name), nil)
		clients[o.Name].mustPut(t, "from", o.Name)
	}
	for _, spare := range []string{"orderer0", "orderer1", "orderer2", "peer1.registrar"} {
		n.Hold(t, spare)
		for _, name := range []string{"lender", "lender2", "collector", "collector2"} {
			clients[name].mustPut(t, "without "+spare, name)
		}
		n.StartAgain(t, spare)
	}
	for i, o := range members {
		key := fmt.Sprint("whole again ", i)
		clients[o.Name].mustPut(t, key, o.Name)
		for _, reader := range members {
			clients[reader.Name].mustHold(t, key, o.Name)
		}
	}
}
