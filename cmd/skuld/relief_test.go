package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFeesReliefsAndSetoffsFromTheCommandLine(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	court := w.register("court", "registrar", "authority", false)
	w.must("lender", "party", "admit", court)
	note := w.offer("lender", borrower)
	w.must("anna", "note", "accept", "--yes", note)

	letter := filepath.Join(t.TempDir(), "demand.txt")
	if err := os.WriteFile(letter, []byte("Please pay."), 0o600); err != nil {
		t.Fatal(err)
	}
	w.refused("nothing_overdue", "lender", "charge", note, "--kind", "demand", "--amount", "180 SEK", "--letter", letter)
	if r := w.run("lender", "charge", note, "--kind", "demand", "--amount", "180 SEK", "--letter", letter+".no"); r.code == exitOK {
		t.Errorf("a letter that is not there was charged for: %s", r.out)
	}
	w.must("lender", "relief", "--yes", note, "--part", "late_interest", "--ground", "hardship", "--reason", "Ill.", "--late-free-until", "today")
	w.refused("relief_exceeds", "lender", "relief", "--yes", note, "--part", "late_interest", "--amount", "1 SEK", "--ground", "goodwill", "--reason", "x")
	w.must("lender", "setoff", note, "--amount", "100 SEK", "--ground", "A deposit")
	w.refused("role_forbidden", "lender", "debt-relief", "--yes", note, "--decision", "K 1", "--left", "0%")
	if r := w.run("court", "debt-relief", "--yes", note, "--decision", "K 1", "--left", "half%"); r.code == exitOK {
		t.Errorf("half a percentage was read: %s", r.out)
	}
	w.must("court", "debt-relief", "--yes", note, "--decision", "K 1", "--left", "50%")
	w.refused("debt_relief", "court", "debt-relief", "--yes", note, "--decision", "K 2", "--left", "0 SEK")

	if shown := w.run("anna", "note", "show", note).out; !strings.Contains(shown, "A deposit") || !strings.Contains(shown, "Debt relief") {
		t.Errorf("it is shown as\n%s", shown)
	}
	n := w.note("anna", note).Note
	if len(n.Payments) != 1 || n.Payments[0].SetOff != "A deposit" || n.DebtRelief == nil || n.LateFree == nil {
		t.Errorf("the note says %+v, %+v, %+v", n.Payments, n.DebtRelief, n.LateFree)
	}
}
