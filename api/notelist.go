package api

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

type notesAnswer struct {
	Notes []noteAnswer `json:"notes"`
	Next  string       `json:"next,omitempty"` // cursor of the next page
}

// noteFilters are the parameters that select notes, of lists and of exports.
var noteFilters = []string{"status", "role", "book", "holder", "borrower", "due_from", "due_to", "changed_since"}

// listNotes lists the notes that the caller is something to. The list is of the
// present: what a list of a past day would leave out, nobody could tell from it.
func (s *Server) listNotes(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, append(slices.Clone(noteFilters), "order", "cursor", "limit")...)
	want := q.notes(callOf(r.Context()).party.ID)
	q.order(&want)
	want.Limit = q.number("limit", defaultPage, 1, maxPage)
	if q.err != nil {
		return q.err
	}
	if err := s.requireComplete(); err != nil {
		return err
	}
	found, more, err := s.Store.Notes(r.Context(), want)
	if err != nil {
		return err
	}
	a, today := notesAnswer{Notes: []noteAnswer{}}, s.today()
	for _, n := range found {
		// A page may be short: a former holder's time to look may be over.
		if !mayRead(n.State, n.Holder, callOf(r.Context()).party, today) {
			continue
		}
		one := s.noteAnswer(r.Context(), n.State.ID, noteView{note: n.State, holder: n.Holder})
		if want.Order == store.ByChange {
			one.Changed = strconv.FormatInt(n.Cursor, 10)
		}
		a.Notes = append(a.Notes, one)
	}
	if more {
		a.Next = noteCursor(want.Order, found[len(found)-1])
	}
	return answer(w, http.StatusOK, a)
}

// notes reads the filters of a list of notes.
func (q *query) notes(party ledger.PartyID) store.NoteQuery {
	isParty := func(v string) bool { return ledger.PartyID(v).Valid() }
	roles, statuses := ledger.Roles(), ledger.Statuses()[1:] // without that of no note
	return store.NoteQuery{
		Party:        party,
		Role:         ledger.Role(q.text("role", fmt.Sprint("one of ", roles), func(v string) bool { return slices.Contains(roles, ledger.Role(v)) })),
		Status:       ledger.Status(q.text("status", fmt.Sprint("one of ", statuses), func(v string) bool { return slices.Contains(statuses, ledger.Status(v)) })),
		Book:         ledger.BookID(q.text("book", "a book's id", func(v string) bool { return ledger.BookID(v).Valid() })),
		Holder:       ledger.PartyID(q.text("holder", "a party's id", isParty)),
		Borrower:     ledger.PartyID(q.text("borrower", "a party's id", isParty)),
		DueFrom:      q.date("due_from", finance.Date{}),
		DueTo:        q.date("due_to", finance.Date{}),
		ChangedSince: q.position("changed_since"),
	}
}

// position gives the id of an event, 0 where none is said.
func (q *query) position(name string) int64 {
	v := q.values.Get(name)
	if v == "" {
		return 0
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if (err != nil || n < 0) && q.err == nil {
		q.err = ledger.Refuse(ledger.CodeQueryInvalid, "field", name, "want", "the id of an event")
	}
	return n
}

// orders are the orders of a list by what callers say.
var orders = map[string]store.NoteOrder{"offered": store.ByOffer, "changed": store.ByChange, "due": store.ByDue}

// order reads in which order the notes come, and where the page begins. Unless
// said, the order is that of the filter: what falls due is asked for to be worked
// through by day, and what has changed to follow changes.
func (q *query) order(want *store.NoteQuery) {
	said := q.text("order", "offered, changed or due", func(v string) bool { _, ok := orders[v]; return ok })
	byDue := q.values.Has("due_from") || q.values.Has("due_to")
	switch {
	case said != "":
		want.Order = orders[said]
	case byDue:
		want.Order = store.ByDue
	case q.values.Has("changed_since"):
		want.Order = store.ByChange
	default:
		want.Order = store.ByOffer
	}
	if want.Order == store.ByOffer && said != "" && (byDue || want.ChangedSince > 0) && q.err == nil {
		q.err = ledger.Refuse(ledger.CodeQueryInvalid, "field", "order", "want", "due or changed beside due_from, due_to and changed_since")
	}
	v := q.values.Get("cursor")
	if v == "" {
		return
	}
	var ok bool
	if want.Before, want.BeforeDue, ok = parseNoteCursor(want.Order, v); !ok && q.err == nil {
		q.err = ledger.Refuse(ledger.CodeQueryInvalid, "field", "cursor", "want", "the next of the page before, in the same order")
	}
}

// noteCursor writes the place after a note. It says of which order it is: in
// another one it would be another place.
func noteCursor(order store.NoteOrder, n store.Note) string {
	text := string(order) + "," + strconv.FormatInt(n.Cursor, 36)
	if order == store.ByDue {
		text += "," + n.Due.String()
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func parseNoteCursor(order store.NoteOrder, text string) (before int64, due finance.Date, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return 0, due, false
	}
	parts := strings.Split(string(b), ",")
	if order == store.ByDue && len(parts) == 3 {
		due, err = finance.ParseDate(parts[2])
	} else if order == store.ByDue || len(parts) != 2 {
		return 0, due, false
	}
	if err != nil || parts[0] != string(order) {
		return 0, due, false
	}
	before, err = strconv.ParseInt(parts[1], 36, 64)
	return before, due, err == nil && before > 0
}
