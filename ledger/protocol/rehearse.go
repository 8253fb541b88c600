package protocol

import (
	"context"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
)

// Rehearse runs the rules here, on states that are read for it; see
// ledger.Service. Nothing that is held is believed, and nothing is held of it.
func (c *Client) Rehearse(ctx context.Context, commands ...ledger.Rehearsal) ([]ledger.Outcome, error) {
	tasks := make([]*task, len(commands))
	var open []*task
	var wanted []ledger.Subject
	for i, r := range commands {
		t := c.newRehearsal(r)
		tasks[i] = t
		if t.isDone() {
			continue
		}
		t.look = true // at a subject that the command creates, too
		open, wanted = append(open, t), append(wanted, t.needs()...)
	}
	found, err := c.read(ctx, wanted)
	if err != nil {
		return nil, fmt.Errorf("rehearsing commands: %w", err)
	}
	for _, t := range open {
		c.tryOut(ctx, t, found)
	}
	all, err := outcomes(tasks)
	if err != nil {
		return nil, fmt.Errorf("rehearsing commands: %w", err)
	}
	return all, nil
}

// tryOut ends a task that is not to be submitted as its submission would: first
// whether its number is taken, then what its organisation may see, then the rules.
func (c *Client) tryOut(ctx context.Context, t *task, found map[ledger.Subject]*held) {
	if subject := found[t.subject]; subject.err == nil && subject.exists && subject.seq >= t.cmd.Seq {
		if c.settle(ctx, passed(t), subject); !t.ended {
			t.end(fate{notSent: t.last})
		}
		return
	}
	for _, s := range t.needs() {
		if err := found[s].usable(s); err != nil {
			t.end(judged(err))
			return
		}
	}
	result, err := c.rehearse(ctx, t, found)
	if err != nil {
		t.end(judged(err))
		return
	}
	t.end(fate{outcome: ledger.Outcome{State: ledger.Committed, Result: result}})
}

// judged makes a fate of a rehearsal's error. That the registry cannot be asked
// just now is no judgement of the command.
func judged(err error) fate {
	if e, ok := asRefusal(err); ok && e.Class() == ledger.ClassUnavailable {
		return fate{notSent: err}
	}
	return refusedAs(err)
}

// rehearse runs the rules on a command as the contract would just now, on the
// states found and on others that it adds to them.
func (c *Client) rehearse(ctx context.Context, t *task, found map[ledger.Subject]*held) (*ledger.Result, error) {
	world := &localWorld{ctx: ctx, client: c, states: found}
	frame := ledger.Frame{Network: c.Network(), At: c.opts.Clock(), Org: c.channel.Org()}
	return ledger.Rehearse(world, c.sigs, frame, ledger.Rehearsal{Signed: t.signed, Draft: t.cmd})
}
