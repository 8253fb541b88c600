package finance

import "time"

// Measure says what a dated rule is about.
type Measure string

// The measures. The first five limit an offer, the others govern a note.
const (
	// MeasureRate is the nominal rate at the offer.
	MeasureRate Measure = "rate"
	// MeasureLateRate is the rate of late interest, at the offer and when charged.
	MeasureLateRate Measure = "late_rate"
	// MeasureSetupFee is what is charged for setting up the credit.
	MeasureSetupFee Measure = "setup_fee"
	// MeasureReminderFee is what may be charged for a written reminder.
	MeasureReminderFee Measure = "reminder_fee"
	// MeasureDemandFee is what may be charged for a written demand, MeasurePlanFee
	// for an instalment plan, and MeasureLatePayment for late payment as such.
	MeasureDemandFee   Measure = "demand_fee"
	MeasurePlanFee     Measure = "plan_fee"
	MeasureLatePayment Measure = "late_payment"
	// MeasureTotalCost is all that a credit costs, which is at most its amount.
	MeasureTotalCost Measure = "total_cost"
	// MeasureForm is the form of the note.
	MeasureForm Measure = "form"
	// MeasureLateOnPrincipal is the late interest that the law gives on overdue
	// principal where the note says nothing.
	MeasureLateOnPrincipal Measure = "late_on_principal"
	// MeasureLateOnInterest is the same on overdue interest.
	MeasureLateOnInterest Measure = "late_on_interest"
	// MeasureLimitation is the time after which a claim is extinguished.
	MeasureLimitation Measure = "limitation"
	// MeasureRetention is how long a discharged debt must stay provable.
	MeasureRetention Measure = "retention"
	// MeasureExtension is how often the time of a credit may be extended at a cost.
	MeasureExtension Measure = "extension"
	// MeasureAcceleration is how late a borrower must be before all of the credit
	// may be demanded ahead of its time.
	MeasureAcceleration Measure = "acceleration"
	// MeasureAccelerationNotice is how long before that the borrower is told.
	MeasureAccelerationNotice Measure = "acceleration_notice"
)

// Scope narrows a rule to some notes; a false field does not narrow it.
type Scope struct {
	ConsumerOnly       bool `json:"consumer_only,omitempty"`
	ExceptConsumer     bool `json:"except_consumer,omitempty"`
	ExceptHousing      bool `json:"except_housing,omitempty"`
	CreditPurchaseOnly bool `json:"credit_purchase_only,omitempty"`
	NegotiableOnly     bool `json:"negotiable_only,omitempty"`
	ExceptNegotiable   bool `json:"except_negotiable,omitempty"`
	TraderCreditorOnly bool `json:"trader_creditor_only,omitempty"`
}

// Rule is one rule of law as data. Which of the figures at the end it uses
// depends on what it measures.
type Rule struct {
	ID           string       `json:"id"`
	Source       string       `json:"source"`
	Jurisdiction Jurisdiction `json:"jurisdiction"`
	Measure      Measure      `json:"measure"`
	// KeyedOn names the date that decides whether the rule applies: it must lie
	// from From up to and including To; no To means that the rule is in force.
	KeyedOn string `json:"keyed_on"`
	From    Date   `json:"from"`
	To      Date   `json:"to,omitzero"`
	Scope   Scope  `json:"scope"`
	// Text says the rule in one sentence.
	Text string `json:"text"`

	// AboveReference is added to the reference rate.
	AboveReference Rate `json:"above_reference,omitzero"`
	// PerMille is a part of the price base amount, or of the claim.
	PerMille int `json:"per_mille,omitempty"`
	// AtMost is an amount.
	AtMost Money `json:"at_most,omitzero"`
	// Years, Months and Days are lengths of time.
	Years  int `json:"years,omitempty"`
	Months int `json:"months,omitempty"`
	Days   int `json:"days,omitempty"`
	// Times counts extensions, or instalments that are late.
	Times int `json:"times,omitempty"`
}

// What a rule's validity can be keyed on.
const (
	keyAgreement = "the day of the agreement"
	keyDay       = "the day that interest accrues"
	keyAct       = "the day of the act that is charged for"
	keyClaim     = "the day that limitation begins to run"
	keyLastEntry = "the day of the last entry"
	keyNotice    = "the day that the borrower is told"
)

// datedRules is read by every check; it is never changed.
//
// The caps of 2010:1846 bind agreements made from 1 March 2025. What bound older
// ones (high-cost credit) is not modelled: it depends on the effective rate.
var datedRules = [...]Rule{
	{
		ID: "SE-2010:1846-19a-rate", Source: "SFS 2010:1846 par. 19 a", Jurisdiction: Sweden,
		Measure: MeasureRate, KeyedOn: keyAgreement, From: civil(2025, time.March, 1),
		Scope:          Scope{ConsumerOnly: true, ExceptHousing: true},
		Text:           "Credit interest is at most the reference rate and 20 percentage points.",
		AboveReference: Percent(20),
	},
	{
		ID: "SE-2010:1846-19a-late", Source: "SFS 2010:1846 par. 19 a", Jurisdiction: Sweden,
		Measure: MeasureLateRate, KeyedOn: keyAgreement, From: civil(2025, time.March, 1),
		Scope:          Scope{ConsumerOnly: true, ExceptHousing: true},
		Text:           "Late interest is at most the reference rate and 20 percentage points.",
		AboveReference: Percent(20),
	},
	{
		ID: "SE-2010:1846-19c", Source: "SFS 2010:1846 par. 19 c", Jurisdiction: Sweden,
		Measure: MeasureSetupFee, KeyedOn: keyAgreement, From: civil(2025, time.March, 1),
		Scope:    Scope{ConsumerOnly: true, ExceptHousing: true},
		Text:     "A set-up fee is at most one percent of the year's price base amount.",
		PerMille: 10,
	},
	{
		// The table of this package begins in 2003; the amount is older.
		ID: "SE-1981:739-2", Source: "SFS 1981:739 par. 2 and 4", Jurisdiction: Sweden,
		Measure: MeasureReminderFee, KeyedOn: keyAgreement, From: civil(2003, time.January, 1),
		Text:   "A written reminder costs at most SEK 60, and only where it was agreed when the debt arose.",
		AtMost: Money{Amount: 60_00, Currency: "SEK"},
	},
	{
		ID: "SE-1981:739-3-demand", Source: "SFS 1981:739 par. 3 and 4", Jurisdiction: Sweden,
		Measure: MeasureDemandFee, KeyedOn: keyAct, From: civil(2013, time.March, 16),
		Text:   "A written demand that states what it must costs at most SEK 180.",
		AtMost: Money{Amount: 180_00, Currency: "SEK"},
	},
	{
		ID: "SE-1981:739-3-plan", Source: "SFS 1981:739 par. 3 and 4", Jurisdiction: Sweden,
		Measure: MeasurePlanFee, KeyedOn: keyAct, From: civil(2013, time.March, 16),
		Text:   "An instalment plan in writing, made together with the debtor, costs at most SEK 170.",
		AtMost: Money{Amount: 170_00, Currency: "SEK"},
	},
	{
		ID: "SE-1981:739-4a", Source: "SFS 1981:739 par. 4 a", Jurisdiction: Sweden,
		Measure: MeasureLatePayment, KeyedOn: keyAct, From: civil(2013, time.March, 16),
		Scope:  Scope{ExceptConsumer: true, CreditPurchaseOnly: true},
		Text:   "A trader who pays late for goods or services compensates that with SEK 450.",
		AtMost: Money{Amount: 450_00, Currency: "SEK"},
	},
	{
		ID: "SE-2010:1846-19b", Source: "SFS 2010:1846 par. 19 b", Jurisdiction: Sweden,
		Measure: MeasureTotalCost, KeyedOn: keyAgreement, From: civil(2025, time.March, 1),
		Scope: Scope{ConsumerOnly: true, ExceptHousing: true},
		Text:  "The costs of a credit, late interest and the costs of collection are together at most the amount of the credit.",
	},
	{
		ID: "SE-2010:1846-30", Source: "SFS 2010:1846 par. 30", Jurisdiction: Sweden,
		Measure: MeasureForm, KeyedOn: keyAgreement, From: civil(2011, time.January, 1),
		Scope: Scope{ConsumerOnly: true, CreditPurchaseOnly: true, NegotiableOnly: true},
		Text:  "The creditor may not take a negotiable note for a credit purchase.",
	},
	{
		ID: "SE-2010:1846-36a", Source: "SFS 2010:1846 par. 36 a", Jurisdiction: Sweden,
		Measure: MeasureExtension, KeyedOn: keyAgreement, From: civil(2025, time.March, 1),
		Scope: Scope{ConsumerOnly: true, ExceptHousing: true},
		Text:  "The time of a credit is extended once only, unless that costs the borrower nothing or is part of a reasonable repayment plan.",
		Times: 1,
	},
	// What par. 33 also allows, that the borrower is late in some other and
	// material way, is for a court to judge and not in the table.
	{
		ID: "SE-2010:1846-33-1", Source: "SFS 2010:1846 par. 33 item 1", Jurisdiction: Sweden,
		Measure: MeasureAcceleration, KeyedOn: keyNotice, From: civil(2011, time.January, 1),
		Scope:  Scope{ConsumerOnly: true},
		Text:   "All may be demanded where more than a tenth of the claim is more than a month late.",
		Months: 1, PerMille: 100, Times: 1,
	},
	{
		ID: "SE-2010:1846-33-2", Source: "SFS 2010:1846 par. 33 item 2", Jurisdiction: Sweden,
		Measure: MeasureAcceleration, KeyedOn: keyNotice, From: civil(2011, time.January, 1),
		Scope:  Scope{ConsumerOnly: true},
		Text:   "All may be demanded where more than a twentieth of the claim, in two instalments or more, is more than a month late.",
		Months: 1, PerMille: 50, Times: 2,
	},
	{
		ID: "SE-2010:1846-34", Source: "SFS 2010:1846 par. 34", Jurisdiction: Sweden,
		Measure: MeasureAccelerationNotice, KeyedOn: keyNotice, From: civil(2011, time.January, 1),
		Scope: Scope{ConsumerOnly: true},
		Text:  "What is demanded ahead of its time falls due at the earliest four weeks after the borrower was told.",
		Days:  28,
	},
	{
		ID: "SE-1975:635-6", Source: "SFS 1975:635 par. 6", Jurisdiction: Sweden,
		Measure: MeasureLateOnInterest, KeyedOn: keyDay, From: civil(2002, time.July, 1),
		Text:           "Late interest is the reference rate and 8 percentage points.",
		AboveReference: Percent(8),
	},
	{
		ID: "SE-1975:635-7", Source: "SFS 1975:635 par. 7", Jurisdiction: Sweden,
		Measure: MeasureLateOnPrincipal, KeyedOn: keyDay, From: civil(2002, time.July, 1),
		Text:           "A debt that bore interest keeps its rate after the due date, but at least that of par. 6.",
		AboveReference: Percent(8),
	},
	{
		ID: "SE-1981:130-2-consumer", Source: "SFS 1981:130 par. 2", Jurisdiction: Sweden,
		Measure: MeasureLimitation, KeyedOn: keyClaim, From: civil(1982, time.January, 1),
		Scope: Scope{ConsumerOnly: true, TraderCreditorOnly: true, ExceptNegotiable: true},
		Text:  "A trader's claim against a consumer is extinguished after three years, unless it rests on a negotiable note.",
		Years: 3,
	},
	{
		ID: "SE-1981:130-2", Source: "SFS 1981:130 par. 2", Jurisdiction: Sweden,
		Measure: MeasureLimitation, KeyedOn: keyClaim, From: civil(1982, time.January, 1),
		Text:  "A claim is extinguished after ten years.",
		Years: 10,
	},
	{
		// Longer than the seven years of 1999:1078 ch. 7 par. 2, and no longer than
		// the ten that 2023:714 ch. 3 par. 8 allows.
		ID: "SE-1981:130-2-kept", Source: "SFS 1981:130 par. 2; Regulation (EU) 2016/679 art. 17(3)(e)", Jurisdiction: Sweden,
		Measure: MeasureRetention, KeyedOn: keyLastEntry, From: civil(1982, time.January, 1),
		Text:  "A discharged debt is kept for the ten years in which it can still be claimed that too much was paid.",
		Years: 10,
	},
	{
		ID: "generic-kept", Source: "Regulation (EU) 2016/679 art. 5(1)(e) and 17(3)(e)", Jurisdiction: Generic,
		Measure: MeasureRetention, KeyedOn: keyLastEntry, From: civil(1982, time.January, 1),
		Text:  "A discharged debt is kept for ten years, the longest ordinary limitation known here.",
		Years: 10,
	},
}

// DatedRules returns a copy of all rules, in a fixed order: within a measure,
// the narrower rule comes first.
func DatedRules() []Rule {
	all := datedRules
	return all[:]
}

// circumstances are what decides which rules a note is under.
type circumstances struct {
	jurisdiction   Jurisdiction
	consumer       bool
	housing        bool
	creditPurchase bool
	negotiable     bool
	traderCreditor bool
}

// applies reports whether the rule covers such a note on the date that the rule
// is keyed on.
func (r Rule) applies(c circumstances, keyed Date) bool {
	s := r.Scope
	switch {
	case r.Jurisdiction != c.jurisdiction,
		keyed.Before(r.From),
		!r.To.IsZero() && keyed.After(r.To),
		s.ConsumerOnly && !c.consumer,
		s.ExceptConsumer && c.consumer,
		s.ExceptHousing && c.housing,
		s.CreditPurchaseOnly && !c.creditPurchase,
		s.NegotiableOnly && !c.negotiable,
		s.ExceptNegotiable && c.negotiable,
		s.TraderCreditorOnly && !c.traderCreditor:
		return false
	}
	return true
}

// ruleFor returns the first rule with the measure that applies, if any.
func ruleFor(m Measure, c circumstances, keyed Date) (Rule, bool) {
	for _, r := range datedRules {
		if r.Measure == m && r.applies(c, keyed) {
			return r, true
		}
	}
	return Rule{}, false
}
