package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// collection is what happens to a note that is being paid.
var collection = []step{
	{"the collector writes a payment on the note", func(p *play, ctx context.Context) error {
		return p.collector.does(ctx, p.paid(kronor(10_000)))
	}},
	{"and one that was another customer's", func(p *play, ctx context.Context) error {
		receipt, _, err := p.collector.do(ctx, p.paid(kronor(7000)))
		if err == nil {
			p.payment = receipt.Result.Seq
		}
		return err
	}},
	{"the wrong booking is taken back, visibly, and the debt is as before", (*play).reverse},
	{"a payment in another currency is refused", func(p *play, ctx context.Context) error {
		return p.collector.refused(ctx, ledger.CodeCurrencyOther, p.paid(finance.Money{Amount: 100, Currency: "EUR"}))
	}},
	{"the borrower objects; collection stops", (*play).object},
	{"the collector answers the objection; collection may go on", func(p *play, ctx context.Context) error {
		err := p.collector.does(ctx, act{op: ledger.OpDisputeResolve, note: p.note, body: ledger.DisputeResolveBody{
			Dispute: p.objection, Outcome: ledger.Dismissed, Text: "Your payment of 5,000 is on the note.",
		}})
		if err != nil {
			return err
		}
		return p.wantCollectable(ctx, true)
	}},
	{"the authority freezes the note", func(p *play, ctx context.Context) error {
		err := p.authority.does(ctx, act{op: ledger.OpFreeze, note: p.note, body: ledger.FreezeBody{Ground: "Seizure, case U-1-26"}})
		if err != nil {
			return err
		}
		return p.want(ctx, ledger.StatusFrozen)
	}},
	{"while it is frozen the collector can take no payment", func(p *play, ctx context.Context) error {
		return p.collector.refused(ctx, ledger.CodeNoteFrozen, p.paid(kronor(1)))
	}},
	{"and nobody but the authority releases it", func(p *play, ctx context.Context) error {
		return p.collector.refused(ctx, ledger.CodeRoleForbidden, act{op: ledger.OpRelease, note: p.note, body: ledger.EmptyBody{}})
	}},
	{"the authority releases the note", func(p *play, ctx context.Context) error {
		if err := p.authority.does(ctx, act{op: ledger.OpRelease, note: p.note, body: ledger.EmptyBody{}}); err != nil {
			return err
		}
		return p.want(ctx, ledger.StatusActive)
	}},
}

func (p *play) reverse(ctx context.Context) error {
	err := p.collector.does(ctx, act{op: ledger.OpPayReverse, note: p.note, body: ledger.PayReverseBody{
		Payment: p.payment, Reason: "Another customer's payment",
	}})
	if err != nil {
		return err
	}
	n, err := p.borrower.Note(ctx, p.note, finance.Date{})
	if err != nil {
		return err
	}
	var counted finance.Amount
	reversed := 0
	for _, paid := range n.Note.Payments {
		if paid.Reversed {
			reversed++
			continue
		}
		counted += paid.Amount
	}
	if counted != 15_000_00 || reversed != 1 {
		return fmt.Errorf("want payments of 15000.00 SEK that count and one that is reversed, got %d minor units and %d", counted, reversed)
	}
	return nil
}

func (p *play) object(ctx context.Context) error {
	receipt, _, err := p.borrower.do(ctx, act{op: ledger.OpDisputeRaise, note: p.note, body: ledger.DisputeRaiseBody{Text: "I have paid 5,000 more."}})
	if err != nil {
		return err
	}
	p.objection = receipt.Result.Seq
	return p.wantCollectable(ctx, false)
}

// security is how a note serves as security and is given out for collection.
var security = []step{
	{"another note is issued", func(p *play, ctx context.Context) (err error) {
		if p.pledged, err = offers(ctx, p.lender, p.borrower, "DEMO-PLEDGE"); err != nil {
			return err
		}
		_, _, err = p.borrower.accept(ctx, p.pledged)
		return err
	}},
	{"the lender pledges it to the bank, which then controls it", func(p *play, ctx context.Context) error {
		err := p.lender.does(ctx, p.transfer(p.bank, ledger.PledgeTransfer))
		if err != nil {
			return err
		}
		return p.bank.takes(ctx, p.pledged, "")
	}},
	{"while it is pledged the lender cannot sell it", func(p *play, ctx context.Context) error {
		return p.lender.refused(ctx, ledger.CodeNotePledged, act{op: ledger.OpTransferOffer, note: p.pledged,
			body: ledger.TransferOfferBody{To: p.collector.id, Kind: ledger.Sale, Form: ledger.InFull}})
	}},
	{"the bank releases the pledge", func(p *play, ctx context.Context) error {
		return p.bank.does(ctx, act{op: ledger.OpPledgeRelease, note: p.pledged, body: ledger.EmptyBody{}})
	}},
	{"the lender gives it to the collector to collect, who takes a payment and owns nothing", (*play).mandate},
	{"the mandate is ended", func(p *play, ctx context.Context) error {
		return p.lender.does(ctx, act{op: ledger.OpMandateEnd, note: p.pledged, body: ledger.EmptyBody{}})
	}},
}

func (p *play) transfer(to *actor, kind ledger.TransferKind) act {
	return act{op: ledger.OpTransferOffer, note: p.pledged, body: ledger.TransferOfferBody{To: to.id, Kind: kind}}
}

func (p *play) mandate(ctx context.Context) error {
	if err := p.lender.does(ctx, p.transfer(p.collector, ledger.CollectionMandate)); err != nil {
		return err
	}
	if err := p.collector.takes(ctx, p.pledged, ""); err != nil {
		return err
	}
	err := p.collector.does(ctx, act{op: ledger.OpPay, note: p.pledged, body: ledger.PayBody{Amount: kronor(500), PaidOn: today()}})
	if err != nil {
		return err
	}
	return p.collector.refused(ctx, ledger.CodeRoleForbidden, act{op: ledger.OpForgive, note: p.pledged, body: ledger.ForgiveBody{Amount: kronor(1)}})
}

// ending is how the note is handed back.
var ending = []step{
	{"more than what is owed is refused", func(p *play, ctx context.Context) error {
		return p.collector.refused(ctx, ledger.CodePaymentExceeds, p.paid(kronor(200_000)))
	}},
	{"with the last payment the note is handed back", func(p *play, ctx context.Context) error {
		n, err := p.collector.Note(ctx, p.note, finance.Date{})
		if err != nil {
			return err
		}
		if err := p.collector.does(ctx, p.paid(n.Summary.Total)); err != nil {
			return err
		}
		return p.want(ctx, ledger.StatusDischarged)
	}},
	{"the borrower controls it now", func(p *play, ctx context.Context) error { return p.wantControl(ctx, p.borrower) }},
	{"nobody can ever claim it again", func(p *play, ctx context.Context) error {
		n, err := p.borrower.Note(ctx, p.note, finance.Date{})
		if err != nil {
			return err
		}
		if n.Summary.Total.Amount != 0 {
			return fmt.Errorf("want that nothing is owed, got %s", n.Summary.Total)
		}
		return p.lender.refused(ctx, ledger.CodeNoteDischarged, p.paid(kronor(1)))
	}},
	{"the note's history is what happened, each command signed by who did it", (*play).history},
}

// history reads the note's signed commands and verifies each with the key of
// the party that is said to have signed it.
func (p *play) history(ctx context.Context) error {
	entries, _, err := p.borrower.History(ctx, p.note, 1, ledger.MaxRead)
	if err != nil {
		return err
	}
	keys := map[ledger.PartyID]*actor{}
	for _, a := range []*actor{p.lender, p.collector, p.borrower, p.authority} {
		keys[a.id] = a
	}
	var ops []ledger.Op
	for i := range entries {
		opened, command, err := entries[i].Opened()
		if err != nil {
			return err
		}
		signer := keys[command.By]
		if signer == nil {
			return fmt.Errorf("entry %d is signed by %s, who took no part", entries[i].Seq, command.By)
		}
		key, err := sign.KeyOf(signer.key.Public())
		if err != nil {
			return err
		}
		if err := (sign.Verifier{}).Verify(opened, key); err != nil {
			return fmt.Errorf("verifying entry %d: %w", entries[i].Seq, err)
		}
		ops = append(ops, command.Op)
	}
	want := []ledger.Op{ledger.OpOffer, ledger.OpAccept, ledger.OpTransferOffer, ledger.OpTransferAccept, ledger.OpPay, ledger.OpNotice,
		ledger.OpPay, ledger.OpPay, ledger.OpPayReverse, ledger.OpDisputeRaise, ledger.OpDisputeResolve, ledger.OpFreeze, ledger.OpRelease, ledger.OpPay}
	if !slices.Equal(ops, want) {
		return fmt.Errorf("want the commands %v, got %v", want, ops)
	}
	return nil
}
