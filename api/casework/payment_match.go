package casework

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// MatchRule is the rule by which a payment is matched without a person: package
// bankfile's MatchDebts, whose version it names.
const MatchRule = "payment.match/1"

const (
	// maxDebts bounds the notes that are compared with one payment for each clue.
	maxDebts = 20
	// unmatchedTime is how soon a person should have looked at a payment that the
	// program does not know: it is somebody's money, on which interest runs.
	unmatchedTime = 24 * time.Hour
)

// Why an entry is left to a person, or put aside: keys of words.
const (
	whyUnknown    = "payment.why.unknown"    // nothing is known that it could be for
	whyCandidates = "payment.why.candidates" // it could be for several, or one clue is against another
	whyTakenBack  = "payment.why.takenback"  // it takes a payment back, or brings money back
	whyTwice      = "payment.why.twice"      // another file may have it already
	whyOut        = "payment.why.out"        // money that went out
	whyNothing    = "payment.why.nothing"    // an amount of nothing
)

// IsPaymentWord says whether why an entry is where it is, is a key of words: else it is
// the code of a refusal, or what somebody wrote.
func IsPaymentWord(why string) bool { return strings.HasPrefix(why, "payment.why.") }

// paymentSpace makes ids of acts, parts and commands from what they are about, so that
// none of them is done twice whatever is cut short.
var paymentSpace = uuid.MustParse("0b0a7a5c-6d0f-5a57-9f0e-2c1a3a0d5b13")

func derived(parts ...any) string {
	return uuid.NewSHA1(paymentSpace, fmt.Appendf(nil, "%q", parts)).String()
}

// matchEntry decides what a new entry is: it gives the act that writes it on a note, or
// puts it aside or leaves it to a person and gives none.
func (d *Desk) matchEntry(ctx context.Context, e *casebook.BankEntry) (*ApplyPayment, error) {
	if e.Twin != "" {
		return nil, d.ask(ctx, e, whyTwice, nil)
	}
	if e.Amount.Amount == 0 {
		return nil, d.putAside(ctx, e, whyNothing)
	}
	read := bankfile.Entry{
		Amount: e.Amount, Credit: e.Credit, Reversal: e.Reversal, Booked: true, Return: e.Back,
		References: e.Details.References, Text: e.Details.Text, Payer: bankfile.Payer{Name: e.Payer, Account: e.PayerAccount},
	}
	debts, err := d.debts(ctx, read.Clues(), e.BookedOn)
	if err != nil {
		return nil, err
	}
	switch m := bankfile.MatchDebts(&read, debts); m.Verdict {
	case bankfile.Matched:
		return &ApplyPayment{Entry: e.ID, Parts: []PaymentPart{{Note: ledger.NoteID(m.Candidates[0].Key), Amount: e.Amount}}}, nil
	case bankfile.Candidates:
		return nil, d.ask(ctx, e, whyCandidates, m.Candidates)
	case bankfile.TakenBack:
		return nil, d.ask(ctx, e, whyTakenBack, nil)
	case bankfile.NotOurs:
		return nil, d.putAside(ctx, e, whyOut)
	default:
		return nil, d.ask(ctx, e, whyUnknown, nil)
	}
}

// matchedBy is the id of the act by which the rule writes an entry on its note. A rule
// decides about an entry once.
func matchedBy(entry string) string { return derived("match", entry) }

// applyMatch writes an entry on its note as the rule has matched it.
func (d *Desk) applyMatch(ctx context.Context, e *casebook.BankEntry, a *ApplyPayment) error {
	_, err := d.Do(ctx, Request{ID: matchedBy(e.ID), Actor: Actor{Rule: MatchRule}, Act: a})
	return d.refusedEntry(ctx, e, err)
}

// refusedEntry leaves an entry to a person whose act was refused before it began.
func (d *Desk) refusedEntry(ctx context.Context, e *casebook.BankEntry, err error) error {
	if refusal, is := asRefusal(err); is && !refusal.Retryable() {
		return d.ask(ctx, e, string(refusal.Code), nil)
	}
	return err
}

// putAside notes that an entry is nothing to any note.
func (d *Desk) putAside(ctx context.Context, e *casebook.BankEntry, why string) error {
	_, err := d.Book.SetBankEntry(ctx, e.ID, casebook.EntryIgnored, why, d.Clock(), casebook.EntryNew)
	return err
}

// ask leaves an entry to a person.
func (d *Desk) ask(ctx context.Context, e *casebook.BankEntry, why string, candidates []bankfile.Candidate) error {
	var all []casebook.BankCandidate
	for _, c := range candidates {
		kept := casebook.BankCandidate{Note: ledger.NoteID(c.Key)}
		for _, r := range c.Reasons {
			kept.Reasons = append(kept.Reasons, string(r))
		}
		all = append(all, kept)
	}
	if err := d.Book.AskAboutEntry(ctx, e.ID, why, all, d.Clock()); err != nil {
		return err
	}
	return d.addPaymentTask(ctx, e)
}

// addPaymentTask puts an unmatched entry on the worklist. It names no payer: a task is
// not erased with the entry.
func (d *Desk) addPaymentTask(ctx context.Context, e *casebook.BankEntry) error {
	task := casebook.Task{
		Kind: casebook.TaskPayment, About: e.ID, Reason: "task.payment",
		With: map[string]string{"amount": e.Amount.String(), "day": e.BookedOn.String()}, Due: d.Clock().Add(unmatchedTime),
	}
	if _, err := d.Book.AddTask(ctx, task, d.Clock()); err != nil {
		return err
	}
	// One that was settled and is open again comes back.
	_, err := d.Book.ReopenTask(ctx, casebook.TaskID(task.Kind, task.About))
	return err
}

// endPaymentTask takes an entry off the worklist.
func (d *Desk) endPaymentTask(ctx context.Context, entry string) error {
	_, err := d.Book.DropTask(ctx, casebook.TaskID(casebook.TaskPayment, entry), "", d.Clock())
	return err
}

// debts gives the debts that some clues lead to.
func (d *Desk) debts(ctx context.Context, c bankfile.Clues, on finance.Date) ([]bankfile.Debt, error) {
	var all []bankfile.Debt
	seen := map[ledger.NoteID]int{}
	add := func(k *casebook.Case, account string) error {
		at, known := seen[k.Note]
		if !known {
			debt, err := d.debt(ctx, k, on)
			if err != nil || debt == nil {
				return err
			}
			at = len(all)
			seen[k.Note] = at
			all = append(all, *debt)
		}
		if account != "" {
			all[at].Accounts = append(all[at].Accounts, account)
		}
		return nil
	}
	for _, number := range c.Numbers {
		k, err := d.Book.Case(ctx, number)
		if err == nil && k != nil {
			err = add(k, "")
		}
		if err != nil {
			return nil, err
		}
	}
	if c.Account != "" {
		notes, err := d.Book.NotesPaidFrom(ctx, c.Account, maxDebts)
		if err != nil {
			return nil, err
		}
		for _, note := range notes {
			k, err := d.Book.CaseOf(ctx, note)
			if err == nil && k != nil {
				err = add(k, c.Account)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	if strings.Contains(c.Name, " ") { // one word is not a name
		found, _, err := d.Book.Find(ctx, casebook.Search{Text: c.Name, Limit: maxDebts})
		if err != nil {
			return nil, err
		}
		for i := range found {
			if err := add(&found[i], ""); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// debt gives what matching needs of a case; nil where the company knows no note of it.
func (d *Desk) debt(ctx context.Context, k *casebook.Case, on finance.Date) (*bankfile.Debt, error) {
	n, err := d.Book.Note(ctx, k.Note)
	if err != nil || n == nil {
		return nil, err
	}
	debt := &bankfile.Debt{Key: string(k.Note), Number: k.Number, Currency: n.State.Terms.Principal.Currency}
	for _, b := range n.State.Borrowers {
		debt.Names = append(debt.Names, b.Name)
	}
	persons, err := d.Book.PersonsOf(ctx, k.Note)
	if err != nil {
		return nil, err
	}
	for _, p := range persons {
		debt.Names = append(debt.Names, p.Name)
	}
	s, err := ledger.Summarize(n.State, n.Holder, on)
	if err != nil {
		// A note whose arithmetic is refused is matched by its reference alone.
		d.Log.Warn("what a note owes could not be counted for matching a payment", "note", k.Note, "error", err)
		return debt, nil
	}
	debt.Owed = s.Total.Amount
	debt.Asked = append(debt.Asked, s.Arrears.Charges+s.Arrears.Principal+s.Arrears.Interest, s.NextLeft)
	if s.Next != nil {
		debt.Asked = append(debt.Asked, s.Next.Total)
	}
	return debt, nil
}
