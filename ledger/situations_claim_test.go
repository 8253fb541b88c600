package ledger_test

import "github.com/skuld-registry/skuld/ledger"

// claimSituations are those in which more, or nothing, may be claimed.
func claimSituations() []situation {
	return []situation{
		{"active, two months late", (*stage).late},
		{"active, accelerated", func(s *stage) ledger.NoteID { return s.accelerated(s.late()) }},
		{"active, barred", (*stage).barred},
	}
}

// claimVariants are about when a debt may be claimed.
func claimVariants() []variant {
	of := func(name string, op ledger.Op, body func(*stage, ledger.NoteID) any) variant {
		return variant{name, op, func(s *stage, id ledger.NoteID, _ *actor) any { return body(s, id) }}
	}
	interrupt := func(kind ledger.InterruptionKind) variant {
		return of("interrupt by "+string(kind), ledger.OpInterrupt, func(s *stage, _ ledger.NoteID) any { return s.interruption(kind) })
	}
	amend := func(m ledger.Amendment) func(*stage, ledger.NoteID) any {
		return func(s *stage, _ ledger.NoteID) any {
			if m.Kind == ledger.AmendTerm {
				m.FirstDue = s.today().AddDays(30)
			}
			return ledger.AmendProposeBody{Amendment: m}
		}
	}
	return []variant{
		of("amend.propose another rate", ledger.OpAmendPropose, amend(ledger.Amendment{Kind: ledger.AmendRate, Rate: rate("6")})),
		of("amend.propose another time", ledger.OpAmendPropose, amend(ledger.Amendment{Kind: ledger.AmendTerm, Instalments: 24})),
		of("accelerate", ledger.OpAccelerate, func(s *stage, _ ledger.NoteID) any { return s.acceleration() }),
		of("cure", ledger.OpCure, func(s *stage, id ledger.NoteID) any {
			return ledger.CureBody{Acceleration: s.known(id).Acceleration.Seq, Reason: "as agreed on the telephone"}
		}),
		of("pay what cures", ledger.OpPay, func(s *stage, id ledger.NoteID) any {
			n := s.known(id)
			sum, err := ledger.Summarize(n, s.m.Holder(n), s.today())
			if err != nil || sum.Cure == nil {
				return s.payBody(1_00)
			}
			return s.payBody(max(1_00, sum.Cure.Amount))
		}),
		interrupt(ledger.Acknowledgement),
		interrupt(ledger.Demand),
		interrupt(ledger.Filing),
	}
}

// late gives a note whose terms allow acceleration, with two instalments late for
// more than a month.
func (s *stage) late() ledger.NoteID { return s.lateOn(terms()) }

func (s *stage) lateOn(t ledger.Terms) ledger.NoteID {
	t.Acceleration = true
	id := s.issue(t, s.borrower)
	s.now = noon("2026-06-15")
	return id
}

// lateBusiness is late with a late rate that no table is needed for.
func (s *stage) lateBusiness() ledger.NoteID {
	t := terms()
	t.Consumer, t.LateRate = false, new(rate("24"))
	return s.lateOn(t)
}

func (s *stage) acceleration() ledger.AccelerateBody {
	return ledger.AccelerateBody{Effective: s.today().AddDays(28), DeliveredOn: s.today(), Channel: "letter", Content: ledger.PayloadDigest([]byte("letter"))}
}

func (s *stage) accelerated(id ledger.NoteID) ledger.NoteID {
	s.do(s.lender, ledger.OpAccelerate, string(id), s.acceleration())
	return id
}

// barred gives a note that nobody claimed for more than three years.
func (s *stage) barred() ledger.NoteID {
	t := terms()
	t.Kind = ledger.Simple
	id := s.issue(t, s.borrower)
	s.after(3*365 + 2)
	return id
}

func (s *stage) interruption(kind ledger.InterruptionKind) ledger.InterruptBody {
	b := ledger.InterruptBody{Kind: kind, On: s.today(), Content: ledger.PayloadDigest([]byte("proof"))}
	switch kind {
	case ledger.Demand:
		b.Channel = "letter"
	case ledger.Filing:
		b.Reference = "Ä 12-26"
	}
	return b
}

func resolution(n *ledger.Note, o ledger.DisputeOutcome) ledger.DisputeResolveBody {
	b := ledger.DisputeResolveBody{Dispute: 1, Outcome: o, Text: "as agreed on the telephone"}
	switch {
	case len(n.Disputes) > 0:
		b.Dispute = n.Disputes[0].Seq
	case len(n.Claims) > 0:
		b.Dispute = n.Claims[0].Seq
	}
	return b
}
