package model

import (
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// checkAcceleration: all falls due ahead of its time only where that was agreed,
// and for a consumer at the earliest four weeks after it was told.
func checkAcceleration(n *ledger.Note) error {
	a := n.Acceleration
	if a == nil {
		return nil
	}
	t := &n.Terms
	days := 0
	if t.Consumer && t.Jurisdiction == finance.Sweden {
		days = 28
	}
	switch {
	case !t.Acceleration:
		return fmt.Errorf("all falls due by %+v, which was not agreed", a)
	case a.DeliveredOn.DaysTo(a.Effective) < days, !a.Effective.After(a.On), a.DeliveredOn.After(a.On):
		return fmt.Errorf("all falls due too soon: %+v", a)
	case a.Cured.IsZero() != (a.CuredBy == 0), a.CuredBy != 0 && a.CuredBy <= a.Seq:
		return fmt.Errorf("cured by nothing: %+v", a)
	}
	return nil
}

// checkExtensions: the time of a consumer's credit from 1 March 2025 was extended
// at a cost once at most, but for plans (2010:1846 par. 36 a).
func checkExtensions(n *ledger.Note) error {
	t := &n.Terms
	from, err := finance.ParseDate("2025-03-01")
	if err != nil || !t.Consumer || t.Housing || t.Jurisdiction != finance.Sweden || t.AgreedOn.Before(from) {
		return err
	}
	costly, open := 0, 0 // open are extensions that have cost nothing so far
	for _, m := range n.Amendments {
		if m.Kind == ledger.AmendPlan {
			open = 0
			continue
		}
		if m.Extends {
			open++
		}
		if !m.Free {
			costly, open = costly+open, 0
		}
	}
	if costly > 1 {
		return fmt.Errorf("extended %d times at a cost: %+v", costly, n.Amendments)
	}
	return nil
}

// checkInterruptions: the latest of each kind is kept, and each kind once.
func checkInterruptions(n *ledger.Note) error {
	seen := map[ledger.InterruptionKind]bool{}
	for _, i := range n.Interruptions {
		if seen[i.Kind] || i.Count < 1 || i.On.Before(n.Terms.AgreedOn) || i.Seq > n.Seq {
			return fmt.Errorf("interruptions that cannot be: %+v", n.Interruptions)
		}
		seen[i.Kind] = true
	}
	return nil
}

// checkClaiming says whether all fell due, or limitation was interrupted, by
// somebody who may not do that or where nobody may.
func (s Step) checkClaiming(is func(ledger.Role) bool) error {
	before, after := s.Before, s.After
	var was, now ledger.Acceleration
	if before.Acceleration != nil {
		was = *before.Acceleration
	}
	if after.Acceleration != nil {
		now = *after.Acceleration
	}
	told := now.Seq != was.Seq
	switch {
	case now.Seq < was.Seq:
		return fmt.Errorf("it forgot that all was to fall due: %+v", was)
	case told && !(s.Op == ledger.OpAccelerate && (is(ledger.RoleController) || is(ledger.RoleServicer))):
		return fmt.Errorf("it made all fall due: %+v", now)
	case told && (len(before.Disputes) > 0 || len(before.Claims) > 0 || before.Notified.Holder != s.Holder):
		return fmt.Errorf("it made all fall due of what may not be demanded: %+v", before)
	case told && now.CureUsed != was.CureUsed, was.CureUsed && !now.CureUsed && s.Op != ledger.OpPayReverse:
		return fmt.Errorf("it changed the right to cure: %+v, before %+v", now, was)
	case !told && now.Cured != was.Cured && s.Op != ledger.OpCure && s.Op != ledger.OpPay && s.Op != ledger.OpSetoff:
		return fmt.Errorf("it cured: %+v, before %+v", now, was)
	case !told && !now.Cured.IsZero() && was.Cured.IsZero() && s.Op != ledger.OpCure && now.Cured.After(now.Effective):
		return fmt.Errorf("a payment cured after its time: %+v", now)
	}
	return s.checkInterrupted(is)
}

// checkInterrupted: an interruption is its kind's to write, and never brings back
// a claim that had ended.
func (s Step) checkInterrupted(is func(ledger.Role) bool) error {
	count := func(n *ledger.Note) (all int, last ledger.Interruption) {
		for _, i := range n.Interruptions {
			if all += i.Count; i.Seq > last.Seq {
				last = i
			}
		}
		return all, last
	}
	had, _ := count(s.Before)
	has, last := count(s.After)
	switch {
	case has == had:
		return nil
	case has != had+1 || s.Op != ledger.OpInterrupt:
		return fmt.Errorf("it made %d interruptions of %d", has, had)
	case last.Seq != s.After.Seq:
		return nil // written late, after a later one
	case last.Kind == ledger.Acknowledgement && !is(ledger.RoleBorrower),
		last.Kind == ledger.Demand && !is(ledger.RoleHolder) && !is(ledger.RolePledgee) && !is(ledger.RoleServicer):
		return fmt.Errorf("it wrote what is another's to say: %+v", last)
	}
	sum, err := ledger.Summarize(s.Before, s.Holder, laterOf(last.On, s.Before.Balance.AccruedTo))
	if err != nil {
		return err
	}
	if end := sum.BarredAfter; !end.IsZero() && last.On.After(end) {
		return fmt.Errorf("it brought back a claim that ended on %s: %+v", end, last)
	}
	return nil
}

func laterOf(a, b finance.Date) finance.Date {
	if a.Before(b) {
		return b
	}
	return a
}
