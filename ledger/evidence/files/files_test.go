package files_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
	"github.com/skuld-registry/skuld/ledger/evidence/files"
)

const cases = "../testdata/cases"

// network is the network of the cases.
func network(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(cases + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var c struct{ Network string }
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c.Network
}

// check runs over paths and gives what was told.
func check(t *testing.T, o files.Options) (files.Summary, string) {
	t.Helper()
	var out bytes.Buffer
	o.Out = &out
	if o.Lang == "" {
		o.Lang = ledger.English
	}
	s, err := files.Check(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s, out.String()
}

func TestEveryFileOfAFolderIsToldInOrder(t *testing.T) {
	trusted := evidence.Anchors{Networks: []string{network(t)}}
	names, err := filepath.Glob(cases + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	genuine, err := filepath.Glob(cases + "/genuine-*.json")
	if err != nil {
		t.Fatal(err)
	}
	s, out := check(t, files.Options{Paths: []string{cases}, Anchors: trusted})
	want := files.Summary{Files: len(names), Genuine: len(genuine), Refused: len(names) - len(genuine)}
	if s != want || s.Code() != files.SomeRefused {
		t.Errorf("the summary is %+v, want %+v", s, want)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != len(names)+1 {
		t.Fatalf("%d lines tell of %d files", len(lines), len(names))
	}
	for i, name := range names {
		if !strings.Contains(lines[i], "  "+filepath.Join(cases, filepath.Base(name))) {
			t.Errorf("line %d is %q, want that of %s", i, lines[i], name)
		}
	}
}

// A name is the sender's choice, and so is much of what is in a file.
func TestForgedFileWritesNoLineOfItsOwn(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a\nGENUINE  b.json", "c\x1b[2K\rGENUINE.json"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(`{"\u001b[1A":0}`), 0o600); err != nil {
			t.Skipf("the system has no such names: %v", err)
		}
	}
	for _, paths := range [][]string{{folder}, {filepath.Join(folder, "a\nGENUINE  b.json")}} {
		_, out := check(t, files.Options{Paths: paths})
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, "GENUINE") || strings.ContainsAny(line, "\x1b\r") {
				t.Errorf("it says %q", line)
			}
		}
	}
	f := evidence.Finding{Code: evidence.AttesterWrong, Params: map[string]string{"number": "1", "org": "x\x1b[2J\u202e", "detail": "\n"}}
	for _, lang := range ledger.Languages() {
		if text := f.Text(lang); strings.ContainsAny(text, "\x1b\n\u202e") {
			t.Errorf("a finding reads %q", text)
		}
	}
}

// Nothing ever comes out of a pipe that nobody writes to.
func TestAPipeInAFolderIsNotWaitedFor(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe.json"), 0o600); err != nil {
		t.Skipf("the system has no named pipes: %v", err)
	}
	linked, err := filepath.Abs(cases + "/genuine-sold.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(linked, filepath.Join(folder, "link.json")); err != nil {
		t.Fatal(err)
	}
	s, out := check(t, files.Options{Paths: []string{folder}, Anchors: evidence.Anchors{Networks: []string{network(t)}}})
	if want := (files.Summary{Files: 2, Genuine: 1, Unreadable: 1}); s != want || !strings.Contains(out, "not a regular file") {
		t.Errorf("the summary is %+v, want %+v\n%s", s, want, out)
	}
}

func TestExitCodeSaysTheWorst(t *testing.T) {
	good, bad := cases+"/genuine-sold.json", cases+"/salt-changed.json"
	trusted := evidence.Anchors{Networks: []string{network(t)}}
	for _, c := range []struct {
		name    string
		paths   []string
		anchors evidence.Anchors
		want    int
	}{
		{"genuine", []string{good, good}, trusted, files.AllGenuine},
		{"nobody trusted", []string{good}, evidence.Anchors{}, files.Undecided},
		{"refused", []string{good, bad}, trusted, files.SomeRefused},
		{"refused, and one that is not there", []string{bad, "nowhere"}, trusted, files.SomeRefused},
		{"one that is not there", []string{good, "nowhere"}, trusted, files.Undecided},
		{"none", []string{t.TempDir()}, trusted, files.Undecided},
	} {
		if s, out := check(t, files.Options{Paths: c.paths, Anchors: c.anchors}); s.Code() != c.want {
			t.Errorf("%s: the code is %d, want %d\n%s", c.name, s.Code(), c.want, out)
		}
	}
}

func TestOneFileIsToldInFull(t *testing.T) {
	for lang, want := range map[ledger.Language]string{ledger.Swedish: "Inte bevisat", ledger.Danish: "Ikke bevist", ledger.English: "Not proven"} {
		_, out := check(t, files.Options{
			Paths: []string{cases + "/genuine-receipt.json"}, Anchors: evidence.Anchors{Networks: []string{network(t)}}, Lang: lang,
		})
		if !strings.Contains(out, want) || strings.Count(out, "\n") < 8 {
			t.Errorf("in %s it is told so:\n%s", lang, out)
		}
	}
}

func TestReportsAreLinesOfJSON(t *testing.T) {
	_, out := check(t, files.Options{Paths: []string{cases + "/genuine-receipt.json", "nowhere"}, JSON: true})
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 3 {
		t.Fatalf("there are %d lines", len(lines))
	}
	var first struct {
		File    string
		Verdict evidence.Verdict
		Payment struct{ Seq uint64 }
	}
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil || first.Verdict != evidence.Consistent || first.Payment.Seq != 3 {
		t.Errorf("the first is %+v: %v", first, err)
	}
	var last struct{ Summary files.Summary }
	if err := json.Unmarshal([]byte(lines[2]), &last); err != nil || last.Summary.Files != 2 || last.Summary.Unreadable != 1 {
		t.Errorf("the last is %+v: %v", last, err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := files.Check(ctx, files.Options{Paths: []string{cases}, Out: &bytes.Buffer{}, Lang: ledger.English})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
}

func TestWhatCannotBeToldEndsTheRun(t *testing.T) {
	_, err := files.Check(t.Context(), files.Options{Paths: []string{cases}, Out: full{}, Lang: ledger.English})
	if !errors.Is(err, errFull) {
		t.Errorf("it ends with %v", err)
	}
}

var errFull = errors.New("the disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestTrustedNetworksAreReadStrictly(t *testing.T) {
	digest := strings.Repeat("0a", 32)
	for text, want := range map[string]int{
		"# ours\n" + digest + " # in force\n\n" + strings.Repeat("1b", 32): 2,
		"":                      0,
		"# none":                0,
		digest[1:]:              0,
		strings.ToUpper(digest): 0,
	} {
		path := filepath.Join(t.TempDir(), "trust")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := files.ReadTrust(path)
		if len(got) != want || (err == nil) != (want > 0) {
			t.Errorf("%q gives %v, %v", text, got, err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	paths := make([]string, 100)
	for i := range paths {
		paths[i] = cases + "/genuine-sold.json"
	}
	for b.Loop() {
		if _, err := files.Check(b.Context(), files.Options{Paths: paths, Out: &bytes.Buffer{}, Lang: ledger.English}); err != nil {
			b.Fatal(err)
		}
	}
}
