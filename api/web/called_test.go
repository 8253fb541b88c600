package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// contactCode is the code of the contacts of these tests.
const contactCode = code.Contact("64S36D1N6R")

// wrote has a company write something into the journal about a note.
func (w *world) wrote(by *company, note ledger.NoteID, kind store.JournalKind, change ...func(*store.Writing)) *store.Writing {
	w.Helper()
	e := &store.Writing{JournalEntry: store.JournalEntry{
		By: by.ID, ID: uuid.NewString(), Note: note, Kind: kind, At: w.Now(), Received: w.Now(), JournalDetails: store.JournalDetails{Staff: "Karin Holm"},
	}}
	for _, c := range change {
		c(e)
	}
	kept, err := w.store.AddJournal(w.Context(), []store.Writing{*e})
	if err != nil || !kept[0] {
		w.Fatal(kept, err)
	}
	return e
}

// called has a company call about a note.
func (w *world) called(by *company, note ledger.NoteID, change ...func(*store.Writing)) *store.Writing {
	return w.wrote(by, note, store.JournalContact, append([]func(*store.Writing){func(e *store.Writing) {
		e.Code, e.Number, e.Channel, e.Direction, e.Topic = contactCode, "+46850000099", "phone", "out", "plan"
		e.Phone, e.Hours, e.Team = "+46850000010", "8–12", "Sundsvall"
		e.Why = map[ledger.Language]string{ledger.English: "We want to hear whether the plan still suits you.", ledger.Swedish: "Vi vill höra om planen passar."}
	}}, change...)...)
}

// asksWho types a code or a number.
func (b *browser) asksWho(typed string) *sitetest.Answer {
	a := b.Send(b.Get("/who-called").Is(http.StatusOK), "/who-called", url.Values{"what": {typed}})
	if a.Status == http.StatusSeeOther {
		a = b.Follow(a)
	}
	return a
}

func TestCodeSaysWhoCalledAndToNobodyElseAboutWhat(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna, eve := w.join("anna", lender), w.join("eve", lender)
	id := w.issue(lender, anna)
	w.called(lender, id)
	for _, typed := range []string{"64S36-D1N6R", "64s36d1n6r"} {
		for _, b := range []*browser{w.stranger(), eve} {
			b.asksWho(typed).Is(http.StatusOK).
				Says("Karin Holm at Banken AB called on 15 June 2026 at 14:00", "It was about how a debt can be paid.", "Reaches the same person", "+46850000010", "8–12", "Call me back").
				Hides(string(id), w.codes.Of(id).String(), "whether the plan still suits", "To the note")
		}
		anna.asksWho(typed).Is(http.StatusOK).Says("whether the plan still suits you", "To the note")
	}
	if strings.Contains(w.log.String(), "64S36") {
		t.Error("the log holds the code")
	}
}

func TestWhoMissedACallIsCalledBackWithoutSayingAboutWhat(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	id := w.issue(lender, w.join("anna", lender))
	w.called(lender, id)
	b := w.stranger()
	const path = "/w/64S36-D1N6R/call"
	b.Send(b.Get(path).Is(http.StatusOK).Says("Karin Holm"), path, url.Values{"number": {"070-123 45 67"}, "when": {"morning"}}).
		Is(http.StatusOK).Says("By 16 June 2026 at 12:00").Hides(string(id), w.codes.Of(id).String())
	wishes, err := w.store.CallbacksOf(t.Context(), id)
	if err != nil || len(wishes) != 1 || wishes[0].Party != "" {
		t.Errorf("kept are %+v, %v", wishes, err)
	}
}

func TestNumberSaysWhichCompanyCalls(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna, eve := w.join("anna", lender), w.join("eve", lender)
	id := w.issue(lender, anna)
	w.called(lender, id)
	for _, typed := range []string{"+46 8 500 000 99", "08-500 000 99", "0046850000099"} {
		for _, b := range []*browser{w.stranger(), eve} {
			b.asksWho(typed).Is(http.StatusOK).Says("Banken AB calls from this number", "Eva Ek på Banken AB").
				Hides(string(id), "Karin Holm", "plan", "When they tried to reach you")
		}
		anna.asksWho(typed).Is(http.StatusOK).Says("When they tried to reach you", "Karin Holm", "whether the plan still suits you", "To the note")
	}
	w.stranger().asksWho("08-500 000 00").Is(http.StatusOK).Says("Banken AB answers on this number")
	w.pass(store.KnownNumber + time.Second)
	w.stranger().asksWho("08-500 000 99").Is(http.StatusOK).Says("We know nothing of it.")
}

func TestWhatNobodyKnowsIsSaidToBeUnknownAndCounted(t *testing.T) {
	w := newWorld(t)
	b := w.stranger()
	b.asksWho("64S36-D1N6R").Is(http.StatusNotFound).Says("We know nothing of it.", "Call us if you are in doubt")
	b.asksWho("070-000 00 00").Is(http.StatusOK).Says("We know nothing of it.")
	for _, typed := range []string{"", "ring", "<script>alert(1)</script>", "64S36-D1N6RR-0", strings.Repeat("0", 50)} {
		b.asksWho(typed).Is(http.StatusUnprocessableEntity).Says("Type a code of ten characters or a telephone number.").Hides("<script>alert")
	}
	last := 0
	for range 40 {
		last = b.asksWho("070-000 00 00").Status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("guessing goes on: %d", last)
	}
}

func TestFollowUpIsAnsweredOnceAndApartFromWhoDid(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	id := w.issue(lender, w.join("anna", lender))
	e := w.called(lender, id, func(e *store.Writing) {
		e.FollowUp, e.JournalDetails.FollowUp = w.codes.OfFollowUp(e.By, e.ID), true
	})
	b, path := w.stranger(), "/s/"+e.FollowUp.String()
	form := b.Get(path).Is(http.StatusOK).Says("How was it?", "Banken AB", "15 June 2026", "apart from your data").Hides(string(id), "Anna")
	b.Send(form, path, url.Values{"overall": {"11"}, "expected": {"ja"}, "number": {"ring"}}).Is(http.StatusUnprocessableEntity).
		Says("4 things need to be put right", "Choose a number from 1 to 10.", "Write a telephone number")
	b.Send(form, path, url.Values{"overall": {"3"}, "expected": {"4"}, "ideal": {"2"}, "words": {"Ingen lyssnade."}, "number": {"070-123 45 67"}}).
		Is(http.StatusOK).Says("Thank you!", "You are called by 16 June 2026 at 12:00")
	b.Send(form, path, url.Values{"overall": {"9"}, "expected": {"9"}, "ideal": {"9"}}).Is(http.StatusNotFound).Says("There is nothing to answer here")
	b.Get(path).Is(http.StatusNotFound)
	b.Get("/s/0000-0000-0000-0000").Is(http.StatusNotFound).Says("There is nothing to answer here")
	// A team is named from five answers on: with fewer it could tell whose they are.
	answers, _, err := w.store.Answers(t.Context(), store.AnswersQuery{By: lender.ID, Before: w.today().AddDays(1), Limit: 9})
	if err != nil || len(answers) != 1 || answers[0].Scores != (store.Scores{Overall: 3, Expected: 4, Ideal: 2}) || answers[0].Words != "Ingen lyssnade." ||
		answers[0].Team != "" || answers[0].Topic != "plan" {
		t.Errorf("kept are %+v, %v", answers, err)
	}
	if wishes, err := w.store.CallbacksOf(t.Context(), id); err != nil || len(wishes) != 1 || wishes[0].Words != "" {
		t.Errorf("to be called are %+v, %v", wishes, err)
	}
	late := w.called(lender, id, func(e *store.Writing) { e.FollowUp = w.codes.OfFollowUp(e.By, e.ID) })
	w.pass(store.FollowUpLife)
	b.Get("/s/" + late.FollowUp.String()).Is(http.StatusNotFound)
}
