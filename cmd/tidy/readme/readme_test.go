// Package readme_test runs the README's commands on a real network, so that
// what a visitor types first is what works.
package readme_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/network/networktest"
)

func TestMain(m *testing.M) { os.Exit(networktest.Main(m)) }

// sections are the README's parts that a visitor types from the first line to
// the last.
var sections = []string{"## A first note in ten minutes", "## A borrower on her phone", "## The same with curl"}

// read says which of the ids that a command prints the README goes on with, as
// a visitor would read it off the screen.
var read = map[string]struct{ variable, kind string }{
	"skuld --profile anna party show":      {"ANNA", "p"},
	"skuld --profile collector party show": {"COLLECTOR", "p"},
	"skuld --profile lender note offer":    {"NOTE", "n"},
}

// tape is the visitor's own file.
const tape = `reference,jurisdiction,agreed_on,principal,currency,rate,schedule,instalments,first_due
L-1,SE,2026-06-15,50000.00,SEK,4.5,annuity,12,2026-12-31
L-2,SE,2026-06-15,75000.00,SEK,4.5,annuity,24,2026-12-31
`

func TestFirstNoteOfTheReadmeIsMadeByItsOwnCommands(t *testing.T) {
	for _, tool := range []string{"curl", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			networktest.Unavailable(t, err)
		}
	}
	n := networktest.Start(t, networktest.Options{Chaincode: true, Gateways: true})
	dir := t.TempDir()
	build(t, dir)
	if err := os.Symlink(string(n.Home), filepath.Join(dir, ".skuld")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"tape.csv": tape, "passphrase": "a passphrase of the README's reader\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shell := exec.CommandContext(t.Context(), "sh", "-e")
	shell.Dir = dir
	shell.Stdin = strings.NewReader(script(t))
	shell.Env = append(os.Environ(),
		"PATH="+dir+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"XDG_CONFIG_HOME="+filepath.Join(dir, "config"),
		"SKULD_PASSPHRASE_FILE="+filepath.Join(dir, "passphrase"),
		"SKULD_HOME="+string(n.Home))
	out, err := shell.CombinedOutput()
	text := string(out)
	if err != nil {
		t.Fatalf("the README's commands: %v\n%s", err, text)
	}
	if strings.Contains(text, `"type":"urn:skuld:problem`) {
		t.Errorf("a command of the README was refused:\n%s", text)
	}
	for _, want := range []string{`"status":"offered"`, "openapi: 3.1"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing from what the README's commands print:\n%s", want, text)
		}
	}
}

func build(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "skuld"), "github.com/skuld-registry/skuld/cmd/skuld")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building skuld: %v\n%s", err, out)
	}
}

// script gives the README's commands as one script.
func script(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, heading := range sections {
		_, section, found := strings.Cut(string(text), "\n"+heading)
		if !found {
			t.Fatalf("the README has no section %q", heading)
		}
		section, _, _ = strings.Cut(section, "\n## ")
		for i, block := range strings.Split(section, "\n```") {
			if i%2 == 1 {
				writeBlock(&b, block)
			}
		}
	}
	return b.String()
}

// writeBlock copies a code block, without what prepares the visitor's own
// machine, and with the visitor's eyes.
func writeBlock(b *strings.Builder, block string) {
	for line := range strings.Lines(block) {
		if strings.HasPrefix(line, "make ") || strings.HasPrefix(line, "export PATH=") {
			continue
		}
		if !strings.HasPrefix(line, "skuld ") {
			b.WriteString(line)
			continue
		}
		command := strings.TrimSpace(line)
		if strings.Contains(command, " note accept ") {
			command += " --yes" // what a visitor types at the question
		}
		fmt.Fprintf(b, "OUT=$(%s)\nprintf '%%s\\n' \"$OUT\"\n", command)
		for prefix, r := range read {
			if strings.HasPrefix(command, prefix) {
				fmt.Fprintf(b, "%s=$(printf '%%s' \"$OUT\" | grep -o '\\b%s[a-z2-7]\\{32\\}' | head -n 1)\ntest -n \"$%s\"\n", r.variable, r.kind, r.variable)
			}
		}
	}
}
