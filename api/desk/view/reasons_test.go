package view

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/web/page"
)

// toldElsewhere are the places of reasons that are filled in after the task is made: a
// complaint has its number from the register.
var toldElsewhere = map[string][]string{"task-complaint": {"number"}, "task-review-asked": {"number"}}

// TestEveryReasonOfATaskHasWords in three languages, and a value for each of their
// places: what the programs can put on the worklist is read from their source.
func TestEveryReasonOfATaskHasWords(t *testing.T) {
	reasons := map[string][]string{} // and what they are told with
	for _, pattern := range []string{"../../casework/*.go", "../../store/casebook/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if !isTest.MatchString(file) {
				readReasons(t, file, reasons)
			}
		}
	}
	for _, kind := range rule.Kinds() {
		reasons["task.proposal."+string(kind)] = reasons["task.proposal."]
	}
	delete(reasons, "task.proposal.")
	if len(reasons) < len(rule.Kinds())+12 {
		t.Errorf("only %d reasons were found", len(reasons))
	}
	for reason, told := range reasons {
		if !Known(page.Key(reason)) {
			t.Errorf("%s has no words", reason)
		}
		for _, table := range tables {
			for _, said := range table[page.Key(reason)] {
				for _, place := range places.FindAllStringSubmatch(said, -1) {
					if !slices.Contains(told, place[1]) && !slices.Contains(toldElsewhere[reason], place[1]) {
						t.Errorf("%s is told with %v, and not with %s", reason, told, place[1])
					}
				}
			}
		}
	}
}

var (
	isTest = regexp.MustCompile(`_test\.go$`)
	places = regexp.MustCompile(`\{([a-z]+)\}`)
)

// readReasons finds the tasks that a file makes, and the reasons that it gives them
// afterwards.
func readReasons(t *testing.T, file string, reasons map[string][]string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if isTask(n.Type) {
				readTask(t, file, n, reasons)
			}
		case *ast.AssignStmt:
			if to, is := n.Lhs[0].(*ast.SelectorExpr); is && to.Sel.Name == "Reason" && len(n.Rhs) == 1 {
				if of, is := to.X.(*ast.Ident); is && of.Name == "task" {
					reasons[textOf(n.Rhs[0])] = nil
				}
			}
		}
		return true
	})
}

// isTask says whether a type is that of a task, within its package or outside.
func isTask(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "Task"
	case *ast.SelectorExpr:
		return e.Sel.Name == "Task"
	}
	return false
}

// readTask finds the reason of a task, and the names of what it is told with.
func readTask(t *testing.T, file string, task *ast.CompositeLit, reasons map[string][]string) {
	t.Helper()
	reason := ""
	var told []string
	for _, e := range task.Elts {
		field, is := e.(*ast.KeyValueExpr)
		if !is {
			continue
		}
		name, _ := field.Key.(*ast.Ident)
		switch name.Name {
		case "Reason":
			reason = textOf(field.Value)
		case "With":
			with, is := field.Value.(*ast.CompositeLit)
			if !is {
				t.Fatalf("%s: what the task %s is told with cannot be read", file, reason)
			}
			for _, e := range with.Elts {
				told = append(told, textOf(e.(*ast.KeyValueExpr).Key))
			}
		}
	}
	// What only moves a task has no reason, and neither has an empty value.
	if reason != "" {
		reasons[reason] = append(reasons[reason], told...)
	}
}

// textOf reads a text as it stands in a program: all of it, or how it begins.
func textOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return text
	case *ast.BinaryExpr:
		return textOf(e.X)
	}
	return ""
}
