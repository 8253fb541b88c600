package casework

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/store/storetest"
	"github.com/skuld-registry/skuld/ledger"
)

// costly is an act of the tests that needs two people, a reason, and can be taken back.
type costly struct {
	about
	Amount int `json:"amount"`
}

const (
	actCostly ActName = "test.costly"
	actCheap  ActName = "test.cheap"
)

func (*costly) Name() ActName { return actCostly }
func (c *costly) Check(context.Context, *Desk) error {
	if c.Amount < 0 {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "amount", "want", "an amount")
	}
	return nil
}
func (*costly) Describe() []Saying { return []Saying{Say("test.will")} }
func (c *costly) Do(context.Context, *Desk, Doing) (Effect, error) {
	return Effect{Undo: &cheap{Amount: -c.Amount}}, nil
}

// cheap is one that a member of staff does alone.
type cheap struct {
	about
	Amount int `json:"amount"`
}

func (*cheap) Name() ActName                                    { return actCheap }
func (*cheap) Check(context.Context, *Desk) error               { return nil }
func (*cheap) Describe() []Saying                               { return nil }
func (*cheap) Do(context.Context, *Desk, Doing) (Effect, error) { return Effect{}, nil }

// withTestKinds puts the acts of the tests into the table while a test runs.
func withTestKinds(t *testing.T) {
	t.Helper()
	before := kinds
	kinds = maps.Clone(before)
	kinds[actCostly] = kind{name: actCostly, roles: []Role{Agent, Lead}, reason: true, approval: func(_ context.Context, _ *Desk, r Request) (bool, error) {
		return r.Act.(*costly).Amount > 500, nil
	}, make: func() Act { return new(costly) }}
	kinds[actCheap] = kind{name: actCheap, roles: []Role{Agent, Lead}, make: func() Act { return new(cheap) }}
	t.Cleanup(func() { kinds = before })
}

// office is a desk with staff and no ledger.
type office struct {
	*Desk
	t   *testing.T
	now time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	withTestKinds(t)
	s, err := store.Open(t.Context(), storetest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	o := &office{t: t, now: time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)}
	o.Desk = &Desk{Book: casebook.Open(s), Clock: func() time.Time { return o.now }, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)}
	return o
}

func (o *office) staff(name string, roles ...Role) Actor {
	o.t.Helper()
	s := casebook.Staff{ID: casebook.StaffID("s-" + name), Name: name, Created: o.now}
	Profile{Name: name, Roles: roles}.write(&s)
	if _, err := o.Book.AddStaff(o.t.Context(), s); err != nil {
		o.t.Fatal(err)
	}
	return ActorOf(&s)
}

func (o *office) plan(by Actor, act Act, reason string) string {
	o.t.Helper()
	id, err := o.Plan(o.t.Context(), Request{Actor: by, Act: act, Reason: reason}, "/desk")
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

func (o *office) acts() []casebook.Act {
	o.t.Helper()
	all, _, err := o.Book.Acts(o.t.Context(), casebook.ActQuery{Limit: 10})
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

// TestNobodyDoesWhatTheTableDoesNotSay: an act without a row is refused to everybody,
// and so is one whose row does not name the role.
func TestNobodyDoesWhatTheTableDoesNotSay(t *testing.T) {
	o := newOffice(t)
	everybody := Actor{Staff: "s", Roles: Roles()}
	delete(kinds, actCheap)
	if _, err := o.Do(t.Context(), Request{Actor: everybody, Act: &cheap{}}); ledger.CodeOf(err) != ledger.CodeRoleForbidden {
		t.Errorf("an act without a row: %v", err)
	}
	for _, role := range Roles() {
		_, err := o.Do(t.Context(), Request{Actor: Actor{Staff: "s", Roles: []Role{role}}, Act: &costly{}, Reason: "why"})
		may := role == Agent || role == Lead
		if (err == nil) != may {
			t.Errorf("%s does it: %v", role, err)
		}
	}
	if _, err := o.Do(t.Context(), Request{Actor: Actor{Rule: "r/1"}, Act: &costly{}, Reason: "why"}); ledger.CodeOf(err) != ledger.CodeRoleForbidden {
		t.Errorf("a rule does what no rule may: %v", err)
	}
	if _, err := o.Do(t.Context(), Request{Actor: Actor{}, Act: &costly{}, Reason: "why"}); ledger.CodeOf(err) != ledger.CodeRoleForbidden {
		t.Errorf("nobody does it: %v", err)
	}
}

func TestActWithoutItsReasonIsRefused(t *testing.T) {
	o := newOffice(t)
	for _, reason := range []string{"", "  \n"} {
		_, err := o.Do(t.Context(), Request{Actor: o.staff("Eva", Agent), Act: &costly{}, Reason: reason})
		if ledger.CodeOf(err) != ledger.CodeBodyInvalid {
			t.Errorf("the reason %q: %v", reason, err)
		}
	}
}

// TestEveryRowOfTheTableIsWhole: it makes an act of its own name, and somebody or some
// rule may do it.
func TestEveryRowOfTheTableIsWhole(t *testing.T) {
	seen := map[ActName]bool{}
	for _, k := range slices.Concat(staffKinds, workKinds, caseKinds, ruleKinds, paymentKinds, letterKinds) {
		if seen[k.name] {
			t.Errorf("%s has two rows", k.name)
		}
		seen[k.name] = true
		if k.make == nil || k.make() == nil {
			t.Errorf("%s makes no act", k.name)
		}
		if len(k.roles) == 0 && !k.byRule {
			t.Errorf("nobody may do %s", k.name)
		}
		if slices.Contains(k.roles, Auditor) {
			t.Errorf("the auditor, who changes nothing, may do %s", k.name)
		}
		if slices.Contains(k.roles, Administrator) && len(k.roles) > 1 {
			t.Errorf("%s is the administrator's and others'", k.name)
		}
		if k.approval != nil && !slices.Contains(k.roles, Lead) && !slices.Contains(k.roles, Finance) {
			t.Errorf("nobody can agree to %s", k.name)
		}
	}
}

// TestPlannedActIsDoneOnceAndByWhoPlannedIt.
func TestPlannedActIsDoneOnceAndByWhoPlannedIt(t *testing.T) {
	o := newOffice(t)
	eva, lea := o.staff("Eva", Agent), o.staff("Lea", Lead)
	id := o.plan(eva, &cheap{Amount: 5}, "")
	if _, _, err := o.Confirm(t.Context(), lea, id); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("somebody else confirms it: %v", err)
	}
	if _, waits, err := o.Confirm(t.Context(), eva, id); err != nil || waits {
		t.Fatalf("confirming: %t, %v", waits, err)
	}
	if _, _, err := o.Confirm(t.Context(), eva, id); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("confirming again: %v", err)
	}
	if all := o.acts(); len(all) != 1 || all[0].ID != id || all[0].Staff != eva.Staff || string(all[0].Body) != `{"amount":5}` {
		t.Errorf("what was done is written down as %+v", all)
	}
	late := o.plan(eva, &cheap{}, "")
	o.now = o.now.Add(casebook.DraftLife + time.Second)
	if _, _, err := o.Confirm(t.Context(), eva, late); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("confirming too late: %v", err)
	}
}

// TestCostlyActWaitsForASecondPerson: another one, with more than working cases, once.
func TestCostlyActWaitsForASecondPerson(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	eva, other, lea := o.staff("Eva", Agent), o.staff("Ole", Agent), o.staff("Lea", Lead)
	if _, err := o.Do(ctx, Request{Actor: eva, Act: &costly{Amount: 501}, Reason: "why"}); !errors.Is(err, ErrNeedsApproval) {
		t.Fatalf("alone: %v", err)
	}
	if _, err := o.Do(ctx, Request{Actor: eva, Act: &costly{Amount: 501}, Reason: "why", Approved: eva.Staff}); ledger.CodeOf(err) != ledger.CodeRoleForbidden {
		t.Errorf("with her own approval: %v", err)
	}
	id := o.plan(eva, &costly{Amount: 501}, "why")
	if _, waits, err := o.Confirm(ctx, eva, id); err != nil || !waits {
		t.Fatalf("confirming: %t, %v", waits, err)
	}
	if len(o.acts()) > 0 {
		t.Error("it is done before anybody agreed")
	}
	if task, err := o.Book.Task(ctx, casebook.TaskID(casebook.TaskApproval, id)); err != nil || task == nil || task.State != casebook.TaskOpen {
		t.Errorf("the worklist has %+v, %v", task, err)
	}
	for name, by := range map[string]Actor{"who asked": eva, "another agent": other, "an auditor": o.staff("Adam", Auditor), "a rule": {Rule: "r/1"}} {
		if err := o.Decide(ctx, by, id, casebook.Agreed, ""); ledger.CodeOf(err) != ledger.CodeRoleForbidden {
			t.Errorf("%s agrees: %v", name, err)
		}
	}
	if err := o.Decide(ctx, lea, id, casebook.Withdrawn, ""); ledger.CodeOf(err) != ledger.CodeRoleForbidden {
		t.Errorf("another withdraws it: %v", err)
	}
	if err := o.Decide(ctx, lea, id, casebook.Agreed, "fine"); err != nil {
		t.Fatal(err)
	}
	if err := o.Decide(ctx, lea, id, casebook.Refused, ""); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("deciding twice: %v", err)
	}
	if all := o.acts(); len(all) != 1 || all[0].Staff != eva.Staff || all[0].Approved != lea.Staff {
		t.Errorf("what was done is written down as %+v", all)
	}
	if task, err := o.Book.Task(ctx, casebook.TaskID(casebook.TaskApproval, id)); err != nil || task.State == casebook.TaskOpen {
		t.Errorf("the worklist still has %+v, %v", task, err)
	}
}

// TestWhatIsRefusedIsNotDoneAtTheSameMoment: of two second persons one has the word.
func TestWhatIsRefusedIsNotDoneAtTheSameMoment(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	eva, lea, lars := o.staff("Eva", Agent), o.staff("Lea", Lead), o.staff("Lars", Lead)
	const times = 20
	for range times {
		id := o.plan(eva, &costly{Amount: 501}, "why")
		if _, _, err := o.Confirm(ctx, eva, id); err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		for verdict, by := range map[casebook.Verdict]Actor{casebook.Agreed: lea, casebook.Refused: lars} {
			both.Go(func() {
				if err := o.Decide(ctx, by, id, verdict, ""); err != nil && ledger.CodeOf(err) != ledger.CodeNotFound {
					t.Error(err)
				}
			})
		}
		both.Wait()
		asked, err := o.Asked(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		done, err := o.Book.Act(ctx, id)
		if err != nil || (done != nil) != (asked.Verdict == casebook.Agreed) {
			t.Fatalf("it is %s, and done: %+v, %v", asked.Verdict, done, err)
		}
	}
}

// TestWhoAskedMayWithdrawAndWhoLeftIsNotAgreedTo.
func TestWhoAskedMayWithdrawAndWhoLeftIsNotAgreedTo(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	lead, lea := o.staff("Lars", Lead), o.staff("Lea", Lead)
	first, second := o.plan(lead, &costly{Amount: 900}, "why"), o.plan(lead, &costly{Amount: 900}, "why")
	for _, id := range []string{first, second} {
		if _, _, err := o.Confirm(ctx, lead, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Decide(ctx, lead, first, casebook.Withdrawn, ""); err != nil {
		t.Errorf("withdrawing: %v", err)
	}
	left, err := o.Staff(ctx, lead.Staff)
	if err != nil {
		t.Fatal(err)
	}
	left.Disabled = o.now
	if err := o.Book.ChangeStaff(ctx, *left); err != nil {
		t.Fatal(err)
	}
	if err := o.Decide(ctx, lea, second, casebook.Agreed, ""); ledger.CodeOf(err) != ledger.CodeRoleForbidden {
		t.Errorf("agreeing to what somebody asked who left: %v", err)
	}
	if len(o.acts()) > 0 {
		t.Errorf("something was done: %+v", o.acts())
	}
}

// TestActIsUndoneOnce, by another act that says which one it takes back.
func TestActIsUndoneOnce(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	eva := o.staff("Eva", Agent)
	done, err := o.Do(ctx, Request{Actor: eva, Act: &costly{Amount: 100}, Reason: "why"})
	if err != nil {
		t.Fatal(err)
	}
	undo, err := o.UndoOf(ctx, done.ID)
	if err != nil {
		t.Fatal(err)
	}
	if back, is := undo.Act.(*cheap); !is || back.Amount != -100 || undo.Undoes != done.ID {
		t.Fatalf("it is undone by %+v", undo)
	}
	undo.Actor = eva
	if _, err := o.Do(ctx, undo); err != nil {
		t.Fatal(err)
	}
	if _, err := o.UndoOf(ctx, done.ID); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("undoing again: %v", err)
	}
	for name, id := range map[string]string{"what cannot be undone": o.acts()[0].ID, "what nobody did": "00000000-0000-4000-8000-000000000000"} {
		if _, err := o.UndoOf(ctx, id); ledger.CodeOf(err) != ledger.CodeNotFound {
			t.Errorf("undoing %s: %v", name, err)
		}
	}
}

// TestSameActIsDoneOnce, however often its id comes.
func TestSameActIsDoneOnce(t *testing.T) {
	o := newOffice(t)
	eva := o.staff("Eva", Agent)
	for range 3 {
		if _, err := o.Do(t.Context(), Request{ID: "7f1c3b0e-3c39-4d0a-9f0c-0d6d0b1a2c3d", Actor: eva, Act: &cheap{Amount: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	if all := o.acts(); len(all) != 1 {
		t.Errorf("it is written down %d times", len(all))
	}
}

// TestRolesThatNobodyCanHave are refused.
func TestRolesThatNobodyCanHave(t *testing.T) {
	for name, p := range map[string]Profile{
		"no name":                          {Roles: []Role{Agent}},
		"a role that there is none of":     {Name: "Eva", Roles: []Role{"boss"}},
		"an administrator who works cases": {Name: "Eva", Roles: []Role{Administrator, Agent}},
		"a name that is too long":          {Name: string(make([]byte, MaxStaffText+1))},
	} {
		if err := p.Check(); ledger.CodeOf(err) != ledger.CodeBodyInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (Profile{Name: "Eva", Phone: "+468", Team: "A", Roles: []Role{Agent, Lead, Finance, Auditor}}).Check(); err != nil {
		t.Error(err)
	}
}
