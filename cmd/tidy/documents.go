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
var target = regexp.MustCompile(`(?m)^([a-z][a-z-]*):.* ## `)

// checkReadme looks up each command that the documents show in a code block:
// make's targets in the Makefile, our programs' subcommands in their sources.
// That their flags exist is shown by the test that runs the programs.
func checkReadme(r *repository) []finding {
	var targets []string
	if f := r.file("Makefile"); f != nil {
		for _, m := range target.FindAllStringSubmatch(string(f.text), -1) {
			targets = append(targets, m[1])
		}
	}
	programs := map[string][]string{}
	var all []finding
	for _, c := range shown(r) {
		at := func(format string, args ...any) {
			all = append(all, finding{path: c.path, line: c.line, says: fmt.Sprintf(format, args...)})
		}
		program := c.words[0]
		if program == "make" {
			for _, w := range c.words[1:] {
				if !strings.Contains(w, "=") && !slices.Contains(targets, w) {
					at("make has no target %s", w)
				}
			}
			continue
		}
		if programs[program] == nil {
			programs[program] = subcommands(r, "cmd/"+program)
		}
		if len(programs[program]) == 0 {
			continue // It has flags only.
		}
		if len(c.words) > 1 && !slices.Contains(programs[program], c.words[1]) && !strings.HasPrefix(c.words[1], "-") {
			at("%s has no command %s", program, c.words[1])
		}
	}
	return all
}

// command is a command line that a document shows.
type command struct {
	path  string
	line  int
	words []string // the program's name first
}

// maxWords bounds how much of a shown command line is looked at.
const maxWords = 64

// shown gives the command lines in the code blocks of the documents that begin
// with make or one of our programs.
func shown(r *repository) []command {
	var all []command
	for _, f := range r.files {
		if !strings.HasSuffix(f.path, ".md") {
			continue
		}
		fenced := false
		lines(f, func(number int, line []byte) {
			text := strings.TrimSpace(string(line))
			if strings.HasPrefix(text, "```") {
				fenced = !fenced
				return
			}
			words := strings.Fields(strings.TrimPrefix(text, "$ "))
			if !fenced || len(words) == 0 || len(words) > maxWords {
				return
			}
			words[0] = strings.TrimPrefix(words[0], "bin/")
			if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "#") || w == "\\" || w == "|" }); i >= 0 {
				words = words[:i]
			}
			if len(words) > 0 && (words[0] == "make" || r.file("cmd/"+words[0]+"/main.go") != nil) {
				all = append(all, command{path: f.path, line: number, words: words})
			}
		})
	}
	return all
}

// subcommands gives the names of the commands in a program's sources: the
// first word of each Use of a cobra command.
func subcommands(r *repository, dir string) []string {
	var names []string
	for _, f := range r.goFiles() {
		if !below(f.dir(), dir) || f.isTest() {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			kv, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			if use, isText := asText(kv.Value); isText && isKey(kv, "Use") {
				name, _, _ := strings.Cut(use, " ")
				names = append(names, name)
			}
			return true
		})
	}
	return names
}
