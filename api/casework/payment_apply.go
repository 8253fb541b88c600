package casework

import (
	"context"
	"fmt"
	"strconv"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// MaxPaymentParts bounds what one payment is divided into.
const MaxPaymentParts = 20

// ApplyPayment says what an entry of the bank is for: a payment of one note, or, as the
// payer said, of several (2010:1846 par. 31). What a note does not take goes back.
type ApplyPayment struct {
	Entry string        `json:"entry"`
	Parts []PaymentPart `json:"parts"`
	// Said is how the payer said it, where it is not all for one note.
	Said string `json:"said,omitempty"`
}

// PaymentPart is what of an entry is for a note; without a note it goes back to the
// payer.
type PaymentPart struct {
	Note   ledger.NoteID `json:"note,omitempty"`
	Case   int64         `json:"case,omitempty"` // its number, as it is told
	Amount finance.Money `json:"amount"`
}

// Name names the act.
func (*ApplyPayment) Name() ActName { return NameApplyPayment }

// Subject is the note, where it is one.
func (a *ApplyPayment) Subject() ledger.NoteID {
	if len(a.Parts) == 1 {
		return a.Parts[0].Note
	}
	return ""
}

// Check says whether the parts are all of the entry, and nobody has decided otherwise.
func (a *ApplyPayment) Check(ctx context.Context, d *Desk) error {
	e, err := d.entry(ctx, a.Entry)
	if err != nil {
		return err
	}
	if len(a.Parts) == 0 || len(a.Parts) > MaxPaymentParts {
		return ledger.Refuse(ledger.CodeLimit, "what", "parts", "limit", fmt.Sprint(MaxPaymentParts))
	}
	var sum finance.Amount
	seen := map[ledger.NoteID]bool{}
	for _, p := range a.Parts {
		if p.Amount.Amount <= 0 || p.Amount.Currency != e.Amount.Currency || seen[p.Note] {
			return ledger.Refuse(ledger.CodeBodyInvalid, "field", "amount", "want", "each note once, and more than nothing for it")
		}
		seen[p.Note] = true
		if sum, err = sum.Add(p.Amount.Amount); err != nil {
			return ledger.Refuse(ledger.CodeBodyInvalid, "field", "amount", "want", e.Amount.String())
		}
		if p.Note == "" {
			continue
		}
		if _, err := d.caseOf(ctx, p.Note); err != nil {
			return err
		}
	}
	switch {
	case !e.Credit || e.Reversal:
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "entry", "want", "money that came in")
	case sum != e.Amount.Amount:
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "amount", "want", e.Amount.String())
	case len(a.Parts) > 1 && a.Said == "":
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "said", "want", "how the payer said it")
	case e.State == casebook.EntryNew || e.State == casebook.EntryUnmatched || e.State == casebook.EntryMatched:
		return nil // Do finds out whether it is matched by this very act
	}
	return ledger.Refuse(ledger.CodeConflict)
}

// Describe says what is written on which note.
func (a *ApplyPayment) Describe() []Saying {
	var said []Saying
	for _, p := range a.Parts {
		if p.Note == "" {
			said = append(said, Say("act.payment.apply.back", "amount", p.Amount))
		} else {
			said = append(said, Say("act.payment.apply.says", "amount", p.Amount, "number", strconv.FormatInt(p.Case, 10)))
		}
	}
	return said
}

// Do divides the entry and sends each payment to the ledger. The division is on the disk
// first: whatever is cut short goes on with the same commands (see WorkPayments).
func (a *ApplyPayment) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	e, err := d.entry(ctx, a.Entry)
	if err != nil {
		return Effect{}, err
	}
	parts := make([]casebook.BankPart, len(a.Parts))
	for i, p := range a.Parts {
		parts[i] = casebook.BankPart{
			ID: derived("part", by.ID, i), Entry: e.ID, Act: by.ID, Kind: casebook.PartPay, Note: p.Note, State: casebook.PartWaiting,
			Amount: p.Amount, BookedOn: e.BookedOn, Tried: d.Clock(),
		}
		if p.Note == "" {
			parts[i].Kind, parts[i].State = casebook.PartReturn, casebook.PartDue
		}
	}
	planned, err := d.Book.PlanBankParts(ctx, e.ID, parts, d.Clock())
	if err != nil {
		return Effect{}, err
	}
	if !planned {
		return Effect{}, ledger.Refuse(ledger.CodeConflict)
	}
	effect := Effect{Undo: &UnmatchPayment{Entry: e.ID}}
	all, err := d.Book.PartsOfEntry(ctx, e.ID)
	if err != nil {
		return effect, err
	}
	for i := range all {
		if all[i].State != casebook.PartWaiting {
			continue
		}
		if err := d.pay(ctx, &all[i]); err != nil {
			// It waits, and the loop goes on with it: the decision is made.
			d.Log.Warn("a payment waits for the ledger", "part", all[i].ID, "error", err)
		}
		if effect.Command == "" {
			effect.Command = all[i].Command
		}
		effect.Unsettled = effect.Unsettled || all[i].State == casebook.PartWaiting
	}
	return effect, d.settle(ctx, e)
}

// settle brings an entry and its task in line with its parts.
func (d *Desk) settle(ctx context.Context, e *casebook.BankEntry) error {
	state, err := d.Book.SettleBankEntry(ctx, e.ID, d.Clock())
	if err != nil {
		return err
	}
	if state == casebook.EntryUnmatched {
		return d.addPaymentTask(ctx, e)
	}
	return d.endPaymentTask(ctx, e.ID)
}

// maxPayTries bounds how often a payment is tried in one go with a smaller amount.
const maxPayTries = 3

// pay has a payment written on its note. The command's id follows from the part, which is
// on the disk before: a crash after the ledger has it and before the book does finds the
// first result again.
func (d *Desk) pay(ctx context.Context, p *casebook.BankPart) error {
	for range maxPayTries {
		again, err := d.payOnce(ctx, p)
		if err != nil || !again {
			return err
		}
	}
	return nil
}

// payOnce tries once; again says that the ledger takes less.
func (d *Desk) payOnce(ctx context.Context, p *casebook.BankPart) (again bool, err error) {
	n, err := d.Book.Note(ctx, p.Note)
	if err != nil {
		return false, err
	}
	body := ledger.PayBody{Amount: p.Amount, PaidOn: d.paidOn(p), Reference: d.bankReference(ctx, p)}
	if n != nil {
		body.Claim, p.Client = claimOf(n.State, p), n.Holder
	}
	p.Tried = d.Clock()
	done, err := d.Submit(ctx, Doing{ID: p.ID}, p.Note, ledger.OpPay, body)
	if refusal, is := asRefusal(err); is {
		// Only now: it may be this very payment, whose answer was lost, that ended it.
		if n != nil && ended(n.State.Status) && !refusal.Retryable() {
			refusal = ledger.Refuse(ledger.CodeNoteDischarged)
		}
		return d.refusedPart(ctx, p, refusal)
	}
	if err != nil {
		return false, err
	}
	p.Command = done.Command
	if !done.Unsettled {
		p.Seq, p.State = done.Seq, casebook.PartDone
	}
	_, err = d.Book.MoveBankPart(ctx, *p, casebook.PartWaiting)
	return false, err
}

// paidOn gives the day that a payment counts from: that of its booking. In Sweden a day
// begins before the ledger's does (UTC), which knows of no payment of tomorrow: until
// then it counts from today, to the payer's advantage.
func (d *Desk) paidOn(p *casebook.BankPart) finance.Date {
	if today := finance.DateOf(d.Clock()); p.BookedOn == today.AddDays(1) {
		return today
	}
	return p.BookedOn
}

// refusedPart says what becomes of a payment that the note does not take.
func (d *Desk) refusedPart(ctx context.Context, p *casebook.BankPart, refusal *ledger.Error) (again bool, err error) {
	switch refusal.Code {
	case ledger.CodePaymentExceeds:
		owed, err := parseMoney(refusal.Params["owed"])
		if err == nil && owed.Amount > 0 && owed.Amount < p.Amount.Amount && owed.Currency == p.Amount.Currency {
			rest := *p
			rest.Why = string(refusal.Code)
			rest.ID, rest.Kind, rest.State = derived("rest", p.ID, owed.String()), casebook.PartReturn, casebook.PartDue
			rest.Amount.Amount -= owed.Amount
			p.Amount = owed
			return true, d.Book.ShrinkBankPart(ctx, *p, rest)
		}
		return false, d.goesBack(ctx, p, refusal.Code)
	case ledger.CodeNoteDischarged, ledger.CodeNoteVoid, ledger.CodeNoteErased:
		return false, d.goesBack(ctx, p, refusal.Code)
	}
	if !refusal.Retryable() {
		p.State, p.Why = casebook.PartDropped, string(refusal.Code)
	}
	_, err = d.Book.MoveBankPart(ctx, *p, casebook.PartWaiting)
	return false, err
}

// goesBack makes a payment of a note on which nothing is owed one that goes back.
func (d *Desk) goesBack(ctx context.Context, p *casebook.BankPart, why ledger.Code) error {
	p.Kind, p.State, p.Why = casebook.PartReturn, casebook.PartDue, string(why)
	_, err := d.Book.MoveBankPart(ctx, *p, casebook.PartWaiting)
	return err
}

// ended says whether nothing can be paid on a note any more, whatever comes.
func ended(s ledger.Status) bool {
	return s == ledger.StatusDischarged || s == ledger.StatusVoid || s == ledger.StatusErased
}

// bankReference is what the note says of the bank's entry, by which each finds the other.
func (d *Desk) bankReference(ctx context.Context, p *casebook.BankPart) string {
	e, err := d.Book.BankEntry(ctx, p.Entry)
	if err != nil || e == nil {
		return p.Entry
	}
	ref := []rune(orElse(e.PartRef, orElse(e.BankRef, e.ID)))
	return string(ref[:min(len(ref), ledger.MaxReferenceRunes)])
}

// claimOf gives the borrower's claim of payment that a payment answers, if it is the
// only one of its amount.
func claimOf(n *ledger.Note, p *casebook.BankPart) uint64 {
	var seq uint64
	for _, c := range n.Claims {
		if c.Amount != p.Amount.Amount || c.SetOff {
			continue
		}
		if seq != 0 {
			return 0
		}
		seq = c.Seq
	}
	return seq
}
