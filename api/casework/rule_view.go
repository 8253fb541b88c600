package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// sight is all that rules see of a note on a day.
type sight struct {
	note   *store.Note
	facts  rule.Facts // without what is about one rule alone
	stops  []casebook.Stop
	forAll []casebook.Stop // of rules, for every note
	made   []casebook.Decision
}

// see gathers what rules see of a note. Of a note on which nothing is late it asks
// the database nothing, unless it is to be seen whole, with what was decided of it.
func (d *Desk) see(ctx context.Context, n *store.Note, today finance.Date, whole bool) (*sight, error) {
	s, err := ledger.Summarize(n.State, n.Holder, today)
	if err != nil {
		return nil, fmt.Errorf("summing up note %s: %w", n.State.ID, err)
	}
	v := &sight{note: n, facts: rule.FactsOf(n.State, &s, d.Party)}
	id := n.State.ID
	if !v.facts.Ours || v.facts.OldestDue.IsZero() {
		// No rule has anything to do; but a person may still be asked.
		if whole {
			v.made, err = d.Book.DecisionsOf(ctx, id, 0, store.MaxPage)
		}
		return v, err
	}
	holds, err := d.personHolds(ctx, id, today)
	if err != nil {
		return nil, err
	}
	v.facts.Holds = append(v.facts.Holds, holds...)
	if v.stops, err = d.Book.StopsOf(ctx, id, today); err != nil {
		return nil, err
	}
	if v.forAll, err = d.Book.StopsForAll(ctx, today); err != nil {
		return nil, err
	}
	if v.facts.LastContact, err = d.lastTalk(ctx, id); err != nil {
		return nil, err
	}
	if v.made, err = d.Book.DecisionsOf(ctx, id, 0, store.MaxPage); err != nil {
		return nil, err
	}
	return v, v.remember()
}

// lastTalk gives the day on which somebody last talked with a borrower.
func (d *Desk) lastTalk(ctx context.Context, note ledger.NoteID) (finance.Date, error) {
	const latest = 50 // tries; one who was reached before them was reached long ago
	contacts, err := d.Book.ContactsOf(ctx, note, 0, latest)
	if err != nil {
		return finance.Date{}, err
	}
	for _, c := range contacts {
		if c.Outcome == casebook.Reached {
			return finance.DateOf(c.At), nil
		}
	}
	return finance.Date{}, nil
}

// remember puts into the facts what was done about the instalment that is overdue.
// What a person is still asked was not done.
func (v *sight) remember() error {
	for i := range v.made {
		m := &v.made[i]
		if m.About != v.facts.About() {
			continue
		}
		e := rule.Earlier{Kind: rule.Kind(m.Kind), On: finance.DateOf(m.At)}
		switch m.State {
		case casebook.DecisionDone, casebook.DecisionWaiting:
		case casebook.DecisionAccepted:
			e.On = finance.DateOf(m.Settled)
		case casebook.DecisionDeclined, casebook.DecisionOverridden:
			e.On, e.Settled = finance.DateOf(m.Settled), true
		default:
			continue
		}
		made, err := ReadDecision(m)
		if err != nil {
			return err
		}
		if !made.Decision.PayBy.IsZero() {
			// A letter that waited for a person gives its time from when it went.
			e.PayBy = e.On.AddDays(made.Facts.On.DaysTo(made.Decision.PayBy))
		}
		v.facts.Earlier = append(v.facts.Earlier, e)
	}
	return nil
}

// factsFor gives the facts as one rule sees them.
func (v *sight) factsFor(r *rule.Rule) rule.Facts {
	f := v.facts
	f.Holds = append(f.Holds[:len(f.Holds):len(f.Holds)], stopsFor(r.ID, v.stops)...)
	for _, s := range v.forAll {
		if s.Rule == string(r.ID) || s.Rule == "" {
			f.Stop = &rule.Stop{By: string(s.Staff), Until: s.Until}
		}
	}
	return f
}

// decide has a rule decide of what is seen.
func (v *sight) decide(r *rule.Rule) Made {
	f := v.factsFor(r)
	return Made{Decision: rule.Decide(r, &f), Facts: f}
}

// open gives the decision of a kind that waits for a person's answer, if any.
func (v *sight) open(k rule.Kind) *casebook.Decision {
	for i := range v.made {
		if m := &v.made[i]; m.Kind == string(k) && m.State == casebook.DecisionProposed {
			return m
		}
	}
	return nil
}

// Made is a decision together with the facts that it rests on.
type Made struct {
	Decision rule.Decision `json:"decision"`
	Facts    rule.Facts    `json:"facts"`
	// Because says why a person is asked although the rule would have acted.
	Because []rule.Saying `json:"because,omitempty"`
}

// ReadDecision gives what a kept decision holds.
func ReadDecision(d *casebook.Decision) (*Made, error) {
	m := new(Made)
	if err := json.Unmarshal(d.Body, m); err != nil {
		return nil, fmt.Errorf("reading the decision %s: %w", d.ID, err)
	}
	return m, nil
}

// Explain says what each rule for a note would do just now, and why: also why
// nothing happens.
func (d *Desk) Explain(ctx context.Context, id ledger.NoteID) ([]Made, error) {
	n, err := d.Book.Note(ctx, id)
	if err != nil {
		return nil, err
	}
	if n == nil {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	v, err := d.see(ctx, n, finance.DateOf(d.Clock()), true)
	if err != nil {
		return nil, err
	}
	rules, err := d.Rules(ctx)
	if err != nil {
		return nil, err
	}
	var all []Made
	for i := range rules {
		if r := &rules[i]; r.Jurisdiction == v.facts.Jurisdiction && r.Currency == v.facts.Currency {
			all = append(all, v.decide(r))
		}
	}
	return all, nil
}

// decideAgain has the rule of a decision decide of its note as it is now.
func (d *Desk) decideAgain(ctx context.Context, kept *casebook.Decision) (rule.Outcome, error) {
	n, err := d.Book.Note(ctx, kept.Note)
	if err != nil || n == nil {
		return rule.Nothing, err
	}
	rules, err := d.Rules(ctx)
	if err != nil {
		return "", err
	}
	v, err := d.see(ctx, n, finance.DateOf(d.Clock()), true)
	if err != nil {
		return "", err
	}
	return v.again(rules, kept), nil
}

// again gives what a decision's rule decides now, as if it had not decided before;
// nothing where it is about something else.
func (v *sight) again(rules []rule.Rule, kept *casebook.Decision) rule.Outcome {
	if v.facts.About() != kept.About {
		return rule.Nothing
	}
	for i := range rules {
		if known := &rules[i]; string(known.ID) == kept.Rule {
			f := v.factsFor(known)
			f.Earlier = slices.DeleteFunc(slices.Clone(f.Earlier), func(e rule.Earlier) bool { return string(e.Kind) == kept.Kind })
			return rule.Decide(known, &f).Outcome
		}
	}
	return rule.Nothing
}

// entry is what the borrower is told of a decision that was carried out.
func (m *Made) entry(kept *casebook.Decision) JournalEntry {
	f := &m.Facts
	money := func(a finance.Amount) string { return finance.Money{Amount: a, Currency: f.Currency}.String() }
	return JournalEntry{
		ID: kept.ID, Note: kept.Note, Kind: JournalDecision, At: kept.At, Rule: string(m.Decision.Rule),
		Facts: map[string]string{
			"day": f.On.String(), "due": f.OldestDue.String(), "days_past_due": strconv.Itoa(f.DaysPastDue),
			"overdue": money(f.Overdue), "total": money(f.Total),
		},
		Outcome: rule.InAll(m.Decision.Effect(f.Currency)), Why: rule.InAll(m.Decision.Why...),
	}
}
