package casebook_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"testing"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/store/storetest"
)

// wholly are the words of a plan that reads a whole table, or sorts all that fits
// before it shows a page of it. A dozen rows may be sorted.
var wholly = regexp.MustCompile(`Seq Scan|SCAN |TEMP B-TREE|Sort .*rows=\d{3}`)

// TestWorklistIsReadFromAnIndexInItsOrder with 20,000 tasks of 25 members of staff, of
// whom a fifth have no owner, and each page comes at once.
func TestWorklistIsReadFromAnIndexInItsOrder(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		fillTasks(t, b, 20_000)
		for name, q := range map[string]casebook.TaskQuery{
			"all": {}, "all, next page": {After: casebook.TaskPlace{Priority: casebook.PriorityDated, Due: noon.Unix(), Place: 7}},
			"mine": {Owner: "staff-7"}, "mine and free": {Owner: "staff-7", Free: true, Team: "north", Until: noon.AddDate(0, 0, 2)},
			"late": {Late: true}, "calls": {Kind: casebook.TaskCallback}, "without payments": {Free: true, Without: []casebook.TaskKind{casebook.TaskPayment}},
		} {
			t.Run(name, func(t *testing.T) {
				page, _, err := b.Tasks(t.Context(), q)
				if err != nil || len(page) == 0 {
					t.Fatalf("it gives %d tasks, %v; the plan of an empty list shows nothing", len(page), err)
				}
				for _, query := range casebook.TaskQueries(q) {
					if plan := planOf(t, b, query.Text, query.Args...); wholly.MatchString(plan) {
						t.Errorf("%s\n%s", query.Text, plan)
					}
				}
			})
		}
	})
}

// TestWhatPagesAskOfTheWorkIsReadFromAnIndex; PostgreSQL reads an empty table whole,
// whatever its indexes.
func TestWhatPagesAskOfTheWorkIsReadFromAnIndex(t *testing.T) {
	b := open(t, storetest.SQLite(t))
	for _, query := range []string{
		"SELECT id FROM contacts WHERE note = 'n' AND place < 9 ORDER BY place DESC LIMIT 9", "SELECT id FROM contacts WHERE code = 'c' AND code <> ''",
		"SELECT id FROM contacts WHERE peer = '+46' AND peer <> '' ORDER BY place DESC LIMIT 9", "SELECT id FROM contacts WHERE number = '+46' AND number <> '' ORDER BY place DESC LIMIT 9",
		"SELECT c.id FROM promised_calls c JOIN tasks t ON t.kind = 'callback' AND t.about = c.id WHERE c.id IN ('a', 'b')",
		"SELECT id FROM promised_calls WHERE ended = 0 AND promised < 9 AND counted < promised",
		"SELECT id FROM promises WHERE state = 'open' AND day < '2026-06-15' ORDER BY day, place LIMIT 9", "SELECT id FROM promises WHERE note = 'n' ORDER BY place DESC LIMIT 9",
		"SELECT id FROM complaint_register WHERE answered = 0 AND (answer_by, place) > ('', 0) ORDER BY answer_by, place LIMIT 9",
		"SELECT id FROM complaint_register WHERE place < 9 ORDER BY place DESC LIMIT 9",
		"SELECT id FROM flags WHERE lifted = 0 AND (until, place) > ('2026-06-15', 0) ORDER BY until, place LIMIT 9",
		"SELECT id FROM flags WHERE note = 'n' AND lifted = 0 AND until >= '2026-06-15' ORDER BY place LIMIT 9",
		"SELECT id FROM tasks WHERE note = 'n' AND ended = 0 ORDER BY place LIMIT 9", "SELECT id FROM tasks WHERE ended = 0 AND promised = 1 AND priority > 1 AND due < 9",
		"SELECT id FROM tasks WHERE kind = 'callback' AND ended = 0 AND priority = 1 AND due < 9",
	} {
		if plan := planOf(t, b, query); wholly.MatchString(plan) {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}

// fillTasks writes tasks straight into the table.
func fillTasks(t *testing.T, b *casebook.Book, tasks int) {
	t.Helper()
	err := b.UpdateAlone(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`INSERT INTO tasks (id, place, kind, about, note, reason, details, due, promised, priority, team, owner, state,
			added, taken, passed, remark, ended, ended_by, outcome)
			WITH RECURSIVE c (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < %d)
			SELECT CAST(i AS TEXT), i + 1, CASE i %% 5 WHEN 0 THEN 'next' WHEN 1 THEN 'callback' WHEN 2 THEN 'complaint' WHEN 3 THEN 'proposal' ELSE 'payment' END,
				CAST(i AS TEXT), 'n' || CAST(i AS TEXT), '', '{}', CASE WHEN i %% 4 = 0 THEN 0 ELSE %d + i * 7919 %% 1209600 END, 0,
				CASE WHEN i %% 100 = 1 THEN 1 WHEN i %% 4 = 0 THEN 3 ELSE 2 END, CASE WHEN i %% 15 = 5 THEN 'north' ELSE '' END,
				CASE WHEN i %% 5 = 0 THEN '' ELSE 'staff-' || CAST(i %% 25 AS TEXT) END, '', 0, 0, '', '', CASE WHEN i %% 10 = 9 THEN 1 ELSE 0 END, '', '' FROM c`,
			tasks-1, noon.Unix()))
		if err == nil {
			_, err = tx.ExecContext(ctx, "ANALYZE tasks")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
