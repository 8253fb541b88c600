package casework

import (
	"context"
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// NameDeal names the act that accepts many notes at once.
const NameDeal ActName = "transfer.accept.all"

// MaxDeal is how many notes one act accepts.
const MaxDeal = 200

// Deal accepts what was offered of many notes: a portfolio that is bought, or given to
// be collected.
type Deal struct {
	Notes []ledger.NoteID `json:"notes"`
}

// Name names the act.
func (*Deal) Name() ActName { return NameDeal }

// Subject is no note, since there are many.
func (*Deal) Subject() ledger.NoteID { return "" }

// Check says whether each of the notes can be accepted just now.
func (a *Deal) Check(ctx context.Context, d *Desk) error {
	if len(a.Notes) == 0 || len(a.Notes) > MaxDeal {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "notes", "want", fmt.Sprintf("1 to %d notes", MaxDeal))
	}
	for _, id := range a.Notes {
		now, err := d.lookAhead(ctx, id)
		if err != nil {
			return err
		}
		body, err := d.acceptance(ctx, now.note)
		if err != nil {
			return err
		}
		if err := now.would(ledger.OpTransferAccept, body); err != nil {
			return err
		}
	}
	return nil
}

// Describe says how many notes there are.
func (a *Deal) Describe() []Saying { return one("act.deal.says", "n", len(a.Notes)) }

// Do accepts one note after the other. What is refused since it was checked stays
// offered, and the others are accepted; a repeat accepts what is left.
func (a *Deal) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	var e Effect
	for _, id := range a.Notes {
		n, err := d.Book.Note(ctx, id)
		if err != nil {
			return e, err
		}
		if n == nil || n.State.Pending == nil {
			continue // accepted by this act before, or taken back
		}
		body, err := d.acceptance(ctx, n.State)
		if err != nil {
			return e, err
		}
		done, err := d.Submit(ctx, by, id, ledger.OpTransferAccept, body)
		if refusal, refused := errors.AsType[*ledger.Error](err); err != nil && (!refused || refusal.Retryable()) {
			return e, err // as where the ledger cannot be reached: a repeat goes on
		}
		e.Command, e.Unsettled = done.Command, e.Unsettled || done.Unsettled
	}
	return e, nil
}

// acceptance gives what accepts the transfer that is offered of a note: one that is
// bought goes into the company's own book.
func (d *Desk) acceptance(ctx context.Context, n *ledger.Note) (ledger.TransferAcceptBody, error) {
	if n.Pending == nil || n.Pending.To != d.Party {
		return ledger.TransferAcceptBody{}, ledger.Refuse(ledger.CodeTransferOther)
	}
	body := ledger.TransferAcceptBody{Transfer: n.Pending.ID}
	if n.Pending.Kind != ledger.Sale {
		return body, nil
	}
	books, _, err := d.Book.Books(ctx, d.Party, 0, 1)
	if err != nil {
		return body, err
	}
	if len(books) == 0 {
		return body, ledger.Refuse(ledger.CodeBookNotOwn)
	}
	body.Book = books[0].Book.ID
	return body, nil
}

// Offered lists the notes that are offered to the company, the latest first, before a
// place; 0 for the first page.
func (d *Desk) Offered(ctx context.Context, before int64) (page []store.Note, more bool, err error) {
	return d.Book.Notes(ctx, store.NoteQuery{Party: d.Party, Role: ledger.RoleRecipient, Before: before, Limit: MaxDeal})
}
