package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/skuld-registry/skuld/api/web"
	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

// object sends the form of an objection and gives the page that shows what is signed.
func (d *debtor) object(words string) *sitetest.Answer {
	d.Helper()
	door := d.anna.Get(notePage(d.note) + "/wrong").Is(http.StatusOK)
	return d.anna.Follow(d.anna.Send(door, notePage(d.note)+"/wrong", url.Values{"words": {words}}).Is(http.StatusSeeOther)).Is(http.StatusOK)
}

func TestWhatIsSignedIsWhatWasShown(t *testing.T) {
	d := newDebtor(t)
	page := d.object("Amount: 1\nThis is wrong.")
	bytes := page.Find(func(n *html.Node) bool { return n.Data == "pre" }).FirstChild.Data
	command, err := ledger.DecodeCommand([]byte(bytes))
	if err != nil {
		t.Fatalf("the page shows %q: %v", bytes, err)
	}
	digest := sha256.Sum256([]byte(bytes))
	act, lines, err := ledger.DescribeLines(command, ledger.English)
	if err != nil {
		t.Fatal(err)
	}
	page.Says(plain(act), base64.RawURLEncoding.EncodeToString(digest[:]))
	for _, l := range lines {
		page.Says(l.Label, strings.Join(strings.Fields(l.Value), " "))
	}
	d.anna.Follow(d.anna.Ceremony(page))
	entries, err := d.ledger.Service(inproc.Registrar).History(t.Context(), d.note.Subject(), 3, 1)
	if err != nil || len(entries) != 1 {
		t.Fatalf("the history is %+v, %v", entries, err)
	}
	opened, err := sign.Verifier{}.Open(entries[0].Signed)
	if err != nil || string(opened.Payload) != bytes {
		t.Errorf("the ledger has %s (%v), the page showed %s", opened.Payload, err, bytes)
	}
	// A person's own words never look like a term of what is signed.
	if n := page.Find(func(n *html.Node) bool { return n.Data == "dt" && n.FirstChild.Data == "Amount" }); n != nil {
		t.Error("words of the person's own stand as a term")
	}
}

func TestCancelledDraftIsNeverSigned(t *testing.T) {
	d := newDebtor(t)
	page := d.object("wrong")
	d.anna.Follow(d.anna.Send(page, page.From+"/cancel", nil).Is(http.StatusSeeOther)).Says("This is wrong")
	d.anna.Get(page.From).Is(http.StatusNotFound).Says("Nothing was signed now.")
	if n := d.world.note(d.note); len(n.Disputes) != 0 {
		t.Errorf("the note has %+v", n.Disputes)
	}
}

func TestSignatureSentTwiceCountsOnce(t *testing.T) {
	d := newDebtor(t)
	page := d.object("wrong")
	form := page.Find(func(n *html.Node) bool { return n.Data == "form" && pagetest.Attr(n, "data-passkey") != "" })
	credential, err := d.anna.Device.Get([]byte(pagetest.Attr(form, "data-options")))
	if err != nil {
		t.Fatal(err)
	}
	filled := url.Values{"credential": {string(credential)}}
	first := d.anna.Send(page, page.From, filled).Is(http.StatusSeeOther)
	d.anna.Send(page, page.From, filled).Is(http.StatusNotFound).Says("done already")
	d.anna.Follow(first).Says("The demand has stopped")
	if n := d.world.note(d.note); n.Seq != 3 || len(n.Disputes) != 1 {
		t.Errorf("the note came to %d with %d disputes", n.Seq, len(n.Disputes))
	}
}

func TestDraftIsTheSessionsOwn(t *testing.T) {
	d := newDebtor(t)
	bertil := d.join("bertil", d.lender)
	page := d.object("wrong")
	bertil.Get(page.From).Is(http.StatusNotFound)
	own := bertil.Get("/me/helpers")
	token := own.Form("/signout").Get("token")
	bertil.Ask(http.MethodPost, page.From, url.Values{"token": {token}, "credential": {"{}"}}).Is(http.StatusNotFound)
	bertil.Ask(http.MethodPost, page.From+"/cancel", url.Values{"token": {token}}).Is(http.StatusSeeOther)
	d.anna.Get(page.From).Is(http.StatusOK)
	d.anna.forget()
	d.anna.signIn() // another session of the same person
	d.anna.Get(page.From).Is(http.StatusNotFound)
}

func TestDraftWhoseNoteHasMovedOnIsMadeAnew(t *testing.T) {
	d := newDebtor(t)
	page := d.object("wrong")
	d.pay(d.lender, d.note, 100_00)
	d.anna.Get(page.From).Is(http.StatusConflict).Says("Something has happened to the note since you began", "Do it again")
	// Also where it happens after the page was shown.
	again := d.object("wrong again")
	d.pay(d.lender, d.note, 100_00)
	d.anna.Ceremony(again).Is(http.StatusConflict).Says("Something has happened")
	d.anna.Get(again.From).Is(http.StatusNotFound)
}

func TestDraftThatIsAboutNoNoteSaysNothingOfOne(t *testing.T) {
	d := newDebtor(t)
	d.helper("karin", 30, nil, ledger.ScopeSee)
	page := d.anna.Follow(d.anna.Send(d.anna.Get("/me/helpers"), "/me/helpers/revoke", nil))
	d.helper("nils", 30, nil, ledger.ScopeSee)
	d.anna.Get(page.From).Is(http.StatusConflict).Says("Something has changed since you began", "Do it again").Hides("to the note")
}

func TestDraftWaitsAnHour(t *testing.T) {
	d := newDebtor(t)
	page := d.object("wrong")
	for range 5 {
		d.pass(12 * time.Minute)
		d.anna.Get("/me").Is(http.StatusOK)
	}
	d.anna.Get(page.From).Is(http.StatusNotFound)
}

func TestSignatureOfAnotherDeviceOrForAnotherActIsRefused(t *testing.T) {
	d := newDebtor(t)
	first := d.object("one")
	second := d.object("two")
	form := second.Find(func(n *html.Node) bool { return n.Data == "form" && pagetest.Attr(n, "data-passkey") != "" })
	options := []byte(pagetest.Attr(form, "data-options"))
	foreign := d.join("bertil", d.lender)
	for name, device := range map[string]*authenticator.Device{"another act": d.anna.Device, "another device": foreign.Device} {
		credential, err := device.Get(options)
		if err != nil {
			continue // the device itself refuses what it was not asked for
		}
		d.anna.Send(first, first.From, url.Values{"credential": {string(credential)}}).Is(http.StatusUnprocessableEntity).
			Says("The passkey was not accepted")
		if n := d.world.note(d.note); n.Seq != 2 {
			t.Fatalf("%s: the note came to %d", name, n.Seq)
		}
	}
	for _, nonsense := range []string{"", "{}", "null", strings.Repeat("x", 1000)} {
		d.anna.Send(first, first.From, url.Values{"credential": {nonsense}}).Is(http.StatusUnprocessableEntity)
	}
	d.anna.Follow(d.anna.Ceremony(first)).Says("The demand has stopped")
}

func TestRefusalComesBeforeTheSignature(t *testing.T) {
	d := newDebtor(t)
	// A pause that begins before the next payment is due is none, and the form was made up.
	page := d.anna.Get(notePage(d.note) + "/help")
	d.anna.Send(page, notePage(d.note)+"/help", url.Values{"way": {"pause"}, "pause_due": {d.today().AddDays(1).String()}, "pause_day": {"0"}}).
		Is(http.StatusBadRequest).Says("too early")
	d.anna.Send(page, notePage(d.note)+"/help", url.Values{"way": {"plan"}, "plan_number": {"100000"}}).Is(http.StatusBadRequest)
	if n := d.world.note(d.note); n.Proposal != nil {
		t.Errorf("the note has the proposal %+v", n.Proposal)
	}
}

// doubtful is a ledger whose answers get lost while it is silent.
type doubtful struct {
	ledger.Service
	silent atomic.Bool
}

func (l *doubtful) Submit(ctx context.Context, commands ...ledger.Signed) ([]ledger.Outcome, error) {
	outcomes, err := l.Service.Submit(ctx, commands...)
	if err == nil && l.silent.Load() {
		return []ledger.Outcome{{State: ledger.Unknown}}, nil
	}
	return outcomes, err
}

func TestOutcomeThatIsNotKnownIsAskedForAgainAndCountsOnce(t *testing.T) {
	service := &doubtful{}
	d := newDebtorWith(t, func(o *web.Options) { service.Service = o.Service; o.Service = service })
	bertil := d.join("bertil", d.lender)
	page := d.object("wrong")
	service.silent.Store(true)
	d.anna.Ceremony(page).Is(http.StatusAccepted).Says("We are waiting to hear", "It cannot be done twice", "Reload")
	if got := d.anna.Get(page.From).Is(http.StatusAccepted).Header.Get("Refresh"); got == "" {
		t.Error("the page does not reload by itself where there is no script")
	}
	d.anna.Send(page, page.From+"/cancel", nil).Is(http.StatusSeeOther)
	d.anna.Get(page.From).Is(http.StatusAccepted) // what is signed cannot be cancelled
	d.anna.Send(page, "/signout", nil)
	bertil.Get(page.From).Is(http.StatusNotFound)
	d.anna.signIn() // and its outcome waits for whoever signed it
	d.anna.Get(page.From).Is(http.StatusAccepted)
	service.silent.Store(false)
	d.anna.Follow(d.anna.Get(page.From).Is(http.StatusSeeOther)).Says("The demand has stopped")
	if n := d.world.note(d.note); n.Seq != 3 || len(n.Disputes) != 1 {
		t.Errorf("the note came to %d with %d disputes", n.Seq, len(n.Disputes))
	}
}
