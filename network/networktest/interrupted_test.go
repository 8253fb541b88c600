package networktest_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/networktest"
	"github.com/skuld-registry/skuld/network/process"
)

// TestAStartThatWasCutOffAnywhereIsCompletedByTheNext kills everything after
// each step of the first start of a new network.
func TestAStartThatWasCutOffAnywhereIsCompletedByTheNext(t *testing.T) {
	for _, after := range []string{"certificates", "processes started", "orderers have", "peers have joined", "are installed", "has the chaincode"} {
		t.Run(after, func(t *testing.T) {
			n := networktest.New(t, networktest.Options{Floor: true})
			started := make(chan struct{})
			go func() {
				defer close(started)
				// It is cut off, so how it ends does not matter.
				_, _ = n.Run(t, "up", "--no-gateways", "--no-chaincode", "--floor")
			}()
			killAfter(t, n, after)
			<-started
			n.Up(t)
			connect(t, n.Connection(t, "lender"), nil).mustPut(t, "cut off after", after)
		})
	}
}

// killAfter kills the supervisor, and with it all its processes, once it has
// done a step.
func killAfter(t *testing.T, n *networktest.Network, step string) {
	t.Helper()
	client := control.NewClient(n.Home)
	limit := time.NewTimer(submitLimit)
	defer limit.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("no step %q within %s", step, submitLimit)
		}
		status, err := client.Status(t.Context())
		if err != nil {
			continue // It does not answer yet.
		}
		for _, s := range status.Steps {
			if !strings.Contains(s.What, step) {
				continue
			}
			supervisor, err := process.Holder(n.Home.Lock())
			if err != nil {
				t.Fatal(err)
			}
			if err := supervisor.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			mustAllEnd(t, []process.ID{supervisor})
			return
		}
	}
}
