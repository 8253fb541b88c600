package main

import (
	"strings"
	"testing"
	"time"
)

// TestClaimsAndAmendmentsFromTheCommandLine: the borrower claims a payment and
// asks for a pause, the lender denies and offers a plan, and each sees both.
func TestClaimsAndAmendmentsFromTheCommandLine(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	note := w.offer("lender", borrower)
	w.must("anna", "note", "accept", "--yes", note)

	if r := w.run("lender", "pay", "deny", note, "--text", "x"); r.code == 0 || !strings.Contains(r.err, "--claim is required") {
		t.Errorf("with no claim to deny: exit code %d and %q", r.code, r.err)
	}
	w.must("anna", "pay", "claim", note, "--amount", "500 SEK", "--text", "Paid at the counter")
	if shown := w.run("lender", "note", "show", note).out; !strings.Contains(shown, "500.00 SEK paid on") || !strings.Contains(shown, "claim open") {
		t.Errorf("the claim is not shown:\n%s", shown)
	}
	w.must("lender", "pay", "deny", note, "--text", "Nothing came")
	if shown := w.run("anna", "note", "show", note).out; !strings.Contains(shown, "Nothing came") {
		t.Errorf("the denial is not shown:\n%s", shown)
	}
	w.must("anna", "pay", "claim", note, "--amount", "300 SEK", "--text", "Another one")
	claim := w.note("lender", note).Note.Claims[0].Seq
	w.must("lender", "pay", note, "--amount", "300 SEK", "--claim", jsonNumber(float64(claim)))

	first := time.Now().UTC().AddDate(0, 0, 200).Format(time.DateOnly)
	if r := w.run("lender", "amend", "accept", note); r.code == 0 || !strings.Contains(r.err, "no open proposal") {
		t.Errorf("with no proposal to accept: exit code %d and %q", r.code, r.err)
	}
	w.must("anna", "amend", "propose", note, "--first-due", first, "--text", "Out of work")
	w.refused("proposal_pending", "lender", "amend", "propose", note, "--months", "36", "--first-due", first)
	w.must("lender", "amend", "reject", note, "--text", "We can do 36 months")
	w.must("lender", "amend", "propose", note, "--months", "36", "--first-due", first)
	w.must("lender", "amend", "withdraw", note)
	w.must("lender", "amend", "propose", note, "--months", "36", "--first-due", first)
	w.refused("proposal_own", "lender", "amend", "accept", note)
	w.must("anna", "amend", "accept", note)
	if shown := w.run("anna", "note", "show", note).out; !strings.Contains(shown, "plan, 36 months, first due "+first) {
		t.Errorf("the plan is not shown:\n%s", shown)
	}
}
