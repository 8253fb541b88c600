package ledger

import "github.com/skuld-registry/skuld/ledger/finance"

// CostMeter says what a credit has cost so far, of the most that it may cost
// (2010:1846 par. 19 b): the set-up fee, interest, late interest and every fee,
// paid or owed, whoever held the note. What was forgiven cost nothing. Amounts are
// minor units of the note's currency.
type CostMeter struct {
	Limit   finance.Amount `json:"limit"`
	Charged finance.Amount `json:"charged"`
	Left    finance.Amount `json:"left"`
	Rule    string         `json:"rule"`   // ID of the dated rule
	Source  string         `json:"source"` // where it can be read
}

// costMeter gives the meter as of the last count of interest; nil where the costs
// have no cap.
func (n *Note) costMeter() *CostMeter {
	most, ok := n.capOfCosts()
	if !ok {
		return nil
	}
	b, owed := &n.Balance, n.Owed()
	m := CostMeter{Limit: most.Limit, Rule: most.Rule, Source: most.Source}
	m.Charged = owed.Costs + owed.LateInterest + owed.Interest + b.PaidCosts + b.PaidLate + b.PaidInterest
	m.Left = max(0, m.Limit-m.Charged)
	return &m
}

func (n *Note) capOfCosts() (finance.CostCap, bool) {
	t := &n.Terms
	return finance.CapOfCosts(finance.CostCapFacts{
		Jurisdiction: t.Jurisdiction, AgreedOn: t.AgreedOn, Consumer: t.Consumer, Housing: t.Housing, Principal: t.Principal.Amount,
	})
}

// room gives what may still be charged of interest; nil where the costs have no
// cap. One minor unit stays free: interest and late interest are each rounded when
// they are paid, and that must not pass the cap.
func (n *Note) room() *finance.Room {
	most, ok := n.capOfCosts()
	if !ok {
		return nil
	}
	b := &n.Balance
	charged := micro(b.Costs+b.PaidCosts+b.PaidLate+b.PaidInterest+1) + b.InterestMicro + b.LateMicro
	return &finance.Room{Micro: max(0, micro(most.Limit)-charged), Rule: most.Rule, Source: most.Source}
}

// accrualInput gives what decides the interest of a note in a stretch of time. The
// caller adds whether the gate was open, and the room that there was.
func (n *Note) accrualInput(from, to finance.Date) finance.AccrualInput {
	in := finance.AccrualInput{From: from, To: to, AgreedOn: n.Terms.AgreedOn, Consumer: n.Terms.Consumer, Housing: n.Terms.Housing}
	if f := n.LateFree; f != nil {
		in.LateHalt = finance.Halt{From: f.From, Until: f.Until, Rule: ruleRelief, Source: "SFS 1975:635 par. 8"}
	}
	if d := n.DebtRelief; d != nil {
		in.Stop = finance.Halt{From: d.OpenedOn, Rule: ruleDebtRelief, Source: "SFS 2016:675"}
	}
	return in
}

// What a line of interest names as its rule where an entry on the note is the reason
// that nothing is charged.
const (
	ruleRelief     = "relief"
	ruleDebtRelief = "debt_relief"
)
