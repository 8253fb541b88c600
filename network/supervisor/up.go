package supervisor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/lifecycle"
	"github.com/skuld-registry/skuld/network/material"
	"github.com/skuld-registry/skuld/network/process"
)

// previous marks a chaincode server of an older definition.
const previous = ".previous"

// bringUp starts everything and returns when it answers.
func (s *Supervisor) bringUp(ctx context.Context) error {
	// The servers first: a peer in the channel dials them as it starts.
	for _, d := range s.state.Deployments {
		if err := s.startServers(d); err != nil {
			return err
		}
	}
	if err := s.startNodes(ctx); err != nil {
		return err
	}
	s.step(fmt.Sprintf("%d processes started", len(s.table.Names())))
	if err := s.provision(ctx); err != nil {
		return err
	}
	if !s.options.Gateways {
		return nil
	}
	if err := s.startGateways(ctx); err != nil {
		return err
	}
	s.step("gateways are ready")
	return s.writeEndpoints()
}

// provision makes the channel and its chaincodes what the state says.
func (s *Supervisor) provision(ctx context.Context) error {
	client, err := lifecycle.Open(s.home, s.state)
	if err != nil {
		return err
	}
	defer client.Close()
	pending := s.pending()
	if err := s.join(ctx, client, pending); err != nil {
		return err
	}
	for _, name := range slices.Clone(s.state.Joining) {
		candidate, err := material.CandidateOf(s.home, s.state, name)
		if err != nil {
			return err
		}
		if err := s.admit(ctx, client, candidate); err != nil {
			return err
		}
		if err := s.save(func(state *network.State) { state.Joined(name) }); err != nil {
			return err
		}
	}
	for _, d := range pending {
		if err := s.deploy(ctx, client, d); err != nil {
			return err
		}
	}
	if err := client.Settle(ctx); err != nil {
		return err
	}
	s.step("the peers know one another")
	return s.save(func(state *network.State) { state.Complete = true })
}

// save changes the state and writes it down.
func (s *Supervisor) save(change func(*network.State)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.state)
	return s.state.Save(s.home.StateFile())
}

func (s *Supervisor) pending() []network.Deployment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var pending []network.Deployment
	for _, d := range s.state.Deployments {
		if !d.Committed {
			pending = append(pending, d)
		}
	}
	return pending
}

// join gives the channel to every node of a new network; packages are installed
// meanwhile.
func (s *Supervisor) join(ctx context.Context, client *lifecycle.Client, pending []network.Deployment) error {
	if err := client.Prepare(); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	if !s.state.Complete {
		group.Go(func() error {
			if err := client.JoinOrderers(ctx); err != nil {
				return err
			}
			s.step("the orderers have the channel")
			if err := client.JoinPeers(ctx); err != nil {
				return err
			}
			s.step("the peers have joined")
			return nil
		})
	}
	if len(pending) > 0 {
		group.Go(func() error {
			for _, d := range pending {
				if err := client.Install(ctx, d); err != nil {
					return err
				}
			}
			s.step("the chaincode packages are installed")
			return nil
		})
	}
	return group.Wait()
}

// deploy commits one definition and lets the servers of earlier ones go.
func (s *Supervisor) deploy(ctx context.Context, client *lifecycle.Client, d network.Deployment) error {
	if err := client.Deploy(ctx, d); err != nil {
		return err
	}
	s.step("the channel has the chaincode " + d.Label())
	if err := s.save(func(state *network.State) { state.Committed(d) }); err != nil {
		return err
	}
	return s.endServers(ctx, d.Chaincode)
}

// drainTime is how long servers of an earlier definition go on after every peer
// has the new one: for what a peer had begun on them before. A server that ends
// cuts off what it executes.
const drainTime = time.Second

// endServers ends the servers of a chaincode's earlier definition, if there are
// any.
func (s *Supervisor) endServers(ctx context.Context, chaincode string) error {
	var old []string
	for _, o := range s.state.Local() {
		name := network.ChaincodeProcess(chaincode, o.Name) + previous
		if _, ok := s.table.Spec(name); ok {
			old = append(old, name)
		}
	}
	if len(old) == 0 {
		return nil
	}
	timer := time.NewTimer(drainTime)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return fmt.Errorf("letting earlier servers of %s finish: %w", chaincode, ctx.Err())
	}
	s.table.StopAll(old, stopGrace)
	return nil
}

// startNodes starts the orderers and peers: all at once on a new network. Peers
// that are in the channel already dial one another as they start, and two that
// do so at the same moment both hang up and wait 5 s (see lifecycle.JoinPeers).
// So each of them starts when the one before listens.
func (s *Supervisor) startNodes(ctx context.Context) error {
	for _, n := range s.state.LocalNodes() {
		if !s.state.Complete || n.Kind == network.OrdererNode {
			if err := s.table.Start(s.nodeSpec(n)); err != nil {
				return err
			}
		} else if err := s.startNode(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// startNode starts a peer and waits until it listens.
func (s *Supervisor) startNode(ctx context.Context, n network.Node) error {
	if err := s.table.Start(s.nodeSpec(n)); err != nil {
		return err
	}
	if err := awaitListening(ctx, s.state.Address(n.Name, network.ListenPort)); err != nil {
		return fmt.Errorf("waiting for %s to listen: %w; the end of its log:\n%s", n.Name, err, logTail(s.home.Log(n.Name)))
	}
	return nil
}

func (s *Supervisor) nodeSpec(n network.Node) process.Spec {
	spec := process.Spec{
		Name: n.Name, Path: s.options.Fabric.Orderer,
		Env: environment("FABRIC_CFG_PATH=" + s.home.Node(n.Name)),
		Log: s.home.Log(n.Name),
	}
	if n.Kind == network.PeerNode {
		spec.Path, spec.Args = s.options.Fabric.Peer, []string{"node", "start"}
	}
	if gogc := s.state.Topology.GOGC; gogc > 0 {
		spec.Env = append(spec.Env, "GOGC="+strconv.Itoa(gogc))
	}
	return spec
}

// startServers starts the servers of a definition that do not run yet.
func (s *Supervisor) startServers(d network.Deployment) error {
	for _, o := range s.state.Local() {
		if err := s.startServer(d, o.Name); err != nil {
			return err
		}
	}
	return nil
}

// startServer starts an organisation's server of a definition if it does not run
// yet. That of an earlier definition keeps running under another name.
func (s *Supervisor) startServer(d network.Deployment, organisation string) error {
	chaincode, err := s.state.Topology.Chaincode(d.Chaincode)
	if err != nil {
		return err
	}
	p, err := material.PackageFor(s.home, d, organisation)
	if err != nil {
		return err
	}
	name := network.ChaincodeProcess(d.Chaincode, organisation)
	if id, ok := s.serving(name); ok {
		if id == p.ID {
			return nil // A change that was cut off is taken up again.
		}
		if err := s.table.Rename(name, name+previous); err != nil {
			return err
		}
	}
	identity := s.home.Crypto().Identity(organisation, network.ChaincodeIdentity)
	return s.table.Start(process.Spec{
		Name: name,
		Path: filepath.Join(s.options.Bin, chaincode.Binary),
		Args: []string{
			"-id", p.ID,
			"-address", network.Address(d.Ports[organisation]),
			"-cert", identity.TLSCertificate(),
			"-key", identity.TLSKey(),
			"-client-ca", s.home.Crypto().TLSRoot(organisation),
			"-network", s.digest,
		},
		Env: environment(),
		Log: s.home.Log(name),
	})
}

// serving returns the package that a chaincode server was started for.
func (s *Supervisor) serving(name string) (packageID string, ok bool) {
	spec, ok := s.table.Spec(name)
	if !ok || len(spec.Args) < 2 {
		return "", false
	}
	return spec.Args[1], true
}

// environment is this process's own without what would override the written
// configuration: Fabric lets variables with these prefixes do that.
func environment(add ...string) []string {
	env := []string{"FABRIC_LOGGING_SPEC=" + loggingSpec()}
	for _, v := range os.Environ() {
		overrides := false
		for _, prefix := range []string{"CORE_", "ORDERER_", "FABRIC_", "CHAINCODE_"} {
			overrides = overrides || strings.HasPrefix(v, prefix)
		}
		if !overrides {
			env = append(env, v)
		}
	}
	return append(env, add...)
}

// loggingSpec is how much the nodes log: at level info a peer writes several
// lines for every transaction.
func loggingSpec() string {
	if spec := os.Getenv("FABRIC_LOGGING_SPEC"); spec != "" {
		return spec
	}
	return "warning"
}
