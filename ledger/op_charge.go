package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// OpCharge adds a fee for the trouble of collecting to what is owed.
const OpCharge Op = "charge"

// MaxCharges bounds the fees of one note, which all stay written on it.
const MaxCharges = 64

// ChargeBody is the body of a charge.
type ChargeBody struct {
	Kind   finance.ChargeKind `json:"kind"`
	Amount finance.Money      `json:"amount"`
	On     finance.Date       `json:"on"`             // day of the reminder, the demand or the plan
	About  Digest             `json:"about,omitzero"` // SHA-256 of the letter that was sent; of a reminder and a demand always
}

// Charge is a fee that was added to what is owed.
type Charge struct {
	Seq    uint64             `json:"seq"` // of the charge
	Kind   finance.ChargeKind `json:"kind"`
	By     PartyID            `json:"by"`
	On     finance.Date       `json:"on"`
	Amount finance.Amount     `json:"amount"`
	About  Digest             `json:"about,omitzero"`
	// Arrears is the due date of the oldest instalment that was overdue, and Plan
	// the seq of the plan that the fee is for. A fee comes once for either.
	Arrears  finance.Date   `json:"arrears,omitzero"`
	Plan     uint64         `json:"plan,omitempty"`
	Rule     string         `json:"rule"`               // by which the fee may be charged
	Relieved finance.Amount `json:"relieved,omitempty"` // what of it was taken off again by a relief that names it
}

func (b *ChargeBody) check() error {
	switch {
	case !b.Kind.Valid():
		return invalid("kind", "reminder, demand, plan or late_payment")
	case b.Amount.Amount <= 0 || b.Amount.Amount > finance.MaxAmount:
		return Refuse(CodeAmountNotPositive)
	case b.On.IsZero():
		return invalid("on", "a date")
	case b.About.IsZero() && (b.Kind == finance.ReminderCharge || b.Kind == finance.DemandCharge):
		return invalid("about", "the SHA-256 of the letter")
	}
	return nil
}

// applyCharge adds a fee to the costs, where law and note allow it: for what was
// done in writing, once, while payment may be demanded and is late.
func applyCharge(a *act, b body) error {
	c := b.(*ChargeBody)
	if len(a.note.Charges) >= MaxCharges {
		return Refuse(CodeLimit, "what", "charges", "limit", itoa(MaxCharges))
	}
	want := a.note.Terms.Principal.Currency
	switch {
	case c.Amount.Currency != want:
		return Refuse(CodeCurrencyOther, "want", string(want))
	case c.On.After(a.today()):
		return Refuse(CodeDateFuture, "field", "on")
	}
	s, err := Summarize(a.note, a.holder, a.today())
	if err != nil {
		return err
	}
	if err := a.note.refuseFee(c.Kind, &s); err != nil {
		return err
	}
	charge := Charge{Seq: a.cmd.Seq, Kind: c.Kind, By: a.actor.ID, On: c.On, Amount: c.Amount.Amount, About: c.About}
	if err := a.note.ground(&charge, &s.Arrears); err != nil {
		return err
	}
	if err := a.note.limitCharge(&charge, s.Costs); err != nil {
		return err
	}
	if err := a.accrue(); err != nil {
		return err
	}
	a.note.Balance.Costs += charge.Amount
	a.note.Charges = append(a.note.Charges, charge)
	return nil
}

// refuseFee refuses every fee while payment may not be demanded, or is agreed to
// cost nothing more, and all but that of a plan while one is kept.
func (n *Note) refuseFee(kind finance.ChargeKind, s *Summary) error {
	is := func(r Reason) bool { return slices.Contains(s.Reasons, r) }
	switch {
	case is(ReasonGateClosed):
		return Refuse(CodeBorrowerNotTold)
	case is(ReasonDisputed) || is(ReasonClaimOpen): // what is said to be paid may not be late
		return Refuse(CodeNoteDisputed)
	case is(ReasonBarred):
		return Refuse(CodeNoteBarred, "barred_after", s.BarredAfter.String())
	case is(ReasonDebtRelief):
		return Refuse(CodeDebtRelief)
	case n.freeOfCost():
		return Refuse(CodeFreeOfCost)
	case kind != finance.PlanCharge && s.Phase.Running:
		return Refuse(CodePlanRunning)
	}
	return nil
}

// ground writes into a fee what it is for, and refuses a second one for the same.
func (n *Note) ground(c *Charge, arrears *finance.Arrears) error {
	earliest := laterOf(n.Terms.AgreedOn, n.Notified.On)
	if c.Kind == finance.PlanCharge {
		plan := n.plan()
		if plan == nil {
			return Refuse(CodeNoPlan)
		}
		c.Plan, earliest = plan.Seq, laterOf(earliest, plan.On)
	} else {
		if arrears.OldestDue.IsZero() {
			return Refuse(CodeNothingOverdue)
		}
		c.Arrears, earliest = arrears.OldestDue, laterOf(earliest, arrears.OldestPayBy.AddDays(1))
	}
	if c.On.Before(earliest) {
		return Refuse(CodeDateEarly, "field", "on", "earliest", earliest.String())
	}
	for i := range n.Charges {
		if was := &n.Charges[i]; was.Kind == c.Kind && was.Arrears == c.Arrears && was.Plan == c.Plan {
			return Refuse(CodeChargeRepeated, "charge", itoa(was.Seq))
		}
	}
	return nil
}

// plan gives the plan that is in force, nil where the last amendment is another.
func (n *Note) plan() *Plan {
	if i := len(n.Amendments) - 1; i >= 0 && n.Amendments[i].Kind == AmendPlan {
		return &n.Amendments[i]
	}
	return nil
}

// limitCharge refuses a fee that is more than law and note allow, and writes into
// it by which rule it may be charged.
func (n *Note) limitCharge(c *Charge, costs *CostMeter) error {
	t := &n.Terms
	limit, err := finance.LimitCharge(finance.ChargeFacts{
		Kind: c.Kind, Jurisdiction: t.Jurisdiction, Consumer: t.Consumer, CreditPurchase: t.CreditPurchase,
		AgreedOn: t.AgreedOn, On: c.On, Agreed: t.Fees.Reminder, Currency: t.Principal.Currency,
	})
	switch {
	case err != nil:
		return err
	case limit.AtMost == 0:
		return Refuse(CodeChargeForbidden, "kind", string(c.Kind))
	case c.Amount > limit.AtMost:
		return Refuse(CodeChargeTooHigh, "limit", n.money(limit.AtMost), "source", limit.Source)
	case costs != nil && c.Amount > costs.Left:
		return Refuse(CodeCostCap, "limit", n.money(costs.Limit), "left", n.money(costs.Left), "source", costs.Source)
	}
	c.Rule = limit.Rule
	return nil
}

// money writes an amount in the note's currency.
func (n *Note) money(a finance.Amount) string {
	return finance.Money{Amount: a, Currency: n.Terms.Principal.Currency}.String()
}

// chargedSince sums the fees that were added after a command, and what is left of
// them without what reliefs took off.
func (n *Note) chargedSince(seq uint64) (charged, net finance.Amount) {
	for i := range n.Charges {
		if c := &n.Charges[i]; c.Seq > seq {
			charged += c.Amount
			net += c.Amount - c.Relieved
		}
	}
	return charged, net
}
