package web_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/storetest"
	"github.com/skuld-registry/skuld/api/web"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// noon is when every test begins. The reference rate of that half-year is known.
var noon = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

// world is a ledger in memory and the registrar's pages on it.
type world struct {
	*testing.T
	ledger *inproc.Ledger
	store  *store.Store
	codes  *code.Key
	server *web.Server
	site   *httptest.Server
	origin string
	log    *journal

	mu   sync.Mutex
	now  time.Time
	seqs map[ledger.Subject]uint64
}

// journal gathers what the pages log.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// newWorld serves the pages at http://localhost, as the local network does.
func newWorld(t *testing.T) *world { return newWorldWith(t, func(*web.Options) {}) }

// newWorldWith serves them with other options.
func newWorldWith(t *testing.T, change func(*web.Options)) *world {
	t.Helper()
	w := &world{T: t, now: noon, seqs: map[ledger.Subject]uint64{}, log: &journal{}}
	var err error
	if w.ledger, err = inproc.New(inproc.Options{Clock: w.Now}); err != nil {
		t.Fatal(err)
	}
	w.open(t)
	w.site = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.server.ServeHTTP(rw, r) }))
	t.Cleanup(w.site.Close)
	w.origin = strings.Replace(w.site.URL, "127.0.0.1", "localhost", 1)
	follower := w.follow(t)
	o := web.Options{
		Service: w.ledger.Service(inproc.Registrar), Store: w.store, Codes: w.codes, Complete: follower.Complete,
		RelyingParty: passkey.RelyingParty{ID: "localhost", Origin: w.origin, Name: "Registret"},
		Help: page.HumanCard{
			Company: "Registret", Name: "Maja Lind", Phone: "+4681234567", Hours: "8–18", Email: "hjalp@registret.example", Address: "Box 1\n111 11 Stockholm",
		},
		Storybook: true, Clock: w.Now, Random: rand.Reader, Log: slog.New(slog.NewJSONHandler(w.log, nil)),
	}
	change(&o)
	if w.server, err = web.New(o); err != nil {
		t.Fatal(err)
	}
	return w
}

// open opens the store, whose notes have codes.
func (w *world) open(t *testing.T) {
	t.Helper()
	var err error
	if w.store, err = store.Open(t.Context(), storetest.SQLite(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	if err := w.store.Claim(t.Context(), w.ledger.Service(inproc.Registrar).Network()); err != nil {
		t.Fatal(err)
	}
	if w.codes, err = code.OpenKey(filepath.Join(t.TempDir(), "pages.key")); err != nil {
		t.Fatal(err)
	}
	if err := w.store.UseCodes(t.Context(), w.codes); err != nil {
		t.Fatal(err)
	}
}

// follow keeps the read model up with the ledger.
func (w *world) follow(t *testing.T) *store.Follower {
	t.Helper()
	follower := &store.Follower{Store: w.store, Service: w.ledger.Service(inproc.Registrar), Log: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { follower.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		ending, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := w.ledger.Close(ending); err != nil {
			t.Errorf("closing the ledger: %v", err)
		}
	})
	return follower
}

// Now is the time of the whole world.
func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) today() finance.Date { return finance.DateOf(w.Now()) }

// company is a lender, a collector or an authority, with its system's key.
type company struct {
	*model.Signer
	book ledger.BookID
}

// company registers a company that people can call, with a book.
func (w *world) company(name, org string) *company {
	w.Helper()
	signer, err := model.NewSigner(name, ledger.Company, org, name)
	if err != nil {
		w.Fatal(err)
	}
	c := &company{Signer: signer}
	registration, err := c.Registration(w.ledger.Service(org).Network(), ledger.CommandID(uuid.NewString()), w.Now())
	if err != nil {
		w.Fatal(err)
	}
	w.must(c.Signer, registration)
	c.book = ledger.BookID(w.do(c, ledger.OpBookOpen, "", ledger.EmptyBody{}).Subject.ID)
	w.do(c, ledger.OpPartyContact, string(c.ID), ledger.Contact{
		Human: "Eva Ek på " + name, Phone: "+46850000000", Hours: "vardagar 8–17", Email: "eva@example.se",
		Address: "Storgatan 1\n111 22 Stockholm", Licence: "Finansinspektionen 55-1",
	})
	return c
}

// try hands in a command that may be refused.
func (w *world) try(by *model.Signer, d ledger.Draft) ledger.Outcome {
	w.Helper()
	signed, err := by.Sign(d)
	if err != nil {
		w.Fatalf("signing %s: %v", d.Op, err)
	}
	outcomes, err := w.ledger.Service(by.Org).Submit(w.Context(), signed)
	if err != nil {
		w.Fatalf("submitting %s: %v", d.Op, err)
	}
	return outcomes[0]
}

// must commits a command and waits until the pages can see it.
func (w *world) must(by *model.Signer, d ledger.Draft) ledger.Result {
	w.Helper()
	o := w.try(by, d)
	if o.State != ledger.Committed {
		w.Fatalf("%s: %s %v", d.Op, o.State, o.Err)
	}
	w.await(o.Block)
	return *o.Result
}

// await waits until the read model holds a block.
func (w *world) await(block uint64) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	if err := w.store.Wait(ctx, block); err != nil {
		w.Fatal(err)
	}
}

// do has a company do something with a note, a book or itself.
func (w *world) do(by *company, op ledger.Op, subject string, body any) ledger.Result {
	w.Helper()
	return w.must(by.Signer, w.draft(by.Signer, op, subject, body))
}

// draft writes a command for the subject as it stands now.
func (w *world) draft(by *model.Signer, op ledger.Op, subject string, body any) ledger.Draft {
	w.Helper()
	kind, _, _ := ledger.KindOf(op)
	d := ledger.Draft{
		Op: op, Network: w.ledger.Service(by.Org).Network(), By: by.ID, Subject: subject,
		Command: ledger.CommandID(uuid.NewString()), IssuedAt: w.Now(), Seq: 1, Body: body,
	}
	switch {
	case subject == "":
	case kind == ledger.KindNote:
		d.Seq = w.note(ledger.NoteID(subject)).Seq + 1
	case kind == ledger.KindParty:
		d.Seq = w.party(ledger.PartyID(subject)).Seq + 1
	}
	return d
}

// note reads a note as the registrar sees it.
func (w *world) note(id ledger.NoteID) *ledger.Note {
	w.Helper()
	views, err := w.ledger.Service(inproc.Registrar).Notes(w.Context(), id)
	if err != nil || views[0].Note == nil {
		w.Fatalf("reading note %s: %+v, %v", id, views, err)
	}
	return views[0].Note
}

func (w *world) party(id ledger.PartyID) *ledger.Party {
	w.Helper()
	views, err := w.ledger.Service(inproc.Registrar).Parties(w.Context(), id)
	if err != nil || views[0].Party == nil {
		w.Fatalf("reading party %s: %+v, %v", id, views, err)
	}
	return views[0].Party
}

// terms are 12 000 kronor at 12 %, to be paid in a year.
func (w *world) terms() ledger.Terms {
	first := w.today().AddMonths(1, 28)
	return ledger.Terms{
		Kind: ledger.Negotiable, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: w.today(), InterestFrom: w.today(),
		Principal: finance.Money{Amount: 12_000_00, Currency: "SEK"}, Rate: finance.Percent(12), DayCount: finance.Thirty360,
		Schedule:  ledger.Schedule{Kind: finance.Annuity, Instalments: 12, FirstDue: first, DueDay: 28},
		Reference: "K-77",
	}
}

// offer offers a loan to persons.
func (w *world) offer(lender *company, borrowers ...ledger.PartyID) ledger.NoteID {
	w.Helper()
	return w.offerOf(lender, w.terms(), borrowers...)
}

// offerOf offers a loan of these terms to persons.
func (w *world) offerOf(lender *company, terms ledger.Terms, borrowers ...ledger.PartyID) ledger.NoteID {
	w.Helper()
	r := w.do(lender, ledger.OpOffer, "", ledger.OfferBody{
		Book: lender.book, Borrowers: borrowers, Terms: terms,
		AnswerBy: w.Now().UTC().Truncate(time.Second).Add(14 * 24 * time.Hour),
	})
	return ledger.NoteID(r.Subject.ID)
}

// issue gives a note that a person has signed with their device.
func (w *world) issue(lender *company, b *browser) ledger.NoteID {
	w.Helper()
	id := w.offer(lender, b.party)
	w.accept(b, id)
	return id
}

// accept has a person sign an offer, past the pages.
func (w *world) accept(b *browser, id ledger.NoteID) {
	w.Helper()
	w.must(b.signer(), w.draft(b.signer(), ledger.OpAccept, string(id), ledger.AcceptBody{Offer: w.note(id).Offer}))
}

// sell moves a note to another company.
func (w *world) sell(from, to *company, id ledger.NoteID) {
	w.Helper()
	w.transfer(from, to, id, ledger.TransferOfferBody{Kind: ledger.Sale, Form: ledger.InFull}, to.book)
}

// transfer gives a company a right in a note: a book is for who holds it.
func (w *world) transfer(from, to *company, id ledger.NoteID, body ledger.TransferOfferBody, book ledger.BookID) {
	w.Helper()
	body.To = to.ID
	offer := w.draft(from.Signer, ledger.OpTransferOffer, string(id), body)
	w.must(from.Signer, offer)
	w.do(to, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: offer.Command, Book: book})
}

// pay has a company write a payment of today on a note.
func (w *world) pay(to *company, id ledger.NoteID, amount finance.Amount) ledger.Result {
	w.Helper()
	return w.do(to, ledger.OpPay, string(id), ledger.PayBody{Amount: finance.Money{Amount: amount, Currency: "SEK"}, PaidOn: w.today()})
}

// invite makes an invitation and gives its address.
func (w *world) invite(by *company, purpose store.Purpose, change ...func(*store.Invitation)) string {
	w.Helper()
	i := store.Invitation{
		ID: uuid.NewString(), By: by.ID, ByName: by.Name, Purpose: purpose, Name: "Anna Andersson", Phone: "+46701234567",
		Email: "anna@example.se", Language: ledger.Swedish, Created: w.Now(), Expires: w.Now().Add(purpose.Life()),
	}
	for _, c := range change {
		c(&i)
	}
	secret := w.codes.OfInvitation(i.ID)
	if _, made, err := w.store.AddInvitation(w.Context(), i, secret); err != nil || !made {
		w.Fatalf("inviting: %t, %v", made, err)
	}
	return "/i/" + secret.String()
}

// path is the public address of a note.
func (w *world) path(id ledger.NoteID) string { return "/n/" + w.codes.Of(id).String() }
