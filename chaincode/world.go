package chaincode

import (
	"encoding/json"
	"fmt"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// world is what the rules see during one transaction: the public records, each
// read at most once and only when asked for; the private states that came with
// the batch, each checked against its record's commitment; and, over both, what
// the batch itself has written, which Fabric would not show it.
type world struct {
	stub    shim.ChaincodeStubInterface
	batch   *protocol.Batch
	notes   map[ledger.NoteID]*slot[ledger.NoteRecord, ledger.Note]
	parties map[ledger.PartyID]*slot[ledger.PartyRecord, ledger.Party]
	books   map[ledger.BookID]*slot[ledger.Book, ledger.Book]
}

var _ ledger.World = (*world)(nil)

// tip is the end of a subject's chain; zero where there is no such subject.
type tip struct {
	head ledger.Digest
	seq  uint64
}

// slot is one subject as the transaction has it so far.
type slot[R, S any] struct {
	before tip
	record *R // nil where there is no such subject
	state  *S // nil until it is asked for
}

func newWorld(stub shim.ChaincodeStubInterface, b *protocol.Batch) *world {
	return &world{
		stub: stub, batch: b,
		notes:   map[ledger.NoteID]*slot[ledger.NoteRecord, ledger.Note]{},
		parties: map[ledger.PartyID]*slot[ledger.PartyRecord, ledger.Party]{},
		books:   map[ledger.BookID]*slot[ledger.Book, ledger.Book]{},
	}
}

// source says where a record is and where in it the end of the chain stands.
type source[R any] struct {
	subject ledger.Subject
	tip     func(*R) tip
}

// find gives a subject's slot and reads its record the first time.
func find[ID ~string, R, S any](w *world, slots map[ID]*slot[R, S], id ID, of source[R]) (*slot[R, S], error) {
	if found := slots[id]; found != nil {
		return found, nil
	}
	raw, err := w.stub.GetState(protocol.RecordKey(of.subject))
	if err != nil {
		return nil, fmt.Errorf("reading the record of a %s: %w", of.subject.Kind, err)
	}
	found := &slot[R, S]{}
	if len(raw) > 0 {
		found.record = new(R)
		if err := json.Unmarshal(raw, found.record); err != nil {
			return nil, fmt.Errorf("decoding the record of a %s: %w", of.subject.Kind, err)
		}
		found.before = of.tip(found.record)
	}
	slots[id] = found
	return found, nil
}

func (w *world) note(id ledger.NoteID) (*slot[ledger.NoteRecord, ledger.Note], error) {
	return find(w, w.notes, id, source[ledger.NoteRecord]{id.Subject(), func(r *ledger.NoteRecord) tip { return tip{r.Head, r.Seq} }})
}

func (w *world) party(id ledger.PartyID) (*slot[ledger.PartyRecord, ledger.Party], error) {
	return find(w, w.parties, id, source[ledger.PartyRecord]{id.Subject(), func(r *ledger.PartyRecord) tip { return tip{r.Head, r.Seq} }})
}

func (w *world) book(id ledger.BookID) (*slot[ledger.Book, ledger.Book], error) {
	return find(w, w.books, id, source[ledger.Book]{id.Subject(), func(r *ledger.Book) tip { return tip{r.Head, r.Seq} }})
}

// openState takes a private state out of the batch after checking that it is
// the one whose commitment stands in the subject's record.
func openState[S any](sent protocol.State, ok bool, commitment ledger.Digest) (*S, error) {
	if !ok {
		return nil, ledger.Refuse(ledger.CodeStateMissing)
	}
	if ledger.Commit(sent.Salt, sent.State) != commitment {
		return nil, ledger.Refuse(ledger.CodeStateStale)
	}
	state := new(S)
	if err := json.Unmarshal(sent.State, state); err != nil {
		return nil, fmt.Errorf("decoding a state that was committed to: %w", err)
	}
	return state, nil
}

// Note gives a note's state; of an erased note it follows from the record.
func (w *world) Note(id ledger.NoteID) (*ledger.Note, error) {
	s, err := w.note(id)
	if err != nil || s.record == nil || s.state != nil {
		return stateOf(s), err
	}
	if s.state = s.record.Bare(id); s.state != nil {
		return s.state, nil
	}
	sent, ok := w.batch.Notes[id]
	s.state, err = openState[ledger.Note](sent, ok, s.record.Commitment)
	return s.state, err
}

// Party gives a party's state.
func (w *world) Party(id ledger.PartyID) (*ledger.Party, error) {
	s, err := w.party(id)
	if err != nil || s.record == nil || s.state != nil {
		return stateOf(s), err
	}
	sent, ok := w.batch.Parties[id]
	s.state, err = openState[ledger.Party](sent, ok, s.record.Commitment)
	return s.state, err
}

func stateOf[R, S any](s *slot[R, S]) *S {
	if s == nil {
		return nil
	}
	return s.state
}

// PartyRecord gives a party's public record.
func (w *world) PartyRecord(id ledger.PartyID) (*ledger.PartyRecord, error) {
	s, err := w.party(id)
	if err != nil {
		return nil, err
	}
	return s.record, nil
}

// Book gives a book.
func (w *world) Book(id ledger.BookID) (*ledger.Book, error) {
	s, err := w.book(id)
	if err != nil {
		return nil, err
	}
	return s.record, nil
}

// before gives the end of a subject's chain as it stood before the transaction.
func (w *world) before(s ledger.Subject) (tip, error) {
	switch s.Kind {
	case ledger.KindNote:
		n, err := w.note(ledger.NoteID(s.ID))
		return tipOf(n), err
	case ledger.KindParty:
		p, err := w.party(ledger.PartyID(s.ID))
		return tipOf(p), err
	}
	b, err := w.book(ledger.BookID(s.ID))
	return tipOf(b), err
}

func tipOf[R, S any](s *slot[R, S]) tip {
	if s == nil {
		return tip{}
	}
	return s.before
}
