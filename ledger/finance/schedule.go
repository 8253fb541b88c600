package finance

import (
	"fmt"
	"math/big"
)

// monthsPerYear turns a yearly rate into the rate of a monthly period.
const monthsPerYear = 12

// Instalment is one row of the schedule that the parties agreed.
type Instalment struct {
	// Number counts from 1.
	Number int `json:"number"`
	// Due is the nominal due date, from which the next period's interest runs.
	Due Date `json:"due"`
	// PayBy is the last day that the instalment can be paid in time: Due, or the
	// next business day where Due is a holiday (1936:81 par. 5).
	PayBy Date `json:"pay_by"`
	// Charges are costs and late interest from before the schedule, where it took
	// the place of another one.
	Charges   Amount `json:"charges,omitempty"`
	Principal Amount `json:"principal"`
	Interest  Amount `json:"interest"`
	Total     Amount `json:"total"`
	// BalanceAfter is the principal that is left when this row is paid.
	BalanceAfter Amount `json:"balance_after"`
}

// Schedule returns the instalments of the terms, none for a loan on demand. The
// principals of all instalments sum exactly to the principal of the loan: the
// level part is rounded up to the minor unit, and the last instalment is what is
// left: as a rule the smallest by 30E/360, and close to the others by actual days,
// whose months cost unequally. (Where the principal is a handful of minor
// units, that can be reached before the agreed number of instalments.) The
// interest of each period is rounded half up and counted by the terms' day count
// from one nominal due date to the next, so a first period that is longer or
// shorter than a month costs its own days.
//
//   - An annuity pays AnnuityInstalment each month (by actual days, the same with
//     the rate of an average month), or the interest alone in a first period so
//     long that its interest is more.
//   - A straight line pays the principal divided by the number of instalments,
//     rounded up, each month.
//   - A bullet pays everything on the last day of its last period.
//   - Terms that took the place of others pay equal totals, the least with which
//     everything is paid with the last instalment, which is what is left. Their
//     interest is rounded when it is paid, and what of it is not reached by an
//     instalment is paid by the next one.
//
// Where all falls due ahead of its time, the instalment of that day is what is
// left, and the last one.
func Schedule(t Terms) ([]Instalment, error) {
	if err := t.Validate(); err != nil {
		return nil, fmt.Errorf("checking the terms: %w", err)
	}
	calendar, err := CalendarFor(t.Jurisdiction)
	if err != nil {
		return nil, err
	}
	switch {
	case t.Earlier != nil:
		return t.evenSchedule(calendar)
	case t.Kind == OnDemand:
		return nil, nil
	case t.Kind == Bullet:
		due, _ := t.dueBy(t.Instalments)
		row, err := t.row(row{number: 1, from: t.interestFrom(), due: due, balance: t.Principal, last: true}, calendar)
		return []Instalment{row}, err
	}
	level, err := t.levelPart()
	if err != nil {
		return nil, err
	}
	rows := make([]Instalment, 0, t.Instalments)
	next := row{from: t.interestFrom(), balance: t.Principal, level: level}
	for number := 1; number <= t.Instalments; number++ {
		next.number = number
		next.due, next.last = t.dueBy(number)
		instalment, err := t.row(next, calendar)
		if err != nil {
			return nil, err
		}
		rows = append(rows, instalment)
		if instalment.BalanceAfter == 0 {
			break
		}
		next.from, next.balance = instalment.Due, instalment.BalanceAfter
	}
	return rows, nil
}

// row is what an instalment is computed from.
type row struct {
	number    int
	from, due Date
	balance   Amount
	// level is what stays the same in every row: the total of an annuity, the
	// principal of a straight line.
	level Amount
	last  bool
}

func (t Terms) row(r row, calendar Calendar) (Instalment, error) {
	interest, err := t.DayCount.periodInterest(r.balance, t.Rate, t.DayCount.days(r.from, r.due, t.dueDay()))
	if err != nil {
		return Instalment{}, fmt.Errorf("computing instalment %d: %w", r.number, err)
	}
	principal := r.level
	if t.Kind == Annuity {
		principal = max(0, r.level-interest)
	}
	if r.last || principal > r.balance {
		principal = r.balance
	}
	return Instalment{
		Number:       r.number,
		Due:          r.due,
		PayBy:        calendar.NextBusinessDay(r.due),
		Principal:    principal,
		Interest:     interest,
		Total:        principal + interest,
		BalanceAfter: r.balance - principal,
	}, nil
}

func (t Terms) levelPart() (Amount, error) {
	if t.Kind == StraightLine {
		return divideUp(t.Principal, t.Instalments), nil
	}
	// A year has 1461/4 calendar days on average, so an average month by
	// actual days costs a little more than a twelfth of the rate. Left out, the
	// difference would gather in the last instalment of a long loan.
	if t.DayCount != Thirty360 {
		year := int64(t.DayCount.yearDays())
		return annuity(t.Principal, t.Instalments, big.NewInt(t.Rate.micro*1461), big.NewInt(4*year*100*rateScale*monthsPerYear))
	}
	return AnnuityInstalment(t.Principal, t.Rate, t.Instalments)
}

// AnnuityInstalment returns the equal monthly total that pays a principal back
// in n months at a yearly rate: P·i/(1-(1+i)^-n) with i = rate/12, computed
// exactly and rounded up to the minor unit; the principal divided by n where the
// rate is 0. Rounding up is what lenders publish, and it is what lets the last
// instalment be the smallest one.
func AnnuityInstalment(principal Amount, rate Rate, n int) (Amount, error) {
	if principal < 0 || !principal.Valid() {
		return 0, fieldErrorf("principal", "must be from 0 to %d minor units", int64(MaxAmount))
	}
	if n < 1 || n > MaxInstalments {
		return 0, fieldErrorf("instalments", "must be from 1 to %d", MaxInstalments)
	}
	if rate.micro < 0 || rate.Cmp(Percent(MaxRatePercent)) > 0 {
		return 0, fieldErrorf("rate", "must be from 0 to %d percent", MaxRatePercent)
	}
	return annuity(principal, n, big.NewInt(rate.micro), big.NewInt(100*rateScale*monthsPerYear))
}

// annuity computes with i = r/d in whole numbers. With a = (d+r)^n and b = d^n
// the formula is P·r·a / (d·(a-b)), so that the one division is the last step
// and nothing is rounded before it.
func annuity(principal Amount, n int, r, d *big.Int) (Amount, error) {
	if r.Sign() == 0 {
		return divideUp(principal, n), nil
	}
	exponent := big.NewInt(int64(n))
	a := new(big.Int).Add(d, r)
	a.Exp(a, exponent, nil)
	b := new(big.Int).Exp(d, exponent, nil)
	numerator := new(big.Int).Mul(a, r)
	numerator.Mul(numerator, big.NewInt(int64(principal)))
	denominator := a.Sub(a, b)
	denominator.Mul(denominator, d)
	numerator.Add(numerator, denominator)
	numerator.Sub(numerator, big.NewInt(1))
	numerator.Quo(numerator, denominator)
	if !numerator.IsInt64() || !Amount(numerator.Int64()).Valid() {
		return 0, fmt.Errorf("computing the annuity: %w", ErrOutOfRange)
	}
	return Amount(numerator.Int64()), nil
}

func divideUp(a Amount, n int) Amount { return (a + Amount(n) - 1) / Amount(n) }
