package casebook_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// ctx is for what property tests ask, which have none.
var ctx = context.Background()

// equal compares two rows, times by the moment.
func equal[T any](a, b T) bool {
	in := func(v *T) {
		of := reflect.ValueOf(v).Elem()
		for i := range of.NumField() {
			if at, is := of.Field(i).Interface().(time.Time); is {
				of.Field(i).Set(reflect.ValueOf(at.UTC()))
			}
		}
	}
	in(&a)
	in(&b)
	return reflect.DeepEqual(a, b)
}

func day(t testing.TB, text string) finance.Date {
	t.Helper()
	d, err := finance.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// must fails the test for an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var aContact = casebook.Contact{
	ID: "c1", Place: 1, Note: noteID(1), Party: client, Staff: anna, At: noon, Channel: casebook.ByPhone, Direction: casebook.Outgoing,
	Outcome: casebook.NoAnswer, Topic: "payment", Words: "rang twice", Number: "+46812345678", Peer: "+46701234567", Code: "0123ABCD01",
	FollowUp: true, Next: "try again", NextOwner: bertil, NextDue: noon.Add(time.Hour),
}

func TestContactIsFoundByNoteNumberAndCode(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		next := casebook.Task{Kind: casebook.TaskNext, About: aContact.ID, Note: aContact.Note, Due: aContact.NextDue, Owner: bertil}
		for range 2 { // the second time changes nothing
			must(t, b.AddContact(t.Context(), aContact, &next))
		}
		answer := casebook.Contact{
			ID: "c2", Place: 2, Note: noteID(1), Staff: anna, At: noon.Add(time.Minute), Channel: casebook.ByPhone, Direction: casebook.Incoming,
			Outcome: casebook.Reached, Number: aContact.Number, Peer: aContact.Peer,
		}
		must(t, b.AddContact(t.Context(), answer, nil))
		must(t, b.AddContact(t.Context(), casebook.Contact{ID: "c3", Note: noteID(2), At: noon}, nil))
		for name, find := range map[string]func() ([]casebook.Contact, error){
			"our number":   func() ([]casebook.Contact, error) { return b.ContactsByNumber(t.Context(), aContact.Number) },
			"their number": func() ([]casebook.Contact, error) { return b.ContactsByNumber(t.Context(), aContact.Peer) },
			"note":         func() ([]casebook.Contact, error) { return b.ContactsOf(t.Context(), noteID(1), 0, 9) },
		} {
			if got, err := find(); err != nil || len(got) != 2 || !equal(got[0], answer) || !equal(got[1], aContact) {
				t.Errorf("by %s it gives %+v, %v", name, got, err)
			}
		}
		if got, err := b.ContactsByNumber(t.Context(), ""); err != nil || len(got) != 0 {
			t.Errorf("no number gives %+v, %v", got, err)
		}
		if got, err := b.ContactByCode(t.Context(), aContact.Code); err != nil || got == nil || !equal(*got, aContact) {
			t.Errorf("by code it gives %+v, %v", got, err)
		}
		if got, err := b.ContactByCode(t.Context(), ""); err != nil || got != nil {
			t.Errorf("no code gives %+v, %v", got, err)
		}
		if got, err := b.TasksOf(t.Context(), noteID(1)); err != nil || len(got) != 1 || got[0].Owner != bertil {
			t.Errorf("the next step is %+v, %v", got, err)
		}
	})
}

func TestPromisedCallIsInTimeLateOrMissed(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		at := noon.Add(time.Hour)
		for _, id := range []string{"in time", "late", "missed", "moved", "moved late"} {
			must(t, b.AddCall(t.Context(), casebook.Call{ID: id, Note: noteID(1), Number: "070", Language: ledger.Danish, Words: "the plan", Owner: anna, Team: "north", Created: noon, Promised: at}))
		}
		keep := func(id string, when time.Time, want bool) {
			t.Helper()
			if kept, err := b.KeepCall(t.Context(), id, bertil, casebook.Reached, when); err != nil || kept != want {
				t.Fatalf("%s: kept %t, %v", id, kept, err)
			}
		}
		move := func(id string, to, when time.Time, want bool) {
			t.Helper()
			if moved, err := b.MoveCall(t.Context(), id, to, when); err != nil || moved != want {
				t.Fatalf("%s: moved %t, %v", id, moved, err)
			}
		}
		keep("in time", at, true)
		keep("in time", at, false)
		move("in time", at, at, false)
		keep("nobody's", at, false)
		move("moved", at.Add(time.Hour), at, true)
		for _, want := range []int{3, 0} { // each is counted once
			if missed, err := b.MissCalls(t.Context(), at.Add(time.Minute)); err != nil || missed != want {
				t.Errorf("%d are missed, %v; want %d", missed, err, want)
			}
		}
		keep("late", at.Add(2*time.Minute), true)
		keep("moved", at.Add(time.Hour), true)
		move("moved late", at.Add(time.Hour), at.Add(2*time.Minute), true)
		keep("moved late", at.Add(time.Hour), true)
		for id, want := range map[string]struct {
			missed int
			inTime bool
		}{"in time": {0, true}, "late": {1, false}, "missed": {1, false}, "moved": {0, true}, "moved late": {1, false}} {
			if c, err := b.Call(t.Context(), id); err != nil || c.Missed != want.missed || c.InTime() != want.inTime {
				t.Errorf("%s: it is %+v, %v", id, c, err)
			}
		}
		if counts, err := b.CountCalls(t.Context(), noon, noon.Add(24*time.Hour)); err != nil || counts != (casebook.CallCounts{InTime: 2, Late: 2, Missed: 1}) {
			t.Errorf("the counts are %+v, %v", counts, err)
		}
		if left, _, err := b.Tasks(t.Context(), casebook.TaskQuery{Kind: casebook.TaskCallback}); err != nil || len(left) != 1 || left[0].About != "missed" {
			t.Errorf("there wait %+v, %v", left, err)
		}
		if c, err := b.Call(t.Context(), "late"); err != nil || c.Owner != bertil || c.Team != "north" {
			t.Errorf("who made it is %+v, %v", c, err)
		}
	})
}

// TestRegistrarHearsWhatChangesAndNothingTwice: it tells the person who calls and
// when, also where that changes while it is being told.
func TestRegistrarHearsWhatChangesAndNothingTwice(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		must(t, b.AddCall(t.Context(), casebook.Call{ID: "ours", Note: noteID(1), Created: noon, Promised: noon}))
		must(t, b.AddCall(t.Context(), casebook.Call{ID: "theirs", Note: noteID(1), Remote: true, Created: noon, Promised: noon}))
		untold := func(want int) []casebook.Call {
			t.Helper()
			all, err := b.UntoldCalls(t.Context(), 9)
			if err != nil || len(all) != want {
				t.Fatalf("untold are %+v, %v", all, err)
			}
			return all
		}
		untold(0)
		for _, id := range []string{"ours", "theirs"} {
			if taken, err := b.TakeTask(t.Context(), casebook.TaskID(casebook.TaskCallback, id), anna, noon); err != nil || !taken {
				t.Fatal(taken, err)
			}
		}
		read := untold(1)[0]
		if read.ID != "theirs" || read.Owner != anna {
			t.Errorf("it is %+v", read)
		}
		if _, err := b.KeepCall(t.Context(), "theirs", anna, casebook.Reached, noon); err != nil {
			t.Fatal(err)
		}
		must(t, b.CallTold(t.Context(), &read))
		must(t, b.CallTold(t.Context(), &untold(1)[0]))
		untold(0)

		must(t, b.AddComplaint(t.Context(), casebook.Complaint{ID: "k", Number: "R1", Note: noteID(1), Remote: true, Received: noon, AnswerBy: finance.DateOf(noon)},
			casebook.Task{Kind: casebook.TaskComplaint, About: "k"}))
		if answered, err := b.AnswerComplaint(t.Context(), "k", anna, "You are right.", noon); err != nil || !answered {
			t.Fatal(answered, err)
		}
		all, err := b.UntoldComplaints(t.Context(), 9)
		if err != nil || len(all) != 1 || all[0].Answer != "You are right." {
			t.Fatalf("untold are %+v, %v", all, err)
		}
		must(t, b.ComplaintTold(t.Context(), &all[0]))
		if all, err := b.UntoldComplaints(t.Context(), 9); err != nil || len(all) != 0 {
			t.Errorf("untold are %+v, %v", all, err)
		}
	})
}

func TestPromiseIsSettledOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		want := casebook.Promise{ID: "p", Place: 1, Note: noteID(1), Party: client, Staff: anna, Made: noon, Amount: 120050, Day: day(t, "2026-06-20"), State: casebook.PromiseOpen}
		for range 2 {
			must(t, b.AddPromise(t.Context(), want))
		}
		if all, err := b.PromisesOf(t.Context(), noteID(1)); err != nil || len(all) != 1 || !equal(all[0], want) {
			t.Errorf("it is %+v, %v", all, err)
		}
		for today, want := range map[string]int{"2026-06-20": 0, "2026-06-21": 1} {
			if due, err := b.PromisesDue(t.Context(), day(t, today), 9); err != nil || len(due) != want {
				t.Errorf("on %s %d are due, %v", today, len(due), err)
			}
		}
		follows := casebook.Task{Kind: casebook.TaskPromise, About: "p", Note: noteID(1)}
		for _, want := range []bool{true, false} {
			if settled, err := b.SettlePromise(t.Context(), "p", casebook.PromiseBroken, &follows, noon); err != nil || settled != want {
				t.Errorf("it is settled: %t, %v", settled, err)
			}
		}
		if kept, broken, err := b.CountPromises(t.Context(), noon, noon.Add(time.Second)); err != nil || kept != 0 || broken != 1 {
			t.Errorf("%d are kept and %d broken, %v", kept, broken, err)
		}
		if left, err := b.TasksOf(t.Context(), noteID(1)); err != nil || len(left) != 1 {
			t.Errorf("there waits %+v, %v", left, err)
		}
	})
}

func TestComplaintIsNumberedListedByItsDayAndAnsweredOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		for _, c := range []casebook.Complaint{
			{ID: "a", Note: noteID(1), Words: "You rang at night.", Language: ledger.Swedish, Channel: casebook.ByPhone, Received: noon, AnswerBy: day(t, "2026-06-29"), Registered: anna},
			{ID: "b", Number: "R7", Remote: true, Note: noteID(2), Received: noon, AnswerBy: day(t, "2026-06-20")},
			{ID: "c", Note: noteID(1), Received: noon, AnswerBy: day(t, "2026-06-29")},
		} {
			for range 2 {
				must(t, b.AddComplaint(t.Context(), c, casebook.Task{Kind: casebook.TaskComplaint, About: c.ID, Note: c.Note}))
			}
		}
		var ids, numbers []string
		var after *casebook.Complaint
		for range 3 {
			page, more, err := b.OpenComplaints(t.Context(), after, 1)
			must(t, err)
			if more != (len(ids) < 2) {
				t.Errorf("after %v there are more: %t", ids, more)
			}
			ids, numbers, after = append(ids, page[0].ID), append(numbers, page[0].Number), &page[0]
		}
		if !reflect.DeepEqual(ids, []string{"b", "a", "c"}) || !reflect.DeepEqual(numbers, []string{"R7", "K2026-1", "K2026-3"}) {
			t.Errorf("the list is %v with the numbers %v", ids, numbers)
		}
		for _, want := range []bool{true, false} {
			if answered, err := b.AnswerComplaint(t.Context(), "a", bertil, "We are sorry.", noon.Add(time.Hour)); err != nil || answered != want {
				t.Errorf("it is answered: %t, %v", answered, err)
			}
		}
		if page, more, err := b.Complaints(t.Context(), 0, 9); err != nil || more || len(page) != 3 || page[2].Answer != "We are sorry." || page[2].AnsweredBy != bertil {
			t.Errorf("the register is %+v, %v", page, err)
		}
		if all, err := b.ComplaintsOf(t.Context(), noteID(1)); err != nil || len(all) != 2 || all[1].Late(day(t, "2027-01-01")) || !all[0].Late(day(t, "2026-06-30")) || all[0].Late(day(t, "2026-06-29")) {
			t.Errorf("of the note are %+v, %v", all, err)
		}
		if left, err := b.TasksOf(t.Context(), noteID(1)); err != nil || len(left) != 1 || left[0].About != "c" {
			t.Errorf("there wait %+v, %v", left, err)
		}
	})
}

func TestFlagHoldsUntilItsLastDayOrUntilItIsLifted(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		flag := casebook.Flag{ID: "f", Place: 1, Note: noteID(1), Party: client, Kind: casebook.FlagIllness, Basis: casebook.BasisConsent, Words: "said yes by telephone",
			Keeper: anna, Raised: noon, RaisedBy: bertil, Until: day(t, "2026-09-30")}
		for range 2 {
			must(t, b.AddFlag(t.Context(), flag, casebook.Task{Kind: casebook.TaskFlag, About: "f", Note: flag.Note, Owner: anna}))
		}
		if all, err := b.FlagsOf(t.Context(), noteID(1)); err != nil || len(all) != 1 || !equal(all[0], flag) {
			t.Errorf("it is %+v, %v", all, err)
		}
		holds := func(on string, want int) {
			t.Helper()
			got, err := b.HoldsOf(t.Context(), noteID(1), day(t, on))
			if err != nil || len(got) != want {
				t.Errorf("on %s it is held by %+v, %v; want %d", on, got, err, want)
			}
			listed, _, err := b.Flags(t.Context(), day(t, on), nil, 9)
			if err != nil || len(listed) != want {
				t.Errorf("on %s the list has %+v, %v", on, listed, err)
			}
		}
		holds("2026-06-15", 1)
		holds("2026-09-30", 1)
		holds("2026-10-01", 0)
		for _, step := range []struct {
			change func() (bool, error)
			want   bool
			held   int
		}{
			{func() (bool, error) { return b.RestoreFlag(t.Context(), "f") }, false, 1},
			{func() (bool, error) { return b.LiftFlag(t.Context(), "f", anna, noon) }, true, 0},
			{func() (bool, error) { return b.LiftFlag(t.Context(), "f", anna, noon) }, false, 0},
			{func() (bool, error) { return b.RestoreFlag(t.Context(), "f") }, true, 1},
		} {
			if got, err := step.change(); err != nil || got != step.want {
				t.Errorf("it is changed: %t, %v; want %t", got, err, step.want)
			}
			holds("2026-07-01", step.held)
			if left, err := b.TasksOf(t.Context(), flag.Note); err != nil || len(left) != step.held {
				t.Errorf("there wait %+v, %v", left, err)
			}
		}
	})
}

func TestUnsettledWorkHoldsToo(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		must(t, b.AddCall(t.Context(), casebook.Call{ID: "call", Note: noteID(1), Owner: anna, Created: noon, Promised: noon}))
		must(t, b.AddComplaint(t.Context(), casebook.Complaint{ID: "complaint", Note: noteID(1), Received: noon, AnswerBy: day(t, "2026-06-29"), Registered: bertil},
			casebook.Task{Kind: casebook.TaskComplaint, About: "complaint"}))
		want := []casebook.WorkHold{{casebook.HoldComplaint, "complaint", bertil, day(t, "2026-06-29")}, {casebook.HoldCall, "call", anna, finance.DateOf(noon)}}
		if got, err := b.HoldsOf(t.Context(), noteID(1), day(t, "2026-12-31")); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("it is held by %+v, %v; want %+v", got, err, want)
		}
		if _, err := b.KeepCall(t.Context(), "call", anna, casebook.Reached, noon); err != nil {
			t.Fatal(err)
		}
		if _, err := b.AnswerComplaint(t.Context(), "complaint", anna, "Yes.", noon); err != nil {
			t.Fatal(err)
		}
		if got, err := b.HoldsOf(t.Context(), noteID(1), day(t, "2026-06-15")); err != nil || len(got) != 0 {
			t.Errorf("it is held by %+v, %v", got, err)
		}
	})
}

// TestWorkIsErasedWhenTheLawNoLongerKeepsIt: five years after the case was closed, or
// ten where a complaint still waits; what is open stays.
func TestWorkIsErasedWhenTheLawNoLongerKeepsIt(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		const open, young, old, waiting, ancient = 1, 2, 3, 4, 5
		closed := map[int]time.Time{young: noon.AddDate(-5, 0, 1), old: noon.AddDate(-5, 0, -1), waiting: noon.AddDate(-6, 0, 0), ancient: noon.AddDate(-10, 0, -1)}
		for n := open; n <= ancient; n++ {
			note := noteID(n)
			must(t, b.KeepCase(t.Context(), note, casebook.CaseFacts{}, noon))
			must(t, b.AddContact(t.Context(), casebook.Contact{ID: string(note), Note: note, At: noon}, &casebook.Task{Kind: casebook.TaskNext, About: string(note), Note: note}))
			must(t, b.AddCall(t.Context(), casebook.Call{ID: string(note), Note: note, Created: noon, Promised: noon}))
			must(t, b.AddPromise(t.Context(), casebook.Promise{ID: string(note), Note: note, Made: noon, Day: finance.DateOf(noon)}))
			must(t, b.AddFlag(t.Context(), casebook.Flag{ID: string(note), Note: note, Raised: noon, Until: finance.DateOf(noon)}, casebook.Task{Kind: casebook.TaskFlag, About: string(note), Note: note}))
			if n == waiting || n == ancient {
				must(t, b.AddComplaint(t.Context(), casebook.Complaint{ID: string(note), Note: note, Received: noon, AnswerBy: finance.DateOf(noon)}, casebook.Task{Kind: casebook.TaskComplaint, About: string(note), Note: note}))
			}
			if at, is := closed[n]; is {
				must(t, b.CloseCase(t.Context(), note, at))
			}
		}
		kept := casebook.WorkKept{ClosedBefore: noon.AddDate(-5, 0, 0), AtMost: noon.AddDate(-10, 0, 0)}
		for _, want := range []int{2, 0} {
			if erased, err := b.EraseWork(t.Context(), kept); err != nil || erased != want {
				t.Errorf("the work of %d cases is erased, %v; want %d", erased, err, want)
			}
		}
		for n, want := range map[int]bool{open: true, young: true, old: false, waiting: true, ancient: false} {
			note := noteID(n)
			contacts, err1 := b.ContactsOf(t.Context(), note, 0, 9)
			calls, err2 := b.CallsOf(t.Context(), note)
			promises, err3 := b.PromisesOf(t.Context(), note)
			flags, err4 := b.FlagsOf(t.Context(), note)
			complaints, err5 := b.ComplaintsOf(t.Context(), note)
			tasks, err6 := b.TasksOf(t.Context(), note)
			must(t, errors.Join(err1, err2, err3, err4, err5, err6))
			for what, left := range map[string]int{"contacts": len(contacts), "calls": len(calls), "promises": len(promises), "flags": len(flags), "tasks": len(tasks)} {
				if (left > 0) != want {
					t.Errorf("of case %d %d %s are left", n, left, what)
				}
			}
			if n == ancient && len(complaints) > 0 {
				t.Errorf("of case %d complaints are left", n)
			}
		}
	})
}
