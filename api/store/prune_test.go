package store_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

func TestWhatHasServedItsPurposeIsTakenAway(t *testing.T) {
	insert := []struct {
		table     string
		keep      time.Duration
		statement string // with the name of a row, and the moment from which it is kept
	}{
		{"submissions", store.KeepSubmissions, "INSERT INTO submissions (signer, command, kind, id, seq, op, expires) VALUES ('p', '%[1]s', 'note', 'n', 1, 'pay', %[2]d)"},
		{"assertions", store.KeepAssertions, "INSERT INTO assertions (party, jti, expires) VALUES ('p', '%[1]s', %[2]d)"},
		{"idempotency", 0, "INSERT INTO idempotency (party, target, name, request, status, header, body, expires) VALUES ('p', 't', '%[1]s', 'r', 200, '{}', '', %[2]d)"},
		{"imports", store.KeepImports, "INSERT INTO imports (id, party, digest, name, total, created, state, ended) VALUES ('%[1]s', 'p', '%[1]s', '', 1, 0, 'finished', %[2]d)"},
		{"invitations", store.KeepInvitations, "INSERT INTO invitations (id, place, code, by_party, by_name, purpose, for_party, name, phone, email, language, note, party, key, created, expires, used, revoked) VALUES ('%[1]s', %[2]d, '%[1]s', 'p', '', 'borrower', '', '', '', '', 'sv', '', '', '', 0, %[2]d, 0, 0)"},
		{"sessions", 0, "INSERT INTO sessions (token, party, key_id, created, seen, expires) VALUES ('%[1]s', 'p', 'k', 0, 0, %[2]d)"},
		{"challenges", 0, "INSERT INTO challenges (challenge, purpose, data, expires) VALUES ('%[1]s', '', '', %[2]d)"},
		{"drafts", 0, "INSERT INTO drafts (id, token, party, payload, title, next, signed, created, expires) VALUES ('%[1]s', '', 'p', '', '', '', '', 0, %[2]d)"},
		{"callbacks", store.KeepCallbacks, "INSERT INTO callbacks (id, place, note, party, number, wanted, language, words, created, taken_by, taken_name, taken, done, outcome) VALUES ('%[1]s', %[2]d, 'n', '', '', '', '', '', 0, '', '', 0, %[2]d, '')"},
		{"messages", store.KeepMessages, "INSERT INTO messages (place, party, kind, channel, about, by_party, at) VALUES (%[2]d, 'p', '%[1]s', '', '', '', %[2]d)"},
		{"deliveries", store.KeepDeliveries, "INSERT INTO deliveries (webhook, position, id, subject, state, attempts, due, tried, status, fault, took) VALUES ('%[1]s', 1, 'd', 's', 'delivered', 1, 0, %[2]d000, 200, '', 1)"},
	}
	everywhere(t, func(t *testing.T, on database) {
		s, address := on.opened(t)
		db := on.behind(t, address)
		do := func(statement string) {
			t.Helper()
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		for _, i := range insert {
			do(fmt.Sprintf(i.statement, "old", noon.Add(-i.keep-time.Second).Unix()))
			do(fmt.Sprintf(i.statement, "young", noon.Add(-i.keep).Unix()))
		}
		for _, row := range []string{"old", "young"} {
			do(fmt.Sprintf("INSERT INTO import_rows (import, line, state, note, code, params) VALUES ('%s', 1, 'offered', '', '', '{}')", row))
		}
		// What is not finished stays, however old it is.
		do("INSERT INTO imports (id, party, digest, name, total, created) VALUES ('running', 'p', 'd', '', 1, 0)")
		do("INSERT INTO deliveries (webhook, position, id, subject, state, attempts, due, tried, status, fault, took) VALUES ('w', 2, 'x', 's', 'waiting', 1, 0, 0, 500, '', 1)")

		// Nor is a number that nobody has called kept for ever.
		for place, created := range []time.Time{noon.Add(-store.KeepCallbacks), noon.Add(-store.KeepCallbacks - time.Second)} {
			do(fmt.Sprintf("INSERT INTO callbacks (id, place, note, party, number, wanted, language, words, created, taken_by, taken_name, taken, done, outcome) VALUES ('waits %[1]d', %[1]d, 'n', '', '', '', '', '', %[2]d, '', '', 0, 0, '')",
				place, created.Unix()))
		}

		want := map[string]int{"invitations": 1, "sessions": 1, "challenges": 1, "drafts": 1, "callbacks": 2, "messages": 1, "submissions": 1, "assertions": 1, "idempotency": 1, "imports": 1, "import_rows": 1, "deliveries": 1}
		if gone, err := s.Prune(t.Context(), noon); err != nil || !maps.Equal(gone, want) {
			t.Errorf("it takes away %v, %v; want %v", gone, err, want)
		}
		if gone, err := s.Prune(t.Context(), noon); err != nil || len(gone) > 0 {
			t.Errorf("a second time it takes away %v, %v", gone, err)
		}
		left := map[string]int{"invitations": 1, "sessions": 1, "challenges": 1, "drafts": 1, "callbacks": 2, "messages": 1, "submissions": 1, "assertions": 1, "idempotency": 1, "imports": 2, "import_rows": 1, "deliveries": 2}
		for table, want := range left {
			var n int
			if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil || n != want {
				t.Errorf("%s has %d rows, %v; want %d", table, n, err, want)
			}
		}
	})
}

func TestFormerHolderIsForgottenWhenItsTimeIsOver(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := newWorld()
		w.cut(w.putBook(bookID("c"), buyer))
		sold := note(1, ledger.StatusActive, bookID("c"))
		told := day(t, "2026-06-15")
		former := partyID("f") // who is nothing else to the note, as its first lender is
		sold.Endorsements = []ledger.Endorsement{{Seq: 2, From: lender, To: former, NoticeOn: told}, {Seq: 3, From: former, To: buyer, NoticeOn: told}}
		w.cut(w.put(sold, buyer, ledger.OpOffer))
		s, _ := on.opened(t)
		follow(t, s, w)
		await(t, s, w)
		prunedTo(t, s, noon.AddDate(0, 0, ledger.FormerHolderDays))
		if got := listed(t, s, store.NoteQuery{Party: former}); len(got) != 1 {
			t.Errorf("on its last day it lists %v", got)
		}
		prunedTo(t, s, noon.AddDate(0, 0, ledger.FormerHolderDays+1))
		if got := listed(t, s, store.NoteQuery{Party: former}); len(got) != 0 {
			t.Errorf("when its time is over it lists %v", got)
		}
		for _, p := range []ledger.PartyID{lender, buyer, borrower} {
			if got := listed(t, s, store.NoteQuery{Party: p}); len(got) != 1 {
				t.Errorf("%.2s lists %v", p, got)
			}
		}
		// Nor does a later payment bring it back.
		w.cut(w.put(sold, buyer, ledger.OpPay))
		await(t, s, w)
		if got := listed(t, s, store.NoteQuery{Party: former}); len(got) != 0 {
			t.Errorf("after a payment it lists %v", got)
		}
	})
}

func prunedTo(t *testing.T, s *store.Store, now time.Time) {
	t.Helper()
	if _, err := s.Prune(t.Context(), now); err != nil {
		t.Fatal(err)
	}
}
