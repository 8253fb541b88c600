package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// write runs a function in a database transaction of its own. It is for what
// writes much, as the follower does; what writes a row or two joins others.
//
// Waiting for the turn ends with the caller's context, and what has begun does
// not: PostgreSQL's driver breaks a connection off together with a statement, and
// the writer's connection holds the lock of the database. The function is to use
// the context that it is given.
func (s *Store) write(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	return kept(ctx, do, s.alone)
}

// alone is write where the context asks for no rehearsal.
func (s *Store) alone(ctx context.Context, do func(context.Context, *sql.Tx) error) (err error) {
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("waiting to write to the database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }() // gives it back
	ctx = context.WithoutCancel(ctx)
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a database transaction: %w", err)
	}
	if err := do(ctx, tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing a database transaction: %w", err)
	}
	return nil
}

// join runs a function in a database transaction that it shares with the others
// that wait at the same moment, and answers once that is on the disk. The
// function is to use the context that it is given, not its caller's: a statement
// that is broken off would break off the others' too. It may be run and yet not
// be kept where join gives an error, and must have no effect but on the database
// and on what its caller reads after a nil error.
//
// A caller whose context ends leaves the queue. One whose turn has come is
// answered, so that what it wrote is never in doubt.
func (s *Store) join(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	return kept(ctx, do, s.together)
}

// together is join where the context asks for no rehearsal.
func (s *Store) together(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	m := &member{do: do, done: make(chan error, 1)}
	if err := s.group.enter(ctx, m); err != nil {
		return err
	}
	select {
	case err := <-m.done:
		return err
	case <-ctx.Done():
	}
	if m.state.CompareAndSwap(memberWaits, memberLeft) {
		return fmt.Errorf("waiting to write to the database: %w", ctx.Err())
	}
	return <-m.done
}

// Limits of a group of writes.
const (
	maxGroup  = 128              // members of one database transaction
	maxQueue  = 1024             // members that wait; the next ones wait to enter
	groupTime = 20 * time.Second // for one database transaction
)

// The states of a member: it is either taken or leaves, never both.
const (
	memberWaits int32 = iota
	memberTaken
	memberLeft
)

// member is one write of a group.
type member struct {
	do    func(context.Context, *sql.Tx) error
	state atomic.Int32
	done  chan error
}

// group writes what waits at the same moment in one database transaction: a
// commit waits for the disk, and as many callers as there are can share the
// wait. Nothing is delayed to fill a group; while one is under way the next
// gathers.
type group struct {
	db    *sql.DB
	queue chan *member
	mu    sync.RWMutex // held by who enters, and taken to close
	ended bool
	idle  chan struct{} // closed when the last group is written
}

func newGroup(db *sql.DB) *group {
	g := &group{db: db, queue: make(chan *member, maxQueue), idle: make(chan struct{})}
	go g.run()
	return g
}

// errClosed says that a write came after Close.
var errClosed = errors.New("writing to the database: it is closed")

func (g *group) enter(ctx context.Context, m *member) error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.ended {
		return errClosed
	}
	select {
	case g.queue <- m:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting to write to the database: %w", ctx.Err())
	}
}

// close writes what has entered and ends the group; a second time does nothing.
func (g *group) close() {
	g.mu.Lock()
	if !g.ended {
		g.ended = true
		close(g.queue)
	}
	g.mu.Unlock()
	<-g.idle
}

func (g *group) run() {
	defer close(g.idle)
	for first := range g.queue {
		members := g.gather(first)
		if len(members) == 0 {
			continue
		}
		results, err := g.write(members)
		for i, m := range members {
			if err != nil {
				m.done <- err
			} else {
				m.done <- results[i]
			}
		}
	}
}

// gather takes who waits, up to maxGroup.
func (g *group) gather(first *member) []*member {
	var members []*member
	take := func(m *member) {
		if m.state.CompareAndSwap(memberWaits, memberTaken) {
			members = append(members, m)
		}
	}
	take(first)
	for len(members) < maxGroup {
		select {
		case m, ok := <-g.queue:
			if !ok {
				return members
			}
			take(m)
		default:
			return members
		}
	}
	return members
}

// write runs the members in one database transaction. A member that fails is
// taken back alone; an error is of all of them, and none is kept.
func (g *group) write(members []*member) (results []error, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), groupTime)
	defer cancel()
	tx, err := g.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("beginning a database transaction: %w", err)
	}
	results = make([]error, len(members))
	for i, m := range members {
		if results[i], err = apart(ctx, tx, m.do); err != nil {
			return nil, errors.Join(err, tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("committing a database transaction: %w", err)
	}
	return results, nil
}

// apart runs a function within a transaction so that its failure leaves the
// transaction as it was before. An err says that the transaction is lost.
func apart(ctx context.Context, tx *sql.Tx, do func(context.Context, *sql.Tx) error) (result, err error) {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT member"); err != nil {
		return nil, fmt.Errorf("beginning a write: %w", err)
	}
	result = do(ctx, tx)
	if result != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT member"); err != nil {
			return nil, errors.Join(result, fmt.Errorf("taking back a write: %w", err))
		}
	}
	if _, err := tx.ExecContext(ctx, "RELEASE SAVEPOINT member"); err != nil {
		return nil, errors.Join(result, fmt.Errorf("ending a write: %w", err))
	}
	return result, nil
}
