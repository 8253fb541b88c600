package desk_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/ledger"
)

// newLetters has a collector that can be reached, with a case whose borrower can.
func newLetters(t *testing.T) (*collecting, *casebook.Case) {
	t.Helper()
	w := newCollecting(t)
	w.desk.Letters.Link = func(context.Context, ledger.NoteID) (string, error) {
		return "https://registry.example/n/7K4M-2Q9X", nil
	}
	w.on(w.collector, ledger.OpPartyContact, string(w.collector.ID), 2, ledger.Contact{
		Human: "Karin Berg", Phone: "+4684567890", Hours: "8 to 18", Address: "Box 2", Licence: "FI 17", Account: "Bankgiro 123-4567",
	})
	c := w.given("Anna Åström", "LN-1")
	w.reached(c, "Storgatan 1")
	return w, c
}

// reached writes the borrower's address.
func (w *collecting) reached(c *casebook.Case, address string) {
	w.Helper()
	err := w.desk.Book.PutPerson(w.Context(), casebook.PersonOfCase{
		Note: c.Note, Party: w.borrower.ID, Name: "Anna Åström", Address: address, Language: ledger.English, Edited: w.Now(),
	})
	if err != nil {
		w.Fatal(err)
	}
}

// written are the letters of a case, the latest first.
func (w *collecting) written(c *casebook.Case) []casebook.Letter {
	w.Helper()
	all, _, err := w.desk.Book.Letters(w.Context(), casebook.LetterQuery{Note: c.Note, Limit: 50})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

func TestALetterIsLookedAtCheckedSentAndNotedAsArrived(t *testing.T) {
	t.Parallel()
	w, c := newLetters(t)
	eva := w.agent()
	form := path(c.Number) + "/letter"
	eva.Get(path(c.Number)).Is(http.StatusOK).Says("Send a letter")
	fields := url.Values{"letter": {"demand"}, "channel": {"surest"}, "pay_by": {"2026-07-01"}, "do": {"preview"}}
	shown := eva.Send(eva.Get(form), form, fields).Is(http.StatusOK)
	shown.Says("Demand for payment", "Anna Åström", "Storgatan 1", "Karin Berg", "Goes by: Letter").Hides("cannot be sent")
	if len(w.written(c)) != 0 {
		t.Error("looking at a letter sends it")
	}
	fields.Set("do", "send")
	check := eva.Follow(eva.Send(shown, form, fields)).Is(http.StatusOK).Says("A letter is sent: Demand.", "1 July 2026")
	eva.Follow(eva.Send(check, check.From, nil)).Is(http.StatusOK).Says("Done: Send a letter")
	all := w.written(c)
	if len(all) != 1 || all[0].State != casebook.LetterMade {
		t.Fatalf("there are %d letters", len(all))
	}
	at := "/desk/letters/" + all[0].ID
	one := eva.Get(at).Is(http.StatusOK).Says("Demand to Anna Åström", "To be sent", "1974:182 par. 5 p. 3", "Eva Ek", "What was checked")
	file := eva.Get(at + "/file").Is(http.StatusOK)
	if file.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(file.Body, "%PDF-") {
		t.Errorf("the file is %s", file.Header.Get("Content-Type"))
	}
	eva.Send(one, at+"/delivered", url.Values{"delivered": {"2026-06-01"}}).Is(http.StatusUnprocessableEntity).Says("Write a day from when the letter was written until today.")
	w.pass(72 * time.Hour)
	eva = w.again(eva, "later")
	check = eva.Follow(eva.Send(eva.Get(at), at+"/delivered", url.Values{"delivered": {"2026-06-17"}})).Is(http.StatusOK).Says("Limitation begins anew on that day")
	eva.Follow(eva.Send(check, check.From, nil)).Is(http.StatusOK).Says("Arrived", "17 June 2026")
	eva.Get("/desk/letters").Is(http.StatusOK).Says("Anna Åström", "Arrived on 17 June 2026")
	eva.Get(path(c.Number) + "?only=letter").Is(http.StatusOK).Says("Demand: Sent")
	eva.Send(eva.Get(at), at+"/correct", nil).Is(http.StatusUnprocessableEntity).Says("Write why.")
	check = eva.Follow(eva.Send(eva.Get(at), at+"/correct", url.Values{"reason": {"You had paid."}})).Is(http.StatusOK).Says("The letter counts no more.")
	eva.Follow(eva.Send(check, check.From, nil)).Is(http.StatusOK).Says("Counts no more")
	if all := w.written(c); len(all) != 2 || all[0].Kind != "correction" {
		t.Errorf("there are %d letters", len(all))
	}
}

// TestALetterThatLacksSomethingSaysWhatToDo, and the page sends it no more than the act.
func TestALetterThatLacksSomethingSaysWhatToDo(t *testing.T) {
	t.Parallel()
	w, c := newLetters(t)
	w.reached(c, "")
	eva := w.agent()
	form := path(c.Number) + "/letter"
	fields := url.Values{"letter": {"demand"}, "channel": {"letter"}, "pay_by": {"2026-06-20"}, "do": {"preview"}}
	eva.Send(eva.Get(form), form, fields).Is(http.StatusOK).
		Says("The letter cannot be sent yet.", "Write an address or email in the contact details", "Give more time: at least 10 days", "1974:182 par. 5 p. 5")
	fields.Set("do", "send")
	eva.Send(eva.Get(form), form, fields).Is(http.StatusUnprocessableEntity).Says("The letter cannot be sent yet.")
	eva.Send(eva.Get(form), form, url.Values{"do": {"send"}}).Is(http.StatusUnprocessableEntity).Says("Choose one")
	w.reached(c, "Storgatan 1")
	w.on(w.borrower, ledger.OpDisputeRaise, string(c.Note), w.note(c.Note).Seq+1, ledger.DisputeRaiseBody{Text: "It is not mine."})
	fields.Set("pay_by", "2026-07-10")
	eva.Send(eva.Get(form), form, fields).Is(http.StatusUnprocessableEntity).Says("Something stands against a demand just now.")
	if got := w.written(c); len(got) != 0 {
		t.Errorf("%d letters were sent", len(got))
	}
}

func TestEveryPageOfLettersIsSoundAndShutToWhomItIsNotFor(t *testing.T) {
	t.Parallel()
	w, c := newLetters(t)
	eva, auditor := w.agent(), w.staff("Aud", casework.Auditor)
	form := path(c.Number) + "/letter"
	shown := eva.Get(form)
	check := eva.Follow(eva.Send(shown, form, url.Values{"letter": {"answer"}, "channel": {"portal"}, "words": {"You are right."}, "do": {"send"}}))
	eva.Follow(eva.Send(check, check.From, nil)).Is(http.StatusOK)
	at := "/desk/letters/" + w.written(c)[0].ID
	for _, language := range []string{"sv", "da", "en"} {
		eva.Language = language
		for _, path := range []string{"/desk/letters", "/desk/letters?state=sent", at, form, path(c.Number)} {
			a := eva.Get(path).Is(http.StatusOK)
			for _, fault := range pagetest.Faults(a.Body) {
				t.Errorf("%s in %s: %s", path, language, fault)
			}
			if len(a.Body) > maxPage {
				t.Errorf("%s has %d bytes", path, len(a.Body))
			}
		}
		for _, fault := range pagetest.Faults(eva.Send(eva.Get(form), form, url.Values{"letter": {"demand"}, "channel": {"surest"}, "do": {"preview"}}).Body) {
			t.Errorf("the preview in %s: %s", language, fault)
		}
	}
	auditor.Get(at).Is(http.StatusOK).Says("You are right.").Hides("Has it arrived?")
	eva.Get("/desk/letters/nothing").Is(http.StatusNotFound)
	if strings.Contains(w.log.String(), "Åström") || strings.Contains(w.log.String(), "Storgatan") {
		t.Error("the log names a person")
	}
}
