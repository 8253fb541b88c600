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
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

var invitationLink = regexp.MustCompile(`/i/[0-9A-Z-]{19}$`)

// codeOn gives the address of the invitation that a page shows.
func codeOn(a *sitetest.Answer) string {
	a.T.Helper()
	for _, link := range a.Links() {
		if found := invitationLink.FindString(link); found != "" {
			return found
		}
	}
	a.T.Fatalf("%s shows no code:\n%s", a.From, a.Text())
	return ""
}

func TestSecondPasskeyIsAddedHereAndTheFirstRemoved(t *testing.T) {
	d := newDebtor(t)
	d.anna.Get("/me/keys").Is(http.StatusOK).Says("Passkey 1", "the one in use now").Hides("/me/keys/remove")
	first := d.world.party(d.anna.party).Keys[0].ID

	d.pass(time.Minute)
	other := d.browser("new phone")
	other.Client, other.party = d.anna.Client, d.anna.party
	made := other.Ceremony(other.Get("/me/keys/new").Is(http.StatusOK)).Is(http.StatusSeeOther)
	keys := d.anna.sign(made).Says("The new passkey is yours.", "Passkey 2")
	if got := d.world.party(d.anna.party).Keys; len(got) != 2 {
		t.Fatalf("the party has the keys %+v", got)
	}
	named := keys.Form("/me/keys/name")
	named.Set("label", "Annas telefon")
	d.anna.Follow(d.anna.Ask(http.MethodPost, "/me/keys/name", named)).Says("Annas telefon")

	fresh := d.browser("new phone")
	fresh.Device, fresh.party = other.Device, d.anna.party
	fresh.Follow(fresh.signIn()).Is(http.StatusOK)
	keys = fresh.Get("/me/keys").Says("Passkey 2 the one in use now")
	form := url.Values{"token": {keys.Form("/signout").Get("token")}, "key": {first}}
	fresh.sign(fresh.Ask(http.MethodPost, "/me/keys/remove", form)).Says("The passkey is removed").Hides("Annas telefon")
	if got := d.world.party(d.anna.party).Keys; len(got) != 1 || got[0].ID == first {
		t.Errorf("the party has the keys %+v", got)
	}
	d.anna.Get("/me").Is(http.StatusSeeOther) // whose session was that key's
	fresh.Ask(http.MethodPost, "/me/keys/remove", form).Is(http.StatusForbidden)
}

func TestDeviceElsewhereIsLetInBySigning(t *testing.T) {
	d := newDebtor(t)
	shown := d.anna.Send(d.anna.Get("/me/keys"), "/me/keys/invite", nil).Is(http.StatusOK).Says("Shown only now", "Open the link on the other device")
	path := codeOn(shown)

	laptop := d.browser("laptop")
	laptop.Ceremony(laptop.Get(path).Is(http.StatusOK)).Is(http.StatusOK)
	laptop.Get(path).Is(http.StatusNotFound) // a code is used once
	signin := laptop.Ceremony(laptop.Get("/signin"))
	signin.Is(http.StatusForbidden) // not before it is let in

	waiting := d.anna.Get("/me/keys").Is(http.StatusOK).Says("Another device is waiting", "Was it you?")
	d.anna.sign(d.anna.Send(waiting, "/me/keys/device", nil)).Says("The new passkey is yours.")
	laptop.party = d.anna.party
	laptop.Follow(laptop.signIn()).Is(http.StatusOK).Says("Signed in as Anna Andersson")
	d.anna.Get("/me/keys").Hides("Another device is waiting")
}

func TestDeviceThatNobodyLetInSoonIsForgotten(t *testing.T) {
	d := newDebtor(t)
	shown := d.anna.Send(d.anna.Get("/me/keys"), "/me/keys/invite", nil)
	laptop := d.browser("laptop")
	laptop.Ceremony(laptop.Get(codeOn(shown))).Is(http.StatusOK)
	d.pass(2 * time.Hour)
	d.anna.signIn()
	d.anna.Get("/me/keys").Is(http.StatusOK).Hides("Another device is waiting")
	if got := d.world.party(d.anna.party).Keys; len(got) != 1 {
		t.Errorf("the party has the keys %+v", got)
	}
}

func TestHelperIsInvitedGivenAPowerAndLosesIt(t *testing.T) {
	d := newDebtor(t)
	helpers := d.anna.Get("/me/helpers").Is(http.StatusOK)
	d.anna.Send(helpers, "/me/helpers", url.Values{"name": {" "}}).Is(http.StatusUnprocessableEntity).Says("Write a name.")
	shown := d.anna.Send(helpers, "/me/helpers", url.Values{"name": {"Karin <Ek>"}}).Is(http.StatusOK).Says("The code for Karin <Ek>", "We are waiting for Karin <Ek>")
	karin := d.browser("karin")
	karin.accept(codeOn(shown))
	karin.Get(notePage(d.note)).Is(http.StatusNotFound) // an invitation gives no power

	ready := d.anna.Get("/me/helpers").Is(http.StatusOK).Says("Karin <Ek> has a passkey now")
	path := ""
	for _, link := range ready.Links() {
		if strings.HasPrefix(link, "/me/helpers/") {
			path = link
		}
	}
	karin.Get(path).Is(http.StatusNotFound)
	grant := d.anna.Get(path).Is(http.StatusOK).Says("What may Karin <Ek> do for you?", "From Nordlån AB, K-77")
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
		d.anna.Send(grant, path, c.form).Is(http.StatusUnprocessableEntity).Says(c.says)
	}
	signing := d.anna.Follow(d.anna.Send(grant, path, url.Values{"scopes": {"talk", "see"}, "notes": {string(d.note)}})).
		Says("is Karin <Ek>.", string(karin.party), "You can take the power back whenever you like")
	granted := d.anna.Follow(d.anna.Ceremony(signing)).Says("The power is in force now.", "For one note.", "End the power of Karin <Ek>")
	power := d.world.party(d.anna.party).Attorneys
	if len(power) != 1 || power[0].Representative != karin.party || len(power[0].Notes) != 1 || len(power[0].Scopes) != 2 {
		t.Fatalf("the powers are %+v", power)
	}
	karin.Get(notePage(d.note)).Is(http.StatusOK)
	d.page().Says("Those who help you", "Karin <Ek>, until")

	d.anna.sign(d.anna.Send(granted, "/me/helpers/revoke", nil)).Says("The power has ended.")
	karin.Get(notePage(d.note)).Is(http.StatusNotFound)
}

func TestHelperLaysTheTaskDown(t *testing.T) {
	d := newDebtor(t)
	karin, _ := d.helper("karin", 30, nil, ledger.ScopeSee)
	page := karin.Get("/me/helpers").Is(http.StatusOK).Says("Those whom you help", "Anna Andersson")
	karin.sign(karin.Send(page, "/me/helpers/renounce", nil)).Says("The power has ended.")
	if left := d.world.party(d.anna.party).Attorneys; len(left) != 0 {
		t.Errorf("the powers are %+v", left)
	}
}

func TestInvitationOfAHelperIsTakenBack(t *testing.T) {
	d := newDebtor(t)
	shown := d.anna.Send(d.anna.Get("/me/helpers"), "/me/helpers", url.Values{"name": {"Karin"}})
	path := codeOn(shown)
	d.anna.Follow(d.anna.Send(shown, "/me/helpers/forget", nil)).Says("The invitation is gone.").Hides("We are waiting for Karin")
	d.browser("karin").Get(path).Is(http.StatusNotFound)
}

func TestPowersOfOthersAreNobodysToEnd(t *testing.T) {
	d := newDebtor(t)
	_, seq := d.helper("karin", 30, nil, ledger.ScopeSee)
	bertil := d.join("bertil", d.lender)
	token := bertil.Get("/me").Form("/signout").Get("token")
	for path, form := range map[string]url.Values{
		"/me/helpers/revoke":   {"seq": {"2"}},
		"/me/helpers/renounce": {"seq": {"2"}, "principal": {string(d.anna.party)}},
	} {
		form.Set("token", token)
		if a := bertil.Ask(http.MethodPost, path, form); a.Status < 400 {
			t.Errorf("%s is answered with %d", path, a.Status)
		}
	}
	for _, principal := range []string{"", "x", "p"} {
		bertil.Ask(http.MethodPost, "/me/helpers/renounce", url.Values{"token": {token}, "seq": {"2"}, "principal": {principal}}).Is(http.StatusUnprocessableEntity)
	}
	if left := d.world.party(d.anna.party).Attorneys; len(left) != 1 || left[0].Seq != seq {
		t.Errorf("the powers are %+v", left)
	}
}

func TestRecoveryShowsOnEveryPageAndIsStopped(t *testing.T) {
	d := newDebtor(t)
	desk, witness := d.company("Registrets kundtjänst", inproc.Registrar), d.company("Svea Inkasso AB", inproc.Collector)
	d.anna.Get("/me/recovery").Is(http.StatusOK).Says("No change of keys is under way.")
	thief := d.join("thief", d.lender)
	d.do(desk, ledger.OpRecoveryOpen, string(d.anna.party), ledger.RecoveryOpenBody{
		Keys: d.world.party(thief.party).Keys, Identified: "passport shown at the desk", Witness: witness.ID,
	})
	if err := d.store.AddMessage(t.Context(), store.Message{Party: d.anna.party, Kind: store.MessageRecovery, Channel: "letter", About: uuid.NewString(), By: desk.ID, At: d.Now()}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/me", "/me/keys", "/me/helpers", notePage(d.note), notePage(d.note) + "/wrong", "/help"} {
		d.anna.Get(path).Is(http.StatusOK).Says("Somebody has asked for new keys for you. If it is not you, stop it now.")
	}
	thief.Get("/me").Hides("Somebody has asked for new keys")
	page := d.anna.Get("/me/recovery").Is(http.StatusOK).
		Says("Registrets kundtjänst opened a change of your keys", "passport shown at the desk", "Svea Inkasso AB", "not yet", "by letter")
	d.anna.sign(d.anna.Send(page, "/me/recovery", nil)).Says("The change is stopped.").Hides("Somebody has asked for new keys")
	if r := d.world.party(d.anna.party).Recovery; r != nil {
		t.Errorf("the recovery is %+v", r)
	}
}
