package supervisor

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/process"
)

func newHome(t *testing.T) network.Home {
	t.Helper()
	h := network.Home(t.TempDir())
	if err := h.Claim(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(h.Network(), network.FolderMode); err != nil {
		t.Fatal(err)
	}
	return h
}

// sleeper is a process that nobody supervises.
func sleeper(t *testing.T) (process.ID, *exec.Cmd) {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	id, err := process.Identify(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // It may have been ended by the test.
		_ = cmd.Wait()
	})
	return id, cmd
}

func TestOnlyWhatAnEarlierSupervisorStartedIsEnded(t *testing.T) {
	h := newHome(t)
	ours, _ := sleeper(t)
	strangers, _ := sleeper(t)
	recycled := strangers
	recycled.Started-- // Our process had that number before.
	err := network.WriteJSON(h.Processes(), []process.Info{
		{Name: "peer0.lender", State: process.Running, ID: &ours},
		{Name: "peer0.collector", State: process.Running, ID: &recycled},
		{Name: "peer0.registrar", State: process.Held},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := EndLeftovers(h); err != nil {
		t.Fatal(err)
	}
	if ours.Alive() {
		t.Error("a leftover runs")
	}
	if !strangers.Alive() {
		t.Error("a stranger was ended")
	}
}

func TestWithoutARecordThereIsNothingToEnd(t *testing.T) {
	if err := EndLeftovers(newHome(t)); err != nil {
		t.Error(err)
	}
}

func TestADamagedRecordIsAnErrorAndNotIgnored(t *testing.T) {
	h := newHome(t)
	if err := os.WriteFile(h.Processes(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := EndLeftovers(h); err == nil {
		t.Error("it is ignored")
	}
}

func TestTheEndOfALogIsShownAndNotAllOfIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	for _, c := range []struct{ content, want string }{
		{"", ""},
		{"one\ntwo\n", "one\ntwo"},
		{strings.Repeat("x\n", 100) + "last\n", strings.Repeat("x\n", tailLines-1) + "last"},
		{strings.Repeat("y", 3*tailSize), strings.Repeat("y", tailSize)},
	} {
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := logTail(path); got != c.want {
			t.Errorf("of %d bytes it shows %q", len(c.content), got)
		}
	}
	if got := logTail(path + ".missing"); !strings.Contains(got, "no such file") {
		t.Errorf("of a missing log it shows %q", got)
	}
}

func TestVariablesThatWouldOverrideTheConfigurationAreLeftOut(t *testing.T) {
	for _, name := range []string{"CORE_PEER_ID", "ORDERER_GENERAL_LISTENPORT", "FABRIC_CFG_PATH", "CHAINCODE_ID"} {
		t.Setenv(name, "theirs")
	}
	t.Setenv("FABRIC_LOGGING_SPEC", "")
	t.Setenv("SKULD_TEST", "kept")
	all := "\n" + strings.Join(environment("FABRIC_CFG_PATH=ours"), "\n") + "\n"
	if strings.Contains(all, "=theirs") {
		t.Errorf("there is one:%s", all)
	}
	for _, want := range []string{"\nSKULD_TEST=kept\n", "\nFABRIC_CFG_PATH=ours\n", "\nFABRIC_LOGGING_SPEC=warning\n"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing", strings.TrimSpace(want))
		}
	}
}

func TestAChangeUnderWayIsWaitedForAndNoOtherBegins(t *testing.T) {
	s := &Supervisor{phase: control.Ready}
	ctx, done, err := s.beginChange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.setPhase(control.Stopping)
	waited := make(chan struct{})
	go func() {
		s.awaitChange(time.Millisecond)
		close(waited)
	}()
	<-ctx.Done() // The grace is over.
	select {
	case <-waited:
		t.Error("it is not waited for once it is cut off")
	default:
	}
	done()
	<-waited
	if _, _, err := s.beginChange(t.Context()); err == nil || !strings.Contains(err.Error(), "stopping") {
		t.Errorf("another one gets %v", err)
	}
	s.awaitChange(0) // Without one there is nothing to wait for.
}

func TestProcessesEndBeforeWhatTheyNeedAndGatewaysHaveTimeToFinish(t *testing.T) {
	order := stopOrder(network.Default(), []string{
		"orderer0", "peer0.lender", "skuld.lender" + previous, network.ChaincodeProcess("skuld", "lender"), network.GatewayProcess("lender"),
	})
	want := [][]string{
		{network.GatewayProcess("lender")},
		{"skuld.lender" + previous, network.ChaincodeProcess("skuld", "lender")},
		{"peer0.lender"},
		{"orderer0"},
	}
	var got [][]string
	total := changeGrace
	for _, g := range order {
		got = append(got, g.names)
		total += g.grace
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("they end in the order %q, not %q", got, want)
	}
	if order[0].grace < 50*time.Second {
		t.Errorf("a gateway that finishes its requests and transactions is killed after %s", order[0].grace)
	}
	if total >= StopLimit {
		t.Errorf("a supervisor that needs %s is killed after %s", total, StopLimit)
	}
}

func TestAMissingProgramAndATakenPortAreNamedBeforeAnythingStarts(t *testing.T) {
	s, err := network.NewState(network.Default())
	if err != nil {
		t.Fatal(err)
	}
	sup := &Supervisor{options: Options{Bin: t.TempDir(), Gateways: true}}
	err = sup.checkPrograms(s)
	for _, says := range []string{"chaincode is missing", "gateway is missing", "make build"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("it does not say %q: %v", says, err)
		}
	}
	if err := checkPorts(s); err != nil {
		t.Errorf("free ports: %v", err)
	}
	port := s.Port("peer0.lender", network.ListenPort)
	stop := occupy(t, port)
	err = checkPorts(s)
	if err == nil || !strings.Contains(err.Error(), "peer0.lender/listen") {
		t.Errorf("it says %v", err)
	}
	stop()
}

// occupy listens on a port until stop.
func occupy(t *testing.T, port int) (stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", network.Address(port))
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
