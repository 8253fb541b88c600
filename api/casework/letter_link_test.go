package casework

import (
	"os"
	"path/filepath"
	"testing"
)

// TestNoLinkLeadsALetterOverAnotherFile: who fetches letters may put links into the
// outbox, and it is known what the index of a day is called.
func TestNoLinkLeadsALetterOverAnotherFile(t *testing.T) {
	dir, kept := t.TempDir(), filepath.Join(t.TempDir(), "gateway.yaml")
	if err := os.WriteFile(kept, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(kept, filepath.Join(dir, ".2026-06-15.json")); err != nil {
		t.Fatal(err)
	}
	d := &Desk{Letters: Letters{Folder: dir}}
	if err := d.writeFile("2026-06-15.json", []byte("[]")); err == nil {
		t.Error("it is written through a link")
	}
	if text, err := os.ReadFile(kept); err != nil || string(text) != "kept" {
		t.Errorf("what the link leads to is %q, %v", text, err)
	}
	if err := d.writeFile("2026-06-16.json", []byte("[]")); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "2026-06-16.json")); err != nil || string(text) != "[]" {
		t.Errorf("the index is %q, %v", text, err)
	}
}
