package casework

import (
	"context"
	"errors"
	"strings"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// entry gives an entry, or refuses one that is none.
func (d *Desk) entry(ctx context.Context, id string) (*casebook.BankEntry, error) {
	e, err := d.Book.BankEntry(ctx, id)
	if err == nil && e == nil {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return e, err
}

// asRefusal gives the refusal that an error is.
func asRefusal(err error) (*ledger.Error, bool) { return errors.AsType[*ledger.Error](err) }

// parseMoney reads what Money's String has written.
func parseMoney(text string) (finance.Money, error) {
	amount, currency, _ := strings.Cut(text, " ")
	return finance.ParseMoney(amount, currency)
}

// CaseNamed gives the case of which somebody wrote the number, with # before it or not,
// or the payment reference.
func (d *Desk) CaseNamed(ctx context.Context, text string) (*casebook.Case, error) {
	for _, number := range caseNumbers(text) {
		if c, err := d.Book.Case(ctx, number); err != nil || c != nil {
			return c, err
		}
	}
	return nil, ledger.Refuse(ledger.CodeBodyInvalid, "field", "case", "want", "the number of a case or its payment reference")
}

// OwedBetweenHolders gives what the company owes those who hold a note now, for payments
// that it received in their place.
func (d *Desk) OwedBetweenHolders(ctx context.Context, note ledger.NoteID) ([]ledger.Settlement, error) {
	n, err := d.Book.Note(ctx, note)
	if err != nil || n == nil {
		return nil, err
	}
	var owed []ledger.Settlement
	for _, s := range n.State.Settlements {
		if s.From == d.Party {
			owed = append(owed, s)
		}
	}
	return owed, nil
}
