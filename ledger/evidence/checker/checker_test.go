package checker_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
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

// kinds says which faults of this checker are the same as one of the other's. A file
// may have two at once, and which of them is found first is no part of the format.
var kinds = map[string][]checker.Kind{
	"file_too_large":     {checker.Limit},
	"file_malformed":     {checker.Form},
	"file_not_canonical": {checker.Form},
	"version_unknown":    {checker.Form},
	"genesis_other":      {checker.Network},
	"network_unknown":    {checker.Network},
	"question_wrong":     {checker.Attestation},
	"answer_wrong":       {checker.Attestation},
	"asked_other":        {checker.Attestation},
	"attester_wrong":     {checker.Attestation},
	"attester_twice":     {checker.Attestation},
	"attesters_few":      {checker.Attestation, checker.Form},
	"subject_other":      {checker.Command, checker.Attestation},
	"command_refused":    {checker.Command},
	"signature_wrong":    {checker.Signature},
	"chain_missing":      {checker.Signature, checker.Attestation, checker.Form},
	"chain_unused":       {checker.Surplus, checker.Attestation},
	"record_other":       {checker.Chain, checker.State},
	"state_other":        {checker.Chain, checker.State},
	"payment_absent":     {checker.State},
}

func TestBothCheckersAgreeOnEveryCase(t *testing.T) {
	c := readCorpus(t)
	for name, want := range c.Cases {
		verdict, fault := checker.Check(readCase(t, name), c.Network)
		switch {
		case (want.Verdict == "genuine") != (verdict == checker.Holds):
			t.Errorf("%s: %s (%v), the other says %s %s", name, verdict, fault, want.Verdict, want.Code)
		case fault != nil && !slices.Contains(kinds[want.Code], fault.Kind):
			t.Errorf("%s: %v, the other says %s", name, fault, want.Code)
		}
	}
}

func TestAFileOfAnUnknownNetworkIsConsistentAtBest(t *testing.T) {
	c := readCorpus(t)
	for name, want := range c.Cases {
		verdict, fault := checker.Check(readCase(t, name), "")
		if want.Verdict == "genuine" && verdict != checker.Consistent || verdict == checker.Holds {
			t.Errorf("%s: %s (%v)", name, verdict, fault)
		}
	}
}

// TestBothCheckersAgreeOnEveryChange changes each member of genuine files in several
// ways and asks both checkers.
func TestBothCheckersAgreeOnEveryChange(t *testing.T) {
	c := readCorpus(t)
	anchors := evidence.Anchors{Networks: []string{c.Network}}
	for _, name := range []string{"genuine-receipt", "genuine-passkey"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var file any
			if err := json.Unmarshal(readCase(t, name), &file); err != nil {
				t.Fatal(err)
			}
			asked, refused := 0, 0
			changes(file, "", func(where string) {
				text, err := ledger.Canonical(file)
				if err != nil {
					t.Fatal(err)
				}
				verdict, fault := checker.Check(text, c.Network)
				other := evidence.Verify(text, anchors)
				if (verdict == checker.Holds) != (other.Verdict == evidence.Genuine) {
					t.Errorf("with another %s: %s (%v), the other says %s", where, verdict, fault, other.Verdict)
				}
				if asked++; fault != nil {
					refused++
				}
			})
			t.Logf("%d changed files, %d refused", asked, refused)
			if refused < 300 {
				t.Errorf("of %d changed files %d are refused", asked, refused)
			}
		})
	}
}

// changes calls a function with each part of a value changed, and puts it back.
func changes(v any, where string, ask func(where string)) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			at, was := where+"."+name, v[name]
			delete(v, name)
			ask(at + ", gone")
			for i, other := range others(was) {
				v[name] = other
				ask(fmt.Sprintf("%s, changed as %d", at, i))
			}
			v[name] = was
			changes(was, at, ask)
		}
	case []any:
		for i, was := range v {
			at := fmt.Sprintf("%s[%d]", where, i)
			for n, other := range others(was) {
				v[i] = other
				ask(fmt.Sprintf("%s, changed as %d", at, n))
			}
			v[i] = was
			changes(was, at, ask)
		}
	}
}

// others gives what could stand in the place of a value. Of a number 3 is among it,
// since a receipt may be made one of another payment.
func others(v any) []any {
	switch v := v.(type) {
	case string:
		all := []any{"", v + "A", nil, 1.0}
		if at := len(v) / 2; at < len(v) {
			all = append(all, v[:at]+string(swapped(v[at]))+v[at+1:])
		}
		return append(all, flipped(v)...)
	case float64:
		return []any{v + 1, v - 1, 0.0, 3.0, -v - 1, "1"}
	case []any:
		all := []any{[]any{}, nil, map[string]any{}}
		if len(v) > 0 {
			all = append(all, v[1:], v[:len(v)-1], append(slices.Clone(v), v[0]))
		}
		if len(v) > 1 {
			turned := slices.Clone(v)
			slices.Reverse(turned)
			all = append(all, turned)
		}
		return all
	case map[string]any:
		more := maps.Clone(v)
		more["x"] = "y"
		return []any{map[string]any{}, []any{}, more}
	}
	return []any{"x"}
}

func swapped(c byte) byte {
	if c == 'a' {
		return 'b'
	}
	return 'a'
}

// flipped gives bytes with one bit of some of them turned.
func flipped(text string) (all []any) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 32 {
		return nil
	}
	for _, at := range []int{len(b) / 3, len(b) - 2} {
		b[at] ^= 0x10
		all = append(all, base64.RawURLEncoding.EncodeToString(b))
		b[at] ^= 0x10
	}
	return all
}

func TestItImportsNothingButTheStandardLibrary(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range parsed.Imports {
			if first, _, _ := strings.Cut(strings.Trim(i.Path.Value, `"`), "/"); strings.Contains(first, ".") {
				t.Errorf("%s imports %s", file, i.Path.Value)
			}
		}
	}
}
