package store_test

import (
	"crypto/rand"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

func drawn(t testing.TB) code.Code {
	t.Helper()
	c, err := code.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func invited(t testing.TB, s *store.Store, i store.Invitation) code.Code {
	t.Helper()
	c := drawn(t)
	if i.By == "" {
		i.By = lender
	}
	if i.Purpose == "" {
		i.Purpose = store.ForBorrower
	}
	i.Created, i.Expires, i.Language = noon, noon.Add(i.Purpose.Life()), ledger.Swedish
	if kept, made, err := s.AddInvitation(t.Context(), i, c); err != nil || !made || kept == nil {
		t.Fatalf("the invitation is kept: %v, %t, %v", kept, made, err)
	}
	return c
}

func TestInvitationIsUsedOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		c := invited(t, s, store.Invitation{ID: "i", ByName: "Fjord", Name: "Anna", Phone: "+46701234567", Note: noteID(1)})
		open, err := s.OpenInvitation(t.Context(), c, noon)
		if err != nil || open == nil || open.State(noon) != store.InvitationOpen || open.ByName != "Fjord" {
			t.Fatalf("it opens %+v, %v", open, err)
		}
		credential, key := passkeyOf(anna, "k1")
		use := store.InvitationUse{Code: c, Party: anna, Credential: credential, Key: key}
		used, err := s.UseInvitation(t.Context(), use, noon.Add(time.Minute))
		if err != nil || used == nil || used.Party != anna || used.Key.ID != "k1" || !used.Used.Equal(noon.Add(time.Minute)) {
			t.Fatalf("it is used: %+v, %v", used, err)
		}
		if again, err := s.UseInvitation(t.Context(), use, noon.Add(time.Hour)); err != nil || !reflect.DeepEqual(again, used) {
			t.Errorf("the same use again is told %+v, %v; want %+v", again, err, used)
		}
		p, err := s.PersonOf(t.Context(), anna)
		if want := (store.Person{Party: anna, Name: "Anna", Phone: "+46701234567", Language: ledger.Swedish, Created: noon.Add(time.Minute)}); err != nil || *p != want {
			t.Errorf("she is known as %+v, %v", p, err)
		}
		if all, err := s.Credentials(t.Context(), anna); err != nil || len(all) != 1 || string(all[0].ID) != "id of k1" {
			t.Errorf("her passkeys are %+v, %v", all, err)
		}
		other, otherKey := passkeyOf(bertil, "k2")
		for what, u := range map[string]store.InvitationUse{
			"another party":   {Code: c, Party: bertil, Credential: other, Key: otherKey},
			"another key":     {Code: c, Party: anna, Credential: credential, Key: otherKey},
			"no key":          {Code: c, Party: anna},
			"no such code":    {Code: drawn(t), Party: anna},
			"no code at all":  {Party: anna},
			"not quite a one": {Code: c[:15], Party: anna},
		} {
			if used, err := s.UseInvitation(t.Context(), u, noon.Add(time.Minute)); used != nil || err != nil {
				t.Errorf("%s: it is used: %+v, %v", what, used, err)
			}
		}
		if left, err := s.OpenInvitation(t.Context(), c, noon); left != nil || err != nil {
			t.Errorf("its code still opens %+v, %v", left, err)
		}
	})
}

func TestOfManyWhoUseAnInvitationAtOnceOneDoes(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		c := invited(t, s, store.Invitation{ID: "i"})
		var winners atomic.Int32
		var all sync.WaitGroup
		for i := range 16 {
			all.Go(func() {
				credential, key := passkeyOf(partyID(string(rune('a'+i))), fmt.Sprint("k", i))
				used, err := s.UseInvitation(t.Context(), store.InvitationUse{Code: c, Party: credential.Party, Credential: credential, Key: key}, noon)
				if err != nil {
					t.Error(err)
				}
				if used != nil {
					winners.Add(1)
				}
			})
		}
		all.Wait()
		if n := winners.Load(); n != 1 {
			t.Errorf("%d have used it", n)
		}
	})
}

func TestInvitationThatCannotBeUsedOpensNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		expired, revoked := invited(t, s, store.Invitation{ID: "e"}), invited(t, s, store.Invitation{ID: "r"})
		if i, err := s.RevokeInvitation(t.Context(), lender, "r", noon); err != nil || i.State(noon) != store.InvitationRevoked {
			t.Fatal(i, err)
		}
		month := noon.Add(store.ForBorrower.Life())
		for what, tc := range map[string]struct {
			code code.Code
			at   time.Time
		}{"expired": {expired, month}, "revoked": {revoked, noon}, "unknown": {drawn(t), noon}, "none": {"", noon}} {
			if i, err := s.OpenInvitation(t.Context(), tc.code, tc.at); i != nil || err != nil {
				t.Errorf("%s: it opens %+v, %v", what, i, err)
			}
			if i, err := s.UseInvitation(t.Context(), store.InvitationUse{Code: tc.code, Party: anna}, tc.at); i != nil || err != nil {
				t.Errorf("%s: it is used as %+v, %v", what, i, err)
			}
		}
		if i, err := s.OpenInvitation(t.Context(), expired, month.Add(-time.Second)); i == nil || err != nil {
			t.Errorf("a second before its end it opens %v, %v", i, err)
		}
		if p, err := s.PersonOf(t.Context(), anna); p != nil || err != nil {
			t.Errorf("she is known: %+v, %v", p, err)
		}
	})
}

func TestInvitationForOneIsNotUsedByAnother(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		for _, purpose := range []store.Purpose{store.ForDevice, store.ForRecovery} {
			c := invited(t, s, store.Invitation{ID: string(purpose), By: anna, For: anna, Purpose: purpose, Name: "Anna"})
			theirs, theirKey := passkeyOf(bertil, "b"+string(purpose))
			if used, err := s.UseInvitation(t.Context(), store.InvitationUse{Code: c, Party: bertil, Credential: theirs, Key: theirKey}, noon); used != nil || err != nil {
				t.Errorf("%s: another uses it: %+v, %v", purpose, used, err)
			}
			hers, herKey := passkeyOf(anna, "a"+string(purpose))
			if used, err := s.UseInvitation(t.Context(), store.InvitationUse{Code: c, Party: anna, Credential: hers, Key: herKey}, noon); used == nil || err != nil {
				t.Errorf("%s: she cannot use it: %v", purpose, err)
			}
		}
		// What an invitation says is known of new persons alone.
		if p, err := s.PersonOf(t.Context(), anna); p != nil || err != nil {
			t.Errorf("she is known as %+v, %v", p, err)
		}
	})
}

func TestInvitationWithAnothersPasskeyIsNotUsed(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		his, key := passkeyOf(bertil, "k")
		if err := s.AddCredential(t.Context(), *his); err != nil {
			t.Fatal(err)
		}
		c := invited(t, s, store.Invitation{ID: "i", Name: "Anna"})
		hers := *his
		hers.Party = anna
		if used, err := s.UseInvitation(t.Context(), store.InvitationUse{Code: c, Party: anna, Credential: &hers, Key: key}, noon); err == nil {
			t.Errorf("it is used: %+v", used)
		}
		if i, err := s.OpenInvitation(t.Context(), c, noon); i == nil || err != nil {
			t.Errorf("afterwards it opens %v, %v", i, err)
		}
		if p, err := s.PersonOf(t.Context(), anna); p != nil || err != nil {
			t.Errorf("she is known as %+v, %v", p, err)
		}
	})
}

func TestInvitationsAreListedToWhoMadeThem(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		for n := range 5 {
			invited(t, s, store.Invitation{ID: fmt.Sprint("l", n)})
			invited(t, s, store.Invitation{ID: fmt.Sprint("b", n), By: buyer})
		}
		var got []string
		for before := int64(0); ; {
			page, more, err := s.Invitations(t.Context(), lender, before, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range page {
				got = append(got, i.ID)
			}
			if !more {
				break
			}
			before = page[len(page)-1].Place
		}
		if want := []string{"l4", "l3", "l2", "l1", "l0"}; !slices.Equal(got, want) {
			t.Errorf("the list is %v, want %v", got, want)
		}
		if i, err := s.Invitation(t.Context(), lender, "b1"); i != nil || err != nil {
			t.Errorf("another's is %+v, %v", i, err)
		}
		if i, err := s.RevokeInvitation(t.Context(), lender, "b1", noon); i != nil || err != nil {
			t.Errorf("another's is revoked: %+v, %v", i, err)
		}
		if i, err := s.Invitation(t.Context(), buyer, "b1"); err != nil || i.State(noon) != store.InvitationOpen {
			t.Errorf("it is %+v, %v", i, err)
		}
	})
}

func TestInvitationOfTheSameIDIsGivenAsItStands(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		c := invited(t, s, store.Invitation{ID: "i", Name: "Anna"})
		other := store.Invitation{ID: "i", By: lender, Name: "Another", Purpose: store.ForBorrower, Created: noon, Expires: noon.Add(time.Hour)}
		if kept, made, err := s.AddInvitation(t.Context(), other, drawn(t)); err != nil || made || kept.Name != "Anna" {
			t.Errorf("it is %+v, %t, %v", kept, made, err)
		}
		if i, err := s.OpenInvitation(t.Context(), c, noon); err != nil || i.Name != "Anna" {
			t.Errorf("its code opens %+v, %v", i, err)
		}
		other.By = buyer
		if _, _, err := s.AddInvitation(t.Context(), other, drawn(t)); err == nil {
			t.Error("another party keeps an invitation of the same id")
		}
	})
}
