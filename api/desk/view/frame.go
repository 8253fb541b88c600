package view

import "github.com/skuld-registry/skuld/api/web/page"

// The types in this file are the inputs of the desk's components in
// templates/components.html, by the same names.

// List is rows with their filters and a way to the next page. Its rows are walked with
// j and k, opened with Enter and done with e.
type List struct {
	Caption page.Text
	Filters []Filter
	Columns []page.Text
	Rows    []Row
	Empty   page.Empty // instead of the rows where there are none
	Next    string     // address of the next page; "" where this is the last one
}

// Filter is one way to see a list.
type Filter struct {
	Href    string
	Text    page.Text
	Current bool
	Count   int // not shown where it is 0
}

// Row is one row of a list. Its first cell is its heading.
type Row struct {
	Href  string // of what it is about
	Cells []Cell
	Tone  page.Tone // how the row is meant; its words say so, too
	Acts  []RowAct
}

// Cell is one cell of a row.
type Cell struct {
	Text page.Text
	More page.Text // under it, paler
	Sum  bool      // it is an amount of money
}

// RowAct is a button in a row: a simple act that runs at once.
type RowAct struct {
	page.Form
	Action string // address of the form
	Text   page.Text
	Hidden []page.Hidden
	Key    string // the key that presses it in the row that is chosen, such as e
}

// Bind puts the form's token into each button.
func (l *List) Bind(token string) {
	for i := range l.Rows {
		for j := range l.Rows[i].Acts {
			l.Rows[i].Acts[j].Bind(token)
		}
	}
}

// Reason is the field in which staff says why.
func Reason(value string, optional bool) page.Field {
	return page.Field{Name: "reason", Label: page.Say("reason.label"), Hint: page.Say("reason.hint"), Value: value, Rows: 3, Max: MaxReason, Optional: optional}
}

// MaxReason is how many characters a reason can have.
const MaxReason = 500

// Checks is a group of things of which several can be chosen.
type Checks struct {
	Name    string
	Label   page.Text
	Hint    page.Text
	Error   page.Text
	Options []page.Option
}
