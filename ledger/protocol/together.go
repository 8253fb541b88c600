package protocol

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
)

// SubmitTogether hands in commands for one transaction of their own, and waits
// for their outcomes; see ledger.Service.
func (c *Client) SubmitTogether(ctx context.Context, commands ...ledger.Signed) ([]ledger.Outcome, error) {
	if most := min(ledger.MaxBatch, c.opts.MaxOpen); len(commands) > most {
		return nil, inseparable(fmt.Sprintf("there are %d, and one transaction takes %d", len(commands), most))
	}
	tasks := make([]*task, len(commands))
	b := &bundle{together: true}
	for i, signed := range commands {
		tasks[i] = c.newTask(signed)
		if tasks[i].isDone() {
			b.refused = true
			continue
		}
		b.tasks = append(b.tasks, tasks[i])
	}
	if len(b.tasks) == 0 {
		return outcomes(tasks)
	}
	return c.resolve(ctx, tasks, []*bundle{b})
}

// inseparable refuses commands that cannot be one transaction.
func inseparable(why string) *ledger.Error {
	return ledger.Refuse(ledger.CodeAtomicImpossible, "detail", why)
}

// errBound says why a command was not tried: one that it goes with could not be.
var errBound = errors.New("a command that goes together with this one was not ready")

// attemptTogether tries the open tasks of a bundle in one transaction, if all of
// them can go. Every transaction that is ever made for the bundle thus has all
// of its commands, so what becomes of one of them tells of the others.
func (c *Client) attemptTogether(ctx context.Context, b *bundle, open []*task) {
	states, err := c.gather(ctx, open)
	if err != nil {
		stop(open, err)
		return
	}
	var ready []*task
	for _, t := range open {
		if c.prepare(ctx, t, states) {
			ready = append(ready, t)
		}
	}
	if len(ready) == len(b.tasks) && !b.refused {
		c.transactTogether(ctx, ready)
	} else {
		stop(ready, errBound)
	}
	c.bind(ctx, b)
}

func (c *Client) transactTogether(ctx context.Context, ready []*task) {
	p, err := c.packTogether(ready)
	if err == nil {
		c.transact(ctx, p)
		return
	}
	stop(ready, err)
	for _, t := range ready {
		t.end(t.givenUp()) // the limits will be the same at the next attempt
	}
}

// packTogether makes one parcel of all the tasks, or refuses to.
func (c *Client) packTogether(tasks []*task) (*parcel, error) {
	p := &parcel{tasks: tasks, together: true}
	for _, t := range tasks {
		var ok bool
		if p.endorsers, ok = common(p.endorsers, t.endorsers); !ok {
			return nil, inseparable("no one organisation may endorse all of them")
		}
		p.bytes += t.size()
	}
	if p.bytes > c.opts.MaxBatchBytes {
		return nil, inseparable(fmt.Sprintf("with what they need they have %d bytes, and one transaction takes %d", p.bytes, c.opts.MaxBatchBytes))
	}
	return p, nil
}

// decisive leaves the refusals that decide the fate of commands that go
// together. While a single one of them is only outdated none decides anything:
// the others may be refused for its sake.
func (c *Client) decisive(refused []refusedTask) []refusedTask {
	if !slices.ContainsFunc(refused, refusedTask.outdated) {
		return refused
	}
	for _, t := range refused {
		c.lookAgain(t)
	}
	return nil
}

// bind draws the consequences for the tasks of a bundle that are still open
// from those that have ended.
//
// One that was applied by a transaction of ours was applied with the others, so
// they are only looked for once more. One that was refused, or that stood
// before, can be in no transaction of ours that counts, so nor can the others;
// a refusal is only given where that is certain (see reject). Whether they, too,
// stood before is looked up as with every refusal. One whose fate stays unknown
// leaves theirs unknown.
func (c *Client) bind(ctx context.Context, b *bundle) {
	applied, void, unknown := false, b.refused, false
	for _, t := range b.tasks {
		switch o := t.found.outcome; {
		case !t.ended:
		case o.State == ledger.Committed && (!o.Repeated || t.undecided):
			applied = true
		case o.State == ledger.Unknown, t.found.notSent != nil:
			unknown = true
		default:
			void = true
		}
	}
	var refused []refusedTask
	for _, t := range b.tasks {
		switch {
		case t.ended:
		case applied:
			t.look = true
		case void:
			t.undecided = false
			refused = append(refused, refusedTask{t, ledger.CodeBatchRefused})
		case unknown:
			t.end(t.givenUp())
		}
	}
	c.judge(ctx, refused)
}
