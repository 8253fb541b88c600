package control_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/process"
)

// recorder is a supervisor that notes what it is asked.
type recorder struct {
	mu    sync.Mutex
	asked []string
	err   error
}

func (r *recorder) note(format string, args ...any) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, fmt.Sprintf(format, args...))
	return r.err
}

func (r *recorder) Status() control.Status {
	return control.Status{Phase: control.Ready, Topology: "default", Steps: []control.Step{{What: "something", Elapsed: time.Second}}}
}
func (r *recorder) Kill(name string, hold bool) error { return r.note("kill %s %t", name, hold) }
func (r *recorder) Release(name string) error         { return r.note("start %s", name) }
func (r *recorder) Upgrade(_ context.Context, chaincode string) error {
	return r.note("upgrade %s", chaincode)
}
func (r *recorder) AddOrganisation(_ context.Context, o network.Organisation) error {
	return r.note("add %s as %s with %d", o.Name, o.MSPID, o.Peers)
}

func (r *recorder) AdmitCandidate(_ context.Context, c network.Candidate) (network.Welcome, error) {
	return network.Welcome{Hosts: map[string]string{c.Organisation.Name: c.Host}}, r.note("admit %s", c.Organisation.Name)
}
func (r *recorder) Renew(_ context.Context, within time.Duration) ([]string, error) {
	return []string{"one", "two"}, r.note("renew within %s", within)
}

// serve answers in a home until the test ends.
func serve(t *testing.T, h network.Home, r *recorder) *control.Client {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	listener, err := control.Listen(h)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- control.Serve(ctx, listener, r) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serving: %v", err)
		}
	})
	client := control.NewClient(h)
	deadline := time.Now().Add(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for _, err := client.Status(ctx); err != nil; _, err = client.Status(ctx) {
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		<-tick.C
	}
	return client
}

func TestEveryRequestReachesTheSupervisor(t *testing.T) {
	r := &recorder{}
	client := serve(t, network.Home(t.TempDir()), r)
	status, err := client.Status(t.Context())
	if err != nil || !reflect.DeepEqual(status, r.Status()) {
		t.Errorf("its status is %+v: %v", status, err)
	}
	for _, err := range []error{
		client.Kill(t.Context(), "peer0.lender", false),
		client.Kill(t.Context(), "a/b c?hold=true", true),
		client.Start(t.Context(), "peer0.lender"),
		client.Upgrade(t.Context(), "skuld"),
		client.AddOrganisation(t.Context(), "lender2", 1),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	renewed, err := client.Renew(t.Context(), 90*time.Minute)
	if err != nil || !reflect.DeepEqual(renewed, []string{"one", "two"}) {
		t.Errorf("it renewed %q: %v", renewed, err)
	}
	candidate := network.Candidate{Organisation: network.NewOrganisation("lender3", 1), Host: "10.1.2.3"}
	welcome, err := client.AdmitCandidate(t.Context(), candidate)
	if err != nil || welcome.Hosts["lender3"] != "10.1.2.3" {
		t.Errorf("it welcomes by %+v: %v", welcome, err)
	}
	want := []string{"kill peer0.lender false", "kill a/b c?hold=true true", "start peer0.lender", "upgrade skuld",
		"add lender2 as Lender2MSP with 1", "renew within 1h30m0s", "admit lender3"}
	if !reflect.DeepEqual(r.asked, want) {
		t.Errorf("it was asked %q, not %q", r.asked, want)
	}
}

func TestARefusalComesBackInTheSupervisorsWords(t *testing.T) {
	for _, refusal := range []error{errors.New("not now"), fmt.Errorf("nobody: %w", process.ErrUnknown)} {
		client := serve(t, network.Home(t.TempDir()), &recorder{err: refusal})
		if err := client.Kill(t.Context(), "x", false); err == nil || err.Error() != refusal.Error() {
			t.Errorf("it says %v, not %v", err, refusal)
		}
	}
}

func TestAHomeWithAVeryLongPathHasASocket(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("very-long-name/", 12))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	serve(t, network.Home(dir), &recorder{})
}

func TestASocketThatAKilledSupervisorLeftIsReplaced(t *testing.T) {
	h := network.Home(t.TempDir())
	if err := os.WriteFile(filepath.Join(string(h), network.ControlName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	serve(t, h, &recorder{})
}

func TestWithoutASupervisorTheErrorSaysHowToStartOne(t *testing.T) {
	for _, h := range []network.Home{network.Home(t.TempDir()), "/nowhere/at/all"} {
		_, err := control.NewClient(h).Status(t.Context())
		if !errors.Is(err, control.ErrNotRunning) || !strings.Contains(err.Error(), "network up") {
			t.Errorf("%s: it says %v", h, err)
		}
	}
}
