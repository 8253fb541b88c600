package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// NoteOrder is the order of a list of notes.
type NoteOrder string

// The orders.
const (
	ByOffer  NoteOrder = "offered" // the latest offered first
	ByChange NoteOrder = "changed" // the one whose last change is the oldest first
	ByDue    NoteOrder = "due"     // the one that falls due first first; those that never do are left out
)

// NoteQuery selects notes to which a party is something. Empty fields select
// nothing away.
type NoteQuery struct {
	Party    ledger.PartyID
	Role     ledger.Role // of Party
	Status   ledger.Status
	Book     ledger.BookID
	Holder   ledger.PartyID
	Borrower ledger.PartyID
	// ChangedSince selects notes with an entry after this position (see Last and
	// Entry.Position).
	ChangedSince int64
	// DueFrom and DueTo, both inclusive, select by the day of the next unpaid
	// instalment.
	DueFrom, DueTo finance.Date
	// Order is ByDue, without being asked for, where DueFrom or DueTo is there,
	// else ByChange where ChangedSince is, and else ByOffer. Only that order stays
	// what it is while notes change.
	Order NoteOrder
	// Before is the Cursor of the last note of the page before, 0 for the first
	// page; in the order ByDue, BeforeDue is that note's Due.
	Before    int64
	BeforeDue finance.Date
	Limit     int // at most MaxPage
}

// Notes lists notes and says whether there are more. A note that changes while
// its list is read may come twice in the order ByChange, and is never left out; in
// the order ByDue it may do both.
func (s *Store) Notes(ctx context.Context, q NoteQuery) (page []Note, more bool, err error) {
	if q.Role != "" && roleBit(q.Role) == 0 {
		return nil, false, nil // nobody has it
	}
	q.Limit = pageLimit(q.Limit)
	query, args := q.sql()
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, false, fmt.Errorf("listing notes: %w", err)
	}
	page, err = collect(rows, scanNote)
	slices.SortFunc(page, q.compare)
	page, more = cut(page, q.Limit)
	return page, more, err
}

// compare puts a page in its order, which the database may lose when it joins
// the notes to what is listed of them.
func (q *NoteQuery) compare(a, b Note) int {
	switch q.order() {
	case ByDue:
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Cursor, b.Cursor))
	case ByChange:
		return cmp.Compare(a.Cursor, b.Cursor)
	}
	return cmp.Compare(b.Cursor, a.Cursor)
}

// order is the order that is asked for, or follows from the filters.
func (q *NoteQuery) order() NoteOrder {
	switch {
	case q.Order != "":
		return q.Order
	case !q.DueFrom.IsZero() || !q.DueTo.IsZero():
		return ByDue
	case q.ChangedSince > 0:
		return ByChange
	}
	return ByOffer
}

func scanNote(rows *sql.Rows) (n Note, err error) {
	var state, due string
	if err = rows.Scan(&state, &n.Holder, &n.Cursor, &due); err != nil {
		return n, err
	}
	if due != "" {
		if n.Due, err = finance.ParseDate(due); err != nil {
			return n, err
		}
	}
	return n, json.Unmarshal([]byte(state), &n.State)
}

// sql writes the query. What is listed are the rows of one party in note_parties,
// the leading one, so that an index gives them in order: of the borrower or the
// holder that is asked for, who has few notes or just those that are wanted, else
// of the party that asks. Only the notes of the page are read.
func (q *NoteQuery) sql() (query string, args []any) {
	var where []string
	and := func(condition string, values ...any) {
		places := make([]any, len(values))
		for i, v := range values {
			args = append(args, v)
			places[i] = len(args)
		}
		where = append(where, fmt.Sprintf(condition, places...))
	}
	// With LIMIT and OFFSET it is asked of each row that is listed. Without them both
	// databases may make a join of it, and read all notes of the other party first.
	isA := func(party ledger.PartyID, role ledger.Role) {
		and("EXISTS (SELECT 1 FROM note_parties p WHERE p.born = d.born AND p.party = $%d"+hasRole("p", role)+" LIMIT 1 OFFSET 0)", string(party))
	}
	switch {
	case q.Borrower != "":
		and("d.party = $%d"+hasRole("d", ledger.RoleBorrower), string(q.Borrower))
		isA(q.Party, q.Role)
		if q.Holder != "" {
			isA(q.Holder, ledger.RoleHolder)
		}
	case q.Holder != "":
		and("d.party = $%d"+hasRole("d", ledger.RoleHolder), string(q.Holder))
		isA(q.Party, q.Role)
	default:
		and("d.party = $%d"+hasRole("d", q.Role), string(q.Party))
	}
	if q.Status != ledger.StatusNone {
		and("d.status = $%d", string(q.Status))
	}
	if q.Book != "" {
		and("d.book = $%d", string(q.Book))
	}
	if q.ChangedSince > 0 {
		and("d.changed > $%d", q.ChangedSince)
	}
	q.whenDue(and)
	cursor, order := q.page(and)
	args = append(args, q.Limit+1)
	return fmt.Sprintf(`SELECT n.state, n.holder, l.place, l.due FROM
		(SELECT d.born, %s AS place, d.due FROM note_parties d WHERE %s ORDER BY %s LIMIT $%d) l
		JOIN notes n ON n.born = l.born`, cursor, strings.Join(where, " AND "), order, len(args)), args
}

// whenDue adds the days between which notes fall due.
func (q *NoteQuery) whenDue(and func(condition string, values ...any)) {
	if q.DueFrom.IsZero() && q.DueTo.IsZero() {
		return
	}
	due := "d.due"
	if q.order() == ByOffer {
		// As an expression it has no index. With that of d.due SQLite would read and
		// sort all that falls due for each page.
		due = "(d.due || '')"
		and(due + " <> ''")
	}
	if !q.DueFrom.IsZero() {
		and(due+" >= $%d", q.DueFrom.String())
	}
	if !q.DueTo.IsZero() {
		and(due+" <= $%d", q.DueTo.String())
	}
}

// hasRole is the condition of the index of a role, "" for no role. The bit stands
// in it as a number, for an index is not chosen by an argument.
func hasRole(table string, r ledger.Role) string {
	if r == "" {
		return ""
	}
	return fmt.Sprintf(" AND (%s.roles & %d) <> 0", table, roleBit(r))
}

// page adds where a page begins, and gives the column of its cursor and its order.
func (q *NoteQuery) page(and func(condition string, values ...any)) (cursor, order string) {
	switch q.order() {
	case ByDue:
		and("d.due <> ''")
		if q.Before > 0 {
			and("(d.due, d.born) > ($%d, $%d)", q.BeforeDue.String(), q.Before)
		}
		return "d.born", "d.due, d.born"
	case ByChange:
		if q.Before > 0 {
			and("d.changed > $%d", q.Before)
		}
		return "d.changed", "d.changed"
	}
	if q.Before > 0 {
		and("d.born < $%d", q.Before)
	}
	return "d.born", "d.born DESC"
}
