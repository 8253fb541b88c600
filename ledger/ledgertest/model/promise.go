package model

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// CheckNote says which promise a note breaks by itself, given the holder of
// its book; nil where it keeps them all.
func CheckNote(n *ledger.Note, holder ledger.PartyID) error {
	if n.Status == ledger.StatusErased {
		return checkErased(n, holder)
	}
	for _, check := range []func(*ledger.Note) error{checkConserved, checkSigns, checkPayments, checkSettlements, checkCharges, checkCap,
		checkAcceleration, checkExtensions, checkInterruptions} {
		if err := check(n); err != nil {
			return fmt.Errorf("note %s at %d: %w", n.ID, n.Seq, err)
		}
	}
	if err := checkHolder(n, holder); err != nil {
		return fmt.Errorf("note %s at %d: %w", n.ID, n.Seq, err)
	}
	return nil
}

// checkErased: of an erased note there is nothing left to say.
func checkErased(n *ledger.Note, holder ledger.PartyID) error {
	bare := ledger.Note{ID: n.ID, Seq: n.Seq, Head: n.Head, Status: n.Status, Erasure: n.Erasure}
	if !reflect.DeepEqual(*n, bare) || n.Erasure == "" || holder != "" {
		return fmt.Errorf("note %s at %d is erased, held by %q, and says %+v", n.ID, n.Seq, holder, *n)
	}
	return nil
}

// checkConserved: paid + forgiven + outstanding is what was issued, and for costs
// the fees that were added too.
func checkConserved(n *ledger.Note) error {
	b, costs := n.Balance, n.Terms.Fees.Setup
	for _, c := range n.Charges {
		costs += c.Amount
	}
	switch {
	case n.Status == ledger.StatusVoid && b != (ledger.Balance{}):
		return fmt.Errorf("void, with a balance: %+v", b)
	case n.Status == ledger.StatusVoid:
		return nil
	case b.Principal+b.PaidPrincipal+b.ForgivenPrincipal != n.Terms.Principal.Amount:
		return fmt.Errorf("principal is not conserved: %+v of %v", b, n.Terms.Principal)
	case b.Costs+b.PaidCosts+b.ForgivenCosts != costs:
		return fmt.Errorf("costs are not conserved: %+v of %v", b, costs)
	case n.Status == ledger.StatusDischarged && n.Owed() != (finance.Owed{}):
		return fmt.Errorf("discharged, and owed are %+v", n.Owed())
	}
	return nil
}

// checkSigns: no amount is negative, and no more than a minor unit of interest is.
func checkSigns(n *ledger.Note) error {
	b := n.Balance
	for _, a := range []finance.Amount{b.Principal, b.PaidPrincipal, b.ForgivenPrincipal, b.Costs, b.PaidCosts, b.ForgivenCosts,
		b.PaidInterest, b.PaidLate, b.ForgivenInterest, b.ForgivenLate} {
		if a < 0 {
			return fmt.Errorf("a negative amount in %+v", b)
		}
	}
	if b.InterestMicro < -finance.MicroPerUnit || b.LateMicro < -finance.MicroPerUnit {
		return fmt.Errorf("negative interest in %+v", b)
	}
	return nil
}

// checkPayments: each payment is its parts, and together they are what was paid.
func checkPayments(n *ledger.Note) error {
	var paid finance.Amount
	for _, p := range n.Payments {
		if total, err := p.Parts.Total(); err != nil || total != p.Amount {
			return fmt.Errorf("a payment is not its parts: %+v", p)
		}
		if !p.Reversed {
			paid += p.Amount
		}
	}
	b := n.Balance
	booked := b.PaidPrincipal + b.PaidCosts + b.PaidInterest + b.PaidLate
	if len(n.Payments) < ledger.ReversiblePayments && paid != booked {
		return fmt.Errorf("payments of %d were booked as %d", paid, booked)
	}
	return nil
}

func checkSettlements(n *ledger.Note) error {
	for _, s := range n.Settlements {
		if s.Amount <= 0 || s.From == s.To {
			return fmt.Errorf("a settlement that nobody can owe: %+v", s)
		}
	}
	return nil
}

// checkHolder: a debt has one holder and one controller, and a note that is
// handed back is its borrowers' alone.
func checkHolder(n *ledger.Note, holder ledger.PartyID) error {
	controllers := ledger.Controllers(n, holder)
	switch n.Status {
	case ledger.StatusDischarged:
		if holder != "" || !slices.Equal(controllers, n.BorrowerIDs()) {
			return fmt.Errorf("discharged, held by %q and controlled by %v", holder, controllers)
		}
	case ledger.StatusVoid:
		if len(controllers) != 0 {
			return fmt.Errorf("void, and controlled by %v", controllers)
		}
	default:
		if holder == "" || len(controllers) != 1 || controllers[0] == "" {
			return fmt.Errorf("%s, held by %q and controlled by %v", n.Status, holder, controllers)
		}
	}
	return nil
}

// Step is what one command did to a note.
type Step struct {
	Before, After     *ledger.Note
	Holder, NewHolder ledger.PartyID
	By                ledger.PartyID
	Op                ledger.Op
}

// CheckStep says which promise a command broke; nil where it kept them all.
// What decides who may move a note changes only by those who may change it.
func CheckStep(s Step) error {
	if err := s.check(); err != nil {
		return fmt.Errorf("%s by %s on note %s: %w", s.Op, s.By, s.After.ID, err)
	}
	return nil
}

func (s Step) check() error {
	is := func(r ledger.Role) bool { return slices.Contains(ledger.NoteRoles(s.Before, s.Holder, s.By), r) }
	before, after := s.Before, s.After
	ended := before.Status == ledger.StatusDischarged || before.Status == ledger.StatusVoid
	switch {
	case after.Seq != before.Seq+1 || after.Head == before.Head:
		return fmt.Errorf("it did not extend the chain")
	case before.Status == ledger.StatusErased, ended && after.Status != ledger.StatusErased:
		return fmt.Errorf("it changed a note that is %s", before.Status)
	case after.Status == ledger.StatusErased && !ended:
		return fmt.Errorf("it erased a note that is %s", before.Status)
	case after.Status == ledger.StatusErased:
		return nil
	case after.Status == ledger.StatusDischarged || after.Status == ledger.StatusVoid:
		return s.checkEnd(is)
	}
	if err := s.checkWord(); err != nil {
		return err
	}
	if err := s.checkClaiming(is); err != nil {
		return err
	}
	if err := s.checkRelief(is); err != nil {
		return err
	}
	p := before.Pending
	accepted := p != nil && s.Op == ledger.OpTransferAccept && is(ledger.RoleRecipient)
	byController := accepted && slices.Contains(ledger.Controllers(before, s.Holder), p.From)
	switch {
	case s.NewHolder != s.Holder && !(byController && p.Kind == ledger.Sale && s.NewHolder == p.To):
		return fmt.Errorf("it moved the note from %s to %s", s.Holder, s.NewHolder)
	case s.NewHolder == s.Holder && after.Book != before.Book && !is(ledger.RoleHolder):
		return fmt.Errorf("it moved the note between another's books")
	case after.Pledge != nil && before.Pledge == nil && !(byController && p.Kind == ledger.PledgeTransfer):
		return fmt.Errorf("it pledged the note")
	case after.Pledge == nil && before.Pledge != nil && !is(ledger.RolePledgee):
		return fmt.Errorf("it took the pledge away")
	case after.Mandate != nil && before.Mandate == nil && !(accepted && p.Kind == ledger.CollectionMandate):
		return fmt.Errorf("it gave a mandate")
	case after.Pending != nil && before.Pending == nil && !is(ledger.RoleController):
		return fmt.Errorf("it offered what its signer does not control")
	case before.Status == ledger.StatusFrozen && after.Status == ledger.StatusActive && before.Freeze.Authority != s.By:
		return fmt.Errorf("it released what another froze")
	}
	return nil
}

// checkEnd says whether the note ended as it may: void by who could still say no
// to it, or handed back with nothing owed by who may take what is owed.
func (s Step) checkEnd(is func(ledger.Role) bool) error {
	before, after := s.Before, s.After
	payee := is(ledger.RoleHolder) || is(ledger.RolePledgee) || is(ledger.RoleServicer) || is(ledger.RoleFormer)
	if before.Status == ledger.StatusFrozen {
		payee = before.Freeze.Authority == s.By
	}
	var may bool
	switch s.Op {
	case ledger.OpDecline:
		may = is(ledger.RoleBorrower)
	case ledger.OpWithdraw:
		may = is(ledger.RoleHolder)
	case ledger.OpExpire:
		may = true
	case ledger.OpPay:
		may = payee
	case ledger.OpSetoff, ledger.OpRelief:
		may = payee && !is(ledger.RoleFormer)
	case ledger.OpDebtRelief:
		may = after.DebtRelief != nil && after.DebtRelief.Authority == s.By
	case ledger.OpForgive:
		may = is(ledger.RoleHolder) && before.Pledge == nil
	}
	switch owed := after.Owed(); {
	case !may:
		return fmt.Errorf("it made the note %s", after.Status)
	case after.Status == ledger.StatusVoid && before.Status != ledger.StatusOffered:
		return fmt.Errorf("it undid a debt")
	case owed != (finance.Owed{}):
		return fmt.Errorf("it ended the note with %+v owed", owed)
	}
	return nil
}
