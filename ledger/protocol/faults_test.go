package protocol_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// faultTable says of everything that can go wrong with a transaction what the
// caller hears and what is true. The fault strikes once, at tx-1; tx-2 is the
// one that a client makes after it.
//
//   - told: by a client that does not try again
//   - resolved: by a client with its ordinary patience, which looks whether the
//     command stands before it tries again
//   - later: what a gateway that was started anew, and knows nothing of it,
//     answers to the same command after it was told so
//
// Two cells of the table cannot be: an endorsement that failed or came too late
// has no effect, since nobody has it whom it could be ordered for.
var faultTable = []struct {
	stage                 string
	how                   string
	effect                string
	told, resolved, later string
}{
	{"endorse", "failed", "none", "not sent", "committed by tx-2", "committed by tx-2"},
	{"endorse", "timed out", "none", "not sent", "committed by tx-2", "committed by tx-2"},
	{"submit", "failed", "none", "unknown of tx-1", "committed by tx-2", "committed by tx-2"},
	{"submit", "failed", "took effect", "unknown of tx-1", "committed by tx-1", "repeated by tx-1"},
	{"submit", "failed", "took effect late", "unknown of tx-1", "committed by tx-1", "repeated by tx-1"},
	{"submit", "timed out", "none", "unknown of tx-1", "committed by tx-2", "committed by tx-2"},
	{"submit", "timed out", "took effect", "unknown of tx-1", "committed by tx-1", "repeated by tx-1"},
	{"submit", "timed out", "took effect late", "unknown of tx-1", "committed by tx-1", "repeated by tx-1"},
	// Accepted is not committed: an orderer may die with what it accepted.
	{"commit status", "failed", "none", "unknown of tx-1", "committed by tx-2", "committed by tx-2"},
	{"commit status", "failed", "took effect", "unknown of tx-1", "committed by tx-1", "repeated by tx-1"},
	{"commit status", "failed", "took effect late", "unknown of tx-1", "committed by tx-1", "repeated by tx-1"},
	{"commit status", "timed out", "none", "unknown of tx-1", "committed by tx-2", "committed by tx-2"},
	{"commit status", "timed out", "took effect", "unknown of tx-1", "committed by tx-1", "repeated by tx-1"},
	{"commit status", "timed out", "took effect late", "unknown of tx-1", "committed by tx-1", "repeated by tx-1"},
}

// heard puts what a caller was answered in the words of the table.
func heard(all []ledger.Outcome, err error) string {
	if errors.Is(err, protocol.ErrNotSent) && all == nil {
		return "not sent"
	}
	if err != nil || len(all) != 1 {
		return fmt.Sprint(all, err)
	}
	switch o := all[0]; {
	case o.State == ledger.Unknown && o.Err.Code == ledger.CodeOutcomeOpen:
		return "unknown of " + o.Transaction
	case o.State == ledger.Committed && o.Repeated:
		return "repeated by " + o.Transaction
	case o.State == ledger.Committed:
		return "committed by " + o.Transaction
	}
	return fmt.Sprintf("%+v", all[0])
}

// strike makes the fault of a row happen to tx-1.
func strike(stage, how, effect string) func(int, protocol.Batch) fault {
	s := stageFault{stage: stage, timed: how == "timed out", effect: effect == "took effect", named: true}
	return func(n int, _ protocol.Batch) fault {
		if n != 1 {
			return fault{}
		}
		f := s.fault(n)
		f.late = effect == "took effect late"
		return f
	}
}

func TestWhatIsToldAndWhatIsTrueOfEveryFault(t *testing.T) {
	subjects := map[string]func(*fixture, signer) ledger.Signed{
		"an old subject": func(f *fixture, party signer) ledger.Signed { return f.rotate(party, 2) },
		"a new subject":  func(f *fixture, party signer) ledger.Signed { return f.openBook(party) },
	}
	for _, row := range faultTable {
		for name, draft := range subjects {
			t.Run(fmt.Sprintf("%s/%s/%s/%s", row.stage, row.how, row.effect, name), func(t *testing.T) {
				begin := func() (*fixture, ledger.Signed) {
					f := start(t, lenderOrg)
					command := draft(f, f.party(f.client, ledger.Company))
					f.ledger.fault = strike(row.stage, row.how, row.effect)
					return f, command
				}
				f, command := begin()
				once := f.join(lenderOrg, func(o *protocol.ClientOptions) { o.Attempts = 1 })
				if told := heard(once.Submit(t.Context(), command)); told != row.told {
					t.Errorf("told: %s, want %s", told, row.told)
				}
				if later := heard(f.join(lenderOrg).Submit(t.Context(), command)); later != row.later {
					t.Errorf("later: %s, want %s", later, row.later)
				}
				f.appliedOnce(command)

				f, command = begin()
				if resolved := heard(f.client.Submit(t.Context(), command)); resolved != row.resolved {
					t.Errorf("resolved: %s, want %s", resolved, row.resolved)
				}
				f.appliedOnce(command)
			})
		}
	}
}

// appliedOnce says whether a command stands once in its subject's chain.
func (f *fixture) appliedOnce(command ledger.Signed) {
	f.Helper()
	times := 0
	for _, entries := range f.ledger.entries {
		for _, e := range entries {
			if e.Signed == command {
				times++
			}
		}
	}
	if times != 1 {
		f.Errorf("the command was applied %d times", times)
	}
}

// stageFault is one way in which one submission can go wrong.
type stageFault struct {
	stage  string // endorse, submit or commit status
	timed  bool   // it was not answered in time, rather than refused
	effect bool   // the transaction took effect all the same
	named  bool   // the channel knows the transaction's id
}

func (s stageFault) String() string {
	return fmt.Sprintf("%s/timed out=%t/took effect=%t/named=%t", s.stage, s.timed, s.effect, s.named)
}

func (s stageFault) fault(n int) fault {
	cause := errors.New("connection reset")
	if s.timed {
		cause = context.DeadlineExceeded
	}
	err := fmt.Errorf("%s: %w", s.stage, cause)
	switch {
	case s.stage == "endorse":
		err = fmt.Errorf("%w: %w", protocol.ErrNotSent, err)
	case s.named:
		err = &protocol.Undecided{Transaction: fmt.Sprintf("tx-%d", n), Err: err}
	}
	return fault{err: err, effect: s.effect}
}

// stageFaults lists every fault: each stage failed and timed out, with and
// without having taken effect. An endorsement alone never has an effect.
func stageFaults() []stageFault {
	var all []stageFault
	for _, timed := range []bool{false, true} {
		all = append(all, stageFault{stage: "endorse", timed: timed})
		for _, stage := range []string{"submit", "commit status"} {
			for _, effect := range []bool{false, true} {
				for _, named := range []bool{false, true} {
					all = append(all, stageFault{stage, timed, effect, named})
				}
			}
		}
	}
	return all
}
