package ledger_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func hardship(part ledger.PartKind) ledger.ReliefBody {
	return ledger.ReliefBody{Part: part, Ground: ledger.GroundHardship, Reason: "On sick leave since March."}
}

// TestAHumanTakesOffWhatIsOwedOfAPart, with a reason, and it stays written.
func TestAHumanTakesOffWhatIsOwedOfAPart(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	owed := s.summary(id).Owed
	if owed.LateInterest == 0 || owed.Interest == 0 || owed.Costs != 100_00 {
		t.Fatalf("owed are %+v", owed)
	}
	s.do(s.lender, ledger.OpRelief, string(id), hardship(ledger.PartLateInterest))
	part := hardship(ledger.PartInterest)
	part.Amount = new(sek(10_00))
	s.do(s.lender, ledger.OpRelief, string(id), part)
	n := s.do(s.lender, ledger.OpRelief, string(id), hardship(ledger.PartCosts)).Note
	want := finance.Owed{Interest: owed.Interest - 10_00, Principal: owed.Principal}
	if got := n.Owed(); got != want {
		t.Errorf("left are %+v, want %+v", got, want)
	}
	b := n.Balance
	if b.ForgivenLate != owed.LateInterest || b.ForgivenInterest != 10_00 || b.ForgivenCosts != owed.Costs || b.LateMicro != 0 {
		t.Errorf("the balance is %+v", b)
	}
	first := ledger.Relief{Seq: n.Seq - 2, By: s.lender.id, On: s.today(), Part: ledger.PartLateInterest, Amount: owed.LateInterest,
		Ground: ledger.GroundHardship, Reason: "On sick leave since March."}
	if len(n.Reliefs) != 3 || n.Reliefs[0] != first {
		t.Errorf("written are %+v", n.Reliefs)
	}
}

// TestAFeeIsTakenOffByItsNumber, and only once.
func TestAFeeIsTakenOffByItsNumber(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	s.mandate(id, s.lender, s.servicer)
	charge := s.charge(id, s.lender, finance.DemandCharge, 180_00).Seq
	body := hardship(ledger.PartCosts)
	body.Charge, body.Amount = charge, new(sek(100_00))
	s.do(s.servicer, ledger.OpRelief, string(id), body)
	s.refuse(ledger.Refuse(ledger.CodeReliefExceeds, "owed", "80.00 SEK"), s.lender, ledger.OpRelief, string(id), body)
	body.Amount = nil
	n := s.do(s.lender, ledger.OpRelief, string(id), body).Note
	if n.Charges[0].Relieved != 180_00 || n.Balance.Costs != 100_00 || n.Balance.ForgivenCosts != 180_00 {
		t.Errorf("it leaves %+v and %+v", n.Charges, n.Balance)
	}
	s.refuse(ledger.Refuse(ledger.CodeReliefExceeds, "owed", "0.00 SEK"), s.lender, ledger.OpRelief, string(id), body)
	body.Charge = charge + 1
	s.refuse(code(ledger.CodeChargeUnknown), s.lender, ledger.OpRelief, string(id), body)
}

func TestReliefsThatAreRefused(t *testing.T) {
	base := newStage(t)
	id := base.overdue()
	relief := func(part ledger.PartKind, change func(*ledger.ReliefBody)) ledger.ReliefBody {
		b := hardship(part)
		change(&b)
		return b
	}
	invalid := code(ledger.CodeBodyInvalid)
	table := []struct {
		name string
		body ledger.ReliefBody
		want *ledger.Error
	}{
		{"of the principal, which is forgiven", hardship(ledger.PartPrincipal), invalid},
		{"without a reason", relief(ledger.PartCosts, func(b *ledger.ReliefBody) { b.Reason = "" }), invalid},
		{"on no ground", relief(ledger.PartCosts, func(b *ledger.ReliefBody) { b.Ground = "" }), invalid},
		{"of a fee that is interest", relief(ledger.PartInterest, func(b *ledger.ReliefBody) { b.Charge = 3 }), invalid},
		{"late-free for goodwill", relief(ledger.PartLateInterest, func(b *ledger.ReliefBody) {
			b.Ground, b.LateFreeUntil = ledger.GroundGoodwill, base.today()
		}), invalid},
		{"late-free for costs", relief(ledger.PartCosts, func(b *ledger.ReliefBody) { b.LateFreeUntil = base.today() }), invalid},
		{"nothing", relief(ledger.PartCosts, func(b *ledger.ReliefBody) { b.Amount = new(sek(0)) }), code(ledger.CodeAmountNotPositive)},
		{"another currency", relief(ledger.PartCosts, func(b *ledger.ReliefBody) { b.Amount = &finance.Money{Amount: 1, Currency: "EUR"} }),
			ledger.Refuse(ledger.CodeCurrencyOther, "want", "SEK")},
		{"more than is owed", relief(ledger.PartCosts, func(b *ledger.ReliefBody) { b.Amount = new(sek(100_01)) }),
			ledger.Refuse(ledger.CodeReliefExceeds, "owed", "100.00 SEK")},
		{"late-free until yesterday", relief(ledger.PartInterest, func(b *ledger.ReliefBody) { b.LateFreeUntil = base.today().AddDays(-1) }),
			code(ledger.CodeDateEarly)},
		{"late-free for too long", relief(ledger.PartInterest, func(b *ledger.ReliefBody) { b.LateFreeUntil = base.today().AddDays(367) }),
			ledger.Refuse(ledger.CodeLateFreeTooLong, "latest", base.today().AddDays(366).String())},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			s := base.fork()
			s.t = t
			s.refuse(c.want, s.lender, ledger.OpRelief, string(id), c.body)
		})
	}
}

// TestNominalInterestIsTheHoldersToTakeOff: who collects takes off costs and late
// interest, and of a pledged note the holder takes off no security.
func TestNominalInterestIsTheHoldersToTakeOff(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	s.pledge(id, s.lender, s.bank)
	s.mandate(id, s.bank, s.servicer)
	s.refuse(code(ledger.CodeNotePledged), s.lender, ledger.OpRelief, string(id), hardship(ledger.PartInterest))
	for _, who := range []*actor{s.bank, s.servicer} {
		s.refuse(code(ledger.CodeRoleForbidden), who, ledger.OpRelief, string(id), hardship(ledger.PartInterest))
	}
	s.do(s.bank, ledger.OpRelief, string(id), hardship(ledger.PartLateInterest))
	s.do(s.servicer, ledger.OpRelief, string(id), hardship(ledger.PartCosts))
}

// TestNoLateInterestRunsUntilTheDayThatWasPromised: 1975:635 par. 8.
func TestNoLateInterestRunsUntilTheDayThatWasPromised(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	s.do(s.lender, ledger.OpRelief, string(id), lateFree(s, 20))
	s.after(21)
	sum := s.summary(id)
	if sum.Owed.LateInterest != 0 || sum.Owed.Interest == 0 {
		t.Errorf("within the time there are %+v", sum.Owed)
	}
	explained := false
	for _, line := range sum.Lines {
		explained = explained || line.Rule == "relief" && line.Micro == 0
	}
	if !explained {
		t.Errorf("no line says why: %+v", sum.Lines)
	}
	s.after(1)
	if late := s.summary(id).Owed.LateInterest; late == 0 {
		t.Error("after the time there is no late interest")
	}
	// A shorter time does not take a longer one back.
	s.do(s.lender, ledger.OpRelief, string(id), lateFree(s, 30))
	n := s.do(s.lender, ledger.OpRelief, string(id), lateFree(s, 10)).Note
	if n.LateFree.Until != s.today().AddDays(30) {
		t.Errorf("it is late-free for %+v", n.LateFree)
	}
}

// lateFree is a relief for hardship that lets no late interest run for some days.
func lateFree(s *stage, days int) ledger.ReliefBody {
	b := hardship(ledger.PartLateInterest)
	b.LateFreeUntil = s.today().AddDays(days)
	return b
}
