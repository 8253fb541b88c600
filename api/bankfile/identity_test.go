package bankfile_test

import (
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/bankfile"
)

func ids(all []bankfile.Entry) map[string]bool {
	names := map[string]bool{}
	for _, e := range all {
		names[e.ID] = true
	}
	return names
}

func TestAFileThatIsReadTwiceNamesItsEntriesTheSame(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"camt053-02.xml", "camt054-08.xml", "bgmax.txt"} {
		one, two := read(t, example(t, name)).Entries(), read(t, example(t, name)).Entries()
		if len(ids(one)) != len(one) {
			t.Errorf("%s: %d names for %d entries", name, len(ids(one)), len(one))
		}
		for i := range one {
			if one[i].ID != two[i].ID || one[i].Booking != two[i].Booking {
				t.Errorf("%s: entry %d is %s and then %s", name, i, one[i].ID, two[i].ID)
			}
		}
	}
}

func TestABookingHasOneNameInANotificationAndInAStatement(t *testing.T) {
	t.Parallel()
	parts, whole := read(t, example(t, "camt054-08.xml")).Entries(), read(t, example(t, "camt053-02.xml")).Entries()
	if parts[0].Booking != whole[0].Booking || parts[1].Booking != whole[0].Booking {
		t.Error("the batch of the notification is not the booking of the statement")
	}
	if parts[0].ID == parts[1].ID {
		t.Error("two transactions have one name")
	}
}

func TestTwoEqualPaymentsOfADayAreTwo(t *testing.T) {
	t.Parallel()
	text := example(t, "camt053-02.xml")
	from := strings.Index(text, "<Ntry>\n        <Amt Ccy=\"SEK\">100<")
	to := strings.LastIndex(text, "</Ntry>") + len("</Ntry>")
	all := read(t, text[:to]+text[from:to]+text[to:]).Entries()
	last, again := all[len(all)-1], all[len(all)-2]
	if last.ID == again.ID || last.Booking == again.Booking {
		t.Error("the second fee of a day has the name of the first")
	}
}

func TestWhatIsAnnouncedAndThenBookedHasTwoNames(t *testing.T) {
	t.Parallel()
	text := example(t, "camt054-08.xml")
	announced := read(t, text).Entries()[2]
	booked := read(t, strings.Replace(text, "PDNG", "BOOK", 1)).Entries()[2]
	if announced.ID == booked.ID {
		t.Error("a booking would pass as one that was seen before")
	}
}
