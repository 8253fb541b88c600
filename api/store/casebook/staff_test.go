package casebook_test

import (
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// hire adds a member of staff.
func hire(t *testing.T, b *casebook.Book, id casebook.StaffID, roles ...string) casebook.Staff {
	t.Helper()
	s := casebook.Staff{ID: id, Name: "N " + string(id), Language: ledger.Swedish, Roles: roles, Created: noon}
	if added, err := b.AddStaff(t.Context(), s); err != nil || !added {
		t.Fatalf("adding %s: %t, %v", id, added, err)
	}
	return s
}

func TestStaffIsAddedOnceAndListedInItsOrder(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		ctx := t.Context()
		for _, id := range []casebook.StaffID{"s2", "s1", "s3"} {
			hire(t, b, id, "agent", "lead")
		}
		if added, err := b.AddStaff(ctx, casebook.Staff{ID: "s1", Name: "Other", Created: noon}); err != nil || added {
			t.Errorf("adding one again: %t, %v", added, err)
		}
		account := casebook.Staff{ID: "s4", Name: "N", Subject: "https://id one", Created: noon}
		if added, err := b.AddStaff(ctx, account); err != nil || !added {
			t.Fatalf("adding an account: %t, %v", added, err)
		}
		account.ID = "s5"
		if added, err := b.AddStaff(ctx, account); err != nil || added {
			t.Errorf("adding an account twice: %t, %v", added, err)
		}
		if s, err := b.StaffBySubject(ctx, "https://id one"); err != nil || s == nil || s.ID != "s4" {
			t.Errorf("the account is %+v, %v", s, err)
		}
		if s, err := b.StaffBySubject(ctx, ""); err != nil || s != nil {
			t.Errorf("no account is %+v, %v", s, err)
		}
		first, more, err := b.AllStaff(ctx, 0, 2)
		if err != nil || !more || len(first) != 2 || first[0].ID != "s2" || !slices.Equal(first[0].Roles, []string{"agent", "lead"}) {
			t.Fatalf("the first page is %+v, %t, %v", first, more, err)
		}
		rest, more, err := b.AllStaff(ctx, first[1].Place, 2)
		if err != nil || more || len(rest) != 2 || rest[1].ID != "s4" {
			t.Errorf("the second page is %+v, %t, %v", rest, more, err)
		}
	})
}

func TestOtherAdministratorIsFoundUnlessDisabled(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		ctx := t.Context()
		one, two := hire(t, b, "s1", "administrator"), hire(t, b, "s2", "administrator")
		hire(t, b, "s3", "administrators") // no such role
		other := func() bool {
			t.Helper()
			there, err := b.HasOther(ctx, "administrator", one.ID)
			if err != nil {
				t.Fatal(err)
			}
			return there
		}
		if !other() {
			t.Error("the other one is not found")
		}
		two.Disabled = noon
		if err := b.ChangeStaff(ctx, two); err != nil {
			t.Fatal(err)
		}
		if other() {
			t.Error("one who is disabled counts")
		}
	})
}

// TestSessionCountsUntilItsEnd, whatever keeps it open, and not for who is disabled.
func TestSessionCountsUntilItsEnd(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		ctx := t.Context()
		staff := hire(t, b, "s1")
		there := func(token string, seen bool, at time.Time) bool {
			t.Helper()
			session, who, err := b.StaffSessionOf(ctx, token, seen, at)
			if err != nil {
				t.Fatal(err)
			}
			return session != nil && who.ID == staff.ID
		}
		begin := func(token string, at time.Time) {
			t.Helper()
			if err := b.BeginStaffSession(ctx, token, staff.ID, at); err != nil {
				t.Fatal(err)
			}
		}
		begin("one", noon)
		for after, want := range map[time.Duration]bool{0: true, casebook.StaffIdle - time.Second: true, casebook.StaffIdle: false} {
			if got := there("one", false, noon.Add(after)); got != want {
				t.Errorf("after %s without a page it is there: %t", after, got)
			}
		}
		at := noon
		for there("one", true, at) {
			at = at.Add(casebook.StaffIdle - time.Minute)
		}
		if at.Before(noon.Add(casebook.StaffLife)) || at.After(noon.Add(casebook.StaffLife+casebook.StaffIdle)) {
			t.Errorf("with pages it ends %s after its beginning", at.Sub(noon))
		}
		if there("none", true, noon) {
			t.Error("a token that is none has a session")
		}
		begin("two", noon)
		staff.Disabled = noon
		if err := b.ChangeStaff(ctx, staff); err != nil {
			t.Fatal(err)
		}
		if there("two", true, noon) {
			t.Error("who is disabled is still there")
		}
	})
}

// TestOldestSessionMakesRoomForANewOne.
func TestOldestSessionMakesRoomForANewOne(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		staff := hire(t, b, "s1")
		tokens := []string{"a", "b", "c", "d", "e"}
		for i, token := range tokens {
			if err := b.BeginStaffSession(t.Context(), token, staff.ID, noon.Add(time.Duration(i)*time.Second)); err != nil {
				t.Fatal(err)
			}
		}
		for i, token := range tokens {
			session, _, err := b.StaffSessionOf(t.Context(), token, false, noon.Add(time.Minute))
			if err != nil || (session != nil) != (i > 0) {
				t.Errorf("session %s: %+v, %v", token, session, err)
			}
		}
	})
}

// TestLinkMakesOnePasskeyAndOnlyTheLatestLinkDoes.
func TestLinkMakesOnePasskeyAndOnlyTheLatestLinkDoes(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		ctx := t.Context()
		staff := hire(t, b, "s1")
		for _, code := range []string{"old", "new"} {
			if err := b.InviteStaff(ctx, staff.ID, code, noon); err != nil {
				t.Fatal(err)
			}
		}
		for code, want := range map[string]bool{"old": false, "new": true, "": false} {
			if s, err := b.InvitedStaff(ctx, code, noon); err != nil || (s != nil) != want {
				t.Errorf("the code %q: %+v, %v", code, s, err)
			}
		}
		if s, err := b.InvitedStaff(ctx, "new", noon.Add(casebook.InvitationLife)); err != nil || s != nil {
			t.Errorf("after its time: %+v, %v", s, err)
		}
		c := casebook.StaffCredential{ID: []byte{1, 2}, Staff: staff.ID, Key: ledger.Key{ID: "k", Kty: "EC"}, SignCount: 3}
		use := func(code string, c casebook.StaffCredential) bool {
			t.Helper()
			used, err := b.UseStaffInvitation(ctx, code, c, noon)
			if err != nil {
				t.Fatal(err)
			}
			return used
		}
		if use("old", c) || !use("new", c) || use("new", c) {
			t.Error("a link is used that does not count, or not the one that does")
		}
		if kept, err := b.StaffCredential(ctx, c.ID); err != nil || kept == nil || kept.Key.ID != "k" || kept.Staff != staff.ID {
			t.Errorf("the passkey is %+v, %v", kept, err)
		}
		for count, want := range map[uint32]bool{3: false, 2: false} {
			if good, err := b.StaffCredentialUsed(ctx, c.ID, count, false, noon); err != nil || good != want {
				t.Errorf("with the count %d: %t, %v", count, good, err)
			}
		}
		if good, err := b.StaffCredentialUsed(ctx, c.ID, 4, true, noon); err != nil || !good {
			t.Errorf("with a count that grew: %t, %v", good, err)
		}
		if err := b.DropStaffCredentials(ctx, staff.ID); err != nil {
			t.Fatal(err)
		}
		if kept, err := b.StaffCredential(ctx, c.ID); err != nil || kept != nil {
			t.Errorf("after it was taken away: %+v, %v", kept, err)
		}
	})
}

// TestCommandIsSettledWithItsAct, and one that was refused makes room for another.
func TestCommandIsSettledWithItsAct(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		ctx := t.Context()
		c := casebook.Command{ID: "c1", Act: "a1", Seq: 4, Signed: ledger.Signed{JWS: "x.y.z"}, Created: noon}
		if err := b.KeepCommand(ctx, c); err != nil {
			t.Fatal(err)
		}
		if err := b.AddAct(ctx, casebook.Act{ID: "a1", Name: "pay", Staff: "s1", Command: c.ID, Unsettled: true, Body: []byte("{}"), At: noon}); err != nil {
			t.Fatal(err)
		}
		if open, err := b.OpenCommands(ctx, noon.Add(time.Second), 10); err != nil || len(open) != 1 || open[0].Signed != c.Signed || open[0].Seq != 4 || open[0].Settled() {
			t.Fatalf("open is %+v, %v", open, err)
		}
		if open, err := b.OpenCommands(ctx, noon, 10); err != nil || len(open) > 0 {
			t.Errorf("open before it was made: %+v, %v", open, err)
		}
		if err := b.SettleCommand(ctx, c.ID, ledger.Rejected, ledger.CodeSeqStale); err != nil {
			t.Fatal(err)
		}
		if kept, err := b.Command(ctx, c.ID); err != nil || !kept.Settled() || kept.Code != ledger.CodeSeqStale {
			t.Errorf("the command is %+v, %v", kept, err)
		}
		if act, err := b.Act(ctx, "a1"); err != nil || act.Unsettled {
			t.Errorf("the act is %+v, %v", act, err)
		}
		c.Seq = 5
		if err := b.KeepCommand(ctx, c); err != nil {
			t.Fatal(err)
		}
		if kept, err := b.Command(ctx, c.ID); err != nil || kept.Settled() || kept.Seq != 5 {
			t.Errorf("written anew it is %+v, %v", kept, err)
		}
	})
}

// TestActsAreFoundByWhoWhatAndWhen.
func TestActsAreFoundByWhoWhatAndWhen(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		ctx := t.Context()
		for i, a := range []casebook.Act{{ID: "a1", Name: "pay", Note: "n1", Staff: "s1"}, {ID: "a2", Name: "forgive", Note: "n1", Staff: "s2", Undoes: "a1"}, {ID: "a3", Name: "pay", Note: "n2", Rule: "r/1"}} {
			a.Body, a.At = []byte("{}"), noon.Add(time.Duration(i)*time.Hour)
			for range 2 { // the second time is none
				if err := b.AddAct(ctx, a); err != nil {
					t.Fatal(err)
				}
			}
		}
		for name, test := range map[string]struct {
			q    casebook.ActQuery
			want []string
		}{
			"all":           {casebook.ActQuery{}, []string{"a3", "a2", "a1"}},
			"of one":        {casebook.ActQuery{Staff: "s2"}, []string{"a2"}},
			"about a note":  {casebook.ActQuery{Note: "n1"}, []string{"a2", "a1"}},
			"of a kind":     {casebook.ActQuery{Name: "pay"}, []string{"a3", "a1"}},
			"from a time":   {casebook.ActQuery{From: noon.Add(time.Hour)}, []string{"a3", "a2"}},
			"until a time":  {casebook.ActQuery{Until: noon.Add(time.Hour)}, []string{"a1"}},
			"of nobody":     {casebook.ActQuery{Staff: "s9"}, nil},
			"one at a time": {casebook.ActQuery{Limit: 1}, []string{"a3"}},
		} {
			if test.q.Limit == 0 {
				test.q.Limit = 10
			}
			all, _, err := b.Acts(ctx, test.q)
			var got []string
			for _, a := range all {
				got = append(got, a.ID)
			}
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		}
		for id, want := range map[string]bool{"a1": true, "a2": false} {
			if undone, err := b.Undone(ctx, id); err != nil || undone != want {
				t.Errorf("%s is undone: %t, %v", id, undone, err)
			}
		}
	})
}

// TestOpenApprovalsAreThoseThatWait, the oldest first.
func TestOpenApprovalsAreThoseThatWait(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		ctx := t.Context()
		for _, id := range []string{"p1", "p2", "p3"} {
			if err := b.AddApproval(ctx, casebook.Approval{ID: id, Name: "forgive", Body: []byte("{}"), Asked: "s1", Created: noon}); err != nil {
				t.Fatal(err)
			}
		}
		if first, err := b.Decide(ctx, "p2", casebook.Refused, "s2", "no", noon); err != nil || !first {
			t.Errorf("deciding: %t, %v", first, err)
		}
		if first, err := b.Decide(ctx, "p2", casebook.Agreed, "s3", "", noon); err != nil || first {
			t.Errorf("deciding again: %t, %v", first, err)
		}
		page, more, err := b.OpenApprovals(ctx, 0, 1)
		if err != nil || !more || len(page) != 1 || page[0].ID != "p1" {
			t.Fatalf("the first page is %+v, %t, %v", page, more, err)
		}
		if page, more, err = b.OpenApprovals(ctx, page[0].Place, 1); err != nil || more || len(page) != 1 || page[0].ID != "p3" {
			t.Errorf("the second page is %+v, %t, %v", page, more, err)
		}
	})
}
