package main

import (
	"fmt"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// layer says which of our packages those below a folder may import. The
// longest folder that fits counts. A folder that ends in "!" in may stands for
// itself without what is below it.
type layer struct {
	dir   string
	may   []string
	tests []string // what test files may import besides
}

// core is what every layer may use.
var core = []string{"ledger!", "ledger/finance", "ledger/statement", "ledger/sign", "ledger/evidence"}

// layers is the direction of dependencies, from the core outwards.
func layers() []layer {
	with := func(more ...string) []string { return slices.Concat(core, []string{"ledger/protocol"}, more) }
	programs := []string{"api", "chaincode", "ledger", "network"}
	conformance := []string{"ledger/ledgertest"}
	return []layer{
		{dir: "ledger", may: core, tests: conformance},
		{dir: "ledger/evidence", may: core, tests: []string{"chaincode", "ledger/ledgertest", "ledger/protocol"}},
		// What checks a checker shares nothing with it.
		{dir: "ledger/evidence/checker", tests: []string{"ledger!", "ledger/evidence"}},
		{dir: "ledger/protocol", may: with()},
		{dir: "ledger/ledgertest", may: with("ledger/ledgertest"), tests: []string{"chaincode"}},
		{dir: "ledger/fabric", may: with("ledger/fabric"), tests: []string{"ledger/ledgertest", "network/networktest"}},
		{dir: "chaincode", may: with("chaincode"), tests: conformance},
		{dir: "chaincode/sim", may: with("chaincode", "ledger/ledgertest/model")},
		{dir: "api", may: slices.Concat(core, []string{"api"}), tests: conformance},
		// A lender's system links the client and nothing of the gateway.
		{dir: "api/client", may: slices.Concat(core, []string{"ledger/sign/pkcs11", "api/client"}), tests: []string{"api"}},
		// Pages are tested on the whole ledger in memory, as their readers see it.
		{dir: "api/web", may: slices.Concat(core, []string{"api"}), tests: []string{"ledger/ledgertest", "chaincode"}},
		{dir: "api/web/page", may: slices.Concat(core, []string{"api/web/page", "api/web/picture"}), tests: []string{"api/web/facts"}},
		{dir: "api/auth", may: slices.Concat(core, []string{"api/auth"}), tests: conformance},
		{dir: "api/store", may: slices.Concat(core, []string{"api/store", "api/code"}), tests: conformance},
		{dir: "api/code", may: slices.Concat(core, []string{"api/code"})},
		// What the desk decides by is pure.
		{dir: "api/casework/rule", may: core},
		{dir: "api/casework/report", may: slices.Concat(core, []string{"api/paper"})},
		{dir: "api/bankfile", may: slices.Concat(core, []string{"api/bankfile"})},
		{dir: "api/letter", may: slices.Concat(core, []string{"api/paper"})},
		{dir: "api/paper", may: nil},
		{dir: "api/casework", may: slices.Concat(core, []string{"api/store", "api/casework", "api/bankfile", "api/letter", "api/client", "api/code"}),
			tests: []string{"ledger/ledgertest", "chaincode"}},
		{dir: "api/desk", may: slices.Concat(core, []string{"api"}), tests: []string{"ledger/ledgertest", "chaincode"}},
		{dir: "api/desk/view", may: slices.Concat(core, []string{"api/desk/view", "api/web/page", "api/web/picture", "api/casework/report"}), tests: []string{"api/casework/rule"}},
		{dir: "network", may: slices.Concat(core, []string{"network"}), tests: []string{"ledger/fabric"}},
		{dir: "cmd", may: programs},
		{dir: "cmd/demo", may: programs, tests: []string{"cmd/skuld/skuldtest"}},
	}
}

// keeper names the only folders whose packages may import a path and what is
// below it.
type keeper struct {
	imports string
	only    []string
	why     string
}

func keepers() []keeper {
	const hyperledger = "github.com/hyperledger/"
	return []keeper{
		{hyperledger + "fabric-sdk-go", []string{"network/lifecycle", "network/identity"},
			"it cannot share a program with fabric-gateway"},
		{hyperledger + "fabric-gateway", []string{"ledger/fabric", "cmd/bench"},
			"transactions go through ledger/fabric"},
		{hyperledger + "fabric-chaincode-go", []string{"chaincode", "cmd/chaincode", "cmd/floor"},
			"the shim belongs to the contract"},
		{"database/sql", []string{"api/store"}, "SQL stays in the store"},
		{"modernc.org/sqlite", []string{"api/store"}, "SQL stays in the store"},
		{"github.com/jackc/pgx", []string{"api/store"}, "SQL stays in the store"},
		{"github.com/go-chi", []string{"api"}, "routes stay in the API"},
		{"github.com/prometheus", []string{"api/metrics"}, "what is counted, and under which labels, is decided in one place"},
		{"go.opentelemetry.io/otel/sdk", []string{"cmd/gateway"}, "who makes spans does not choose where they go"},
		{"github.com/ThalesGroup", []string{"ledger/sign/pkcs11"}, "devices are reached through C"},
		{"github.com/spf13/cobra", []string{"cmd"}, "commands are wiring"},
	}
}

// below says whether a path is a folder or lies below it.
func below(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

// ours gives the folder of one of our packages.
func ours(importPath string) (string, bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// eachImport calls f with the path of each import of a file.
func eachImport(f *file, do func(importPath string, at token.Pos)) {
	for _, i := range f.syntax.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			do(p, i.Pos())
		}
	}
}

func checkLayers(r *repository) []finding {
	var all []finding
	for _, f := range r.goFiles() {
		l, known := layerOf(f.dir())
		if !known {
			all = append(all, finding{path: f.path, says: "the folder belongs to no layer"})
			continue
		}
		eachImport(f, func(p string, at token.Pos) {
			dir, isOurs := ours(p)
			if !isOurs || dir == f.dir() || l.allows(dir, f.isTest()) {
				return
			}
			if program := programOf(f.dir()); program != "" && below(dir, program) {
				return // A program's own packages.
			}
			all = append(all, r.at(at, "packages in %s may not import %s", l.dir, dir))
		})
	}
	return all
}

// programOf gives the folder of the program that a folder below cmd belongs to.
func programOf(dir string) string {
	rest, isCommand := strings.CutPrefix(dir, "cmd/")
	if !isCommand {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return path.Join("cmd", name)
}

func layerOf(dir string) (layer, bool) {
	var found layer
	for _, l := range layers() {
		if below(dir, l.dir) && len(l.dir) > len(found.dir) {
			found = l
		}
	}
	return found, found.dir != ""
}

func (l layer) allows(dir string, test bool) bool {
	fits := func(allowed string) bool {
		if exact, ok := strings.CutSuffix(allowed, "!"); ok {
			return dir == exact
		}
		return below(dir, allowed)
	}
	return slices.ContainsFunc(l.may, fits) || test && slices.ContainsFunc(l.tests, fits)
}

func checkKeepers(r *repository) []finding {
	var all []finding
	for _, f := range r.goFiles() {
		eachImport(f, func(p string, at token.Pos) {
			for _, k := range keepers() {
				kept := slices.ContainsFunc(k.only, func(dir string) bool { return below(f.dir(), dir) })
				if below(p, k.imports) && !kept && !f.isTest() {
					all = append(all, r.at(at, "only %s may import %s: %s", strings.Join(k.only, " and "), k.imports, k.why))
				}
			}
		})
	}
	return all
}

// The two libraries register the same Protocol Buffers types, and a program
// with both panics before main.
const (
	sdk           = "github.com/hyperledger/fabric-sdk-go"
	gatewayClient = "github.com/hyperledger/fabric-gateway"
)

func checkBinaries(r *repository) []finding {
	graph := map[string]map[string]bool{}     // our packages: what they import
	testGraph := map[string]map[string]bool{} // the same for their tests
	names := map[string]string{}
	for _, f := range r.goFiles() {
		g := graph
		if f.isTest() {
			g = testGraph
		} else {
			names[f.dir()] = f.syntax.Name.Name
		}
		if g[f.dir()] == nil {
			g[f.dir()] = map[string]bool{}
		}
		eachImport(f, func(p string, _ token.Pos) { g[f.dir()][p] = true })
	}
	var all []finding
	report := func(dir, what string, start map[string]bool) {
		linked := closure(graph, start)
		if links(linked, sdk) && links(linked, gatewayClient) {
			all = append(all, finding{path: dir, says: fmt.Sprintf("%s links %s and %s, and would panic at start", what, sdk, gatewayClient)})
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(graph)) {
		if names[dir] == "main" {
			report(dir, "the program", graph[dir])
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(testGraph)) {
		both := maps.Clone(testGraph[dir])
		maps.Copy(both, graph[dir])
		report(dir, "the test program", both)
	}
	return all
}

// closure gives every import that is reached from a set through our packages.
func closure(graph map[string]map[string]bool, start map[string]bool) map[string]bool {
	reached := map[string]bool{}
	open := slices.Collect(maps.Keys(start))
	for len(open) > 0 {
		p := open[len(open)-1]
		open = open[:len(open)-1]
		if reached[p] {
			continue
		}
		reached[p] = true
		if dir, isOurs := ours(p); isOurs {
			open = slices.AppendSeq(open, maps.Keys(graph[dir]))
		}
	}
	return reached
}

func links(reached map[string]bool, library string) bool {
	for p := range reached {
		if below(p, library) {
			return true
		}
	}
	return false
}
