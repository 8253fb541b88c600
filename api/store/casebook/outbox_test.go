package casebook_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// outbox puts entries about notes into the outbox, by their ids: "a1" is about the
// first note.
func outbox(t *testing.T, b *casebook.Book, ids ...string) {
	t.Helper()
	for _, id := range ids {
		must(t, b.AddSending(t.Context(), casebook.Sending{ID: id, Note: noteID(int(id[1] - '0')), Entry: json.RawMessage(`{"id":"` + id + `"}`)}))
	}
}

func waits(t *testing.T, b *casebook.Book, now time.Time) (ids []string) {
	t.Helper()
	all, err := b.NextSending(t.Context(), now, 9)
	must(t, err)
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestEntriesGoInTheirOrderAndNoneOvertakesAnotherOfItsNote(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		outbox(t, b, "a1", "b2", "c1", "a1", "d3")
		if got := waits(t, b, noon); !reflect.DeepEqual(got, []string{"a1", "b2", "c1", "d3"}) {
			t.Fatalf("there wait %v", got)
		}
		later := noon.Add(time.Minute)
		must(t, b.SettleSending(t.Context(), []casebook.Settled{
			{ID: "a1", Refused: ledger.CodeJournalFull, Next: later}, {ID: "b2", FollowUp: "https://r.example/s/1"}, {ID: "d3", Refused: ledger.CodeNotFound},
		}, noon))
		if got := waits(t, b, noon); got != nil {
			t.Errorf("before the next try there wait %v", got)
		}
		if got := waits(t, b, later); !reflect.DeepEqual(got, []string{"a1", "c1"}) {
			t.Errorf("then there wait %v", got)
		}
		for id, want := range map[string]casebook.Sending{
			"a1": {ID: "a1", Place: 1, Note: noteID(1), Entry: json.RawMessage(`{"id":"a1"}`), State: casebook.SendingWaiting, Code: ledger.CodeJournalFull, Tries: 1, Next: later},
			"b2": {ID: "b2", Place: 2, Note: noteID(2), State: casebook.SendingWritten, FollowUp: "https://r.example/s/1", Tries: 1},
			"d3": {ID: "d3", Place: 4, Note: noteID(3), State: casebook.SendingRefused, Code: ledger.CodeNotFound, Tries: 1},
		} {
			if got, err := b.SendingOf(t.Context(), id); err != nil || got == nil || !reflect.DeepEqual(*got, want) {
				t.Errorf("it is %+v, %v; want %+v", got, err, want)
			}
		}
		if c, err := b.CountOutbox(t.Context()); err != nil || c != (casebook.OutboxCounts{Waiting: 2, Refused: 1}) {
			t.Errorf("it counts %+v, %v", c, err)
		}
		must(t, b.SettleSending(t.Context(), []casebook.Settled{{ID: "b2", Refused: ledger.CodeNotFound}}, noon))
		if got, err := b.SendingOf(t.Context(), "b2"); err != nil || got.State != casebook.SendingWritten {
			t.Errorf("what is settled changes to %+v, %v", got, err)
		}
	})
}

func TestAnswersAreHeardOnceAndLowOnesBecomeTasks(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		all := []casebook.Answer{
			{ID: "a", Month: "2026-05", Team: "Sundsvall", Topic: "plan", Overall: 9, Expected: 8, Ideal: 7, Words: "Tack."},
			{ID: "b", Month: "2026-06", Team: "Sundsvall", Topic: "plan", Overall: 5, Expected: 5, Ideal: 4},
			{ID: "c", Month: "2026-06", Team: "Sundsvall", Topic: "plan", Overall: 10, Expected: 10, Ideal: 10},
		}
		task := func(a *casebook.Answer) *casebook.Task {
			if !a.Low() {
				return nil
			}
			return &casebook.Task{Kind: casebook.TaskAnswer, About: a.ID, Reason: "task-answer"}
		}
		for range 2 {
			must(t, b.HearAnswers(t.Context(), all, "2026-06-15.c", task, noon))
		}
		if place, err := b.Cursor(t.Context(), casebook.CursorAnswers); err != nil || place != "2026-06-15.c" {
			t.Errorf("it is read to %q, %v", place, err)
		}
		if place, err := b.Cursor(t.Context(), "none"); err != nil || place != "" {
			t.Errorf("another list is read to %q, %v", place, err)
		}
		sums, err := b.AnswerSums(t.Context(), "2026-05", "2026-06")
		want := []casebook.AnswerSum{
			{Month: "2026-05", Team: "Sundsvall", Topic: "plan", Answers: 1, Overall: 9, Expected: 8, Ideal: 7},
			{Month: "2026-06", Team: "Sundsvall", Topic: "plan", Answers: 2, Overall: 15, Expected: 15, Ideal: 14, Low: 1},
		}
		if err != nil || !reflect.DeepEqual(sums, want) {
			t.Errorf("the sums are %+v, %v", sums, err)
		}
		var heard []casebook.Answer
		var after *casebook.Answer
		for range all {
			page, more, err := b.AnswersIn(t.Context(), "2026-05", "2026-06", after, 1)
			must(t, err)
			if heard = append(heard, page...); more != (len(heard) < len(all)) {
				t.Errorf("after %d there are more: %t", len(heard), more)
			}
			after = &page[0]
		}
		if !reflect.DeepEqual(heard, all) {
			t.Errorf("heard were %+v", heard)
		}
		if one, err := b.Answer(t.Context(), "b"); err != nil || one == nil || !one.Low() {
			t.Errorf("it is %+v, %v", one, err)
		}
		tasks, _, err := b.Tasks(t.Context(), casebook.TaskQuery{Limit: 9})
		if err != nil || len(tasks) != 1 || tasks[0].About != "b" {
			t.Errorf("the worklist is %+v, %v", tasks, err)
		}
	})
}
