package casework

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// NameDeal names the act that accepts many notes at once.
const NameDeal ActName = "transfer.accept.all"

// MaxDeal is how many notes one act accepts, and one page lists: more would make a page
// of over 100 kB.
const MaxDeal = 150

// Deal accepts what was offered of many notes: a portfolio that is bought, or given to
// be collected.
type Deal struct {
	Notes []ledger.NoteID `json:"notes"`
}

// Name names the act.
func (*Deal) Name() ActName { return NameDeal }

// Subject is no note, since there are many.
func (*Deal) Subject() ledger.NoteID { return "" }

// Check says whether each of the notes can be accepted just now. Nothing is accepted
// before its evidence was verified: a company answers for what it demands.
func (a *Deal) Check(ctx context.Context, d *Desk) error {
	if err := dealt(a.Notes); err != nil {
		return err
	}
	checks, err := d.Book.OfferChecks(ctx, a.Notes)
	if err != nil {
		return err
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
		if c := checks[id]; c.State != casebook.OfferGenuine || c.Transfer != body.Transfer {
			return ledger.Refuse(ledger.CodeBodyInvalid, "field", "notes", "want", "notes whose evidence was verified")
		}
	}
	return nil
}

// Describe says how many notes there are, and whether all of them are accepted or none.
func (a *Deal) Describe() []Saying {
	n := (len(a.Notes) + ledger.MaxBatch - 1) / ledger.MaxBatch
	if n == 1 {
		return []Saying{Say("act.deal.says", "n", len(a.Notes)), Say("act.deal.together")}
	}
	return []Saying{Say("act.deal.says", "n", len(a.Notes)), Say("act.deal.parts", "n", n)}
}

// Do accepts the notes, as many in one transaction as one takes. Where one of them is
// refused since it was checked they are accepted one by one: it stays offered, and the
// others are accepted. A repeat accepts what is left.
func (a *Deal) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	var e Effect
	for notes := range slices.Chunk(a.Notes, ledger.MaxBatch) {
		left, err := d.offered(ctx, notes)
		if err != nil {
			return e, err
		}
		done, together, err := d.submitTogether(ctx, by, ledger.OpTransferAccept, left)
		if err != nil {
			return e, err
		}
		if !together {
			if done, err = d.acceptEach(ctx, by, left); err != nil {
				return e, err // as where the ledger cannot be reached: a repeat goes on
			}
		}
		e.Command, e.Unsettled = cmp.Or(done.Command, e.Command), e.Unsettled || done.Unsettled
	}
	return e, nil
}

// offered gives what accepts each of the notes that are offered still: of the others
// this act has accepted some, or they were taken back.
func (d *Desk) offered(ctx context.Context, notes []ledger.NoteID) ([]wanted, error) {
	var all []wanted
	for _, id := range notes {
		n, err := d.Book.Note(ctx, id)
		if err != nil {
			return nil, err
		}
		if n == nil || n.State.Pending == nil {
			continue
		}
		body, err := d.acceptance(ctx, n.State)
		if err != nil {
			return nil, err
		}
		all = append(all, wanted{id, body})
	}
	return all, nil
}

// acceptEach accepts one note after the other. What the rules refuse stays offered.
func (d *Desk) acceptEach(ctx context.Context, by Doing, all []wanted) (Submitted, error) {
	var last Submitted
	for _, w := range all {
		done, err := d.Submit(ctx, by, w.note, ledger.OpTransferAccept, w.body)
		if refusal, refused := errors.AsType[*ledger.Error](err); err != nil && (!refused || refusal.Retryable()) {
			return last, err
		}
		last.Command, last.Unsettled = done.Command, last.Unsettled || done.Unsettled
	}
	return last, nil
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
