package chaincode_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/skuld-registry/skuld/chaincode"
	"github.com/skuld-registry/skuld/chaincode/stub"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

const (
	lenderOrg    = "LenderMSP"
	collectorOrg = "CollectorMSP"
	registrarOrg = protocol.RegistrarMSP
)

// noon is the time at which every test begins.
var noon = time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC)

// party is somebody with a key and the organisation that it comes through.
type party struct {
	id   ledger.PartyID
	name string
	org  string
	key  crypto.Signer
	book ledger.BookID
}

// registry is the contract on a network of three organisations, with a lender,
// a collector, two borrowers and an authority.
type registry struct {
	t     testing.TB
	net   *stub.Network
	now   time.Time // of clients and peers
	drawn uint64    // salts, nonces and command ids so far
	log   bytes.Buffer
	fail  string // call of the shim that fails on every peer; "" for none
	// failOn holds the private keys that a failure of their reading is for; nil is all.
	failOn map[string]bool

	lender, collector, borrower, other, authority *party
}

func newRegistry(t testing.TB) *registry {
	t.Helper()
	r := &registry{t: t, now: noon}
	orgs := []string{lenderOrg, collectorOrg, registrarOrg}
	digest, err := stub.Digest("registry", orgs)
	if err != nil {
		t.Fatal(err)
	}
	contract, err := chaincode.New(chaincode.Options{
		Network: digest, Signatures: sign.Verifier{},
		Clock: func() time.Time { return r.now }, Log: slog.New(slog.NewTextHandler(&r.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.net, err = stub.New(stub.Options{
		Channel: "registry", Chaincode: "skuld", Orgs: orgs,
		Collections: map[string][]string{protocol.Collection: {registrarOrg}},
		Policy:      func(orgs []string) bool { return slices.Contains(orgs, registrarOrg) && len(orgs) > 1 },
		Start:       func(string) shim.Chaincode { return unreliable{Chaincode: contract, registry: r} },
	})
	if err != nil {
		t.Fatal(err)
	}
	// A name with what JSON writers like to escape.
	r.lender = r.register(lenderOrg, "Holm & Söner <Kredit>", ledger.Company)
	r.collector = r.register(collectorOrg, "Inkasso Väst", ledger.Company)
	r.borrower = r.register(registrarOrg, "Märta Exempelsson", ledger.Person)
	r.other = r.register(registrarOrg, "Olle Exempelsson", ledger.Person)
	r.authority = r.register(registrarOrg, "Kronofogden", ledger.Authority)
	r.apply(lenderOrg, r.command(r.lender, ledger.OpPartyAdmit, string(r.authority.id), 2, ledger.EmptyBody{}))
	r.lender.book = r.openBook(r.lender)
	r.collector.book = r.openBook(r.collector)
	return r
}

// draw gives 32 bytes that were not given before.
func (r *registry) draw() [32]byte {
	r.drawn++
	return sha256.Sum256(binary.BigEndian.AppendUint64(nil, r.drawn))
}

func (r *registry) commandID() ledger.CommandID {
	d := r.draw()
	return ledger.CommandID(fmt.Sprintf("%x-%x-%x-%x-%x", d[:4], d[4:6], d[6:8], d[8:10], d[10:16]))
}

// command signs a command of a party.
func (r *registry) command(by *party, op ledger.Op, subject string, seq uint64, body any) ledger.Signed {
	r.t.Helper()
	c, err := ledger.Draft{
		Op: op, Network: r.net.Digest(), By: by.id, Subject: subject, Seq: seq, Command: r.commandID(), IssuedAt: r.now, Body: body,
	}.Build()
	if err != nil {
		r.t.Fatalf("drafting %s: %v", op, err)
	}
	return r.sign(by, c)
}

func (r *registry) sign(by *party, c *ledger.Command) ledger.Signed {
	r.t.Helper()
	signed, err := sign.Command(c, by.key)
	if err != nil {
		r.t.Fatalf("signing %s: %v", c.Op, err)
	}
	return signed
}

// next signs the next command on a subject, as its record now stands.
func (r *registry) next(by *party, op ledger.Op, subject string, body any) ledger.Signed {
	r.t.Helper()
	return r.command(by, op, subject, r.seq(subject)+1, body)
}

func (r *registry) register(org, name string, kind ledger.PartyKind) *party {
	r.t.Helper()
	p := &party{name: name, org: org}
	var err error
	if kind == ledger.Person {
		_, p.key, err = ed25519.GenerateKey(rand.Reader) // EdDSA; the others sign ES256
	} else {
		p.key, err = sign.NewKey()
	}
	if err != nil {
		r.t.Fatal(err)
	}
	body := ledger.RegisterBody{Kind: kind, Keys: []ledger.Key{r.keyOf(p)}}
	if kind != ledger.Person {
		body.Name = name
	}
	signed := r.command(p, ledger.OpPartyRegister, "", 1, body)
	p.id = ledger.PartyID(r.apply(org, signed)[0].Subject.ID)
	return p
}

func (r *registry) openBook(p *party) ledger.BookID {
	r.t.Helper()
	return ledger.BookID(r.apply(p.org, r.command(p, ledger.OpBookOpen, "", 1, ledger.EmptyBody{}))[0].Subject.ID)
}

// terms are those of a consumer's loan with everything on it that must stay private.
func terms(t testing.TB) ledger.Terms {
	t.Helper()
	agreed, err := finance.NewDate(2026, time.May, 19)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Terms{
		Kind: ledger.Negotiable, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: agreed,
		Principal: finance.Money{Amount: 7_654_321, Currency: "SEK"}, Rate: finance.Percent(13), DayCount: finance.Thirty360,
		Schedule:     ledger.Schedule{Kind: finance.Annuity, Instalments: 37, FirstDue: agreed.AddMonths(1, 28)},
		InterestFrom: agreed, Fees: ledger.Fees{Setup: 39_800, Reminder: 6_000}, Reference: "KONTRAKT-4711-XY",
	}
}

func (r *registry) offer(borrowers ...*party) ledger.Signed {
	r.t.Helper()
	body := ledger.OfferBody{Book: r.lender.book, Terms: terms(r.t), AnswerBy: r.now.Add(240 * time.Hour)}
	for _, b := range borrowers {
		body.Borrowers = append(body.Borrowers, b.id)
	}
	return r.command(r.lender, ledger.OpOffer, "", 1, body)
}

// issue makes an active note of the lender's.
func (r *registry) issue(borrowers ...*party) ledger.NoteID {
	r.t.Helper()
	offer := r.offer(borrowers...)
	id := ledger.NoteID(r.apply(lenderOrg, offer)[0].Subject.ID)
	for _, b := range borrowers {
		r.apply(registrarOrg, r.next(b, ledger.OpAccept, string(id), ledger.AcceptBody{Offer: ledger.PayloadDigest(r.open(offer).Payload)}))
	}
	return id
}

func (r *registry) pay(by *party, note ledger.NoteID, amount finance.Amount) ledger.Signed {
	r.t.Helper()
	return r.next(by, ledger.OpPay, string(note), r.payment(amount))
}

func (r *registry) payment(amount finance.Amount) ledger.PayBody {
	return ledger.PayBody{
		Amount: finance.Money{Amount: amount, Currency: "SEK"}, PaidOn: r.today(), Reference: "OCR-998877",
	}
}

// sell moves a note to the collector and tells the borrower.
func (r *registry) sell(note ledger.NoteID) {
	r.t.Helper()
	offer := r.next(r.lender, ledger.OpTransferOffer, string(note),
		ledger.TransferOfferBody{To: r.collector.id, Kind: ledger.Sale, Form: ledger.InFull})
	transfer := r.apply(lenderOrg, offer)[0].Command
	r.apply(collectorOrg, r.next(r.collector, ledger.OpTransferAccept, string(note),
		ledger.TransferAcceptBody{Transfer: transfer, Book: r.collector.book}))
}

// payOff pays a note in full, which hands it back.
func (r *registry) payOff(by *party, note ledger.NoteID) {
	r.t.Helper()
	n := r.note(note)
	owed, err := n.Owed().Total()
	if err != nil {
		r.t.Fatal(err)
	}
	r.apply(by.org, r.pay(by, note, owed))
	if n := r.note(note); n.Status != ledger.StatusDischarged {
		r.t.Fatalf("the note is %s with %+v left", n.Status, n.Balance)
	}
}

func (r *registry) today() finance.Date { return finance.DateOf(r.now) }

func (r *registry) keyOf(p *party) ledger.Key {
	r.t.Helper()
	k, err := sign.KeyOf(p.key.Public())
	if err != nil {
		r.t.Fatal(err)
	}
	return k
}

func (r *registry) notify(note ledger.NoteID) {
	r.t.Helper()
	r.apply(collectorOrg, r.next(r.collector, ledger.OpNotice, string(note),
		ledger.NoticeBody{Holder: r.collector.id, DeliveredOn: r.today(), Channel: "letter"}))
}

func (r *registry) open(s ledger.Signed) ledger.Opened {
	r.t.Helper()
	o, err := sign.Verifier{}.Open(s)
	if err != nil {
		r.t.Fatal(err)
	}
	return o
}

// subjectOf gives what a signed command is about, and by whom it is.
func (r *registry) subjectOf(s ledger.Signed) (ledger.Subject, ledger.PartyID) {
	r.t.Helper()
	c, err := ledger.DecodeCommand(r.open(s).Payload)
	if err != nil {
		r.t.Fatal(err)
	}
	return c.Subject(), c.By
}

// kinds gives the kind of subject that an id's first letter stands for.
var kinds = map[byte]ledger.Kind{'n': ledger.KindNote, 'p': ledger.KindParty, 'b': ledger.KindBook}

func subject(id string) ledger.Subject { return ledger.Subject{Kind: kinds[id[0]], ID: id} }

// seq gives how many commands a subject has on the registrar's peer.
func (r *registry) seq(id string) uint64 {
	r.t.Helper()
	var record struct {
		Seq uint64 `json:"seq"`
	}
	if raw, ok := r.net.State(registrarOrg)[protocol.RecordKey(subject(id))]; ok {
		if err := json.Unmarshal(raw, &record); err != nil {
			r.t.Fatal(err)
		}
	}
	return record.Seq
}

// entry gives what the registrar keeps of a subject's command.
func (r *registry) entry(s ledger.Subject, seq uint64) (ledger.Entry, bool) {
	r.t.Helper()
	var e ledger.Entry
	raw, ok := r.net.Private(registrarOrg, protocol.Collection)[protocol.EntryKey(s, seq)]
	if ok {
		if err := json.Unmarshal(raw, &e); err != nil {
			r.t.Fatal(err)
		}
	}
	return e, ok
}
