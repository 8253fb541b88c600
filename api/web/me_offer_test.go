package web_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// notePage is the address of a note's page after sign-in.
func notePage(id ledger.NoteID) string { return "/me/notes/" + string(id) }

// sign goes on from a form's redirect to the page that shows what is signed, signs it
// with the passkey, and follows to the page that comes after it.
func (b *browser) sign(a *answer) *answer {
	b.w.Helper()
	page := b.follow(a.is(http.StatusSeeOther)).is(http.StatusOK)
	if !strings.HasPrefix(page.from, "/me/sign/") {
		b.w.Fatalf("the form leads to %s", page.from)
	}
	return b.follow(b.ceremony(page).is(http.StatusSeeOther))
}

func TestOfferIsReadSignedAndBecomesADebt(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Nordlån AB", inproc.Lender)
	anna := w.join("anna", lender)
	id := w.offer(lender, anna.party)

	anna.get("/me").is(http.StatusOK).says("Waiting for your answer", "Note from Nordlån AB")
	anna.get(notePage(id)).is(http.StatusOK).says("Waiting for your signature")
	offer := anna.get(notePage(id)+"/offer").is(http.StatusOK).says(
		"You borrow SEK 12,000.00 and pay back", "each month", "There are 12 payments", "If you pay late", "Sign with passkey", "No, thank you", "K-77")
	done := anna.sign(anna.send(offer, notePage(id)+"/offer", url.Values{"answer": {"accept"}}))
	done.is(http.StatusOK).says("Done. You have signed.", "Running as agreed", "SEK 12,000.00")
	if got := w.note(id).Status; got != ledger.StatusActive {
		t.Errorf("the note is %s", got)
	}
}

func TestOfferIsDeclinedAsEasilyAsItIsSigned(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Nordlån AB", inproc.Lender)
	anna := w.join("anna", lender)
	id := w.offer(lender, anna.party)
	offer := anna.get(notePage(id) + "/offer").is(http.StatusOK)
	anna.sign(anna.send(offer, notePage(id)+"/offer", url.Values{"answer": {"decline"}})).is(http.StatusOK).says("You have said no", "You owe nothing")
	if got := w.note(id).Status; got != ledger.StatusVoid {
		t.Errorf("the note is %s", got)
	}
}

// signIn signs the person in with their passkey.
func (b *browser) signIn() *answer {
	b.w.Helper()
	return b.ceremony(b.get("/signin").is(http.StatusOK)).is(http.StatusSeeOther)
}

// forget takes the session away from the browser, as another one would have none.
func (b *browser) forget() {
	b.w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.w.Fatal(err)
	}
	b.client.Jar = jar
}

// plain writes a text as answer.text gives it, with spaces that may break.
func plain(text string) string { return strings.ReplaceAll(text, "\u00a0", " ") }
