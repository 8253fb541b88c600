package view

import (
	"time"

	"github.com/skuld-registry/skuld/api/web/page"
)

// The views of everyday work: the worklist, contacts, promised calls, complaints and
// flags.

// Known says whether the tables have a text, for reasons that the casebook holds by
// their keys.
func Known(key page.Key) bool {
	for _, t := range tables {
		if _, known := t[key]; known {
			return true
		}
	}
	return false
}

// Pick is one thing out of many, chosen from a list that opens.
type Pick struct {
	Name     string
	Label    page.Text
	Hint     page.Text
	Error    page.Text
	Optional bool
	Options  []page.Option
}

// Tick is one thing that holds or does not.
type Tick struct {
	Name  string
	Label page.Text
	Hint  page.Text
	On    bool
}

// Ask is one thing that a form asks for: one of the four is there.
type Ask struct {
	Field  *page.Field
	Choice *page.Choice
	Pick   *Pick
	Tick   *Tick
}

// fault gives what is wrong with what was written, and where.
func (a Ask) fault() (field string, says page.Text) {
	switch {
	case a.Field != nil:
		return a.Field.Name, a.Field.Error
	case a.Choice != nil:
		return a.Choice.Name, a.Choice.Error
	case a.Pick != nil:
		return a.Pick.Name, a.Pick.Error
	}
	return "", page.Text{}
}

// Wrong notes what is wrong with what a form asks for under a name, and says whether it
// asks for that.
func (f *WorkForm) Wrong(name string, says page.Text) bool {
	for _, a := range f.Asks {
		switch {
		case a.Field != nil && a.Field.Name == name:
			a.Field.Error = says
		case a.Choice != nil && a.Choice.Name == name:
			a.Choice.Error = says
		case a.Pick != nil && a.Pick.Name == name:
			a.Pick.Error = says
		default:
			continue
		}
		return true
	}
	return false
}

// WorkForm is a form of staff, on a page of its own or within another one.
type WorkForm struct {
	page.Form
	Action string
	Asks   []Ask
	Hidden []page.Hidden
	Button page.Text
	Quiet  bool // it is not what the page is for
}

// Summary gathers what is wrong in the form.
func (f *WorkForm) Summary() page.ErrorSummary {
	var s page.ErrorSummary
	for _, a := range f.Asks {
		if field, says := a.fault(); !says.IsZero() {
			s.Faults = append(s.Faults, page.Fault{Field: field, Text: says})
		}
	}
	return s
}

// WorkTitle is the head of a page about one thing.
type WorkTitle struct {
	Up      page.Link // the list that it stands in
	Heading page.Text
	Lead    page.Text
	Case    page.Link // whose case it is; empty where it is of none
	Status  page.Status
	Pairs   []page.Pair // what is known of it
	Words   string      // somebody's own
}

// Title is the page's.
func (t *WorkTitle) Title() page.Text { return t.Heading }

// WorkSheet is a page about one thing with what can be done about it.
type WorkSheet struct {
	WorkTitle
	Code  string // to be said or written to the person; "" where there is none
	Forms []*WorkForm
	Links []page.Link
}

// Template names the page.
func (*WorkSheet) Template() string { return "work-sheet" }

// Bind puts the form's token into each form.
func (s *WorkSheet) Bind(token string) {
	for _, f := range s.Forms {
		f.Bind(token)
	}
}

// WorkList is a page that is a list.
type WorkList struct {
	Heading page.Text
	Lead    page.Text
	Late    page.Text // what must be seen first; empty where nothing must
	Links   []page.Link
	Lookup  *page.Field // what the list is looked up by, in a form that sends a GET
	Action  string
	Button  page.Text
	List    List
}

// Template names the page.
func (*WorkList) Template() string { return "work-list" }

// Title is the page's.
func (l *WorkList) Title() page.Text { return l.Heading }

// Bind puts the form's token into the buttons of the rows.
func (l *WorkList) Bind(token string) { l.List.Bind(token) }

// Clock is a time of day as the people read it.
func Clock(t time.Time, english bool) string {
	t = t.In(page.Local())
	if english {
		return t.Format("15:04")
	}
	return t.Format("15.04")
}
