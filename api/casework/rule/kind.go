package rule

import (
	"slices"
	"strconv"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Kind says what a rule does.
type Kind string

// The kinds of rule.
const (
	Reminder     Kind = "reminder"      // a reminder is sent
	ReminderFee  Kind = "reminder_fee"  // and its fee charged
	Demand       Kind = "demand"        // a demand is sent (1974:182 par. 5)
	DemandFee    Kind = "demand_fee"    // and its fee charged
	LateInterest Kind = "late_interest" // the borrower is told that late interest runs
	Acceleration Kind = "acceleration"  // somebody is to decide whether all falls due (2010:1846 par. 33)
	BrokenPlan   Kind = "broken_plan"   // somebody is to talk with the borrower about a plan that was not kept
	Priority     Kind = "priority"      // somebody is to call before more is written
)

// Kinds lists all kinds, in the order in which they are decided: a letter comes
// before its fee.
func Kinds() []Kind {
	return []Kind{BrokenPlan, LateInterest, Reminder, ReminderFee, Demand, DemandFee, Priority, Acceleration}
}

// Unit is what a figure of a rule counts.
type Unit string

// The units.
const (
	Days    Unit = "days"
	Money   Unit = "money" // minor units of the rule's currency
	Percent Unit = "percent"
)

// Measure is one figure that rules of a kind have.
type Measure struct {
	Name string
	Unit Unit
	// MoreCosts says that a larger figure costs borrowers more; else a smaller one
	// does, or comes sooner.
	MoreCosts bool
}

// text writes a figure as sayings want it.
func (m Measure) text(value int64, currency finance.Currency) string {
	if m.Unit == Money {
		return finance.Money{Amount: finance.Amount(value), Currency: currency}.String()
	}
	return strconv.FormatInt(value, 10)
}

// The figures of rules.
const (
	afterDays = "after_days" // how long after what came before
	payDays   = "pay_days"   // how long the borrower has to pay or object
	quietDays = "quiet_days" // how long nobody has talked with the borrower
	least     = "least"      // the smallest amount overdue that it is for
	fee       = "fee"        // the most that is charged
	share     = "percent"    // of the claim that must be overdue
)

// kindRow is a row of the table of kinds.
type kindRow struct {
	params []Measure
	// proposes says that it is never done but by a person.
	proposes bool
	// inPlan says that it looks after plans, too; the others rest while one runs, and
	// until somebody has talked about one that was not kept.
	inPlan bool
	// also are facts of the ledger that stop it, beside those that stop everything.
	also []ledger.Reason
	// due says whether it is time, and why or why not.
	due func(*Rule, *Facts) (bool, []Saying)
}

// stopping are the facts of the ledger while which nothing is demanded or charged.
var stopping = []ledger.Reason{
	ledger.ReasonGateClosed, ledger.ReasonFrozen, ledger.ReasonDisputed, ledger.ReasonClaimOpen, ledger.ReasonBarred, ledger.ReasonDebtRelief,
}

// kinds is the one table of kinds.
var kinds = map[Kind]kindRow{
	Reminder:     {params: []Measure{{Name: afterDays, Unit: Days}, {Name: payDays, Unit: Days}, {Name: least, Unit: Money}}, due: reminderDue},
	ReminderFee:  {params: []Measure{{Name: fee, Unit: Money, MoreCosts: true}}, also: []ledger.Reason{ledger.ReasonCostCap}, due: reminderFeeDue},
	Demand:       {params: []Measure{{Name: afterDays, Unit: Days}, {Name: payDays, Unit: Days}, {Name: least, Unit: Money}}, due: demandDue},
	DemandFee:    {params: []Measure{{Name: fee, Unit: Money, MoreCosts: true}}, also: []ledger.Reason{ledger.ReasonCostCap}, due: demandFeeDue},
	LateInterest: {params: []Measure{{Name: least, Unit: Money}}, also: []ledger.Reason{ledger.ReasonCostCap, ledger.ReasonLateFree}, due: lateInterestDue},
	Acceleration: {params: []Measure{{Name: afterDays, Unit: Days}, {Name: share, Unit: Percent}}, proposes: true, due: accelerationDue},
	BrokenPlan:   {params: []Measure{{Name: afterDays, Unit: Days}}, proposes: true, inPlan: true, due: brokenPlanDue},
	Priority:     {params: []Measure{{Name: afterDays, Unit: Days}, {Name: quietDays, Unit: Days}}, inPlan: true, due: priorityDue},
}

// Measures gives the figures that rules of the kind have, in their order on pages.
func (k Kind) Measures() []Measure { return slices.Clone(kinds[k].params) }

// Proposes says that rules of the kind never act by themselves: they ask a person.
func (k Kind) Proposes() bool { return kinds[k].proposes }
