package casework

import (
	"context"
	"fmt"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// ahead asks the rules what would become of a command just now, with the note as the
// read model has it: no network is asked, so that a page can ask for every act that
// it shows. Where the note has changed meanwhile the ledger itself still refuses.
type ahead struct {
	ctx    context.Context // of the one question
	book   *casebook.Book
	note   *ledger.Note
	holder ledger.PartyID
	self   *ledger.Party
	frame  ledger.Frame
}

var _ ledger.World = (*ahead)(nil)

// lookAhead reads what the rules are asked with.
func (d *Desk) lookAhead(ctx context.Context, id ledger.NoteID) (*ahead, error) {
	n, err := d.Book.Note(ctx, id)
	if err != nil {
		return nil, err
	}
	if n == nil {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	self, err := d.Book.Party(ctx, d.Party)
	if err != nil {
		return nil, err
	}
	if self == nil {
		return nil, ledger.Refuse(ledger.CodePartyUnknown)
	}
	return &ahead{
		ctx: ctx, book: d.Book, note: n.State, holder: n.Holder, self: self,
		frame: ledger.Frame{Network: d.Service.Network(), At: d.Clock().UTC(), Org: self.Org},
	}, nil
}

// anyCommand is the id of commands that nobody signs.
const anyCommand ledger.CommandID = "00000000-0000-4000-8000-000000000000"

// would gives the refusal that the command would meet, nil where it would be applied.
func (a *ahead) would(op ledger.Op, body any) error {
	c, err := ledger.Draft{
		Op: op, Network: a.frame.Network, By: a.self.ID, Subject: string(a.note.ID), Seq: a.note.Seq + 1,
		Command: anyCommand, IssuedAt: a.frame.At, Body: body,
	}.Build()
	if err != nil {
		return err
	}
	_, err = ledger.Rehearse(a, nil, a.frame, ledger.Rehearsal{Draft: c})
	return err
}

// Note gives the one note that is asked about.
func (a *ahead) Note(id ledger.NoteID) (*ledger.Note, error) {
	if id == a.note.ID {
		return a.note, nil
	}
	return nil, fmt.Errorf("looking ahead at note %s: %s is another", a.note.ID, id)
}

// Party gives a party that the read model knows.
func (a *ahead) Party(id ledger.PartyID) (*ledger.Party, error) {
	if id == a.self.ID {
		return a.self, nil
	}
	return a.book.Party(a.ctx, id)
}

// PartyRecord gives a known party's record, without the commitment that no rule asks for.
func (a *ahead) PartyRecord(id ledger.PartyID) (*ledger.PartyRecord, error) {
	p, err := a.Party(id)
	if err != nil || p == nil {
		return nil, err
	}
	r := p.Record(ledger.Digest{})
	return &r, nil
}

// Book gives a book that the read model knows.
func (a *ahead) Book(id ledger.BookID) (*ledger.Book, error) {
	return a.book.Store.Book(a.ctx, id)
}
