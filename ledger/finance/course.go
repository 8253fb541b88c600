package finance

import "fmt"

// Earlier is what was owed besides the principal when a schedule took the place
// of another one. It bears no interest, and the first instalments pay it, since
// every payment is used in the order of Allocate.
type Earlier struct {
	// Charges are costs and late interest.
	Charges Amount `json:"charges"`
	// Interest is nominal interest.
	Interest Amount `json:"interest"`
}

func (e Earlier) validate() error {
	if e.Charges < 0 || e.Charges > MaxAmount {
		return fieldErrorf("charges", "must be from 0 to %d minor units", int64(MaxAmount))
	}
	if e.Interest < 0 || e.Interest > MaxAmount {
		return fieldErrorf("interest", "must be from 0 to %d minor units", int64(MaxAmount))
	}
	return nil
}

// course is a loan on its way: what is left of it on a day. It counts and rounds
// as the booking of a payment does, so that a loan that is paid as a course
// foresees ends as it foresees.
type course struct {
	dayCount DayCount
	rate     Rate
	// day is an ordinal of the day count.
	day     uint64
	charges Amount
	// micro is nominal interest that has accrued and is not paid, in micro units.
	micro   int64
	balance Amount
}

// left is all that is owed.
func (c *course) left() Amount { return c.charges + RoundMicro(c.micro) + c.balance }

// pay goes on to a day and spends an amount then, at most all that is owed.
func (c *course) pay(amount Amount, on uint64) (Parts, error) {
	if c.day < on {
		accrued, err := c.dayCount.micro(c.balance, c.rate, c.day, on)
		if err != nil {
			return Parts{}, fmt.Errorf("computing interest: %w", err)
		}
		if c.micro += accrued; c.micro > MaxMicro {
			return Parts{}, fmt.Errorf("adding up interest: %w", ErrOutOfRange)
		}
		c.day = on
	}
	parts, _ := Allocate(amount, Owed{Costs: c.charges, Interest: RoundMicro(c.micro), Principal: c.balance})
	c.charges -= parts.Costs
	c.balance -= parts.Principal
	c.micro -= int64(parts.Interest) * MicroPerUnit
	// What is left of interest that was paid in full is a fraction that nobody
	// can pay, and falls away.
	if parts.Interest > 0 && RoundMicro(c.micro) == 0 {
		c.micro = 0
	}
	return parts, nil
}

// replaced gives the course of a schedule that took the place of another one,
// from its beginning.
func (t Terms) replaced() course {
	return course{
		dayCount: t.DayCount, rate: t.Rate, day: t.ordinal(t.interestFrom()), charges: t.Earlier.Charges,
		micro: int64(t.Earlier.Interest) * MicroPerUnit, balance: t.Principal,
	}
}

// evenSchedule gives the instalments of a schedule that took the place of another
// one: equal totals, and a last one of what is left.
func (t Terms) evenSchedule(calendar Calendar) ([]Instalment, error) {
	days := make([]uint64, t.Instalments)
	for i := range days {
		days[i] = t.ordinal(t.due(i + 1))
	}
	level, err := t.evenTotal(days)
	if err != nil {
		return nil, err
	}
	rows := make([]Instalment, 0, t.Instalments)
	c := t.replaced()
	for number := 1; number <= t.Instalments && c.left() > 0; number++ {
		amount := level
		due, all := t.dueBy(number)
		if all {
			amount = MaxAmount
		}
		parts, err := c.pay(amount, t.ordinal(due))
		if err != nil {
			return nil, fmt.Errorf("computing instalment %d: %w", number, err)
		}
		total, err := parts.Total()
		if err != nil {
			return nil, fmt.Errorf("computing instalment %d: %w", number, err)
		}
		rows = append(rows, Instalment{
			Number: number, Due: due, PayBy: calendar.NextBusinessDay(due),
			Charges: parts.Costs, Interest: parts.Interest, Principal: parts.Principal, Total: total, BalanceAfter: c.balance,
		})
	}
	return rows, nil
}

// ordinal numbers a day in the day count.
func (t Terms) ordinal(d Date) uint64 { return t.DayCount.ordinal(d, t.dueDay()) }

// evenTotal finds the least amount that pays everything when it is paid on each
// of the days. It is searched for, since there is no formula for a loan that
// first pays what bears no interest; the search ends after at most as many tries
// as the interest of an instalment has binary digits.
func (t Terms) evenTotal(days []uint64) (Amount, error) {
	n := Amount(t.Instalments)
	owed, err := sum(t.Principal, t.Earlier.Charges, t.Earlier.Interest)
	if err != nil {
		return 0, err
	}
	// Nobody pays more interest than that of the whole principal for the whole
	// time, and a minor unit of rounding with each instalment.
	most, err := t.accrued(t.Principal, t.Rate, t.interestFrom(), t.due(t.Instalments))
	if err != nil {
		return 0, err
	}
	least := divideUp(owed, t.Instalments)
	highest := least + divideUp(RoundMicro(most), t.Instalments) + n
	for least < highest {
		middle := least + (highest-least)/2
		enough, err := t.paidOffBy(middle, days)
		if err != nil {
			return 0, err
		}
		if enough {
			highest = middle
		} else {
			least = middle + 1
		}
	}
	return highest, nil
}

// paidOffBy says whether an amount on each of the days pays everything.
func (t Terms) paidOffBy(amount Amount, days []uint64) (bool, error) {
	c := t.replaced()
	for _, day := range days {
		if _, err := c.pay(amount, day); err != nil {
			return false, err
		}
		if c.left() == 0 {
			return true, nil
		}
	}
	return false, nil
}
