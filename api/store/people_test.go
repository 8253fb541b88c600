package store_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

var (
	anna   = partyID("a")
	bertil = partyID("b")
)

// invited keeps an invitation of the lender's and gives its code.
func passkeyOf(party ledger.PartyID, name string) (*store.Credential, *ledger.Key) {
	return &store.Credential{ID: []byte("id of " + name), Party: party, KeyID: name, Label: "phone", Created: noon}, &ledger.Key{ID: name, Kty: "EC"}
}

func TestPersonIsKnownUntilForgotten(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		if p, err := s.PersonOf(t.Context(), anna); p != nil || err != nil {
			t.Fatalf("before, she is %v, %v", p, err)
		}
		want := store.Person{Party: anna, Name: "Anna Ö.", Phone: "+46701234567", Email: "a@example.se", Language: ledger.Swedish, Created: noon}
		later := want
		later.Phone, later.Created = "+46707654321", noon.Add(time.Hour)
		for _, p := range []store.Person{want, later} {
			if err := s.SavePerson(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
		later.Created = noon // that stays
		if p, err := s.PersonOf(t.Context(), anna); err != nil || *p != later {
			t.Errorf("she is %+v, %v; want %+v", p, err, later)
		}
	})
}

func TestForgottenPersonLeavesNothingBehind(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, address := on.opened(t)
		for _, who := range []ledger.PartyID{anna, bertil} {
			person(t, s, who)
		}
		if err := s.ForgetPerson(t.Context(), anna); err != nil {
			t.Fatal(err)
		}
		db := on.behind(t, address)
		for table, columns := range map[string][]string{
			"persons": {"party"}, "credentials": {"party"}, "sessions": {"party"}, "drafts": {"party"}, "callbacks": {"party"},
			"messages": {"party"}, "invitations": {"party", "for_party"},
		} {
			for _, column := range columns {
				var hers, his int
				query := fmt.Sprintf("SELECT COUNT(CASE WHEN %[1]s = $1 THEN 1 END), COUNT(CASE WHEN %[1]s = $2 THEN 1 END) FROM %[2]s", column, table)
				if err := db.QueryRowContext(t.Context(), query, string(anna), string(bertil)).Scan(&hers, &his); err != nil {
					t.Fatal(err)
				}
				if hers != 0 || his == 0 {
					t.Errorf("%s by %s: %d rows of hers and %d of his are left", table, column, hers, his)
				}
			}
		}
	})
}

// person fills every table that knows of persons.
func person(t *testing.T, s *store.Store, who ledger.PartyID) {
	t.Helper()
	credential, key := passkeyOf(who, "key of "+string(who))
	c := invited(t, s, store.Invitation{ID: "for " + string(who), Name: "A name"})
	if used, err := s.UseInvitation(t.Context(), store.InvitationUse{Code: c, Party: who, Credential: credential, Key: key}, noon); used == nil || err != nil {
		t.Fatal(used, err)
	}
	invited(t, s, store.Invitation{ID: "device of " + string(who), By: who, For: who, Purpose: store.ForDevice})
	token := "token of " + string(who)
	if _, err := s.BeginSession(t.Context(), token, who, key.ID, noon); err != nil {
		t.Fatal(err)
	}
	if err := s.AddDraft(t.Context(), token, store.Draft{ID: "draft of " + string(who), Party: who, Created: noon}); err != nil {
		t.Fatal(err)
	}
	if added, err := s.AddCallback(t.Context(), store.Callback{ID: "call of " + string(who), Note: noteID(1), Party: who, Number: "070", Created: noon}); !added || err != nil {
		t.Fatal(added, err)
	}
	if err := s.AddMessage(t.Context(), store.Message{Party: who, Kind: store.MessageRecovery, Channel: "letter", At: noon}); err != nil {
		t.Fatal(err)
	}
}

func TestPasskeyWhoseCountGoesBackIsACopy(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		for _, tc := range []struct {
			name   string
			counts []uint32
			good   []bool
		}{
			{"keeps no count", []uint32{0, 0, 0}, []bool{true, true, true}},
			{"counts", []uint32{1, 2, 7, 4294967295}, []bool{true, true, true, true}},
			{"goes back", []uint32{5, 4, 6}, []bool{true, false, true}},
			{"stands still", []uint32{5, 5}, []bool{true, false}},
			{"goes back to none", []uint32{5, 0}, []bool{true, false}},
		} {
			c, _ := passkeyOf(anna, tc.name)
			if err := s.AddCredential(t.Context(), *c); err != nil {
				t.Fatal(err)
			}
			for i, count := range tc.counts {
				if good, err := s.CredentialUsed(t.Context(), c.ID, count, true, noon.Add(time.Duration(i)*time.Second)); err != nil || good != tc.good[i] {
					t.Errorf("%s: use %d with the count %d: %t, %v", tc.name, i, count, good, err)
				}
			}
		}
		if good, err := s.CredentialUsed(t.Context(), []byte("nobody's"), 1, false, noon); good || err != nil {
			t.Errorf("one that is not known is used: %t, %v", good, err)
		}
	})
}

func TestPasskeyIsItsOwnersToNameAndToRemove(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		c, _ := passkeyOf(anna, "k")
		if err := s.AddCredential(t.Context(), *c); err != nil {
			t.Fatal(err)
		}
		if named, err := s.NameCredential(t.Context(), bertil, c.ID, "mine"); named || err != nil {
			t.Errorf("another names it: %t, %v", named, err)
		}
		if removed, err := s.RemoveCredential(t.Context(), bertil, c.ID, noon); removed || err != nil {
			t.Errorf("another removes it: %t, %v", removed, err)
		}
		if named, err := s.NameCredential(t.Context(), anna, c.ID, "desk"); !named || err != nil {
			t.Errorf("she cannot name it: %v", err)
		}
		got, err := s.Credential(t.Context(), c.ID)
		want := *c
		want.Label = "desk"
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("it is %+v, %v; want %+v", got, err, want)
		}
		if removed, err := s.RemoveCredential(t.Context(), anna, c.ID, noon); !removed || err != nil {
			t.Errorf("she cannot remove it: %v", err)
		}
		if good, err := s.CredentialUsed(t.Context(), c.ID, 1, false, noon); good || err != nil {
			t.Errorf("afterwards it is used: %t, %v", good, err)
		}
		if all, err := s.Credentials(t.Context(), anna); len(all) != 0 || err != nil {
			t.Errorf("afterwards she has %v, %v", all, err)
		}
		if got, err := s.Credential(t.Context(), c.ID); err != nil || got.Removed.IsZero() {
			t.Errorf("it is %+v, %v", got, err)
		}
	})
}

func TestMessagesAreToldTheLatestFirst(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		var want []store.Message
		for _, channel := range []string{"page", "letter", "phone"} {
			m := store.Message{Party: anna, Kind: store.MessageRecovery, Channel: channel, About: "i", By: lender, At: noon}
			if err := s.AddMessage(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			want = append([]store.Message{m}, want...)
		}
		if got, err := s.Messages(t.Context(), anna); err != nil || !slices.Equal(got, want) {
			t.Errorf("she was told %+v, %v; want %+v", got, err, want)
		}
		if got, err := s.Messages(t.Context(), bertil); err != nil || len(got) != 0 {
			t.Errorf("he was told %+v, %v", got, err)
		}
	})
}

func TestDraftIsKeptForItsSession(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		d := store.Draft{ID: "d", Party: anna, Payload: []byte(`{"text":"\u0000 <å>","v":1}`), Title: json.RawMessage(`{"op":"pay"}`), Next: "/me", Created: noon}
		if err := s.AddDraft(t.Context(), "token", d); err != nil {
			t.Fatal(err)
		}
		want := d
		want.Expires = noon.Add(store.DraftLife)
		got, err := s.DraftOf(t.Context(), "token", "d", noon)
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("it is %+v, %v; want %+v", got, err, want)
		}
		for what, tc := range map[string]struct {
			token, id string
			at        time.Time
		}{"another session": {"other", "d", noon}, "another draft": {"token", "e", noon}, "too late": {"token", "d", want.Expires}} {
			if got, err := s.DraftOf(t.Context(), tc.token, tc.id, tc.at); got != nil || err != nil {
				t.Errorf("%s: it is %+v, %v", what, got, err)
			}
		}
		signed := ledger.Signed{WebAuthn: "a.b.c.d.e"}
		for what, want := range map[string]bool{"other": false, "token": true} {
			if kept, err := s.SignDraft(t.Context(), what, "d", signed); kept != want || err != nil {
				t.Errorf("by the session %q it is signed: %t, %v", what, kept, err)
			}
		}
		if kept, err := s.SignDraft(t.Context(), "token", "d", ledger.Signed{JWS: "x"}); kept || err != nil {
			t.Errorf("it is signed again: %t, %v", kept, err)
		}
		if got, err := s.DraftOf(t.Context(), "token", "d", noon); err != nil || got.Signed != signed {
			t.Errorf("its signature is %+v, %v", got, err)
		}
		if err := s.EndSession(t.Context(), "token"); err != nil {
			t.Fatal(err)
		}
		for party, want := range map[ledger.PartyID]bool{anna: true, partyID("x"): false} {
			if got, err := s.SignedDraftOf(t.Context(), party, "d", noon); err != nil || (got != nil) != want {
				t.Errorf("when the session has ended, the signed draft of %.4s is %+v, %v", party, got, err)
			}
		}
		if err := s.RemoveDraft(t.Context(), "other", "d"); err != nil {
			t.Fatal(err)
		}
		if got, _ := s.DraftOf(t.Context(), "token", "d", noon); got == nil {
			t.Error("another session removes it")
		}
		if err := s.RemoveDraft(t.Context(), "token", "d"); err != nil {
			t.Fatal(err)
		}
		if got, _ := s.DraftOf(t.Context(), "token", "d", noon); got != nil {
			t.Error("it is not removed")
		}
	})
}

func TestSessionHasSoManyDraftsAndNoMore(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		for n := range 40 {
			d := store.Draft{ID: fmt.Sprint("d", n), Party: anna, Created: noon.Add(time.Duration(n) * time.Second)}
			if err := s.AddDraft(t.Context(), "token", d); err != nil {
				t.Fatal(err)
			}
		}
		for n, want := range map[int]bool{0: false, 7: false, 8: true, 39: true} {
			if got, err := s.DraftOf(t.Context(), "token", fmt.Sprint("d", n), noon); err != nil || (got != nil) != want {
				t.Errorf("the draft %d is there: %t, %v", n, got != nil, err)
			}
		}
	})
}
