package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
)

// TestWhatPagesAskIsReadFromAnIndex: every page asks for its session, and strangers
// ask for codes. None may read a table of a million persons.
func TestWhatPagesAskIsReadFromAnIndex(t *testing.T) {
	inside(t, func(t *testing.T, s *Store) {
		const rows = 5000
		err := s.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			for n := range rows {
				name := fmt.Sprint(n)
				for _, statement := range []string{
					"INSERT INTO sessions (token, party, key_id, created, seen, expires) VALUES ($1, $1, '', 0, 0, 0)",
					"INSERT INTO challenges (challenge, purpose, data, expires) VALUES ($1, '', '', 0)",
					"INSERT INTO drafts (id, token, party, payload, title, next, signed, created, expires) VALUES ($1, $1, $1, '', '', '', '', 0, 0)",
					"INSERT INTO credentials (id, party, key_id, label, sign_count, eligible, backed_up, created, used, removed) VALUES ($1, $1, '', '', 0, 0, 0, 0, 0, 0)",
					"INSERT INTO follow_ups (code, by_party, entry, expires, answered) VALUES ($1, $1, $1, 0, 0)",
					"INSERT INTO answers (id, by_party, day, team, topic, overall, expected, ideal, words) VALUES ($1, $1, '2026-01-01', '', '', 1, 1, 1, '')",
					"INSERT INTO parties (id, seq, state, phone) VALUES ($1, 1, '{}', $1)",
					"INSERT INTO persons (party, name, phone, email, language, created) VALUES ($1, '', '', '', '', 0)",
				} {
					if _, err := tx.ExecContext(ctx, statement, name); err != nil {
						return err
					}
				}
				for _, statement := range []string{
					`INSERT INTO invitations (id, place, code, by_party, by_name, purpose, for_party, name, phone, email, language, note, party, key, created, expires, used, revoked)
						VALUES ($1, $2, $1, $1, '', '', $1, '', '', '', '', '', $1, '', 0, 9, 0, 0)`,
					`INSERT INTO callbacks (id, place, note, party, number, wanted, language, words, created, taken_by, taken_name, taken, done, outcome)
						VALUES ($1, $2, $1, $1, '', '', '', '', 0, '', '', 0, 0, '')`,
					"INSERT INTO journal (by_party, id, place, note, party, kind, at, code, number, details, received) VALUES ($1, $1, $2, $1, $1, $1, 0, $1, $1, '', 0)",
					`INSERT INTO complaints (id, place, number, note, party, entry_by, entry, language, words, created, answer_by, taken_by, taken_name, answered, answer)
						VALUES ($1, $2, $1, $1, $1, '', '', '', '', 0, '', '', '', 0, '')`,
					"INSERT INTO messages (place, party, kind, channel, about, by_party, at) VALUES ($2, $1, '', '', '', '', 0)",
				} {
					if _, err := tx.ExecContext(ctx, statement, name, n+1); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		fill(t, s, rows)
		if _, err := s.writer.ExecContext(t.Context(), "ANALYZE"); err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{
			"SELECT party FROM sessions WHERE token = '7'", "SELECT data FROM challenges WHERE challenge = '7'",
			"SELECT id FROM drafts WHERE token = '7' ORDER BY created DESC, id DESC LIMIT 9 OFFSET 9", "SELECT id FROM credentials WHERE party = '7' AND removed = 0 ORDER BY created, id LIMIT 9",
			"SELECT name FROM persons WHERE party = '7'", "SELECT id FROM invitations WHERE code = '7'",
			"SELECT COUNT(*) FROM invitations WHERE by_party = '7' AND expires > 1 AND used = 0 AND revoked = 0",
			"SELECT id FROM invitations WHERE by_party = '7' AND place < 99 ORDER BY place DESC LIMIT 9",
			"SELECT id FROM invitations WHERE for_party = '7' AND for_party <> '' AND purpose = 'recovery' AND revoked = 0 ORDER BY place DESC LIMIT 9",
			"SELECT id FROM callbacks WHERE note = '7' ORDER BY place DESC LIMIT 9", "SELECT kind FROM messages WHERE party = '7' ORDER BY place DESC LIMIT 9",
			"SELECT COALESCE(MAX(place), 0) + 1 FROM invitations", "SELECT COALESCE(MAX(place), 0) + 1 FROM callbacks",
			"SELECT id FROM notes WHERE code = '7' AND code <> ''", "SELECT id FROM parties WHERE phone = '7' AND phone <> '' ORDER BY id LIMIT 5",
			selectJournal + "WHERE j.note = '7' AND j.place < 99 AND (j.party = '' OR j.party = '7') ORDER BY j.place DESC LIMIT 9",
			selectJournal + "WHERE j.note = '7' AND j.kind = 'contact' AND j.place < 99 AND (j.party = '' OR j.party = '7') ORDER BY j.place DESC LIMIT 9",
			selectJournal + "WHERE j.code = '7' AND j.code <> '' ORDER BY j.place LIMIT 1",
			selectJournal + "WHERE j.number = '7' AND j.number <> '' AND j.at >= 0 ORDER BY j.place DESC LIMIT 9",
			"SELECT COUNT(*) FROM journal WHERE note = '7' AND by_party = '7' AND received >= 0",
			"SELECT 1 FROM journal WHERE by_party = '7' AND id = '7'", "SELECT by_party FROM follow_ups WHERE code = '7'",
			"SELECT id FROM answers WHERE by_party = '7' AND (day, id) > ('2025-01-01', '7') AND day < '2026-02-01' ORDER BY day, id LIMIT 9",
			"SELECT id FROM complaints WHERE note = '7' AND party = '7' ORDER BY place DESC LIMIT 9",
			"SELECT COALESCE(MAX(place), 0) + 1 FROM journal",
		} {
			if plan := s.plan(t, query); unordered.MatchString(plan) {
				t.Errorf("%s\n%s", query, plan)
			}
		}
		for _, statement := range aboutPerson {
			query := strings.NewReplacer("DELETE FROM", "SELECT 1 FROM", "$1", "'7'").Replace(statement)
			if plan := s.plan(t, query); unordered.MatchString(plan) {
				t.Errorf("%s\n%s", query, plan)
			}
		}
	})
}
