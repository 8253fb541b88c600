package casework

import (
	"testing"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// TestWhoCannotStopARuleCannotResumeItForEveryNote, not by undoing the stop either.
func TestWhoCannotStopARuleCannotResumeItForEveryNote(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	eva, lea := o.staff("Eva", Agent), o.staff("Lea", Lead)
	if _, err := o.Book.AddStop(ctx, casebook.Stop{ID: "stop-1", Rule: "SE.demand", Staff: lea.Staff, Reason: "an error", At: o.now}); err != nil {
		t.Fatal(err)
	}
	resume := Request{Actor: eva, Act: &RuleResume{Stop: "stop-1"}, Reason: "why not"}
	if _, err := o.Do(ctx, resume); ledger.CodeOf(err) != ledger.CodeRoleForbidden {
		t.Errorf("an agent resumes a rule: %v", err)
	}
	if _, err := o.Plan(ctx, resume, "/desk"); ledger.CodeOf(err) != ledger.CodeRoleForbidden {
		t.Errorf("an agent plans to: %v", err)
	}
	resume.Actor = lea
	if _, err := o.Do(ctx, resume); err != nil {
		t.Errorf("the lead: %v", err)
	}
}

// TestAdministratorGivesThemselfNoOtherRole: somebody else must let them see cases.
func TestAdministratorGivesThemselfNoOtherRole(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	ada, alf := o.staff("Ada", Administrator), o.staff("Alf", Administrator)
	change := func(by Actor, roles ...Role) error {
		_, err := o.Do(ctx, Request{Actor: by, Act: &StaffChange{Staff: ada.Staff, Profile: Profile{Name: "Ada", Roles: roles}}})
		return err
	}
	if err := change(ada, Lead, Finance); ledger.CodeOf(err) != ledger.CodeRoleForbidden {
		t.Errorf("by herself: %v", err)
	}
	if err := change(ada, Administrator); err != nil {
		t.Errorf("her name: %v", err)
	}
	if err := change(alf, Lead); err != nil {
		t.Errorf("by another administrator: %v", err)
	}
}
