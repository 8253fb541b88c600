package networktest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/build"
)

// continuousIntegration is the variable that makes what a machine lacks a
// failure instead of a reason to skip.
const continuousIntegration = "CI"

// Unavailable skips a test for something that the machine lacks, or fails it
// where everything must be there.
func Unavailable(t testing.TB, reason error) {
	t.Helper()
	if os.Getenv(continuousIntegration) == "true" {
		t.Fatalf("CI=true, so this must be possible here: %v", reason)
	}
	t.Skipf("not possible on this machine: %v", reason)
}

// requireFabric returns the folder of Fabric's programs.
func requireFabric(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("a real network is left out by -short")
	}
	dir, err := fabricPrograms()
	if err != nil {
		Unavailable(t, err)
	}
	return dir
}

// fabricPrograms finds or builds Fabric's programs, once in a test process.
var fabricPrograms = sync.OnceValues(func() (string, error) {
	if err := network.CheckMachine(); err != nil {
		return "", err
	}
	root, err := repository()
	if err != nil {
		return "", err
	}
	b, err := build.Find(context.Background(), build.Options{
		Bin:      os.Getenv(build.BinVariable),
		Source:   filepath.Join(root, "network", "tools"),
		Fallback: filepath.Join(os.TempDir(), "skuld"),
		Progress: os.Stderr,
	})
	return filepath.Dir(b.Peer), err
})

// repository is the folder of the module that the test belongs to.
var repository = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("finding the repository: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if mod == "" || mod == os.DevNull {
		return "", errors.New("finding the repository: the test runs outside of a module")
	}
	return filepath.Dir(mod), nil
})

// building keeps the tests of this process from building at the same time.
var building sync.Mutex

// buildPrograms builds commands of ours into a folder that all test processes
// share, where the go command finds most of them built already, and links them
// into dir, where no other process's build replaces them.
func buildPrograms(t testing.TB, dir string, names []string) {
	t.Helper()
	building.Lock()
	defer building.Unlock()
	root, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	shared := filepath.Join(cache, "skuld", "test-programs")
	if err := os.MkdirAll(shared, network.FolderMode); err != nil {
		t.Fatalf("making the folder of test programs: %v", err)
	}
	lock, err := os.OpenFile(filepath.Join(shared, ".lock"), os.O_CREATE|os.O_RDWR, network.PrivateMode)
	if err != nil {
		t.Fatalf("opening the lock of the test programs: %v", err)
	}
	defer lock.Close() //nolint:errcheck // Closing releases the lock.
	for err = syscall.EINTR; errors.Is(err, syscall.EINTR); {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		t.Fatalf("locking the test programs: %v", err)
	}
	args := []string{"build", "-o", shared + string(filepath.Separator)}
	for _, n := range names {
		args = append(args, "./cmd/"+n)
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", strings.Join(names, ", "), err, out)
	}
	if err := os.MkdirAll(dir, network.FolderMode); err != nil {
		t.Fatalf("making the folder of programs: %v", err)
	}
	for _, n := range names {
		if err := linkOrCopy(filepath.Join(shared, n), filepath.Join(dir, n)); err != nil {
			t.Fatalf("putting a program in place: %v", err)
		}
	}
}

// linkOrCopy copies where the two places are on different disks.
func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // It is only read.
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, network.FolderMode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
