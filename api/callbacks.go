package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// maxOutcome bounds what is said of a call.
const maxOutcome = 500 // characters

// The states of a wish to be called.
const (
	callOpen  = "open"
	callTaken = "taken"
	callDone  = "done"
)

type callbackAnswer struct {
	ID        string          `json:"id"`
	Note      ledger.NoteID   `json:"note"`
	State     string          `json:"state"`
	Party     ledger.PartyID  `json:"party,omitempty"` // who asks, where it was signed in
	Number    string          `json:"number"`
	When      string          `json:"when,omitempty"`
	Language  ledger.Language `json:"language"`
	Words     string          `json:"words,omitempty"`
	Created   time.Time       `json:"created"`
	Promised  *time.Time      `json:"promised,omitempty"` // by when the person was told to be called
	Missed    bool            `json:"missed,omitempty"`   // the promise was not kept, and the call is still to be made
	TakenBy   ledger.PartyID  `json:"taken_by,omitempty"`
	TakenName string          `json:"taken_name,omitempty"`
	Taken     *time.Time      `json:"taken,omitempty"`
	Done      *time.Time      `json:"done,omitempty"`
	Outcome   string          `json:"outcome,omitempty"`
	DryRun    bool            `json:"dry_run,omitempty"`
}

func (s *Server) callbackOf(c *store.Callback) callbackAnswer {
	a := callbackAnswer{
		ID: c.ID, Note: c.Note, State: callOpen, Party: c.Party, Number: c.Number, When: c.Wanted, Language: c.Language, Words: c.Words,
		Created: c.Created, Promised: orNone(c.Promised), Missed: c.Missed(s.Clock()), TakenBy: c.TakenBy, TakenName: c.TakenName, Taken: orNone(c.Taken), Done: orNone(c.Done), Outcome: c.Outcome,
	}
	switch {
	case a.Done != nil:
		a.State = callDone
	case a.TakenBy != "":
		a.State = callTaken
	}
	return a
}

type callbacksAnswer struct {
	Callbacks []callbackAnswer `json:"callbacks"`
	Next      string           `json:"next,omitempty"` // cursor of the next page
}

// listCallbacks lists who asked to be called about notes that the caller answers
// for, the latest first.
func (s *Server) listCallbacks(w http.ResponseWriter, r *http.Request) error {
	want, err := readAsked(r)
	if err != nil {
		return err
	}
	if err := s.requireComplete(); err != nil {
		return err
	}
	page, next, err := s.Store.Callbacks(r.Context(), want)
	if err != nil {
		return err
	}
	a := callbacksAnswer{Callbacks: []callbackAnswer{}}
	for _, c := range page {
		a.Callbacks = append(a.Callbacks, s.callbackOf(&c))
	}
	if next > 0 {
		a.Next = nextCursor(next)
	}
	return answer(w, http.StatusOK, a)
}

// readAsked reads what list of what persons ask is wanted.
func readAsked(r *http.Request) (store.Asked, error) {
	q := readQuery(r, "open", "cursor", "limit")
	want := store.Asked{By: callOf(r.Context()).party.ID, Before: q.cursor(), Limit: q.number("limit", defaultPage, 1, maxPage)}
	want.Open = q.text("open", "true or false", func(v string) bool { return v == "true" || v == "false" }) == "true"
	return want, q.err
}

// callback gives the wish to be called that the address names, and who answers for
// its note now. One that the caller does not answer for is not there.
func (s *Server) callback(r *http.Request) (*store.Callback, []ledger.PartyID, error) {
	id, err := uuid.Parse(chi.URLParam(r, "callback"))
	if err != nil {
		return nil, nil, absent()
	}
	c, err := s.Store.Callback(r.Context(), id.String())
	if err != nil {
		return nil, nil, err
	}
	if c == nil {
		return nil, nil, absent()
	}
	answering, err := s.answering(r, c.Note)
	return c, answering, err
}

// answering gives who answers for a note now, of which the caller must be one. What
// another one is asked is not there.
func (s *Server) answering(r *http.Request, note ledger.NoteID) ([]ledger.PartyID, error) {
	v, err := s.fromLedger(r.Context(), note)
	if err != nil {
		return nil, err
	}
	all := store.Answerers(v.Note, v.Holder)
	if !slices.Contains(all, callOf(r.Context()).party.ID) {
		return nil, absent()
	}
	return all, nil
}

func (s *Server) getCallback(w http.ResponseWriter, r *http.Request) error {
	c, _, err := s.callback(r)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, s.callbackOf(c))
}

// maxPromise is how far ahead a call can be promised.
const maxPromise = 14 * 24 * time.Hour

type takingRequest struct {
	Name string    `json:"name"` // the person who will call
	At   time.Time `json:"at"`   // by when; as it was promised before where it is left out
}

// takeCallback says that the caller will call, so that who asked can be told who, and
// by when.
func (s *Server) takeCallback(w http.ResponseWriter, r *http.Request) error {
	var req takingRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	now := s.Clock()
	switch {
	case !isName(req.Name):
		return badName()
	case !req.At.IsZero() && (req.At.Before(now) || req.At.After(now.Add(maxPromise))):
		return malformed("at must be a time to come within 14 days")
	}
	taking := store.Taking{By: callOf(r.Context()).party.ID, Name: req.Name, Promised: req.At}
	return s.changeCallback(w, r, func(ctx context.Context, c *store.Callback) (bool, error) {
		return s.Store.TakeCallback(ctx, c.ID, taking, now)
	})
}

// isName says whether a text may be the name of a person who works for a company.
func isName(text string) bool { return oneLine(text) && utf8.RuneCountInString(text) <= maxName }

func badName() error {
	return malformed(fmt.Sprintf("name must be one line of at most %d characters", maxName))
}

type completionRequest struct {
	Outcome string `json:"outcome"`
}

// completeCallback says that the call was made, and what came of it.
func (s *Server) completeCallback(w http.ResponseWriter, r *http.Request) error {
	var req completionRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	if !isText(req.Outcome, maxOutcome) {
		return malformed(fmt.Sprintf("outcome must be a text of 1 to %d characters", maxOutcome))
	}
	by := callOf(r.Context()).party.ID
	return s.changeCallback(w, r, func(ctx context.Context, c *store.Callback) (bool, error) {
		return s.Store.EndCallback(ctx, c.ID, by, req.Outcome, s.Clock())
	})
}

// isText says whether a text is one that people write, and has 1 to so many
// characters.
func isText(text string, most int) bool {
	return text != "" && utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && printable(text)
}

// printable says that a text has no control characters but ends of lines.
func printable(text string) bool {
	return !slices.ContainsFunc([]rune(text), func(r rune) bool { return r != '\n' && r != '\r' && r != '\t' && (r < ' ' || r == 0x7f) })
}

// changeCallback changes a wish to be called. What another company has taken that
// answers for the note no more is given back first: the call goes with the note.
func (s *Server) changeCallback(w http.ResponseWriter, r *http.Request, change func(context.Context, *store.Callback) (bool, error)) error {
	c, answering, err := s.callback(r)
	if err != nil {
		return err
	}
	if c.TakenBy != "" && c.Done.IsZero() && !slices.Contains(answering, c.TakenBy) {
		if _, err := s.Store.GiveBackCallback(r.Context(), c.ID, c.TakenBy); err != nil {
			return err
		}
	}
	done, err := change(r.Context(), c)
	if err != nil {
		return err
	}
	now, err := s.Store.Callback(r.Context(), c.ID)
	if err != nil {
		return err
	}
	if now == nil {
		return absent() // its person was forgotten meanwhile
	}
	a := s.callbackOf(now)
	if !done {
		return ledger.Refuse(ledger.CodeCallbackState, "state", a.State, "want", callOpen)
	}
	a.DryRun = callOf(r.Context()).dryRun
	return answer(w, http.StatusOK, a)
}
