package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Note is a note of the read model.
type Note struct {
	State  *ledger.Note
	Holder ledger.PartyID
	// Cursor and Due continue a list after this note; see NoteQuery.
	Cursor int64
	Due    finance.Date // of the next unpaid instalment; no date where there is none
}

// Note gives a note, or nil where the read model has none.
func (s *Store) Note(ctx context.Context, id ledger.NoteID) (*Note, error) {
	var n Note
	var state string
	err := s.reader.QueryRowContext(ctx, "SELECT state, holder, born FROM notes WHERE id = $1", string(id)).
		Scan(&state, &n.Holder, &n.Cursor)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(state), &n.State)
	}
	if err != nil {
		return nil, fmt.Errorf("reading note %s from the database: %w", id, err)
	}
	n.Due = dueOf(n.State)
	return &n, nil
}

// NoteOrder is the order of a list of notes.
type NoteOrder string

// The orders.
const (
	ByOffer  NoteOrder = ""        // the latest offered first
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
	// and else ByChange where ChangedSince is.
	Order NoteOrder
	// Before is the Cursor of the last note of the page before, 0 for the first
	// page; in the order ByDue, BeforeDue is that note's Due.
	Before    int64
	BeforeDue finance.Date
	Limit     int // at most MaxPage
}

// Notes lists notes and says whether there are more. A note that changes while
// its list is read may come twice in the order ByChange, and is never left out.
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
	page, more = cut(page, q.Limit)
	return page, more, err
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

// sql writes the query. Its rows are those of one party in note_parties, the
// leading one, so that an index gives them in order: of the borrower or the
// holder that is asked for, who has few notes or just those that are wanted,
// else of the party that asks.
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
	switch {
	case q.Borrower != "":
		and("d.party = $%d", string(q.Borrower))
		and(hasRole("d", ledger.RoleBorrower))
	case q.Holder != "":
		and("d.party = $%d", string(q.Holder))
		and(hasRole("d", ledger.RoleHolder))
	default:
		and("d.party = $%d", string(q.Party))
	}
	if asks := "p"; q.Borrower != "" || q.Holder != "" {
		condition := "EXISTS (SELECT 1 FROM note_parties p WHERE p.born = d.born AND p.party = $%d"
		if q.Role != "" {
			condition += " AND " + hasRole(asks, q.Role)
		}
		and(condition+")", string(q.Party))
	} else if q.Role != "" {
		and(hasRole("d", q.Role))
	}
	if q.Borrower != "" && q.Holder != "" {
		and("n.holder = $%d", string(q.Holder))
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
	if !q.DueFrom.IsZero() {
		and("d.due >= $%d", q.DueFrom.String())
	}
	if !q.DueTo.IsZero() {
		and("d.due <= $%d", q.DueTo.String())
	}
	cursor, order := q.page(and)
	args = append(args, q.Limit+1)
	return fmt.Sprintf(`SELECT n.state, n.holder, %s, d.due FROM note_parties d JOIN notes n ON n.born = d.born
		WHERE %s ORDER BY %s LIMIT $%d`, cursor, strings.Join(where, " AND "), order, len(args)), args
}

// hasRole is the condition of the index of a role; the bit stands in it as a
// number, for an index is not chosen by an argument.
func hasRole(table string, r ledger.Role) string {
	return fmt.Sprintf("(%s.roles & %d) <> 0", table, roleBit(r))
}

// page adds where a page begins, and gives the column of its cursor and its order.
func (q *NoteQuery) page(and func(condition string, values ...any)) (cursor, order string) {
	switch {
	case q.Order == ByDue, q.Order == ByOffer && !(q.DueFrom.IsZero() && q.DueTo.IsZero()):
		and("d.due <> ''")
		if q.Before > 0 {
			and("(d.due, d.born) > ($%d, $%d)", q.BeforeDue.String(), q.Before)
		}
		return "d.born", "d.due, d.born"
	case q.Order == ByChange, q.ChangedSince > 0:
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
