package protocol_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

const (
	lenderOrg    = "LenderMSP"
	collectorOrg = "CollectorMSP"
)

// fixture is a fake ledger, a client of it, and parties that can sign.
type fixture struct {
	*testing.T
	ledger *fakeLedger
	client *protocol.Client
	random *rand.ChaCha8
	drafts int
}

func start(t *testing.T, org string, adjust ...func(*protocol.ClientOptions)) *fixture {
	t.Helper()
	f := &fixture{T: t, ledger: newFakeLedger(), random: rand.NewChaCha8([32]byte{1})}
	f.client = f.join(org, adjust...)
	return f
}

// join makes another client of the same ledger.
func (f *fixture) join(org string, adjust ...func(*protocol.ClientOptions)) *protocol.Client {
	opts := protocol.ClientOptions{
		Clock: func() time.Time { return f.ledger.now },
		Wait:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	for _, a := range adjust {
		a(&opts)
	}
	return f.over(f.ledger.as(org), opts)
}

// over makes a client over a channel.
func (f *fixture) over(channel protocol.Channel, opts protocol.ClientOptions) *protocol.Client {
	c := protocol.NewClient(channel, sign.Verifier{}, opts)
	f.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			f.Errorf("closing the client: %v", err)
		}
	})
	return c
}

// signer is a party and its key.
type signer struct {
	id  ledger.PartyID
	key crypto.Signer
}

func (f *fixture) key() ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	_, _ = f.random.Read(seed)
	return ed25519.NewKeyFromSeed(seed)
}

func (f *fixture) commandID() ledger.CommandID {
	f.drafts++
	return ledger.CommandID(fmt.Sprintf("00000000-0000-4000-8000-%012d", f.drafts))
}

// sign writes and signs a command.
func (f *fixture) sign(by signer, d ledger.Draft) ledger.Signed {
	f.Helper()
	d.Network, d.By = network, by.id
	if d.Command == "" {
		d.Command = f.commandID()
	}
	if d.IssuedAt.IsZero() {
		d.IssuedAt = f.ledger.now
	}
	cmd, err := d.Build()
	if err != nil {
		f.Fatalf("writing %s: %v", d.Op, err)
	}
	signed, err := sign.Command(cmd, by.key)
	if err != nil {
		f.Fatalf("signing %s: %v", d.Op, err)
	}
	return signed
}

// register gives a registration and its party.
func (f *fixture) register(kind ledger.PartyKind) (ledger.Signed, signer) {
	f.Helper()
	s := signer{key: f.key()}
	k, err := sign.KeyOf(s.key.Public())
	if err != nil {
		f.Fatal(err)
	}
	id := f.commandID()
	s.id = ledger.DerivePartyID(network, id)
	body := ledger.RegisterBody{Kind: kind, Keys: []ledger.Key{k}}
	if kind != ledger.Person {
		body.Name = "Holm & Co <ab>"
	}
	return f.sign(s, ledger.Draft{Op: ledger.OpPartyRegister, Command: id, Body: body}), s
}

// rotate gives a command that adds a key to a party.
func (f *fixture) rotate(by signer, seq uint64) ledger.Signed {
	f.Helper()
	k, err := sign.KeyOf(f.key().Public())
	if err != nil {
		f.Fatal(err)
	}
	return f.sign(by, ledger.Draft{
		Op: ledger.OpPartyRotate, Subject: string(by.id), Seq: seq, Body: ledger.RotateBody{Add: []ledger.Key{k}},
	})
}

func (f *fixture) openBook(by signer) ledger.Signed {
	return f.sign(by, ledger.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}})
}

// commit submits commands that must all be committed, and gives the outcomes.
func (f *fixture) commit(c *protocol.Client, commands ...ledger.Signed) []ledger.Outcome {
	f.Helper()
	all, err := c.Submit(f.Context(), commands...)
	if err != nil {
		f.Fatalf("submitting: %v", err)
	}
	for i, o := range all {
		if o.State != ledger.Committed {
			f.Fatalf("command %d is %s: %v", i, o.State, o.Err)
		}
	}
	return all
}

// submit submits one command and gives its outcome.
func (f *fixture) submit(c *protocol.Client, command ledger.Signed) ledger.Outcome {
	f.Helper()
	all, err := c.Submit(f.Context(), command)
	if err != nil {
		f.Fatalf("submitting: %v", err)
	}
	return all[0]
}

// party registers a party through a client.
func (f *fixture) party(c *protocol.Client, kind ledger.PartyKind) signer {
	f.Helper()
	command, s := f.register(kind)
	f.commit(c, command)
	return s
}

// note is a note as the tests need it: offered, accepted, with its parties.
type note struct {
	id       ledger.NoteID
	lender   signer
	borrower signer
}

// note writes a note: its lender at lenders, its borrower at the registrar.
func (f *fixture) note(lenders, registrar *protocol.Client) note {
	f.Helper()
	n := note{lender: f.party(lenders, ledger.Company), borrower: f.party(registrar, ledger.Person)}
	book := f.commit(lenders, f.openBook(n.lender))[0].Result.Subject.ID
	day := finance.DateOf(f.ledger.now)
	rate, err := finance.ParseRate("5")
	if err != nil {
		f.Fatal(err)
	}
	offer := f.sign(n.lender, ledger.Draft{Op: ledger.OpOffer, Body: ledger.OfferBody{
		Book: ledger.BookID(book), Borrowers: []ledger.PartyID{n.borrower.id}, AnswerBy: f.ledger.now.Add(time.Hour),
		Terms: ledger.Terms{
			Kind: ledger.Simple, Jurisdiction: "generic", AgreedOn: day, InterestFrom: day,
			Principal: finance.Money{Amount: 100_000, Currency: "SEK"}, Rate: rate, DayCount: finance.Actual365,
			Schedule: ledger.Schedule{Kind: finance.OnDemand},
		},
	}})
	n.id = ledger.NoteID(f.commit(lenders, offer)[0].Result.Subject.ID)
	opened, err := sign.Verifier{}.Open(offer)
	if err != nil {
		f.Fatal(err)
	}
	f.commit(registrar, f.sign(n.borrower, ledger.Draft{
		Op: ledger.OpAccept, Subject: string(n.id), Seq: 2, Body: ledger.AcceptBody{Offer: ledger.PayloadDigest(opened.Payload)},
	}))
	return n
}

// pay gives a payment of some öre written by the lender.
func (f *fixture) pay(n note, seq uint64, amount finance.Amount) ledger.Signed {
	f.Helper()
	return f.sign(n.lender, ledger.Draft{Op: ledger.OpPay, Subject: string(n.id), Seq: seq, Body: ledger.PayBody{
		Amount: finance.Money{Amount: amount, Currency: "SEK"}, PaidOn: finance.DateOf(f.ledger.now),
	}})
}
