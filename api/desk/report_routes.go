package desk

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/report"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const reportsPath = "/desk/reports"

// measurers read reports: figures of everybody's work, without a person in them.
var measurers = []casework.Role{casework.Lead, casework.Finance, casework.Auditor}

// reportRoutes are the pages of this theme.
var reportRoutes = []route{
	{method: get, pattern: reportsPath, roles: measurers, handle: (*Server).getReports},
	{method: get, pattern: reportsPath + "/all.csv", roles: measurers, handle: (*Server).getReportsTables},
	{method: get, pattern: reportsPath + "/all.pdf", roles: measurers, handle: (*Server).getReportsPDF},
	{method: get, pattern: reportsPath + "/tables/{table}", roles: measurers, handle: (*Server).getReportTable},
}

// getReports shows how the work goes.
func (s *Server) getReports(v *visit) error {
	sheet, err := s.reportsFor(v)
	if err != nil {
		return err
	}
	if err := s.bettered(v, sheet); err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

// maxBettered bounds what is shown of what was done about low answers.
const maxBettered = 20

// bettered lists what was done about low answers in the months of the report.
func (s *Server) bettered(v *visit, sheet *view.Reports) error {
	first := report.MonthOf(s.today()).Plus(1 - report.MaxMonths)
	tasks, err := s.Desk.Book.Bettered(v.R.Context(), first.Begins(), maxBettered)
	if err != nil {
		return err
	}
	names, err := s.Desk.Book.StaffNames(v.R.Context())
	for i := range tasks {
		t := &tasks[i]
		sheet.Bettered = append(sheet.Bettered, view.Bettered{
			Month: t.With["month"], Outcome: t.Outcome, Name: names[t.EndedBy], Ended: t.Ended, Href: "/desk/tasks/" + t.ID,
		})
	}
	return err
}

// tablesOf gives all tables of a report, in their order.
func tablesOf(sheet *view.Reports) []view.ReportTable {
	var all []view.ReportTable
	for _, m := range sheet.Measures {
		all = append(append(all, m.Main), m.More...)
	}
	return append(all, sheet.Tables...)
}

// getReportTable gives one table as a file.
func (s *Server) getReportTable(v *visit) error {
	sheet, err := s.reportsFor(v)
	if err != nil {
		return err
	}
	name := chi.URLParam(v.R, "table")
	for _, t := range tablesOf(sheet) {
		if t.Name == name {
			return s.sendTables(v, name, t)
		}
	}
	return ledger.Refuse(ledger.CodeNotFound)
}

// getReportsTables gives all tables in one file, each under its name.
func (s *Server) getReportsTables(v *visit) error {
	sheet, err := s.reportsFor(v)
	if err != nil {
		return err
	}
	return s.sendTables(v, "reports", tablesOf(sheet)...)
}

// sendTables writes tables as a file of commas. Where there are several each row begins
// with the name of its table.
func (s *Server) sendTables(v *visit, name string, tables ...view.ReportTable) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, t := range tables {
		head, err := s.plainAll(v, t.Columns)
		if err != nil {
			return err
		}
		rows := [][]string{cells(head...)}
		for _, figures := range t.Rows {
			row := make([]string, len(figures))
			for i, f := range figures {
				if row[i], err = s.plainFigure(v, f, true); err != nil {
					return err
				}
				if f.Plain == "" {
					row[i] = cell(row[i])
				}
			}
			rows = append(rows, row)
		}
		for _, row := range rows {
			if len(tables) > 1 {
				row = append([]string{t.Name}, row...)
			}
			if err := w.Write(row); err != nil {
				return fmt.Errorf("writing the table %s: %w", t.Name, err)
			}
		}
	}
	w.Flush()
	return v.send(&b, "text/csv; charset=utf-8", name+".csv")
}

// send answers with a file to keep.
func (v *visit) send(file io.Reader, kind, name string) error {
	h := v.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err := io.Copy(v.W, file)
	return err
}

// getReportsPDF gives the whole report as it is printed.
func (s *Server) getReportsPDF(v *visit) error {
	sheet, err := s.reportsFor(v)
	if err != nil {
		return err
	}
	lead, err := s.plainAll(v, []page.Text{page.Say("reports.title"), page.Say("reports.lead"), page.Say("reports.counted", "at", sheet.Counted)})
	if err != nil {
		return err
	}
	d := report.Document{Language: string(v.Language), Title: lead[0], Author: s.RelyingParty.Name, Made: sheet.Counted.UTC(), Lead: lead[1:]}
	for _, m := range sheet.Measures {
		main := m.Main
		main.Says = append(append([]page.Text{}, main.Says...), m.Value, m.Of, m.Target)
		if err := s.addSection(v, &d, main, &m.Chart); err != nil {
			return err
		}
		for _, t := range m.More {
			if err := s.addSection(v, &d, t, nil); err != nil {
				return err
			}
		}
	}
	for _, t := range sheet.Tables {
		if err := s.addSection(v, &d, t, nil); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := d.PDF(&b); err != nil {
		return err
	}
	return v.send(&b, "application/pdf", "reports-"+s.today().String()+".pdf")
}

func (s *Server) addSection(v *visit, to *report.Document, t view.ReportTable, chart *view.ReportChart) error {
	if len(t.Rows) == 0 {
		return nil
	}
	title, err := s.plain(v, t.Heading)
	if err != nil {
		return err
	}
	section := report.Section{Title: title}
	if chart != nil {
		section.Bars, section.Most = chart.Values, chart.Most
	}
	if section.Says, err = s.plainAll(v, t.Says); err != nil {
		return err
	}
	if section.Columns, err = s.plainAll(v, t.Columns); err != nil {
		return err
	}
	for _, figures := range t.Rows {
		row := make([]string, len(figures))
		for i, f := range figures {
			if row[i], err = s.plainFigure(v, f, false); err != nil {
				return err
			}
		}
		section.Rows = append(section.Rows, row)
	}
	to.Sections = append(to.Sections, section)
	return nil
}

// plainFigure writes a figure as a program reads it, or as people do.
func (s *Server) plainFigure(v *visit, f view.Figure, program bool) (string, error) {
	switch {
	case !f.Month.IsZero():
		return string(report.MonthOf(f.Month)), nil
	case program && f.Plain != "":
		return f.Plain, nil
	}
	return s.plain(v, f.Text)
}

func (s *Server) plain(v *visit, t page.Text) (string, error) {
	if t.IsZero() {
		return "", nil
	}
	return s.pages.Plain(v.Language, t)
}

// plainAll writes texts, without those that say nothing.
func (s *Server) plainAll(v *visit, all []page.Text) ([]string, error) {
	var texts []string
	for _, t := range all {
		text, err := s.plain(v, t)
		if err != nil {
			return nil, err
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	return texts, nil
}

// opens gives a way to the rows behind a figure, where the reader may use that page.
func (s *Server) opens(v *visit, path, query string) string {
	for _, r := range s.routes {
		if r.method == get && r.pattern == path && v.actor.Is(r.roles...) {
			return path + query
		}
	}
	return ""
}

// amounts writes an amount for people and for programs.
func amounts(m finance.Money) view.Figure {
	return view.Figure{Text: page.Say("verbatim", "text", m), Plain: decimal(m)}
}

// number writes a number for people and for programs.
func number(n int) view.Figure {
	return view.Figure{Text: page.Say("verbatim", "text", n), Plain: strconv.Itoa(n)}
}
