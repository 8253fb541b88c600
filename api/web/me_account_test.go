package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

var invitationLink = regexp.MustCompile(`/i/[0-9A-Z-]{19}$`)

// codeOn gives the address of the invitation that a page shows.
func codeOn(a *answer) string {
	a.w.Helper()
	for _, link := range a.links() {
		if found := invitationLink.FindString(link); found != "" {
			return found
		}
	}
	a.w.Fatalf("%s shows no code:\n%s", a.from, a.text())
	return ""
}

func TestSecondPasskeyIsAddedHereAndTheFirstRemoved(t *testing.T) {
	d := newDebtor(t)
	d.anna.get("/me/keys").is(http.StatusOK).says("Passkey 1", "the one in use now").hides("/me/keys/remove")
	first := d.world.party(d.anna.party).Keys[0].ID

	d.pass(time.Minute)
	other := d.browser("new phone")
	other.client, other.party = d.anna.client, d.anna.party
	made := other.ceremony(other.get("/me/keys/new").is(http.StatusOK)).is(http.StatusSeeOther)
	keys := d.anna.sign(made).says("The new passkey is yours.", "Passkey 2")
	if got := d.world.party(d.anna.party).Keys; len(got) != 2 {
		t.Fatalf("the party has the keys %+v", got)
	}
	named := keys.form("/me/keys/name")
	named.values.Set("label", "Annas telefon")
	d.anna.follow(d.anna.ask(http.MethodPost, "/me/keys/name", named.values)).says("Annas telefon")

	fresh := d.browser("new phone")
	fresh.device, fresh.party = other.device, d.anna.party
	fresh.follow(fresh.signIn()).is(http.StatusOK)
	keys = fresh.get("/me/keys").says("Passkey 2 the one in use now")
	form := url.Values{"token": {keys.form("/signout").values.Get("token")}, "key": {first}}
	fresh.sign(fresh.ask(http.MethodPost, "/me/keys/remove", form)).says("The passkey is removed").hides("Annas telefon")
	if got := d.world.party(d.anna.party).Keys; len(got) != 1 || got[0].ID == first {
		t.Errorf("the party has the keys %+v", got)
	}
	d.anna.get("/me").is(http.StatusSeeOther) // whose session was that key's
	fresh.ask(http.MethodPost, "/me/keys/remove", form).is(http.StatusForbidden)
}

func TestDeviceElsewhereIsLetInBySigning(t *testing.T) {
	d := newDebtor(t)
	shown := d.anna.send(d.anna.get("/me/keys"), "/me/keys/invite", nil).is(http.StatusOK).says("Shown only now", "Open the link on the other device")
	path := codeOn(shown)

	laptop := d.browser("laptop")
	laptop.ceremony(laptop.get(path).is(http.StatusOK)).is(http.StatusOK)
	laptop.get(path).is(http.StatusNotFound) // a code is used once
	signin := laptop.ceremony(laptop.get("/signin"))
	signin.is(http.StatusForbidden) // not before it is let in

	waiting := d.anna.get("/me/keys").is(http.StatusOK).says("Another device is waiting", "Was it you?")
	d.anna.sign(d.anna.send(waiting, "/me/keys/device", nil)).says("The new passkey is yours.")
	laptop.party = d.anna.party
	laptop.follow(laptop.signIn()).is(http.StatusOK).says("Signed in as Anna Andersson")
	d.anna.get("/me/keys").hides("Another device is waiting")
}

func TestDeviceThatNobodyLetInSoonIsForgotten(t *testing.T) {
	d := newDebtor(t)
	shown := d.anna.send(d.anna.get("/me/keys"), "/me/keys/invite", nil)
	laptop := d.browser("laptop")
	laptop.ceremony(laptop.get(codeOn(shown))).is(http.StatusOK)
	d.pass(2 * time.Hour)
	d.anna.signIn()
	d.anna.get("/me/keys").is(http.StatusOK).hides("Another device is waiting")
	if got := d.world.party(d.anna.party).Keys; len(got) != 1 {
		t.Errorf("the party has the keys %+v", got)
	}
}

func TestHelperIsInvitedGivenAPowerAndLosesIt(t *testing.T) {
	d := newDebtor(t)
	helpers := d.anna.get("/me/helpers").is(http.StatusOK)
	d.anna.send(helpers, "/me/helpers", url.Values{"name": {" "}}).is(http.StatusUnprocessableEntity).says("Write a name.")
	shown := d.anna.send(helpers, "/me/helpers", url.Values{"name": {"Karin <Ek>"}}).is(http.StatusOK).says("The code for Karin <Ek>", "We are waiting for Karin <Ek>")
	karin := d.browser("karin")
	karin.accept(codeOn(shown))
	karin.get(notePage(d.note)).is(http.StatusNotFound) // an invitation gives no power

	ready := d.anna.get("/me/helpers").is(http.StatusOK).says("Karin <Ek> has a passkey now")
	path := ""
	for _, link := range ready.links() {
		if strings.HasPrefix(link, "/me/helpers/") {
			path = link
		}
	}
	karin.get(path).is(http.StatusNotFound)
	grant := d.anna.get(path).is(http.StatusOK).says("What may Karin <Ek> do for you?", "From Nordlån AB, K-77")
	for _, c := range []struct {
		form url.Values
		says string
	}{
		{url.Values{"scopes": nil}, "Choose at least one thing."},
		{url.Values{"scopes": {"everything"}}, "Choose at least one thing."},
		{url.Values{"until": {""}}, "Choose a day from today to"},
		{url.Values{"until": {d.today().AddDays(-1).String()}}, "Choose a day from today to"},
		{url.Values{"until": {d.today().AddMonths(61, 0).String()}}, "Choose a day from today to"},
	} {
		d.anna.send(grant, path, c.form).is(http.StatusUnprocessableEntity).says(c.says)
	}
	signing := d.anna.follow(d.anna.send(grant, path, url.Values{"scopes": {"talk", "see"}, "notes": {string(d.note)}})).
		says("is Karin <Ek>.", string(karin.party), "You can take the power back whenever you like")
	granted := d.anna.follow(d.anna.ceremony(signing)).says("The power is in force now.", "For one note.", "End the power of Karin <Ek>")
	power := d.world.party(d.anna.party).Attorneys
	if len(power) != 1 || power[0].Representative != karin.party || len(power[0].Notes) != 1 || len(power[0].Scopes) != 2 {
		t.Fatalf("the powers are %+v", power)
	}
	karin.get(notePage(d.note)).is(http.StatusOK)
	d.page().says("Those who help you", "Karin <Ek>, until")

	d.anna.sign(d.anna.send(granted, "/me/helpers/revoke", nil)).says("The power has ended.")
	karin.get(notePage(d.note)).is(http.StatusNotFound)
}

func TestHelperLaysTheTaskDown(t *testing.T) {
	d := newDebtor(t)
	karin, _ := d.helper("karin", 30, nil, ledger.ScopeSee)
	page := karin.get("/me/helpers").is(http.StatusOK).says("Those whom you help", "Anna Andersson")
	karin.sign(karin.send(page, "/me/helpers/renounce", nil)).says("The power has ended.")
	if left := d.world.party(d.anna.party).Attorneys; len(left) != 0 {
		t.Errorf("the powers are %+v", left)
	}
}

func TestInvitationOfAHelperIsTakenBack(t *testing.T) {
	d := newDebtor(t)
	shown := d.anna.send(d.anna.get("/me/helpers"), "/me/helpers", url.Values{"name": {"Karin"}})
	path := codeOn(shown)
	d.anna.follow(d.anna.send(shown, "/me/helpers/forget", nil)).says("The invitation is gone.").hides("We are waiting for Karin")
	d.browser("karin").get(path).is(http.StatusNotFound)
}

func TestPowersOfOthersAreNobodysToEnd(t *testing.T) {
	d := newDebtor(t)
	_, seq := d.helper("karin", 30, nil, ledger.ScopeSee)
	bertil := d.join("bertil", d.lender)
	token := bertil.get("/me").form("/signout").values.Get("token")
	for path, form := range map[string]url.Values{
		"/me/helpers/revoke":   {"seq": {"2"}},
		"/me/helpers/renounce": {"seq": {"2"}, "principal": {string(d.anna.party)}},
	} {
		form.Set("token", token)
		if a := bertil.ask(http.MethodPost, path, form); a.status < 400 {
			t.Errorf("%s is answered with %d", path, a.status)
		}
	}
	for _, principal := range []string{"", "x", "p"} {
		bertil.ask(http.MethodPost, "/me/helpers/renounce", url.Values{"token": {token}, "seq": {"2"}, "principal": {principal}}).is(http.StatusUnprocessableEntity)
	}
	if left := d.world.party(d.anna.party).Attorneys; len(left) != 1 || left[0].Seq != seq {
		t.Errorf("the powers are %+v", left)
	}
}

func TestRecoveryShowsOnEveryPageAndIsStopped(t *testing.T) {
	d := newDebtor(t)
	desk, witness := d.company("Registrets kundtjänst", inproc.Registrar), d.company("Svea Inkasso AB", inproc.Collector)
	d.anna.get("/me/recovery").is(http.StatusOK).says("No change of keys is under way.")
	thief := d.join("thief", d.lender)
	d.do(desk, ledger.OpRecoveryOpen, string(d.anna.party), ledger.RecoveryOpenBody{
		Keys: d.world.party(thief.party).Keys, Identified: "passport shown at the desk", Witness: witness.ID,
	})
	if err := d.store.AddMessage(t.Context(), store.Message{Party: d.anna.party, Kind: store.MessageRecovery, Channel: "letter", About: uuid.NewString(), By: desk.ID, At: d.Now()}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/me", "/me/keys", "/me/helpers", notePage(d.note), notePage(d.note) + "/wrong", "/help"} {
		d.anna.get(path).is(http.StatusOK).says("Somebody has asked for new keys for you. If it is not you, stop it now.")
	}
	thief.get("/me").hides("Somebody has asked for new keys")
	page := d.anna.get("/me/recovery").is(http.StatusOK).
		says("Registrets kundtjänst opened a change of your keys", "passport shown at the desk", "Svea Inkasso AB", "not yet", "by letter")
	d.anna.sign(d.anna.send(page, "/me/recovery", nil)).says("The change is stopped.").hides("Somebody has asked for new keys")
	if r := d.world.party(d.anna.party).Recovery; r != nil {
		t.Errorf("the recovery is %+v", r)
	}
}
