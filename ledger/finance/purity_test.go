package finance_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowedImports is all that a pure function of its arguments needs. Package
// time is there for calendar arithmetic; its clock is ruled out below.
var allowedImports = []string{
	"bytes", "cmp", "embed", "encoding/csv", "encoding/json", "errors", "fmt", "math", "math/big", "math/bits",
	"sort", "strconv", "strings", "sync", "time", "github.com/rickar/cal/v2/se",
}

// TestPackageUsesNoFloatNoClockAndNoOutsideWorld reads the sources, because one
// float or one look at the clock would let two peers disagree about a debt.
func TestPackageUsesNoFloatNoClockAndNoOutsideWorld(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(set, name, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err != nil || !slices.Contains(allowedImports, path) {
				t.Errorf("%s imports %s", name, spec.Path.Value)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if what := impure(n); what != "" {
				t.Errorf("%s uses %s", set.Position(n.Pos()), what)
			}
			return true
		})
	}
}

// impure names what must not be used, or returns nothing.
func impure(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Ident:
		if slices.Contains([]string{"float32", "float64", "complex64", "complex128", "panic"}, n.Name) {
			return n.Name
		}
	case *ast.BasicLit:
		if n.Kind == token.FLOAT || n.Kind == token.IMAG {
			return "the literal " + n.Value
		}
	case *ast.SelectorExpr:
		if pkg, ok := n.X.(*ast.Ident); ok && pkg.Name == "time" &&
			slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer", "NewTicker", "AfterFunc", "Local", "LoadLocation"}, n.Sel.Name) {
			return "time." + n.Sel.Name
		}
	case *ast.GoStmt:
		return "a goroutine"
	}
	return ""
}
