package checker_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/ledger/evidence/checker"
)

// corpus is what cases.json says of the files in cases.
type corpus struct {
	Network string              `json:"network"`
	Cases   map[string]judgment `json:"cases"`
}

// judgment is what the registry's own checker says of a file.
type judgment struct {
	Verdict string `json:"verdict"`
	Code    string `json:"code"`
}

const cases = "../testdata/cases"

func readCorpus(t *testing.T) corpus {
	t.Helper()
	text, err := os.ReadFile(cases + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var c corpus
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Cases) == 0 {
		t.Fatal("there are no cases")
	}
	return c
}

func readCase(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(cases, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestBothCheckersAgreeOnEveryCase(t *testing.T) {
	c := readCorpus(t)
	for name, want := range c.Cases {
		verdict, fault := checker.Check(readCase(t, name), c.Network)
		if (want.Verdict == "genuine") != (verdict == checker.Holds) {
			t.Errorf("%s: %s (%v), the other says %s %s", name, verdict, fault, want.Verdict, want.Code)
			continue
		}
		if fault != nil {
			t.Logf("%-28s %-22s %v", name, want.Code, fault)
		}
	}
	_ = slices.Contains[[]string]
}
