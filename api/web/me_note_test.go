package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestNoteAnswersWhatABorrowerAsksInThatOrder(t *testing.T) {
	d := newDebtor(t)
	d.later(60) // the first payment is late
	d.pay(d.lender, d.note, 1066_19)
	page := d.page()
	shown := page.Text()
	at := 0
	for _, want := range []string{
		"Running as agreed", "Left to pay", "Next payment", "Pay to Nordlån AB", "Free of this debt on", "What would you like to do?",
		"Eva Ek på Nordlån AB", "Your plan", "1 of 12 payments are made", "How it comes to", "Capital", "Lent at the beginning SEK 12,000.00",
		"Interest", "Payments", "received by Nordlån AB", "Who has had it", "The lender, from the beginning", "Documents",
	} {
		i := strings.Index(shown[at:], want)
		if i < 0 {
			t.Fatalf("%q does not come after what is before it:\n%s", want, shown)
		}
		at += i
	}
}

func TestEveryLineOfWhatIsLeftAddsUp(t *testing.T) {
	d := newDebtor(t)
	terms := d.terms() // a debt that was late when it came to the registry
	terms.AgreedOn = d.today().AddDays(-150)
	terms.InterestFrom, terms.Schedule.FirstDue, terms.Schedule.DueDay = terms.AgreedOn, terms.AgreedOn.AddMonths(1, 0), 0
	d.note = d.offerOf(d.lender, terms, d.anna.party)
	d.accept(d.anna, d.note)
	d.pay(d.lender, d.note, 300_01)
	d.relieve()
	d.later(10)
	s, err := ledger.Summarize(d.world.note(d.note), d.lender.ID, d.today())
	if err != nil {
		t.Fatal(err)
	}
	if s.Owed.LateInterest == 0 {
		t.Fatal("nothing is late")
	}
	page := d.page()
	var total finance.Amount
	for n := range page.Root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "details" || pagetest.Attr(n, "class") != "line" {
			continue
		}
		var amounts []finance.Amount
		for m := range n.Descendants() {
			if m.Type == html.ElementNode && pagetest.Attr(m, "class") == "money" {
				amounts = append(amounts, amountIn(t, m.FirstChild.Data))
			}
		}
		var parts finance.Amount
		for _, a := range amounts[1:] {
			parts += a
		}
		if parts != amounts[0] {
			t.Errorf("the parts of a line come to %d, the line says %d", parts, amounts[0])
		}
		total += amounts[0]
	}
	if total != s.Total.Amount {
		t.Errorf("the lines come to %d, want %d", total, s.Total.Amount)
	}
	page.Says("SFS 1975:635 § 6", "one day on", "by law",
		"Fee for a demand of 15 June 2026", "SFS 1981:739 § 3 and 4", "Taken off on 15 June 2026", "“A wrong address.”",
		"set off: A deposit", "of at most SEK 12,000.00.")
	d.later(30) // into a half-year whose reference rate nobody knows
	d.page().Says("The reference rate for 1 July 2026 is not set yet")
}

// amountIn reads an amount as the English page writes it.
func amountIn(t *testing.T, text string) finance.Amount {
	t.Helper()
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		t.Fatalf("%q is no amount", text)
	}
	if strings.Contains(text, "\u2212") {
		n = -n
	}
	return finance.Amount(n)
}

func TestNothingIsDemandedBeforeTheBorrowerIsTold(t *testing.T) {
	d := newDebtor(t)
	collector := d.company("Svea Inkasso AB", inproc.Collector)
	d.sell(d.lender, collector, d.note)
	d.later(100)
	d.anna.Get("/me").Is(http.StatusOK).Says("New holder", "Svea Inkasso AB has held the note since")
	d.page().Says("The note has changed holder", "Until then nothing is demanded of you", "No late interest and no fees are counted", "You have not been told yet").
		Says("Pay Nordlån AB, if you want to pay now", "you can pay Nordlån AB, and it counts", "Eva Ek på Nordlån AB").
		Hides("Next payment", "Late interest</span>", "A payment is late", "was to be paid by")
	d.stranger().Get(d.path(d.note)).Is(http.StatusOK).Hides("Eva Ek på Nordlån AB", "it counts")
	d.do(collector, ledger.OpNotice, string(d.note), ledger.NoticeBody{Holder: collector.ID, DeliveredOn: d.today(), Channel: "letter"})
	d.page().Says("A payment is late", "You were told on").Hides("No late interest and no fees are counted", "if you want to pay now")
	d.anna.Get("/me").Hides("New holder")
}

func TestNoteThatAnAuthorityFrozeIsNotLate(t *testing.T) {
	d := newDebtor(t)
	authority := d.authority()
	d.must(authority, d.draft(authority, ledger.OpFreeze, string(d.note), ledger.FreezeBody{Ground: "U-123"}))
	d.later(100)
	d.page().Says("Paused by an authority", "Kronofogden has prohibited payment", "Decision: U-123").Hides("A payment is late", "Next payment", "/help\"><strong>I need")
}

func TestPaidNoteIsHandedBackWithItsLastReceipt(t *testing.T) {
	d := newDebtor(t)
	first := d.pay(d.lender, d.note, 500_00)
	receipt := d.anna.Get(notePage(d.note)+"/receipts/"+strconv.FormatUint(first.Seq, 10)).Is(http.StatusOK).
		Says("Receipt: SEK 500.00", "Left after the payment SEK 11,500.00", "Left today SEK 11,500.00", "holds against everyone who gets it later", "Nordlån AB can take the booking back", "Download the proof", "Download the proof (readable)")
	receipt.Hides("yours again")
	collector := d.company("Svea Inkasso AB", inproc.Collector)
	d.sell(d.lender, collector, d.note)
	d.anna.Get(receipt.From).Says("The payment is final. Nobody can take it back.").Hides("can take the booking back")
	d.do(collector, ledger.OpNotice, string(d.note), ledger.NoticeBody{Holder: collector.ID, DeliveredOn: d.today(), Channel: "letter"})
	last := d.pay(collector, d.note, 11_500_00)
	d.page().Says("Paid. The note is yours again.", "Keep your handed-back note", "You, now that it is paid", "held the note last").Hides("Left to pay", "What would you like to do?")
	d.anna.Get(notePage(d.note)+"/receipts/"+strconv.FormatUint(last.Seq, 10)).Is(http.StatusOK).
		Says("Paid. The note is yours again.", "Left after the payment SEK 0.00", "The note has been handed back.", "The note that is yours again", "Amount lent")
	d.anna.Get("/me").Says("Finished", "Paid. The note is yours again.")
	for _, seq := range []string{"0", "1", "99", "x", "-1", "18446744073709551616"} {
		d.anna.Get(notePage(d.note) + "/receipts/" + seq).Is(http.StatusNotFound)
	}
}

func TestBookingThatWasTakenBackStaysVisible(t *testing.T) {
	d := newDebtor(t)
	paid := d.pay(d.lender, d.note, 500_00)
	d.do(d.lender, ledger.OpPayReverse, string(d.note), ledger.PayReverseBody{Payment: paid.Seq, Reason: "another's"})
	d.page().Says("Taken back", "SEK 12,000.00")
	d.anna.Get(notePage(d.note) + "/receipts/" + strconv.FormatUint(paid.Seq, 10)).Is(http.StatusOK).Says("The booking was taken back").Hides("holds against everyone")
}

// TestReceiptOfAPaymentThatTheNoteForgotSaysWhetherItWasTakenBack: so many payments
// came after both that the note remembers neither.
func TestReceiptOfAPaymentThatTheNoteForgotSaysWhetherItWasTakenBack(t *testing.T) {
	d := newDebtor(t)
	stands, back := d.pay(d.lender, d.note, 1_00), d.pay(d.lender, d.note, 2_00)
	d.do(d.lender, ledger.OpPayReverse, string(d.note), ledger.PayReverseBody{Payment: back.Seq, Reason: "another's"})
	for range ledger.ReversiblePayments {
		d.pay(d.lender, d.note, 1_00)
	}
	receipt := func(seq uint64) *sitetest.Answer {
		return d.anna.Get(notePage(d.note) + "/receipts/" + strconv.FormatUint(seq, 10)).Is(http.StatusOK)
	}
	receipt(back.Seq).Says("The booking was taken back").Hides("holds against everyone", "Nobody can take it back")
	receipt(stands.Seq).Says("holds against everyone", "The payment is final. Nobody can take it back.")
}

// TestWordsOfAJointBorrowerAreTheirOwn: who owes the debt together reads who said
// what, and that a plan holds only once everybody has agreed to it.
func TestWordsOfAJointBorrowerAreTheirOwn(t *testing.T) {
	d := newDebtor(t)
	bo := d.join("bo", d.lender)
	d.note = d.offer(d.lender, d.anna.party, bo.party)
	d.accept(d.anna, d.note)
	d.accept(bo, d.note)
	said := func(op ledger.Op, body any) { d.must(bo.signer(), d.draft(bo.signer(), op, string(d.note), body)) }
	said(ledger.OpPayClaim, ledger.PayClaimBody{Amount: finance.Money{Amount: 5_00, Currency: "SEK"}, PaidOn: d.today(), Text: "At the till."})
	said(ledger.OpDisputeRaise, ledger.DisputeRaiseBody{Text: "Too much."})
	d.page().Says("says that SEK 5.00 was paid on", "Objection by").Hides("You say that you paid", "Your objection")
	bo.Get(notePage(d.note)).Is(http.StatusOK).Says("You say that you paid SEK 5.00", "Your objection of").Hides("Objection by")

	plan := ledger.Amendment{Kind: ledger.AmendPlan, Instalments: 24, FirstDue: d.today().AddDays(30)}
	propose := func() ledger.AmendAcceptBody {
		said(ledger.OpAmendPropose, ledger.AmendProposeBody{Amendment: plan})
		return ledger.AmendAcceptBody{Proposal: d.world.note(d.note).Proposal.Seq, Amendment: plan}
	}
	agree := func(first ledger.AmendAcceptBody) {
		d.must(d.anna.signer(), d.draft(d.anna.signer(), ledger.OpAmendAccept, string(d.note), first))
	}
	first := propose()
	agree(first)
	d.do(d.lender, ledger.OpAmendAccept, string(d.note), first)
	holds := notePage(d.note) + "?done=" + string(ledger.OpAmendAccept)
	d.anna.Get(holds).Says("The new plan holds from today")
	agree(propose())
	d.anna.Get(holds).Hides("The new plan holds from today")
}

func TestNoteOnDemandHasNoPlan(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Nordlån AB", inproc.Lender)
	anna := w.join("anna", lender)
	terms := w.terms()
	terms.Schedule = ledger.Schedule{Kind: finance.OnDemand}
	id := w.offerOf(lender, terms, anna.party)
	anna.Get(notePage(id)+"/offer").Is(http.StatusOK).Says("The interest is 12% a year until you have paid.", "You pay when the lender asks")
	w.accept(anna, id)
	anna.Get(notePage(id)).Is(http.StatusOK).Says("There is no plan").Hides("Your plan")
	anna.Get(notePage(id) + "/help").Is(http.StatusOK).Says("A plan")
}

func TestPaperHasEverythingAndTheWayBack(t *testing.T) {
	d := newDebtor(t)
	d.pay(d.lender, d.note, 500_00)
	page := d.anna.Get(notePage(d.note)+"/print").Is(http.StatusOK).
		Says("Left to pay", "Eva Ek", "SEK 500.00", "Amount lent", string(d.note), strings.TrimPrefix(d.origin, "http://")+d.path(d.note), "Lent at the beginning")
	if page.Find(func(n *html.Node) bool { return n.Data == "path" && pagetest.Attr(n, "class") == "qr-dark" }) == nil {
		t.Error("the page has no QR code")
	}
	for n := range page.Root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "details" && !sitetest.Has(n, "open") {
			t.Error("a part of the page is closed, and paper cannot be opened")
		}
	}
}

// TestPagesAreReadByEverybody walks every page of a note in every language and looks
// for what a screen reader needs.
func TestPagesAfterSignInAreReadByEverybody(t *testing.T) {
	d := newDebtor(t)
	d.pay(d.lender, d.note, 500_00)
	waiting := d.offer(d.lender, d.anna.party)
	d.do(d.lender, ledger.OpAmendPropose, string(d.note), ledger.AmendProposeBody{
		Amendment: ledger.Amendment{Kind: ledger.AmendPlan, Instalments: 24, FirstDue: d.today().AddDays(30)}, Text: `<script>alert("x")</script>`,
	})
	pages := []string{"/me", "/me/keys", "/me/keys/new", "/me/helpers", "/me/recovery", notePage(waiting), notePage(waiting) + "/offer"}
	for _, p := range []string{"", "/paid", "/wrong", "/help", "/proposal", "/receipts/3", "/print"} {
		pages = append(pages, notePage(d.note)+p)
	}
	for _, language := range []string{"sv", "da", "en"} {
		d.anna.Language = language
		for _, path := range pages {
			a := d.anna.Get(path).Is(http.StatusOK).Hides("<script>alert", "%!", "ZgotmplZ")
			if strings.Contains(a.Text(), "{") {
				t.Errorf("%s in %s leaves a place open: %s", path, language, a.Text())
			}
			checkStructure(t, a)
		}
	}
}

// checkStructure checks that a page has one heading of the first rank and no gap in
// the ranks, no id twice, a label for each field and a caption for each table.
func checkStructure(t *testing.T, a *sitetest.Answer) {
	t.Helper()
	ids, labelled, rank, firsts := map[string]bool{}, map[string]bool{}, 0, 0
	for n := range a.Root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := pagetest.Attr(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("%s: two elements have the id %q", a.From, id)
			}
			ids[id] = true
		}
		if n.Data == "label" {
			labelled[pagetest.Attr(n, "for")] = true
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			now := int(n.Data[1] - '0')
			if now == 1 {
				firsts++
			}
			if now > rank+1 {
				t.Errorf("%s: a heading of rank %d comes after one of rank %d", a.From, now, rank)
			}
			rank = now
		}
	}
	if firsts != 1 {
		t.Errorf("%s has %d headings of the first rank", a.From, firsts)
	}
	for n := range a.Root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch kind := pagetest.Attr(n, "type"); {
		case n.Data == "textarea", n.Data == "input" && kind != "hidden":
			if !labelled[pagetest.Attr(n, "id")] {
				t.Errorf("%s: the field %q has no label", a.From, pagetest.Attr(n, "name"))
			}
		case n.Data == "table":
			if n.FirstChild == nil || a.Find(func(m *html.Node) bool { return m.Data == "caption" && m.Parent == n }) == nil {
				t.Errorf("%s: a table has no caption", a.From)
			}
		case n.Data == "svg":
			if pagetest.Attr(n, "aria-hidden") != "true" && pagetest.Attr(n, "aria-label") == "" && pagetest.Attr(n, "aria-labelledby") == "" {
				t.Errorf("%s: a picture has no text", a.From)
			}
		}
		for _, name := range []string{"aria-labelledby", "aria-describedby"} {
			for id := range strings.FieldsSeq(pagetest.Attr(n, name)) {
				if !ids[id] {
					t.Errorf("%s: %s names %q, which is not there", a.From, name, id)
				}
			}
		}
	}
}

func TestProofIsDownloadedAndHoldsWithoutThePages(t *testing.T) {
	d := newDebtor(t)
	paid := d.pay(d.lender, d.note, 500_00)
	anchors := evidence.Anchors{Networks: []string{d.ledger.Service(inproc.Registrar).Network()}}
	for _, query := range []string{"", "?payment=" + strconv.FormatUint(paid.Seq, 10)} {
		file := d.anna.Get(notePage(d.note) + "/evidence" + query).Is(http.StatusOK)
		if got := file.Header.Get("Content-Type"); got != evidence.MediaType {
			t.Errorf("%s is of the type %s", file.From, got)
		}
		if got := file.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=") {
			t.Errorf("%s is to be kept as %q", file.From, got)
		}
		if report := evidence.Verify([]byte(file.Body), anchors); !report.Holds() {
			t.Errorf("%s does not hold: %v", file.From, report.Findings)
		}
		separator := "?"
		if query != "" {
			separator = "&"
		}
		readable := d.anna.Get(file.From + separator + "form=page").Is(http.StatusOK).Says("SEK 500.00")
		raw, err := evidence.Extract([]byte(readable.Body))
		if err != nil {
			t.Fatal(err)
		}
		if report := evidence.Verify(raw, anchors); !report.Holds() {
			t.Errorf("%s does not hold: %v", readable.From, report.Findings)
		}
	}
	for _, payment := range []string{"0", "x", "1", "99"} {
		if a := d.anna.Get(notePage(d.note) + "/evidence?payment=" + payment); a.Status < 400 || a.Status >= 500 {
			t.Errorf("the proof of payment %s is answered with %d", payment, a.Status)
		}
	}
}

func TestPictureOfThePlanNamesTheMonthsOfThePayments(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Nordlån AB", inproc.Lender)
	anna := w.join("anna", lender)
	terms := w.terms() // due on the last of October, a Saturday, and of January, a Sunday
	terms.Schedule.FirstDue, terms.Schedule.DueDay, terms.Schedule.Instalments = terms.AgreedOn.AddMonths(4, 31), 31, 4
	id := w.offerOf(lender, terms, anna.party)
	w.accept(anna, id)
	anna.Get(notePage(id)).Is(http.StatusOK).Says("November 2026 February 2027", "2 November 2026", "1 February 2027")
	anna.Get(notePage(id)+"/help").Is(http.StatusOK).Says("As it is today", "November 2026")
}

func TestErasedNoteSaysSoToItsBorrowerForAWhileAndToNobodyElse(t *testing.T) {
	d := newDebtor(t)
	karin, _ := d.helper("karin", 30, nil, ledger.ScopeSee)
	id := d.offer(d.lender, d.anna.party)
	d.do(d.lender, ledger.OpWithdraw, string(id), ledger.ReasonBody{})
	d.do(d.lender, ledger.OpErase, string(id), ledger.EmptyBody{})
	d.anna.Get(notePage(id)).Is(http.StatusOK).Says("A note", "Erased", "The time to keep the", "Maja Lind").Hides("Nordlån AB", "Documents", "Call me back")
	for _, path := range []string{"/paid", "/offer", "/print", "/evidence", "/receipts/1"} {
		d.anna.Get(notePage(id) + path).Is(http.StatusNotFound)
	}
	karin.Get(notePage(id)).Is(http.StatusNotFound)
	d.join("berit", d.lender).Get(notePage(id)).Is(http.StatusNotFound)
}

func TestHelperReadsWhoseTheNoteIsAgain(t *testing.T) {
	d := newDebtor(t)
	karin, _ := d.helper("karin", 30, nil, ledger.ScopeTalk)
	last := d.pay(d.lender, d.note, 12_000_00)
	for _, path := range []string{"/me", notePage(d.note), notePage(d.note) + "/receipts/" + strconv.FormatUint(last.Seq, 10)} {
		karin.Get(path).Is(http.StatusOK).Says("Paid. The note belongs to Anna Andersson again.").Hides("yours", "You, now that it is paid")
	}
	d.page().Says("Paid. The note is yours again.", "Those who help you")
}
