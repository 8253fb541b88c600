package main

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// ledgers are the organisations' ways to the ledger, by organisation.
type ledgers map[string]ledger.Service

// actor is a party with its key and, if it holds notes, its book.
type actor struct {
	org  string
	id   ledger.PartyID
	key  crypto.Signer
	book ledger.BookID
}

// cast are the parties of the benchmark.
type cast struct {
	lender, collector, borrower *actor

	offered atomic.Int64 // notes so far
}

// newCast registers the parties, each through its own organisation.
func newCast(ctx context.Context, at ledgers) (*cast, error) {
	c := &cast{
		lender:    &actor{org: "lender"},
		collector: &actor{org: "collector"},
		borrower:  &actor{org: "registrar"},
	}
	for _, a := range []*actor{c.lender, c.collector, c.borrower} {
		if err := a.register(ctx, at); err != nil {
			return nil, fmt.Errorf("registering the %s's party: %w", a.org, err)
		}
	}
	for _, a := range []*actor{c.lender, c.collector} {
		opened, err := a.do(ctx, at, ledger.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}})
		if err != nil {
			return nil, fmt.Errorf("opening the %s's book: %w", a.org, err)
		}
		a.book = ledger.BookID(opened.subject.ID)
	}
	return c, nil
}

func (a *actor) register(ctx context.Context, at ledgers) error {
	var err error
	if a.key, err = sign.NewKey(); err != nil {
		return err
	}
	public, err := sign.KeyOf(a.key.Public())
	if err != nil {
		return err
	}
	done, err := a.do(ctx, at, ledger.Draft{
		Op:   ledger.OpPartyRegister,
		Body: ledger.RegisterBody{Kind: ledger.Company, Name: "Bench " + a.org, Keys: []ledger.Key{public}},
	})
	if err != nil {
		return err
	}
	a.id = ledger.PartyID(done.subject.ID)
	return nil
}

// done is a command that was carried out.
type done struct {
	command ledger.CommandID
	subject ledger.Subject
	payload ledger.Digest
}

// do writes, signs and submits a command, as a party's own system would.
func (a *actor) do(ctx context.Context, at ledgers, d ledger.Draft) (done, error) {
	service := at[a.org]
	d.Network, d.By, d.IssuedAt = service.Network(), a.id, time.Now()
	d.Command = ledger.CommandID(uuid.NewString())
	cmd, err := d.Build()
	if err != nil {
		return done{}, fmt.Errorf("drafting %s: %w", d.Op, err)
	}
	payload, err := cmd.Canonical()
	if err != nil {
		return done{}, fmt.Errorf("writing %s: %w", d.Op, err)
	}
	signed, err := sign.Payload(payload, a.key)
	if err != nil {
		return done{}, fmt.Errorf("signing %s: %w", d.Op, err)
	}
	outcomes, err := service.Submit(ctx, signed)
	if err != nil {
		return done{}, fmt.Errorf("submitting %s: %w", d.Op, err)
	}
	if o := outcomes[0]; o.State != ledger.Committed {
		return done{}, fmt.Errorf("submitting %s: %s: %w", d.Op, o.State, o.Err)
	}
	return done{command: cmd.Command, subject: cmd.Subject(), payload: ledger.PayloadDigest(payload)}, nil
}

// terms are those of a business loan that no law caps and no date makes due
// while the benchmark runs, so that every payment is booked alike.
func terms(today finance.Date) ledger.Terms {
	agreed := today.AddDays(-30)
	return ledger.Terms{
		Kind: ledger.Negotiable, Jurisdiction: finance.Generic, AgreedOn: agreed,
		Principal: finance.Money{Amount: 1_000_000_00, Currency: "SEK"}, Rate: finance.Percent(6),
		DayCount: finance.Actual360, InterestFrom: agreed, Reference: "bench",
		Schedule: ledger.Schedule{Kind: finance.Annuity, Instalments: 60, FirstDue: today.AddMonths(1, 28)},
	}
}

// answerBy is how long a borrower has to answer the benchmark's offers.
const answerBy = time.Hour

// held is a note in a caller's hands, with what the next command on it needs.
type held struct {
	note   ledger.NoteID
	seq    uint64
	holder *actor
}

func (h *held) draft(op ledger.Op, body any) ledger.Draft {
	return ledger.Draft{Op: op, Subject: string(h.note), Seq: h.seq + 1, Body: body}
}

// offer makes a note.
func (c *cast) offer(ctx context.Context, at ledgers) (*held, ledger.Digest, error) {
	now := time.Now().UTC()
	offered, err := c.lender.do(ctx, at, ledger.Draft{Op: ledger.OpOffer, Body: ledger.OfferBody{
		Book: c.lender.book, Borrowers: []ledger.PartyID{c.borrower.id},
		AnswerBy: now.Add(answerBy).Truncate(time.Second), Terms: terms(finance.DateOf(now)),
	}})
	if err != nil {
		return nil, ledger.Digest{}, err
	}
	c.offered.Add(1)
	return &held{note: ledger.NoteID(offered.subject.ID), seq: 1, holder: c.lender}, offered.payload, nil
}

// activeNotes gives each caller a note of its own that is a debt.
func (c *cast) activeNotes(ctx context.Context, at ledgers, callers int) ([]*held, error) {
	notes := make([]*held, callers)
	faults := make([]error, callers)
	together(callers, func(i int) {
		h, offer, err := c.offer(ctx, at)
		if err == nil {
			_, err = c.borrower.do(ctx, at, h.draft(ledger.OpAccept, ledger.AcceptBody{Offer: offer}))
		}
		if err == nil {
			h.seq++
		}
		notes[i], faults[i] = h, err
	})
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("preparing %d notes: %w", callers, err)
	}
	return notes, nil
}
