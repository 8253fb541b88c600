package process

import (
	"errors"
	"fmt"
	"sort"
	"sync"
	"time"
)

// Limits of restarting. A process that ends is started again after firstPause,
// then after twice as long each time, up to lastPause. One that stayed up for
// steady counts as well again. One that ended maxQuickEnds times in a row
// without that, which takes more than a minute, is given up.
const (
	firstPause   = 100 * time.Millisecond
	lastPause    = 5 * time.Second
	steady       = 10 * time.Second
	maxQuickEnds = 20
)

// State says what a process is doing.
type State string

// The states of a process.
const (
	Running State = "running"
	Pausing State = "restarting" // ended, to be started again after a pause
	Held    State = "held"       // ended, and kept down until it is asked for
	GivenUp State = "failed"     // ended too often
	Ended   State = "ended"
)

// Spec says how to start a process.
type Spec struct {
	Name string
	Path string
	Args []string
	Env  []string
	Log  string // file
}

// Info describes a process of a table.
type Info struct {
	Name     string    `json:"name"`
	State    State     `json:"state"`
	ID       *ID       `json:"id,omitempty"` // while it runs
	Since    time.Time `json:"since"`
	Restarts int       `json:"restarts"`
	LastEnd  string    `json:"last_end,omitempty"`
}

// Table holds the processes of one network.
type Table struct {
	spawner *Spawner
	mu      sync.Mutex
	byName  map[string]*child
	hooks   Hooks
	// calling keeps calls of the hooks apart.
	calling sync.Mutex
	// starting is held while a new process starts, so that Close finds it
	// either whole or not at all.
	starting sync.Mutex
	closed   bool
}

// Hooks are called by a table, one at a time. They must not call the table.
type Hooks struct {
	// Changed gets the whole table after every change.
	Changed func([]Info)
	// Ended gets a process that ended unasked, and how many times in a row it
	// has ended so without running steadily.
	Ended func(name string, times int)
}

// NewTable makes an empty table.
func NewTable(hooks Hooks) *Table {
	return &Table{spawner: NewSpawner(), byName: map[string]*child{}, hooks: hooks}
}

// Start starts a process and keeps it running. After Close it returns an error
// that wraps ErrClosed.
func (t *Table) Start(spec Spec) error {
	t.starting.Lock()
	defer t.starting.Unlock()
	if t.closed {
		return fmt.Errorf("starting %s: %w", spec.Name, ErrClosed)
	}
	t.mu.Lock()
	if _, ok := t.byName[spec.Name]; ok {
		t.mu.Unlock()
		return fmt.Errorf("starting %s: there is one already", spec.Name)
	}
	c := newChild(t, spec)
	t.byName[spec.Name] = c
	t.mu.Unlock()
	if err := c.start(); err != nil {
		t.mu.Lock()
		delete(t.byName, spec.Name)
		t.mu.Unlock()
		return err
	}
	go c.watch()
	return nil
}

// Rename gives a process another name, under which it is then known.
func (t *Table) Rename(from, to string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.byName[from]
	if !ok {
		return t.unknown(from)
	}
	if _, ok := t.byName[to]; ok {
		return fmt.Errorf("renaming %s: there is a process %s already", from, to)
	}
	delete(t.byName, from)
	t.byName[to] = c
	return nil
}

// Stop ends a process and forgets it. It is killed if it has not ended by
// itself after the grace.
func (t *Table) Stop(name string, grace time.Duration) error {
	c, err := t.find(name)
	if err != nil {
		return err
	}
	c.stop(grace)
	t.mu.Lock()
	delete(t.byName, name)
	t.mu.Unlock()
	t.changed()
	return nil
}

// StopAll ends the given processes at the same time, and then forgets them.
func (t *Table) StopAll(names []string, grace time.Duration) {
	var wait sync.WaitGroup
	for _, name := range names {
		// A name that is unknown has nothing to stop.
		wait.Go(func() { _ = t.Stop(name, grace) })
	}
	wait.Wait()
}

// Close kills whatever still runs. No hook is called after it.
func (t *Table) Close() {
	t.starting.Lock()
	t.closed = true
	t.starting.Unlock()
	t.StopAll(t.Names(), 0)
	t.spawner.Close()
}

// Kill ends a process at once, as kill -9 does. It is started again after a
// pause, unless hold says to keep it down until Release.
func (t *Table) Kill(name string, hold bool) error {
	c, err := t.find(name)
	if err != nil {
		return err
	}
	return c.kill(hold)
}

// Release starts a process that is held down, or that was given up.
func (t *Table) Release(name string) error {
	c, err := t.find(name)
	if err != nil {
		return err
	}
	return c.release()
}

// Spec returns how a process is started.
func (t *Table) Spec(name string) (Spec, bool) {
	c, err := t.find(name)
	if err != nil {
		return Spec{}, false
	}
	return c.spec, true
}

// Names lists the processes in order of their names.
func (t *Table) Names() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var names []string
	for name := range t.byName {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// List describes the processes in order of their names.
func (t *Table) List() []Info {
	var list []Info
	for _, name := range t.Names() {
		if c, err := t.find(name); err == nil {
			info := c.info()
			info.Name = name
			list = append(list, info)
		}
	}
	return list
}

func (t *Table) find(name string) (*child, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.byName[name]
	if !ok {
		return nil, t.unknown(name)
	}
	return c, nil
}

// ErrUnknown says that there is no process of that name.
var ErrUnknown = errors.New("there is no such process")

func (t *Table) unknown(name string) error { return fmt.Errorf("%s: %w", name, ErrUnknown) }

func (t *Table) changed() {
	if t.hooks.Changed == nil {
		return
	}
	t.calling.Lock()
	defer t.calling.Unlock()
	t.hooks.Changed(t.List())
}

func (t *Table) endedUnasked(name string, times int) {
	if t.hooks.Ended == nil {
		return
	}
	t.calling.Lock()
	defer t.calling.Unlock()
	t.hooks.Ended(name, times)
}
