package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// maxPage is the most bytes of a page that works on a slow line.
const maxPage = 100_000

func path(number int64) string { return fmt.Sprintf("/desk/cases/%d", number) }

// TestACallerIsFoundAndTheirCaseOpensAtOnce, by whatever they say.
func TestACallerIsFoundAndTheirCaseOpensAtOnce(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	anna, bo := w.given("Anna Åström", "LN-1"), w.given("Bo Åström", "LN-2")
	eva := w.agent()
	for _, q := range []string{"anna", "LN-1", string(anna.Note), "133"} { // the payment reference of case 1
		if to := eva.Get("/desk/search?q=" + url.QueryEscape(q)).Is(http.StatusSeeOther).Header.Get("Location"); to != path(anna.Number) {
			t.Errorf("%q leads to %q", q, to)
		}
	}
	eva.Get("/desk/search?q=astrom").Is(http.StatusOK).Says("2 found.", "Anna Åström", "Bo Åström", "LN-1", "LN-2")
	eva.Get("/desk/search?q=nobody").Is(http.StatusOK).Says("Nobody was found.")
	eva.Get(path(bo.Number)).Is(http.StatusOK).Says("Bo Åström")
	w.staff("Ada", casework.Administrator).Get("/desk/search?q=anna").Is(http.StatusForbidden)
	if strings.Contains(w.log.String(), "Åström") {
		t.Error("the log names a person")
	}
}

// TestACasePageAnswersWhatEveryCallerAsks: who rang, what is owed, what can be done.
func TestACasePageAnswersWhatEveryCallerAsks(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c := w.given("Anna Åström", "LN-1")
	eva := w.agent()
	shown := eva.Get(path(c.Number)).Is(http.StatusOK)
	shown.Says("Anna Åström", "Nobody has been in contact about this case yet.", "A payment is late", "Payment reference", "133",
		"Kredit AB", "Propose a payment plan", "What cannot be done just now, and why", "Looked at:")
	if len(shown.Body) > maxPage {
		t.Errorf("the page has %d bytes", len(shown.Body))
	}
	for _, language := range []string{"sv", "da", "en"} {
		eva.Language = language
		for _, of := range []string{"", "/plan", "/do/pay", "/do/relief", "/do/forgive", "/do/setoff", "/do/notice", "/do/interrupt", "/do/charge", "/do/mandate.end",
			"/alternatives", "/persons/" + string(w.borrower.ID)} {
			for _, fault := range pagetest.Faults(eva.Get(path(c.Number) + of).Is(http.StatusOK).Body) {
				t.Errorf("%s in %s: %s", of, language, fault)
			}
		}
		for _, at := range []string{"/desk/cases", "/desk/search", "/desk/search?q=nobody", "/desk/reach"} {
			for _, fault := range pagetest.Faults(eva.Ask(http.MethodGet, at, nil).Body) {
				t.Errorf("%s in %s: %s", at, language, fault)
			}
		}
	}
	eva.Get("/desk/cases/99").Is(http.StatusNotFound)
	eva.Get("/desk/cases/x").Is(http.StatusNotFound)
	w.staff("Ada", casework.Administrator).Get(path(c.Number)).Is(http.StatusForbidden)
}

// TestAPaymentIsBookedAfterItsCheckAndTakenBack, and the borrower's note says both.
func TestAPaymentIsBookedAfterItsCheckAndTakenBack(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c := w.given("Anna Åström", "")
	fia := w.staff("Fia", casework.Finance)
	form := fia.Get(path(c.Number) + "/do/pay").Is(http.StatusOK)
	fia.Send(form, path(c.Number)+"/do/pay", url.Values{"amount": {"0"}}).Is(http.StatusUnprocessableEntity).Says("Write an amount")
	fia.Send(form, path(c.Number)+"/do/pay", url.Values{"amount": {"99999999"}}).Is(http.StatusUnprocessableEntity).Says("It could not be done")
	check := fia.Follow(fia.Send(form, path(c.Number)+"/do/pay", url.Values{"amount": {"1 000,50"}, "reference": {"BG 1"}}).Is(http.StatusSeeOther))
	check.Says("SEK 1,000.50", "The borrower gets a receipt at once.")
	if n := w.note(c.Note); len(n.Payments) != 0 {
		t.Fatal("it was booked before it was checked")
	}
	done := fia.Follow(fia.Send(check, check.From, nil).Is(http.StatusSeeOther))
	done.Says("Done: Book a payment", "SEK 1,000.50 was paid on")
	if n := w.note(c.Note); len(n.Payments) != 1 || n.Payments[0].Amount != 1000_50 || n.Payments[0].By != w.collector.ID {
		t.Fatalf("the payments are %+v", n.Payments)
	}

	back := fia.Get(path(c.Number) + "/do/pay.reverse").Is(http.StatusOK).Says("SEK 1,000.50 was paid on")
	check = fia.Follow(fia.Send(back, path(c.Number)+"/do/pay.reverse", url.Values{"reason": {"Another person's payment."}}).Is(http.StatusSeeOther))
	fia.Follow(fia.Send(check, check.From, nil).Is(http.StatusSeeOther)).Says("a wrong booking was taken back", "Another person's payment.")
	if n := w.note(c.Note); !n.Payments[0].Reversed {
		t.Error("the payment stands")
	}
}

// TestAPlanIsBuiltComparedAndProposed, with its cost before it is proposed.
func TestAPlanIsBuiltComparedAndProposed(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c := w.given("Anna Åström", "")
	w.told(c.Note)
	eva := w.agent()
	at := path(c.Number) + "/plan"
	first := eva.Get(at).Is(http.StatusOK).Says("Plan: 12 payments", "As it is today", "Free of this debt on", "costs nothing unless you agree on a fee")
	eva.Send(first, at, url.Values{"monthly": {"1"}, "do": {"count"}}).Is(http.StatusUnprocessableEntity).Says("Payments so small never pay the debt off.")
	eva.Send(first, at, url.Values{"day": {"32"}, "do": {"count"}}).Is(http.StatusUnprocessableEntity).Says("Write a day from 1 to 31.")
	eva.Send(first, at, url.Values{"months": {"-1"}, "do": {"count"}}).Is(http.StatusUnprocessableEntity).Says("Write a number of months from 1")
	counted := eva.Send(first, at, url.Values{"monthly": {"600"}, "months": {""}, "do": {"compare"}}).Is(http.StatusOK)
	both := eva.Send(counted, at, url.Values{"monthly": {""}, "months": {"6"}, "do": {"count"}}).Is(http.StatusOK).Says("Plan: 6 payments")
	if n := strings.Count(both.Text(), "Plan: "); n != 2 {
		t.Errorf("%d plans are compared:\n%s", n, both.Text())
	}
	check := eva.Follow(eva.Send(both, at, url.Values{"do": {"propose"}, "words": {"As we said on the telephone."}}).Is(http.StatusSeeOther))
	check.Says("What is left is paid in 6 equal parts", "The borrower reads the proposal on their page and accepts it with a passkey.")
	eva.Follow(eva.Send(check, check.From, nil).Is(http.StatusSeeOther)).Says("The borrower has not answered yet.", "As we said on the telephone.")
	p := w.note(c.Note).Proposal
	if p == nil || p.Amendment.Kind != ledger.AmendPlan || p.Amendment.Instalments != 6 || p.Amendment.DueDay != 28 {
		t.Fatalf("the proposal is %+v", p)
	}
	w.on(w.borrower, ledger.OpAmendAccept, string(c.Note), w.note(c.Note).Seq+1, ledger.AmendAcceptBody{Proposal: p.Seq, Amendment: p.Amendment})
	w.kept()
	eva.Get(path(c.Number)).Is(http.StatusOK).Says("A plan is agreed", "the proposal was accepted")
	eva.Get("/desk/cases?show=plan").Is(http.StatusOK).Says("Anna Åström")
	eva.Get("/desk/cases?show=disputed").Is(http.StatusOK).Says("No cases here.").Hides("Anna")
}

// told has the lender write that the borrower was told of it.
func (w *collecting) told(id ledger.NoteID) {
	w.Helper()
	n := w.note(id)
	if n.Notified.Holder == w.lender.ID {
		return
	}
	w.on(w.lender, ledger.OpNotice, string(id), n.Seq+1, ledger.NoticeBody{Holder: w.lender.ID, DeliveredOn: finance.DateOf(w.Now()), Channel: "letter"})
}

// TestAnObjectionIsAnsweredInWords that the borrower reads.
func TestAnObjectionIsAnsweredInWords(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c := w.given("Anna Åström", "")
	w.on(w.borrower, ledger.OpDisputeRaise, string(c.Note), 5, ledger.DisputeRaiseBody{Text: "I never had this money."})
	w.kept()
	eva := w.agent()
	shown := eva.Get(path(c.Number)).Is(http.StatusOK).Says("I never had this money.", "To be answered by", "Disputed: nothing may be demanded")
	way := path(c.Number) + "/do/dispute.resolve"
	form := eva.Get(way + "?dispute=5").Is(http.StatusOK)
	_ = shown
	eva.Send(form, way, url.Values{"outcome": {"upheld"}}).Is(http.StatusUnprocessableEntity).Says("Write something in your own words.")
	eva.Send(form, way, url.Values{"reason": {"We looked."}}).Is(http.StatusUnprocessableEntity).Says("Choose one of these.")
	check := eva.Follow(eva.Send(form, way, url.Values{"outcome": {"dismissed"}, "reason": {"The payout is in your account's statement."}}).Is(http.StatusSeeOther))
	check.Says("The borrower was not right, and reads the answer.")
	eva.Follow(eva.Send(check, check.From, nil).Is(http.StatusSeeOther)).Says("the objection was settled")
	if n := w.note(c.Note); len(n.Disputes) != 0 {
		t.Errorf("the objections are %+v", n.Disputes)
	}
}

// TestForgivingTakesTwoPeople of whom neither is an agent.
func TestForgivingTakesTwoPeople(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c := w.given("Anna Åström", "")
	eva, lea := w.agent(), w.staff("Lea", casework.Lead)
	eva.Get(path(c.Number)).Is(http.StatusOK).Says("Forgive")
	way := path(c.Number) + "/do/forgive"
	eva.Send(eva.Get(way).Is(http.StatusOK), way, url.Values{"amount": {"1"}, "reason": {"x"}}).Is(http.StatusForbidden)
	// A servicer cannot forgive what is not its own; the rules of the ledger say so.
	lea.Send(lea.Get(way).Is(http.StatusOK), way, url.Values{"amount": {"1"}, "reason": {"x"}}).Is(http.StatusForbidden).Says("It could not be done")
	if n := w.note(c.Note); n.Balance.ForgivenPrincipal != 0 {
		t.Error("something was forgiven")
	}
}

// TestAllOfADebtIsCalledInOnlyAfterMilderWays were considered and written down.
func TestAllOfADebtIsCalledInOnlyAfterMilderWays(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c := w.given("Anna Åström", "")
	lea := w.staff("Lea", casework.Lead)
	form := lea.Follow(lea.Get(path(c.Number)+"/do/accelerate").Is(http.StatusSeeOther)).Is(http.StatusOK).Says("milder ways are to be considered", "Payment plan")
	at := path(c.Number) + "/alternatives"
	lea.Send(form, at, url.Values{"plan-why": {""}}).Is(http.StatusBadRequest)
	filled := url.Values{}
	for _, way := range casework.AllAlternatives() {
		filled[string(way)], filled[string(way)+"-why"] = []string{"yes"}, []string{"She did not want it."}
	}
	lea.Follow(lea.Send(form, at, filled).Is(http.StatusSeeOther)).Says("Milder ways")
	lea.Get(path(c.Number) + "/do/accelerate").Is(http.StatusOK).Says("at least four weeks")
}

// TestACaseIsTakenAndHandedOver, and lists say whose it is.
func TestACaseIsTakenAndHandedOver(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c := w.given("Anna Åström", "")
	eva, lea := w.agent(), w.staff("Lea", casework.Lead)
	owner := path(c.Number) + "/owner"
	eva.Follow(eva.Ask(http.MethodPost, owner, url.Values{"take": {"yes"}, "token": {eva.Get(path(c.Number)).Form(owner).Get("token")}}).Is(http.StatusSeeOther)).Says("Done: Hand the case over")
	eva.Get("/desk/cases?show=mine").Is(http.StatusOK).Says("Anna Åström", "Eva Ek")
	lea.Get("/desk/cases?show=mine").Is(http.StatusOK).Says("No cases here.")
	lea.Send(eva.Get(path(c.Number)), owner, url.Values{"owner": {string(lea.id)}}).Is(http.StatusForbidden) // another's form
	lea.Send(lea.Get(path(c.Number)), owner, url.Values{"owner": {string(lea.id)}}).Is(http.StatusSeeOther)
	lea.Get("/desk/cases?show=mine").Is(http.StatusOK).Says("Anna Åström", "Lea")
}

// TestContactDetailsComeByHandAndByFile, and a person is found by them.
func TestContactDetailsComeByHandAndByFile(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c := w.given("Anna Åström", "")
	eva := w.agent()
	at := path(c.Number) + "/persons/" + string(w.borrower.ID)
	form := eva.Get(at).Is(http.StatusOK)
	eva.Send(form, at, url.Values{"phones": {"12"}}).Is(http.StatusBadRequest).Says("telephone numbers such as +46701234567")
	eva.Follow(eva.Send(form, at, url.Values{"phones": {"070-123 45 67"}, "language": {"da"}}).Is(http.StatusSeeOther)).Says("+46701234567", "Danish")
	eva.Get("/desk/search?q=" + url.QueryEscape("+46 70 123")).Is(http.StatusSeeOther)

	file := eva.Get("/desk/reach").Is(http.StatusOK)
	rows := fmt.Sprintf("case,name,phone,email\n%d,Anna Åström,08-500 000 00,anna@example.se\n77,Nobody,070,x\n%d,Anna Åström,,not an address\n", c.Number, c.Number)
	eva.Send(file, "/desk/reach", url.Values{"rows": {rows}}).Is(http.StatusOK).Says("1 of 3 rows were taken in.", "email")
	eva.Get(path(c.Number)).Is(http.StatusOK).Says("+46850000000", "anna@example.se")
	eva.Send(file, "/desk/reach", url.Values{"rows": {"name,colour\n"}}).Is(http.StatusUnprocessableEntity)
}

// TestTheListOfCasesIsATableForTheClient, which names nobody.
func TestTheListOfCasesIsATableForTheClient(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c := w.given("Anna Åström", "=LN-1")
	lea := w.staff("Lea", casework.Lead)
	lea.Get("/desk/cases?client="+string(w.lender.ID)).Is(http.StatusOK).Says("Anna Åström", "Kredit AB")
	lea.Get("/desk/cases?client=pnobody").Is(http.StatusOK).Hides("Anna Åström")
	table := lea.Get("/desk/cases/export").Is(http.StatusOK)
	for _, want := range []string{"payment_reference", string(c.Note), "'=LN-1", "133", "Kredit AB", "SEK", "overdue"} {
		if !strings.Contains(table.Body, want) {
			t.Errorf("the table does not say %q:\n%s", want, table.Body)
		}
	}
	if strings.Contains(table.Body, "Åström") {
		t.Error("the table names a person")
	}
}

// TestWhatIsOfferedIsReadAndAcceptedByTwo: note by note before, all at once then.
func TestWhatIsOfferedIsReadAndAcceptedByTwo(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	first, second := w.issued("Anna Åström", "LN-1"), w.issued("Bo Ek", "LN-2")
	lea, fia := w.staff("Lea", casework.Lead), w.staff("Fia", casework.Finance)
	books := lea.Get("/desk/books").Is(http.StatusOK).Says("Kredit AB", "mandate to collect", "LN-1", "LN-2", "0 payments on it", "late since")
	for _, fault := range pagetest.Faults(books.Body) {
		t.Error(fault)
	}
	w.agent().Get("/desk/books").Is(http.StatusForbidden)
	books.Says("not verified", "Verify the evidence before you accept anything.")
	waiting := lea.Follow(lea.Send(books, "/desk/books", url.Values{"do": {"check"}}).Is(http.StatusSeeOther)).Says("The evidence of 0 of 2 notes was verified.", "waiting", "Stop verifying")
	w.pass(30 * time.Second)
	if err := w.desk.VerifyOffersOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	books = lea.Get(waiting.From).Is(http.StatusOK).Says("The evidence of 2 of 2 notes was verified.", "genuine", "Accept the 2 notes that are genuine")
	key := "collection_mandate " + string(w.lender.ID)
	lea.Send(books, "/desk/books", url.Values{"offer": {"sale " + string(w.lender.ID)}, "reason": {"x"}}).Is(http.StatusNotFound)
	check := lea.Follow(lea.Send(books, "/desk/books", url.Values{"offer": {key}, "reason": {"As agreed in May."}}).Is(http.StatusSeeOther)).Says("2 notes are accepted.", "All are accepted in one transaction.", "A colleague needs to agree first.")
	lea.Follow(lea.Send(check, check.From, nil).Is(http.StatusSeeOther))
	if w.note(first).Mandate != nil {
		t.Fatal("it was accepted by one person")
	}
	queue := fia.Get("/desk/approvals").Is(http.StatusOK).Says("Accept the notes")
	for _, link := range queue.Links() {
		if strings.HasPrefix(link, "/desk/approvals/") {
			fia.Send(fia.Get(link).Is(http.StatusOK), link, url.Values{"verdict": {"agreed"}}).Is(http.StatusSeeOther)
		}
	}
	for _, id := range []ledger.NoteID{first, second} {
		if m := w.note(id).Mandate; m == nil || m.Servicer != w.collector.ID {
			t.Errorf("the mandate of %s is %+v", id, m)
		}
	}
	lea.Get("/desk/books").Is(http.StatusOK).Says("Nothing is offered to us just now.")
}
