// Package postgrestest gives tests a PostgreSQL server of their own: one for
// each test process, on a socket in a temporary folder, with a database for each
// test. It runs as root too, which PostgreSQL itself refuses.
//
// It must not use a server that is there already, and no server of its own may
// outlive the process; the folder of a process that is killed is taken away by a
// later one. What it keeps is not on the disk when it says so: it shows what a
// program asks of PostgreSQL, not what survives a power cut.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience is how long the server may take to start, and to end.
const patience = 60 * time.Second

// superuser is the role that the server begins with.
const superuser = "skuld"

// theServer is this process's, started by the first test that wants it.
var theServer struct {
	once sync.Once
	*server
	err error
}

// databases counts those that were made.
var databases atomic.Int64

// Main runs the tests of a package and ends the server that they used; call it
// from TestMain.
func Main(m *testing.M) int {
	code := m.Run()
	if err := Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// Stop ends the server, where one was started; call it when all tests have run.
func Stop() error {
	if theServer.server == nil {
		return nil
	}
	return theServer.stop()
}

// URL gives the address of a new, empty database, which is dropped when the test
// ends. Where PostgreSQL is not installed the test is skipped, unless CI is true.
func URL(t testing.TB) string {
	t.Helper()
	return database(t, "")
}

// Temporary gives the address of a new, empty database to a program that is no test: it
// is there until Stop ends the server.
func Temporary() (string, error) {
	bin, err := find()
	if err != nil {
		return "", err
	}
	theServer.once.Do(func() { theServer.server, theServer.err = start(bin) })
	if theServer.err != nil {
		return "", theServer.err
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	return theServer.url(name), theServer.do("CREATE DATABASE " + name)
}

// prepared is the name of the database that Copy copies.
const prepared = "prepared"

var preparation struct {
	once sync.Once
	err  error
}

// Copy gives the address of a new database as URL does, with what prepare has put
// into another one: it is called once for the process, with an address at which it
// must leave no connection open.
func Copy(t testing.TB, prepare func(address string) error) string {
	t.Helper()
	require(t)
	preparation.once.Do(func() {
		if preparation.err = theServer.do("CREATE DATABASE " + prepared); preparation.err == nil {
			preparation.err = prepare(theServer.url(prepared))
		}
	})
	if preparation.err != nil {
		t.Fatal(preparation.err)
	}
	return database(t, " TEMPLATE "+prepared)
}

// require starts the server, where that was not done yet.
func require(t testing.TB) {
	t.Helper()
	bin, err := find()
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	theServer.once.Do(func() { theServer.server, theServer.err = start(bin) })
	if theServer.err != nil {
		t.Fatal(theServer.err)
	}
}

func database(t testing.TB, from string) string {
	t.Helper()
	require(t)
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := theServer.do("CREATE DATABASE " + name + from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := theServer.do("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return theServer.url(name)
}

// find gives the folder of the server's programs: that of PATH, or the newest
// one of Debian's.
func find() (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(initdb), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL's programs are not found: install Debian's postgresql")
	}
	version := func(initdb string) int {
		v, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb)))) // 0 for a strange name
		return v
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), nil
}

// The names of a server's folder and of the file in it that its process locks.
const (
	folderName = "skuldpg"
	lockName   = "lock"
)

// abandonedAge is how old a folder is that nobody locks because nobody has it,
// rather than because it was made a moment ago.
const abandonedAge = time.Hour

// sweep takes away the folders of processes that were killed. What cannot be
// taken away does not matter to who wants a new one.
func sweep() {
	found, _ := filepath.Glob(filepath.Join(os.TempDir(), folderName+"*", lockName)) // a good pattern
	for _, name := range found {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		info, err := f.Stat()
		abandoned := err == nil && time.Since(info.ModTime()) > abandonedAge &&
			syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
		_ = f.Close() // it was only read
		if abandoned {
			_ = os.RemoveAll(filepath.Dir(name))
		}
	}
}

// server is one that runs.
type server struct {
	folder string
	inUse  *os.File // locked as long as this process is
	cmd    *exec.Cmd
	ended  chan error
}

func start(bin string) (*server, error) {
	// A socket's path is short (108 bytes), which a test's own folder may not be.
	sweep()
	folder, err := os.MkdirTemp("", folderName)
	if err != nil {
		return nil, fmt.Errorf("making a folder for the server: %w", err)
	}
	s := &server{folder: folder, ended: make(chan error, 1)}
	if s.inUse, err = os.Create(filepath.Join(folder, lockName)); err == nil {
		err = syscall.Flock(int(s.inUse.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking the server's folder: %w", err), os.RemoveAll(folder))
	}
	if err := s.launch(bin); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}

func (s *server) launch(bin string) error {
	who, err := credential()
	if err != nil {
		return err
	}
	if who != nil {
		if err := os.Chown(s.folder, int(who.Uid), int(who.Gid)); err != nil {
			return fmt.Errorf("giving the folder away: %w", err)
		}
	}
	data := filepath.Join(s.folder, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata", data, "--username", superuser, "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = s.folder, &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("making the server's files: %w\n%s", err, out)
	}
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", s.folder, "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=100", "-c", "shared_buffers=64MB",
		"-c", "autovacuum=off")
	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		return fmt.Errorf("making the server's log: %w", err)
	}
	defer log.Close()
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.folder, log, log
	// Ended at once when this process is, however that ends.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT, Setpgid: true}
	if err := s.spawn(); err != nil {
		return err
	}
	if err := s.await(); err != nil {
		text, _ := os.ReadFile(log.Name()) // the error before it is what matters
		return errors.Join(fmt.Errorf("starting the server: %w\n%s", err, text), s.quit())
	}
	return nil
}

// spawn starts the server from a thread that stays: the signal of a parent's
// death comes when the thread ends that started the child (prctl(2)).
func (s *server) spawn() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := s.cmd.Start()
		started <- err
		if err == nil {
			s.ended <- s.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("starting the server: %w", err)
	}
	return nil
}

// await waits until the server answers.
func (s *server) await() error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for {
		err := s.do("SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case end := <-s.ended:
			s.ended <- end
			return fmt.Errorf("it has ended: %w", errors.Join(end, err))
		case <-deadline:
			return err
		}
	}
}

// do runs a statement that no test waits for long.
func (s *server) do(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return fmt.Errorf("connecting to the test's server: %w", err)
	}
	_, err = c.Exec(ctx, statement)
	if err != nil {
		err = fmt.Errorf("running %.40q on the test's server: %w", statement, err)
	}
	return errors.Join(err, c.Close(ctx))
}

func (s *server) url(database string) string {
	return fmt.Sprintf("postgres:///%s?host=%s&user=%s", database, s.folder, superuser)
}

// stop ends the server and takes its files away.
func (s *server) stop() error {
	return errors.Join(s.quit(), os.RemoveAll(s.folder), s.inUse.Close())
}

// quit ends the server at once, without saving what will be thrown away.
func (s *server) quit() error {
	if err := s.cmd.Process.Signal(syscall.SIGQUIT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("ending the server: %w", err)
	}
	select {
	case <-s.ended: // SIGQUIT makes it end with an error
		return nil
	case <-time.After(patience):
		return errors.Join(errors.New("ending the server: it goes on"), s.cmd.Process.Kill())
	}
}

// credential gives who the server runs as, nil for whoever runs the test. Root
// becomes postgres, or nobody where there is no such user.
func credential() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(errUID, errGID); err != nil {
			return nil, fmt.Errorf("reading the ids of %s: %w", strings.TrimSpace(name), err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL refuses root, and there is no user postgres or nobody to run it as")
}
