package desk_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/ledger"
)

// TestEveryReadingIsCountedAndToldOnceADay: the audit shows how often, the journal that
// it was.
func TestEveryReadingIsCountedAndToldOnceADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	eva := w.staff("Eva Ek", casework.Agent)
	auditor := w.staff("Adam", casework.Auditor)
	const first, second ledger.NoteID = "nfirst", "nsecond"
	staff, err := w.desk.Staff(t.Context(), eva.id)
	if err != nil {
		t.Fatal(err)
	}
	read := func(notes ...ledger.NoteID) {
		t.Helper()
		if err := w.desk.Read(t.Context(), staff, "case", notes...); err != nil {
			t.Fatal(err)
		}
	}
	read(first, second)
	w.pass(time.Minute)
	read(first)
	if err := w.desk.ReadAgain(t.Context(), staff, "case", first); err != nil { // the page looked for newer rows
		t.Fatal(err)
	}
	if told, err := w.desk.Book.NextSending(t.Context(), w.Now(), 10); err != nil || len(told) != 2 {
		t.Errorf("%d persons are told, %v", len(told), err)
	}
	a := auditor.Get("/desk/audit?of=readings&note=nfirst").Is(http.StatusOK).Says("Eva Ek", "nfirst", "2 times").Hides("nsecond")
	for _, fault := range pagetest.Faults(a.Body) {
		t.Error(fault)
	}
	auditor.Get("/desk/audit?of=readings&who=eva+ek&day=2026-06-15").Says("nfirst", "nsecond")
	auditor.Get("/desk/audit?of=readings&day=2026-06-14").Says("There is nothing here")
	auditor.Get("/desk/audit?of=readings&who=nobody").Says("There is nothing here")

	w.pass(24 * time.Hour)
	if err := w.desk.ReadAgain(t.Context(), staff, "case", first); err != nil {
		t.Fatal(err)
	}
	all, more, err := w.desk.Book.Readings(t.Context(), casebook.ReadingQuery{Note: first, Limit: 1})
	if err != nil || !more || len(all) != 1 || all[0].Times != 1 {
		t.Fatalf("the next day's readings are %+v, %t, %v", all, more, err)
	}
	all, more, err = w.desk.Book.Readings(t.Context(), casebook.ReadingQuery{Note: first, After: &all[0], Limit: 1})
	if err != nil || more || len(all) != 1 || all[0].Times != 2 {
		t.Errorf("the day before is %+v, %t, %v", all, more, err)
	}
}

// TestAuditShowsActsAndGivesThemAsATable in which nothing is a formula.
func TestAuditShowsActsAndGivesThemAsATable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin, auditor := w.staff("=Ada", casework.Administrator), w.staff("Adam", casework.Auditor)
	actor := casework.Actor{Staff: admin.id, Roles: []casework.Role{casework.Administrator}}
	for range 2 {
		w.pass(time.Second)
		if _, err := w.desk.Do(t.Context(), casework.Request{Actor: actor, Act: &casework.StaffLost{Staff: auditor.id}, Reason: "-1+1"}); err != nil {
			t.Fatal(err)
		}
	}
	auditor = w.again(auditor, "Adam again") // signed out by it
	a := auditor.Get("/desk/audit").Is(http.StatusOK).Says("Take a member of staff's passkeys away", "=Ada")
	for _, fault := range pagetest.Faults(a.Body) {
		t.Error(fault)
	}
	table := auditor.Get("/desk/audit/export").Is(http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(table.Body)).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][3] != "'=Ada" || rows[1][6] != "'-1+1" || rows[1][1] != "staff.lost" {
		t.Errorf("the table is %q, %v", rows, err)
	}
	rows, err = csv.NewReader(strings.NewReader(auditor.Get("/desk/audit/export?of=readings").Is(http.StatusOK).Body)).ReadAll()
	if err != nil || len(rows) != 1 {
		t.Errorf("the table of readings is %q, %v", rows, err)
	}
}
