package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/web"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// debtor is a world with a lender and a person who owes it money.
type debtor struct {
	*world
	lender *company
	anna   *browser
	note   ledger.NoteID
}

func newDebtor(t *testing.T) *debtor {
	t.Helper()
	return newDebtorWith(t, func(*web.Options) {})
}

func newDebtorWith(t *testing.T, change func(*web.Options)) *debtor {
	t.Helper()
	w := newWorldWith(t, change)
	d := &debtor{world: w, lender: w.company("Nordlån AB", inproc.Lender)}
	d.anna = w.join("anna", d.lender)
	d.note = w.issue(d.lender, d.anna)
	return d
}

// later lets time pass and signs the person in again.
func (d *debtor) later(days int) {
	d.Helper()
	d.pass(time.Duration(days) * 24 * time.Hour)
	d.anna.signIn()
}

func (d *debtor) page() *sitetest.Answer {
	d.Helper()
	return d.anna.Get(notePage(d.note)).Is(http.StatusOK)
}

func TestPaymentThatDoesNotShowIsClaimedAndTakenBack(t *testing.T) {
	d := newDebtor(t)
	d.later(20)
	door := d.anna.Get(notePage(d.note)+"/paid").Is(http.StatusOK).Says("Tell it in your own words", "answer within 14 days")
	done := d.anna.sign(d.anna.Send(door, notePage(d.note)+"/paid", url.Values{
		"words": {"I paid at the till.\r\nShe gave me a slip."}, "amount": {"1,066.19"}, "paid_on": {d.today().AddDays(-3).String()}, "bank": {"B-1"},
	})).Is(http.StatusOK).Says("Nordlån AB answers by", "You say that you paid SEK 1,066.19", "She gave me a slip.")

	claims := d.world.note(d.note).Claims
	if len(claims) != 1 || claims[0].Amount != 1066_19 || claims[0].Text != "I paid at the till.\nShe gave me a slip." || claims[0].Reference != "B-1" ||
		claims[0].AnswerBy != d.today().AddDays(ledger.ClaimDays) {
		t.Fatalf("the note has the claims %+v", claims)
	}
	d.anna.sign(d.anna.Send(done, notePage(d.note)+"/withdrawal", nil)).Says("You have taken it back.")
	if left := d.world.note(d.note).Claims; len(left) != 0 {
		t.Errorf("the note still has the claims %+v", left)
	}
}

func TestClaimThatNobodyAnswersStopsTheDemand(t *testing.T) {
	d := newDebtor(t)
	d.later(1)
	door := d.anna.Get(notePage(d.note) + "/paid")
	d.anna.sign(d.anna.Send(door, notePage(d.note)+"/paid", url.Values{
		"words": {"paid"}, "amount": {"100"}, "paid_on": {d.today().String()},
	})).Says("Next payment")
	d.later(ledger.ClaimDays + 1)
	d.page().Says("Nothing is demanded meanwhile", "It is now an objection").Hides("Next payment")
}

func TestObjectionStopsTheDemandInTheBorrowersOwnWords(t *testing.T) {
	d := newDebtor(t)
	d.later(60)
	d.page().Says("A payment is late", "was to be paid by")
	door := d.anna.Get(notePage(d.note) + "/wrong").Is(http.StatusOK)
	d.anna.sign(d.anna.Send(door, notePage(d.note)+"/wrong", url.Values{"words": {"I never <b>borrowed</b> this."}})).
		Says("Thank you. The demand has stopped.", "Nothing is demanded meanwhile", "I never <b>borrowed</b> this.").Hides("Next payment", "was to be paid by")
	disputes := d.world.note(d.note).Disputes
	if len(disputes) != 1 || disputes[0].Text != "I never <b>borrowed</b> this." {
		t.Errorf("the note has the disputes %+v", disputes)
	}
}

// TestWaysShowWhatIsOverdueBesideThePayments: without it the payments would not come
// to the total.
func TestWaysShowWhatIsOverdueBesideThePayments(t *testing.T) {
	d := newDebtor(t)
	help := notePage(d.note) + "/help"
	d.anna.Get(help).Is(http.StatusOK).Hides("To pay at once")
	d.later(60)
	f, err := ledger.Foresee(d.world.note(d.note), d.lender.ID, d.today())
	if err != nil || f.Now == 0 {
		t.Fatalf("foreseen is %+v: %v", f, err)
	}
	d.anna.Get(help).Is(http.StatusOK).Says("To pay at once SEK 1,0")
}

// TestPauseKeepsTheDayOfTheMonth: that of the plan in force, and not of the terms.
func TestPauseKeepsTheDayOfTheMonth(t *testing.T) {
	d := newDebtor(t)
	proposed := func() ledger.Amendment {
		page := d.anna.Get(notePage(d.note) + "/help").Is(http.StatusOK)
		d.anna.Follow(d.anna.Ceremony(d.anna.Follow(d.anna.Send(page, notePage(d.note)+"/help", url.Values{"way": {"pause"}}).Is(http.StatusSeeOther))))
		return d.world.note(d.note).Proposal.Amendment
	}
	if _, _, day := proposed().FirstDue.Civil(); day != 28 {
		t.Errorf("by the terms it is the %d.", day)
	}
	plan := ledger.Amendment{Kind: ledger.AmendPlan, Instalments: 24, FirstDue: d.today().AddDays(31)} // 16 July
	p := d.world.note(d.note).Proposal.Seq
	d.do(d.lender, ledger.OpAmendReject, string(d.note), ledger.AmendEndBody{Proposal: p})
	d.do(d.lender, ledger.OpAmendPropose, string(d.note), ledger.AmendProposeBody{Amendment: plan})
	accept := ledger.AmendAcceptBody{Proposal: d.world.note(d.note).Proposal.Seq, Amendment: plan}
	d.must(d.anna.signer(), d.draft(d.anna.signer(), ledger.OpAmendAccept, string(d.note), accept))
	if got := proposed(); got.FirstDue.String() != "2026-09-16" {
		t.Errorf("by the plan it is %s", got.FirstDue)
	}
	d.later(75) // to 29 August: two payments are overdue, and a month is a month
	d.do(d.lender, ledger.OpAmendReject, string(d.note), ledger.AmendEndBody{Proposal: d.world.note(d.note).Proposal.Seq})
	if got := proposed(); got.FirstDue.String() != "2026-11-16" {
		t.Errorf("where it is overdue it is %s", got.FirstDue)
	}
}

func TestFormsSayWhatIsWrongAndDraftNothing(t *testing.T) {
	d := newDebtor(t)
	long := make([]rune, ledger.MaxTextRunes+1)
	for i := range long {
		long[i] = 'å'
	}
	good := url.Values{"words": {"paid"}, "amount": {"100"}, "paid_on": {d.today().String()}}
	with := func(name, value string) url.Values {
		v := url.Values{}
		for k := range good {
			v[k] = good[k]
		}
		v.Set(name, value)
		return v
	}
	for _, c := range []struct {
		name, door string
		form       url.Values
		says       string
	}{
		{"no words", "paid", with("words", " \n "), "Write something in your own words."},
		{"too many words", "paid", with("words", string(long)), "That is too long: at most 2,000 characters."},
		{"no amount", "paid", with("amount", ""), "Write an amount"},
		{"an amount in words", "paid", with("amount", "hundred"), "Write an amount"},
		{"nothing", "paid", with("amount", "0"), "Write an amount"},
		{"less than nothing", "paid", with("amount", "-5"), "Write an amount"},
		{"no day", "paid", with("paid_on", ""), "Choose a day."},
		{"a day to come", "paid", with("paid_on", d.today().AddDays(1).String()), "That day is still to come."},
		{"a day before the loan", "paid", with("paid_on", d.today().AddDays(-1).String()), "That day is before the loan"},
		{"too long a reference", "paid", with("bank", string(long[:65])), "That is too long: at most 64 characters."},
		{"no objection", "wrong", url.Values{"words": {""}}, "Write something in your own words."},
		{"too long an objection", "wrong", url.Values{"words": {string(long)}}, "That is too long"},
		{"no way chosen", "help", url.Values{"words": {"ill"}}, "Choose one of the ways."},
		{"a way that is none", "help", url.Values{"way": {"forgive"}}, "Choose one of the ways."},
		{"too long a letter", "help", url.Values{"way": {"plan"}, "words": {string(long)}}, "That is too long"},
	} {
		path := notePage(d.note) + "/" + c.door
		d.anna.Send(d.anna.Get(path).Is(http.StatusOK), path, c.form).Is(http.StatusUnprocessableEntity).
			Says("One thing needs to be put right", c.says)
	}
	if n := d.world.note(d.note); n.Seq != 2 {
		t.Errorf("the note has come to %d", n.Seq)
	}
}

func TestWaysToPayAreComparedByTheLedgersOwnArithmetic(t *testing.T) {
	d := newDebtor(t)
	d.later(50)
	d.page().Says("A payment is late")
	n := d.world.note(d.note)
	var plan ledger.Forecast
	fewest := 0
	for plan.Monthly == 0 || plan.Monthly > 550_00 {
		var err error
		fewest++
		if plan, err = ledger.Preview(n, d.lender.ID, ledger.Amendment{Kind: ledger.AmendPlan, Instalments: fewest, FirstDue: d.today().AddDays(30)}, d.today()); err != nil {
			t.Fatal(err)
		}
	}
	money := func(a finance.Amount) string {
		return plain(ledger.English.Money(finance.Money{Amount: a, Currency: "SEK"}))
	}
	page := d.anna.Get(notePage(d.note)+"/help?monthly=550&months=3").Is(http.StatusOK).
		Says("A pause of 3 months", "As it is today", money(plan.Monthly), money(plan.Total), plain(ledger.English.Date(plan.FreeOfDebt)), money(plan.ExtraCost)+" more")
	draft := d.anna.Send(page, notePage(d.note)+"/help", url.Values{"way": {"plan"}, "words": {"I have been ill."}})
	d.anna.Follow(draft).Says("I have been ill.", money(plan.Monthly)+" each month", money(plan.Total)+" in all", "on "+plain(ledger.English.Date(plan.FreeOfDebt)))
	d.anna.sign(draft).
		Says("Your proposal is sent", "You have proposed something. Nordlån AB is to answer.")
	p := d.world.note(d.note).Proposal
	if p == nil || p.Amendment.Instalments != fewest || p.Text != "I have been ill." {
		t.Fatalf("the proposal is %+v", p)
	}
	d.do(d.lender, ledger.OpAmendAccept, string(d.note), ledger.AmendAcceptBody{Proposal: p.Seq, Amendment: p.Amendment})
	d.page().Says("You are on a payment plan", "nothing is late", money(plan.Monthly)).Hides("A payment is late")
}

func TestPauseIsProposedAndTakenBack(t *testing.T) {
	d := newDebtor(t)
	page := d.anna.Get(notePage(d.note) + "/help").Is(http.StatusOK).Says("A pause of 2 months")
	d.anna.sign(d.anna.Send(page, notePage(d.note)+"/help", url.Values{"way": {"pause"}})).Says("Your proposal is sent")
	if p := d.world.note(d.note).Proposal; p == nil || p.Amendment.Kind != ledger.AmendPause {
		t.Fatalf("the proposal is %+v", p)
	}
	own := d.anna.Get(notePage(d.note) + "/proposal").Is(http.StatusOK).Says("Anna Andersson proposed this").Hides("Yes, let us do that")
	d.anna.sign(d.anna.Send(own, notePage(d.note)+"/proposal", nil)).Says("You have taken it back.")
	if p := d.world.note(d.note).Proposal; p != nil {
		t.Errorf("the note still has the proposal %+v", p)
	}
}

func TestPaymentTooSmallForAnyPlanSaysSo(t *testing.T) {
	d := newDebtor(t)
	for monthly, says := range map[string]string{"100": "That is too little for a plan to pay the debt", "0.01": "That is too little", "x": "Write an amount", "-1": "Write an amount"} {
		d.anna.Get(notePage(d.note)+"/help?monthly="+monthly).Is(http.StatusUnprocessableEntity).Says(says, "A pause of 2 months")
	}
	for _, months := range []string{"0", "7", "-1", "two", "99999999999999999999"} {
		d.anna.Get(notePage(d.note)+"/help?months="+months).Is(http.StatusUnprocessableEntity).Says("Write a number of months from 1 to 6", "A plan")
	}
}

func TestProposalOfTheHolderIsAnsweredEitherWay(t *testing.T) {
	for _, c := range []struct {
		answer, says string
		plans        int
	}{{"accept", "You have agreed.", 1}, {"reject", "You have said no to the proposal.", 0}} {
		d := newDebtor(t)
		d.do(d.lender, ledger.OpAmendPropose, string(d.note), ledger.AmendProposeBody{
			Amendment: ledger.Amendment{Kind: ledger.AmendPlan, Instalments: 24, FirstDue: d.today().AddDays(30)}, Text: "We offer lower payments.",
		})
		d.page().Says("Nordlån AB proposes something to you")
		page := d.anna.Get(notePage(d.note)+"/proposal").Is(http.StatusOK).Says("We offer lower payments.", "As it is today", "Yes, let us do that", "No, thank you")
		d.anna.sign(d.anna.Send(page, notePage(d.note)+"/proposal", url.Values{"answer": {c.answer}})).Says(c.says)
		if n := d.world.note(d.note); len(n.Amendments) != c.plans || n.Proposal != nil {
			t.Errorf("%s: the note has %d plans and the proposal %+v", c.answer, len(n.Amendments), n.Proposal)
		}
	}
}

func TestProposalWhoseDayHasPassedCanOnlyBeRefused(t *testing.T) {
	d := newDebtor(t)
	d.do(d.lender, ledger.OpAmendPropose, string(d.note), ledger.AmendProposeBody{
		Amendment: ledger.Amendment{Kind: ledger.AmendPlan, Instalments: 24, FirstDue: d.today().AddDays(5)},
	})
	d.later(10)
	page := d.anna.Get(notePage(d.note) + "/proposal").Is(http.StatusOK).Says("It is too late to say yes").Hides("Yes, let us do that")
	d.anna.sign(d.anna.Send(page, notePage(d.note)+"/proposal", nil)).Says("You have said no to the proposal.")
}

func TestHowMuchLongerAWayTakesIsSaidInYearsAndMonths(t *testing.T) {
	d := newDebtor(t)
	for path, says := range map[string]string{
		"/help?months=1":             "1 month longer",
		"/help?months=2":             "2 months longer",
		"/help?months=2&lang=sv":     "2 månader längre",
		"/help?months=1&lang=da":     "1 måned længere",
		"/help?monthly=450&lang=en":  "1 year and 8 months longer",
		"/help?monthly=450&lang=sv":  "1 år och 8 månader längre",
		"/help?monthly=1100&lang=en": "13 days shorter",
	} {
		d.anna.Get(notePage(d.note)+path).Is(http.StatusOK).Says(says).Hides(" days longer", " dagar längre", " dage længere")
	}
}

func TestProposalIsAnsweredByThePledgeeAndNotByWhoCollects(t *testing.T) {
	d := newDebtor(t)
	bank, collector := d.company("Banken AB", inproc.Lender), d.company("Svea Inkasso AB", inproc.Collector)
	d.transfer(d.lender, bank, d.note, ledger.TransferOfferBody{Kind: ledger.PledgeTransfer}, "")
	d.transfer(bank, collector, d.note, ledger.TransferOfferBody{Kind: ledger.CollectionMandate}, "")
	door := d.anna.Get(notePage(d.note) + "/help").Is(http.StatusOK).Says("Banken AB answers yes or no, and until then")
	d.anna.sign(d.anna.Send(door, notePage(d.note)+"/help", url.Values{"way": {"pause"}})).
		Says("Banken AB answers yes or no, and you see the answer here", "You have proposed something. Banken AB is to answer.")
}

func TestWhatIsTakenBackLeavesAnotherObjectionOpen(t *testing.T) {
	d := newDebtor(t)
	for _, words := range []string{"The first.", "The second."} {
		d.anna.Ceremony(d.object(words)).Is(http.StatusSeeOther)
	}
	page := d.page()
	back := d.anna.sign(d.anna.Send(page, notePage(d.note)+"/withdrawal", nil))
	back.Says("You have taken it back.", "Another objection is still open").Hides("The note runs again")
	d.anna.sign(d.anna.Send(d.page(), notePage(d.note)+"/withdrawal", nil)).Says("The note runs again as shown here.")
}
