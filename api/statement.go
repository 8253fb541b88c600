package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/statement"
)

// statementPage is how many entries of a history are held at a time.
const statementPage = 100

// getStatement gives what happened to the money on a note from a day to a day,
// both inclusive. It goes by when things were booked; each line also has the day
// that it is of. The closing balance of a day is the opening balance of the next.
func (s *Server) getStatement(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "from", "to")
	today := s.today()
	from, to := q.date("from", finance.Date{}), q.date("to", today)
	switch {
	case q.err != nil:
		return q.err
	case to.After(today):
		return ledger.Refuse(ledger.CodeQueryInvalid, "field", "to", "want", "a day that is not to come")
	case to.Before(from):
		return ledger.Refuse(ledger.CodeQueryInvalid, "field", "from", "want", "a day that is not after to")
	}
	id := ledger.NoteID(chi.URLParam(r, "note"))
	v, err := s.note(r.Context(), id, wantsFresh(r))
	if err != nil {
		return err
	}
	if v.note == nil {
		return absent()
	}
	states := newPeekable(s.statesOf(r.Context(), id, 1, v.note.Seq))
	defer states.stop()
	before, err := states.before(from)
	if err != nil {
		return err
	}
	if from.IsZero() {
		from = finance.DateOf(states.next.At)
	}
	account, err := statement.Open(before, from)
	if err != nil {
		return ledger.Refuse(ledger.CodeQueryInvalid, "field", "from", "want", "a day on which the note can be counted")
	}
	head := statementHead{Note: id, Currency: v.note.Terms.Principal.Currency, From: from, To: to, Opening: newOwed(account.Owed())}
	var out statementWriter
	if negotiate(r, jsonType, csvType) == csvType {
		out = newCSVStatement(w)
	} else {
		out = &jsonStatement{w: w}
	}
	if err := out.begin(head); err != nil {
		return err
	}
	// From here on the answer has begun. What breaks it off leaves it without an
	// end, and the connection is closed, so that nobody takes it for all.
	if err := sendStatement(out, account, before, states, to); err != nil {
		return errCutOff{err}
	}
	return nil
}

// sendStatement sends the lines up to the end of a day, and the balance then.
func sendStatement(out statementWriter, account *statement.Account, last statement.State, states *peekable, to finance.Date) error {
	end := to.AddDays(1) // at whose beginning the day is over
	for states.ok && finance.DateOf(states.next.At).Before(end) {
		last = states.next
		if line := account.Book(last); line.Moves() {
			if err := out.line(line); err != nil {
				return err
			}
		}
		if err := states.advance(); err != nil {
			return err
		}
	}
	line, err := account.Count(last, end)
	if err != nil {
		return err
	}
	if line.Moves() {
		line.ValueOn = to
		if err := out.line(line); err != nil {
			return err
		}
	}
	return out.end(newOwed(account.Owed()))
}

// errCutOff says that an answer was broken off after it had begun.
type errCutOff struct{ err error }

func (e errCutOff) Error() string { return "the answer was cut off: " + e.err.Error() }
func (e errCutOff) Unwrap() error { return e.err }

// errErased says that the state of a note after one of its commands is gone.
var errErased = errors.New("a state of the note was erased")

// statesOf gives the states of a note after each of its commands from one to another.
func (s *Server) statesOf(ctx context.Context, id ledger.NoteID, first, last uint64) iter.Seq2[statement.State, error] {
	return func(yield func(statement.State, error) bool) {
		holders := map[ledger.BookID]ledger.PartyID{} // a note moves between few books
		for next := first; next <= last; {
			entries, err := s.Service.History(ctx, id.Subject(), next, int(min(last-next+1, statementPage)))
			if err == nil && len(entries) == 0 {
				err = fmt.Errorf("the history of note %s ends before entry %d", id, next)
			}
			if err != nil {
				yield(statement.State{}, errLedger{err})
				return
			}
			for _, e := range entries {
				state, err := s.stateOf(ctx, e, holders)
				if !yield(state, err) || err != nil {
					return
				}
			}
			next += uint64(len(entries))
		}
	}
}

// stateOf reads the state after an entry.
func (s *Server) stateOf(ctx context.Context, e ledger.Entry, holders map[ledger.BookID]ledger.PartyID) (statement.State, error) {
	if len(e.State) == 0 {
		return statement.State{}, errErased
	}
	opened, err := s.Signatures.Open(e.Signed)
	if err != nil {
		return statement.State{}, err
	}
	cmd, err := ledger.DecodeCommand(opened.Payload)
	if err != nil {
		return statement.State{}, err
	}
	n := new(ledger.Note)
	if err := json.Unmarshal(e.State, n); err != nil {
		return statement.State{}, fmt.Errorf("reading state %d of a note: %w", e.Seq, err)
	}
	holder, known := holders[n.Book]
	if !known && n.Book != "" {
		b, err := s.book(ctx, n.Book)
		if err != nil {
			return statement.State{}, err
		}
		holder = b.Holder
		holders[n.Book] = holder
	}
	return statement.State{Note: n, Holder: holder, Op: cmd.Op, At: e.At, Reference: referenceOf(cmd)}, nil
}

// referenceOf gives the reference of a payment, which stands in its command alone.
func referenceOf(cmd *ledger.Command) string {
	var pay ledger.PayBody
	if cmd.Op != ledger.OpPay || json.Unmarshal(cmd.Body, &pay) != nil {
		return "" // the ledger has applied the command: its body can be read
	}
	return pay.Reference
}

// peekable is a sequence of states of which the next one can be looked at.
type peekable struct {
	next statement.State
	ok   bool
	pull func() (statement.State, error, bool)
	stop func()
}

func newPeekable(states iter.Seq2[statement.State, error]) *peekable {
	p := &peekable{}
	p.pull, p.stop = iter.Pull2(states)
	return p
}

func (p *peekable) advance() error {
	var err error
	p.next, err, p.ok = p.pull()
	return err
}

// before gives the last state before a day, and leaves the one after it as next.
func (p *peekable) before(day finance.Date) (last statement.State, err error) {
	for err = p.advance(); err == nil && p.ok && finance.DateOf(p.next.At).Before(day); err = p.advance() {
		last = p.next
	}
	return last, err
}

// owedAnswer is what is owed at a moment.
type owedAnswer struct {
	finance.Parts
	Total finance.Amount `json:"total"`
}

func newOwed(p finance.Parts) owedAnswer {
	return owedAnswer{p, p.Costs + p.LateInterest + p.Interest + p.Principal}
}

type statementHead struct {
	Note     ledger.NoteID    `json:"note"`
	Currency finance.Currency `json:"currency"`
	From     finance.Date     `json:"from"`
	To       finance.Date     `json:"to"`
	Opening  owedAnswer       `json:"opening"`
}

type statementLine struct {
	Seq       uint64        `json:"seq,omitempty"`
	Op        ledger.Op     `json:"op,omitempty"`
	Reference string        `json:"reference,omitempty"`
	BookedAt  *time.Time    `json:"booked_at,omitempty"`
	ValueOn   finance.Date  `json:"value_on"`
	Charged   finance.Parts `json:"charged"`
	Paid      finance.Parts `json:"paid"`
	Forgiven  finance.Parts `json:"forgiven"`
	Balance   owedAnswer    `json:"balance"`
}

func newStatementLine(l statement.Line) statementLine {
	a := statementLine{Seq: l.Seq, Op: l.Op, Reference: l.Reference, ValueOn: l.ValueOn, Charged: l.Charged, Paid: l.Paid, Forgiven: l.Forgiven, Balance: newOwed(l.Owed)}
	if !l.BookedAt.IsZero() {
		a.BookedAt = &l.BookedAt
	}
	return a
}
