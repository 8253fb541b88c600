package casework_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/casework"
)

// TestAHostileFolderHoldsNoFileUp: the longest name that there is, links that lead
// elsewhere and a thousand hidden files.
func TestAHostileFolderHoldsNoFileUp(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	w.on("2026-02-20")
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret.xml")
	write := func(path string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bank := file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00})
	write(outside, bank)
	const longestName = 255
	write(filepath.Join(dir, "a"+strings.Repeat("x", longestName-5)+".xml"), []byte("<nothing/>"))
	for i := range 1100 {
		write(filepath.Join(dir, fmt.Sprintf(".%d", i)), nil)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "b.xml")); err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(dir, "c.xml"), bank)
	folder := &casework.Folder{Path: dir}
	for range 2 {
		if err := w.desk.LookInFolder(t.Context(), folder); err != nil {
			t.Error(err)
		}
	}
	for pattern, want := range map[string]int{"done/*-c.xml": 1, "refused/*x.xml": 1, "b.xml": 1, "*/*b.xml": 0} {
		if all, err := filepath.Glob(filepath.Join(dir, pattern)); err != nil || len(all) != want {
			t.Errorf("%s has %v, %v; want %d", pattern, all, err, want)
		}
	}
	if _, err := os.Stat(outside); err != nil {
		t.Errorf("what a link leads to: %v", err)
	}
}
