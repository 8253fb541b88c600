package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// opening is where everybody comes in.
var opening = []step{
	{"a lender registers at its own gateway, with an ES256 key", func(p *play, ctx context.Context) (err error) {
		p.lender, err = p.enter(ctx, role{organisation: "lender", kind: ledger.Company, name: "Nordlån AB"})
		return err
	}},
	{"a bank registers at the same gateway", func(p *play, ctx context.Context) (err error) {
		p.bank, err = p.enter(ctx, role{organisation: "lender", kind: ledger.Company, name: "Sparbank AB"})
		return err
	}},
	{"a debt collector registers at its gateway", func(p *play, ctx context.Context) (err error) {
		p.collector, err = p.enter(ctx, role{organisation: "collector", kind: ledger.Company, name: "Rätt Inkasso AB"})
		return err
	}},
	{"a borrower registers at the registrar's, with an Ed25519 key and no name", func(p *play, ctx context.Context) (err error) {
		p.borrower, err = p.enter(ctx, role{organisation: "registrar", kind: ledger.Person, edwards: true})
		return err
	}},
	{"an authority is refused at the lender's gateway", func(p *play, ctx context.Context) error {
		_, err := p.enter(ctx, role{organisation: "lender", kind: ledger.Authority, name: "Kronofogden"})
		return wantCode(ledger.CodeAuthorityHost, err)
	}},
	{"an authority registers at the registrar's", func(p *play, ctx context.Context) (err error) {
		p.authority, err = p.enter(ctx, role{organisation: "registrar", kind: ledger.Authority, name: "Kronofogden"})
		return err
	}},
	{"the lender admits the authority, which the registrar cannot make alone", func(p *play, ctx context.Context) error {
		return p.lender.admit(ctx, p.authority.id)
	}},
	{"the lender opens a book", func(p *play, ctx context.Context) error { return p.lender.openBook(ctx) }},
	{"the collector opens a book", func(p *play, ctx context.Context) error { return p.collector.openBook(ctx) }},
}

// agreedOn is the day of the agreement. The Riksbank's reference rates are known
// for the half-year of this day, on which the law's limits are keyed.
const agreedOn = "2026-06-15"

// offer gives the terms of a consumer's loan under Swedish law.
func offer(lender, borrower *actor, reference string, rate finance.Rate) (ledger.OfferBody, error) {
	agreed, err := finance.ParseDate(agreedOn)
	if err != nil {
		return ledger.OfferBody{}, err
	}
	now := time.Now().UTC().Truncate(time.Second)
	return ledger.OfferBody{
		Book: lender.book, Borrowers: []ledger.PartyID{borrower.id}, AnswerBy: now.Add(30 * 24 * time.Hour),
		Terms: ledger.Terms{
			Kind: ledger.Negotiable, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: agreed,
			Principal: finance.Money{Amount: 120_000_00, Currency: "SEK"}, Rate: rate, DayCount: finance.Thirty360,
			Schedule: ledger.Schedule{
				Kind: finance.Annuity, Instalments: 24, FirstDue: finance.DateOf(now).AddMonths(1, 28), DueDay: 28,
			},
			InterestFrom: agreed, Fees: ledger.Fees{Reminder: 60_00}, Reference: reference,
		},
	}, nil
}

// offers makes the lender offer a note to the borrower.
func offers(ctx context.Context, lender, borrower *actor, reference string) (ledger.NoteID, error) {
	body, err := offer(lender, borrower, reference, finance.Percent(6))
	if err != nil {
		return "", err
	}
	receipt, _, err := lender.do(ctx, act{op: ledger.OpOffer, body: body})
	if err != nil {
		return "", err
	}
	return ledger.NoteID(receipt.Result.Subject.ID), nil
}

// issue is how a note comes to be.
var issue = []step{
	{"an offer over the rate cap is refused by the law of the day of the agreement", func(p *play, ctx context.Context) error {
		body, err := offer(p.lender, p.borrower, "", finance.Percent(29))
		if err != nil {
			return err
		}
		return p.lender.refused(ctx, ledger.CodeLaw, act{op: ledger.OpOffer, body: body})
	}},
	{"the lender offers the borrower a note of 120,000 kronor", func(p *play, ctx context.Context) (err error) {
		p.note, err = offers(ctx, p.lender, p.borrower, "DEMO")
		return err
	}},
	{"the collector, who has nothing to do with it, cannot see it", func(p *play, ctx context.Context) error {
		_, err := p.collector.Note(ctx, p.note, finance.Date{})
		return wantCode(ledger.CodeNotFound, err)
	}},
	{"an offer that is not accepted yet cannot be sold", func(p *play, ctx context.Context) error {
		return p.lender.refused(ctx, ledger.CodeNoteOffered, p.saleTo(p.collector))
	}},
	{"nobody can accept in the borrower's name: a forged signature is refused", (*play).forge},
	{"a command without a signature is refused", (*play).unsigned},
	{"the borrower reads the offer and accepts it with a key of its own", func(p *play, ctx context.Context) error {
		receipt, signed, err := p.borrower.accept(ctx, p.note)
		if err != nil {
			return err
		}
		p.lastOf, p.firstOf = signed, *receipt.Result
		return p.want(ctx, ledger.StatusActive)
	}},
	{"the same command again is answered with its first result", (*play).repeat},
	{"another offer is declined, and there is no debt", (*play).decline},
}

// forge writes the borrower's acceptance and signs it with the lender's key.
func (p *play) forge(ctx context.Context) error {
	n, err := p.lender.Note(ctx, p.note, finance.Date{})
	if err != nil {
		return err
	}
	network, err := p.lender.Network(ctx)
	if err != nil {
		return err
	}
	command, err := ledger.Draft{
		Op: ledger.OpAccept, Network: network, By: p.borrower.id, Subject: string(p.note), Seq: n.Seq + 1,
		Command: "00000000-0000-4000-8000-000000000001", IssuedAt: time.Now(), Body: ledger.AcceptBody{Offer: n.Note.Offer},
	}.Build()
	if err != nil {
		return err
	}
	forged, err := sign.Command(command, p.lender.key)
	if err != nil {
		return err
	}
	// The lender's gateway does not even take it from the lender, and the
	// borrower's, which would, finds that the key is not the borrower's.
	_, err = p.lender.Submit(ctx, forged)
	if err := wantCode(ledger.CodeSignerOther, err); err != nil {
		return err
	}
	_, err = p.borrower.Submit(ctx, forged)
	return wantCode(ledger.CodeKeyUnknown, err)
}

// unsigned hands in a command without its last part, the signature.
func (p *play) unsigned(ctx context.Context) error {
	_, signed, err := p.borrower.Write(ctx, client.Draft{
		Op: ledger.OpDecline, Subject: string(p.note), Seq: 2, Body: ledger.ReasonBody{},
	})
	if err != nil {
		return err
	}
	signed.JWS = signed.JWS[:strings.LastIndexByte(signed.JWS, '.')+1]
	_, err = p.borrower.Submit(ctx, signed)
	return wantCode(ledger.CodeSignatureWrong, err)
}

func (p *play) repeat(ctx context.Context) error {
	receipt, err := p.borrower.Submit(ctx, p.lastOf)
	if err != nil {
		return err
	}
	if !receipt.Repeated || *receipt.Result != p.firstOf {
		return fmt.Errorf("want the first result %+v, got %+v", p.firstOf, receipt)
	}
	return nil
}

func (p *play) decline(ctx context.Context) (err error) {
	if p.declined, err = offers(ctx, p.lender, p.borrower, ""); err != nil {
		return err
	}
	if err := p.borrower.does(ctx, act{op: ledger.OpDecline, note: p.declined, body: ledger.ReasonBody{Reason: "Too dear"}}); err != nil {
		return err
	}
	_, _, err = p.borrower.accept(ctx, p.declined)
	return wantCode(ledger.CodeNoteVoid, err)
}

// want compares the note's status, as the borrower sees it.
func (p *play) want(ctx context.Context, status ledger.Status) error {
	n, err := p.borrower.Note(ctx, p.note, finance.Date{})
	if err != nil {
		return err
	}
	if n.Note == nil {
		return errors.New("the borrower sees the note's record only")
	}
	if n.Note.Status != status {
		return fmt.Errorf("want the status %s, got %s", status, n.Note.Status)
	}
	return nil
}
