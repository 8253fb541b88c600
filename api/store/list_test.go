package store_test

import (
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// day reads a date that is written here.
func day(t *testing.T, text string) finance.Date {
	t.Helper()
	d, err := finance.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// loan is a note of the lender with two instalments, from this day on.
func loan(t *testing.T, n int, firstDue string) ledger.Note {
	t.Helper()
	l := note(n, ledger.StatusActive, bookID("a"))
	rate, err := finance.ParseRate("0")
	if err != nil {
		t.Fatal(err)
	}
	first := day(t, firstDue)
	l.Terms.Jurisdiction, l.Terms.Rate, l.Terms.DayCount = finance.Sweden, rate, finance.Thirty360
	l.Terms.Schedule = ledger.Schedule{Kind: finance.StraightLine, Instalments: 2, FirstDue: first}
	l.Terms.InterestFrom = first.AddMonths(-1, 0)
	return l
}

// agenda is a store with loans: 1 and 2 fall due in March, 3 in May for its
// second instalment, and 4 is discharged. 1 changed last.
func agenda(t *testing.T, on database) (*store.Store, *world) {
	t.Helper()
	w := newWorld()
	w.cut(w.putBook(bookID("a"), lender))
	first := loan(t, 1, "2026-03-20")
	w.cut(w.put(first, lender, ledger.OpOffer))
	w.cut(w.put(loan(t, 2, "2026-03-10"), lender, ledger.OpOffer))
	third := loan(t, 3, "2026-04-15")
	w.cut(w.put(third, lender, ledger.OpOffer))
	third.Balance.PaidPrincipal = 50
	w.cut(w.put(third, lender, ledger.OpPay))
	fourth := loan(t, 4, "2026-01-31")
	fourth.Status = ledger.StatusDischarged
	w.cut(w.put(fourth, lender, ledger.OpOffer))
	w.cut(w.put(first, lender, ledger.OpDisputeRaise))
	s, _ := on.opened(t)
	follow(t, s, w)
	await(t, s, w)
	return s, w
}

// listed gives the notes of all pages of a list, read two at a time.
func listed(t *testing.T, s *store.Store, q store.NoteQuery) []ledger.NoteID {
	t.Helper()
	q.Limit = 2
	var got []ledger.NoteID
	for more := true; more; {
		var page []store.Note
		var err error
		if page, more, err = s.Notes(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		got = append(got, ids(page)...)
		if len(page) > 0 {
			last := page[len(page)-1]
			q.Before, q.BeforeDue = last.Cursor, last.Due
		}
	}
	return got
}

func TestNotesAreListedByDueDayAndChange(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := agenda(t, on)
		third, err := s.EntriesBy(t.Context(), "0003-2")
		if err != nil || len(third) != 1 {
			t.Fatalf("the payment is %+v, %v", third, err)
		}
		paid := third[0].Position
		for _, tc := range []struct {
			name string
			q    store.NoteQuery
			want []int
		}{
			{"by due day; what never falls due is left out", store.NoteQuery{Order: store.ByDue}, []int{2, 1, 3}},
			{"due from, the day included", store.NoteQuery{DueFrom: day(t, "2026-03-20")}, []int{1, 3}},
			{"due until, the day included", store.NoteQuery{DueTo: day(t, "2026-03-20")}, []int{2, 1}},
			{"due between", store.NoteQuery{DueFrom: day(t, "2026-03-11"), DueTo: day(t, "2026-03-31")}, []int{1}},
			{"due in the first instalment's month, which is paid", store.NoteQuery{DueFrom: day(t, "2026-04-01"), DueTo: day(t, "2026-04-30")}, nil},
			{"due in the second one's", store.NoteQuery{DueFrom: day(t, "2026-05-01"), DueTo: day(t, "2026-05-31")}, []int{3}},
			{"due from, the latest offered first", store.NoteQuery{DueFrom: day(t, "2026-03-20"), Order: store.ByOffer}, []int{3, 1}},
			{"due until, the latest offered first", store.NoteQuery{DueTo: day(t, "2026-05-31"), Order: store.ByOffer}, []int{3, 2, 1}},
			{"by change, the oldest first", store.NoteQuery{Order: store.ByChange}, []int{2, 3, 4, 1}},
			{"changed since the payment, which is not included", store.NoteQuery{ChangedSince: paid}, []int{4, 1}},
			{"changed since just before it", store.NoteQuery{ChangedSince: paid - 1}, []int{3, 4, 1}},
			{"changed and active", store.NoteQuery{ChangedSince: paid - 1, Status: ledger.StatusActive}, []int{3, 1}},
			{"changed, by due day", store.NoteQuery{ChangedSince: paid - 1, Order: store.ByDue}, []int{1, 3}},
			{"of the borrower, by due day", store.NoteQuery{Borrower: borrower, Order: store.ByDue}, []int{2, 1, 3}},
			{"held by the lender, by change", store.NoteQuery{Holder: lender, Order: store.ByChange}, []int{2, 3, 4, 1}},
			{"of a borrower and a holder", store.NoteQuery{Borrower: borrower, Holder: lender, Role: ledger.RoleHolder}, []int{4, 3, 2, 1}},
			{"of a borrower and another holder", store.NoteQuery{Borrower: borrower, Holder: buyer}, nil},
		} {
			t.Run(tc.name, func(t *testing.T) {
				tc.q.Party = lender
				if got := listed(t, s, tc.q); !slices.Equal(got, wanted(tc.want)) {
					t.Errorf("got %v, want %v", got, tc.want)
				}
			})
		}
	})
}

func TestNoteThatChangesWhileItsListIsReadIsNotLeftOut(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, w := agenda(t, on)
		q := store.NoteQuery{Party: lender, Order: store.ByChange, Limit: 2}
		page, more, err := s.Notes(t.Context(), q)
		if err != nil || !more {
			t.Fatalf("more: %t, %v", more, err)
		}
		seen := ids(page)
		w.cut(w.put(loan(t, 4, "2026-01-31"), lender, ledger.OpPay))
		w.cut(w.put(loan(t, 2, "2026-03-10"), lender, ledger.OpPay))
		await(t, s, w)
		q.Before, q.Limit = page[1].Cursor, 10
		page, _, err = s.Notes(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := append(seen, ids(page)...), wanted([]int{2, 3, 1, 4, 2}); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// TestDueDayThatChangesWhileAListIsReadLeavesNothingOut in the order of the offers,
// which is that of an export: a payment is taken back, another one is made.
func TestDueDayThatChangesWhileAListIsReadLeavesNothingOut(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, w := agenda(t, on)
		q := store.NoteQuery{Party: lender, DueFrom: day(t, "2026-03-01"), Order: store.ByOffer, Limit: 1}
		page, more, err := s.Notes(t.Context(), q)
		if err != nil || !more {
			t.Fatalf("more: %t, %v", more, err)
		}
		seen := ids(page)
		paid := loan(t, 3, "2026-04-15")
		w.cut(w.put(paid, lender, ledger.OpPayReverse))
		paid = loan(t, 1, "2026-03-20")
		paid.Balance.PaidPrincipal = 50
		w.cut(w.put(paid, lender, ledger.OpPay))
		await(t, s, w)
		q.Before, q.Limit = page[0].Cursor, 10
		page, _, err = s.Notes(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := append(seen, ids(page)...), wanted([]int{3, 2, 1}); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
