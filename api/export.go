package api

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

const ndjsonType = "application/x-ndjson"

// Limits of an export.
const (
	// exportTime bounds an export: a million notes take some minutes.
	exportTime = 30 * time.Minute
	// exportBuffer is what is held of an export beside a page of notes.
	exportBuffer = 64 << 10
)

// An export is a list of everything that the filters select, in one answer. It is
// read page by page, and no page is held longer than it takes to send. So it is of
// no single instant: each row is as it stands when its page is read, each note that
// is there from beginning to end comes exactly once, and one that is offered
// meanwhile does not come. That holds in the order of the offers alone, which
// nothing changes; only what has changed since an event comes in the order of the
// changes, so that one that changes again comes again. Who wants one instant reads
// the notes with at.

// exporter sends the rows of an export.
type exporter struct {
	server  *Server
	r       *http.Request
	w       http.ResponseWriter
	out     *bufio.Writer
	csv     *csv.Writer // nil where the rows are JSON
	columns []string
	name    string // of the file
	next    string // address at which the export goes on another time, if it does
	began   bool
}

// row is one row of an export in its two forms.
type row struct {
	cells []string
	value any
}

// export sends a row or more for each note that the query selects.
func (e *exporter) export(want store.NoteQuery, rows func(context.Context, store.Note) ([]row, error)) error {
	return e.whole(func(ctx context.Context) error { return e.pages(ctx, want, rows) })
}

// whole sends an export that a function makes. A failure before the first row is
// a problem; a later one cuts the answer off, which shows in that the connection
// is closed before its end.
func (e *exporter) whole(pages func(context.Context) error) error {
	s := e.server
	if err := s.requireComplete(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(e.r.Context(), exportTime)
	defer cancel()
	e.out = bufio.NewWriterSize(&pacedWriter{w: e.w, control: http.NewResponseController(e.w)}, exportBuffer)
	if negotiate(e.r, csvType, ndjsonType) == csvType {
		e.csv = newCSV(e.out)
	}
	err := pages(ctx)
	if err == nil {
		err = e.begin() // of an export without a row
	}
	if err == nil {
		err = e.flush()
	}
	if err != nil && e.began {
		return errCutOff{err}
	}
	return err
}

func (e *exporter) pages(ctx context.Context, want store.NoteQuery, rows func(context.Context, store.Note) ([]row, error)) error {
	s, party := e.server, callOf(ctx).party
	want.Limit, want.Order = store.MaxPage, store.ByOffer
	if want.ChangedSince > 0 {
		want.Order = store.ByChange
	}
	for more := true; more; {
		if err := s.goesOn(); err != nil {
			return err
		}
		var found []store.Note
		var err error
		if found, more, err = s.Store.Notes(ctx, want); err != nil {
			return err
		}
		for _, n := range found {
			want.Before, want.BeforeDue = n.Cursor, n.Due
			if !mayRead(n.State, n.Holder, party, s.today()) {
				continue
			}
			some, err := rows(ctx, n)
			if err != nil {
				return err
			}
			for _, one := range some {
				if err := e.send(one); err != nil {
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

// goesOn ends what is sent for long when the gateway stops.
func (s *Server) goesOn() error {
	select {
	case <-s.stopping:
		return ledger.Refuse(ledger.CodeUnavailable)
	default:
		return nil
	}
}

// begin writes what comes before the first row.
func (e *exporter) begin() error {
	if e.began {
		return nil
	}
	e.began = true
	if e.next != "" {
		e.w.Header().Set("Link", "<"+e.next+`>; rel="next"`) // RFC 8288
	}
	if e.csv == nil {
		e.w.Header().Set("Content-Type", ndjsonType)
		return nil
	}
	setCSV(e.w, e.name)
	return e.csv.Write(e.columns)
}

func (e *exporter) send(one row) error {
	if err := e.begin(); err != nil {
		return fmt.Errorf("writing an export: %w", err)
	}
	if e.csv != nil {
		if err := e.csv.Write(one.cells); err != nil {
			return fmt.Errorf("writing an export: %w", err)
		}
		return nil
	}
	b, err := json.Marshal(one.value)
	if err == nil {
		_, err = e.out.Write(append(b, '\n'))
	}
	if err != nil {
		return fmt.Errorf("writing an export: %w", err)
	}
	return nil
}

// flush sends a page.
func (e *exporter) flush() error {
	if !e.began {
		return nil
	}
	if e.csv != nil {
		if e.csv.Flush(); e.csv.Error() != nil {
			return fmt.Errorf("sending an export: %w", e.csv.Error())
		}
	}
	if err := e.out.Flush(); err != nil {
		return fmt.Errorf("sending an export: %w", err)
	}
	if err := http.NewResponseController(e.w).Flush(); err != nil {
		return fmt.Errorf("sending an export: %w", err)
	}
	return nil
}

// pacedWriter gives each piece of an answer its time: a client that does not take
// it within that loses the rest.
type pacedWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (p *pacedWriter) Write(b []byte) (int, error) {
	if err := p.control.SetWriteDeadline(time.Now().Add(slowClient)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, fmt.Errorf("setting the time of a piece: %w", err)
	}
	return p.w.Write(b)
}

// exportNotes sends the caller's notes, as a list has them, with what follows
// from each on a day.
func (s *Server) exportNotes(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, append(slices.Clone(noteFilters), "as_of")...)
	want := q.notes(callOf(r.Context()).party.ID)
	asOf := q.date("as_of", s.today())
	if q.err != nil {
		return q.err
	}
	e := &exporter{server: s, r: r, w: w, name: "notes", columns: noteColumns}
	return e.export(want, func(ctx context.Context, n store.Note) ([]row, error) {
		summary, err := ledger.Summarize(n.State, n.Holder, asOf)
		if err != nil {
			return nil, fmt.Errorf("counting note %s: %w", n.State.ID, err)
		}
		a := s.noteAnswer(ctx, n.State.ID, noteView{note: n.State, holder: n.Holder})
		a.Summary = &summary
		return []row{{noteCells(n, &summary), a}}, nil
	})
}

// exportPayments sends the payments on the caller's notes, note by note and each
// note's in the order in which they were written.
func (s *Server) exportPayments(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, noteFilters...)
	want := q.notes(callOf(r.Context()).party.ID)
	if q.err != nil {
		return q.err
	}
	e := &exporter{server: s, r: r, w: w, name: "payments", columns: paymentColumns}
	return e.export(want, func(ctx context.Context, n store.Note) ([]row, error) {
		all, err := s.paymentsOn(ctx, n.State)
		if err != nil {
			return nil, err
		}
		rows := make([]row, len(all))
		for i, p := range all {
			rows[i] = row{p.cells(), p}
		}
		return rows, nil
	})
}

// paymentsOn gives every payment that was written on a note. A note itself has
// the latest ones, which are all where there are few; else its history has the
// others.
func (s *Server) paymentsOn(ctx context.Context, n *ledger.Note) ([]exportedPayment, error) {
	if len(n.Payments) == 0 {
		return nil, nil
	}
	payments := n.Payments
	if len(payments) == ledger.ReversiblePayments {
		var err error
		if payments, err = s.everyPayment(ctx, n); err != nil {
			return nil, err
		}
	}
	booked := map[uint64]store.Entry{}
	for after, more := uint64(0), true; more; {
		entries, err := s.Store.EntriesOn(ctx, n.ID.Subject(), ledger.OpPay, after)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			after = e.Result.Seq
			booked[after] = e
		}
		more = len(entries) == store.MaxEntries
	}
	references, err := s.referencesOn(ctx, n.ID, payments[0].Seq, payments[len(payments)-1].Seq)
	if err != nil {
		return nil, err
	}
	all := make([]exportedPayment, len(payments))
	for i, p := range payments {
		all[i] = exportedPayment{Note: n.ID, Currency: n.Terms.Principal.Currency, Payment: p, Reference: references[p.Seq]}
		if e, ok := booked[p.Seq]; ok {
			all[i].BookedAt, all[i].Transaction = e.At, e.Transaction
		}
	}
	return all, nil
}

// referencesOn gives the references of the payments among some commands of a note,
// each by its number. They stand in the signed commands alone.
func (s *Server) referencesOn(ctx context.Context, id ledger.NoteID, first, last uint64) (map[uint64]string, error) {
	all := map[uint64]string{}
	for next := first; next <= last; {
		entries, err := s.Service.History(ctx, id.Subject(), next, int(min(last-next+1, statementPage)))
		if err == nil && len(entries) == 0 {
			err = fmt.Errorf("the history of note %s ends before entry %d", id, next)
		}
		if err != nil {
			return nil, errLedger{err}
		}
		for _, e := range entries {
			cmd, err := s.open(e.Signed)
			if err != nil {
				return nil, fmt.Errorf("reading entry %d of note %s: %w", e.Seq, id, err)
			}
			if reference := referenceOf(cmd); reference != "" {
				all[e.Seq] = reference
			}
		}
		next += uint64(len(entries))
	}
	return all, nil
}

// everyPayment gathers the payments from all states of a note. A later state
// knows better: a payment may have been reversed since it was written.
func (s *Server) everyPayment(ctx context.Context, n *ledger.Note) ([]ledger.Payment, error) {
	all := map[uint64]ledger.Payment{}
	for state, err := range s.statesOf(ctx, n.ID, 1, n.Seq) {
		if err != nil {
			return nil, err
		}
		for _, p := range state.Note.Payments {
			all[p.Seq] = p
		}
	}
	payments := make([]ledger.Payment, 0, len(all))
	for _, p := range all {
		payments = append(payments, p)
	}
	slices.SortFunc(payments, func(a, b ledger.Payment) int { return int(a.Seq) - int(b.Seq) })
	return payments, nil
}
