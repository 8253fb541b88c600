package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/lifecycle"
	"github.com/skuld-registry/skuld/network/material"
	"github.com/skuld-registry/skuld/network/process"
)

// Renew renews the certificates that end within a time, and lets everything that
// runs on an older one start again: the orderers, then the peers, one after the
// other, then the servers of the chaincodes by an upgrade, then the gateways.
// What runs on an older one is found by the times of the files, so a renewal that
// was cut off is completed by the next, and one after certificates were replaced
// by hand only starts what needs them. It says which certificates were renewed.
func (s *Supervisor) Renew(ctx context.Context, within time.Duration) ([]string, error) {
	ctx, done, err := s.beginChange(ctx)
	if err != nil {
		return nil, fmt.Errorf("renewing certificates: %w", err)
	}
	defer done()
	client, err := lifecycle.Open(s.home, s.state)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	renewed, err := s.renewFiles(ctx, client, time.Now().Add(within))
	if err != nil {
		return nil, err
	}
	if err := s.renewNodes(ctx, client); err != nil {
		return nil, err
	}
	if err := s.renewServers(ctx); err != nil {
		return nil, err
	}
	return renewed, s.renewGateways(ctx)
}

// renewFiles renews what ends by a time and was not revoked. Roots are left: a
// new one is a change of the channel that its organisation must plan.
func (s *Supervisor) renewFiles(ctx context.Context, client *lifecycle.Client, by time.Time) ([]string, error) {
	all, err := material.Certificates(s.home, s.state.Topology)
	if err != nil {
		return nil, err
	}
	renewed := []string{}
	revoked := map[string][]*big.Int{}
	for _, c := range all {
		if c.Identity == "" || !c.Ends(by) {
			continue
		}
		if _, asked := revoked[c.Owner]; !asked && c.Owner != network.OrdererOwner {
			if revoked[c.Owner], err = client.Revoked(ctx, c.Owner); err != nil {
				return nil, err
			}
		}
		if slices.ContainsFunc(revoked[c.Owner], func(n *big.Int) bool { return n.Cmp(c.SerialNumber) == 0 }) {
			continue
		}
		if err := material.Renew(s.home, c, time.Now()); err != nil {
			return nil, err
		}
		renewed = append(renewed, c.Title())
	}
	s.step(fmt.Sprintf("%d certificates renewed", len(renewed)))
	return renewed, nil
}

// renewNodes starts the nodes that run on older certificates again, each when
// the one before serves: a network with a spare of everything is not interrupted.
func (s *Supervisor) renewNodes(ctx context.Context, client *lifecycle.Client) error {
	for _, n := range s.state.LocalNodes() {
		files := s.home.Crypto().Identity(n.Owner, n.Name)
		old, err := s.outdated(n.Name, files.Certificate(), files.TLSCertificate())
		if err != nil {
			return err
		}
		if !old {
			continue
		}
		if err := s.table.Stop(n.Name, stopGrace); err != nil {
			return err
		}
		if err := s.startNode(ctx, n); err != nil {
			return err
		}
		if n.Kind == network.OrdererNode {
			err = client.AwaitOrderer(ctx, n)
		} else {
			err = client.Settle(ctx)
		}
		if err != nil {
			return err
		}
		s.step(n.Name + " runs on its new certificates")
	}
	return nil
}

// renewServers upgrades the chaincodes whose servers or packages have older
// certificates: a package holds the one with which the peer calls the server.
func (s *Supervisor) renewServers(ctx context.Context) error {
	for _, cc := range s.state.Topology.Chaincodes {
		outdated := false
		for _, o := range s.state.Local() {
			old, err := s.outdated(network.ChaincodeProcess(cc.Name, o.Name),
				s.home.Crypto().Identity(o.Name, network.ChaincodeIdentity).TLSCertificate(),
				s.home.Crypto().Identity(o.Name, network.ChaincodeClientIdentity).TLSCertificate())
			if err != nil {
				return err
			}
			outdated = outdated || old
		}
		if !outdated {
			continue
		}
		if err := s.upgrade(ctx, cc.Name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Supervisor) renewGateways(ctx context.Context) error {
	if !s.options.Gateways {
		return nil
	}
	for _, o := range s.state.Local() {
		name := network.GatewayProcess(o.Name)
		old, err := s.outdated(name, s.home.Crypto().Identity(o.Name, network.GatewayIdentity).Certificate())
		if err != nil {
			return err
		}
		if !old {
			continue
		}
		if err := s.table.Stop(name, gatewayGrace); err != nil {
			return err
		}
		if err := s.startGateway(o.Name); err != nil {
			return err
		}
		if err := s.awaitGateway(ctx, o.Name); err != nil {
			return err
		}
		s.step(name + " runs on its new certificate")
	}
	return nil
}

// outdated reports whether a process has run since before its certificates were
// written. One that does not run will read them when it starts.
func (s *Supervisor) outdated(name string, certificates ...string) (bool, error) {
	for _, info := range s.table.List() {
		if info.Name != name || info.State != process.Running {
			continue
		}
		for _, path := range certificates {
			file, err := os.Stat(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return false, fmt.Errorf("looking at the certificate of %s: %w", name, err)
			}
			if file.ModTime().After(info.Since) {
				return true, nil
			}
		}
	}
	return false, nil
}

// ending lists the certificates that end soon, for people to see.
func ending(h network.Home, t network.Topology, now time.Time) ([]control.Ending, error) {
	all, err := material.Certificates(h, t)
	if err != nil {
		return nil, err
	}
	var soon []control.Ending
	for _, c := range all {
		if c.Ends(now.Add(network.EndingWithin)) {
			soon = append(soon, control.Ending{Certificate: c.Title(), Ends: c.NotAfter})
		}
	}
	return soon, nil
}
