package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// shelf is a store with five notes: 1 and 2 of the lender, 3 sold to the buyer,
// 4 void, and 5 with another borrower.
func shelf(t *testing.T, on database) *store.Store {
	t.Helper()
	w := newWorld()
	w.cut(w.putBook(bookID("a"), lender), w.putBook(bookID("b"), lender), w.putBook(bookID("c"), buyer))
	w.cut(w.put(note(1, ledger.StatusActive, bookID("a")), lender, ledger.OpOffer))
	w.cut(w.put(note(2, ledger.StatusActive, bookID("b")), lender, ledger.OpOffer))
	sold := note(3, ledger.StatusActive, bookID("c"))
	sold.Endorsements = []ledger.Endorsement{{Seq: 3, From: lender, To: buyer}}
	w.cut(w.put(sold, buyer, ledger.OpOffer))
	w.cut(w.put(note(4, ledger.StatusVoid, bookID("a")), lender, ledger.OpOffer))
	other := note(5, ledger.StatusOffered, bookID("a"))
	other.Borrowers = []ledger.Borrower{{Party: partyID("o")}}
	w.cut(w.put(other, lender, ledger.OpOffer))
	s, _ := on.opened(t)
	follow(t, s, w)
	await(t, s, w)
	return s
}

func TestNotesAreListedByWhatIsAsked(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := shelf(t, on)
		for _, tc := range []struct {
			name string
			q    store.NoteQuery
			want []int
		}{
			{"all of the lender, the latest first", store.NoteQuery{Party: lender}, []int{5, 4, 3, 2, 1}},
			{"held by the lender", store.NoteQuery{Party: lender, Role: ledger.RoleHolder}, []int{5, 4, 2, 1}},
			{"sold by the lender", store.NoteQuery{Party: lender, Role: ledger.RoleFormer}, []int{3}},
			{"active", store.NoteQuery{Party: lender, Status: ledger.StatusActive}, []int{3, 2, 1}},
			{"in one book", store.NoteQuery{Party: lender, Book: bookID("b")}, []int{2}},
			{"of another holder", store.NoteQuery{Party: lender, Holder: buyer}, []int{3}},
			{"of one borrower", store.NoteQuery{Party: lender, Borrower: partyID("o")}, []int{5}},
			{"of a party that is no borrower", store.NoteQuery{Party: lender, Borrower: buyer}, nil},
			{"all at once", store.NoteQuery{Party: lender, Status: ledger.StatusActive, Book: bookID("a"), Borrower: borrower}, []int{1}},
			{"of the borrower", store.NoteQuery{Party: borrower}, []int{4, 3, 2, 1}},
			{"of the buyer", store.NoteQuery{Party: buyer}, []int{3}},
			{"of a stranger", store.NoteQuery{Party: partyID("z")}, nil},
			{"a role that only sounds alike", store.NoteQuery{Party: lender, Role: "older"}, nil},
		} {
			t.Run(tc.name, func(t *testing.T) {
				tc.q.Limit = 10
				page, more, err := s.Notes(t.Context(), tc.q)
				if err != nil || more {
					t.Fatalf("%v, more: %t", err, more)
				}
				if got := ids(page); !slices.Equal(got, wanted(tc.want)) {
					t.Errorf("got %v, want %v", got, tc.want)
				}
			})
		}
	})
}

func TestPagesHaveEveryNoteOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := shelf(t, on)
		var got []ledger.NoteID
		q := store.NoteQuery{Party: lender, Limit: 2}
		for more := true; more; {
			var page []store.Note
			var err error
			if page, more, err = s.Notes(t.Context(), q); err != nil || len(page) == 0 || len(page) > 2 {
				t.Fatalf("a page of %d notes, %v", len(page), err)
			}
			got = append(got, ids(page)...)
			q.Before = page[len(page)-1].Cursor
		}
		if want := wanted([]int{5, 4, 3, 2, 1}); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func ids(page []store.Note) []ledger.NoteID {
	var all []ledger.NoteID
	for _, n := range page {
		all = append(all, n.State.ID)
	}
	return all
}

func wanted(numbers []int) []ledger.NoteID {
	var all []ledger.NoteID
	for _, n := range numbers {
		all = append(all, noteID(n))
	}
	return all
}

func TestBooksAreListedForTheirHolderAlone(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := shelf(t, on)
		page, more, err := s.Books(t.Context(), lender, 0, 1)
		if err != nil || !more || len(page) != 1 || page[0].Book.ID != bookID("b") {
			t.Fatalf("the first page is %+v, more: %t, %v", page, more, err)
		}
		page, more, err = s.Books(t.Context(), lender, page[0].Cursor, 10)
		if err != nil || more || len(page) != 1 || page[0].Book.ID != bookID("a") {
			t.Fatalf("the second page is %+v, more: %t, %v", page, more, err)
		}
	})
}

func TestEntriesOfAPartyAreThoseThatConcernIt(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := shelf(t, on)
		all, err := s.EntriesOf(t.Context(), buyer, 0)
		if err != nil || len(all) != 2 {
			t.Fatalf("the buyer has %+v, %v; want its book and its note", all, err)
		}
		rest, err := s.EntriesOf(t.Context(), buyer, all[0].Position)
		if err != nil || len(rest) != 1 || rest[0].Result != all[1].Result || rest[0].Block != 4 || !rest[0].At.Equal(noon) {
			t.Errorf("after the first come %+v, %v", rest, err)
		}
		last, err := s.Last(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if none, err := s.EntriesOf(t.Context(), buyer, last); err != nil || len(none) != 0 {
			t.Errorf("after the last come %+v, %v", none, err)
		}
	})
}

func TestSubmissionIsRememberedForItsSigner(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, file := on.opened(t)
		want := store.Submission{Signer: lender, Command: "c", Op: ledger.OpPay, Subject: noteID(1).Subject(), Seq: 3, Expires: noon}
		for range 2 { // a second time changes nothing
			if err := s.Remember(t.Context(), want); err != nil {
				t.Fatal(err)
			}
		}
		again := restarted(t, s, file)
		if got, err := again.Submission(t.Context(), lender, "c"); err != nil || *got != want {
			t.Errorf("got %+v, %v", got, err)
		}
		if got, err := again.Submission(t.Context(), buyer, "c"); err != nil || got != nil {
			t.Errorf("another party gets %+v, %v", got, err)
		}
		if err := again.Reset(t.Context(), network); err != nil {
			t.Fatal(err)
		}
		if got, err := again.Submission(t.Context(), lender, "c"); err != nil || got == nil {
			t.Errorf("a rebuild of the read model forgets it: %+v, %v", got, err)
		}
	})
}

func TestAssertionIsNotedOnceUntilItExpires(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, file := on.opened(t)
		later := noon.Add(time.Minute)
		once := func(s *store.Store, party ledger.PartyID, now time.Time) bool {
			t.Helper()
			first, err := s.Once(t.Context(), party, "jti", now, now.Add(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			return first
		}
		if !once(s, lender, noon) || !once(s, buyer, noon) {
			t.Error("the first time of each party is not the first")
		}
		if once(s, lender, noon) {
			t.Error("it is taken twice")
		}
		s = restarted(t, s, file)
		if once(s, lender, later) {
			t.Error("it is taken again after a restart")
		}
		if !once(s, lender, later.Add(time.Second)) {
			t.Error("it is not forgotten when it has expired")
		}
	})
}

func TestImportOfTheSameFileIsTheSameImport(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		first, made, err := s.OpenImport(t.Context(), store.Import{ID: "1", Party: lender, Digest: "d", Rows: 3, Created: noon})
		if err != nil || !made {
			t.Fatalf("%+v, %t, %v", first, made, err)
		}
		again, made, err := s.OpenImport(t.Context(), store.Import{ID: "2", Party: lender, Digest: "d", Rows: 3, Created: noon})
		if err != nil || made || again.ID != "1" {
			t.Errorf("the second time gives %+v, %t, %v", again, made, err)
		}
		if other, made, err := s.OpenImport(t.Context(), store.Import{ID: "3", Party: buyer, Digest: "d", Rows: 3, Created: noon}); err != nil || !made {
			t.Errorf("another party's import of the file gives %+v, %t, %v", other, made, err)
		}
	})
}
