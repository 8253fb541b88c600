package finance

import (
	"sync"
	"time"

	"github.com/rickar/cal/v2/se"
)

// maxHolidayRun bounds the search for a business day. The longest run in
// Sweden, from Good Friday or from Christmas Eve, is well below it.
const maxHolidayRun = 15

// Calendar tells business days from holidays. The zero value knows Saturdays
// and Sundays only.
type Calendar struct {
	holidays *holidays
}

// holidays is a set of days, one bit for each day of the calendar. It is built
// once, completely, and never changed, so it can be shared.
type holidays struct {
	bits [maxDay/64 + 1]uint64
}

func (h *holidays) add(d Date) { h.bits[d.day/64] |= 1 << (d.day % 64) }

func (h *holidays) has(d Date) bool { return h.bits[d.day/64]&(1<<(d.day%64)) != 0 }

// CalendarFor returns the legal calendar of a jurisdiction.
func CalendarFor(j Jurisdiction) (Calendar, error) {
	facts, err := factsOf(j)
	if err != nil {
		return Calendar{}, err
	}
	return Calendar{holidays: facts.calendar()}, nil
}

// IsBusinessDay reports whether a payment can fall due on the day.
func (c Calendar) IsBusinessDay(d Date) bool {
	if day := d.Weekday(); day == time.Saturday || day == time.Sunday {
		return false
	}
	return c.holidays == nil || !c.holidays.has(d)
}

// NextBusinessDay returns the day itself where it is a business day, else the
// first one after it: what falls due on a Sunday or a holiday may be paid on
// the next weekday (1936:81 par. 5). It returns no date for no date and where
// the calendar ends first.
func (c Calendar) NextBusinessDay(d Date) Date {
	for range maxHolidayRun {
		if d.IsZero() || c.IsBusinessDay(d) {
			return d
		}
		d = d.AddDays(1)
	}
	return Date{}
}

func noHolidays() *holidays { return nil }

var swedishHolidays = sync.OnceValue(computeSwedishHolidays)

// computeSwedishHolidays gives the set that 1936:81 par. 5 speaks of: the public
// holidays (1989:253) and, counted as such, Midsummer Eve, Christmas Eve and New
// Year's Eve. It describes the law as it stands since 2005, when 6 June took the
// place of Whit Monday; no note is older than that.
func computeSwedishHolidays() *holidays {
	set := &holidays{}
	for year := MinYear; year <= MaxYear; year++ {
		for _, holiday := range se.Holidays {
			start, _ := holiday.Calc(year)
			// The library gives the start of the day in the machine's own zone.
			// Where the clocks change at midnight that can read 23:00 on the day
			// before, and two peers in different zones would then disagree.
			y, m, d := start.Add(firstHours).Date()
			set.add(civil(y, m, d))
		}
	}
	return set
}

// firstHours is longer than any change of the clocks and shorter than a day.
const firstHours = 6 * time.Hour
