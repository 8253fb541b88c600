package process_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network/process"
)

const limit = 20 * time.Second

// parentVariable makes this test program the parent of a sleeping child, and
// says how: till it is killed, or from its main thread till a close.
const (
	parentVariable = "SKULD_TEST_PARENT"
	tillKilled     = "till killed"
	onMainThread   = "on the main thread"
)

func init() {
	if os.Getenv(parentVariable) == onMainThread {
		runtime.LockOSThread() // In init, the main goroutine is on the main thread.
	}
}

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(parentVariable) {
	case "":
		os.Exit(m.Run())
	case tillKilled:
		err = parent()
	case onMainThread:
		err = closingParent()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// closingParent starts a child from the main thread, and ends it by a close.
func closingParent() error {
	cmd := exec.Command("sleep", "1000")
	result := make(chan error, 1)
	spawner, own := process.NewSpawnerOn()
	go func() {
		err := spawner.Start(cmd)
		spawner.Close()
		if err == nil {
			// Its end by a signal is what the close is for.
			_ = cmd.Wait()
		}
		result <- err
	}()
	own()
	return <-result
}

// parent starts a child, says its number, and waits to be killed. Meanwhile it
// makes the Go runtime end threads, which must not end the child.
func parent() error {
	cmd := exec.Command("sleep", "1000")
	if err := process.NewSpawner().Start(cmd); err != nil {
		return err
	}
	var threads sync.WaitGroup
	for range 50 {
		threads.Go(func() { runtime.LockOSThread() }) // Returning locked ends the thread.
	}
	threads.Wait()
	fmt.Println(cmd.Process.Pid)
	return cmd.Wait()
}

// await waits for a condition.
func await(t *testing.T, what string, yes func() bool) {
	t.Helper()
	deadline := time.Now().Add(limit)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", limit, what)
		}
		<-tick.C
	}
}

func TestAChildDiesWithAKilledParentAndNotBefore(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), parentVariable+"="+tillKilled)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	child, err := process.Identify(pid)
	if err != nil {
		t.Fatalf("the child died while its parent lived: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the parent ended by itself")
	}
	await(t, "the child is gone", func() bool { return !child.Alive() })
}

// TestACloseEndsWhatWasStartedFromTheMainThread: the Go runtime parks the main
// thread where it ends any other, so one time in many a child outlived the close
// and whoever waited for it waited for ever.
func TestACloseEndsWhatWasStartedFromTheMainThread(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), parentVariable+"="+onMainThread)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the close did not end the child: %v: %s", err, out)
	}
}

func TestAProcessIsNotTakenForAnotherWithItsNumber(t *testing.T) {
	id, err := process.Identify(os.Getpid())
	if err != nil || !id.Alive() {
		t.Fatalf("this process is not found: %v", err)
	}
	for name, other := range map[string]process.ID{
		"started before": {PID: id.PID, Started: id.Started - 1, Boot: id.Boot},
		"another boot":   {PID: id.PID, Started: id.Started, Boot: "another"},
		"no such number": {PID: 1 << 30, Started: id.Started, Boot: id.Boot},
	} {
		if other.Alive() {
			t.Errorf("%s: it is said to run", name)
		}
		if err := other.Signal(syscall.SIGKILL); !errors.Is(err, process.ErrGone) {
			t.Errorf("%s: a signal gives %v", name, err)
		}
	}
}

func TestALockHasOneHolderAndEndsWithIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if _, err := process.Holder(path); !errors.Is(err, process.ErrGone) {
		t.Errorf("a lock that nobody took has a holder: %v", err)
	}
	lock, err := process.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := process.Acquire(path); !errors.Is(err, process.ErrLocked) {
		t.Errorf("a second one gets it too: %v", err)
	}
	id, err := process.Holder(path)
	if err != nil || id.PID != os.Getpid() || !id.Alive() {
		t.Errorf("its holder is %+v: %v", id, err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := process.Holder(path); !errors.Is(err, process.ErrGone) {
		t.Errorf("a released lock has a holder: %v", err)
	}
	if again, err := process.Acquire(path); err != nil {
		t.Error(err)
	} else if err := again.Release(); err != nil {
		t.Error(err)
	}
}

func TestALockThatIsOnlyBorrowedNamesNobodyAndIsWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	borrowed, err := process.Borrow(path)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := process.Holder(path); !errors.Is(err, process.ErrGone) {
		t.Errorf("its holder is %+v: %v", id, err)
	}
	released := make(chan error, 1)
	time.AfterFunc(50*time.Millisecond, func() { released <- borrowed.Release() })
	lock, err := process.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-released; err != nil {
		t.Error(err)
	}
	if _, err := process.Borrow(path); !errors.Is(err, process.ErrLocked) {
		t.Errorf("a lock that was acquired can be borrowed: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
}

func TestWhoLooksForTheHolderIsNotInTheWayOfTheNext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	looking, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			if _, err := process.Holder(path); err != nil && !errors.Is(err, process.ErrGone) {
				done <- err
				return
			}
			select {
			case <-looking:
				done <- nil
				return
			default:
			}
		}
	}()
	for range 200 {
		lock, err := process.Acquire(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := lock.Release(); err != nil {
			t.Fatal(err)
		}
	}
	close(looking)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestTheMemoryOfAProcessIsKnown(t *testing.T) {
	m, err := process.Memory(os.Getpid())
	if err != nil || m < 1<<20 || m > 1<<34 {
		t.Errorf("this process has %d bytes: %v", m, err)
	}
}
