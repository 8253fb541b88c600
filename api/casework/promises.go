package casework

import (
	"context"
	"fmt"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// longestPromise is how many days ahead a payment can be promised: what takes longer
// is a plan, which is written on the note.
const longestPromise = 62

// TakePromise notes that a person will pay an amount by the end of a day.
type TakePromise struct {
	Note   ledger.NoteID  `json:"note"`
	Party  ledger.PartyID `json:"party,omitempty"`
	Amount finance.Amount `json:"amount"`
	Day    finance.Date   `json:"day"`
}

// Name names the act.
func (*TakePromise) Name() ActName { return NameTakePromise }

// Subject is the note.
func (a *TakePromise) Subject() ledger.NoteID { return a.Note }

// Check says whether it can be promised.
func (a *TakePromise) Check(ctx context.Context, d *Desk) error {
	today := finance.DateOf(d.Clock())
	switch {
	case a.Amount <= 0:
		return wrongField("amount", "an amount above zero")
	case a.Day.Before(today) || today.AddDays(longestPromise).Before(a.Day):
		return wrongField("day", fmt.Sprintf("a day within the next %d days", longestPromise))
	}
	return d.checkSubject(ctx, a.Note, a.Party)
}

// Describe says what was promised.
func (a *TakePromise) Describe() []Saying {
	return []Saying{Say("act.promise.take.says", "day", a.Day)}
}

// Do keeps it.
func (a *TakePromise) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	err := d.Book.AddPromise(ctx, casebook.Promise{
		ID: by.ID, Note: a.Note, Party: a.Party, Staff: by.Actor.Staff, Made: d.Clock(), Amount: a.Amount, Day: a.Day,
	})
	return Effect{Undo: &WithdrawPromise{Promise: by.ID, Note: a.Note}}, err
}

// WithdrawPromise says that a promise does not count: it was noted by mistake, or
// something else was agreed.
type WithdrawPromise struct {
	Promise string        `json:"promise"`
	Note    ledger.NoteID `json:"note"`
}

// Name names the act.
func (*WithdrawPromise) Name() ActName { return NameWithdrawPromise }

// Subject is the note.
func (a *WithdrawPromise) Subject() ledger.NoteID { return a.Note }

// Check says whether it is still open.
func (a *WithdrawPromise) Check(ctx context.Context, d *Desk) error {
	p, err := d.Book.Promise(ctx, a.Promise)
	switch {
	case err != nil:
		return err
	case p == nil || p.Note != a.Note:
		return ledger.Refuse(ledger.CodeNotFound)
	case p.State != casebook.PromiseOpen:
		return settled()
	}
	return nil
}

// Describe says that nobody waits for it any more.
func (*WithdrawPromise) Describe() []Saying { return one("act.promise.withdraw.says") }

// Do withdraws it.
func (a *WithdrawPromise) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	_, err := d.Book.SettlePromise(ctx, a.Promise, casebook.PromiseWithdrawn, nil, d.Clock())
	return Effect{}, err
}

// PaidOf gives how much of a promise was paid in its time: what was paid on the note
// from the day on which it was made to the end of its own, and not taken back.
func PaidOf(p *casebook.Promise, n *ledger.Note) (paid finance.Amount) {
	from := finance.DateOf(p.Made)
	for _, payment := range n.Payments {
		if !payment.Reversed && !payment.On.Before(from) && !p.Day.Before(payment.On) {
			paid += payment.Amount
		}
	}
	return paid
}
