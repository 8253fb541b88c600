// Package build provides Fabric's own programs: ready ones from a folder that
// the user names, or ones built from the pinned module in network/tools into a
// cache that later runs find complete.
//
// It must not decide what is done with the programs, and must not touch a
// network's state.
package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// BinVariable names a folder of ready programs, used in place of building.
const BinVariable = "FABRIC_BIN"

// Version is the release of Fabric that network/tools pins.
const Version = "v2.5.9"

const fabric = "github.com/hyperledger/fabric"

// linkFlags drop what only a debugger reads, and tell the programs their
// version, which a build from the module cache does not know.
const linkFlags = "-s -w -X " + fabric + "/common/metadata.Version=" + Version

// keyLength is how much of the key's hash names the cache folder.
const keyLength = 16

// programs are those that a network needs.
func programs() []string { return []string{"peer", "orderer", "configtxgen"} }

// Options say where to build and where to keep.
type Options struct {
	// Bin is a folder of ready programs. Empty means to build.
	Bin string
	// Source is the folder of the module that pins Fabric.
	Source string
	// Cache is the folder in which built programs are kept. Empty means the
	// user's cache folder, or Fallback if the user has none.
	Cache    string
	Fallback string
	// Progress is where a person reads how far it is.
	Progress io.Writer
}

// Binaries are the paths of Fabric's programs.
type Binaries struct {
	Peer        string
	Orderer     string
	Configtxgen string
}

// Find returns the programs, building them if they are not there.
func Find(ctx context.Context, o Options) (Binaries, error) {
	if o.Bin != "" {
		b, err := inFolder(o.Bin)
		if err != nil {
			return Binaries{}, fmt.Errorf("using the Fabric programs of %s: %w", BinVariable, err)
		}
		return b, nil
	}
	key, err := cacheKey(ctx, o.Source)
	if err != nil {
		return Binaries{}, err
	}
	dir := filepath.Join(o.cacheFolder(), "fabric-"+key)
	if b, err := inFolder(dir); err == nil {
		return b, nil
	}
	if err := o.buildOnce(ctx, dir); err != nil {
		return Binaries{}, fmt.Errorf("building Fabric %s: %w", Version, err)
	}
	return inFolder(dir)
}

func (o Options) cacheFolder() string {
	if o.Cache != "" {
		return o.Cache
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return o.Fallback
	}
	return filepath.Join(dir, "skuld")
}

// inFolder checks that every program is there and can be run.
func inFolder(dir string) (Binaries, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Binaries{}, fmt.Errorf("finding %s: %w", dir, err)
	}
	var faults []error
	for _, name := range programs() {
		path := filepath.Join(abs, name)
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			faults = append(faults, fmt.Errorf("%s is missing", path))
		case err != nil:
			faults = append(faults, err)
		case !info.Mode().IsRegular() || info.Mode()&0o111 == 0:
			faults = append(faults, fmt.Errorf("%s is not an executable file", path))
		}
	}
	return Binaries{
		Peer:        filepath.Join(abs, "peer"),
		Orderer:     filepath.Join(abs, "orderer"),
		Configtxgen: filepath.Join(abs, "configtxgen"),
	}, errors.Join(faults...)
}

// cacheKey changes whenever the same command would build something else.
func cacheKey(ctx context.Context, source string) (string, error) {
	hash := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return "", fmt.Errorf("reading the pinned versions of Fabric (start in the repository, name its folder network/tools with --tools, or set %s to a folder of ready programs): %w", BinVariable, err)
		}
		hash.Write(b)
	}
	out, err := goTool(ctx, source, "env", "GOVERSION").Output()
	if err != nil {
		return "", fmt.Errorf("asking the go command for its version (install Go to build Fabric, or set %s to a folder of ready programs): %w", BinVariable, err)
	}
	fmt.Fprintf(hash, "%s %s/%s %s\n", strings.TrimSpace(string(out)), runtime.GOOS, runtime.GOARCH, linkFlags)
	return hex.EncodeToString(hash.Sum(nil))[:keyLength], nil
}

// buildOnce builds into dir unless another process has done so meanwhile. The
// folder gets its name last, so that it is complete or missing.
func (o Options) buildOnce(ctx context.Context, dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("making the cache: %w", err)
	}
	unlock, err := lock(dir+".lock", o.Progress)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := inFolder(dir); err == nil {
		return nil
	}
	partial, err := os.MkdirTemp(filepath.Dir(dir), "partial-")
	if err != nil {
		return fmt.Errorf("making a folder to build in: %w", err)
	}
	defer os.RemoveAll(partial) //nolint:errcheck // A left-over folder only takes room.
	if err := o.compile(ctx, partial); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil { // Incomplete, or it would have been used.
		return fmt.Errorf("removing an incomplete build: %w", err)
	}
	if err := os.Rename(partial, dir); err != nil {
		return fmt.Errorf("naming the finished build: %w", err)
	}
	return nil
}

func (o Options) compile(ctx context.Context, to string) error {
	fmt.Fprintf(o.Progress, "Building Fabric %s from source; this happens once and takes about a minute.\n", Version)
	for i, name := range programs() {
		done := tick(o.Progress, fmt.Sprintf("%s (%d of %d)", name, i+1, len(programs())))
		out, err := goTool(ctx, o.Source, "build", "-trimpath", "-ldflags", linkFlags, "-o", to+string(filepath.Separator), fabric+"/cmd/"+name).CombinedOutput()
		done()
		if err != nil {
			return fmt.Errorf("compiling %s: %w\n%s", name, err, out)
		}
	}
	return nil
}

// goTool runs the go command so that neither the user's workspace nor a C
// compiler matters.
func goTool(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	return cmd
}

// lock waits until this process alone holds the file. The system releases it
// when the process ends, however it ends.
func lock(path string, progress io.Writer) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock of the build: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		fmt.Fprintln(progress, "Another process is building Fabric; waiting for it.")
		for {
			err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
			if !errors.Is(err, syscall.EINTR) { // The runtime's own signals interrupt the wait.
				break
			}
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking the build: %w", err), f.Close())
	}
	return func() { f.Close() }, nil //nolint:errcheck // Closing releases the lock.
}
