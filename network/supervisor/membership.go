package supervisor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/lifecycle"
	"github.com/skuld-registry/skuld/network/material"
)

// AddOrganisation makes an organisation a member of the running channel: its
// certificates, its peers, its servers of the chaincodes, its gateway. The other
// members go on meanwhile. One that was cut off is completed by the next start,
// or by asking again.
func (s *Supervisor) AddOrganisation(ctx context.Context, o network.Organisation) error {
	ctx, done, err := s.beginChange(ctx)
	if err != nil {
		return fmt.Errorf("adding %s: %w", o.Name, err)
	}
	defer done()
	if err := s.quorum(); err != nil {
		return fmt.Errorf("adding %s: %w", o.Name, err)
	}
	var addErr error
	err = s.save(func(state *network.State) { addErr = state.Add(o) })
	if err := errors.Join(addErr, err); err != nil {
		return fmt.Errorf("adding %s: %w", o.Name, err)
	}
	if err := s.write(s.state); err != nil {
		return err
	}
	if err := s.startMember(ctx, o); err != nil {
		return err
	}
	client, err := lifecycle.Open(s.home, s.state)
	if err != nil {
		return err
	}
	defer client.Close()
	candidate, err := material.CandidateOf(s.home, s.state, o.Name)
	if err != nil {
		return err
	}
	if err := s.admit(ctx, client, candidate); err != nil {
		return err
	}
	if err := client.Settle(ctx); err != nil {
		return err
	}
	if err := s.openGateway(ctx, o.Name); err != nil {
		return err
	}
	return s.save(func(state *network.State) { state.Joined(o.Name) })
}

// quorum says whether enough administrators have their keys here to admit an
// organisation. Without, nothing is begun that could not be completed.
func (s *Supervisor) quorum() error {
	client, err := lifecycle.Open(s.home, s.state)
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Quorum()
}

// AdmitCandidate makes an organisation on another machine a member of the channel
// and returns what its own machine must know to take its peers there. If it is
// cut off before the member is written down here, the same request does that.
func (s *Supervisor) AdmitCandidate(ctx context.Context, c network.Candidate) (w network.Welcome, err error) {
	ctx, done, err := s.beginChange(ctx)
	if err != nil {
		return w, fmt.Errorf("admitting %s: %w", c.Organisation.Name, err)
	}
	defer done()
	if err := s.state.CheckRemote(c); err != nil {
		return w, fmt.Errorf("admitting %s: %w", c.Organisation.Name, err)
	}
	client, err := lifecycle.Open(s.home, s.state)
	if err != nil {
		return w, err
	}
	defer client.Close()
	if err := client.Admit(ctx, c); err != nil {
		return w, err
	}
	if err := material.WriteRoots(s.home, c.Organisation.Name, c.Roots); err != nil {
		return w, err
	}
	if err := s.save(func(state *network.State) { state.AddRemote(c) }); err != nil {
		return w, err
	}
	if err := s.write(s.state); err != nil {
		return w, err
	}
	s.step("the channel has the member " + c.Organisation.Name)
	return material.NewWelcome(s.home, s.state)
}

// write writes what the processes of a network read, after making certificates
// for the organisations that are joining.
func (s *Supervisor) write(state *network.State) error {
	for _, o := range state.Local() {
		if !slices.Contains(state.Joining, o.Name) {
			continue
		}
		if err := material.MakeOrganisation(s.home, o, state.Hosts[o.Name], time.Now()); err != nil {
			return err
		}
	}
	if err := material.Render(s.home, state); err != nil {
		return err
	}
	return material.WriteConnections(s.home, state)
}

// startMember starts what a new member runs, its gateway left out: the servers
// first, because a peer dials them. A try that was cut off has started some.
func (s *Supervisor) startMember(ctx context.Context, o network.Organisation) error {
	for _, d := range s.state.Deployments {
		if err := s.startServer(d, o.Name); err != nil {
			return err
		}
	}
	for _, n := range o.PeerNodes() {
		if _, ok := s.table.Spec(n.Name); ok {
			continue
		}
		if err := s.startNode(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// admit takes an organisation whose processes run into the channel.
func (s *Supervisor) admit(ctx context.Context, client *lifecycle.Client, c network.Candidate) error {
	organisation := c.Organisation.Name
	if err := client.Admit(ctx, c); err != nil {
		return err
	}
	s.step("the channel has the member " + organisation)
	if err := client.Join(ctx, organisation); err != nil {
		return err
	}
	s.step(organisation + " serves the channel's chaincodes")
	return nil
}

// openGateway starts a new member's gateway. Those of the others read of the
// member when they start the next time; until then they reach its peers through
// their own.
func (s *Supervisor) openGateway(ctx context.Context, organisation string) error {
	if !s.options.Gateways {
		return nil
	}
	if _, ok := s.table.Spec(network.GatewayProcess(organisation)); !ok {
		if err := s.startGateway(organisation); err != nil {
			return err
		}
	}
	if err := s.awaitGateway(ctx, organisation); err != nil {
		return err
	}
	return s.writeEndpoints()
}
