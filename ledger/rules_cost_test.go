package ledger_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// dear gives a note that costs as much as it lends within some years.
func (s *stage) dear() ledger.NoteID {
	t := terms()
	t.Rate = rate("20")
	t.Schedule.Instalments = 60
	return s.issue(t, s.borrower)
}

// TestTheMeterCountsAllThatACreditCosts, whoever held the note (2010:1846 par. 19 b).
func TestTheMeterCountsAllThatACreditCosts(t *testing.T) {
	s := newStage(t)
	id := s.overdue()
	s.charge(id, s.lender, finance.DemandCharge, 180_00)
	s.pay(id, s.lender, 400_00)
	s.sell(id, s.lender, s.buyer)
	s.notify(id, s.buyer)
	s.after(10)
	sum := s.summary(id)
	b := s.note(id).Balance
	charged := sum.Owed.Costs + sum.Owed.LateInterest + sum.Owed.Interest + b.PaidCosts + b.PaidLate + b.PaidInterest
	want := ledger.CostMeter{
		Limit: 12_000_00, Charged: charged, Left: 12_000_00 - charged, Rule: "SE-2010:1846-19b", Source: "SFS 2010:1846 par. 19 b",
	}
	if sum.Costs == nil || *sum.Costs != want || charged < 280_00 {
		t.Errorf("got  %+v\nwant %+v", sum.Costs, want)
	}
	s.do(s.buyer, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(sum.Owed.Costs + sum.Owed.LateInterest)})
	if got := s.summary(id).Costs.Charged; got != charged-sum.Owed.Costs-sum.Owed.LateInterest {
		t.Errorf("what was forgiven still costs: %d of %d", got, charged)
	}
	business := terms()
	business.Consumer = false
	if sum := s.summary(s.issue(business, s.borrower)); sum.Costs != nil {
		t.Errorf("of a debtor who is no consumer there is %+v", sum.Costs)
	}
}

// TestNothingIsChargedPastTheCap: interest stops a minor unit before it, and says
// why; a fee is refused.
func TestNothingIsChargedPastTheCap(t *testing.T) {
	s := newStage(t)
	id := s.dear()
	s.after(9 * 365)
	sum := s.summary(id)
	if sum.Costs.Left != 1 || sum.Costs.Charged != 12_000_00-1 {
		t.Fatalf("the meter is %+v", sum.Costs)
	}
	last := sum.Lines[len(sum.Lines)-1]
	for _, line := range sum.Lines {
		if line.Rule == "SE-2010:1846-19b" {
			last = line
		}
	}
	if last.Rule != "SE-2010:1846-19b" || last.To != s.today() {
		t.Errorf("the lines end with %+v", last)
	}
	s.refuse(ledger.Refuse(ledger.CodeCostCap, "limit", "12000.00 SEK", "left", "0.01 SEK", "source", "SFS 2010:1846 par. 19 b"),
		s.lender, ledger.OpCharge, string(id), s.chargeBody(finance.DemandCharge, 180_00))
	s.after(30)
	if later := s.summary(id); later.Total != sum.Total {
		t.Errorf("a month later %v are owed, and %v before", later.Total, sum.Total)
	}
}

// TestTheCapIsNeverPassed plays years of a dear note: payments that are booked late
// and taken back, fees, reliefs, plans, and nothing ever makes it cost more than it lent.
func TestTheCapIsNeverPassed(t *testing.T) {
	t.Parallel()
	base := newStage(t)
	all := variants()
	rapid.Check(t, func(rt *rapid.T) {
		s := base.fork()
		s.t = rt
		id := s.dear()
		for range 25 {
			n := s.note(id)
			if n.Status != ledger.StatusActive {
				return
			}
			s.after(rapid.SampledFrom([]int{1, 30, 200, 700}).Draw(rt, "days"))
			name := rapid.SampledFrom([]string{"pay a part", "pay a part", "pay.reverse", "charge a demand", "charge a reminder", "charge a plan",
				"relief of interest", "relief of late interest", "relief of costs", "forgive a part", "setoff of a part", "plan"}).Draw(rt, "what")
			before := n
			if name == "plan" {
				s.propose(id)
				continue
			}
			for _, v := range all {
				if v.name != name {
					continue
				}
				body := v.body(s, id, s.lender)
				if p, ok := body.(ledger.PayBody); ok {
					p.Amount.Amount = rapid.SampledFrom([]finance.Amount{1_00, 900_00, 5_000_00}).Draw(rt, "amount")
					p.PaidOn = p.PaidOn.AddDays(-rapid.SampledFrom([]int{0, 20, 300}).Draw(rt, "booked late"))
					body = p
				}
				if _, err := s.try(s.lender, v.op, string(id), body); ledger.CodeOf(err) == "" && err != nil {
					rt.Fatalf("%s: %v", name, err)
				}
			}
			after := s.note(id)
			if err := model.CheckNote(after, s.m.Holder(after)); err != nil {
				rt.Fatalf("%s on %s after %+v: %v", name, s.today(), before.Balance, err)
			}
			if sum := s.summary(id); sum.Costs != nil && sum.Costs.Charged > sum.Costs.Limit {
				rt.Fatalf("%s on %s made it cost %+v", name, s.today(), sum.Costs)
			}
		}
	})
}

// propose agrees on a plan, where one is possible.
func (s *stage) propose(id ledger.NoteID) {
	body := ledger.AmendProposeBody{Amendment: s.planOf()}
	if _, err := s.try(s.borrower, ledger.OpAmendPropose, string(id), body); err == nil {
		s.agree(id, s.lender)
	}
}
