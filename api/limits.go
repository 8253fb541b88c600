package api

import (
	"container/list"
	"errors"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	xrate "golang.org/x/time/rate"

	"github.com/skuld-registry/skuld/ledger"
)

// How many requests and streams are under way at a time, unless Limits say otherwise.
const (
	DefaultRequests = 512
	DefaultStreams  = 256
)

const (
	// maxCallers bounds how many parties, and how many addresses, are remembered.
	// Who has asked nothing for longest is forgotten first; it gets a full bucket
	// again, which it would have had soon in any case.
	maxCallers = 10_000
	// maxHops bounds how many proxies before the gateway are looked through.
	maxHops = 16
	// busyWait is what a caller waits where no rate says when there is room.
	busyWait = time.Second
)

// Limits bound what callers may ask, so that one of them cannot keep the gateway
// from the others. Whoever asks more is told to wait (RFC 6585 par. 4).
type Limits struct {
	// Party is for each party that has proved who it is.
	Party Rate
	// Address is for each network address: as much for requests that prove nothing,
	// such as those for a token and those of who is no party yet, and as much for
	// requests whose proof is refused. An address with too many of the latter is
	// not listened to until it has waited.
	Address Rate
	// Requests and Streams bound what is under way at a time, everybody's together.
	// Beside the requests, a quarter as many may be of those who prove nothing.
	Requests, Streams int
	// Proxies are the addresses whose word on X-Forwarded-For is taken.
	Proxies []netip.Prefix
}

// Rate bounds one caller. A member that is 0 bounds nothing.
type Rate struct {
	PerSecond int // requests, on average
	Burst     int // requests at the same moment, after a pause
	AtOnce    int // requests under way at a time
}

// callers knows what each caller has asked lately.
type callers struct {
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

func newCallers(by string, limit Rate) *callers {
	return &callers{limit: limit, by: by, known: map[string]*list.Element{}, recent: list.New()}
}

// errLimited refuses a caller that asks too much, and says whose limit it was.
type errLimited struct {
	refusal *ledger.Error
	by      string
}

func (e errLimited) Error() string { return e.by + ": " + e.refusal.Error() }
func (e errLimited) Unwrap() error { return e.refusal }

func limited(by string, wait time.Duration) error {
	seconds := max(1, int64(math.Ceil(wait.Seconds())))
	return errLimited{ledger.Refuse(ledger.CodeTooManyRequests, "seconds", strconv.FormatInt(seconds, 10)), by}
}

// enter counts a request of a caller. The caller leaves when it has its answer.
func (c *callers) enter(key string, now time.Time) (leave func(), err error) {
	if c.limit == (Rate{}) {
		return func() {}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	who := c.find(key)
	if c.limit.AtOnce > 0 && who.underWay >= c.limit.AtOnce {
		return nil, limited(c.by, busyWait)
	}
	if wait := who.take(now); wait > 0 {
		return nil, limited(c.by, wait)
	}
	who.underWay++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		who.underWay--
	}, nil
}

// blame counts a request whose proof was refused.
func (c *callers) blame(key string, now time.Time) {
	if c.limit.PerSecond == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.find(key).take(now)
}

// spent refuses a caller that has nothing left, without counting anything.
func (c *callers) spent(key string, now time.Time) error {
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
		return limited(c.by, busyWait)
	}
	return nil
}

// find gives a caller, and forgets another one where there are too many.
func (c *callers) find(key string) *caller {
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

// admit finds out who asks, and whether it may now. What the caller has taken up
// is given back by leave, which is never nil.
func (s *Server) admit(rt *route, r *http.Request) (leave func(), err error) {
	nothing := func() {}
	if rt.probe {
		return nothing, s.authenticate(rt, r)
	}
	now, address := s.Clock(), s.addressOf(r)
	if stranger(rt, r) {
		if leave, err = s.addresses.enter(address, now); err != nil {
			return nothing, err
		}
		return leave, s.authenticate(rt, r)
	}
	// A proof costs more to check than to make up.
	if err := s.refused.spent(address, now); err != nil {
		return nothing, err
	}
	if err := s.authenticate(rt, r); err != nil {
		if blamed(err) {
			s.refused.blame(address, now)
		}
		return nothing, err
	}
	leave, err = s.parties.enter(string(callOf(r.Context()).party.ID), now)
	if err != nil {
		return nothing, err
	}
	if rt.stream { // it counts as begun, and has places of its own while it goes on
		leave()
		return s.beginStream(callOf(r.Context()).party.ID)
	}
	return leave, nil
}

// blamed says whether a refusal is the caller's fault. That the ledger or an issuer
// cannot be asked is not; and every client learns a new nonce by being refused with
// the old one.
func blamed(err error) bool {
	e, ok := errors.AsType[*ledger.Error](err)
	return ok && e.Class() != ledger.ClassUnavailable && e.Code != ledger.CodeProofNonce
}

// stranger says whether a request proves nothing of who sends it.
func stranger(rt *route, r *http.Request) bool {
	return rt.access == open || r.Header.Get("Authorization") == ""
}

// beginStream takes one of the streams that a party may have open, whether it
// watches or exports. It is given back by end, which is never nil.
func (s *Server) beginStream(party ledger.PartyID) (end func(), err error) {
	if !s.streaming.enter(party, maxPartyStreams) {
		return func() {}, limited("streams", heartbeat)
	}
	return func() { s.streaming.leave(party) }, nil
}

// addressOf gives the network address of who asks: that of the connection, or
// where it is a proxy's of ours, the last one in X-Forwarded-For that is not.
// What stands before that was written by the caller and is worth nothing. One
// subscriber has a whole /64 of IPv6 addresses, so they count as one.
func (s *Server) addressOf(r *http.Request) string {
	connection, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	from := connection.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for n := len(hops) - 1; n >= max(0, len(hops)-maxHops) && s.isProxy(from); n-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[n]))
		if err != nil {
			break
		}
		from = hop.Unmap()
	}
	if from.Is6() {
		if network, err := from.WithZone("").Prefix(64); err == nil {
			return network.String()
		}
	}
	return from.String()
}

func (s *Server) isProxy(address netip.Addr) bool {
	for _, p := range s.Limits.Proxies {
		if p.Contains(address) {
			return true
		}
	}
	return false
}
