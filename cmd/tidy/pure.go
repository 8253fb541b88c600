package main

import (
	"go/ast"
	"go/token"
	"slices"
)

// isPure says whether a package must give the same answer everywhere and
// always: chaincode on several peers, the gateway and the offline verifier must
// agree to the byte.
func isPure(dir string) bool {
	return slices.Contains([]string{"ledger", "ledger/finance", "ledger/sign", "ledger/evidence"}, dir)
}

// effects are the packages through which the world gets in or out.
var effects = []string{
	"os", "net", "io/ioutil", "log", "syscall", "math/rand", "database/sql", "unsafe", "plugin",
	"github.com/hyperledger", "google.golang.org/grpc",
}

// clocks are the functions of package time that read or await the clock.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

func checkPure(r *repository) []finding {
	var all []finding
	for _, f := range r.goFiles() {
		if !isPure(f.dir()) || f.isTest() {
			continue
		}
		eachImport(f, func(p string, at token.Pos) {
			if slices.ContainsFunc(effects, func(e string) bool { return below(p, e) }) {
				all = append(all, r.at(at, "the core may not import %s", p))
			}
		})
		for _, name := range clocks {
			for _, at := range uses(f, "time", name) {
				all = append(all, r.at(at, "time.%s reads the clock; time comes in as a parameter", name))
			}
		}
	}
	return all
}

// uses gives the places where a file says pkg.name.
func uses(f *file, pkg, name string) []token.Pos {
	var found []token.Pos
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == name {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == pkg {
				found = append(found, s.Pos())
			}
		}
		return true
	})
	return found
}

func checkFloats(r *repository) []finding {
	var all []finding
	for _, f := range r.goFiles() {
		if !isPure(f.dir()) || f.isTest() {
			continue // A test may show the rules a float, to be refused.
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if slices.Contains([]string{"float32", "float64", "complex64", "complex128"}, n.Name) {
					all = append(all, r.at(n.Pos(), "%s; amounts are integers and rates exact decimals", n.Name))
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT {
					all = append(all, r.at(n.Pos(), "the literal %s is a float", n.Value))
				}
			}
			return true
		})
	}
	return all
}

func checkSleeps(r *repository) []finding {
	var all []finding
	for _, f := range r.goFiles() {
		if !f.isTest() {
			continue
		}
		for _, at := range uses(f, "time", "Sleep") {
			all = append(all, r.at(at, "a sleep in a test is too long on one machine and too short on another; wait for the condition"))
		}
	}
	return all
}
