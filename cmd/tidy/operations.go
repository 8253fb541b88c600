package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// operation is a constant of type ledger.Op.
type operation struct {
	constant string // OpPay
	value    string // pay
	at       token.Pos
}

// checkOperations names, for every operation, the places that a new operation
// touches and that are missing. That texts and codes are complete in every
// language is shown where they are kept, by the tests of ledger and api.
func checkOperations(r *repository) []finding {
	var all []finding
	for _, op := range operations(r) {
		for _, p := range opPlaces {
			if !p.mentions(r, op) {
				all = append(all, r.at(op.at, "operation %s has no %s", op.value, p.what))
			}
		}
	}
	return all
}

// opPlace is a place where every operation must be found.
type opPlace struct {
	what     string
	mentions func(*repository, operation) bool
}

var opPlaces = []opPlace{
	{"row in the transition table (ledger/rows.go)", func(r *repository, op operation) bool {
		f := r.file("ledger/rows.go")
		return f != nil && assigns(f, op.constant)
	}},
	{"words in three languages (ledger/describe.go)", func(r *repository, op operation) bool {
		f := r.file("ledger/describe.go")
		return f != nil && saysInEachLanguage(f, op.constant)
	}},
	{"line in a golden file of transitions", func(r *repository, op operation) bool {
		return slices.ContainsFunc([]string{"transitions.txt", "persons.txt"}, func(name string) bool {
			f := r.file("ledger/testdata/" + name)
			return f != nil && bytes.Contains(f.text, []byte(op.value))
		})
	}},
	{"route (api/routes.go)", func(r *repository, op operation) bool {
		return routeName(r, op.constant) != ""
	}},
	{"path in the OpenAPI document (api/openapi.yaml)", func(r *repository, op operation) bool {
		f, name := r.file("api/openapi.yaml"), routeName(r, op.constant)
		return f != nil && name != "" && bytes.Contains(f.text, fmt.Appendf(nil, "operationId: %s\n", name))
	}},
	{"test in ledger", func(r *repository, op operation) bool {
		return slices.ContainsFunc(r.goFiles(), func(f *file) bool {
			return f.isTest() && below(f.dir(), "ledger") && (names(f, op.constant) || bytes.Contains(f.text, []byte(strconv.Quote(op.value))))
		})
	}},
}

// operations gives the constants of type Op that package ledger declares.
func operations(r *repository) []operation {
	var all []operation
	for _, f := range r.goFiles() {
		if f.dir() != "ledger" || f.isTest() {
			continue
		}
		for _, d := range f.syntax.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			for _, s := range group.Specs {
				if op, ok := asOperation(s.(*ast.ValueSpec)); ok {
					all = append(all, op)
				}
			}
		}
	}
	return all
}

func asOperation(s *ast.ValueSpec) (operation, bool) {
	kind, ok := s.Type.(*ast.Ident)
	if !ok || kind.Name != "Op" || len(s.Names) != 1 || len(s.Values) != 1 {
		return operation{}, false
	}
	value, ok := asText(s.Values[0])
	return operation{constant: s.Names[0].Name, value: value, at: s.Pos()}, ok
}

// routeName gives the name of the route that submits an operation. A row of the
// table of routes, which stands in api/routes.go and in a file for each theme,
// names both in one composite literal or one call.
func routeName(r *repository, constant string) string {
	for _, f := range r.goFiles() {
		if !strings.HasPrefix(f.path, "api/routes") || f.isTest() {
			continue
		}
		if name := routeNameIn(f, constant); name != "" {
			return name
		}
	}
	return ""
}

func routeNameIn(f *file, constant string) string {
	found := ""
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok && isKey(kv, "op") && isOp(kv.Value, constant) {
					found = textOf(n.Elts, "name")
				}
			}
		case *ast.CallExpr:
			if i := slices.IndexFunc(n.Args, func(e ast.Expr) bool { return isOp(e, constant) }); i > 0 {
				found, _ = asText(n.Args[i-1])
			}
		}
		return found == ""
	})
	return found
}

func isKey(kv *ast.KeyValueExpr, name string) bool {
	key, ok := kv.Key.(*ast.Ident)
	return ok && key.Name == name
}

func isOp(e ast.Expr, constant string) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && s.Sel.Name == constant
}

// textOf gives the text of a named element of a composite literal.
func textOf(elements []ast.Expr, name string) string {
	for _, e := range elements {
		if kv, ok := e.(*ast.KeyValueExpr); ok && isKey(kv, name) {
			text, _ := asText(kv.Value)
			return text
		}
	}
	return ""
}

func asText(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// names says whether a file uses a name.
func names(f *file, name string) bool {
	found := false
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == name
		return !found
	})
	return found
}

// languages is how many texts a person may choose from: Swedish, Danish, English.
const languages = 3

// saysInEachLanguage says whether a file has an entry for a name that is a
// text in every language.
func saysInEachLanguage(f *file, name string) bool {
	found := false
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		kv, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return !found
		}
		key, isName := kv.Key.(*ast.Ident)
		texts, isList := kv.Value.(*ast.CompositeLit)
		if isName && isList && key.Name == name && len(texts.Elts) == languages {
			found = !slices.ContainsFunc(texts.Elts, func(e ast.Expr) bool {
				lit, ok := e.(*ast.BasicLit)
				return !ok || lit.Value == `""`
			})
		}
		return !found
	})
	return found
}

// assigns says whether a file gives a row to a name: as a key of a composite
// literal, or as the first argument of a call of add.
func assigns(f *file, name string) bool {
	found := false
	is := func(e ast.Expr) bool { id, ok := e.(*ast.Ident); return ok && id.Name == name }
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			found = found || is(n.Key)
		case *ast.CallExpr:
			fn, ok := n.Fun.(*ast.Ident)
			found = found || ok && fn.Name == "add" && len(n.Args) > 0 && is(n.Args[0])
		}
		return !found
	})
	return found
}
