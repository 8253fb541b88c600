// Package webhook sends what happened to the addresses that parties named, signed
// by the gateway, each subject's events in their order, until they are accepted.
//
// It must not decide who is told of what, which the store settled when it
// happened. It must not reach what only the gateway's host can reach: an address
// is checked when it is dialled, whatever its name said before. What a receiver
// answers is never kept, but for its status.
package webhook

import (
	"cmp"
	"context"
	"encoding/binary"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/events"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// Limits of a Deliverer.
const (
	maxPerHook = 4  // deliveries to one webhook at a time
	maxAtOnce  = 64 // deliveries at a time
	// faultPause is the wait after a fault of the gateway's own database, so that
	// nothing is sent over and over whose outcome cannot be recorded.
	faultPause = 5 * time.Second
	// longestSleep bounds the wait for what is due later: the clock may be set.
	longestSleep = 10 * time.Minute
)

// Why a webhook is disabled.
const (
	reasonGone    = "gone"          // the receiver answered 410
	reasonRevoked = "party_revoked" // its party is no longer in force
)

// Signer signs with the gateway's own key as a compact JWS of a typ.
type Signer interface {
	Sign(payload []byte, typ string) (string, error)
}

// Options are what a deliverer works with. All but Transport, Log and Local must
// be given.
type Options struct {
	Store  *store.Store
	Signer Signer
	Issuer string // base URL of the gateway, which its signatures name
	// Local takes addresses on the gateway's own host as well, without TLS too. It
	// is for development.
	Local bool
	// Transport carries the deliveries; one that dials only public addresses where
	// it is nil.
	Transport http.RoundTripper
	Clock     func() time.Time
	Log       *slog.Logger
}

// Deliverer delivers to the webhooks of all parties.
type Deliverer struct {
	Options
	client *http.Client
	wake   chan struct{}

	delivered, failed, dead atomic.Int64
}

// New makes a deliverer. It delivers while Run runs.
func New(o Options) *Deliverer {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Transport == nil {
		o.Transport = publicTransport(o.Local)
	}
	return &Deliverer{Options: o, wake: make(chan struct{}, 1), client: &http.Client{
		Transport: o.Transport, Timeout: attemptTime,
		// A redirect would send what is signed for one address to another.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Wake tells the deliverer that a webhook has changed.
func (d *Deliverer) Wake() {
	select {
	case d.wake <- struct{}{}:
	default: // it is awake
	}
}

// Counts gives how many attempts succeeded and failed since the start, and how
// many deliveries were given up.
func (d *Deliverer) Counts() (delivered, failed, dead int64) {
	return d.delivered.Load(), d.failed.Load(), d.dead.Load()
}

// underWay is what is being sent just now, by webhook and delivery.
type underWay struct {
	mu    sync.Mutex
	hooks map[string]map[string]bool
	all   int
	turn  int            // of the last delivery that was begun
	turns map[string]int // of the last one to each webhook that is due
}

// begin takes a place for a delivery, if there is one and it is not under way.
func (u *underWay) begin(d store.Delivery) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	hook := u.hooks[d.Webhook]
	if u.all >= maxAtOnce || len(hook) >= maxPerHook || hook[d.ID] {
		return false
	}
	if hook == nil {
		hook = map[string]bool{}
		u.hooks[d.Webhook] = hook
	}
	hook[d.ID] = true
	u.all++
	u.turn++
	u.turns[d.Webhook] = u.turn
	return true
}

// inTurn sorts webhooks by when they last had a place. Receivers that hang may take
// all of them, and whoever waits beside them gets the next one that is free.
func (u *underWay) inTurn(due []store.Webhook) {
	u.mu.Lock()
	defer u.mu.Unlock()
	turns := make(map[string]int, len(due)) // of those that are due, or it would grow for ever
	for _, w := range due {
		turns[w.ID] = u.turns[w.ID]
	}
	u.turns = turns
	slices.SortStableFunc(due, func(a, b store.Webhook) int { return cmp.Compare(turns[a.ID], turns[b.ID]) })
}

func (u *underWay) full() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.all >= maxAtOnce
}

func (u *underWay) end(d store.Delivery) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.hooks[d.Webhook], d.ID)
	if len(u.hooks[d.Webhook]) == 0 {
		delete(u.hooks, d.Webhook)
	}
	u.all--
}

// Run delivers until ctx ends, and then finishes what it is sending.
func (d *Deliverer) Run(ctx context.Context) {
	busy := &underWay{hooks: map[string]map[string]bool{}, turns: map[string]int{}}
	var sending sync.WaitGroup
	defer sending.Wait()
	for ctx.Err() == nil {
		_, news := d.Store.Next()
		sleep, err := d.round(ctx, busy, func(w store.Webhook, one store.Delivery) {
			sending.Go(func() {
				d.deliver(ctx, w, one)
				busy.end(one)
				d.Wake()
			})
		})
		if err != nil && ctx.Err() == nil {
			d.Log.Error("the webhooks cannot be read", "error", err)
			pause(ctx, faultPause)
			continue
		}
		d.sleep(ctx, sleep, news)
	}
}

// sleep waits until there may be something to send.
func (d *Deliverer) sleep(ctx context.Context, most time.Duration, news <-chan struct{}) {
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-news:
	case <-d.wake:
	case <-t.C:
	}
}

// pause waits after a fault, which nothing that happens meanwhile makes good.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// round makes deliveries of what is new, begins those that are due, and says how
// long there is nothing more to do.
func (d *Deliverer) round(ctx context.Context, busy *underWay, send func(store.Webhook, store.Delivery)) (time.Duration, error) {
	fresh, err := d.Store.WebhooksWithNews(ctx)
	if err != nil {
		return 0, err
	}
	more := false
	for _, w := range fresh {
		full, err := d.queue(ctx, w)
		if err != nil {
			return 0, err
		}
		more = more || full
	}
	now := d.Clock()
	due, err := d.Store.WebhooksDue(ctx, now)
	if err != nil {
		return 0, err
	}
	busy.inTurn(due)
	for _, w := range due {
		if busy.full() {
			break // whoever gives a place back wakes the next round
		}
		// Those under way still wait in the store; beside them there is room for as many.
		deliveries, err := d.Store.DueDeliveries(ctx, w.ID, now, 2*maxPerHook)
		if err != nil {
			return 0, err
		}
		for _, one := range deliveries {
			if busy.begin(one) {
				send(w, one)
			}
		}
	}
	if more {
		return 0, nil
	}
	next, err := d.Store.NextDue(ctx, now)
	if err != nil || next.IsZero() {
		return longestSleep, err
	}
	return min(max(next.Sub(now), time.Millisecond), longestSleep), nil
}

// queue makes deliveries of a webhook's news. It says whether there may be more,
// since the store takes only so many at a time.
func (d *Deliverer) queue(ctx context.Context, w store.Webhook) (more bool, err error) {
	party, err := d.Store.Party(ctx, w.Party)
	if err != nil {
		return false, err
	}
	if party != nil && party.Standing != ledger.InForce {
		return false, d.disable(ctx, w, reasonRevoked)
	}
	wanted := events.Filter{Ops: w.Ops}
	queued, err := d.Store.Queue(ctx, w, d.Clock(), wanted.Takes, func(e store.Entry) string { return DeliveryID(w.ID, e.Position) })
	return queued == store.MaxEntries, err
}

func (d *Deliverer) disable(ctx context.Context, w store.Webhook, why string) error {
	d.Log.Warn("a webhook is disabled", "webhook", w.ID, "reason", why)
	return d.Store.SetWebhook(context.WithoutCancel(ctx), w.ID, store.WebhookDisabled, why, d.Clock())
}

// DeliveryID names the delivery of an event to a webhook: always the same, also
// by a gateway that was restored from a backup, so that a receiver knows again
// what it has had.
func DeliveryID(webhook string, position int64) string {
	space, err := uuid.Parse(webhook)
	if err != nil {
		space = uuid.NewSHA1(uuid.Nil, []byte(webhook))
	}
	return uuid.NewSHA1(space, binary.BigEndian.AppendUint64(nil, uint64(position))).String()
}

// deliver makes an attempt at a delivery and records it with what follows. An
// attempt that ended while the round was reading is looked at again: it has its
// place by now, and nobody else can change it.
func (d *Deliverer) deliver(ctx context.Context, w store.Webhook, one store.Delivery) {
	now, err := d.Store.Delivery(ctx, w.ID, one.ID)
	if err != nil || now == nil || now.State != store.DeliveryWaiting || now.Attempts != one.Attempts {
		return // a later round comes to it, if there is still something to do
	}
	one.Attempts++
	var wait time.Duration
	one.Last, wait = d.Send(ctx, w, Event(one))
	if one.Last.Status == http.StatusGone {
		if err := d.disable(ctx, w, reasonGone); err != nil {
			d.Log.Error("a webhook that is gone is not disabled", "webhook", w.ID, "error", err)
		}
	}
	switch now := d.Clock(); {
	case one.Last.Fault == "":
		one.State = store.DeliveryDelivered
		d.delivered.Add(1)
	case one.Attempts >= MaxAttempts:
		one.State = store.DeliveryDead
		d.failed.Add(1)
		d.dead.Add(1)
	default:
		one.Due = now.Add(max(Backoff(one.ID, one.Attempts), wait))
		d.failed.Add(1)
	}
	if err := d.Store.Settle(context.WithoutCancel(ctx), one); err != nil {
		// It keeps its place meanwhile, or it would be sent again at once.
		d.Log.Error("a delivery is not recorded; it will be sent again", "webhook", w.ID, "error", err)
		pause(ctx, faultPause)
	}
}
