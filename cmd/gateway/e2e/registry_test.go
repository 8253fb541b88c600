package e2e

import (
	"context"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/networktest"
)

// company is a lender or a collector: its own gateway, and the registrar's, where it
// asks for what concerns persons.
type company struct {
	*testing.T
	own, registrar *client.Client
	id             ledger.PartyID
	book           ledger.BookID
}

// registry is a running network with companies of the test's own.
type registry struct {
	*testing.T
	ends    network.Endpoints
	digest  string // of the network
	verify  string // path of the program
	lender  *company
	collect *company
}

func startRegistry(t *testing.T) *registry {
	t.Helper()
	r := &registry{T: t, ends: networktest.Shared(t, networktest.Options{Chaincode: true, Gateways: true}).Endpoints(t)}
	r.verify = filepath.Join(t.TempDir(), "verify")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", r.verify, "../../verify")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building verify: %v\n%s", err, out)
	}
	r.lender = r.joins("lender", "Fjord Lån AB", ledger.Contact{
		Human: "Lena Ek", Phone: "+46812345678", Hours: "vardagar 8–17", Email: "lena@fjord.example",
	})
	r.collect = r.joins("collector", "Rätt Inkasso AB", ledger.Contact{
		Human: "Karim Aziz", Phone: "+46840506070", Hours: "vardagar 9–16", Licence: "IMY 2024-123",
	})
	return r
}

// joins makes a company a party with a book, which says how it is reached.
func (r *registry) joins(organisation, name string, contact ledger.Contact) *company {
	r.Helper()
	c := r.registers(organisation, ledger.RegisterBody{Kind: ledger.Company, Name: name})
	c.does(ledger.OpPartyContact, string(c.id), contact)
	c.book = ledger.BookID(c.does(ledger.OpBookOpen, "", ledger.EmptyBody{}).Subject.ID)
	return c
}

// registers makes a party with a private key of its own.
func (r *registry) registers(organisation string, body ledger.RegisterBody) *company {
	r.Helper()
	private, err := sign.NewKey()
	if err != nil {
		r.Fatal(err)
	}
	key, err := sign.KeyOf(private.Public())
	if err != nil {
		r.Fatal(err)
	}
	at := func(organisation string, party ledger.PartyID) *client.Client {
		c, err := client.New(client.Options{Gateway: r.ends[organisation].Gateway, Key: private, Party: party})
		if err != nil {
			r.Fatal(err)
		}
		return c
	}
	newcomer := at(organisation, "")
	body.Keys = []ledger.Key{key}
	_, signed, err := newcomer.Write(r.Context(), client.Draft{Op: ledger.OpPartyRegister, Body: body})
	if err != nil {
		r.Fatal(err)
	}
	receipt, err := newcomer.Register(r.Context(), signed)
	if err != nil {
		r.Fatal(err)
	}
	id := ledger.PartyID(receipt.Result.Subject.ID)
	c := &company{T: r.T, id: id, own: at(organisation, id), registrar: at("registrar", id)}
	if r.digest, err = c.own.Network(r.Context()); err != nil {
		r.Fatal(err)
	}
	return c
}

// does signs and hands in a command through the company's own gateway.
func (c *company) does(op ledger.Op, subject string, body any) *ledger.Result {
	c.Helper()
	receipt, err := c.tries(op, subject, c.next(op, subject), body)
	if err != nil {
		c.Fatalf("%s: %v", op, err)
	}
	return receipt.Result
}

// next gives the number that the next command of a subject has.
func (c *company) next(op ledger.Op, subject string) uint64 {
	c.Helper()
	var seq uint64
	switch kind, creates, _ := ledger.KindOf(op); {
	case creates:
	case kind == ledger.KindNote:
		n, err := c.own.Note(c.Context(), ledger.NoteID(subject), finance.Date{})
		if err != nil {
			c.Fatal(err)
		}
		seq = n.Seq
	default:
		p, err := c.own.Party(c.Context(), ledger.PartyID(subject))
		if err != nil {
			c.Fatal(err)
		}
		seq = p.Record.Seq
	}
	return seq + 1
}

// tries hands in a command that may be refused.
func (c *company) tries(op ledger.Op, subject string, seq uint64, body any) (client.Receipt, error) {
	c.Helper()
	_, signed, err := c.own.Write(c.Context(), client.Draft{Op: op, Subject: subject, Seq: seq, Body: body})
	if err != nil {
		return client.Receipt{}, err
	}
	return c.own.Submit(c.Context(), signed)
}

// invites makes an invitation for a person and gives its id and its address.
func (c *company) invites(name string) (id, link string) {
	c.Helper()
	i, err := c.registrar.Invite(c.Context(), "", rest.InvitationRequest{Name: name, Language: "sv", Phone: "+46701234567"})
	if err != nil {
		c.Fatal(err)
	}
	return i.ID, i.Link
}

// guest gives who has used an invitation.
func (c *company) guest(id string) ledger.PartyID {
	c.Helper()
	i, err := c.registrar.Invitation(c.Context(), id)
	if err != nil {
		c.Fatal(err)
	}
	if i.Party == "" {
		c.Fatalf("nobody has used the invitation: %+v", i)
	}
	return i.Party
}

// agreedOn is a day for which the Riksbank's reference rate is known.
var agreedOn = finance.DateOf(time.Date(2026, time.June, 15, 0, 0, 0, 0, time.UTC))

// offers hands in an offer of a consumer's loan.
func (c *company) offers(to ledger.PartyID, name string) ledger.NoteID {
	c.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	r := c.does(ledger.OpOffer, "", ledger.OfferBody{
		Book: c.book, Borrowers: []ledger.PartyID{to}, Names: []string{name}, Payee: "Fjord Lån AB",
		Text: "Lånet får betalas i förtid utan avgift.", AnswerBy: now.Add(14 * 24 * time.Hour),
		Terms: ledger.Terms{
			Kind: ledger.Negotiable, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: agreedOn,
			Principal: finance.Money{Amount: 120_000_00, Currency: "SEK"}, Rate: finance.Percent(6), DayCount: finance.Thirty360,
			Schedule:     ledger.Schedule{Kind: finance.Annuity, Instalments: 24, FirstDue: finance.DateOf(now).AddMonths(1, 28), DueDay: 28},
			InterestFrom: finance.DateOf(now), Fees: ledger.Fees{Reminder: 60_00}, Reference: "FJ-4711",
		},
	})
	return ledger.NoteID(r.Subject.ID)
}

// pays writes a payment on the note.
func (c *company) pays(id ledger.NoteID, amount finance.Amount) *ledger.Result {
	c.Helper()
	return c.does(ledger.OpPay, string(id), c.payment(amount))
}

func (c *company) payment(amount finance.Amount) ledger.PayBody {
	return ledger.PayBody{Amount: finance.Money{Amount: amount, Currency: "SEK"}, PaidOn: finance.DateOf(time.Now())}
}

// owed gives what is left to pay today.
func (c *company) owed(id ledger.NoteID) finance.Amount {
	c.Helper()
	n, err := c.own.Note(c.Context(), id, finance.Date{})
	if err != nil {
		c.Fatal(err)
	}
	return n.Summary.Total.Amount
}

// buys takes the note over from another company.
func (c *company) buys(id ledger.NoteID, from *company) {
	c.Helper()
	offered := from.does(ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: c.id, Kind: ledger.Sale, Form: ledger.InFull})
	c.does(ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: offered.Command, Book: c.book})
}

// address gives the note's page for everybody.
func (c *company) address(id ledger.NoteID) (code, link string) {
	c.Helper()
	l, err := c.registrar.Link(c.Context(), id)
	if err != nil {
		c.Fatal(err)
	}
	return l.Code, l.Link
}

// verified runs the program that has no network on a file, and gives what it says.
func (r *registry) verified(file string) string {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), stepLimit)
	defer cancel()
	out, err := exec.CommandContext(ctx, r.verify, "-network", r.digest, file).CombinedOutput()
	if err != nil {
		r.Fatalf("verifying %s: %v\n%s", file, err, out)
	}
	return string(out)
}
