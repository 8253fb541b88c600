package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/api/web"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// stranger is somebody at the pages who has nothing but a code.
func (w *world) stranger() *browser { return w.browser("stranger") }

func TestCodeShowsWhereANoteStandsThroughItsLife(t *testing.T) {
	w := newWorld(t)
	lender, collector := w.company("Banken AB", inproc.Lender), w.company("Inkasso AB", inproc.Collector)
	anna, reader := w.join("anna", lender), w.stranger()
	id := w.offer(lender, anna.party)
	see := func() *sitetest.Answer { return reader.Get(w.path(id)).Is(http.StatusOK) }
	see().Says("This offer is genuine. It is no debt until it is signed.", "Holder Banken AB", "Eva Ek på Banken AB")
	w.accept(anna, id)
	see().Says("This note is genuine. It is not paid yet.", "Banken AB", "since 15 June 2026")
	w.pass(24 * time.Hour)
	w.sell(lender, collector, id)
	see().Says("Holder Inkasso AB", "since 16 June 2026", "Lender Banken AB", "Eva Ek på Inkasso AB", "+46850000000", "Finansinspektionen 55-1")
	total, err := ledger.Summarize(w.note(id), collector.ID, w.today())
	if err != nil {
		t.Fatal(err)
	}
	w.pay(collector, id, total.Total.Amount)
	see().Says("Paid. The note has been handed back.", "Nobody can claim anything on it.", "Eva Ek på Inkasso AB").Hides("<dt>Holder")
	declined := w.offer(lender, anna.party)
	w.must(anna.signer(), w.draft(anna.signer(), ledger.OpDecline, string(declined), ledger.ReasonBody{}))
	reader.Get(w.path(declined)).Is(http.StatusOK).Says("Not in force. It never became a debt.")
}

func TestCollectorShowsBesideTheHolder(t *testing.T) {
	w := newWorld(t)
	lender, collector := w.company("Banken AB", inproc.Lender), w.company("Inkasso AB", inproc.Collector)
	id := w.issue(lender, w.join("anna", lender))
	mandate := w.draft(lender.Signer, ledger.OpTransferOffer, string(id),
		ledger.TransferOfferBody{To: collector.ID, Kind: ledger.CollectionMandate})
	w.must(lender.Signer, mandate)
	w.do(collector, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: mandate.Command})
	w.stranger().Get(w.path(id)).Is(http.StatusOK).
		Says("Holder Banken AB", "Payments are collected by Inkasso AB", "Licence, by its own account: Finansinspektionen 55-1", "Eva Ek på Inkasso AB")
}

// TestNothingPersonalBeforeSignIn: neither who owes, nor what, nor how it goes.
func TestNothingPersonalBeforeSignIn(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna := w.join("anna", lender)
	id := w.issue(lender, anna)
	before := w.stranger().Get(w.path(id)).Is(http.StatusOK).Body
	w.pay(lender, id, 1_000_00)
	w.must(anna.signer(), w.draft(anna.signer(), ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "Jag har betalat"}))
	w.pass(90 * 24 * time.Hour)
	for _, b := range []*browser{w.stranger(), anna} {
		a := b.Get(w.path(id)).Is(http.StatusOK)
		a.Hides("Anna", "12 000", "12,000", "1200000", "K-77", "Jag har betalat", "dispute", "late", string(id), string(anna.party), "0701234567")
		if a.Body != before {
			t.Errorf("a payment, a dispute and a delay change what strangers see:\n%s\nbefore:\n%s", a.Body, before)
		}
	}
}

// TestPrivateLenderIsNotNamedBeforeSignIn: a note says its lender's name, which is a
// person's where friends lend to each other.
func TestPrivateLenderIsNotNamedBeforeSignIn(t *testing.T) {
	w := newWorld(t)
	bank, collector := w.company("Banken AB", inproc.Lender), w.company("Inkasso AB", inproc.Collector)
	anna, bo := w.join("anna", bank), w.join("bo", bank)
	lender := &company{Signer: bo.signer()}
	lender.book = ledger.BookID(w.do(lender, ledger.OpBookOpen, "", ledger.EmptyBody{}).Subject.ID)
	id := ledger.NoteID(w.do(lender, ledger.OpOffer, "", ledger.OfferBody{
		Book: lender.book, Borrowers: []ledger.PartyID{anna.party}, Payee: "Bo Ek", Terms: w.terms(),
		AnswerBy: w.Now().UTC().Truncate(time.Second).Add(24 * time.Hour),
	}).Subject.ID)
	w.accept(anna, id)
	w.stranger().Get(w.path(id)).Is(http.StatusOK).Hides("Bo Ek")
	w.sell(lender, collector, id)
	w.stranger().Get(w.path(id)).Is(http.StatusOK).Says("Holder Inkasso AB").Hides("Bo Ek")
}

// TestKeptPageShowsHowAPledgeeIsReachedNow, not as it was when the page was made.
func TestKeptPageShowsHowAPledgeeIsReachedNow(t *testing.T) {
	w := newWorld(t)
	lender, pledgee := w.company("Banken AB", inproc.Lender), w.company("Panten AB", inproc.Collector)
	id := w.issue(lender, w.join("anna", lender))
	pledge := w.draft(lender.Signer, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: pledgee.ID, Kind: ledger.PledgeTransfer})
	w.must(lender.Signer, pledge)
	w.do(pledgee, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: pledge.Command})
	w.stranger().Get(w.path(id)).Is(http.StatusOK).Says("+46850000000")
	w.do(pledgee, ledger.OpPartyContact, string(pledgee.ID), ledger.Contact{Human: "Ulla", Phone: "+46811111111", Hours: "9–10"})
	w.stranger().Get(w.path(id)).Is(http.StatusOK).Says("+46811111111").Hides("+46850000000")
}

// TestWrongCodesAllHaveTheSameAnswer, and so do those that are none.
func TestWrongCodesAllHaveTheSameAnswer(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	right := strings.TrimPrefix(w.path(w.issue(lender, w.join("anna", lender))), "/n/")
	oneOff := right[:len(right)-1] + "0"
	if strings.HasSuffix(right, "0") {
		oneOff = right[:len(right)-1] + "1"
	}
	var first *sitetest.Answer
	for _, wrong := range []string{"0000-0000-0000-0000", oneOff, "short", "0000-0000-0000-000U", "%00", strings.Repeat("A", 300)} {
		a := w.stranger().Get("/n/" + wrong).Is(http.StatusNotFound).Says("We find no note with that code")
		if first == nil {
			first = a
		}
		a.Header.Del("Date")
		if a.Body != first.Body || len(a.Header) != len(first.Header) {
			t.Errorf("%q is answered with\n%v\n%s\nwant\n%v\n%s", wrong, a.Header, a.Body, first.Header, first.Body)
		}
		for _, path := range []string{"/call", "/note"} {
			if got := w.stranger().Get("/n/" + wrong + path); path == "/call" && got.Status != http.StatusNotFound || got.Status == http.StatusOK {
				t.Errorf("/n/%s%s is answered with %d", wrong, path, got.Status)
			}
		}
	}
}

func TestWhoTriesCodesWaits(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	id := w.issue(lender, w.join("anna", lender))
	b := w.stranger()
	refused := false
	for range 40 {
		a := b.Get("/n/0000-0000-0000-0000")
		if refused = a.Status == http.StatusTooManyRequests; refused {
			a.Says("Too many tries in a short time")
			if a.Header.Get("Retry-After") == "" {
				t.Error("it is not said when to come back")
			}
			break
		}
		a.Is(http.StatusNotFound)
	}
	if !refused {
		t.Fatal("forty wrong codes are looked up")
	}
	b.Get(w.path(id)).Is(http.StatusTooManyRequests) // it has to wait with every code
	w.pass(time.Minute)
	b.Get(w.path(id)).Is(http.StatusOK)
}

func TestCodeIsFoundHoweverItIsTyped(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	code := strings.TrimPrefix(w.path(w.issue(lender, w.join("anna", lender))), "/n/")
	b := w.stranger()
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), strings.ReplaceAll(code, "-", " ")} {
		a := b.Send(b.Get("/"), "/", url.Values{"code": {typed}}).Is(http.StatusSeeOther)
		if to := a.Header.Get("Location"); to != "/n/"+code {
			t.Errorf("%q leads to %s", typed, to)
		}
		a = b.Send(b.Get("/"), "/", url.Values{"code": {typed}, "invited": {"yes"}}).Is(http.StatusSeeOther)
		if to := a.Header.Get("Location"); to != "/i/"+code {
			t.Errorf("%q from an invitation leads to %s", typed, to)
		}
		b.Get("/n/" + url.PathEscape(typed)).Is(http.StatusOK)
	}
	b.Send(b.Get("/"), "/", url.Values{"code": {"<script>"}}).Is(http.StatusUnprocessableEntity).
		Says("The code has 16 letters and digits.").Hides("<script>\"")
}

func TestPageThatIsKeptReadyIsTheOneThatIsMade(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	id := w.issue(lender, w.join("anna", lender))
	b := w.stranger()
	made, kept := b.Get(w.path(id)), b.Get(w.path(id))
	tag := kept.Header.Get("ETag")
	if made.Body != kept.Body || tag == "" || tag != made.Header.Get("ETag") {
		t.Errorf("made:\n%v\n%s\nkept:\n%v\n%s", made.Header, made.Body, kept.Header, kept.Body)
	}
	for name := range made.Header {
		if name != "Date" && name != "Vary" && made.Header.Get(name) != kept.Header.Get(name) {
			t.Errorf("%s is %q when it is made, %q when it is kept", name, made.Header.Get(name), kept.Header.Get(name))
		}
	}
	unchanged := func(r *http.Request) { r.Header.Set("If-None-Match", tag) }
	if a := b.Get(w.path(id), unchanged).Is(http.StatusNotModified); a.Body != "" {
		t.Errorf("what the browser has is sent again: %s", a.Body)
	}
	b.Language = "sv"
	b.Get(w.path(id), unchanged).Is(http.StatusOK).Says("Skuldebrevet är äkta.")
}

// TestKeptPageIsNeverOlderThanTheReadModel: a page that is kept goes with the first
// block that changes what it says.
func TestKeptPageIsNeverOlderThanTheReadModel(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	id := w.issue(lender, w.join("anna", lender))
	b := w.stranger()
	b.Get(w.path(id)).Says("+46850000000")
	w.do(lender, ledger.OpPartyContact, string(lender.ID), ledger.Contact{Human: "Olle Berg", Phone: "+46850000001", Hours: "alltid"})
	b.Get(w.path(id)).Says("Olle Berg", "+46850000001")
	w.do(lender, ledger.OpForgive, string(id), ledger.ForgiveBody{
		Amount: finance.Money{Amount: 12_000_00, Currency: "SEK"}, Reason: "eftergift",
	})
	b.Get(w.path(id)).Says("Paid. The note has been handed back.").Hides("eftergift")
}

// TestManyFromOneAddressSeeAPageThatIsKept: in a crisis half a town may share an
// address, and every block has the pages looked at again.
func TestManyFromOneAddressSeeAPageThatIsKept(t *testing.T) {
	w := newWorldWith(t, func(o *web.Options) { o.Limits.Address = limit.Rate{PerSecond: 1, Burst: 30, AtOnce: 1} })
	lender := w.company("Banken AB", inproc.Lender)
	id := w.issue(lender, w.join("anna", lender))
	w.stranger().Get(w.path(id)).Is(http.StatusOK)
	for range 3 {
		w.company("Another AB", inproc.Collector) // blocks that change nothing of it
		var all sync.WaitGroup
		for range 40 {
			b := w.stranger()
			all.Go(func() {
				if a := b.Get(w.path(id)); a.Status != http.StatusOK {
					t.Errorf("it is answered with %d", a.Status)
				}
			})
		}
		all.Wait()
	}
}
