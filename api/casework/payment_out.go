package casework

import (
	"context"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// RefundPayment notes that what a note did not take was paid back. Two people decide:
// money leaves the company.
type RefundPayment struct {
	Part    string        `json:"part"`
	Account string        `json:"account"` // to which, masked; see Masked
	Amount  finance.Money `json:"amount"`  // all of the part, so that who agrees reads how much
}

// maskedRunes is how much of an account number is kept.
const maskedRunes = 4

// Masked leaves of an account number what its owner knows it by.
func Masked(account string) string {
	runes := []rune(account)
	if len(runes) <= maskedRunes {
		return "…"
	}
	return "…" + string(runes[len(runes)-maskedRunes:])
}

// maxMasked is the length of what Masked gives.
const maxMasked = maskedRunes + 1

// Name names the act.
func (*RefundPayment) Name() ActName { return NameRefundPayment }

// Subject is no note: what is paid back is none's.
func (*RefundPayment) Subject() ledger.NoteID { return "" }

// Check says whether it waits to be paid back.
func (a *RefundPayment) Check(ctx context.Context, d *Desk) error {
	if n := len([]rune(a.Account)); n == 0 || n > maxMasked {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "account", "want", "the end of an account number")
	}
	p, err := d.Book.BankPart(ctx, a.Part)
	switch {
	case err != nil:
		return err
	case p == nil:
		return ledger.Refuse(ledger.CodeNotFound)
	case p.Amount != a.Amount:
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "amount", "want", p.Amount.String())
	case p.State != casebook.PartDue && p.State != casebook.PartPaid:
		return ledger.Refuse(ledger.CodeConflict)
	}
	return nil
}

// Describe says what is noted.
func (a *RefundPayment) Describe() []Saying {
	return one("act.payment.refund.says", "amount", a.Amount, "account", a.Account)
}

// Do notes it.
func (a *RefundPayment) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	p, err := d.Book.BankPart(ctx, a.Part)
	switch {
	case err != nil:
		return Effect{}, err
	case p == nil:
		return Effect{}, ledger.Refuse(ledger.CodeNotFound)
	case p.State == casebook.PartPaid && p.Undo == by.ID:
		return Effect{}, nil
	}
	p.State, p.Account, p.Undo, p.Remark = casebook.PartPaid, a.Account, by.ID, by.Reason
	moved, err := d.Book.MoveBankPart(ctx, *p, casebook.PartDue)
	if err == nil && !moved {
		err = ledger.Refuse(ledger.CodeConflict)
	}
	return Effect{}, err
}

// AccountToClient notes that a client was told of what came in for it on a day, and has
// or gets it (1974:182 par. 10).
type AccountToClient struct {
	Client ledger.PartyID `json:"client"`
	Day    finance.Date   `json:"day"`
	Amount finance.Money  `json:"amount"` // what the client was told: what came in since is not among it
}

// Name names the act.
func (*AccountToClient) Name() ActName { return NameAccountToClient }

// Subject is no note.
func (*AccountToClient) Subject() ledger.NoteID { return "" }

// Check says whether the client and the day are some.
func (a *AccountToClient) Check(context.Context, *Desk) error {
	if a.Client == "" || a.Day.IsZero() {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "client", "want", "a client and a day")
	}
	return nil
}

// Describe says what is noted.
func (a *AccountToClient) Describe() []Saying {
	return one("act.payment.account.says", "amount", a.Amount, "day", a.Day)
}

// Do notes it.
func (a *AccountToClient) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	accounted, err := d.Book.Account(ctx, casebook.Accounting{Client: a.Client, Day: a.Day, Amount: a.Amount, At: d.Clock()})
	if err == nil && !accounted {
		err = ledger.Refuse(ledger.CodeConflict)
	}
	return Effect{}, err
}
