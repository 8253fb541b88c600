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
		theirs := bertil.Get(notePage(d.note)+path).Is(http.StatusNotFound).Hides("K-77", "12,000", "Nordlån")
		none := bertil.Get(notePage(unknown) + path).Is(http.StatusNotFound)
		if a, b := id.ReplaceAllString(theirs.Body, ""), id.ReplaceAllString(none.Body, ""); a != b {
			t.Errorf("%s: the page of another's note is\n%s\nand of none\n%s", path, a, b)
		}
	}
	token := bertil.Get("/me").Is(http.StatusOK).Says("Right now there are none").Form("/signout").Get("token")
	for _, path := range []string{"/offer", "/paid", "/wrong", "/help", "/proposal", "/withdrawal"} {
		bertil.Ask(http.MethodPost, notePage(d.note)+path, url.Values{"token": {token}, "words": {"mine"}, "seq": {"1"}, "answer": {"accept"}}).Is(http.StatusNotFound)
	}
	if n := d.world.note(d.note); n.Seq != 3 {
		t.Errorf("the note came to %d", n.Seq)
	}
}

func TestPagesOfAPersonAskWhoIsThere(t *testing.T) {
	d := newDebtor(t)
	stranger := d.browser("stranger")
	for _, path := range append([]string{"/me", "/me/keys", "/me/keys/new", "/me/helpers", "/me/recovery", "/me/sign/x"}, notePage(d.note)) {
		a := stranger.Get(path).Is(http.StatusSeeOther)
		if to := a.Header.Get("Location"); !strings.HasPrefix(to, "/signin?next=") {
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
		page := karin.Get(notePage(d.note)).Is(http.StatusOK).Says("You see this for Anna Andersson.", "SEK 12,000.00")
		open := strings.Join(page.Links(), " ")
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
				a := karin.Get(notePage(d.note) + door).Is(want)
				if want == http.StatusForbidden {
					a.Says("Your power of attorney does not cover this", "It does not let you").Hides("There is no power")
				}
			}
		}
		karin.Get("/me").Is(http.StatusOK).Says("Where you help someone", "You help Anna Andersson")
		d.must(d.anna.signer(), d.draft(d.anna.signer(), ledger.OpAttorneyRevoke, string(d.anna.party), ledger.AttorneyRevokeBody{Grant: seq}))
	}
}

func TestWhatAHelperDoesShowsWhoDidItForWhom(t *testing.T) {
	d := newDebtor(t)
	karin, _ := d.helper("karin", 30, nil, ledger.ScopeTalk)
	door := karin.Get(notePage(d.note) + "/wrong").Is(http.StatusOK)
	page := karin.Follow(karin.Send(door, notePage(d.note)+"/wrong", url.Values{"words": {"She never borrowed this."}}).Is(http.StatusSeeOther)).
		Says("You sign for Anna Andersson.")
	karin.Follow(karin.Ceremony(page)).Is(http.StatusOK).Says("The demand has stopped")
	dispute := d.world.note(d.note).Disputes[0]
	if dispute.By != d.anna.party || dispute.Via != karin.party {
		t.Errorf("the dispute is %+v", dispute)
	}
	d.page().Says("done by Anna Andersson, by a power of attorney") // all invitations of these tests are to that name
	d.anna.Get("/me/helpers").Is(http.StatusOK).Says("What others have done for you", "objected for you")
}

func TestPowerThatHasEndedShowsNothingMore(t *testing.T) {
	d := newDebtor(t)
	other := d.issue(d.lender, d.anna)
	narrow, seq := d.helper("narrow", 5, []ledger.NoteID{d.note}, ledger.ScopeTalk)
	narrow.Get(notePage(d.note)).Is(http.StatusOK)
	narrow.Get(notePage(other)).Is(http.StatusNotFound)

	page := narrow.Get(notePage(d.note) + "/wrong")
	signing := narrow.Follow(narrow.Send(page, notePage(d.note)+"/wrong", url.Values{"words": {"wrong"}}))
	d.must(d.anna.signer(), d.draft(d.anna.signer(), ledger.OpAttorneyRevoke, string(d.anna.party), ledger.AttorneyRevokeBody{Grant: seq}))
	narrow.Ceremony(signing).Is(http.StatusForbidden).Says("The registry says no")
	narrow.Get(notePage(d.note)).Is(http.StatusNotFound)
	narrow.Get("/me").Is(http.StatusOK).Hides("Anna Andersson</span>", notePage(d.note))

	brief, _ := d.helper("brief", 5, nil, ledger.ScopeSee)
	brief.Get(notePage(d.note)).Is(http.StatusOK)
	d.pass(6 * 24 * time.Hour)
	brief.signIn()
	brief.Get(notePage(d.note)).Is(http.StatusNotFound)
	if n := d.world.note(d.note); len(n.Disputes) != 0 {
		t.Errorf("the note has %+v", n.Disputes)
	}
}

func TestJointBorrowersEachSeeTheNoteAndTheOthersAnswer(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Nordlån AB", inproc.Lender)
	anna, bertil := w.join("anna", lender), w.join("bertil", lender)
	id := w.offer(lender, anna.party, bertil.party)
	anna.Get(notePage(id) + "/offer").Says("has not answered yet. Each answers for the whole debt.")
	anna.sign(anna.Send(anna.Get(notePage(id)+"/offer"), notePage(id)+"/offer", url.Values{"answer": {"accept"}})).
		Says("You have signed. We are waiting for the others.", "It becomes a debt only when everyone has signed.")
	bertil.Get(notePage(id) + "/offer").Says("has signed.")
	w.pass(15 * 24 * time.Hour)
	bertil.signIn()
	bertil.Get(notePage(id)).Says("The time to answer is over", "You owe nothing")
	bertil.Get(notePage(id) + "/offer").Hides("Sign with passkey")
}

// TestPowerOverANoteThatFellAwayIsNoneOverAll: a note that can no longer be chosen when
// the form comes in does not make the power larger.
func TestPowerOverANoteThatFellAwayIsNoneOverAll(t *testing.T) {
	d := newDebtor(t)
	shown := d.anna.Send(d.anna.Get("/me/helpers"), "/me/helpers", url.Values{"name": {"Karin"}}).Is(http.StatusOK)
	d.browser("karin").accept(codeOn(shown))
	links := d.anna.Get("/me/helpers").Links()
	path := links[slices.IndexFunc(links, func(l string) bool { return strings.HasPrefix(l, "/me/helpers/") })]
	grant := d.anna.Get(path).Is(http.StatusOK)
	d.pay(d.lender, d.note, 12_000_00) // and the note is handed back
	d.anna.Send(grant, path, url.Values{"scopes": {"see"}, "notes": {string(d.note)}}).Is(http.StatusNotFound)
}
