package view

import (
	"time"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// The views of reports. A report is tables; its page, its files and its charts are made
// of the same ones.

// Reports is the page of all measures.
type Reports struct {
	Counted  time.Time // when the figures were counted; zero before the first time
	Measures []ReportMeasure
	Tables   []ReportTable
	Bettered []Bettered
	Files    []page.Link
}

// Template names the page.
func (*Reports) Template() string { return "reports" }

// Title is the page's.
func (*Reports) Title() page.Text { return page.Say("reports.title") }

// ReportMeasure is one measure, with its chart.
type ReportMeasure struct {
	Main   ReportTable // month by month
	Value  page.Text   // the latest one
	Of     page.Text   // of which month it is and what it rests on
	Target page.Text   // what is wanted; none where nothing is
	Tone   page.Tone
	Met    page.Text // whether it is as wanted
	Trend  page.Text
	Chart  ReportChart
	More   []ReportTable
}

// ReportChart is the columns of a measure, and what is written at their sides.
type ReportChart struct {
	picture.Columns
	ID       string
	Alt      page.Text
	From, To finance.Date // days in the first and in the last month
	Width    int
	Height   int
	Top      page.Text // the value at the top
	Wanted   page.Text // what the line is
	Values   []int     // as they are drawn, -1 where there is none
}

// ReportTable is one table. It has a file of its own, by its name.
type ReportTable struct {
	Name    string
	Heading page.Text
	Says    []page.Text
	Columns []page.Text
	Rows    [][]Figure
	Open    *page.Link // the rows behind it; nil where the reader may not see them
	File    string     // address of the file
}

// maxReportRows is how many rows of a table the page has; the file has all.
const maxReportRows = 40

// Shown are the latest rows.
func (t ReportTable) Shown() [][]Figure { return t.Rows[max(0, len(t.Rows)-maxReportRows):] }

// Rest is how many rows are only in the file.
func (t ReportTable) Rest() int { return max(0, len(t.Rows)-maxReportRows) }

// Figure is one cell of a table. Its first is its heading.
type Figure struct {
	Text  page.Text
	Month finance.Date // a day in the month that it is, in the place of Text
	Href  string       // of the rows behind it
	Plain string       // how a program reads it; "" where that is the text
	Tone  page.Tone
}

// Bettered is what came of a low answer.
type Bettered struct {
	Month   string
	Outcome string // in words of who looked at it
	Name    string // of that
	Ended   time.Time
	Href    string
}
