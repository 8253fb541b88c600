package main

import (
	"cmp"
	"fmt"
	"slices"
)

// finding is one place where a rule is not kept.
type finding struct {
	path string
	line int // 0 for the whole file
	rule string
	says string
}

func (f finding) String() string {
	if f.line == 0 {
		return fmt.Sprintf("%s: %s (%s)", f.path, f.says, f.rule)
	}
	return fmt.Sprintf("%s:%d: %s (%s)", f.path, f.line, f.says, f.rule)
}

// rule is one house rule. Each has a test that shows it a repository that
// breaks it, so that a rule which sees nothing does not pass for a kept one.
type rule struct {
	name  string
	says  string
	check func(*repository) []finding
}

func rules() []rule {
	return []rule{
		{"layers", "cmd -> {api, chaincode, ledger/fabric, network} -> ledger, and adapters never import each other", checkLayers},
		{"keepers", "a library with a cost is imported by the packages that answer for it", checkKeepers},
		{"no-clash", "no program links fabric-sdk-go together with fabric-gateway", checkBinaries},
		{"pure-core", "the core reads no clock, no file and no network", checkPure},
		{"no-floats", "the core counts in integers and exact decimals", checkFloats},
		{"file-length", fmt.Sprintf("a file has at most %d lines", maxFileLines), checkFileLength},
		{"func-length", fmt.Sprintf("a function has at most %d lines beside its tables", maxFuncLines), checkFuncLength},
		{"package-doc", "every package says its purpose", checkPackageDoc},
		{"package-name", "a package's name says what it provides", checkPackageName},
		{"no-sleep", "tests wait for a condition, not for a time", checkSleeps},
		{"open-ends", "what is left to do names its issue", checkOpenEnds},
		{"places", "no file names a folder of one machine or the host of a registry", checkPlaces},
		{"error-texts", "an error says what was attempted", checkErrorTexts},
		{"gofmt", "Go files are formatted", checkFormat},
		{"documents", "the repository has its documents, and the changelog tells the newest change", checkDocuments},
		{"operations", "every operation has its row, route, path, words and tests", checkOperations},
		{"readme", "the commands in the documents exist", checkReadme},
	}
}

// check applies rules and gives the findings in the order of the files.
func check(r *repository, rules []rule) []finding {
	var all []finding
	for _, rule := range rules {
		for _, f := range rule.check(r) {
			f.rule = rule.name
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.line, b.line))
	})
	return all
}
