package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/network/networktest"
)

func TestMain(m *testing.M) { os.Exit(networktest.Main(m)) }

// TestABorrowerIsSafeFromTheOfferToTheLastPayment is the life of a note as its
// borrower sees it, on the pages and on the files that they give her. It is the test
// of NJA 2017 s. 769: who has paid has paid, whoever comes later.
func TestABorrowerIsSafeFromTheOfferToTheLastPayment(t *testing.T) {
	j := begin(t, newCamera(t))
	j.paysAndKeepsTheReceipt()
	j.isToldOfANewHolder()
	j.looksAtEveryDoor()
	j.signsInAgain()
	j.isHandedTheNoteBack()
	j.isAskedForNothingMore()
}

// journey is a borrower with her note.
type journey struct {
	*registry
	browser *browser
	anna    *person
	note    ledger.NoteID
	last    *ledger.Result // of the payment that paid it
}

// begin invites Anna, who makes a passkey, and offers her a note, which she signs.
func begin(t *testing.T, look *camera) *journey {
	t.Helper()
	j := &journey{registry: startRegistry(t), browser: openBrowser(t)}
	invitation, link := j.lender.invites("Anna Andersson")
	j.anna = j.browser.person(t, siteOf(link), look)
	j.enrols(link)
	j.note = j.lender.offers(j.lender.guest(invitation), "Anna Andersson")
	j.accepts()
	return j
}

// siteOf gives the origin of an invitation's address.
func siteOf(link string) string { return link[:strings.Index(link, "/i/")] }

// page gives the path of the note's page, or of one below it.
func (j *journey) page(below string) string { return "/me/notes/" + string(j.note) + below }

// enrols makes a passkey with the code of a letter, and becomes a party by it.
func (j *journey) enrols(link string) {
	j.anna.opens(link)
	j.anna.reads("Fjord Lån AB")
	j.anna.seesEverywhere("invitation")
	j.anna.answers()
	j.anna.sees("invitation-to-sign")
	j.anna.answers()
	if got := j.anna.path(); got != "/me" {
		j.Fatalf("with a passkey Anna is at %s:\n%s", got, j.anna.shown())
	}
	j.anna.seesEverywhere("no-notes")
}

// accepts reads the offer and signs it.
func (j *journey) accepts() {
	j.anna.awaits("/me", fmt.Sprintf(`main a[href=%q]`, j.page("")))
	j.anna.seesEverywhere("offered")
	j.anna.follows(j.page(""))
	j.anna.seesEverywhere("note-offered")
	j.anna.follows(j.page("/offer"))
	j.anna.reads("SEK 120,000.00", "Lånet får betalas i förtid utan avgift.")
	j.anna.seesEverywhere("offer")
	j.anna.sends(j.page("/offer"), "accept")
	j.anna.seesEverywhere("signing")
	j.anna.answers()
	j.anna.sees("accepted")
	if n := j.read(); n.Status != ledger.StatusActive {
		j.Fatalf("the note is %s", n.Status)
	}
}

// read reads the note as its lender does.
func (j *journey) read() *ledger.Note {
	j.Helper()
	n, err := j.lender.own.Note(j.Context(), j.note, finance.Date{})
	if err != nil {
		j.Fatal(err)
	}
	return n.Note
}

// receipt gives the path of a payment's receipt.
func (j *journey) receipt(seq uint64) string { return j.page(fmt.Sprintf("/receipts/%d", seq)) }

// paysAndKeepsTheReceipt has a payment booked, and keeps the proof of it.
func (j *journey) paysAndKeepsTheReceipt() {
	paid := j.lender.pays(j.note, 20_000_00)
	j.anna.awaits(j.page(""), fmt.Sprintf(`a[href=%q]`, j.receipt(paid.Seq)))
	j.anna.seesEverywhere("note")
	j.anna.follows(j.receipt(paid.Seq))
	j.anna.seesEverywhere("receipt")
	j.verified(j.anna.saves(`main a[href*="/evidence?payment="]`, ".skuld.json"))
}

// isToldOfANewHolder sees that the note was sold before anybody asks for anything,
// and then the notice.
func (j *journey) isToldOfANewHolder() {
	j.collect.buys(j.note, j.lender)
	j.anna.awaits("/me", "main .moved")
	j.anna.seesEverywhere("sold")
	j.anna.opens(j.page(""))
	j.anna.reads("Rätt Inkasso AB")
	j.anna.seesEverywhere("note-sold")
	j.collect.does(ledger.OpNotice, string(j.note), ledger.NoticeBody{
		Holder: j.collect.id, DeliveredOn: finance.DateOf(time.Now()), Channel: "letter",
	})
	j.anna.opens(j.page(""))
	j.anna.seesEverywhere("note-told")
}

// looksAtEveryDoor goes through the pages on which she does something, and does one.
func (j *journey) looksAtEveryDoor() {
	for _, door := range []string{"/paid", "/help", "/someone"} {
		j.anna.opens(j.page(door))
		j.anna.seesEverywhere("door-" + door[1:])
	}
	j.anna.opens(j.page("/wrong"))
	j.anna.seesEverywhere("door-wrong")
	j.anna.isRefused(j.page("/wrong"), http.StatusUnprocessableEntity)
	j.anna.sees("door-wrong-empty")
	j.anna.writes("words", "Jag betalade också i mars.")
	j.anna.sends(j.page("/wrong"))
	j.anna.sees("signing-dispute")
	j.anna.answers()
	j.anna.sees("disputed")
	if n := j.readAs(j.collect); len(n.Disputes) != 1 {
		j.Fatalf("the disputes are %+v", n.Disputes)
	}
	for _, page := range []string{"/me/keys", "/me/keys/new", "/me/helpers", j.page("/print")} {
		j.anna.opens(page)
		j.anna.seesEverywhere(strings.ReplaceAll(strings.TrimPrefix(page, "/me/"), "/", "-"))
	}
}

func (j *journey) readAs(c *company) *ledger.Note {
	j.Helper()
	n, err := c.own.Note(j.Context(), j.note, finance.Date{})
	if err != nil {
		j.Fatal(err)
	}
	return n.Note
}

// signsInAgain leaves, and comes back with nothing but the passkey.
func (j *journey) signsInAgain() {
	j.anna.goes("signing out", clicks(`form[action="/signout"] button`))
	j.anna.sees("signed-out")
	j.anna.opens("/signin")
	j.anna.seesEverywhere("sign-in")
	j.anna.answers()
	if got := j.anna.path(); got != "/me" {
		j.Fatalf("signed in Anna is at %s:\n%s", got, j.anna.shown())
	}
}

// isHandedTheNoteBack pays the rest to the new holder and has the note again.
func (j *journey) isHandedTheNoteBack() {
	j.last = j.collect.pays(j.note, j.collect.owed(j.note))
	j.anna.awaits(j.page(""), fmt.Sprintf(`a[href=%q]`, j.receipt(j.last.Seq)))
	j.anna.seesEverywhere("handed-back")
	j.verified(j.anna.saves(`main a[href$="/evidence?form=page"]`, ".html"))
	file := j.anna.saves(`main a[href$="/evidence"]`, ".skuld.json")
	if said := j.verified(file); !strings.Contains(said, "handed back") {
		j.Errorf("the proof of the whole does not say that the note was handed back:\n%s", said)
	}
}

// isAskedForNothingMore: neither who sold the note nor who bought it can do anything
// more about it, whatever they sign.
func (j *journey) isAskedForNothingMore() {
	next := j.last.Seq + 1
	for name, c := range map[string]*company{"the buyer": j.collect, "the seller": j.lender} {
		for op, body := range map[ledger.Op]any{
			ledger.OpPay:           c.payment(1_00),
			ledger.OpTransferOffer: ledger.TransferOfferBody{To: j.lender.id, Kind: ledger.Sale, Form: ledger.InFull},
			ledger.OpNotice:        ledger.NoticeBody{Holder: c.id, DeliveredOn: finance.DateOf(time.Now()), Channel: "letter"},
		} {
			_, err := c.tries(op, string(j.note), next, body)
			problem, refused := errors.AsType[*client.Problem](err)
			if !refused || problem.Code != ledger.CodeNoteDischarged && problem.Code != ledger.CodeRoleForbidden {
				j.Errorf("%s of a note that was paid, by %s: %v", op, name, err)
			}
		}
	}
	j.anna.opens("/me")
	j.anna.seesEverywhere("notes-done")
}
