package intake_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skuld-registry/skuld/api/intake"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/storetest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

var lender = ledger.PartyID("p" + strings.Repeat("l", 32))

// registry is a ledger that applies each offer once, and whose answers can be
// made to go astray. An offer is the text of its row.
type registry struct {
	ledger.Service // nothing else is asked

	mu        sync.Mutex
	applied   map[string]int // how often each offer was handed in after it was applied
	order     []string
	underWay  int
	most      int
	rehearsed int
	// answer, where it is set, says what is answered to a batch.
	answer func(batch []string, truth []ledger.Outcome) ([]ledger.Outcome, error)
	// refuse, where it is set, refuses offers.
	refuse func(offer string) *ledger.Error
	hold   chan struct{}                   // where it is set, batches wait for it
	offers map[ledger.NoteID]ledger.Signed // those that notes were made by, where somebody asks
}

func newRegistry() *registry { return &registry{applied: map[string]int{}} }

func noteID(offer string) string { return "n" + offer }

func (r *registry) Submit(_ context.Context, commands ...ledger.Signed) ([]ledger.Outcome, error) {
	r.mu.Lock()
	r.underWay++
	r.most = max(r.most, r.underWay)
	hold := r.hold
	r.mu.Unlock()
	if hold != nil {
		<-hold
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.underWay--
	var batch []string
	var all []ledger.Outcome
	for _, c := range commands {
		batch = append(batch, c.JWS)
		if r.refuse != nil {
			if e := r.refuse(c.JWS); e != nil {
				all = append(all, ledger.Outcome{State: ledger.Rejected, Err: e})
				continue
			}
		}
		if _, again := r.applied[c.JWS]; again {
			r.applied[c.JWS]++
		} else {
			r.applied[c.JWS] = 0
			r.order = append(r.order, c.JWS)
		}
		all = append(all, ledger.Outcome{State: ledger.Committed, Result: &ledger.Result{
			Op: ledger.OpOffer, Subject: ledger.Subject{Kind: ledger.KindNote, ID: noteID(c.JWS)}, Seq: 1}})
	}
	if r.answer != nil {
		return r.answer(batch, all)
	}
	return all, nil
}

func (r *registry) Rehearse(_ context.Context, commands ...ledger.Rehearsal) ([]ledger.Outcome, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rehearsed += len(commands)
	all := make([]ledger.Outcome, len(commands))
	for i := range all {
		all[i] = ledger.Outcome{State: ledger.Committed, Result: &ledger.Result{Op: ledger.OpOffer, Seq: 1}}
	}
	return all, nil
}

func (r *registry) History(_ context.Context, subject ledger.Subject, _ uint64, _ int) ([]ledger.Entry, error) {
	return []ledger.Entry{{Seq: 1, Signed: r.offers[ledger.NoteID(subject.ID)]}}, nil
}

// world is a registry, a store and a worker in a bubble of time.
type world struct {
	*registry
	t     *testing.T
	file  string
	store *store.Store
	w     *intake.Worker
	end   func()
}

func inBubble(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	file := storetest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		w := &world{registry: newRegistry(), t: t, file: file}
		w.start()
		defer func() { w.end() }()
		test(t, w)
	})
}

func (w *world) start() {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), w.file)
	if err != nil {
		w.t.Fatal(err)
	}
	w.store = s
	w.w = intake.New(intake.Options{Store: s, Service: w.registry, Signatures: sign.Verifier{}, Clock: time.Now})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { w.w.Run(ctx) })
	w.end = func() {
		stop()
		running.Wait()
		if err := s.Close(); err != nil {
			w.t.Error(err)
		}
	}
}

// open opens an import with some rows that wait, and starts it.
func (w *world) open(id string, rows int, change ...func(*store.Import)) store.Import {
	w.t.Helper()
	i := store.Import{ID: id, Party: lender, Digest: "digest of " + id, Rows: rows, Created: time.Now()}
	for _, c := range change {
		c(&i)
	}
	if _, made, err := w.store.OpenImport(w.t.Context(), i); err != nil || !made {
		w.t.Fatalf("opened: %t, %v", made, err)
	}
	var all []store.ImportRow
	for n := range rows {
		all = append(all, store.ImportRow{Row: n + 1, State: store.RowWaiting, JWS: id + strconv.Itoa(n+1)})
	}
	if taken, err := w.store.PutImportRows(w.t.Context(), id, all, time.Now()); err != nil || taken == nil {
		w.t.Fatalf("taken: %v, %v", taken, err)
	}
	w.set(i, store.ImportRunning, store.ImportDraft)
	return i
}

func (w *world) set(i store.Import, to store.ImportState, from ...store.ImportState) {
	w.t.Helper()
	if _, err := w.store.SetImport(w.t.Context(), i, to, time.Now(), from...); err != nil {
		w.t.Fatal(err)
	}
	w.w.Wake()
}

// now gives an import as it stands.
func (w *world) now(id string) store.Import {
	w.t.Helper()
	i, err := w.store.Import(w.t.Context(), lender, id)
	if err != nil || i == nil {
		w.t.Fatalf("the import is %+v, %v", i, err)
	}
	return *i
}

// check checks that an import is at its end with each of its rows one note.
func (w *world) check(id string, rows int) {
	w.t.Helper()
	if i := w.now(id); i.State != store.ImportFinished || i.Offered != rows || i.Waiting+i.Rejected+i.Cancelled != 0 || i.Ended.IsZero() {
		w.t.Errorf("the import is %+v, want it finished with %d offered", i, rows)
	}
	for row := range rows {
		if _, ok := w.applied[id+strconv.Itoa(row+1)]; !ok {
			w.t.Errorf("row %d is not on the ledger", row+1)
		}
	}
}

// pass lets the bubble's own time pass, which takes none.
func pass(d time.Duration) { <-time.After(d) }
