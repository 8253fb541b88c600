package chaincode

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// among says whether the caller's organisation is one of these. The registrar
// reads what it keeps.
func (r *reader) among(orgs []string) bool {
	return r.org == protocol.RegistrarMSP || slices.Contains(orgs, r.org)
}

// noteReaders gives the note's holder and the organisations that may read the
// note, sorted: those that host somebody who is something to it.
func (r *reader) noteReaders(record *ledger.NoteRecord, e *ledger.Entry) (ledger.PartyID, []string, error) {
	var n ledger.Note
	if err := json.Unmarshal(e.State, &n); err != nil {
		return "", nil, fmt.Errorf("decoding a note's state: %w", err)
	}
	var holder ledger.PartyID
	if record.Book != "" {
		book, err := r.world.Book(record.Book)
		if err != nil {
			return "", nil, err
		}
		if book == nil {
			return "", nil, errors.New("reading a note's book: it does not exist")
		}
		holder = book.Holder
	}
	parties := append(ledger.Parties(&n, holder), ledger.FormerHolders(&n, finance.DateOf(r.at))...)
	var orgs []string
	for _, id := range parties {
		p, err := r.world.PartyRecord(id)
		if err != nil {
			return "", nil, err
		}
		if p == nil {
			return "", nil, errors.New("reading a note's parties: one does not exist")
		}
		orgs = append(orgs, p.Org)
	}
	slices.Sort(orgs)
	return holder, slices.Compact(orgs), nil
}

// mayReadParty says whether the caller may read a party's state: its host may,
// of a company or an authority every member, and while a person is to get new
// keys the organisation of the company that is to confirm them.
func (r *reader) mayReadParty(record *ledger.PartyRecord, e *ledger.Entry) (bool, error) {
	if r.among([]string{record.Org}) {
		return true, nil
	}
	var p ledger.Party
	if err := json.Unmarshal(e.State, &p); err != nil {
		return false, fmt.Errorf("decoding a party's state: %w", err)
	}
	if p.Kind == ledger.Company || p.Kind == ledger.Authority {
		return true, nil
	}
	recovery := p.RecoveryAt(r.at)
	if recovery == nil {
		return false, nil
	}
	witness, err := r.world.PartyRecord(recovery.Witness)
	return witness != nil && witness.Org == r.org, err
}

func (r *reader) mayReadHistory(s ledger.Subject, end tip) (bool, error) {
	if end.seq == 0 {
		return false, nil
	}
	if s.Kind == ledger.KindBook {
		return true, nil
	}
	e, err := r.entry(s, end.seq)
	if err != nil {
		return false, err
	}
	if s.Kind == ledger.KindParty {
		p, err := r.world.party(ledger.PartyID(s.ID))
		if err != nil {
			return false, err
		}
		return r.mayReadParty(p.record, e)
	}
	n, err := r.world.note(ledger.NoteID(s.ID))
	if err != nil {
		return false, err
	}
	_, orgs, err := r.noteReaders(n.record, e)
	return r.among(orgs), err
}

// mayReadSigner says whether the caller may read a note on which the party acted,
// or on which another party acted and the party on that one. Who may read a
// signature may see the keys that prove it, and their whole history, since keys
// come and go.
func (r *reader) mayReadSigner(id ledger.PartyID, because *protocol.Place) (bool, error) {
	note := because.Note.Subject()
	end, err := r.world.before(note)
	if err != nil || end.seq == 0 {
		return false, err
	}
	if may, err := r.mayReadHistory(note, end); err != nil || !may {
		return false, err
	}
	if because.Via == "" {
		return r.acted(id, note, because.Seq)
	}
	if may, err := r.acted(because.Via, note, because.Seq); err != nil || !may {
		return false, err
	}
	return r.acted(id, because.Via.Subject(), because.ViaSeq)
}

// acted says whether a party signed a command on a subject, or it was signed for
// the party.
func (r *reader) acted(id ledger.PartyID, on ledger.Subject, seq uint64) (bool, error) {
	end, err := r.world.before(on)
	if err != nil || seq == 0 || seq > end.seq {
		return false, err
	}
	e, err := r.entry(on, seq)
	if err != nil {
		return false, err
	}
	opened, err := r.sigs.Open(e.Signed)
	if err != nil {
		return false, fmt.Errorf("opening entry %d: %w", e.Seq, err)
	}
	command, err := ledger.DecodeCommand(opened.Payload)
	if err != nil {
		return false, fmt.Errorf("reading the command in entry %d: %w", e.Seq, err)
	}
	return command.By == id || command.For == id, nil
}
