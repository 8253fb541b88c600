package sim

import (
	"fmt"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// submitTogether hands in commands for one transaction.
func (s *simulation) submitTogether(org string, commands []*sent) {
	s.note("together:")
	s.bound = append(s.bound, commands)
	s.handIn(submission{org: org, commands: commands, together: true}, s.ledger.Service(org).SubmitTogether)
}

// mayBeImpossible says whether commands may be refused as none that can be one
// transaction: where the registrar hands them in, they may be such that no one
// organisation may see all that they need.
func (sub submission) mayBeImpossible(err error) bool {
	return sub.together && sub.org == inproc.Registrar && ledger.CodeOf(err) == ledger.CodeAtomicImpossible
}

// judgeTogether says whether the answers to commands that went together could
// have been given together: either all were applied now, by one transaction, or
// none; and who is refused for another's sake has such another.
func (a *auditor) judgeTogether(sub submission, outcomes []ledger.Outcome) error {
	applied, refused, reasons := 0, 0, 0
	transactions := map[string]bool{}
	for i, o := range outcomes {
		switch now := a.stands(sub.commands[i]) && !sub.stood[i]; {
		case now:
			applied++
			transactions[a.applied[sub.commands[i].cmd.Command].tx] = true
		case o.Err != nil && o.Err.Code == ledger.CodeBatchRefused:
			refused++
		case o.State == ledger.Rejected, o.State == ledger.Committed:
			reasons++
		}
	}
	switch {
	case applied > 0 && (applied < len(outcomes) || len(transactions) > 1):
		return fmt.Errorf("of %d commands that go together %d were applied, by %d transactions", len(outcomes), applied, len(transactions))
	case refused > 0 && reasons == 0:
		return fmt.Errorf("%d commands that go together were refused for the sake of none", refused)
	}
	return nil
}

// checkBound says whether commands that went together, and no other way, were
// applied together in the end, whatever was known of it at the time.
func (a *auditor) checkBound(commands []*sent) error {
	applied := 0
	transactions := map[string]bool{}
	for _, c := range commands {
		if c.calls > 1 {
			return nil
		}
		if a.stands(c) {
			applied++
			transactions[a.applied[c.cmd.Command].tx] = true
		}
	}
	if applied > 0 && (applied < len(commands) || len(transactions) > 1) {
		return fmt.Errorf("in the end %d of %d commands that go together stand, by %d transactions; the first is %s",
			applied, len(commands), len(transactions), commands[0])
	}
	return nil
}

// rehearse asks what would become of commands, and has the answers judged.
func (s *simulation) rehearse(org string, commands []*sent) {
	s.note("rehearsed through %s:", org)
	outer := s.faulty
	s.faulty = len(s.held) > 0 || s.ledger.Stub().Pending() > 0
	sub := submission{org: org, commands: commands}
	s.blame(s.inspect.follow())
	s.audit.before(&sub, s.frame(org))
	rehearsals := make([]ledger.Rehearsal, len(commands))
	for i, c := range commands {
		rehearsals[i].Signed = c.signed
	}
	outcomes, err := s.ledger.Service(org).Rehearse(s.ctx, rehearsals...)
	sub.quiet = !s.faulty
	s.faulty = s.faulty || outer
	switch {
	case err != nil && sub.quiet:
		s.blame(fmt.Errorf("not rehearsed, though nothing went wrong: %w", err))
	case err == nil && len(outcomes) != len(commands):
		s.blame(fmt.Errorf("%d rehearsals have %d outcomes", len(commands), len(outcomes)))
	}
	for i, o := range outcomes {
		s.report.Outcomes["rehearsed "+label(o)]++
		s.note("  %s: %s", commands[i], label(o))
		s.blame(s.audit.judgeRehearsal(sub, i, o, s.frame(org)))
	}
}

// judgeRehearsal says whether a rehearsal told what the rules would have said
// of the command alone. A repeat and a refusal are judged as if it were real;
// where the registrar's peer is behind, a rehearsal knows no better.
func (a *auditor) judgeRehearsal(sub submission, i int, o ledger.Outcome, frame ledger.Frame) error {
	c := sub.commands[i]
	if o.State != ledger.Committed || o.Repeated {
		return a.judge(sub, i, o, frame)
	}
	alone := sub.expected[i][0]
	switch want := (ledger.Result{Command: c.cmd.Command, Op: c.cmd.Op, Subject: c.cmd.Subject(), Seq: c.cmd.Seq}); {
	case o.Result == nil || *o.Result != want || o.Transaction != "" || o.Block != 0:
		return fmt.Errorf("%s: rehearsed as %+v, want %+v", c, o, want)
	case sub.quiet && sub.stood[i]:
		return fmt.Errorf("%s: a repeat rehearsed as the first", c)
	case sub.quiet && alone != "":
		return fmt.Errorf("%s: rehearsed as committed, the rules say %s", c, alone)
	}
	return nil
}
