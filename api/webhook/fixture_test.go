package webhook_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skuld-registry/skuld/api/events"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/storetest"
	"github.com/skuld-registry/skuld/api/webhook"
	"github.com/skuld-registry/skuld/ledger"
)

var (
	lender = ledger.PartyID("p" + strings.Repeat("l", 32))
	other  = ledger.PartyID("p" + strings.Repeat("o", 32))
)

// chain is a ledger on which parties' books change.
type chain struct {
	ledger.Service // nothing else is asked

	mu     sync.Mutex
	blocks []ledger.Block
	books  map[ledger.BookID]*ledger.Book
	news   chan struct{}
}

func newChain() *chain {
	return &chain{books: map[ledger.BookID]*ledger.Book{}, news: make(chan struct{})}
}

// change cuts a block in which each of these books of a party changes once.
func (c *chain) change(holder ledger.PartyID, names ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := ledger.Block{Number: uint64(len(c.blocks))}
	for _, name := range names {
		id := ledger.BookID("b" + strings.Repeat(name, 32))
		if c.books[id] == nil {
			c.books[id] = &ledger.Book{ID: id, Holder: holder}
		}
		book := *c.books[id]
		book.Seq++
		c.books[id] = &book
		b.Transactions = append(b.Transactions, ledger.Transaction{
			ID: fmt.Sprintf("%064d", b.Number), At: time.Now(),
			Results: []ledger.Result{{
				Command: ledger.CommandID(fmt.Sprintf("%08d-0000-4000-8000-%012d", b.Number, book.Seq)), Op: ledger.OpBookOpen,
				Subject: ledger.Subject{Kind: ledger.KindBook, ID: string(id)}, Seq: book.Seq, Head: sha256.Sum256([]byte(name)),
			}},
		})
	}
	c.blocks = append(c.blocks, b)
	close(c.news)
	c.news = make(chan struct{})
}

func (c *chain) Books(_ context.Context, ids ...ledger.BookID) ([]ledger.BookView, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	views := make([]ledger.BookView, len(ids))
	for i, id := range ids {
		views[i].Book = c.books[id]
	}
	return views, nil
}

func (c *chain) Blocks(ctx context.Context, from uint64) iter.Seq2[ledger.Block, error] {
	return func(yield func(ledger.Block, error) bool) {
		for n := from; ; n++ {
			c.mu.Lock()
			for uint64(len(c.blocks)) <= n {
				news := c.news
				c.mu.Unlock()
				select {
				case <-news:
				case <-ctx.Done():
					return
				}
				c.mu.Lock()
			}
			b := c.blocks[n]
			c.mu.Unlock()
			if !yield(b, nil) {
				return
			}
		}
	}
}

// receiver answers deliveries and remembers them.
type receiver struct {
	mu     sync.Mutex
	got    []delivery
	answer func(delivery) (*http.Response, error) // nil accepts
}

// delivery is a request that came.
type delivery struct {
	at        time.Time
	url       string
	event     string
	id        string
	signature string
	body      []byte
	is        events.Event
}

func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	h := req.Header
	d := delivery{
		at: time.Now(), url: req.URL.String(), event: h.Get(webhook.HeaderEvent), id: h.Get(webhook.HeaderDelivery),
		signature: h.Get(webhook.HeaderSignature), body: body,
	}
	if err := json.Unmarshal(body, &d.is); err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.got = append(r.got, d)
	answer := r.answer
	r.mu.Unlock()
	if answer == nil {
		return status(http.StatusNoContent), nil
	}
	return answer(d)
}

func status(code int) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: http.NoBody}
}

// answers says what is answered from now on.
func (r *receiver) answers(with func(delivery) (*http.Response, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = with
}

// all gives the deliveries that came so far.
func (r *receiver) all() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// deliveries gives those that came so far, each as its subject's first letter
// and its number.
func (r *receiver) deliveries() (names []string) {
	for _, d := range r.all() {
		names = append(names, name(d))
	}
	return names
}

func name(d delivery) string { return fmt.Sprintf("%s%d", d.is.Subject.ID[1:2], d.is.Seq) }

func (r *receiver) last() delivery {
	all := r.all()
	return all[len(all)-1]
}

// plainSigner signs nothing.
type plainSigner struct{}

func (plainSigner) Sign([]byte, string) (string, error) { return "signed", nil }

// world is a chain, a store that follows it, and a deliverer. It lives in a
// bubble, in which time passes when nothing else happens.
type world struct {
	*chain
	*receiver
	t       *testing.T
	file    string
	store   *store.Store
	options webhook.Options
	d       *webhook.Deliverer
	end     func()
}

func inBubble(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	file := storetest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		w := &world{chain: newChain(), receiver: &receiver{}, t: t, file: file}
		w.options = webhook.Options{Signer: plainSigner{}, Issuer: "https://gateway.example", Transport: w.receiver}
		w.change(other, "x") // the first block
		w.start()
		defer func() { w.end() }()
		test(t, w)
	})
}

// start opens the store and begins to follow and to deliver.
func (w *world) start() {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), w.file)
	if err == nil {
		err = s.Claim(w.t.Context(), "network")
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.store, w.options.Store = s, s
	w.options.Clock = time.Now
	w.d = webhook.New(w.options)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		(&store.Follower{Store: s, Service: w.chain, Log: slog.New(slog.DiscardHandler)}).Run(ctx)
	})
	running.Go(func() { w.d.Run(ctx) })
	w.end = func() {
		stop()
		running.Wait()
		if err := s.Close(); err != nil {
			w.t.Error(err)
		}
	}
	synctest.Wait()
}

// restart ends the gateway and starts it again.
func (w *world) restart() {
	w.t.Helper()
	w.end()
	w.start()
}

// hook adds a webhook of the lender.
func (w *world) hook(id string, change ...func(*store.Webhook)) store.Webhook {
	w.t.Helper()
	last, err := w.store.Last(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	h := store.Webhook{ID: id, Party: lender, URL: "https://lender.example/" + id, Position: last, Created: time.Now()}
	for _, c := range change {
		c(&h)
	}
	if added, err := w.store.AddWebhook(w.t.Context(), h); err != nil || !added {
		w.t.Fatalf("added: %t, %v", added, err)
	}
	w.d.Wake()
	return h
}

// settled gives the deliveries of a hook in a state, by their number in the chain.
func (w *world) settled(hook string, state store.DeliveryState) []store.Delivery {
	w.t.Helper()
	page, _, err := w.store.Deliveries(w.t.Context(), hook, state, 0, store.MaxPage)
	if err != nil {
		w.t.Fatal(err)
	}
	return page
}

// pass lets the bubble's own time pass, which takes none.
func pass(d time.Duration) { <-time.After(d) }
