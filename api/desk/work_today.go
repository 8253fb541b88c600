package desk

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// ahead is how far the worklist looks: what is due tomorrow can be begun today.
const ahead = 48 * time.Hour

// whose are the filters of the worklist by whose a task is.
var whose = []string{"mine", "team", "late", "all"}

// getToday is the worklist: what is to be done, in the order in which it is, and why.
func (s *Server) getToday(v *visit) error {
	q := v.R.URL.Query()
	filter := q.Get("show")
	if !slices.Contains(whose, filter) {
		filter = "team"
	}
	kind := casebook.TaskKind(q.Get("kind"))
	query := casebook.TaskQuery{Kind: kind, Limit: perPage, After: taskPlace(q.Get("after"))}
	if filter != "all" {
		query.Until = dayEnd(s.Clock()).Add(ahead - 24*time.Hour)
	}
	switch filter {
	case "mine":
		query.Owner = v.staff.ID
	case "team":
		query.Owner, query.Free, query.Team = v.staff.ID, true, v.staff.Team
	case "late":
		query.Late = true
	}
	if !v.actor.Is(payers...) {
		query.Without = []casebook.TaskKind{casebook.TaskPayment} // they may not see who paid
	}
	tasks, next, err := s.Desk.Book.Tasks(v.R.Context(), query)
	if err != nil {
		return err
	}
	rows, err := s.taskRows(v, tasks)
	if err != nil {
		return err
	}
	late, err := s.Desk.Book.CountLate(v.R.Context())
	if err != nil {
		return err
	}
	sheet := &view.WorkList{
		Heading: page.Say("rail.today"), Lead: page.Say("today.order"), Links: []page.Link{{Href: whoCalledPath, Text: page.Say("caller.title")}},
		List: view.List{
			Caption: page.Say("today.caption"), Rows: rows, Empty: page.Empty{Text: page.Say("today.empty")},
			Columns: []page.Text{page.Say("today.what"), page.Say("today.case"), page.Say("today.due"), page.Say("today.owner"), page.Say("today.acts")},
		},
	}
	if sheet.Late, err = s.untold(v); err != nil {
		return err
	}
	for _, name := range whose {
		sheet.List.Filters = append(sheet.List.Filters, view.Filter{
			Href: todayAddress(name, kind, nil), Text: page.Say(page.Key("today.show." + name)), Current: name == filter,
			Count: map[string]int{"late": late}[name],
		})
	}
	if kind != "" {
		sheet.List.Filters = append(sheet.List.Filters, view.Filter{Href: todayAddress(filter, "", nil), Text: page.Say("today.kind.every")})
	}
	if next != nil {
		sheet.List.Next = todayAddress(filter, kind, next)
	}
	return v.Show(http.StatusOK, sheet)
}

// untold says to who leads the work that the registrar did not take something that
// persons were to read: what they have is not all that happened.
func (s *Server) untold(v *visit) (page.Text, error) {
	if !v.actor.Is(casework.Lead) {
		return page.Text{}, nil
	}
	c, err := s.Desk.Book.CountOutbox(v.R.Context())
	if err != nil || c.Refused == 0 {
		return page.Text{}, err
	}
	return page.Count("today.untold", c.Refused), nil
}

// todayAddress is the address of a page of the worklist.
func todayAddress(filter string, kind casebook.TaskKind, after *casebook.TaskPlace) string {
	q := url.Values{"show": {filter}}
	if kind != "" {
		q.Set("kind", string(kind))
	}
	if after != nil {
		q.Set("after", placeText(after))
	}
	return todayPath + "?" + q.Encode()
}

// placeText writes where a page begins.
func placeText(p *casebook.TaskPlace) string {
	return fmt.Sprintf("%d.%d.%d", p.Priority, p.Due, p.Place)
}

// taskPlace reads where a page begins; the first page for what is no place.
func taskPlace(text string) casebook.TaskPlace {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return casebook.TaskPlace{}
	}
	var numbers [3]int64
	for i, part := range parts {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return casebook.TaskPlace{}
		}
		numbers[i] = n
	}
	return casebook.TaskPlace{Priority: casebook.Priority(numbers[0]), Due: numbers[1], Place: numbers[2]}
}

// dayEnd is midnight after a moment, as the people's clocks show it.
func dayEnd(t time.Time) time.Time {
	year, month, day := t.In(page.Local()).Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, page.Local())
}

// taskRows makes rows of tasks, with the names of all of them at once.
func (s *Server) taskRows(v *visit, tasks []casebook.Task) ([]view.Row, error) {
	notes := make([]ledger.NoteID, len(tasks))
	for i := range tasks {
		notes[i] = tasks[i].Note
	}
	cases, err := s.casesOf(v, "work", notes)
	if err != nil {
		return nil, err
	}
	staff, err := s.Desk.Book.StaffNames(v.R.Context())
	if err != nil {
		return nil, err
	}
	rows := make([]view.Row, len(tasks))
	for i := range tasks {
		t := &tasks[i]
		rows[i] = view.Row{
			Href: taskHref(t), Acts: v.taskActs(t),
			Cells: []view.Cell{{Text: taskReason(t)}, {Text: caseText(cases, t.Note)}, v.dueCell(t.Due), ownerCell(t, staff)},
		}
		if t.Priority == casebook.PriorityLate {
			rows[i].Tone, rows[i].Cells[0].More = page.ToneStop, page.Say("today.promised")
		}
	}
	return rows, nil
}

// taskReason says in words why a task is there.
func taskReason(t *casebook.Task) page.Text {
	key := page.Key(t.Reason)
	if !view.Known(key) {
		key = "task-other" // of a version of the program that knew more
	}
	text := page.Text{Key: key}
	for name, value := range t.With {
		text.With = append(text.With, name, value)
	}
	return text
}

// casesOf names the cases of the notes of a page, of which some may be none. That
// somebody reads the names is written down.
func (s *Server) casesOf(v *visit, why string, notes []ledger.NoteID) (map[ledger.NoteID]casebook.CaseName, error) {
	notes = slices.Compact(slices.Sorted(slices.Values(notes)))
	if len(notes) > 0 && notes[0] == "" {
		notes = notes[1:]
	}
	if err := v.Reads(why, notes...); err != nil {
		return nil, err
	}
	return s.Desk.Book.CaseNames(v.R.Context(), notes)
}

// caseText names a case in a list.
func caseText(cases map[ledger.NoteID]casebook.CaseName, note ledger.NoteID) page.Text {
	c, known := cases[note]
	if !known {
		return page.Say("today.no-case")
	}
	return page.Say("work.case", "name", cmp.Or(strings.Join(c.Names, " & "), nameless), "number", int(c.Number))
}

// dueCell says when something is due as people say it: with the time of day for today
// and tomorrow, and with the day for later ones.
func (v *visit) dueCell(due time.Time) view.Cell {
	if due.IsZero() {
		return view.Cell{Text: page.Say("today.whenever")}
	}
	today := dayEnd(v.server.Clock())
	clock := view.Clock(due, v.Language == ledger.English)
	switch {
	case due.Before(today.AddDate(0, 0, -1)):
		return view.Cell{Text: page.Say("today.since", "at", due)}
	case due.Before(today):
		return view.Cell{Text: page.Say("today.at", "clock", clock)}
	case due.Before(today.AddDate(0, 0, 1)):
		return view.Cell{Text: page.Say("today.tomorrow", "clock", clock)}
	}
	return view.Cell{Text: page.Say("today.on", "at", due)}
}

func ownerCell(t *casebook.Task, staff map[casebook.StaffID]string) view.Cell {
	c := view.Cell{Text: page.Say("today.nobody")}
	switch {
	case t.Owner != "":
		c.Text = page.Verbatim(staff[t.Owner])
	case t.Team != "":
		c.Text = page.Say("today.of-team", "team", t.Team)
	}
	if t.Passed != "" {
		c.More = page.Say("today.passed", "name", staff[t.Passed], "remark", t.Remark)
	}
	return c
}

// taskActs are the buttons of a task's row. What ends itself has none to tick it off.
func (v *visit) taskActs(t *casebook.Task) []view.RowAct {
	if !v.actor.Is(workers...) {
		return nil
	}
	act := func(what, key string) view.RowAct {
		return view.RowAct{
			Action: tasksPath + "/" + t.ID + "/" + what, Text: page.Say(page.Key("task." + what)), Key: key,
			Hidden: []page.Hidden{{Name: "back", Value: v.R.URL.RequestURI()}},
		}
	}
	var acts []view.RowAct
	if t.State == casebook.TaskOpen {
		acts = append(acts, act("take", "t"))
	}
	acts = append(acts, act("pass", "p"))
	if !casework.EndsItself(t.Kind) {
		acts = append(acts, act("done", "e"))
	}
	return acts
}

// taskHref is where a task is worked on.
func taskHref(t *casebook.Task) string {
	switch t.Kind {
	case casebook.TaskCallback:
		return callsPath + "/" + url.PathEscape(t.About)
	case casebook.TaskComplaint:
		return complaintsPath + "/" + url.PathEscape(t.About)
	case casebook.TaskFlag:
		return flagsPath + "/" + url.PathEscape(t.About)
	case casebook.TaskApproval:
		return approvalsPath + "/" + url.PathEscape(t.About)
	case casebook.TaskProposal:
		return "/desk/decisions/" + url.PathEscape(t.About)
	case casebook.TaskPayment:
		return "/desk/payments/entries/" + url.PathEscape(t.About)
	case casebook.TaskLetter:
		return letterPath(url.PathEscape(t.About))
	}
	if t.Note == "" {
		return tasksPath + "/" + t.ID
	}
	href := "/desk/cases/of/" + url.PathEscape(string(t.Note))
	if t.Kind == casebook.TaskDispute || t.Kind == casebook.TaskClaim || t.Kind == casebook.TaskAmendment {
		href += "#h-asked"
	}
	return href
}

// taskOf gives the task that the address names.
func (s *Server) taskOf(v *visit) (*casebook.Task, error) {
	t, err := s.Desk.Book.Task(v.R.Context(), chi.URLParam(v.R, "task"))
	if err == nil && t == nil {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return t, err
}

// getTask shows a task, and lets it be passed on with a remark or be done with an
// outcome.
func (s *Server) getTask(v *visit) error {
	t, err := s.taskOf(v)
	if err != nil {
		return err
	}
	sheet, err := s.taskSheet(v, t)
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

func (s *Server) taskSheet(v *visit, t *casebook.Task) (*view.WorkSheet, error) {
	rows, err := s.taskRows(v, []casebook.Task{*t})
	if err != nil {
		return nil, err
	}
	cells := rows[0].Cells
	sheet := &view.WorkSheet{WorkTitle: view.WorkTitle{
		Up: page.Link{Href: todayPath, Text: page.Say("rail.today")}, Heading: cells[0].Text, Status: page.Status{Tone: rows[0].Tone, Text: cells[0].More},
		Pairs: []page.Pair{{Term: page.Say("today.case"), Value: cells[1].Text}, {Term: page.Say("today.due"), Value: cells[2].Text}, {Term: page.Say("today.owner"), Value: cells[3].Text}},
		Words: t.Remark,
	}}
	if href := taskHref(t); href != v.R.URL.Path && t.Ended.IsZero() {
		sheet.Links = []page.Link{{Href: href, Text: page.Say("task.open")}}
	}
	if !t.Ended.IsZero() {
		sheet.Status = page.Status{Tone: page.ToneDone, Text: page.Say(page.Key("task.state." + string(t.State)))}
		sheet.Words = t.Outcome
		return sheet, nil
	}
	if !v.actor.Is(workers...) {
		return sheet, nil
	}
	back := []page.Hidden{{Name: "back", Value: site.Local(v.R.URL.Query().Get("back"), todayPath)}, {Name: "sent", Value: "yes"}}
	to, err := s.askStaff(v, "to", "", "work.to.everybody")
	if err != nil {
		return nil, err
	}
	sheet.Forms = append(sheet.Forms, &view.WorkForm{
		Action: tasksPath + "/" + t.ID + "/pass", Hidden: back, Button: page.Say("task.pass"), Quiet: true,
		Asks: []view.Ask{to, askText("remark", "", casework.MaxStep)},
	})
	if !casework.EndsItself(t.Kind) {
		sheet.Forms = append(sheet.Forms, &view.WorkForm{
			Action: tasksPath + "/" + t.ID + "/done", Hidden: back, Button: page.Say("task.done"), Asks: []view.Ask{askText("outcome", "", casework.MaxStep)},
		})
	}
	return sheet, nil
}

// back is the page that a form came from.
func (v *visit) back(otherwise string) string { return site.Local(v.R.PostForm.Get("back"), otherwise) }

func (s *Server) postTaskTake(v *visit) error {
	return s.doTask(v, func(t *casebook.Task) casework.Act { return &casework.TakeTask{Task: t.ID, Note: t.Note} })
}

// postTaskPass gives a task to somebody else. The button of a row leads to the form
// that asks to whom.
func (s *Server) postTaskPass(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	if !v.R.PostForm.Has("sent") {
		return v.Redirect(with(tasksPath+"/"+url.PathEscape(chi.URLParam(v.R, "task")), "back", v.back(todayPath)))
	}
	return s.doTask(v, func(t *casebook.Task) casework.Act {
		return &casework.PassTask{Task: t.ID, Note: t.Note, To: casebook.StaffID(v.written("to")), Remark: v.written("remark")}
	})
}

func (s *Server) postTaskDone(v *visit) error {
	return s.doTask(v, func(t *casebook.Task) casework.Act {
		return &casework.FinishTask{Task: t.ID, Note: t.Note, Outcome: v.written("outcome")}
	})
}

// doTask does what is asked with a task, and leads back to where it was asked.
func (s *Server) doTask(v *visit, act func(*casebook.Task) casework.Act) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	t, err := s.taskOf(v)
	if err != nil {
		return err
	}
	return v.do(act(t), "", v.back(todayPath))
}
