package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// Limits of a run.
const (
	// MaxSteps bounds a run; what needs more steps is better found by another seed.
	MaxSteps = 1_000_000
	// maxTrace is how many lines a trace keeps, the latest.
	maxTrace = 400
	// patience ends a run in which something waits that never comes.
	patience = 10 * time.Minute
)

// start is the first moment of every run.
var start = time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC)

// Options say what to play. The same options play the same run.
type Options struct {
	Seed  uint64
	Steps int
	// Calm leaves out every fault, so that only the parties make trouble.
	Calm bool
	// Skip leaves out steps. The others stay as they are, since each draws from
	// a source of its own.
	Skip map[int]bool
}

// Failure is a promise that was broken, with what led to it.
type Failure struct {
	Seed  uint64
	Step  int
	Err   error
	Trace []string
}

func (f *Failure) Error() string { return fmt.Sprintf("seed %d, step %d: %v", f.Seed, f.Step, f.Err) }

func (f *Failure) Unwrap() error { return f.Err }

// simulation is one run. It is one logical thread: whatever runs beside it
// waits for it or is waited for, or the seed would not say what happens.
type simulation struct {
	opts   Options
	ctx    context.Context
	ledger *inproc.Ledger
	clock  time.Time

	step  int
	rng   *rand.Rand // of the step under way
	drawn int        // commands drawn in the step under way

	cast    []*person
	byID    map[ledger.PartyID]*person
	sent    []*sent // everything signed so far, for those who send it again
	bound   [][]*sent
	depth   int  // submissions within a submission
	storm   bool // whether this step has faults
	faulty  bool // whether something went wrong in the submission under way
	held    map[string]bool
	audit   *auditor
	inspect *inspector
	trace   []string
	report  Report
	broken  error // the first promise that was broken
}

// Run plays a run to its end and reports on it, or gives a *Failure.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.Steps < 1 || o.Steps > MaxSteps {
		return Report{}, fmt.Errorf("a run has 1 to %d steps", MaxSteps)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s := &simulation{opts: o, ctx: ctx, clock: start, byID: map[ledger.PartyID]*person{}, held: map[string]bool{}, report: newReport(o)}
	var err error
	s.ledger, err = inproc.New(inproc.Options{
		Clock: func() time.Time { return s.clock },
		Seed:  o.Seed + 1, // 0 would draw salts from the system
		Cut:   inproc.CutByHand,
		Fault: s.fault,
		Client: protocol.ClientOptions{
			UnderWay: 1, // one thread
			Wait:     func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		},
	})
	if err != nil {
		return Report{}, fmt.Errorf("making the ledger: %w", err)
	}
	s.audit = newAuditor(s.ledger.Stub().Digest(), sign.Verifier{})
	s.inspect = newInspector(s.ledger.Stub(), s.audit)
	err = s.play()
	if closing := s.ledger.Close(ctx); err == nil && closing != nil {
		err = fmt.Errorf("closing the ledger: %w", closing)
	}
	return s.report, err
}

// play goes through the steps and the calm after them.
func (s *simulation) play() error {
	s.begin(0)
	s.storm = false
	if err := s.enter(); err != nil {
		return err
	}
	for step := 1; step <= s.opts.Steps; step++ {
		if s.opts.Skip[step] {
			continue
		}
		s.begin(step)
		s.act()
		if err := s.verdict(); err != nil {
			return err
		}
		s.report.Steps++
	}
	s.begin(s.opts.Steps + 1)
	s.conclude()
	s.report.finish(s)
	return s.verdict()
}

// begin gives the step its own source of randomness.
func (s *simulation) begin(step int) {
	s.step, s.drawn = step, 0
	s.rng = rand.New(rand.NewPCG(s.opts.Seed, uint64(step)))
	s.storm = !s.opts.Calm && s.chance(40)
	s.moveClock()
}

// moveClock lets time pass between steps: mostly little, so that offers find
// their answers, now and then so much that instalments fall due, and sometimes
// it goes back.
func (s *simulation) moveClock() {
	switch n := s.rng.IntN(100); {
	case n < 60:
		s.clock = s.clock.Add(time.Duration(s.rng.IntN(3600)) * time.Second)
	case n < 68:
		s.clock = s.clock.Add(time.Duration(s.rng.IntN(72)) * time.Hour)
	case n < 69:
		s.clock = s.clock.AddDate(0, 1, 0)
	case n < 72 && s.storm:
		s.clock = s.clock.Add(-time.Duration(s.rng.IntN(20*60)) * time.Second)
	}
}

// chance says yes so many times in a hundred.
func (s *simulation) chance(percent int) bool { return s.rng.IntN(100) < percent }

// verdict gives the failure of the first promise that was broken.
func (s *simulation) verdict() error {
	if s.broken == nil {
		return nil
	}
	return &Failure{Seed: s.opts.Seed, Step: s.step, Err: s.broken, Trace: s.trace}
}

// blame notes a broken promise; the first counts.
func (s *simulation) blame(err error) {
	if err == nil || s.broken != nil {
		return
	}
	s.broken = err
	s.note("BROKEN: %v", err)
}

// note adds a line to the trace.
func (s *simulation) note(format string, args ...any) {
	if len(s.trace) >= maxTrace {
		s.trace = s.trace[1:]
	}
	s.trace = append(s.trace, fmt.Sprintf("%5d %s ", s.step, s.clock.Format("01-02 15:04:05"))+fmt.Sprintf(format, args...))
}

// conclude heals everything, and then wants to know what became of every
// command whose outcome was unknown: no outcome stays open.
func (s *simulation) conclude() {
	s.storm = false
	s.heal()
	s.cut()
	for _, commands := range s.bound {
		s.blame(s.audit.checkBound(commands))
	}
	for _, c := range s.sent {
		if !c.open || s.broken != nil {
			continue
		}
		if o := s.submit(c.org, []*sent{c}); len(o) == 1 && o[0].State == ledger.Unknown {
			s.blame(fmt.Errorf("with everything healed the outcome of %s is still unknown", c))
		}
	}
	for _, org := range orgs {
		s.blame(s.inspect.peer(org, true))
	}
	s.blame(s.histories())
}

// histories reads every subject's history from the registrar and compares it
// with what the blocks told.
func (s *simulation) histories() error {
	registrar := s.ledger.Service(inproc.Registrar)
	for _, subject := range s.audit.subjects() {
		told := s.audit.told[subject]
		entries, err := registrar.History(s.ctx, subject, 1, ledger.MaxHistory)
		if told[len(told)-1].Change.Result.Op == ledger.OpErase {
			if ledger.CodeOf(err) != ledger.CodeNoteErased {
				return fmt.Errorf("%s is erased, and its history has %d entries: %w", subject.ID, len(entries), err)
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("reading the history of %s: %w", subject.ID, err)
		}
		if len(entries) != min(len(told), ledger.MaxHistory) {
			return fmt.Errorf("the history of %s has %d entries, and the blocks told %d commands", subject.ID, len(entries), len(told))
		}
		for i, e := range entries {
			if e.Signed != told[i].Signed || e.Org != told[i].Frame.Org || !e.At.Equal(told[i].Frame.At.UTC().Truncate(time.Second)) {
				return fmt.Errorf("entry %d of %s is not the command that the blocks told", i+1, subject.ID)
			}
		}
	}
	return nil
}

// errNobody says that nobody has anything to do in a step.
var errNobody = errors.New("nobody has anything to do")
