package web_test

import (
	"net/http"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// TestWhoseDebtIsCalledSeesWhatKeepsTheInstalments, by when and how much, and that
// they go on once it is paid.
func TestWhoseDebtIsCalledSeesWhatKeepsTheInstalments(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Nordlån AB", inproc.Lender)
	anna := w.join("anna", lender)
	terms := w.terms()
	terms.Acceleration = true
	d := &debtor{world: w, lender: lender, anna: anna, note: w.offerOf(lender, terms, anna.party)}
	anna.Get(notePage(d.note)+"/offer").Is(http.StatusOK).Says("All of it ahead of its time", "sections 33 and 34")
	w.accept(anna, d.note)
	d.later(130)
	d.do(lender, ledger.OpAccelerate, string(d.note), ledger.AccelerateBody{Effective: d.today().AddDays(30), DeliveredOn: d.today(), Channel: "letter"})
	s, err := ledger.Summarize(d.world.note(d.note), lender.ID, d.today())
	if err != nil || s.Cure == nil || s.Cure.Amount != 3_198_57 {
		t.Fatalf("what cures it is %+v: %v", s.Cure, err)
	}
	d.page().Says("All of the debt is to be paid", "Pay SEK 3,198.57 by", "your instalments go on as before").Hides("Free of this debt on")
	d.pay(lender, d.note, s.Cure.Amount)
	d.page().Hides("All of the debt is to be paid")
}

// TestTheBorrowerSeesHowLongTheDebtCanBeClaimed, and what the time is counted from.
func TestTheBorrowerSeesHowLongTheDebtCanBeClaimed(t *testing.T) {
	d := newDebtor(t)
	d.later(10)
	d.do(d.lender, ledger.OpInterrupt, string(d.note), ledger.InterruptBody{Kind: ledger.Filing, On: d.today(), Reference: "Ä 12-26"})
	d.page().Says("The debt can be claimed until", "when it was filed with a court")
}

// TestAProposalOfAnotherRateSaysWhichBesideWhatHolds.
func TestAProposalOfAnotherRateSaysWhichBesideWhatHolds(t *testing.T) {
	d := newDebtor(t)
	proposal := notePage(d.note) + "/proposal"
	d.do(d.lender, ledger.OpAmendPropose, string(d.note), ledger.AmendProposeBody{Amendment: ledger.Amendment{Kind: ledger.AmendRate, Rate: finance.Percent(4)}})
	d.anna.Get(proposal).Is(http.StatusOK).Says("The proposal: 4% a year")
	free := ledger.Amendment{Kind: ledger.AmendTerm, Instalments: 24, FirstDue: d.today().AddDays(30), Free: true}
	d.do(d.lender, ledger.OpAmendPropose, string(d.note), ledger.AmendProposeBody{Amendment: free})
	d.anna.Get(proposal).Is(http.StatusOK).Says("The proposal: without interest and fees")
}
