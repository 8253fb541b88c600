// Package statement follows the money on a note: what was charged, what was paid
// and forgiven, and what is owed after each command.
//
// It computes from the states of the note that the ledger has, one after the
// other, and must not know the rules of any operation: whatever led from one
// state to the next, what is owed after it is what was owed before it, and what
// was charged, less what was paid and forgiven. So every line adds up, for each
// component and to the minor unit. It does no I/O and reads no clock.
package statement

import (
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// State is a note as it stood after one of its commands.
type State struct {
	Note   *ledger.Note
	Holder ledger.PartyID
	Op     ledger.Op // the command's
	At     time.Time // ledger time of it
	// Reference is that of the bank's entry, where the command is a payment that has one.
	Reference string
}

// Line is one movement on a note. Amounts are minor units of its currency.
type Line struct {
	Seq      uint64    // of the command; 0 for interest that is counted and not booked
	Op       ledger.Op // "" for interest that is counted and not booked
	BookedAt time.Time // ledger time of the command; zero where it is not booked
	// Reference is that of the bank's entry, of a payment that has one.
	Reference string
	ValueOn   finance.Date  // the day that it is of: a payment's own, else that of the booking
	Charged   finance.Parts // since the line before; negative where a charge was taken back
	Paid      finance.Parts // negative where a payment was taken back
	Forgiven  finance.Parts
	Owed      finance.Parts // after the line
}

// Moves says whether the line changes anything.
func (l *Line) Moves() bool {
	return l.Charged != finance.Parts{} || l.Paid != finance.Parts{} || l.Forgiven != finance.Parts{}
}

// Account is what is known of a note's money so far. Its zero value is that of a
// note that is no debt yet.
type Account struct {
	owed, paid, forgiven finance.Parts
}

// Open takes up an account at the beginning of a day, with the interest up to it,
// from the last state before.
func Open(s State, day finance.Date) (*Account, error) {
	a := &Account{paid: paid(s.Note), forgiven: forgiven(s.Note)}
	owed, err := counted(s, day)
	a.owed = owed
	return a, err
}

// Owed gives what is owed after the last line.
func (a *Account) Owed() finance.Parts { return a.owed }

// Book gives the line of the command that led to a state.
func (a *Account) Book(s State) Line {
	l := Line{Seq: s.Note.Seq, Op: s.Op, BookedAt: s.At, Reference: s.Reference, ValueOn: finance.DateOf(s.At)}
	if last := len(s.Note.Payments) - 1; last >= 0 && s.Note.Payments[last].Seq == l.Seq {
		l.ValueOn = s.Note.Payments[last].On
	}
	if isDebt(s.Note.Status) {
		l.Owed = finance.Parts(s.Note.Owed())
	}
	a.move(&l, paid(s.Note), forgiven(s.Note))
	return l
}

// Count gives the line of the interest from the last state up to a day, under the
// conditions of that state.
func (a *Account) Count(s State, day finance.Date) (Line, error) {
	owed, err := counted(s, day)
	if err != nil {
		return Line{}, err
	}
	l := Line{ValueOn: day, Owed: owed}
	a.move(&l, a.paid, a.forgiven)
	return l, nil
}

// move completes a line from what was paid and forgiven in all, and goes on from it.
func (a *Account) move(l *Line, paid, forgiven finance.Parts) {
	l.Paid, l.Forgiven = minus(paid, a.paid), minus(forgiven, a.forgiven)
	l.Charged = minus(plus(plus(l.Owed, l.Paid), l.Forgiven), a.owed)
	a.owed, a.paid, a.forgiven = l.Owed, paid, forgiven
}

// counted gives what is owed on a day, from the last state before it.
func counted(s State, day finance.Date) (finance.Parts, error) {
	if s.Note == nil || !isDebt(s.Note.Status) {
		return finance.Parts{}, nil
	}
	summary, err := ledger.Summarize(s.Note, s.Holder, day)
	if err != nil {
		return finance.Parts{}, fmt.Errorf("counting note %s on %s: %w", s.Note.ID, day, err)
	}
	return finance.Parts(summary.Owed), nil
}

// isDebt says whether anything is owed on a note of this status: not on an offer,
// nor on what was handed back.
func isDebt(s ledger.Status) bool { return s == ledger.StatusActive || s == ledger.StatusFrozen }

// paid gives what was paid in all.
func paid(n *ledger.Note) finance.Parts {
	if n == nil {
		return finance.Parts{}
	}
	b := &n.Balance
	return finance.Parts{Costs: b.PaidCosts, LateInterest: b.PaidLate, Interest: b.PaidInterest, Principal: b.PaidPrincipal}
}

// forgiven gives what was forgiven in all.
func forgiven(n *ledger.Note) finance.Parts {
	if n == nil {
		return finance.Parts{}
	}
	b := &n.Balance
	return finance.Parts{Costs: b.ForgivenCosts, LateInterest: b.ForgivenLate, Interest: b.ForgivenInterest, Principal: b.ForgivenPrincipal}
}

func plus(a, b finance.Parts) finance.Parts {
	return finance.Parts{
		Costs: a.Costs + b.Costs, LateInterest: a.LateInterest + b.LateInterest,
		Interest: a.Interest + b.Interest, Principal: a.Principal + b.Principal,
	}
}

func minus(a, b finance.Parts) finance.Parts {
	return finance.Parts{
		Costs: a.Costs - b.Costs, LateInterest: a.LateInterest - b.LateInterest,
		Interest: a.Interest - b.Interest, Principal: a.Principal - b.Principal,
	}
}
