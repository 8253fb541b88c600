package protocol

import (
	"slices"
	"sync"

	"github.com/skuld-registry/skuld/ledger"
)

// gathering is the queue in front of the transactions: group commit.
//
// A transaction costs its signatures, its ordering and its commit whether it
// carries one command or a hundred. So the commands that wait at the same
// moment go together, whoever their callers are. Nothing is ever delayed to
// fill a transaction: a command that comes while fewer than UnderWay
// transactions are under way leaves at once, alone; one that comes later has to
// wait for a transaction to end anyway, and leaves with all that waited too.
//
// What keeps the outcome of each command its caller's own:
//
//   - A subject has at most one command under way (busy). Two commands about
//     one subject in two transactions would be endorsed on the same state, and
//     one would lose; in one transaction the second would depend on the first.
//     Waiting in turn costs the second caller nothing that its sequence number
//     does not cost it already.
//   - A command also waits behind one that is about its signer (registering it,
//     changing its keys), and behind what itself waits for that. So commands of
//     one caller take effect in the order in which they were handed in.
//   - Other things that a command reads (books, other parties' records) may
//     change under it. Then the transaction is found invalid as a whole, and
//     nothing of it is applied: the run tries again in smaller transactions,
//     down to single commands, so that one command cannot hold up the others.
//   - The answer of the contract is by command. A refused command does not
//     touch those beside it, since the contract applies each by itself.
//
// Commands that must go together are one bundle: they wait for all that any of
// them must wait for, leave as they are, with nobody else's beside them, and
// are never split.
//
// A crash loses the queue and nothing else: what was not answered is unknown
// to its caller, who submits it again, and it applies once in any case.
type gathering struct {
	mu       sync.Mutex
	waiting  []*bundle               // in the order in which they came
	busy     map[ledger.Subject]bool // subjects of the commands under way
	underWay int                     // transactions
	closed   bool
}

// bundle is what leaves the queue as one: a single command, or several that
// apply together or not at all.
type bundle struct {
	tasks    []*task
	together bool
	// refused says that the form of one of the commands was refused before, so
	// that the others, which are all in tasks, cannot apply.
	refused bool
}

// subjects lists what must not be under way elsewhere while the bundle is.
func (b *bundle) subjects() []ledger.Subject {
	list := make([]ledger.Subject, len(b.tasks))
	for i, t := range b.tasks {
		list[i] = t.subject
	}
	return list
}

// behind says whether any of the bundle's commands must wait for another one,
// given how to tell whether one about a subject goes before it.
func (b *bundle) behind(goesBefore func(ledger.Subject) bool) bool {
	return slices.ContainsFunc(b.tasks, func(t *task) bool {
		return slices.ContainsFunc(t.orderedBehind(), goesBefore)
	})
}

func (b *bundle) finish(f fate) {
	for _, t := range b.tasks {
		t.finish(f)
	}
}

func commandsIn(bundles []*bundle) int64 {
	var n int64
	for _, b := range bundles {
		n += int64(len(b.tasks))
	}
	return n
}

// add puts bundles at the end of the queue.
func (g *gathering) add(bundles []*bundle) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return ErrClosed
	}
	g.waiting = append(g.waiting, bundles...)
	return nil
}

// close refuses tasks from now on. Those that wait still go.
func (g *gathering) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// withdraw takes a bundle back that is not under way yet.
func (g *gathering) withdraw(b *bundle) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, b)
	if i < 0 {
		return false
	}
	g.waiting = slices.Delete(g.waiting, i, i+1)
	return true
}

// take gives what goes into one transaction: the first single commands that
// wait, as many as fit, or the first bundle, passing over what must wait for
// another command. It gives none where nothing can go now.
func (g *gathering) take(limits ClientOptions) *bundle {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.underWay >= limits.UnderWay {
		return nil
	}
	var batch bundle
	ahead := map[ledger.Subject]bool{} // subjects of what waits before
	bytes := 0
	rest := g.waiting[:0:0]
	for i, b := range g.waiting {
		if batch.together || len(batch.tasks) == limits.MaxBatch || bytes > limits.MaxBatchBytes {
			rest = append(rest, g.waiting[i:]...)
			break
		}
		blocked := b.behind(func(s ledger.Subject) bool { return g.busy[s] || ahead[s] })
		for _, s := range b.subjects() {
			ahead[s] = true
		}
		if blocked || b.together && len(batch.tasks) > 0 {
			rest = append(rest, b)
			continue
		}
		batch.tasks = append(batch.tasks, b.tasks...)
		batch.together, batch.refused = b.together, b.refused
		for _, t := range b.tasks {
			bytes += t.size()
		}
	}
	if len(batch.tasks) == 0 {
		return nil
	}
	for _, s := range batch.subjects() {
		g.busy[s] = true
	}
	g.waiting = rest
	g.underWay++
	return &batch
}

// release ends a transaction's hold on its subjects.
func (g *gathering) release(b *bundle) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range b.subjects() {
		delete(g.busy, s)
	}
	g.underWay--
}

// dispatch starts as many transactions as may be under way. Every change that
// could let another one go is followed by a call: a command handed in, and a
// transaction ended.
func (c *Client) dispatch() {
	for {
		batch := c.gathering.take(c.opts)
		if batch == nil {
			return
		}
		for _, t := range batch.tasks {
			t.spans.queue.End()
		}
		c.runs.Add(1)
		go func() {
			defer c.runs.Done()
			c.run(c.ctx, batch)
			c.gathering.release(batch)
			c.room.Release(int64(len(batch.tasks)))
			c.dispatch()
		}()
	}
}
