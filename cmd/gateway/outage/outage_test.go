package outage

import (
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/network/networktest"
)

func TestMain(m *testing.M) { os.Exit(networktest.Main(m)) }

// patience is how long the test waits for what must happen.
const patience = 20 * time.Second

// enrolled registers a company through a gateway and gives the client that acts
// for it.
func enrolled(t *testing.T, gateway string) (*client.Client, ledger.PartyID) {
	t.Helper()
	key, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	public, err := sign.KeyOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	o := client.Options{Gateway: gateway, Key: key}
	newcomer, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	body := ledger.RegisterBody{Kind: ledger.Company, Keys: []ledger.Key{public}}
	_, signed, err := newcomer.Write(t.Context(), client.Draft{Op: ledger.OpPartyRegister, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := newcomer.Register(t.Context(), signed)
	if err != nil {
		t.Fatal(err)
	}
	o.Party = ledger.PartyID(receipt.Result.Subject.ID)
	c, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, o.Party
}

// offer is an offer of 1,000 kronor without interest.
func offer(book string, borrower ledger.PartyID) ledger.OfferBody {
	agreed := finance.DateOf(time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC))
	return ledger.OfferBody{
		Book: ledger.BookID(book), Borrowers: []ledger.PartyID{borrower}, AnswerBy: time.Now().UTC().Add(24 * time.Hour).Truncate(time.Second),
		Terms: ledger.Terms{
			Kind: ledger.Simple, Jurisdiction: finance.Generic, AgreedOn: agreed, InterestFrom: agreed,
			Principal: finance.Money{Amount: 100_000, Currency: "SEK"}, DayCount: finance.Actual365,
			Schedule: ledger.Schedule{Kind: finance.OnDemand},
		},
	}
}

// submitted signs a command and hands it in until its outcome is known.
func submitted(t *testing.T, c *client.Client, d client.Draft) (client.Receipt, error) {
	t.Helper()
	_, signed, err := c.Write(t.Context(), d)
	if err != nil {
		return client.Receipt{}, err
	}
	for {
		receipt, err := c.Submit(t.Context(), signed)
		if _, unknown := errors.AsType[*client.UnknownOutcome](err); !unknown || t.Context().Err() != nil {
			return receipt, err
		}
	}
}

// killedOffers is how many offers are under way while programs are killed.
const killedOffers = 60

// TestNothingIsLostOrDoubledWhileProgramsAreKilled hands in offers, four at a
// time, while the gateway, its peer, the orderer and the chaincode are killed
// with SIGKILL, one after the other, and started again by their supervisor.
func TestNothingIsLostOrDoubledWhileProgramsAreKilled(t *testing.T) {
	n := networktest.Start(t, networktest.Options{Chaincode: true, Gateways: true})
	gateways := n.Endpoints(t)
	c, _ := enrolled(t, gateways["lender"].Gateway)
	reader, borrower := enrolled(t, gateways["registrar"].Gateway)
	opened, err := submitted(t, c, client.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}})
	if err != nil {
		t.Fatal(err)
	}
	o := &offering{
		t: t, client: c, notes: map[ledger.NoteID]bool{}, done: make(chan struct{}, killedOffers),
		body: offer(opened.Result.Subject.ID, borrower),
	}
	o.begin()
	for _, name := range []string{"gateway.lender", "peer0.lender", "orderer0", "skuld.lender", "gateway.lender"} {
		for range killedOffers / 8 { // some offers go through between two blows
			<-o.done
		}
		n.Kill(t, name)
	}
	o.workers.Wait()
	if len(o.notes) != killedOffers {
		t.Errorf("%d notes are known to be offered, want %d", len(o.notes), killedOffers)
	}
	o.mustBeListedFor("lender", c)
	o.mustBeListedFor("borrower", reader)
}

// offering hands in offers until each outcome is known.
type offering struct {
	t      *testing.T
	client *client.Client
	body   ledger.OfferBody

	workers sync.WaitGroup
	done    chan struct{} // one for each outcome
	mu      sync.Mutex
	notes   map[ledger.NoteID]bool
}

// begin hands in all offers, four at a time.
func (o *offering) begin() {
	numbers := make(chan int, killedOffers)
	for i := range killedOffers {
		numbers <- i
	}
	close(numbers)
	for range 4 {
		o.workers.Go(func() {
			for range numbers {
				o.offer()
				o.done <- struct{}{}
			}
		})
	}
}

func (o *offering) offer() {
	receipt, err := submitted(o.t, o.client, client.Draft{Op: ledger.OpOffer, Body: o.body})
	if err != nil {
		o.t.Errorf("an offer: %v", err)
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.notes[ledger.NoteID(receipt.Result.Subject.ID)] = true
}

// mustBeListedFor checks that a party sees each note once, as it was offered.
// Another gateway than the one that offered may be some blocks behind.
func (o *offering) mustBeListedFor(who string, c *client.Client) {
	o.t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	timeout := time.After(patience)
	for {
		seen := o.listed(c)
		if len(seen) == killedOffers {
			return
		}
		select {
		case <-again.C:
		case <-timeout:
			o.t.Fatalf("the %s sees %d notes, want %d", who, len(seen), killedOffers)
		}
	}
}

func (o *offering) listed(c *client.Client) map[ledger.NoteID]bool {
	o.t.Helper()
	seen := map[ledger.NoteID]bool{}
	for note, err := range c.Notes(o.t.Context(), client.NoteQuery{}) {
		if err != nil {
			o.t.Fatal(err)
		}
		if seen[note.ID] || note.Seq != 1 || !o.notes[note.ID] {
			o.t.Fatalf("note %s with seq %d is listed twice, or was not offered", note.ID, note.Seq)
		}
		seen[note.ID] = true
	}
	return seen
}
