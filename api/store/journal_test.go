package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const switchboard = "+46850000000"

// entry is a telephone call of the collector's about a note.
func entry(id string, n int) store.Writing {
	return store.Writing{JournalEntry: store.JournalEntry{
		By: collector, ID: id, Note: noteID(n), Kind: store.JournalContact, At: noon, Number: switchboard, Received: noon,
		JournalDetails: store.JournalDetails{Staff: "Karin Holm", Channel: "phone", Direction: "out", Topic: "payment", Team: "Sundsvall"},
	}}
}

func wroteDown(t *testing.T, s *store.Store, all ...store.Writing) {
	t.Helper()
	kept, err := s.AddJournal(t.Context(), all)
	if err != nil || slices.Contains(kept, false) {
		t.Fatal(kept, err)
	}
}

// read gives the ids of what a borrower reads about the first note.
func read(t *testing.T, s *store.Store, q store.JournalQuery) string {
	t.Helper()
	q.Note, q.Limit = noteID(1), max(q.Limit, 1)
	var ids strings.Builder
	for {
		page, more, err := s.Journal(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			ids.WriteString(e.ID)
			q.Before = e.Place
		}
		if !more {
			return ids.String()
		}
	}
}

func TestJournalIsReadByWhomItConcerns(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		mine, theirs, looked := entry("b", 1), entry("c", 1), entry("d", 1)
		mine.Party, theirs.Party, looked.Kind = borrower, buyer, store.JournalReading
		wroteDown(t, s, entry("a", 1), mine, theirs, looked, entry("e", 2))
		for _, tc := range []struct {
			q    store.JournalQuery
			want string
		}{
			{store.JournalQuery{Reader: borrower}, "dba"}, {store.JournalQuery{Reader: buyer}, "dca"},
			{store.JournalQuery{Reader: borrower, Kind: store.JournalContact}, "ba"}, {store.JournalQuery{Reader: borrower, Kind: store.JournalReading}, "d"},
			{store.JournalQuery{Reader: borrower, Kind: store.JournalLetter}, ""},
		} {
			for tc.q.Limit = 1; tc.q.Limit < 5; tc.q.Limit++ {
				if got := read(t, s, tc.q); got != tc.want {
					t.Errorf("%+v: %q, want %q", tc.q, got, tc.want)
				}
			}
		}
	})
}

func TestEntryIsWrittenOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		first, again := entry("a", 1), entry("a", 1)
		again.Staff, again.Note = "Somebody else", noteID(2)
		other := entry("a", 1)
		other.By = lender
		wroteDown(t, s, first, again, other)
		for by, want := range map[ledger.PartyID]string{collector: "Karin Holm", lender: "Karin Holm"} {
			if e, err := s.JournalEntry(t.Context(), by, "a"); err != nil || e == nil || e.Staff != want || e.Note != noteID(1) {
				t.Errorf("the entry of %s is %+v, %v", by, e, err)
			}
		}
	})
}

func TestCompanyDoesNotFloodAJournal(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		var all []store.Writing
		for n := range store.MaxJournalDay {
			all = append(all, entry(fmt.Sprint(n), 1))
		}
		wroteDown(t, s, all...)
		more, elsewhere, theirs, tomorrow := entry("more", 1), entry("elsewhere", 2), entry("theirs", 1), entry("tomorrow", 1)
		theirs.By, tomorrow.Received = lender, noon.Add(24*time.Hour)
		kept, err := s.AddJournal(t.Context(), []store.Writing{more, elsewhere, theirs, tomorrow, all[0]})
		if want := []bool{false, true, true, true, true}; err != nil || !slices.Equal(kept, want) {
			t.Errorf("kept %v, %v; want %v", kept, err, want)
		}
	})
}

func TestWhoCalledIsFoundByCodeAndByNumber(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		const typed = code.Contact("64S36D1N6R")
		first, stolen, old := entry("a", 1), entry("b", 2), entry("c", 3)
		first.Code, stolen.Code, stolen.By, old.At = typed, typed, lender, noon.Add(-store.KnownNumber-time.Second)
		other := entry("d", 3)
		other.Party = buyer
		wroteDown(t, s, first, stolen, old, other)
		if e, err := s.ContactOf(t.Context(), typed); err != nil || e == nil || e.ID != "a" {
			t.Errorf("the code is of %+v, %v", e, err)
		}
		for _, none := range []code.Contact{"", "64S36D1N6S"} {
			if e, err := s.ContactOf(t.Context(), none); err != nil || e != nil {
				t.Errorf("the code %q is of %+v, %v", none, e, err)
			}
		}
		since := noon.Add(-store.KnownNumber)
		ids := func(all []store.JournalEntry, err error) (ids string) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range all {
				ids += e.ID
			}
			return ids
		}
		if got, err := s.CompaniesFrom(t.Context(), switchboard, since); err != nil || !slices.Equal(got, []ledger.PartyID{collector, lender}) {
			t.Errorf("from the number call %q, %v", got, err)
		}
		if got, err := s.CompaniesFrom(t.Context(), "", since); err != nil || len(got) != 0 {
			t.Errorf("from no number call %q, %v", got, err)
		}
		if got := ids(s.ContactsWith(t.Context(), switchboard, borrower, since)); got != "ba" {
			t.Errorf("with the borrower there are %q", got)
		}
		if got := ids(s.ContactsWith(t.Context(), switchboard, partyID("x"), since)); got != "" {
			t.Errorf("with a stranger there are %q", got)
		}
	})
}

func TestFormerCompanyIsKnownByWhatItWrote(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		wroteDown(t, s, entry("a", 1))
		for _, tc := range []struct {
			n     int
			by    ledger.PartyID
			since time.Time
			want  bool
		}{{1, collector, noon, true}, {1, collector, noon.Add(time.Second), false}, {2, collector, noon, false}, {1, buyer, noon, false}} {
			if wrote, err := s.WroteOf(t.Context(), noteID(tc.n), tc.by, tc.since); err != nil || wrote != tc.want {
				t.Errorf("%+v: %t, %v", tc, wrote, err)
			}
		}
	})
}

func TestAnswerIsGivenOnceAndIsTiedToNobody(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		const open, late = code.Code("0123ABCD1101VWXY"), code.Code("0123ABCD1101VWXZ")
		first, second := entry("a", 1), entry("b", 1)
		first.FollowUp, second.FollowUp, second.At = open, late, noon.Add(-store.FollowUpLife)
		wroteDown(t, s, first, second)
		asked, err := s.FollowUpOf(t.Context(), open)
		if err != nil || asked == nil || asked.Answered || asked.Contact == nil || asked.Contact.ID != "a" {
			t.Fatalf("it asks %+v, %v", asked, err)
		}
		answer := store.Answer{ID: uuid.NewString(), By: collector, Team: "Sundsvall", Topic: "payment", Scores: store.Scores{Overall: 9, Expected: 8, Ideal: 7}, Words: "Bra."}
		for i, tc := range []struct {
			code code.Code
			want bool
		}{{open, true}, {open, false}, {late, false}, {"0123ABCD1101VWX0", false}} {
			if taken, err := s.AnswerFollowUp(t.Context(), tc.code, answer, noon); err != nil || taken != tc.want {
				t.Errorf("%d: taken %t, %v", i, taken, err)
			}
		}
		if asked, err = s.FollowUpOf(t.Context(), open); err != nil || !asked.Answered || asked.Contact != nil {
			t.Errorf("once answered it is %+v, %v", asked, err)
		}
		answer.Day, answer.Team = finance.DateOf(noon), "" // of one answer the team would tell whose it is
		for _, tc := range []struct {
			q    store.AnswersQuery
			want int
		}{
			{store.AnswersQuery{By: collector, Before: answer.Day}, 0}, {store.AnswersQuery{By: collector, Before: answer.Day.AddDays(1)}, 1},
			{store.AnswersQuery{By: lender, Before: answer.Day.AddDays(1)}, 0},
			{store.AnswersQuery{By: collector, Before: answer.Day.AddDays(1), AfterDay: answer.Day, AfterID: answer.ID}, 0},
		} {
			page, more, err := s.Answers(t.Context(), tc.q)
			if err != nil || len(page) != tc.want || more || tc.want == 1 && page[0] != answer {
				t.Errorf("%+v: %+v, %t, %v", tc.q, page, more, err)
			}
		}
	})
}

func TestTeamOfAnAnswerIsToldOnlyWhereThereAreEnough(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		for i := range store.MinTeam {
			e := entry(fmt.Sprintf("a%d", i), 1)
			e.FollowUp = code.Code(fmt.Sprintf("0123ABCD1101VW%02d", i))
			wroteDown(t, s, e)
			answer := store.Answer{ID: uuid.NewString(), By: collector, Team: "Sundsvall", Scores: store.Scores{Overall: 9, Expected: 8, Ideal: 7}}
			if taken, err := s.AnswerFollowUp(t.Context(), e.FollowUp, answer, noon); err != nil || !taken {
				t.Fatal(taken, err)
			}
			page, _, err := s.Answers(t.Context(), store.AnswersQuery{By: collector, Before: finance.DateOf(noon).AddDays(1), Limit: store.MinTeam})
			if err != nil || len(page) != i+1 {
				t.Fatalf("%+v, %v", page, err)
			}
			for _, a := range page {
				if named := a.Team != ""; named != (len(page) == store.MinTeam) {
					t.Errorf("of %d answers one names the team %q", len(page), a.Team)
				}
			}
		}
	})
}

func complained(t *testing.T, s *store.Store, id string, n int) bool {
	t.Helper()
	added, err := s.AddComplaint(t.Context(), store.Complaint{
		ID: id, Number: code.Contact("N" + id), Note: noteID(n), Party: borrower, Language: ledger.Swedish, Words: "Ingen ringde.", Created: noon,
		AnswerBy: finance.DateOf(noon).AddDays(14),
	})
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func TestComplaintIsAnsweredOnceByWhoAnswersForTheNote(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		for i, id := range []string{"a", "b", "c"} {
			if !complained(t, s, id, i+1) {
				t.Fatalf("%s is refused", id)
			}
		}
		steps := []struct {
			what string
			do   func() (bool, error)
			want bool
		}{
			{"the collector takes it", func() (bool, error) { return s.TakeComplaint(t.Context(), "b", collector, "Karin") }, true},
			{"the lender takes it, too", func() (bool, error) { return s.TakeComplaint(t.Context(), "b", lender, "Eva") }, false},
			{"the lender answers it", func() (bool, error) { return s.AnswerComplaint(t.Context(), "b", lender, "Eva", "Nej.", noon) }, false},
			{"the collector answers it", func() (bool, error) {
				return s.AnswerComplaint(t.Context(), "b", collector, "Karin", "Du har rätt.", noon)
			}, true},
			{"the collector answers again", func() (bool, error) { return s.AnswerComplaint(t.Context(), "b", collector, "Karin", "Nej.", noon) }, false},
			{"it is given back", func() (bool, error) { return s.GiveBackComplaint(t.Context(), "b", collector) }, false},
		}
		for _, step := range steps {
			if done, err := step.do(); err != nil || done != step.want {
				t.Errorf("%s: %t, %v", step.what, done, err)
			}
		}
		of, err := s.ComplaintsOf(t.Context(), noteID(2), borrower)
		if err != nil || len(of) != 1 || of[0].Answer != "Du har rätt." || of[0].TakenName != "Karin" || !of[0].Answered.Equal(noon) {
			t.Errorf("the borrower reads %+v, %v", of, err)
		}
		for _, tc := range []struct {
			by   ledger.PartyID
			open bool
			want string
		}{{lender, false, "ba"}, {lender, true, "a"}, {collector, false, "b"}, {buyer, true, "c"}, {partyID("x"), false, ""}} {
			page, _, err := s.Complaints(t.Context(), store.Asked{By: tc.by, Open: tc.open, Limit: 9})
			got := ""
			for _, c := range page {
				got += c.ID
			}
			if err != nil || got != tc.want {
				t.Errorf("%+v: %q, %v", tc, got, err)
			}
		}
	})
}

func TestPersonComplainsAsOftenAsAnswersCome(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		for n := range store.MaxComplaints {
			if !complained(t, s, fmt.Sprint(n), 1) {
				t.Fatalf("complaint %d is refused", n)
			}
		}
		if complained(t, s, "more", 1) {
			t.Error("there is no end to complaints")
		}
		if done, err := s.AnswerComplaint(t.Context(), "0", lender, "Eva", "Ja.", noon); err != nil || !done {
			t.Fatal(done, err)
		}
		if !complained(t, s, "more", 1) {
			t.Error("an answer opens no room")
		}
	})
}

// What was said of a contact is nobody's, and stays.
func TestNothingIsLeftOfAForgottenNoteOrPerson(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		for name, forget := range map[string]func(*store.Store) error{
			"the note":   func(s *store.Store) error { return s.ForgetNote(t.Context(), noteID(1)) },
			"the person": func(s *store.Store) error { return s.ForgetPerson(t.Context(), borrower) },
		} {
			s := calling(t, on)
			mine := entry("a", 1)
			mine.Party, mine.FollowUp = borrower, "0123ABCD1101VWXY"
			wroteDown(t, s, mine)
			complained(t, s, "a", 1)
			if err := forget(s); err != nil {
				t.Fatal(err)
			}
			if got := read(t, s, store.JournalQuery{Reader: borrower}); got != "" {
				t.Errorf("%s is forgotten, and there is the entry %s", name, got)
			}
			if c, err := s.Complaint(t.Context(), "a"); err != nil || c != nil {
				t.Errorf("%s is forgotten, and there is the complaint %+v, %v", name, c, err)
			}
			if f, err := s.FollowUpOf(t.Context(), mine.FollowUp); err != nil || f != nil {
				t.Errorf("%s is forgotten, and there is the follow-up %+v, %v", name, f, err)
			}
		}
	})
}

func TestPromiseOfACallIsMissedWhenItsTimeIsOver(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s := calling(t, on)
		asked(t, s, "a", 1)
		at := func(now time.Time, missed bool, promised time.Time) {
			t.Helper()
			c, err := s.Callback(t.Context(), "a")
			if err != nil || c.Missed(now) != missed || !c.Promised.Equal(promised) {
				t.Errorf("it is %+v, missed %t, %v", c, c.Missed(now), err)
			}
		}
		at(noon.Add(time.Hour), false, time.Time{})
		soon := noon.Add(30 * time.Minute)
		for _, taking := range []store.Taking{{By: lender, Name: "Eva", Promised: soon}, {By: lender, Name: "Bo"}} {
			if taken, err := s.TakeCallback(t.Context(), "a", taking, noon); !taken || err != nil {
				t.Fatal(taken, err)
			}
		}
		at(soon, false, soon)
		at(soon.Add(time.Second), true, soon)
		if ended, err := s.EndCallback(t.Context(), "a", lender, "Talked.", soon); !ended || err != nil {
			t.Fatal(ended, err)
		}
		at(soon.Add(time.Second), false, soon)
	})
}
