package ledger_test

import (
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// reliefSituations are those that fees and reliefs tell apart.
func reliefSituations() []situation {
	return []situation{
		{"active, overdue", (*stage).overdue},
		{"active, overdue, mandate", func(s *stage) ledger.NoteID {
			id := s.active()
			s.mandate(id, s.lender, s.servicer)
			s.after(60)
			return id
		}},
		{"active, overdue, charged", func(s *stage) ledger.NoteID {
			id := s.overdue()
			s.charge(id, s.lender, finance.DemandCharge, 180_00)
			return id
		}},
		{"active, overdue, late-free", func(s *stage) ledger.NoteID {
			id := s.overdue()
			s.do(s.lender, ledger.OpRelief, string(id), ledger.ReliefBody{
				Part: ledger.PartLateInterest, Ground: ledger.GroundHardship, Reason: "Ill.", LateFreeUntil: s.today().AddDays(30),
			})
			return id
		}},
		{"active, debt relief", func(s *stage) ledger.NoteID {
			id := s.overdue()
			s.do(s.court, ledger.OpDebtRelief, string(id), debtRelief(s, 40))
			return id
		}},
	}
}

// overdue gives a note whose first instalment is a month late.
func (s *stage) overdue() ledger.NoteID {
	id := s.active()
	s.after(60)
	return id
}

func (s *stage) charge(id ledger.NoteID, who *actor, kind finance.ChargeKind, amount finance.Amount) *ledger.Note {
	return s.do(who, ledger.OpCharge, string(id), s.chargeBody(kind, amount)).Note
}

func (s *stage) chargeBody(kind finance.ChargeKind, amount finance.Amount) ledger.ChargeBody {
	return ledger.ChargeBody{Kind: kind, Amount: sek(amount), On: s.today(), About: ledger.PayloadDigest([]byte("the letter"))}
}

func debtRelief(s *stage, percent int) ledger.DebtReliefBody {
	return ledger.DebtReliefBody{Decision: "K 4711-26", OpenedOn: s.today(), LeftPercent: &percent}
}

// reliefVariants are about fees, what is taken off and what is netted.
func reliefVariants() []variant {
	of := func(name string, op ledger.Op, body func(*stage, ledger.NoteID) any) variant {
		return variant{name, op, func(s *stage, id ledger.NoteID, _ *actor) any { return body(s, id) }}
	}
	relief := func(part ledger.PartKind) func(*stage, ledger.NoteID) any {
		return func(*stage, ledger.NoteID) any {
			return ledger.ReliefBody{Part: part, Ground: ledger.GroundGoodwill, Reason: "As agreed on the telephone."}
		}
	}
	charge := func(kind finance.ChargeKind, amount finance.Amount) func(*stage, ledger.NoteID) any {
		return func(s *stage, _ ledger.NoteID) any { return s.chargeBody(kind, amount) }
	}
	return []variant{
		of("charge a reminder", ledger.OpCharge, charge(finance.ReminderCharge, 60_00)),
		of("charge a demand", ledger.OpCharge, charge(finance.DemandCharge, 180_00)),
		of("charge a plan", ledger.OpCharge, charge(finance.PlanCharge, 170_00)),
		of("relief of costs", ledger.OpRelief, relief(ledger.PartCosts)),
		of("relief of late interest", ledger.OpRelief, relief(ledger.PartLateInterest)),
		of("relief of interest", ledger.OpRelief, relief(ledger.PartInterest)),
		of("setoff of a part", ledger.OpSetoff, func(s *stage, _ ledger.NoteID) any {
			return ledger.SetoffBody{Amount: sek(1_00), On: s.today(), Ground: "A deposit that was not returned."}
		}),
		of("setoff of all", ledger.OpSetoff, func(s *stage, id ledger.NoteID) any {
			n := s.known(id)
			sum, err := ledger.Summarize(n, s.m.Holder(n), s.today())
			if err != nil {
				s.t.Fatalf("deriving what is owed: %v", err)
			}
			return ledger.SetoffBody{Amount: sek(max(1, sum.Total.Amount)), On: s.today(), Ground: "Wages that were not paid."}
		}),
		of("debt.relief of a part", ledger.OpDebtRelief, func(s *stage, _ ledger.NoteID) any { return debtRelief(s, 40) }),
		of("debt.relief of all", ledger.OpDebtRelief, func(s *stage, _ ledger.NoteID) any { return debtRelief(s, 0) }),
	}
}
