package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/cmd/skuld/skuldtest"
)

// home makes the folder of a running network.
func home(t *testing.T) (string, *skuldtest.Network) {
	t.Helper()
	n := skuldtest.Start(t)
	endpoints := map[string]map[string]string{}
	for organisation, url := range n.Gateways {
		endpoints[organisation] = map[string]string{"gateway": url}
	}
	text, err := json.Marshal(endpoints)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "endpoints.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, n
}

func TestThePlayPassesTwiceOnOneNetwork(t *testing.T) {
	dir, _ := home(t)
	for range 2 {
		var out bytes.Buffer
		if err := run(t.Context(), []string{"-home", dir}, &out); err != nil {
			t.Fatalf("%v\n%s", err, &out)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		want := fmt.Sprintf("demo: %d steps passed", len(script()))
		if lines[len(lines)-1] != want || strings.Count(out.String(), "✓") != len(script()) {
			t.Errorf("want every step and %q at the end, got\n%s", want, &out)
		}
	}
}

// TestThePlayFailsWhenTheRegistryDoesWrong lets a gateway answer falsely: the
// demonstration must not be one that cannot fail.
func TestThePlayFailsWhenTheRegistryDoesWrong(t *testing.T) {
	dir, n := home(t)
	n.Front(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/history") {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprint(w, `{"entries":[]}`)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	var out bytes.Buffer
	err := run(t.Context(), []string{"-home", dir}, &out)
	if err == nil || !strings.Contains(out.String(), "✗") || strings.Contains(out.String(), "steps passed") {
		t.Errorf("the play ends with %v\n%s", err, &out)
	}
}

func TestSeedMakesEverythingOnce(t *testing.T) {
	dir, _ := home(t)
	var texts []string
	for range 2 {
		var out bytes.Buffer
		if err := run(t.Context(), []string{"seed", "-home", dir}, &out); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, out.String())
	}
	if texts[0] != texts[1] {
		t.Errorf("the second time other parties or notes are named:\n%s\n%s", texts[0], texts[1])
	}
	if !strings.Contains(texts[0], "--as borrower note accept n") {
		t.Errorf("nothing to try is printed:\n%s", texts[0])
	}
}

func TestSeedRegistersAnewOnAnotherNetwork(t *testing.T) {
	dir, _ := home(t)
	other, _ := home(t)
	var first, second bytes.Buffer
	if err := run(t.Context(), []string{"seed", "-home", dir}, &first); err != nil {
		t.Fatal(err)
	}
	endpoints, err := os.ReadFile(filepath.Join(other, "endpoints.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "endpoints.json"), endpoints, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"seed", "-home", dir}, &second); err != nil {
		t.Fatal(err)
	}
	if first.String() == second.String() {
		t.Error("the parties of the first network are named on the second")
	}
}

func TestDemoSaysWhenNoNetworkRuns(t *testing.T) {
	err := run(context.Background(), []string{"-home", t.TempDir()}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "make up") {
		t.Errorf("the error is %v, want one that says make up", err)
	}
}
