package networktest_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/networktest"
)

// TestAMemberOnAnotherMachineJoinsWithKeysThatNobodyElseHas runs two homes at
// two addresses, which know of one another what they hand over as files.
func TestAMemberOnAnotherMachineJoinsWithKeysThatNobodyElseHas(t *testing.T) {
	members := networktest.Start(t, networktest.Options{Floor: true, Host: "127.0.0.2"})
	newcomer := networktest.New(t, networktest.Options{Floor: true})
	dir := t.TempDir()
	request, welcome := filepath.Join(dir, "request.json"), filepath.Join(dir, "welcome.json")
	for range 2 { // Each may be asked again.
		mustRun(t, newcomer, "organisation", "request", "lender2", request, "--host", "127.0.0.3")
		mustRun(t, members, "organisation", "admit", request, welcome)
	}
	connect(t, members.Connection(t, "lender"), nil).mustPut(t, "while", "the new member is away")
	mustRun(t, newcomer, "organisation", "join", welcome)
	newcomer.Up(t)
	for _, n := range []*networktest.Network{members, newcomer} {
		for owner, here := range map[string]bool{"lender": n == members, "orderer": n == members, "lender2": n == newcomer} {
			if keys := privateKeys(t, n.Home.Crypto().Owner(owner)); (len(keys) > 0) != here {
				t.Errorf("%s has the keys %v of %s", n.Home, keys, owner)
			}
		}
	}
	for _, file := range []string{request, welcome} {
		if bytes.Contains(read(t, file), []byte("PRIVATE KEY")) {
			t.Errorf("%s holds a private key", file)
		}
	}

	mustWorkTogether := func(when string) {
		t.Helper()
		lender, lender2 := members.Connection(t, "lender"), newcomer.Connection(t, "lender2")
		if !strings.HasPrefix(lender.Peer.Address, "127.0.0.2:") || !strings.HasPrefix(lender2.Peer.Address, "127.0.0.3:") {
			t.Errorf("the peers are at %s and %s", lender.Peer.Address, lender2.Peer.Address)
		}
		connect(t, lender2, nil).mustPut(t, "from lender2", when)
		connect(t, lender, nil).mustHold(t, "from lender2", when)
		connect(t, lender, nil).mustPut(t, "from lender", when)
		connect(t, lender2, nil).mustHold(t, "from lender", when)
		connect(t, lender, nil).mustEndorse(t, lender.RegistrarMSPID, lender2.MSPID)
	}
	mustWorkTogether("at once")

	// An upgrade is asked for on each machine and waits for the others.
	var both sync.WaitGroup
	for _, n := range []*networktest.Network{members, newcomer} {
		both.Go(func() {
			if out, err := n.Run(t, "upgrade", "--chaincode", network.FloorChaincode); err != nil {
				t.Errorf("upgrading: %v: %s", err, out)
			}
		})
	}
	both.Wait()
	mustWorkTogether("after an upgrade")

	mustBeSignedByOthers(t, members, newcomer)
	newcomer.Stop(t)
	members.Stop(t)
	members.Up(t)
	connect(t, members.Connection(t, "lender"), nil).mustPut(t, "again", "without lender2")
	newcomer.Up(t)
	mustWorkTogether("after both were down")
}

// mustBeSignedByOthers admits a third machine's organisation while the members'
// machine has the keys of half of the members only.
func mustBeSignedByOthers(t *testing.T, members, other *networktest.Network) {
	t.Helper()
	third := networktest.New(t, networktest.Options{Floor: true})
	dir := t.TempDir()
	request, welcome := filepath.Join(dir, "request.json"), filepath.Join(dir, "welcome.json")
	mustRun(t, third, "organisation", "request", "lender3", request, "--host", "127.0.0.4")
	key := members.Home.Crypto().Identity("collector", network.AdminIdentity).Key()
	move(t, key, key+".away")
	for _, alone := range [][]string{{"admit", request, welcome}, {"add", "lender4"}} {
		out, err := members.Run(t, append([]string{"organisation"}, alone...)...)
		if err == nil || !strings.Contains(out, "more than half of the 4 members") {
			t.Errorf("%v: without a majority: %v: %s", alone, err, out)
		}
	}
	mustRun(t, other, "organisation", "sign", request)
	mustRun(t, members, "organisation", "admit", request, welcome)
	move(t, key+".away", key)
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// privateKeys lists the files below a folder that hold one.
func privateKeys(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte("PRIVATE KEY")) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
