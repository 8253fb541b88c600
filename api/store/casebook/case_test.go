package casebook_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	us     = ledger.PartyID("pcollectoraaaaaaaaaaaaaaaaaaaaaaa")
	client = ledger.PartyID("plenderaaaaaaaaaaaaaaaaaaaaaaaaaa")
)

func noteID(n int) ledger.NoteID { return ledger.NoteID(fmt.Sprintf("n%032d", n)) }

// told writes an entry of a note as the read model does, of which the party is told.
func told(t testing.TB, b *casebook.Book, position int, n *ledger.Note) {
	t.Helper()
	state, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	err = b.Update(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for _, s := range []struct {
			statement string
			args      []any
		}{
			{"DELETE FROM notes WHERE id = $1", []any{string(n.ID)}},
			{"INSERT INTO notes (born, id, seq, holder, state) VALUES ($1, $2, $3, $4, $5)", []any{position, string(n.ID), int64(n.Seq), string(client), string(state)}},
			{"INSERT INTO entries (kind, id, seq, position, op, command, head, tx) VALUES ('note', $1, $2, $3, 'pay', '', '', '')", []any{string(n.ID), int64(n.Seq), position}},
			{"INSERT INTO entry_parties (party, position) VALUES ($1, $2)", []any{string(us), position}},
		} {
			if _, err := tx.ExecContext(ctx, s.statement, s.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ours says that a note is ours while we collect it.
func ours(n *ledger.Note, holder ledger.PartyID) (casebook.CaseFacts, bool) {
	return casebook.CaseFacts{Client: holder, Disputed: len(n.Disputes) > 0}, n.Mandate != nil && n.Mandate.Servicer == us
}

// follow brings the cases up to the entries.
func follow(t testing.TB, b *casebook.Book) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = b.FollowCases(t.Context(), casebook.Following{Party: us, Keep: ours, Now: noon}); err != nil {
			t.Fatal(err)
		}
	}
}

func collected(id ledger.NoteID, seq uint64, names ...string) *ledger.Note {
	n := &ledger.Note{ID: id, Seq: seq, Status: ledger.StatusActive, Mandate: &ledger.Mandate{Servicer: us}}
	n.Terms.Principal = finance.Money{Amount: 100, Currency: "SEK"}
	for i, name := range names {
		n.Borrowers = append(n.Borrowers, ledger.Borrower{Party: ledger.PartyID(fmt.Sprintf("pperson%s%d", id[25:], i)), Name: name})
	}
	return n
}

func TestThereIsAnOpenCaseOfEachNoteOfOursAndOfNoOther(t *testing.T) {
	b := open(t, filepath.Join(t.TempDir(), "gateway.db"))
	position, seqs, numbers := 0, map[int]uint64{}, map[ledger.NoteID]int64{}
	is := map[int]bool{}
	rapid.Check(t, func(r *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(r, "entries") {
			n, mine := rapid.IntRange(1, 5).Draw(r, "note"), rapid.Bool().Draw(r, "ours")
			position++
			seqs[n]++
			note := collected(noteID(n), seqs[n], "Anna Ek")
			if !mine {
				note.Mandate = nil
			}
			is[n] = mine
			told(t, b, position, note)
			if rapid.Bool().Draw(r, "followed at once") {
				follow(t, b)
			}
		}
		follow(t, b)
		follow(t, b) // changes nothing
		for n, mine := range is {
			c, err := b.CaseOf(t.Context(), noteID(n))
			if err != nil {
				r.Fatal(err)
			}
			if open := c != nil && c.Open(); open != mine {
				r.Fatalf("note %d is ours: %t, and its case is %+v", n, mine, c)
			}
			if c == nil {
				continue
			}
			if was, had := numbers[c.Note]; had && was != c.Number {
				r.Fatalf("case %d became %d", was, c.Number)
			}
			numbers[c.Note] = c.Number
		}
		all := make([]int64, 0, len(numbers))
		for _, number := range numbers {
			all = append(all, number)
		}
		slices.Sort(all)
		if len(slices.Compact(all)) != len(numbers) {
			r.Fatalf("two cases have one number: %v", numbers)
		}
	})
}

func TestACallerIsFoundByWhateverIsSaid(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		people := []struct {
			name, phone, reference string
		}{
			1: {"Anna-Karin Åström", "+46701234567", "LN 2024-0017"},
			2: {"Søren Kjær Bjørnsen", "+4520123456", "DK/88"},
			3: {"Anders Astrom", "+46812345678", "2024"},
			4: {"José Müller", "+46701239999", "ö-1"},
			5: {"Åsa Öberg", "+358401234567", ""},
			6: {"Asa Oberg", "", "100164"},
		}
		for n, p := range people {
			if n == 0 {
				continue
			}
			note := collected(noteID(n), 1, p.name)
			note.Terms.Reference = p.reference
			told(t, b, n, note)
			follow(t, b)
			if p.phone == "" {
				continue
			}
			err := b.PutPerson(t.Context(), casebook.PersonOfCase{
				Note: note.ID, Party: note.Borrowers[0].Party, Name: p.name, Phones: []string{p.phone}, Edited: noon,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			text   string
			number []int64
			want   []int64
		}{
			{"åström", nil, []int64{1, 3}},
			{"astrom", nil, []int64{1, 3}},
			{"Aastroem", nil, []int64{1}},
			{"ÅSTRÖM, anna", nil, []int64{1}},
			{"  karin   as ", nil, []int64{1}},
			{"A\u030astro\u0308m", nil, []int64{1, 3}},
			{"soren", nil, []int64{2}},
			{"Søren Bjør", nil, []int64{2}},
			{"soeren bjoernsen", nil, []int64{2}},
			{"kjaer", nil, []int64{2}},
			{"jose muller", nil, []int64{4}},
			{"mueller", nil, []int64{4}},
			{"Åsa", nil, []int64{5, 6}},
			{"asa", nil, []int64{5, 6}},
			{"+46 70 123 45 67", nil, []int64{1}},
			{"070-123 45 67", nil, []int64{1}},
			{"+46 (0)70-123 45 67", nil, []int64{1}},
			{"0046701234567", nil, []int64{1}},
			{"701234567", nil, []int64{1}},
			{"070 123", nil, []int64{1, 4}},
			{"20 12 34 56", nil, []int64{2}},
			{"040 1234567", nil, []int64{5}},
			{"08-12 34 56 78", nil, []int64{3}},
			{"LN 2024-0017", nil, []int64{1}},
			{"ln2024", nil, []int64{1}},
			{"dk/88", nil, []int64{2}},
			{"Ö-1", nil, []int64{4, 6}},
			{string(noteID(4)), nil, []int64{4}},
			{strings.ToUpper(string(noteID(4))), nil, []int64{4}},
			{"n0000", nil, []int64{1, 2, 3, 4, 5, 6}},
			{"3", []int64{3}, []int64{3, 5}},
			{"100164", []int64{2}, []int64{2, 6}},
			{"anna soren", nil, nil},
			{"strom", nil, nil},
			{"Anna%", nil, []int64{1}},
			{"%", nil, nil},
			{"'; DROP TABLE cases; --", nil, nil},
			{"", nil, nil},
			{"   ", nil, nil},
			{"\xff\xfe", nil, nil},
			{strings.Repeat("anna ", 50), nil, nil},
		} {
			found, more, err := b.Find(t.Context(), casebook.Search{Text: c.text, Numbers: c.number})
			if err != nil || more {
				t.Fatalf("%q: %v, more: %t", c.text, err, more)
			}
			var got []int64
			for _, f := range found {
				got = append(got, f.Number)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q finds %v, want %v", c.text, got, c.want)
			}
		}
	})
}

func TestASearchSaysWhereThereIsMore(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		for n := 1; n <= 4; n++ {
			told(t, b, n, collected(noteID(n), 1, "Anna Ek", "Annika Ek"))
		}
		follow(t, b)
		found, more, err := b.Find(t.Context(), casebook.Search{Text: "ann", Limit: 3})
		if err != nil || len(found) != 3 || !more {
			t.Errorf("found %d, more: %t, %v", len(found), more, err)
		}
		found, more, err = b.Find(t.Context(), casebook.Search{Text: "ann ek", Limit: 4})
		if err != nil || len(found) != 4 || more {
			t.Errorf("found %d, more: %t, %v", len(found), more, err)
		}
	})
}

func TestWhatStaffWroteOfAPersonStaysAndWhatItReplacedIsNotFound(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		note := collected(noteID(1), 1, "Anna Ek")
		told(t, b, 1, note)
		follow(t, b)
		want := casebook.PersonOfCase{
			Note: note.ID, Party: note.Borrowers[0].Party, Name: "Anna Alm", Phones: []string{"+46701234567", "+46812345678"},
			Email: "anna@example.se", Address: "Storgatan 1\n111 22 Stockholm", Language: ledger.English, Edited: noon,
		}
		if err := b.PutPerson(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		note.Seq = 2
		told(t, b, 2, note)
		follow(t, b)
		all, err := b.PersonsOf(t.Context(), note.ID)
		if err != nil || len(all) != 1 || fmt.Sprint(all[0]) != fmt.Sprint(want) {
			t.Errorf("the person is %+v, %v", all, err)
		}
		for text, want := range map[string]int{"alm": 1, "ek": 0, "0812": 1} {
			if found, _, err := b.Find(t.Context(), casebook.Search{Text: text}); err != nil || len(found) != want {
				t.Errorf("%q finds %d, %v", text, len(found), err)
			}
		}
	})
}
