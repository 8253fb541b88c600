package process

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// ID names one process for ever: a number alone is given again to another
// process once the first has ended.
type ID struct {
	PID int `json:"pid"`
	// Started is the process's start in clock ticks after the boot.
	Started uint64 `json:"started"`
	// Boot is the kernel's name for the boot.
	Boot string `json:"boot"`
}

// ErrGone says that the process no longer runs.
var ErrGone = errors.New("the process no longer runs")

// Identify returns the name of the process that has the number now.
func Identify(pid int) (ID, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ID{}, fmt.Errorf("reading the boot's name: %w", err)
	}
	state, started, err := readStat(pid)
	if err != nil {
		return ID{}, err
	}
	if state == 'Z' || state == 'X' { // It has ended and only its parent has not noticed.
		return ID{}, ErrGone
	}
	return ID{PID: pid, Started: started, Boot: strings.TrimSpace(string(boot))}, nil
}

// Alive reports whether the process still runs.
func (id ID) Alive() bool {
	now, err := Identify(id.PID)
	return err == nil && now == id
}

// Signal sends a signal to the process, and to no other that was given its
// number since. It returns ErrGone if the process has ended.
func (id ID) Signal(s syscall.Signal) error {
	// The handle is taken before the check, so that it belongs to the process
	// that was checked.
	p, err := os.FindProcess(id.PID)
	if err != nil {
		return fmt.Errorf("finding process %d: %w", id.PID, err)
	}
	defer p.Release() //nolint:errcheck // Nothing depends on it.
	if !id.Alive() {
		return ErrGone
	}
	if err := p.Signal(s); err != nil {
		if errors.Is(err, os.ErrProcessDone) {
			return ErrGone
		}
		return fmt.Errorf("signalling process %d: %w", id.PID, err)
	}
	return nil
}

// The places of fields in /proc/PID/stat, counted after the command's name,
// which may itself hold spaces and brackets (proc_pid_stat(5)).
const (
	statState     = 0
	statStartTime = 19
)

func readStat(pid int) (state byte, started uint64, err error) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
		return 0, 0, ErrGone
	}
	if err != nil {
		return 0, 0, fmt.Errorf("reading the state of process %d: %w", pid, err)
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) <= statStartTime {
		return 0, 0, fmt.Errorf("reading the state of process %d: %d fields", pid, len(fields))
	}
	started, err = strconv.ParseUint(fields[statStartTime], 10, 64)
	if err != nil {
		return 0, 0, fmt.Errorf("reading the start of process %d: %w", pid, err)
	}
	return fields[statState][0], started, nil
}

// Memory returns the resident memory of a process in bytes.
func Memory(pid int) (int64, error) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0, fmt.Errorf("reading the memory of process %d: %w", pid, err)
	}
	fields := strings.Fields(string(b))
	if len(fields) < 2 {
		return 0, fmt.Errorf("reading the memory of process %d: %q", pid, b)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading the memory of process %d: %w", pid, err)
	}
	return pages * int64(os.Getpagesize()), nil
}
