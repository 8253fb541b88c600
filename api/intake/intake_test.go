package intake_test

import (
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

func TestRowsBecomeNotesAndAreForgotten(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.open("a", 250)
		synctest.Wait()
		w.check("a", 250)
		rows, _, err := w.store.ImportRows(t.Context(), "a", store.RowOffered, 0, store.MaxPage)
		if err != nil || len(rows) != store.MaxPage || rows[0].Note != ledger.NoteID(noteID("a1")) {
			t.Errorf("the rows are %+v, %v", rows, err)
		}
		if left, err := w.store.WaitingRows(t.Context(), "a", 0, 10); err != nil || len(left) != 0 {
			t.Errorf("there wait %+v, %v", left, err)
		}
		if offered, rejected := w.w.Counts(); offered != 250 || rejected != 0 {
			t.Errorf("counted are %d and %d", offered, rejected)
		}
	})
}

// TestNoRowIsLostOrTwiceWhateverBecomesOfTheAnswers: the ledger has applied an
// offer or not, and the worker hears of it or not.
func TestNoRowIsLostOrTwiceWhateverBecomesOfTheAnswers(t *testing.T) {
	unknown := ledger.Outcome{State: ledger.Unknown, Err: ledger.Refuse(ledger.CodeOutcomeOpen)}
	for name, spoil := range map[string]func([]ledger.Outcome) ([]ledger.Outcome, error){
		"no answer": func([]ledger.Outcome) ([]ledger.Outcome, error) { return nil, errors.New("lost") },
		"not known": func(o []ledger.Outcome) ([]ledger.Outcome, error) {
			return slices.Repeat([]ledger.Outcome{unknown}, len(o)), nil
		},
		"one not known": func(o []ledger.Outcome) ([]ledger.Outcome, error) { o[len(o)/2] = unknown; return o, nil },
		"conflicted": func(o []ledger.Outcome) ([]ledger.Outcome, error) {
			o[0] = ledger.Outcome{State: ledger.Conflicted, Err: ledger.Refuse(ledger.CodeConflict)}
			return o, nil
		},
		"refused for now": func(o []ledger.Outcome) ([]ledger.Outcome, error) {
			o[0] = ledger.Outcome{State: ledger.Rejected, Err: ledger.Refuse(ledger.CodeUnavailable)}
			return o, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w *world) {
				batches := 0
				w.answer = func(_ []string, truth []ledger.Outcome) ([]ledger.Outcome, error) {
					if batches++; batches%2 == 1 {
						return spoil(truth)
					}
					return truth, nil
				}
				w.open("a", 450)
				pass(time.Hour)
				w.check("a", 450)
			})
		})
	}
}

func TestRowThatIsRefusedSaysWhyAndTheOthersGoOn(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.refuse = func(offer string) *ledger.Error {
			if strings.HasSuffix(offer, "7") {
				return ledger.Refuse(ledger.CodePartyUnknown, "party", "p")
			}
			return nil
		}
		w.open("a", 20)
		synctest.Wait()
		if i := w.now("a"); i.State != store.ImportFinished || i.Offered != 18 || i.Rejected != 2 {
			t.Errorf("the import is %+v", i)
		}
		rows, _, err := w.store.ImportRows(t.Context(), "a", store.RowRejected, 0, 10)
		if err != nil || len(rows) != 2 || rows[0].Row != 7 || rows[0].Code != ledger.CodePartyUnknown || rows[0].Params["party"] != "p" {
			t.Errorf("rejected are %+v, %v", rows, err)
		}
	})
}

// TestOfferThatIsThereAlready: a lender that lost its record of what it sent signs
// again, with the same command ids. One that gives an id to two loans is told so,
// or the second would pass as offered and be no note.
func TestOfferThatIsThereAlready(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	const id = ledger.CommandID("6f1c2a52-9a53-4c0e-8b7d-0a1f6f3f2b11")
	note := ledger.DeriveNoteID("network", lender, id)
	offer := func(at time.Time, amount int) ledger.Signed {
		cmd, err := ledger.Draft{
			Op: ledger.OpOffer, Network: "network", By: lender, Command: id, IssuedAt: at,
			Body: json.RawMessage(`{"book":"b` + strings.Repeat("b", 32) + `","borrowers":["p` + strings.Repeat("c", 32) + `"],"answer_by":"` + at.UTC().Add(time.Hour).Format(time.RFC3339) + `",
				"terms":{"kind":"simple","consumer":false,"housing":false,"credit_purchase":false,"jurisdiction":"generic","agreed_on":"2026-06-01",
				"principal":{"amount":` + strconv.Itoa(amount) + `,"currency":"SEK"},"rate":"0","day_count":"actual/365","schedule":{"kind":"on_demand"},
				"interest_from":"2026-06-01","fees":{},"reference":"1"}}`),
		}.Build()
		if err != nil {
			t.Fatal(err)
		}
		signed, err := sign.Command(cmd, key)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	now := time.Now().Truncate(time.Second)
	stands := offer(now, 100000)
	for name, c := range map[string]struct {
		again ledger.Signed
		want  store.ImportRow
	}{
		"the same loan, signed anew": {offer(now.Add(time.Minute), 100000), store.ImportRow{Row: 1, State: store.RowOffered, Note: note}},
		"another loan":               {offer(now, 200000), store.ImportRow{Row: 1, State: store.RowRejected, Code: ledger.CodeExists}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w *world) {
				w.offers = map[ledger.NoteID]ledger.Signed{note: stands}
				w.refuse = func(string) *ledger.Error { return ledger.Refuse(ledger.CodeExists) }
				w.open("a", 0, func(i *store.Import) { i.Rows = 1 })
				row := store.ImportRow{Row: 1, State: store.RowWaiting, JWS: c.again.JWS}
				if _, err := w.store.PutImportRows(t.Context(), "a", []store.ImportRow{row}, time.Now()); err != nil {
					t.Fatal(err)
				}
				w.w.Wake()
				synctest.Wait()
				rows, _, err := w.store.ImportRows(t.Context(), "a", "", 0, 1)
				if err != nil || !reflect.DeepEqual(rows, []store.ImportRow{c.want}) {
					t.Errorf("the rows are %+v, %v; want %+v", rows, err, c.want)
				}
			})
		})
	}
}

func TestRestartGoesOnWhereItStopped(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.hold = make(chan struct{})
		w.open("a", 1000)
		synctest.Wait()
		end := make(chan struct{})
		go func() { w.end(); close(end) }() // waits for the four batches under way
		synctest.Wait()
		close(w.hold)
		<-end
		before := len(w.order)
		w.start()
		synctest.Wait()
		w.check("a", 1000)
		if before != 400 || len(w.order) != 1000 {
			t.Errorf("%d were offered before the restart and %d in all, want 400 and 1000", before, len(w.order))
		}
		for offer, again := range w.applied {
			if again > 0 {
				t.Errorf("%s was handed in %d times more", offer, again)
			}
		}
	})
}

// TestFaultOfTheDatabaseIsOutlived: nothing may come afterwards that would wake
// the worker.
func TestFaultOfTheDatabaseIsOutlived(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.hold = make(chan struct{})
		w.open("a", 1000)
		synctest.Wait()
		db, err := sql.Open("sqlite", w.file)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		alter := func(statement string) {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		alter("ALTER TABLE imports RENAME TO hidden")
		close(w.hold)
		pass(time.Hour)
		alter("ALTER TABLE hidden RENAME TO imports")
		pass(time.Hour)
		w.check("a", 1000)
	})
}

// TestRowThatWaitsForSomebodyElseIsRefused: a few such imports would otherwise keep
// every other from going on.
func TestRowThatWaitsForSomebodyElseIsRefused(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.refuse = func(offer string) *ledger.Error {
			switch {
			case strings.HasPrefix(offer, "early"):
				return ledger.Refuse(ledger.CodeCommandEarly)
			case strings.HasPrefix(offer, "proposed"):
				return ledger.Refuse(ledger.CodePartyNotAdmitted, "party", "p")
			}
			return nil
		}
		w.open("early", 2)
		w.open("proposed", 2)
		synctest.Wait()
		for _, id := range []string{"early", "proposed"} {
			if i := w.now(id); i.State != store.ImportFinished || i.Rejected != 2 {
				t.Errorf("%s is %+v", id, i)
			}
		}
	})
}

func TestPausedImportHandsNothingInAndGoesOn(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.hold = make(chan struct{})
		i := w.open("a", 1000)
		synctest.Wait()
		w.set(i, store.ImportPaused, store.ImportRunning)
		close(w.hold)
		synctest.Wait()
		if now := w.now("a"); now.State != store.ImportPaused || now.Offered != 400 || now.Waiting != 600 {
			t.Fatalf("paused it is %+v", now)
		}
		w.set(i, store.ImportRunning, store.ImportPaused)
		synctest.Wait()
		w.check("a", 1000)
	})
}

// TestCancelledImportTellsTheTruthOfRowsThatWereUnderWay: they may be on the
// ledger, where nothing is taken back, although their first answer is lost or the
// gateway starts again.
func TestCancelledImportTellsTheTruthOfRowsThatWereUnderWay(t *testing.T) {
	for name, c := range map[string]struct{ lost, restarted bool }{
		"answered": {}, "answer lost": {lost: true}, "gateway restarted": {lost: true, restarted: true},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w *world) {
				w.hold = make(chan struct{})
				answers := 0
				w.answer = func(_ []string, truth []ledger.Outcome) ([]ledger.Outcome, error) {
					if answers++; c.lost && answers <= 4 {
						return nil, errors.New("lost")
					}
					return truth, nil
				}
				i := w.open("a", 1000)
				synctest.Wait()
				w.set(i, store.ImportCancelled, store.ImportRunning)
				if now := w.now("a"); now.State != store.ImportCancelling || now.Cancelled != 600 || now.Waiting != 400 || !now.Ended.IsZero() {
					t.Errorf("at first it is %+v", now)
				}
				close(w.hold)
				if c.restarted {
					w.end()
					w.start()
				}
				pass(time.Hour)
				now := w.now("a")
				if now.State != store.ImportCancelled || now.Offered != 400 || now.Cancelled != 600 || now.Ended.IsZero() || len(w.order) != 400 {
					t.Errorf("then it is %+v, and %d are on the ledger", now, len(w.order))
				}
			})
		})
	}
}

func TestImportsTakeTurnsAndFewBatchesAtATime(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.hold = make(chan struct{})
		w.open("a", 2000)
		w.open("b", 100)
		synctest.Wait() // a has all four places
		close(w.hold)
		synctest.Wait()
		w.check("a", 2000)
		w.check("b", 100)
		if w.most != 4 {
			t.Errorf("%d batches were under way, want 4", w.most)
		}
		if at := slices.Index(w.order, "b1"); at < 0 || at > 900 {
			t.Errorf("the small import came after %d rows of the large one", at)
		}
	})
}

func TestRehearsalHandsNothingIn(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.open("a", 120, func(i *store.Import) { i.Rehearsal = true })
		synctest.Wait()
		if i := w.now("a"); i.State != store.ImportFinished || i.Offered != 120 || w.rehearsed != 120 || len(w.order) != 0 {
			t.Errorf("the import is %+v; %d were rehearsed and %d handed in", i, w.rehearsed, len(w.order))
		}
		rows, _, err := w.store.ImportRows(t.Context(), "a", store.RowPassed, 0, 1)
		if err != nil || len(rows) != 1 || rows[0].Note != "" {
			t.Errorf("the rows are %+v, %v", rows, err)
		}
	})
}

func TestRateIsOfTheTimeSinceTheImportBegan(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.answer = func(_ []string, truth []ledger.Outcome) ([]ledger.Outcome, error) { return truth, nil }
		w.hold = make(chan struct{})
		i := w.open("a", 1000)
		synctest.Wait()
		pass(10 * time.Second)
		w.set(i, store.ImportPaused, store.ImportRunning)
		close(w.hold)
		for n := range 4 { // each batch is one change at least
			synctest.Wait()
			if rate := w.w.Rate("a"); rate != 40 && rate != 0 {
				t.Errorf("after look %d the rate is %d, want 40", n, rate)
			}
		}
		if got := fmt.Sprint(w.now("a").Offered); got != "400" {
			t.Errorf("%s are offered", got)
		}
	})
}
