package main

import (
	"context"
	"crypto"
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/network/networktest"
)

func TestMain(m *testing.M) { os.Exit(networktest.Main(m)) }

// party is somebody who signs, at the gateway of an organisation.
type party struct {
	*client.Client
	t *testing.T
}

// enter registers a new party.
func enter(t *testing.T, n *networktest.Network, organisation string, kind ledger.PartyKind) party {
	t.Helper()
	key, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	public, err := sign.KeyOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	o := client.Options{Gateway: n.Endpoints(t)[organisation].Gateway, Key: crypto.Signer(key)}
	stranger, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	body := ledger.RegisterBody{Kind: kind, Keys: []ledger.Key{public}}
	if kind != ledger.Person {
		body.Name = "Party of " + organisation
	}
	command, signed, err := stranger.Write(t.Context(), client.Draft{Op: ledger.OpPartyRegister, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Register(t.Context(), signed); err != nil {
		t.Fatalf("registering at the gateway of %s: %v", organisation, err)
	}
	o.Party = command.By
	c, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return party{Client: c, t: t}
}

// try signs a command and hands it in until its outcome is known.
func (p party) try(ctx context.Context, d client.Draft) (client.Receipt, error) {
	_, signed, err := p.Write(ctx, d)
	if err != nil {
		return client.Receipt{}, err
	}
	for {
		receipt, err := p.Submit(ctx, signed)
		if _, unknown := errors.AsType[*client.UnknownOutcome](err); !unknown || ctx.Err() != nil {
			return receipt, err
		}
	}
}

// does is try for what must be done; it gives the id of what the command is about.
func (p party) does(d client.Draft) string {
	p.t.Helper()
	receipt, err := p.try(p.t.Context(), d)
	if err != nil {
		p.t.Fatalf("%s: %v", d.Op, err)
	}
	return receipt.Result.Subject.ID
}

// act is a command about a note that exists.
func (p party) act(note ledger.NoteID, op ledger.Op, body any) {
	p.t.Helper()
	p.does(client.Draft{Op: op, Subject: string(note), Seq: p.note(note).Seq + 1, Body: body})
}

// noteLimit is how long a gateway may take to hear of a note.
const noteLimit = 20 * time.Second

// note reads a note as soon as the party's gateway knows of it.
func (p party) note(id ledger.NoteID) *client.Note {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), noteLimit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		n, err := p.Note(ctx, id, finance.Date{})
		if err == nil {
			return n
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.t.Fatalf("reading the note %s: %v", id, err)
		}
	}
}

// awaitOffer waits until the party's gateway knows of a transfer of the note.
func (p party) awaitOffer(id ledger.NoteID) ledger.CommandID {
	p.t.Helper()
	for deadline := time.Now().Add(noteLimit); time.Now().Before(deadline); {
		if n := p.note(id); n.Note != nil && n.Note.Pending != nil {
			return n.Note.Pending.ID
		}
	}
	p.t.Fatalf("no transfer of %s is offered", id)
	return ""
}

func (p party) book() ledger.BookID {
	p.t.Helper()
	return ledger.BookID(p.does(client.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}}))
}

// offering is an offer of 1,000 kronor to a borrower.
func offering(book ledger.BookID, borrower party) client.Draft {
	today := finance.DateOf(time.Now())
	return client.Draft{Op: ledger.OpOffer, Body: ledger.OfferBody{
		Book: book, Borrowers: []ledger.PartyID{borrower.Self()}, AnswerBy: time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second),
		Terms: ledger.Terms{
			Kind: ledger.Simple, Jurisdiction: "generic", AgreedOn: today, InterestFrom: today,
			Principal: finance.Money{Amount: 1000_00, Currency: "SEK"},
			DayCount:  finance.Actual365, Schedule: ledger.Schedule{Kind: finance.OnDemand},
		},
	}}
}

// issued offers a note that the borrower accepts.
func (p party) issued(book ledger.BookID, borrower party) ledger.NoteID {
	p.t.Helper()
	id := ledger.NoteID(p.does(offering(book, borrower)))
	borrower.note(id)
	entries, _, err := borrower.History(p.t.Context(), id, 1, 1)
	if err != nil || len(entries) != 1 {
		p.t.Fatalf("reading the offer of %s: %v", id, err)
	}
	opened, _, err := entries[0].Opened()
	if err != nil {
		p.t.Fatal(err)
	}
	borrower.act(id, ledger.OpAccept, ledger.AcceptBody{Offer: ledger.PayloadDigest(opened.Payload)})
	return id
}

// sold sells a note to a party and its book.
func (p party) sold(id ledger.NoteID, buyer party, book ledger.BookID) {
	p.t.Helper()
	p.act(id, ledger.OpTransferOffer, ledger.TransferOfferBody{To: buyer.Self(), Kind: ledger.Sale, Form: ledger.InFull})
	transfer := buyer.awaitOffer(id)
	buyer.act(id, ledger.OpTransferAccept, ledger.TransferAcceptBody{Transfer: transfer, Book: book})
}

// steady offers notes, several at a time, until stop. None may fail.
type steady struct {
	offered atomic.Int64
	end     chan struct{}
	workers sync.WaitGroup
}

// steadyWorkers is how many offers are under way at a time.
const steadyWorkers = 4

func steadily(lender party, book ledger.BookID, borrower party) *steady {
	s := &steady{end: make(chan struct{})}
	for range steadyWorkers {
		s.workers.Go(func() {
			for {
				select {
				case <-s.end:
					return
				default:
				}
				if _, err := lender.try(lender.t.Context(), offering(book, borrower)); err != nil {
					lender.t.Errorf("an offer of the first lender: %v", err)
				}
				s.offered.Add(1)
			}
		})
	}
	return s
}

// further waits until some more offers are made.
func (s *steady) further(t *testing.T, count int64) {
	t.Helper()
	want := s.offered.Load() + count
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for s.offered.Load() < want {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the test was ended")
		}
	}
}

func (s *steady) stop() int64 {
	close(s.end)
	s.workers.Wait()
	return s.offered.Load()
}

// TestTheFirstLenderWorksOnWhileAnotherJoinsAndTheChaincodeIsUpgraded is the
// whole story on a real network: nothing that the first lender hands in fails,
// and the second is a lender like it, also after a restart on new certificates.
func TestTheFirstLenderWorksOnWhileAnotherJoinsAndTheChaincodeIsUpgraded(t *testing.T) {
	n := networktest.Start(t, networktest.Options{Chaincode: true, Gateways: true})
	lender, borrower := enter(t, n, "lender", ledger.Company), enter(t, n, "registrar", ledger.Person)
	book := lender.book()
	id := lender.issued(book, borrower)
	work := steadily(lender, book, borrower)
	work.further(t, 20)

	start := time.Now()
	if out, err := n.Run(t, "organisation", "add", "lender2"); err != nil {
		t.Fatalf("adding lender2: %v: %s", err, out)
	}
	t.Logf("lender2 joined in %s, beside %d offers", time.Since(start), work.offered.Load())
	second := enter(t, n, "lender2", ledger.Company)
	shelf := second.book()
	second.issued(shelf, borrower)
	lender.sold(id, second, shelf)
	work.further(t, 20)

	start = time.Now()
	n.Upgrade(t, "skuld")
	t.Logf("the upgrade took %s", time.Since(start))
	work.further(t, 20)
	second.issued(shelf, borrower)
	t.Logf("%d offers were made", work.stop())

	n.Stop(t)
	n.Up(t)
	if out, err := n.Run(t, "renew", "--within", "876000h"); err != nil || !strings.Contains(out, "gateway of lender2") {
		t.Fatalf("renewing: %v: %s", err, out)
	}
	third := second.issued(shelf, borrower)
	second.sold(third, lender, book)
	if holder := second.note(id).Summary.Controllers; len(holder) != 1 || holder[0] != second.Self() {
		t.Errorf("the note that was sold is controlled by %v, not by its buyer", holder)
	}
}
