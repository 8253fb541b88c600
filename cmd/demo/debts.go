package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// debt is somebody's debt that comes to the collector, and what it is known for. The
// persons are invented, and the numbers are none that anybody has: PTS keeps them free.
type debt struct {
	name, phone, email, address string
	language                    ledger.Language
	kronor                      int
	late                        int  // days since the first instalment fell due; ahead of it where negative
	mandate                     bool // a bank's, which the collector collects; else it is bought
	untold                      bool // the borrower is not told of the collector yet
}

// Those whom the day tells most of.
const (
	anna    = "Anna Lindqvist"
	bo      = "Bo Sjögren"
	cecilia = "Cecilia Ahlm"
	david   = "David Nyqvist"
	elin    = "Elin Forsberg"
	fatima  = "Fatima Haddad"
	gunnar  = "Gunnar Ek"
	hanna   = "Hanna Roos"
	ivar    = "Ivar Blom"
	jasmin  = "Jasmin Kaya"
	karl    = "Karl Moberg"
	lena    = "Lena Viklund"
	mads    = "Mads Holm"
	nora    = "Nora O'Brien"
)

// debts are the collector's cases, in the order of their names.
var debts = []debt{
	{anna, "+46701740605", "anna.lindqvist@post.example", "Björkvägen 4, 172 66 Sundbyberg", ledger.Swedish, 48_000, 8, false, false},
	{bo, "+46701740606", "", "Storgatan 12, 753 31 Uppsala", ledger.Swedish, 30_000, 12, false, false},
	{cecilia, "+46701740607", "cecilia.ahlm@post.example", "Parkgatan 3, 411 38 Göteborg", ledger.Swedish, 64_000, 44, false, false},
	{david, "+46701740608", "", "Kyrkogatan 9, 852 31 Sundsvall", ledger.Swedish, 90_000, 26, false, false},
	{elin, "+46701740609", "elin.forsberg@post.example", "Åvägen 17, 412 50 Göteborg", ledger.Swedish, 24_000, 15, false, false},
	{fatima, "+46701740610", "", "Ringvägen 88, 118 60 Stockholm", ledger.English, 55_000, 19, false, false},
	{gunnar, "+46701740611", "", "Norra vägen 2, 903 25 Umeå", ledger.Swedish, 18_000, 21, false, false},
	{hanna, "+46701740612", "hanna.roos@post.example", "Skolgatan 30, 652 25 Karlstad", ledger.Swedish, 72_000, 33, false, false},
	{ivar, "+46701740613", "", "Hamngatan 5, 371 32 Karlskrona", ledger.Swedish, 36_000, 10, false, false},
	{jasmin, "+46701740614", "jasmin.kaya@post.example", "Lundavägen 41, 212 18 Malmö", ledger.Swedish, 41_000, 17, false, false},
	{karl, "+46701740615", "", "Fjällgatan 20, 831 33 Östersund", ledger.Swedish, 60_000, 25, false, true},
	{lena, "+46701740616", "", "Slottsgatan 8, 722 11 Västerås", ledger.Swedish, 12_000, -9, false, false},
	{mads, "+46701740617", "mads.holm@post.example", "Drottninggatan 14, 211 41 Malmö", ledger.Danish, 80_000, 29, false, false},
	{nora, "+46701740618", "nora.obrien@post.example", "Linnégatan 52, 114 54 Stockholm", ledger.English, 100_000, 13, true, false},
}

// atOnce bounds how many debts are made at the same time.
const atOnce = 7

// debtRate and debtMonths are the terms of every debt of the day.
const (
	debtRate   = 8
	debtMonths = 24
)

// borrowerOf gives the borrower of a debt, whose key follows from the passphrase of the
// demonstration's keys.
func (d *day) borrowerOf(ctx context.Context, b *debt) (*actor, error) {
	seed := sha256.Sum256([]byte(d.desk.secret + b.name))
	key := ed25519.NewKeyFromSeed(seed[:])
	gateway := d.gateways["registrar"]
	id, err := d.desk.once("party of "+b.name, func() (string, error) {
		a, err := register(ctx, gateway, key, role{kind: ledger.Person})
		if err != nil {
			return "", err
		}
		return string(a.id), nil
	})
	if err != nil {
		return nil, err
	}
	return known(gateway, ledger.PartyID(id), key)
}

// each does something with every debt, several at a time.
func (d *day) each(ctx context.Context, do func(context.Context, *debt) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	places, failed := make(chan struct{}, atOnce), make([]error, len(debts))
	for i := range debts {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if failed[i] = do(ctx, &debts[i]); failed[i] != nil {
				cancel()
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// makeDebts brings all debts to the collector.
func (d *day) makeDebts(ctx context.Context) error { return d.each(ctx, d.makeDebt) }

// tellBorrowers has the collector tell whose debt it has bought. Before that it may ask
// for nothing, and the rules do nothing.
func (d *day) tellBorrowers(ctx context.Context) error {
	return d.each(ctx, func(ctx context.Context, b *debt) error {
		if b.mandate || b.untold {
			return nil // of the first the holder stays who it was
		}
		_, err := d.desk.once("told "+b.name, func() (string, error) {
			return "", d.actors["collector"].does(ctx, act{op: ledger.OpNotice, note: ledger.NoteID(d.desk.of("note of " + b.name)), body: ledger.NoticeBody{
				Holder: d.actors["collector"].id, DeliveredOn: today(), Channel: "letter",
			}})
		})
		return err
	})
}

// makeDebt has a debt signed and handed to the collector.
func (d *day) makeDebt(ctx context.Context, b *debt) error {
	if d.desk.done("taken " + b.name) {
		return nil
	}
	borrower, err := d.borrowerOf(ctx, b)
	if err != nil {
		return err
	}
	collector := d.actors["collector"]
	lender, kind, form, book := d.actors["lender"], ledger.Sale, ledger.InFull, collector.book
	if b.mandate {
		lender, kind, form, book = d.actors["bank"], ledger.CollectionMandate, "", ""
	}
	text, err := d.desk.once("note of "+b.name, func() (string, error) {
		receipt, _, err := lender.do(ctx, act{op: ledger.OpOffer, body: b.offer(lender, borrower)})
		if err != nil {
			return "", err
		}
		return receipt.Result.Subject.ID, nil
	})
	if err != nil {
		return err
	}
	note := ledger.NoteID(text)
	steps := []struct {
		name string
		do   func() error
	}{
		{"signed", func() error { _, _, err := borrower.accept(ctx, note); return err }},
		{"offered", func() error {
			return lender.does(ctx, act{op: ledger.OpTransferOffer, note: note, body: ledger.TransferOfferBody{To: collector.id, Kind: kind, Form: form}})
		}},
		{"taken", func() error { return collector.takes(ctx, note, book) }},
	}
	for _, s := range steps {
		if _, err := d.desk.once(s.name+" "+b.name, func() (string, error) { return "", s.do() }); err != nil {
			return err
		}
	}
	return nil
}

// offer gives the terms of a debt. They are agreed early enough that instalments have
// fallen due.
func (b *debt) offer(lender, borrower *actor) ledger.OfferBody {
	agreed, first := startOfTerms(), today().AddDays(-b.late)
	_, _, dueDay := first.Civil()
	now := time.Now().UTC().Truncate(time.Second)
	return ledger.OfferBody{
		Book: lender.book, Borrowers: []ledger.PartyID{borrower.id}, Names: []string{b.name}, Payee: payeeOf(b),
		AnswerBy: now.Add(14 * 24 * time.Hour),
		Terms: ledger.Terms{
			Kind: ledger.Negotiable, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: agreed,
			Principal: kronor(b.kronor), Rate: finance.Percent(debtRate), DayCount: finance.Thirty360,
			Schedule:     ledger.Schedule{Kind: finance.Annuity, Instalments: debtMonths, FirstDue: first, DueDay: dueDay},
			InterestFrom: first.AddMonths(-1, dueDay), Fees: ledger.Fees{Reminder: 60_00}, Reference: fmt.Sprintf("DAG-%d", b.kronor/1000),
		},
	}
}

func payeeOf(b *debt) string {
	if b.mandate {
		return "Demo Bank AB"
	}
	return "Demo Lending AB"
}

// startOfTerms is the day of the agreements.
func startOfTerms() finance.Date {
	d, err := finance.ParseDate(agreedOn)
	if err != nil {
		return today() // a constant that is no date would be refused everywhere
	}
	return d
}
