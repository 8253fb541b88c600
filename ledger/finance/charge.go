package finance

// ChargeKind names a fee for the trouble of collecting. There are no others
// (1981:739).
type ChargeKind string

// The kinds of fee.
const (
	ReminderCharge    ChargeKind = "reminder"     // a written reminder that was sent
	DemandCharge      ChargeKind = "demand"       // a written demand by 1974:182 par. 5 that was sent
	PlanCharge        ChargeKind = "plan"         // an instalment plan that was made together with the debtor
	LatePaymentCharge ChargeKind = "late_payment" // compensation by a trader that pays late for goods or services
)

// chargeMeasures says which rules limit each kind.
var chargeMeasures = map[ChargeKind]Measure{
	ReminderCharge: MeasureReminderFee, DemandCharge: MeasureDemandFee,
	PlanCharge: MeasurePlanFee, LatePaymentCharge: MeasureLatePayment,
}

// Valid says whether there is such a fee.
func (k ChargeKind) Valid() bool { return chargeMeasures[k] != "" }

// ChargeFacts is what the law looks at when a fee is charged.
type ChargeFacts struct {
	Kind         ChargeKind
	Jurisdiction Jurisdiction
	Consumer     bool
	// CreditPurchase says that the debt pays for goods or services.
	CreditPurchase bool
	AgreedOn       Date
	// On is the day of the reminder, the demand or the plan.
	On Date
	// Agreed is the fee for a reminder that was agreed when the debt arose, 0
	// where none was.
	Agreed   Amount
	Currency Currency
}

// ChargeLimit is the most that a fee may be, and why.
type ChargeLimit struct {
	// AtMost is 0 where no such fee may be charged at all.
	AtMost Amount `json:"at_most"`
	// Rule is the ID of the dated rule, "agreed" where the note itself is the
	// limit, and empty where neither allows the fee.
	Rule   string `json:"rule,omitempty"`
	Source string `json:"source,omitempty"`
}

// LimitCharge gives the most that a fee may be. What no rule gives the creditor,
// and the note does not either, cannot be charged: the costs of collection that
// the law names are all that there are (1981:739 par. 1). A reminder costs what
// was agreed, and at most what the law says.
func LimitCharge(f ChargeFacts) (ChargeLimit, error) {
	if _, err := factsOf(f.Jurisdiction); err != nil {
		return ChargeLimit{}, err
	}
	measure := chargeMeasures[f.Kind]
	switch {
	case measure == "":
		return ChargeLimit{}, fieldErrorf("kind", "must be %s, %s, %s or %s", ReminderCharge, DemandCharge, PlanCharge, LatePaymentCharge)
	case f.AgreedOn.IsZero():
		return ChargeLimit{}, fieldErrorf("agreed_on", "is missing")
	case f.On.IsZero():
		return ChargeLimit{}, fieldErrorf("on", "is missing")
	}
	keyed := f.On
	if f.Kind == ReminderCharge {
		keyed = f.AgreedOn
	}
	rule, limited := ruleFor(measure, circumstances{jurisdiction: f.Jurisdiction, consumer: f.Consumer, creditPurchase: f.CreditPurchase}, keyed)
	limit := ChargeLimit{Rule: rule.ID, Source: rule.Source}
	if limited && rule.AtMost.Currency == f.Currency {
		limit.AtMost = rule.AtMost.Amount
	}
	if f.Kind != ReminderCharge || limited && f.Agreed > limit.AtMost {
		return limit, nil
	}
	return ChargeLimit{AtMost: f.Agreed, Rule: ruleAgreed, Source: sourceReminder}, nil
}

// sourceReminder is where an agreed fee can be read.
const sourceReminder = "the reminder fee of the note"
