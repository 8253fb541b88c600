package network_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/network"
)

func TestTheHomeIsTheFlagElseTheEnvironmentElseTheWorkingFolder(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, c := range []struct{ flag, variable, want string }{
		{"/flag", "/variable", "/flag"},
		{"", "/variable", "/variable"},
		{"", "", filepath.Join(dir, ".skuld")},
		{"relative", "", filepath.Join(dir, "relative")},
	} {
		t.Setenv(network.HomeVariable, c.variable)
		h, err := network.FindHome(c.flag)
		if err != nil || string(h) != c.want {
			t.Errorf("%+v: %s: %v", c, h, err)
		}
	}
}

func TestResetDeletesWhatANetworkMadeAndNothingElse(t *testing.T) {
	h := newHome(t)
	s := newState(t, network.Default())
	if err := s.Save(h.StateFile()); err != nil {
		t.Fatal(err)
	}
	theirs := filepath.Join(string(h), "notes.txt")
	for _, path := range []string{h.ConnectionFile("lender"), h.Log("peer0.lender"), filepath.Join(h.Demo(), "lender", "profile.json"), theirs} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Reset(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(string(h))
	if err != nil || len(entries) != 1 || entries[0].Name() != "notes.txt" {
		t.Errorf("after a reset there are %v: %v", entries, err)
	}
	if err := os.Remove(theirs); err != nil {
		t.Fatal(err)
	}
	if err := h.Claim(); err != nil {
		t.Fatal(err)
	}
	if err := h.Reset(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(string(h)); err == nil {
		t.Error("an emptied home stays")
	}
}

func TestResetRefusesAFolderThatIsNotOurs(t *testing.T) {
	h := network.Home(t.TempDir())
	theirs := filepath.Join(string(h), "network", "photo")
	if err := os.MkdirAll(theirs, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := h.Reset(); err == nil || !strings.Contains(err.Error(), "marker") {
		t.Errorf("it says %v", err)
	}
	if err := h.Claim(); err == nil {
		t.Error("a folder with somebody's network folder is claimed")
	}
	if _, err := os.Stat(theirs); err != nil {
		t.Errorf("what was there is gone: %v", err)
	}
}

func TestAMachineWithOnlyLoopbackAddressesIsToldWhatToDo(t *testing.T) {
	loopback := &net.IPNet{IP: net.IPv4(127, 0, 0, 1), Mask: net.CIDRMask(8, 32)}
	six := &net.IPNet{IP: net.ParseIP("2001:db8::1"), Mask: net.CIDRMask(64, 128)}
	outside := &net.IPNet{IP: net.IPv4(10, 99, 0, 1), Mask: net.CIDRMask(32, 32)}
	if err := network.CheckAddresses([]net.Addr{loopback, six}); err == nil || !strings.Contains(err.Error(), "ip addr add") {
		t.Errorf("it says %v", err)
	}
	if err := network.CheckAddresses([]net.Addr{loopback, outside}); err != nil {
		t.Errorf("with %s too it says %v", outside, err)
	}
}
