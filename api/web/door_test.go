package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

func TestInvitationMakesAPersonWhoIsSignedIn(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	path := w.invite(lender, store.ForBorrower)
	b := w.browser("anna")
	b.Get(path).Is(http.StatusOK).Says("You are invited", "Banken AB wants to show you a note.", "Make a passkey").Hides("anna@example.se", "+46701234567")
	after := b.accept(path)
	if to := after.Header.Get("Location"); to != "/me" {
		t.Errorf("it leads to %s", to)
	}
	b.Get("/me").Is(http.StatusOK).Says("Signed in as Anna Andersson")
	party := w.party(b.party)
	if party.Kind != ledger.Person || party.Name != "" || party.Org != inproc.Registrar || len(party.Keys) != 1 {
		t.Errorf("the ledger has %+v", party)
	}
	if key := party.Keys[0]; key.Passkey == nil || key.Passkey.RPID != "localhost" || key.Passkey.Origin != w.origin {
		t.Errorf("the key is %+v", key)
	}
	if strings.Contains(w.log.String(), strings.TrimPrefix(path, "/i/")) || strings.Contains(w.log.String(), "Anna") {
		t.Error("the log holds the invitation's code, or the person's name")
	}
}

func TestInvitationShowsExactlyWhatIsSigned(t *testing.T) {
	w := newWorld(t)
	b := w.browser("anna")
	a := b.Ceremony(b.Get(w.invite(w.company("Banken AB", inproc.Lender), store.ForBorrower)))
	a.Is(http.StatusOK).Says("You register as a party with these keys.", `"op":"party.register"`, `"rp_id":"localhost"`)
}

func TestInvitationIsUsedOnce(t *testing.T) {
	w := newWorld(t)
	path := w.invite(w.company("Banken AB", inproc.Lender), store.ForBorrower)
	w.browser("anna").accept(path)
	for _, b := range []*browser{w.browser("anna"), w.browser("eve")} {
		b.Get(path).Is(http.StatusNotFound).Says("This invitation cannot be used")
		b.Ask(http.MethodPost, path+"/key", url.Values{"credential": {"{}"}}).Is(http.StatusNotFound)
	}
}

// TestOfTwoWhoUseAnInvitationOneGetsIn: both have made a passkey before either signs.
func TestOfTwoWhoUseAnInvitationOneGetsIn(t *testing.T) {
	w := newWorld(t)
	path := w.invite(w.company("Banken AB", inproc.Lender), store.ForBorrower)
	anna, eve := w.browser("anna"), w.browser("eve")
	first, second := anna.Ceremony(anna.Get(path)), eve.Ceremony(eve.Get(path))
	anna.Ceremony(first).Is(http.StatusSeeOther)
	eve.Ceremony(second).Is(http.StatusNotFound)
	eve.Get("/me").Is(http.StatusSeeOther)
}

func TestInvitationThatCannotBeUsedSaysNothingOfWhy(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	used, old := w.invite(lender, store.ForBorrower), w.invite(lender, store.ForBorrower, func(i *store.Invitation) { i.Expires = w.Now().Add(time.Minute) })
	w.browser("anna").accept(used)
	w.pass(2 * time.Minute)
	unknown := w.browser("eve").Get("/i/0000-0000-0000-0000").Is(http.StatusNotFound)
	for _, path := range []string{used, old, "/i/nothing"} {
		if a := w.browser("eve").Get(path).Is(http.StatusNotFound); a.Body != unknown.Body {
			t.Errorf("%s is answered with\n%s\nwant\n%s", path, a.Body, unknown.Body)
		}
	}
}

func TestCreationOfOneInvitationCountsForNoOther(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	one, other := w.invite(lender, store.ForBorrower), w.invite(lender, store.ForBorrower)
	b := w.browser("anna")
	a := b.Get(one)
	credential, err := b.Device.Create([]byte(a.Passkey("data-options")))
	if err != nil {
		t.Fatal(err)
	}
	form := a.Form(one + "/key")
	form.Set("credential", string(credential))
	b.Ask(http.MethodPost, other+"/key", form).Is(http.StatusUnprocessableEntity).Says("It took too long.")
	b.Ask(http.MethodPost, one+"/key", form).Is(http.StatusUnprocessableEntity) // the challenge is spent
}

func TestPersonWhoIsAPartyAlreadyTakesAnInvitationAsThemselves(t *testing.T) {
	w := newWorld(t)
	lender, other := w.company("Banken AB", inproc.Lender), w.company("Kassan AB", inproc.Collector)
	b := w.join("anna", lender)
	path := w.invite(other, store.ForBorrower)
	a := b.Get(path).Is(http.StatusOK).Says("Kassan AB", "You are signed in as Anna Andersson.")
	b.Send(a, path+"/join", nil).Is(http.StatusSeeOther)
	i, _, err := w.store.Invitations(t.Context(), other.ID, 0, 1)
	if err != nil || len(i) != 1 || i[0].Party != b.party {
		t.Errorf("the invitation is %+v, %v", i, err)
	}
	b.Get(path).Is(http.StatusNotFound)
}

// TestKeyForLostOnesWaits: an invitation for recovery gives a key to the desk and
// signs nobody in.
func TestKeyForLostOnesWaits(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna := w.join("anna", lender)
	path := w.invite(lender, store.ForRecovery, func(i *store.Invitation) { i.For = anna.party })
	b := w.browser("new phone")
	b.Ceremony(b.Get(path).Is(http.StatusOK).Says("Make a new passkey")).Is(http.StatusOK).Says("The new passkey is made.", "Nobody can shorten it.")
	i, _, err := w.store.Invitations(t.Context(), lender.ID, 0, 1)
	if err != nil || len(i) != 1 || i[0].Key == nil || i[0].Party != anna.party {
		t.Fatalf("the invitation is %+v, %v", i, err)
	}
	b.Get("/me").Is(http.StatusSeeOther)
	b.Ceremony(b.Get("/signin")).Is(http.StatusOK).Says("It does not count yet.") // the key is not on the ledger
	b.Get("/me").Is(http.StatusSeeOther)
}

func TestPasskeySignsItsPersonInAndOut(t *testing.T) {
	w := newWorld(t)
	b := w.join("anna", w.company("Banken AB", inproc.Lender))
	b.Send(b.Get("/me"), "/signout", nil).Is(http.StatusSeeOther)
	away := b.Get("/me").Is(http.StatusSeeOther)
	if to := away.Header.Get("Location"); to != "/signin?next=%2Fme" {
		t.Fatalf("who is not signed in is sent to %s", to)
	}
	after := b.Ceremony(b.Follow(away).Is(http.StatusOK)).Is(http.StatusSeeOther)
	if to := after.Header.Get("Location"); to != "/me" {
		t.Errorf("signed in it leads to %s", to)
	}
	b.Get("/me").Is(http.StatusOK)
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	w := newWorld(t)
	b := w.join("anna", w.company("Banken AB", inproc.Lender))
	for next, want := range map[string]string{
		"https://evil.example": "/me", "//evil.example": "/me", `/\evil.example`: "/me", "/me/keys": "/me/keys", "/\t/evil.example": "/me", "": "/me",
	} {
		b.Send(b.Get("/me"), "/signout", nil)
		a := b.Ceremony(b.Get("/signin?next=" + url.QueryEscape(next))).Is(http.StatusSeeOther)
		if to := a.Header.Get("Location"); to != want {
			t.Errorf("%q leads to %s, want %s", next, to, want)
		}
	}
}

func TestPasskeyThatOpensNothingIsToldNoMore(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna, eve := w.join("anna", lender), w.browser("eve")
	if _, err := eve.Device.Create([]byte(`{"rp":{"id":"localhost"},"user":{"id":"AAAA"},"pubKeyCredParams":[{"type":"public-key","alg":-7}],"challenge":"AAAA"}`)); err != nil {
		t.Fatal(err)
	}
	unknown := eve.Ceremony(eve.Get("/signin")).Is(http.StatusForbidden).Says("That passkey belongs to nobody here")
	// Its own passkey, with a signature over another challenge.
	a := anna.Get("/help")
	old := anna.Send(a, "/signout", nil)
	old.Is(http.StatusSeeOther)
	first, second := anna.Get("/signin"), anna.Get("/signin")
	credential, err := anna.Device.Get([]byte(first.Passkey("data-options")))
	if err != nil {
		t.Fatal(err)
	}
	wrong := anna.Send(second, "/signin", url.Values{"credential": {string(credential)}}).Is(http.StatusForbidden)
	if wrong.Text() != unknown.Text() {
		t.Errorf("a wrong signature is answered with\n%s\nan unknown passkey with\n%s", wrong.Text(), unknown.Text())
	}
	// Each challenge is taken once, and not for long.
	anna.Send(second, "/signin", url.Values{"credential": {string(credential)}}).Is(http.StatusUnprocessableEntity).Says("It took too long.")
	w.pass(store.ChallengeLife + time.Second)
	anna.Send(first, "/signin", url.Values{"credential": {string(credential)}}).Is(http.StatusUnprocessableEntity)
	anna.Send(anna.Get("/signin"), "/signin", nil).Is(http.StatusUnprocessableEntity).Says("Passkeys need JavaScript")
}

func TestKeyThatIsTakenAwayOpensNothingAtOnce(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	b := w.join("anna", lender)
	b.Get("/me").Is(http.StatusOK)
	w.must(b.signer(), w.draft(b.signer(), ledger.OpPartyRevoke, string(b.party), ledger.ReasonBody{}))
	b.Get("/me").Is(http.StatusSeeOther)
	b.Ceremony(b.Get("/signin")).Is(http.StatusForbidden)
}

func TestSessionEndsByItself(t *testing.T) {
	w := newWorld(t)
	b := w.join("anna", w.company("Banken AB", inproc.Lender))
	w.pass(store.SessionIdle - time.Minute)
	b.Get("/me").Is(http.StatusOK) // and it is seen again
	w.pass(store.SessionIdle - time.Minute)
	b.Get("/me").Is(http.StatusOK)
	w.pass(store.SessionIdle + time.Minute)
	b.Get("/me").Is(http.StatusSeeOther)
}
