package store

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// The parties of the synthetic notes.
const (
	bigLender   = ledger.PartyID("pbiglenderaaaaaaaaaaaaaaaaaaaaaaa")
	smallLender = ledger.PartyID("psmalllenderaaaaaaaaaaaaaaaaaaaaa")
	buyer       = ledger.PartyID("pbuyeraaaaaaaaaaaaaaaaaaaaaaaaaaa")
	someone     = ledger.PartyID("pborrower000000000000000000000017")
)

// fill writes synthetic notes straight into the tables: most are active and of one
// lender, in a hundred books; some are sold, pledged, offered or discharged; every
// borrower has four.
func fill(t testing.TB, s *Store, notes int) {
	t.Helper()
	const perTransaction = 10_000
	for from := 0; from < notes; from += perTransaction {
		err := s.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			put := filler(ctx, t, tx)
			for n := from; n < min(from+perTransaction, notes); n++ {
				if err := put(n, notes); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.writer.ExecContext(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
}

// filler gives a function that writes one note.
func filler(ctx context.Context, t testing.TB, tx *sql.Tx) func(n, of int) error {
	t.Helper()
	prepare := func(query string) *sql.Stmt {
		stmt, err := tx.PrepareContext(ctx, query)
		if err != nil {
			t.Fatal(err)
		}
		return stmt
	}
	notes := prepare("INSERT INTO notes (born, id, seq, holder, state) VALUES ($1, $2, 2, $3, $4)")
	parts := prepare(`INSERT INTO note_parties (born, party, roles, status, book, changed, due, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '')`)
	return func(n, of int) error {
		note, holder := synthetic(n, of)
		at, changed := int64(n+1), int64(of+(n*7919)%of+1)
		state := fmt.Sprintf(`{"id":%q,"seq":2,"status":%q,"book":%q,"lender":%q,"x":%q}`,
			note.ID, note.Status, note.Book, note.Lender, strings.Repeat("x", 1200))
		if _, err := notes.ExecContext(ctx, at, string(note.ID), string(holder), state); err != nil {
			return err
		}
		due := note.Terms.Schedule.FirstDue.String()
		for _, p := range partsOf(&note, holder) {
			_, err := parts.ExecContext(ctx, at, string(p.party), p.roles, string(note.Status), string(note.Book), changed, due)
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// synthetic gives one of so many notes, with what lists look at.
func synthetic(n, of int) (note ledger.Note, holder ledger.PartyID) {
	note = ledger.Note{
		ID: ledger.NoteID(fmt.Sprintf("n%032d", n)), Status: ledger.StatusActive,
		Book: ledger.BookID(fmt.Sprintf("b%032d", n%100)), Lender: bigLender,
		Borrowers: []ledger.Borrower{{Party: ledger.PartyID(fmt.Sprintf("pborrower%024d", n%max(1, of/4)))}},
	}
	holder = bigLender
	first := day("2026-01-01")
	note.Terms.Schedule.FirstDue = first.AddDays(n * 31 % 3650)
	switch n % 50 {
	case 1:
		note.Lender, holder = smallLender, smallLender
	case 2:
		note.Status, note.Terms.Schedule.FirstDue = ledger.StatusDischarged, finance.Date{}
	case 3:
		note.Status, note.Terms.Schedule.FirstDue = ledger.StatusOffered, finance.Date{}
	case 4:
		holder = buyer
		note.Endorsements = []ledger.Endorsement{{From: bigLender, To: buyer}}
	case 5:
		note.Pending = &ledger.Transfer{From: bigLender, To: buyer}
	case 6:
		note.Pledge = &ledger.Pledge{Pledgee: buyer}
	case 7:
		note.Mandate = &ledger.Mandate{Servicer: buyer}
	}
	return note, holder
}

// lists are the queries that a bank asks, each with one filter and some with more.
var lists = []struct {
	name string
	q    NoteQuery
}{
	{"all", NoteQuery{Party: bigLender}},
	{"next page", NoteQuery{Party: bigLender, Before: 2000}},
	{"role borrower", NoteQuery{Party: someone, Role: ledger.RoleBorrower}},
	{"role lender", NoteQuery{Party: bigLender, Role: ledger.RoleLender}},
	{"role holder", NoteQuery{Party: bigLender, Role: ledger.RoleHolder}},
	{"role controller", NoteQuery{Party: buyer, Role: ledger.RoleController}},
	{"role pledgee", NoteQuery{Party: buyer, Role: ledger.RolePledgee}},
	{"role servicer", NoteQuery{Party: buyer, Role: ledger.RoleServicer}},
	{"role recipient", NoteQuery{Party: buyer, Role: ledger.RoleRecipient}},
	{"role transferor", NoteQuery{Party: bigLender, Role: ledger.RoleTransferor}},
	{"role former", NoteQuery{Party: bigLender, Role: ledger.RoleFormer}},
	{"status", NoteQuery{Party: bigLender, Status: ledger.StatusOffered}},
	{"book", NoteQuery{Party: bigLender, Book: "b00000000000000000000000000000042"}},
	{"holder", NoteQuery{Party: bigLender, Holder: buyer}},
	{"borrower", NoteQuery{Party: bigLender, Borrower: someone}},
	{"changed since", NoteQuery{Party: bigLender, ChangedSince: 100}},
	{"in order of change", NoteQuery{Party: bigLender, Order: ByChange}},
	{"changed since, next page", NoteQuery{Party: bigLender, ChangedSince: 100, Before: 5000}},
	{"due from and to", NoteQuery{Party: bigLender, DueFrom: day("2026-03-01"), DueTo: day("2027-03-01")}},
	{"due, next page", NoteQuery{Party: bigLender, Order: ByDue, Before: 500, BeforeDue: day("2026-05-01")}},
	{"due, the latest offered first", NoteQuery{Party: bigLender, Order: ByOffer, DueTo: day("2027-03-01")}},
	{"status and book", NoteQuery{Party: bigLender, Status: ledger.StatusActive, Book: "b00000000000000000000000000000042"}},
	{"role and status", NoteQuery{Party: bigLender, Role: ledger.RoleHolder, Status: ledger.StatusActive}},
	{"holder and status", NoteQuery{Party: bigLender, Holder: buyer, Status: ledger.StatusActive}},
	{"role and due", NoteQuery{Party: bigLender, Role: ledger.RoleHolder, DueTo: day("2026-06-30")}},
	{"status and changed since", NoteQuery{Party: bigLender, Status: ledger.StatusActive, ChangedSince: 100}},
}

// slow are the words of a plan that reads a whole table, or all that fits the
// filters before it shows a page of it. l is the page. PostgreSQL sorts what it
// takes for a handful of rows rather than read it in order, which is as well.
var slow = regexp.MustCompile(`Seq Scan|Join|Hash|AUTOMATIC|BLOOM|Filter: .*party = |Sort .*rows=\d{3}|SCAN [^l]|TEMP B-TREE`)

func TestListsAreReadFromAnIndexInItsOrder(t *testing.T) {
	inside(t, func(t *testing.T, s *Store) {
		if s.lock != nil { // nothing ever tells SQLite how many rows there are
			for _, list := range lists {
				if plan := s.explain(t, list.q); slow.MatchString(plan) {
					t.Errorf("%s, without statistics:\n%s", list.name, plan)
				}
			}
		}
		fill(t, s, 20_000)
		for _, list := range lists {
			t.Run(list.name, func(t *testing.T) {
				list.q.Limit = 50
				if plan := s.explain(t, list.q); slow.MatchString(plan) {
					query, _ := list.q.sql()
					t.Errorf("%s\n%s", query, plan)
				}
				page, _, err := s.Notes(t.Context(), list.q)
				if err != nil || len(page) == 0 {
					t.Errorf("it gives %d notes, %v; the plan of an empty list shows nothing", len(page), err)
				}
			})
		}
	})
}

// TestEventsAreReadFromAnIndexInTheirOrder for a party that is told of everything
// and for one that is told of little.
func TestEventsAreReadFromAnIndexInTheirOrder(t *testing.T) {
	inside(t, func(t *testing.T, s *Store) {
		const entries = 5000
		err := s.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			for n := range int64(entries) {
				block := ledger.Block{Number: uint64(n), Transactions: []ledger.Transaction{{
					ID:      fmt.Sprintf("tx-%d", n),
					Results: []ledger.Result{{Subject: ledger.NoteID(fmt.Sprintf("n%032d", n/3)).Subject(), Seq: uint64(n%3) + 1}},
				}}}
				if _, err := putBlocks(ctx, tx, []ledger.Block{block}); err != nil {
					return err
				}
				at := firstPosition(block.Number)
				all := []told{{at, bigLender}, {at, ledger.PartyID(fmt.Sprintf("pborrower%024d", n/12))}}
				if err := putTold(ctx, tx, all); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.writer.ExecContext(t.Context(), "ANALYZE"); err != nil {
			t.Fatal(err)
		}
		for _, party := range []ledger.PartyID{bigLender, someone} {
			if plan := s.plan(t, selectEntries+whereTold, string(party), firstPosition(10), MaxEntries); unordered.MatchString(plan) {
				t.Errorf("for %.10s:\n%s", party, plan)
			}
			if got, err := s.EntriesOf(t.Context(), party, firstPosition(10)); err != nil || len(got) == 0 {
				t.Errorf("%.10s is told of %d entries, %v", party, len(got), err)
			}
		}
	})
}

// TestRejectedRowsAreReadFromAnIndex: every answer about an import has the first of
// them, and a million others may stand between.
func TestRejectedRowsAreReadFromAnIndex(t *testing.T) {
	inside(t, func(t *testing.T, s *Store) {
		const rows = 20_000
		err := s.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			var values []any
			for line := range rows {
				state := RowOffered
				if line == rows-1 {
					state = RowRejected
				}
				values = append(values, "i", line+1, string(state), "", "", "{}")
			}
			return insertNew(ctx, tx, "import_rows", []string{"import", "line", "state", "note", "code", "params"}, values)
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.writer.ExecContext(t.Context(), "ANALYZE"); err != nil {
			t.Fatal(err)
		}
		for _, state := range []RowState{"", RowRejected} {
			query, args := rowsQuery("i", state, 0, 20)
			plan := s.plan(t, query, args...)
			if unordered.MatchString(plan) || state != "" && !strings.Contains(plan, "import_rows_state") {
				t.Errorf("rows in state %q:\n%s", state, plan)
			}
		}
		if page, _, err := s.ImportRows(t.Context(), "i", RowRejected, 0, 20); err != nil || len(page) != 1 || page[0].Row != rows {
			t.Errorf("rejected are %+v, %v", page, err)
		}
	})
}

// TestPruningReadsNoWholeTable: it holds up whoever writes. Imports are few, and
// their rows are found by them.
func TestPruningReadsNoWholeTable(t *testing.T) {
	inside(t, func(t *testing.T, s *Store) {
		if s.lock == nil {
			return // PostgreSQL reads an empty table whole, whatever its indexes
		}
		for _, p := range prunables {
			_, found, _ := strings.Cut(p.statement, "(SELECT ")
			query := strings.NewReplacer("$1", "'0'", "$2", "1000").Replace("SELECT " + strings.TrimSuffix(found, ")"))
			if plan := s.plan(t, query); strings.Contains(plan, "SCAN") && !strings.Contains(plan, "SCAN imports") {
				t.Errorf("%s:\n%s", p.table, plan)
			}
		}
	})
}

// unordered are the words of a plan that reads a whole table, or sorts.
var unordered = regexp.MustCompile(`Seq Scan|Hash|AUTOMATIC|Sort .*rows=\d{3}|SCAN|TEMP B-TREE`)

// explain gives the plan of a list.
func (s *Store) explain(t *testing.T, q NoteQuery) string {
	t.Helper()
	query, args := q.sql()
	return s.plan(t, query, args...)
}

// plan gives the plan of a query.
func (s *Store) plan(t *testing.T, query string, args ...any) string {
	t.Helper()
	explain := "EXPLAIN "
	if s.lock != nil {
		explain += "QUERY PLAN "
	}
	rows, err := s.reader.QueryContext(t.Context(), explain+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := collect(rows, func(rows *sql.Rows) (string, error) {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		err := rows.Scan(values...)
		return fmt.Sprint(*values[len(values)-1].(*any)), err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// day reads a date that is written here.
func day(text string) finance.Date {
	d, err := finance.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}
