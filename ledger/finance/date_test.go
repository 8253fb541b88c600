package finance_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// TestDatesAgreeWithTheStandardLibrary walks every day of the calendar.
func TestDatesAgreeWithTheStandardLibrary(t *testing.T) {
	d := date(t, "1900-01-01")
	end := time.Date(finance.MaxYear, time.December, 31, 0, 0, 0, 0, time.UTC)
	for at := time.Date(finance.MinYear, time.January, 1, 0, 0, 0, 0, time.UTC); !at.After(end); at = at.AddDate(0, 0, 1) {
		if d.String() != at.Format(time.DateOnly) || d.Weekday() != at.Weekday() || finance.DateOf(at) != d {
			t.Fatalf("day %s: got %s, a %s", at.Format(time.DateOnly), d, d.Weekday())
		}
		d = d.AddDays(1)
	}
	if !d.IsZero() {
		t.Errorf("the day after the last is %s, want no date", d)
	}
}

func TestDateIsTheDayInUTC(t *testing.T) {
	stockholm := time.FixedZone("", 2*60*60)
	at := time.Date(2026, time.June, 20, 1, 30, 0, 0, stockholm)
	if got := finance.DateOf(at); got != date(t, "2026-06-19") {
		t.Errorf("got %s", got)
	}
	for _, year := range []int{1, 1899, 2201, 9999} {
		if got := finance.DateOf(time.Date(year, time.June, 1, 0, 0, 0, 0, time.UTC)); !got.IsZero() {
			t.Errorf("year %d gave %s, want no date", year, got)
		}
	}
}

func TestDateThatDoesNotExistIsRefused(t *testing.T) {
	for _, text := range []string{"2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-01-01", "2026-01-32", "1899-12-31", "2201-01-01", "2026-11-21T00:00:00Z", " 2026-11-21", "2026/11/21", "", "0000-00-00"} {
		if d, err := finance.ParseDate(text); err == nil {
			t.Errorf("ParseDate(%q) = %s, want an error", text, d)
		}
	}
	for _, c := range []struct {
		y int
		m time.Month
		d int
	}{{2026, 2, 29}, {2026, 13, 1}, {2026, 1, 0}, {1899, 12, 31}, {2201, 1, 1}, {-5, 1, 1}} {
		if d, err := finance.NewDate(c.y, c.m, c.d); err == nil {
			t.Errorf("NewDate(%v) = %s, want an error", c, d)
		}
	}
	if d, err := finance.NewDate(2028, time.February, 29); err != nil || d != date(t, "2028-02-29") {
		t.Errorf("NewDate of a leap day = %s, %v", d, err)
	}
}

func TestDateInJSONIsItsTextAndNoDateIsEmpty(t *testing.T) {
	type row struct {
		Always finance.Date `json:"always"`
		Maybe  finance.Date `json:"maybe,omitzero"`
	}
	got, err := json.Marshal([]row{{Always: date(t, "2026-11-21"), Maybe: date(t, "2026-11-22")}, {}})
	const want = `[{"always":"2026-11-21","maybe":"2026-11-22"},{"always":""}]`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	var back []row
	if err := json.Unmarshal(got, &back); err != nil || !back[1].Always.IsZero() || back[0].Maybe != date(t, "2026-11-22") {
		t.Errorf("read back %v, %v", back, err)
	}
	for _, text := range []string{`20261121`, `{}`, `"2026-11-31"`, `"2026-11-21 "`, `null`} {
		var d finance.Date
		if err := json.Unmarshal([]byte(text), &d); err == nil {
			t.Errorf("decoding %s gave %s, want an error", text, d)
		}
	}
}

func TestMonthsClampToTheEndOfTheMonthAndComeBackToTheWantedDay(t *testing.T) {
	for _, tt := range []struct {
		from   string
		n, day int
		want   string
	}{
		{"2026-01-31", 1, 31, "2026-02-28"},
		{"2026-01-31", 2, 31, "2026-03-31"},
		{"2028-01-31", 1, 31, "2028-02-29"},
		{"2026-02-28", 1, 30, "2026-03-30"},
		{"2026-02-28", 1, 0, "2026-03-28"},
		{"2026-12-15", 1, 15, "2027-01-15"},
		{"2026-01-15", -1, 15, "2025-12-15"},
		{"2026-03-31", -13, 31, "2025-02-28"},
		{"2026-01-31", 0, 31, "2026-01-31"},
		{"2200-12-01", 1, 1, ""},
		{"1900-01-01", -1, 1, ""},
	} {
		if got := date(t, tt.from).AddMonths(tt.n, tt.day); got.String() != tt.want {
			t.Errorf("%s plus %d months on day %d = %q, want %q", tt.from, tt.n, tt.day, got, tt.want)
		}
	}
}

func TestNoDateStaysNoDate(t *testing.T) {
	var none finance.Date
	if !none.AddDays(1).IsZero() || !none.AddMonths(1, 1).IsZero() || none.String() != "" {
		t.Error("no date became a date")
	}
	if y, m, d := none.Civil(); y != 0 || m != 0 || d != 0 {
		t.Errorf("no date has the civil day %d-%d-%d", y, m, d)
	}
	d := date(t, "2026-01-01")
	if !none.Before(d) || !d.After(none) || d.Compare(none) != 1 {
		t.Error("no date is not earlier than a date")
	}
	for _, n := range []int{1 << 40, -1 << 40} {
		if got := d.AddDays(n); !got.IsZero() {
			t.Errorf("adding %d days gave %s", n, got)
		}
		if got := d.AddMonths(n, 1); !got.IsZero() {
			t.Errorf("adding %d months gave %s", n, got)
		}
	}
}

func TestDaysBetweenDatesAreCountedOnTheCalendar(t *testing.T) {
	a, b := date(t, "2028-02-01"), date(t, "2028-03-01")
	if got := a.DaysTo(b); got != 29 {
		t.Errorf("February 2028 has %d days", got)
	}
	if got := b.DaysTo(a); got != -29 {
		t.Errorf("backwards it has %d", got)
	}
}
