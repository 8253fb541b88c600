// Package intake works through imports: it submits the signed offers that
// lenders have handed over as a whole, in batches, for as long as that takes.
//
// It must not sign anything, and must not decide whose offers it takes: package
// api did when they came in. What it knows of an import stands in the store, so
// that a restart goes on where the last one stopped; an offer that is submitted
// twice becomes one note, as every command is applied once.
package intake

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// maxBatches is how many batches of all imports are under way at a time. An
	// interactive write waits behind no more of them.
	maxBatches = 4
	// submitTime bounds the wait for the outcomes of a batch. What is not known
	// then is submitted again.
	submitTime = 20 * time.Second
	// ownWrites bounds the wait for the read model, so that whoever sees a row as
	// offered finds its note.
	ownWrites = 2 * time.Second
	// faultPause is the wait after a fault of the gateway's own database: nothing
	// else may come that would wake the worker.
	faultPause = 5 * time.Second
)

// Bounds of the pause after a batch of which something is left.
const (
	firstPause = 250 * time.Millisecond
	longPause  = 30 * time.Second
)

// Options are what a worker works with. Log and Pause may be absent.
type Options struct {
	Store      *store.Store
	Service    ledger.Service
	Signatures ledger.Signatures
	Clock      func() time.Time
	Log        *slog.Logger
	// Pause waits before what is left of a batch is tried again, the first time
	// with number 0; nil waits from 250 ms doubling to half a minute.
	Pause func(ctx context.Context, attempt int) error
}

// Worker works through the imports of all parties.
type Worker struct {
	Options
	wake     chan struct{}
	turn     int // of the last batch that was begun; belongs to Run
	offered  atomic.Int64
	rejected atomic.Int64

	mu      sync.Mutex
	changed chan struct{} // closed, and made anew, when an import has changed
	paces   map[string]pace
}

// New makes a worker. It works while Run runs.
func New(o Options) *Worker {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pause == nil {
		o.Pause = pause
	}
	return &Worker{Options: o, wake: make(chan struct{}, 1), changed: make(chan struct{}), paces: map[string]pace{}}
}

// Wake tells the worker, and whoever watches, that an import has changed.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default: // it is awake
	}
	w.announce()
}

func (w *Worker) announce() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.changed)
	w.changed = make(chan struct{})
}

// Changed gives a channel that is closed at the next change of any import. Take
// it before reading what it is to tell the change of.
func (w *Worker) Changed() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}

// Counts gives how many rows were offered and rejected since the start.
func (w *Worker) Counts() (offered, rejected int64) { return w.offered.Load(), w.rejected.Load() }

// pace is how fast an import goes on.
type pace struct {
	began   time.Time
	settled int
}

// Rate gives the rows of an import that are settled in a second, 0 where nothing
// is known of it.
func (w *Worker) Rate(id string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.paces[id]
	elapsed := w.Clock().Sub(p.began)
	if elapsed < time.Second {
		return 0
	}
	return int(int64(p.settled) * int64(time.Second) / int64(elapsed))
}

// doing is what the worker has in hand of one import. It belongs to Run.
type doing struct {
	after    int // the last row that was taken in this pass over the import
	underWay int // batches
	turn     int // when it had its last batch; the smallest is next
	left     int // batches in a row of which something was left
}

// batch is some rows of an import under way.
type batch struct {
	of      store.Import
	rows    []store.ImportRow
	attempt int // pauses before it, in a row
	whole   bool
}

// Run works until ctx ends, and then finishes the batches under way.
func (w *Worker) Run(ctx context.Context) {
	all := map[string]*doing{}
	done := make(chan *batch)
	underWay, ended := 0, ctx.Done()
	for {
		var again <-chan time.Time
		if ctx.Err() == nil {
			begun, err := w.begin(ctx, all, maxBatches-underWay, done)
			underWay += begun
			if err != nil && ctx.Err() == nil {
				w.Log.Error("the imports cannot be read", "error", err)
				again = time.After(faultPause)
			}
		} else if underWay == 0 {
			return
		}
		select {
		case b := <-done:
			underWay--
			d := all[b.of.ID]
			d.underWay--
			if d.left++; b.whole {
				d.left = 0
			}
		case <-w.wake:
		case <-again:
		case <-ended:
			ended = nil
		}
	}
}

// begin begins batches in the free places and gives how many. Whichever import
// has waited longest is next.
func (w *Worker) begin(ctx context.Context, all map[string]*doing, free int, done chan<- *batch) (begun int, err error) {
	if free == 0 {
		return 0, nil
	}
	imports, err := w.Store.ImportsToDo(ctx)
	if err != nil {
		return 0, err
	}
	w.review(imports, all)
	for begun < free {
		slices.SortStableFunc(imports, func(a, b store.Import) int { return cmp.Compare(all[a.ID].turn, all[b.ID].turn) })
		b, err := w.next(ctx, imports, all)
		if b == nil || err != nil {
			return begun, err
		}
		begun++
		go func() { w.work(ctx, b); done <- b }()
	}
	return begun, nil
}

// next takes a batch of the first import that has one, nil where none has.
func (w *Worker) next(ctx context.Context, imports []store.Import, all map[string]*doing) (*batch, error) {
	for _, i := range imports {
		b, err := w.take(ctx, i, all[i.ID])
		if err != nil {
			return nil, fmt.Errorf("import %s: %w", i.ID, err)
		}
		if b != nil {
			w.turn++
			all[i.ID].turn = w.turn
			return b, nil
		}
	}
	return nil, nil
}

// take takes the next rows of an import. Those that were left of earlier batches
// come again when the end is reached and nothing is under way any more.
func (w *Worker) take(ctx context.Context, i store.Import, d *doing) (*batch, error) {
	rows, err := w.Store.WaitingRows(ctx, i.ID, d.after, ledger.MaxBatch)
	if err == nil && len(rows) == 0 && d.underWay == 0 && d.after > 0 {
		d.after = 0
		rows, err = w.Store.WaitingRows(ctx, i.ID, 0, ledger.MaxBatch)
	}
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	last := rows[len(rows)-1].Row
	if !i.Rehearsal {
		// Those that were cancelled at this moment are left out.
		if rows, err = w.Store.HandIn(ctx, i.ID, rows); err != nil || len(rows) == 0 {
			return nil, err
		}
	}
	d.after = last
	d.underWay++
	return &batch{of: i, rows: rows, attempt: d.left}, nil
}

// review drops what is known of imports with which there is nothing to do, and
// begins with those that are new.
func (w *Worker) review(imports []store.Import, all map[string]*doing) {
	toDo := map[string]bool{}
	for _, i := range imports {
		toDo[i.ID] = true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, d := range all {
		if !toDo[id] && d.underWay == 0 {
			delete(all, id)
			delete(w.paces, id)
		}
	}
	for id := range toDo {
		if all[id] == nil {
			all[id] = &doing{turn: w.turn}
			w.paces[id] = pace{began: w.Clock()}
		}
	}
}

func pause(ctx context.Context, attempt int) error {
	t := time.NewTimer(min(firstPause<<min(attempt, 10), longPause))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
