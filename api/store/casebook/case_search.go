package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// Limits of a search.
const (
	MaxSearchRunes = 100
	MaxHits        = 50
	maxWords       = 6
	// maxCandidates is how many terms that begin with the rarest word are tried against
	// the others. Where there are more, no word tells people apart, and the answer says
	// that there is more.
	maxCandidates = 2000
	// minDialled is the fewest digits that are looked for among telephone numbers.
	minDialled = 3
)

// indexCase writes the terms of a case anew.
func indexCase(ctx context.Context, tx *sql.Tx, id ledger.NoteID) error {
	n, _, err := noteIn(ctx, tx, id)
	if err != nil || n == nil || n.Status == ledger.StatusErased {
		return err
	}
	persons, err := personsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM search_terms WHERE note = $1", string(id)); err != nil {
		return err
	}
	for _, t := range Terms(n, persons) {
		if _, err := tx.ExecContext(ctx, "INSERT INTO search_terms (term, kind, note) VALUES ($1, $2, $3)", []byte(t.Text), string(t.Kind), string(id)); err != nil {
			return err
		}
	}
	return nil
}

// noteIn reads a note of the read model within a transaction, nil where there is none.
func noteIn(ctx context.Context, q store.Queryer, id ledger.NoteID) (n *ledger.Note, holder ledger.PartyID, err error) {
	var state string
	err = q.QueryRowContext(ctx, "SELECT state, holder FROM notes WHERE id = $1", string(id)).Scan(&state, &holder)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(state), &n)
	}
	return n, holder, err
}

// Search is what somebody looks for.
type Search struct {
	Text string
	// Numbers are those of the cases of which the text is the number or the payment
	// reference.
	Numbers []int64
	Limit   int // at most MaxHits
}

// Find gives the cases that a text is about, and says whether there are more: the one
// whose number or payment reference it is, then those with each of its words in a
// person's name, a telephone number, the note's id or the lender's number. A word may
// be the beginning of one. What is spelled just so comes first.
func (b *Book) Find(ctx context.Context, s Search) (found []Case, more bool, err error) {
	if s.Limit < 1 || s.Limit > MaxHits {
		s.Limit = MaxHits
	}
	if utf8.RuneCountInString(s.Text) > MaxSearchRunes {
		return nil, false, nil
	}
	for _, number := range s.Numbers {
		c, err := b.Case(ctx, number)
		if err != nil {
			return nil, false, err
		}
		if c != nil {
			found = append(found, *c)
		}
	}
	for _, try := range readings(s.Text) {
		if len(found) > s.Limit {
			break
		}
		notes, cut, err := b.notesWith(ctx, try, s.Limit+1)
		if err != nil {
			return nil, false, err
		}
		more = more || cut
		cases, err := b.casesOf(ctx, notes)
		if err != nil {
			return nil, false, err
		}
		for _, c := range cases {
			if !slices.Contains(found, c) {
				found = append(found, c)
			}
		}
	}
	if len(found) > s.Limit {
		return found[:s.Limit], true, nil
	}
	return found, more, nil
}

// readings gives the ways in which a text is meant, the likeliest first: each is
// words that must all begin a term.
func readings(text string) (all [][]string) {
	add := func(words ...string) {
		if len(words) > 0 && words[0] != "" && !slices.ContainsFunc(all, func(r []string) bool { return slices.Equal(r, words) }) {
			all = append(all, words)
		}
	}
	if digits := dialled(text); len(digits) >= minDialled {
		add(digits)
	}
	said, number := words(text), fold(compact(text))
	if len(said) > maxWords {
		said = said[:maxWords]
	}
	plain := make([]string, len(said))
	for i, word := range said {
		plain[i] = fold(word)
	}
	if strings.ContainsAny(number, "0123456789") {
		add(number) // of the lender's, with spaces or dashes in it
	}
	add(said...)
	add(plain...)
	return all
}

// notesWith gives the notes that have a term for each word; cut says that some may
// be left out. Of several words the rarest leads, and the others are asked of what it
// finds.
func (b *Book) notesWith(ctx context.Context, said []string, limit int) (notes []ledger.NoteID, cut bool, err error) {
	said = slices.Clone(said)
	if len(said) > 1 {
		least, err := b.rarestFirst(ctx, said)
		if err != nil || least == 0 {
			return nil, false, err
		}
		cut = least == maxCandidates
	}
	args := []any{[]byte(said[0]), after(said[0]), maxCandidates}
	var with strings.Builder
	for _, word := range said[1:] {
		args = append(args, []byte(word), after(word))
		fmt.Fprintf(&with, " AND EXISTS (SELECT 1 FROM search_terms o WHERE o.note = t.note AND o.term >= $%d AND o.term < $%d LIMIT 1 OFFSET 0)", len(args)-1, len(args))
	}
	// A note has several terms that begin alike: its name's in several spellings.
	most := limit * (maxCallingCode + 1)
	args = append(args, most)
	rows, err := b.Reader().QueryContext(ctx, `SELECT t.note FROM
		(SELECT term, kind, note FROM search_terms WHERE term >= $1 AND term < $2 ORDER BY term, kind, note LIMIT $3) t
		WHERE 1 = 1`+with.String()+fmt.Sprintf(" ORDER BY t.term, t.kind, t.note LIMIT $%d", len(args)), args...)
	if err != nil {
		return nil, false, fmt.Errorf("searching: %w", err)
	}
	all, err := store.Collect(rows, func(rows *sql.Rows) (id ledger.NoteID, err error) { return id, rows.Scan(&id) })
	for _, id := range all {
		if !slices.Contains(notes, id) {
			notes = append(notes, id)
		}
	}
	return notes, cut || len(all) == most, err
}

// rarestFirst puts the word first that the fewest terms begin with, and gives how many
// those are, at most maxCandidates.
func (b *Book) rarestFirst(ctx context.Context, said []string) (least int, err error) {
	least = maxCandidates + 1
	for i, word := range said {
		var n int
		err := b.Reader().QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM search_terms WHERE term >= $1 AND term < $2 LIMIT $3) t",
			[]byte(word), after(word), maxCandidates).Scan(&n)
		if err != nil {
			return 0, fmt.Errorf("searching: %w", err)
		}
		if n < least {
			least, said[0], said[i] = n, said[i], said[0]
		}
	}
	return least, nil
}

// after gives the first bytes after all that begin with a word, which no byte of UTF-8
// is as great as 0xff.
func after(word string) []byte { return append([]byte(word), 0xff) }

// casesOf gives the cases of notes in the order of the notes.
func (b *Book) casesOf(ctx context.Context, notes []ledger.NoteID) ([]Case, error) {
	if len(notes) == 0 {
		return nil, nil
	}
	args, places := make([]any, len(notes)), make([]string, len(notes))
	for i, id := range notes {
		args[i], places[i] = string(id), fmt.Sprintf("$%d", i+1)
	}
	all, err := b.cases(ctx, "WHERE note IN ("+strings.Join(places, ", ")+")", args...)
	slices.SortFunc(all, func(a, b Case) int { return slices.Index(notes, a.Note) - slices.Index(notes, b.Note) })
	return all, err
}
