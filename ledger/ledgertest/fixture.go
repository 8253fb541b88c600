package ledgertest

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// fixture is one test's parties on a ledger under test. Its methods fail the
// test where something that must succeed does not.
type fixture struct {
	*testing.T
	world World
	ctx   context.Context
	seqs  map[ledger.Subject]uint64 // of the last command that this test saw committed
}

// member is a registered party with the service of its organisation and a book
// of its own.
type member struct {
	*model.Signer
	service ledger.Service
	book    ledger.BookID
}

func newFixture(t *testing.T, w World) *fixture {
	t.Helper()
	if w.Now == nil {
		w.Now = time.Now
	}
	if w.Patience == 0 {
		w.Patience = DefaultPatience
	}
	ctx, cancel := context.WithTimeout(t.Context(), w.Patience)
	t.Cleanup(cancel)
	return &fixture{T: t, world: w, ctx: ctx, seqs: map[ledger.Subject]uint64{}}
}

// join registers a party through an organisation.
func (f *fixture) join(name string, kind ledger.PartyKind, org string) *member {
	f.Helper()
	m := f.newMember(name, kind, org)
	d, err := m.Registration(m.service.Network(), ledger.CommandID(uuid.NewString()), f.world.Now())
	if err != nil {
		f.Fatal(err)
	}
	f.must(m, d)
	return m
}

// newMember makes a party that is not registered.
func (f *fixture) newMember(name string, kind ledger.PartyKind, org string) *member {
	f.Helper()
	s, err := model.NewSigner(name, kind, org, uuid.NewString())
	if err != nil {
		f.Fatal(err)
	}
	return &member{Signer: s, service: f.serviceOf(org)}
}

// joinWithBook registers a party and opens a book for it.
func (f *fixture) joinWithBook(name, org string) *member {
	f.Helper()
	m := f.join(name, ledger.Company, org)
	r := f.do(m, ledger.OpBookOpen, "", ledger.EmptyBody{})
	m.book = ledger.BookID(r.Subject.ID)
	return m
}

func (f *fixture) serviceOf(org string) ledger.Service {
	switch org {
	case LenderOrg:
		return f.world.Lender
	case CollectorOrg:
		return f.world.Collector
	}
	return f.world.Registrar
}

func (f *fixture) draft(by *member, op ledger.Op, subject string, body any) ledger.Draft {
	kind, _, _ := ledger.KindOf(op)
	return ledger.Draft{
		Op: op, Network: by.service.Network(), By: by.ID, Subject: subject, Command: ledger.CommandID(uuid.NewString()),
		IssuedAt: f.world.Now(), Seq: f.seqs[ledger.Subject{Kind: kind, ID: subject}] + 1, Body: body,
	}
}

func (f *fixture) sign(by *member, d ledger.Draft) ledger.Signed {
	f.Helper()
	s, err := by.Sign(d)
	if err != nil {
		f.Fatalf("signing %s: %v", d.Op, err)
	}
	return s
}

// submit hands in one signed command.
func (f *fixture) submit(by *member, s ledger.Signed) ledger.Outcome {
	f.Helper()
	outcomes, err := by.service.Submit(f.ctx, s)
	if err != nil {
		f.Fatalf("submitting: %v", err)
	}
	if len(outcomes) != 1 {
		f.Fatalf("one command has %d outcomes", len(outcomes))
	}
	f.saw(outcomes[0])
	return outcomes[0]
}

func (f *fixture) saw(o ledger.Outcome) {
	if o.State == ledger.Committed && o.Result != nil {
		f.seqs[o.Result.Subject] = max(f.seqs[o.Result.Subject], o.Result.Seq)
	}
}

// must commits a drafted command.
func (f *fixture) must(by *member, d ledger.Draft) ledger.Outcome {
	f.Helper()
	o := f.submit(by, f.sign(by, d))
	f.checkCommitted(o, d)
	return o
}

func (f *fixture) checkCommitted(o ledger.Outcome, d ledger.Draft) {
	f.Helper()
	if o.State != ledger.Committed || o.Err != nil || o.Result == nil {
		f.Fatalf("%s by %s: %s %v", d.Op, d.By, o.State, o.Err)
	}
	if o.Result.Command != d.Command || o.Result.Op != d.Op || o.Result.Head.IsZero() || o.Transaction == "" {
		f.Fatalf("%s is answered with %+v", d.Op, o)
	}
}

// do commits a command and gives its result.
func (f *fixture) do(by *member, op ledger.Op, subject string, body any) ledger.Result {
	f.Helper()
	return *f.must(by, f.draft(by, op, subject, body)).Result
}

// try hands in a command that may be refused.
func (f *fixture) try(by *member, op ledger.Op, subject string, body any) ledger.Outcome {
	f.Helper()
	return f.submit(by, f.sign(by, f.draft(by, op, subject, body)))
}

// note reads a note when the reader's ledger has come as far as this test: a
// commit is told by one peer and read from another.
func (f *fixture) note(by *member, id ledger.NoteID) ledger.NoteView {
	f.Helper()
	var view ledger.NoteView
	f.await(func() bool {
		views, err := by.service.Notes(f.ctx, id)
		if err != nil {
			f.Fatalf("reading a note: %v", err)
		}
		if len(views) != 1 {
			f.Fatalf("one note has %d views", len(views))
		}
		view = views[0]
		return view.Record.Seq >= f.seqs[id.Subject()]
	})
	return view
}

// pollEvery is how often a condition is looked at.
const pollEvery = 5 * time.Millisecond

// await looks at a condition until it holds.
func (f *fixture) await(holds func() bool) {
	f.Helper()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-f.ctx.Done():
			f.Fatal("what was waited for did not happen")
		}
	}
}

// mustNote reads a note that the member may see.
func (f *fixture) mustNote(by *member, id ledger.NoteID) *ledger.Note {
	f.Helper()
	v := f.note(by, id)
	if v.Err != nil || v.Note == nil {
		f.Fatalf("%s reads no note: %v", by.Name, v.Err)
	}
	return v.Note
}

// people are those whom a note needs.
type people struct {
	lender, buyer, borrower *member
}

func (f *fixture) people() people {
	f.Helper()
	return people{
		lender:   f.joinWithBook("Långivaren AB", LenderOrg),
		buyer:    f.joinWithBook("Inkasso & Co", CollectorOrg),
		borrower: f.join("Anna Andersson", ledger.Person, RegistrarOrg),
	}
}

// terms are 12,000 kronor at 12 % on demand: simple sums.
func (f *fixture) terms() ledger.Terms {
	today := finance.DateOf(f.world.Now())
	return ledger.Terms{
		Kind: ledger.Negotiable, Jurisdiction: finance.Generic, AgreedOn: today, InterestFrom: today,
		Principal: sek(12_000_00), Rate: finance.Percent(12), DayCount: finance.Thirty360,
		Schedule: ledger.Schedule{Kind: finance.OnDemand},
	}
}

func sek(a finance.Amount) finance.Money { return finance.Money{Amount: a, Currency: "SEK"} }

func (f *fixture) offerBody(p people) ledger.OfferBody {
	return ledger.OfferBody{
		Book: p.lender.book, Borrowers: []ledger.PartyID{p.borrower.ID},
		AnswerBy: f.world.Now().UTC().Truncate(time.Second).Add(24 * time.Hour), Terms: f.terms(),
	}
}

// issue gives a note that is a debt.
func (f *fixture) issue(p people) ledger.NoteID {
	f.Helper()
	offer := f.draft(p.lender, ledger.OpOffer, "", f.offerBody(p))
	signed := f.sign(p.lender, offer)
	o := f.submit(p.lender, signed)
	f.checkCommitted(o, offer)
	opened, err := sign.Verifier{}.Open(signed)
	if err != nil {
		f.Fatal(err)
	}
	id := ledger.NoteID(o.Result.Subject.ID)
	f.do(p.borrower, ledger.OpAccept, string(id), ledger.AcceptBody{Offer: ledger.PayloadDigest(opened.Payload)})
	return id
}

// sell moves a note to the buyer's book.
func (f *fixture) sell(p people, id ledger.NoteID) {
	f.Helper()
	offer := f.draft(p.lender, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: p.buyer.ID, Kind: ledger.Sale, Form: ledger.InFull})
	f.must(p.lender, offer)
	f.do(p.buyer, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: offer.Command, Book: p.buyer.book})
}

func (f *fixture) payBody(amount finance.Amount) ledger.PayBody {
	return ledger.PayBody{Amount: sek(amount), PaidOn: finance.DateOf(f.world.Now())}
}
