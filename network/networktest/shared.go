package networktest

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// pool holds the networks that the tests of this process share.
var pool struct {
	mu       sync.Mutex
	networks map[Options]*Network
	folders  []string
}

// Shared returns a network that all tests of this process share, by what they
// ask for. A test that kills processes in it must bring them back, and a test
// must not depend on what the ledger holds. The package's TestMain must call
// Main, which ends the shared networks.
func Shared(t testing.TB, o Options) *Network {
	t.Helper()
	pool.mu.Lock()
	defer pool.mu.Unlock()
	if n, ok := pool.networks[o]; ok {
		return n
	}
	requireFabric(t)
	dir, err := os.MkdirTemp("", "skuld-")
	if err != nil {
		t.Fatalf("making a folder for the shared network: %v", err)
	}
	pool.folders = append(pool.folders, dir)
	n := prepare(t, o, dir)
	n.Up(t)
	if pool.networks == nil {
		pool.networks = map[Options]*Network{}
	}
	pool.networks[o] = n
	return n
}

// Main runs a package's tests and ends the shared networks:
//
//	func TestMain(m *testing.M) { os.Exit(networktest.Main(m)) }
//
// If the process dies before that, the kernel ends them.
func Main(m *testing.M) int {
	code := m.Run()
	pool.mu.Lock()
	defer pool.mu.Unlock()
	for _, n := range pool.networks {
		n.mu.Lock()
		if r := n.process; r != nil {
			_ = r.cmd.Process.Kill() // Its children die with it.
			<-r.ended
		}
		n.mu.Unlock()
	}
	for _, dir := range pool.folders {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, "removing a shared network:", err)
		}
	}
	return code
}
