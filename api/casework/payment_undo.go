package casework

import (
	"context"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// UnmatchPayment takes a wrong match back: the payments are taken back on the ledger,
// visibly, and the entry waits for a person again.
type UnmatchPayment struct {
	Entry string `json:"entry"`
}

// Name names the act.
func (*UnmatchPayment) Name() ActName { return NameUnmatchPayment }

// Subject is no note: an entry may be of several.
func (*UnmatchPayment) Subject() ledger.NoteID { return "" }

// Check says whether the payments of the entry can be taken back.
func (a *UnmatchPayment) Check(ctx context.Context, d *Desk) error {
	return d.canTakeBack(ctx, a.Entry)
}

// Describe says what happens.
func (*UnmatchPayment) Describe() []Saying { return one("act.payment.unmatch.says") }

// Do takes the payments back.
func (a *UnmatchPayment) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	return d.takeBack(ctx, a.Entry, by, casebook.EntryUnmatched)
}

// ReturnedPayment says which payment an entry of the bank takes back: it is taken back
// on the ledger, too, since the money is gone.
type ReturnedPayment struct {
	Entry string `json:"entry"` // the bank's reversal
	Of    string `json:"of"`    // the payment that it reverses
}

// Name names the act.
func (*ReturnedPayment) Name() ActName { return NameReturnedPayment }

// Subject is no note.
func (*ReturnedPayment) Subject() ledger.NoteID { return "" }

// Check says whether the one can be of the other.
func (a *ReturnedPayment) Check(ctx context.Context, d *Desk) error {
	back, err := d.entry(ctx, a.Entry)
	if err != nil {
		return err
	}
	of, err := d.entry(ctx, a.Of)
	switch {
	case err != nil:
		return err
	case back.Credit || !of.Credit || back.Amount != of.Amount || back.Account != of.Account:
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "of", "want", "a payment of the same account and amount")
	case back.State == casebook.EntryReversed && of.State == casebook.EntryMatched:
		return nil // it was cut short
	case back.State != casebook.EntryUnmatched && back.State != casebook.EntryIgnored:
		return ledger.Refuse(ledger.CodeConflict)
	}
	return d.canTakeBack(ctx, a.Of)
}

// Describe says what happens.
func (*ReturnedPayment) Describe() []Saying { return one("act.payment.returned.says") }

// Do takes the payment back and settles the entry that tells it.
func (a *ReturnedPayment) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	effect, err := d.takeBack(ctx, a.Of, by, casebook.EntryReversed)
	if err != nil {
		return effect, err
	}
	if _, err := d.Book.SetBankEntry(ctx, a.Entry, casebook.EntryReversed, whyTakenBack, d.Clock(), casebook.EntryUnmatched, casebook.EntryIgnored); err != nil {
		return effect, err
	}
	return effect, d.endPaymentTask(ctx, a.Entry)
}

// canTakeBack asks the rules of the ledger whether each payment of an entry can be
// taken back: once others have relied on it, none can.
func (d *Desk) canTakeBack(ctx context.Context, entry string) error {
	e, err := d.entry(ctx, entry)
	if err != nil {
		return err
	}
	if e.State != casebook.EntryApplied && e.State != casebook.EntryMatched {
		return ledger.Refuse(ledger.CodeConflict)
	}
	parts, err := d.Book.PartsOfEntry(ctx, entry)
	if err != nil {
		return err
	}
	for _, p := range parts {
		switch p.State {
		case casebook.PartPaid:
			return ledger.Refuse(ledger.CodePaymentFinal)
		case casebook.PartDone:
			now, err := d.lookAhead(ctx, p.Note)
			if err != nil {
				return err
			}
			if err := now.would(ledger.OpPayReverse, ledger.PayReverseBody{Payment: p.Seq, Reason: "–"}); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeBack sends the payments of an entry on their way back. A repeat goes on.
func (d *Desk) takeBack(ctx context.Context, entry string, by Doing, after casebook.BankEntryState) (Effect, error) {
	e, err := d.entry(ctx, entry)
	if err != nil {
		return Effect{}, err
	}
	taken, err := d.Book.TakeBankParts(ctx, casebook.Taking{Entry: entry, Act: by.ID, Reason: by.Reason, After: after, At: d.Clock()})
	if err != nil {
		return Effect{}, err
	}
	parts, err := d.Book.PartsOfEntry(ctx, entry)
	if err != nil {
		return Effect{}, err
	}
	var kept []*casebook.BankPart
	gone := false
	for i := range parts {
		p := &parts[i]
		if p.State != casebook.PartUndoing || p.Undo != by.ID {
			continue
		}
		taken = true
		if err := d.payBack(ctx, p); err != nil {
			d.Log.Warn("taking a payment back waits for the ledger", "part", p.ID, "error", err)
		}
		if p.State == casebook.PartDone {
			kept = append(kept, p)
		} else {
			gone = true
		}
	}
	if !taken {
		return Effect{}, ledger.Refuse(ledger.CodeConflict)
	}
	if err := d.settle(ctx, e); err != nil {
		return Effect{}, err
	}
	if len(kept) > 0 && !gone {
		return Effect{}, ledger.Refuse(ledger.CodePaymentFinal)
	}
	for _, p := range kept {
		if err := d.keptByLedger(ctx, p); err != nil {
			return Effect{}, err
		}
	}
	return Effect{}, nil
}

// keptByLedger has a person look at a payment that the ledger has not taken back.
func (d *Desk) keptByLedger(ctx context.Context, p *casebook.BankPart) error {
	_, err := d.Book.AddTask(ctx, casebook.Task{
		Kind: casebook.TaskNext, About: p.ID, Note: p.Note, Reason: "task.why.refused", With: map[string]string{"code": p.Why}, Due: d.Clock(),
	}, d.Clock())
	if err != nil {
		return err
	}
	_, err = d.Book.ReopenTask(ctx, casebook.TaskID(casebook.TaskNext, p.ID)) // it was kept before
	return err
}

// payBack has one payment taken back on the ledger, as pay has it written.
func (d *Desk) payBack(ctx context.Context, p *casebook.BankPart) error {
	p.Tried = d.Clock()
	done, err := d.Submit(ctx, Doing{ID: p.ID, Reason: p.Remark}, p.Note, ledger.OpPayReverse, ledger.PayReverseBody{Payment: p.Seq, Reason: p.Remark})
	refusal, refused := asRefusal(err)
	switch {
	case err != nil && !refused:
		return err
	case !refused && !done.Unsettled, refused && refusal.Code == ledger.CodePaymentReversed:
		p.State = casebook.PartUndone
	case refused && !refusal.Retryable():
		// The ledger keeps it: so does the book. Who asked, or somebody else, is told.
		p.State, p.Why = casebook.PartDone, string(refusal.Code)
	}
	_, err = d.Book.MoveBankPart(ctx, *p, casebook.PartUndoing)
	return err
}
