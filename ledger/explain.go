package ledger

import "github.com/skuld-registry/skuld/ledger/finance"

// Reason is a fact that decides whether a debt may be collected, or that makes
// it another than the terms alone would.
type Reason string

// The reasons.
const (
	ReasonGateClosed Reason = "gate_closed"  // the borrower has not been told of the holder: no late interest, no demand (1936:81 par. 3)
	ReasonFrozen     Reason = "frozen"       // an authority prohibits payment
	ReasonDisputed   Reason = "disputed"     // an objection is open, or a claim of payment was not answered in time
	ReasonClaimOpen  Reason = "claim_open"   // a claim of payment waits for its answer
	ReasonBarred     Reason = "barred"       // the time to claim is over (1981:130)
	ReasonPlan       Reason = "plan_running" // an amendment is in force
	ReasonLateFree   Reason = "late_free"    // no late interest runs, by a relief (1975:635 par. 8)
	ReasonDebtRelief Reason = "debt_relief"  // an authority has relieved the borrower of debt: no interest, no demand (2016:675)
	ReasonCostCap    Reason = "cost_cap"     // all that the credit may cost has been charged: no interest (2010:1846 par. 19 b)
)

// reasons lists the facts of a day, in the order above.
func (n *Note) reasons(holder PartyID, asOf, barredAfter finance.Date) []Reason {
	var all []Reason
	add := func(r Reason, is bool) {
		if is {
			all = append(all, r)
		}
	}
	add(ReasonGateClosed, n.Notified.Holder != holder)
	add(ReasonFrozen, n.Status == StatusFrozen)
	add(ReasonDisputed, n.disputed(asOf))
	add(ReasonClaimOpen, len(n.Claims) > 0)
	add(ReasonBarred, !barredAfter.IsZero() && barredAfter.Before(asOf))
	add(ReasonPlan, len(n.Amendments) > 0)
	add(ReasonLateFree, n.LateFree != nil && !asOf.Before(n.LateFree.From) && !asOf.After(n.LateFree.Until))
	add(ReasonDebtRelief, n.DebtRelief != nil)
	return all
}

// disputed says whether an objection is open on a day, silence being one.
func (n *Note) disputed(asOf finance.Date) bool {
	for i := range n.Claims {
		if n.Claims[i].Unanswered(asOf) {
			return true
		}
	}
	return len(n.Disputes) > 0
}

// PartKind names a part of a debt.
type PartKind string

// The parts, in the order in which a payment is used for them.
const (
	PartCosts        PartKind = "costs"
	PartLateInterest PartKind = "late_interest"
	PartInterest     PartKind = "interest"
	PartPrincipal    PartKind = "principal"
)

// ExplainedPart says of one part of a debt how it came to what it is: what was
// charged until the last count of interest, less what was paid and forgiven, is
// Left; and with each line since then it is Owed.
type ExplainedPart struct {
	Kind     PartKind       `json:"kind"`
	Charged  finance.Amount `json:"charged"`
	Paid     finance.Amount `json:"paid"`
	Forgiven finance.Amount `json:"forgiven"`
	Left     finance.Amount `json:"left"`
	// LeftMicro is Left before it was rounded, in millionths of a minor unit. With
	// the Micro of each line, and rounded, it is Owed.
	LeftMicro int64          `json:"left_micro"`
	Lines     []finance.Line `json:"lines,omitempty"`
	Owed      finance.Amount `json:"owed"`
}

// Explanation says how what is owed on a day came about.
type Explanation struct {
	AsOf finance.Date `json:"as_of"`
	// CountedTo is the day of the last count of interest, from which lines begin.
	CountedTo finance.Date     `json:"counted_to,omitzero"`
	Currency  finance.Currency `json:"currency"`
	Parts     []ExplainedPart  `json:"parts,omitempty"`
	Total     finance.Amount   `json:"total"`
	Reasons   []Reason         `json:"reasons,omitempty"`
	// Missing names the rates without which late interest was not charged.
	Missing []finance.MissingRateError `json:"missing,omitempty"`
}

// Explain gives what is owed on a day part by part, each with how it came about.
// A note that is no debt has nothing to explain: its explanation has no parts.
func Explain(n *Note, holder PartyID, asOf finance.Date) (Explanation, error) {
	s, err := Summarize(n, holder, asOf)
	if err != nil {
		return Explanation{}, err
	}
	e := Explanation{
		AsOf: asOf, CountedTo: n.Balance.AccruedTo, Currency: s.Total.Currency, Total: s.Total.Amount, Reasons: s.Reasons, Missing: s.Missing,
	}
	if n.Status != StatusActive && n.Status != StatusFrozen {
		return e, nil
	}
	bal, left := &n.Balance, n.Owed()
	e.Parts = []ExplainedPart{
		{Kind: PartCosts, Paid: bal.PaidCosts, Forgiven: bal.ForgivenCosts, Left: left.Costs, LeftMicro: micro(bal.Costs), Owed: s.Owed.Costs},
		{Kind: PartLateInterest, Paid: bal.PaidLate, Forgiven: bal.ForgivenLate, Left: left.LateInterest, LeftMicro: bal.LateMicro, Owed: s.Owed.LateInterest},
		{Kind: PartInterest, Paid: bal.PaidInterest, Forgiven: bal.ForgivenInterest, Left: left.Interest, LeftMicro: bal.InterestMicro, Owed: s.Owed.Interest},
		{Kind: PartPrincipal, Paid: bal.PaidPrincipal, Forgiven: bal.ForgivenPrincipal, Left: left.Principal, LeftMicro: micro(bal.Principal), Owed: s.Owed.Principal},
	}
	for i := range e.Parts {
		p := &e.Parts[i]
		p.Charged = p.Left + p.Paid + p.Forgiven
		for _, line := range s.Lines {
			if string(line.Kind) == string(p.Kind) {
				p.Lines = append(p.Lines, line)
			}
		}
	}
	return e, nil
}
