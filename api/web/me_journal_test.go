package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// decided has a rule of a company decide something about a note.
func (w *world) decided(by *company, note ledger.NoteID) *store.Writing {
	return w.wrote(by, note, store.JournalDecision, func(e *store.Writing) {
		e.Staff, e.Rule, e.Facts = "", "reminder@3", map[string]string{"days": "12"}
		e.Outcome = map[ledger.Language]string{ledger.English: "A reminder was sent."}
		e.Why = map[ledger.Language]string{ledger.English: "The payment <b>of May</b> is late."}
	})
}

func TestBorrowerReadsWhatCompaniesDid(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna := w.join("anna", lender)
	id := w.issue(lender, anna)
	w.called(lender, id)
	w.decided(lender, id)
	w.wrote(lender, id, store.JournalReading)
	w.wrote(lender, id, store.JournalOverride, func(e *store.Writing) {
		e.Rule, e.Why = "fee@1", map[ledger.Language]string{ledger.Swedish: "Avgiften är borttagen."}
	})
	w.wrote(lender, id, store.JournalReading, func(e *store.Writing) { e.Party, e.Staff = lender.ID, "Another's" })
	note := anna.Get(pathTo(id)).Is(http.StatusOK).Says("What has happened", "Karin Holm at Banken AB tried to reach you: telephone. It was about how a debt can be paid.",
		"A rule at Banken AB decided this automatically.", "A reminder was sent.", "The payment <b>of May</b> is late.", "Rule: reminder@3", "days", "12",
		"Karin Holm at Banken AB changed an automatic decision.", "Avgiften är borttagen.", "Karin Holm at Banken AB looked at your data.",
	).Hides("Another's")
	if !strings.Contains(note.Body, "&lt;b&gt;of May") {
		t.Error("what somebody wrote is mark-up")
	}
	for kind, want := range map[string]string{
		"contact": "AB tried to reach you", "decision": "AB decided this", "override": "AB changed an", "reading": "AB looked at", "letter": "Nothing of the kind",
	} {
		a := anna.Get(pathTo(id) + "/journal?kind=" + kind).Is(http.StatusOK).Says(want)
		for _, other := range []string{"AB tried", "AB decided", "AB changed", "AB looked"} {
			if !strings.Contains(want, other) {
				a.Hides(other)
			}
		}
	}
	anna.Get(pathTo(id) + "/journal?kind=<script>&before=0").Is(http.StatusOK).Hides("<script>&")
	anna.Get(pathTo(id) + "/journal?before=x").Is(http.StatusNotFound)
	w.join("eve", lender).Get(pathTo(id) + "/journal").Is(http.StatusNotFound)
	w.stranger().Get(pathTo(id) + "/journal").Is(http.StatusSeeOther)
}

func TestLongJournalGoesOn(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna := w.join("anna", lender)
	id := w.issue(lender, anna)
	for range 30 {
		w.wrote(lender, id, store.JournalReading)
	}
	count := func(a *sitetest.Answer) int {
		return strings.Count(a.Is(http.StatusOK).Text(), "AB looked at your data.")
	}
	if n := count(anna.Get(pathTo(id)).Says("Show all that has happened")); n != 5 {
		t.Errorf("the note's page has %d", n)
	}
	first := anna.Get(pathTo(id) + "/journal")
	if n := count(first); n != 25 {
		t.Errorf("the first page has %d", n)
	}
	for _, link := range first.Links() {
		if strings.Contains(link, "before=") {
			if n := count(anna.Get(link).Hides("Older")); n != 5 {
				t.Errorf("the next page has %d", n)
			}
			return
		}
	}
	t.Error("there is no way to the next page")
}

func TestComplaintHasANumberADayAndAnAnswer(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna := w.join("anna", lender)
	id := w.issue(lender, anna)
	path := pathTo(id) + "/complaint"
	form := anna.Get(path).Is(http.StatusOK).Says("I want to complain", "It is free", "within 14 days", "2023:714")
	anna.Send(form, path, url.Values{"words": {" "}}).Is(http.StatusUnprocessableEntity)
	done := anna.Follow(anna.Send(form, path, url.Values{"words": {"Ingen ringde."}}).Is(http.StatusSeeOther))
	all, err := w.store.ComplaintsOf(t.Context(), id, anna.party)
	if err != nil || len(all) != 1 || all[0].Review() {
		t.Fatalf("kept are %+v, %v", all, err)
	}
	done.Says("registered with the number "+all[0].Number.String(), "Banken AB answers by 29 June 2026", "Ingen ringde.")
	if taken, err := w.store.TakeComplaint(t.Context(), all[0].ID, lender.ID, "Karin Holm"); err != nil || !taken {
		t.Fatal(taken, err)
	}
	anna.Get(pathTo(id)).Says("Karin Holm at Banken AB looks at it. You get an answer by 29 June 2026")
	if answered, err := w.store.AnswerComplaint(t.Context(), all[0].ID, lender.ID, "Karin Holm", "Du har <i>rätt</i>.", w.Now()); err != nil || !answered {
		t.Fatal(answered, err)
	}
	anna.Get(pathTo(id)).Says("Karin Holm at Banken AB answered on 15 June 2026 at 14:00", "Du har <i>rätt</i>.")
	for range store.MaxComplaints {
		anna.Send(form, path, url.Values{"words": {"Mer."}}).Is(http.StatusSeeOther)
	}
	anna.Send(form, path, url.Values{"words": {"Ännu mer."}}).Is(http.StatusUnprocessableEntity).Says("Five complaints wait for an answer already")
	w.join("eve", lender).Get(path).Is(http.StatusNotFound)
}

func TestAutomaticDecisionIsLookedAtByAPerson(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna := w.join("anna", lender)
	id := w.issue(lender, anna)
	e, reading := w.decided(lender, id), w.wrote(lender, id, store.JournalReading)
	about := func(e *store.Writing) string {
		return pathTo(id) + "/complaint?company=" + string(e.By) + "&entry=" + e.ID
	}
	form := anna.Get(about(e)).Is(http.StatusOK).Says("A person is to look at it again", "A reminder was sent.", "What is wrong with the decision?")
	done := anna.Follow(anna.Send(form, pathTo(id)+"/complaint", url.Values{"words": {"Jag har betalat."}}).Is(http.StatusSeeOther))
	all, err := w.store.ComplaintsOf(t.Context(), id, anna.party)
	if err != nil || len(all) != 1 || all[0].Entry != e.ID || all[0].EntryBy != lender.ID {
		t.Fatalf("kept are %+v, %v", all, err)
	}
	done.Says("Request " + all[0].Number.String() + " that a person looks again")
	anna.Get(about(reading)).Is(http.StatusNotFound)
	anna.Get(about(e) + "0").Is(http.StatusNotFound)
	other := w.issue(lender, anna)
	anna.Get(pathTo(other) + "/complaint?company=" + string(e.By) + "&entry=" + e.ID).Is(http.StatusNotFound)
}

func TestBorrowerIsToldWhoCallsAndByWhen(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna := w.join("anna", lender)
	id := w.issue(lender, anna)
	path := w.path(id) + "/call"
	anna.Send(anna.Get(path), path, url.Values{"number": {"0701234567"}, "when": {"soon"}}).Is(http.StatusOK)
	anna.Get(pathTo(id)).Says("You are called by 16 June 2026 at 12:00") // four hours of work are not left today
	wishes, err := w.store.CallbacksOf(t.Context(), id)
	if err != nil || len(wishes) != 1 {
		t.Fatal(wishes, err)
	}
	taking := store.Taking{By: lender.ID, Name: "Karin Holm", Promised: w.Now().Add(10 * time.Minute)}
	if taken, err := w.store.TakeCallback(t.Context(), wishes[0].ID, taking, w.Now()); err != nil || !taken {
		t.Fatal(taken, err)
	}
	anna.Get(pathTo(id)).Says("Karin Holm at Banken AB calls you by 15 June 2026 at 14:10")
	w.pass(11 * time.Minute)
	anna.Get(pathTo(id)).Says("Somebody was to call you by 15 June 2026 at 14:10", "We are sorry.")
	if ended, err := w.store.EndCallback(t.Context(), wishes[0].ID, lender.ID, "Talked.", w.Now()); err != nil || !ended {
		t.Fatal(ended, err)
	}
	anna.Get(pathTo(id)).Hides("We are sorry")
}

func pathTo(id ledger.NoteID) string { return "/me/notes/" + string(id) }
