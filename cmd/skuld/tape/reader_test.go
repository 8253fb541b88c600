package tape_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/cmd/skuld/tape"
	"github.com/skuld-registry/skuld/ledger"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const header = "reference,jurisdiction,agreed_on,principal,currency,rate,schedule,instalments,first_due\n"

const goodRow = "L-1,SE,2026-06-15,120000.00,SEK,5.9,annuity,24,2026-08-31\n"

// transcript reads a whole tape and writes what it gave, one line of JSON for
// each row, problem and fatal error.
func transcript(t *testing.T, source io.Reader, layout tape.Layout) string {
	t.Helper()
	var b strings.Builder
	r, err := tape.NewReader(source, layout)
	if err != nil {
		return "file: " + err.Error() + "\n"
	}
	for {
		row, err := r.Next()
		problem, isProblem := errors.AsType[*tape.Problem](err)
		switch {
		case errors.Is(err, io.EOF):
			return b.String()
		case isProblem:
			fmt.Fprintln(&b, "row:", problem)
		case err != nil:
			fmt.Fprintln(&b, "file:", err)
			return b.String()
		default:
			terms, err := json.Marshal(row.Terms)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "row %d (line %d): %s%s\n", row.Number, row.Line, row.Borrower, terms)
			for _, w := range row.Warnings {
				fmt.Fprintln(&b, "warning:", &w)
			}
		}
	}
}

func TestTapesGiveWhatTheGoldenFilesSay(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.csv")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no tapes in testdata: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			layout := tape.Skuld
			if strings.HasPrefix(filepath.Base(path), "lendingclub") {
				layout = tape.LendingClub
			}
			got := transcript(t, f, layout)
			golden := strings.TrimSuffix(path, ".csv") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestFilesThatAreNoTapeAreRefusedWithTheReason(t *testing.T) {
	utf16 := []byte{0xff, 0xfe}
	for _, c := range header + goodRow {
		utf16 = append(utf16, byte(c), 0)
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":              {"", "the file is empty; its first line must name the columns"},
		"utf-16":             {string(utf16), `the file is UTF-16; save it as "CSV UTF-8"`},
		"utf-16 without bom": {string(utf16[2:]), "UTF-16 without a byte order mark"},
		"spreadsheet":        {"PK\x03\x04rest", "spreadsheet"},
		"semicolons":         {strings.ReplaceAll(header, ",", ";"), "separated by semicolons"},
		"tabs":               {strings.ReplaceAll(header, ",", "\t"), "separated by tabs"},
		"latin-1 header":     {"reference,r\xe4nta\n", "not UTF-8"},
		"misspelt column":    {strings.Replace(header, "rate", "rente", 1), `no column "rente"`},
		"column missing":     {strings.Replace(header, ",rate", "", 1), "the header lacks the column rate"},
		"column twice":       {strings.Replace(header, "rate", "principal", 1), `the column "principal" comes twice`},
		"too many columns":   {strings.Repeat("a,", 200) + "b\n", "the header has 201 columns"},
		"open quotation":     {header + goodRow + `L-2,"SE,2026` + "\n" + goodRow, "line 3: a quotation mark that begins here is never closed"},
		"endless quotation":  {header + goodRow + `L-2,"` + strings.Repeat(goodRow, 5000), "has a row longer than 65536 bytes after row 1"},
		"endless row":        {header + strings.Repeat("x", 200_000), "has a row longer than 65536 bytes after row 0"},
	} {
		t.Run(name, func(t *testing.T) {
			got := transcript(t, strings.NewReader(c.text), tape.Skuld)
			if !strings.Contains(got, "file: ") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want an error of the file with %q", got, c.want)
			}
		})
	}
	if _, err := tape.NewReader(strings.NewReader(header), "excel"); err == nil {
		t.Error("a layout that does not exist was taken")
	}
}

func TestByteOrderMarkAndWindowsLineEndsAreTaken(t *testing.T) {
	plain := transcript(t, strings.NewReader(header+goodRow), tape.Skuld)
	windows := transcript(t, strings.NewReader("\xef\xbb\xbf"+strings.ReplaceAll(header+goodRow, "\n", "\r\n")), tape.Skuld)
	if plain != windows || !strings.HasPrefix(plain, "row 1 (line 2): {") {
		t.Errorf("got %q, want %q", windows, plain)
	}
}

// failing gives some text and then an error, as a disk or a network does.
type failing struct{ io.Reader }

var errDisk = errors.New("the disk is gone")

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errDisk
	}
	return n, err
}

func TestErrorOfTheSourceIsNotTakenForTheEnd(t *testing.T) {
	const rows = 100
	r, err := tape.NewReader(failing{io.MultiReader(strings.NewReader(header), &endless{rows: rows})}, tape.Skuld)
	if err != nil {
		t.Fatal(err)
	}
	for range rows {
		if _, err = r.Next(); err != nil {
			break
		}
	}
	if err == nil {
		_, err = r.Next()
	}
	if !errors.Is(err, errDisk) {
		t.Errorf("the end gives %v, want %v", err, errDisk)
	}
}

// endless makes rows as they are read.
type endless struct {
	row, rows int
	rest      string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		if e.row == e.rows {
			return 0, io.EOF
		}
		e.row++
		e.rest = fmt.Sprintf("L-%d,generic,2026-06-15,%d.00,EUR,5.9,annuity,24,2026-08-31\n", e.row, 1000+e.row)
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestHundredThousandRowsAreReadInBoundedMemory(t *testing.T) {
	const rows, limit = 100_000, 32 << 20
	r, err := tape.NewReader(io.MultiReader(strings.NewReader(header), &endless{rows: rows}), tape.Skuld)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for {
		_, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	runtime.KeepAlive(r)
	if count != rows || m.HeapAlloc > limit {
		t.Errorf("read %d rows with %d bytes on the heap, want %d and at most %d", count, m.HeapAlloc, rows, limit)
	}
}

func TestRealTapeIsReadWithoutProblems(t *testing.T) {
	shared := os.Getenv("SKULD_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(shared, "data", "loan-tape.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the loans are not part of the project: set SKULD_SHARED to the folder that has data/loan-tape.csv")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := transcript(t, f, tape.LendingClub)
	if strings.Contains(got, "file:") || strings.Contains(got, "row:") || strings.Count(got, "\n") != 5001 {
		t.Errorf("the tape gave problems, or %d lines instead of 5001", strings.Count(got, "\n"))
	}
	want := "warning: row 4570 (line 4571), column installment: the tape says 830.93 USD, and its terms give 851.82 USD\n"
	if strings.Count(got, "warning:") != 1 || !strings.Contains(got, want) {
		t.Errorf("the one warning is not %q", want)
	}
}

func TestRulesAreAppliedBeforeAnythingIsSigned(t *testing.T) {
	for name, c := range map[string]struct{ row, want string }{
		"allowed":         {goodRow, ""},
		"rate over cap":   {strings.Replace(goodRow, "5.9", "29.9", 1), "SFS 2010:1846"},
		"no due date":     {strings.Replace(goodRow, "2026-08-31", "", 1), "first_due is missing"},
		"due too early":   {strings.Replace(goodRow, "2026-06-15", "2027-06-15", 1), "interest_from must be before"},
		"rate unknown":    {strings.Replace(goodRow, "2026-06-15", "2026-07-15", 1), "reference rate"},
		"agreed tomorrow": {strings.NewReplacer("2026-06-15", "2026-11-22", "2026-08-31", "2026-12-31").Replace(goodRow), "lies in the future"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(header, "reference", "consumer,reference", 1) + "true," + c.row
			r, err := tape.NewReader(strings.NewReader(text), tape.Skuld)
			if err != nil {
				t.Fatal(err)
			}
			row, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			err = check(t, row)
			refusal, refused := errors.AsType[*ledger.Error](err)
			if refused != (c.want != "") || refused && !strings.Contains(refusal.Text(ledger.English), c.want) || err != nil && !refused {
				t.Errorf("the rules say %v, want a refusal with %q", err, c.want)
			}
		})
	}
}

func check(t *testing.T, row tape.Row) error {
	t.Helper()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	command, err := ledger.Draft{
		Op: ledger.OpOffer, Network: "test", By: ledger.PartyID("p" + strings.Repeat("a", 32)),
		Command: "00000000-0000-4000-8000-000000000001", IssuedAt: at,
		Body: ledger.OfferBody{
			Book: ledger.BookID("b" + strings.Repeat("a", 32)), Borrowers: []ledger.PartyID{ledger.PartyID("p" + strings.Repeat("b", 32))},
			AnswerBy: at.Add(24 * time.Hour), Terms: row.Terms,
		},
	}.Build()
	if err != nil {
		return err
	}
	return tape.Check(command, at)
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(header+goodRow), true)
	f.Add([]byte("row,loan_amount,term,interest_rate,installment,issue_month\n1,10000,36,5.32,301.15,Jan-18\n"), false)
	f.Add([]byte(header+`L-1,"SE`), true)
	f.Add([]byte("\xef\xbb\xbf"+header), true)
	f.Fuzz(func(t *testing.T, text []byte, own bool) {
		layout := tape.LendingClub
		if own {
			layout = tape.Skuld
		}
		r, err := tape.NewReader(strings.NewReader(string(text)), layout)
		if err != nil {
			return
		}
		// Each row takes at least one byte, so more rows than bytes cannot come.
		for range len(text) + 1 {
			row, err := r.Next()
			problem, isProblem := errors.AsType[*tape.Problem](err)
			switch {
			case err == nil && row.Terms.Principal.Amount <= 0:
				t.Fatalf("row %d has the principal %v", row.Number, row.Terms.Principal)
			case isProblem && (problem.Row == 0 || problem.Line == 0 || problem.Detail == ""):
				t.Fatalf("a problem says too little: %+v", problem)
			case err != nil && !isProblem:
				return
			}
		}
		t.Fatal("the reader does not come to an end")
	})
}
