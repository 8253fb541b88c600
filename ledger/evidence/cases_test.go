package evidence_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger/evidence"
)

var update = flag.Bool("update", false, "write the cases anew")

// expected is what a checker must say of a case.
type expected struct {
	Verdict evidence.Verdict `json:"verdict"`
	Code    evidence.Code    `json:"code,omitempty"` // of the fault
}

// corpus is testdata/cases.json: the cases of testdata/cases, and the digest of
// the network that a checker of them trusts.
type corpus struct {
	Network string              `json:"network"`
	Cases   map[string]expected `json:"cases"`
}

const (
	caseFolder = "testdata/cases"
	caseList   = "testdata/cases.json"
)

func TestCasesHaveTheirVerdicts(t *testing.T) {
	want := readCorpus(t)
	all := tales()
	if *update {
		want.Cases = map[string]expected{}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			raw, network := tell(t, all[name])
			path := filepath.Join(caseFolder, name+".json")
			r := evidence.Verify(raw, evidence.Anchors{Networks: []string{network}})
			got := expected{Verdict: r.Verdict}
			if faults := r.Of(evidence.Fault); len(faults) > 0 {
				got.Code = faults[0].Code
			}
			if code := all[name].code; got.Code != code || (code == "") != (r.Verdict == evidence.Genuine) {
				t.Errorf("it is %s: %v; want %q", r.Verdict, r.Findings, code)
			}
			if *update {
				want.Network, want.Cases[name] = network, got
				if err := os.WriteFile(path, raw, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, raw) {
				t.Errorf("it is told otherwise than in %s (%v); look, and run with -update", path, err)
			}
			if want.Network != network || want.Cases[name] != got {
				t.Errorf("it is %v on %s; %s says otherwise", got, network, caseList)
			}
		})
	}
	if *update && len(want.Cases) == len(all) { // else only some were asked for
		writeCorpus(t, want)
	}
}

func TestEveryFileOfTheCorpusIsACase(t *testing.T) {
	files, err := os.ReadDir(caseFolder)
	if err != nil {
		t.Fatal(err)
	}
	all, listed := tales(), readCorpus(t)
	for _, f := range files {
		if _, told := all[strings.TrimSuffix(f.Name(), ".json")]; !told {
			t.Errorf("%s is no case any more", f.Name())
		}
	}
	if len(files) != len(all) || len(listed.Cases) != len(all) {
		t.Errorf("there are %d cases, %d files and %d verdicts", len(all), len(files), len(listed.Cases))
	}
}

func readCorpus(t *testing.T) corpus {
	t.Helper()
	var c corpus
	raw, err := os.ReadFile(caseList)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil && !*update {
		t.Fatal(err)
	}
	return c
}

func writeCorpus(t *testing.T, c corpus) {
	t.Helper()
	raw, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(caseList, append(raw, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tell tells a story, and has it forged.
func tell(t *testing.T, c tale) (raw []byte, network string) {
	t.Helper()
	v := newTown(t)
	raw, network = c.story(v), v.lender.service.Network()
	if c.forge == nil {
		return raw, network
	}
	file, err := evidence.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	f := &forgery{forger: forger{t}, File: file, town: v}
	if c.forge(f); f.raw != nil {
		return f.raw, network
	}
	if raw, err = f.Encode(); err != nil {
		t.Fatal(err)
	}
	return raw, network
}
