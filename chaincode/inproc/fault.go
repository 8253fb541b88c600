package inproc

import "errors"

// Step is a step of a submission or an evaluation.
type Step string

// The steps. Each may fail with and without having taken effect.
const (
	StepEvaluate Step = "evaluate"
	StepEndorse  Step = "endorse"
	StepOrder    Step = "order"
	StepStatus   Step = "status" // the transaction is ordered; its fate is asked for
)

// Attempt is a step that is about to be taken.
type Attempt struct {
	Number int // of the submission or evaluation on this ledger, from 1
	Org    string
	Step   Step
}

// Fault is what goes wrong with a step.
type Fault struct {
	Fails      bool // the caller sees an error
	TookEffect bool // although the step was carried out; of consequence for StepOrder alone
	Twice      bool // StepOrder: the transaction is ordered a second time
}

// ErrFault is the error that a failing step shows.
var ErrFault = errors.New("a fault that was asked for")

// attempt numbers a submission or evaluation.
func (l *Ledger) attempt() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.attempts++
	return l.attempts
}

func (l *Ledger) fault(number int, org string, s Step) Fault {
	return l.options.Fault(Attempt{Number: number, Org: org, Step: s})
}
