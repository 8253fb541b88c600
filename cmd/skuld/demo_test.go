package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/cmd/skuld/skuldtest"
)

// demoWorld is a registry in memory that looks like a local network, and the
// demo's program.
type demoWorld struct {
	*world
}

func newDemoWorld(t *testing.T) *demoWorld {
	t.Helper()
	d := &demoWorld{newWorld(t)}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", d.path(), "../demo", ".").CombinedOutput(); err != nil {
		t.Fatalf("building the programs: %v\n%s", err, out)
	}
	d.settle(d.Network)
	return d
}

// settle writes where a network's gateways are.
func (d *demoWorld) settle(n *skuldtest.Network) {
	d.t.Helper()
	endpoints := map[string]map[string]string{}
	for organisation, url := range n.Gateways {
		endpoints[organisation] = map[string]string{"gateway": url}
	}
	text, err := json.Marshal(endpoints)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.MkdirAll(d.path("net"), 0o700); err != nil {
		d.t.Fatal(err)
	}
	d.writeFile(filepath.Join("net", "endpoints.json"), string(text))
}

// play runs the demo and gives its output and exit code.
func (d *demoWorld) play(args ...string) (string, int) {
	d.t.Helper()
	return d.call("demo", append(args, "-home", d.path("net"))...)
}

// call runs a program and gives its output and exit code.
func (d *demoWorld) call(program string, args ...string) (string, int) {
	d.t.Helper()
	c := exec.CommandContext(d.t.Context(), d.path(program), args...)
	c.Env = append(os.Environ(), "SKULD_HOME="+d.path("net"), "HOME="+d.home)
	out, err := c.CombinedOutput()
	if exit, failed := errors.AsType[*exec.ExitError](err); failed {
		return string(out), exit.ExitCode()
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return string(out), 0
}

func TestDemoPassesTwiceOnOneNetwork(t *testing.T) {
	d := newDemoWorld(t)
	for range 2 {
		out, code := d.play()
		passed := strings.Count(out, "✓")
		if want := fmt.Sprintf("demo: %d steps passed", passed); code != 0 || passed < 40 || lastLine(out) != want {
			t.Fatalf("exit code %d, want 0 and %q at the end:\n%s", code, want, out)
		}
	}
}

// TestDemoFailsWhenTheRegistryDoesWrong lets a gateway answer falsely: the
// demonstration must not be one that cannot fail.
func TestDemoFailsWhenTheRegistryDoesWrong(t *testing.T) {
	d := newDemoWorld(t)
	d.Front(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/history") {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprint(w, `{"entries":[]}`)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	if out, code := d.play(); code != 1 || !strings.Contains(out, "✗") || strings.Contains(out, "steps passed") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

func TestSeedMakesEverythingOnceAndItsCommandsWork(t *testing.T) {
	d := newDemoWorld(t)
	first, code := d.play("seed")
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, first)
	}
	second, code := d.play("seed")
	if code != 0 || first != second {
		t.Fatalf("the second time other parties or notes are named (exit code %d):\n%s\n%s", code, first, second)
	}
	tried := 0
	for line := range strings.SplitSeq(first, "\n") {
		_, command, printed := strings.Cut(line, "bin/skuld ")
		if !printed || strings.Contains(command, "watch") || strings.Contains(command, "note offer") {
			continue
		}
		tried++
		if strings.Contains(command, "note accept") {
			command += " --yes" // nobody can be asked in a test
		}
		if out, code := d.call("skuld", words(command)...); code != exitOK {
			t.Errorf("skuld %s: exit code %d\n%s", command, code, out)
		}
	}
	if tried < 6 {
		t.Errorf("only %d commands are printed to try:\n%s", tried, first)
	}
	if out, code := d.call("skuld", "contact", "show", partyIn(first, "lender"), "--as", "lender"); code != exitOK || !strings.Contains(out, "Bankgiro 555-0101") {
		t.Errorf("the lender's contact has no account (exit code %d):\n%s", code, out)
	}
	lost := words(`--as registrar invite create --purpose recovery --name "Berit Berg" --party ` + partyIn(first, "borrower"))
	if out, code := d.call("skuld", lost...); code != exitOK {
		t.Errorf("the registrar's desk invites nobody (exit code %d):\n%s", code, out)
	}
	if out, code := d.play("seed"); code != 0 {
		t.Errorf("after people went on with the notes: exit code %d\n%s", code, out)
	}
}

// partyIn finds a demonstration party in what seed prints.
func partyIn(printed, profile string) string {
	for line := range strings.Lines(printed) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == profile && strings.HasPrefix(f[1], "p") {
			return f[1]
		}
	}
	return ""
}

// words splits a command line as a shell does, for words without a backslash.
func words(line string) []string {
	var all []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			all = append(all, part)
			continue
		}
		all = append(all, strings.Fields(part)...)
	}
	return all
}

func TestSeedRegistersAnewOnAnotherNetwork(t *testing.T) {
	d := newDemoWorld(t)
	first, code := d.play("seed")
	if code != 0 {
		t.Fatal(first)
	}
	d.settle(skuldtest.Start(t))
	second, code := d.play("seed")
	if code != 0 || first == second {
		t.Errorf("exit code %d, and the parties of the first network are named on the second:\n%s", code, second)
	}
}

// TestStrangerBecomesABorrowerByWhatSeedPrints: the link is used as its page would
// use it, and then the lender's command offers a note to who has done so.
func TestStrangerBecomesABorrowerByWhatSeedPrints(t *testing.T) {
	d := newDemoWorld(t)
	printed, exit := d.play("seed")
	if exit != 0 {
		t.Fatalf("exit code %d:\n%s", exit, printed)
	}
	_, rest, _ := strings.Cut(printed, skuldtest.PagesOrigin+"/i/")
	text, rest, _ := strings.Cut(rest, "\n")
	_, offer, found := strings.Cut(rest, "bin/skuld ")
	if !found {
		t.Fatalf("no link and no offer are printed:\n%s", printed)
	}
	offer = strings.TrimSpace(offer)
	if out, exit := d.call("skuld", words(offer)...); exit != exitUsage || !strings.Contains(out, "nobody has used the invitation") {
		t.Errorf("before the link is used: exit code %d\n%s", exit, out)
	}
	me := d.register("me", "registrar", "person", false)
	d.usedBy(map[string]any{"code": text}, me)
	if out, exit := d.call("skuld", words(offer)...); exit != exitOK {
		t.Errorf("skuld %s: exit code %d\n%s", offer, exit, out)
	}
	if notes := d.run("me", "note", "list"); !strings.Contains(notes.out, "offered") {
		t.Errorf("the borrower sees\n%s%s", notes.out, notes.err)
	}
	again, exit := d.play("seed")
	if exit != 0 || strings.Contains(again, text) || !strings.Contains(again, "/i/") {
		t.Errorf("afterwards there is no other link (exit code %d):\n%s", exit, again)
	}
}
