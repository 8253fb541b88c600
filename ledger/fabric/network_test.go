package fabric_test

import (
	"context"
	"crypto"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/fabric"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/network/networktest"
)

func TestMain(m *testing.M) { os.Exit(networktest.Main(m)) }

// realNetwork gives the network that the tests of this package share.
func realNetwork(t *testing.T) *networktest.Network {
	t.Helper()
	return networktest.Shared(t, networktest.Options{Chaincode: true})
}

// member is an organisation's client of the real network.
type member struct {
	*testing.T
	*protocol.Client
	channel *fabric.Channel
}

func join(t *testing.T, n *networktest.Network, organisation string) member {
	t.Helper()
	p, err := fabric.ReadProfile(n.ConnectionFile(organisation))
	if err != nil {
		t.Fatal(err)
	}
	c, err := fabric.Connect(p, fabric.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := member{T: t, Client: protocol.NewClient(c, sign.Verifier{}, protocol.ClientOptions{}), channel: c}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := m.Client.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// party is somebody who signs.
type party struct {
	id  ledger.PartyID
	key crypto.Signer
}

func (m member) signed(by party, d ledger.Draft) ledger.Signed {
	m.Helper()
	d.Network, d.By, d.IssuedAt = m.Network(), by.id, time.Now()
	if d.Command == "" {
		d.Command = ledger.CommandID(uuid.NewString())
	}
	command, err := d.Build()
	if err != nil {
		m.Fatal(err)
	}
	s, err := sign.Command(command, by.key)
	if err != nil {
		m.Fatal(err)
	}
	return s
}

// registration gives a command that registers a new party.
func (m member) registration(kind ledger.PartyKind) (ledger.Signed, party) {
	m.Helper()
	key, err := sign.NewKey()
	if err != nil {
		m.Fatal(err)
	}
	public, err := sign.KeyOf(key.Public())
	if err != nil {
		m.Fatal(err)
	}
	command := ledger.CommandID(uuid.NewString())
	p := party{id: ledger.DerivePartyID(m.Network(), command), key: key}
	body := ledger.RegisterBody{Kind: kind, Keys: []ledger.Key{public}}
	if kind != ledger.Person {
		body.Name = "Brännkyrka & Söner"
	}
	return m.signed(p, ledger.Draft{Op: ledger.OpPartyRegister, Command: command, Body: body}), p
}

// commit submits one command that must be committed.
func (m member) commit(s ledger.Signed) ledger.Outcome {
	m.Helper()
	all, err := m.Submit(m.Context(), s)
	if err != nil {
		m.Fatal(err)
	}
	if all[0].State != ledger.Committed {
		m.Fatalf("%s: %v", all[0].State, all[0].Err)
	}
	return all[0]
}

func (m member) newParty(kind ledger.PartyKind) party {
	m.Helper()
	s, p := m.registration(kind)
	m.commit(s)
	return p
}

// blocksUntil reads blocks from the first on until the transaction is seen.
func (m member) blocksUntil(transaction string) []ledger.Block {
	m.Helper()
	ctx, cancel := context.WithTimeout(m.Context(), 30*time.Second)
	defer cancel()
	var all []ledger.Block
	for b, err := range m.Blocks(ctx, 0) {
		if err != nil {
			m.Fatal(err)
		}
		all = append(all, b)
		if slices.ContainsFunc(b.Transactions, func(x ledger.Transaction) bool { return x.ID == transaction }) {
			return all
		}
	}
	m.Fatalf("transaction %s is in no block", transaction)
	return nil
}

func TestNoteLivesItsWholeLifeOnARealNetwork(t *testing.T) {
	n := realNetwork(t)
	lenders, collectors, registrar := join(t, n, "lender"), join(t, n, "collector"), join(t, n, "registrar")
	lender, collector, borrower := lenders.newParty(ledger.Company), collectors.newParty(ledger.Company), registrar.newParty(ledger.Person)
	book := lenders.commit(lenders.signed(lender, ledger.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}})).Result.Subject.ID
	target := collectors.commit(collectors.signed(collector, ledger.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}})).Result.Subject.ID

	day := finance.DateOf(time.Now())
	offer := lenders.signed(lender, ledger.Draft{Op: ledger.OpOffer, Body: ledger.OfferBody{
		Book: ledger.BookID(book), Borrowers: []ledger.PartyID{borrower.id}, AnswerBy: time.Now().UTC().Add(time.Hour).Truncate(time.Second),
		Terms: ledger.Terms{
			Kind: ledger.Simple, Jurisdiction: finance.Generic, AgreedOn: day, InterestFrom: day,
			Principal: finance.Money{Amount: 100_000, Currency: "SEK"}, DayCount: finance.Actual365,
			Schedule: ledger.Schedule{Kind: finance.OnDemand},
		},
	}})
	id := lenders.commit(offer).Result.Subject.ID
	opened, err := sign.Verifier{}.Open(offer)
	if err != nil {
		t.Fatal(err)
	}
	registrar.commit(registrar.signed(borrower, ledger.Draft{
		Op: ledger.OpAccept, Subject: id, Seq: 2, Body: ledger.AcceptBody{Offer: ledger.PayloadDigest(opened.Payload)},
	}))
	transfer := ledger.CommandID(uuid.NewString())
	lenders.commit(lenders.signed(lender, ledger.Draft{
		Op: ledger.OpTransferOffer, Command: transfer, Subject: id, Seq: 3,
		Body: ledger.TransferOfferBody{To: collector.id, Kind: ledger.Sale, Form: ledger.InFull},
	}))
	collectors.commit(collectors.signed(collector, ledger.Draft{
		Op: ledger.OpTransferAccept, Subject: id, Seq: 4,
		Body: ledger.TransferAcceptBody{Transfer: transfer, Book: ledger.BookID(target)},
	}))
	payment := func(seq uint64, amount finance.Amount) ledger.Signed {
		return collectors.signed(collector, ledger.Draft{Op: ledger.OpPay, Subject: id, Seq: seq, Body: ledger.PayBody{
			Amount: finance.Money{Amount: amount, Currency: "SEK"}, PaidOn: day,
		}})
	}
	first := payment(5, 40_000)
	committed := collectors.commit(first)
	if o := collectors.commit(first); !o.Repeated || *o.Result != *committed.Result || o.Transaction != committed.Transaction {
		t.Errorf("the repeat is %+v, want %+v", o, committed)
	}
	all, err := collectors.Submit(t.Context(), payment(6, 60_001))
	if err != nil || all[0].State != ledger.Rejected || all[0].Err.Code != ledger.CodePaymentExceeds || len(all[0].Err.Params) == 0 {
		t.Errorf("too large a payment is %+v (%v), error %v", all, all[0].Err, err)
	}
	last := collectors.commit(payment(6, 60_000))

	views, err := registrar.Notes(t.Context(), ledger.NoteID(id))
	if err != nil {
		t.Fatal(err)
	}
	if v := views[0]; v.Err != nil || v.Note.Status != ledger.StatusDischarged || v.Note.Head != last.Result.Head || v.Holder != "" {
		t.Errorf("the note is %+v (%v)", v.Note, v.Err)
	}
	entries, err := registrar.History(t.Context(), ledger.NoteID(id).Subject(), 1, 100)
	if err != nil || len(entries) != 6 {
		t.Errorf("%d entries, error %v", len(entries), err)
	}
	expectResults(t, collectors.blocksUntil(last.Transaction), id, 6)
}

// expectResults checks that blocks show each command on a subject once and in order.
func expectResults(t *testing.T, blocks []ledger.Block, subject string, want uint64) {
	t.Helper()
	var seq uint64
	for _, b := range blocks {
		for _, x := range b.Transactions {
			for _, r := range x.Results {
				if r.Subject.ID != subject {
					continue
				}
				if seq++; r.Seq != seq {
					t.Errorf("block %d: number %d comes as %d", b.Number, r.Seq, seq)
				}
			}
		}
	}
	if seq != want {
		t.Errorf("%d commands in the blocks, want %d", seq, want)
	}
}

func TestCommandsOfManyCallersShareTransactions(t *testing.T) {
	lenders := join(t, realNetwork(t), "lender")
	const callers, each = 50, 4
	transactions := lenders.many(callers, each, func() {})
	if n := len(transactions); n > callers*each/4 {
		t.Errorf("%d commands of %d callers took %d transactions", callers*each, callers, n)
	}
}

// many lets callers register parties one after another, and does something
// during it, when a quarter is committed. It gives how many commands each
// transaction carried, and fails where a command is not committed, or is in the
// blocks more or less than once.
func (m member) many(callers, each int, during func()) map[string]int {
	m.Helper()
	var mu sync.Mutex
	outcomes := map[ledger.CommandID]ledger.Outcome{}
	var wg sync.WaitGroup
	for range callers {
		commands := make([]ledger.Signed, each)
		for i := range commands {
			commands[i], _ = m.registration(ledger.Company)
		}
		wg.Go(func() {
			for _, s := range commands {
				all, err := m.Submit(m.Context(), s)
				if err != nil || all[0].State != ledger.Committed {
					m.Errorf("outcome %+v, error %v", all, err)
					continue
				}
				mu.Lock()
				outcomes[all[0].Result.Command] = all[0]
				if len(outcomes) == callers*each/4 {
					wg.Go(during)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	transactions := map[string]int{}
	for _, o := range outcomes {
		transactions[o.Transaction]++
	}
	// One more commits after all of these; up to it the blocks must have each once.
	end, _ := m.registration(ledger.Company)
	seen := map[ledger.CommandID]int{}
	for _, b := range m.blocksUntil(m.commit(end).Transaction) {
		for _, x := range b.Transactions {
			for _, r := range x.Results {
				if o, ok := outcomes[r.Command]; ok && o.Transaction != x.ID {
					m.Errorf("command %s is in %s, and was said to be in %s", r.Command, x.ID, o.Transaction)
				}
				seen[r.Command]++
			}
		}
	}
	for id := range outcomes {
		if seen[id] != 1 {
			m.Errorf("command %s is %d times in the blocks", id, seen[id])
		}
	}
	if len(outcomes) != callers*each {
		m.Errorf("%d outcomes of %d commands", len(outcomes), callers*each)
	}
	return transactions
}

func TestNothingIsLostOrDoubledWhenAProcessIsKilled(t *testing.T) {
	n := realNetwork(t)
	for _, p := range n.Status(t).Processes {
		t.Run(p.Name, func(t *testing.T) {
			lenders := join(t, n, "lender")
			lenders.many(20, 10, func() { n.Kill(t, p.Name) })
			n.AwaitRunning(t, p.Name)
			if err := lenders.channel.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
