package finance

import "fmt"

// Standing is what has become of a loan on some day.
type Standing struct {
	// PaidPrincipal is the principal that has been paid, forgiven or set off.
	// The rest of the principal is outstanding and bears interest.
	PaidPrincipal Amount `json:"paid_principal"`
	// PaidInterest is the nominal interest that has been paid, forgiven or set off.
	PaidInterest Amount `json:"paid_interest"`
	// PaidCharges is what has been paid, forgiven or set off of Earlier.Charges.
	PaidCharges Amount `json:"paid_charges,omitempty"`
	// UnpaidMicro is the nominal interest that has accrued until that day and has
	// not been paid, in micro units. No more interest than this is ever called
	// overdue.
	UnpaidMicro int64 `json:"unpaid_micro"`
}

func (s Standing) validate(t Terms) error {
	switch {
	case s.PaidPrincipal < 0 || s.PaidPrincipal > t.Principal:
		return fieldErrorf("paid_principal", "must be from 0 to the principal")
	case s.PaidInterest < 0 || s.PaidInterest > MaxAmount:
		return fieldErrorf("paid_interest", "must be from 0 to %d minor units", int64(MaxAmount))
	case s.PaidCharges < 0 || s.PaidCharges > t.charges():
		return fieldErrorf("paid_charges", "must be from 0 to the earlier charges")
	case s.UnpaidMicro < 0 || s.UnpaidMicro > MaxMicro:
		return fieldErrorf("unpaid_micro", "must be from 0 to %d", int64(MaxMicro))
	}
	return nil
}

// Arrears is what should have been paid and has not been.
type Arrears struct {
	// Charges are those that the schedule took over from the one before it.
	Charges   Amount `json:"charges,omitempty"`
	Principal Amount `json:"principal"`
	Interest  Amount `json:"interest"`
	// OldestDue is the nominal due date of the oldest instalment that is not
	// fully paid, and OldestPayBy the last day it could be paid in time; no date
	// where nothing is overdue.
	OldestDue   Date `json:"oldest_due,omitzero"`
	OldestPayBy Date `json:"oldest_pay_by,omitzero"`
	// DaysPastDue counts calendar days from OldestPayBy.
	DaysPastDue int `json:"days_past_due"`
}

// Overdue returns what is overdue on a day, at its beginning: an instalment can
// be paid in time during the whole of its PayBy.
//
// Instalments are counted in full against all that was paid, principal and
// interest together. Who pays ahead is therefore not late until the schedule has
// caught up, whatever part of the payment was principal. Of what is overdue,
// interest is what the schedule asks of it and has truly accrued, and principal
// is the rest, after the charges that the schedule took over. When the last instalment is overdue, so is all that is owed.
func Overdue(t Terms, s Standing, asOf Date) (Arrears, error) {
	p, err := newPlan(t, s)
	if err != nil {
		return Arrears{}, err
	}
	return p.overdue(asOf)
}

func (p *plan) overdue(asOf Date) (Arrears, error) {
	if asOf.IsZero() {
		return Arrears{}, fieldErrorf("as_of", "is missing")
	}
	late := 0
	for late < len(p.rows) && p.rows[late].PayBy.Before(asOf) {
		late++
	}
	arrears, err := p.arrears(late, asOf)
	if err != nil || arrears.total() == 0 {
		return Arrears{}, err
	}
	oldest := p.rows[p.oldestUnpaid(late)]
	arrears.OldestDue, arrears.OldestPayBy = oldest.Due, oldest.PayBy
	arrears.DaysPastDue = oldest.PayBy.DaysTo(asOf)
	return arrears, nil
}

// plan is a schedule with what has been paid of it.
type plan struct {
	terms    Terms
	standing Standing
	rows     []Instalment
	// charges[k], principal[k] and interest[k] are the sums of the first k rows.
	charges, principal, interest []Amount
}

func newPlan(t Terms, s Standing) (*plan, error) {
	rows, err := Schedule(t)
	if err != nil {
		return nil, err
	}
	if err := s.validate(t); err != nil {
		return nil, fmt.Errorf("checking the standing: %w", err)
	}
	p := &plan{terms: t, standing: s, rows: rows}
	p.charges, p.principal, p.interest = make([]Amount, len(rows)+1), make([]Amount, len(rows)+1), make([]Amount, len(rows)+1)
	for i, row := range rows {
		p.charges[i+1] = p.charges[i] + row.Charges
		p.principal[i+1] = p.principal[i] + row.Principal
		p.interest[i+1] = p.interest[i] + row.Interest
	}
	return p, nil
}

// outstanding is the principal that bears interest.
func (p *plan) outstanding() Amount { return p.terms.Principal - p.standing.PaidPrincipal }

// paid is all that counts against instalments.
func (p *plan) paid() Amount {
	return p.standing.PaidPrincipal + p.standing.PaidInterest + p.standing.PaidCharges
}

// scheduled is the total of the first k rows.
func (p *plan) scheduled(k int) Amount { return p.charges[k] + p.principal[k] + p.interest[k] }

// arrears is what is overdue when the first k rows are, given that the standing
// is that of a day.
func (p *plan) arrears(k int, day Date) (Arrears, error) {
	if k == 0 {
		return Arrears{}, nil
	}
	unpaid, err := p.unpaidInterest(p.rows[k-1].Due, day)
	if err != nil {
		return Arrears{}, err
	}
	if k == len(p.rows) {
		return Arrears{Charges: p.unpaidCharges(), Principal: p.outstanding(), Interest: unpaid}, nil
	}
	total := max(0, p.scheduled(k)-p.paid())
	charges := min(total, max(0, p.charges[k]-p.standing.PaidCharges))
	total -= charges
	interest := min(total, unpaid, max(0, p.interest[k]-p.standing.PaidInterest))
	return Arrears{Charges: charges, Principal: min(total-interest, p.outstanding()), Interest: interest}, nil
}

func (a Arrears) total() Amount { return a.Charges + a.Principal + a.Interest }

// unpaidCharges is what is left of the charges that the schedule took over.
func (p *plan) unpaidCharges() Amount { return p.terms.charges() - p.standing.PaidCharges }

func (t Terms) charges() Amount {
	if t.Earlier == nil {
		return 0
	}
	return t.Earlier.Charges
}

// unpaidInterest is the nominal interest that had accrued until a due date and
// is not paid, in whole minor units, given that the standing is that of a day
// before or after it and that nothing was paid between the two.
func (p *plan) unpaidInterest(due, day Date) (Amount, error) {
	earlier, later, sign := day, due, int64(1)
	if due.Before(day) {
		earlier, later, sign = due, day, -1
	}
	micro, err := p.terms.accrued(p.outstanding(), p.terms.Rate, earlier, later)
	if err != nil {
		return 0, err
	}
	return Amount(max(0, p.standing.UnpaidMicro+sign*micro) / MicroPerUnit), nil
}

// oldestUnpaid is the index of the first row that is not covered by what was
// paid. When late rows made more interest than was scheduled, all rows can be
// covered while something is left; it is then the last row that is unpaid.
func (p *plan) oldestUnpaid(late int) int {
	for i := range late {
		if p.scheduled(i+1) > p.paid() {
			return i
		}
	}
	return late - 1
}

// ValueDate returns the day on which a payment counts: the nominal due date for
// a payment on one of the days that 1936:81 par. 5 adds to it, else the day of
// payment itself. A borrower who pays on the Monday for a due date on the Sunday
// pays in time, so the extra day must cost nothing; accruing interest to this
// day instead is what makes a loan that is always paid on time end at zero.
func ValueDate(t Terms, paidOn Date) (Date, error) {
	if err := t.Validate(); err != nil {
		return Date{}, fmt.Errorf("checking the terms: %w", err)
	}
	calendar, err := CalendarFor(t.Jurisdiction)
	if err != nil {
		return Date{}, err
	}
	for back := range maxHolidayRun {
		day := paidOn.AddDays(-back)
		if t.isDue(day) && !calendar.NextBusinessDay(day).Before(paidOn) {
			return day, nil
		}
	}
	return paidOn, nil
}

// isDue reports whether an instalment nominally falls due on the day.
func (t Terms) isDue(d Date) bool {
	if t.Kind == OnDemand || d.IsZero() {
		return false
	}
	if !t.AllDue.IsZero() && !d.Before(t.AllDue) {
		return d == t.AllDue
	}
	firstYear, firstMonth, _ := t.FirstDue.Civil()
	year, month, _ := d.Civil()
	period := (year-firstYear)*monthsPerYear + int(month-firstMonth) + 1
	if period < 1 || period > t.Instalments || t.Kind == Bullet && period != t.Instalments {
		return false
	}
	return t.due(period) == d
}
