package protocol

import (
	"context"
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
)

// run carries tasks through to their fates: attempt after attempt until none
// is open, for a bounded number of times and a bounded time.
func (c *Client) run(ctx context.Context, b *bundle) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Patience)
	defer cancel()
	open, size := b.tasks, len(b.tasks)
	for attempt := range c.opts.Attempts {
		if attempt > 0 {
			if err := c.opts.Wait(ctx, c.opts.Backoff(attempt)); err != nil {
				break
			}
		}
		smaller := false
		if b.together {
			c.attemptTogether(ctx, b, open)
		} else {
			smaller = c.attempt(ctx, open, size)
		}
		open = stillOpen(open)
		if len(open) == 0 {
			return
		}
		if smaller {
			// A command that stops those beside it, by losing again and again
			// or by what it is, is soon alone.
			size = max(1, size/2)
		}
	}
	for _, t := range open {
		t.end(t.givenUp())
	}
}

// stillOpen leaves the tasks that another attempt may help.
func stillOpen(tasks []*task) []*task {
	var open []*task
	for _, t := range tasks {
		if !t.ended && errors.Is(t.last, ErrTurnedAway) {
			t.end(t.givenUp())
		}
		if !t.ended {
			open = append(open, t)
		}
	}
	return open
}

// givenUp is the fate of a task after its last attempt.
func (t *task) givenUp() fate {
	var o ledger.Outcome
	switch {
	case t.undecided:
		o = ledger.Outcome{State: ledger.Unknown, Err: ledger.Refuse(ledger.CodeOutcomeOpen)}
		if len(t.transactions) > 0 {
			o.Transaction = t.transactions[len(t.transactions)-1]
		}
	case errors.Is(t.last, ErrConflict):
		o = ledger.Outcome{State: ledger.Conflicted, Err: ledger.Refuse(ledger.CodeConflict)}
	case t.last == nil:
		return fate{notSent: errors.New("no attempt was made")}
	default:
		return fate{notSent: t.last}
	}
	return fate{outcome: o}
}

// attempt tries each open task once, in transactions of at most size commands,
// and says whether the next attempt should make smaller ones.
func (c *Client) attempt(ctx context.Context, open []*task, size int) (smaller bool) {
	states, err := c.gather(ctx, open)
	if err != nil {
		stop(open, err)
		return false
	}
	var ready []*task
	for _, t := range open {
		if c.prepare(ctx, t, states) {
			ready = append(ready, t)
		}
	}
	for _, p := range c.pack(ready, size) {
		if c.transact(ctx, p) {
			smaller = true
		}
	}
	return smaller
}

// stop notes why tasks got no further in this attempt.
func stop(tasks []*task, why error) {
	for _, t := range tasks {
		t.last = why
	}
}

// gather brings together the states that the tasks need: what is held, and the
// rest in one read for all of them.
func (c *Client) gather(ctx context.Context, open []*task) (map[ledger.Subject]*held, error) {
	states := map[ledger.Subject]*held{}
	var missing []ledger.Subject
	for _, t := range open {
		if t.look {
			c.held.drop(t.subject)
		}
		for _, s := range t.needs() {
			if h := c.held.get(s); h != nil {
				states[s] = h
			} else {
				missing = append(missing, s)
			}
		}
	}
	if len(missing) == 0 {
		return states, nil
	}
	found, err := c.read(ctx, missing)
	if err != nil {
		return nil, fmt.Errorf("reading the states that commands need: %w", err)
	}
	for s, h := range found {
		states[s] = h
		if h.state != nil && h.err == nil {
			c.held.put(s, h)
		}
	}
	return states, nil
}

// maxEarly bounds how often a command waits for the one before it: some 300 ms
// by DefaultBackoff, many times what two peers are apart.
const maxEarly = 6

// prepare readies a task for a transaction. It says no where there is none to
// make: the fate is already known, or must first be looked up again.
func (c *Client) prepare(ctx context.Context, t *task, states map[ledger.Subject]*held) bool {
	t.states = map[ledger.Subject]*held{}
	for _, s := range t.needs() {
		t.states[s] = states[s]
	}
	subject := t.states[t.subject]
	if subject != nil && subject.exists && subject.seq >= t.cmd.Seq {
		c.settle(ctx, passed(t), subject)
		return false
	}
	if t.lookups > 0 {
		t.lookups--
		return false
	}
	for s, h := range t.states {
		err := h.usable(s)
		switch {
		case err == nil:
		case ledger.CodeOf(err) == ledger.CodeNoteErased:
			c.reject(ctx, refusedTask{t, ledger.CodeNoteErased}, states)
			return false
		case ledger.CodeOf(err) != ledger.CodeNotEntitled:
			t.last = err
			return false
		case s == t.subject && h.seq+1 < t.cmd.Seq && t.early < maxEarly:
			// The command follows one that the registrar's peer has not seen
			// yet, and it may be that one which makes the signer party to it.
			t.early++
			t.look, t.last = true, err
			return false
		default:
			c.reject(ctx, refusedTask{t, ledger.CodeNotEntitled}, states)
			return false
		}
	}
	t.endorsers = endorsers(c.channel.Org(), subject, t.states[t.cmd.By.Subject()], t.states[t.cmd.For.Subject()])
	return true
}

// parcel is what goes into one transaction.
type parcel struct {
	tasks     []*task
	together  bool // all of them apply or none
	endorsers []string
	bytes     int
}

// pack divides tasks into as few transactions as their endorsers allow, each
// within the limits: an organisation is shown nothing but what it may see.
func (c *Client) pack(ready []*task, size int) []*parcel {
	var parcels []*parcel
next:
	for _, t := range ready {
		n := t.size()
		for _, p := range parcels {
			if len(p.tasks) >= size || p.bytes+n > c.opts.MaxBatchBytes {
				continue
			}
			if both, ok := common(p.endorsers, t.endorsers); ok {
				p.tasks, p.endorsers, p.bytes = append(p.tasks, t), both, p.bytes+n
				continue next
			}
		}
		parcels = append(parcels, &parcel{tasks: []*task{t}, endorsers: t.endorsers, bytes: n})
	}
	return parcels
}

// transact sends one transaction and settles what can be settled of its tasks.
// It says whether the rest should be tried in smaller ones.
func (c *Client) transact(ctx context.Context, p *parcel) (smaller bool) {
	message, err := c.compose(p)
	if err != nil {
		stop(p.tasks, err)
		return false
	}
	watching, w := c.watch(ctx, p, len(message))
	receipt, err := c.channel.Submit(watching, Submission{
		Fn: FnApply, Transient: map[string][]byte{TransientBatch: message}, Endorsers: p.endorsers,
	})
	w.end(receipt, err)
	var refusal *Refusal
	switch {
	case err == nil:
		c.committed(ctx, p, receipt)
	case errors.As(err, &refusal):
		return c.turnedDown(ctx, p, refusal)
	case errors.Is(err, ErrConflict):
		// Which of the states had changed is not told.
		for _, t := range p.tasks {
			c.forget(t)
		}
		stop(p.tasks, err)
		return true
	case errors.Is(err, ErrNotSent), errors.Is(err, ErrInvalid), errors.Is(err, ErrTurnedAway):
		stop(p.tasks, err)
	default:
		c.unresolved(p.tasks, err)
	}
	return false
}

// compose writes the message of a transaction.
func (c *Client) compose(p *parcel) ([]byte, error) {
	b := Batch{Together: p.together, Parties: map[ledger.PartyID]State{}, Notes: map[ledger.NoteID]State{}}
	for _, t := range p.tasks {
		var err error
		if t.salt, err = c.salt(); err != nil {
			return nil, err
		}
		b.Commands = append(b.Commands, BatchCommand{Signed: t.signed, Salt: t.salt})
		for s, h := range t.states {
			if h.state == nil {
				continue
			}
			if s.Kind == ledger.KindNote {
				b.Notes[ledger.NoteID(s.ID)] = *h.state
			} else {
				b.Parties[ledger.PartyID(s.ID)] = *h.state
			}
		}
	}
	return Marshal(b)
}

// forget gives up the states that an attempt was based on.
func (c *Client) forget(t *task) {
	c.held.drop(t.needs()...)
	c.held.drop(t.subject)
}

// unresolved marks tasks whose transaction was sent and never answered for. The
// next attempts look whether the commands stand, before they are submitted anew.
func (c *Client) unresolved(tasks []*task, err error) {
	var transaction string
	if u, ok := errors.AsType[*Undecided](err); ok {
		transaction = u.Transaction
	}
	for _, t := range tasks {
		c.forget(t)
		t.sentIn(transaction, c.opts.Lookups)
	}
	stop(tasks, err)
}
