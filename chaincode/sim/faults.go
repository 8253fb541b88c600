package sim

import (
	"context"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// fault decides what goes wrong with a step of a submission or a read. The
// ledger calls it in the thread of the submission, just before the step, so it
// is also where blocks are cut and where others come between.
func (s *simulation) fault(a inproc.Attempt) inproc.Fault {
	if s.broken != nil {
		return inproc.Fault{Fails: true}
	}
	if s.storm {
		s.disturb(a)
	}
	switch a.Step {
	case inproc.StepEvaluate, inproc.StepEndorse:
		if s.storm && s.chance(6) {
			return s.fails(a, inproc.Fault{Fails: true})
		}
	case inproc.StepOrder:
		return s.faultAtOrder(a)
	case inproc.StepStatus:
		return s.faultAtStatus(a)
	}
	return inproc.Fault{}
}

// disturb lets the world change in the middle of a submission.
func (s *simulation) disturb(a inproc.Attempt) {
	switch n := s.rng.IntN(100); {
	case n < 8:
		s.intrude(a)
	case n < 10 && a.Step == inproc.StepEndorse:
		s.faulty = true
		s.clock = s.clock.Add(6 * time.Minute)
		s.note("  the clock jumps to %s", s.clock.Format(time.TimeOnly))
	case n < 12:
		s.hold(orgs[s.rng.IntN(len(orgs))])
	case n < 30:
		s.heal()
	}
}

// intrude lets another organisation submit something in the middle of a
// submission. Its own clients would wait for each other.
func (s *simulation) intrude(a inproc.Attempt) {
	if s.depth != 1 {
		return
	}
	other := orgs[(s.rng.IntN(len(orgs)-1)+1+indexOf(a.Org))%len(orgs)]
	s.faulty = true
	s.note("  meanwhile, before %s of %s:", a.Step, a.Org)
	c, err := s.intent()
	if err != nil {
		return
	}
	s.submit(other, []*sent{c})
}

func indexOf(org string) int {
	for i, o := range orgs {
		if o == org {
			return i
		}
	}
	return 0
}

// faultAtOrder loses a transaction on its way, or its receipt, or doubles it.
func (s *simulation) faultAtOrder(a inproc.Attempt) inproc.Fault {
	if !s.storm {
		return inproc.Fault{}
	}
	switch n := s.rng.IntN(100); {
	case n < 8:
		return s.fails(a, inproc.Fault{Fails: true})
	case n < 16:
		return s.fails(a, inproc.Fault{Fails: true, TookEffect: true})
	case n < 20:
		return s.fails(a, inproc.Fault{Fails: true, TookEffect: true, Twice: true})
	case n < 28:
		return s.fails(a, inproc.Fault{Twice: true})
	}
	return inproc.Fault{}
}

// faultAtStatus decides when the block is cut: now, or later while the caller
// is told nothing, or never since the orderer dies.
func (s *simulation) faultAtStatus(a inproc.Attempt) inproc.Fault {
	if s.storm {
		switch n := s.rng.IntN(100); {
		case n < 6:
			return s.fails(a, inproc.Fault{Fails: true}) // the block comes later
		case n < 12:
			s.cut()
			return s.fails(a, inproc.Fault{Fails: true})
		case n < 15:
			s.restart()
			return inproc.Fault{}
		}
	}
	s.release(a.Org) // it waits for its own peer
	s.cut()
	return inproc.Fault{}
}

func (s *simulation) fails(a inproc.Attempt, f inproc.Fault) inproc.Fault {
	s.faulty = true
	s.report.Faults[string(a.Step)]++
	s.note("  %s of %s: fails %t, took effect %t, twice %t", a.Step, a.Org, f.Fails, f.TookEffect, f.Twice)
	return f
}

// cut makes a block of what waits and looks at the world after it.
func (s *simulation) cut() {
	s.blame(s.ledger.Cut())
	s.blame(s.inspect.follow())
}

func (s *simulation) restart() {
	s.faulty = true
	s.report.Faults["restart"]++
	s.note("  everything restarts; %d transactions are lost", s.ledger.Stub().Pending())
	s.blame(s.ledger.Restart())
}

func (s *simulation) hold(org string) {
	s.faulty = true
	s.held[org] = true
	s.report.Faults["peer behind"]++
	s.note("  the peer of %s falls behind", org)
	s.blame(s.ledger.Hold(org))
}

func (s *simulation) release(org string) {
	if !s.held[org] {
		return
	}
	delete(s.held, org)
	s.note("  the peer of %s catches up", org)
	s.blame(s.ledger.Release(org))
}

func (s *simulation) heal() {
	for _, org := range orgs {
		s.release(org)
	}
}

// submit hands in commands through an organisation, and has the answers judged.
func (s *simulation) submit(org string, commands []*sent) []ledger.Outcome {
	return s.handIn(submission{org: org, commands: commands}, s.ledger.Service(org).Submit)
}

// handIn is one call of the ledger. Others may come between in its course.
func (s *simulation) handIn(sub submission, call func(context.Context, ...ledger.Signed) ([]ledger.Outcome, error)) []ledger.Outcome {
	s.blame(s.inspect.follow())
	outer := s.faulty
	s.faulty = len(s.held) > 0 || s.ledger.Stub().Pending() > 0
	s.audit.before(&sub, s.frame(sub.org))
	s.depth++
	signed := make([]ledger.Signed, len(sub.commands))
	for i, c := range sub.commands {
		signed[i] = c.signed
		c.calls++
		s.note("%s through %s", c, sub.org)
	}
	outcomes, err := call(s.ctx, signed...)
	s.depth--
	sub.quiet = !s.faulty
	s.faulty = s.faulty || outer
	s.blame(s.inspect.follow())
	s.answered(sub, outcomes, err)
	return outcomes
}

func (s *simulation) frame(org string) ledger.Frame { return ledger.Frame{At: s.clock, Org: org} }
