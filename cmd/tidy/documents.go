package main

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
)

// documents are the files that a visitor looks for.
var documents = []string{"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", ".ci/run", "Makefile"}

func checkDocuments(r *repository) []finding {
	var all []finding
	for _, name := range documents {
		if f := r.file(name); f == nil || len(strings.TrimSpace(string(f.text))) == 0 {
			all = append(all, finding{path: name, says: "missing or empty"})
		}
	}
	if f := r.file("CHANGELOG.md"); f != nil && !regexp.MustCompile(`(?m)^## `).Match(f.text) {
		all = append(all, finding{path: f.path, says: "has no section"})
	}
	return all
}

// target is a rule of the Makefile that a person may ask for.
var target = regexp.MustCompile(`(?m)^([a-z][a-z0-9-]*):.* ## `)

// checkReadme looks up each command that the documents show in a code block:
// make's targets in the Makefile, our programs' commands in their sources. That
// their flags exist is shown by the test that runs the programs.
func checkReadme(r *repository) []finding {
	var targets []string
	if f := r.file("Makefile"); f != nil {
		for _, m := range target.FindAllStringSubmatch(string(f.text), -1) {
			targets = append(targets, m[1])
		}
	}
	var all []finding
	for _, c := range shown(r) {
		known, words := targets, c.args
		if c.program != "make" {
			known = subcommands(r, "cmd/"+c.program)
			words = c.verbs(known)
		}
		if len(known) == 0 {
			continue // It has flags only.
		}
		for _, w := range words {
			if !slices.Contains(known, w) && !strings.Contains(w, "=") {
				all = append(all, finding{path: c.path, line: c.line, says: fmt.Sprintf("%s has no command %s", c.program, w)})
			}
		}
	}
	return all
}

// command is a command line that a document shows.
type command struct {
	path    string
	line    int
	program string
	args    []string
}

// verbs gives the words of a command line that name commands: from the first
// word that is neither a flag nor its value, as many as are known, and that
// first one in any case.
func (c command) verbs(known []string) []string {
	args := c.args
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		takesValue := !strings.Contains(args[0], "=") && len(args) > 1 && !slices.Contains(known, args[1])
		args = args[1:]
		if takesValue {
			args = args[1:]
		}
	}
	end := 0
	for end < len(args) && (end == 0 || slices.Contains(known, args[end])) {
		end++
	}
	return args[:end]
}

// flags gives the names of the flags of a command line.
func (c command) flags() []string {
	var names []string
	for _, w := range c.args {
		if name, _, _ := strings.Cut(w, "="); strings.HasPrefix(name, "--") {
			names = append(names, name)
		}
	}
	return names
}

// invocation is a program at the start of a line or inside of $( ), and what
// follows on the line until the shell does something else with it.
var invocation = regexp.MustCompile(`(?:^|\$\()\s*(?:\$ )?(?:bin/)?([a-z]+)((?: +[^#|>)\\]*)?)`)

// shown gives the command lines in the documents that call make or one of our
// programs. They stand in code blocks without a language, or in the shell's.
func shown(r *repository) []command {
	var all []command
	for _, f := range r.files {
		if !strings.HasSuffix(f.path, ".md") {
			continue
		}
		fenced, commands := false, false
		lines(f, func(number int, line []byte) {
			if language, isFence := strings.CutPrefix(strings.TrimSpace(string(line)), "```"); isFence {
				fenced = !fenced
				commands = fenced && (language == "" || language == "sh")
				return
			}
			if !commands {
				return
			}
			for _, m := range invocation.FindAllStringSubmatch(string(line), -1) {
				if m[1] == "make" || r.file("cmd/"+m[1]+"/main.go") != nil {
					all = append(all, command{path: f.path, line: number, program: m[1], args: strings.Fields(m[2])})
				}
			}
		})
	}
	return all
}

// subcommands gives the names of the commands in a program's sources: the
// first word of each Use of a cobra command, and of the calls that make one
// from a name.
func subcommands(r *repository, dir string) []string {
	var names []string
	add := func(e ast.Expr) {
		if use, isText := asText(e); isText {
			name, _, _ := strings.Cut(use, " ")
			names = append(names, name)
		}
	}
	for _, f := range r.goFiles() {
		if !below(f.dir(), dir) || f.isTest() {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if isKey(n, "Use") || isKey(n, "use") {
					add(n.Value)
				}
			case *ast.CallExpr:
				if fn, ok := n.Fun.(*ast.Ident); ok && fn.Name == "group" && len(n.Args) > 0 {
					add(n.Args[0])
				}
			}
			return true
		})
	}
	return names
}
