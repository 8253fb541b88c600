package evidence_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

var noon = time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC)

// town is a ledger in memory with three parties and the notes they write. All of
// it is the same every time, so that files made from it can be kept.
type town struct {
	testing.TB
	ctx      context.Context
	ledger   *inproc.Ledger
	now      time.Time
	commands int
	seqs     map[ledger.Subject]uint64

	lender, buyer, borrower *citizen
}

// citizen is a party that is registered.
type citizen struct {
	*model.Signer
	service ledger.Service
	book    ledger.BookID
}

func newTown(t testing.TB) *town { return newTownOf(t) }

// newTownOf makes a town whose network is of these organisations.
func newTownOf(t testing.TB, orgs ...string) *town {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	v := &town{TB: t, ctx: ctx, now: noon, seqs: map[ledger.Subject]uint64{}}
	var err error
	v.ledger, err = inproc.New(inproc.Options{
		Orgs: orgs, Clock: func() time.Time { return v.now }, Seed: 1,
		Client: protocol.ClientOptions{Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.ledger.Close(context.WithoutCancel(ctx)); err != nil {
			t.Errorf("closing the ledger: %v", err)
		}
	})
	v.lender = v.join("Långivaren AB", ledger.Company, inproc.Lender)
	v.buyer = v.join("Inkasso & Co", ledger.Company, inproc.Collector)
	v.borrower = v.join("", ledger.Person, inproc.Registrar)
	v.lender.book, v.buyer.book = v.openBook(v.lender), v.openBook(v.buyer)
	return v
}

// later lets time pass.
func (v *town) later(d time.Duration) { v.now = v.now.Add(d) }

func (v *town) commandID() ledger.CommandID {
	v.commands++
	return ledger.CommandID(fmt.Sprintf("00000000-0000-4000-8000-%012d", v.commands))
}

func (v *town) join(name string, kind ledger.PartyKind, org string) *citizen {
	v.Helper()
	signer := &model.Signer{Name: name, Kind: kind, Org: org, Pen: v.penOf(fmt.Sprintf("%s of %s, %d", kind, org, v.commands))}
	c := &citizen{Signer: signer, service: v.ledger.Service(org)}
	d, err := c.Registration(c.service.Network(), v.commandID(), v.now)
	if err != nil {
		v.Fatal(err)
	}
	v.submit(c, d)
	return c
}

// penOf gives a key that follows from a seed, so that a file has the same bytes
// every time. Persons have one, too, unless a story gives them a passkey.
func (v *town) penOf(seed string) model.PrivateKey {
	key := sha256.Sum256([]byte(seed))
	return model.PrivateKey{Private: ed25519.NewKeyFromSeed(key[:])}
}

func (v *town) openBook(c *citizen) ledger.BookID {
	v.Helper()
	return ledger.BookID(v.do(c, ledger.OpBookOpen, "", ledger.EmptyBody{}).Subject.ID)
}

// submit commits a command.
func (v *town) submit(by *citizen, d ledger.Draft) (ledger.Result, ledger.Signed) {
	v.Helper()
	signed, err := by.Sign(d)
	if err != nil {
		v.Fatalf("signing %s: %v", d.Op, err)
	}
	outcomes, err := by.service.Submit(v.ctx, signed)
	if err != nil {
		v.Fatalf("submitting %s: %v", d.Op, err)
	}
	if o := outcomes[0]; o.State != ledger.Committed {
		v.Fatalf("%s by %s: %s %v", d.Op, by.Name, o.State, o.Err)
	}
	r := *outcomes[0].Result
	v.seqs[r.Subject] = r.Seq
	return r, signed
}

// signAs signs a command with somebody's key, whoever it says it is by.
func (v *town) signAs(c *citizen, command *ledger.Command) ledger.Signed {
	v.Helper()
	s, err := model.SignCommand(command, c.Pen)
	if err != nil {
		v.Fatal(err)
	}
	return s
}

// do commits a command on a subject.
func (v *town) do(by *citizen, op ledger.Op, subject string, body any) ledger.Result {
	v.Helper()
	r, _ := v.submit(by, v.draft(by, op, subject, body))
	return r
}

func (v *town) draft(by *citizen, op ledger.Op, subject string, body any) ledger.Draft {
	kind, _, _ := ledger.KindOf(op)
	return ledger.Draft{
		Op: op, Network: by.service.Network(), By: by.ID, Subject: subject, Command: v.commandID(), IssuedAt: v.now,
		Seq: v.seqs[ledger.Subject{Kind: kind, ID: subject}] + 1, Body: body,
	}
}

func sek(a finance.Amount) finance.Money { return finance.Money{Amount: a, Currency: "SEK"} }

// offerBody offers 12,000 kronor.
func (v *town) offerBody() ledger.OfferBody {
	today := finance.DateOf(v.now)
	return ledger.OfferBody{
		Book: v.lender.book, Borrowers: []ledger.PartyID{v.borrower.ID}, AnswerBy: v.now.Add(24 * time.Hour),
		Terms: ledger.Terms{
			Kind: ledger.Negotiable, Jurisdiction: finance.Generic, AgreedOn: today, InterestFrom: today,
			Principal: sek(12_000_00), Rate: finance.Percent(12), DayCount: finance.Thirty360,
			Schedule: ledger.Schedule{Kind: finance.OnDemand},
		},
	}
}

// issue gives a note that the borrower has accepted.
func (v *town) issue() ledger.NoteID { return v.issueOf(v.offerBody()) }

// issueOf is issue for an offer of its own.
func (v *town) issueOf(body ledger.OfferBody) ledger.NoteID {
	v.Helper()
	r, signed := v.submit(v.lender, v.draft(v.lender, ledger.OpOffer, "", body))
	opened, err := v.signatures().Open(signed)
	if err != nil {
		v.Fatal(err)
	}
	v.do(v.borrower, ledger.OpAccept, r.Subject.ID, ledger.AcceptBody{Offer: ledger.PayloadDigest(opened.Payload)})
	return ledger.NoteID(r.Subject.ID)
}

// sell moves a note to the buyer and tells the borrower.
func (v *town) sell(id ledger.NoteID) {
	v.Helper()
	offer := v.draft(v.lender, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: v.buyer.ID, Kind: ledger.Sale, Form: ledger.InFull})
	v.submit(v.lender, offer)
	v.do(v.buyer, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: offer.Command, Book: v.buyer.book})
	v.do(v.buyer, ledger.OpNotice, string(id), ledger.NoticeBody{Holder: v.buyer.ID, DeliveredOn: finance.DateOf(v.now), Channel: "letter"})
}

// pay writes a payment and gives its number.
func (v *town) pay(by *citizen, id ledger.NoteID, amount finance.Amount) uint64 {
	v.Helper()
	return v.do(by, ledger.OpPay, string(id), ledger.PayBody{Amount: sek(amount), PaidOn: finance.DateOf(v.now)}).Seq
}

// owed is all that is owed today.
func (v *town) owed(by *citizen, id ledger.NoteID) finance.Amount {
	v.Helper()
	views, err := by.service.Notes(v.ctx, id)
	if err != nil || views[0].Err != nil {
		v.Fatalf("reading the note: %v %v", err, views)
	}
	s, err := ledger.Summarize(views[0].Note, views[0].Holder, finance.DateOf(v.now))
	if err != nil {
		v.Fatal(err)
	}
	return s.Total.Amount
}

// gather makes the evidence that a citizen can get.
func (v *town) gather(by *citizen, q evidence.Request) []byte {
	v.Helper()
	raw, err := evidence.Gather(v.ctx, by.service, q)
	if err != nil {
		v.Fatal(err)
	}
	return raw
}

// trusted are the anchors of whoever knows the town's network.
func (v *town) trusted() evidence.Anchors {
	return evidence.Anchors{Networks: []string{v.lender.service.Network()}}
}
