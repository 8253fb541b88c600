package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/build"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/process"
)

// run runs the command in this process.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	root := newRoot()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestHelpNamesEveryCommandAPersonNeedsAndNotTheHiddenOne(t *testing.T) {
	out, err := run(t, "--help")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"up", "down", "status", "logs", "reset", "upgrade", "kill", "start", "identity", "organisation", "renew"} {
		if !strings.Contains(out, "\n  "+name+" ") {
			t.Errorf("%s is not in the help", name)
		}
	}
	if strings.Contains(out, "supervise") {
		t.Error("the hidden command is in the help")
	}
}

func TestCommandsOnAHomeWithoutANetworkSaySo(t *testing.T) {
	home := t.TempDir()
	for _, args := range [][]string{
		{"status"}, {"kill", "peer0.lender"}, {"start", "peer0.lender"}, {"upgrade"},
		{"organisation", "add", "lender2"}, {"renew"},
		{"identity", "enroll", "clerk", "--org", "lender"}, {"logs", "peer0.lender"},
	} {
		_, err := run(t, append(args, "--home", home)...)
		if err == nil || !strings.Contains(err.Error(), "no ") {
			t.Errorf("%v: it says %v", args, err)
		}
	}
	entries, err := os.ReadDir(home)
	if err != nil || len(entries) > 0 {
		t.Errorf("they left %v behind: %v", entries, err)
	}
}

func TestDownAndResetOfNothingAreNoErrors(t *testing.T) {
	home := filepath.Join(t.TempDir(), "missing")
	for _, args := range [][]string{{"down"}, {"reset"}} {
		if _, err := run(t, append(args, "--home", home)...); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestDownWaitsForAnotherDownAndDoesNotEndIt(t *testing.T) {
	h := network.Home(t.TempDir())
	if err := h.Claim(); err != nil {
		t.Fatal(err)
	}
	// As another `down` does. A signal to it would end this test.
	lock, err := process.Borrow(h.Lock())
	if err != nil {
		t.Fatal(err)
	}
	released := make(chan error, 1)
	time.AfterFunc(50*time.Millisecond, func() { released <- lock.Release() })
	if _, err := run(t, "down", "--home", string(h)); err != nil {
		t.Error(err)
	}
	if err := <-released; err != nil {
		t.Error(err)
	}
}

func TestResetOfAFolderThatIsNotOursIsRefused(t *testing.T) {
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "network"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "reset", "--home", home); err == nil {
		t.Error("it was deleted")
	}
	if _, err := os.Stat(filepath.Join(home, "network")); err != nil {
		t.Error(err)
	}
}

func TestLogsPrintsOneOrListsAll(t *testing.T) {
	h := network.Home(t.TempDir())
	if err := os.MkdirAll(h.Logs(), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"peer0.lender", "orderer0"} {
		if err := os.WriteFile(h.Log(name), []byte("log of "+name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"logs"}, "orderer0\npeer0.lender\n"},
		{[]string{"logs", "orderer0"}, "log of orderer0\n"},
	} {
		out, err := run(t, append(c.args, "--home", string(h))...)
		if err != nil || out != c.want {
			t.Errorf("%v: it prints %q: %v", c.args, out, err)
		}
	}
	for _, name := range []string{"peer9", "../../secret"} {
		_, err := run(t, "logs", name, "--home", string(h))
		if err == nil || !strings.Contains(err.Error(), "orderer0, peer0.lender") {
			t.Errorf("%s: it says %v", name, err)
		}
	}
}

func TestStatusIsATableForPeople(t *testing.T) {
	var out bytes.Buffer
	err := printStatus(&out, control.Status{
		Phase: control.Ready, Home: "/home", Topology: "default", Digest: "abc",
		Processes: []control.Process{
			{Info: process.Info{Name: "orderer0", State: process.Running, ID: &process.ID{PID: 42}, Since: time.Now()}, Address: "127.0.0.1:1", Memory: 35 << 20},
			{Info: process.Info{Name: "peer0.lender", State: process.Held, Restarts: 2, LastEnd: "ended: signal: killed"}, Address: "127.0.0.1:2"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `The default network in /home is ready. Its digest is abc.

PROCESS       STATE    ADDRESS      PID  UP  MEMORY  RESTARTS  LAST END
orderer0      running  127.0.0.1:1  42   0s  35 MiB  0         
peer0.lender  held     127.0.0.1:2  -    -   -       2         ended: signal: killed
`
	if out.String() != want {
		t.Errorf("it prints\n%s\nnot\n%s", out.String(), want)
	}
}

func TestStatusNamesTheCertificatesThatEndSoon(t *testing.T) {
	var out bytes.Buffer
	err := printStatus(&out, control.Status{Ending: []control.Ending{
		{Certificate: "root of lender", Ends: time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)},
	}})
	want := `
1 certificates end soon; ` + "`network renew`" + ` renews all but roots:
  2027-01-02T03:04:05Z  root of lender
`
	if err != nil || !strings.HasSuffix(out.String(), want) {
		t.Errorf("it prints\n%s\nwhich does not end in\n%s: %v", out.String(), want, err)
	}
}

func TestFollowEndsWhenTheSupervisorIsReadyOrSaysWhyNot(t *testing.T) {
	lines := func(events ...event) *bytes.Buffer {
		var b bytes.Buffer
		for _, e := range events {
			if err := json.NewEncoder(&b).Encode(e); err != nil {
				t.Fatal(err)
			}
		}
		return &b
	}
	step := event{Step: &control.Step{What: "something", Elapsed: time.Second}}
	if err := follow(lines(step, event{Ready: true}, event{Error: "too late"})); err != nil {
		t.Error(err)
	}
	for says, events := range map[string]*bytes.Buffer{
		"the port is taken": lines(step, event{Error: "the port is taken"}),
		"ended before":      lines(step),
		"listening":         bytes.NewBufferString("not an event\n"),
	} {
		if err := follow(events); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("it does not say %q: %v", says, err)
		}
	}
}

func TestUpRefusesAnUnknownTopologyBeforeItMakesAnything(t *testing.T) {
	bin := t.TempDir()
	for _, name := range []string{"peer", "orderer", "configtxgen"} {
		if err := os.WriteFile(filepath.Join(bin, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv(build.BinVariable, bin)
	home := filepath.Join(t.TempDir(), "home")
	_, err := run(t, "up", "--foreground", "--topology", "imaginary", "--home", home)
	if err == nil || !strings.Contains(err.Error(), "default and rehearsal") {
		t.Errorf("it says %v", err)
	}
	if _, err := os.Stat(home); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the home was made: %v", err)
	}
}

func TestTheSupervisorGetsTheFlagsThatUpGot(t *testing.T) {
	var given, passed upFlags
	up := newUp(nil)
	if err := up.ParseFlags(given.arguments()); err != nil {
		t.Errorf("up does not know its own arguments: %v", err)
	}
	given = upFlags{topology: "rehearsal", bin: "/b", tools: "/t", noGateways: true, noChaincode: true, floor: true, batchTimeout: time.Second, gogc: 400, lifetime: time.Hour, host: "10.1.2.3"}
	supervise := newSupervise(nil)
	supervise.ResetFlags()
	passed.register(supervise)
	if err := supervise.ParseFlags(given.arguments()); err != nil {
		t.Fatal(err)
	}
	if passed != given {
		t.Errorf("it gets %+v, not %+v", passed, given)
	}
}
