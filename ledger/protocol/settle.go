package protocol

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

// committed reads the answer of a committed transaction. If it cannot be read
// something was applied all the same, so the commands are looked up.
func (c *Client) committed(ctx context.Context, p *parcel, receipt Receipt) {
	var answer BatchAnswer
	if err := Decode(receipt.Answer, &answer); err != nil {
		c.unresolved(p.tasks, &Undecided{Transaction: receipt.Transaction, Err: fmt.Errorf("reading the contract's answer: %w", err)})
		return
	}
	c.answered(ctx, p, answer, receipt)
}

// answered deals out the contract's answers to the tasks of a transaction. The
// receipt is empty where nothing was ordered.
func (c *Client) answered(ctx context.Context, p *parcel, answer BatchAnswer, receipt Receipt) {
	if len(answer.Answers) != len(p.tasks) {
		c.unresolved(p.tasks, &Undecided{
			Transaction: receipt.Transaction,
			Err:         fmt.Errorf("%d commands got %d answers", len(p.tasks), len(answer.Answers)),
		})
		return
	}
	var refused []refusedTask
	for i, t := range p.tasks {
		a := answer.Answers[i]
		switch {
		case a.Result == nil:
			refused = append(refused, refusedTask{t, a.Code})
		case !t.fits(*a.Result), !a.Repeated && receipt.Transaction == "":
			c.unresolved([]*task{t}, &Undecided{
				Transaction: receipt.Transaction,
				Err:         errors.New("a command was answered with a result that cannot be its own"),
			})
		case a.Repeated:
			c.held.drop(t.subject)
			t.end(fate{outcome: ledger.Outcome{State: ledger.Committed, Result: a.Result, Repeated: true}})
		default:
			c.remember(t, receipt, *a.Result)
			t.end(fate{outcome: ledger.Outcome{
				State: ledger.Committed, Result: a.Result, Transaction: receipt.Transaction, Block: receipt.Block,
			}})
		}
	}
	if p.together {
		refused = c.decisive(refused)
	}
	c.judge(ctx, refused)
}

// turnedDown deals with a refusal of a whole transaction, of which nothing was
// ordered. It says whether the tasks should be tried in smaller transactions:
// one message that the contract cannot take must not stop the others.
func (c *Client) turnedDown(ctx context.Context, p *parcel, refusal *Refusal) (smaller bool) {
	tasks := p.tasks
	answer, err := refusal.Answer()
	switch {
	case err != nil:
		stop(tasks, err)
		return true
	case answer.Code == "":
		c.answered(ctx, p, answer, Receipt{})
		return false
	case answer.Code == ledger.CodeInternal:
		stop(tasks, refusal)
		return true
	case len(tasks) > 1 && !p.together && answer.Code != ledger.CodeClockSkew:
		stop(tasks, refusal)
		return true
	}
	refused := make([]refusedTask, len(tasks))
	for i, t := range tasks {
		refused[i] = refusedTask{t, answer.Code}
	}
	c.judge(ctx, refused)
	return false
}

// refusedTask is a task with the code of its refusal.
type refusedTask struct {
	*task
	code ledger.Code
}

// outdated says that another command came between our reading and the endorsers'.
func (t refusedTask) outdated() bool {
	return t.code == ledger.CodeStateMissing || t.code == ledger.CodeStateStale || t.code == ledger.CodeConflict
}

// lookAgain has a task tried again on states that are read anew.
func (c *Client) lookAgain(t refusedTask) {
	c.forget(t.task)
	t.look, t.last = true, fmt.Errorf("%w: %s", ErrConflict, t.code)
}

// fits says whether a result can be that of the task's command.
func (t *task) fits(r ledger.Result) bool {
	return r.Command == t.cmd.Command && r.Op == t.cmd.Op && r.Subject == t.subject && r.Seq == t.cmd.Seq
}

// judge decides what refusals mean. A refusal may hide that the command was
// applied already: it may have expired since, or its key may have been replaced.
// So the subjects are looked at before anybody is told.
func (c *Client) judge(ctx context.Context, refused []refusedTask) {
	var final []refusedTask
	var look []ledger.Subject
	for _, t := range refused {
		if t.outdated() {
			c.lookAgain(t)
			continue
		}
		final = append(final, t)
		look = append(look, t.subject)
	}
	if len(final) == 0 {
		return
	}
	found, err := c.read(ctx, look)
	for _, t := range final {
		if err != nil {
			c.forget(t.task)
			t.look, t.last = true, err
			continue
		}
		subject := found[t.subject]
		switch {
		case subject.err != nil:
			t.look, t.last = true, subject.err
		case subject.exists && subject.seq >= t.cmd.Seq:
			c.settle(ctx, t, subject)
		default:
			c.reject(ctx, t, found)
		}
	}
}

// settle ends a task whose subject has come as far as the command's number:
// either the command stands there, or another one does.
//
// Whether it stands is read from the subject's history and checked against the
// public record's head, which is the very check that the contract makes of a
// Proof. So nothing need be submitted to answer a repeat; a caller that wants
// the answer endorsed can have it by the Proof.
func (c *Client) settle(ctx context.Context, t refusedTask, subject *held) {
	place, err := c.find(ctx, t.task, subject)
	found := map[ledger.Subject]*held{t.subject: subject}
	switch {
	case ledger.CodeOf(err) == ledger.CodeNoteErased:
		c.reject(ctx, refusedTask{t.task, ledger.CodeNoteErased}, found) // nobody can tell
	case ledger.CodeOf(err) == ledger.CodeNotEntitled:
		c.reject(ctx, t, found) // nobody here can tell
	case err != nil:
		c.forget(t.task)
		t.look, t.last = true, err
	case place == nil:
		t.undecided = false // another command has the number for good
		c.reject(ctx, t, found)
	default:
		t.end(fate{outcome: ledger.Outcome{
			State: ledger.Committed, Result: &place.result, Transaction: place.transaction,
			Repeated: t.repeats(place.transaction),
		}})
	}
}

// passed is the refusal of a command whose number has been passed, where the
// contract itself was not asked.
func passed(t *task) refusedTask {
	if t.creates {
		return refusedTask{t, ledger.CodeExists}
	}
	return refusedTask{t, ledger.CodeSeqStale}
}

// reject ends a task with its refusal. The contract gives only the code, since
// the parameters may hold terms; they come from running the rules here.
// The states found so far are used, and added to.
//
// While a transaction with the command is undecided the refusal is no outcome:
// the command is refused now, and what was sent before may still come. Only
// what is ordered decides.
func (c *Client) reject(ctx context.Context, t refusedTask, found map[ledger.Subject]*held) {
	if t.undecided {
		t.end(t.givenUp())
		return
	}
	e := ledger.Refuse(t.code)
	if strings.Contains(e.Text(ledger.English), "{") {
		_, err := c.rehearse(ctx, t.task, found)
		if own, ok := asRefusal(err); ok && own.Code == t.code {
			e = own
		}
	}
	t.end(fate{outcome: ledger.Outcome{State: ledger.Rejected, Err: e}})
}
