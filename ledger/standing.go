package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// What people who work with a debt ask of it on a day, and what follows from the
// note and the day alone.

// Bucket says how long the oldest instalment that is not paid has been late, in
// calendar days; empty for a note that is no debt.
type Bucket string

// The buckets, by which the age of debts is reported.
const (
	BucketCurrent Bucket = "0"
	Bucket30      Bucket = "1-30"
	Bucket60      Bucket = "31-60"
	Bucket90      Bucket = "61-90"
	BucketOld     Bucket = "90+"
)

// Buckets lists every bucket, from the youngest.
func Buckets() []Bucket { return []Bucket{BucketCurrent, Bucket30, Bucket60, Bucket90, BucketOld} }

// BucketOf gives the bucket of a number of days.
func BucketOf(daysPastDue int) Bucket {
	switch {
	case daysPastDue <= 0:
		return BucketCurrent
	case daysPastDue <= 30:
		return Bucket30
	case daysPastDue <= 60:
		return Bucket60
	case daysPastDue <= 90:
		return Bucket90
	}
	return BucketOld
}

// PlanGraceDays is how many calendar days an instalment of a plan may be late
// before the plan counts as broken. It is the registry's own promise to who has a
// plan: a bank transfer that is a weekend late breaks nothing.
const PlanGraceDays = 7

// PhaseKind says how a debt is paid back just now.
type PhaseKind string

// The kinds of phase.
const (
	PhaseTerms       PhaseKind = "terms"       // as was signed, perhaps at another rate
	PhasePlan        PhaseKind = "plan"        // by a plan that was agreed
	PhasePause       PhaseKind = "pause"       // nothing until a day, and then as before
	PhaseTerm        PhaseKind = "term"        // in another time that was agreed
	PhaseAccelerated PhaseKind = "accelerated" // all of it at once, on a day
)

// Phase is how a debt is paid back on a day.
type Phase struct {
	Kind PhaseKind `json:"kind"`
	Seq  uint64    `json:"seq,omitempty"` // of the amendment or the accelerate that began it
	// Since is the day on which it was agreed, or the borrower told.
	Since    finance.Date `json:"since,omitzero"`
	FirstDue finance.Date `json:"first_due,omitzero"` // of the schedule in force
	Until    finance.Date `json:"until,omitzero"`     // when its last instalment falls due
	// Running says that a plan is kept, or that a pause has not ended: nothing
	// beyond it is demanded meanwhile.
	Running bool `json:"running,omitempty"`
	// BrokenOn is the day on which a plan or what a pause put off became more than
	// PlanGraceDays late.
	BrokenOn finance.Date `json:"broken_on,omitzero"`
}

// phaseOn gives the phase of a day from what is overdue then.
func (n *Note) phaseOn(day finance.Date, arrears finance.Arrears) (Phase, error) {
	rows, _, err := Instalments(n)
	if err != nil {
		return Phase{}, err
	}
	p := Phase{Kind: PhaseTerms, Since: n.Terms.AgreedOn}
	if len(rows) > 0 {
		p.FirstDue, p.Until = rows[0].Due, rows[len(rows)-1].Due
	}
	// Another rate leaves the way of paying back as it was.
	for _, m := range slices.Backward(n.Amendments) {
		if m.Kind != AmendRate {
			p.Kind, p.Seq, p.Since = PhaseKind(m.Kind), m.Seq, m.On
			break
		}
	}
	if n.accelerates() {
		p.Kind, p.Seq, p.Since = PhaseAccelerated, n.Acceleration.Seq, n.Acceleration.DeliveredOn
	}
	if p.Kind != PhasePlan && p.Kind != PhasePause {
		return p, nil
	}
	if arrears.DaysPastDue > PlanGraceDays {
		p.BrokenOn = arrears.OldestPayBy.AddDays(PlanGraceDays + 1)
	}
	p.Running = p.BrokenOn.IsZero() && (p.Kind == PhasePlan || day.Before(p.FirstDue))
	return p, nil
}

// CureOffer is what a borrower pays, and by when, to keep the schedule where all
// is to fall due ahead of it.
type CureOffer struct {
	By     finance.Date   `json:"by"`
	Amount finance.Amount `json:"amount"` // on this day, in minor units
}

// cureOn gives what cures the acceleration in force; nil where nothing can.
func (n *Note) cureOn(day finance.Date) (*CureOffer, error) {
	if !n.accelerates() || n.Acceleration.CureUsed || day.After(n.Acceleration.Effective) {
		return nil, nil
	}
	left, err := n.cureLeft(n.Balance.AccruedTo, n.Owed().LateInterest)
	return &CureOffer{By: n.Acceleration.Effective, Amount: left}, err
}

// cureLeft gives what is left to pay of what was overdue on a day by the schedule
// as it would go on, and of the late interest until then. Interest is counted to
// that day. Costs that were paid meanwhile count too: that payments are used for
// costs first must not cost the borrower the schedule.
func (n *Note) cureLeft(day finance.Date, late finance.Amount) (finance.Amount, error) {
	then := n.clone()
	then.Acceleration = nil
	terms, standing := then.current()
	arrears, err := finance.Overdue(terms, standing, day)
	if err != nil {
		return 0, err
	}
	left := arrears.Charges + arrears.Principal + arrears.Interest + late
	for _, p := range n.Payments {
		if !p.Reversed && !p.On.Before(n.Acceleration.DeliveredOn) && !p.On.After(n.Acceleration.Effective) {
			left -= p.Parts.Costs
		}
	}
	return max(0, left), nil
}

// AwaitedKind says what waits for an answer.
type AwaitedKind string

// The kinds of what waits.
const (
	AwaitedClaim   AwaitedKind = "claim"   // a payment that the borrower says it made
	AwaitedDispute AwaitedKind = "dispute" // an objection
)

// Awaited is a question of a borrower that waits for the creditor's answer.
type Awaited struct {
	Kind     AwaitedKind  `json:"kind"`
	Seq      uint64       `json:"seq"` // of the pay.claim or the dispute.raise
	By       PartyID      `json:"by"`
	On       finance.Date `json:"on"`
	AnswerBy finance.Date `json:"answer_by"` // the last day in time
}

func (n *Note) awaited() []Awaited {
	var all []Awaited
	for _, c := range n.Claims {
		all = append(all, Awaited{Kind: AwaitedClaim, Seq: c.Seq, By: c.By, On: c.On, AnswerBy: c.AnswerBy})
	}
	for _, d := range n.Disputes {
		all = append(all, Awaited{Kind: AwaitedDispute, Seq: d.Seq, By: d.By, On: d.On, AnswerBy: d.AnswerBy()})
	}
	slices.SortStableFunc(all, func(a, b Awaited) int { return a.AnswerBy.Compare(b.AnswerBy) })
	return all
}
