package sim

import (
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// claims lists what a note's state invites to say about when it may be claimed.
func claims(n *ledger.Note) []ledger.Op {
	ops := []ledger.Op{ledger.OpInterrupt}
	if n.Terms.Acceleration {
		ops = append(ops, ledger.OpAccelerate, ledger.OpAccelerate, ledger.OpAccelerate, ledger.OpAccelerate)
	}
	if n.Acceleration != nil {
		ops = append(ops, ledger.OpCure, ledger.OpCure, ledger.OpPay, ledger.OpPay)
	}
	return ops
}

// claimBody writes that all falls due or does not, or that limitation was
// interrupted, mostly so that it fits the note.
func (s *simulation) claimBody(op ledger.Op, n *ledger.Note) any {
	switch op {
	case ledger.OpAccelerate:
		told := s.daysAgo()
		return ledger.AccelerateBody{Effective: told.AddDays(27 + s.rng.IntN(60)), DeliveredOn: told, Channel: "letter", Content: ledger.PayloadDigest([]byte(secretWord))}
	case ledger.OpCure:
		b := ledger.CureBody{Acceleration: 1, Reason: secretWord}
		if n.Acceleration != nil {
			b.Acceleration = n.Acceleration.Seq
		}
		return b
	}
	b := ledger.InterruptBody{
		Kind: pick(s, []ledger.InterruptionKind{ledger.Demand, ledger.Filing, ledger.Acknowledgement}), On: s.daysAgo(),
		Reference: secretWord, Content: ledger.PayloadDigest([]byte(secretWord)),
	}
	if b.Kind == ledger.Demand {
		b.Channel = "email"
	}
	return b
}

// repriced is an amendment of the rate or the time.
func (s *simulation) repriced(m ledger.Amendment) ledger.Amendment {
	if s.chance(50) {
		m = ledger.Amendment{Kind: ledger.AmendRate}
	} else {
		m.Kind = ledger.AmendTerm
	}
	if m.Free = s.chance(30); !m.Free && (m.Kind == ledger.AmendRate || s.chance(30)) {
		m.Rate = finance.Percent(1 + s.rng.IntN(25))
	}
	return m
}
