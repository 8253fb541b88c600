package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/skuld-registry/skuld/ledger"
)

// Limits of a Follower.
const (
	// maxAhead is how many blocks are read ahead of the database.
	maxAhead = 64
	// maxChanged is how many entries one database transaction holds, unless a
	// single block has more.
	maxChanged = 1000
	// maxLag is how often a state is read again that is older than the block
	// that changed it.
	maxLag = 40
)

// Bounds of the pause before a broken stream is read anew, and before a state
// that lags behind is.
const (
	firstPause = 5 * time.Millisecond
	longPause  = 500 * time.Millisecond
)

// Follower keeps the read model up with the ledger.
type Follower struct {
	Store   *Store
	Service ledger.Service
	Log     *slog.Logger
	// Pause waits before an attempt, the first having number 0; nil waits from
	// 5 ms doubling to half a second.
	Pause func(ctx context.Context, attempt int) error
	// Tracer makes a span for blocks that come together; none unless set.
	Tracer trace.TracerProvider

	live     atomic.Bool
	complete atomic.Bool
}

// Live says whether the read model has caught up with the ledger since the
// follower last lost it.
func (f *Follower) Live() bool { return f.live.Load() }

// Complete says whether the read model has caught up since the follower was
// started. What it shows may be some blocks old, but leaves none before them out.
func (f *Follower) Complete() bool { return f.complete.Load() }

// Run follows the ledger until ctx ends. It goes on from the checkpoint when
// the stream breaks, as it does when the ledger's peer is restarted.
func (f *Follower) Run(ctx context.Context) {
	for attempt := 0; ctx.Err() == nil; attempt++ {
		before, _ := f.Store.Next()
		err := f.follow(ctx)
		f.live.Store(false)
		if ctx.Err() != nil {
			return
		}
		if after, _ := f.Store.Next(); after > before {
			attempt = 0
		}
		f.Log.Warn("the read model lost the ledger and will follow it again", "error", err, "attempt", attempt)
		if f.pause(ctx, attempt) != nil {
			return
		}
	}
}

// follow reads blocks until the stream breaks. One goroutine takes them from
// the ledger; this one writes all that have come meanwhile in one transaction,
// so that catching up costs few transactions and a lone block is written at once.
//
// It begins with the last block that is there already: that one surely comes,
// so that a read model which lacks nothing finds out that it does not.
func (f *Follower) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next, _ := f.Store.Next()
	from := next - min(next, 1)
	blocks, broke := make(chan ledger.Block, maxAhead), make(chan error, 1)
	go func() {
		defer close(blocks)
		broke <- pump(ctx, f.Service.Blocks(ctx, from), blocks)
	}()
	for {
		batch, ok := gather(blocks)
		if !ok { // all that came before the break is written
			return <-broke
		}
		if err := f.traced(ctx, batch); err != nil {
			cancel()
			<-broke // the stream is left before it is begun anew
			return err
		}
		if len(blocks) == 0 {
			f.live.Store(true)
			f.complete.Store(true)
		}
	}
}

// errEnded says that the stream ended, which it should only do with its context.
var errEnded = errors.New("the stream of blocks ended")

func pump(ctx context.Context, stream iter.Seq2[ledger.Block, error], blocks chan<- ledger.Block) error {
	for b, err := range stream {
		if err != nil {
			return fmt.Errorf("reading blocks: %w", err)
		}
		select {
		case blocks <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errEnded
}

// gather waits for a block and takes what else has come.
func gather(blocks <-chan ledger.Block) ([]ledger.Block, bool) {
	first, ok := <-blocks
	if !ok {
		return nil, false
	}
	batch := []ledger.Block{first}
	for changed := weight(first); changed < maxChanged; {
		select {
		case b, ok := <-blocks:
			if !ok {
				return batch, true
			}
			batch = append(batch, b)
			changed += weight(b)
		default:
			return batch, true
		}
	}
	return batch, true
}

// weight counts a block's entries, and one for the block itself.
func weight(b ledger.Block) int {
	n := 1
	for _, t := range b.Transactions {
		n += len(t.Results)
	}
	return n
}

// take brings blocks into the read model.
func (f *Follower) take(ctx context.Context, blocks []ledger.Block) error {
	wanted := map[ledger.Subject]uint64{} // the least seq that each must have
	for _, b := range blocks {
		for _, t := range b.Transactions {
			for _, r := range t.Results {
				wanted[r.Subject] = max(wanted[r.Subject], r.Seq)
			}
		}
	}
	c := changes{
		next: blocks[len(blocks)-1].Number + 1, blocks: blocks, notes: map[ledger.NoteID]ledger.NoteView{},
		parties: map[ledger.PartyID]ledger.PartyView{}, books: map[ledger.BookID]ledger.BookView{},
	}
	// The block came from this organisation's peer and the states come from the
	// registrar's, which may be a block behind. Such a state is read again; one
	// that is ahead is as good, since later blocks change nothing that is newer.
	for attempt := 0; len(wanted) > 0; attempt++ {
		if attempt == maxLag {
			return fmt.Errorf("reading %d changed subjects: the registrar's peer lags behind", len(wanted))
		}
		if attempt > 0 {
			if err := f.pause(ctx, attempt-1); err != nil {
				return err
			}
		}
		if err := f.read(ctx, wanted, &c); err != nil {
			return err
		}
	}
	if err := f.tell(ctx, &c); err != nil {
		return err
	}
	if err := f.Store.put(ctx, c); err != nil {
		return fmt.Errorf("writing the read model: %w", err)
	}
	return nil
}

// read asks the ledger for the wanted subjects and strikes those that are new
// enough. Whether the organisation may see one is only known from a state that is.
func (f *Follower) read(ctx context.Context, wanted map[ledger.Subject]uint64, c *changes) error {
	var notes []ledger.NoteID
	var parties []ledger.PartyID
	var books []ledger.BookID
	for s := range wanted {
		switch s.Kind {
		case ledger.KindNote:
			notes = append(notes, ledger.NoteID(s.ID))
		case ledger.KindParty:
			parties = append(parties, ledger.PartyID(s.ID))
		case ledger.KindBook:
			books = append(books, ledger.BookID(s.ID))
		}
	}
	got := func(s ledger.Subject, seq uint64) bool {
		if seq < wanted[s] {
			return false
		}
		delete(wanted, s)
		return true
	}
	for ids := range slices.Chunk(notes, ledger.MaxRead) {
		views, err := f.Service.Notes(ctx, ids...)
		if err != nil {
			return fmt.Errorf("reading notes: %w", err)
		}
		for i, v := range views {
			if got(ids[i].Subject(), v.Record.Seq) {
				c.notes[ids[i]] = v
			}
		}
	}
	for ids := range slices.Chunk(parties, ledger.MaxRead) {
		views, err := f.Service.Parties(ctx, ids...)
		if err != nil {
			return fmt.Errorf("reading parties: %w", err)
		}
		for i, v := range views {
			if got(ids[i].Subject(), v.Record.Seq) {
				c.parties[ids[i]] = v
			}
		}
	}
	for ids := range slices.Chunk(books, ledger.MaxRead) {
		views, err := f.Service.Books(ctx, ids...)
		if err != nil {
			return fmt.Errorf("reading books: %w", err)
		}
		for i, v := range views {
			if v.Book != nil && got(ids[i].Subject(), v.Book.Seq) {
				c.books[ids[i]] = v
			}
		}
	}
	return nil
}

func (f *Follower) pause(ctx context.Context, attempt int) error {
	if f.Pause != nil {
		return f.Pause(ctx, attempt)
	}
	d := min(firstPause<<min(attempt, 10), longPause)
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
