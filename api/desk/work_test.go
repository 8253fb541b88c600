package desk_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Whom the tests of everyday work are about.
const (
	workNote = ledger.NoteID("nwork")
	karin    = ledger.PartyID("pkarin")
)

// workWorld has a desk with one case, number 1, of Karin's, and a member of each role.
type workWorld struct {
	*world
	agent, other, lead, auditor *member
}

func newWorkWorld(t *testing.T) *workWorld {
	t.Helper()
	w := &workWorld{world: newWorld(t)}
	agreed := finance.DateOf(noon).AddDays(-60)
	w.read(&ledger.Note{
		ID: workNote, Seq: 2, Status: ledger.StatusActive, Book: "bbook", Lender: w.desk.Party,
		Borrowers: []ledger.Borrower{{Party: karin, Name: "Karin Åkesson", AcceptedAt: noon.AddDate(0, 0, -60)}},
		Terms: ledger.Terms{
			Kind: ledger.Simple, Jurisdiction: finance.Sweden, AgreedOn: agreed, InterestFrom: agreed, DayCount: finance.Thirty360,
			Principal: finance.Money{Amount: 1200_00, Currency: "SEK"},
			Schedule:  ledger.Schedule{Kind: finance.StraightLine, Instalments: 12, FirstDue: agreed.AddMonths(1, 0)},
		},
		Balance: ledger.Balance{Principal: 1200_00, AccruedTo: agreed}, Notified: ledger.Notified{Holder: w.desk.Party, On: agreed},
	})
	if err := w.desk.Book.KeepCase(t.Context(), workNote, casebook.CaseFacts{Client: w.desk.Party}, noon); err != nil {
		t.Fatal(err)
	}
	person := casebook.PersonOfCase{Note: workNote, Party: karin, Name: "Karin Åkesson", Phones: []string{"+46701234567"}, Language: ledger.Swedish, Edited: noon}
	if err := w.desk.Book.PutPerson(t.Context(), person); err != nil {
		t.Fatal(err)
	}
	w.agent, w.other = w.staff("Anna", casework.Agent), w.staff("Bo", casework.Agent)
	w.lead, w.auditor = w.staff("Lea", casework.Lead), w.staff("Aud", casework.Auditor)
	return w
}

// read puts a note into the read model.
func (w *workWorld) read(n *ledger.Note) {
	w.Helper()
	state, err := json.Marshal(n)
	if err != nil {
		w.Fatal(err)
	}
	err = w.desk.Book.Update(w.Context(), func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM notes WHERE id = $1", string(n.ID)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO notes (born, id, seq, holder, state) VALUES (1, $1, $2, $3, $4)", string(n.ID), int64(n.Seq), string(w.desk.Party), string(state))
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
}

// passed lets time pass, and the desk notice it. Everybody signs in again.
func (w *workWorld) passed(d time.Duration) {
	w.Helper()
	w.pass(d)
	if err := w.desk.PassWork(w.Context(), w.Now()); err != nil {
		w.Fatal(err)
	}
	site, err := url.Parse(w.site.URL)
	if err != nil {
		w.Fatal(err)
	}
	for _, m := range []*member{w.agent, w.other, w.lead, w.auditor} {
		token := (rand.Text() + rand.Text())[:43] // as long as those of the site
		if err := w.desk.Book.BeginStaffSession(w.Context(), token, m.id, w.Now()); err != nil {
			w.Fatal(err)
		}
		m.Client.Jar.SetCookies(site, []*http.Cookie{{Name: "skuld-desk", Value: token, Path: "/"}})
	}
}

// at is a time as a browser sends it, in a summer in Sweden.
func at(t time.Time) string { return t.Add(2 * time.Hour).Format("2006-01-02T15:04") }

// callIn promises Karin a call.
func (w *workWorld) callIn(d time.Duration) string {
	w.Helper()
	const form = "/desk/cases/1/call"
	w.agent.Follow(w.agent.Send(w.agent.Get(form).Is(http.StatusOK), form, url.Values{
		"by": {at(w.Now().Add(d))}, "number": {"070-123 45 67"}, "words": {"the plan"}, "owner": {string(w.agent.id)}, "party": {string(karin)},
	}).Is(http.StatusSeeOther))
	tasks, _, err := w.desk.Book.Tasks(w.Context(), casebook.TaskQuery{Kind: casebook.TaskCallback})
	if err != nil || len(tasks) == 0 {
		w.Fatalf("no call is promised: %v", err)
	}
	return "/desk/calls/" + tasks[len(tasks)-1].About
}

// TestContactIsLoggedOnOneScreenAndItsNextStepIsOnTheList, with a code for the person
// who missed it.
func TestContactIsLoggedOnOneScreenAndItsNextStepIsOnTheList(t *testing.T) {
	t.Parallel()
	w := newWorkWorld(t)
	const form = "/desk/cases/1/contact"
	empty := w.agent.Get(form).Is(http.StatusOK).Says("Karin Åkesson, case 1", "How did it go?")
	w.agent.Send(empty, form, url.Values{
		"direction": {"out"}, "channel": {"phone"}, "topic": {"payment"}, "party": {string(karin)}, "outcome": {"no_answer"}, "next": {"call again"},
	}).Is(http.StatusUnprocessableEntity).Says("One thing needs to be put right", "The next step needs a time within three months.")

	code := w.agent.Follow(w.agent.Send(empty, form, url.Values{
		"direction": {"out"}, "channel": {"phone"}, "topic": {"payment"}, "party": {string(karin)}, "outcome": {"no_answer"}, "words": {"rang twice"},
		"number": {"08-123 456 78"}, "next": {"call again"}, "next_due": {at(noon.Add(3 * time.Hour))}, "next_owner": {string(w.other.id)},
	})).Is(http.StatusOK).Says("Done: Log a contact", "We did, Telephone: No answer", "rang twice", "+46812345678")
	contacts, err := w.desk.Book.ContactsOf(t.Context(), workNote, 0, 9)
	if err != nil || len(contacts) != 1 || contacts[0].Peer != "+46701234567" || contacts[0].Staff != w.agent.id || !contacts[0].FollowUp {
		t.Fatalf("logged are %+v, %v", contacts, err)
	}
	code.Says(contacts[0].Code.String())
	sent, err := w.desk.Book.SendingOf(t.Context(), contacts[0].ID)
	if err != nil || sent == nil || !strings.Contains(string(sent.Entry), string(contacts[0].Code)) || strings.Contains(string(sent.Entry), "rang twice") {
		t.Errorf("the person is told %+v, %v", sent, err)
	}
	w.other.Get("/desk/today?show=mine").Is(http.StatusOK).Says("Next step: call again", "Today 17:00", "Bo")
	w.agent.Get("/desk/today?show=mine").Is(http.StatusOK).Says("There is nothing to do here just now.")

	for _, said := range []string{contacts[0].Code.String(), strings.ToLower(string(contacts[0].Code)), "08-123 456 78", "+46 70 123 45 67"} {
		w.lead.Get("/desk/who-called?said="+url.QueryEscape(said)).Is(http.StatusOK).Says("Anna", "Karin Åkesson, case 1", "A payment")
	}
	w.lead.Get("/desk/who-called?said=070-999").Is(http.StatusOK).Says("Nobody here has logged a contact with that.")
}

func TestTaskIsTakenPassedOnAndDoneFromTheList(t *testing.T) {
	t.Parallel()
	w := newWorkWorld(t)
	add := casebook.Task{Kind: casebook.TaskNext, About: "a", Note: workNote, Reason: "task-next", With: map[string]string{"what": "look at the papers"}}
	if _, err := w.desk.Book.AddTask(t.Context(), add, noon); err != nil {
		t.Fatal(err)
	}
	task := "/desk/tasks/" + casebook.TaskID(add.Kind, add.About)
	list := w.agent.Get("/desk/today").Is(http.StatusOK).Says("Next step: look at the papers", "Nobody yet", "When it suits")
	w.agent.Follow(w.agent.Send(list, task+"/take", nil)).Is(http.StatusOK).Says("Done: Take a task", "Anna")
	w.other.Ask(http.MethodPost, task+"/take", w.other.Get("/desk/today?show=all").Form(task+"/pass")).Is(http.StatusConflict).Says("Somebody else has taken the task.")

	pass := w.agent.Follow(w.agent.Send(w.agent.Get("/desk/today"), task+"/pass", nil)).Is(http.StatusOK)
	w.agent.Follow(w.agent.Send(pass, task+"/pass", url.Values{"to": {string(w.other.id)}, "remark": {"you know her"}})).Is(http.StatusOK).Says("Done: Pass a task on")
	theirs := w.other.Get("/desk/today?show=mine").Is(http.StatusOK).Says("From Anna: you know her")
	done := w.other.Follow(w.other.Send(theirs, task+"/done", nil)).Is(http.StatusOK).Says("Done: The task is done", "There is nothing to do here")
	w.other.Get(done.Links()[undoLink(done.Links())]).Is(http.StatusOK).Says("Undo")
	w.other.Get(task).Is(http.StatusOK).Says("The task is done.")
	w.auditor.Get("/desk/today?show=all").Is(http.StatusOK).Hides(task + "/take")
}

// TestMissedCallStandsFirstAndThenAnybodyMakesIt: whoever waits for it does not wait
// for one member of staff.
func TestMissedCallStandsFirstAndThenAnybodyMakesIt(t *testing.T) {
	t.Parallel()
	w := newWorkWorld(t)
	call := w.callIn(time.Hour)
	w.agent.Get("/desk/calls").Is(http.StatusOK).Says("Karin Åkesson, case 1", "070-123 45 67", "the plan", "Today 15:00", "Anna")
	w.passed(time.Hour + time.Minute)
	w.lead.Get("/desk/today?show=late").Is(http.StatusOK).Says("Call back", "The person was told a time, and it has passed.", "Anna")
	w.lead.Get("/desk/calls").Is(http.StatusOK).Says("One promised time has passed.")
	w.other.Get("/desk/today").Is(http.StatusOK).Hides(call)
	w.passed(time.Hour)
	w.other.Get("/desk/today").Is(http.StatusOK).Says("Call back", "Nobody yet")

	sheet := w.other.Get(call).Is(http.StatusOK).Says("Call 070-123 45 67", "Swedish")
	w.other.Follow(w.other.Send(sheet, call+"/made", url.Values{"outcome": {"reached"}, "words": {"she likes the plan"}})).Is(http.StatusOK).Says("Done: The call is made", "We talked")
	w.other.Ask(http.MethodPost, call+"/made", sheet.Form(call+"/made")).Is(http.StatusConflict)
	w.lead.Get("/desk/calls").Is(http.StatusOK).Says("Nobody waits for a call.")
	counts, err := w.desk.Book.CountCalls(t.Context(), noon, noon.Add(24*time.Hour))
	if err != nil || counts != (casebook.CallCounts{Late: 1}) {
		t.Errorf("the counts are %+v, %v", counts, err)
	}
}

func TestCallIsMovedOrDroppedAsThePersonWishes(t *testing.T) {
	t.Parallel()
	w := newWorkWorld(t)
	call := w.callIn(time.Hour)
	sheet := w.agent.Get(call).Is(http.StatusOK)
	w.agent.Send(sheet, call+"/moved", url.Values{"by": {at(noon.Add(-time.Hour))}}).Is(http.StatusUnprocessableEntity).Says("Choose a time within three months.")
	w.agent.Follow(w.agent.Send(sheet, call+"/moved", url.Values{"by": {at(noon.Add(20 * time.Hour))}})).Is(http.StatusOK).Says("16 June 2026 at 10:00")
	w.agent.Get("/desk/calls").Is(http.StatusOK).Says("Tomorrow 10:00")
	w.agent.Send(sheet, call+"/dropped", nil).Is(http.StatusBadRequest) // nobody said why
	w.agent.Follow(w.agent.Send(sheet, call+"/dropped", url.Values{"reason": {"she has paid"}})).Is(http.StatusOK).Says("Was not wanted")
}

func TestPromiseThatIsNotKeptIsAskedAboutAndOneThatIsKeptIsNot(t *testing.T) {
	t.Parallel()
	w := newWorkWorld(t)
	const form = "/desk/cases/1/promise"
	empty := w.agent.Get(form).Is(http.StatusOK).Says("A promise costs nothing and changes no agreement.")
	w.agent.Send(empty, form, url.Values{"amount": {"nothing"}, "day": {"2026-06-17"}}).Is(http.StatusUnprocessableEntity).Says("Write an amount, such as 1,250.")
	for _, amount := range []string{"100", "500,50"} {
		w.agent.Send(empty, form, url.Values{"amount": {amount}, "day": {"2026-06-17"}, "party": {string(karin)}}).Is(http.StatusSeeOther)
	}
	n, err := w.desk.Book.Note(t.Context(), workNote)
	if err != nil {
		t.Fatal(err)
	}
	n.State.Seq++
	n.State.Payments = []ledger.Payment{{Seq: 3, On: finance.DateOf(noon).AddDays(1), Amount: 100_00}, {Seq: 4, On: finance.DateOf(noon).AddDays(1), Amount: 900_00, Reversed: true}}
	w.read(n.State)
	// The day is the 17th, and the bank tells of a payment within four days.
	w.passed(6 * 24 * time.Hour)
	w.agent.Get("/desk/today?show=mine").Is(http.StatusOK).Says("There is nothing to do here")
	w.passed(24 * time.Hour)
	w.agent.Get("/desk/today?show=mine").Is(http.StatusOK).Says("The promised payment did not come. Ask how it went.")
	kept, broken, err := w.desk.Book.CountPromises(t.Context(), noon, w.Now().Add(time.Second))
	if err != nil || kept != 1 || broken != 1 {
		t.Errorf("%d are kept and %d broken, %v", kept, broken, err)
	}
}

func TestComplaintIsRegisteredForNothingAndAnsweredInTime(t *testing.T) {
	t.Parallel()
	w := newWorkWorld(t)
	const form = "/desk/cases/1/complaint"
	empty := w.agent.Get(form).Is(http.StatusOK).Says("Complaining is free. The person gets an answer within 14 days.")
	w.agent.Send(empty, form, url.Values{"words": {" "}, "channel": {"letter"}}).Is(http.StatusUnprocessableEntity).Says("Write some words")
	w.agent.Send(empty, form, url.Values{"words": {"=You rang\r\nat night."}, "channel": {"letter"}, "party": {string(karin)}}).Is(http.StatusSeeOther)
	all, _, err := w.desk.Book.OpenComplaints(t.Context(), nil, 9)
	if err != nil || len(all) != 1 || all[0].Language != ledger.Swedish {
		t.Fatalf("registered are %+v, %v", all, err)
	}
	complaint := "/desk/complaints/" + all[0].ID
	w.agent.Get("/desk/complaints").Is(http.StatusOK).Says(all[0].Number, "29 June 2026", "kept for 5 years")
	w.agent.Get("/desk/today?show=all").Is(http.StatusOK).Says("Answer complaint " + all[0].Number).Hides(casebook.TaskID(casebook.TaskComplaint, all[0].ID) + "/done")
	w.passed(15 * 24 * time.Hour)
	sheet := w.lead.Get(complaint).Is(http.StatusOK).Says("The answer is late.", "=You rang at night.")
	w.lead.Send(sheet, complaint, url.Values{"answer": {""}}).Is(http.StatusUnprocessableEntity).Says("Write an answer")
	w.lead.Follow(w.lead.Send(sheet, complaint, url.Values{"answer": {"We are sorry, and call at day."}})).Is(http.StatusOK).Says("Done: Answer a complaint", "Lea answered")
	w.lead.Ask(http.MethodPost, complaint, sheet.Form(complaint)).Is(http.StatusConflict)
	w.lead.Get("/desk/complaints").Is(http.StatusOK).Says("No complaint waits for an answer.")
	w.lead.Get("/desk/complaints?show=all").Is(http.StatusOK).Says(all[0].Number, "Answered")
	export := w.lead.Get("/desk/complaints/export").Is(http.StatusOK)
	if !strings.Contains(export.Body, "'=You rang") || strings.Contains(export.Body, "Karin") {
		t.Errorf("the file is %s", export.Body)
	}
}

// TestFlagPausesWithAGroundAnEndAndSomebodyWhoTakesOver, and is lifted with a reason.
func TestFlagPausesWithAGroundAnEndAndSomebodyWhoTakesOver(t *testing.T) {
	t.Parallel()
	w := newWorkWorld(t)
	const form = "/desk/cases/1/flag"
	empty := w.agent.Get(form).Is(http.StatusOK).Says("May I note why", "GDPR art. 6.1 a and 9.2 a")
	flag := url.Values{"kind": {"illness"}, "basis": {"consent"}, "words": {"said yes by telephone"}, "until": {"2026-09-30"}, "keeper": {string(w.other.id)}, "party": {string(karin)}}
	for field, wrong := range map[string]struct{ value, says string }{
		"basis": {"interest", "What tells of health needs one of the other grounds."}, "until": {"2027-06-16", "Choose a day within a year."},
		"words": {"", "Write some words"}, "keeper": {"nobody", "Choose somebody who works here."}, "party": {"pstranger", ""},
	} {
		values := url.Values{}
		for name, v := range flag {
			values[name] = v
		}
		values.Set(field, wrong.value)
		a := w.agent.Send(empty, form, values)
		if field == "party" {
			a.Is(http.StatusNotFound)
			continue
		}
		a.Is(http.StatusUnprocessableEntity).Says(wrong.says)
	}
	w.agent.Send(empty, form, flag).Is(http.StatusSeeOther)
	holds, err := w.desk.Book.HoldsOf(t.Context(), workNote, finance.DateOf(noon))
	if err != nil || len(holds) != 1 || holds[0].Keeper != w.other.id {
		t.Fatalf("it is held by %+v, %v", holds, err)
	}
	if c, err := w.desk.Book.CaseOf(t.Context(), workNote); err != nil || c.Owner != w.other.id {
		t.Errorf("the case is %+v, %v", c, err)
	}
	path := "/desk/flags/" + holds[0].ID
	w.agent.Get("/desk/flags").Is(http.StatusOK).Says("Karin Åkesson, case 1", "Illness", "Bo", "30 September 2026")
	sheet := w.agent.Get(path).Is(http.StatusOK).Says("said yes by telephone", "The person has said yes")
	check := w.agent.Follow(w.agent.Send(sheet, path+"/lifted", url.Values{"reason": {"she is well"}})).Is(http.StatusOK).Says("What happens by itself goes on again.", "she is well")
	w.agent.Follow(w.agent.Send(check, check.From, nil)).Is(http.StatusOK).Says("Anna lifted the mark")
	w.agent.Get("/desk/flags").Is(http.StatusOK).Says("Nobody is marked just now.")
}

// TestEveryPageOfWorkIsSoundInEveryLanguage, with a long list too, and light.
func TestEveryPageOfWorkIsSoundInEveryLanguage(t *testing.T) {
	t.Parallel()
	w := newWorkWorld(t)
	call := w.callIn(time.Hour)
	for n := range 60 {
		task := casebook.Task{Kind: casebook.TaskNext, About: fmt.Sprint(n), Note: workNote, Reason: "task-next", With: map[string]string{"what": "<b>ask</b>"}, Due: noon.Add(time.Duration(n) * time.Hour)}
		if n%3 == 0 {
			task.Reason, task.Due = "of a program that is to come", time.Time{}
		}
		if _, err := w.desk.Book.AddTask(t.Context(), task, noon); err != nil {
			t.Fatal(err)
		}
	}
	const maxPage = 100_000
	for _, language := range []string{"sv", "da", "en"} {
		w.lead.Language = language
		for _, path := range []string{
			"/desk/today", "/desk/today?show=all", "/desk/today?show=late", "/desk/today?show=all&kind=callback", "/desk/calls", call, "/desk/who-called", "/desk/complaints", "/desk/flags",
			"/desk/cases/1/contact", "/desk/cases/1/call", "/desk/cases/1/promise", "/desk/cases/1/complaint", "/desk/cases/1/flag",
			"/desk/tasks/" + casebook.TaskID(casebook.TaskNext, "1"),
		} {
			a := w.lead.Get(path).Is(http.StatusOK)
			for _, fault := range pagetest.Faults(a.Body) {
				t.Errorf("%s in %s: %s", path, language, fault)
			}
			if len(a.Body) > maxPage {
				t.Errorf("%s has %d bytes", path, len(a.Body))
			}
		}
	}
	w.lead.Language = "en"
	first := w.lead.Get("/desk/today?show=all").Says("Something needs doing in the case", "Next page").Hides("<b>ask")
	shown := 0
	for _, l := range first.Links() {
		if strings.HasPrefix(l, "/desk/today?after=") {
			shown++
			w.lead.Get(l).Is(http.StatusOK).Says("Today")
		}
	}
	if shown != 1 {
		t.Errorf("the first page has %d ways to the next one", shown)
	}
}

// TestWhatPersonsCannotReadIsSaid to who leads the work, and to who looks after staff
// where nobody outside is told anything.
func TestWhatPersonsCannotReadIsSaid(t *testing.T) {
	t.Parallel()
	const refused, unlinked = "The registrar did not take one entry", "No registrar is configured"
	w := newWorkWorld(t)
	admin := w.staff("Ada", casework.Administrator)
	w.lead.Get("/desk/today").Is(http.StatusOK).Hides(refused)
	admin.Get("/desk/people").Is(http.StatusOK).Hides(unlinked)

	entry := casework.JournalEntry{ID: uuid.NewString(), Note: workNote, Kind: casework.JournalReading, At: noon}
	if err := w.desk.Tell(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Book.SettleSending(t.Context(), []casebook.Settled{{ID: entry.ID, Refused: ledger.CodeNotFound}}, noon); err != nil {
		t.Fatal(err)
	}
	w.lead.Get("/desk/today").Is(http.StatusOK).Says(refused)
	w.agent.Get("/desk/today").Is(http.StatusOK).Hides(refused)

	w.desk.Unlinked = true
	admin.Get("/desk/people").Is(http.StatusOK).Says(unlinked)
}
