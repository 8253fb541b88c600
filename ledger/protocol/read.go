package protocol

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
)

// Notes reads notes from the registrar's peer and checks each state against
// its public record. A state that does not fit its record is an error of the
// whole read, since it means that the registry itself is damaged.
func (c *Client) Notes(ctx context.Context, ids ...ledger.NoteID) ([]ledger.NoteView, error) {
	all, err := c.read(ctx, subjects(ids))
	if err != nil {
		return nil, err
	}
	views := make([]ledger.NoteView, len(ids))
	for i, id := range ids {
		h := all[id.Subject()]
		if h.err != nil {
			return nil, h.err
		}
		views[i] = ledger.NoteView{Record: h.noteRecord, Holder: h.holder}
		if h.state == nil {
			views[i].Err = absent(h.code, ledger.KindNote)
			continue
		}
		views[i].Salt = h.state.Salt
		if views[i].Note, err = h.note(); err != nil {
			return nil, fmt.Errorf("reading note %s: %w", id, err)
		}
	}
	return views, nil
}

// Parties reads parties with the same checks as Notes.
func (c *Client) Parties(ctx context.Context, ids ...ledger.PartyID) ([]ledger.PartyView, error) {
	all, err := c.read(ctx, subjects(ids))
	if err != nil {
		return nil, err
	}
	views := make([]ledger.PartyView, len(ids))
	for i, id := range ids {
		h := all[id.Subject()]
		if h.err != nil {
			return nil, h.err
		}
		views[i] = ledger.PartyView{Record: h.partyRecord}
		if h.state == nil {
			views[i].Err = absent(h.code, ledger.KindParty)
			continue
		}
		views[i].Salt = h.state.Salt
		if views[i].Party, err = h.party(); err != nil {
			return nil, fmt.Errorf("reading party %s: %w", id, err)
		}
	}
	return views, nil
}

// Books reads books.
func (c *Client) Books(ctx context.Context, ids ...ledger.BookID) ([]ledger.BookView, error) {
	all, err := c.read(ctx, subjects(ids))
	if err != nil {
		return nil, err
	}
	views := make([]ledger.BookView, len(ids))
	for i, id := range ids {
		h := all[id.Subject()]
		if h.err != nil {
			return nil, h.err
		}
		views[i] = ledger.BookView{Book: h.book}
		if h.book == nil {
			views[i].Err = absent(h.code, ledger.KindBook)
		}
	}
	return views, nil
}

// Blocks gives the committed blocks, and ends with an error where the channel
// leaves one out: a reader that went on would miss commands for ever. What is
// held of a note is given up when a block tells that the note is erased.
func (c *Client) Blocks(ctx context.Context, from uint64) iter.Seq2[ledger.Block, error] {
	return func(yield func(ledger.Block, error) bool) {
		next := from
		for b, err := range c.channel.Blocks(ctx, from) {
			if err == nil && b.Number != next {
				err = fmt.Errorf("reading blocks: block %d came in place of block %d", b.Number, next)
			}
			if err != nil {
				yield(ledger.Block{}, err)
				return
			}
			c.forgetErased(b)
			if !yield(b, nil) {
				return
			}
			next++
		}
	}
}

func (c *Client) forgetErased(b ledger.Block) {
	for _, t := range b.Transactions {
		for _, r := range t.Results {
			if r.Op == ledger.OpErase {
				c.held.drop(r.Subject)
			}
		}
	}
}

func absent(code ledger.Code, kind ledger.Kind) *ledger.Error {
	if code == ledger.CodeNotFound {
		return ledger.Refuse(code, "kind", string(kind))
	}
	return ledger.Refuse(code)
}

func subjects[ID interface{ Subject() ledger.Subject }](ids []ID) []ledger.Subject {
	list := make([]ledger.Subject, len(ids))
	for i, id := range ids {
		list[i] = id.Subject()
	}
	return list
}

// read asks the registrar's peer for subjects, at most ledger.MaxRead at a
// time. It gives one held per subject, whether or not it exists.
func (c *Client) read(ctx context.Context, wanted []ledger.Subject) (map[ledger.Subject]*held, error) {
	all := make(map[ledger.Subject]*held, len(wanted))
	for some := range slices.Chunk(unique(wanted), ledger.MaxRead) {
		q := queryOf(some)
		var a ReadAnswer
		if err := c.ask(ctx, FnRead, q, &a); err != nil {
			return nil, err
		}
		if len(a.Notes) != len(q.Notes) || len(a.Parties) != len(q.Parties) || len(a.Books) != len(q.Books) {
			return nil, fmt.Errorf("reading %d subjects: the answer does not fit the question", len(some))
		}
		for i, id := range q.Notes {
			all[id.Subject()] = holdNote(id, a.Notes[i])
		}
		for i, id := range q.Parties {
			all[id.Subject()] = holdParty(id, a.Parties[i])
		}
		for i, id := range q.Books {
			all[id.Subject()] = holdBook(id, a.Books[i])
		}
	}
	return all, nil
}

func queryOf(list []ledger.Subject) Query {
	var q Query
	for _, s := range list {
		switch s.Kind {
		case ledger.KindNote:
			q.Notes = append(q.Notes, ledger.NoteID(s.ID))
		case ledger.KindParty:
			q.Parties = append(q.Parties, ledger.PartyID(s.ID))
		case ledger.KindBook:
			q.Books = append(q.Books, ledger.BookID(s.ID))
		}
	}
	return q
}

// ask evaluates one of the contract's reading functions.
func (c *Client) ask(ctx context.Context, fn string, question, answer any) error {
	q, err := Marshal(question)
	if err != nil {
		return err
	}
	a, err := c.channel.Evaluate(ctx, fn, q)
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		if answer, err := refusal.Answer(); err == nil && answer.Code != "" {
			return fmt.Errorf("asking the registrar's peer (%s): %w", fn, ledger.Refuse(answer.Code))
		}
	}
	if err != nil {
		return fmt.Errorf("asking the registrar's peer (%s): %w", fn, err)
	}
	if err := Decode(a, answer); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", fn, err)
	}
	return nil
}

func unique(list []ledger.Subject) []ledger.Subject {
	seen := make(map[ledger.Subject]bool, len(list))
	return slices.DeleteFunc(slices.Clone(list), func(s ledger.Subject) bool {
		again := seen[s]
		seen[s] = true
		return again
	})
}

func holdNote(id ledger.NoteID, a NoteAnswer) *held {
	h := &held{code: a.Code, holder: a.Holder, orgs: a.Orgs}
	if a.Record == nil {
		return h.orNotFound()
	}
	h.exists, h.seq, h.head, h.noteRecord = true, a.Record.Seq, a.Record.Head, *a.Record
	if a.State == nil {
		return h.orNotEntitled()
	}
	h.state, h.note = a.State, decodedLater[ledger.Note](a.State.State)
	n, err := h.note()
	switch {
	case ledger.Commit(a.State.Salt, a.State.State) != a.Record.Commitment:
		h.err = fmt.Errorf("reading note %s: its state does not fit the commitment in its record", id)
	case err != nil:
		h.err = fmt.Errorf("reading note %s: %w", id, err)
	case n.ID != id || n.Record(a.Record.Commitment) != *a.Record:
		h.err = fmt.Errorf("reading note %s: its state does not fit its record", id)
	}
	return h
}

func holdParty(id ledger.PartyID, a PartyAnswer) *held {
	h := &held{code: a.Code}
	if a.Record == nil {
		return h.orNotFound()
	}
	h.exists, h.seq, h.head, h.partyRecord = true, a.Record.Seq, a.Record.Head, *a.Record
	if a.State == nil {
		return h.orNotEntitled()
	}
	h.state, h.party = a.State, decodedLater[ledger.Party](a.State.State)
	p, err := h.party()
	switch {
	case ledger.Commit(a.State.Salt, a.State.State) != a.Record.Commitment:
		h.err = fmt.Errorf("reading party %s: its state does not fit the commitment in its record", id)
	case err != nil:
		h.err = fmt.Errorf("reading party %s: %w", id, err)
	case p.ID != id || p.Record(a.Record.Commitment) != *a.Record:
		h.err = fmt.Errorf("reading party %s: its state does not fit its record", id)
	default:
		h.public = p.Kind != ledger.Person
	}
	return h
}

func holdBook(id ledger.BookID, a BookAnswer) *held {
	h := &held{code: a.Code, book: a.Book}
	if a.Book == nil {
		return h.orNotFound()
	}
	h.exists, h.seq, h.head = true, a.Book.Seq, a.Book.Head
	if a.Book.ID != id {
		h.err = fmt.Errorf("reading book %s: another book came in its place", id)
	}
	return h
}

func (h *held) orNotFound() *held {
	if h.code == "" {
		h.code = ledger.CodeNotFound
	}
	return h
}

func (h *held) orNotEntitled() *held {
	if h.code == "" {
		h.code = ledger.CodeNotEntitled
	}
	return h
}
