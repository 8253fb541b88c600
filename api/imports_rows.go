package api

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

const csvType = "text/csv"

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

// rowStates are those that a list of rows may be narrowed to.
var rowStates = []store.RowState{store.RowWaiting, store.RowOffered, store.RowPassed, store.RowRejected, store.RowCancelled}

// listImportRows lists what became of the rows: a page of them in JSON, or all of
// them in CSV.
func (s *Server) listImportRows(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "state", "after", "limit")
	state := store.RowState(q.text("state", "a state of a row", func(v string) bool {
		for _, one := range rowStates {
			if v == string(one) {
				return true
			}
		}
		return false
	}))
	after, limit := q.number("after", 0, 0, maxImportRows), q.number("limit", defaultPage, 1, maxPage)
	if q.err != nil {
		return q.err
	}
	i, err := s.importOf(r)
	if err != nil {
		return err
	}
	if negotiate(r, jsonType, csvType) == csvType {
		err := s.rowsInCSV(w, r, i, state, after)
		if err != nil && callOf(r.Context()).answer.Status != 0 {
			return errCutOff{err}
		}
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

// rowsInCSV writes all rows after one (RFC 4180), a page at a time. A client that
// does not take a page in its time loses the rest. What fails after the answer has
// begun is to be cut off, or a lender would take some of its rejected rows for all.
func (s *Server) rowsInCSV(w http.ResponseWriter, r *http.Request, i *store.Import, state store.RowState, after int) error {
	lang, control := callOf(r.Context()).lang, http.NewResponseController(w)
	w.Header().Set("Content-Type", csvType+"; charset=utf-8; header=present")
	w.Header().Set("Content-Language", string(lang))
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write([]string{"row", "state", "note", "column", "code", "text"}); err != nil {
		return fmt.Errorf("writing rows: %w", err)
	}
	for more := true; more; {
		var rows []store.ImportRow
		var err error
		if rows, more, err = s.Store.ImportRows(r.Context(), i.ID, state, after, store.MaxPage); err != nil {
			return err
		}
		if err := control.SetWriteDeadline(time.Now().Add(slowClient)); err != nil {
			return fmt.Errorf("setting the time of a page of rows: %w", err)
		}
		for _, row := range rows {
			after = row.Row
			text := ""
			if row.Code != "" {
				text = describe(&ledger.Error{Code: row.Code, Params: row.Params}, lang).Detail
			}
			record := []string{strconv.Itoa(row.Row), string(row.State), string(row.Note), plain(row.Params["column"]), string(row.Code), plain(text)}
			if err := out.Write(record); err != nil {
				return fmt.Errorf("writing rows: %w", err)
			}
		}
		out.Flush()
		if err := out.Error(); err != nil {
			return fmt.Errorf("sending rows: %w", err)
		}
	}
	return nil
}

// plain keeps a cell from being run as a formula by the program that opens it
// (CWE-1236): what it says came out of somebody's file.
func plain(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// importChunk is some rows of an import: each with its signed offer, or with
// what was wrong with it in the file.
type importChunk struct {
	Rows []chunkRow `json:"rows"`
}

type chunkRow struct {
	Row   int       `json:"row"`
	JWS   string    `json:"jws"`
	Error *rowError `json:"error"`
}

// rowError says what is wrong with a row of a file.
type rowError struct {
	Column string `json:"column"`
	Detail string `json:"detail"`
}

// uploadImportRows takes in rows. They are on the disk when it answers; the
// gateway hands them in by itself while the import runs.
func (s *Server) uploadImportRows(w http.ResponseWriter, r *http.Request) error {
	i, err := s.importOf(r)
	if err != nil {
		return err
	}
	var chunk importChunk
	if err := readJSON(r, &chunk); err != nil {
		return err
	}
	if len(chunk.Rows) == 0 || len(chunk.Rows) > maxChunkRows {
		return malformed(fmt.Sprintf("rows must be 1 to %d", maxChunkRows))
	}
	rows := make([]store.ImportRow, len(chunk.Rows))
	seen := make(map[int]bool, len(chunk.Rows))
	for n, row := range chunk.Rows {
		switch {
		case row.Row < 1 || row.Row > i.Rows:
			return malformed(fmt.Sprintf("row must be from 1 to %d", i.Rows))
		case seen[row.Row]: // which of the two the row is would be chance
			return malformed(fmt.Sprintf("row %d is there twice", row.Row))
		case (row.JWS == "") == (row.Error == nil):
			return malformed("each row has either jws or error")
		}
		seen[row.Row] = true
		rows[n] = s.importRow(callOf(r.Context()), row)
	}
	if i, err = s.Store.PutImportRows(r.Context(), i.ID, rows, s.Clock()); err != nil {
		return err
	}
	if i == nil {
		return importState(store.ImportCancelled, store.ImportDraft, store.ImportRunning, store.ImportPaused, store.ImportFinished)
	}
	defer s.Imports.Wake()          // afterwards, as in setImport
	if callOf(r.Context()).dryRun { // the rows are nowhere to be read
		return s.sendImport(w, r, http.StatusOK, i, rejectedOf(rows))
	}
	return s.importAnswer(w, r, http.StatusOK, i)
}

// rejectedOf gives the first rows that are rejected, as an import shows them.
func rejectedOf(rows []store.ImportRow) (rejected []store.ImportRow) {
	for _, row := range rows {
		if row.State == store.RowRejected && len(rejected) < shownErrors {
			rejected = append(rejected, row)
		}
	}
	return rejected
}

// importRow makes a row that waits, or one that is rejected at once.
func (s *Server) importRow(c *call, row chunkRow) store.ImportRow {
	if row.Error != nil {
		return store.ImportRow{Row: row.Row, State: store.RowRejected, Code: ledger.CodeRowInvalid, Params: map[string]string{
			"row": strconv.Itoa(row.Row), "column": clip(row.Error.Column, 64), "detail": clip(row.Error.Detail, 200),
		}}
	}
	cmd, err := s.open(ledger.Signed{JWS: row.JWS})
	if err == nil {
		err = onlyOffers(cmd)
	}
	if err == nil {
		err = s.maySubmit(c, cmd)
	}
	if err != nil {
		e, cause := refusal(err, c.id)
		if cause != nil {
			c.cause = cause
		}
		return store.ImportRow{Row: row.Row, State: store.RowRejected, Code: e.Code, Params: e.Params}
	}
	return store.ImportRow{Row: row.Row, State: store.RowWaiting, JWS: row.JWS}
}

// onlyOffers refuses every command of an import but offers: a row that is
// counted as offered is a note.
func onlyOffers(cmd *ledger.Command) error {
	if cmd.Op == ledger.OpOffer {
		return nil
	}
	return malformed("a row of an import takes the operation offer, and the command is " + string(cmd.Op))
}
