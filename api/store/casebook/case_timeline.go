package casebook

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// HappeningKind says what happened in a case.
type HappeningKind string

// The kinds.
const (
	HappenedEvent     HappeningKind = "event" // a command on the ledger
	HappenedContact   HappeningKind = "contact"
	HappenedCall      HappeningKind = "call" // that was promised
	HappenedPromise   HappeningKind = "promise"
	HappenedComplaint HappeningKind = "complaint"
	HappenedFlag      HappeningKind = "flag"
	HappenedDecision  HappeningKind = "decision"
	HappenedLetter    HappeningKind = "letter"
	HappenedAct       HappeningKind = "act" // of staff, that is none of those above
	HappenedReading   HappeningKind = "reading"
)

// HappeningKinds lists the kinds in the order in which they are shown as filters.
func HappeningKinds() []HappeningKind {
	return []HappeningKind{HappenedEvent, HappenedContact, HappenedCall, HappenedPromise, HappenedComplaint,
		HappenedFlag, HappenedDecision, HappenedLetter, HappenedAct, HappenedReading}
}

// Happening is one thing that happened in a case.
type Happening struct {
	Kind HappeningKind
	ID   string // of the row, unlike for others of its kind
	At   time.Time
	// What names it: of an event and an act its name, of a decision the rule, of a
	// contact channel, direction and outcome and of a letter kind and state, parted by
	// spaces, of others their kind or their state.
	What  string
	Staff StaffID // empty where none did it
	Seq   uint64  // of an event
	Words string  // why, or what was said
}

// happenings are the tables of what happened, each with its columns as the timeline
// has them. What an act led to on the ledger is an event, and what it led to in the
// other tables is there.
var happenings = map[HappeningKind]string{
	HappenedContact:   "SELECT 'contact', id, at, channel || ' ' || direction || ' ' || outcome, staff, words FROM contacts WHERE note = $1",
	HappenedCall:      "SELECT 'call', id, created, CASE WHEN ended > 0 THEN 'kept' WHEN missed > 0 THEN 'missed' ELSE 'open' END, '', words FROM promised_calls WHERE note = $1",
	HappenedPromise:   "SELECT 'promise', id, made, state, staff, day FROM promises WHERE note = $1",
	HappenedComplaint: "SELECT 'complaint', id, received, CASE WHEN answered > 0 THEN 'answered' ELSE 'open' END, registered, words FROM complaint_register WHERE note = $1",
	HappenedFlag:      "SELECT 'flag', id, raised, kind, raised_by, until FROM flags WHERE note = $1",
	HappenedDecision:  "SELECT 'decision', id, at, rule, staff, reason FROM decisions WHERE note = $1",
	HappenedLetter:    "SELECT 'letter', id, at, kind || ' ' || state, staff, name FROM letters WHERE note = $1",
	HappenedAct: `SELECT 'act', id, at, name, staff, reason FROM acts WHERE note = $1 AND command = '' AND name NOT LIKE 'contact.%'
		AND name NOT LIKE 'callback.%' AND name NOT LIKE 'promise.%' AND name NOT LIKE 'complaint.%' AND name NOT LIKE 'flag.%' AND name <> 'letter.send' AND name NOT LIKE 'task.%'`,
	HappenedReading: "SELECT 'reading', staff || ' ' || day, first, why, staff, '' FROM readings WHERE note = $1",
}

// TimelineQuery selects what happened in a case.
type TimelineQuery struct {
	Note ledger.NoteID
	Kind HappeningKind // empty for all
	// Before is the last of the page before; nil for the first page. Its kind, id and
	// time are looked at.
	Before *Happening
	Limit  int // at most store.MaxPage
}

// Timeline lists what happened in a case, the latest first, and says whether there is
// more.
func (b *Book) Timeline(ctx context.Context, q TimelineQuery) (page []Happening, more bool, err error) {
	limit := store.PageLimit(q.Limit)
	if q.Kind == "" || q.Kind == HappenedEvent {
		if page, err = b.events(ctx, q, limit+1); err != nil {
			return nil, false, err
		}
	}
	if q.Kind != HappenedEvent {
		rest, err := b.happened(ctx, q, limit+1)
		if err != nil {
			return nil, false, err
		}
		page = append(page, rest...)
	}
	slices.SortFunc(page, func(a, b Happening) int { return b.compare(a) })
	page, more = store.Cut(page[:min(len(page), limit+1)], limit)
	return page, more, nil
}

// compare puts what happened in order, the earliest first.
func (h Happening) compare(o Happening) int {
	return cmp.Or(cmp.Compare(h.At.Unix(), o.At.Unix()), strings.Compare(string(h.Kind), string(o.Kind)), strings.Compare(h.ID, o.ID))
}

// happened reads what stands in the tables of casework.
func (b *Book) happened(ctx context.Context, q TimelineQuery, limit int) ([]Happening, error) {
	var tables []string
	for _, kind := range HappeningKinds() {
		if table, has := happenings[kind]; has && (q.Kind == "" || q.Kind == kind) {
			tables = append(tables, table)
		}
	}
	if len(tables) == 0 {
		return nil, nil
	}
	before := Happening{Kind: "~", At: time.Unix(1<<40, 0)} // after all
	if q.Before != nil {
		before = *q.Before
	}
	// The first row names the columns.
	rows, err := b.Reader().QueryContext(ctx, `SELECT kind, id, at, what, staff, words FROM
		(SELECT '' AS kind, '' AS id, 0 AS at, '' AS what, '' AS staff, '' AS words WHERE 1 = 0 UNION ALL `+strings.Join(tables, " UNION ALL ")+`) h
		WHERE at < $2 OR at = $2 AND (kind < $3 OR kind = $3 AND id < $4) ORDER BY at DESC, kind DESC, id DESC LIMIT $5`,
		string(q.Note), before.At.Unix(), string(before.Kind), before.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("reading what happened in a case: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (h Happening, err error) {
		var at int64
		err = rows.Scan(&h.Kind, &h.ID, &at, &h.What, &h.Staff, &h.Words)
		h.At = store.InTime(at)
		return h, err
	})
}

// eventID writes a number so that texts are in its order.
func eventID(seq uint64) string { return fmt.Sprintf("%012d", seq) }

// events reads what stands on the ledger, with who of staff did it and why.
func (b *Book) events(ctx context.Context, q TimelineQuery, limit int) ([]Happening, error) {
	last := uint64(1 << 62)
	if q.Before != nil {
		seq, err := b.lastEvent(ctx, q.Note, *q.Before)
		if err != nil {
			return nil, err
		}
		last = seq
	}
	rows, err := b.Reader().QueryContext(ctx, `SELECT e.seq, e.op, t.at, COALESCE(a.staff, ''), COALESCE(a.reason, '')
		FROM entries e JOIN transactions t ON t.id = e.tx LEFT JOIN acts a ON a.command = e.command AND a.command <> '' AND a.note = e.id
		WHERE e.kind = 'note' AND e.id = $1 AND e.seq <= $2 ORDER BY e.seq DESC LIMIT $3`, string(q.Note), int64(last), limit)
	if err != nil {
		return nil, fmt.Errorf("reading what happened to note %s: %w", q.Note, err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (h Happening, err error) {
		var at string
		if err = rows.Scan(&h.Seq, &h.What, &at, &h.Staff, &h.Words); err != nil {
			return h, err
		}
		h.Kind, h.ID = HappenedEvent, eventID(h.Seq)
		h.At, err = time.Parse(time.RFC3339, at)
		return h, err
	})
}

// lastEvent gives the number of the last entry of a note that comes before something;
// 0 where none does.
func (b *Book) lastEvent(ctx context.Context, note ledger.NoteID, before Happening) (uint64, error) {
	rows, err := b.Reader().QueryContext(ctx, `SELECT e.seq, t.at FROM entries e JOIN transactions t ON t.id = e.tx
		WHERE e.kind = 'note' AND e.id = $1 ORDER BY e.seq DESC LIMIT $2`, string(note), maxEvents)
	if err != nil {
		return 0, fmt.Errorf("reading what happened to note %s: %w", note, err)
	}
	all, err := store.Collect(rows, func(rows *sql.Rows) (h Happening, err error) {
		var at string
		if err = rows.Scan(&h.Seq, &at); err == nil {
			h.Kind, h.ID = HappenedEvent, eventID(h.Seq)
			h.At, err = time.Parse(time.RFC3339, at)
		}
		return h, err
	})
	for _, h := range all {
		if h.compare(before) < 0 {
			return h.Seq, err
		}
	}
	return 0, err
}

// maxEvents is how many of a note's latest entries a timeline reaches back through.
const maxEvents = 2000
