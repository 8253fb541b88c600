package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const tapeHeader = "reference,jurisdiction,agreed_on,principal,currency,rate,schedule,instalments,first_due\n"

// writeTape writes a tape of good rows.
func (w *world) writeTape(rows int) string {
	w.t.Helper()
	var b strings.Builder
	b.WriteString(tapeHeader)
	for row := range rows {
		fmt.Fprintf(&b, "L-%d,SE,2026-06-15,%d.00,SEK,5.9,annuity,24,2026-12-31\n", row+1, 1000+row)
	}
	return w.writeFile("tape.csv", b.String())
}

func (w *world) writeFile(name, text string) string {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return w.path(name)
}

// notes counts the lender's notes.
func (w *world) notes(profile string) int {
	w.t.Helper()
	return len(w.must(profile, "note", "list", "--limit", "0")["notes"].([]any))
}

// until waits for a condition, and fails with what is not so otherwise.
func (w *world) until(otherwise string, is func() bool) {
	w.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-late.C:
			w.t.Fatal(otherwise)
		}
	}
}

// lastLine gives the last line of an output.
func lastLine(out string) string {
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestTapeBecomesNotesOnceHoweverOftenItIsImported(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	path := w.writeTape(130)
	for range 2 {
		r := w.run("lender", "tape", "import", path, "--borrower", borrower, "--json")
		if want := `{"rows":130,"offered":130,"rejected":0}`; r.code != exitOK || r.out != want+"\n" {
			t.Fatalf("exit code %d, %q, %q; want %s", r.code, r.out, r.err, want)
		}
		if got := w.notes("lender"); got != 130 {
			t.Fatalf("there are %d notes, want 130", got)
		}
	}
	r := w.run("lender", "tape", "import", path, "--borrower", borrower, "--again")
	if got := w.notes("lender"); r.code != exitOK || got != 260 {
		t.Errorf("a deliberate second import: exit code %d and %d notes, want 260\n%s", r.code, got, r.err)
	}
}

func TestTapeThatNamesNoBorrowersIsOfferedToAStandIn(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", false) // and it has no book either
	r := w.run("lender", "tape", "import", w.writeTape(3))
	if r.code != exitOK || !strings.Contains(r.err, "stand-in") || !strings.Contains(r.err, "new one") {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	if !strings.HasPrefix(r.out, "3 rows: 3 offered, 0 rejected, in ") {
		t.Errorf("the result is %q", r.out)
	}
	note := w.must("lender", "note", "list")["notes"].([]any)[0].(map[string]any)["id"].(string)
	w.must(w.path(".config", "skuld", "lender", "stand-in"), "note", "accept", "--yes", note)
}

func TestRowsThatCannotBeOfferedAreReportedAndTheOthersOffered(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	text := strings.Replace(tapeHeader, "reference", "borrower,consumer,reference", 1)
	row := func(borrower, reference, agreed, principal, rate string) {
		text += fmt.Sprintf("%s,true,%s,SE,%s,%s,SEK,%s,annuity,24,2026-12-31\n", borrower, reference, agreed, principal, rate)
	}
	row("", "good", "2026-06-15", "1000", "5.9")
	row("", "text", "2026-06-15", "many", "5.9")
	row("", "law", "2026-06-15", "1000", "49")
	row("", "table", "2026-07-15", "1000", "5.9")
	row("p"+strings.Repeat("a", 32), "nobody", "2026-06-15", "1000", "5.9")
	path := w.writeFile("tape.csv", text)
	r := w.run("lender", "tape", "import", path, "--borrower", borrower, "--json")
	want := []string{
		`"code":"row_invalid","row":2,"line":3,"column":"principal"`,
		`"code":"law","row":3,"line":4`,
		`"code":"rate_unknown","row":4,"line":5`,
		`"code":"party_unknown","row":5,"line":6`,
	}
	for _, part := range want {
		if !strings.Contains(r.out, part) {
			t.Errorf("nothing says %s:\n%s", part, r.out)
		}
	}
	if got := lastLine(r.out); r.code != exitRefused || got != `{"rows":5,"offered":1,"rejected":4}` {
		t.Errorf("exit code %d, last line %s\n%s", r.code, got, r.err)
	}
	dry := w.run("lender", "tape", "import", path, "--dry-run")
	if dry.code != exitRefused || lastLine(dry.out) != "5 rows checked: 2 can be offered, 3 are rejected. Nothing was sent." {
		t.Errorf("the dry run: exit code %d, %s%s", dry.code, dry.out, dry.err)
	}
	if got := w.notes("lender"); got != 1 {
		t.Errorf("there are %d notes, want 1", got)
	}
}

func TestFileThatIsNoTapeIsRefusedBeforeAnythingIsSent(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	for name, text := range map[string]string{
		"open quotation": tapeHeader + "L-1,SE,2026-06-15,1000,SEK,5.9,annuity,24,2026-12-31\nL-2,\"SE\n\n\n",
		"utf-16":         "\xff\xfer\x00o\x00w\x00",
		"empty":          "",
	} {
		r := w.run("lender", "tape", "import", w.writeFile("tape.csv", text))
		if r.code != exitUsage || !strings.Contains(r.err, "tape.csv: ") {
			t.Errorf("%s: exit code %d, %q", name, r.code, r.err)
		}
	}
	if r := w.run("lender", "tape", "import", w.path("missing.csv")); r.code != exitUsage {
		t.Errorf("a file that is not there: exit code %d, %q", r.code, r.err)
	}
	if got := w.notes("lender"); got != 0 {
		t.Errorf("there are %d notes, want none", got)
	}
}

// deaf is a network that carries some requests and loses the answers of others.
type deaf struct {
	http.RoundTripper
	lose func(*http.Request, int) bool
	n    atomic.Int64
}

var errLost = errors.New("the answer is lost")

func (d *deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := d.RoundTripper.RoundTrip(r)
	if !strings.HasSuffix(r.URL.Path, "/rows") || err != nil || !d.lose(r, int(d.n.Add(1))) {
		return resp, err
	}
	resp.Body.Close()
	return nil, errLost
}

func TestImportWhoseAnswersAreLostOffersNoRowTwice(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	path := w.writeTape(60)
	lossy := &deaf{RoundTripper: http.DefaultTransport, lose: func(_ *http.Request, n int) bool { return n%2 == 1 }}
	r := w.runWith(t.Context(), lossy, "--profile", "lender", "tape", "import", path, "--borrower", borrower, "--chunk", "10", "--json")
	if want := `{"rows":60,"offered":60,"rejected":0}`; r.code != exitOK || lastLine(r.out) != want {
		t.Fatalf("exit code %d, %s, want %s\n%s", r.code, r.out, want, r.err)
	}
	if got := w.notes("lender"); got != 60 {
		t.Errorf("there are %d notes, want 60", got)
	}
}

func TestInterruptedImportSaysSoAndGoesOnWhereItStopped(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	path := w.writeTape(100)
	ctx, interrupt := context.WithCancel(t.Context())
	stopping := &deaf{RoundTripper: http.DefaultTransport, lose: func(_ *http.Request, n int) bool {
		if n == 2 {
			interrupt()
		}
		return false
	}}
	args := []string{"--profile", "lender", "tape", "import", path, "--borrower", borrower, "--chunk", "10", "--in-flight", "1"}
	r := w.runWith(ctx, stopping, args...)
	if r.code != exitOpen || !strings.Contains(r.err, "goes on") || !strings.Contains(r.err, "interrupted") {
		t.Fatalf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
	// The gateway goes on with the two chunks that it has, and with nothing else.
	w.until("the gateway does not offer what it has", func() bool { return w.notes("lender") == 20 })
	r = w.runWith(t.Context(), nil, append(args, "--resume", "--json")...)
	if want := `{"rows":100,"offered":100,"rejected":0}`; r.code != exitOK || lastLine(r.out) != want {
		t.Fatalf("exit code %d, %s, want %s\n%s", r.code, r.out, want, r.err)
	}
	if got := w.notes("lender"); got != 100 {
		t.Errorf("there are %d notes, want 100", got)
	}
}

// TestJournalIsNotNeededToKnowWhatWasSent loses all but the head of a journal, as
// a power cut may.
func TestJournalIsNotNeededToKnowWhatWasSent(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	args := []string{"tape", "import", w.writeTape(20), "--borrower", borrower}
	w.must("lender", args...)
	journals, err := filepath.Glob(w.path(".config", "skuld", "lender", "imports", "*"))
	if err != nil || len(journals) != 1 {
		t.Fatalf("the journals are %v, %v", journals, err)
	}
	text, err := os.ReadFile(journals[0])
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	torn := append(bytes.Join(lines[:5], nil), lines[5][:10]...)
	if err := os.WriteFile(journals[0], torn, 0o600); err != nil {
		t.Fatal(err)
	}
	w.must("lender", args...)
	if got := w.notes("lender"); got != 20 {
		t.Errorf("there are %d notes, want 20", got)
	}
	healed, err := os.ReadFile(journals[0])
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.SplitAfter(healed, []byte("\n"))[0], lines[0]) || bytes.Count(healed, []byte("\n")) != 21 {
		t.Errorf("the journal is not whole again:\n%s", healed)
	}
}

func TestResumeWithoutAnImportIsRefused(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	r := w.run("lender", "tape", "import", w.writeTape(1), "--borrower", borrower, "--resume")
	if r.code != exitUsage || w.notes("lender") != 0 {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
}

func TestDryRunNeedsNoGatewayAndNoKey(t *testing.T) {
	w := newWorld(t)
	shared := os.Getenv("SKULD_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(shared, "data", "loan-tape.csv")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the loans are not part of the project: set SKULD_SHARED to the folder that has data/loan-tape.csv")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The header, every tenth loan, and the one that differs from its terms.
	var some []string
	for i, line := range strings.SplitAfter(string(text), "\n") {
		if i%10 == 0 || strings.HasPrefix(line, "9139,") {
			some = append(some, line)
		}
	}
	r := w.run("nobody", "tape", "import", w.writeFile("tape.csv", strings.Join(some, "")), "--layout", "lendingclub", "--dry-run", "--json")
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	if r.code != exitOK || len(lines) != 2 || lines[1] != `{"rows":500,"offered":0,"rejected":0}` {
		t.Errorf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
	var warning map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &warning); err != nil || warning["warning"] != true || warning["column"] != "installment" {
		t.Errorf("the warning is %v, %v", lines[0], err)
	}
}

func TestStrictImportRejectsWhatOtherwiseIsAWarning(t *testing.T) {
	w := newWorld(t)
	path := w.writeFile("tape.csv", "row,loan_amount,term,interest_rate,installment,issue_month\n"+
		"1,10000,36,5.32,301.15,Jan-18\n2,28000,36,6,830.93,Mar-18\n")
	for rejected, args := range [][]string{{}, {"--strict"}} {
		r := w.run("nobody", append([]string{"tape", "import", path, "--layout", "lendingclub", "--dry-run", "--json"}, args...)...)
		if want := fmt.Sprintf(`{"rows":2,"offered":0,"rejected":%d}`, rejected); r.code != rejected || lastLine(r.out) != want {
			t.Errorf("%v: exit code %d, %s, want %s", args, r.code, r.out, want)
		}
	}
}

func TestImportIsPausedResumedAndCancelledByItsName(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	w.must("lender", "tape", "import", w.writeTape(3), "--borrower", borrower)
	listed := w.run("lender", "tape", "list", "--json")
	var all []map[string]any
	if err := json.Unmarshal([]byte(listed.out), &all); err != nil || len(all) != 1 || all[0]["state"] != "finished" || all[0]["offered"] != 3.0 {
		t.Fatalf("the list is %s, %v", listed.out, err)
	}
	id := all[0]["id"].(string)
	w.refused("import_state", "lender", "tape", "pause", id)
	w.refused("import_state", "lender", "tape", "cancel", id)
	w.must("lender", "tape", "resume", id) // it has come to its end, as it would
	w.register("other", "lender", "company", false)
	w.refused("not_found", "other", "tape", "cancel", id)
	if r := w.run("lender", "tape", "list"); r.code != exitOK || !strings.Contains(r.out, "tape.csv") {
		t.Errorf("exit code %d\n%s", r.code, r.out)
	}
}
