package main

import (
	"strings"
	"testing"
	"time"
)

// TestAccelerationAndLimitationFromTheCommandLine: all is to fall due, the
// creditor takes it back, limitation is interrupted, and another rate is agreed.
func TestAccelerationAndLimitationFromTheCommandLine(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	months := func(n int) string { return time.Now().UTC().AddDate(0, n, 0).Format(time.DateOnly) }
	note := subject(t, w.must("lender", "note", "offer", "--borrower", borrower, "--amount", "24000 SEK", "--rate", "6", "--late-rate", "8",
		"--term", "12", "--agreed-on", "2026-02-15", "--first-due", "2026-03-31", "--jurisdiction", "generic", "--acceleration"))
	w.must("anna", "note", "accept", "--yes", note)
	if r := w.run("lender", "cure", note, "--reason", "x"); r.code == 0 || !strings.Contains(r.err, "nobody has said") {
		t.Errorf("with nothing to take back: exit code %d and %q", r.code, r.err)
	}

	w.must("lender", "accelerate", note, "--effective", months(1), "--letter", w.writeFile("notice.txt", "All falls due."))
	shown := w.run("anna", "note", "show", note).out
	if !strings.Contains(shown, "on "+months(1)+", told on") || !strings.Contains(shown, "Keeps the instalments") {
		t.Errorf("that all falls due is not shown:\n%s", shown)
	}
	w.must("lender", "cure", note, "--reason", "We have talked.")
	w.must("lender", "interrupt", note, "--kind", "filing", "--reference", "T 12-26")
	w.must("anna", "interrupt", note, "--kind", "acknowledgement")
	w.refused("role_forbidden", "lender", "interrupt", note, "--kind", "acknowledgement")
	w.must("lender", "amend", "propose", note, "--rate", "4.5")
	w.must("anna", "amend", "accept", note)
	shown = w.run("lender", "note", "show", note).out
	for _, want := range []string{"ended on", "Interrupted by filing", "rate, ", "4.5 % a year"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not shown:\n%s", want, shown)
		}
	}
}
