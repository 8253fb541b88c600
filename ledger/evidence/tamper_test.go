package evidence_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
)

// kept reads a case of the corpus.
func kept(t testing.TB, name string) (raw []byte, trusted evidence.Anchors) {
	t.Helper()
	raw, err := os.ReadFile("testdata/cases/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var c corpus
	about, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(about, &c); err != nil {
		t.Fatal(err)
	}
	return raw, evidence.Anchors{Networks: []string{c.Network}}
}

// TestNothingInAFileCanBeChanged changes each member of a file in every way that
// keeps it JSON in canonical form: another value, none, one more, another order.
func TestNothingInAFileCanBeChanged(t *testing.T) {
	raw, trusted := kept(t, "genuine-two-attesters")
	if v := evidence.Verify(raw, trusted).Verdict; v != evidence.Genuine {
		t.Fatalf("unchanged it is %s", v)
	}
	changes := 0
	for what, changed := range mutations(t, raw) {
		changes++
		r := evidence.Verify(changed, trusted)
		if r.Verdict != evidence.Refused {
			t.Errorf("%s: it is %s", what, r.Verdict)
			continue
		}
		if f := r.Findings[0]; f.Sort() != evidence.Fault || f.Text(ledger.Swedish) == "" {
			t.Errorf("%s: the refusal says %v", what, f)
		}
	}
	if changes < 500 {
		t.Errorf("only %d changes were made", changes)
	}
}

// mutations gives every changed form of a file, by what was changed.
func mutations(t *testing.T, raw []byte) map[string][]byte {
	t.Helper()
	var whole any
	if err := json.Unmarshal(raw, &whole); err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	write := func(what string) {
		changed, err := ledger.Canonical(whole)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(changed, raw) {
			all[what] = changed
		}
	}
	walk(whole, "", func(any) {}, write)
	return all
}

// walk changes a value and everything within it, one thing at a time. set puts
// another value in its place.
func walk(value any, path string, set func(any), write func(what string)) {
	try := func(what string, other any) {
		set(other)
		write(path + ": " + what)
		set(value)
	}
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inner := v[name]
			delete(v, name)
			write(path + "/" + name + ": gone")
			v[name] = inner
			walk(inner, path+"/"+name, func(other any) { v[name] = other }, write)
		}
		v["zz"] = "more"
		write(path + ": one member more")
		delete(v, "zz")
	case []any:
		walkList(v, path, try, write)
	case string:
		try("empty", "")
		try("a character more", v+"A")
		for _, at := range []int{0, len(v) / 3, len(v) / 2, len(v) - 1} {
			if v != "" {
				try(fmt.Sprintf("character %d", at), v[:at]+another(v[at])+v[at+1:])
			}
		}
	case float64:
		try("one more", v+1)
		try("none", 0.0)
	case bool:
		try("the contrary", !v)
	}
	try("null", nil)
}

func walkList(v []any, path string, try func(string, any), write func(what string)) {
	for i := range v {
		walk(v[i], fmt.Sprintf("%s/%d", path, i), func(other any) { v[i] = other }, write)
		try(fmt.Sprintf("without %d", i), slices.Delete(slices.Clone(v), i, i+1))
		try(fmt.Sprintf("%d twice", i), slices.Insert(slices.Clone(v), i, v[i]))
		if i > 0 {
			swapped := slices.Clone(v)
			swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
			try(fmt.Sprintf("%d before the one before it", i), swapped)
		}
	}
}

// another is another character of base64url.
func another(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}

// TestNoByteOfAFileCanBeChanged changes bytes without regard to what they mean.
func TestNoByteOfAFileCanBeChanged(t *testing.T) {
	raw, trusted := kept(t, "genuine-two-attesters")
	const step = 97 // with the lengths of base64 and JSON has no common factor
	for at := 0; at < len(raw); at += step {
		for what, changed := range map[string][]byte{
			"a bit":     slices.Concat(raw[:at], []byte{raw[at] ^ 1}, raw[at+1:]),
			"gone":      slices.Concat(raw[:at], raw[at+1:]),
			"twice":     slices.Concat(raw[:at], raw[at:at+1], raw[at:]),
			"truncated": raw[:at],
		} {
			if bytes.Equal(changed, raw) {
				continue
			}
			if r := evidence.Verify(changed, trusted); r.Verdict != evidence.Refused {
				t.Errorf("byte %d (%s): it is %s", at, what, r.Verdict)
			}
		}
	}
}

func TestRefusalHasNothingThatCouldBeTakenForProven(t *testing.T) {
	raw, trusted := kept(t, "salt-changed")
	r := evidence.Verify(raw, trusted)
	if r.Verdict != evidence.Refused || len(r.Findings) != 1 || r.State != nil || r.Steps != nil || r.Parties != nil || r.Payment != nil || r.Status != "" {
		t.Errorf("the report is %+v", r)
	}
}

func TestEveryFindingHasItsTextsAndTheirParameters(t *testing.T) {
	for _, code := range evidence.Codes() {
		f := &evidence.Finding{Code: code}
		if f.Sort() == "" {
			t.Errorf("%s has no sort", code)
		}
		for _, lang := range ledger.Languages() {
			if len(f.Text(lang)) < 10 {
				t.Errorf("%s has no text in %s", code, lang)
			}
			if strings.Count(f.Text(lang), "{") != strings.Count(f.Text(ledger.English), "{") {
				t.Errorf("%s has other parameters in %s", code, lang)
			}
		}
	}
}

func FuzzVerify(f *testing.F) {
	names, err := os.ReadDir("testdata/cases")
	if err != nil {
		f.Fatal(err)
	}
	for _, n := range names {
		raw, err := os.ReadFile("testdata/cases/" + n.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := evidence.VerifyAny(raw, evidence.Anchors{Networks: []string{"none"}})
		if r.Verdict != evidence.Refused || len(r.Findings) == 0 {
			t.Errorf("a file of no known network is %s", r.Verdict)
		}
		if file, err := evidence.Decode(raw); err == nil {
			if again, err := file.Encode(); err != nil || !bytes.Equal(again, raw) {
				t.Error("a file that was read is written otherwise")
			}
		}
	})
}
