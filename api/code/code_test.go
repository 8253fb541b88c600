package code_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/ledger"
)

const note = ledger.NoteID("naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")

func TestCodeIsReadHoweverItIsTyped(t *testing.T) {
	const want = code.Code("0123ABCD1101VWXY")
	for _, typed := range []string{
		"0123-ABCD-1101-VWXY", "0123abcd1101vwxy", " 0123 ABCD 1101 VWXY ", "O123-abcd-ILol-vwxy",
		"0 1 2 3 A B C D 1 1 0 1 V W X Y", "0123–ABCD–1101–VWXY",
	} {
		if got, ok := code.Read(typed); !ok || got != want {
			t.Errorf("%q is read as %q, %t", typed, string(got), ok)
		}
	}
}

func TestWhatIsNoCodeIsNotRead(t *testing.T) {
	for _, typed := range []string{
		"", "0123-ABCD-1101-VWX", "0123-ABCD-1101-VWXYZ", "0123-ABCD-1101-VWXU", "0123-ABCD-1101-VWX!",
		"0123-ABCD-1101-VWXÅ", "0123/ABCD/1101/VWXY", "0123-ABCD-1101-VWX\x00", strings.Repeat(" ", 100) + "0123ABCD1101VWXY",
		"\xff\xfe", "０１２３ABCD1101VWXY",
	} {
		if got, ok := code.Read(typed); ok {
			t.Errorf("%q is read as %q", typed, string(got))
		}
	}
}

func FuzzReadAndWriteAgree(f *testing.F) {
	f.Add("0123-ABCD-1101-VWXY")
	f.Add("ſſſſſſſſſſſſſſſſ")
	f.Fuzz(func(t *testing.T, typed string) {
		c, ok := code.Read(typed)
		if !ok {
			return
		}
		if again, ok := code.Read(c.String()); !ok || again != c || len(c.String()) != 19 {
			t.Errorf("%q is read as %q and written as %q", typed, string(c), c)
		}
	})
}

func TestDrawnCodeIsReadBack(t *testing.T) {
	c, err := code.New(bytes.NewReader([]byte("0123456789")))
	if err != nil || c.String() != "60RK-4CSM-6MV3-EE1S" {
		t.Fatalf("it is %s, %v", c, err)
	}
	if _, err := code.New(bytes.NewReader(nil)); err == nil {
		t.Error("a code is drawn without randomness")
	}
	seen := map[code.Code]bool{}
	for range 1000 {
		c, err := code.New(rand.Reader)
		if err != nil || seen[c] {
			t.Fatalf("%s comes twice, or %v", c, err)
		}
		seen[c] = true
	}
}

func TestHashTellsCodesApartAndNotWhatTheyAre(t *testing.T) {
	a, b := code.Code("0123ABCD1101VWXY"), code.Code("0123ABCD1101VWXZ")
	if a.Hash() == b.Hash() || strings.Contains(a.Hash(), "0123") || len(a.Hash()) != 64 {
		t.Errorf("the hashes are %s and %s", a.Hash(), b.Hash())
	}
}

func TestNoteHasTheSameCodeAlways(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pages.key")
	first, err := code.OpenKey(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := code.OpenKey(file)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := first.Of(note), again.Of(note); a != b || first.Mark() != again.Mark() {
		t.Errorf("the codes are %s and %s", a, b)
	}
	if c, ok := code.Read(first.Of(note).String()); !ok || c != first.Of(note) {
		t.Errorf("%s cannot be typed", first.Of(note))
	}
	other, err := code.OpenKey(filepath.Join(t.TempDir(), "pages.key"))
	if err != nil {
		t.Fatal(err)
	}
	if other.Of(note) == first.Of(note) || other.Mark() == first.Mark() {
		t.Error("another key makes the same codes")
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file has mode %v, %v", info.Mode(), err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".code-key-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind are %v, %v", left, err)
	}
}

func TestOfManyWhoMakeTheKeyAllHaveTheSame(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pages.key")
	marks := make([]string, 8)
	var all sync.WaitGroup
	for i := range marks {
		all.Go(func() {
			if k, err := code.OpenKey(file); err == nil {
				marks[i] = k.Mark()
			}
		})
	}
	all.Wait()
	for _, m := range marks {
		if m == "" || m != marks[0] {
			t.Errorf("the keys are %v", marks)
		}
	}
}

func TestKeyThatIsNoneIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "short": strings.Repeat("a", 62), "no hex": strings.Repeat("z", 64), "long": strings.Repeat("a", 100),
	} {
		file := filepath.Join(t.TempDir(), "pages.key")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := code.OpenKey(file); err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
	file := filepath.Join(t.TempDir(), "pages.key")
	if err := os.WriteFile(file, []byte(strings.Repeat("a", 64)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := code.OpenKey(file); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others may read is refused with %v", err)
	}
}
