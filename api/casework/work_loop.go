package casework

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	// workPass is how often it is looked for what the time has done to the work.
	workPass = 30 * time.Second
	// stillTheirs is how long after a promised time a call stays its owner's alone. Then
	// whoever is there first makes it: the person waits.
	stillTheirs = 30 * time.Minute
)

// KeepWork does what time does to the work with persons, until ctx ends: see PassWork.
// No promise is judged by a read model that is not ready, as while it is rebuilt.
func (d *Desk) KeepWork(ctx context.Context, ready func() bool) {
	turns := time.NewTicker(workPass)
	defer turns.Stop()
	for ctx.Err() == nil {
		pass := d.passTime
		if ready() {
			pass = d.PassWork
		}
		if err := pass(ctx, d.Clock()); err != nil && ctx.Err() == nil {
			d.Log.Warn("the worklist could not be brought up to the time; the next turn tries again", "error", err)
		}
		select {
		case <-turns.C:
		case <-ctx.Done():
		}
	}
}

// PassWork brings the work up to a moment: calls that were promised and not made are
// missed and stand before all else, promises to pay are kept or broken, and what the
// law lets nobody keep any longer goes. It may be repeated, and catches up with what
// happened while it was not done.
func (d *Desk) PassWork(ctx context.Context, now time.Time) error {
	return errors.Join(d.passTime(ctx, now), d.settlePromises(ctx, now))
}

// passTime is PassWork without what the ledger is asked for.
func (d *Desk) passTime(ctx context.Context, now time.Time) error {
	_, missed := d.Book.MissCalls(ctx, now)
	_, late := d.Book.EscalateTasks(ctx, now)
	_, released := d.Book.ReleaseLate(ctx, casebook.TaskCallback, now.Add(-stillTheirs))
	_, erased := d.Book.EraseWork(ctx, keptAt(now))
	return errors.Join(missed, late, released, erased)
}

// settlePromises says of each promise whose day has passed whether it was kept, by
// what was paid on the note. The bank tells of a payment some days after it was made:
// until then nobody is taken for having broken a promise. A broken one becomes a task:
// somebody asks how it went.
func (d *Desk) settlePromises(ctx context.Context, now time.Time) error {
	for {
		due, err := d.Book.PromisesDue(ctx, finance.DateOf(now).AddDays(-bankDays), store.MaxPage)
		if err != nil {
			return err
		}
		for i := range due {
			if err := d.settlePromise(ctx, &due[i], now); err != nil {
				return fmt.Errorf("settling the promise %s: %w", due[i].ID, err)
			}
		}
		if len(due) < store.MaxPage {
			return nil
		}
	}
}

func (d *Desk) settlePromise(ctx context.Context, p *casebook.Promise, now time.Time) error {
	state := casebook.PromiseKept
	n, err := d.Book.Note(ctx, p.Note)
	if err != nil {
		return err
	}
	var follows *casebook.Task
	switch {
	case n == nil || n.State == nil: // it is gone, and nobody waits for it
		state = casebook.PromiseWithdrawn
	case PaidOf(p, n.State) < p.Amount:
		state = casebook.PromiseBroken
		follows = &casebook.Task{Kind: casebook.TaskPromise, About: p.ID, Note: p.Note, Reason: "task-promise", Due: dueOn(finance.DateOf(now)), Owner: p.Staff}
	}
	_, err = d.Book.SettlePromise(ctx, p.ID, state, follows, now)
	return err
}

// keeping is how long the work with persons is kept, by which law.
type keeping struct {
	since time.Time // the law holds from then on
	years int       // after the mandate has ended
	most  int       // the same where something is left to settle
	law   string
}

// keepings are the periods, the latest law first. One that is not yet in force, or of
// another country, is a row here.
var keepings = []keeping{
	{since: time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC), years: 5, most: 10, law: "2023:714 ch. 3 par. 8"},
}

// keepingAt gives the period in force at a moment; the first one before there was any.
func keepingAt(now time.Time) keeping {
	for _, k := range keepings {
		if !k.since.After(now) {
			return k
		}
	}
	return keepings[len(keepings)-1]
}

// keptAt says what work goes at a moment.
func keptAt(now time.Time) casebook.WorkKept {
	k := keepingAt(now)
	return casebook.WorkKept{ClosedBefore: now.AddDate(-k.years, 0, 0), AtMost: now.AddDate(-k.most, 0, 0)}
}

// KeptBy names the law by which the work with persons is kept at a moment, and for how
// many years after the mandate has ended.
func KeptBy(now time.Time) (years int, law string) {
	k := keepingAt(now)
	return k.years, k.law
}
