package sim

import (
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// reliefBody writes a fee, what is taken off and what is netted, mostly so that it
// fits the note.
func (s *simulation) reliefBody(op ledger.Op, n *ledger.Note) any {
	switch op {
	case ledger.OpCharge:
		return s.charge()
	case ledger.OpRelief:
		return s.relief(n)
	case ledger.OpSetoff:
		b := ledger.SetoffBody{Amount: s.amount(n), On: s.daysAgo(), Ground: secretWord}
		if s.chance(30) {
			b.Claim = s.claim(n)
		}
		return b
	}
	b := ledger.DebtReliefBody{Decision: secretWord, OpenedOn: s.daysAgo()}
	if s.chance(70) {
		b.LeftPercent = new(s.rng.IntN(101))
	} else {
		b.LeftAmount = new(s.amount(n))
	}
	return b
}

func (s *simulation) charge() ledger.ChargeBody {
	kinds := []finance.ChargeKind{finance.ReminderCharge, finance.DemandCharge, finance.DemandCharge, finance.PlanCharge, finance.LatePaymentCharge}
	fees := []finance.Amount{60_00, 160_00, 180_00, 500_00}
	return ledger.ChargeBody{
		Kind: pick(s, kinds), Amount: finance.Money{Amount: pick(s, fees), Currency: "SEK"}, On: s.daysAgo(), About: ledger.PayloadDigest([]byte(secretWord)),
	}
}

func (s *simulation) relief(n *ledger.Note) ledger.ReliefBody {
	b := ledger.ReliefBody{
		Part:   pick(s, []ledger.PartKind{ledger.PartCosts, ledger.PartLateInterest, ledger.PartInterest}),
		Ground: pick(s, []ledger.ReliefGround{ledger.GroundHardship, ledger.GroundError, ledger.GroundGoodwill, ledger.GroundComplaint}),
		Reason: secretWord,
	}
	if s.chance(30) {
		b.Amount = new(s.amount(n))
	}
	if b.Part == ledger.PartCosts && len(n.Charges) > 0 && s.chance(50) {
		b.Charge = pick(s, n.Charges).Seq
	}
	if b.Part != ledger.PartCosts && b.Ground == ledger.GroundHardship {
		b.LateFreeUntil = finance.DateOf(s.clock).AddDays(s.rng.IntN(400))
	}
	return b
}
