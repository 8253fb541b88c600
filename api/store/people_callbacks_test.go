package store_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

var collector = partyID("c")

func TestCallIsForWhoAnswersForTheNote(t *testing.T) {
	servicer, pledgee, last := partyID("s"), partyID("g"), partyID("t")
	for _, tc := range []struct {
		name   string
		note   ledger.Note
		holder ledger.PartyID
		want   []ledger.PartyID
	}{
		{"an offer", ledger.Note{Lender: lender}, lender, []ledger.PartyID{lender}},
		{"a note that was sold", ledger.Note{Lender: lender}, buyer, []ledger.PartyID{buyer}},
		{"one that another collects", ledger.Note{Lender: lender, Mandate: &ledger.Mandate{Servicer: servicer}}, buyer, []ledger.PartyID{servicer, buyer}},
		{"one in pledge", ledger.Note{Lender: lender, Pledge: &ledger.Pledge{Pledgee: pledgee}}, buyer, []ledger.PartyID{pledgee, buyer}},
		{"one that was handed back by its lender", ledger.Note{Lender: lender}, "", []ledger.PartyID{lender}},
		{"one that was handed back by its last holder", ledger.Note{Lender: lender, Endorsements: []ledger.Endorsement{{From: lender, To: buyer}, {From: buyer, To: last}}}, "", []ledger.PartyID{last}},
	} {
		if got := store.Answerers(&tc.note, tc.holder); !slices.Equal(got, tc.want) {
			t.Errorf("%s: they are %v, want %v", tc.name, got, tc.want)
		}
	}
}

// calling makes a read model of three notes: of the lender's, of the lender's that
// the collector collects, and of the buyer's.
func calling(t *testing.T, on database) *store.Store {
	t.Helper()
	w := newWorld()
	w.cut(w.putBook(bookID("a"), lender), w.putBook(bookID("c"), buyer))
	collected := note(2, ledger.StatusActive, bookID("a"))
	collected.Mandate = &ledger.Mandate{Servicer: collector}
	sold := note(3, ledger.StatusActive, bookID("c"))
	w.cut(w.put(note(1, ledger.StatusActive, bookID("a")), lender, ledger.OpOffer), w.put(collected, lender, ledger.OpOffer), w.put(sold, buyer, ledger.OpOffer))
	s, _ := on.opened(t)
	follow(t, s, w)
	await(t, s, w)
	return s
}

func asked(t *testing.T, s *store.Store, id string, n int) {
	t.Helper()
	c := store.Callback{ID: id, Note: noteID(n), Number: "070-123 45 67", Wanted: "efter fem", Words: "Jag förstår inte.", Language: ledger.Swedish, Created: noon}
	if added, err := s.AddCallback(t.Context(), c); !added || err != nil {
		t.Fatal(added, err)
	}
}

// A stranger who found the letter asks as often as strangers may.
func TestStrangersWishesTakeNoBorrowersPlace(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		add := func(id string, by ledger.PartyID) bool {
			t.Helper()
			added, err := s.AddCallback(t.Context(), store.Callback{ID: id, Note: noteID(1), Party: by, Number: "0701234567", Language: ledger.Swedish, Created: noon})
			if err != nil {
				t.Fatal(err)
			}
			return added
		}
		for _, by := range []ledger.PartyID{"", borrower} {
			for n := range store.MaxCallbacks {
				if !add(fmt.Sprint(by, n), by) {
					t.Errorf("%q is refused after %d", by, n)
				}
			}
			if add(fmt.Sprint(by, "more"), by) {
				t.Errorf("%q asks for ever", by)
			}
		}
	})
}

func TestCallsAreListedToWhoIsToMakeThem(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		for i, id := range []string{"a", "b", "c", "d", "e", "f"} {
			asked(t, s, id, i%3+1)
		}
		if ended, err := s.EndCallback(t.Context(), "a", lender, "done", noon); !ended || err != nil {
			t.Fatal(ended, err)
		}
		for _, tc := range []struct {
			by   ledger.PartyID
			open bool
			want string
		}{
			{lender, false, "edba"}, {lender, true, "edb"}, {collector, false, "eb"}, {collector, true, "eb"},
			{buyer, false, "fc"}, {borrower, false, ""}, {partyID("x"), false, ""},
		} {
			for limit := 1; limit <= 7; limit++ {
				var got string
				q := store.Asked{By: tc.by, Open: tc.open, Limit: limit}
				for pages := 0; ; pages++ {
					page, next, err := s.Callbacks(t.Context(), q)
					if err != nil || pages > 8 {
						t.Fatal(pages, err)
					}
					for _, c := range page {
						got += c.ID
					}
					if next == 0 {
						break
					}
					q.Before = next
				}
				if got != tc.want {
					t.Errorf("%.2s is listed %q by %d, want %q", tc.by, got, limit, tc.want)
				}
			}
		}
	})
}

func TestCallIsTakenByOneAndMadeOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		asked(t, s, "c", 2)
		yes := func(what string, done bool, err error) {
			t.Helper()
			if !done || err != nil {
				t.Errorf("%s: %t, %v", what, done, err)
			}
		}
		no := func(what string, done bool, err error) {
			t.Helper()
			if done || err != nil {
				t.Errorf("%s: %t, %v", what, done, err)
			}
		}
		taken, err := s.TakeCallback(t.Context(), "c", store.Taking{By: collector, Name: "Karin"}, noon)
		yes("it is taken", taken, err)
		taken, err = s.TakeCallback(t.Context(), "c", store.Taking{By: lender, Name: ""}, noon)
		no("another takes it", taken, err)
		taken, err = s.TakeCallback(t.Context(), "c", store.Taking{By: collector, Name: "Lars"}, noon.Add(time.Minute))
		yes("its colleague takes it", taken, err)
		ended, err := s.EndCallback(t.Context(), "c", lender, "x", noon)
		no("another ends it", ended, err)
		given, err := s.GiveBackCallback(t.Context(), "c", lender)
		no("another gives it back", given, err)
		given, err = s.GiveBackCallback(t.Context(), "c", collector)
		yes("it is given back", given, err)
		taken, err = s.TakeCallback(t.Context(), "c", store.Taking{By: lender, Name: "Eva"}, noon.Add(time.Hour))
		yes("the other takes it", taken, err)
		ended, err = s.EndCallback(t.Context(), "c", lender, "Pays on Friday.", noon.Add(2*time.Hour))
		yes("the other ends it", ended, err)
		ended, err = s.EndCallback(t.Context(), "c", lender, "again", noon)
		no("it is ended again", ended, err)
		taken, err = s.TakeCallback(t.Context(), "c", store.Taking{By: lender, Name: ""}, noon)
		no("it is taken after its end", taken, err)
		given, err = s.GiveBackCallback(t.Context(), "c", lender)
		no("it is given back after its end", given, err)
		want := store.Callback{
			ID: "c", Place: 1, Note: noteID(2), Number: "070-123 45 67", Wanted: "efter fem", Words: "Jag förstår inte.", Language: ledger.Swedish,
			Created: noon, TakenBy: lender, TakenName: "Eva", Taken: noon.Add(time.Hour), Done: noon.Add(2 * time.Hour), Outcome: "Pays on Friday.",
		}
		if got, err := s.Callback(t.Context(), "c"); err != nil || *got != want {
			t.Errorf("it is %+v, %v; want %+v", got, err, want)
		}
		if of, err := s.CallbacksOf(t.Context(), noteID(2)); err != nil || !slices.Equal(of, []store.Callback{want}) {
			t.Errorf("of the note there are %+v, %v", of, err)
		}
		if got, err := s.Callback(t.Context(), "x"); got != nil || err != nil {
			t.Errorf("one that nobody asked for is %+v, %v", got, err)
		}
	})
}

func TestNoteHasSoManyCallsThatWaitAndNoMore(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		for n := range store.MaxCallbacks {
			asked(t, s, fmt.Sprint(n), 1)
		}
		more := store.Callback{ID: "more", Note: noteID(1), Number: "070", Created: noon}
		if added, err := s.AddCallback(t.Context(), more); added || err != nil {
			t.Fatalf("one more: %t, %v", added, err)
		}
		asked(t, s, "of another note", 2)
		if ended, err := s.EndCallback(t.Context(), "0", lender, "", noon); !ended || err != nil {
			t.Fatal(ended, err)
		}
		if added, err := s.AddCallback(t.Context(), more); !added || err != nil {
			t.Errorf("after one was made: %t, %v", added, err)
		}
		if err := s.ForgetNote(t.Context(), noteID(1)); err != nil {
			t.Fatal(err)
		}
		if left, err := s.CallbacksOf(t.Context(), noteID(1)); len(left) != 0 || err != nil {
			t.Errorf("of a note that is forgotten there are %v, %v", left, err)
		}
		if left, err := s.CallbacksOf(t.Context(), noteID(2)); len(left) != 1 || err != nil {
			t.Errorf("of another there are %v, %v", left, err)
		}
	})
}

func newKey(t *testing.T) *code.Key {
	t.Helper()
	k, err := code.OpenKey(filepath.Join(t.TempDir(), "pages.key"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestNoteIsFoundByItsCode(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := newWorld()
		w.cut(w.putBook(bookID("a"), lender), w.put(note(1, ledger.StatusActive, bookID("a")), lender, ledger.OpOffer))
		s, address := on.opened(t)
		key, other := newKey(t), newKey(t)
		find := func(k *code.Key, n int) bool {
			t.Helper()
			found, err := s.NoteOfCode(t.Context(), k.Of(noteID(n)))
			if err != nil || found != nil && (found.State.ID != noteID(n) || found.Code != k.Of(noteID(n))) {
				t.Fatalf("note %d: %+v, %v", n, found, err)
			}
			return found != nil
		}
		use := func(k *code.Key) (stop func()) {
			t.Helper()
			if err := s.UseCodes(t.Context(), k); err != nil {
				t.Fatal(err)
			}
			_, stop = follow(t, s, w)
			await(t, s, w)
			return stop
		}
		stop := use(nil) // a gateway without pages
		if find(key, 1) {
			t.Error("a note has a code without a key")
		}
		if found, err := s.NoteOfCode(t.Context(), ""); found != nil || err != nil {
			t.Errorf("no code finds %+v, %v", found, err)
		}
		stop()
		stop = use(key) // which gets pages
		w.cut(w.put(note(2, ledger.StatusActive, bookID("a")), lender, ledger.OpOffer))
		w.cut(w.put(note(1, ledger.StatusActive, bookID("a")), lender, ledger.OpPay))
		await(t, s, w)
		if !find(key, 1) || !find(key, 2) || find(key, 3) || find(other, 1) {
			t.Error("the notes that are there are not found, or others are")
		}
		stop()
		s = restarted(t, s, address)
		stop = use(nil) // which serves none for a while
		w.cut(w.put(note(3, ledger.StatusActive, bookID("a")), lender, ledger.OpOffer))
		await(t, s, w)
		stop()
		s = restarted(t, s, address)
		stop = use(key)
		if !find(key, 1) || !find(key, 2) || !find(key, 3) {
			t.Error("a note that came meanwhile has no code")
		}
		stop()
		s = restarted(t, s, address)
		use(other) // whose key was lost
		if find(key, 1) || !find(other, 1) || !find(other, 3) {
			t.Error("the codes are still those of the old key")
		}
	})
}
