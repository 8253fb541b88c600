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
	b.get(path).is(http.StatusOK).says("You are invited", "Banken AB wants to show you a note.", "Make a passkey").hides("anna@example.se", "+46701234567")
	after := b.accept(path)
	if to := after.header.Get("Location"); to != "/me" {
		t.Errorf("it leads to %s", to)
	}
	b.get("/me").is(http.StatusOK).says("Signed in as Anna Andersson")
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
	a := b.ceremony(b.get(w.invite(w.company("Banken AB", inproc.Lender), store.ForBorrower)))
	a.is(http.StatusOK).says("You register as a party with these keys.", `"op":"party.register"`, `"rp_id":"localhost"`)
}

func TestInvitationIsUsedOnce(t *testing.T) {
	w := newWorld(t)
	path := w.invite(w.company("Banken AB", inproc.Lender), store.ForBorrower)
	w.browser("anna").accept(path)
	for _, b := range []*browser{w.browser("anna"), w.browser("eve")} {
		b.get(path).is(http.StatusNotFound).says("This invitation cannot be used")
		b.ask(http.MethodPost, path+"/key", url.Values{"credential": {"{}"}}).is(http.StatusNotFound)
	}
}

// TestOfTwoWhoUseAnInvitationOneGetsIn: both have made a passkey before either signs.
func TestOfTwoWhoUseAnInvitationOneGetsIn(t *testing.T) {
	w := newWorld(t)
	path := w.invite(w.company("Banken AB", inproc.Lender), store.ForBorrower)
	anna, eve := w.browser("anna"), w.browser("eve")
	first, second := anna.ceremony(anna.get(path)), eve.ceremony(eve.get(path))
	anna.ceremony(first).is(http.StatusSeeOther)
	eve.ceremony(second).is(http.StatusNotFound)
	eve.get("/me").is(http.StatusSeeOther)
}

func TestInvitationThatCannotBeUsedSaysNothingOfWhy(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	used, old := w.invite(lender, store.ForBorrower), w.invite(lender, store.ForBorrower, func(i *store.Invitation) { i.Expires = w.Now().Add(time.Minute) })
	w.browser("anna").accept(used)
	w.pass(2 * time.Minute)
	unknown := w.browser("eve").get("/i/0000-0000-0000-0000").is(http.StatusNotFound)
	for _, path := range []string{used, old, "/i/nothing"} {
		if a := w.browser("eve").get(path).is(http.StatusNotFound); a.body != unknown.body {
			t.Errorf("%s is answered with\n%s\nwant\n%s", path, a.body, unknown.body)
		}
	}
}

func TestCreationOfOneInvitationCountsForNoOther(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	one, other := w.invite(lender, store.ForBorrower), w.invite(lender, store.ForBorrower)
	b := w.browser("anna")
	a := b.get(one)
	credential, err := b.device.Create([]byte(a.passkey("data-options")))
	if err != nil {
		t.Fatal(err)
	}
	form := a.form(one + "/key").values
	form.Set("credential", string(credential))
	b.ask(http.MethodPost, other+"/key", form).is(http.StatusUnprocessableEntity).says("It took too long.")
	b.ask(http.MethodPost, one+"/key", form).is(http.StatusUnprocessableEntity) // the challenge is spent
}

func TestPersonWhoIsAPartyAlreadyTakesAnInvitationAsThemselves(t *testing.T) {
	w := newWorld(t)
	lender, other := w.company("Banken AB", inproc.Lender), w.company("Kassan AB", inproc.Collector)
	b := w.join("anna", lender)
	path := w.invite(other, store.ForBorrower)
	a := b.get(path).is(http.StatusOK).says("Kassan AB", "You are signed in as Anna Andersson.")
	b.send(a, path+"/join", nil).is(http.StatusSeeOther)
	i, _, err := w.store.Invitations(t.Context(), other.ID, 0, 1)
	if err != nil || len(i) != 1 || i[0].Party != b.party {
		t.Errorf("the invitation is %+v, %v", i, err)
	}
	b.get(path).is(http.StatusNotFound)
}

// TestKeyForLostOnesWaits: an invitation for recovery gives a key to the desk and
// signs nobody in.
func TestKeyForLostOnesWaits(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna := w.join("anna", lender)
	path := w.invite(lender, store.ForRecovery, func(i *store.Invitation) { i.For = anna.party })
	b := w.browser("new phone")
	b.ceremony(b.get(path).is(http.StatusOK).says("Make a new passkey")).is(http.StatusOK).says("The new passkey is made.", "Nobody can shorten it.")
	i, _, err := w.store.Invitations(t.Context(), lender.ID, 0, 1)
	if err != nil || len(i) != 1 || i[0].Key == nil || i[0].Party != anna.party {
		t.Fatalf("the invitation is %+v, %v", i, err)
	}
	b.get("/me").is(http.StatusSeeOther)
	b.ceremony(b.get("/signin")).is(http.StatusOK).says("It does not count yet.") // the key is not on the ledger
	b.get("/me").is(http.StatusSeeOther)
}

func TestPasskeySignsItsPersonInAndOut(t *testing.T) {
	w := newWorld(t)
	b := w.join("anna", w.company("Banken AB", inproc.Lender))
	b.send(b.get("/me"), "/signout", nil).is(http.StatusSeeOther)
	away := b.get("/me").is(http.StatusSeeOther)
	if to := away.header.Get("Location"); to != "/signin?next=%2Fme" {
		t.Fatalf("who is not signed in is sent to %s", to)
	}
	after := b.ceremony(b.follow(away).is(http.StatusOK)).is(http.StatusSeeOther)
	if to := after.header.Get("Location"); to != "/me" {
		t.Errorf("signed in it leads to %s", to)
	}
	b.get("/me").is(http.StatusOK)
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	w := newWorld(t)
	b := w.join("anna", w.company("Banken AB", inproc.Lender))
	for next, want := range map[string]string{
		"https://evil.example": "/me", "//evil.example": "/me", `/\evil.example`: "/me", "/me/keys": "/me/keys", "/\t/evil.example": "/me", "": "/me",
	} {
		b.send(b.get("/me"), "/signout", nil)
		a := b.ceremony(b.get("/signin?next=" + url.QueryEscape(next))).is(http.StatusSeeOther)
		if to := a.header.Get("Location"); to != want {
			t.Errorf("%q leads to %s, want %s", next, to, want)
		}
	}
}

func TestPasskeyThatOpensNothingIsToldNoMore(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna, eve := w.join("anna", lender), w.browser("eve")
	if _, err := eve.device.Create([]byte(`{"rp":{"id":"localhost"},"user":{"id":"AAAA"},"pubKeyCredParams":[{"type":"public-key","alg":-7}],"challenge":"AAAA"}`)); err != nil {
		t.Fatal(err)
	}
	unknown := eve.ceremony(eve.get("/signin")).is(http.StatusForbidden).says("That passkey belongs to nobody here")
	// Its own passkey, with a signature over another challenge.
	a := anna.get("/help")
	old := anna.send(a, "/signout", nil)
	old.is(http.StatusSeeOther)
	first, second := anna.get("/signin"), anna.get("/signin")
	credential, err := anna.device.Get([]byte(first.passkey("data-options")))
	if err != nil {
		t.Fatal(err)
	}
	wrong := anna.send(second, "/signin", url.Values{"credential": {string(credential)}}).is(http.StatusForbidden)
	if wrong.text() != unknown.text() {
		t.Errorf("a wrong signature is answered with\n%s\nan unknown passkey with\n%s", wrong.text(), unknown.text())
	}
	// Each challenge is taken once, and not for long.
	anna.send(second, "/signin", url.Values{"credential": {string(credential)}}).is(http.StatusUnprocessableEntity).says("It took too long.")
	w.pass(store.ChallengeLife + time.Second)
	anna.send(first, "/signin", url.Values{"credential": {string(credential)}}).is(http.StatusUnprocessableEntity)
	anna.send(anna.get("/signin"), "/signin", nil).is(http.StatusUnprocessableEntity).says("Passkeys need JavaScript")
}

func TestKeyThatIsTakenAwayOpensNothingAtOnce(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	b := w.join("anna", lender)
	b.get("/me").is(http.StatusOK)
	w.must(b.signer(), w.draft(b.signer(), ledger.OpPartyRevoke, string(b.party), ledger.ReasonBody{}))
	b.get("/me").is(http.StatusSeeOther)
	b.ceremony(b.get("/signin")).is(http.StatusForbidden)
}

func TestSessionEndsByItself(t *testing.T) {
	w := newWorld(t)
	b := w.join("anna", w.company("Banken AB", inproc.Lender))
	w.pass(store.SessionIdle - time.Minute)
	b.get("/me").is(http.StatusOK) // and it is seen again
	w.pass(store.SessionIdle - time.Minute)
	b.get("/me").is(http.StatusOK)
	w.pass(store.SessionIdle + time.Minute)
	b.get("/me").is(http.StatusSeeOther)
}
