package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/api/events"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/statement"
)

// exportedPosting is a posting with what says of which booking it is.
type exportedPosting struct {
	Event       string                `json:"event"` // id of the booking's event
	BookedAt    time.Time             `json:"booked_at"`
	ValueOn     finance.Date          `json:"value_on"`
	Note        ledger.NoteID         `json:"note"`
	Seq         uint64                `json:"seq"`
	Op          ledger.Op             `json:"op"`
	Account     statement.AccountName `json:"account"`
	Currency    finance.Currency      `json:"currency"`
	Debit       finance.Amount        `json:"debit"`
	Credit      finance.Amount        `json:"credit"`
	Transaction string                `json:"transaction"`
}

var postingColumns = []string{
	"event", "booked_at", "value_on", "note", "seq", "op", "account", "currency", "debit", "credit", "transaction",
}

func (p *exportedPosting) cells() []string {
	return []string{
		p.Event, p.BookedAt.Format(time.RFC3339), dateCell(p.ValueOn), string(p.Note), strconv.FormatUint(p.Seq, 10), string(p.Op),
		string(p.Account), string(p.Currency), minorUnits(p.Debit), minorUnits(p.Credit), p.Transaction,
	}
}

// postingQuery says which bookings are wanted.
type postingQuery struct {
	after, last int64        // positions of entries
	from, to    finance.Date // days of ledger time; zero for any
}

// exportPostings sends what the ledger booked, as the caller's general ledger
// takes it: of the notes that it holds, and what it received for others. It goes
// by the caller's events, so that the event at which it ends is the place to go
// on after; that is settled before it begins.
func (s *Server) exportPostings(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "after", "from", "to")
	want := postingQuery{after: q.position("after"), from: q.date("from", finance.Date{}), to: q.date("to", finance.Date{})}
	switch {
	case q.err != nil:
		return q.err
	case !want.to.IsZero() && want.to.Before(want.from):
		return ledger.Refuse(ledger.CodeQueryInvalid, "field", "from", "want", "a day that is not after to")
	}
	last, err := s.Store.Last(r.Context())
	if err != nil {
		return err
	}
	want.last = max(last, want.after)
	e := &exporter{server: s, r: r, w: w, name: "postings", columns: postingColumns}
	if want.to.IsZero() { // else what comes after that day is still to be read
		e.next = r.URL.Path + "?after=" + events.ID(want.last)
	}
	return e.whole(func(ctx context.Context) error { return e.postings(ctx, want) })
}

// postings sends the postings of the caller's entries, a page of them at a time.
func (e *exporter) postings(ctx context.Context, want postingQuery) error {
	s, party := e.server, callOf(ctx).party.ID
	for more := true; more; {
		if err := s.goesOn(); err != nil {
			return err
		}
		page, err := s.Store.EntriesOf(ctx, party, want.after)
		if err != nil {
			return err
		}
		if more = len(page) == store.MaxEntries; more {
			want.after = page[len(page)-1].Position
			more = want.after < want.last
		}
		wanted := want.among(page)
		states, err := s.statesAround(ctx, wanted)
		if err != nil {
			return err
		}
		for _, entry := range wanted {
			for _, p := range postingsOf(party, entry, states) {
				if err := e.send(row{p.cells(), p}); err != nil {
					return err
				}
			}
		}
		if err := e.flush(); err != nil {
			return err
		}
	}
	return nil
}

// among gives the entries of notes that are wanted of a page.
func (q postingQuery) among(page []store.Entry) (wanted []store.Entry) {
	for _, e := range page {
		day := finance.DateOf(e.At)
		if e.Result.Subject.Kind == ledger.KindNote && e.Position <= q.last &&
			!day.Before(q.from) && (q.to.IsZero() || !day.After(q.to)) {
			wanted = append(wanted, e)
		}
	}
	return wanted
}

// moment names a note as it stood after one of its commands.
type moment struct {
	note ledger.NoteID
	seq  uint64
}

// statesAround gives the states before and after each entry. Of a note that the
// caller may not read any more it gives none.
func (s *Server) statesAround(ctx context.Context, entries []store.Entry) (map[moment]statement.State, error) {
	type span struct{ first, last uint64 }
	spans := map[ledger.NoteID]span{} // the entries of a note come in order
	for _, e := range entries {
		id := ledger.NoteID(e.Result.Subject.ID)
		one, known := spans[id]
		if !known {
			one.first = max(1, e.Result.Seq-1)
		}
		one.last = e.Result.Seq
		spans[id] = one
	}
	states := map[moment]statement.State{}
	for id, one := range spans {
		n, err := s.Store.Note(ctx, id)
		if err != nil {
			return nil, err
		}
		if n == nil || !mayRead(n.State, n.Holder, callOf(ctx).party, s.today()) {
			continue
		}
		for state, err := range s.statesOf(ctx, id, one.first, one.last) {
			if err != nil {
				return nil, fmt.Errorf("reading what was booked on note %s: %w", id, err)
			}
			states[moment{id, state.Note.Seq}] = state
		}
	}
	return states, nil
}

// postingsOf books an entry for a party.
func postingsOf(party ledger.PartyID, e store.Entry, states map[moment]statement.State) []exportedPosting {
	id := ledger.NoteID(e.Result.Subject.ID)
	after, known := states[moment{id, e.Result.Seq}]
	if !known {
		return nil
	}
	line, postings := statement.Post(party, states[moment{id, e.Result.Seq - 1}], after)
	all := make([]exportedPosting, len(postings))
	for i, p := range postings {
		all[i] = exportedPosting{
			Event: events.ID(e.Position), BookedAt: e.At.UTC(), ValueOn: line.ValueOn, Note: id, Seq: line.Seq, Op: line.Op,
			Account: p.Account, Currency: after.Note.Terms.Principal.Currency, Debit: p.Debit, Credit: p.Credit,
			Transaction: e.Transaction,
		}
	}
	return all
}
