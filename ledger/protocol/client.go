package protocol

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"golang.org/x/sync/semaphore"

	"github.com/skuld-registry/skuld/ledger"
)

// The defaults of ClientOptions.
const (
	DefaultMaxBatchBytes = 2 << 20
	DefaultUnderWay      = 2
	DefaultMaxOpen       = 10_000
	DefaultAttempts      = 24
	DefaultPatience      = time.Minute
	DefaultLookups       = 3
	DefaultMaxHeld       = 4096
)

// Bounds of DefaultBackoff. With DefaultAttempts a command is tried for about
// nine seconds beside what the channel itself waits: longer than an ordering
// service takes to choose a new leader.
const (
	firstBackoff = 5 * time.Millisecond
	longBackoff  = 500 * time.Millisecond
)

// DefaultBackoff is the pause before an attempt, the second having number 1.
// It doubles from 5 ms, which is about how far two peers are apart.
func DefaultBackoff(attempt int) time.Duration {
	pause := firstBackoff
	for range attempt - 1 {
		if pause *= 2; pause >= longBackoff {
			return longBackoff
		}
	}
	return pause
}

// ClientOptions adjusts a Client. The zero value is the default of every field.
type ClientOptions struct {
	// Random gives the salts; crypto/rand unless set.
	Random io.Reader
	// Clock is used to run the rules here, for a rehearsal or a refusal's
	// parameters, and to measure attempts.
	Clock func() time.Time

	// MaxBatch is the most commands in one transaction, at most ledger.MaxBatch.
	// 1 sends each command alone.
	MaxBatch int
	// MaxBatchBytes bounds a transaction's message. One command always goes.
	MaxBatchBytes int
	// UnderWay is how many transactions may be under way at a time. With 2 one is
	// endorsed while the other is ordered; with more they only grow smaller.
	UnderWay int
	// MaxOpen is how many commands may wait or be under way; Submit waits for room.
	MaxOpen int

	// Attempts is how often a command is tried before the client gives up, and
	// Patience how long altogether.
	Attempts int
	Patience time.Duration
	// Lookups is how often a subject is looked up after a transaction with
	// unknown fate before its command is submitted anew.
	Lookups int
	// Backoff is the pause before an attempt, the second having number 1.
	Backoff func(attempt int) time.Duration
	// Wait pauses; tests replace it.
	Wait func(context.Context, time.Duration) error

	// MaxHeld is how many states are remembered.
	MaxHeld int

	// Tracer makes the spans of commands and transactions; none unless set.
	Tracer trace.TracerProvider
	// Observe, where it is set, hears of every attempt at a transaction, and may
	// be called by several goroutines at a time. It must not wait for anything.
	Observe func(Attempt)
}

func (o ClientOptions) withDefaults() ClientOptions {
	number := func(n *int, fallback int) {
		if *n <= 0 {
			*n = fallback
		}
	}
	number(&o.MaxBatch, ledger.MaxBatch)
	number(&o.MaxBatchBytes, DefaultMaxBatchBytes)
	number(&o.UnderWay, DefaultUnderWay)
	number(&o.MaxOpen, DefaultMaxOpen)
	number(&o.Attempts, DefaultAttempts)
	number(&o.Lookups, DefaultLookups)
	number(&o.MaxHeld, DefaultMaxHeld)
	if o.Patience <= 0 {
		o.Patience = DefaultPatience
	}
	o.MaxBatch = min(o.MaxBatch, ledger.MaxBatch, o.MaxOpen)
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Tracer == nil {
		o.Tracer = noop.NewTracerProvider()
	}
	if o.Backoff == nil {
		o.Backoff = DefaultBackoff
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	return o
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Client is a ledger.Service that speaks to a contract through a Channel. It
// may be used by many callers at a time.
type Client struct {
	channel Channel
	sigs    ledger.Signatures
	opts    ClientOptions
	tracer  trace.Tracer

	held *holdings
	room *semaphore.Weighted // of MaxOpen

	// Transactions live in the client's context, not in their callers': a
	// caller that goes away never abandons a submitted transaction.
	ctx    context.Context
	cancel context.CancelFunc
	runs   sync.WaitGroup

	gathering gathering

	saltMu sync.Mutex // guards opts.Random
}

var _ ledger.Service = (*Client)(nil)

// NewClient makes a client of the contract behind the channel. The signatures
// are only taken apart here; the contract verifies them.
func NewClient(channel Channel, sigs ledger.Signatures, opts ClientOptions) *Client {
	opts = opts.withDefaults()
	c := &Client{
		channel: channel,
		sigs:    sigs,
		opts:    opts,
		tracer:  opts.Tracer.Tracer(tracerName),
		held:    newHoldings(opts.MaxHeld),
		room:    semaphore.NewWeighted(int64(opts.MaxOpen)),
	}
	c.gathering.busy = map[ledger.Subject]bool{}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// Close waits until every transaction under way is resolved, or until ctx
// ends, which leaves the rest unknown. Commands submitted later are not handed in.
func (c *Client) Close(ctx context.Context) error {
	c.gathering.close()
	done := make(chan struct{})
	go func() { c.runs.Wait(); close(done) }()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = fmt.Errorf("waiting for the transactions under way: %w", ctx.Err())
	}
	c.cancel()
	<-done // each run ends at once when its context has
	return err
}

// Network gives the digest that commands must name.
func (c *Client) Network() string { return c.channel.Network() }

// ErrClosed is the error of a Submit after Close.
var ErrClosed = errors.New("the client is closed")

// Submit hands in commands and waits for their outcomes; see ledger.Service.
// Commands about the same subject are applied in the order in which they come.
func (c *Client) Submit(ctx context.Context, commands ...ledger.Signed) ([]ledger.Outcome, error) {
	tasks := make([]*task, len(commands))
	var open []*bundle
	for i, signed := range commands {
		tasks[i] = c.newTask(signed)
		if !tasks[i].isDone() {
			open = append(open, &bundle{tasks: tasks[i : i+1 : i+1]})
		}
	}
	return c.resolve(ctx, tasks, open)
}

// resolve hands in bundles and waits until the fate of each task is known.
func (c *Client) resolve(ctx context.Context, tasks []*task, open []*bundle) ([]ledger.Outcome, error) {
	for _, b := range open {
		for _, t := range b.tasks {
			t.begin(ctx, c.tracer)
		}
	}
	c.handIn(ctx, open)
	for _, b := range open {
		for _, t := range b.tasks {
			select {
			case <-t.done:
			case <-ctx.Done():
				c.leave(b, ctx.Err())
			}
		}
	}
	all, err := outcomes(tasks)
	if err != nil {
		return nil, fmt.Errorf("submitting commands: %w", err)
	}
	return all, nil
}

// handIn queues bundles, so many at a time as make a transaction, as there is room.
func (c *Client) handIn(ctx context.Context, open []*bundle) {
	for len(open) > 0 {
		some := open[:min(len(open), c.opts.MaxBatch)]
		n := commandsIn(some)
		err := c.room.Acquire(ctx, n)
		if err == nil {
			if err = c.gathering.add(some); err != nil {
				c.room.Release(n)
			}
		}
		if err != nil {
			for _, b := range open {
				b.finish(fate{notSent: err})
			}
			return
		}
		open = open[len(some):]
		c.dispatch()
	}
}

// leave answers a caller that does not wait any longer. A bundle that is still
// in the queue is taken back; one that is under way goes on without its caller.
func (c *Client) leave(b *bundle, why error) {
	if c.gathering.withdraw(b) {
		c.room.Release(int64(len(b.tasks)))
		b.finish(fate{notSent: why})
		return
	}
	for _, t := range b.tasks {
		t.abandon()
	}
}

// outcomes collects what became of the tasks of one caller. Only where none of
// them was handed in is it an error; beside others such a task's outcome is
// unknown, for which the advice is the right one: submit it again.
func outcomes(tasks []*task) ([]ledger.Outcome, error) {
	all := make([]ledger.Outcome, len(tasks))
	var handedIn bool
	var notSent error
	for i, t := range tasks {
		f := t.fate()
		if f.notSent == nil {
			handedIn = true
			all[i] = f.outcome
			continue
		}
		notSent = f.notSent
		all[i] = ledger.Outcome{State: ledger.Unknown, Err: ledger.Refuse(ledger.CodeUnavailable)}
	}
	if notSent != nil && !handedIn {
		return nil, notSent
	}
	return all, nil
}

// salt draws a salt. Readers of randomness need not be safe for several callers.
func (c *Client) salt() (ledger.Salt, error) {
	c.saltMu.Lock()
	defer c.saltMu.Unlock()
	var s ledger.Salt
	if _, err := io.ReadFull(c.opts.Random, s[:]); err != nil {
		return ledger.Salt{}, fmt.Errorf("drawing a salt: %w", err)
	}
	return s, nil
}
