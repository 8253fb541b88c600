package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/ledger/fabric"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/network"
)

// closeLimit is how long the clients may take to resolve what is under way.
const closeLimit = 30 * time.Second

// stage is everything that the workloads need of a running network.
type stage struct {
	floor  *floor
	cast   *cast
	alone  ledgers // one command a transaction, as many at a time as there are callers
	groups ledgers // group commit, as the gateway does it
	closes []func() error
}

// connect opens the organisations' ways to the ledger and registers the cast.
func (r *rig) connect(ctx context.Context, callers int) (*stage, error) {
	s := &stage{alone: ledgers{}, groups: ledgers{}}
	if err := s.open(ctx, r.home, callers); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *stage) open(ctx context.Context, home network.Home, callers int) error {
	for _, org := range []string{"lender", "collector", "registrar"} {
		profile, err := fabric.ReadProfile(home.ConnectionFile(org))
		if err != nil {
			return err
		}
		channel, err := fabric.Connect(profile, fabric.Options{})
		if err != nil {
			return err
		}
		s.closes = append(s.closes, channel.Close)
		s.alone[org] = s.client(channel, protocol.ClientOptions{MaxBatch: 1, UnderWay: callers})
		s.groups[org] = s.client(channel, protocol.ClientOptions{})
	}
	connection, err := network.ReadConnection(home.ConnectionFile("lender"))
	if err != nil {
		return err
	}
	if s.floor, err = newFloor(connection); err != nil {
		return err
	}
	s.closes = append(s.closes, s.floor.close)
	if s.cast, err = newCast(ctx, s.groups); err != nil {
		return fmt.Errorf("preparing the parties: %w", err)
	}
	return nil
}

func (s *stage) client(channel *fabric.Channel, o protocol.ClientOptions) *protocol.Client {
	c := protocol.NewClient(channel, sign.Verifier{}, o)
	s.closes = append(s.closes, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
		defer cancel()
		return c.Close(ctx)
	})
	return c
}

// close ends the clients before the channels that they use.
func (s *stage) close() error {
	var faults []error
	for _, f := range slices.Backward(s.closes) {
		faults = append(faults, f())
	}
	return errors.Join(faults...)
}

// workloads gives the put and then ours, those of only where it names any.
func (s *stage) workloads(only []string) []workload {
	ours := slices.Concat(operations(s.cast, s.alone, s.groups, false), operations(s.cast, s.groups, s.groups, true))
	return append([]workload{s.floor.workload()}, slices.DeleteFunc(ours, func(w workload) bool {
		return len(only) > 0 && !slices.Contains(only, w.Name)
	})...)
}
