package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestRepositoryKeepsEveryRule(t *testing.T) {
	repo, err := open(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(repo.goFiles()) < 100 {
		t.Fatalf("read only %d Go files; the rules saw nothing", len(repo.goFiles()))
	}
	for _, f := range check(repo, rules()) {
		t.Error(f)
	}
}

// tree is a small repository: file names and their texts.
type tree map[string]string

func (files tree) open(t *testing.T) *repository {
	t.Helper()
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	r, err := open(m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// imports is a Go file that imports paths.
func imports(pkg string, paths ...string) string {
	text := "package " + pkg + "\n"
	for _, p := range paths {
		text += "import _ \"" + p + "\"\n"
	}
	return text
}

// rubble is a repository that breaks a rule, and the same one mended.
type rubble struct {
	rule    string
	says    string // of what is broken
	broken  tree
	mended  tree
	finding string // part of the finding
}

func TestEachRuleFindsWhatBreaksItAndNothingElse(t *testing.T) {
	cases := slices.Concat(layerRubble(), libraryRubble(), coreRubble(), shapeRubble(), wordRubble(), documentRubble(), operationRubble())
	for _, c := range cases {
		t.Run(c.rule+"/"+c.says, func(t *testing.T) {
			found := ruleNamed(t, c.rule).check(c.broken.open(t))
			if !slices.ContainsFunc(found, func(f finding) bool { return strings.Contains(f.String(), c.finding) }) {
				t.Errorf("found %v in the broken repository, want %q", found, c.finding)
			}
			if found := ruleNamed(t, c.rule).check(c.mended.open(t)); len(found) > 0 {
				t.Errorf("found %v in the mended repository", found)
			}
		})
	}
	for _, r := range rules() {
		if !slices.ContainsFunc(cases, func(c rubble) bool { return c.rule == r.name }) {
			t.Errorf("the rule %s is shown nothing that breaks it", r.name)
		}
	}
}

func ruleNamed(t *testing.T, name string) rule {
	t.Helper()
	i := slices.IndexFunc(rules(), func(r rule) bool { return r.name == name })
	if i < 0 {
		t.Fatalf("there is no rule %s", name)
	}
	return rules()[i]
}

func TestFindingsComeInTheOrderOfTheFiles(t *testing.T) {
	r := tree{
		"b/b.go":      "package b\n",
		"a/a.go":      "package a\n",
		"a/a_test.go": "package a\nimport \"time\"\nfunc f() {\n\ttime.Sleep(1)\n\ttime.Sleep(2)\n}\n",
	}.open(t)
	var got []string
	for _, f := range check(r, []rule{ruleNamed(t, "no-sleep"), ruleNamed(t, "package-doc")}) {
		got = append(got, strings.SplitAfterN(f.String(), ": ", 2)[0])
	}
	want := []string{"a/a.go:1: ", "a/a_test.go:4: ", "a/a_test.go:5: ", "b/b.go:1: "}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFoldersThatWereNotWrittenHereAreNotRead(t *testing.T) {
	r := tree{
		"bin/x.go":             "package Wrong_Name\n",
		".git/x.go":            "package Wrong_Name\n",
		".skuld/x.go":          "package Wrong_Name\n",
		".ci/run":              "#!/bin/sh\n",
		"ledger/testdata/x.go": "not Go\n",
	}.open(t)
	var got []string
	for _, f := range r.files {
		got = append(got, f.path)
	}
	if want := []string{".ci/run", "ledger/testdata/x.go"}; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}

func TestGoFileThatDoesNotParseIsAFault(t *testing.T) {
	m := fstest.MapFS{"a/a.go": &fstest.MapFile{Data: []byte("package a\nfunc {")}}
	if _, err := open(m); err == nil || !strings.Contains(err.Error(), "a/a.go:2") {
		t.Errorf("got %v, want an error that names a/a.go:2", err)
	}
}
