// Package networktest gives tests a real network: the network program runs as a
// child of the test, in a temporary home, and dies with it.
//
// It must not import fabric-sdk-go, nor any package that does, so that tests
// that use fabric-gateway can import it (see package network/lifecycle).
package networktest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/process"
)

// Limits of waiting. They are for a machine that is busy with other tests.
const (
	upLimit   = 120 * time.Second
	stopLimit = 30 * time.Second
	askLimit  = 90 * time.Second
	pause     = 20 * time.Millisecond
)

// Options say what network a test needs.
type Options struct {
	// Topology is default or rehearsal. Empty means default.
	Topology string
	// Chaincode deploys the registry's chaincode.
	Chaincode bool
	// Floor deploys the one-key-put chaincode.
	Floor bool
	// Gateways starts the organisations' gateways.
	Gateways bool
	// Host is where its nodes listen; empty is 127.0.0.1.
	Host string
	// CertificateLifetime is how long its certificates last; 0 is ten years.
	CertificateLifetime time.Duration
	// Shell starts the network below a shell, as make does, so that PowerCut
	// kills the shell alone.
	Shell bool
}

// Network is a running network.
type Network struct {
	Home    network.Home
	options Options
	bin     string
	fabric  string
	control *control.Client

	mu      sync.Mutex
	process *running
}

// running is one run of the network program.
type running struct {
	cmd    *exec.Cmd
	output *lockedBuffer
	ended  chan struct{} // closed when cmd has been waited for
}

// spawner starts the network programs of this test process. It lives as long as
// the process, because what it starts dies with its thread.
var spawner = sync.OnceValue(process.NewSpawner)

// Start starts a network that ends with the test. Where Fabric cannot run the
// test is skipped, or fails if the environment says CI=true.
func Start(t testing.TB, o Options) *Network {
	t.Helper()
	n := New(t, o)
	n.Up(t)
	return n
}

// New prepares a network that a test starts itself, by Up or by Run. What Up
// started ends with the test.
func New(t testing.TB, o Options) *Network {
	t.Helper()
	n := prepare(t, o, t.TempDir())
	t.Cleanup(func() {
		if t.Failed() {
			n.logTails(t)
		}
		n.Stop(t)
	})
	return n
}

// prepare builds the programs and makes room for a network in dir.
func prepare(t testing.TB, o Options, dir string) *Network {
	t.Helper()
	if o.Topology == "" {
		o.Topology = network.Default().Name
	}
	fabric := requireFabric(t)
	bin := filepath.Join(dir, "bin")
	buildPrograms(t, bin, o.programs())
	home := network.Home(filepath.Join(dir, "home"))
	return &Network{Home: home, options: o, bin: bin, fabric: fabric, control: control.NewClient(home)}
}

// programs names the commands of ours that the network runs.
func (o Options) programs() []string {
	names := []string{"network"}
	if o.Chaincode {
		names = append(names, "chaincode")
	}
	if o.Floor {
		names = append(names, network.FloorChaincode)
	}
	if o.Gateways {
		names = append(names, "gateway")
	}
	return names
}

// Program gives the path of one of the programs that the network was started with.
func (n *Network) Program(name string) string { return filepath.Join(n.bin, name) }

// Up starts the network again after Stop or PowerCut.
func (n *Network) Up(t testing.TB) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process != nil {
		t.Fatal("the network is up already")
	}
	args := []string{"up", "--foreground", "--home", string(n.Home), "--topology", n.options.Topology}
	if !n.options.Chaincode {
		args = append(args, "--no-chaincode")
	}
	if n.options.Floor {
		args = append(args, "--floor")
	}
	if !n.options.Gateways {
		args = append(args, "--no-gateways")
	}
	if n.options.Host != "" {
		args = append(args, "--host", n.options.Host)
	}
	if n.options.CertificateLifetime != 0 {
		args = append(args, "--certificate-lifetime", n.options.CertificateLifetime.String())
	}
	cmd := exec.Command(filepath.Join(n.bin, "network"), args...)
	if n.options.Shell {
		// What follows the program keeps the shell from becoming it.
		cmd = exec.Command("sh", append([]string{"-c", `"$@"; exit $?`, "sh", cmd.Path}, args...)...)
	}
	r := &running{cmd: cmd, output: &lockedBuffer{}, ended: make(chan struct{})}
	r.cmd.Env = append(os.Environ(), "FABRIC_BIN="+n.fabric)
	r.cmd.Stdout, r.cmd.Stderr = r.output, r.output
	if err := spawner().Start(r.cmd); err != nil {
		t.Fatalf("starting the network: %v", err)
	}
	go func() {
		// How it ended is seen in its output.
		_ = r.cmd.Wait()
		close(r.ended)
	}()
	n.process = r
	n.awaitReady(t, r)
}

// awaitReady waits until the supervisor says so.
func (n *Network) awaitReady(t testing.TB, r *running) {
	t.Helper()
	err := await(upLimit, func() (bool, error) {
		select {
		case <-r.ended:
			return false, errors.New("the network program ended")
		default:
		}
		status, err := n.ask()
		return err == nil && status.Phase == control.Ready, nil
	})
	if err != nil {
		t.Fatalf("starting the network: %v\n%s", err, r.output.String())
	}
}

func (n *Network) ask() (control.Status, error) {
	ctx, cancel := context.WithTimeout(context.Background(), askLimit)
	defer cancel()
	return n.control.Status(ctx)
}

// Stop ends the network as `network down` does. Its state stays.
func (n *Network) Stop(t testing.TB) {
	t.Helper()
	n.end(t, syscall.SIGTERM)
}

// PowerCut ends every process of the network at once, as a power cut does.
func (n *Network) PowerCut(t testing.TB) {
	t.Helper()
	status := n.Status(t)
	n.end(t, syscall.SIGKILL)
	for _, p := range status.Processes {
		if p.ID == nil {
			continue
		}
		err := await(stopLimit, func() (bool, error) { return !p.ID.Alive(), nil })
		if err != nil {
			t.Fatalf("%s outlived its supervisor", p.Name)
		}
	}
}

func (n *Network) end(t testing.TB, s syscall.Signal) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	r := n.process
	if r == nil {
		return
	}
	if err := r.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("ending the network: %v", err)
	}
	timer := time.NewTimer(stopLimit)
	defer timer.Stop()
	select {
	case <-r.ended:
	case <-timer.C:
		t.Errorf("the network did not end within %s and is killed:\n%s", stopLimit, r.output.String())
		_ = r.cmd.Process.Kill() // It has ended by itself if this fails.
		<-r.ended
	}
	n.process = nil
}

// Status asks the supervisor how the network is.
func (n *Network) Status(t testing.TB) control.Status {
	t.Helper()
	status, err := n.ask()
	if err != nil {
		t.Fatalf("asking for the network's status: %v", err)
	}
	return status
}

// Kill ends one process at once, as kill -9 does. Its supervisor starts it
// again after a moment.
func (n *Network) Kill(t testing.TB, name string) {
	t.Helper()
	n.do(t, "killing "+name, func(ctx context.Context) error { return n.control.Kill(ctx, name, false) })
}

// Hold ends one process at once and keeps it down until StartAgain.
func (n *Network) Hold(t testing.TB, name string) {
	t.Helper()
	n.do(t, "holding "+name, func(ctx context.Context) error { return n.control.Kill(ctx, name, true) })
}

// StartAgain starts a process that Hold keeps down, and waits until it runs.
func (n *Network) StartAgain(t testing.TB, name string) {
	t.Helper()
	n.do(t, "starting "+name, func(ctx context.Context) error { return n.control.Start(ctx, name) })
	n.AwaitRunning(t, name)
}

// AwaitRunning waits until a process runs. It may not answer yet.
func (n *Network) AwaitRunning(t testing.TB, name string) {
	t.Helper()
	err := await(stopLimit, func() (bool, error) {
		for _, p := range n.Status(t).Processes {
			if p.Name == name {
				return p.State == process.Running, nil
			}
		}
		return false, errors.New("there is no such process")
	})
	if err != nil {
		t.Fatalf("waiting for %s: %v", name, err)
	}
}

// Upgrade puts a new definition of a chaincode on the channel.
func (n *Network) Upgrade(t testing.TB, chaincode string) {
	t.Helper()
	n.do(t, "upgrading "+chaincode, func(ctx context.Context) error { return n.control.Upgrade(ctx, chaincode) })
}

// Run runs the network program on this network, with further arguments, and
// returns what it printed.
func (n *Network) Run(t testing.TB, args ...string) (string, error) {
	t.Helper()
	// Not the test's own context, which has ended when cleanups run.
	ctx, cancel := context.WithTimeout(context.Background(), upLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(n.bin, "network"), append(args, "--home", string(n.Home))...)
	cmd.Env = append(os.Environ(), "FABRIC_BIN="+n.fabric)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Connection returns an organisation's connection profile.
func (n *Network) Connection(t testing.TB, organisation string) network.Connection {
	t.Helper()
	c, err := network.ReadConnection(n.ConnectionFile(organisation))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ConnectionFile is the path of an organisation's connection profile.
func (n *Network) ConnectionFile(organisation string) string {
	return n.Home.ConnectionFile(organisation)
}

// Endpoints returns the gateways' addresses.
func (n *Network) Endpoints(t testing.TB) network.Endpoints {
	t.Helper()
	e, err := network.ReadEndpoints(n.Home)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (n *Network) do(t testing.TB, what string, ask func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), askLimit)
	defer cancel()
	if err := ask(ctx); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// logTails shows the end of every log of a network whose test failed.
func (n *Network) logTails(t testing.TB) {
	t.Helper()
	const most = 2 << 10
	paths, err := filepath.Glob(filepath.Join(n.Home.Logs(), "*.log"))
	if err != nil {
		t.Logf("listing the logs: %v", err)
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Logf("reading a log: %v", err)
		}
		t.Logf("the end of %s:\n%s", filepath.Base(p), b[max(0, len(b)-most):])
	}
}

// await asks again and again until the answer is yes.
func await(limit time.Duration, ask func() (bool, error)) error {
	deadline := time.Now().Add(limit)
	for {
		yes, err := ask()
		if yes || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New("it took longer than " + limit.String())
		}
		time.Sleep(pause)
	}
}

// lockedBuffer collects a program's output while a test may read it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
