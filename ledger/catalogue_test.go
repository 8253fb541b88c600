package ledger_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

func asRefusal(err error) *ledger.Error {
	e, _ := errors.AsType[*ledger.Error](err)
	return e
}

var parameter = regexp.MustCompile(`\{[a-z_]+\}`)

// TestEveryCodeHasATextInEveryLanguageWithTheSameParameters keeps the three
// languages saying the same.
func TestEveryCodeHasATextInEveryLanguageWithTheSameParameters(t *testing.T) {
	for _, code := range ledger.Codes() {
		e := ledger.Refuse(code)
		if e.Class() == "" {
			t.Errorf("%s has no class", code)
		}
		want := parameters(e.Text(ledger.English))
		for _, lang := range ledger.Languages() {
			text := e.Text(lang)
			if text == "" || text == string(code) {
				t.Errorf("%s has no text in %s", code, lang)
			}
			if got := parameters(text); !slices.Equal(got, want) {
				t.Errorf("%s in %s has the parameters %v, in English %v", code, lang, got, want)
			}
		}
	}
}

func parameters(text string) []string {
	list := parameter.FindAllString(text, -1)
	slices.Sort(list)
	return slices.Compact(list)
}

// TestEveryRefusalFillsItsText reads every call of Refuse in the package: a
// parameter that the text names and the call forgets would reach a person as
// a word in braces, on the day that the refusal is first given.
func TestEveryRefusalFillsItsText(t *testing.T) {
	codes := declaredCodes(t)
	checked := 0
	eachCall(t, func(call *ast.CallExpr, where string) {
		name, ok := call.Args[0].(*ast.Ident)
		if !ok || !strings.HasPrefix(name.Name, "Code") {
			return // passed on from elsewhere
		}
		code, declared := codes[name.Name]
		if !declared {
			t.Errorf("%s: %s is not declared", where, name.Name)
			return
		}
		checked++
		given := map[string]bool{}
		for i := 1; i < len(call.Args); i += 2 {
			if lit, ok := call.Args[i].(*ast.BasicLit); ok {
				given["{"+strings.Trim(lit.Value, `"`)+"}"] = true
			}
		}
		for _, p := range parameters(ledger.Refuse(code).Text(ledger.English)) {
			if !given[p] {
				t.Errorf("%s: the text of %s needs %s", where, code, p)
			}
		}
	})
	if checked < 50 {
		t.Errorf("only %d refusals found; the test looks in the wrong place", checked)
	}
}

// TestEveryDeclaredCodeIsInTheCatalogue and the other way round.
func TestEveryDeclaredCodeIsInTheCatalogue(t *testing.T) {
	var declared []ledger.Code
	for _, code := range declaredCodes(t) {
		declared = append(declared, code)
	}
	slices.Sort(declared)
	if got := ledger.Codes(); !slices.Equal(got, declared) {
		t.Errorf("declared %v\nin the catalogue %v", declared, got)
	}
	if len(slices.Compact(slices.Clone(declared))) != len(declared) {
		t.Error("a code is declared twice")
	}
}

// packageFiles parses the package's own sources, without tests.
func packageFiles(t *testing.T) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return fset, files
}

func eachCall(t *testing.T, visit func(call *ast.CallExpr, where string)) {
	t.Helper()
	fset, files := packageFiles(t)
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "Refuse" && len(call.Args) > 0 {
				visit(call, fset.Position(call.Pos()).String())
			}
			return true
		})
	}
}

// declaredCodes gives the constants of type Code by name.
func declaredCodes(t *testing.T) map[string]ledger.Code {
	t.Helper()
	codes := map[string]ledger.Code{}
	_, files := packageFiles(t)
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Code" {
				lit := spec.Values[0].(*ast.BasicLit)
				codes[spec.Names[0].Name] = ledger.Code(strings.Trim(lit.Value, `"`))
			}
			return true
		})
	}
	return codes
}

func TestErrorsAreComparedByCode(t *testing.T) {
	err := error(ledger.Refuse(ledger.CodePaymentExceeds, "owed", "1.00 SEK"))
	if !errors.Is(err, &ledger.Error{Code: ledger.CodePaymentExceeds}) {
		t.Error("a refusal is not its code")
	}
	if errors.Is(err, &ledger.Error{Code: ledger.CodeNoteVoid}) {
		t.Error("a refusal is another code")
	}
	if ledger.CodeOf(errors.New("a broken disk")) != "" {
		t.Error("an internal error has a code")
	}
	if got := (&ledger.Error{Code: "unheard_of"}).Text(ledger.Swedish); got != "unheard_of" {
		t.Errorf("a code without a text says %q", got)
	}
}
