package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	network  = "net-1"
	patience = 10 * time.Second
)

var noon = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

func partyID(letter string) ledger.PartyID { return ledger.PartyID("p" + strings.Repeat(letter, 32)) }
func bookID(letter string) ledger.BookID   { return ledger.BookID("b" + strings.Repeat(letter, 32)) }
func noteID(n int) ledger.NoteID           { return ledger.NoteID("n" + fmt.Sprintf("%032d", n)) }

var (
	lender   = partyID("l")
	borrower = partyID("d")
	buyer    = partyID("k")
)

// world is a ledger as a follower sees it: blocks, and states behind them.
type world struct {
	ledger.Service // what the read model never asks

	mu     sync.Mutex
	blocks []ledger.Block
	notes  map[ledger.NoteID][]ledger.NoteView // every state, in order of seq
	books  map[ledger.BookID]ledger.BookView
	people map[ledger.PartyID]ledger.PartyView
	news   chan struct{}

	breakAfter int // blocks that one stream gives before it breaks; 0 for all
	lag        int // how many reads of notes give the state before the last
	reads      int
	histories  int                    // how often a history was asked for
	hidden     map[ledger.NoteID]bool // notes that the reader may not see
	erased     map[ledger.NoteID]ledger.NoteView
}

var errBroken = errors.New("the stream broke")

func newWorld() *world {
	return &world{
		notes: map[ledger.NoteID][]ledger.NoteView{}, books: map[ledger.BookID]ledger.BookView{},
		people: map[ledger.PartyID]ledger.PartyView{}, hidden: map[ledger.NoteID]bool{}, erased: map[ledger.NoteID]ledger.NoteView{}, news: make(chan struct{}),
		blocks: []ledger.Block{{}},
	}
}

// cut makes a block of one transaction that did these things.
func (w *world) cut(results ...ledger.Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := uint64(len(w.blocks))
	b := ledger.Block{Number: n}
	if len(results) > 0 {
		b.Transactions = []ledger.Transaction{{ID: fmt.Sprintf("tx-%d", n), At: noon, Results: results}}
	}
	w.blocks = append(w.blocks, b)
	close(w.news)
	w.news = make(chan struct{})
}

// put changes a note and gives the result that the block tells of it.
func (w *world) put(n ledger.Note, holder ledger.PartyID, op ledger.Op) ledger.Result {
	w.mu.Lock()
	defer w.mu.Unlock()
	n.Seq = uint64(len(w.notes[n.ID]) + 1)
	w.notes[n.ID] = append(w.notes[n.ID], ledger.NoteView{Note: &n, Holder: holder, Record: n.Record(ledger.Digest{1})})
	return ledger.Result{Command: ledger.CommandID(fmt.Sprintf("%s-%d", n.ID[len(n.ID)-4:], n.Seq)), Op: op, Subject: n.ID.Subject(), Seq: n.Seq}
}

func (w *world) putBook(id ledger.BookID, holder ledger.PartyID) ledger.Result {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.books[id] = ledger.BookView{Book: &ledger.Book{V: 1, ID: id, Seq: 1, Holder: holder}}
	return ledger.Result{Command: "open", Op: ledger.OpBookOpen, Subject: id.Subject(), Seq: 1}
}

func (w *world) putParty(id ledger.PartyID) ledger.Result {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := &ledger.Party{ID: id, Seq: 1, Kind: ledger.Company, Org: "LenderMSP", Standing: ledger.InForce}
	w.people[id] = ledger.PartyView{Party: p, Record: p.Record(ledger.Digest{1})}
	return ledger.Result{Command: "register", Op: ledger.OpPartyRegister, Subject: id.Subject(), Seq: 1}
}

// note is a note with what the read model looks at.
func note(n int, status ledger.Status, book ledger.BookID) ledger.Note {
	return ledger.Note{
		ID: noteID(n), Status: status, Book: book, Lender: lender, Borrowers: []ledger.Borrower{{Party: borrower}},
		Terms: ledger.Terms{Principal: finance.Money{Amount: 100, Currency: "SEK"}},
	}
}

func (w *world) Network() string { return network }

func (w *world) Submit(context.Context, ...ledger.Signed) ([]ledger.Outcome, error) {
	return nil, errors.New("nothing is submitted here")
}

func (w *world) Notes(_ context.Context, ids ...ledger.NoteID) ([]ledger.NoteView, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads++
	views := make([]ledger.NoteView, len(ids))
	for i, id := range ids {
		if gone, ok := w.erased[id]; ok {
			views[i] = gone
			continue
		}
		states := w.notes[id]
		if w.lag > 0 {
			states = states[:len(states)-1]
		}
		if len(states) == 0 {
			views[i].Err = ledger.Refuse(ledger.CodeNotFound)
			continue
		}
		views[i] = states[len(states)-1]
		if w.hidden[id] {
			views[i].Note, views[i].Err = nil, ledger.Refuse(ledger.CodeNotEntitled)
		}
	}
	w.lag = max(0, w.lag-1)
	return views, nil
}

func (w *world) Parties(_ context.Context, ids ...ledger.PartyID) ([]ledger.PartyView, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	views := make([]ledger.PartyView, len(ids))
	for i, id := range ids {
		views[i] = w.people[id]
	}
	return views, nil
}

func (w *world) Books(_ context.Context, ids ...ledger.BookID) ([]ledger.BookView, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	views := make([]ledger.BookView, len(ids))
	for i, id := range ids {
		views[i] = w.books[id]
	}
	return views, nil
}

func (w *world) History(_ context.Context, s ledger.Subject, from uint64, limit int) ([]ledger.Entry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.histories++
	id := ledger.NoteID(s.ID)
	if w.hidden[id] {
		return nil, ledger.Refuse(ledger.CodeNotEntitled)
	}
	if _, ok := w.erased[id]; ok {
		return nil, ledger.Refuse(ledger.CodeNoteErased)
	}
	var entries []ledger.Entry
	for _, v := range w.notes[id] {
		if v.Note.Seq < from || len(entries) == min(limit, 2) { // as few as a ledger may give
			continue
		}
		state, err := json.Marshal(v.Note)
		if err != nil {
			return nil, err
		}
		entries = append(entries, ledger.Entry{Seq: v.Note.Seq, State: state})
	}
	return entries, nil
}

func (w *world) Blocks(ctx context.Context, from uint64) iter.Seq2[ledger.Block, error] {
	return func(yield func(ledger.Block, error) bool) {
		given := 0
		for n := from; ; {
			w.mu.Lock()
			news, known, limit := w.news, uint64(len(w.blocks)), w.breakAfter
			var b ledger.Block
			if n < known {
				b = w.blocks[n]
			}
			w.mu.Unlock()
			if limit > 0 && given == limit {
				yield(ledger.Block{}, errBroken)
				return
			}
			if n < known {
				if !yield(b, nil) {
					return
				}
				n, given = n+1, given+1
				continue
			}
			select {
			case <-news:
			case <-ctx.Done():
				return
			}
		}
	}
}

// follow keeps a store up with a world until stop is called.
func follow(t *testing.T, s *store.Store, w *world) (f *store.Follower, stop func()) {
	t.Helper()
	f = &store.Follower{
		Store: s, Service: w, Log: slog.New(slog.DiscardHandler),
		Pause: func(ctx context.Context, _ int) error { return ctx.Err() },
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() { defer close(done); f.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return f, stop
}

// await waits until the read model holds every block of the world.
func await(t *testing.T, s *store.Store, w *world) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w.mu.Lock()
	last := uint64(len(w.blocks) - 1)
	w.mu.Unlock()
	if err := s.Wait(ctx, last); err != nil {
		t.Fatal(err)
	}
}
