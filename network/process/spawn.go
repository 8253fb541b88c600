// Package process starts, watches, restarts and ends the native processes of a
// network on Linux.
//
// Its promise is that nothing is left running: every child is killed by the
// kernel when the process that started it dies, however it dies. It must not
// know what the processes do.
package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// Spawner starts children that the kernel kills when this process dies.
//
// The kernel sends that signal when the *thread* that created the child ends,
// and the Go runtime ends threads as it likes. So all children are created by
// one goroutine that holds its thread for as long as the process lives.
type Spawner struct {
	mu       sync.Mutex // held during a start, so that none is under way at the close
	closed   bool
	requests chan spawnRequest
}

// ErrClosed says that nothing is started any more.
var ErrClosed = errors.New("nothing is started after the close")

type spawnRequest struct {
	cmd   *exec.Cmd
	reply chan error
}

// NewSpawner starts the goroutine that owns the thread. Close ends both, and
// with them every child that still runs.
func NewSpawner() *Spawner {
	s := &Spawner{requests: make(chan spawnRequest)}
	go s.own()
	return s
}

// own starts the children on a thread that ends when it returns.
func (s *Spawner) own() {
	// Never unlocked: when this goroutine returns, the thread ends.
	runtime.LockOSThread()
	if syscall.Gettid() != syscall.Getpid() {
		for r := range s.requests {
			r.reply <- r.cmd.Start()
		}
		return
	}
	// All but the main thread, which the Go runtime only parks: the children
	// would outlive the close. While this goroutine holds it, another one is on
	// another thread.
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.own()
	}()
	<-done
	runtime.UnlockOSThread()
}

// Start starts a command as a child that dies with this process. It sets the
// command's SysProcAttr. After Close it returns ErrClosed.
func (s *Spawner) Start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig: syscall.SIGKILL,
		// An interrupt typed at the terminal must reach only this process,
		// which then ends the children in order.
		Setpgid: true,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	reply := make(chan error)
	s.requests <- spawnRequest{cmd: cmd, reply: reply}
	return <-reply
}

// Close ends the thread, and so kills every child that still runs. A second
// time does nothing.
func (s *Spawner) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.requests)
	}
}

// Detach starts a command in a session of its own, so that it outlives this
// process and its terminal.
func Detach(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd.Start()
}

// maxLog is the size in bytes beyond which a log is put aside at the next start
// of its process.
const maxLog = 16 << 20

// openLog opens a log for appending. One earlier log is kept.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("putting a long log aside: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening a log: %w", err)
	}
	return f, nil
}

// exitText says in words how a process ended.
func exitText(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "ended with exit status 0"
	case errors.As(err, &exit):
		return "ended: " + exit.String()
	default:
		return err.Error()
	}
}
