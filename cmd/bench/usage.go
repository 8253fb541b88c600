package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/network/control"
)

// self is the name of this program among the processes.
const self = "bench"

// usage is what a process has taken so far.
type usage struct {
	CPU    time.Duration
	Memory int64 // resident, in bytes
}

// ticksPerSecond is the unit of the kernel's CPU times for programs: 100 on
// every Linux that Go runs on.
const ticksPerSecond = 100

// usages asks the kernel about every process of the network and this one.
func usages(ctx context.Context, c *control.Client) (map[string]usage, error) {
	status, err := c.Status(ctx)
	if err != nil {
		return nil, err
	}
	pids := map[string]int{self: os.Getpid()}
	for _, p := range status.Processes {
		if p.ID != nil {
			pids[p.Name] = p.ID.PID
		}
	}
	all := map[string]usage{}
	for name, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return nil, fmt.Errorf("asking what %s has taken: %w", name, err)
		}
		if all[name], err = parseStat(string(text)); err != nil {
			return nil, fmt.Errorf("asking what %s has taken: %w", name, err)
		}
	}
	return all, nil
}

// The fields of /proc/PID/stat after the program's name, counted from 0.
const (
	statUser   = 11
	statSystem = 12
	statPages  = 21
)

// parseStat reads a line of /proc/PID/stat (proc_pid_stat(5)). The program's
// name, the second field, may hold anything, so fields count from its last
// parenthesis.
func parseStat(text string) (usage, error) {
	_, rest, found := cutLast(text, ")")
	fields := strings.Fields(rest)
	if !found || len(fields) <= statPages {
		return usage{}, fmt.Errorf("%q is no line of /proc/PID/stat", text)
	}
	var n [3]int64
	for i, field := range []int{statUser, statSystem, statPages} {
		var err error
		if n[i], err = strconv.ParseInt(fields[field], 10, 64); err != nil {
			return usage{}, fmt.Errorf("reading field %d of /proc/PID/stat: %w", field, err)
		}
	}
	return usage{
		CPU:    time.Duration(n[0]+n[1]) * time.Second / ticksPerSecond,
		Memory: n[2] * int64(os.Getpagesize()),
	}, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// spent gives the CPU time that each process took between two looks.
func spent(before, after map[string]usage) map[string]time.Duration {
	all := map[string]time.Duration{}
	for name, a := range after {
		if b, ok := before[name]; ok && a.CPU >= b.CPU {
			all[name] = a.CPU - b.CPU
		}
	}
	return all
}

// peaks keeps the most memory that each process was seen with.
type peaks map[string]int64

func (p peaks) see(now map[string]usage) {
	for name, u := range now {
		p[name] = max(p[name], u.Memory)
	}
}

func (p peaks) names() []string { return slices.Sorted(maps.Keys(p)) }
