package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The play and the seed are tested as programs, on a registry in memory, by
// cmd/skuld/demo_test.go, which also tries the commands that seed prints.

func TestDemoSaysWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct{ endpoints, want string }{
		"no network":      {"", "make up"},
		"no json":         {"{", "reading"},
		"gateway missing": {`{"lender":{"gateway":"http://127.0.0.1:1"},"collector":{"gateway":"http://127.0.0.1:1"}}`, "no gateway of the registrar"},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			if c.endpoints != "" {
				if err := os.WriteFile(filepath.Join(home, "endpoints.json"), []byte(c.endpoints), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := run(t.Context(), []string{"-home", home}, &bytes.Buffer{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestUnknownArgumentIsRefused(t *testing.T) {
	if err := run(t.Context(), []string{"sow"}, &bytes.Buffer{}); err == nil {
		t.Error("the argument sow was taken")
	}
}
