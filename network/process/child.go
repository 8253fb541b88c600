package process

import (
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// child is one process of a table, through all its restarts.
type child struct {
	table *Table
	spec  Spec

	stopping chan struct{} // closed by stop
	wake     chan struct{} // release of one that is held; holds one token
	done     chan struct{} // closed when watch returns

	mu       sync.Mutex
	cmd      *exec.Cmd
	gone     chan struct{} // closed when cmd has ended
	id       ID
	state    State
	since    time.Time
	restarts int
	quick    int // ends in a row without a steady run
	lastEnd  string
	hold     bool
	stopOnce sync.Once
}

func newChild(t *Table, spec Spec) *child {
	return &child{
		table:    t,
		spec:     spec,
		stopping: make(chan struct{}),
		wake:     make(chan struct{}, 1),
		done:     make(chan struct{}),
	}
}

// start starts the process once.
func (c *child) start() error {
	log, err := openLog(c.spec.Log)
	if err != nil {
		return fmt.Errorf("starting %s: %w", c.spec.Name, err)
	}
	defer log.Close() //nolint:errcheck // The child has its own copy of the descriptor.
	cmd := exec.Command(c.spec.Path, c.spec.Args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = c.spec.Env, log, log
	if err := c.table.spawner.Start(cmd); err != nil {
		return fmt.Errorf("starting %s: %w", c.spec.Name, err)
	}
	// The child is not waited for yet, so its number cannot be another's. One
	// that has ended already has no name, and watch will notice.
	id, err := Identify(cmd.Process.Pid)
	if err != nil && !errors.Is(err, ErrGone) {
		return errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	c.mu.Lock()
	c.cmd, c.id, c.state, c.since = cmd, id, Running, time.Now()
	c.gone = make(chan struct{})
	// A second release that came while it started must not wake it after a
	// later kill. While it runs, release leaves no other.
	select {
	case <-c.wake:
	default:
	}
	c.mu.Unlock()
	c.table.changed()
	return nil
}

// watch waits for the process to end and starts it again, until stop.
func (c *child) watch() {
	defer close(c.done)
	for {
		// Only this goroutine changes cmd and gone once it runs.
		err := c.cmd.Wait()
		gone := c.gone
		c.noteEnd(exitText(err))
		close(gone)
		if !c.restart() {
			c.set(Ended)
			return
		}
	}
}

// restart starts the process again when it may. It returns false once the
// process is to stay down for good.
func (c *child) restart() bool {
	for c.pause() {
		err := c.start()
		if err == nil {
			if c.isStopping() { // The stop's own signal went to the process before.
				c.signal(syscall.SIGTERM)
			}
			return true
		}
		c.noteEnd(err.Error())
	}
	return false
}

// noteEnd notes how the process ended and what is to become of it.
func (c *child) noteEnd(how string) {
	c.mu.Lock()
	c.lastEnd = how
	if time.Since(c.since) >= steady {
		c.quick = 0
	}
	c.quick++
	times, held := c.quick, c.hold
	switch {
	case held:
		c.state = Held
	case times >= maxQuickEnds:
		c.state = GivenUp
	default:
		c.state = Pausing
	}
	c.mu.Unlock()
	c.table.changed()
	if !held && !c.isStopping() {
		c.table.endedUnasked(c.spec.Name, times)
	}
}

// pause waits as long as the state asks for. It returns false if the process
// must not be started again.
func (c *child) pause() bool {
	c.mu.Lock()
	state, quick := c.state, c.quick
	c.mu.Unlock()
	var over <-chan time.Time
	if state == Pausing {
		timer := time.NewTimer(min(firstPause<<min(quick-1, maxQuickEnds), lastPause))
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
	case <-c.wake:
	case <-c.stopping:
		return false
	}
	c.mu.Lock()
	c.restarts++
	c.mu.Unlock()
	return true
}

func (c *child) stop(grace time.Duration) {
	c.stopOnce.Do(func() { close(c.stopping) })
	c.signal(syscall.SIGTERM)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-c.done:
		return
	case <-timer.C:
	}
	c.signal(syscall.SIGKILL)
	<-c.done
}

// kill returns when the process has ended.
func (c *child) kill(hold bool) error {
	c.mu.Lock()
	running, gone := c.state == Running, c.gone
	if running {
		c.hold = hold
	}
	c.mu.Unlock()
	if !running {
		return fmt.Errorf("killing %s: it is not running", c.spec.Name)
	}
	c.signal(syscall.SIGKILL)
	<-gone
	return nil
}

func (c *child) release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == Running {
		return fmt.Errorf("starting %s: it is running", c.spec.Name)
	}
	c.hold, c.quick = false, 0
	select {
	case c.wake <- struct{}{}:
	default: // It is about to start anyway.
	}
	return nil
}

// signal reaches the process only while it has not been waited for, so never
// another one with its number.
func (c *child) signal(s syscall.Signal) {
	c.mu.Lock()
	cmd := c.cmd
	c.mu.Unlock()
	// A process that has ended needs no signal.
	_ = cmd.Process.Signal(s)
}

func (c *child) isStopping() bool {
	select {
	case <-c.stopping:
		return true
	default:
		return false
	}
}

func (c *child) set(s State) {
	c.mu.Lock()
	c.state = s
	c.mu.Unlock()
}

func (c *child) info() Info {
	c.mu.Lock()
	defer c.mu.Unlock()
	info := Info{State: c.state, Since: c.since, Restarts: c.restarts, LastEnd: c.lastEnd}
	if c.state == Running {
		id := c.id
		info.ID = &id
	}
	return info
}
