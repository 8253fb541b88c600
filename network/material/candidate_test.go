package material

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/network"
)

// asked is a home with a candidate.
func asked(t *testing.T) (network.Home, network.Candidate) {
	t.Helper()
	h := network.Home(t.TempDir())
	c, err := NewCandidate(h, network.NewOrganisation("lender2", 1), "10.1.2.3", now)
	if err != nil {
		t.Fatal(err)
	}
	return h, c
}

// admitted is the home of members who have admitted a candidate, and what they
// tell it.
func admitted(t *testing.T, c network.Candidate) (network.Home, network.Welcome) {
	t.Helper()
	h, s := made(t, network.Default(), "members")
	s.AddRemote(c)
	if err := WriteRoots(h, c.Organisation.Name, c.Roots); err != nil {
		t.Fatal(err)
	}
	// A block that holds nothing but a header with a data hash of 32 bytes.
	if err := os.WriteFile(h.Genesis(), append([]byte{0x0a, 34, 0x1a, 32}, make([]byte, 32)...), network.PrivateMode); err != nil {
		t.Fatal(err)
	}
	s.Committed(s.Deployments[0])
	w, err := NewWelcome(h, s)
	if err != nil {
		t.Fatal(err)
	}
	return h, w
}

func TestACandidateIsTheSameHoweverOftenItIsAsked(t *testing.T) {
	h, c := asked(t)
	again, err := NewCandidate(h, c.Organisation, c.Host, now)
	if err != nil || !reflect.DeepEqual(again, c) {
		t.Errorf("it is %+v and was %+v: %v", again, c, err)
	}
	if _, err := NewCandidate(h, c.Organisation, "10.9.9.9", now); err == nil || !strings.Contains(err.Error(), "another candidate") {
		t.Errorf("at another host: %v", err)
	}
	if _, err := NewCandidate(h, network.NewOrganisation("lender3", 1), c.Host, now); err == nil {
		t.Error("a home has two candidates")
	}
}

func TestAMemberHasOfTheOthersOnlyWhatIsPublic(t *testing.T) {
	h, c := asked(t)
	_, w := admitted(t, c)
	s, err := Enter(h, w)
	if err != nil {
		t.Fatal(err)
	}
	for _, owner := range s.Remote {
		entries, err := filepath.Glob(filepath.Join(h.Crypto().Owner(owner), "*", "*"))
		want := []string{h.Crypto().Root(owner), h.Crypto().TLSRoot(owner)}
		if err != nil || !reflect.DeepEqual(entries, want) {
			t.Errorf("of %s it has %v: %v", owner, entries, err)
		}
	}
	if err := Render(h, s); err != nil {
		t.Error(err)
	}
	if _, err := NewCandidate(h, c.Organisation, c.Host, now); err == nil || !strings.Contains(err.Error(), "holds a network already") {
		t.Errorf("a member's home asks to join: %v", err)
	}
	if _, err := Enter(h, w); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("entered again: %v", err)
	}
}

func TestAWelcomeForSomebodyElseIsRefused(t *testing.T) {
	h, _ := asked(t)
	_, other := asked(t)
	_, w := admitted(t, other)
	if _, err := Enter(h, w); err == nil || !strings.Contains(err.Error(), "somebody else") {
		t.Errorf("it says %v", err)
	}
	if _, err := Enter(network.Home(t.TempDir()), w); err == nil || !strings.Contains(err.Error(), "who is to join") {
		t.Errorf("a home that never asked: %v", err)
	}
	if _, err := os.Stat(h.StateFile()); err == nil {
		t.Error("it left a state")
	}
}
