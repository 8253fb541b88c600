package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func today() finance.Date { return finance.DateOf(time.Now()) }

func kronor(n int) finance.Money {
	return finance.Money{Amount: finance.Amount(n) * 100, Currency: "SEK"}
}

// paid is a payment on the note that was received today.
func (p *play) paid(m finance.Money) act {
	return act{op: ledger.OpPay, note: p.note, body: ledger.PayBody{Amount: m, PaidOn: today()}}
}

// saleTo offers the note for sale.
func (p *play) saleTo(buyer *actor) act {
	return act{op: ledger.OpTransferOffer, note: p.note, body: ledger.TransferOfferBody{To: buyer.id, Kind: ledger.Sale, Form: ledger.InFull}}
}

// takes accepts the transfer that is offered of a note.
func (a *actor) takes(ctx context.Context, id ledger.NoteID, book ledger.BookID) error {
	n, err := a.Note(ctx, id, finance.Date{})
	if err != nil {
		return err
	}
	if n.Note == nil || n.Note.Pending == nil {
		return fmt.Errorf("no transfer of %s is offered", id)
	}
	return a.does(ctx, act{op: ledger.OpTransferAccept, note: id, body: ledger.TransferAcceptBody{Transfer: n.Note.Pending.ID, Book: book}})
}

// sale is how the note comes to another holder.
var sale = []step{
	{"the borrower cannot sell the lender's note", func(p *play, ctx context.Context) error {
		return p.borrower.refused(ctx, ledger.CodeRoleForbidden, p.saleTo(p.collector))
	}},
	{"the lender offers the note to the collector", func(p *play, ctx context.Context) error {
		return p.lender.does(ctx, p.saleTo(p.collector))
	}},
	{"it cannot offer it to the bank as well", func(p *play, ctx context.Context) error {
		return p.lender.refused(ctx, ledger.CodeTransferPending, p.saleTo(p.bank))
	}},
	{"the collector accepts; control passes", func(p *play, ctx context.Context) error {
		if err := p.collector.takes(ctx, p.note, p.collector.book); err != nil {
			return err
		}
		return p.wantControl(ctx, p.collector)
	}},
	{"the lender can do nothing with the note any more", func(p *play, ctx context.Context) error {
		return p.lender.refused(ctx, ledger.CodeRoleForbidden, p.saleTo(p.bank))
	}},
	{"until the borrower is told, nothing may be demanded", func(p *play, ctx context.Context) error {
		return p.wantCollectable(ctx, false)
	}},
	{"the borrower, not told yet, pays the lender in good faith: it counts, and the lender owes it to the collector", (*play).goodFaith},
	{"the collector tells the borrower; the notice gate opens", func(p *play, ctx context.Context) error {
		err := p.collector.does(ctx, act{op: ledger.OpNotice, note: p.note, body: ledger.NoticeBody{
			Holder: p.collector.id, DeliveredOn: today(), Channel: "letter",
		}})
		if err != nil {
			return err
		}
		return p.wantCollectable(ctx, true)
	}},
}

func (p *play) goodFaith(ctx context.Context) error {
	if err := p.lender.does(ctx, p.paid(kronor(5000))); err != nil {
		return err
	}
	n, err := p.collector.Note(ctx, p.note, finance.Date{})
	if err != nil {
		return err
	}
	want := []ledger.Settlement{{From: p.lender.id, To: p.collector.id, Amount: 5000_00}}
	if !slices.Equal(n.Note.Settlements, want) {
		return fmt.Errorf("want the settlement %+v, got %+v", want, n.Note.Settlements)
	}
	return nil
}

func (p *play) wantControl(ctx context.Context, who *actor) error {
	n, err := who.Note(ctx, p.note, finance.Date{})
	if err != nil {
		return err
	}
	if want := []ledger.PartyID{who.id}; !slices.Equal(n.Summary.Controllers, want) {
		return fmt.Errorf("want the controllers %v, got %v", want, n.Summary.Controllers)
	}
	return nil
}

func (p *play) wantCollectable(ctx context.Context, want bool) error {
	n, err := p.collector.Note(ctx, p.note, finance.Date{})
	if err != nil {
		return err
	}
	if n.Summary.Collectable != want {
		return fmt.Errorf("want that payment may be demanded to be %t, got %t", want, n.Summary.Collectable)
	}
	return nil
}
