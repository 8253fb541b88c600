package web_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

// lost is a person with a debt who has a new device, and the two companies that look
// at who it is. Her old device is anna, which may be lost, stolen or hers after all.
type lost struct {
	*debtor
	desk, witness *company
	fresh         *browser // the new device
	path          string   // of the invitation
}

func newLost(t *testing.T, change ...func(*web.Options)) *lost {
	t.Helper()
	l := &lost{debtor: newDebtorWith(t, func(o *web.Options) {
		for _, c := range change {
			c(o)
		}
	})}
	l.desk, l.witness = l.company("Registrets kundtjänst", inproc.Registrar), l.company("Svea Inkasso AB", inproc.Collector)
	l.fresh, l.path = l.replacement("new phone")
	return l
}

// replacement makes a passkey with an invitation of the desk's, on a device that
// counts its signatures.
func (l *lost) replacement(seed string) (*browser, string) {
	l.Helper()
	path := l.invite(l.desk, store.ForRecovery, func(i *store.Invitation) { i.For = l.anna.party })
	b := l.browser(seed)
	var err error
	if b.Device, err = authenticator.New(ledger.Passkey{RPID: "localhost", Origin: l.origin}, seed); err != nil {
		l.Fatal(err)
	}
	b.Ceremony(b.Get(path).Is(http.StatusOK)).Is(http.StatusOK).Says("The new passkey is made.", "14 days", "within 60 days", "The mark of the passkey is "+l.key(b).ID[:4])
	b.party = l.anna.party
	return b, path
}

// key gives the public key of a device.
func (l *lost) key(b *browser) ledger.Key {
	l.Helper()
	key, err := b.Device.Key()
	if err != nil {
		l.Fatal(err)
	}
	return key
}

func (l *lost) person() *ledger.Party { return l.world.party(l.anna.party) }

// open has the desk open the recovery with the key that its invitation shows.
func (l *lost) open() {
	l.Helper()
	all, _, err := l.store.Invitations(l.Context(), l.desk.ID, 0, 10)
	if err != nil || len(all) == 0 {
		l.Fatal(all, err)
	}
	for _, i := range all {
		if i.Key != nil && i.Key.ID == l.key(l.fresh).ID {
			l.do(l.desk, ledger.OpRecoveryOpen, string(i.Party), ledger.RecoveryOpenBody{
				Keys: []ledger.Key{*i.Key}, Identified: "passport shown at the desk", Witness: l.witness.ID,
			})
			return
		}
	}
	l.Fatalf("no invitation shows the key: %+v", all)
}

func (l *lost) confirm() {
	l.Helper()
	r := l.person().Recovery
	l.do(l.witness, ledger.OpRecoveryConfirm, string(l.anna.party), ledger.RecoveryConfirmBody{
		Recovery: r.Seq, Keys: []string{r.Keys[0].ID}, Identified: "called back on the number of the loan's file",
	})
}

// look signs in with a passkey that does not count yet.
func (l *lost) look(b *browser) *sitetest.Answer {
	l.Helper()
	a := b.Ceremony(b.Get("/signin").Is(http.StatusOK)).Is(http.StatusOK).Hides("Anna", "Nordlån", "K-77", "12,000", string(l.note), "Signed in as")
	if len(a.Header.Values("Set-Cookie")) > 0 {
		l.Errorf("it gives %q", a.Header.Values("Set-Cookie"))
	}
	b.Get("/me").Is(http.StatusSeeOther)
	b.Get(notePage(l.note)).Is(http.StatusSeeOther)
	return a
}

// complete tries to put the new key in force, past the pages.
func (l *lost) complete(b *browser) *ledger.Error {
	l.Helper()
	seq := uint64(1)
	if r := l.person().Recovery; r != nil {
		seq = r.Seq
	}
	return l.try(b.signer(), l.draft(b.signer(), ledger.OpRecoveryComplete, string(b.party), ledger.RecoveryCompleteBody{Recovery: seq})).Err
}

func TestPasskeyInThePlaceOfLostOnesCountsAfterTheWait(t *testing.T) {
	l := newLost(t)
	karin, _ := l.helper("karin", 300, nil, ledger.ScopeSee)
	l.look(l.fresh).Says("It does not count yet. No change of keys is under way with it.")
	l.open()
	l.look(l.fresh).Says("It does not count yet.", "Registrets kundtjänst opened it", "Svea Inkasso AB is to confirm that it is you", "14 days")
	l.confirm()
	l.look(l.fresh).Says("It counts from 29 June 2026", "Nobody can shorten the wait.").Hides("data-passkey")
	l.pass(ledger.RecoveryWait - time.Second)
	l.look(l.fresh).Says("It counts from 29 June 2026").Hides("data-passkey")
	if err := l.complete(l.fresh); ledger.CodeOf(err) != ledger.CodeRecoveryEarly {
		t.Fatalf("a second early it is answered with %v", err)
	}
	l.pass(time.Second)
	l.anna.signIn()
	signing := l.look(l.fresh).Says("The wait is over.", "You put the new keys in force. The old ones end.", `"op":"recovery.complete"`, "Powers of attorney that you gave stay.")
	old := l.anna.Client.Jar.Cookies(mustURL(t, l.site.URL))[0].Value
	after := l.fresh.Ceremony(signing).Is(http.StatusSeeOther)
	l.fresh.Follow(after).Is(http.StatusOK).Says("Your new passkey is in force. The old ones are not.", "Signed in as Anna Andersson", "the one in use now")
	l.fresh.Get(notePage(l.note)).Is(http.StatusOK).Says("SEK 12,000.00").Hides("Somebody has")

	party := l.person()
	if len(party.Keys) != 1 || party.Keys[0].ID != l.key(l.fresh).ID || party.Recovery != nil || len(party.Attorneys) != 1 {
		t.Errorf("the party is %+v", party)
	}
	karin.signIn()
	karin.Get(notePage(l.note)).Is(http.StatusOK).Says("You see this for Anna Andersson.")
	l.anna.Get("/me").Is(http.StatusSeeOther)
	l.anna.Ceremony(l.anna.Get("/signin")).Is(http.StatusForbidden).Says("That passkey belongs to nobody here")
	if c, err := l.store.Credential(t.Context(), l.anna.Device.ID); err != nil || c.Removed.IsZero() {
		t.Errorf("the old passkey is kept as %+v, %v", c, err)
	}
	if s, err := l.store.SessionOf(t.Context(), old, l.Now()); err != nil || s != nil {
		t.Errorf("the old session is %+v, %v", s, err)
	}
	l.fresh.Send(l.fresh.Get("/me"), "/signout", nil)
	l.fresh.signIn() // as with any passkey
	if log := l.log.String(); strings.Contains(log, "Anna") || strings.Contains(log, strings.TrimPrefix(l.path, "/i/")) {
		t.Error("the log holds the person's name or the invitation's code")
	}
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestObjectionClosesTheWayOfTheNewPasskey(t *testing.T) {
	l := newLost(t)
	l.open()
	l.confirm()
	l.pass(ledger.RecoveryWait)
	signing := l.look(l.fresh).Says("The wait is over.")
	l.anna.signIn()
	l.anna.sign(l.anna.Send(l.anna.Get("/me/recovery"), "/me/recovery", nil)).Says("The change is stopped.")
	l.fresh.Ceremony(signing).Is(http.StatusConflict).
		Says("Something has happened since you began.", "It does not count yet.").Hides("data-passkey")
	l.look(l.fresh).Says("No change of keys is under way with it.")
	if keys := l.person().Keys; len(keys) != 1 || keys[0].ID != l.key(l.anna).ID {
		t.Errorf("the keys are %+v", keys)
	}
	l.anna.Get("/me").Is(http.StatusOK)
}

func TestRecoveryThatNobodyCompletesRunsOut(t *testing.T) {
	l := newLost(t)
	l.open()
	l.confirm()
	l.pass(ledger.RecoveryLife - time.Minute)
	signing := l.look(l.fresh).Says("The wait is over.", "Do it before 14 August 2026")
	l.pass(time.Minute)
	l.fresh.Ceremony(signing).Is(http.StatusUnprocessableEntity).Says("The registry says no: No recovery of lost keys is under way.")
	l.look(l.fresh).Says("its time ran out")
	l.anna.signIn()
	l.anna.Get("/me").Is(http.StatusOK).Hides("Somebody has")
}

func TestPersonIsWarnedFromTheCodeOnAndSeesWhatWasTold(t *testing.T) {
	l := newLost(t)
	l.anna.Get("/me").Says("Somebody has got a code to make a new passkey in your name.")
	l.anna.Get("/me/recovery").Says("Registrets kundtjänst gave somebody a code", "No change is open yet")
	i, err := l.store.Recoveries(t.Context(), l.anna.party)
	if err != nil || len(i) != 1 {
		t.Fatal(i, err)
	}
	for channel, about := range map[string]string{"letter": i[0].ID, "sms": "another recovery"} {
		m := store.Message{Party: l.anna.party, Kind: store.MessageRecovery, Channel: channel, About: about, By: l.desk.ID, At: l.Now()}
		if err := l.store.AddMessage(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	l.pass(time.Minute)
	l.open()
	l.anna.Get("/me").Says("Somebody has asked for new keys for you.").Hides("Somebody has got a code")
	l.anna.Get("/me/recovery").Says("Stop the change", "15 June 2026 at 14:00 : by letter").Hides("by text message")
	l.pass(store.ForRecovery.Life())
	l.anna.signIn()
	l.anna.Get("/me").Says("Somebody has asked for new keys for you.") // it is open still
}

func TestOneRecoveryPutsOnlyItsOwnPasskeyInForce(t *testing.T) {
	l := newLost(t)
	other, _ := l.replacement("another phone")
	l.open()
	l.confirm()
	l.pass(ledger.RecoveryWait)
	l.look(other).Says("No change of keys is under way with it.")
	if err := l.complete(other); ledger.CodeOf(err) != ledger.CodeKeyUnknown {
		t.Errorf("another key is answered with %v", err)
	}
	// What the one is asked to sign, another's passkey answers.
	signing := l.look(l.fresh)
	foreign := l.join("bertil", l.lender)
	foreign.forget()
	for _, b := range []*browser{other, foreign} {
		options := strings.ReplaceAll(signing.Passkey("data-options"), base64.RawURLEncoding.EncodeToString(l.fresh.Device.ID), base64.RawURLEncoding.EncodeToString(b.Device.ID))
		credential, err := b.Device.Get([]byte(options))
		if err != nil {
			t.Fatal(err)
		}
		b.Send(signing, "/lost/completion", url.Values{"credential": {string(credential)}}).Is(http.StatusForbidden).Hides("Anna")
		signing = l.look(l.fresh) // a challenge is answered once
	}
	if keys := l.person().Keys; len(keys) != 1 || keys[0].ID != l.key(l.anna).ID {
		t.Fatalf("the keys are %+v", keys)
	}
	l.fresh.Ceremony(signing).Is(http.StatusSeeOther)
	other.Ceremony(other.Get("/signin")).Is(http.StatusForbidden) // it was never in force, and is put away
}

func TestCompletionIsAskedForOnceAndSoon(t *testing.T) {
	l := newLost(t)
	l.open()
	l.confirm()
	l.pass(ledger.RecoveryWait)
	signing := l.look(l.fresh)
	for _, form := range []url.Values{{}, {"credential": {"{}"}}, {"credential": {"{}"}, "challenge": {"AAAA"}}, {"credential": {"{}"}, "challenge": {"%"}}} {
		l.fresh.Ask(http.MethodPost, "/lost/completion", form).Is(http.StatusUnprocessableEntity)
	}
	l.fresh.Ask(http.MethodPost, "/lost/completion", url.Values{}, func(r *http.Request) {
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Origin", "https://evil.example")
	}).Is(http.StatusForbidden)
	l.pass(store.ChallengeLife + time.Second)
	l.fresh.Ceremony(signing).Is(http.StatusUnprocessableEntity).Says("It took too long.")
	// A challenge of signing in is none of completing.
	signIn := l.fresh.Get("/signin")
	credential, err := l.fresh.Device.Get([]byte(signIn.Passkey("data-options")))
	if err != nil {
		t.Fatal(err)
	}
	form := signIn.Form("/signin")
	form.Set("credential", string(credential))
	l.fresh.Ask(http.MethodPost, "/lost/completion", form).Is(http.StatusUnprocessableEntity)
	if len(l.person().Keys) != 1 || l.person().Recovery == nil {
		t.Errorf("the party is %+v", l.person())
	}
}

func TestInvitationForLostKeysIsUsedOnce(t *testing.T) {
	l := newLost(t)
	l.browser("thief").Get(l.path).Is(http.StatusNotFound).Says("This invitation cannot be used")
	l.browser("thief").Ask(http.MethodPost, l.path+"/key", url.Values{"credential": {"{}"}}).Is(http.StatusNotFound)
}

func TestCompletionWhoseOutcomeIsNotKnownIsAskedForAgain(t *testing.T) {
	service := &doubtful{}
	l := newLost(t, func(o *web.Options) { service.Service = o.Service; o.Service = service })
	l.open()
	l.confirm()
	l.pass(ledger.RecoveryWait)
	signing := l.look(l.fresh)
	service.silent.Store(true)
	again := l.fresh.Ceremony(signing).Is(http.StatusAccepted).Says("Nothing is done twice.")
	again = l.fresh.Send(again, "/lost/completion", nil).Is(http.StatusAccepted)
	l.fresh.Get("/me").Is(http.StatusSeeOther)
	service.silent.Store(false)
	l.fresh.Follow(l.fresh.Send(again, "/lost/completion", nil).Is(http.StatusSeeOther)).Says("Your new passkey is in force.")
}
