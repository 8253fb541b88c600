package protocol

import (
	"context"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// NoteAt finds the note's state in its history; see ledger.Service. It walks the
// whole chain, so that the state has its place in the one whose end is public.
// What a past state holds is the registrar's word, as only the last one has its
// commitment in the record: who doubts it replays the commands before it.
func (c *Client) NoteAt(ctx context.Context, id ledger.NoteID, at time.Time) (ledger.NoteView, error) {
	subject := id.Subject()
	found, err := c.read(ctx, []ledger.Subject{subject})
	if err != nil {
		return ledger.NoteView{}, err
	}
	now := found[subject]
	switch {
	case now.err != nil:
		return ledger.NoteView{}, now.err
	case now.state == nil:
		return ledger.NoteView{Err: absent(now.code, subject.Kind)}, nil
	}
	var last *ledger.Entry // that had taken effect
	later := false
	err = c.walk(ctx, subject, now, func(_ *chain, s step) error {
		if s.entry == nil {
			return ledger.Refuse(ledger.CodeNotEntitled) // since the note was read
		}
		if later = later || s.entry.At.After(at); !later {
			last = s.entry
		}
		return nil
	})
	if refusal, ok := asRefusal(err); ok && refusal.Class() == ledger.ClassNotFound {
		return ledger.NoteView{Err: refusal}, nil
	}
	if err != nil {
		return ledger.NoteView{}, err
	}
	if last == nil {
		return ledger.NoteView{Err: absent(ledger.CodeNotFound, subject.Kind)}, nil
	}
	return c.noteAfterEntry(ctx, id, last, now)
}

// noteAfterEntry gives the note as an entry of its history left it, given the
// note of today. Its holder is its book's: a book keeps its holder, and only the
// notes in it change.
func (c *Client) noteAfterEntry(ctx context.Context, id ledger.NoteID, e *ledger.Entry, now *held) (ledger.NoteView, error) {
	n, err := decodedLater[ledger.Note](e.State)()
	if err != nil {
		return ledger.NoteView{}, fmt.Errorf("reading note %s as of entry %d: %w", id, e.Seq, err)
	}
	view := ledger.NoteView{Record: n.Record(ledger.Commit(e.Salt, e.State)), Note: n, Salt: e.Salt}
	if n.ID != id || n.Seq != e.Seq || e.Seq == now.seq && view.Record != now.noteRecord {
		return ledger.NoteView{}, fmt.Errorf("reading note %s as of entry %d: its state does not fit its place", id, e.Seq)
	}
	switch n.Book {
	case "":
	case now.noteRecord.Book:
		view.Holder = now.holder
	default:
		books, err := c.Books(ctx, n.Book)
		if err != nil {
			return ledger.NoteView{}, fmt.Errorf("reading note %s as of entry %d: %w", id, e.Seq, err)
		}
		if books[0].Err != nil {
			return ledger.NoteView{}, fmt.Errorf("reading the book of note %s as of entry %d: %w", id, e.Seq, books[0].Err)
		}
		view.Holder = books[0].Book.Holder
	}
	return view, nil
}
