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
// A crash loses the queue and nothing else: what was not answered is unknown
// to its caller, who submits it again, and it applies once in any case.
type gathering struct {
	mu       sync.Mutex
	waiting  []*task                 // in the order in which they came
	busy     map[ledger.Subject]bool // subjects of the commands under way
	underWay int                     // transactions
	closed   bool
}

// add puts tasks at the end of the queue.
func (g *gathering) add(tasks []*task) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return ErrClosed
	}
	g.waiting = append(g.waiting, tasks...)
	return nil
}

// close refuses tasks from now on. Those that wait still go.
func (g *gathering) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// withdraw takes a task back that is not under way yet.
func (g *gathering) withdraw(t *task) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, t)
	if i < 0 {
		return false
	}
	g.waiting = slices.Delete(g.waiting, i, i+1)
	return true
}

// take gives the tasks for one transaction: the first that wait, as many as
// fit, passing over those that must wait for another one. It gives none where
// nothing can go now.
func (g *gathering) take(limits ClientOptions) []*task {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.underWay >= limits.UnderWay {
		return nil
	}
	var batch []*task
	ahead := map[ledger.Subject]bool{} // subjects of the tasks before this one
	bytes := 0
	rest := g.waiting[:0:0]
	for i, t := range g.waiting {
		if len(batch) == limits.MaxBatch || bytes > limits.MaxBatchBytes {
			rest = append(rest, g.waiting[i:]...)
			break
		}
		blocked := slices.ContainsFunc(t.orderedBehind(), func(s ledger.Subject) bool {
			return g.busy[s] || ahead[s]
		})
		ahead[t.subject] = true
		if blocked {
			rest = append(rest, t)
			continue
		}
		batch = append(batch, t)
		bytes += t.size()
	}
	if len(batch) == 0 {
		return nil
	}
	for _, t := range batch {
		g.busy[t.subject] = true
	}
	g.waiting = rest
	g.underWay++
	return batch
}

// release ends a transaction's hold on its subjects.
func (g *gathering) release(batch []*task) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range batch {
		delete(g.busy, t.subject)
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
		c.runs.Add(1)
		go func() {
			defer c.runs.Done()
			c.run(c.ctx, batch)
			c.gathering.release(batch)
			c.room.Release(int64(len(batch)))
			c.dispatch()
		}()
	}
}
