package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// busy is a world in which much happened, each time the same.
func busy() *world {
	w := newWorld()
	r := rand.New(rand.NewPCG(1, 2))
	w.cut(w.putParty(lender), w.putParty(buyer))
	w.cut(w.putBook(bookID("a"), lender), w.putBook(bookID("c"), buyer))
	seqs := map[int]int{}
	for range 60 {
		var results []ledger.Result
		for range r.IntN(4) {
			n := r.IntN(15)
			seqs[n]++
			switch {
			case seqs[n] == 1:
				results = append(results, w.put(note(n, ledger.StatusOffered, bookID("a")), lender, ledger.OpOffer))
			case seqs[n] < 4:
				results = append(results, w.put(note(n, ledger.StatusActive, bookID("a")), lender, ledger.OpAccept))
			default:
				sold := note(n, ledger.StatusActive, bookID("c"))
				sold.Endorsements = []ledger.Endorsement{{Seq: 4, From: lender, To: buyer}}
				results = append(results, w.put(sold, buyer, ledger.OpTransferAccept))
			}
		}
		w.cut(results...)
	}
	w.hidden[noteID(3)] = true
	return w
}

func TestReadModelRebuiltIsTheOneThatGrew(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := busy()
		all := w.blocks
		w.blocks = all[:5]
		s, file := on.opened(t)
		_, stop := follow(t, s, w)
		for n := 5; n <= len(all); n++ { // the blocks come one after the other
			w.mu.Lock()
			w.blocks = all[:n]
			close(w.news)
			w.news = make(chan struct{})
			w.mu.Unlock()
			await(t, s, w)
		}
		stop()
		grown := on.dump(t, file)

		if err := s.Reset(t.Context(), network); err != nil {
			t.Fatal(err)
		}
		if next, _ := s.Next(); next != 0 {
			t.Fatalf("after Reset it goes on at block %d, want 0", next)
		}
		follow(t, s, w)
		await(t, s, w)
		if rebuilt := on.dump(t, file); rebuilt != grown {
			t.Errorf("the read model that grew and the rebuilt one differ:\n%s\n%s", grown, rebuilt)
		}
	})
}

func TestReadModelIsTheSameHoweverOftenTheStreamBreaks(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := busy()
		s, file := on.opened(t)
		follow(t, s, w)
		await(t, s, w)
		want := on.dump(t, file)
		for _, blocks := range []int{2, 3, 7, 50} {
			t.Run(fmt.Sprintf("after %d blocks", blocks), func(t *testing.T) {
				w.breakAfter = blocks
				s, file := on.opened(t)
				follow(t, s, w)
				await(t, s, w)
				if got := on.dump(t, file); got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		}
	})
}

func TestStoreGoesOnFromItsCheckpointAfterARestart(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := busy()
		all := w.blocks
		w.blocks = all[:20]
		s, file := on.opened(t)
		_, stop := follow(t, s, w)
		await(t, s, w)
		stop()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}

		w.blocks = all
		again := reopened(t, file)
		if next, _ := again.Next(); next != 20 {
			t.Fatalf("it goes on at block %d, want 20", next)
		}
		follow(t, again, w)
		await(t, again, w)

		whole, wholeFile := on.opened(t)
		follow(t, whole, w)
		await(t, whole, w)
		if got, want := on.dump(t, file), on.dump(t, wholeFile); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestStateThatIsOlderThanItsBlockIsReadAgain(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := newWorld()
		w.cut(w.put(note(1, ledger.StatusOffered, bookID("a")), lender, ledger.OpOffer))
		w.cut(w.put(note(1, ledger.StatusActive, bookID("a")), lender, ledger.OpAccept))
		w.lag = 3
		s, _ := on.opened(t)
		follow(t, s, w)
		await(t, s, w)
		n, err := s.Note(t.Context(), noteID(1))
		if err != nil || n == nil || n.State.Seq != 2 {
			t.Fatalf("got %+v, %v; want the state with seq 2", n, err)
		}
		if w.reads < 4 {
			t.Errorf("it was read %d times, want until it was new enough", w.reads)
		}
	})
}

func TestNewNoteThatTheRegistrarDoesNotKnowYetIsReadAgain(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := newWorld()
		w.cut(w.put(note(1, ledger.StatusOffered, bookID("a")), lender, ledger.OpOffer))
		w.lag = 2
		s, _ := on.opened(t)
		follow(t, s, w)
		await(t, s, w)
		if n, err := s.Note(t.Context(), noteID(1)); err != nil || n == nil {
			t.Errorf("got %+v, %v; want the note", n, err)
		}
	})
}

func TestStateThatIsNewerThanItsBlockStays(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := newWorld()
		first := w.put(note(1, ledger.StatusOffered, bookID("a")), lender, ledger.OpOffer)
		second := w.put(note(1, ledger.StatusActive, bookID("a")), lender, ledger.OpAccept)
		w.put(note(1, ledger.StatusActive, bookID("a")), lender, ledger.OpNotice)
		w.cut(first)
		s, _ := on.opened(t)
		follow(t, s, w)
		await(t, s, w) // the block tells of seq 1, and the state has seq 3
		w.mu.Lock()
		w.notes[noteID(1)] = w.notes[noteID(1)][:2] // now a peer that is behind answers
		w.mu.Unlock()
		w.cut(second)
		await(t, s, w)
		if n, err := s.Note(t.Context(), noteID(1)); err != nil || n == nil || n.State.Seq != 3 {
			t.Errorf("got %+v, %v; want the state with seq 3", n, err)
		}
	})
}

func TestNoteLeavesTheReadModelWithTheRightToSeeIt(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := newWorld()
		w.cut(w.put(note(1, ledger.StatusActive, bookID("a")), lender, ledger.OpOffer))
		s, file := on.opened(t)
		follow(t, s, w)
		await(t, s, w)
		w.hidden[noteID(1)] = true
		w.cut(w.put(note(1, ledger.StatusActive, bookID("a")), lender, ledger.OpTransferReject))
		await(t, s, w)
		if n, err := s.Note(t.Context(), noteID(1)); err != nil || n != nil {
			t.Errorf("got %+v, %v; want nothing\n%s", n, err, on.dump(t, file))
		}
		list, _, err := s.Notes(t.Context(), store.NoteQuery{Party: lender, Limit: 10})
		if err != nil || len(list) != 0 {
			t.Errorf("the list has %d notes, %v; want none", len(list), err)
		}
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := s.Wait(ctx, 7); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestDatabaseIsForItsOwnerOnly(t *testing.T) {
	_, file := sqlite.opened(t)
	for _, name := range []string{file, file + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", filepath.Base(name), info.Mode())
		}
	}
}

func TestStoreOfAnotherNetworkIsRefusedUntilItIsReset(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		if err := s.Claim(t.Context(), "net-2"); !errors.Is(err, store.ErrOtherNetwork) {
			t.Fatalf("got %v, want ErrOtherNetwork", err)
		}
		if err := s.Reset(t.Context(), "net-2"); err != nil {
			t.Fatal(err)
		}
		if err := s.Claim(t.Context(), "net-2"); err != nil {
			t.Errorf("after Reset: %v", err)
		}
	})
}

func TestFollowerIsLiveOnceItHasCaughtUpAlsoWhenNothingNewHasCome(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := busy()
		s, _ := on.opened(t)
		for range 2 { // the second time there is nothing to catch up with
			f, stop := follow(t, s, w)
			awaitLive(t, f)
			stop()
			if f.Live() || !f.Complete() {
				t.Errorf("after its end it is live: %t, complete: %t; want false and true", f.Live(), f.Complete())
			}
		}
	})
}

// awaitLive waits until the follower says that it has caught up, which it does a
// moment after the last block is written.
func awaitLive(t *testing.T, f *store.Follower) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	timeout := time.After(patience)
	for !f.Live() {
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatal("the follower does not say that it has caught up")
		}
	}
}
