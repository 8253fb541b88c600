package protocol

import (
	"context"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
)

// walkPage is how many entries are asked for at a time when a whole chain is
// walked. Entries hold states, so that a page stays well below a megabyte.
const walkPage = 100

// History gives a subject's entries. It checks that they are the subject's,
// that none is left out, and that each state it shows has the head that
// follows from the commands.
func (c *Client) History(ctx context.Context, subject ledger.Subject, from uint64, limit int) ([]ledger.Entry, error) {
	from = max(from, 1)
	limit = min(limit, ledger.MaxHistory)
	if limit <= 0 {
		return nil, nil
	}
	return c.checkedPage(ctx, HistoryQuery{Subject: subject, From: from, Limit: limit})
}

// checkedPage asks for a part of a history and checks what came.
func (c *Client) checkedPage(ctx context.Context, q HistoryQuery) ([]ledger.Entry, error) {
	entries, err := c.page(ctx, q)
	if err != nil {
		return nil, err
	}
	var k chain
	for i, e := range entries {
		if err := k.add(c.sigs, q.Subject, e, q.From+uint64(i)); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func (c *Client) page(ctx context.Context, q HistoryQuery) ([]ledger.Entry, error) {
	a, err := c.historyOf(ctx, q)
	switch {
	case err != nil:
		return nil, err
	case a.Code != "":
		return nil, absent(a.Code, q.Subject.Kind)
	}
	return a.Entries, nil
}

// historyOf asks for a part of a subject's history.
func (c *Client) historyOf(ctx context.Context, q HistoryQuery) (HistoryAnswer, error) {
	var a HistoryAnswer
	if err := c.ask(ctx, FnHistory, q, &a); err != nil {
		return a, err
	}
	if max(len(a.Entries), len(a.Links)) > q.Limit {
		return a, fmt.Errorf("reading the history of %s: more entries came than were asked for", q.Subject.ID)
	}
	return a, nil
}

// step is one place in a chain as the registrar shows it: the entry, or only
// its link where the entry is not for the reader's eyes.
type step struct {
	entry *ledger.Entry
	link  ledger.Digest
}

// steps lays a part of a history out in order from a number on. What does not
// fit together is found where the steps are added to a chain.
func (a *HistoryAnswer) steps(from uint64) []step {
	if a.Code == "" {
		all := make([]step, len(a.Entries))
		for i := range a.Entries {
			all[i].entry = &a.Entries[i]
		}
		return all
	}
	all := make([]step, len(a.Links))
	for i, l := range a.Links {
		all[i].link = l
	}
	for i := range a.Entries {
		if at := a.Entries[i].Seq - from; at < uint64(len(all)) {
			all[at].entry = &a.Entries[i]
		}
	}
	return all
}

// chain follows a subject's hash chain along its entries.
type chain struct {
	seq    uint64
	before ledger.Digest // head before the entry added last
	head   ledger.Digest // head after it
	link   ledger.Digest
	opened ledger.Opened
}

// add takes the entry that must have this number. A chain that does not start
// at 1 takes its head from the first state that it meets.
func (k *chain) add(sigs ledger.Signatures, subject ledger.Subject, e ledger.Entry, seq uint64) error {
	wrong := func(what string) error {
		return fmt.Errorf("reading the history of %s: entry %d %s", subject.ID, seq, what)
	}
	opened, err := sigs.Open(e.Signed)
	if err != nil {
		return fmt.Errorf("reading the history of %s: entry %d: %w", subject.ID, seq, err)
	}
	cmd, err := ledger.DecodeCommand(opened.Payload)
	switch {
	case err != nil:
		return fmt.Errorf("reading the history of %s: entry %d: %w", subject.ID, seq, err)
	case e.Seq != seq || cmd.Seq != seq:
		return wrong("has another number")
	case cmd.Subject() != subject:
		return wrong("is about something else")
	}
	known := seq == 1 || k.seq > 0 && !k.head.IsZero()
	k.link = ledger.Link(opened.Payload, opened.Seal, e.At, e.Org)
	k.before, k.seq, k.opened = k.head, seq, opened
	stated, err := headOf(subject.Kind, e)
	switch {
	case err != nil:
		return fmt.Errorf("reading the history of %s: the state in entry %d: %w", subject.ID, seq, err)
	case known:
		k.head = ledger.NextHead(k.before, k.link)
		if !stated.IsZero() && stated != k.head {
			return wrong("does not lead to the state that stands beside it")
		}
	default:
		k.head = stated
	}
	return nil
}

// take adds the next step. An entry that comes with its link must have that link.
func (k *chain) take(sigs ledger.Signatures, subject ledger.Subject, s step) error {
	seq := k.seq + 1
	if s.entry == nil {
		k.before, k.seq, k.link, k.head = k.head, seq, s.link, ledger.NextHead(k.head, s.link)
		return nil
	}
	if err := k.add(sigs, subject, *s.entry, seq); err != nil {
		return err
	}
	if !s.link.IsZero() && s.link != k.link {
		return fmt.Errorf("reading the history of %s: entry %d has another link", subject.ID, seq)
	}
	return nil
}

// headOf gives the head in the state that an entry holds, and zero where it
// holds none: books are public, and what was erased is gone.
func headOf(kind ledger.Kind, e ledger.Entry) (ledger.Digest, error) {
	if len(e.State) == 0 {
		return ledger.Digest{}, nil
	}
	switch kind {
	case ledger.KindNote:
		n, err := decodedLater[ledger.Note](e.State)()
		if err != nil {
			return ledger.Digest{}, err
		}
		return n.Head, nil
	case ledger.KindParty:
		p, err := decodedLater[ledger.Party](e.State)()
		if err != nil {
			return ledger.Digest{}, err
		}
		return p.Head, nil
	}
	b, err := decodedLater[ledger.Book](e.State)()
	if err != nil {
		return ledger.Digest{}, err
	}
	return b.Head, nil
}

// place is where a command stands in its subject's chain.
type place struct {
	result      ledger.Result
	transaction string
	proof       ledger.Proof
}

// walk follows a subject's chain from its first command to the last that the
// public record counts, and holds its end against the record's head. Each step
// is shown when it was added to the chain, but proves something only when walk
// has ended without an error.
func (c *Client) walk(ctx context.Context, s ledger.Subject, record *held, show func(*chain, step) error) error {
	if record.seq > ledger.MaxProofLinks {
		return fmt.Errorf("reading the history of %s: it has more than %d commands", s.ID, ledger.MaxProofLinks)
	}
	var k chain
	for k.seq < record.seq {
		from := k.seq + 1
		a, err := c.historyOf(ctx, HistoryQuery{Subject: s, From: from, Limit: min(walkPage, int(record.seq-k.seq))})
		if err != nil {
			return err
		}
		steps := a.steps(from)
		switch {
		case len(steps) == 0 && a.Code != "":
			return absent(a.Code, s.Kind)
		case len(steps) == 0:
			return fmt.Errorf("reading the history of %s: it ends before its record", s.ID)
		}
		for _, next := range steps {
			if err := k.take(c.sigs, s, next); err != nil {
				return err
			}
			if err := show(&k, next); err != nil {
				return err
			}
		}
	}
	if k.head != record.head {
		return fmt.Errorf("reading the history of %s: it does not lead to the head in its record", s.ID)
	}
	return nil
}

// find looks for a task's command in the chain of its subject. It gives nil
// where another command stands in its place. Who has lost sight of the subject
// is shown what it handed in itself; where something else stands in the
// command's place, it is refused. Of an erased note nobody can say what stood
// in its chain, but for the last command: that is named in the record.
func (c *Client) find(ctx context.Context, t *task, subject *held) (*place, error) {
	var found place
	if r := subject.noteRecord; r.Status == ledger.StatusErased {
		if t.cmd.Op != ledger.OpErase || t.cmd.Seq != r.Seq || t.cmd.Command != r.Erasure {
			return nil, ledger.Refuse(ledger.CodeNoteErased)
		}
		found.result = ledger.Result{Command: t.cmd.Command, Op: t.cmd.Op, Subject: t.subject, Seq: r.Seq, Head: r.Head}
		return &found, nil
	}
	err := c.walk(ctx, t.subject, subject, func(k *chain, s step) error {
		switch {
		case k.seq == t.cmd.Seq && s.entry == nil:
			return ledger.Refuse(ledger.CodeNotEntitled)
		case k.seq == t.cmd.Seq:
			found.transaction = s.entry.Transaction
			found.proof = ledger.Proof{Seq: k.seq, Before: k.before, Seal: k.opened.Seal, At: s.entry.At, Org: s.entry.Org}
		case k.seq > t.cmd.Seq:
			found.proof.After = append(found.proof.After, k.link)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for command %s: %w", t.cmd.Command, err)
	}
	result, ok := ledger.Repeated(t.opened, found.proof, subject.head, subject.seq)
	if !ok {
		return nil, nil
	}
	found.result = *result
	return &found, nil
}
