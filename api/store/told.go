package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Who is told of an entry is settled once, when its block is read: whoever was
// something to the subject before the command or after it. So a party whose role
// a command ends is told of that command, and of nothing later. What it is told
// is the public result: that the note's number changed, and by which operation.
// It gets no state, which stays with those who may read the note.
//
// An organisation that is no longer entitled to a note reads neither its state
// nor its history. Of the command that took the note from it, its parties are
// told by the state that the read model had; after a rebuild there is none, and
// they are told of nothing that happened to that note.

// told says that a party is told of the entry at a position.
type told struct {
	position int64
	party    ledger.PartyID
}

// passing is one entry of a note in the blocks that are being read.
type passing struct {
	position int64
	at       time.Time
	op       ledger.Op
	seq      uint64
}

// moment is a note as it stood after one of its commands.
type moment struct {
	note   *ledger.Note
	holder ledger.PartyID
}

// parties lists who was something to the note at that moment, former holders on
// the day that is asked for.
func (m moment) parties(on finance.Date) []ledger.PartyID {
	return append(ledger.Parties(m.note, m.holder), ledger.FormerHolders(m.note, on)...)
}

// firstPosition gives the position of a block's first entry.
func firstPosition(block uint64) int64 { return int64(block) << positionBits }

// tell finds out who is told of each entry in the blocks. Blocks that are in the
// read model already are passed over: the states before them are gone.
func (f *Follower) tell(ctx context.Context, c *changes) error {
	next, _ := f.Store.Next()
	notes := map[ledger.NoteID][]passing{}
	for _, b := range c.blocks {
		if b.Number < next {
			continue
		}
		position := firstPosition(b.Number)
		for _, t := range b.Transactions {
			for _, r := range t.Results {
				switch r.Subject.Kind {
				case ledger.KindParty:
					c.told = append(c.told, told{position, ledger.PartyID(r.Subject.ID)})
				case ledger.KindBook: // a book has one holder for good
					c.told = append(c.told, told{position, c.books[ledger.BookID(r.Subject.ID)].Book.Holder})
				case ledger.KindNote:
					id := ledger.NoteID(r.Subject.ID)
					notes[id] = append(notes[id], passing{position, t.At, r.Op, r.Seq})
				}
				position++
			}
		}
	}
	for id, entries := range notes {
		if err := f.tellOfNote(ctx, c, id, entries); err != nil {
			return fmt.Errorf("finding who is told of note %s: %w", id, err)
		}
	}
	return nil
}

// tellOfNote finds out who is told of consecutive entries of one note. Where a
// state is not to be had, the nearest one that is stands for it.
func (f *Follower) tellOfNote(ctx context.Context, c *changes, id ledger.NoteID, entries []passing) error {
	moments, err := f.moments(ctx, c, id, entries)
	if err != nil {
		return err
	}
	seqs := make([]uint64, 0, len(moments))
	for seq := range moments {
		seqs = append(seqs, seq)
	}
	slices.Sort(seqs)
	for _, e := range entries {
		var parties []ledger.PartyID
		after, _ := slices.BinarySearch(seqs, e.seq)
		for _, i := range []int{after - 1, after} {
			if i >= 0 && i < len(seqs) {
				parties = append(parties, moments[seqs[i]].parties(finance.DateOf(e.at))...)
			}
		}
		slices.Sort(parties)
		for _, p := range slices.Compact(parties) {
			c.told = append(c.told, told{e.position, p})
		}
	}
	return nil
}

// moments gives the states of a note from before its first entry to after its
// last one. The history is asked only for what does not follow from the state
// that the read model has and from the one that was just read.
func (f *Follower) moments(ctx context.Context, c *changes, id ledger.NoteID, entries []passing) (map[uint64]moment, error) {
	moments := map[uint64]moment{}
	kept, err := f.Store.Note(ctx, id)
	if err != nil {
		return nil, err
	}
	if kept != nil {
		moments[kept.State.Seq] = moment{kept.State, kept.Holder}
	}
	view := c.notes[id]
	if view.Note == nil {
		return moments, nil // nor may the organisation read its history
	}
	moments[view.Note.Seq] = moment{view.Note, view.Holder}
	if _, ok := moments[1]; !ok { // an offer is the lender's own, and names the borrowers
		moments[1] = moment{&ledger.Note{Seq: 1, Lender: view.Note.Lender, Borrowers: view.Note.Borrowers}, view.Note.Lender}
	}
	for _, e := range entries {
		before, known := moments[e.seq-1]
		if _, ok := moments[e.seq]; !ok && known && leavesRoles(e.op) {
			moments[e.seq] = before
		}
	}
	from, last := max(1, entries[0].seq-1), entries[len(entries)-1].seq
	for seq := from; seq <= last; seq++ {
		if _, ok := moments[seq]; !ok {
			return moments, f.past(ctx, c, id, moments, seq, last)
		}
	}
	return moments, nil
}

// leavesRoles says that an operation gives nobody a role and takes none, as the
// commonest ones do. The payment that discharges a note ends roles, but nothing
// comes after it.
func leavesRoles(op ledger.Op) bool {
	switch op {
	case ledger.OpAccept, ledger.OpPay, ledger.OpPayReverse, ledger.OpForgive, ledger.OpDisputeRaise, ledger.OpDisputeResolve,
		ledger.OpPayClaim, ledger.OpPayDeny, ledger.OpAmendPropose, ledger.OpAmendAccept, ledger.OpAmendReject, ledger.OpAmendWithdraw,
		ledger.OpCharge, ledger.OpRelief, ledger.OpSetoff, ledger.OpDebtRelief,
		ledger.OpAccelerate, ledger.OpCure, ledger.OpInterrupt:
		return true
	}
	return false
}

// past adds the states from one number to another as the note's history has them.
func (f *Follower) past(ctx context.Context, c *changes, id ledger.NoteID, moments map[uint64]moment, from, last uint64) error {
	for from <= last {
		entries, err := f.Service.History(ctx, id.Subject(), from, int(min(last-from+1, ledger.MaxHistory)))
		refusal, refused := errors.AsType[*ledger.Error](err)
		switch {
		case refused && refusal.Class() == ledger.ClassNotFound:
			return nil // the right ended since the state was read, or the note was erased
		case err != nil:
			return fmt.Errorf("reading its history: %w", err)
		case len(entries) == 0:
			return fmt.Errorf("reading its history: it ends before entry %d", from)
		}
		for _, e := range entries {
			if err := f.addPast(ctx, c, moments, e); err != nil {
				return fmt.Errorf("reading entry %d of its history: %w", e.Seq, err)
			}
		}
		from += uint64(len(entries))
	}
	return nil
}

func (f *Follower) addPast(ctx context.Context, c *changes, moments map[uint64]moment, e ledger.Entry) error {
	if len(e.State) == 0 {
		return nil // it was erased
	}
	var m moment
	if err := json.Unmarshal(e.State, &m.note); err != nil {
		return err
	}
	if m.note.Book != "" {
		book := c.books[m.note.Book].Book
		if book == nil {
			var err error
			if book, err = f.Store.Book(ctx, m.note.Book); err != nil {
				return err
			}
		}
		if book == nil {
			return fmt.Errorf("book %s is not known", m.note.Book)
		}
		m.holder = book.Holder
	}
	moments[e.Seq] = m
	return nil
}

// putTold writes who is told of which entry.
func putTold(ctx context.Context, tx *sql.Tx, all []told) error {
	values := make([]any, 0, 2*len(all))
	for _, t := range all {
		values = append(values, string(t.party), t.position)
	}
	return insertNew(ctx, tx, "entry_parties", []string{"party", "position"}, values)
}
