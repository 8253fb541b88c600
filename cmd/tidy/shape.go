package main

import (
	"bytes"
	"go/ast"
	"go/format"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Lengths beyond which a file has more than one reason to change, and a
// function no longer fits on a page.
const (
	maxFileLines = 400
	maxFuncLines = 70
)

func checkFileLength(r *repository) []finding {
	var all []finding
	for _, f := range r.goFiles() {
		if lines := bytes.Count(f.text, []byte("\n")); lines > maxFileLines {
			all = append(all, r.at(f.syntax.FileStart, "%d lines; split the file by reason to change", lines))
		}
	}
	return all
}

func checkFuncLength(r *repository) []finding {
	var all []finding
	for _, f := range r.goFiles() {
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := 1 + r.spans(fn) - r.tables(fn)
			if lines > maxFuncLines {
				all = append(all, r.at(fn.Pos(), "%s has %d lines", fn.Name.Name, lines))
			}
		}
	}
	return all
}

// spans gives how many lines a node goes on after its first.
func (r *repository) spans(n ast.Node) int {
	return r.fset.Position(n.End()).Line - r.fset.Position(n.Pos()).Line
}

// tables gives how many lines of a function are inside of composite literals.
// They do not count: a table is looked things up in, however long it is.
func (r *repository) tables(fn *ast.FuncDecl) int {
	sum := 0
	ast.Inspect(fn, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if ok {
			sum += r.spans(lit)
		}
		return !ok
	})
	return sum
}

func checkPackageDoc(r *repository) []finding {
	type pkg struct {
		first *file
		name  string
		docs  []*file
	}
	packages := map[string]*pkg{}
	var order []string
	for _, f := range r.goFiles() {
		if f.isTest() {
			continue
		}
		p := packages[f.dir()]
		if p == nil {
			p = &pkg{first: f, name: f.syntax.Name.Name}
			packages[f.dir()], order = p, append(order, f.dir())
		}
		if f.syntax.Doc != nil {
			p.docs = append(p.docs, f)
		}
	}
	var all []finding
	for _, dir := range order {
		p := packages[dir]
		begin := "Package " + p.name + " "
		if p.name == "main" {
			begin = "Command " + path.Base(dir) + " "
		}
		switch {
		case len(p.docs) == 0:
			all = append(all, r.at(p.first.syntax.Package, "package %s has no comment; say its purpose, then what it must not do", dir))
		case len(p.docs) > 1:
			all = append(all, r.at(p.docs[1].syntax.Package, "package %s has two comments; the other one is in %s", dir, p.docs[0].path))
		case !strings.HasPrefix(p.docs[0].syntax.Doc.Text(), begin):
			all = append(all, r.at(p.docs[0].syntax.Package, "the comment of %s must begin %q", dir, begin))
		}
	}
	return all
}

// namesOfNothing are package names that say where code was put and not what it
// provides.
var namesOfNothing = []string{
	"util", "utils", "common", "helper", "helpers", "manager", "misc", "shared", "base", "lib", "types", "models", "interfaces",
}

func checkPackageName(r *repository) []finding {
	var all []finding
	for _, f := range r.goFiles() {
		name := strings.TrimSuffix(f.syntax.Name.Name, "_test")
		if slices.Contains(namesOfNothing, name) || strings.ContainsAny(name, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			all = append(all, r.at(f.syntax.Name.Pos(), "package %s; name it after what it provides", name))
		}
	}
	return all
}

func checkFormat(r *repository) []finding {
	var all []finding
	for _, f := range r.goFiles() {
		if formatted, err := format.Source(f.text); err != nil || !bytes.Equal(formatted, f.text) {
			all = append(all, finding{path: f.path, says: "gofmt would change it"})
		}
	}
	return all
}

// The words are written in two parts, so that the rules do not find themselves.
var (
	openEnd = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`)
	named   = regexp.MustCompile(`\bTO` + `DO\(#[0-9]+\)`)
	places  = regexp.MustCompile(`/(wor` + `k|far` + `m|roo` + `t)/|//(proxy|registry|deb)\.[a-z]+\.(org|com)`)
	blame   = regexp.MustCompile(`"(failed to|could not|cannot|unable to|error) [^"]*%w`)
)

// lines calls do with the number and text of each line.
func lines(f *file, do func(number int, line []byte)) {
	number := 0
	for line := range bytes.Lines(f.text) {
		number++
		do(number, line)
	}
}

func checkOpenEnds(r *repository) []finding {
	return grep(r, "an open end without its issue", func(f *file, line []byte) bool {
		return openEnd.Match(named.ReplaceAll(line, nil))
	})
}

func checkPlaces(r *repository) []finding {
	return grep(r, "a folder of one machine, or the host of a registry", func(f *file, line []byte) bool {
		return path.Base(f.path) != "go.sum" && places.Match(line)
	})
}

// checkErrorTexts refuses wrapping texts that complain: each layer says what
// it attempted, and the chain reads from the outside in.
func checkErrorTexts(r *repository) []finding {
	return grep(r, "say what was attempted, as in \"reading the profile: %w\"", func(f *file, line []byte) bool {
		return f.syntax != nil && blame.Match(line)
	})
}

func grep(r *repository, says string, found func(*file, []byte) bool) []finding {
	var all []finding
	for _, f := range r.files {
		lines(f, func(number int, line []byte) {
			if found(f, line) {
				all = append(all, finding{path: f.path, line: number, says: says})
			}
		})
	}
	return all
}
