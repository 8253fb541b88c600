package main

import (
	"context"
	"slices"
	"sync"
	"time"
)

// work is one caller's turn: it carries out commands one after another and
// says how many. The callers of a workload never share a subject.
type work func(ctx context.Context, caller int) (commands int, err error)

// sample is what one workload did at one number of callers.
type sample struct {
	Commands  int           // carried out within the time
	Errors    int           // turns that failed
	First     error         // of those
	Took      time.Duration // what was measured
	Latencies []time.Duration
}

// window is the time of a measurement. Callers start before it and end after
// it, so that it sees them as they are in the middle of their work: counting
// from a common start would lose each caller's last turn, which at 200 callers
// can be a third of all.
type window struct {
	begin, end time.Time
}

// warmUp is which part of the measured time the callers run before it begins.
const warmUp = 4

// measure lets callers take turns for a time and calls edge when it begins to
// count and when it ends.
func measure(ctx context.Context, callers int, d time.Duration, do work, edge func()) sample {
	now := time.Now()
	w := window{begin: now.Add(d / warmUp), end: now.Add(d/warmUp + d)}
	parts := make([]sample, callers)
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() { parts[caller] = turns(ctx, caller, w, do) })
	}
	for _, at := range []time.Time{w.begin, w.end} {
		awaitTime(ctx, at)
		edge()
	}
	group.Wait()
	all := sample{Took: d}
	for _, p := range parts {
		all.Commands += p.Commands
		all.Errors += p.Errors
		all.Latencies = append(all.Latencies, p.Latencies...)
		if all.First == nil {
			all.First = p.First
		}
	}
	slices.Sort(all.Latencies)
	return all
}

func awaitTime(ctx context.Context, at time.Time) {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// turns is one caller. It counts the turns that end within the window. A turn's
// latency is divided by its commands, so that a workload of several commands a
// turn can be compared with one of one.
func turns(ctx context.Context, caller int, w window, do work) sample {
	var s sample
	for ctx.Err() == nil {
		began := time.Now()
		if !began.Before(w.end) {
			return s
		}
		n, err := do(ctx, caller)
		now := time.Now()
		switch {
		case err != nil:
			s.Errors++
			if s.First == nil {
				s.First = err
			}
		case !now.Before(w.begin) && now.Before(w.end):
			s.Commands += n
			s.Latencies = append(s.Latencies, now.Sub(began)/time.Duration(n))
		}
	}
	return s
}

// rate is commands a second.
func (s sample) rate() float64 { return float64(s.Commands) / s.Took.Seconds() }

// percentile gives the latency that p of 100 turns do not exceed.
func (s sample) percentile(p int) time.Duration {
	if len(s.Latencies) == 0 {
		return 0
	}
	rank := (len(s.Latencies)*p + 99) / 100 // the nearest rank, counted from 1
	return s.Latencies[max(rank, 1)-1]
}
