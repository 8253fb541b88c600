package store_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
)

func TestSessionEndsWithItsTime(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		begin := func(token string) {
			t.Helper()
			if _, err := s.BeginSession(t.Context(), token, anna, "key", noon); err != nil {
				t.Fatal(err)
			}
		}
		is := func(token string, after time.Duration) bool {
			t.Helper()
			v, err := s.SessionOf(t.Context(), token, noon.Add(after))
			if err != nil {
				t.Fatal(err)
			}
			return v != nil && v.Party == anna && v.KeyID == "key" && v.Created.Equal(noon)
		}
		begin("idle")
		if !is("idle", store.SessionIdle-time.Second) {
			t.Error("it ends before a quarter of an hour")
		}
		begin("left alone")
		if is("left alone", store.SessionIdle) {
			t.Error("it goes on although nobody was there")
		}
		begin("used all day")
		step := 10 * time.Minute
		for after := step; after < store.SessionLife; after += step {
			if !is("used all day", after) {
				t.Fatalf("it ends after %s although it is used", after)
			}
		}
		if is("used all day", store.SessionLife) {
			t.Error("it goes on after eight hours")
		}
		if is("unknown", 0) || is("", 0) {
			t.Error("a token that nobody was given is a session")
		}
	})
}

func TestSessionIsEndedAloneOrWithAllOfItsParty(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		for _, token := range []string{"a1", "a2", "a3", "b1"} {
			party := anna
			if token[0] == 'b' {
				party = bertil
			}
			if _, err := s.BeginSession(t.Context(), token, party, "key", noon); err != nil {
				t.Fatal(err)
			}
			if err := s.AddDraft(t.Context(), token, store.Draft{ID: "draft " + token, Party: party, Created: noon}); err != nil {
				t.Fatal(err)
			}
		}
		check := func(want string) {
			t.Helper()
			var is []string
			for _, token := range []string{"a1", "a2", "a3", "b1"} {
				v, err := s.SessionOf(t.Context(), token, noon)
				d, failed := s.DraftOf(t.Context(), token, "draft "+token, noon)
				if err != nil || failed != nil || (v == nil) != (d == nil) {
					t.Fatalf("%s: %v, %v, %v, %v", token, v, err, d, failed)
				}
				if v != nil {
					is = append(is, token)
				}
			}
			if got := strings.Join(is, " "); got != want {
				t.Errorf("the sessions are %q, want %q", got, want)
			}
		}
		check("a1 a2 a3 b1")
		if err := s.EndSession(t.Context(), "a2"); err != nil {
			t.Fatal(err)
		}
		check("a1 a3 b1")
		if err := s.EndSessions(t.Context(), anna); err != nil {
			t.Fatal(err)
		}
		check("b1")
	})
}

func TestPartyHasSoManySessionsAndNoMore(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		for n := range store.MaxSessions + 2 {
			if _, err := s.BeginSession(t.Context(), fmt.Sprint("s", n), anna, "key", noon.Add(time.Duration(n)*time.Second)); err != nil {
				t.Fatal(err)
			}
		}
		for n := range store.MaxSessions + 2 {
			v, err := s.SessionOf(t.Context(), fmt.Sprint("s", n), noon.Add(time.Minute))
			if err != nil || (v != nil) != (n >= 2) {
				t.Errorf("the session %d is there: %t, %v", n, v != nil, err)
			}
		}
	})
}

func TestChallengeIsTakenOnceForItsPurposeInItsTime(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		add := func() []byte {
			t.Helper()
			challenge := make([]byte, 32)
			if _, err := rand.Read(challenge); err != nil {
				t.Fatal(err)
			}
			if err := s.AddChallenge(t.Context(), challenge, "signin", "data", noon); err != nil {
				t.Fatal(err)
			}
			return challenge
		}
		take := func(challenge []byte, purpose string, after time.Duration) bool {
			t.Helper()
			data, found, err := s.TakeChallenge(t.Context(), challenge, purpose, noon.Add(after))
			if err != nil || found != (data == "data") {
				t.Fatalf("it gives %q, %t, %v", data, found, err)
			}
			return found
		}
		c := add()
		if take(c, "register", 0) {
			t.Error("it is taken for another purpose")
		}
		if !take(c, "signin", store.ChallengeLife-time.Second) {
			t.Error("it cannot be taken")
		}
		if take(c, "signin", 0) {
			t.Error("it is taken twice")
		}
		if late := add(); take(late, "signin", store.ChallengeLife) {
			t.Error("it is taken too late")
		}
		if take(nil, "signin", 0) || take([]byte("made up"), "signin", 0) {
			t.Error("one that was never made is taken")
		}
	})
}

// TestDatabaseHoldsNoSecretOfASession: who reads a copy of it can sign in as nobody.
func TestDatabaseHoldsNoSecretOfASession(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, address := on.opened(t)
		c := invited(t, s, store.Invitation{ID: "i"})
		if _, err := s.BeginSession(t.Context(), "token-of-anna", anna, "key", noon); err != nil {
			t.Fatal(err)
		}
		if err := s.AddDraft(t.Context(), "token-of-anna", store.Draft{ID: "d", Party: anna, Created: noon}); err != nil {
			t.Fatal(err)
		}
		if err := s.AddChallenge(t.Context(), []byte("challenge-of-anna"), "signin", "", noon); err != nil {
			t.Fatal(err)
		}
		all := written(t, on.behind(t, address), "SELECT * FROM invitations", "SELECT * FROM sessions", "SELECT * FROM drafts", "SELECT * FROM challenges")
		for _, secret := range []string{string(c), c.String(), "token-of-anna", "challenge-of-anna"} {
			if strings.Contains(all, secret) {
				t.Errorf("%q stands in the database:\n%s", secret, all)
			}
		}
	})
}
