package chaincode

import (
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// writer gathers what a batch leads to and writes it at the end: each record
// once, however many commands concerned it, since every write is a round trip
// to the peer.
type writer struct {
	world *world
	frame ledger.Frame

	touched []ledger.Subject // in the order of their first change
	records map[ledger.Subject]any
	entries []entry         // in the order of the commands
	erased  []ledger.Result // of the commands that erased a note
	purges  uint64          // entries that those had
	results []ledger.Result // in the order of the commands
}

// entry is what the registrar keeps of one command.
type entry struct {
	key  string
	kept ledger.Entry
}

// MaxPurges is the most entries that one transaction purges, each of which is a
// round trip to the peer: as many as a note may have.
const MaxPurges = ledger.MaxProofLinks

func newWriter(w *world, frame ledger.Frame) *writer {
	return &writer{world: w, frame: frame, records: map[ledger.Subject]any{}}
}

// empty says whether no command was applied.
func (o *writer) empty() bool { return len(o.results) == 0 }

// keep notes down a change and shows it to the commands that follow.
func (o *writer) keep(c *ledger.Change, sent *protocol.BatchCommand) error {
	if c.Note != nil && c.Note.Status == ledger.StatusErased {
		return o.erase(c)
	}
	e := ledger.Entry{
		Seq: c.Result.Seq, Signed: sent.Signed, At: o.frame.At, Org: o.frame.Org, Transaction: o.world.stub.GetTxID(),
	}
	if err := o.commit(c, sent.Salt, &e); err != nil {
		return fmt.Errorf("keeping what %s led to: %w", c.Result.Op, err)
	}
	o.entries = append(o.entries, entry{protocol.EntryKey(c.Result.Subject, e.Seq), e})
	o.results = append(o.results, c.Result)
	return nil
}

// erase notes down that a note is erased: its record has no commitment to
// anything, there is no entry of the command, and those before it are purged. A
// batch that would purge too much is refused as a whole, which tells the client
// to make smaller ones.
func (o *writer) erase(c *ledger.Change) error {
	if o.purges += c.Result.Seq - 1; o.purges > MaxPurges {
		return ledger.Refuse(ledger.CodeRequestTooLarge)
	}
	s, err := o.world.note(c.Note.ID)
	if err != nil {
		return fmt.Errorf("erasing a note: %w", err)
	}
	record := c.Note.Record(ledger.Digest{})
	s.record, s.state = &record, c.Note
	o.touch(c.Result.Subject, record)
	o.erased = append(o.erased, c.Result)
	o.results = append(o.results, c.Result)
	return nil
}

// commit makes the subject's new record. The private state goes into the entry
// and its salted commitment into the record; a book has nothing private.
func (o *writer) commit(c *ledger.Change, salt ledger.Salt, e *ledger.Entry) error {
	var err error
	switch {
	case c.Note != nil:
		if e.State, err = ledger.Canonical(c.Note); err != nil {
			return err
		}
		e.Salt = salt
		record := c.Note.Record(ledger.Commit(salt, e.State))
		s, err := o.world.note(c.Note.ID)
		if err != nil {
			return err
		}
		s.record, s.state = &record, c.Note
		o.touch(c.Result.Subject, record)
	case c.Party != nil:
		if e.State, err = ledger.Canonical(c.Party); err != nil {
			return err
		}
		e.Salt = salt
		record := c.Party.Record(ledger.Commit(salt, e.State))
		s, err := o.world.party(c.Party.ID)
		if err != nil {
			return err
		}
		s.record, s.state = &record, c.Party
		o.touch(c.Result.Subject, record)
	default:
		s, err := o.world.book(c.Book.ID)
		if err != nil {
			return err
		}
		s.record = c.Book
		o.touch(c.Result.Subject, c.Book)
	}
	return nil
}

func (o *writer) touch(s ledger.Subject, record any) {
	if _, known := o.records[s]; !known {
		o.touched = append(o.touched, s)
	}
	o.records[s] = record
}

// flush writes records, entries and the event. An entry's key is new with every
// command, so it is written without being read.
func (o *writer) flush() error {
	for _, s := range o.touched {
		raw, err := protocol.Marshal(o.records[s])
		if err != nil {
			return err
		}
		if err := o.world.stub.PutState(protocol.RecordKey(s), raw); err != nil {
			return fmt.Errorf("writing the record of a %s: %w", s.Kind, err)
		}
	}
	if err := o.flushEntries(); err != nil {
		return err
	}
	event, err := protocol.Marshal(protocol.AppliedEvent{Results: o.results})
	if err != nil {
		return err
	}
	if err := o.world.stub.SetEvent(protocol.EventApplied, event); err != nil {
		return fmt.Errorf("setting the event: %w", err)
	}
	return nil
}

// flushEntries writes the entries and purges those of erased notes, also what the
// batch itself would have kept of them.
func (o *writer) flushEntries() error {
	purged := map[string]bool{}
	for _, r := range o.erased {
		for seq := uint64(1); seq < r.Seq; seq++ {
			key := protocol.EntryKey(r.Subject, seq)
			if err := o.world.stub.PurgePrivateData(protocol.Collection, key); err != nil {
				return fmt.Errorf("purging an entry: %w", err)
			}
			purged[key] = true
		}
	}
	for i := range o.entries {
		if purged[o.entries[i].key] {
			continue
		}
		raw, err := protocol.Marshal(&o.entries[i].kept)
		if err != nil {
			return err
		}
		if err := o.world.stub.PutPrivateData(protocol.Collection, o.entries[i].key, raw); err != nil {
			return fmt.Errorf("writing an entry: %w", err)
		}
	}
	return nil
}
