package desk

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// getComplaints lists what is to be answered, the first day first, or all of the
// register.
func (s *Server) getComplaints(v *visit) error {
	all := v.R.URL.Query().Get("show") == "all"
	page1, next, err := s.complaints(v, all)
	if err != nil {
		return err
	}
	notes := make([]ledger.NoteID, len(page1))
	for i := range page1 {
		notes[i] = page1[i].Note
	}
	cases, err := s.casesOf(v, "complaints", notes)
	if err != nil {
		return err
	}
	years, law := casework.KeptBy(s.Clock())
	sheet := &view.WorkList{
		Heading: page.Say("complaints.title"), Lead: page.Say("complaints.lead", "years", years, "law", law),
		Links: []page.Link{{Href: "/desk/complaints/export", Text: page.Say("complaints.export")}},
		List: view.List{
			Caption: page.Say("complaints.caption"), Empty: page.Empty{Text: page.Say("complaints.empty")}, Next: next,
			Columns: []page.Text{page.Say("complaints.number"), page.Say("today.case"), page.Say("complaints.received"), page.Say("complaints.answer-by")},
			Filters: []view.Filter{
				{Href: complaintsPath, Text: page.Say("complaints.open"), Current: !all},
				{Href: complaintsPath + "?show=all", Text: page.Say("complaints.all"), Current: all},
			},
		},
	}
	today := finance.DateOf(s.Clock())
	for i := range page1 {
		c := &page1[i]
		row := view.Row{Href: complaintsPath + "/" + c.ID, Cells: []view.Cell{
			{Text: page.Verbatim(c.Number)}, {Text: caseText(cases, c.Note)}, {Text: page.Say("verbatim", "text", c.Received)}, {Text: page.Say("verbatim", "text", c.AnswerBy)},
		}}
		switch {
		case c.Late(today):
			row.Tone, row.Cells[3].More = page.ToneStop, page.Say("complaints.late")
		case !c.Answered.IsZero():
			row.Tone, row.Cells[3].More = page.ToneDone, page.Say("complaints.answered", "at", c.Answered)
		}
		sheet.List.Rows = append(sheet.List.Rows, row)
	}
	return v.Show(http.StatusOK, sheet)
}

// complaints gives a page of the register and the address of the next one.
func (s *Server) complaints(v *visit, all bool) (rows []casebook.Complaint, next string, err error) {
	ctx, more := v.R.Context(), false
	if all {
		rows, more, err = s.Desk.Book.Complaints(ctx, v.place("before"), perPage)
		if more {
			next = complaintsPath + "?show=all&before=" + strconv.FormatInt(rows[len(rows)-1].Place, 10)
		}
		return rows, next, err
	}
	var after *casebook.Complaint
	if id := v.R.URL.Query().Get("after"); id != "" {
		if after, err = s.Desk.Book.Complaint(ctx, id); err != nil {
			return nil, "", err
		}
	}
	rows, more, err = s.Desk.Book.OpenComplaints(ctx, after, perPage)
	if more {
		next = with(complaintsPath, "after", rows[len(rows)-1].ID)
	}
	return rows, next, err
}

// maxComplaintPages bounds the pages of the register that one file has.
const maxComplaintPages = 100

// getComplaintsExport gives the register as a table, for the supervisor. It names
// nobody but the case.
func (s *Server) getComplaintsExport(v *visit) error {
	ctx := v.R.Context()
	names, err := s.Desk.Book.StaffNames(ctx)
	if err != nil {
		return err
	}
	records := [][]string{{"number", "note", "channel", "language", "received", "answer_by", "answered", "answered_by", "words", "answer"}}
	for before, pages := int64(0), 0; pages < maxComplaintPages; pages++ {
		rows, more, err := s.Desk.Book.Complaints(ctx, before, store.MaxPage)
		if err != nil {
			return err
		}
		var notes []ledger.NoteID
		for i := range rows {
			if rows[i].Note != "" {
				notes = append(notes, rows[i].Note)
			}
		}
		if err := v.Reads("complaint", notes...); err != nil {
			return err
		}
		for i := range rows {
			c := &rows[i]
			answered := ""
			if !c.Answered.IsZero() {
				answered = c.Answered.UTC().Format(time.RFC3339)
			}
			records = append(records, []string{
				cell(c.Number), string(c.Note), string(c.Channel), string(c.Language), c.Received.UTC().Format(time.RFC3339), c.AnswerBy.String(),
				answered, cell(names[c.AnsweredBy]), cell(c.Words), cell(c.Answer),
			})
			before = c.Place
		}
		if !more {
			break
		}
	}
	h := v.W.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="complaints.csv"`)
	return csv.NewWriter(v.W).WriteAll(records)
}

// complaintOf gives the complaint that the address names.
func (s *Server) complaintOf(v *visit) (*casebook.Complaint, error) {
	c, err := s.Desk.Book.Complaint(v.R.Context(), chi.URLParam(v.R, "complaint"))
	if err == nil && c == nil {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return c, err
}

func (s *Server) getComplaint(v *visit) error {
	c, err := s.complaintOf(v)
	if err != nil {
		return err
	}
	sheet, err := s.complaintSheet(v, c, "")
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

// complaintSheet shows what somebody complains about, with the answer or the form for
// it.
func (s *Server) complaintSheet(v *visit, c *casebook.Complaint, answer string) (*view.WorkSheet, error) {
	if err := v.Reads("complaint", c.Note); err != nil {
		return nil, err
	}
	names, err := s.Desk.Book.StaffNames(v.R.Context())
	if err != nil {
		return nil, err
	}
	sheet := &view.WorkSheet{WorkTitle: view.WorkTitle{
		Up:      page.Link{Href: complaintsPath, Text: page.Say("complaints.title")},
		Heading: page.Say("complaints.complaint", "number", c.Number), Case: noteLink(c.Note), Words: c.Words,
		Pairs: []page.Pair{
			{Term: page.Say("complaints.received"), Value: page.Say("verbatim", "text", c.Received)},
			{Term: page.Say("complaints.answer-by"), Value: page.Say("verbatim", "text", c.AnswerBy)},
		},
	}}
	if c.Entry != "" {
		sheet.Lead = page.Say("complaints.review")
	}
	if !c.Answered.IsZero() {
		sheet.Status = page.Status{Tone: page.ToneDone, Text: page.Say("complaints.answered-by", "name", names[c.AnsweredBy], "at", c.Answered), More: page.Verbatim(c.Answer)}
		return sheet, nil
	}
	if c.Late(finance.DateOf(s.Clock())) {
		sheet.Status = page.Status{Tone: page.ToneStop, Text: page.Say("complaints.late")}
	}
	if v.works() {
		sheet.Forms = []*view.WorkForm{{
			Action: complaintsPath + "/" + c.ID, Button: page.Say("complaints.send"),
			Asks: []view.Ask{needed(hinted(askWords("answer", answer, casework.MaxWords, 6), "work.answer.hint"))},
		}}
	}
	return sheet, nil
}

// postComplaint answers a complaint.
func (s *Server) postComplaint(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	c, err := s.complaintOf(v)
	if err != nil {
		return err
	}
	answer := v.written("answer")
	sheet, err := s.complaintSheet(v, c, answer)
	if err != nil {
		return err
	}
	if len(sheet.Forms) == 0 {
		return ledger.Refuse(ledger.CodeSettled)
	}
	done, err := v.tried(sheet.Forms[0], &casework.AnswerComplaint{Complaint: c.ID, Note: c.Note, Answer: answer}, "")
	if err != nil {
		return err
	}
	if done == nil {
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	return v.Redirect(with(complaintsPath+"/"+c.ID, "done", done.ID))
}
