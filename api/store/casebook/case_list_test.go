package casebook_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
)

// keep opens cases with facts of their own.
func keep(t testing.TB, b *casebook.Book, facts ...casebook.CaseFacts) {
	t.Helper()
	for i, f := range facts {
		if err := b.KeepCase(t.Context(), noteID(i+1), f, noon); err != nil {
			t.Fatal(err)
		}
	}
}

func TestListsHaveTheCasesThatAreAskedForPageByPage(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		keep(t, b,
			casebook.CaseFacts{Client: client, Due: day(t, "2026-06-01")},
			casebook.CaseFacts{Client: client, Due: day(t, "2026-03-01"), Disputed: true},
			casebook.CaseFacts{Client: us, Due: day(t, "2026-03-01"), Plan: true},
			casebook.CaseFacts{Client: us},
			casebook.CaseFacts{Client: client, Due: day(t, "2026-02-01")},
		)
		if err := b.AssignCase(t.Context(), noteID(1), "s-eva", "north"); err != nil {
			t.Fatal(err)
		}
		if err := b.CloseCase(t.Context(), noteID(5), noon); err != nil {
			t.Fatal(err)
		}
		flag := casebook.Flag{ID: "f", Note: noteID(2), Kind: casebook.FlagIllness, Raised: noon, Until: day(t, "2026-07-01")}
		if err := b.AddFlag(t.Context(), flag, casebook.Task{Kind: casebook.TaskFlag, About: "f", Note: noteID(2), Reason: "task-flag"}); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			q    casebook.CaseQuery
			want []int64
		}{
			"all open":           {casebook.CaseQuery{}, []int64{4, 3, 2, 1}},
			"closed":             {casebook.CaseQuery{Closed: true}, []int64{5}},
			"of somebody":        {casebook.CaseQuery{Owner: "s-eva"}, []int64{1}},
			"of nobody":          {casebook.CaseQuery{Nobodys: true}, []int64{4, 3, 2}},
			"of a client":        {casebook.CaseQuery{Client: us}, []int64{4, 3}},
			"disputed":           {casebook.CaseQuery{Disputed: true}, []int64{2}},
			"on a plan":          {casebook.CaseQuery{Plan: true}, []int64{3}},
			"late":               {casebook.CaseQuery{DueTo: day(t, "2026-06-14")}, []int64{2, 3, 1}},
			"not so late":        {casebook.CaseQuery{DueFrom: day(t, "2026-05-01"), DueTo: day(t, "2026-06-14")}, []int64{1}},
			"flagged":            {casebook.CaseQuery{Flagged: day(t, "2026-07-01")}, []int64{2}},
			"flagged before":     {casebook.CaseQuery{Flagged: day(t, "2026-07-02")}, nil},
			"several at a time":  {casebook.CaseQuery{Client: client, Disputed: true, Nobodys: true}, []int64{2}},
			"nothing of the lot": {casebook.CaseQuery{Plan: true, Disputed: true}, nil},
		} {
			for _, limit := range []int{1, 2, 50} {
				var got []int64
				q := c.q
				q.Limit = limit
				for {
					page, next, err := b.Cases(t.Context(), q)
					if err != nil {
						t.Fatal(err)
					}
					for _, listed := range page {
						got = append(got, listed.Number)
					}
					if next == nil {
						break
					}
					q.After = *next
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("%s, %d at a time: %v, want %v", name, limit, got, c.want)
				}
			}
		}
	})
}

func TestAllThatHappenedStandsOnOneLineInItsOrder(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		note := collected(noteID(1), 1, "Anna Ek")
		at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
		err := b.Update(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			for seq := 1; seq <= 3; seq++ {
				if _, err := tx.ExecContext(ctx, "INSERT INTO transactions (id, block, at) VALUES ($1, $2, $3)", fmt.Sprint("tx", seq), seq, at(10*seq).Format(time.RFC3339)); err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, "INSERT INTO entries (kind, id, seq, position, op, command, head, tx) VALUES ('note', $1, $2, $2, 'pay', $3, '', $4)",
					string(note.ID), seq, fmt.Sprint("command", seq), fmt.Sprint("tx", seq)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, act := range []casebook.Act{
			{ID: "a1", Name: "pay", Note: note.ID, Staff: "s-eva", Reason: "came by letter", Command: "command2", At: at(20)},
			{ID: "a2", Name: "case.assign", Note: note.ID, Staff: "s-eva", At: at(25)},
			{ID: "a3", Name: "contact.log", Note: note.ID, Staff: "s-eva", At: at(26)}, // the contact itself is there
			{ID: "a4", Name: "case.assign", Note: noteID(2), Staff: "s-eva", At: at(27)},
		} {
			act.Body = []byte(`{}`)
			if err := b.AddAct(t.Context(), act); err != nil {
				t.Fatalf("act %d: %v", i, err)
			}
		}
		err = b.AddContact(t.Context(), casebook.Contact{
			ID: "c1", Note: note.ID, Staff: "s-eva", At: at(26), Channel: casebook.ByPhone, Direction: casebook.Outgoing, Outcome: casebook.NoAnswer, Words: "tries again",
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"event pay 30", "contact phone out no_answer 26 tries again", "act case.assign 25", "event pay 20 came by letter", "event pay 10"}
		for _, limit := range []int{1, 2, 3, 50} {
			var got []string
			q := casebook.TimelineQuery{Note: note.ID, Limit: limit}
			for more := true; more; {
				page, further, err := b.Timeline(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, h := range page {
					got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %d %s", h.Kind, h.What, int(h.At.Sub(noon).Minutes()), h.Words)))
				}
				if more = further; more {
					q.Before = &page[len(page)-1]
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d at a time: %q, want %q", limit, got, want)
			}
		}
		for kind, n := range map[casebook.HappeningKind]int{casebook.HappenedEvent: 3, casebook.HappenedContact: 1, casebook.HappenedAct: 1, casebook.HappenedFlag: 0} {
			page, _, err := b.Timeline(t.Context(), casebook.TimelineQuery{Note: note.ID, Kind: kind, Limit: 50})
			if err != nil || len(page) != n {
				t.Errorf("%s: %d, %v, want %d", kind, len(page), err, n)
			}
		}
	})
}

// walked matches a plan that reads all of a table.
var walked = regexp.MustCompile(`(?i)(seq scan on|scan) (search_terms|cases|persons_of_cases|o|t)\b($| \(| USING TEMP)`)

// TestSearchesAndListsAreReadFromAnIndex, whichever of the filters is asked for.
func TestSearchesAndListsAreReadFromAnIndex(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		const rows = 1200
		err := b.UpdateAlone(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			for n := range rows {
				id := string(noteID(n + 1))
				if _, err := tx.ExecContext(ctx, `INSERT INTO cases (number, note, opened, owner, team, closed, client, due, disputed, plan)
					VALUES ($1, $2, 1, $3, '', $4, $5, $6, $7, 0)`, n+1, id, fmt.Sprint("s", n%50), n%2, fmt.Sprint("p", n%40), fmt.Sprintf("2026-%02d-01", n%12+1), n%100/99); err != nil {
					return err
				}
				for _, term := range []string{fmt.Sprint("anna", n), fmt.Sprint("ek", n%7), id} {
					if _, err := tx.ExecContext(ctx, "INSERT INTO search_terms (term, kind, note) VALUES ($1, 'name', $2)", []byte(term), id); err != nil {
						return err
					}
				}
			}
			_, err := tx.ExecContext(ctx, "ANALYZE")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{
			"SELECT note FROM search_terms WHERE term >= $1 AND term < $2 ORDER BY term, kind, note LIMIT 50",
			"SELECT 1 FROM search_terms o WHERE o.note = 'n7' AND o.term >= $1 AND o.term < $2",
			"SELECT number FROM cases WHERE closed = 0 AND owner = 's7' AND number < 900 ORDER BY number DESC LIMIT 51",
			"SELECT number FROM cases WHERE closed = 0 AND client = 'p7' AND number < 900 ORDER BY number DESC LIMIT 51",
			"SELECT number FROM cases WHERE closed = 0 AND disputed = 1 ORDER BY number DESC LIMIT 51",
			"SELECT number FROM cases WHERE closed = 0 AND due <> '' AND due >= '2026-03-01' AND due <= '2026-03-31' ORDER BY due, number LIMIT 51",
			"SELECT number FROM cases WHERE note = 'n7'",
		} {
			var args []any
			if strings.Contains(query, "$1") {
				args = []any{[]byte("anna"), []byte("annb")}
			}
			if plan := planOf(t, b, query, args...); walked.MatchString(plan) {
				t.Errorf("%s\n%s", query, plan)
			}
		}
		found, more, err := b.Find(t.Context(), casebook.Search{Text: "anna ek3", Limit: 20})
		if err != nil || len(found) != 20 || !more {
			t.Errorf("found %d, more: %t, %v", len(found), more, err)
		}
	})
}

// planOf gives how the database would answer a query.
func planOf(t testing.TB, b *casebook.Book, query string, args ...any) string {
	t.Helper()
	explain := "EXPLAIN QUERY PLAN "
	var version string
	if b.Reader().QueryRowContext(t.Context(), "SELECT version()").Scan(&version) == nil {
		explain = "EXPLAIN "
	}
	rows, err := b.Reader().QueryContext(t.Context(), explain+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&plan, *cells[len(cells)-1].(*any))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
