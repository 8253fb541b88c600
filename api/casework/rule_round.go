package casework

import (
	"context"
	"time"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Limits of a RuleKeeper.
const (
	roundBatch = 100              // notes, or decisions, of one step
	roundPause = time.Minute      // between steps where there is nothing to do
	roundRetry = 10 * time.Second // after a step that could not be done
	maxWaiting = 10 * roundBatch  // decisions that one step carries on with
)

// The names of the rounds.
const (
	RoundDaily  = "daily"   // every note, once a day
	RoundChange = "changes" // notes, as they change
)

// RuleKeeper has the rules decide: of each note once a day and after each change. It
// goes on where it was when it is stopped, and does nothing twice.
type RuleKeeper struct {
	Desk *Desk
	// Ready says that the read model shows the ledger as it stands: of one that is
	// being rebuilt nothing may be decided.
	Ready func() bool
}

// Run keeps the rules until ctx ends. It begins with those that a company begins with.
func (k *RuleKeeper) Run(ctx context.Context) {
	for begun := false; ctx.Err() == nil; {
		_, changed := k.Desk.Book.Next()
		var more bool
		var err error
		if !begun {
			err = k.Desk.BeginRules(ctx)
			begun = err == nil
		}
		if begun {
			more, err = k.Step(ctx)
		}
		pause := roundPause
		if err != nil && ctx.Err() == nil {
			k.Desk.Log.Warn("the rules could not go on; they will try again", "error", err)
			more, pause, changed = false, roundRetry, nil
		}
		if more {
			continue
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Step decides of some notes, and says whether there are more just now.
func (k *RuleKeeper) Step(ctx context.Context) (more bool, err error) {
	if !k.Ready() {
		return false, nil
	}
	d := k.Desk
	rules, err := d.Rules(ctx)
	if err != nil {
		return false, err
	}
	r := &round{desk: d, rules: rules, today: finance.DateOf(d.Clock())}
	if err := r.goOn(ctx); err != nil {
		return false, err
	}
	changes, err := r.changes(ctx)
	if err != nil {
		return false, err
	}
	daily, err := r.daily(ctx)
	return changes || daily, err
}

// round is one step.
type round struct {
	desk  *Desk
	rules []rule.Rule
	today finance.Date
}

// goOn carries out what was decided and not done, as after a crash or while the
// ledger could not be reached.
func (r *round) goOn(ctx context.Context) error {
	after := int64(0)
	for range maxWaiting / roundBatch {
		waiting, err := r.desk.Book.DecisionsIn(ctx, casebook.DecisionWaiting, after, roundBatch)
		if err != nil || len(waiting) == 0 {
			return err
		}
		for i := range waiting {
			after = waiting[i].Place
			if err := r.carryOn(ctx, &waiting[i]); err != nil {
				r.failed(ctx, &waiting[i].Note, err)
			}
		}
	}
	return nil
}

// carryOn carries out one of them, unless its reason has gone meanwhile.
func (r *round) carryOn(ctx context.Context, kept *casebook.Decision) error {
	m, err := ReadDecision(kept)
	if err != nil {
		return err
	}
	done, err := r.desk.Book.Act(ctx, automaticID(kept))
	if err != nil {
		return err
	}
	if done == nil {
		if outcome, err := r.desk.decideAgain(ctx, kept); err != nil {
			return err
		} else if outcome != rule.Act {
			return r.end(ctx, kept)
		}
	}
	_, err = r.desk.carryOut(ctx, kept, m)
	return err
}

// end takes back a decision that was not carried out.
func (r *round) end(ctx context.Context, kept *casebook.Decision) error {
	settling := casebook.Settling{ID: kept.ID, From: kept.State, To: casebook.DecisionLapsed, At: r.desk.Clock()}
	if _, err := r.desk.Book.SettleDecision(ctx, settling); err != nil {
		return err
	}
	kept.State = casebook.DecisionLapsed
	_, err := r.desk.Book.DropTask(ctx, casebook.TaskID(casebook.TaskProposal, kept.ID), "", r.desk.Clock())
	return err
}

// failed logs that rules could not decide of a note, which they do again at the next
// change or on the next day.
func (r *round) failed(ctx context.Context, note *ledger.NoteID, err error) {
	if ctx.Err() == nil {
		r.desk.Log.Warn("a note's rules could not be carried out", "note", *note, "error", err)
	}
}

// changes decides of notes that have changed since it last did.
func (r *round) changes(ctx context.Context) (more bool, err error) {
	progress, err := r.desk.Book.Round(ctx, RoundChange)
	if err != nil {
		return false, err
	}
	q := store.NoteQuery{Party: r.desk.Party, Order: store.ByChange, Before: progress.Place, Limit: roundBatch}
	notes, more, err := r.desk.Book.Notes(ctx, q)
	if err != nil || len(notes) == 0 {
		return false, err
	}
	if progress.Begun.IsZero() {
		progress.Begun = r.desk.Clock()
	}
	return more, r.decideAll(ctx, &progress, notes, true)
}

// daily decides of every note, once a day. A day on which nobody ran it is left out:
// what was due then is due today.
func (r *round) daily(ctx context.Context) (more bool, err error) {
	progress, err := r.desk.Book.Round(ctx, RoundDaily)
	if err != nil {
		return false, err
	}
	switch today := r.today.String(); {
	case progress.Day != today:
		if err := r.remind(ctx); err != nil {
			return false, err
		}
		progress = casebook.Round{Name: RoundDaily, Day: today, Begun: r.desk.Clock()}
	case !progress.Ended.IsZero():
		return false, nil
	}
	q := store.NoteQuery{Party: r.desk.Party, Status: ledger.StatusActive, Order: store.ByOffer, Before: progress.Place, Limit: roundBatch}
	notes, more, err := r.desk.Book.Notes(ctx, q)
	if err != nil {
		return false, err
	}
	if !more {
		progress.Ended = r.desk.Clock()
	}
	return more, r.decideAll(ctx, &progress, notes, false)
}

// decideAll decides of the notes of a page, and keeps how far it came.
func (r *round) decideAll(ctx context.Context, progress *casebook.Round, notes []store.Note, whole bool) error {
	for i := range notes {
		n := &notes[i]
		acted, proposed, err := r.decide(ctx, n, whole)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			progress.Failed++
			r.failed(ctx, &n.State.ID, err)
		}
		progress.Notes++
		progress.Acted += acted
		progress.Proposed += proposed
		progress.Place = n.Cursor
	}
	return r.desk.Book.SaveRound(ctx, *progress)
}

// decide has every rule decide of a note, each seeing what those before it did.
func (r *round) decide(ctx context.Context, n *store.Note, whole bool) (acted, proposed int, err error) {
	v, err := r.desk.see(ctx, n, r.today, whole)
	if err != nil {
		return 0, 0, err
	}
	if err := r.lapse(ctx, v); err != nil {
		return 0, 0, err
	}
	for i := range r.rules {
		m := v.decide(&r.rules[i])
		if m.Decision.Outcome != rule.Act && m.Decision.Outcome != rule.Propose || v.open(m.Decision.Kind) != nil {
			continue
		}
		state, err := r.desk.settleMade(ctx, n.State.ID, &m)
		if err != nil {
			return acted, proposed, err
		}
		switch state {
		case casebook.DecisionDone:
			acted++
			v.facts.Earlier = append(v.facts.Earlier, rule.Earlier{Kind: m.Decision.Kind, On: r.today, PayBy: m.Decision.PayBy})
		case casebook.DecisionProposed:
			proposed++
		}
	}
	return acted, proposed, nil
}

// lapse takes back what a person was asked and need not answer any more, as when the
// payment has come.
func (r *round) lapse(ctx context.Context, v *sight) error {
	for i := range v.made {
		m := &v.made[i]
		if m.State != casebook.DecisionProposed {
			continue
		}
		if o := v.again(r.rules, m); o == rule.Act || o == rule.Propose {
			continue
		}
		if err := r.end(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// remind puts what waits for an answer on the worklist again: a crash may have come
// between the two.
func (r *round) remind(ctx context.Context) error {
	for after := int64(0); ; {
		open, err := r.desk.Book.DecisionsIn(ctx, casebook.DecisionProposed, after, roundBatch)
		if err != nil || len(open) == 0 {
			return err
		}
		for i := range open {
			after = open[i].Place
			if err := r.desk.askAPerson(ctx, &open[i]); err != nil {
				return err
			}
		}
	}
}
