package main

import (
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// linkOf is the link of a company's desk, which has its tables at the company's own
// gateway, with the registrar's gateway.
func (w *world) linkOf(a *actor) *casework.Link {
	w.t.Helper()
	c, err := client.New(client.Options{Gateway: w.gateways["registrar"].url, Party: a.party, Key: a.key, Now: w.clock.Now})
	if err != nil {
		w.t.Fatal(err)
	}
	return &casework.Link{
		Desk: &casework.Desk{
			Book: casebook.Open(w.gateways[a.gateway].store), Party: a.party, Clock: w.clock.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
		},
		Registrar: casework.AtRegistrar{Client: c},
	}
}

// pageOf reads a page of the registrar's as a stranger does.
func (w *world) pageOf(path string) string {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.gateways["registrar"].url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %d, %v", path, response.StatusCode, err)
	}
	return string(page)
}

// TestDeskAndRegistrarKeepInStep, over both gateways: who missed a call finds out who it
// was, and what persons ask for is on the company's worklist; the answers come back.
func TestDeskAndRegistrarKeepInStep(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	note := ledger.NoteID(strings.TrimPrefix(w.note(lender, borrower, w.book(lender)), "/v1/notes/"))
	w.catchUp("registrar")
	link, ctx, at := w.linkOf(lender), t.Context(), w.gateways["registrar"].store
	book := link.Desk.Book
	round := func() {
		t.Helper()
		w.clock.Advance(casework.PollEvery)
		if err := link.Round(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := book.AddStaff(ctx, casebook.Staff{ID: "k", Name: "Karin Holm", Language: ledger.Swedish, Roles: []string{"agent"}, Created: noon}); err != nil {
		t.Fatal(err)
	}
	questions := w.contactTold(link, note, round)

	// What persons ask for on the registrar's pages.
	callback := store.Callback{ID: uuid.NewString(), Note: note, Party: borrower.party, Number: "070-123 45 67", Language: ledger.Swedish, Created: w.clock.Now(), Promised: w.clock.Now().Add(time.Hour)}
	if added, err := at.AddCallback(ctx, callback); err != nil || !added {
		t.Fatal(added, err)
	}
	complaint := store.Complaint{
		ID: uuid.NewString(), Number: "64S36D1N6S", Note: note, Party: borrower.party, Language: ledger.Swedish, Words: "Ingen ringde.", Created: w.clock.Now(),
		AnswerBy: finance.DateOf(noon).AddDays(14),
	}
	if added, err := at.AddComplaint(ctx, complaint); err != nil || !added {
		t.Fatal(added, err)
	}
	typed, _ := code.Read(strings.TrimPrefix(questions.Path, "/s/"))
	answer := store.Answer{ID: uuid.NewString(), By: lender.party, Team: "Sundsvall", Topic: "plan", Scores: store.Scores{Overall: 2, Expected: 3, Ideal: 4}}
	if taken, err := at.AnswerFollowUp(ctx, typed, answer, w.clock.Now()); err != nil || !taken {
		t.Fatal(taken, err)
	}
	round()
	for kind, about := range map[casebook.TaskKind]string{casebook.TaskCallback: callback.ID, casebook.TaskComplaint: complaint.ID} {
		if taken, err := book.TakeTask(ctx, casebook.TaskID(kind, about), "k", w.clock.Now()); err != nil || !taken {
			t.Fatalf("the %s is not on the worklist: %v", kind, err)
		}
	}
	if heard, err := book.Answer(ctx, answer.ID); err != nil || heard != nil {
		t.Errorf("the answer is told on the day on which it was given: %+v, %v", heard, err)
	}
	round()
	if c, err := at.Callback(ctx, callback.ID); err != nil || c.TakenBy != lender.party || c.TakenName != "Karin Holm" || !c.Promised.Equal(callback.Promised.Truncate(time.Second)) {
		t.Errorf("the person is told %+v, %v", c, err)
	}
	if answered, err := book.AnswerComplaint(ctx, complaint.ID, "k", "Du har rätt.", w.clock.Now()); err != nil || !answered {
		t.Fatal(answered, err)
	}
	w.clock.Advance(24 * time.Hour)
	round()
	if c, err := at.Complaint(ctx, complaint.ID); err != nil || c.Answer != "Du har rätt." || c.TakenName != "Karin Holm" {
		t.Errorf("the person reads %+v, %v", c, err)
	}
	if heard, err := book.Answer(ctx, answer.ID); err != nil || heard == nil || heard.Month != "2026-06" || !heard.Low() {
		t.Errorf("heard was %+v, %v", heard, err)
	}
	if task, err := book.Task(ctx, casebook.TaskID(casebook.TaskAnswer, answer.ID)); err != nil || task == nil {
		t.Errorf("nobody is to look at what somebody was not content with: %v", err)
	}
}

// contactTold has the desk try to reach the person, and gives the address of the
// questions of how it was.
func (w *world) contactTold(link *casework.Link, note ledger.NoteID, round func()) *url.URL {
	w.t.Helper()
	ctx, book := w.t.Context(), link.Desk.Book
	entry := casework.JournalEntry{
		ID: uuid.NewString(), Note: note, Kind: casework.JournalContact, At: w.clock.Now(), Staff: "Karin Holm", Phone: "+46850000010", Channel: "phone",
		Direction: "out", Number: "+46850000000", Code: "64S36D1N6R", Topic: casework.TopicPlan, Team: "Sundsvall", FollowUp: true,
		Why: map[ledger.Language]string{ledger.Swedish: "Passar planen?", ledger.English: "Does the plan suit you?"},
	}
	if err := link.Desk.Tell(ctx, entry); err != nil {
		w.t.Fatal(err)
	}
	round()
	if page := w.pageOf("/w/64S36-D1N6R"); !strings.Contains(page, "Karin Holm") || strings.Contains(page, string(note)) || strings.Contains(page, "planen?") {
		w.t.Error("the page of the contact's code does not say who it was, or says about what")
	}
	sending, err := book.SendingOf(ctx, entry.ID)
	if err != nil || sending.State != casebook.SendingWritten {
		w.t.Fatalf("the entry is %+v, %v", sending, err)
	}
	questions, err := url.Parse(sending.FollowUp)
	if err != nil || !strings.Contains(w.pageOf(questions.Path), `name="ideal"`) {
		w.t.Errorf("the questions are not at %q", sending.FollowUp)
	}
	return questions
}
