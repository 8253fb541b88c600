package ledger_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

const (
	network   = "5ca1ab1e"
	lenderOrg = "LenderMSP"
	buyerOrg  = "CollectorMSP"
)

// day0 is a day of a half-year whose reference rate is known.
var day0 = time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC)

// claimed is a stand-in for signatures: a command is taken for signed by the
// key that it names. Thousands of commands are applied in the time of one real
// signature; package sign is tested by itself, and together with the rules by
// the conformance suite.
type claimed struct{}

func (claimed) Open(s ledger.Signed) (ledger.Opened, error) {
	kid, payload, ok := strings.Cut(s.JWS, " ")
	if !ok {
		return ledger.Opened{}, ledger.Refuse(ledger.CodeSignatureMalformed, "detail", "no key")
	}
	return ledger.Opened{Payload: []byte(payload), KeyID: kid, Seal: sha256.Sum256([]byte("seal " + kid)), Signed: s}, nil
}

func (claimed) Verify(o ledger.Opened, k ledger.Key) error {
	if o.KeyID != k.ID {
		return ledger.Refuse(ledger.CodeSignatureWrong)
	}
	return nil
}

// failer is the part of a test that a stage needs; rapid's tests have it too.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// actor is a party of a test.
type actor struct {
	name string
	id   ledger.PartyID
	org  string
	key  ledger.Key
	book ledger.BookID // one of its own
}

// stage is a small world with a clock and a cast.
type stage struct {
	t   failer
	m   *model.Ledger
	now time.Time
	n   int // commands written, which gives each its id

	lender, buyer, second, bank, servicer, stranger *actor
	borrower, partner                               *actor // partner borrows too, where a test says so
	bailiff, court                                  *actor // two authorities
}

// cast lists the parties in the order in which they were registered.
func (s *stage) cast() []*actor {
	return []*actor{s.lender, s.buyer, s.second, s.bank, s.servicer, s.stranger, s.borrower, s.partner, s.bailiff, s.court}
}

// newStage registers the cast and opens a book for each of them.
func newStage(t failer) *stage {
	t.Helper()
	s := &stage{t: t, m: model.New(network, claimed{}), now: day0}
	s.lender = s.register("lender", ledger.Company, lenderOrg)
	s.buyer = s.register("buyer", ledger.Company, buyerOrg)
	s.second = s.register("second", ledger.Company, buyerOrg)
	s.bank = s.register("bank", ledger.Company, lenderOrg)
	s.servicer = s.register("servicer", ledger.Company, buyerOrg)
	s.stranger = s.register("stranger", ledger.Company, lenderOrg)
	s.borrower = s.register("borrower", ledger.Person, ledger.RegistrarOrg)
	s.partner = s.register("partner", ledger.Person, ledger.RegistrarOrg)
	s.bailiff = s.register("bailiff", ledger.Authority, ledger.RegistrarOrg)
	s.court = s.register("court", ledger.Authority, ledger.RegistrarOrg)
	return s
}

// fork gives a stage that goes its own way from here.
func (s *stage) fork() *stage {
	f := *s
	f.m = s.m.Fork()
	return &f
}

// testKey gives an Ed25519 key's form. Nothing is signed with it.
func testKey(name string) ledger.Key {
	x := sha256.Sum256([]byte(name))
	k := ledger.Key{Kty: "OKP", Crv: "Ed25519", X: base64.RawURLEncoding.EncodeToString(x[:])}
	k.ID = k.Thumbprint()
	return k
}

func (s *stage) register(name string, kind ledger.PartyKind, org string) *actor {
	s.t.Helper()
	a := &actor{name: name, org: org, key: testKey(name)}
	body := ledger.RegisterBody{Kind: kind, Keys: []ledger.Key{a.key}}
	if kind != ledger.Person {
		body.Name = name
	}
	c := s.do(a, ledger.OpPartyRegister, "", body)
	a.id = c.Party.ID
	if kind == ledger.Authority {
		s.do(s.lender, ledger.OpPartyAdmit, string(a.id), ledger.EmptyBody{})
	}
	a.book = s.openBook(a)
	return a
}

func (s *stage) openBook(a *actor) ledger.BookID {
	s.t.Helper()
	return s.do(a, ledger.OpBookOpen, "", ledger.EmptyBody{}).Book.ID
}

func (s *stage) nextID() ledger.CommandID {
	s.n++
	return ledger.CommandID(fmt.Sprintf("00000000-0000-4000-8000-%012x", s.n))
}

// draft writes a command that is in order unless the test changes it.
func (s *stage) draft(who *actor, op ledger.Op, subject string, body any) ledger.Draft {
	kind, _, _ := ledger.KindOf(op)
	return ledger.Draft{
		Op: op, Network: network, By: who.id, Subject: subject, Command: s.nextID(), IssuedAt: s.now, Body: body,
		Seq: s.m.Next(ledger.Subject{Kind: kind, ID: subject}),
	}
}

// send applies a drafted command.
func (s *stage) send(who *actor, d ledger.Draft) (*ledger.Change, error) {
	c, err := d.Build()
	if err != nil {
		return nil, err
	}
	return s.sendCommand(who, c)
}

// sendCommand applies a command as it is, after its rehearsal.
func (s *stage) sendCommand(who *actor, c *ledger.Command) (*ledger.Change, error) {
	s.t.Helper()
	frame := ledger.Frame{Network: network, At: s.now, Org: who.org}
	promised, refusal := ledger.Rehearse(s.m, claimed{}, frame, ledger.Rehearsal{Draft: c})
	before, _ := s.m.Party(ledger.PartyID(c.Subject().ID))
	change, err := s.m.Apply(frame, s.sign(who, c))
	s.checkRehearsal(promised, refusal, change, err)
	if err == nil && before != nil {
		s.checkParty(before, change)
	}
	return change, err
}

// sign claims the command for the actor's key.
func (s *stage) sign(who *actor, c *ledger.Command) ledger.Signed {
	s.t.Helper()
	payload, err := c.Canonical()
	if err != nil {
		s.t.Fatalf("writing a command: %v", err)
	}
	return ledger.Signed{JWS: who.key.ID + " " + string(payload)}
}

// try applies a command that may be refused.
func (s *stage) try(who *actor, op ledger.Op, subject string, body any) (*ledger.Change, error) {
	s.t.Helper()
	return s.send(who, s.draft(who, op, subject, body))
}

// do applies a command that must succeed.
func (s *stage) do(who *actor, op ledger.Op, subject string, body any) *ledger.Change {
	s.t.Helper()
	c, err := s.try(who, op, subject, body)
	if err != nil {
		s.t.Fatalf("%s by %s: %v", op, who.name, err)
	}
	return c
}

// refuse applies a command that must be refused with this code and these
// parameters, and leave the ledger as it was.
func (s *stage) refuse(want *ledger.Error, who *actor, op ledger.Op, subject string, body any) {
	s.t.Helper()
	before := len(s.m.Log())
	_, err := s.try(who, op, subject, body)
	checkRefusal(s.t, err, want)
	if after := len(s.m.Log()); after != before {
		s.t.Fatalf("%s by %s was refused and yet written", op, who.name)
	}
}

func checkRefusal(t failer, err error, want *ledger.Error) {
	t.Helper()
	if ledger.CodeOf(err) != want.Code {
		t.Fatalf("got %v, want %s", err, want.Code)
	}
	if want.Params != nil && err.Error() != want.Error() {
		t.Fatalf("got %q, want %q", err, want)
	}
}

func code(c ledger.Code) *ledger.Error { return &ledger.Error{Code: c} }

// after moves the clock by whole days.
func (s *stage) after(days int) { s.now = s.now.AddDate(0, 0, days) }

func (s *stage) today() finance.Date { return finance.DateOf(s.now) }

func date(text string) finance.Date {
	d, err := finance.ParseDate(text)
	if err != nil {
		panic(err) // a mistake in the test's own text
	}
	return d
}

// noon is a moment of a day.
func noon(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err) // a mistake in the test's own text
	}
	return t.Add(12 * time.Hour)
}

func rate(text string) finance.Rate {
	r, err := finance.ParseRate(text)
	if err != nil {
		panic(err) // a mistake in the test's own text
	}
	return r
}

func sek(amount finance.Amount) finance.Money { return finance.Money{Amount: amount, Currency: "SEK"} }

// terms are a year's annuity of 12,000 kronor at 12 % a year, agreed on day0.
func terms() ledger.Terms {
	return ledger.Terms{
		Kind: ledger.Negotiable, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: date("2026-03-02"),
		Principal: sek(12_000_00), Rate: rate("12"), DayCount: finance.Thirty360,
		Schedule:     ledger.Schedule{Kind: finance.Annuity, Instalments: 12, FirstDue: date("2026-04-02")},
		InterestFrom: date("2026-03-02"),
		Fees:         ledger.Fees{Setup: 100_00, Reminder: 60_00},
	}
}

func (s *stage) offerBody(t ledger.Terms, borrowers ...*actor) ledger.OfferBody {
	b := ledger.OfferBody{Book: s.lender.book, AnswerBy: s.now.AddDate(0, 0, 14), Terms: t}
	for _, a := range borrowers {
		b.Borrowers = append(b.Borrowers, a.id)
	}
	return b
}

// offer writes a note that nobody has accepted.
func (s *stage) offer(t ledger.Terms, borrowers ...*actor) ledger.NoteID {
	s.t.Helper()
	return s.do(s.lender, ledger.OpOffer, "", s.offerBody(t, borrowers...)).Note.ID
}

func (s *stage) accept(id ledger.NoteID, who *actor) {
	s.t.Helper()
	s.do(who, ledger.OpAccept, string(id), ledger.AcceptBody{Offer: s.note(id).Offer})
}

// issue writes a note that its borrowers have accepted.
func (s *stage) issue(t ledger.Terms, borrowers ...*actor) ledger.NoteID {
	s.t.Helper()
	id := s.offer(t, borrowers...)
	for _, a := range borrowers {
		s.accept(id, a)
	}
	return id
}

// active issues the usual note.
func (s *stage) active() ledger.NoteID {
	s.t.Helper()
	return s.issue(terms(), s.borrower)
}

func (s *stage) note(id ledger.NoteID) *ledger.Note {
	s.t.Helper()
	n, err := s.m.Note(id)
	if err != nil || n == nil {
		s.t.Fatalf("there is no note %s: %v", id, err)
	}
	return n
}

func (s *stage) holder(id ledger.NoteID) ledger.PartyID { return s.m.Holder(s.note(id)) }

// sell moves the note from one actor to another's book.
func (s *stage) sell(id ledger.NoteID, from, to *actor) {
	s.t.Helper()
	s.hand(id, from, to, ledger.TransferOfferBody{To: to.id, Kind: ledger.Sale, Form: ledger.InFull})
}

func (s *stage) hand(id ledger.NoteID, from, to *actor, offer ledger.TransferOfferBody) {
	s.t.Helper()
	s.do(from, ledger.OpTransferOffer, string(id), offer)
	accept := ledger.TransferAcceptBody{Transfer: s.note(id).Pending.ID}
	if offer.Kind == ledger.Sale {
		accept.Book = to.book
	}
	s.do(to, ledger.OpTransferAccept, string(id), accept)
}

func (s *stage) pledge(id ledger.NoteID, from, to *actor) {
	s.t.Helper()
	s.hand(id, from, to, ledger.TransferOfferBody{To: to.id, Kind: ledger.PledgeTransfer})
}

func (s *stage) mandate(id ledger.NoteID, from, to *actor) {
	s.t.Helper()
	s.hand(id, from, to, ledger.TransferOfferBody{To: to.id, Kind: ledger.CollectionMandate})
}

// notify writes that the borrower was told today who holds the note.
func (s *stage) notify(id ledger.NoteID, who *actor) {
	s.t.Helper()
	s.do(who, ledger.OpNotice, string(id), ledger.NoticeBody{Holder: s.holder(id), DeliveredOn: s.today(), Channel: "letter"})
}

func (s *stage) payBody(amount finance.Amount) ledger.PayBody {
	return ledger.PayBody{Amount: sek(amount), PaidOn: s.today()}
}

func (s *stage) pay(id ledger.NoteID, who *actor, amount finance.Amount) *ledger.Note {
	s.t.Helper()
	return s.do(who, ledger.OpPay, string(id), s.payBody(amount)).Note
}

// owed is all that is owed today.
func (s *stage) owed(id ledger.NoteID) finance.Amount {
	s.t.Helper()
	sum, err := ledger.Summarize(s.note(id), s.holder(id), s.today())
	if err != nil {
		s.t.Fatalf("deriving what is owed: %v", err)
	}
	return sum.Total.Amount
}

func (s *stage) freeze(id ledger.NoteID, who *actor) {
	s.t.Helper()
	s.do(who, ledger.OpFreeze, string(id), ledger.FreezeBody{Ground: "decision U-1"})
}

// brokenWorld cannot tell of one kind of subject.
type brokenWorld struct {
	ledger.World
	kind string
}

func (w brokenWorld) fault(kind string) error {
	if w.kind == kind {
		return errors.New("cannot tell: the disk is full")
	}
	return nil
}

func (w brokenWorld) Note(id ledger.NoteID) (*ledger.Note, error) {
	if err := w.fault("note"); err != nil {
		return nil, err
	}
	return w.World.Note(id)
}

func (w brokenWorld) Party(id ledger.PartyID) (*ledger.Party, error) {
	if err := w.fault("party"); err != nil {
		return nil, err
	}
	return w.World.Party(id)
}

func (w brokenWorld) Book(id ledger.BookID) (*ledger.Book, error) {
	if err := w.fault("book"); err != nil {
		return nil, err
	}
	return w.World.Book(id)
}
