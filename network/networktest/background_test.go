package networktest_test

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network/networktest"
	"github.com/skuld-registry/skuld/network/process"
)

// endLimit is how long the processes of a killed supervisor may take to be
// gone.
const endLimit = 10 * time.Second

func TestANetworkInTheBackgroundEndsWithDownAndWithItsSupervisor(t *testing.T) {
	n := networktest.New(t, networktest.Options{Floor: true})
	up := []string{"up", "--no-gateways", "--no-chaincode", "--floor"}
	t.Cleanup(func() {
		if out, err := n.Run(t, "reset"); err != nil {
			t.Errorf("resetting: %v: %s", err, out)
		}
		if _, err := os.Stat(string(n.Home)); err == nil {
			t.Error("after a reset the home is still there")
		}
	})
	mustRun(t, n, up...)
	connect(t, n.Connection(t, "lender"), nil).mustPut(t, "background", "1")
	out := mustRun(t, n, "status")
	if !strings.Contains(out, "is ready") || strings.Count(out, " running ") != 7 {
		t.Errorf("the status is\n%s", out)
	}

	ids := running(t, n)
	mustRun(t, n, "down")
	mustAllEnd(t, ids)

	mustRun(t, n, up...)
	ids = running(t, n)
	supervisor, err := process.Holder(n.Home.Lock())
	if err != nil {
		t.Fatal(err)
	}
	if err := supervisor.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	mustAllEnd(t, append(ids, supervisor))
	out = mustRun(t, n, "down")
	if !strings.Contains(out, "No network is running") {
		t.Errorf("down says %s", out)
	}

	mustRun(t, n, up...)
	connect(t, n.Connection(t, "collector"), nil).mustHold(t, "background", "1")
	ids = running(t, n)
	mustRun(t, n, "down")
	mustAllEnd(t, ids)
}

// TestANetworkInTheForegroundEndsWithWhoStartedIt: make that was killed left a
// whole network running.
func TestANetworkInTheForegroundEndsWithWhoStartedIt(t *testing.T) {
	n := networktest.Start(t, networktest.Options{Floor: true, Shell: true})
	n.PowerCut(t)
	if id, err := process.Holder(n.Home.Lock()); err == nil {
		t.Errorf("process %d still has the network's lock", id.PID)
	}
}

func TestAPortThatAnotherProgramTookIsNamed(t *testing.T) {
	n := networktest.New(t, networktest.Options{Floor: true})
	up := []string{"up", "--no-gateways", "--no-chaincode", "--floor"}
	mustRun(t, n, up...)
	address := n.Connection(t, "lender").Peer.Address
	mustRun(t, n, "down")
	stop := listen(t, address)
	out, err := n.Run(t, up...)
	if err == nil || !strings.Contains(out, "peer0.lender/listen") {
		t.Errorf("it says %v: %s", err, out)
	}
	stop()
	mustRun(t, n, up...)
	mustRun(t, n, "down")
}

func TestAChaincodeIsAddedToANetworkThatWasMadeWithoutIt(t *testing.T) {
	n := networktest.New(t, networktest.Options{Floor: true})
	mustRun(t, n, "up", "--no-gateways", "--no-chaincode")
	if got := len(running(t, n)); got != 4 {
		t.Errorf("without a chaincode %d processes run, not 4", got)
	}
	mustRun(t, n, "down")
	n.Up(t)
	connect(t, n.Connection(t, "collector"), nil).mustPut(t, "added", "later")
	n.Stop(t)
	n.Up(t)
	connect(t, n.Connection(t, "lender"), nil).mustHold(t, "added", "later")
}

func running(t *testing.T, n *networktest.Network) []process.ID {
	t.Helper()
	var ids []process.ID
	for _, p := range n.Status(t).Processes {
		if p.ID == nil {
			t.Fatalf("%s does not run", p.Name)
		}
		ids = append(ids, *p.ID)
	}
	return ids
}

func mustAllEnd(t *testing.T, ids []process.ID) {
	t.Helper()
	deadline := time.NewTimer(endLimit)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for _, id := range ids {
		for id.Alive() {
			select {
			case <-tick.C:
			case <-deadline.C:
				t.Fatalf("process %d still runs", id.PID)
			}
		}
	}
}
