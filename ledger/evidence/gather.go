package evidence

import (
	"context"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// Request says what evidence to gather.
type Request struct {
	Note    ledger.NoteID
	Payment uint64 // makes it a receipt of this payment; zero for none
}

// maxGathers is how often evidence is gathered anew because something in it
// moved while it was being gathered.
const maxGathers = 5

// Gather makes the evidence of a note from a ledger whose caller may read it. It
// runs the rules over the commands as Verify will, and so learns which parties
// and books are needed; a file that Verify would refuse is never given.
func Gather(ctx context.Context, service ledger.Service, q Request) ([]byte, error) {
	var last *Finding
	for range maxGathers {
		g := &gatherer{ctx: ctx, service: service, chains: map[ledger.Subject][]Entry{}, records: map[ledger.PartyID]*ledger.PartyRecord{}}
		f, err := g.gather(q)
		if err != nil {
			return nil, fmt.Errorf("gathering the evidence of note %s: %w", q.Note, err)
		}
		raw, err := f.Encode()
		if err != nil {
			return nil, fmt.Errorf("gathering the evidence of note %s: %w", q.Note, err)
		}
		report := Verify(raw, Anchors{Networks: []string{service.Network()}})
		if report.Holds() {
			return raw, nil
		}
		last = report.Findings[0]
		if last.Code == PaymentAbsent {
			return nil, ledger.Refuse(ledger.CodePaymentUnknown)
		}
		if last.Code != RecordOther {
			break
		}
		// A subject has moved on between its history and the peers' answer.
	}
	return nil, fmt.Errorf("gathering the evidence of note %s: what came does not hold: %w", q.Note, last)
}

// gatherer reads what one file needs.
type gatherer struct {
	ctx     context.Context
	service ledger.Service
	note    ledger.NoteID
	chains  map[ledger.Subject][]Entry
	records map[ledger.PartyID]*ledger.PartyRecord
}

// unverified opens signatures and takes them for good: the contract has verified
// them, and Verify will before the file is given away.
type unverified struct{ sign.Verifier }

func (unverified) Verify(ledger.Opened, ledger.Key) error { return nil }

func (g *gatherer) gather(q Request) (*File, error) {
	g.note = q.Note
	views, err := g.service.Notes(g.ctx, q.Note)
	if err != nil {
		return nil, err
	}
	switch {
	case views[0].Err != nil:
		return nil, views[0].Err
	case views[0].Record.Status == ledger.StatusErased:
		return nil, ledger.Refuse(ledger.CodeNoteErased)
	}
	entries, err := g.history(q.Note.Subject(), g.service.History)
	if err != nil {
		return nil, err
	}
	f := &File{V: Version, Network: g.service.Network(), Note: q.Note, Parties: []PartyChain{}}
	if q.Payment != 0 {
		f.About = &About{Payment: q.Payment}
	}
	r := newReplay(f.Network, unverified{}, g)
	for i, e := range entries {
		f.Entries = append(f.Entries, Entry{Signed: e.Signed, At: e.At.UTC(), Org: e.Org})
		if _, err := r.add(q.Note, uint64(i+1), f.Entries[i]); err != nil {
			return nil, err
		}
	}
	if err := r.finish(); err != nil {
		return nil, err
	}
	last := entries[len(entries)-1]
	f.Salt, f.State = last.Salt, last.State
	return f, g.attest(f, r)
}

// attest adds the other chains and what the peers say of all.
func (g *gatherer) attest(f *File, r *replay) error {
	for s := range r.lines {
		if s.Kind == ledger.KindParty {
			delete(r.named, ledger.PartyID(s.ID))
		}
	}
	q := askFor(f.Note, r)
	subjects := []ledger.Subject{f.Note.Subject()}
	for _, id := range q.Parties {
		subjects = append(subjects, id.Subject())
		if entries := g.chains[id.Subject()]; entries != nil {
			f.Parties = append(f.Parties, PartyChain{id, entries})
		}
	}
	for _, id := range q.Books {
		subjects = append(subjects, id.Subject())
		f.Books = append(f.Books, BookChain{id, g.chains[id.Subject()]})
	}
	if len(subjects) > MaxSubjects {
		return ledger.Refuse(ledger.CodeLimit, "what", "subjects of one file", "limit", itoa(MaxSubjects))
	}
	a, err := g.service.Attest(g.ctx, subjects...)
	if err != nil {
		return err
	}
	f.Genesis = a.Genesis
	f.Attestation = Attestation{Question: a.Question, Answer: a.Answer}
	for _, s := range a.Attesters {
		f.Attestation.Attesters = append(f.Attestation.Attesters, Attester(asAttester(s)))
	}
	return nil
}

func asAttester(s ledger.Attester) Attester {
	return Attester{Identity: s.Identity, Signature: s.Signature}
}

// reader reads a page of a history.
type reader func(ctx context.Context, s ledger.Subject, from uint64, limit int) ([]ledger.Entry, error)

// history reads all entries of a subject.
func (g *gatherer) history(s ledger.Subject, read reader) ([]ledger.Entry, error) {
	var all []ledger.Entry
	for len(all) < ledger.MaxProofLinks {
		some, err := read(g.ctx, s, uint64(len(all)+1), ledger.MaxHistory)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) == 0 {
			break
		}
	}
	switch {
	case len(all) == 0:
		return nil, ledger.Refuse(ledger.CodeNotFound, "kind", string(s.Kind))
	case len(all) >= ledger.MaxProofLinks:
		return nil, ledger.Refuse(ledger.CodeLimit, "what", "commands in one file", "limit", itoa(ledger.MaxProofLinks))
	}
	return all, nil
}

// chain reads the history of a party or a book that the replay asks for.
func (g *gatherer) chain(s ledger.Subject, at place) ([]Entry, error) {
	read := reader(g.service.History)
	if s.Kind == ledger.KindParty {
		read = func(ctx context.Context, s ledger.Subject, from uint64, limit int) ([]ledger.Entry, error) {
			return g.service.SignerHistory(ctx, ledger.SignerQuery{
				Party: ledger.PartyID(s.ID), Note: g.note, Seq: at.seq, Via: at.via, ViaSeq: at.viaSeq, From: from, Limit: limit,
			})
		}
	}
	all, err := g.history(s, read)
	if err != nil {
		return nil, fmt.Errorf("reading the history of %s: %w", s.ID, err)
	}
	entries := make([]Entry, len(all))
	for i, e := range all {
		entries[i] = Entry{Signed: e.Signed, At: e.At.UTC(), Org: e.Org}
	}
	g.chains[s] = entries
	return entries, nil
}

func (g *gatherer) known(id ledger.PartyID) bool { return g.chains[id.Subject()] != nil }

func (g *gatherer) record(id ledger.PartyID) (*ledger.PartyRecord, error) {
	if known := g.records[id]; known != nil {
		r := *known
		return &r, nil
	}
	views, err := g.service.Parties(g.ctx, id)
	if err != nil {
		return nil, fmt.Errorf("reading the record of %s: %w", id, err)
	}
	if views[0].Record.V == 0 {
		return nil, nil
	}
	g.records[id] = &views[0].Record
	r := views[0].Record
	return &r, nil
}
