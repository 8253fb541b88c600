// Package limit bounds what one caller of a gateway may ask, so that it cannot keep
// the gateway from the others: how often, how much at a time, and how slowly.
//
// It must not know who a caller is beyond a key that it is given, and must not grow
// with the number of callers.
package limit

import (
	"container/list"
	"errors"
	"math"
	"strconv"
	"sync"
	"time"

	xrate "golang.org/x/time/rate"

	"github.com/skuld-registry/skuld/ledger"
)

const (
	// maxCallers bounds how many callers of one kind are remembered. Who has asked
	// nothing for longest is forgotten first; it gets a full bucket again, which it
	// would have had soon in any case.
	maxCallers = 10_000
	// BusyWait is what a caller waits where no rate says when there is room.
	BusyWait = time.Second
)

// Rate bounds one caller. A member that is 0 bounds nothing.
type Rate struct {
	PerSecond int // requests, on average
	Burst     int // requests at the same moment, after a pause
	AtOnce    int // requests under way at a time
}

// Callers knows what each caller of one kind has asked lately. It may be used by
// many goroutines at a time.
type Callers struct {
	limit Rate
	by    string // for the log and the metrics

	mu     sync.Mutex
	known  map[string]*list.Element // of *caller
	recent *list.List               // the one that asked last is first
}

type caller struct {
	key      string
	bucket   *xrate.Limiter
	underWay int
}

// New makes the callers of a kind, such as party or address, which stands in the
// refusals (see By).
func New(by string, rate Rate) *Callers {
	return &Callers{limit: rate, by: by, known: map[string]*list.Element{}, recent: list.New()}
}

// refusedError refuses a caller that asks too much, and says whose limit it was.
type refusedError struct {
	refusal *ledger.Error
	by      string
}

func (e refusedError) Error() string { return e.by + ": " + e.refusal.Error() }
func (e refusedError) Unwrap() error { return e.refusal }

// Refuse makes the refusal of a caller by a limit, which says how long to wait in
// whole seconds (too_many_requests).
func Refuse(by string, wait time.Duration) error {
	seconds := max(1, int64(math.Ceil(wait.Seconds())))
	return refusedError{ledger.Refuse(ledger.CodeTooManyRequests, "seconds", strconv.FormatInt(seconds, 10)), by}
}

// By says whose limit an error is about, "" where it is about none.
func By(err error) string {
	if e, ok := errors.AsType[refusedError](err); ok {
		return e.by
	}
	return ""
}

// Enter counts a request of a caller. The caller leaves when it has its answer;
// leave is nil where it is refused.
func (c *Callers) Enter(key string, now time.Time) (leave func(), err error) {
	if c.limit == (Rate{}) {
		return func() {}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	who := c.find(key)
	if c.limit.AtOnce > 0 && who.underWay >= c.limit.AtOnce {
		return nil, Refuse(c.by, BusyWait)
	}
	if wait := who.take(now); wait > 0 {
		return nil, Refuse(c.by, wait)
	}
	who.underWay++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		who.underWay--
	}, nil
}

// Blame counts a request that was not admitted by Enter, such as one whose proof
// was refused.
func (c *Callers) Blame(key string, now time.Time) {
	if c.limit.PerSecond == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.find(key).take(now)
}

// Spent refuses a caller that has nothing left, without counting anything.
func (c *Callers) Spent(key string, now time.Time) error {
	if c.limit.PerSecond == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.known[key]
	if !ok {
		return nil
	}
	if left := e.Value.(*caller).bucket.TokensAt(now); left < 1 {
		return Refuse(c.by, BusyWait)
	}
	return nil
}

// find gives a caller, and forgets another one where there are too many.
func (c *Callers) find(key string) *caller {
	if e, ok := c.known[key]; ok {
		c.recent.MoveToFront(e)
		return e.Value.(*caller)
	}
	if c.recent.Len() >= maxCallers {
		oldest := c.recent.Remove(c.recent.Back()).(*caller)
		delete(c.known, oldest.key)
	}
	who := &caller{key: key, bucket: xrate.NewLimiter(xrate.Inf, 0)}
	if c.limit.PerSecond > 0 {
		who.bucket = xrate.NewLimiter(xrate.Limit(c.limit.PerSecond), max(1, c.limit.Burst))
	}
	c.known[key] = c.recent.PushFront(who)
	return who
}

// take takes one request out of the bucket, or says how long it is empty.
func (c *caller) take(now time.Time) time.Duration {
	r := c.bucket.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}
