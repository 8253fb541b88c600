package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// BeginRules puts the rules that a company begins with beside those that it has.
func (d *Desk) BeginRules(ctx context.Context) error {
	all, err := rule.Defaults()
	if err != nil {
		return err
	}
	for i := range all {
		if _, err := d.addRule(ctx, &all[i], Doing{}); err != nil {
			return err
		}
	}
	return nil
}

// addRule keeps a version of a rule; added is false where there is one.
func (d *Desk) addRule(ctx context.Context, r *rule.Rule, by Doing) (added bool, err error) {
	body, err := json.Marshal(r)
	if err != nil {
		return false, fmt.Errorf("writing the rule %s: %w", r.Ref(), err)
	}
	return d.Book.AddRule(ctx, casebook.RuleVersion{
		ID: string(r.ID), Version: r.Version, Kind: string(r.Kind), Body: body,
		Staff: by.Actor.Staff, Approved: by.Approved, Reason: by.Reason, Since: d.Clock(),
	})
}

// ReadRule gives the rule that a version holds.
func ReadRule(v *casebook.RuleVersion) (*rule.Rule, error) {
	r := new(rule.Rule)
	if err := json.Unmarshal(v.Body, r); err != nil {
		return nil, fmt.Errorf("reading version %d of the rule %s: %w", v.Version, v.ID, err)
	}
	return r, nil
}

// Rules gives the rules in force, in the order in which they decide.
func (d *Desk) Rules(ctx context.Context) ([]rule.Rule, error) {
	versions, err := d.Book.Rules(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]rule.Rule, 0, len(versions))
	for i := range versions {
		r, err := ReadRule(&versions[i])
		if err != nil {
			return nil, err
		}
		all = append(all, *r)
	}
	slices.SortStableFunc(all, func(a, b rule.Rule) int {
		return cmp.Or(cmp.Compare(a.Jurisdiction, b.Jurisdiction), cmp.Compare(slices.Index(rule.Kinds(), a.Kind), slices.Index(rule.Kinds(), b.Kind)))
	})
	return all, nil
}

// RuleAt gives a version of a rule; the latest where ref names none. It is nil where
// there is no such rule.
func (d *Desk) RuleAt(ctx context.Context, ref rule.Ref) (*rule.Rule, error) {
	id, version := ref.Parts()
	if version == 0 {
		all, err := d.Book.RuleVersions(ctx, string(id))
		if err != nil || len(all) == 0 {
			return nil, err
		}
		return ReadRule(&all[0])
	}
	v, err := d.Book.RuleVersion(ctx, string(id), version)
	if err != nil || v == nil {
		return nil, err
	}
	return ReadRule(v)
}

// Holds gives why automatic acts pause on a note on a day: what staff know of the
// persons, what was promised to them or by them, and what staff have stopped
// altogether.
func (d *Desk) Holds(ctx context.Context, note ledger.NoteID, today finance.Date) ([]rule.Hold, error) {
	holds, err := d.personHolds(ctx, note, today)
	if err != nil {
		return nil, err
	}
	stops, err := d.Book.StopsOf(ctx, note, today)
	if err != nil {
		return nil, err
	}
	return append(holds, stopsFor("", stops)...), nil
}

// personHolds gives the holds that come from what is known of the persons.
func (d *Desk) personHolds(ctx context.Context, note ledger.NoteID, today finance.Date) ([]rule.Hold, error) {
	var all []rule.Hold
	flags, err := d.Book.FlagsOf(ctx, note)
	if err != nil {
		return nil, err
	}
	for _, f := range flags {
		if f.Stands(today) {
			all = append(all, rule.Hold{Kind: rule.HoldFlag, Until: f.Until, By: string(f.Keeper)})
		}
	}
	complaints, err := d.Book.ComplaintsOf(ctx, note)
	if err != nil {
		return nil, err
	}
	for _, c := range complaints {
		if c.Answered.IsZero() {
			all = append(all, rule.Hold{Kind: rule.HoldComplaint, By: string(c.Registered)})
		}
	}
	calls, err := d.Book.CallsOf(ctx, note)
	if err != nil {
		return nil, err
	}
	for _, c := range calls {
		if c.Ended.IsZero() {
			all = append(all, rule.Hold{Kind: rule.HoldCallback, By: string(c.Owner)})
		}
	}
	promises, err := d.Book.PromisesOf(ctx, note)
	if err != nil {
		return nil, err
	}
	for _, p := range promises {
		if until := p.Day.AddDays(bankDays); p.State == casebook.PromiseOpen && !until.Before(today) {
			all = append(all, rule.Hold{Kind: rule.HoldPromise, Until: until, By: string(p.Staff)})
		}
	}
	return all, nil
}

// bankDays is how long a promised payment may take to be written on the note; it counts
// from the day on which it was made.
const bankDays = 4

// stopsFor gives the holds that stops of a note are for a rule: its own, and those of
// every rule.
func stopsFor(id rule.ID, stops []casebook.Stop) []rule.Hold {
	var all []rule.Hold
	for _, s := range stops {
		if s.Rule == "" || s.Rule == string(id) {
			all = append(all, rule.Hold{Kind: rule.HoldStop, Until: s.Until, By: string(s.Staff)})
		}
	}
	return all
}
