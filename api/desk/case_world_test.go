package desk_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// collecting is the desk of a collector, on a ledger in memory on which a lender has
// given it notes to collect.
type collecting struct {
	*world
	ledger    *inproc.Ledger
	lender    *model.Signer
	collector *model.Signer
	borrower  *model.Signer
	book      ledger.BookID
}

func newCollecting(t *testing.T) *collecting {
	t.Helper()
	w := &collecting{world: newWorld(t)}
	var err error
	if w.ledger, err = inproc.New(inproc.Options{Clock: w.Now}); err != nil {
		t.Fatal(err)
	}
	service := w.ledger.Service(inproc.Collector)
	if err := w.desk.Book.Claim(t.Context(), service.Network()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	follower := &store.Follower{Store: w.desk.Book.Store, Service: service, Log: slog.New(slog.DiscardHandler)}
	running.Go(func() { follower.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		if err := w.ledger.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	w.lender = w.register("Kredit AB", ledger.Company, inproc.Lender)
	w.collector = w.register("Inkasso AB", ledger.Company, inproc.Collector)
	w.borrower = w.register("Anna", ledger.Person, inproc.Registrar)
	pen, is := w.collector.Pen.(model.PrivateKey)
	if !is {
		t.Fatalf("the collector signs with %T", w.collector.Pen)
	}
	w.desk.Service, w.desk.Party, w.desk.Key = service, w.collector.ID, pen.Private
	w.book = ledger.BookID(w.on(w.lender, ledger.OpBookOpen, "", 1, ledger.EmptyBody{}).Subject.ID)
	return w
}

func (w *collecting) register(name string, kind ledger.PartyKind, org string) *model.Signer {
	w.Helper()
	s, err := model.NewSigner(name, kind, org, name)
	if err != nil {
		w.Fatal(err)
	}
	d, err := s.Registration(w.ledger.Service(org).Network(), ledger.CommandID(uuid.NewString()), w.Now())
	if err != nil {
		w.Fatal(err)
	}
	w.submit(s, d)
	return s
}

// on has somebody do something on the ledger.
func (w *collecting) on(by *model.Signer, op ledger.Op, subject string, seq uint64, body any) ledger.Result {
	w.Helper()
	return w.submit(by, ledger.Draft{
		Op: op, Network: w.ledger.Service(by.Org).Network(), By: by.ID, Subject: subject, Seq: seq,
		Command: ledger.CommandID(uuid.NewString()), IssuedAt: w.Now(), Body: body,
	})
}

func (w *collecting) submit(by *model.Signer, d ledger.Draft) ledger.Result {
	w.Helper()
	signed, err := by.Sign(d)
	if err != nil {
		w.Fatal(err)
	}
	outcomes, err := w.ledger.Service(by.Org).Submit(w.Context(), signed)
	if err != nil || outcomes[0].State != ledger.Committed {
		w.Fatalf("%s: %+v, %v", d.Op, outcomes, err)
	}
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	if err := w.desk.Book.Wait(ctx, outcomes[0].Block); err != nil {
		w.Fatal(err)
	}
	return *outcomes[0].Result
}

// note reads a note as the collector's organisation sees it.
func (w *collecting) note(id ledger.NoteID) *ledger.Note {
	w.Helper()
	views, err := w.ledger.Service(inproc.Registrar).Notes(w.Context(), id)
	if err != nil || views[0].Note == nil {
		w.Fatalf("reading note %s: %+v, %v", id, views, err)
	}
	return views[0].Note
}

// given issues a note to a borrower of a name, and gives it to the collector to collect.
func (w *collecting) given(name, reference string) *casebook.Case {
	w.Helper()
	id := w.issued(name, reference)
	w.on(w.collector, ledger.OpTransferAccept, string(id), 4, ledger.TransferAcceptBody{Transfer: w.note(id).Pending.ID})
	w.kept()
	c, err := w.desk.Book.CaseOf(w.Context(), id)
	if err != nil || c == nil {
		w.Fatalf("the note has no case: %v", err)
	}
	return c
}

// issued issues a note of 12 000 kronor, whose first instalment was due four months
// before noon, and offers the collector to collect it.
func (w *collecting) issued(name, reference string) ledger.NoteID {
	w.Helper()
	agreed := finance.DateOf(w.Now()).AddMonths(-5, 0)
	offered := w.on(w.lender, ledger.OpOffer, "", 1, ledger.OfferBody{
		Book: w.book, Borrowers: []ledger.PartyID{w.borrower.ID}, Names: []string{name}, AnswerBy: w.Now().Add(14 * 24 * time.Hour),
		Terms: ledger.Terms{
			Kind: ledger.Negotiable, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: agreed, InterestFrom: agreed,
			Principal: finance.Money{Amount: 12_000_00, Currency: "SEK"}, Rate: finance.Percent(12), DayCount: finance.Thirty360,
			Schedule: ledger.Schedule{Kind: finance.Annuity, Instalments: 12, FirstDue: agreed.AddMonths(1, 0)}, Reference: reference,
		},
	})
	id := ledger.NoteID(offered.Subject.ID)
	w.on(w.borrower, ledger.OpAccept, string(id), 2, ledger.AcceptBody{Offer: w.note(id).Offer})
	w.on(w.lender, ledger.OpTransferOffer, string(id), 3, ledger.TransferOfferBody{To: w.collector.ID, Kind: ledger.CollectionMandate})
	return id
}

// kept brings the cases up to the ledger.
func (w *collecting) kept() {
	w.Helper()
	for more := true; more; {
		var err error
		if more, err = w.desk.FollowCases(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
}

func (w *collecting) agent() *member { return w.staff("Eva Ek", casework.Agent) }
