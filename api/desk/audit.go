package desk

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const auditPath = "/desk/audit"

// auditRoutes are what was done and who looked at what.
var auditRoutes = []route{
	{method: get, pattern: auditPath, roles: audits, handle: (*Server).getAudit},
	{method: get, pattern: "/desk/audit/export", roles: audits, handle: (*Server).getAuditExport},
}

// maxAudit bounds the rows of a table that is downloaded; the rest is another day's.
const maxAudit = 20_000

// Reads notes that the reader of this page sees personal data of notes; why is a word
// that names the page. A handler calls it before it shows anything.
func (v *visit) Reads(why string, notes ...ledger.NoteID) error {
	if len(notes) == 0 {
		return nil
	}
	if v.live() {
		return v.server.Desk.ReadAgain(v.R.Context(), v.staff, why, notes...)
	}
	return v.server.Desk.Read(v.R.Context(), v.staff, why, notes...)
}

// auditFilter is what is asked of the audit.
type auditFilter struct {
	name  string // of the member of staff, as it was typed
	staff casebook.StaffID
	none  bool // nobody has that name
	note  ledger.NoteID
	day   finance.Date
	acts  bool // what was done, not what was read
	names map[casebook.StaffID]string
}

// readAudit reads what is asked for. What cannot be read is not asked for.
func (s *Server) readAudit(v *visit) (f auditFilter, err error) {
	q := v.R.URL.Query()
	if f.names, err = s.Desk.Book.StaffNames(v.R.Context()); err != nil {
		return f, err
	}
	f.name, f.note, f.acts = strings.TrimSpace(q.Get("who")), ledger.NoteID(strings.TrimSpace(q.Get("note"))), q.Get("of") != "readings"
	if f.name != "" {
		f.none = true
		for id, name := range f.names {
			if strings.EqualFold(name, f.name) {
				f.staff, f.none = id, false
			}
		}
	}
	if day, err := finance.ParseDate(q.Get("day")); err == nil {
		f.day = day
	}
	return f, nil
}

// query is the filter as an address has it.
func (f auditFilter) query(more ...string) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("who", f.name)
	set("note", string(f.note))
	if !f.day.IsZero() {
		set("day", f.day.String())
	}
	if !f.acts {
		set("of", "readings")
	}
	for i := 0; i+1 < len(more); i += 2 {
		set(more[i], more[i+1])
	}
	return "?" + q.Encode()
}

func (f auditFilter) actQuery(before int64, limit int) casebook.ActQuery {
	q := casebook.ActQuery{Staff: f.staff, Note: f.note, Before: before, Limit: limit}
	if !f.day.IsZero() {
		q.From, q.Until = midnight(f.day), midnight(f.day.AddDays(1))
	}
	return q
}

func (s *Server) getAudit(v *visit) error {
	f, err := s.readAudit(v)
	if err != nil {
		return err
	}
	sheet := &view.Audit{
		Who:  page.Field{Name: "who", Label: page.Say("audit.who"), Hint: page.Say("audit.who.hint"), Value: f.name, Max: view.MaxReason, Optional: true},
		Note: page.Field{Name: "note", Label: page.Say("audit.note"), Value: string(f.note), Max: view.MaxReason, Optional: true},
		Day:  page.Field{Name: "day", Label: page.Say("audit.day"), Type: "date", Optional: true},
		Of:   map[bool]string{true: "acts", false: "readings"}[f.acts],
	}
	if !f.day.IsZero() {
		sheet.Day.Value = f.day.String()
	}
	sheet.Export = auditPath + "/export" + f.query()
	if f.acts {
		sheet.List, err = s.actRows(v, f)
	} else {
		sheet.List, err = s.readingRows(v, f)
	}
	if err != nil {
		return err
	}
	acts, readings := f, f
	acts.acts, readings.acts = true, false
	sheet.List.Filters = []view.Filter{
		{Href: auditPath + acts.query(), Text: page.Say("audit.acts"), Current: f.acts},
		{Href: auditPath + readings.query(), Text: page.Say("audit.readings"), Current: !f.acts},
	}
	sheet.List.Empty = page.Empty{Text: page.Say("audit.empty")}
	return v.Show(http.StatusOK, sheet)
}

// actRows lists what was done.
func (s *Server) actRows(v *visit, f auditFilter) (view.List, error) {
	list := view.List{
		Caption: page.Say("audit.acts.list"), Columns: []page.Text{page.Say("approvals.what"), page.Say("act.who"), page.Say("act.at"), page.Say("audit.note"), page.Say("act.reason")},
	}
	if f.none {
		return list, nil
	}
	all, more, err := s.Desk.Book.Acts(v.R.Context(), f.actQuery(v.place("before"), perPage))
	for i := range all {
		a := &all[i]
		list.Rows = append(list.Rows, view.Row{Href: actsPath + "/" + a.ID, Cells: []view.Cell{
			{Text: actName(a.Name)}, {Text: page.Verbatim(f.who(a))}, {Text: page.Say("verbatim", "text", a.At)},
			{Text: page.Verbatim(string(a.Note))}, {Text: page.Verbatim(a.Reason)},
		}})
	}
	if more {
		list.Next = auditPath + f.query("before", strconv.FormatInt(all[len(all)-1].Place, 10))
	}
	return list, err
}

// who did an act: a member of staff, or a rule.
func (f auditFilter) who(a *casebook.Act) string {
	if a.Rule != "" {
		return a.Rule
	}
	return f.names[a.Staff]
}

// readingRows lists who looked at what.
func (s *Server) readingRows(v *visit, f auditFilter) (view.List, error) {
	list := view.List{
		Caption: page.Say("audit.readings.list"), Columns: []page.Text{page.Say("audit.who"), page.Say("audit.note"), page.Say("audit.day"), page.Say("audit.why")},
	}
	if f.none {
		return list, nil
	}
	all, more, err := s.Desk.Book.Readings(v.R.Context(), casebook.ReadingQuery{
		Staff: f.staff, Note: f.note, Day: f.day, After: readAfter(v.R.URL.Query().Get("after")), Limit: perPage,
	})
	for _, r := range all {
		list.Rows = append(list.Rows, view.Row{Cells: []view.Cell{
			{Text: page.Verbatim(f.names[r.Staff])}, {Text: page.Verbatim(string(r.Note))},
			{Text: page.Say("verbatim", "text", r.Day), More: page.Count("audit.times", r.Times)}, {Text: page.Verbatim(r.Why)},
		}})
	}
	if more {
		last := all[len(all)-1]
		list.Next = auditPath + f.query("after", last.Day.String()+" "+string(last.Note)+" "+string(last.Staff))
	}
	return list, err
}

// readAfter reads where a list of readings goes on; nil at its beginning.
func readAfter(text string) *casebook.Reading {
	parts := strings.Fields(text)
	if len(parts) != 3 {
		return nil
	}
	day, err := finance.ParseDate(parts[0])
	if err != nil {
		return nil
	}
	return &casebook.Reading{Day: day, Note: ledger.NoteID(parts[1]), Staff: casebook.StaffID(parts[2])}
}

// getAuditExport gives the same rows as a table of commas, from the latest one on, up
// to maxAudit.
func (s *Server) getAuditExport(v *visit) error {
	f, err := s.readAudit(v)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="audit.csv"`)
	w := csv.NewWriter(v.W)
	if f.acts {
		err = s.exportActs(v, f, w)
	} else {
		err = s.exportReadings(v, f, w)
	}
	w.Flush()
	if err == nil {
		err = w.Error()
	}
	return err
}

func (s *Server) exportActs(v *visit, f auditFilter, w *csv.Writer) error {
	rows := [][]string{{"at", "act", "id", "who", "rule", "note", "reason", "approved", "undoes", "command"}}
	for before := int64(0); !f.none && len(rows) < maxAudit; {
		all, more, err := s.Desk.Book.Acts(v.R.Context(), f.actQuery(before, casebook.MaxReadings))
		if err != nil {
			return err
		}
		for i := range all {
			a := &all[i]
			rows = append(rows, cells(a.At.UTC().Format(time.RFC3339), a.Name, a.ID, f.names[a.Staff], a.Rule, string(a.Note), a.Reason, f.names[a.Approved], a.Undoes, string(a.Command)))
		}
		if !more {
			break
		}
		before = all[len(all)-1].Place
	}
	return w.WriteAll(rows)
}

func (s *Server) exportReadings(v *visit, f auditFilter, w *csv.Writer) error {
	rows := [][]string{{"day", "who", "note", "why", "first", "last", "times"}}
	var after *casebook.Reading
	for !f.none && len(rows) < maxAudit {
		all, more, err := s.Desk.Book.Readings(v.R.Context(), casebook.ReadingQuery{Staff: f.staff, Note: f.note, Day: f.day, After: after, Limit: casebook.MaxReadings})
		if err != nil {
			return err
		}
		for _, r := range all {
			rows = append(rows, cells(r.Day.String(), f.names[r.Staff], string(r.Note), r.Why,
				r.First.UTC().Format(time.RFC3339), r.Last.UTC().Format(time.RFC3339), strconv.Itoa(r.Times)))
		}
		if !more {
			break
		}
		after = &all[len(all)-1]
	}
	return w.WriteAll(rows)
}

// cells keeps a spreadsheet from taking what somebody wrote for a formula.
func cells(texts ...string) []string {
	for i, t := range texts {
		if t != "" && strings.ContainsRune("=+-@\t\r", rune(t[0])) {
			texts[i] = "'" + t
		}
	}
	return texts
}

// midnight is when a day of the ledger begins.
func midnight(d finance.Date) time.Time {
	year, month, day := d.Civil()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
