// Package facts says what a page shows of a note, in the order in which a
// borrower asks: where it stands, what is left, what comes next, how it came to
// that, and who has had it.
//
// It has no words, no HTML and no rule of law: amounts and dates come from the
// ledger's own arithmetic, and the words from the pages. It does no I/O and reads
// no clock.
package facts

import (
	"fmt"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Situation is where a note stands, as one sentence says it. What matters most to
// the borrower comes first where several things are true.
type Situation string

// The situations.
const (
	Waiting Situation = "waiting" // offered, and this borrower has not answered
	Signed  Situation = "signed"  // offered; this borrower has signed, another has not
	Expired Situation = "expired" // offered; the time to answer is over
	Running Situation = "running" // as agreed
	Overdue Situation = "overdue" // a payment is late
	OnPlan  Situation = "plan"    // a payment plan is kept
	// Accelerated is that all of the debt is to be paid on a day that has not passed.
	Accelerated Situation = "accelerated"
	Paused      Situation = "pause"      // nothing is due before a day that was agreed
	Disputed    Situation = "disputed"   // an objection is open; nothing is demanded
	Frozen      Situation = "frozen"     // an authority prohibits payment
	Barred      Situation = "barred"     // the time to claim it is over
	Unnotified  Situation = "unnotified" // the borrower has not been told of the holder
	Discharged  Situation = "discharged" // paid; handed back
	Void        Situation = "void"       // never was a debt
	Erased      Situation = "erased"     // nothing is left but that it was there
)

// Situations lists every situation, for exhaustive tables of words.
func Situations() []Situation {
	return []Situation{Waiting, Signed, Expired, Running, Overdue, Accelerated, OnPlan, Paused, Disputed, Frozen, Barred, Unnotified, Discharged, Void, Erased}
}

// Reader is for whom the facts are put together, and when.
type Reader struct {
	Borrower ledger.PartyID // the reader, or whom the reader helps
	Holder   ledger.PartyID // of the note's book; empty once handed back
	Today    finance.Date
	Offered  bool // whether an offer can still be answered: its time is finer than a day
}

// Note is what a page shows of a note.
type Note struct {
	State     *ledger.Note
	Summary   ledger.Summary
	Situation Situation
	Holder    ledger.PartyID
	// Asks is who may ask for payment and is paid: the servicer, else the pledgee,
	// else the holder. Empty where nobody is.
	Asks ledger.PartyID
	// Agrees is who answers a proposal of the borrower: the pledgee, else the holder,
	// and never who only collects. Empty where nobody is.
	Agrees ledger.PartyID
	// Demandable says that a date and an amount may be shown as due.
	Demandable bool
	Rows       []Row
	Chain      []Holding
	// Explained says part by part how what is left came about; no parts where the
	// note is no debt.
	Explained ledger.Explanation
}

// Of puts together what a page shows of a note.
func Of(n *ledger.Note, r Reader) (*Note, error) {
	f := &Note{State: n, Holder: r.Holder}
	if n.Status == ledger.StatusErased {
		f.Situation = Erased
		return f, nil
	}
	var err error
	if f.Summary, err = ledger.Summarize(n, r.Holder, r.Today); err != nil {
		return nil, fmt.Errorf("summing up the note: %w", err)
	}
	if f.Explained, err = ledger.Explain(n, r.Holder, r.Today); err != nil {
		return nil, fmt.Errorf("explaining what is owed: %w", err)
	}
	if n.Status != ledger.StatusVoid {
		plan, covered, err := ledger.Instalments(n)
		if err != nil {
			return nil, fmt.Errorf("laying out the payments: %w", err)
		}
		f.Rows = lay(plan, covered, r.Today)
	}
	f.Asks, f.Agrees = asks(n, r.Holder), r.Holder
	if n.Pledge != nil {
		f.Agrees = n.Pledge.Pledgee
	}
	f.Situation = situation(f, r)
	f.Demandable = f.Summary.Collectable && n.Status == ledger.StatusActive
	if !f.Demandable {
		wait(f.Rows)
	}
	f.Chain = chain(n)
	return f, nil
}

func asks(n *ledger.Note, holder ledger.PartyID) ledger.PartyID {
	switch {
	case n.Mandate != nil:
		return n.Mandate.Servicer
	case n.Pledge != nil:
		return n.Pledge.Pledgee
	}
	return holder
}

// situation puts what stops a demand before what is demanded.
func situation(f *Note, r Reader) Situation {
	switch f.State.Status {
	case ledger.StatusOffered:
		return offer(f.State, r)
	case ledger.StatusDischarged:
		return Discharged
	case ledger.StatusVoid:
		return Void
	case ledger.StatusFrozen:
		return Frozen
	}
	is := func(why ledger.Reason) bool { return slices.Contains(f.Summary.Reasons, why) }
	switch {
	case is(ledger.ReasonDisputed):
		return Disputed
	case is(ledger.ReasonBarred):
		return Barred
	case is(ledger.ReasonGateClosed):
		return Unnotified
	case f.called():
		return Accelerated
	case f.Late() > 0:
		return Overdue
	case f.Summary.Phase.Kind == ledger.PhasePause && f.Summary.Phase.Running:
		return Paused
	case f.Summary.Phase.Kind == ledger.PhasePlan, f.Summary.Phase.Kind == ledger.PhasePause:
		return OnPlan
	}
	return Running
}

// Late is what should have been paid and is not, by the schedule in force.
func (f *Note) Late() finance.Amount {
	a := &f.Summary.Arrears
	return a.Charges + a.Interest + a.Principal
}

// called says that the creditor has demanded all of the debt, on a day to come.
func (f *Note) called() bool {
	p := &f.Summary.Phase
	return p.Kind == ledger.PhaseAccelerated && !f.Summary.AsOf.After(p.Until)
}

func offer(n *ledger.Note, r Reader) Situation {
	if !r.Offered {
		return Expired
	}
	for _, b := range n.Borrowers {
		if b.Party == r.Borrower && b.AcceptedAt.IsZero() {
			return Waiting
		}
	}
	return Signed
}

// Holding is one holder in the chain, from the lender to the one of today.
type Holding struct {
	Party ledger.PartyID
	// Since is the day that the note came to it; no date for the lender.
	Since finance.Date
	// NoticeOn is the day the borrower was told; no date until then, and for the
	// lender, whom the borrower chose.
	NoticeOn finance.Date
	Lender   bool
	Now      bool
}

func chain(n *ledger.Note) []Holding {
	held := []Holding{{Party: n.Lender, Lender: true}}
	for _, e := range n.Endorsements {
		held = append(held, Holding{Party: e.To, Since: e.On, NoticeOn: e.NoticeOn})
	}
	held[len(held)-1].Now = n.Book != ""
	return held
}
