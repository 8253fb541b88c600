package evidence_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
	"github.com/skuld-registry/skuld/ledger/evidence/document"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestPageOfAFileHoldsTheFileByteForByte(t *testing.T) {
	v := newTown(t)
	id := v.issue()
	v.do(v.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: `</script><!-- <b>5 < 6 & "7" \u003c`})
	raw := v.gather(v.borrower, evidence.Request{Note: id, Payment: v.pay(v.lender, id, 100_00)})
	r := evidence.Verify(raw, v.trusted())
	for _, lang := range ledger.Languages() {
		page, err := document.HTML(raw, r, document.Options{Lang: lang, Link: "http://localhost:1/n/abc", Code: &document.Code{Size: 29, Path: "M0 0h1v1h-1z"}})
		if err != nil {
			t.Fatal(err)
		}
		inside, err := evidence.Extract(page)
		if err != nil || !bytes.Equal(inside, raw) {
			t.Errorf("in %s the page holds another file: %v", lang, err)
		}
		if strings.Count(string(page), "<script") != 1 || strings.Contains(string(page), "ZgotmplZ") {
			t.Errorf("in %s the page has a script, or something that a template refused", lang)
		}
		for _, want := range []string{`<html lang="` + string(lang) + `">`, string(id), "Långivaren AB", v.lender.service.Network(), `<path d="M0 0h1v1h-1z"/>`} {
			if !strings.Contains(string(page), want) {
				t.Errorf("in %s the page does not say %s", lang, want)
			}
		}
	}
}

// Whoever writes "paid in full" into a page leaves the file inside as it was.
func TestOfAPageItIsSaidThatOnlyTheFileInsideWasChecked(t *testing.T) {
	v := newTown(t)
	raw := v.gather(v.borrower, evidence.Request{Note: v.issue()})
	page, err := document.HTML(raw, evidence.Verify(raw, v.trusted()), document.Options{Lang: ledger.English})
	if err != nil {
		t.Fatal(err)
	}
	forged := bytes.Replace(page, []byte("</h1>"), []byte("</h1><p>Paid in full</p>"), 1)
	for name, handed := range map[string][]byte{"the page": page, "a forged page": forged} {
		if r := evidence.VerifyAny(handed, v.trusted()); !r.Holds() || !has(r, evidence.PageAround) {
			t.Errorf("%s: %s %v", name, r.Verdict, r.Findings)
		}
	}
	if r := evidence.VerifyAny(raw, v.trusted()); has(r, evidence.PageAround) {
		t.Error("it is said of the file itself")
	}
}

// TestPageOfAPlanShowsAllThatItsInstalmentsPay: what was owed besides, too, so that
// each row adds up.
func TestPageOfAPlanShowsAllThatItsInstalmentsPay(t *testing.T) {
	v := newTown(t)
	offer := v.offerBody()
	offer.Terms.Fees.Setup = 50_00
	id := v.issueOf(offer)
	v.later(48 * time.Hour)
	claim := v.do(v.borrower, ledger.OpPayClaim, string(id), ledger.PayClaimBody{
		Amount: sek(1_00), PaidOn: finance.DateOf(v.now), Text: "At the till.",
	})
	v.do(v.lender, ledger.OpPayDeny, string(id), ledger.PayDenyBody{Claim: claim.Seq, Text: "There is nothing."})
	plan := ledger.Amendment{Kind: ledger.AmendPlan, Instalments: 10, FirstDue: finance.DateOf(v.now).AddDays(20)}
	proposal := v.do(v.borrower, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: plan})
	v.do(v.lender, ledger.OpAmendAccept, string(id), ledger.AmendAcceptBody{Proposal: proposal.Seq, Amendment: plan})
	raw := v.gather(v.borrower, evidence.Request{Note: id})
	r := evidence.Verify(raw, v.trusted())
	rows, _, err := ledger.Instalments(r.State)
	if err != nil || len(rows) == 0 || rows[0].Charges == 0 {
		t.Fatalf("the plan is %+v, %v: it should take costs over", rows, err)
	}
	page, err := document.HTML(raw, r, document.Options{Lang: ledger.English})
	if err != nil {
		t.Fatal(err)
	}
	cell := func(a finance.Amount) string { return "<td>" + ledger.English.Money(sek(a)) + "</td>" }
	if i := rows[0]; !strings.Contains(string(page), cell(i.Total)+cell(i.Principal)+cell(i.Interest)+cell(i.Charges)) {
		t.Errorf("the page does not show %+v", i)
	}
}

func TestFileThatIsRefusedHasNoPage(t *testing.T) {
	r := evidence.Verify([]byte("{}"), evidence.Anchors{})
	if _, err := document.HTML([]byte("{}"), r, document.Options{Lang: ledger.English}); err == nil {
		t.Error("it has one")
	}
}

func TestOnlyAPageWithOneFileIsTakenApart(t *testing.T) {
	element := `<script type="application/json" id="` + evidence.ElementID + `">`
	for name, page := range map[string]string{
		"none":       "<p>nothing</p>",
		"two":        element + "{}</script>" + element + "{}</script>",
		"no end":     element + "{}",
		"no JSON":    element + "{</script>",
		"two values": element + "{}{}</script>",
	} {
		_, err := evidence.Extract([]byte(page))
		if f, ok := errors.AsType[*evidence.Finding](err); !ok || f.Code != evidence.Malformed {
			t.Errorf("a page with %s: %v", name, err)
		}
	}
	if raw, err := evidence.Extract([]byte(" {}")); err != nil || string(raw) != " {}" {
		t.Errorf("what is no page is not given as it is: %q %v", raw, err)
	}
}
