package protocol_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

const network = "7c9d0000000000000000000000000000000000000000000000000000000000aa"

// fakeLedger is a contract and its ledger in the simplest form that keeps the
// protocol's word. It commits a transaction at once, and does whatever fault
// it is told to do.
type fakeLedger struct {
	mu      sync.Mutex
	now     time.Time
	rows    map[ledger.Subject]*row
	entries map[ledger.Subject][]ledger.Entry
	hidden  map[ledger.Subject]bool // that readers are not entitled to

	sent  []protocol.Batch      // every batch that came, in order
	with  []protocol.Submission // how
	reads int

	// fault is asked for every submission, numbered from 0.
	fault func(n int, b protocol.Batch) fault
	// gate, where there is one, is waited for in every submission; entered
	// tells that one has come to it.
	gate    chan struct{}
	entered chan int
	// late is a transaction that takes effect just before the next submission.
	late func()
	// damage changes a read's answer.
	damage func(*protocol.ReadAnswer)
	// damageHistory changes a history's answer.
	damageHistory func(*protocol.HistoryAnswer)
}

// row is the current state of a subject.
type row struct {
	note        *ledger.Note
	noteRecord  ledger.NoteRecord
	party       *ledger.Party
	partyRecord ledger.PartyRecord
	book        *ledger.Book
	state       protocol.State
}

func newFakeLedger() *fakeLedger {
	return &fakeLedger{
		now:     time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC),
		rows:    map[ledger.Subject]*row{},
		entries: map[ledger.Subject][]ledger.Entry{},
		hidden:  map[ledger.Subject]bool{},
	}
}

// fault is what goes wrong with one submission.
type fault struct {
	err    error
	effect bool // it takes effect nevertheless
	late   bool // it takes effect before the next submission
	// conflict says that the transaction is ordered and loses.
	conflict bool
}

// channel is the fake as one organisation sees it.
type channel struct {
	*fakeLedger
	org string
}

func (f *fakeLedger) as(org string) channel { return channel{f, org} }

func (c channel) Network() string { return network }
func (c channel) Org() string     { return c.org }

func (c channel) Attest(ctx context.Context, fn string, argument []byte) (ledger.Attestation, error) {
	answer, err := c.Evaluate(ctx, fn, argument)
	return ledger.Attestation{Question: argument, Answer: answer}, err
}

func (c channel) Submit(ctx context.Context, s protocol.Submission) (protocol.Receipt, error) {
	var b protocol.Batch
	if err := protocol.Decode(s.Transient[protocol.TransientBatch], &b); err != nil {
		return protocol.Receipt{}, err
	}
	c.mu.Lock()
	n := len(c.sent)
	c.sent, c.with = append(c.sent, b), append(c.with, s)
	gate := c.gate
	c.mu.Unlock()
	if gate != nil {
		c.entered <- n
		select {
		case <-gate:
		case <-ctx.Done():
			return protocol.Receipt{}, ctx.Err()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.late != nil {
		c.late()
		c.late = nil
		return protocol.Receipt{}, protocol.ErrConflict
	}
	var f fault
	if c.fault != nil {
		f = c.fault(n, b)
	}
	transaction := fmt.Sprintf("tx-%d", n)
	switch {
	case f.conflict:
		return protocol.Receipt{}, protocol.ErrConflict
	case f.late:
		c.late = func() { _, _ = c.apply(b, transaction) }
		return protocol.Receipt{}, f.err
	case f.err != nil && !f.effect:
		return protocol.Receipt{}, f.err
	}
	receipt, err := c.apply(b, transaction)
	if f.err != nil {
		return protocol.Receipt{}, f.err
	}
	return receipt, err
}

// apply is the contract.
func (c channel) apply(b protocol.Batch, transaction string) (protocol.Receipt, error) {
	frame := ledger.Frame{Network: network, At: c.now, Org: c.org}
	var answer protocol.BatchAnswer
	applied, refused := false, false
	rows, entries := maps.Clone(c.rows), maps.Clone(c.entries)
	w := world{c.fakeLedger, b, map[ledger.Subject]bool{}}
	for _, cmd := range b.Commands {
		change, err := ledger.Apply(w, sign.Verifier{}, frame, cmd.Signed)
		if err != nil {
			code := ledger.CodeOf(err)
			if code == "" {
				code = ledger.CodeInternal
			}
			answer.Answers = append(answer.Answers, protocol.Answer{Code: code})
			refused = true
			continue
		}
		applied = true
		w.written[change.Result.Subject] = true
		c.store(change, ledger.Entry{
			Seq: change.Result.Seq, Signed: cmd.Signed, At: c.now, Org: c.org, Transaction: transaction, Salt: cmd.Salt,
		})
		answer.Answers = append(answer.Answers, protocol.Answer{Result: &change.Result})
	}
	if b.Together && refused {
		c.rows, c.entries, applied = rows, entries, false
		for i, a := range answer.Answers {
			if a.Result != nil {
				answer.Answers[i] = protocol.Answer{Code: ledger.CodeBatchRefused}
			}
		}
	}
	text, err := protocol.Marshal(answer)
	if err != nil {
		return protocol.Receipt{}, err
	}
	if !applied {
		return protocol.Receipt{}, &protocol.Refusal{Message: string(text)}
	}
	return protocol.Receipt{Answer: text, Transaction: transaction, Block: 7, At: c.now}, nil
}

func (f *fakeLedger) store(change *ledger.Change, e ledger.Entry) {
	r := &row{note: change.Note, party: change.Party, book: change.Book}
	var state any = change.Book
	switch {
	case r.note != nil:
		state = r.note
	case r.party != nil:
		state = r.party
	}
	canonical, err := ledger.Canonical(state)
	if err != nil {
		panic(err)
	}
	r.state = protocol.State{Salt: e.Salt, State: canonical}
	if r.book == nil {
		e.State = canonical
	}
	commitment := ledger.Commit(e.Salt, canonical)
	if r.note != nil {
		r.noteRecord = r.note.Record(commitment)
	}
	if r.party != nil {
		r.partyRecord = r.party.Record(commitment)
	}
	s := change.Result.Subject
	f.rows[s] = r
	f.entries[s] = append(f.entries[s], e)
}

// world shows the rules the rows, and the private states only where the batch
// has them or has written them itself, as a peer would.
type world struct {
	f       *fakeLedger
	b       protocol.Batch
	written map[ledger.Subject]bool
}

func (w world) Note(id ledger.NoteID) (*ledger.Note, error) {
	r := w.f.rows[id.Subject()]
	if r == nil {
		return nil, nil
	}
	sent, ok := w.b.Notes[id]
	if err := check(sent, ok, r.noteRecord.Commitment); err != nil && !w.written[id.Subject()] {
		return nil, err
	}
	return r.note, nil
}

func (w world) Party(id ledger.PartyID) (*ledger.Party, error) {
	r := w.f.rows[id.Subject()]
	if r == nil {
		return nil, nil
	}
	sent, ok := w.b.Parties[id]
	if err := check(sent, ok, r.partyRecord.Commitment); err != nil && !w.written[id.Subject()] {
		return nil, err
	}
	return r.party, nil
}

func check(sent protocol.State, ok bool, commitment ledger.Digest) error {
	switch {
	case !ok:
		return ledger.Refuse(ledger.CodeStateMissing)
	case ledger.Commit(sent.Salt, sent.State) != commitment:
		return ledger.Refuse(ledger.CodeStateStale)
	}
	return nil
}

func (w world) PartyRecord(id ledger.PartyID) (*ledger.PartyRecord, error) {
	if r := w.f.rows[id.Subject()]; r != nil {
		return &r.partyRecord, nil
	}
	return nil, nil
}

func (w world) Book(id ledger.BookID) (*ledger.Book, error) {
	if r := w.f.rows[id.Subject()]; r != nil {
		return r.book, nil
	}
	return nil, nil
}

func (c channel) Evaluate(_ context.Context, fn string, argument []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads++
	switch fn {
	case protocol.FnRead:
		var q protocol.Query
		if err := protocol.Decode(argument, &q); err != nil {
			return nil, err
		}
		if n := len(q.Notes) + len(q.Parties) + len(q.Books); n > ledger.MaxRead {
			return nil, fmt.Errorf("%d subjects in one read", n)
		}
		a := c.answer(q)
		if c.damage != nil {
			c.damage(&a)
		}
		return protocol.Marshal(a)
	case protocol.FnHistory:
		return c.history(argument)
	}
	return nil, errors.New("no such function: " + fn)
}

func (c channel) answer(q protocol.Query) protocol.ReadAnswer {
	var a protocol.ReadAnswer
	for _, id := range q.Notes {
		r := c.rows[id.Subject()]
		switch {
		case r == nil:
			a.Notes = append(a.Notes, protocol.NoteAnswer{Code: ledger.CodeNotEntitled})
		case c.hidden[id.Subject()]:
			a.Notes = append(a.Notes, protocol.NoteAnswer{Record: &r.noteRecord, Code: ledger.CodeNotEntitled})
		default:
			a.Notes = append(a.Notes, protocol.NoteAnswer{
				Record: &r.noteRecord, State: &r.state, Holder: c.holder(r.note), Orgs: c.orgs(r.note),
			})
		}
	}
	for _, id := range q.Parties {
		r := c.rows[id.Subject()]
		switch {
		case r == nil:
			a.Parties = append(a.Parties, protocol.PartyAnswer{Code: ledger.CodeNotEntitled})
		case c.hidden[id.Subject()]:
			a.Parties = append(a.Parties, protocol.PartyAnswer{Record: &r.partyRecord, Code: ledger.CodeNotEntitled})
		default:
			a.Parties = append(a.Parties, protocol.PartyAnswer{Record: &r.partyRecord, State: &r.state})
		}
	}
	for _, id := range q.Books {
		if r := c.rows[id.Subject()]; r != nil {
			a.Books = append(a.Books, protocol.BookAnswer{Book: r.book})
			continue
		}
		a.Books = append(a.Books, protocol.BookAnswer{Code: ledger.CodeNotFound})
	}
	return a
}

func (f *fakeLedger) holder(n *ledger.Note) ledger.PartyID {
	if n.Book == "" {
		return ""
	}
	return f.rows[n.Book.Subject()].book.Holder
}

func (f *fakeLedger) orgs(n *ledger.Note) []string {
	var orgs []string
	for _, id := range append(n.BorrowerIDs(), n.Lender, f.holder(n)) {
		if r := f.rows[id.Subject()]; r != nil {
			orgs = append(orgs, r.party.Org)
		}
	}
	slices.Sort(orgs)
	return slices.Compact(orgs)
}

func (c channel) history(argument []byte) ([]byte, error) {
	var q protocol.HistoryQuery
	if err := protocol.Decode(argument, &q); err != nil {
		return nil, err
	}
	all := c.entries[q.Subject]
	a := protocol.HistoryAnswer{Entries: []ledger.Entry{}}
	switch {
	case c.hidden[q.Subject] || all == nil:
		a.Code = ledger.CodeNotEntitled
		c.showOwn(&a, all, q)
	case int(q.From) <= len(all):
		rest := all[q.From-1:]
		a.Entries = slices.Clone(rest[:min(q.Limit, len(rest))])
	}
	if c.damageHistory != nil {
		c.damageHistory(&a)
	}
	return protocol.Marshal(a)
}

// showOwn shows a reader that is not entitled to a history its own part of it.
func (c channel) showOwn(a *protocol.HistoryAnswer, all []ledger.Entry, q protocol.HistoryQuery) {
	for _, e := range all[min(int(q.From)-1, len(all)):min(int(q.From)-1+q.Limit, len(all))] {
		o, err := sign.Verifier{}.Open(e.Signed)
		if err != nil {
			panic(err)
		}
		a.Links = append(a.Links, ledger.Link(o.Payload, o.Seal, e.At, e.Org))
		if e.Org == c.org {
			a.Entries = append(a.Entries, e)
		}
	}
}

func (c channel) Blocks(_ context.Context, from uint64) iter.Seq2[ledger.Block, error] {
	return func(yield func(ledger.Block, error) bool) {
		for _, n := range []uint64{from, from + 1, from + 3} {
			if !yield(ledger.Block{Number: n}, nil) {
				return
			}
		}
	}
}
