package casebook_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// written makes a letter of an act.
func written(id, act string) casebook.Letter {
	return casebook.Letter{
		ID: id, Note: "n1", Party: "p1", Kind: "demand", Channel: casebook.DeliverEmail, Reach: "anna@example.se", Name: "Anna", Title: "Demand",
		Facts: json.RawMessage(`{"fee":1}`), Body: json.RawMessage(`{"title":"Demand"}`), Digest: ledger.Digest{7}, Fee: 180_00, Act: act, Staff: "s1", Rule: "SE.demand@1",
		State: casebook.LetterWritten, At: noon.UTC(),
	}
}

func TestALetterIsKeptOnceAsItWasWrittenAndMovesFromStateToState(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		want := written("one", "act")
		again := want
		again.Title = "Another"
		for _, l := range []casebook.Letter{want, again} {
			if err := b.AddLetters(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
		got, err := b.Letter(t.Context(), "one")
		want.Place = 1
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Fatalf("kept %+v, %v; want %+v", got, err, want)
		}
		move := func(from, to casebook.LetterState, want bool) {
			t.Helper()
			if moved, err := b.MoveLetter(t.Context(), "one", from, to, noon.Add(time.Hour)); err != nil || moved != want {
				t.Errorf("from %s to %s it moved: %t, %v", from, to, moved, err)
			}
		}
		move(casebook.LetterMade, casebook.LetterSent, false)
		move(casebook.LetterWritten, casebook.LetterMade, true)
		move(casebook.LetterMade, casebook.LetterSent, true)
		day := finance.DateOf(noon)
		for _, on := range []finance.Date{day, day.AddDays(1)} {
			if err := b.DeliverLetter(t.Context(), "one", on); err != nil {
				t.Fatal(err)
			}
		}
		move(casebook.LetterSent, casebook.LetterWithdrawn, true)
		got, err = b.Letter(t.Context(), "one")
		if err != nil || got.Delivered != day || !got.Sent.Equal(noon.Add(time.Hour)) || got.Withdrawn.IsZero() {
			t.Errorf("it became %+v, %v", got, err)
		}
	})
}

func TestLettersAreListedByCaseStateActAndDay(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		other := written("three", "other")
		other.Note, other.At = "n2", noon.AddDate(0, 0, 1)
		if err := b.AddLetters(t.Context(), written("one", "act"), written("two", "act"), other); err != nil {
			t.Fatal(err)
		}
		ids := func(all []casebook.Letter, err error) (ids []string) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range all {
				ids = append(ids, l.ID)
			}
			return ids
		}
		page, more, err := b.Letters(t.Context(), casebook.LetterQuery{Limit: 2})
		if got := ids(page, err); !reflect.DeepEqual(got, []string{"three", "two"}) || !more {
			t.Errorf("the first page is %v, more: %t", got, more)
		}
		page, more, err = b.Letters(t.Context(), casebook.LetterQuery{Note: "n1", Kind: "demand", State: casebook.LetterWritten, Before: 2, Limit: 2})
		if got := ids(page, err); !reflect.DeepEqual(got, []string{"one"}) || more {
			t.Errorf("the second page of a case is %v, more: %t", got, more)
		}
		if got := ids(b.LettersOfAct(t.Context(), "act")); !reflect.DeepEqual(got, []string{"one", "two"}) {
			t.Errorf("the act wrote %v", got)
		}
		if got := ids(b.LettersIn(t.Context(), casebook.LetterWritten, 1, 5)); !reflect.DeepEqual(got, []string{"two", "three"}) {
			t.Errorf("written are %v", got)
		}
		for _, id := range []string{"two", "three"} {
			if _, err := b.MoveLetter(t.Context(), id, casebook.LetterWritten, casebook.LetterSent, noon); err != nil {
				t.Fatal(err)
			}
		}
		day := noon.Truncate(24 * time.Hour)
		if got := ids(b.LettersSent(t.Context(), day, day.AddDate(0, 0, 1), 0, 5)); !reflect.DeepEqual(got, []string{"two"}) {
			t.Errorf("of the day %v went out", got)
		}
	})
}

func TestTheAddressOfANoteIsKept(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		if link, err := b.NoteLink(t.Context(), "n1"); err != nil || link != "" {
			t.Errorf("before there is %q, %v", link, err)
		}
		for _, want := range []string{"https://one.example", "https://two.example"} {
			if err := b.KeepNoteLink(t.Context(), "n1", want); err != nil {
				t.Fatal(err)
			}
			if link, err := b.NoteLink(t.Context(), "n1"); err != nil || link != want {
				t.Errorf("the address is %q, %v", link, err)
			}
		}
	})
}
