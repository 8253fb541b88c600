package casework_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestTelephoneNumbersAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"070-123 45 67": "+46701234567", "+46 70 123 45 67": "+46701234567", "0046701234567": "+46701234567", "+46 (0)70-1234567": "+46701234567",
		"+45 20 12 34 56": "+4520123456", "08/12.34.56": "+468123456", "07\u2011012345": "+467012345",
		"20 12 34 56": "20 12 34 56", "ring hem": "ring hem", "": "", "+46 70 x": "+46 70 x",
	} {
		if got := casework.Phone(typed, finance.Sweden); got != want {
			t.Errorf("%q is read as %q, want %q", typed, got, want)
		}
	}
	if got := casework.Phone("070-1234567", finance.Generic); got != "070-1234567" {
		t.Errorf("without a country it is read as %q", got)
	}
}

// caseOf keeps the lender's own note as a case.
func (w *ruled) caseOf(id ledger.NoteID) int64 {
	w.Helper()
	for more := true; more; {
		var err error
		if more, err = w.desk.FollowCases(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
	c, err := w.desk.Book.CaseOf(w.Context(), id)
	if err != nil || c == nil {
		w.Fatalf("the note has no case: %v", err)
	}
	return c.Number
}

func TestAFileOfContactDetailsNamesWhatIsWrongAndChangesTheRest(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	id := w.note()
	if number := w.caseOf(id); number != 1 {
		t.Fatalf("the first case has number %d", number)
	}
	// The note of these tests names nobody; staff do, by hand.
	persons, err := w.desk.Book.PersonsOf(t.Context(), id)
	if err != nil || len(persons) != 1 {
		t.Fatalf("the persons are %+v, %v", persons, err)
	}
	w.act(&casework.Reach{Note: id, Party: persons[0].Party, Person: "Anna Ek"}, "")
	done, err := w.desk.ReachFile(context.Background(), w.lead, strings.NewReader(
		"\ufeffcase,name,phone,email,address,language\n"+
			"1,anna ek,070-123 45 67;+4520123456,anna@example.se,\"Storgatan 1\n111 22 Stockholm\",da\n"+
			"1,Anna Ek,,not an address,,\n1,Nobody,,,,\nx,Anna Ek,,,,\n7,Anna Ek,,,,\n1,Anna Ek,12,,,\n1,Anna Ek,,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	var faults []string
	for _, f := range done.Faults {
		faults = append(faults, f.Column)
	}
	if done.Rows != 7 || done.Written != 2 || !slices.Equal(faults, []string{"email", "name", "case", "", "phones"}) || done.Faults[0].Line != 4 {
		t.Errorf("the file led to %+v", done)
	}
	persons, err = w.desk.Book.PersonsOf(t.Context(), id)
	if err != nil || !slices.Equal(persons[0].Phones, []string{"+46701234567", "+4520123456"}) || persons[0].Language != ledger.Danish || persons[0].Email != "anna@example.se" {
		t.Errorf("the person is %+v, %v", persons[0], err)
	}
	if found, _, err := w.desk.Search(t.Context(), "20 12 34", 5); err != nil || len(found) != 1 {
		t.Errorf("%d are found by the new number, %v", len(found), err)
	}
	for _, bad := range []string{"", "name\n", "case,name,colour\n", "case,name\n1\n", "case,name\n\"1"} {
		if _, err := w.desk.ReachFile(t.Context(), w.lead, strings.NewReader(bad)); ledger.CodeOf(err) == "" {
			t.Errorf("%q is taken in: %v", bad, err)
		}
	}
}

func TestHowAPersonIsReachedIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	id := w.note()
	w.caseOf(id)
	first := &casework.Reach{Note: id, Party: w.borrower.ID, Person: "Anna Ek", Phones: []string{"+46701234567"}}
	w.act(first, "")
	second := w.act(&casework.Reach{Note: id, Party: w.borrower.ID, Person: "Anna Alm"}, "")
	back, err := w.desk.UndoOf(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	w.act(back.Act, "")
	persons, err := w.desk.Book.PersonsOf(t.Context(), id)
	if err != nil || persons[0].Name != "Anna Ek" || !slices.Equal(persons[0].Phones, first.Phones) {
		t.Errorf("the person is %+v, %v", persons, err)
	}
	for name, a := range map[string]*casework.Reach{
		"nobody":           {Note: id, Party: w.lender.ID, Person: "x"},
		"no name":          {Note: id, Party: w.borrower.ID},
		"a long name":      {Note: id, Party: w.borrower.ID, Person: strings.Repeat("x", 121)},
		"a bad number":     {Note: id, Party: w.borrower.ID, Person: "x", Phones: []string{"070"}},
		"too many numbers": {Note: id, Party: w.borrower.ID, Person: "x", Phones: slices.Repeat([]string{"+46701234567"}, 6)},
		"a bad address":    {Note: id, Party: w.borrower.ID, Person: "x", Email: "x"},
		"a bad language":   {Note: id, Party: w.borrower.ID, Person: "x", Language: "fi"},
	} {
		_, err := w.desk.Do(t.Context(), casework.Request{Actor: w.lead, Act: a})
		if _, refused := errors.AsType[*ledger.Error](err); !refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatCanBeDoneIsWhatTheLedgerAllows(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	id := w.note()
	w.caseOf(id)
	can := func(by casework.Actor) map[string]ledger.Code {
		all, err := w.desk.Possible(t.Context(), by, id)
		if err != nil {
			t.Fatal(err)
		}
		is := map[string]ledger.Code{}
		for _, p := range all {
			is[string(p.Act)+p.Variant] = ""
			if p.Why != nil {
				is[string(p.Act)+p.Variant] = p.Why.Code
			}
		}
		return is
	}
	agent := casework.Actor{Staff: "s-eva", Roles: []casework.Role{casework.Agent}}
	for act, want := range map[string]ledger.Code{
		"pay": "", "amend.proposeplan": "", "interrupt": "", "notice": ledger.CodeNoticeKnown, "mandate.end": ledger.CodeRoleForbidden,
		"forgive": ledger.CodeRoleForbidden, "accelerate": ledger.CodeRoleForbidden,
	} {
		if got := can(agent)[act]; got != want {
			t.Errorf("an agent's %s: %q, want %q", act, got, want)
		}
	}
	if got := can(w.lead)["forgive"]; got != "" {
		t.Errorf("a lead cannot forgive: %s", got)
	}
	if got := can(w.lead)["mandate.end"]; got != ledger.CodeNoMandate {
		t.Errorf("a lead's end of no mandate: %q", got)
	}
	auditor := casework.Actor{Staff: "s-ada", Roles: []casework.Role{casework.Auditor}}
	for act, why := range can(auditor) {
		if why != ledger.CodeRoleForbidden {
			t.Errorf("an auditor may %s: %q", act, why)
		}
	}
}
