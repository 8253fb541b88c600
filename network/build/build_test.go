package build

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// fakeGo stands for the go command: it tells a version, and as build it makes
// an executable file and notes it.
const fakeGo = `#!/bin/sh
if [ "$1" = env ]; then echo "${FAKE_VERSION:-go1.26.0}"; exit 0; fi
if [ -n "$FAKE_FAILURE" ]; then echo "$FAKE_FAILURE" >&2; exit 1; fi
for last; do :; done
out=
while [ $# -gt 0 ]; do if [ "$1" = -o ]; then out=$2; fi; shift; done
echo "#!/bin/sh" > "$out$(basename "$last")"
chmod 755 "$out$(basename "$last")"
echo "$(basename "$last") cgo=$CGO_ENABLED" >> "$FAKE_LOG"
`

// fake is a module that pins Fabric and a go command that builds it at once.
func fake(t *testing.T) (o Options, builds func() []string) {
	t.Helper()
	dir := t.TempDir()
	for path, text := range map[string]string{"bin/go": fakeGo, "tools/go.mod": "module tools\n", "tools/go.sum": "sum\n"} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	log := filepath.Join(dir, "log")
	t.Setenv("PATH", filepath.Join(dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("FAKE_LOG", log)
	builds = func() []string {
		b, err := os.ReadFile(log)
		if err != nil {
			return nil
		}
		return strings.Split(strings.TrimSpace(string(b)), "\n")
	}
	return Options{Source: filepath.Join(dir, "tools"), Cache: filepath.Join(dir, "cache"), Progress: &bytes.Buffer{}}, builds
}

func TestProgramsAreBuiltOnceWithoutACCompilerAndThenFound(t *testing.T) {
	o, builds := fake(t)
	var progress bytes.Buffer
	o.Progress = &progress
	first, err := Find(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(builds(), ","), "peer cgo=0,orderer cgo=0,configtxgen cgo=0"; got != want {
		t.Errorf("built were %s, not %s", got, want)
	}
	for _, p := range []string{"peer (1 of 3)", "orderer (2 of 3)", "configtxgen (3 of 3)", "done in"} {
		if !strings.Contains(progress.String(), p) {
			t.Errorf("%q is not told:\n%s", p, progress.String())
		}
	}
	progress.Reset()
	second, err := Find(t.Context(), o)
	if err != nil || second != first || len(builds()) != 3 || progress.Len() > 0 {
		t.Errorf("the second time it gives %+v after %d builds and says %q: %v", second, len(builds()), progress.String(), err)
	}
}

func TestAnotherGoOrAnotherPinIsBuiltApart(t *testing.T) {
	o, builds := fake(t)
	first, err := Find(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("FAKE_VERSION", "go1.27.0")
	second, err := Find(t.Context(), o)
	if err != nil || second.Peer == first.Peer {
		t.Errorf("another Go gives %s: %v", second.Peer, err)
	}
	if err := os.WriteFile(filepath.Join(o.Source, "go.sum"), []byte("other\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	third, err := Find(t.Context(), o)
	if err != nil || third.Peer == second.Peer || len(builds()) != 9 {
		t.Errorf("another pin gives %s after %d builds: %v", third.Peer, len(builds()), err)
	}
}

func TestSeveralProcessesThatBuildAtOnceBuildOnce(t *testing.T) {
	o, builds := fake(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			mine := o
			mine.Progress = &bytes.Buffer{}
			if _, err := Find(t.Context(), mine); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(builds()) != 3 {
		t.Errorf("there were %d builds, not 3", len(builds()))
	}
}

func TestAFailedBuildSaysWhyAndLeavesNothingBehind(t *testing.T) {
	o, _ := fake(t)
	t.Setenv("FAKE_FAILURE", "the sky fell")
	_, err := Find(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "the sky fell") || !strings.Contains(err.Error(), "peer") {
		t.Errorf("it says %v", err)
	}
	entries, err := os.ReadDir(o.Cache)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			t.Errorf("%s is left behind", e.Name())
		}
	}
	t.Setenv("FAKE_FAILURE", "")
	if _, err := Find(t.Context(), o); err != nil {
		t.Errorf("it cannot be tried again: %v", err)
	}
}

func TestReadyProgramsAreUsedInPlaceOfBuilding(t *testing.T) {
	o, builds := fake(t)
	o.Bin = t.TempDir()
	for _, name := range programs() {
		if err := os.WriteFile(filepath.Join(o.Bin, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	b, err := Find(t.Context(), o)
	if err != nil || b.Orderer != filepath.Join(o.Bin, "orderer") || len(builds()) != 0 {
		t.Errorf("it gives %+v after %d builds: %v", b, len(builds()), err)
	}
}

func TestEveryReadyProgramThatIsMissingIsNamed(t *testing.T) {
	o, _ := fake(t)
	o.Bin = t.TempDir()
	if err := os.WriteFile(filepath.Join(o.Bin, "peer"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Find(t.Context(), o)
	for _, says := range []string{BinVariable, "orderer is missing", "configtxgen is missing", "peer is not an executable"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("it does not say %q: %v", says, err)
		}
	}
}

func TestWithoutThePinnedModuleTheErrorSaysWhatToDo(t *testing.T) {
	o, _ := fake(t)
	o.Source = t.TempDir()
	_, err := Find(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "--tools") || !strings.Contains(err.Error(), BinVariable) {
		t.Errorf("it says %v", err)
	}
}

func TestWithoutGoTheErrorSaysWhatToDo(t *testing.T) {
	o, _ := fake(t)
	t.Setenv("PATH", t.TempDir())
	_, err := Find(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "install Go") {
		t.Errorf("it says %v", err)
	}
}

func TestAUserWithoutACacheFolderUsesTheFallback(t *testing.T) {
	o, _ := fake(t)
	o.Cache, o.Fallback = "", filepath.Join(t.TempDir(), "fallback")
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	b, err := Find(t.Context(), o)
	if err != nil || !strings.HasPrefix(b.Peer, o.Fallback) {
		t.Errorf("it gives %s: %v", b.Peer, err)
	}
}
