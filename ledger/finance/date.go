package finance

import (
	"cmp"
	"fmt"
	"time"
)

// Limits of a date: the years that the calendar rules are computed for.
const (
	MinYear = 1900
	MaxYear = 2200
)

const (
	secondsPerDay = 24 * 60 * 60
	dateLayout    = "2006-01-02"
	// epochToUnix is the number of days from 1899-12-31, day zero, to 1970-01-01.
	epochToUnix = 25568
	// maxDay is 2200-12-31.
	maxDay = 109_938
)

// Date is a day of the Gregorian calendar without a time or a zone. Dates are
// comparable with == and usable as map keys. The zero value means "no date".
type Date struct {
	// day counts days from 1899-12-31, so that 1900-01-01 is day 1 and the zero
	// value is no day at all.
	day int32
}

// NewDate returns the given day, which must exist and lie in MinYear..MaxYear.
func NewDate(year int, month time.Month, day int) (Date, error) {
	d := civil(year, month, day)
	if y, m, dd := d.Civil(); d.IsZero() || y != year || m != month || dd != day {
		return Date{}, fieldErrorf("date", "%d-%d-%d does not exist or is not in the years %d to %d", year, int(month), day, MinYear, MaxYear)
	}
	return d, nil
}

// ParseDate reads "2026-11-21", the only accepted form.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(dateLayout, text)
	if err != nil || len(text) != len(dateLayout) {
		return Date{}, fieldErrorf("date", "%.20q is not a date like %q", text, dateLayout)
	}
	d := DateOf(t)
	if d.IsZero() {
		return Date{}, fieldErrorf("date", "%s is not in the years %d to %d", text, MinYear, MaxYear)
	}
	return d, nil
}

// DateOf returns the day of an instant in UTC, or no date where that day is
// outside MinYear..MaxYear.
func DateOf(t time.Time) Date {
	t = t.UTC()
	if t.Year() < MinYear || t.Year() > MaxYear {
		return Date{}
	}
	y, m, d := t.Date()
	return civil(y, m, d)
}

// civil returns the day of a year, month and day; months and days outside
// their usual range are carried over as time.Date does.
func civil(year int, month time.Month, day int) Date {
	if year < MinYear-1 || year > MaxYear+1 {
		return Date{}
	}
	unix := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()
	return dateFromDay(unix/secondsPerDay + epochToUnix)
}

// dateFromDay returns no date for a day that lies outside the calendar.
func dateFromDay(day int64) Date {
	if day < 1 || day > maxDay {
		return Date{}
	}
	return Date{int32(day)}
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d.day == 0 }

// Civil returns the year, month and day; all zero for no date.
func (d Date) Civil() (year int, month time.Month, day int) {
	if d.IsZero() {
		return 0, 0, 0
	}
	return time.Unix((int64(d.day)-epochToUnix)*secondsPerDay, 0).UTC().Date()
}

// Weekday returns the day of the week. It is meaningless for no date.
func (d Date) Weekday() time.Weekday { return time.Weekday(d.day % 7) }

// AddDays returns the day n days later, or earlier where n is negative. The
// result is no date where d is none or the calendar ends first.
func (d Date) AddDays(n int) Date {
	if d.IsZero() || n > maxDay || n < -maxDay {
		return Date{}
	}
	return dateFromDay(int64(d.day) + int64(n))
}

// AddMonths returns the wanted day of the month n months later, or the last day
// of that month where it is shorter: 31 January plus one month with day 31 is 28
// February, and plus two months again 31 March. A day of 0 means d's own. The
// result is no date where d is none or the calendar ends first.
func (d Date) AddMonths(n, day int) Date {
	if d.IsZero() || n > 12*MaxYear || n < -12*MaxYear {
		return Date{}
	}
	y, m, own := d.Civil()
	if day == 0 {
		day = own
	}
	return clampedDay(y*12+int(m)-1+n, day)
}

// clampedDay returns the day of the month that is numbered from year zero, or
// the month's last day where the month is shorter.
func clampedDay(monthNumber, day int) Date {
	year, month := monthNumber/12, time.Month(monthNumber%12+1)
	if year < MinYear || year > MaxYear {
		return Date{}
	}
	return civil(year, month, max(1, min(day, daysIn(year, month))))
}

func daysIn(year int, month time.Month) int {
	switch month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	default:
		return 31
	}
}

// DaysTo returns the number of days from d to other, negative where other is
// earlier.
func (d Date) DaysTo(other Date) int { return int(other.day) - int(d.day) }

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.day < other.day }

// After reports whether d is later than other.
func (d Date) After(other Date) bool { return d.day > other.day }

// Compare returns -1, 0 or +1 as d is earlier than, equal to or later than
// other. No date is earlier than every date.
func (d Date) Compare(other Date) int { return cmp.Compare(d.day, other.day) }

// String writes "2026-11-21", and nothing for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.Civil()
	return fmt.Sprintf("%04d-%02d-%02d", y, int(m), day)
}

// MarshalText writes "2026-11-21", and nothing for no date. A field with the
// option omitzero leaves no date out.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText accepts what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// UnmarshalJSON accepts a JSON string that UnmarshalText accepts, and no null.
func (d *Date) UnmarshalJSON(data []byte) error {
	text, err := unquote(data)
	if err != nil {
		return fmt.Errorf("reading a date: %w", err)
	}
	return d.UnmarshalText([]byte(text))
}
