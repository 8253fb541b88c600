package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// maxReply bounds the answer to a complaint.
const maxReply = 2000 // characters

// The states of a complaint.
const (
	complaintOpen     = "open"
	complaintTaken    = "taken"
	complaintAnswered = "answered"
)

type complaintAnswer struct {
	ID        string          `json:"id"`
	Number    string          `json:"number"` // that the person was given
	Note      ledger.NoteID   `json:"note"`
	State     string          `json:"state"`
	Party     ledger.PartyID  `json:"party"`
	Entry     string          `json:"entry,omitempty"`    // of a review: the entry of the journal
	EntryBy   ledger.PartyID  `json:"entry_by,omitempty"` // and the company whose entry it is
	Language  ledger.Language `json:"language"`
	Words     string          `json:"words"`
	Created   time.Time       `json:"created"`
	AnswerBy  finance.Date    `json:"answer_by"` // that the person was told
	TakenBy   ledger.PartyID  `json:"taken_by,omitempty"`
	TakenName string          `json:"taken_name,omitempty"`
	Answered  *time.Time      `json:"answered,omitempty"`
	Answer    string          `json:"answer,omitempty"`
	DryRun    bool            `json:"dry_run,omitempty"`
}

func complaintOf(c *store.Complaint) complaintAnswer {
	a := complaintAnswer{
		ID: c.ID, Number: c.Number.String(), Note: c.Note, State: complaintOpen, Party: c.Party, Entry: c.Entry, EntryBy: c.EntryBy,
		Language: c.Language, Words: c.Words, Created: c.Created, AnswerBy: c.AnswerBy, TakenBy: c.TakenBy, TakenName: c.TakenName,
		Answered: orNone(c.Answered), Answer: c.Answer,
	}
	switch {
	case a.Answered != nil:
		a.State = complaintAnswered
	case a.TakenBy != "":
		a.State = complaintTaken
	}
	return a
}

type complaintsAnswer struct {
	Complaints []complaintAnswer `json:"complaints"`
	Next       string            `json:"next,omitempty"` // cursor of the next page
}

// listComplaints lists what persons complain about, and want looked at again, about
// notes that the caller answers for, the latest first.
func (s *Server) listComplaints(w http.ResponseWriter, r *http.Request) error {
	want, err := readAsked(r)
	if err != nil {
		return err
	}
	if err := s.requireComplete(); err != nil {
		return err
	}
	page, next, err := s.Store.Complaints(r.Context(), want)
	if err != nil {
		return err
	}
	a := complaintsAnswer{Complaints: []complaintAnswer{}}
	for _, c := range page {
		a.Complaints = append(a.Complaints, complaintOf(&c))
	}
	if next > 0 {
		a.Next = nextCursor(next)
	}
	return answer(w, http.StatusOK, a)
}

// complaint gives the complaint that the address names, and who answers for its note
// now. One that the caller does not answer for is not there.
func (s *Server) complaint(r *http.Request) (*store.Complaint, []ledger.PartyID, error) {
	id, err := uuid.Parse(chi.URLParam(r, "complaint"))
	if err != nil {
		return nil, nil, absent()
	}
	c, err := s.Store.Complaint(r.Context(), id.String())
	if err != nil {
		return nil, nil, err
	}
	if c == nil {
		return nil, nil, absent()
	}
	answering, err := s.answering(r, c.Note)
	return c, answering, err
}

func (s *Server) getComplaint(w http.ResponseWriter, r *http.Request) error {
	c, _, err := s.complaint(r)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, complaintOf(c))
}

type complaintTakingRequest struct {
	Name string `json:"name"` // the person who looks at it
}

// takeComplaint says who looks at a complaint, so that the person can be told.
func (s *Server) takeComplaint(w http.ResponseWriter, r *http.Request) error {
	var req complaintTakingRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	if !isName(req.Name) {
		return badName()
	}
	by := callOf(r.Context()).party.ID
	return s.changeComplaint(w, r, func(ctx context.Context, c *store.Complaint) (bool, error) {
		return s.Store.TakeComplaint(ctx, c.ID, by, req.Name)
	})
}

type replyRequest struct {
	Name string `json:"name"` // the person who answers
	Text string `json:"text"`
}

// answerComplaint answers a complaint in words, which the person reads on its pages.
func (s *Server) answerComplaint(w http.ResponseWriter, r *http.Request) error {
	var req replyRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	switch {
	case !isName(req.Name):
		return badName()
	case !isText(req.Text, maxReply):
		return malformed(fmt.Sprintf("text must be a text of 1 to %d characters", maxReply))
	}
	by := callOf(r.Context()).party.ID
	return s.changeComplaint(w, r, func(ctx context.Context, c *store.Complaint) (bool, error) {
		return s.Store.AnswerComplaint(ctx, c.ID, by, req.Name, req.Text, s.Clock())
	})
}

// changeComplaint changes a complaint. What another company has taken that answers for
// the note no more is given back first: the answer goes with the note.
func (s *Server) changeComplaint(w http.ResponseWriter, r *http.Request, change func(context.Context, *store.Complaint) (bool, error)) error {
	c, answering, err := s.complaint(r)
	if err != nil {
		return err
	}
	if c.TakenBy != "" && c.Answered.IsZero() && !slices.Contains(answering, c.TakenBy) {
		if _, err := s.Store.GiveBackComplaint(r.Context(), c.ID, c.TakenBy); err != nil {
			return err
		}
	}
	done, err := change(r.Context(), c)
	if err != nil {
		return err
	}
	now, err := s.Store.Complaint(r.Context(), c.ID)
	if err != nil {
		return err
	}
	if now == nil {
		return absent() // its person was forgotten meanwhile
	}
	a := complaintOf(now)
	if !done {
		return ledger.Refuse(ledger.CodeComplaintState, "state", a.State, "want", complaintOpen)
	}
	a.DryRun = callOf(r.Context()).dryRun
	return answer(w, http.StatusOK, a)
}
