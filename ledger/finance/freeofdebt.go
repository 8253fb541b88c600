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
	arrears, err := p.overdue(asOf)
	if err != nil {
		return Date{}, err
	}
	if p.outstanding() == 0 {
		return asOf, nil
	}
	last := len(p.rows) - 1
	if last < 0 || p.rows[last].PayBy.Before(asOf) {
		return Date{}, nil
	}
	f := forecast{
		terms:   t,
		day:     latest(asOf, t.interestFrom()),
		balance: p.outstanding() - arrears.Principal,
		// Interest that has accrued since the last due date is paid with the next
		// instalment.
		interest: Amount(s.UnpaidMicro/MicroPerUnit) - arrears.Interest,
	}
	if f.balance == 0 {
		return asOf, nil
	}
	covered := p.paid() + arrears.Principal + arrears.Interest
	for i, row := range p.rows[:last] {
		due := min(row.Total, p.scheduled(i+1)-covered)
		if row.PayBy.Before(asOf) || due <= 0 {
			continue
		}
		if err := f.pay(due, row.Due); err != nil {
			return Date{}, err
		}
		if f.balance == 0 {
			return row.Due, nil
		}
	}
	return p.rows[last].Due, nil
}

// forecast is a loan on some day to come.
type forecast struct {
	terms    Terms
	day      Date
	balance  Amount
	interest Amount
}

// pay moves the forecast to a due date and spends an instalment on it, interest
// first.
func (f *forecast) pay(due Amount, on Date) error {
	if f.day.Before(on) {
		days := f.terms.DayCount.days(f.day, on, f.terms.dueDay())
		accrued, err := f.terms.DayCount.periodInterest(f.balance, f.terms.Rate, days)
		if err != nil {
			return err
		}
		f.interest += accrued
		f.day = on
	}
	parts, _ := Allocate(due, Owed{Interest: f.interest, Principal: f.balance})
	f.interest -= parts.Interest
	f.balance -= parts.Principal
	return nil
}
