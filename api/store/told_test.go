package store_test

import (
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// tolds gives the numbers of a note's entries of which a party is told.
func tolds(t *testing.T, s *store.Store, party ledger.PartyID) []uint64 {
	t.Helper()
	entries, err := s.EntriesOf(t.Context(), party, 0)
	if err != nil {
		t.Fatal(err)
	}
	var seqs []uint64
	for _, e := range entries {
		if is, err := s.Told(t.Context(), party, e.Position); err != nil || !is {
			t.Errorf("entry %d is listed and not told, %v", e.Result.Seq, err)
		}
		if e.Result.Subject.Kind == ledger.KindNote {
			seqs = append(seqs, e.Result.Seq)
		}
	}
	return seqs
}

// roles is a world with one note in which every role that can end begins and
// ends, with a payment in between each time. It gives what each party is told.
func roles() (w *world, want map[ledger.PartyID][]uint64) {
	w = newWorld()
	w.cut(w.putBook(bookID("a"), lender), w.putBook(bookID("c"), buyer))
	plain := note(1, ledger.StatusActive, bookID("a"))
	with := func(change func(*ledger.Note)) ledger.Note {
		n := plain
		change(&n)
		return n
	}
	bank, servicer, court := partyID("b"), partyID("s"), partyID("c")
	offeredTo := func(p ledger.PartyID) ledger.Note {
		return with(func(n *ledger.Note) { n.Pending = &ledger.Transfer{From: lender, To: p} })
	}
	pledged := with(func(n *ledger.Note) { n.Pledge = &ledger.Pledge{Pledgee: bank} })
	mandated := with(func(n *ledger.Note) { n.Mandate = &ledger.Mandate{Servicer: servicer} })
	frozen := with(func(n *ledger.Note) { n.Freeze = &ledger.Freeze{Authority: court} })
	sold := with(func(n *ledger.Note) {
		n.Book, n.Endorsements = bookID("c"), []ledger.Endorsement{{Seq: 17, From: lender, To: buyer}}
	})
	for _, c := range []struct {
		note   ledger.Note
		holder ledger.PartyID
		op     ledger.Op
	}{
		{plain, lender, ledger.OpOffer}, {plain, lender, ledger.OpAccept},
		{offeredTo(buyer), lender, ledger.OpTransferOffer}, {plain, lender, ledger.OpTransferWithdraw}, {plain, lender, ledger.OpPay},
		{offeredTo(bank), lender, ledger.OpTransferOffer}, {pledged, lender, ledger.OpTransferAccept}, {pledged, lender, ledger.OpPay},
		{plain, lender, ledger.OpPledgeRelease}, {plain, lender, ledger.OpPay},
		{offeredTo(servicer), lender, ledger.OpTransferOffer}, {mandated, lender, ledger.OpTransferAccept},
		{plain, lender, ledger.OpMandateEnd}, {frozen, lender, ledger.OpFreeze}, {plain, lender, ledger.OpRelease},
		{offeredTo(buyer), lender, ledger.OpTransferOffer}, {sold, buyer, ledger.OpTransferAccept}, {sold, buyer, ledger.OpPay},
	} {
		w.cut(w.put(c.note, c.holder, c.op))
	}
	return w, map[ledger.PartyID][]uint64{
		buyer: {3, 4, 16, 17, 18}, bank: {6, 7, 8, 9}, servicer: {11, 12, 13}, court: {14, 15}, partyID("z"): nil,
		lender:   {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18},
		borrower: {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18},
	}
}

func TestPartyIsToldOfTheCommandThatEndsItsRoleAndOfNothingLater(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		check := func(t *testing.T, s *store.Store, want map[ledger.PartyID][]uint64) {
			t.Helper()
			for p, seqs := range want {
				if got := tolds(t, s, p); !slices.Equal(got, seqs) {
					t.Errorf("%.2s is told of %v, want %v", p, got, seqs)
				}
			}
		}
		t.Run("as it happens", func(t *testing.T) {
			w, want := roles()
			blocks, states := w.blocks, w.notes[noteID(1)]
			w.blocks = blocks[:2]
			s, file := on.opened(t)
			follow(t, s, w)
			for n := range states {
				w.mu.Lock()
				w.blocks, w.notes[noteID(1)] = blocks[:n+3], states[:n+1]
				close(w.news)
				w.news = make(chan struct{})
				w.mu.Unlock()
				await(t, s, w)
			}
			check(t, s, want)
			if w.histories > 0 {
				t.Errorf("the history was read %d times, though each state was at hand", w.histories)
			}
			grown := on.dump(t, file)
			again, file := on.opened(t)
			follow(t, again, w)
			await(t, again, w)
			if rebuilt := on.dump(t, file); rebuilt != grown {
				t.Errorf("rebuilt, it is\n%s\nwant\n%s", rebuilt, grown)
			}
		})
		t.Run("in blocks that are read later", func(t *testing.T) {
			w, want := roles()
			w.breakAfter = 4 // some commands in one database transaction, and the state ahead of all
			s, _ := on.opened(t)
			follow(t, s, w)
			await(t, s, w)
			check(t, s, want)
		})
	})
}

// TestPartyIsToldOfTheCommandThatTookTheNoteOutOfSight also where the state was
// read after that command, and its block comes later.
func TestPartyIsToldOfTheCommandThatTookTheNoteOutOfSight(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		for name, together := range map[string]bool{"each state with its block": false, "the states ahead of the blocks": true} {
			t.Run(name, func(t *testing.T) {
				w := newWorld()
				w.cut(w.putBook(bookID("a"), lender))
				offered := note(1, ledger.StatusActive, bookID("a"))
				offered.Pending = &ledger.Transfer{From: lender, To: buyer}
				plain := note(1, ledger.StatusActive, bookID("a"))
				w.cut(w.put(offered, lender, ledger.OpOffer))
				s, file := on.opened(t)
				follow(t, s, w)
				await(t, s, w)

				w.hidden[noteID(1)] = true
				var results []ledger.Result
				if together {
					results = append(results, w.put(offered, lender, ledger.OpPay), w.put(plain, lender, ledger.OpTransferWithdraw))
				} else {
					results = append(results, w.put(offered, lender, ledger.OpTransferWithdraw))
				}
				for _, r := range results {
					w.cut(r)
					await(t, s, w)
				}
				last := results[len(results)-1].Seq
				w.cut(w.put(plain, lender, ledger.OpPay))
				await(t, s, w)
				if got := tolds(t, s, buyer); len(got) == 0 || got[len(got)-1] != last {
					t.Errorf("it is told of %v, want the last to be %d\n%s", got, last, on.dump(t, file))
				}
				if n, err := s.Note(t.Context(), noteID(1)); err != nil || n != nil {
					t.Errorf("the read model still has the note: %+v, %v", n, err)
				}
			})
		}
	})
}
