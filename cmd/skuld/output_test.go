package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// readNote reads a note as a gateway answered it.
func readNote(t *testing.T) *client.Note {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "note.json"))
	if err != nil {
		t.Fatal(err)
	}
	n := new(client.Note)
	if err := json.Unmarshal(text, n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNoteIsShownWithAllThatHoldsOfIt(t *testing.T) {
	var b bytes.Buffer
	writeNote(&b, readNote(t))
	golden(t, "note.golden", b.String())
}

func TestNotesAreListedInColumns(t *testing.T) {
	n := readNote(t)
	record := &client.Note{ID: n.ID, Record: &ledger.NoteRecord{Status: ledger.StatusActive}, Roles: []ledger.Role{ledger.RoleAuthority}}
	var b bytes.Buffer
	writeNotes(&b, []*client.Note{n, record})
	writeNotes(&b, nil)
	golden(t, "notes.golden", b.String())
}

// TestTextOfOthersCannotSteerTheTerminal shows a reference and an objection with
// escape sequences, a line break and a direction mark.
func TestTextOfOthersCannotSteerTheTerminal(t *testing.T) {
	n := readNote(t)
	n.Note.Terms.Reference = "a\x1b[2Jb\u202ec"
	n.Note.Disputes[0].Text = "first\nStatus  discharged"
	var b bytes.Buffer
	writeNote(&b, n)
	if strings.ContainsAny(b.String(), "\x1b\u202e") {
		t.Errorf("a control character is shown: %q", b.String())
	}
	for line := range strings.SplitSeq(b.String(), "\n") {
		if strings.HasPrefix(line, "Status") && !strings.Contains(line, "active") {
			t.Errorf("an objection makes a line of its own: %q", line)
		}
	}
}

func TestTableColumnsAreAsWideAsTheirWidestCell(t *testing.T) {
	table := newTable("A", "BB", "C")
	table.row("åäö", "x", "")
	table.row("1", "2", "3")
	var b bytes.Buffer
	table.write(&b, "none")
	newTable("A").write(&b, "none")
	want := "A    BB  C\nåäö  x\n1    2   3\nnone\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestMistakesOnTheCommandLineAreExplained has one line for each mistake: what
// was called, the exit code, and what is said.
func TestMistakesOnTheCommandLineAreExplained(t *testing.T) {
	w := &world{t: t, home: t.TempDir(), now: func() time.Time { return noon }}
	w.writeFile("passphrase", "short\n")
	note := "n" + strings.Repeat("a", 32)
	var b strings.Builder
	for _, line := range []string{
		"frob", "note frob", "--frob", "note show", "note show x", "note show " + note + " " + note, "note list --limit x",
		"note list", "--as lender note list", "--as ../x note list", "--profile a,b key list",
		"--gateway here key list", "key new", "key show nobody", "key list", "note offer", "note offer --amount 5",
		"note offer --amount 5;SEK --rate 1", `note offer --amount 5_SEK --rate x`, "note offer --amount 5_SEK --rate 1 --agreed-on soon",
		"note offer --amount 5_SEK --rate 1", "note offer --amount 5_SEK --rate 1 --borrower me",
		"party register", "tape import", "tape import missing.csv", "tape import x --in-flight 0", "tape import x --chunk 1001",
		"tape import x --resume --again", "tape import x --borrower me", "tape import x --book mine", "sign missing.json", "submit a b", "profile set --book mine",
	} {
		args := strings.Fields(line)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "_", " ")
		}
		r := w.runWith(t.Context(), nil, args...)
		said := strings.ReplaceAll(r.out+r.err, w.home, "HOME")
		b.WriteString("$ skuld " + line + "\n" + said)
		if r.code != exitOK {
			b.WriteString("[exit " + string(rune('0'+r.code)) + "]\n")
		}
	}
	golden(t, "mistakes.golden", b.String())
}

func TestErrorsForProgramsAreOneLineOfJSON(t *testing.T) {
	w := &world{t: t, home: t.TempDir()}
	r := w.runWith(t.Context(), nil, "note", "show", "x", "--json")
	var answer struct {
		Error report `json:"error"`
	}
	if err := json.Unmarshal([]byte(r.err), &answer); err != nil || answer.Error.Exit != exitUsage || answer.Error.Text == "" || r.out != "" {
		t.Errorf("exit code %d, %q, %q: %v", r.code, r.out, r.err, err)
	}
}

// TestEveryCommandTeachesItsUse holds for the whole tree of commands.
func TestEveryCommandTeachesItsUse(t *testing.T) {
	a := &app{}
	commands := 0
	walk(a.root(), func(path string, short, example string, runs bool) {
		commands++
		if short == "" || strings.HasSuffix(short, ".") {
			t.Errorf("%s has the short help %q", path, short)
		}
		if runs && example == "" && path != "skuld version" {
			t.Errorf("%s has no example", path)
		}
	})
	if commands < 40 {
		t.Errorf("only %d commands were found", commands)
	}
}
