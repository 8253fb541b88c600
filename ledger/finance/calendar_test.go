package finance

import (
	"testing"
	"time"
	_ "time/tzdata" // So that the zones exist on every machine.

	"github.com/rickar/cal/v2"
)

// day reads a date that the test itself wrote.
func day(t testing.TB, text string) Date {
	t.Helper()
	d, err := ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func calendarFor(t testing.TB, j Jurisdiction) Calendar {
	t.Helper()
	c, err := CalendarFor(j)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The days are read off a printed Swedish calendar.
func TestSwedishDueDateOnAHolidayMovesToTheNextWeekday_1936_81_par_5(t *testing.T) {
	c := calendarFor(t, Sweden)
	for due, want := range map[string]string{
		"2026-01-01": "2026-01-02", // New Year's Day, a Thursday
		"2026-01-06": "2026-01-07", // Epiphany
		"2026-04-03": "2026-04-07", // Good Friday, over Easter Monday
		"2026-04-06": "2026-04-07", // Easter Monday
		"2026-05-01": "2026-05-04", // 1 May, a Friday
		"2026-05-14": "2026-05-15", // Ascension Day
		"2025-06-06": "2025-06-09", // the National Day, a Friday
		"2026-06-19": "2026-06-22", // Midsummer Eve
		"2026-10-31": "2026-11-02", // All Saints' Day, a Saturday
		"2026-12-24": "2026-12-28", // Christmas Eve to Boxing Day, then a Sunday
		"2025-12-24": "2025-12-29",
		"2026-12-31": "2027-01-04", // New Year's Eve, then New Year's Day and a weekend
		"2026-11-21": "2026-11-23", // a Saturday
		"2026-11-22": "2026-11-23", // a Sunday
		"2026-11-23": "2026-11-23", // a Monday
		"2026-12-23": "2026-12-23", // the day before Christmas Eve is a working day
		"2026-04-02": "2026-04-02", // so is Maundy Thursday
		"2027-05-17": "2027-05-17", // and Whit Monday, since 2005
	} {
		if got := c.NextBusinessDay(day(t, due)); got != day(t, want) {
			t.Errorf("due %s moves to %s, want %s", due, got, want)
		}
	}
}

func TestGenericCalendarKnowsWeekendsOnly(t *testing.T) {
	c := calendarFor(t, Generic)
	for due, want := range map[string]string{
		"2026-12-24": "2026-12-24", "2026-12-26": "2026-12-28", "2026-11-22": "2026-11-23",
	} {
		if got := c.NextBusinessDay(day(t, due)); got != day(t, want) {
			t.Errorf("due %s moves to %s, want %s", due, got, want)
		}
		if got := (Calendar{}).NextBusinessDay(day(t, due)); got != day(t, want) {
			t.Errorf("with the zero calendar, due %s moves to %s, want %s", due, got, want)
		}
	}
}

func TestCalendarOfUnknownJurisdictionIsRefused(t *testing.T) {
	for _, j := range []Jurisdiction{"", "se", "XX"} {
		if _, err := CalendarFor(j); err == nil {
			t.Errorf("CalendarFor(%q) gave no error", j)
		}
	}
	if got, err := ParseJurisdiction("SE"); err != nil || got != Sweden {
		t.Errorf("ParseJurisdiction(SE) = %q, %v", got, err)
	}
	if _, err := ParseJurisdiction("sweden"); err == nil {
		t.Error("ParseJurisdiction(sweden) gave no error")
	}
}

func TestEveryDayLeadsToABusinessDayWithinTheSearch(t *testing.T) {
	c := calendarFor(t, Sweden)
	for d := (Date{1}); d.Before(Date{maxDay - maxHolidayRun}); d = d.AddDays(1) {
		next := c.NextBusinessDay(d)
		if next.IsZero() || !c.IsBusinessDay(next) || next.Before(d) || d.DaysTo(next) > 5 {
			t.Fatalf("%s leads to %q", d, next)
		}
	}
	if got := c.NextBusinessDay(Date{}); !got.IsZero() {
		t.Errorf("no date leads to %s", got)
	}
}

// TestHolidaysDoNotDependOnTheMachinesZone builds the set in zones whose clocks
// change at midnight, where a day can begin at 01:00. Peers that disagree about a
// holiday would endorse different results. It must not run in parallel: the
// library's zone is a global variable.
func TestHolidaysDoNotDependOnTheMachinesZone(t *testing.T) {
	zone := cal.DefaultLoc
	t.Cleanup(func() { cal.DefaultLoc = zone })
	cal.DefaultLoc = time.UTC
	want := *computeSwedishHolidays()
	for _, name := range []string{"Asia/Tehran", "Africa/Cairo", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia"} {
		location, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		cal.DefaultLoc = location
		if *computeSwedishHolidays() != want {
			t.Errorf("the holidays are others in %s", name)
		}
	}
}
