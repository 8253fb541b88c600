package chaincode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// reader answers reads for one organisation. What it must not see it is
// answered as if it did not exist; only the public records, which it has on
// its own peer anyway, tell the two apart.
//
// A read must only be evaluated and never be submitted: its answer would stand
// in a block, even of a transaction that lacks its second endorser and is found
// invalid. Fabric gives a contract no way to tell the two apart, so a client
// that may read a state can publish it, here as anywhere else.
type reader struct {
	world *world
	sigs  ledger.Signatures
	log   *slog.Logger
	org   string
	at    time.Time
}

// read gives current states. Only the registrar's peer has them.
func (r *reader) read(raw []byte) ([]byte, error) {
	q, err := decodeQuery(raw)
	if err != nil {
		return nil, err
	}
	var answer protocol.ReadAnswer
	for _, id := range q.Notes {
		a, err := r.note(id)
		if err != nil {
			return nil, err
		}
		answer.Notes = append(answer.Notes, a)
	}
	for _, id := range q.Parties {
		a, err := r.party(id)
		if err != nil {
			return nil, err
		}
		answer.Parties = append(answer.Parties, a)
	}
	for _, id := range q.Books {
		a, err := r.book(id)
		if err != nil {
			return nil, err
		}
		answer.Books = append(answer.Books, a)
	}
	return protocol.Marshal(answer)
}

// records gives the public records alone, which every peer has.
func (r *reader) records(raw []byte) ([]byte, error) {
	q, err := decodeQuery(raw)
	if err != nil {
		return nil, err
	}
	var answer protocol.ReadAnswer
	for _, id := range q.Notes {
		s, err := r.world.note(id)
		if err != nil {
			return nil, err
		}
		answer.Notes = append(answer.Notes, protocol.NoteAnswer{Record: s.record, Code: absent(s.record == nil)})
	}
	for _, id := range q.Parties {
		s, err := r.world.party(id)
		if err != nil {
			return nil, err
		}
		answer.Parties = append(answer.Parties, protocol.PartyAnswer{Record: s.record, Code: absent(s.record == nil)})
	}
	for _, id := range q.Books {
		a, err := r.book(id)
		if err != nil {
			return nil, err
		}
		answer.Books = append(answer.Books, a)
	}
	return protocol.Marshal(answer)
}

func absent(is bool) ledger.Code {
	if is {
		return ledger.CodeNotFound
	}
	return ""
}

func (r *reader) note(id ledger.NoteID) (protocol.NoteAnswer, error) {
	s, err := r.world.note(id)
	if err != nil {
		return protocol.NoteAnswer{}, err
	}
	if s.record == nil {
		return protocol.NoteAnswer{Code: ledger.CodeNotEntitled}, nil
	}
	if s.record.Status == ledger.StatusErased { // which is public, and there is nothing else
		return protocol.NoteAnswer{Record: s.record, Code: ledger.CodeNoteErased}, nil
	}
	e, err := r.entry(id.Subject(), s.record.Seq)
	if code := ledger.CodeOf(err); code != "" {
		return protocol.NoteAnswer{Record: s.record, Code: code}, nil
	}
	if err != nil {
		return protocol.NoteAnswer{}, err
	}
	holder, orgs, err := r.noteReaders(s.record, e)
	if err != nil {
		return protocol.NoteAnswer{}, err
	}
	if !r.among(orgs) {
		return protocol.NoteAnswer{Record: s.record, Code: ledger.CodeNotEntitled}, nil
	}
	return protocol.NoteAnswer{
		Record: s.record, State: &protocol.State{Salt: e.Salt, State: e.State}, Holder: holder, Orgs: orgs,
	}, nil
}

func (r *reader) party(id ledger.PartyID) (protocol.PartyAnswer, error) {
	s, err := r.world.party(id)
	if err != nil {
		return protocol.PartyAnswer{}, err
	}
	if s.record == nil {
		return protocol.PartyAnswer{Code: ledger.CodeNotEntitled}, nil
	}
	e, err := r.entry(id.Subject(), s.record.Seq)
	if code := ledger.CodeOf(err); code != "" {
		return protocol.PartyAnswer{Record: s.record, Code: code}, nil
	}
	if err != nil {
		return protocol.PartyAnswer{}, err
	}
	entitled, err := r.mayReadParty(s.record, e)
	if err != nil {
		return protocol.PartyAnswer{}, err
	}
	if !entitled {
		return protocol.PartyAnswer{Record: s.record, Code: ledger.CodeNotEntitled}, nil
	}
	return protocol.PartyAnswer{Record: s.record, State: &protocol.State{Salt: e.Salt, State: e.State}}, nil
}

func (r *reader) book(id ledger.BookID) (protocol.BookAnswer, error) {
	s, err := r.world.book(id)
	if err != nil {
		return protocol.BookAnswer{}, err
	}
	return protocol.BookAnswer{Book: s.record, Code: absent(s.record == nil)}, nil
}

// entry reads what the registrar keeps of one command. One that is not kept
// here is refused as unavailable, so that it costs its own subject and not the
// others of the same question; that it is missing is logged.
func (r *reader) entry(s ledger.Subject, seq uint64) (*ledger.Entry, error) {
	raw, err := r.world.stub.GetPrivateData(protocol.Collection, protocol.EntryKey(s, seq))
	if err == nil && len(raw) == 0 {
		err = errors.New("the record names one that is not kept here")
	}
	if err != nil {
		r.log.LogAttrs(context.Background(), slog.LevelError, "entry cannot be read",
			slog.String("transaction", r.world.stub.GetTxID()), slog.String("kind", string(s.Kind)), slog.String("id", s.ID),
			slog.Uint64("seq", seq), slog.String("error", err.Error()))
		return nil, ledger.Refuse(ledger.CodeUnavailable)
	}
	var e ledger.Entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, fmt.Errorf("decoding an entry of a %s: %w", s.Kind, err)
	}
	return &e, nil
}

// history gives a subject's entries to whom may read its current state, and to
// others those that came through them: who handed a command in must be able to
// learn that it was applied, also where the command itself ended its right to
// read. It gives fewer than the limit where they would be too long for one
// message; the caller goes on from the last.
func (r *reader) history(raw []byte) ([]byte, error) {
	q, err := decodeHistoryQuery(raw)
	if err != nil {
		return nil, err
	}
	end, err := r.world.before(q.Subject)
	if err != nil {
		return nil, err
	}
	erased, err := r.erased(q.Subject)
	if err != nil {
		return nil, err
	}
	if erased {
		return protocol.Marshal(protocol.HistoryAnswer{Entries: []ledger.Entry{}, Code: ledger.CodeNoteErased})
	}
	entitled, err := r.mayReadHistory(q.Subject, end)
	if err == nil && !entitled && q.Because != nil && end.seq > 0 {
		entitled, err = r.mayReadSigner(ledger.PartyID(q.Subject.ID), q.Because)
	}
	if err != nil {
		return nil, err
	}
	answer := protocol.HistoryAnswer{Entries: []ledger.Entry{}}
	if !entitled {
		answer.Code = ledger.CodeNotEntitled
	}
	size := 0
	for n := 0; q.From+uint64(n) <= end.seq && n < q.Limit && size < MaxHistoryBytes; n++ {
		e, err := r.entry(q.Subject, q.From+uint64(n))
		if err != nil {
			return nil, err
		}
		if !entitled {
			link, err := r.link(e)
			if err != nil {
				return nil, err
			}
			answer.Links = append(answer.Links, link)
		}
		if entitled || e.Org == r.org {
			answer.Entries = append(answer.Entries, *e)
		}
		size += len(e.State) + e.Signed.Size() // of what is not shown, too: it was read
	}
	return protocol.Marshal(answer)
}

// erased says whether a subject is a note that is erased.
func (r *reader) erased(s ledger.Subject) (bool, error) {
	if s.Kind != ledger.KindNote {
		return false, nil
	}
	n, err := r.world.note(ledger.NoteID(s.ID))
	if err != nil || n.record == nil {
		return false, err
	}
	return n.record.Status == ledger.StatusErased, nil
}

// link gives an entry's place in the chain without what it says (see ledger.Link).
func (r *reader) link(e *ledger.Entry) (ledger.Digest, error) {
	opened, err := r.sigs.Open(e.Signed)
	if err != nil {
		return ledger.Digest{}, fmt.Errorf("opening entry %d: %w", e.Seq, err)
	}
	return ledger.Link(opened.Payload, opened.Seal, e.At, e.Org), nil
}
