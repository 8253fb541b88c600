package web_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// notePage is the address of a note's page after sign-in.
func notePage(id ledger.NoteID) string { return "/me/notes/" + string(id) }

// sign goes on from a form's redirect to the page that shows what is signed, signs it
// with the passkey, and follows to the page that comes after it.
func (b *browser) sign(a *sitetest.Answer) *sitetest.Answer {
	b.T.Helper()
	page := b.Follow(a.Is(http.StatusSeeOther)).Is(http.StatusOK)
	if !strings.HasPrefix(page.From, "/me/sign/") {
		b.T.Fatalf("the form leads to %s", page.From)
	}
	return b.Follow(b.Ceremony(page).Is(http.StatusSeeOther))
}

func TestOfferIsReadSignedAndBecomesADebt(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Nordlån AB", inproc.Lender)
	anna := w.join("anna", lender)
	id := w.offer(lender, anna.party)

	anna.Get("/me").Is(http.StatusOK).Says("Waiting for your answer", "Note from Nordlån AB")
	anna.Get(notePage(id)).Is(http.StatusOK).Says("Waiting for your signature")
	offer := anna.Get(notePage(id)+"/offer").Is(http.StatusOK).Says(
		"You borrow SEK 12,000.00 and pay back", "each month", "There are 12 payments", "If you pay late", "Sign with passkey", "No, thank you", "K-77")
	done := anna.sign(anna.Send(offer, notePage(id)+"/offer", url.Values{"answer": {"accept"}}))
	done.Is(http.StatusOK).Says("Done. You have signed.", "Running as agreed", "SEK 12,000.00")
	if got := w.note(id).Status; got != ledger.StatusActive {
		t.Errorf("the note is %s", got)
	}
}

func TestOfferIsDeclinedAsEasilyAsItIsSigned(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Nordlån AB", inproc.Lender)
	anna := w.join("anna", lender)
	id := w.offer(lender, anna.party)
	offer := anna.Get(notePage(id) + "/offer").Is(http.StatusOK)
	anna.sign(anna.Send(offer, notePage(id)+"/offer", url.Values{"answer": {"decline"}})).Is(http.StatusOK).Says("You have said no", "You owe nothing")
	if got := w.note(id).Status; got != ledger.StatusVoid {
		t.Errorf("the note is %s", got)
	}
}

// signIn signs the person in with their passkey.
func (b *browser) signIn() *sitetest.Answer {
	b.T.Helper()
	return b.Ceremony(b.Get("/signin").Is(http.StatusOK)).Is(http.StatusSeeOther)
}

// forget takes the session away from the browser, as another one would have none.
func (b *browser) forget() {
	b.T.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.T.Fatal(err)
	}
	b.Client.Jar = jar
}

// plain writes a text as answer.text gives it, with spaces that may break.
func plain(text string) string { return strings.ReplaceAll(text, "\u00a0", " ") }
