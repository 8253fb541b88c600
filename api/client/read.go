package client

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// maxPages bounds a walk through a list, so that a gateway that never says
// where its list ends does not hold the client for ever.
const maxPages = 100_000

// Note is a note as the gateway shows it to a party that may see it. Record is
// all that an authority sees of a note that it has not frozen; Note is nil then.
type Note = rest.NoteAnswer

// Note reads a note from the ledger itself, so that its number is the latest,
// and what follows from it on a day; today's where no day is given.
func (c *Client) Note(ctx context.Context, id ledger.NoteID, asOf finance.Date) (*Note, error) {
	n := new(Note)
	r := rest.GetNote(string(id), rest.GetNoteParams{AsOf: asOf, CacheControl: fresh})
	if err := c.call(ctx, r, private, n); err != nil {
		return nil, fmt.Errorf("reading the note: %w", err)
	}
	if n.ID != id || n.Note == nil && n.Record == nil || n.Note != nil && n.Note.ID != id {
		return nil, fmt.Errorf("reading the note: the gateway answered with another one than %s", id)
	}
	return n, nil
}

// NoteQuery selects notes of a list; an empty field selects nothing away.
type NoteQuery struct {
	Status   ledger.Status
	Role     ledger.Role // what the party is to the notes
	Book     ledger.BookID
	Holder   ledger.PartyID
	Borrower ledger.PartyID
	Limit    int // of the whole list; without bound where 0
}

// Notes lists notes, the latest first. It ends with the list, with an error, or
// when the caller stops.
func (c *Client) Notes(ctx context.Context, q NoteQuery) iter.Seq2[*Note, error] {
	return list(q.Limit, func(cursor string, limit int) ([]*Note, string, error) {
		var p rest.NoteList
		err := c.call(ctx, rest.ListNotes(rest.ListNotesParams{
			Status: q.Status, Role: q.Role, Book: q.Book, Holder: q.Holder, Borrower: q.Borrower, Cursor: cursor, Limit: limit,
		}), private, &p)
		return pointers(p.Notes), p.Next, err
	})
}

func pointers[T any](values []T) []*T {
	all := make([]*T, len(values))
	for i := range values {
		all[i] = &values[i]
	}
	return all
}

// list walks through the pages of a list, up to a limit of items unless it is 0.
func list[T any](limit int, page func(cursor string, limit int) (items []T, next string, err error)) iter.Seq2[T, error] {
	const perPage = 200
	return func(yield func(T, error) bool) {
		var none T
		given, cursor := 0, ""
		for range maxPages {
			size := perPage
			if limit > 0 {
				size = min(size, limit-given)
			}
			items, next, err := page(cursor, size)
			if err != nil {
				yield(none, fmt.Errorf("reading the list: %w", err))
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
				given++
			}
			if next == "" || limit > 0 && given >= limit {
				return
			}
			cursor = next
		}
		yield(none, fmt.Errorf("reading the list: it has more than %d pages", maxPages))
	}
}

// Party reads a party.
func (c *Client) Party(ctx context.Context, id ledger.PartyID) (*Party, error) {
	p := &Party{ID: id}
	if err := c.call(ctx, rest.GetParty(string(id)), private, p); err != nil {
		return nil, fmt.Errorf("reading the party: %w", err)
	}
	return p, nil
}

// Party is a party as the gateway shows it: its public record, and the rest
// where the reader may see it.
type Party struct {
	ID ledger.PartyID `json:"id"`
	rest.PartyAnswer
}

// Book reads a book.
func (c *Client) Book(ctx context.Context, id ledger.BookID) (*ledger.Book, error) {
	var answer rest.BookAnswer
	if err := c.call(ctx, rest.GetBook(string(id)), private, &answer); err != nil {
		return nil, fmt.Errorf("reading the book: %w", err)
	}
	return &answer.Book, nil
}

// Books lists the party's own books, the latest first.
func (c *Client) Books(ctx context.Context) iter.Seq2[*ledger.Book, error] {
	return list(0, func(cursor string, limit int) ([]*ledger.Book, string, error) {
		var p rest.BookList
		err := c.call(ctx, rest.ListBooks(rest.ListBooksParams{Cursor: cursor, Limit: limit}), private, &p)
		return pointers(p.Books), p.Next, err
	})
}

// Entry is one command of a note, as it was signed, and what the ledger added.
type Entry struct {
	Seq           uint64          `json:"seq"`
	At            time.Time       `json:"at"`  // ledger time
	Org           string          `json:"org"` // organisation through which it came
	Transaction   string          `json:"transaction"`
	Command       json.RawMessage `json:"command"` // the gateway's reading of the payload
	ledger.Signed                 // in the form in which it was signed
}

// Opened takes the entry's own signed bytes apart and reads the command in
// them, whatever the gateway says that it is. It does not verify the signature.
func (e *Entry) Opened() (ledger.Opened, *ledger.Command, error) {
	opened, err := sign.Verifier{}.Open(e.Signed)
	if err != nil {
		return opened, nil, fmt.Errorf("reading entry %d: %w", e.Seq, err)
	}
	command, err := ledger.DecodeCommand(opened.Payload)
	if err != nil {
		return opened, nil, fmt.Errorf("reading entry %d: %w", e.Seq, err)
	}
	return opened, command, nil
}

// History reads commands of a note from a number on, in order, a page at most;
// next is where the next page begins, 0 after the last.
func (c *Client) History(ctx context.Context, id ledger.NoteID, from uint64, limit int) (entries []Entry, next uint64, err error) {
	var answer struct {
		Entries []Entry `json:"entries"`
		Next    uint64  `json:"next"`
	}
	r := rest.GetHistory(string(id), rest.GetHistoryParams{From: from, Limit: limit})
	if err := c.call(ctx, r, private, &answer); err != nil {
		return nil, 0, fmt.Errorf("reading the note's history: %w", err)
	}
	return answer.Entries, answer.Next, nil
}
