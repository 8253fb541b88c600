package casebook_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestFiguresOfAMonthReplaceThoseBefore(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		if made, err := b.ReportsMade(t.Context()); err != nil || !made.IsZero() {
			t.Errorf("before the first count it was made %v, %v", made, err)
		}
		report := func(month, body string, made time.Time) casebook.MonthReport {
			return casebook.MonthReport{Month: month, Day: "2026-06-15", Made: made, Body: json.RawMessage(body)}
		}
		must(t, b.SaveReports(t.Context(), []casebook.MonthReport{report("2026-04", "{}", noon), report("2026-05", `{"a":1}`, noon), report("2026-06", `{"a":2}`, noon)}))
		later := report("2026-06", `{"a":3}`, noon.Add(time.Hour))
		must(t, b.SaveReports(t.Context(), []casebook.MonthReport{later}))
		got, err := b.Reports(t.Context(), "2026-05", "2026-06")
		if err != nil || len(got) != 2 || !equal(got[0], report("2026-05", `{"a":1}`, noon)) || !equal(got[1], later) {
			t.Errorf("the reports are %+v, %v", got, err)
		}
		if made, err := b.ReportsMade(t.Context()); err != nil || !made.Equal(later.Made) {
			t.Errorf("they were made %v, %v", made, err)
		}
	})
}

// TestWorkIsCountedByTheTeamOfWhoDidIt: anna is of the north, bertil of no team.
func TestWorkIsCountedByTheTeamOfWhoDidIt(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		for id, team := range map[casebook.StaffID]string{anna: "north", bertil: ""} {
			if _, err := b.AddStaff(t.Context(), casebook.Staff{ID: id, Name: string(id), Team: team, Language: ledger.Swedish, Created: noon}); err != nil {
				t.Fatal(err)
			}
		}
		from, until := noon.AddDate(0, 0, -10), noon.AddDate(0, 0, 10)
		fillWork(t, b)
		got, err := b.CountWork(t.Context(), from, until, noon.AddDate(0, 0, 5))
		want := casebook.Counted{
			Named:      []casebook.TeamCount{{Team: "", Part: 0, Whole: 1}, {Team: "north", Part: 3, Whole: 4}},
			Calls:      []casebook.TeamCount{{Team: "", Part: 0, Whole: 1}, {Team: "north", Part: 1, Whole: 2}},
			Promises:   []casebook.TeamCount{{Team: "north", Part: 1, Whole: 2}},
			Disputes:   []casebook.TeamCount{{Team: "north", Part: 1, Whole: 1}},
			Complaints: []casebook.TeamCount{{Team: "", Part: 0, Whole: 1}, {Team: "north", Part: 1, Whole: 1}},
			Received:   3,
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("the work is\n%+v, %v; want\n%+v", got, err, want)
		}
		none, err := b.CountWork(t.Context(), until, until.AddDate(0, 1, 0), until)
		if err != nil || !reflect.DeepEqual(none, casebook.Counted{}) {
			t.Errorf("when nothing was done it is %+v, %v", none, err)
		}
	})
}

// fillWork is a week of work, with what does not count among it.
func fillWork(t *testing.T, b *casebook.Book) {
	ctx, day := t.Context(), 24*time.Hour
	for _, c := range []casebook.Contact{
		{ID: "in", Staff: anna, Direction: casebook.Incoming, Channel: casebook.ByPhone, Outcome: casebook.Reached, At: noon},
		{ID: "too early", Staff: anna, Direction: casebook.Incoming, Channel: casebook.ByPhone, Outcome: casebook.Reached, At: noon.Add(-30 * day)},
		{ID: "out", Staff: anna, Direction: casebook.Outgoing, Channel: casebook.ByPhone, Outcome: casebook.Reached, At: noon},
		{ID: "letter", Staff: anna, Direction: casebook.Incoming, Channel: casebook.ByLetter, Outcome: casebook.Reached, At: noon},
		{ID: "nobody there", Staff: anna, Direction: casebook.Incoming, Channel: casebook.ByPhone, Outcome: casebook.NoAnswer, At: noon},
	} {
		c.Note = noteID(1)
		must(t, b.AddContact(ctx, c, nil))
	}
	for _, id := range []string{"in time", "late", "missed", "not wanted", "not yet"} {
		call := casebook.Call{ID: id, Note: noteID(1), Created: noon, Promised: noon.Add(day)}
		if id == "not yet" {
			call.Promised = noon.Add(7 * day)
		}
		must(t, b.AddCall(ctx, call))
	}
	done := func(kept bool, err error) {
		t.Helper()
		if err != nil || !kept {
			t.Fatalf("done: %v, %v", kept, err)
		}
	}
	done(b.KeepCall(ctx, "in time", anna, casebook.Reached, noon.Add(time.Hour)))
	done(b.KeepCall(ctx, "not wanted", anna, casebook.NotWanted, noon.Add(time.Hour)))
	if _, err := b.MissCalls(ctx, noon.Add(2*day)); err != nil {
		t.Fatal(err)
	}
	done(b.KeepCall(ctx, "late", anna, casebook.Reached, noon.Add(2*day)))
	for id, state := range map[string]casebook.PromiseState{"kept": casebook.PromiseKept, "broken": casebook.PromiseBroken, "withdrawn": casebook.PromiseWithdrawn, "open": ""} {
		must(t, b.AddPromise(ctx, casebook.Promise{ID: id, Note: noteID(1), Staff: anna, Made: noon, Amount: 100, Day: finance.DateOf(noon)}))
		if state != "" {
			done(b.SettlePromise(ctx, id, state, nil, noon))
		}
	}
	for i, id := range []string{"answered", "unanswered", "not yet"} {
		c := casebook.Complaint{ID: id, Note: noteID(1), Received: noon, AnswerBy: finance.DateOf(noon)}
		must(t, b.AddComplaint(ctx, c, casebook.Task{Kind: casebook.TaskComplaint, About: id, Note: c.Note, Due: noon.Add(time.Duration(i*3+1) * day)}))
	}
	done(b.AnswerComplaint(ctx, "answered", anna, "yes", noon.Add(time.Hour)))
	if _, err := b.AddTask(ctx, casebook.Task{Kind: casebook.TaskDispute, About: "d", Note: noteID(1), Due: noon.Add(day)}, noon); err != nil {
		t.Fatal(err)
	}
	done(b.FinishTask(ctx, casebook.TaskID(casebook.TaskDispute, "d"), anna, "agreed", noon))
}

func TestScoresOfAMonthAreCountedByQuestion(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		all := []casebook.Answer{
			{ID: "a", Month: "2026-05", Overall: 7, Expected: 8, Ideal: 2}, {ID: "b", Month: "2026-05", Overall: 7, Expected: 9, Ideal: 10},
			{ID: "c", Month: "2026-06", Overall: 1, Expected: 1, Ideal: 1},
		}
		must(t, b.HearAnswers(t.Context(), all, "", func(*casebook.Answer) *casebook.Task { return nil }, noon))
		got, err := b.AnswerScores(t.Context(), "2026-05")
		want := []casebook.AnswerScore{{Question: 0, Score: 7, Times: 2}, {Question: 1, Score: 8, Times: 1}, {Question: 1, Score: 9, Times: 1}, {Question: 2, Score: 2, Times: 1}, {Question: 2, Score: 10, Times: 1}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("the scores are %+v, %v; want %+v", got, err, want)
		}
	})
}

func TestPaymentsAreCountedByTheDaysOfTheBankAndOfTheNote(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		must(t, b.Update(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			for i, s := range []string{"c1", "c2", "c3"} {
				at := "2026-06-1" + string(rune('2'+i/2)) + "T08:00:00Z" // c1 and c2 on the 12th, c3 on the 13th
				for _, statement := range []string{
					"INSERT INTO transactions (id, block, at) VALUES ('t" + s + "', 1, '" + at + "')",
					"INSERT INTO entries (kind, id, seq, position, op, command, head, tx) VALUES ('note', '" + s + "', 1, " + string(rune('1'+i)) + ", 'pay', '" + s + "', '', 't" + s + "')",
					`INSERT INTO bank_parts (id, place, entry, act, kind, note, amount, currency, booked_on, state, why, tried, command, seq, client, undo, remark, account, accounted, accounted_back)
					VALUES ('` + s + "', " + string(rune('1'+i)) + `, 'e', '', 'pay', 'n', 1, 'SEK', '2026-06-11', 'done', '', 0, '` + s + `', 1, '', '', '', '', 0, 0)`,
				} {
					if _, err := tx.ExecContext(ctx, statement); err != nil {
						return err
					}
				}
			}
			return nil
		}))
		got, err := b.BookedSince(t.Context(), day(t, "2026-06-01"))
		want := []casebook.Booked{{Bank: day(t, "2026-06-11"), Written: day(t, "2026-06-12"), Payments: 2}, {Bank: day(t, "2026-06-11"), Written: day(t, "2026-06-13"), Payments: 1}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("the bookings are %+v, %v; want %+v", got, err, want)
		}
		if got, err := b.BookedSince(t.Context(), day(t, "2026-06-12")); err != nil || len(got) != 0 {
			t.Errorf("from a later day on they are %+v, %v", got, err)
		}
		offered, err := b.OfferedAt(t.Context(), []ledger.NoteID{"c1", "c9"})
		if at := time.Date(2026, time.June, 12, 8, 0, 0, 0, time.UTC); err != nil || len(offered) != 1 || !offered["c1"].Equal(at) {
			t.Errorf("they were offered %v, %v", offered, err)
		}
	})
}

func TestAllCasesAreWalkedThroughOpenAndClosed(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		for n := 1; n <= 3; n++ {
			told(t, b, n, collected(noteID(n), 1, "Anna"))
		}
		follow(t, b)
		must(t, b.CloseCase(t.Context(), noteID(2), noon))
		first, err := b.CasesToCount(t.Context(), 0, 2)
		if err != nil || len(first) != 2 || first[0].Note.ID != noteID(1) || !first[0].Closed.IsZero() || !first[1].Closed.Equal(noon) || first[1].Holder != client {
			t.Fatalf("the first two are %+v, %v", first, err)
		}
		rest, err := b.CasesToCount(t.Context(), first[1].Number, 2)
		if err != nil || len(rest) != 1 || rest[0].Note.ID != noteID(3) {
			t.Errorf("the rest is %+v, %v", rest, err)
		}
	})
}
