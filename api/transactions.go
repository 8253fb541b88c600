package api

import (
	"context"
	"net/http"
	"regexp"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// transactionAnswer is a transaction of the ledger, or a command whose outcome
// its sender asks for.
type transactionAnswer struct {
	ID          string              `json:"id"`
	Outcome     ledger.OutcomeState `json:"outcome"`
	Transaction string              `json:"transaction,omitempty"`
	Block       uint64              `json:"block,omitempty"`
	At          *time.Time          `json:"at,omitempty"`      // ledger time
	Results     []ledger.Result     `json:"results,omitempty"` // those that the caller may see
	Problem     *problem            `json:"problem,omitempty"` // of a command that can no longer be applied
}

var transactionPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// getTransaction tells the outcome of a transaction, by the ledger's id, or of
// the caller's own command, by the command's id.
func (s *Server) getTransaction(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "transaction")
	switch {
	case transactionPattern.MatchString(id):
		return s.ledgerTransaction(w, r, id)
	case ledger.CommandID(id).Valid():
		return s.commandOutcome(w, r, ledger.CommandID(id))
	}
	return absent()
}

func (s *Server) ledgerTransaction(w http.ResponseWriter, r *http.Request, id string) error {
	entries, err := s.Store.EntriesIn(r.Context(), id)
	if err != nil {
		return err
	}
	return s.entriesAnswer(w, r, id, entries)
}

// entriesAnswer answers with the entries that the caller may see.
func (s *Server) entriesAnswer(w http.ResponseWriter, r *http.Request, id string, entries []store.Entry) error {
	a := transactionAnswer{ID: id, Outcome: ledger.Committed}
	for _, e := range entries {
		sees, err := s.maySee(r.Context(), e)
		if err != nil {
			return err
		}
		if sees {
			a.Results = append(a.Results, e.Result)
			a.Transaction, a.Block, a.At = e.Transaction, e.Block, &e.At
		}
	}
	if len(a.Results) == 0 {
		return absent()
	}
	return answer(w, http.StatusOK, a)
}

// maySee says whether the caller may be told of an entry: it was told when it
// happened, or it may see all of the note now.
func (s *Server) maySee(ctx context.Context, e store.Entry) (bool, error) {
	party := callOf(ctx).party
	told, err := s.Store.Told(ctx, party.ID, e.Position)
	if err != nil || told || e.Result.Subject.Kind != ledger.KindNote {
		return told, err
	}
	n, err := s.Store.Note(ctx, ledger.NoteID(e.Result.Subject.ID))
	return n != nil && mayRead(n.State, n.Holder, party, s.today()), err
}

// commandOutcome tells what became of a command: it stands on the ledger, or
// another one took its place, or its time is over, or nobody knows yet.
func (s *Server) commandOutcome(w http.ResponseWriter, r *http.Request, id ledger.CommandID) error {
	ctx, c := r.Context(), callOf(r.Context())
	c.command = id
	sent, err := s.Store.Submission(ctx, c.party.ID, id)
	if err != nil {
		return err
	}
	if sent == nil {
		entries, err := s.Store.EntriesBy(ctx, id)
		if err != nil {
			return err
		}
		return s.entriesAnswer(w, r, string(id), entries)
	}
	stands, err := s.Store.EntryAt(ctx, sent.Subject, sent.Seq)
	if err != nil {
		return err
	}
	a := transactionAnswer{ID: string(id), Outcome: ledger.Unknown}
	switch {
	case stands != nil && stands.Result.Command == id:
		a.Outcome, a.Transaction, a.Block, a.At = ledger.Committed, stands.Transaction, stands.Block, &stands.At
		a.Results = []ledger.Result{stands.Result}
	case sent.Refusal != nil:
		p := describe(sent.Refusal, c.lang)
		a.Outcome, a.Problem = ledger.Rejected, &p
		if sent.Refusal.Code == ledger.CodeConflict {
			a.Outcome = ledger.Conflicted
		}
	case stands != nil:
		p := describe(ledger.Refuse(ledger.CodeConflict), c.lang)
		a.Outcome, a.Problem = ledger.Conflicted, &p
	case s.Clock().After(sent.Expires.Add(2 * ledger.ClockTolerance)):
		// No peer endorses it any more, and what was endorsed has been ordered. The
		// ledger itself is asked: the read model may be behind.
		taken, err := s.taken(ctx, sent.Subject, sent.Seq)
		if err != nil {
			return err
		}
		if taken {
			break
		}
		p := describe(ledger.Refuse(ledger.CodeCommandExpired, "expired", sent.Expires.Format(time.RFC3339)), c.lang)
		a.Outcome, a.Problem = ledger.Rejected, &p
	}
	if a.Outcome == ledger.Unknown {
		w.Header().Set("Retry-After", "1")
		return answer(w, http.StatusAccepted, a)
	}
	return answer(w, http.StatusOK, a)
}

// taken says whether a command with this number, whichever, stands on the ledger.
func (s *Server) taken(ctx context.Context, subject ledger.Subject, seq uint64) (bool, error) {
	var stands uint64
	var err error
	switch subject.Kind {
	case ledger.KindNote:
		var views []ledger.NoteView
		if views, err = s.Service.Notes(ctx, ledger.NoteID(subject.ID)); err == nil {
			stands = views[0].Record.Seq
		}
	case ledger.KindParty:
		var views []ledger.PartyView
		if views, err = s.Service.Parties(ctx, ledger.PartyID(subject.ID)); err == nil {
			stands = views[0].Record.Seq
		}
	case ledger.KindBook:
		var views []ledger.BookView
		if views, err = s.Service.Books(ctx, ledger.BookID(subject.ID)); err == nil && views[0].Book != nil {
			stands = views[0].Book.Seq
		}
	}
	if err != nil {
		return false, errLedger{err}
	}
	return stands >= seq, nil
}
