package sim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

// Report says what a run was made of.
type Report struct {
	Seed     uint64
	Steps    int
	Commands int            // handed in, repeats included
	Outcomes map[string]int // by state, and code where there is one
	Faults   map[string]int // by where they struck
	Valid    int            // transactions in blocks
	Invalid  int
	Blocks   uint64
	Notes    map[ledger.Status]int
	Applied  map[ledger.Op]int
	// Represented counts those of the applied commands that somebody signed for another.
	Represented int
}

func newReport(o Options) Report {
	return Report{Seed: o.Seed, Outcomes: map[string]int{}, Faults: map[string]int{}, Notes: map[ledger.Status]int{}, Applied: map[ledger.Op]int{}}
}

func (r *Report) finish(s *simulation) {
	r.Valid, r.Invalid, r.Blocks = s.inspect.valid, s.inspect.invalid, s.inspect.height
	for _, n := range s.audit.model.Notes() {
		r.Notes[n.Status]++
	}
	for _, a := range s.audit.model.Log() {
		r.Applied[a.Change.Result.Op]++
		if a.Change.Command.For != "" {
			r.Represented++
		}
	}
}

// answered judges the answers of a submission and counts them.
func (s *simulation) answered(sub submission, outcomes []ledger.Outcome, err error) {
	s.report.Commands += len(sub.commands)
	if err != nil {
		s.report.Outcomes["not handed in"] += len(sub.commands)
		s.note("  not handed in: %v", err)
		if sub.quiet && !sub.mayBeImpossible(err) {
			s.blame(fmt.Errorf("not handed in, though nothing went wrong: %w", err))
		}
		return
	}
	if len(outcomes) != len(sub.commands) {
		s.blame(fmt.Errorf("%d commands have %d outcomes", len(sub.commands), len(outcomes)))
		return
	}
	for i, o := range outcomes {
		s.report.Outcomes[label(o)]++
		s.note("  %s: %s", sub.commands[i].what, label(o))
		sub.commands[i].open = o.State == ledger.Unknown || o.State != ledger.Committed && sub.commands[i].open
		s.blame(s.audit.judge(sub, i, o, s.frame(sub.org)))
	}
	if sub.together {
		s.blame(s.audit.judgeTogether(sub, outcomes))
	}
}

func label(o ledger.Outcome) string {
	switch {
	case o.Err != nil:
		return string(o.State) + " " + string(o.Err.Code)
	case o.Repeated:
		return string(o.State) + " repeated"
	}
	return string(o.State)
}

// String gives the report as a table for people.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %d steps, %d commands, %d blocks, %d valid and %d invalid transactions\n",
		r.Seed, r.Steps, r.Commands, r.Blocks, r.Valid, r.Invalid)
	table(&b, "outcomes", r.Outcomes)
	table(&b, "faults", r.Faults)
	table(&b, "notes", r.Notes)
	table(&b, "applied", r.Applied)
	fmt.Fprintf(&b, "  %6d  by a representative\n", r.Represented)
	return b.String()
}

func table[K ~string](b *strings.Builder, title string, counts map[K]int) {
	fmt.Fprintf(b, "%s\n", title)
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(b, "  %6d  %s\n", counts[k], k)
	}
}

// MaxTries bounds how often Minimize plays a run again.
const MaxTries = 400

// Minimize looks for fewer steps that break a promise as well: halves, then
// quarters and so on, down to single steps. It gives the failure of the
// shortest run that it found, and the options that play it.
func Minimize(o Options, f *Failure, play func(Options) error) (Options, *Failure) {
	o.Steps = max(1, min(o.Steps, f.Step))
	skip := maps.Clone(o.Skip)
	if skip == nil {
		skip = map[int]bool{}
	}
	tries := 0
	for size := max(1, o.Steps/2); size >= 1 && tries < MaxTries; size /= 2 {
		for from := 1; from <= o.Steps && tries < MaxTries; from += size {
			attempt := o
			attempt.Skip = maps.Clone(skip)
			for step := from; step < from+size && step <= o.Steps; step++ {
				attempt.Skip[step] = true
			}
			if len(attempt.Skip) == len(skip) {
				continue
			}
			tries++
			if shorter, ok := errors.AsType[*Failure](play(attempt)); ok {
				skip, f = attempt.Skip, shorter
			}
		}
	}
	o.Skip = skip
	return o, f
}
