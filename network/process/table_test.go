package process_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network/process"
)

// shell is a process that runs a script.
func shell(t *testing.T, name, script string) process.Spec {
	t.Helper()
	return process.Spec{
		Name: name, Path: "/bin/sh", Args: []string{"-c", script},
		Env: os.Environ(), Log: filepath.Join(t.TempDir(), name+".log"),
	}
}

const forever = "exec sleep 1000"

func newTable(t *testing.T, hooks process.Hooks) *process.Table {
	t.Helper()
	table := process.NewTable(hooks)
	t.Cleanup(table.Close)
	return table
}

func start(t *testing.T, table *process.Table, spec process.Spec) process.Info {
	t.Helper()
	if err := table.Start(spec); err != nil {
		t.Fatal(err)
	}
	return info(t, table, spec.Name)
}

func info(t *testing.T, table *process.Table, name string) process.Info {
	t.Helper()
	for _, i := range table.List() {
		if i.Name == name {
			return i
		}
	}
	t.Fatalf("there is no process %s", name)
	return process.Info{}
}

func TestAKilledProcessIsStartedAgain(t *testing.T) {
	var last atomic.Value
	table := newTable(t, process.Hooks{Changed: func(all []process.Info) { last.Store(all) }})
	first := start(t, table, shell(t, "a", forever))
	if err := table.Kill("a", false); err != nil {
		t.Fatal(err)
	}
	if first.ID.Alive() {
		t.Error("a killed process runs")
	}
	await(t, "it runs again", func() bool { return info(t, table, "a").State == process.Running })
	second := info(t, table, "a")
	if *second.ID == *first.ID || second.Restarts != 1 || !strings.Contains(second.LastEnd, "killed") {
		t.Errorf("after it was killed it is %+v", second)
	}
	await(t, "the change is told", func() bool {
		all, ok := last.Load().([]process.Info)
		return ok && len(all) == 1 && all[0].ID != nil && *all[0].ID == *second.ID
	})
}

func TestAHeldProcessStaysDownUntilItIsReleased(t *testing.T) {
	table := newTable(t, process.Hooks{Ended: func(name string, _ int) { t.Errorf("%s is said to have ended unasked", name) }})
	start(t, table, shell(t, "a", forever))
	if err := table.Release("a"); err == nil {
		t.Error("a running process is started")
	}
	if err := table.Kill("a", true); err != nil {
		t.Fatal(err)
	}
	if i := info(t, table, "a"); i.State != process.Held || i.ID != nil {
		t.Errorf("a held process is %+v", i)
	}
	if err := table.Kill("a", false); err == nil {
		t.Error("a process that does not run is killed")
	}
	if err := table.Release("a"); err != nil {
		t.Fatal(err)
	}
	await(t, "it runs again", func() bool { return info(t, table, "a").State == process.Running })
}

func TestAProcessThatWasReleasedTwiceStaysDownWhenItIsHeldAgain(t *testing.T) {
	ends := make(chan int, 100)
	table := newTable(t, process.Hooks{Ended: func(_ string, times int) { ends <- times }})
	spec := shell(t, "a", forever)
	start(t, table, spec)
	if err := table.Kill("a", true); err != nil {
		t.Fatal(err)
	}
	// A log that is a pipe without a reader stops the start half-way.
	if err := errors.Join(os.Remove(spec.Log), syscall.Mkfifo(spec.Log, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := table.Release("a"); err != nil {
		t.Fatal(err)
	}
	await(t, "its start begins", func() bool { return info(t, table, "a").Restarts == 1 })
	if err := table.Release("a"); err != nil {
		t.Fatal(err)
	}
	log, err := os.OpenFile(spec.Log, os.O_RDWR, 0) // For both, so that no later start stops.
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	await(t, "it runs again", func() bool { return info(t, table, "a").State == process.Running })
	if err := table.Kill("a", true); err != nil {
		t.Fatal(err)
	}
	start(t, table, shell(t, "b", "exit 1"))
	for range 3 { // Its pauses are the time that the held one had to start.
		<-ends
	}
	if i := info(t, table, "a"); i.State != process.Held || i.Restarts != 1 {
		t.Errorf("a held process is %+v", i)
	}
}

func TestAProcessThatCannotStayUpIsReportedWithItsLog(t *testing.T) {
	ends := make(chan int, 100)
	table := newTable(t, process.Hooks{Ended: func(_ string, times int) { ends <- times }})
	spec := shell(t, "a", "echo no room here; exit 3")
	start(t, table, spec)
	for want := 1; want <= 3; want++ {
		if got := <-ends; got != want {
			t.Errorf("it ended %d times, not %d", got, want)
		}
	}
	if i := info(t, table, "a"); !strings.Contains(i.LastEnd, "exit status 3") {
		t.Errorf("its last end is %q", i.LastEnd)
	}
	log, err := os.ReadFile(spec.Log)
	if err != nil || strings.Count(string(log), "no room here") < 3 {
		t.Errorf("its log is %q: %v", log, err)
	}
}

func TestAStoppedProcessHasAGraceAndIsThenKilled(t *testing.T) {
	for _, c := range []struct {
		name, script string
		grace        time.Duration
		says         string
	}{
		{"polite", `trap "echo goodbye; exit 0" TERM; echo ready; while :; do sleep 0.01; done`, limit, "goodbye"},
		{"stubborn", `trap "" TERM; echo ready; while :; do sleep 0.01; done`, 10 * time.Millisecond, "ready"},
	} {
		table := newTable(t, process.Hooks{})
		spec := shell(t, c.name, c.script)
		i := start(t, table, spec)
		await(t, "it listens for signals", func() bool {
			log, err := os.ReadFile(spec.Log)
			return err == nil && strings.Contains(string(log), "ready")
		})
		if err := table.Stop(c.name, c.grace); err != nil {
			t.Fatal(err)
		}
		if i.ID.Alive() || len(table.List()) != 0 {
			t.Errorf("%s: it runs, or is in the table: %v", c.name, table.List())
		}
		if log, err := os.ReadFile(spec.Log); err != nil || !strings.Contains(string(log), c.says) {
			t.Errorf("%s: its log is %q: %v", c.name, log, err)
		}
	}
}

func TestAProcessThatIsBeingRestartedCanBeStopped(t *testing.T) {
	ends := make(chan int, 100)
	table := newTable(t, process.Hooks{Ended: func(_ string, times int) { ends <- times }})
	start(t, table, shell(t, "a", "exit 1"))
	<-ends
	if err := table.Stop("a", limit); err != nil {
		t.Fatal(err)
	}
	if len(table.List()) != 0 {
		t.Errorf("it is still there: %v", table.List())
	}
}

func TestNamesAreUniqueAndMayChange(t *testing.T) {
	table := newTable(t, process.Hooks{})
	spec := shell(t, "a", forever)
	first := start(t, table, spec)
	if err := table.Start(spec); err == nil {
		t.Error("two processes have one name")
	}
	if err := table.Rename("a", "old"); err != nil {
		t.Fatal(err)
	}
	start(t, table, spec)
	if err := table.Rename("a", "old"); err == nil {
		t.Error("two processes have one name by renaming")
	}
	if got := info(t, table, "old"); *got.ID != *first.ID {
		t.Error("another process has the old one's name")
	}
	for what, err := range map[string]error{
		"kill": table.Kill("b", false), "release": table.Release("b"),
		"rename": table.Rename("b", "c"), "stop": table.Stop("b", 0),
	} {
		if !errors.Is(err, process.ErrUnknown) {
			t.Errorf("%s of an unknown process gives %v", what, err)
		}
	}
}

func TestNothingIsStartedAfterTheClose(t *testing.T) {
	table := process.NewTable(process.Hooks{})
	spec := shell(t, "a", forever)
	first := start(t, table, spec)
	table.Close()
	if first.ID.Alive() {
		t.Error("what ran before runs")
	}
	if err := table.Start(spec); !errors.Is(err, process.ErrClosed) {
		t.Errorf("a closed table gives %v", err)
	}
	spawner := process.NewSpawner()
	spawner.Close()
	if err := spawner.Start(exec.Command(spec.Path, spec.Args...)); !errors.Is(err, process.ErrClosed) {
		t.Errorf("a closed spawner gives %v", err)
	}
	table.Close()
	spawner.Close()
}

func TestAProgramThatIsMissingIsAnErrorAtOnce(t *testing.T) {
	table := newTable(t, process.Hooks{})
	spec := shell(t, "a", forever)
	spec.Path = filepath.Join(t.TempDir(), "missing")
	if err := table.Start(spec); err == nil {
		t.Error("it started")
	}
	if len(table.List()) != 0 {
		t.Errorf("it is in the table: %v", table.List())
	}
}

func TestALongLogIsPutAsideOnce(t *testing.T) {
	spec := shell(t, "a", "echo new; "+forever)
	for _, old := range []string{"first", "second"} {
		if err := os.WriteFile(spec.Log, append([]byte(old), make([]byte, 17<<20)...), 0o600); err != nil {
			t.Fatal(err)
		}
		table := process.NewTable(process.Hooks{})
		start(t, table, spec)
		await(t, "it writes", func() bool {
			log, err := os.ReadFile(spec.Log)
			return err == nil && string(log) == "new\n"
		})
		table.Close()
		aside, err := os.ReadFile(spec.Log + ".1")
		if err != nil || !strings.HasPrefix(string(aside), old) {
			t.Errorf("what was put aside is not the %s log: %v", old, err)
		}
	}
}
