// Package supervisor brings a network up, keeps its processes running and takes
// it down again. One supervisor runs on a home at a time; it owns every process
// of the network, and none of them outlives it.
//
// It must not be linked into a program that uses fabric-gateway (see package
// lifecycle); such programs control it through package control.
package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/build"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/material"
	"github.com/skuld-registry/skuld/network/process"
)

// stopGrace is how long a process has to end by itself. A peer or orderer that
// is killed loses nothing, it only starts more slowly.
const stopGrace = 5 * time.Second

// gatewayGrace is how long a gateway has. It gives the requests under way 25 s
// and then its transactions as much (cmd/gateway's shutdownTime); an idle one
// ends at once.
const gatewayGrace = 2*25*time.Second + stopGrace

// changeGrace is how long a change under way may go on before the network is
// taken down. It takes a few seconds; one that is cut off can be repeated.
const changeGrace = 20 * time.Second

// StopLimit is how long a supervisor may take to end after it was asked to: for
// a change, the gateways, the three groups after them, and itself.
const StopLimit = changeGrace + gatewayGrace + 3*stopGrace + stopGrace

// Options say what to bring up.
type Options struct {
	Home network.Home
	// Topology is used if the home has no network yet. If it has one, its name
	// must be the same, or empty.
	Topology network.Topology
	// Extra are chaincodes to add to a network that lacks them.
	Extra []network.Chaincode
	// Fabric's programs, and the folder of ours.
	Fabric build.Binaries
	Bin    string
	// Gateways says whether to start the organisations' gateways.
	Gateways bool
	// Host is where the nodes of a new network listen; empty is loopback.
	Host string
	// Registration is that of the gateways, open or closed. Where it is empty,
	// their configuration says it; without one they are open on loopback only.
	Registration string
	// CertificateLifetime is that of a new network's certificates, the roots left
	// out; 0 is ten years.
	CertificateLifetime time.Duration
	// Report is told each step. It must not block.
	Report func(control.Step)
}

// Supervisor owns the processes of one network.
type Supervisor struct {
	options Options
	home    network.Home
	started time.Time
	table   *process.Table
	// quit ends the start when one of the processes cannot stay up.
	quit context.CancelCauseFunc

	mu     sync.Mutex // guards what follows
	phase  control.Phase
	steps  []control.Step
	state  *network.State
	digest string

	changing  sync.Mutex         // held while the network is changed
	endChange context.CancelFunc // of the change under way
}

// Run brings the network up, keeps it up until the context ends, and takes it
// down. ready is called once everything answers.
func Run(ctx context.Context, o Options, ready func()) (err error) {
	s := &Supervisor{options: o, home: o.Home, started: time.Now(), phase: control.Starting}
	if err := network.CheckMachine(); err != nil {
		return err
	}
	if err := o.Home.Claim(); err != nil {
		return err
	}
	lock, err := process.Acquire(o.Home.Lock())
	if errors.Is(err, process.ErrLocked) {
		return fmt.Errorf("a network is running in %s already; `network down` ends it", o.Home)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	if err := os.MkdirAll(o.Home.Logs(), network.FolderMode); err != nil {
		return fmt.Errorf("making the folder of logs: %w", err)
	}
	if err := EndLeftovers(o.Home); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	return s.run(ctx, ready)
}

// prepare finds or makes the network and writes what its processes read.
func (s *Supervisor) prepare(ctx context.Context) error {
	state, err := network.LoadState(s.home)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		state, err = material.Create(ctx, material.Creation{
			Home: s.home, Topology: s.options.Topology, Configtxgen: s.options.Fabric.Configtxgen,
			Host: s.options.Host, Period: material.Period{From: time.Now(), Lasting: s.options.CertificateLifetime},
		})
		if err != nil {
			return fmt.Errorf("making the network: %w", err)
		}
		s.step("certificates and genesis block made")
	case err != nil:
		return err
	}
	if want := s.options.Topology.Name; want != "" && want != state.Topology.Name {
		return fmt.Errorf("%s holds a network of the %s topology, not %s; `network reset` deletes it", s.home, state.Topology.Name, want)
	}
	if err := s.addExtra(state); err != nil {
		return err
	}
	if err := checkPorts(state); err != nil {
		return err
	}
	if err := s.checkPrograms(state); err != nil {
		return err
	}
	if err := startOver(s.home, state); err != nil {
		return err
	}
	if err := s.write(state); err != nil {
		return err
	}
	digest, err := network.Digest(s.home)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.state, s.digest = state, digest
	s.mu.Unlock()
	return nil
}

// startOver throws away what the nodes of a network hold whose first start was
// cut off. Its channel was never used, and a peer that was killed while it made
// its databases cannot open them again.
func startOver(h network.Home, state *network.State) error {
	if state.Complete {
		return nil
	}
	for _, n := range state.LocalNodes() {
		if err := os.RemoveAll(h.NodeData(n.Name)); err != nil {
			return fmt.Errorf("starting %s over: %w", n.Name, err)
		}
	}
	for i := range state.Deployments {
		state.Deployments[i].Committed = false
	}
	return state.Save(h.StateFile())
}

// addExtra plans chaincodes that the network lacks. Where members are on other
// machines none is added by a start: they would have to approve it at that moment.
func (s *Supervisor) addExtra(state *network.State) error {
	if len(state.Remote) > 0 {
		return nil
	}
	for _, c := range s.options.Extra {
		if _, err := state.Topology.Chaincode(c.Name); err == nil {
			continue
		}
		state.Topology.Chaincodes = append(state.Topology.Chaincodes, c)
		if err := state.Topology.Validate(); err != nil {
			return fmt.Errorf("adding the chaincode %s: %w", c.Name, err)
		}
		if _, err := state.Plan(c.Name); err != nil {
			return err
		}
		if err := state.Save(s.home.StateFile()); err != nil {
			return err
		}
	}
	return nil
}

// run owns the processes: when it returns, none of them runs.
func (s *Supervisor) run(ctx context.Context, ready func()) error {
	listener, err := control.Listen(s.home)
	if err != nil {
		return err
	}
	starting, quit := context.WithCancelCause(ctx)
	defer quit(nil)
	s.quit = quit
	s.table = process.NewTable(process.Hooks{Changed: s.record, Ended: s.processEnded})
	defer s.stop()
	serving, stopServing := context.WithCancel(context.WithoutCancel(ctx))
	var controlling sync.WaitGroup
	var controlErr error
	controlling.Go(func() { controlErr = control.Serve(serving, listener, s) })
	defer controlling.Wait()
	defer stopServing()
	if err := s.bringUp(starting); err != nil {
		if ctx.Err() != nil {
			return nil // It was asked to stop before it was up.
		}
		if cause := context.Cause(starting); cause != nil {
			return cause
		}
		return err
	}
	s.setPhase(control.Ready)
	ready()
	<-ctx.Done()
	s.setPhase(control.Stopping)
	s.awaitChange(changeGrace)
	stopServing()
	controlling.Wait()
	return controlErr
}

// stop ends the processes in the order in which they need one another.
func (s *Supervisor) stop() {
	s.setPhase(control.Stopping)
	_ = os.Remove(s.home.EndpointsFile()) // The addresses are no longer true.
	for _, g := range stopOrder(s.state.Topology, s.table.Names()) {
		s.table.StopAll(g.names, g.grace)
	}
	s.table.Close()
}

// stopGroup is what is ended at the same time.
type stopGroup struct {
	names []string
	grace time.Duration
}

// stopOrder sorts processes into groups, of which each needs only later ones.
func stopOrder(t network.Topology, names []string) []stopGroup {
	const (
		gateways = iota
		servers  // of chaincodes, which have no other mark
		peers
		orderers
		groups
	)
	order := make([]stopGroup, groups)
	for i := range order {
		order[i].grace = stopGrace
	}
	order[gateways].grace = gatewayGrace
	group := map[string]int{}
	for _, o := range t.Organisations {
		group[network.GatewayProcess(o.Name)] = gateways
	}
	for _, n := range t.PeerNodes() {
		group[n.Name] = peers
	}
	for _, n := range t.OrdererNodes() {
		group[n.Name] = orderers
	}
	for _, name := range names {
		g, ok := group[name]
		if !ok {
			g = servers
		}
		order[g].names = append(order[g].names, name)
	}
	return order
}

// quickEnds is how many times in a row a process may end during the start. One
// that cannot start at all should be reported soon.
const quickEnds = 3

// processEnded ends the start if one of its processes cannot stay up.
func (s *Supervisor) processEnded(name string, times int) {
	s.mu.Lock()
	starting := s.phase == control.Starting
	s.mu.Unlock()
	if starting && times >= quickEnds {
		s.quit(fmt.Errorf("%s ended %d times while the network was starting; the end of its log %s:\n%s",
			name, times, s.home.Log(name), logTail(s.home.Log(name))))
	}
}

func (s *Supervisor) step(what string) {
	step := control.Step{What: what, Elapsed: time.Since(s.started)}
	s.mu.Lock()
	s.steps = append(s.steps, step)
	s.mu.Unlock()
	s.options.Report(step)
}

func (s *Supervisor) setPhase(p control.Phase) {
	s.mu.Lock()
	s.phase = p
	s.mu.Unlock()
}

// checkPrograms names every program of ours that is missing.
func (s *Supervisor) checkPrograms(state *network.State) error {
	names := map[string]bool{}
	for _, c := range state.Topology.Chaincodes {
		names[c.Binary] = true
	}
	if s.options.Gateways {
		names["gateway"] = true
	}
	var faults []error
	for name := range names {
		path := filepath.Join(s.options.Bin, name)
		if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
			faults = append(faults, fmt.Errorf("%s is missing; build the programs with `make build` or name their folder with --bin", path))
		}
	}
	return errors.Join(faults...)
}

// checkPorts names every port of the network that something else holds.
func checkPorts(state *network.State) error {
	var faults []error
	for what, port := range state.AllPorts() {
		if err := network.PortTaken(port); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", what, err))
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("this network's ports were chosen when it was made, and its certificates and channel name them; end the programs that hold them, or use another home:\n%w", errors.Join(faults...))
	}
	return nil
}
