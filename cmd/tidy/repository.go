package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// module is the path that our own import paths begin with.
const module = "github.com/skuld-registry/skuld"

// maxFileBytes is the largest file that the rules read; one larger is data.
const maxFileBytes = 1 << 20

// file is one text file of the repository.
type file struct {
	path   string // with slashes, from the repository's root
	text   []byte
	syntax *ast.File // of a Go file
}

func (f *file) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// dir gives the package's folder, "." for the root.
func (f *file) dir() string { return path.Dir(f.path) }

// isGenerated follows the convention that the go command documents.
func (f *file) isGenerated() bool { return f.syntax != nil && ast.IsGenerated(f.syntax) }

// repository is the text of a source tree.
type repository struct {
	root  fs.FS
	fset  *token.FileSet
	files []*file // sorted by path
}

// open reads a tree. A Go file that does not parse is an error: the rules
// could not see into it.
func open(root fs.FS) (*repository, error) {
	r := &repository{root: root, fset: token.NewFileSet()}
	var faults []error
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && isForeign(name):
			return fs.SkipDir
		case d.IsDir() || !d.Type().IsRegular():
			return nil
		}
		if err := r.add(name, d); err != nil {
			faults = append(faults, err)
		}
		return nil
	})
	return r, errors.Join(append(faults, err)...)
}

// isForeign says whether a folder holds nothing that was written here: built
// programs, a network's state, the history.
func isForeign(dir string) bool {
	base := path.Base(dir)
	return dir == "bin" || base != "." && base != ".ci" && strings.HasPrefix(base, ".")
}

func (r *repository) add(name string, d fs.DirEntry) error {
	info, err := d.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // Deleted since the folder was listed.
	}
	if err != nil || info.Size() > maxFileBytes {
		return err
	}
	text, err := fs.ReadFile(r.root, name)
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil // Not text.
	}
	f := &file{path: name, text: text}
	if strings.HasSuffix(name, ".go") && !slices.Contains(strings.Split(name, "/"), "testdata") {
		f.syntax, err = parser.ParseFile(r.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
	}
	r.files = append(r.files, f)
	return nil
}

// goFiles gives the Go files, generated ones left out.
func (r *repository) goFiles() []*file {
	return slices.DeleteFunc(slices.Clone(r.files), func(f *file) bool {
		return f.syntax == nil || f.isGenerated()
	})
}

// file gives a file by its path, or nil.
func (r *repository) file(name string) *file {
	i := slices.IndexFunc(r.files, func(f *file) bool { return f.path == name })
	if i < 0 {
		return nil
	}
	return r.files[i]
}

// at makes a finding at a place in a Go file.
func (r *repository) at(pos token.Pos, format string, args ...any) finding {
	p := r.fset.Position(pos)
	return finding{path: p.Filename, line: p.Line, says: fmt.Sprintf(format, args...)}
}
