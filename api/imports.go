package api

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// Limits of imports.
const (
	maxImportRows = 1_000_000
	maxImportName = 200
	// maxChunkRows is the most rows of one request; maxBatchBody bounds their bytes.
	maxChunkRows = 1000
	// shownErrors is how many of an import's rejected rows stand in the import
	// itself; the list of its rows has them all.
	shownErrors = 20
)

// importRequest opens an import. The lender signs each offer with its own key,
// so the file itself never comes here. Its digest makes a second import of the
// same file the first one, which then goes on.
type importRequest struct {
	Name   string        `json:"name"`
	Digest ledger.Digest `json:"digest"`
	Rows   int           `json:"rows"`
	DryRun bool          `json:"dry_run"` // rehearse every offer and submit none
}

type importAnswer struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Digest    string            `json:"digest"`
	DryRun    bool              `json:"dry_run,omitempty"`
	State     store.ImportState `json:"state"`
	Rows      int               `json:"rows"`      // in the file
	Uploaded  int               `json:"uploaded"`  // rows that have come in
	Waiting   int               `json:"waiting"`   // of them those whose fate is open
	Offered   int               `json:"offered"`   // those whose offer is on the ledger
	Passed    int               `json:"passed"`    // those that could be offered, in a dry run
	Rejected  int               `json:"rejected"`  // those that were refused
	Cancelled int               `json:"cancelled"` // those that waited when the import was cancelled
	Rate      int               `json:"rows_per_second,omitempty"`
	Left      int               `json:"seconds_left,omitempty"`
	Created   time.Time         `json:"created"`
	Ended     *time.Time        `json:"ended,omitempty"`
	Errors    []importedRow     `json:"errors"` // the first of the rejected rows
}

// importedRow is what became of one row.
type importedRow struct {
	Row     int            `json:"row"`
	State   store.RowState `json:"state"`
	Note    ledger.NoteID  `json:"note,omitempty"`
	Problem *problem       `json:"problem,omitempty"`
}

func (s *Server) createImport(w http.ResponseWriter, r *http.Request) error {
	var req importRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	switch {
	case req.Digest.IsZero():
		return malformed("digest must be a SHA-256 in base64url")
	case req.Rows < 1 || req.Rows > maxImportRows:
		return malformed(fmt.Sprintf("rows must be from 1 to %d", maxImportRows))
	case !oneLine(req.Name) || utf8.RuneCountInString(req.Name) > maxImportName:
		return malformed(fmt.Sprintf("name must be one line of at most %d characters", maxImportName))
	}
	id, err := uuid.NewRandomFromReader(s.Random)
	if err != nil {
		return fmt.Errorf("drawing an import's id: %w", err)
	}
	i, made, err := s.Store.OpenImport(r.Context(), store.Import{
		ID: id.String(), Party: callOf(r.Context()).party.ID, Digest: req.Digest.String(), Name: req.Name,
		Rehearsal: req.DryRun, Rows: req.Rows, Created: s.Clock(),
	})
	if err != nil {
		return err
	}
	if i == nil {
		return ledger.Refuse(ledger.CodePartyLimit, "limit", strconv.Itoa(store.MaxImports), "what", "imports")
	}
	if i.Rows != req.Rows {
		return malformed(fmt.Sprintf("the import of this digest has %d rows", i.Rows))
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
		if !callOf(r.Context()).dryRun {
			w.Header().Set("Location", "/v1/imports/"+i.ID)
		}
	}
	return s.importAnswer(w, r, status, i)
}

func (s *Server) getImport(w http.ResponseWriter, r *http.Request) error {
	i, err := s.importOf(r)
	if err != nil {
		return err
	}
	return s.importAnswer(w, r, http.StatusOK, i)
}

// importOf gives the import that the address names, which must be the caller's.
func (s *Server) importOf(r *http.Request) (*store.Import, error) {
	i, err := s.Store.Import(r.Context(), callOf(r.Context()).party.ID, chi.URLParam(r, "import"))
	if err == nil && i == nil {
		return nil, absent()
	}
	return i, err
}

func (s *Server) importAnswer(w http.ResponseWriter, r *http.Request, status int, i *store.Import) error {
	rejected, _, err := s.Store.ImportRows(r.Context(), i.ID, store.RowRejected, 0, shownErrors)
	if err != nil {
		return err
	}
	return s.sendImport(w, r, status, i, rejected)
}

func (s *Server) sendImport(w http.ResponseWriter, r *http.Request, status int, i *store.Import, rejected []store.ImportRow) error {
	c, a := callOf(r.Context()), s.progressOf(i)
	a.DryRun = a.DryRun || c.dryRun
	a.Errors = importedRows(rejected, c.lang)
	return answer(w, status, a)
}

// progressOf says how far an import has come.
func (s *Server) progressOf(i *store.Import) importAnswer {
	a := importAnswer{
		ID: i.ID, Name: i.Name, Digest: i.Digest, DryRun: i.Rehearsal, State: i.State, Rows: i.Rows,
		Uploaded: i.Waiting + i.Offered + i.Rejected + i.Cancelled, Waiting: i.Waiting, Rejected: i.Rejected,
		Cancelled: i.Cancelled, Created: i.Created, Errors: []importedRow{},
	}
	if i.Rehearsal {
		a.Passed = i.Offered
	} else {
		a.Offered = i.Offered
	}
	if !i.Ended.IsZero() {
		a.Ended = &i.Ended
	}
	if i.State == store.ImportRunning {
		if a.Rate = s.Imports.Rate(i.ID); a.Rate > 0 {
			a.Left = (i.Rows - i.Offered - i.Rejected + a.Rate - 1) / a.Rate
		}
	}
	return a
}

type importsAnswer struct {
	Imports []importAnswer `json:"imports"`
}

// listImports lists the caller's latest imports, without their errors.
func (s *Server) listImports(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Store.Imports(r.Context(), callOf(r.Context()).party.ID)
	if err != nil {
		return err
	}
	a := importsAnswer{Imports: []importAnswer{}}
	for _, i := range all {
		a.Imports = append(a.Imports, s.progressOf(&i))
	}
	return answer(w, http.StatusOK, a)
}

func (s *Server) startImport(w http.ResponseWriter, r *http.Request) error {
	return s.setImport(w, r, store.ImportRunning, store.ImportDraft)
}

func (s *Server) pauseImport(w http.ResponseWriter, r *http.Request) error {
	return s.setImport(w, r, store.ImportPaused, store.ImportRunning)
}

func (s *Server) resumeImport(w http.ResponseWriter, r *http.Request) error {
	return s.setImport(w, r, store.ImportRunning, store.ImportPaused)
}

func (s *Server) cancelImport(w http.ResponseWriter, r *http.Request) error {
	return s.setImport(w, r, store.ImportCancelled, store.ImportDraft, store.ImportRunning, store.ImportPaused)
}

// setImport changes the state of an import. To ask for what is so already is no
// error: the answer to the first time may have been lost.
func (s *Server) setImport(w http.ResponseWriter, r *http.Request, to store.ImportState, from ...store.ImportState) error {
	if err := readNothing(r); err != nil {
		return err
	}
	i, err := s.importOf(r)
	if err != nil {
		return err
	}
	changed, err := s.Store.SetImport(r.Context(), *i, to, s.Clock(), from...)
	switch {
	case err != nil:
		return err
	case changed == nil:
		return absent()
	}
	finished := to == store.ImportRunning && changed.State == store.ImportFinished
	cancelling := to == store.ImportCancelled && changed.State == store.ImportCancelling
	if changed.State != to && !finished && !cancelling {
		return importState(changed.State, from...)
	}
	defer s.Imports.Wake() // afterwards, or the errors in the answer would be of a later moment than its numbers
	return s.importAnswer(w, r, http.StatusOK, changed)
}

// importState refuses what an import's state forbids.
func importState(is store.ImportState, want ...store.ImportState) error {
	text := ""
	for n, state := range want {
		if n > 0 {
			text += ", "
		}
		text += string(state)
	}
	return ledger.Refuse(ledger.CodeImportState, "state", string(is), "want", text)
}

// followImport tells how an import goes on, until it has ended.
func (s *Server) followImport(w http.ResponseWriter, r *http.Request) error {
	i, err := s.importOf(r)
	if err != nil {
		return err
	}
	var told importAnswer
	return s.stream(w, r, func(out *eventWriter) (<-chan struct{}, error) {
		changed := s.Imports.Changed()
		now, err := s.Store.Import(r.Context(), i.Party, i.ID)
		if err != nil {
			return nil, err
		}
		if now == nil {
			return nil, errEnd
		}
		if a := s.progressOf(now); a.Uploaded != told.Uploaded || a.Waiting != told.Waiting || a.State != told.State {
			if err := out.event("", "progress", a); err != nil {
				return nil, err
			}
			told = a
		}
		if !now.Ended.IsZero() {
			return nil, errEnd
		}
		return changed, nil
	})
}
