package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "generate rest.gen.go anew from the OpenAPI document")

// madeFrom holds the digest of what rest.gen.go was generated from.
const madeFrom = "generate/made-from"

// TestRequestsAreGeneratedFromTheDocument compares the digest of the document,
// the generator's configuration and its version with those that rest.gen.go was
// made from: generating again would need the generator's sources, which a
// machine without a network does not have. -update generates.
func TestRequestsAreGeneratedFromTheDocument(t *testing.T) {
	if *update {
		generate(t)
	}
	want, err := os.ReadFile(madeFrom)
	if err != nil {
		t.Fatal(err)
	}
	if got := digest(t); got != string(want) {
		t.Errorf("rest.gen.go is older than what it is made from; run go generate ./api/client/rest")
	}
}

// generate runs the generator, and notes what it was given and what it made.
func generate(t *testing.T) {
	t.Helper()
	tool := exec.CommandContext(t.Context(), "go", "tool", "-modfile=generate/go.mod", "oapi-codegen",
		"-config", "generate/config.yaml", "../../openapi.json")
	if out, err := tool.CombinedOutput(); err != nil {
		t.Fatalf("generating: %v\n%s", err, out)
	}
	if err := os.WriteFile(madeFrom, []byte(digest(t)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// digest is that of the generator's inputs and of the file itself, which nobody
// edits by hand.
func digest(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("generate/*.*")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, name := range append(files, "../../openapi.json", "rest.gen.go") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(text)
	}
	return hex.EncodeToString(sum.Sum(nil)) + "\n"
}
