package model

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// checkCharges: no fee comes twice for the same, and none is taken off more than
// once.
func checkCharges(n *ledger.Note) error {
	if len(n.Charges) > ledger.MaxCharges || len(n.Reliefs) > ledger.MaxReliefs {
		return fmt.Errorf("%d fees and %d reliefs", len(n.Charges), len(n.Reliefs))
	}
	for i, c := range n.Charges {
		if c.Amount <= 0 || c.Relieved < 0 || c.Relieved > c.Amount || c.Arrears.IsZero() == (c.Plan == 0) {
			return fmt.Errorf("a fee that cannot be: %+v", c)
		}
		for _, d := range n.Charges[:i] {
			if d.Kind == c.Kind && d.Arrears == c.Arrears && d.Plan == c.Plan {
				return fmt.Errorf("the fees %+v and %+v are for the same", d, c)
			}
		}
	}
	return nil
}

// checkCap: a credit whose costs are capped has cost no more, paid and owed.
func checkCap(n *ledger.Note) error {
	t, b := &n.Terms, &n.Balance
	most, ok := finance.CapOfCosts(finance.CostCapFacts{
		Jurisdiction: t.Jurisdiction, AgreedOn: t.AgreedOn, Consumer: t.Consumer, Housing: t.Housing, Principal: t.Principal.Amount,
	})
	owed := n.Owed()
	cost := owed.Costs + owed.LateInterest + owed.Interest + b.PaidCosts + b.PaidLate + b.PaidInterest
	if ok && cost > most.Limit {
		return fmt.Errorf("it has cost %d of at most %d: %+v", cost, most.Limit, b)
	}
	return nil
}

// checkRelief says whether a fee came or went, whether something was forgiven, or
// an authority's decision changed, by somebody who may not do that.
func (s Step) checkRelief(is func(ledger.Role) bool) error {
	before, after := s.Before, s.After
	creditor := is(ledger.RoleHolder) || is(ledger.RolePledgee) || is(ledger.RoleServicer)
	kept := min(len(before.Charges), len(after.Charges))
	sameFee := func(a, b ledger.Charge) bool {
		a.Relieved, b.Relieved = 0, 0
		return a == b
	}
	switch {
	case !slices.EqualFunc(before.Charges, after.Charges[:kept], sameFee):
		return fmt.Errorf("it changed a fee")
	case len(after.Charges) > len(before.Charges) && !(creditor && s.Op == ledger.OpCharge):
		return fmt.Errorf("it added a fee")
	case forgiven(after) > forgiven(before) && !s.mayForgive(is, creditor):
		return fmt.Errorf("it forgave %d", forgiven(after)-forgiven(before))
	case !reflect.DeepEqual(before.DebtRelief, after.DebtRelief) &&
		(before.DebtRelief != nil || s.Op != ledger.OpDebtRelief || after.DebtRelief.Authority != s.By):
		return fmt.Errorf("it changed the debt relief")
	case before.DebtRelief != nil && interest(after) > interest(before) && s.Op != ledger.OpPayReverse:
		return fmt.Errorf("it charged interest of a debtor who is relieved of debt")
	}
	return nil
}

// mayForgive: the holder forgives what is not pledged, whoever collects takes off
// costs and late interest, and an authority relieves of debt.
func (s Step) mayForgive(is func(ledger.Role) bool, creditor bool) bool {
	owner := is(ledger.RoleHolder) && s.Before.Pledge == nil
	principal := s.After.Balance.ForgivenPrincipal > s.Before.Balance.ForgivenPrincipal
	nominal := s.After.Balance.ForgivenInterest > s.Before.Balance.ForgivenInterest
	switch s.Op {
	case ledger.OpForgive:
		return owner
	case ledger.OpRelief:
		return creditor && !principal && (owner || !nominal)
	}
	return s.Op == ledger.OpDebtRelief
}

func forgiven(n *ledger.Note) finance.Amount {
	b := &n.Balance
	return b.ForgivenCosts + b.ForgivenLate + b.ForgivenInterest + b.ForgivenPrincipal
}

// interest is all interest that was ever charged, less what was given back.
func interest(n *ledger.Note) finance.Amount {
	b, owed := &n.Balance, n.Owed()
	return owed.Interest + owed.LateInterest + b.PaidInterest + b.PaidLate + b.ForgivenInterest + b.ForgivenLate
}
