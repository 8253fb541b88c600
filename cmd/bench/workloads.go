package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// workload is something to measure. prepare is not measured; it gives each
// caller what it needs.
type workload struct {
	Name    string
	Grouped bool // whether commands share transactions
	prepare func(ctx context.Context, callers int) (work, error)
}

// operations are our workloads on one set of ledgers. Notes are prepared
// through quick ones, so that preparing takes little time.
func operations(c *cast, at, quick ledgers, grouped bool) []workload {
	return []workload{
		{Name: "offer", Grouped: grouped, prepare: func(context.Context, int) (work, error) {
			return func(ctx context.Context, _ int) (int, error) {
				_, _, err := c.offer(ctx, at)
				return 1, err
			}, nil
		}},
		{Name: "pay", Grouped: grouped, prepare: func(ctx context.Context, callers int) (work, error) {
			notes, err := c.activeNotes(ctx, quick, callers)
			return func(ctx context.Context, caller int) (int, error) { return 1, notes[caller].pay(ctx, at) }, err
		}},
		{Name: "transfer", Grouped: grouped, prepare: func(ctx context.Context, callers int) (work, error) {
			notes, err := c.activeNotes(ctx, quick, callers)
			return func(ctx context.Context, caller int) (int, error) {
				return c.sell(ctx, at, quick, notes, caller)
			}, err
		}},
	}
}

// onePayment is small beside the principal, so that no note is paid off.
const onePayment finance.Amount = 100

func today() finance.Date { return finance.DateOf(time.Now().UTC()) }

// pay writes one payment on the note.
func (h *held) pay(ctx context.Context, at ledgers) error {
	if _, err := h.holder.do(ctx, at, h.draft(ledger.OpPay, payment())); err != nil {
		return err
	}
	h.seq++
	return nil
}

// sell sells the caller's note from lender to collector or back: two commands,
// by two organisations. A note can be sold a limited number of times; then the
// caller takes a new one.
func (c *cast) sell(ctx context.Context, at, quick ledgers, notes []*held, caller int) (int, error) {
	h := notes[caller]
	if h.soldOut() {
		fresh, err := c.activeNotes(ctx, quick, 1)
		if err != nil {
			return 0, err
		}
		h, notes[caller] = fresh[0], fresh[0]
	}
	buyer := c.collector
	if h.holder == c.collector {
		buyer = c.lender
	}
	offered, err := h.holder.do(ctx, at, h.draft(ledger.OpTransferOffer, ledger.TransferOfferBody{
		To: buyer.id, Kind: ledger.Sale, Form: ledger.InFull,
	}))
	if err != nil {
		return 0, err
	}
	h.seq++
	err = h.accept(ctx, at, buyer, offered.command)
	if err != nil {
		return 0, err
	}
	h.seq++
	h.holder = buyer
	return 2, nil
}

// soldOut says whether the note has been sold as often as one can be. Offer and
// acceptance come first, then two commands for each sale.
func (h *held) soldOut() bool { return h.seq >= 2+2*ledger.MaxEndorsements }

// acceptAttempts bounds how often a buyer tries while its side has not seen the
// offer yet.
const acceptAttempts = 20

// accept takes an offered transfer. The buyer was told of it by the seller and
// not by a block, so the peer that it reads from may not have the offer's block
// yet and know nothing of a note for it.
func (h *held) accept(ctx context.Context, at ledgers, buyer *actor, transfer ledger.CommandID) error {
	draft := h.draft(ledger.OpTransferAccept, ledger.TransferAcceptBody{Transfer: transfer, Book: buyer.book})
	var err error
	for range acceptAttempts {
		_, err = buyer.do(ctx, at, draft)
		if refusal, ok := errors.AsType[*ledger.Error](err); !ok || refusal.Code != ledger.CodeNotEntitled {
			return err
		}
		awaitTime(ctx, time.Now().Add(pause))
	}
	return err
}

// together lets each caller do one thing, all at once.
func together(callers int, do func(caller int)) {
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() { do(caller) })
	}
	group.Wait()
}
