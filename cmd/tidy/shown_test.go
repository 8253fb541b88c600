package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestCommandsInTheDocumentsAreUnderstoodByThePrograms asks each program that
// the documents show for its help on that very command: the command must be
// one that does something, and its help must name every flag that is shown.
func TestCommandsInTheDocumentsAreUnderstoodByThePrograms(t *testing.T) {
	repo, err := open(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	commands := slices.DeleteFunc(shown(repo), func(c command) bool { return c.program == "make" })
	if len(commands) == 0 {
		t.Fatal("the documents show none of our programs")
	}
	bin := t.TempDir()
	var programs []string
	for _, c := range commands {
		if !slices.Contains(programs, c.program) {
			programs = append(programs, c.program)
		}
	}
	build := []string{"build", "-o", bin + string(filepath.Separator)}
	for _, p := range programs {
		build = append(build, module+"/cmd/"+p)
	}
	if out, err := exec.CommandContext(t.Context(), "go", build...).CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", strings.Join(programs, ", "), err, out)
	}
	for _, c := range commands {
		verbs := c.verbs(subcommands(repo, "cmd/"+c.program))
		out, err := exec.CommandContext(t.Context(), filepath.Join(bin, c.program), append(slices.Clone(verbs), "--help")...).CombinedOutput()
		help := string(out)
		switch {
		case err != nil:
			t.Errorf("%s:%d: %s has no help on %q: %v\n%s", c.path, c.line, c.program, verbs, err, help)
		case strings.Contains(help, "Available Commands:") && !takesArguments(help, c.program, verbs):
			t.Errorf("%s:%d: %s %s only holds other commands", c.path, c.line, c.program, strings.Join(verbs, " "))
		case !strings.Contains(help, "\n  "+strings.Join(append([]string{c.program}, verbs...), " ")):
			t.Errorf("%s:%d: the help on %s %s is about something else:\n%s", c.path, c.line, c.program, strings.Join(verbs, " "), help)
		}
		for _, f := range c.flags() {
			if !strings.Contains(help, f+" ") && !strings.Contains(help, f+"\n") {
				t.Errorf("%s:%d: %s %s does not know %s", c.path, c.line, c.program, strings.Join(verbs, " "), f)
			}
		}
	}
}

// takesArguments says whether a command that holds others does something itself.
func takesArguments(help, program string, verbs []string) bool {
	usage := strings.Join(append([]string{program}, verbs...), " ")
	return regexp.MustCompile(`\n  ` + regexp.QuoteMeta(usage) + ` \[?[A-Z]`).MatchString(help)
}
