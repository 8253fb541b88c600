package ledgertest

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// theTwoSidesAgree claims a payment, denies it, and agrees on a plan that the
// buyer of the note is bound by.
func theTwoSidesAgree(f *fixture) {
	p := f.people()
	id := f.issue(p)
	today := finance.DateOf(f.world.Now())
	f.do(p.borrower, ledger.OpPayClaim, string(id), ledger.PayClaimBody{Amount: sek(500_00), PaidOn: today, Text: "Paid at the counter."})
	claims := f.mustNote(p.lender, id).Claims
	if len(claims) != 1 || claims[0].AnswerBy != today.AddDays(ledger.ClaimDays) {
		f.Fatalf("claimed are %+v", claims)
	}
	f.do(p.lender, ledger.OpPayDeny, string(id), ledger.PayDenyBody{Claim: claims[0].Seq, Text: "Nothing came."})
	if n := f.mustNote(p.borrower, id); len(n.Claims) != 0 || len(n.Disputes) != 1 || n.Disputes[0].Answer != "Nothing came." {
		f.Fatalf("denied it is %+v", n)
	}
	m := ledger.Amendment{Kind: ledger.AmendPlan, Instalments: 18, FirstDue: today.AddDays(40)}
	v := f.note(p.borrower, id)
	shown, err := ledger.Preview(v.Note, v.Holder, m, today)
	if err != nil {
		f.Fatalf("previewing a plan: %v", err)
	}
	f.do(p.borrower, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: m, Text: "I am out of work."})
	accept := ledger.AmendAcceptBody{Proposal: f.mustNote(p.lender, id).Proposal.Seq, Amendment: m}
	f.wants(f.try(p.borrower, ledger.OpAmendAccept, string(id), accept), ledger.Rejected, ledger.CodeProposalOwn)
	f.do(p.lender, ledger.OpAmendAccept, string(id), accept)
	f.sell(p, id)
	rows, covered, err := ledger.Instalments(f.mustNote(p.buyer, id))
	if err != nil || covered != 0 || !slices.Equal(rows, shown.Instalments) {
		f.Errorf("at the buyer's the instalments are %+v, shown were %+v: %v", rows, shown.Instalments, err)
	}
}
