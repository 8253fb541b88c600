package model

import (
	"fmt"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
)

// Ledger is a ledger in maps: it applies commands with the rules and keeps what
// they lead to, and nothing stands between. Tests of rules use it as the
// ledger, and tests of ledgers as the model that theirs must agree with. It
// must not be used by several goroutines at once.
type Ledger struct {
	network string
	sigs    ledger.Signatures
	notes   map[ledger.NoteID]*ledger.Note
	parties map[ledger.PartyID]*ledger.Party
	books   map[ledger.BookID]*ledger.Book
	log     []Applied
}

// Applied is a command that was applied, with what the ledger added to it.
type Applied struct {
	Frame  ledger.Frame
	Signed ledger.Signed
	Change *ledger.Change
}

var _ ledger.World = (*Ledger)(nil)

// New makes an empty ledger whose commands must name the network.
func New(network string, sigs ledger.Signatures) *Ledger {
	return &Ledger{
		network: network, sigs: sigs,
		notes: map[ledger.NoteID]*ledger.Note{}, parties: map[ledger.PartyID]*ledger.Party{}, books: map[ledger.BookID]*ledger.Book{},
	}
}

// Apply applies a command and keeps its outcome, or gives the refusal and
// changes nothing.
func (m *Ledger) Apply(frame ledger.Frame, signed ledger.Signed) (*ledger.Change, error) {
	frame.Network = m.network
	c, err := ledger.Apply(m, m.sigs, frame, signed)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Note != nil:
		m.notes[c.Note.ID] = c.Note
	case c.Party != nil:
		m.parties[c.Party.ID] = c.Party
	case c.Book != nil:
		m.books[c.Book.ID] = c.Book
	}
	m.log = append(m.log, Applied{Frame: frame, Signed: signed, Change: c})
	return c, nil
}

// Log gives everything that was applied, in order.
func (m *Ledger) Log() []Applied { return slices.Clone(m.log) }

// Replay applies a log to an empty ledger. That it succeeds is itself a
// property of a ledger: state is what its commands make it.
func Replay(network string, sigs ledger.Signatures, log []Applied) (*Ledger, error) {
	m := New(network, sigs)
	for i, a := range log {
		if _, err := m.Apply(a.Frame, a.Signed); err != nil {
			return nil, fmt.Errorf("replaying command %d of %d: %w", i+1, len(log), err)
		}
	}
	return m, nil
}

// Fork copies the ledger. States are shared, since rules never change one.
func (m *Ledger) Fork() *Ledger {
	f := New(m.network, m.sigs)
	for id, n := range m.notes {
		f.notes[id] = n
	}
	for id, p := range m.parties {
		f.parties[id] = p
	}
	for id, b := range m.books {
		f.books[id] = b
	}
	f.log = slices.Clone(m.log)
	return f
}

// Note gives a note, or nil.
func (m *Ledger) Note(id ledger.NoteID) (*ledger.Note, error) { return m.notes[id], nil }

// Party gives a party, or nil.
func (m *Ledger) Party(id ledger.PartyID) (*ledger.Party, error) { return m.parties[id], nil }

// PartyRecord gives a party's public record, or nil. Its commitment is not
// salted: the model has no secrets.
func (m *Ledger) PartyRecord(id ledger.PartyID) (*ledger.PartyRecord, error) {
	p := m.parties[id]
	if p == nil {
		return nil, nil
	}
	return new(p.Record(ledger.Digest{})), nil
}

// Book gives a book, or nil.
func (m *Ledger) Book(id ledger.BookID) (*ledger.Book, error) { return m.books[id], nil }

// Notes gives every note, by id.
func (m *Ledger) Notes() map[ledger.NoteID]*ledger.Note { return m.notes }

// Holder gives the holder of the note's book; none once it is handed back.
func (m *Ledger) Holder(n *ledger.Note) ledger.PartyID {
	if b := m.books[n.Book]; b != nil {
		return b.Holder
	}
	return ""
}

// Heads gives the sequence number and chain head of every subject.
func (m *Ledger) Heads() map[ledger.Subject]Head {
	heads := map[ledger.Subject]Head{}
	for id, n := range m.notes {
		heads[id.Subject()] = Head{n.Seq, n.Head}
	}
	for id, p := range m.parties {
		heads[id.Subject()] = Head{p.Seq, p.Head}
	}
	for id, b := range m.books {
		heads[id.Subject()] = Head{b.Seq, b.Head}
	}
	return heads
}

// Head is where a subject's chain stands.
type Head struct {
	Seq  uint64
	Head ledger.Digest
}

// Next gives the sequence number of the subject's next command.
func (m *Ledger) Next(s ledger.Subject) uint64 {
	switch {
	case s.Kind == ledger.KindNote && m.notes[ledger.NoteID(s.ID)] != nil:
		return m.notes[ledger.NoteID(s.ID)].Seq + 1
	case s.Kind == ledger.KindParty && m.parties[ledger.PartyID(s.ID)] != nil:
		return m.parties[ledger.PartyID(s.ID)].Seq + 1
	case s.Kind == ledger.KindBook && m.books[ledger.BookID(s.ID)] != nil:
		return m.books[ledger.BookID(s.ID)].Seq + 1
	}
	return 1
}
