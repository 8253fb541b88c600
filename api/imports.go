package api

import (
	"fmt"
	"net/http"
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
	// shownErrors is how many of an import's rejected rows stand in the import
	// itself; the list of its rows has them all.
	shownErrors = 20
)

// importRequest opens an import. The lender signs each offer with its own key,
// so the file itself never comes here; its digest makes a second import of the
// same file the first one, which then goes on.
type importRequest struct {
	Name   string        `json:"name"`
	Digest ledger.Digest `json:"digest"` // SHA-256 of the file
	Rows   int           `json:"rows"`
}

type importAnswer struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Digest   string        `json:"digest"`
	Rows     int           `json:"rows"`
	Offered  int           `json:"offered"`  // rows whose offer is on the ledger
	Rejected int           `json:"rejected"` // rows that were refused
	State    string        `json:"state"`    // running, or done when every row is offered or rejected
	Created  time.Time     `json:"created"`
	Errors   []importedRow `json:"errors"` // the first of the rejected rows
}

// importedRow is what became of one row.
type importedRow struct {
	Row     int           `json:"row"`
	State   string        `json:"state"` // offered or rejected
	Note    ledger.NoteID `json:"note,omitempty"`
	Problem *problem      `json:"problem,omitempty"`
}

func (s *Server) createImport(w http.ResponseWriter, r *http.Request) error {
	var req importRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	switch {
	case req.Digest.IsZero():
		return malformed("digest must be the SHA-256 of the file in base64url")
	case req.Rows < 1 || req.Rows > maxImportRows:
		return malformed(fmt.Sprintf("rows must be from 1 to %d", maxImportRows))
	case !utf8.ValidString(req.Name) || utf8.RuneCountInString(req.Name) > maxImportName:
		return malformed(fmt.Sprintf("name must be at most %d characters", maxImportName))
	}
	id, err := uuid.NewRandomFromReader(s.Random)
	if err != nil {
		return fmt.Errorf("drawing an import's id: %w", err)
	}
	i, made, err := s.Store.OpenImport(r.Context(), store.Import{
		ID: id.String(), Party: callOf(r.Context()).party.ID, Digest: req.Digest.String(), Name: req.Name,
		Rows: req.Rows, Created: s.Clock(),
	})
	if err != nil {
		return err
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
		w.Header().Set("Location", "/v1/imports/"+i.ID)
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
	a := importAnswer{
		ID: i.ID, Name: i.Name, Digest: i.Digest, Rows: i.Rows, Offered: i.Offered, Rejected: i.Rejected,
		State: "running", Created: i.Created, Errors: importedRows(rejected, callOf(r.Context()).lang),
	}
	if i.Offered+i.Rejected >= i.Rows {
		a.State = "done"
	}
	return answer(w, status, a)
}

func importedRows(rows []store.ImportRow, lang ledger.Language) []importedRow {
	all := []importedRow{}
	for _, r := range rows {
		row := importedRow{Row: r.Row, State: r.State, Note: r.Note}
		if r.Code != "" {
			p := describe(&ledger.Error{Code: r.Code, Params: r.Params}, lang)
			row.Problem = &p
		}
		all = append(all, row)
	}
	return all
}

type importRowsAnswer struct {
	Rows []importedRow `json:"rows"`
	Next int           `json:"next,omitempty"` // after of the next page
}

// listImportRows lists what became of the rows, so that an import can go on
// where it stopped.
func (s *Server) listImportRows(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "state", "after", "limit")
	state := q.text("state", "offered or rejected", func(v string) bool { return v == store.RowOffered || v == store.RowRejected })
	after, limit := q.number("after", 0, 0, maxImportRows), q.number("limit", defaultPage, 1, maxPage)
	if q.err != nil {
		return q.err
	}
	i, err := s.importOf(r)
	if err != nil {
		return err
	}
	rows, more, err := s.Store.ImportRows(r.Context(), i.ID, state, after, limit)
	if err != nil {
		return err
	}
	a := importRowsAnswer{Rows: importedRows(rows, callOf(r.Context()).lang)}
	if more {
		a.Next = rows[len(rows)-1].Row
	}
	return answer(w, http.StatusOK, a)
}

// importChunk is some rows of an import: each with its signed offer, or with
// what was wrong with it in the file.
type importChunk struct {
	Rows []struct {
		Row   int       `json:"row"`
		JWS   string    `json:"jws"`
		Error *rowError `json:"error"`
	} `json:"rows"`
}

// rowError says what is wrong with a row of a file.
type rowError struct {
	Column string `json:"column"`
	Detail string `json:"detail"`
}

// submitImportRows hands in the offers of some rows and records what became of
// each. A row whose outcome is not known is not recorded: it is sent again.
func (s *Server) submitImportRows(w http.ResponseWriter, r *http.Request) error {
	i, err := s.importOf(r)
	if err != nil {
		return err
	}
	var chunk importChunk
	if err := readJSON(r, &chunk); err != nil {
		return err
	}
	if len(chunk.Rows) == 0 || len(chunk.Rows) > ledger.MaxBatch {
		return malformed(fmt.Sprintf("rows must be 1 to %d", ledger.MaxBatch))
	}
	var signed []ledger.Signed
	var lines []int
	var fates []store.ImportRow
	seen := map[int]bool{}
	for _, row := range chunk.Rows {
		if seen[row.Row] { // which of the two the row's fate is would be chance
			return malformed(fmt.Sprintf("row %d is there twice", row.Row))
		}
		seen[row.Row] = true
		switch {
		case row.Row < 1 || row.Row > i.Rows:
			return malformed(fmt.Sprintf("row must be from 1 to %d", i.Rows))
		case (row.JWS == "") == (row.Error == nil):
			return malformed("each row has either jws or error")
		case row.Error != nil:
			fates = append(fates, store.ImportRow{
				Row: row.Row, State: store.RowRejected, Code: ledger.CodeRowInvalid,
				Params: map[string]string{"row": fmt.Sprint(row.Row), "column": clip(row.Error.Column, 64), "detail": clip(row.Error.Detail, 200)},
			})
		default:
			signed, lines = append(signed, ledger.Signed{JWS: row.JWS}), append(lines, row.Row)
		}
	}
	items := []item{}
	if len(signed) > 0 {
		if items, err = s.submitMany(r, signed, onlyOffers); err != nil {
			return err
		}
	}
	results, offered := rowFates(items, lines)
	if err := s.Store.PutImportRows(r.Context(), i.ID, append(fates, offered...)); err != nil {
		return err
	}
	return answer(w, http.StatusOK, itemsAnswer{Results: results})
}

// onlyOffers refuses every command of an import but offers: a row that is
// counted as offered is a note.
func onlyOffers(cmd *ledger.Command) error {
	if cmd.Op == ledger.OpOffer {
		return nil
	}
	return malformed("a row of an import takes the operation offer, and the command is " + string(cmd.Op))
}

// rowFates says what became of the rows whose fate is known for good.
func rowFates(items []item, lines []int) ([]item, []store.ImportRow) {
	var fates []store.ImportRow
	for n, it := range items {
		switch {
		case it.Problem != nil && !it.Problem.Retryable:
			fates = append(fates, store.ImportRow{Row: lines[n], State: store.RowRejected, Code: it.Problem.Code, Params: it.Problem.Params})
		case it.receipt != nil && it.Result != nil:
			fates = append(fates, store.ImportRow{Row: lines[n], State: store.RowOffered, Note: ledger.NoteID(it.Result.Subject.ID)})
		}
	}
	return items, fates
}
