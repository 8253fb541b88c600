package supervisor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/lifecycle"
)

// A running network is changed by one thing at a time: a chaincode is upgraded,
// an organisation joins, certificates are renewed. Each may be cut off at any
// step and be taken up again by the same words.

// Upgrade puts a new definition of a chaincode on the channel. Its servers run
// the program as it is in the folder of programs now; those of the definition
// before serve until every peer has the new one.
func (s *Supervisor) Upgrade(ctx context.Context, chaincode string) error {
	ctx, done, err := s.beginChange(ctx)
	if err != nil {
		return fmt.Errorf("upgrading %s: %w", chaincode, err)
	}
	defer done()
	return s.upgrade(ctx, chaincode)
}

// upgrade is Upgrade within a change.
func (s *Supervisor) upgrade(ctx context.Context, chaincode string) error {
	var d network.Deployment
	var planErr error
	err := s.save(func(state *network.State) { d, planErr = state.Plan(chaincode) })
	if err := errors.Join(planErr, err); err != nil {
		return fmt.Errorf("upgrading %s: %w", chaincode, err)
	}
	if err := s.startServers(d); err != nil {
		return err
	}
	client, err := lifecycle.Open(s.home, s.state)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Install(ctx, d); err != nil {
		return err
	}
	if err := s.deploy(ctx, client, d); err != nil {
		return err
	}
	return client.Settle(ctx)
}

// beginChange waits for the change under way, if there is one. The caller calls
// done at the end of its own.
func (s *Supervisor) beginChange(ctx context.Context) (_ context.Context, done func(), err error) {
	s.changing.Lock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase != control.Ready {
		s.changing.Unlock()
		return nil, nil, fmt.Errorf("the network is %s", s.phase)
	}
	ctx, cancel := context.WithCancel(ctx)
	s.endChange = cancel
	return ctx, func() {
		cancel()
		s.changing.Unlock()
	}, nil
}

// awaitChange waits for the change under way, which is cut off after the grace.
// It must have ended before the home's lock is given back: it starts processes
// and writes the state down. The caller has set the phase, so no other begins.
func (s *Supervisor) awaitChange(grace time.Duration) {
	cut := time.AfterFunc(grace, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.endChange != nil {
			s.endChange()
		}
	})
	defer cut.Stop()
	s.changing.Lock()
	defer s.changing.Unlock()
}
