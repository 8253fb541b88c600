package casework_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/store/storetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// ruled is a lender that collects its own notes, with rules that decide about them.
type ruled struct {
	*testing.T
	ledger   *inproc.Ledger
	store    *store.Store
	desk     *casework.Desk
	keeper   *casework.RuleKeeper
	lender   *model.Signer
	borrower *model.Signer
	book     ledger.BookID
	lead     casework.Actor

	mu  sync.Mutex
	now time.Time
}

// lent is when notes are agreed in these tests; the rates of the time are known.
var lent = time.Date(2026, time.January, 10, 9, 0, 0, 0, time.UTC)

// newRuled has a world in which a person has taken over every rule.
func newRuled(t *testing.T) *ruled {
	t.Helper()
	w := &ruled{T: t, now: lent, lead: casework.Actor{Staff: "s-maria", Name: "Maria Ek", Roles: []casework.Role{casework.Lead}}}
	var err error
	if w.ledger, err = inproc.New(inproc.Options{Clock: w.Now}); err != nil {
		t.Fatal(err)
	}
	if w.store, err = store.Open(t.Context(), storetest.SQLite(t)); err != nil {
		t.Fatal(err)
	}
	service := w.ledger.Service(inproc.Lender)
	if err := w.store.Claim(t.Context(), service.Network()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	follower := &store.Follower{Store: w.store, Service: service, Log: slog.New(slog.DiscardHandler)}
	running.Go(func() { follower.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		if err := w.ledger.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.lender = w.register("Kredit AB", ledger.Company, inproc.Lender)
	w.borrower = w.register("Anna", ledger.Person, inproc.Registrar)
	w.book = ledger.BookID(w.do(w.lender, ledger.OpBookOpen, "", 1, ledger.EmptyBody{}).Subject.ID)
	w.desk = deskOf(w, service)
	w.keeper = &casework.RuleKeeper{Desk: w.desk, Ready: func() bool { return true }}
	if err := w.desk.BeginRules(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// deskOf makes the desk of the lender.
func deskOf(w *ruled, service ledger.Service) *casework.Desk {
	pen, is := w.lender.Pen.(model.PrivateKey)
	if !is {
		w.Fatalf("the lender signs with %T", w.lender.Pen)
	}
	return &casework.Desk{
		Service: service, Book: casebook.Open(w.store), Party: w.lender.ID, Key: pen.Private, Clock: w.Now, Random: rand.Reader,
		Log: slog.New(slog.NewTextHandler(testWriter{w.T}, nil)), Limits: casework.Limits{Waiver: 500_00},
	}
}

// testWriter writes what is logged into the test's log.
type testWriter struct{ *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.Logf("%s", p)
	return len(p), nil
}

// Now is the time of the whole world.
func (w *ruled) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// on makes it nine o'clock of a day.
func (w *ruled) on(day string) {
	w.Helper()
	at, err := time.Parse("2006-01-02", day)
	if err != nil {
		w.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = at.Add(9 * time.Hour)
}

func (w *ruled) register(name string, kind ledger.PartyKind, org string) *model.Signer {
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

// do has somebody do something on the ledger.
func (w *ruled) do(by *model.Signer, op ledger.Op, subject string, seq uint64, body any) ledger.Result {
	w.Helper()
	return w.submit(by, ledger.Draft{
		Op: op, Network: w.ledger.Service(by.Org).Network(), By: by.ID, Subject: subject, Seq: seq,
		Command: ledger.CommandID(uuid.NewString()), IssuedAt: w.Now(), Body: body,
	})
}

func (w *ruled) submit(by *model.Signer, d ledger.Draft) ledger.Result {
	w.Helper()
	signed, err := by.Sign(d)
	if err != nil {
		w.Fatal(err)
	}
	outcomes, err := w.ledger.Service(by.Org).Submit(w.Context(), signed)
	if err != nil || outcomes[0].State != ledger.Committed {
		w.Fatalf("%s: %+v, %v", d.Op, outcomes, err)
	}
	ctx, cancel := context.WithTimeout(w.Context(), 20*time.Second)
	defer cancel()
	if err := w.store.Wait(ctx, outcomes[0].Block); err != nil {
		w.Fatal(err)
	}
	return *outcomes[0].Result
}

// note issues a note of 12 000 kronor, whose first instalment is due on 27 February
// 2026, a Friday.
func (w *ruled) note() ledger.NoteID {
	w.Helper()
	today := finance.DateOf(w.Now())
	first, err := finance.ParseDate("2026-02-27")
	if err != nil {
		w.Fatal(err)
	}
	late := finance.Percent(20)
	offered := w.do(w.lender, ledger.OpOffer, "", 1, ledger.OfferBody{
		Book: w.book, Borrowers: []ledger.PartyID{w.borrower.ID}, AnswerBy: w.Now().Add(14 * 24 * time.Hour),
		Terms: ledger.Terms{
			Kind: ledger.Negotiable, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: today, InterestFrom: today,
			Principal: finance.Money{Amount: 12_000_00, Currency: "SEK"}, Rate: finance.Percent(12), LateRate: &late, DayCount: finance.Thirty360,
			Schedule: ledger.Schedule{Kind: finance.Annuity, Instalments: 12, FirstDue: first, DueDay: 27},
			Fees:     ledger.Fees{Reminder: 60_00},
		},
	})
	id := ledger.NoteID(offered.Subject.ID)
	w.do(w.borrower, ledger.OpAccept, string(id), 2, ledger.AcceptBody{Offer: w.read(id).Offer})
	return id
}

// read gives a note as the lender sees it.
func (w *ruled) read(id ledger.NoteID) *ledger.Note {
	w.Helper()
	views, err := w.ledger.Service(inproc.Lender).Notes(w.Context(), id)
	if err != nil || views[0].Note == nil {
		w.Fatalf("reading note %s: %+v, %v", id, views, err)
	}
	return views[0].Note
}

// adopt has the lead answer for every rule until a day.
func (w *ruled) adopt(until string) {
	w.Helper()
	rules, err := w.desk.Rules(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	day, err := finance.ParseDate(until)
	if err != nil {
		w.Fatal(err)
	}
	for i := range rules {
		act, err := w.desk.ChangeRule(w.Context(), rules[i].Ref(), rule.Change{Review: day})
		if err != nil {
			w.Fatal(err)
		}
		w.act(act, "still right")
	}
}

// act has the lead do something.
func (w *ruled) act(a casework.Act, reason string) string {
	w.Helper()
	done, err := w.desk.Do(w.Context(), casework.Request{Actor: w.lead, Act: a, Reason: reason})
	if err != nil {
		w.Fatalf("%s: %v", a.Name(), err)
	}
	return done.ID
}

// round has the rules decide until there is nothing left to decide just now.
func (w *ruled) round() {
	w.Helper()
	for range 20 {
		more, err := w.keeper.Step(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		if !more {
			return
		}
	}
	w.Fatal("the rules never end")
}

// made gives what was decided of a note by kind: the state of the latest decision.
func (w *ruled) made(id ledger.NoteID) map[rule.Kind]casebook.DecisionState {
	w.Helper()
	all, err := w.desk.Book.DecisionsOf(w.Context(), id, 0, store.MaxPage)
	if err != nil {
		w.Fatal(err)
	}
	states := map[rule.Kind]casebook.DecisionState{}
	for _, d := range all {
		if _, later := states[rule.Kind(d.Kind)]; !later {
			states[rule.Kind(d.Kind)] = d.State
		}
	}
	return states
}

// decided gives the latest decision of a kind.
func (w *ruled) decided(id ledger.NoteID, k rule.Kind) *casebook.Decision {
	w.Helper()
	all, err := w.desk.Book.DecisionsOf(w.Context(), id, 0, store.MaxPage)
	if err != nil {
		w.Fatal(err)
	}
	for i := range all {
		if all[i].Kind == string(k) {
			return &all[i]
		}
	}
	w.Fatalf("nothing was decided by a rule of the kind %s", k)
	return nil
}

// tasks gives the kinds of the tasks that have not ended.
func (w *ruled) tasks() map[casebook.TaskKind]int {
	w.Helper()
	all, _, err := w.desk.Book.Tasks(w.Context(), casebook.TaskQuery{Limit: store.MaxPage})
	if err != nil {
		w.Fatal(err)
	}
	kinds := map[casebook.TaskKind]int{}
	for _, task := range all {
		kinds[task.Kind]++
	}
	return kinds
}
