package protocol

import (
	"context"
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
)

// errNotHeld says that a state is not at hand, so that the rules cannot be run
// here. It never reaches a caller.
var errNotHeld = errors.New("the state is not held")

// localWorld is what the client itself can tell the rules. Without a client it
// knows only what it was given.
type localWorld struct {
	ctx    context.Context
	client *Client // asks for what is missing; nil to ask nobody
	states map[ledger.Subject]*held
}

func (w *localWorld) get(s ledger.Subject) (*held, error) {
	if h := w.states[s]; h != nil {
		return h, h.err
	}
	if w.client == nil {
		return nil, errNotHeld
	}
	found, err := w.client.read(w.ctx, []ledger.Subject{s})
	if err != nil {
		return nil, err
	}
	w.states[s] = found[s]
	return found[s], found[s].err
}

func (w *localWorld) Note(id ledger.NoteID) (*ledger.Note, error) {
	h, err := w.get(id.Subject())
	switch {
	case err != nil:
		return nil, err
	case !h.exists:
		return nil, nil
	case h.noteRecord.Status == ledger.StatusErased:
		return h.noteRecord.Bare(id), nil
	case h.state == nil:
		return nil, errNotHeld
	}
	return h.note()
}

func (w *localWorld) Party(id ledger.PartyID) (*ledger.Party, error) {
	h, err := w.get(id.Subject())
	switch {
	case err != nil:
		return nil, err
	case !h.exists:
		return nil, nil
	case h.state == nil:
		return nil, errNotHeld
	}
	return h.party()
}

func (w *localWorld) PartyRecord(id ledger.PartyID) (*ledger.PartyRecord, error) {
	h, err := w.get(id.Subject())
	switch {
	case err != nil:
		return nil, err
	case !h.exists:
		return nil, nil
	}
	return &h.partyRecord, nil
}

// Book gives a book. The holder of a note's book comes with the note, and that
// is all that rules ask of a book that is not the subject.
func (w *localWorld) Book(id ledger.BookID) (*ledger.Book, error) {
	if w.client == nil {
		for _, h := range w.states {
			if h.noteRecord.Book == id && h.holder != "" {
				return &ledger.Book{V: 1, ID: id, Holder: h.holder}, nil
			}
		}
	}
	h, err := w.get(id.Subject())
	switch {
	case err != nil:
		return nil, err
	case !h.exists:
		return nil, nil
	}
	return h.book, nil
}

// verified opens signatures and takes them for good: the contract has just
// verified them.
type verified struct{ ledger.Signatures }

func (verified) Verify(ledger.Opened, ledger.Key) error { return nil }

// remember keeps the state that a command has just led to, so that the next
// command on the subject need not ask for it. It computes the state as the
// contract did; where that cannot be done here, the subject is forgotten and
// read anew when it is next needed.
func (c *Client) remember(t *task, receipt Receipt, result ledger.Result) {
	h, err := c.after(t, receipt, result)
	if err != nil {
		c.held.drop(t.subject)
		return
	}
	c.held.put(t.subject, h)
}

func (c *Client) after(t *task, receipt Receipt, result ledger.Result) (*held, error) {
	if receipt.At.IsZero() {
		return nil, errNotHeld
	}
	frame := ledger.Frame{Network: c.Network(), At: receipt.At, Org: c.channel.Org()}
	change, err := ledger.Apply(&localWorld{states: t.states}, verified{c.sigs}, frame, t.signed)
	if err != nil {
		return nil, err
	}
	if change.Result != result {
		return nil, fmt.Errorf("the contract's result is another one: %w", errNotHeld)
	}
	switch {
	case change.Note != nil:
		return noteAfter(t, change.Note)
	case change.Party != nil:
		return partyAfter(t, change.Party)
	}
	return nil, errNotHeld // a book is public; the contract reads it itself
}

// noteAfter holds a note's new state. Who may see the note follows from its
// parties; where those changed, the registrar must be asked again.
func noteAfter(t *task, n *ledger.Note) (*held, error) {
	before := t.states[t.subject]
	if before == nil || before.state == nil || n.Status == ledger.StatusErased {
		return nil, errNotHeld
	}
	old, err := before.note()
	if err != nil {
		return nil, err
	}
	if n.Book != old.Book || !same(n.Pending, old.Pending) || !same(n.Pledge, old.Pledge) || !same(n.Mandate, old.Mandate) {
		return nil, errNotHeld
	}
	state, err := ledger.Canonical(n)
	if err != nil {
		return nil, err
	}
	h := holdNote(n.ID, NoteAnswer{
		Record: new(n.Record(ledger.Commit(t.salt, state))), State: &State{Salt: t.salt, State: state},
		Holder: before.holder, Orgs: before.orgs,
	})
	return h, h.err
}

func partyAfter(t *task, p *ledger.Party) (*held, error) {
	state, err := ledger.Canonical(p)
	if err != nil {
		return nil, err
	}
	h := holdParty(p.ID, PartyAnswer{
		Record: new(p.Record(ledger.Commit(t.salt, state))), State: &State{Salt: t.salt, State: state},
	})
	return h, h.err
}

func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
