package networktest_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/networktest"
	"github.com/skuld-registry/skuld/network/process"
)

func TestMain(m *testing.M) { os.Exit(networktest.Main(m)) }

// firstCommitLimit is the promise: from existing programs to the first
// committed transaction on a new ledger.
const firstCommitLimit = 3 * time.Second

// firstCommitTries is how many networks may be made before the promise counts as
// broken: the machine may be busy with something else.
const firstCommitTries = 3

func TestTheFirstTransactionCommitsSoonAfterTheStartOfANewNetwork(t *testing.T) {
	var took time.Duration
	for range firstCommitTries {
		n := networktest.Start(t, networktest.Options{Floor: true})
		start := time.Now()
		connect(t, n.Connection(t, "lender"), nil).mustPut(t, "first", "1")
		commit := time.Since(start)
		steps := n.Status(t).Steps
		for _, s := range steps {
			t.Logf("%6.2f s  %s", s.Elapsed.Seconds(), s.What)
		}
		took = steps[len(steps)-1].Elapsed + commit
		t.Logf("%6.2f s  first transaction committed", took.Seconds())
		n.Stop(t)
		if took <= firstCommitLimit {
			return
		}
	}
	if load, most := systemLoad(t), 2*float64(runtime.NumCPU()); load > most {
		t.Skipf("%.0f processes want the %d CPUs, so how long something takes says nothing", load, runtime.NumCPU())
	}
	t.Errorf("the first transaction was committed after %s, not within %s", took, firstCommitLimit)
}

// systemLoad is how many processes wanted to run in the last minute.
func systemLoad(t *testing.T) float64 {
	t.Helper()
	first, _, _ := strings.Cut(string(read(t, "/proc/loadavg")), " ")
	load, err := strconv.ParseFloat(first, 64)
	if err != nil {
		t.Fatal(err)
	}
	return load
}

func TestEverythingIsStillThereAfterStopAndAfterAPowerCut(t *testing.T) {
	n := networktest.Start(t, networktest.Options{Floor: true})
	digest := n.Status(t).Digest
	ports := addresses(n.Status(t))
	for i, end := range []func(testing.TB){n.Stop, n.PowerCut} {
		key, value := "kept"+string(rune('a'+i)), "value"
		connect(t, n.Connection(t, "lender"), nil).mustPut(t, key, value)
		end(t)
		n.Up(t)
		for _, org := range []string{"lender", "collector", "registrar"} {
			connect(t, n.Connection(t, org), nil).mustHold(t, key, value)
		}
		connect(t, n.Connection(t, "collector"), nil).mustPut(t, key, "changed")
	}
	if got := n.Status(t).Digest; got != digest {
		t.Errorf("the network's digest was %s and is %s", digest, got)
	}
	if got := addresses(n.Status(t)); got != ports {
		t.Errorf("the addresses were\n%s\nand are\n%s", ports, got)
	}
}

func addresses(s control.Status) string {
	var b strings.Builder
	for _, p := range s.Processes {
		b.WriteString(p.Name + " " + p.Address + "\n")
	}
	return b.String()
}

func TestEveryKilledProcessComesBackAndTheNetworkCommits(t *testing.T) {
	n := networktest.Start(t, networktest.Options{Floor: true})
	client := connect(t, n.Connection(t, "lender"), nil)
	for _, p := range n.Status(t).Processes {
		t.Run(p.Name, func(t *testing.T) {
			n.Kill(t, p.Name)
			n.AwaitRunning(t, p.Name)
			client.mustPut(t, "after", p.Name)
			client.mustHold(t, "after", p.Name)
			for _, now := range n.Status(t).Processes {
				if now.Name == p.Name && (now.Restarts != 1 || *now.ID == *p.ID) {
					t.Errorf("it was restarted %d times and is process %d, as before", now.Restarts, now.ID.PID)
				}
			}
		})
	}
}

func TestAHeldProcessStaysDownUntilItIsStarted(t *testing.T) {
	n := networktest.Shared(t, networktest.Options{Floor: true})
	client := connect(t, n.Connection(t, "lender"), nil)
	n.Hold(t, "floor.collector")
	for i := range 5 {
		client.mustPut(t, "held", string(rune('0'+i)))
	}
	for _, p := range n.Status(t).Processes {
		want := process.Running
		if p.Name == "floor.collector" {
			want = process.Held
		}
		if p.State != want {
			t.Errorf("%s is %s, not %s", p.Name, p.State, want)
		}
	}
	n.StartAgain(t, "floor.collector")
	client.mustPut(t, "held", "no more")
}

func TestASecondSupervisorOnTheSameHomeIsRefused(t *testing.T) {
	n := networktest.Shared(t, networktest.Options{Floor: true})
	out, err := n.Run(t, "up", "--no-gateways", "--no-chaincode")
	if err == nil || !strings.Contains(out, "a network is running in") {
		t.Errorf("it said %v: %s", err, out)
	}
}

func TestAnUpgradedChaincodeServesAndTheOldServersEnd(t *testing.T) {
	n := networktest.Start(t, networktest.Options{Floor: true})
	before := map[string]int{}
	for _, p := range n.Status(t).Processes {
		before[p.Name] = p.ID.PID
	}
	client := connect(t, n.Connection(t, "lender"), nil)
	client.mustPut(t, "upgrade", "before")
	n.Upgrade(t, network.FloorChaincode)
	client.mustHold(t, "upgrade", "before")
	client.mustPut(t, "upgrade", "after")
	after := n.Status(t).Processes
	if len(after) != len(before) {
		t.Errorf("there were %d processes and are %d", len(before), len(after))
	}
	for _, p := range after {
		changed := p.ID.PID != before[p.Name]
		if isServer := strings.HasPrefix(p.Name, network.FloorChaincode+"."); changed != isServer {
			t.Errorf("%s: process changed is %t", p.Name, changed)
		}
	}
	n.Stop(t)
	n.Up(t)
	client.mustHold(t, "upgrade", "after")
}
