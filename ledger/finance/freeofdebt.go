package finance

// FreeOfDebt returns the due date of the instalment that pays the loan off,
// assuming that what is overdue is paid now, that every later instalment is paid
// in full on its day, and that what was paid ahead shortens the loan. It returns
// the day itself where nothing is left to pay then, and no date where there is
// no schedule to follow: on demand, or after the last due date.
func FreeOfDebt(t Terms, s Standing, asOf Date) (Date, error) {
	p, err := newPlan(t, s)
	if err != nil {
		return Date{}, err
	}
	if p.outstanding() == 0 {
		return asOf, nil
	}
	if last := len(p.rows) - 1; last < 0 || p.rows[last].PayBy.Before(asOf) {
		return Date{}, nil
	}
	rows, err := p.outlook(asOf)
	if err != nil {
		return Date{}, err
	}
	if len(rows) == 0 {
		return asOf, nil
	}
	return rows[len(rows)-1].Due, nil
}

// Outlook returns what is left to pay with each instalment under the assumptions
// of FreeOfDebt, given that the standing is that of the day asOf. What is overdue
// then is not among them. Each row is what of its instalment is left to pay.
func Outlook(t Terms, s Standing, asOf Date) ([]Instalment, error) {
	p, err := newPlan(t, s)
	if err != nil {
		return nil, err
	}
	return p.outlook(asOf)
}

func (p *plan) outlook(asOf Date) ([]Instalment, error) {
	arrears, err := p.overdue(asOf)
	if err != nil {
		return nil, err
	}
	c := course{
		dayCount: p.terms.DayCount, rate: p.terms.Rate, day: p.terms.ordinal(latest(asOf, p.terms.interestFrom())),
		charges: p.unpaidCharges() - arrears.Charges,
		// Interest that has accrued since the last due date is paid with the next
		// instalment.
		micro:   p.standing.UnpaidMicro - int64(arrears.Interest)*MicroPerUnit,
		balance: p.outstanding() - arrears.Principal,
	}
	covered := p.paid() + arrears.total()
	last := len(p.rows) - 1
	var rows []Instalment
	for i, row := range p.rows {
		due := min(row.Total, p.scheduled(i+1)-covered)
		if i == last {
			due = MaxAmount // that is, all that is left then
		}
		if row.PayBy.Before(asOf) || due <= 0 || c.left() == 0 {
			continue
		}
		parts, err := c.pay(due, p.terms.ordinal(row.Due))
		if err != nil {
			return nil, err
		}
		row.Charges, row.Interest, row.Principal, row.BalanceAfter = parts.Costs, parts.Interest, parts.Principal, c.balance
		if row.Total, err = parts.Total(); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}
