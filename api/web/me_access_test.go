package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// notePages are what there is to read about a note, below its own page.
var notePages = []string{"", "/offer", "/paid", "/wrong", "/help", "/proposal", "/receipts/1", "/receipts/3", "/evidence", "/evidence?payment=3", "/print"}

func TestNoteOfAnotherIsNoNoteAtAll(t *testing.T) {
	d := newDebtor(t)
	d.pay(d.lender, d.note, 100_00)
	bertil := d.join("bertil", d.lender)
	const unknown = ledger.NoteID("naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	id := regexp.MustCompile(`[0-9a-f]{24}`)
	for _, path := range notePages {
		theirs := bertil.get(notePage(d.note)+path).is(http.StatusNotFound).hides("K-77", "12,000", "Nordlån")
		none := bertil.get(notePage(unknown) + path).is(http.StatusNotFound)
		if a, b := id.ReplaceAllString(theirs.body, ""), id.ReplaceAllString(none.body, ""); a != b {
			t.Errorf("%s: the page of another's note is\n%s\nand of none\n%s", path, a, b)
		}
	}
	token := bertil.get("/me").is(http.StatusOK).says("Right now there are none").form("/signout").values.Get("token")
	for _, path := range []string{"/offer", "/paid", "/wrong", "/help", "/proposal", "/withdrawal"} {
		bertil.ask(http.MethodPost, notePage(d.note)+path, url.Values{"token": {token}, "words": {"mine"}, "seq": {"1"}, "answer": {"accept"}}).is(http.StatusNotFound)
	}
	if n := d.world.note(d.note); n.Seq != 3 {
		t.Errorf("the note came to %d", n.Seq)
	}
}

func TestPagesOfAPersonAskWhoIsThere(t *testing.T) {
	d := newDebtor(t)
	stranger := d.browser("stranger")
	for _, path := range append([]string{"/me", "/me/keys", "/me/keys/new", "/me/helpers", "/me/recovery", "/me/sign/x"}, notePage(d.note)) {
		a := stranger.get(path).is(http.StatusSeeOther)
		if to := a.header.Get("Location"); !strings.HasPrefix(to, "/signin?next=") {
			t.Errorf("%s leads a stranger to %s", path, to)
		}
	}
}

// helper lets a person help the debtor, past the pages.
func (d *debtor) helper(seed string, until int, notes []ledger.NoteID, scopes ...ledger.AttorneyScope) (*browser, uint64) {
	d.Helper()
	b := d.join(seed, d.lender)
	r := d.must(d.anna.signer(), d.draft(d.anna.signer(), ledger.OpAttorneyGrant, string(d.anna.party), ledger.AttorneyGrantBody{
		Representative: b.party, Scopes: scopes, Notes: notes, Until: d.today().AddDays(until), Ground: ledger.GroundPower,
	}))
	return b, r.Seq
}

func TestHelperSeesAndDoesWhatThePowerLets(t *testing.T) {
	d := newDebtor(t)
	for _, c := range []struct {
		scope ledger.AttorneyScope
		doors []string
	}{
		{ledger.ScopeSee, nil},
		{ledger.ScopeTalk, []string{"/paid", "/wrong"}},
		{ledger.ScopeAgree, []string{"/help"}},
		{ledger.ScopeSign, nil},
	} {
		karin, seq := d.helper("karin-"+string(c.scope), 30, nil, c.scope)
		page := karin.get(notePage(d.note)).is(http.StatusOK).says("You see this for Anna Andersson.", "SEK 12,000.00")
		open := strings.Join(page.links(), " ")
		for _, door := range []string{"/paid", "/wrong", "/help", "/someone"} {
			want := http.StatusForbidden
			shown := false
			for _, d := range c.doors {
				if d == door {
					want, shown = http.StatusOK, true
				}
			}
			if strings.Contains(open, notePage(d.note)+door) != shown {
				t.Errorf("%s: the door %s is shown: %t", c.scope, door, !shown)
			}
			if door != "/someone" {
				a := karin.get(notePage(d.note) + door).is(want)
				if want == http.StatusForbidden {
					a.says("Your power of attorney does not cover this", "It does not let you").hides("There is no power")
				}
			}
		}
		karin.get("/me").is(http.StatusOK).says("Where you help someone", "You help Anna Andersson")
		d.must(d.anna.signer(), d.draft(d.anna.signer(), ledger.OpAttorneyRevoke, string(d.anna.party), ledger.AttorneyRevokeBody{Grant: seq}))
	}
}

func TestWhatAHelperDoesShowsWhoDidItForWhom(t *testing.T) {
	d := newDebtor(t)
	karin, _ := d.helper("karin", 30, nil, ledger.ScopeTalk)
	door := karin.get(notePage(d.note) + "/wrong").is(http.StatusOK)
	page := karin.follow(karin.send(door, notePage(d.note)+"/wrong", url.Values{"words": {"She never borrowed this."}}).is(http.StatusSeeOther)).
		says("You sign for Anna Andersson.")
	karin.follow(karin.ceremony(page)).is(http.StatusOK).says("The demand has stopped")
	dispute := d.world.note(d.note).Disputes[0]
	if dispute.By != d.anna.party || dispute.Via != karin.party {
		t.Errorf("the dispute is %+v", dispute)
	}
	d.page().says("done by Anna Andersson, by a power of attorney") // all invitations of these tests are to that name
	d.anna.get("/me/helpers").is(http.StatusOK).says("What others have done for you", "objected for you")
}

func TestPowerThatHasEndedShowsNothingMore(t *testing.T) {
	d := newDebtor(t)
	other := d.issue(d.lender, d.anna)
	narrow, seq := d.helper("narrow", 5, []ledger.NoteID{d.note}, ledger.ScopeTalk)
	narrow.get(notePage(d.note)).is(http.StatusOK)
	narrow.get(notePage(other)).is(http.StatusNotFound)

	page := narrow.get(notePage(d.note) + "/wrong")
	signing := narrow.follow(narrow.send(page, notePage(d.note)+"/wrong", url.Values{"words": {"wrong"}}))
	d.must(d.anna.signer(), d.draft(d.anna.signer(), ledger.OpAttorneyRevoke, string(d.anna.party), ledger.AttorneyRevokeBody{Grant: seq}))
	narrow.ceremony(signing).is(http.StatusForbidden).says("The registry says no")
	narrow.get(notePage(d.note)).is(http.StatusNotFound)
	narrow.get("/me").is(http.StatusOK).hides("Anna Andersson</span>", notePage(d.note))

	brief, _ := d.helper("brief", 5, nil, ledger.ScopeSee)
	brief.get(notePage(d.note)).is(http.StatusOK)
	d.pass(6 * 24 * time.Hour)
	brief.signIn()
	brief.get(notePage(d.note)).is(http.StatusNotFound)
	if n := d.world.note(d.note); len(n.Disputes) != 0 {
		t.Errorf("the note has %+v", n.Disputes)
	}
}

func TestJointBorrowersEachSeeTheNoteAndTheOthersAnswer(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Nordlån AB", inproc.Lender)
	anna, bertil := w.join("anna", lender), w.join("bertil", lender)
	id := w.offer(lender, anna.party, bertil.party)
	anna.get(notePage(id) + "/offer").says("has not answered yet. Each answers for the whole debt.")
	anna.sign(anna.send(anna.get(notePage(id)+"/offer"), notePage(id)+"/offer", url.Values{"answer": {"accept"}})).
		says("You have signed. We are waiting for the others.", "It becomes a debt only when everyone has signed.")
	bertil.get(notePage(id) + "/offer").says("has signed.")
	w.pass(15 * 24 * time.Hour)
	bertil.signIn()
	bertil.get(notePage(id)).says("The time to answer is over", "You owe nothing")
	bertil.get(notePage(id) + "/offer").hides("Sign with passkey")
}

// TestPowerOverANoteThatFellAwayIsNoneOverAll: a note that can no longer be chosen when
// the form comes in does not make the power larger.
func TestPowerOverANoteThatFellAwayIsNoneOverAll(t *testing.T) {
	d := newDebtor(t)
	shown := d.anna.send(d.anna.get("/me/helpers"), "/me/helpers", url.Values{"name": {"Karin"}}).is(http.StatusOK)
	d.browser("karin").accept(codeOn(shown))
	links := d.anna.get("/me/helpers").links()
	path := links[slices.IndexFunc(links, func(l string) bool { return strings.HasPrefix(l, "/me/helpers/") })]
	grant := d.anna.get(path).is(http.StatusOK)
	d.pay(d.lender, d.note, 12_000_00) // and the note is handed back
	d.anna.send(grant, path, url.Values{"scopes": {"see"}, "notes": {string(d.note)}}).is(http.StatusNotFound)
}
