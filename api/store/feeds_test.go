package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// imported opens an import with a number of rows.
func imported(t *testing.T, s *store.Store, id string, rows int) store.Import {
	t.Helper()
	i := store.Import{ID: id, Party: lender, Digest: "d" + id, Rows: rows, Created: noon}
	if _, made, err := s.OpenImport(t.Context(), i); err != nil || !made {
		t.Fatalf("made: %t, %v", made, err)
	}
	return i
}

// put puts rows that wait, but for those of a code, which are rejected.
func put(t *testing.T, s *store.Store, id string, rows ...store.ImportRow) {
	t.Helper()
	for n := range rows {
		rows[n].State, rows[n].JWS = store.RowWaiting, "signed"
		if rows[n].Code != "" {
			rows[n].State, rows[n].JWS = store.RowRejected, ""
		}
	}
	if taken, err := s.PutImportRows(t.Context(), id, rows, noon); err != nil || taken == nil {
		t.Fatalf("taken: %v, %v", taken, err)
	}
}

// stands checks the numbers of an import.
func stands(t *testing.T, s *store.Store, id string, state store.ImportState, waiting, offered, rejected, cancelled int) {
	t.Helper()
	i, err := s.Import(t.Context(), lender, id)
	if err != nil || i == nil {
		t.Fatalf("the import is %+v, %v", i, err)
	}
	want := store.Import{
		ID: id, Party: lender, Digest: "d" + id, Rows: i.Rows, Created: noon, State: state,
		Waiting: waiting, Offered: offered, Rejected: rejected, Cancelled: cancelled, Ended: i.Ended,
	}
	if *i != want || i.Ended.IsZero() == (state == store.ImportFinished || state == store.ImportCancelled) {
		t.Errorf("the import is %+v, want %+v", *i, want)
	}
}

func TestNumbersOfAnImportAreThoseOfItsRows(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		i := imported(t, s, "1", 4)
		set := func(to store.ImportState, from ...store.ImportState) {
			t.Helper()
			if _, err := s.SetImport(t.Context(), i, to, noon, from...); err != nil {
				t.Fatal(err)
			}
		}
		settle := func(rows ...store.ImportRow) {
			t.Helper()
			if err := s.SettleImportRows(t.Context(), "1", rows, noon); err != nil {
				t.Fatal(err)
			}
		}
		put(t, s, "1", store.ImportRow{Row: 1}, store.ImportRow{Row: 2}, store.ImportRow{Row: 3, Code: ledger.CodeRowInvalid})
		stands(t, s, "1", store.ImportDraft, 2, 0, 1, 0)
		put(t, s, "1", store.ImportRow{Row: 1}, store.ImportRow{Row: 2, Code: ledger.CodeRowInvalid}) // they stay as they are
		stands(t, s, "1", store.ImportDraft, 2, 0, 1, 0)
		set(store.ImportPaused, store.ImportRunning) // it does not run
		stands(t, s, "1", store.ImportDraft, 2, 0, 1, 0)
		set(store.ImportRunning, store.ImportDraft)
		settle(store.ImportRow{Row: 1, State: store.RowOffered, Note: noteID(1)},
			store.ImportRow{Row: 2, State: store.RowRejected, Code: ledger.CodeLaw, Params: map[string]string{"rule": "x"}})
		stands(t, s, "1", store.ImportRunning, 0, 1, 2, 0)
		settle(store.ImportRow{Row: 1, State: store.RowRejected, Code: ledger.CodeLaw}) // it is settled already
		put(t, s, "1", store.ImportRow{Row: 4})
		settle(store.ImportRow{Row: 4, State: store.RowOffered, Note: noteID(4)})
		stands(t, s, "1", store.ImportFinished, 0, 2, 2, 0)
		put(t, s, "1", store.ImportRow{Row: 1}, store.ImportRow{Row: 2}) // what was rejected may be made good
		stands(t, s, "1", store.ImportRunning, 1, 2, 1, 0)
		if rows, err := s.HandIn(t.Context(), "1", []store.ImportRow{{Row: 1}, {Row: 2}}); err != nil || len(rows) != 1 || rows[0].Row != 2 {
			t.Errorf("handed in are %+v, %v; want row 2, which alone waits", rows, err)
		}
		set(store.ImportCancelled, store.ImportRunning)
		stands(t, s, "1", store.ImportCancelling, 1, 2, 1, 0) // what was handed in may be on the ledger
		if all, err := s.ImportsToDo(t.Context()); err != nil || len(all) != 1 {
			t.Errorf("to do are %+v, %v", all, err)
		}
		settle(store.ImportRow{Row: 2, State: store.RowOffered, Note: noteID(2)})
		stands(t, s, "1", store.ImportCancelled, 0, 3, 1, 0)
		if taken, err := s.PutImportRows(t.Context(), "1", []store.ImportRow{{Row: 3, State: store.RowWaiting}}, noon); err != nil || taken != nil {
			t.Errorf("a cancelled import takes rows: %v, %v", taken, err)
		}
		rows, more, err := s.ImportRows(t.Context(), "1", "", 0, 10)
		if err != nil || more || len(rows) != 4 || rows[1].Note != noteID(2) || rows[2].Code != ledger.CodeRowInvalid {
			t.Errorf("the rows are %+v, more: %t, %v", rows, more, err)
		}
		if other, err := s.Import(t.Context(), buyer, "1"); err != nil || other != nil {
			t.Errorf("another party gets %+v, %v", other, err)
		}
	})
}

func TestDigestOfACancelledImportIsFree(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		i := imported(t, s, "1", 1)
		if _, err := s.SetImport(t.Context(), i, store.ImportCancelled, noon, store.ImportDraft); err != nil {
			t.Fatal(err)
		}
		again := i
		again.ID = "2"
		if opened, made, err := s.OpenImport(t.Context(), again); err != nil || !made || opened.ID != "2" {
			t.Errorf("it gives %+v, made: %t, %v", opened, made, err)
		}
		rehearsal := i
		rehearsal.ID, rehearsal.Rehearsal = "3", true
		if opened, made, err := s.OpenImport(t.Context(), rehearsal); err != nil || !made || !opened.Rehearsal {
			t.Errorf("a rehearsal gives %+v, made: %t, %v", opened, made, err)
		}
		all, err := s.Imports(t.Context(), lender)
		if err != nil || len(all) != 3 {
			t.Errorf("the imports are %+v, %v", all, err)
		}
	})
}

func TestPartyHasOnlySoManyImportsThatHaveNotEnded(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		var first store.Import
		for n := range store.MaxImports {
			i := imported(t, s, fmt.Sprint(n), 1)
			if n == 0 {
				first = i
			}
		}
		more := store.Import{ID: "more", Party: lender, Digest: "more", Rows: 1, Created: noon}
		if opened, made, err := s.OpenImport(t.Context(), more); err != nil || made || opened != nil {
			t.Errorf("one more gives %+v, made: %t, %v", opened, made, err)
		}
		if again, made, err := s.OpenImport(t.Context(), first); err != nil || made || again == nil || again.ID != first.ID {
			t.Errorf("one of them gives %+v, made: %t, %v", again, made, err)
		}
		if _, err := s.SetImport(t.Context(), first, store.ImportCancelled, noon, store.ImportDraft); err != nil {
			t.Fatal(err)
		}
		if _, made, err := s.OpenImport(t.Context(), more); err != nil || !made {
			t.Errorf("after one has ended: made: %t, %v", made, err)
		}
	})
}

func TestOnlyRunningImportsWithRowsAreToDo(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		for n, state := range []store.ImportState{store.ImportDraft, store.ImportRunning, store.ImportPaused, store.ImportCancelled} {
			i := imported(t, s, fmt.Sprint(n), 300)
			if n < 3 {
				put(t, s, i.ID, store.ImportRow{Row: 7}, store.ImportRow{Row: 2}, store.ImportRow{Row: 9})
			}
			for _, to := range []store.ImportState{store.ImportRunning, state} {
				if _, err := s.SetImport(t.Context(), i, to, noon, store.ImportDraft, store.ImportRunning); state != store.ImportDraft && err != nil {
					t.Fatal(err)
				}
				if state == store.ImportDraft {
					break
				}
			}
		}
		if _, err := s.SetImport(t.Context(), store.Import{ID: "0", Party: lender}, store.ImportPaused, noon, store.ImportRunning); err != nil {
			t.Fatal(err)
		}
		all, err := s.ImportsToDo(t.Context())
		if err != nil || len(all) != 1 || all[0].ID != "1" {
			t.Errorf("to do are %+v, %v", all, err)
		}
		rows, err := s.WaitingRows(t.Context(), "1", 2, 1)
		if err != nil || len(rows) != 1 || rows[0].Row != 7 || rows[0].JWS != "signed" {
			t.Errorf("after row 2 waits %+v, %v", rows, err)
		}
	})
}

// hooked adds a webhook of the lender that has seen everything.
func hooked(t *testing.T, s *store.Store, id string, position int64) store.Webhook {
	t.Helper()
	h := store.Webhook{ID: id, Party: lender, URL: "https://x.example", Ops: []ledger.Op{ledger.OpPay}, State: store.WebhookActive, Position: position, Created: noon}
	if added, err := s.AddWebhook(t.Context(), h); err != nil || !added {
		t.Fatalf("added: %t, %v", added, err)
	}
	return h
}

// dueTo gives what is due to a webhook: the first note is a, the second c.
func dueTo(t *testing.T, s *store.Store, webhook string, now time.Time) (names []string) {
	t.Helper()
	letters := map[string]string{string(noteID(1)): "a", string(noteID(2)): "c"}
	page, err := s.DueDeliveries(t.Context(), webhook, now, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range page {
		names = append(names, fmt.Sprintf("%s.%d", letters[d.Entry.Result.Subject.ID], d.Entry.Result.Seq))
	}
	return names
}

func TestDeliveriesOfASubjectComeOneAfterTheOther(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := newWorld()
		w.cut(w.putBook(bookID("a"), lender), w.putBook(bookID("c"), lender))
		first, second := note(1, ledger.StatusActive, bookID("a")), note(2, ledger.StatusActive, bookID("a"))
		w.cut(w.put(first, lender, ledger.OpOffer), w.put(second, lender, ledger.OpOffer))
		w.cut(w.put(first, lender, ledger.OpPay))
		w.cut(w.putBook(bookID("d"), buyer))
		s, _ := on.opened(t)
		follow(t, s, w)
		await(t, s, w)
		h := hooked(t, s, "1", 0)
		notes := func(e store.Entry) bool { return e.Result.Subject.Kind == ledger.KindNote }
		name := func(e store.Entry) string { return fmt.Sprint(e.Position) }
		for range 2 { // a second time there is nothing new
			if _, err := s.Queue(t.Context(), h, noon, notes, name); err != nil {
				t.Fatal(err)
			}
		}
		due := func(now time.Time) []string { return dueTo(t, s, "1", now) }
		if got := due(noon); !slices.Equal(got, []string{"a.1", "c.1"}) {
			t.Fatalf("due are %v", got)
		}
		page, _, err := s.Deliveries(t.Context(), "1", "", 0, 10)
		if err != nil || len(page) != 3 || page[2].Entry.Result.Seq != 1 {
			t.Fatalf("the log is %+v, %v", page, err)
		}
		tried := page[2]
		tried.Attempts, tried.Due, tried.Last = 1, noon.Add(time.Minute), store.Attempt{At: noon, Status: 500, Fault: "status", Took: time.Second}
		if err := s.Settle(t.Context(), tried); err != nil {
			t.Fatal(err)
		}
		if got := due(noon); !slices.Equal(got, []string{"c.1"}) {
			t.Errorf("while a1 has to wait, due are %v", got)
		}
		if next, err := s.NextDue(t.Context(), noon); err != nil || !next.Equal(noon.Add(time.Minute)) {
			t.Errorf("next is due at %s, %v", next, err)
		}
		if kept, err := s.Delivery(t.Context(), "1", tried.ID); err != nil || kept == nil || kept.Last != tried.Last || kept.Attempts != 1 {
			t.Errorf("kept is %+v, %v", kept, err)
		}
		tried.State = store.DeliveryDead
		if err := s.Settle(t.Context(), tried); err != nil {
			t.Fatal(err)
		}
		if got := due(noon); !slices.Contains(got, "a.2") || slices.Contains(got, "a.1") {
			t.Errorf("after a1 was given up, due are %v", got)
		}
		if n, err := s.ReplayDead(t.Context(), "1", noon); err != nil || n != 1 {
			t.Errorf("replayed: %d, %v", n, err)
		}
		if got := due(noon); !slices.Contains(got, "a.1") || slices.Contains(got, "a.2") {
			t.Errorf("after the replay, due are %v", got)
		}
		if b, err := s.Backlog(t.Context()); err != nil || b.Waiting != 3 || b.Dead != 0 || b.Oldest.IsZero() {
			t.Errorf("the backlog is %+v, %v", b, err)
		}
		if err := s.RemoveWebhook(t.Context(), "1"); err != nil || len(due(noon)) != 0 {
			t.Errorf("after it was removed due are %v, %v", due(noon), err)
		}
	})
}

func TestWebhookIsItsPartysAlone(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		h := hooked(t, s, "1", 5)
		got, err := s.Webhook(t.Context(), lender, "1")
		if err != nil || got == nil || got.URL != h.URL || !slices.Equal(got.Ops, h.Ops) || got.Position != 5 || !got.Created.Equal(noon) {
			t.Errorf("it is %+v, %v", got, err)
		}
		if other, err := s.Webhook(t.Context(), buyer, "1"); err != nil || other != nil {
			t.Errorf("another party gets %+v, %v", other, err)
		}
		if all, err := s.Webhooks(t.Context(), buyer); err != nil || len(all) != 0 {
			t.Errorf("another party lists %+v, %v", all, err)
		}
		if due, err := s.WebhooksDue(t.Context(), noon); err != nil || len(due) != 0 {
			t.Errorf("due are %+v, %v", due, err)
		}
	})
}
