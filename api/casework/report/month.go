package report

import (
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// Month is a calendar month, written as 2026-11. Months are compared as texts.
type Month string

// MonthOf gives the month of a day.
func MonthOf(d finance.Date) Month {
	year, month, _ := d.Civil()
	return Month(fmt.Sprintf("%04d-%02d", year, int(month)))
}

// First is the first day of the month; no date where the text is no month.
func (m Month) First() finance.Date {
	d, err := finance.ParseDate(string(m) + "-01")
	if err != nil {
		return finance.Date{}
	}
	return d
}

// Plus gives the month a number of months later, or before where n is negative.
func (m Month) Plus(n int) Month { return MonthOf(m.First().AddMonths(n, 1)) }

// Begins is the moment at which the month begins. The days of the ledger, and so the
// months of reports, are those of UTC.
func (m Month) Begins() time.Time {
	year, month, day := m.First().Civil()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Half names the half of the year in which the month is, such as 2026 H1.
func (m Month) Half() string {
	year, month, _ := m.First().Civil()
	if month <= time.June {
		return fmt.Sprintf("%04d H1", year)
	}
	return fmt.Sprintf("%04d H2", year)
}

// Window gives the months of a report, the last one last.
func Window(last Month) []Month {
	all := make([]Month, MaxMonths)
	for i := range all {
		all[i] = last.Plus(i - MaxMonths + 1)
	}
	return all
}

// MaxMonths is how many months a report shows: a year, and the same month of the year
// before.
const MaxMonths = 13
