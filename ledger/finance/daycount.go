package finance

import (
	"fmt"
	"math"
	"time"
)

// MicroPerUnit is the number of micro units in a minor unit. Interest accrues in
// micro units and is rounded once, when it is charged.
const MicroPerUnit = 1_000_000

// MaxMicro bounds every count of micro units, so that two of them can be added.
const MaxMicro = math.MaxInt64 / 2

// DayCount says how the days of a period become a part of a year.
type DayCount string

// The day counts.
const (
	// Thirty360 counts every month as 30 days and the year as 360, so that a
	// monthly period is exactly one twelfth of the yearly rate. The end of the
	// month follows the note's own due day: where a month is too short for the
	// due day, its last day counts as the due day (at most the 30th). Without
	// that, the period that ends on 28 February for a due day of 31 would cost
	// two days less than the others, and the next one two days more.
	Thirty360 DayCount = "30E/360"
	// Actual365 counts the days of the calendar over 365, also in leap years.
	Actual365 DayCount = "actual/365"
	// Actual360 counts the days of the calendar over 360.
	Actual360 DayCount = "actual/360"
)

// yearDays is the length of the year in the day count's own days.
func (c DayCount) yearDays() uint64 {
	if c == Actual365 {
		return 365
	}
	return 360
}

// ordinal numbers the days of the calendar such that the days of any period are
// the difference of two ordinals. That makes every day count additive: a period
// cut in two costs the same.
func (c DayCount) ordinal(d Date, dueDay int) uint64 {
	if c != Thirty360 {
		return uint64(d.day)
	}
	year, month, day := d.Civil()
	if last := daysIn(year, month); day == last && dueDay > last {
		day = dueDay
	}
	return uint64(year-MinYear)*360 + uint64(month-time.January)*30 + uint64(min(day, 30))
}

// days returns the length of a period in the day count's own days.
func (c DayCount) days(from, to Date, dueDay int) int {
	return int(c.ordinal(to, dueDay)) - int(c.ordinal(from, dueDay))
}

// periodInterest is the interest of a period in whole minor units, rounded half
// up: base times rate times days over the year. The inputs are not negative.
func (c DayCount) periodInterest(base Amount, rate Rate, days int) (Amount, error) {
	// A rate counts millionths of a hundredth.
	divisor := rateScale * 100 * c.yearDays()
	w, ok := mulWide(uint64(base), uint64(rate.micro)).mul(uint64(days))
	if ok {
		w, ok = w.add(divisor / 2)
	}
	n, fits := w.div(divisor).int64()
	if !ok || !fits {
		return 0, fmt.Errorf("computing the interest of a period: %w", ErrOutOfRange)
	}
	return Amount(n), nil
}

// microWide is the interest on base from the beginning of the calendar to an
// ordinal, in micro units rounded down. Only differences of it have a meaning.
// Because they telescope, the interest from a to c is exactly that from a to b
// plus that from b to c, and it is within one micro unit of the exact value
// however often the period is cut.
func microWide(base Amount, rate Rate, ordinal, yearDays uint64) (wide, error) {
	if base < 0 || rate.micro < 0 {
		return wide{}, fmt.Errorf("computing interest on a negative amount or rate: %w", ErrOutOfRange)
	}
	w, ok := mulWide(uint64(base), uint64(rate.micro)).mul(ordinal)
	if !ok {
		return wide{}, fmt.Errorf("computing interest: %w", ErrOutOfRange)
	}
	// A rate counts millionths of a hundredth, and a micro unit is a millionth.
	return w.div(100 * yearDays), nil
}

// accrued is the interest on base from one day to a later one, in micro units.
func (t Terms) accrued(base Amount, rate Rate, from, to Date) (int64, error) {
	dueDay := t.dueDay()
	n, err := t.DayCount.micro(base, rate, t.DayCount.ordinal(from, dueDay), t.DayCount.ordinal(to, dueDay))
	if err != nil {
		return 0, fmt.Errorf("computing interest from %s to %s: %w", from, to, err)
	}
	return n, nil
}

// micro is the interest on base from one ordinal to a later one, in micro units.
func (c DayCount) micro(base Amount, rate Rate, from, to uint64) (int64, error) {
	end, err := microWide(base, rate, to, c.yearDays())
	if err != nil {
		return 0, err
	}
	start, err := microWide(base, rate, from, c.yearDays())
	if err != nil {
		return 0, err
	}
	n, fits := end.sub(start).int64()
	if !fits || n > MaxMicro {
		return 0, ErrOutOfRange
	}
	return n, nil
}

// RoundMicro rounds micro units half up to minor units.
func RoundMicro(micro int64) Amount {
	whole, rest := micro/MicroPerUnit, micro%MicroPerUnit
	switch {
	case rest >= MicroPerUnit/2:
		whole++
	case rest < -MicroPerUnit/2:
		whole--
	}
	return Amount(whole)
}
