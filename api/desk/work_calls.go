package desk

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// getCalls lists the calls that persons were promised, the missed ones first.
func (s *Server) getCalls(v *visit) error {
	q := v.R.URL.Query()
	query := casebook.TaskQuery{Kind: casebook.TaskCallback, Limit: perPage, After: taskPlace(q.Get("after"))}
	mine := q.Get("show") == "mine"
	if mine {
		query.Owner = v.staff.ID
	}
	tasks, next, err := s.Desk.Book.Tasks(v.R.Context(), query)
	if err != nil {
		return err
	}
	rows, err := s.callRows(v, tasks)
	if err != nil {
		return err
	}
	sheet := &view.WorkList{
		Heading: page.Say("rail.calls"), Lead: page.Say("calls.lead"), Links: []page.Link{{Href: whoCalledPath, Text: page.Say("caller.title")}},
		List: view.List{
			Caption: page.Say("calls.caption"), Rows: rows, Empty: page.Empty{Text: page.Say("calls.empty")},
			Columns: []page.Text{page.Say("calls.whom"), page.Say("calls.about"), page.Say("calls.promised"), page.Say("today.owner"), page.Say("today.acts")},
			Filters: []view.Filter{
				{Href: callsPath, Text: page.Say("today.show.all"), Current: !mine},
				{Href: callsPath + "?show=mine", Text: page.Say("today.show.mine"), Current: mine},
			},
		},
	}
	if next != nil {
		to := with(callsPath, "after", placeText(next))
		if mine {
			to = with(to, "show", "mine")
		}
		sheet.List.Next = to
	}
	return v.Show(http.StatusOK, sheet)
}

// callRows makes rows of tasks to call somebody.
func (s *Server) callRows(v *visit, tasks []casebook.Task) ([]view.Row, error) {
	ids := make([]string, len(tasks))
	for i := range tasks {
		ids[i] = tasks[i].About
	}
	calls, err := s.Desk.Book.CallsByID(v.R.Context(), ids)
	if err != nil {
		return nil, err
	}
	rows, err := s.taskRows(v, tasks)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		c, cells := calls[tasks[i].About], rows[i].Cells
		about := view.Cell{Text: page.Verbatim(c.Words)}
		if c.Words == "" {
			about.Text = page.Say("calls.nothing-said")
		}
		due := cells[2]
		if c.Missed > 0 {
			due.More = page.Count("calls.missed", c.Missed)
		}
		rows[i].Cells = []view.Cell{{Text: cells[1].Text, More: page.Verbatim(c.Number)}, about, due, cells[3]}
	}
	return rows, nil
}

// callOf gives the promised call that the address names.
func (s *Server) callOf(v *visit) (*casebook.Call, error) {
	c, err := s.Desk.Book.Call(v.R.Context(), chi.URLParam(v.R, "call"))
	if err == nil && c == nil {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return c, err
}

func (s *Server) getCall(v *visit) error {
	c, err := s.callOf(v)
	if err != nil {
		return err
	}
	sheet, err := s.callSheet(v, c)
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

// callSheet shows whom to call, by when and about what, with what can come of it.
func (s *Server) callSheet(v *visit, c *casebook.Call) (*view.WorkSheet, error) {
	if err := v.Reads("call", c.Note); err != nil {
		return nil, err
	}
	names, err := s.Desk.Book.StaffNames(v.R.Context())
	if err != nil {
		return nil, err
	}
	sheet := &view.WorkSheet{WorkTitle: view.WorkTitle{
		Up: page.Link{Href: callsPath, Text: page.Say("rail.calls")}, Heading: page.Say("calls.call", "number", c.Number), Case: noteLink(c.Note), Words: c.Words,
		Pairs: []page.Pair{{Term: page.Say("calls.promised"), Value: page.Say("verbatim", "text", c.Promised)}},
	}}
	if c.Owner != "" {
		sheet.Pairs = append(sheet.Pairs, page.Pair{Term: page.Say("today.owner"), Value: page.Verbatim(names[c.Owner])})
	}
	if c.Language != "" {
		sheet.Pairs = append(sheet.Pairs, page.Pair{Term: page.Say("calls.language"), Value: page.Say(page.Key("calls.language." + string(c.Language)))})
	}
	switch {
	case !c.Ended.IsZero():
		sheet.Status = page.Status{Tone: page.ToneDone, Text: page.Say("calls.ended", "outcome", page.Say(page.Key("work.outcome."+string(c.Outcome))), "at", c.Ended)}
		return sheet, nil
	case c.Promised.Before(s.Clock()):
		sheet.Status = page.Status{Tone: page.ToneStop, Text: page.Say("today.promised")}
	}
	if v.actor.Is(workers...) {
		sheet.Forms = v.callForms(c)
	}
	return sheet, nil
}

// callLater is the other time that is offered for a call.
const callLater = time.Hour

// callForms are what can come of a call: it was made, the person was told another time,
// or wants it no longer.
func (v *visit) callForms(c *casebook.Call) []*view.WorkForm {
	path := callsPath + "/" + c.ID
	reason := view.Reason("", false)
	forms := []*view.WorkForm{
		{Action: path + "/made", Button: page.Say("calls.made"), Asks: []view.Ask{
			askChoice("outcome", []casebook.ContactOutcome{casebook.Reached, casebook.NoAnswer, casebook.MessageLeft, casebook.WrongPerson}, casebook.Reached),
			hinted(askWords("words", "", casework.MaxWords, 3), "work.words.hint"),
			{Tick: &view.Tick{Name: "follow_up", Label: page.Say("work.follow_up"), Hint: page.Say("work.follow_up.hint"), On: true}},
		}},
		{Action: path + "/moved", Button: page.Say("calls.move"), Quiet: true, Asks: []view.Ask{needed(hinted(askTime("by", v.server.Clock().Add(callLater)), "work.by.hint"))}},
	}
	if v.works() {
		forms = append(forms, &view.WorkForm{Action: path + "/dropped", Button: page.Say("calls.drop"), Quiet: true, Asks: []view.Ask{{Field: &reason}}})
	}
	return forms
}

func (s *Server) postCallMade(v *visit) error {
	return s.doCall(v, 0, func(c *casebook.Call) casework.Act {
		return &casework.KeepCall{
			Call: c.ID, Note: c.Note, Outcome: casebook.ContactOutcome(v.written("outcome")), Words: v.written("words"), FollowUp: v.written("follow_up") != "",
		}
	})
}

func (s *Server) postCallMoved(v *visit) error {
	return s.doCall(v, 1, func(c *casebook.Call) casework.Act {
		return &casework.MoveCall{Call: c.ID, Note: c.Note, By: v.writtenTime("by")}
	})
}

func (s *Server) postCallDropped(v *visit) error {
	return s.doCall(v, 2, func(c *casebook.Call) casework.Act { return &casework.DropCall{Call: c.ID, Note: c.Note} })
}

// doCall does what one of the forms of a call asks for.
func (s *Server) doCall(v *visit, form int, act func(*casebook.Call) casework.Act) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	c, err := s.callOf(v)
	if err != nil {
		return err
	}
	sheet, err := s.callSheet(v, c)
	if err != nil {
		return err
	}
	if form >= len(sheet.Forms) { // it was made before
		return ledger.Refuse(ledger.CodeSettled)
	}
	done, err := v.tried(sheet.Forms[form], act(c), v.reason())
	if err != nil {
		return err
	}
	if done == nil {
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	return v.Redirect(with(callsPath+"/"+c.ID, "done", done.ID))
}
