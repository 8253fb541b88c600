package main

import (
	"maps"
	"strings"
)

func layerRubble() []rubble {
	return []rubble{
		{
			rule: "layers", says: "an adapter imports an adapter",
			broken:  tree{"api/a.go": imports("api", module+"/chaincode")},
			mended:  tree{"api/a.go": imports("api", module+"/ledger", module+"/ledger/finance", module+"/api/store")},
			finding: "api/a.go:2: packages in api may not import chaincode",
		},
		{
			rule: "layers", says: "the core imports its client",
			broken:  tree{"ledger/a.go": imports("ledger", module+"/ledger/protocol")},
			mended:  tree{"ledger/protocol/a.go": imports("protocol", module+"/ledger")},
			finding: "may not import ledger/protocol",
		},
		{
			rule: "layers", says: "the gateway's API imports Fabric's adapter",
			broken:  tree{"api/auth/a.go": imports("auth", module+"/ledger/fabric")},
			mended:  tree{"cmd/gateway/a.go": imports("main", module+"/ledger/fabric", module+"/api")},
			finding: "may not import ledger/fabric",
		},
		{
			rule: "layers", says: "something imports a program's package",
			broken:  tree{"cmd/skuld/a.go": imports("main", module+"/cmd/gateway/options")},
			mended:  tree{"cmd/skuld/a.go": imports("main", module+"/cmd/skuld/tape")},
			finding: "may not import cmd/gateway/options",
		},
		{
			rule: "layers", says: "only tests may start a network",
			broken:  tree{"ledger/fabric/a.go": imports("fabric", module+"/network/networktest")},
			mended:  tree{"ledger/fabric/a_test.go": imports("fabric", module+"/network/networktest")},
			finding: "may not import network/networktest",
		},
		{
			rule: "layers", says: "the conformance suite knows no ledger",
			broken:  tree{"ledger/ledgertest/a.go": imports("ledgertest", module+"/ledger/fabric")},
			mended:  tree{"ledger/ledgertest/a.go": imports("ledgertest", module+"/ledger/ledgertest/model", module+"/ledger/protocol")},
			finding: "may not import ledger/fabric",
		},
		{
			rule: "layers", says: "a new folder at the top",
			broken:  tree{"pkg/a.go": "package pkg\n"},
			mended:  tree{"ledger/a.go": "package ledger\n"},
			finding: "belongs to no layer",
		},
	}
}

func libraryRubble() []rubble {
	return []rubble{
		{
			rule: "keepers", says: "SQL outside the store",
			broken:  tree{"api/a.go": imports("api", "database/sql")},
			mended:  tree{"api/store/a.go": imports("store", "database/sql")},
			finding: "only api/store may import database/sql",
		},
		{
			rule: "keepers", says: "the administrator's library in the gateway",
			broken:  tree{"ledger/fabric/a.go": imports("fabric", sdk+"/pkg/fabsdk")},
			mended:  tree{"network/lifecycle/a.go": imports("lifecycle", sdk+"/pkg/fabsdk")},
			finding: "cannot share a program",
		},
		{
			rule: "no-clash", says: "a program reaches both through its packages",
			broken: tree{
				"cmd/x/main.go":          imports("main", module+"/network/lifecycle", module+"/ledger/fabric"),
				"network/lifecycle/a.go": imports("lifecycle", sdk+"/pkg/fabsdk"),
				"ledger/fabric/a.go":     imports("fabric", gatewayClient+"/pkg/client"),
			},
			mended: tree{
				"cmd/x/main.go":          imports("main", module+"/network/lifecycle"),
				"cmd/y/main.go":          imports("main", module+"/ledger/fabric"),
				"network/lifecycle/a.go": imports("lifecycle", sdk+"/pkg/fabsdk"),
				"ledger/fabric/a.go":     imports("fabric", gatewayClient+"/pkg/client"),
			},
			finding: "cmd/x: the program links",
		},
		{
			rule: "no-clash", says: "a test adds the second one",
			broken: tree{
				"network/lifecycle/a.go":      imports("lifecycle", sdk+"/pkg/fabsdk"),
				"network/lifecycle/a_test.go": imports("lifecycle", gatewayClient+"/pkg/client"),
			},
			mended: tree{
				"network/lifecycle/a.go":        imports("lifecycle", sdk+"/pkg/fabsdk"),
				"network/networktest/a_test.go": imports("networktest", gatewayClient+"/pkg/client"),
			},
			finding: "network/lifecycle: the test program links",
		},
	}
}

func coreRubble() []rubble {
	return []rubble{
		{
			rule: "pure-core", says: "the clock",
			broken:  tree{"ledger/a.go": "package ledger\nimport \"time\"\nvar now = time.Now\n"},
			mended:  tree{"ledger/a.go": "package ledger\nimport \"time\"\nfunc f(now time.Time) time.Time { return now.Add(time.Hour) }\n"},
			finding: "ledger/a.go:3: time.Now",
		},
		{
			rule: "pure-core", says: "a file",
			broken:  tree{"ledger/finance/a.go": imports("finance", "os")},
			mended:  tree{"ledger/finance/a_test.go": imports("finance", "os")},
			finding: "may not import os",
		},
		{
			rule: "pure-core", says: "Fabric",
			broken:  tree{"ledger/sign/a.go": imports("sign", "github.com/hyperledger/fabric-gateway/pkg/client")},
			mended:  tree{"ledger/fabric/a.go": imports("fabric", "github.com/hyperledger/fabric-gateway/pkg/client")},
			finding: "may not import github.com/hyperledger",
		},
		{
			rule: "no-floats", says: "a type",
			broken:  tree{"ledger/finance/a.go": "package finance\nvar rate float64\n"},
			mended:  tree{"ledger/finance/a.go": "package finance\nvar rate int64\n"},
			finding: "float64",
		},
		{
			rule: "no-floats", says: "a literal",
			broken:  tree{"ledger/a.go": "package ledger\nvar rate = 5.9\n"},
			mended:  tree{"ledger/a.go": "package ledger\nvar rate = \"5.9\"\n"},
			finding: "5.9 is a float",
		},
		{
			rule: "no-sleep", says: "a test that waits for a time",
			broken:  tree{"api/a_test.go": "package api\nimport \"time\"\nfunc f() { time.Sleep(1) }\n"},
			mended:  tree{"api/a.go": "package api\nimport \"time\"\nfunc f() { time.Sleep(1) }\n"},
			finding: "api/a_test.go:3: a sleep",
		},
	}
}

func shapeRubble() []rubble {
	file := func(lines int) string { return "package a\n" + strings.Repeat("// Line.\n", lines-1) }
	function := func(lines int) string {
		return "package a\n\nfunc long() {\n" + strings.Repeat("\tlong()\n", lines-2) + "}\n"
	}
	return []rubble{
		{
			rule: "file-length", says: "one line too many",
			broken:  tree{"api/a.go": file(maxFileLines + 1)},
			mended:  tree{"api/a.go": file(maxFileLines)},
			finding: "401 lines",
		},
		{
			rule: "file-length", says: "a generated file may be long",
			broken:  tree{"api/a.go": file(900)},
			mended:  tree{"api/a.go": "// Code generated by x; DO NOT EDIT.\n\n" + file(900)},
			finding: "900 lines",
		},
		{
			rule: "func-length", says: "one line too many",
			broken:  tree{"api/a.go": function(maxFuncLines + 1)},
			mended:  tree{"api/a.go": function(maxFuncLines)},
			finding: "api/a.go:3: long has 71 lines",
		},
		{
			rule: "func-length", says: "a long table is no long function",
			broken:  tree{"api/a.go": function(maxFuncLines + 1)},
			mended:  tree{"api/a.go": "package a\n\nfunc long() {\n\t_ = []int{\n" + strings.Repeat("\t\t1,\n", maxFuncLines) + "\t}\n}\n"},
			finding: "long has 71 lines",
		},
		{
			rule: "package-doc", says: "no comment",
			broken:  tree{"api/a.go": "package api\n"},
			mended:  tree{"api/a.go": "// Package api answers.\npackage api\n", "api/b.go": "package api\n"},
			finding: "package api has no comment",
		},
		{
			rule: "package-doc", says: "two comments",
			broken:  tree{"api/a.go": "// Package api answers.\npackage api\n", "api/b.go": "// Package api asks.\npackage api\n"},
			mended:  tree{"api/a.go": "// Package api answers.\npackage api\n"},
			finding: "two comments",
		},
		{
			rule: "package-doc", says: "a comment about something else",
			broken:  tree{"cmd/x/a.go": "// This is x.\npackage main\n"},
			mended:  tree{"cmd/x/a.go": "// Command x runs.\npackage main\n"},
			finding: "must begin \"Command x \"",
		},
		{
			rule: "package-name", says: "a name of nothing",
			broken:  tree{"api/a.go": "package util\n"},
			mended:  tree{"api/a.go": "package store\n", "api/a_test.go": "package store_test\n"},
			finding: "package util",
		},
		{
			rule: "package-name", says: "an underscore",
			broken:  tree{"api/a.go": "package read_model\n"},
			mended:  tree{"api/a.go": "package readmodel\n"},
			finding: "package read_model",
		},
		{
			rule: "gofmt", says: "spaces for a tab",
			broken:  tree{"api/a.go": "package api\n\nfunc f() {\n    f()\n}\n"},
			mended:  tree{"api/a.go": "package api\n\nfunc f() {\n\tf()\n}\n"},
			finding: "gofmt would change it",
		},
	}
}

func wordRubble() []rubble {
	// In parts, so that the rules do not find the fixtures themselves.
	end, folder, host := "TO"+"DO", "/wor"+"k/x", "https://pro"+"xy.example.org"
	return []rubble{
		{
			rule: "open-ends", says: "no issue is named",
			broken:  tree{"api/a.go": "package api\n\n// " + end + ": later.\n"},
			mended:  tree{"api/a.go": "package api\n\n// " + end + "(#12): later.\n"},
			finding: "api/a.go:3: an open end",
		},
		{
			rule: "places", says: "a folder",
			broken:  tree{"README.md": "see " + folder},
			mended:  tree{"README.md": "see network/"},
			finding: "README.md:1: a folder",
		},
		{
			rule: "places", says: "a host, except in go.sum",
			broken:  tree{"Makefile": host + "\n"},
			mended:  tree{"go.sum": host + "\n"},
			finding: "Makefile:1",
		},
		{
			rule: "error-texts", says: "a complaint",
			broken:  tree{"api/a.go": "package api\n\nvar err = fmt.Errorf(\"failed" + " to read: %w\", nil)\n"},
			mended:  tree{"api/a.go": "package api\n\nvar err = fmt.Errorf(\"reading: %w\", nil)\n"},
			finding: "say what was attempted",
		},
	}
}

func documentRubble() []rubble {
	all := tree{
		"README.md": "# x\n", "CHANGELOG.md": "# Changes\n\n## Unreleased\n", "CONTRIBUTING.md": "x\n",
		"LICENSE": "x\n", ".ci/run": "x\n", "Makefile": "x:\n",
	}
	with := func(name, text string) tree {
		c := maps.Clone(all)
		c[name] = text
		return c
	}
	block := func(line string) string { return "```\n" + line + "\n```\n" }
	program := "// Command skuld is the client.\npackage main\n\nvar c = command{Use: \"note COMMAND\"}\n"
	return []rubble{
		{
			rule: "documents", says: "an empty one",
			broken: with("LICENSE", " \n"), mended: all, finding: "LICENSE: missing or empty",
		},
		{
			rule: "documents", says: "a changelog that tells nothing",
			broken: with("CHANGELOG.md", "# Changes\n"), mended: all, finding: "has no section",
		},
		{
			rule: "readme", says: "a target that is not there",
			broken:  tree{"README.md": block("make fly # high"), "Makefile": "run: ## run\n"},
			mended:  tree{"README.md": "make fly\n" + block("$ make run X=1"), "Makefile": "run: ## run\n"},
			finding: "README.md:2: make has no command fly",
		},
		{
			rule: "readme", says: "a command that is not there",
			broken:  tree{"README.md": block("bin/skuld fly"), "cmd/skuld/main.go": program},
			mended:  tree{"README.md": block("bin/skuld note") + block("other fly"), "cmd/skuld/main.go": program},
			finding: "README.md:2: skuld has no command fly",
		},
		{
			rule: "readme", says: "behind a flag and inside of a substitution",
			broken:  tree{"README.md": block("X=$(skuld --profile lender fly > x)"), "cmd/skuld/main.go": program},
			mended:  tree{"README.md": block("X=$(skuld --profile lender note n1 --json)"), "cmd/skuld/main.go": program},
			finding: "README.md:2: skuld has no command fly",
		},
	}
}

func operationRubble() []rubble {
	complete := tree{
		"ledger/table.go":                 "package ledger\n\nconst OpPay Op = \"pay\"\n",
		"ledger/rows.go":                  "package ledger\n\nfunc rows() { add(OpPay, operation{}) }\n",
		"ledger/describe.go":              "package ledger\n\nvar acts = map[Op]words{OpPay: {\"a\", \"b\", \"c\"}}\n",
		"ledger/testdata/transitions.txt": "pay active holder active\n",
		"ledger/pay_test.go":              "package ledger\n\nvar _ = OpPay\n",
		"api/routes.go":                   "package api\n\nvar routes = []route{onNote(\"payments\", \"writePayment\", ledger.OpPay)}\n",
		"api/openapi.yaml":                "operationId: writePayment\n",
	}
	with := func(name, text string) tree {
		c := maps.Clone(complete)
		c[name] = text
		return c
	}
	var all []rubble
	for _, c := range []struct{ says, name, text, finding string }{
		{"no row", "ledger/rows.go", "package ledger\n", "row in the transition table"},
		{"no words", "ledger/describe.go", "package ledger\n", "words in three languages"},
		{"an empty text", "ledger/describe.go", "package ledger\n\nvar acts = map[Op]words{OpPay: {\"a\", \"\", \"c\"}}\n", "words in three languages"},
		{"no golden line", "ledger/testdata/transitions.txt", "", "line in a golden file"},
		{"no test", "ledger/pay_test.go", "package ledger\n", "test in ledger"},
		{"no route", "api/routes.go", "package api\n", "route (api/routes.go)"},
		{"a route of another operation", "api/routes.go", "package api\n\nvar routes = []route{{name: \"writePayment\", op: ledger.OpForgive}}\n", "route (api/routes.go)"},
		{"no path", "api/openapi.yaml", "operationId: writePayments\n", "path in the OpenAPI document"},
	} {
		all = append(all, rubble{
			rule: "operations", says: c.says, broken: with(c.name, c.text), mended: complete,
			finding: "ledger/table.go:3: operation pay has no " + c.finding,
		})
	}
	return all
}
