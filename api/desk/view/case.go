package view

import (
	"time"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Case is everything about a case on one page: it begins with what every caller asks.
type Case struct {
	page.Form
	Head       CaseHead
	Closed     time.Time
	Reference  string // for payments
	Lender     string
	LenderRef  string // the lender's own number
	Client     string
	Note       string
	Owner      string
	Mine       bool
	Works      bool // the reader may change the case
	Colleagues Select
	Last       Spoke
	Owed       CaseOwed
	Can        []CaseAct
	Persons    []CasePerson
	Speakers   []Speaker
	Asked      []CaseAsked
	Holds      []CaseHold
	Promises   []CaseHold
	Chain      page.Chain
	Roles      []page.Text
	Plan       *page.Plan
	Contact    string // address of the form that logs a contact
	Links      []page.Link
	Line       CaseLine
}

// Template names the page.
func (*Case) Template() string { return "case" }

// Title is the page's.
func (c *Case) Title() page.Text { return c.Head.Title() }

// CaseHead stands over every page of a case.
type CaseHead struct {
	Href   string // of the case
	Number string
	Name   string // of its persons
	Status page.Status
}

// Title is what the case is called.
func (h CaseHead) Title() page.Text {
	return page.Say("case.title", "number", h.Number, "name", h.Name)
}

// Spoke is who rang whom last, and why.
type Spoke struct {
	Text page.Text
	At   time.Time
	More string // what staff wrote down
}

// CaseOwed is what is owed today, with how it came about.
type CaseOwed struct {
	AsOf    finance.Date
	Total   finance.Money
	Lines   []page.Line
	Reasons []page.Text
	Pairs   []page.Pair
}

// CaseAct is something that can be done in the case, or why it cannot just now.
type CaseAct struct {
	Href string
	Text page.Text
	Why  string // why it cannot be done; "" where it can
}

// CasePerson is how a person of the case is reached.
type CasePerson struct {
	Name     string
	Phones   []page.HumanCard // of which the number is shown, and dialled
	Email    string
	Address  []string
	Language page.Text
	Edit     string
}

// Speaker is somebody who may talk and act for a person of the case.
type Speaker struct {
	Name   string
	For    string
	Scopes []page.Text
	Until  finance.Date
}

// CaseAsked is something that a borrower has said and somebody is to answer.
type CaseAsked struct {
	Text  page.Text
	Words string
	Due   page.Text
	Late  bool
	Ways  []page.Link
}

// CaseHold is something to bear in mind, such as a promise, with the page on which it is
// settled.
type CaseHold struct {
	Text page.Text
	Href string // "" where nothing is to be settled
}

// CaseLine is all that happened in a case, on one line.
type CaseLine struct {
	Filters []Filter
	Events  []CaseEvent
	Next    string
}

// CaseEvent is one thing that happened.
type CaseEvent struct {
	At    time.Time
	Kind  page.Text
	Text  page.Text
	Who   string
	Words string
	Href  string
}

// Select is a list to choose one from.
type Select struct {
	Name    string
	Label   page.Text
	Options []page.Option
}

// CaseForm asks for what an act in a case needs.
type CaseForm struct {
	page.Form
	Head   CaseHead
	Action string
	Name   page.Text
	Lead   page.Text
	Parts  []FormPart
	Hidden []page.Hidden
	Failed page.Text
	Button page.Text
}

// FormPart is a field or a choice.
type FormPart struct {
	Field  *page.Field
	Choice *page.Choice
}

// Template names the page.
func (*CaseForm) Template() string { return "case-form" }

// Title is the page's.
func (f *CaseForm) Title() page.Text { return f.Name }

// Errors gathers what is wrong.
func (f *CaseForm) Errors() page.ErrorSummary {
	var s page.ErrorSummary
	for _, p := range f.Parts {
		switch {
		case p.Field != nil && !p.Field.Error.IsZero():
			s.Faults = append(s.Faults, page.Fault{Field: p.Field.Name, Text: p.Field.Error})
		case p.Choice != nil && !p.Choice.Error.IsZero():
			s.Faults = append(s.Faults, page.Fault{Field: p.Choice.Name, Text: p.Choice.Error})
		}
	}
	return s
}

// Planner is the builder of plans: what is wanted on one side, what it comes to on
// the other, beside what holds today.
type Planner struct {
	page.Form
	Head    CaseHead
	Action  string
	Kind    page.Choice
	Monthly page.Field
	Months  page.Field
	Day     page.Field
	Rate    page.Field
	Free    Checks
	Words   page.Field
	Least   int // of the slider, in whole units of the currency
	Most    int
	Step    int
	Other   string // the plan that is compared with, as the form carries it along
	Sheet   PlannerSheet
}

// PlannerSheet is what changes while staff move the slider.
type PlannerSheet struct {
	Now    page.Way
	Way    *page.Way
	Other  *page.Way
	Failed page.Text
	Fee    page.Text
}

// Template names the page.
func (*Planner) Template() string { return "planner" }

// Title is the page's.
func (*Planner) Title() page.Text { return page.Say("planner.title") }

// Errors gathers what is wrong.
func (p *Planner) Errors() page.ErrorSummary {
	return page.Summary(p.Monthly, p.Months, p.Day, p.Rate, p.Words)
}

// Search is what was found for a caller.
type Search struct {
	Query string
	List  List
	More  bool
	Text  page.Text
}

// Template names the page.
func (*Search) Template() string { return "search" }

// Title is the page's.
func (*Search) Title() page.Text { return page.Say("search.title") }

// Cases is a list of cases.
type Cases struct {
	List   List
	Client Select
	Hidden []page.Hidden
	Export string
	Reach  string // address of the form that takes contact details; "" for who may not
}

// Template names the page.
func (*Cases) Template() string { return "cases" }

// Title is the page's.
func (*Cases) Title() page.Text { return page.Say("rail.cases") }

// ReachFile asks for a file of contact details, and says what came of it.
type ReachFile struct {
	page.Form
	File    page.Field
	Columns string
	Done    page.Text
	Faults  []RowFault
}

// RowFault is what is wrong in a row of a file.
type RowFault struct {
	Line   int
	Column string
	Text   string
}

// Template names the page.
func (*ReachFile) Template() string { return "reach-file" }

// Title is the page's.
func (*ReachFile) Title() page.Text { return page.Say("reach.file") }

// Books is what is offered to the company, with what there is to know of each note
// before it is accepted.
type Books struct {
	page.Form
	Offers []BookOffer
	Why    page.Field
	May    bool // the reader may accept
	Failed page.Text
	Next   string
	// Checked is how far the verifying of evidence has come; nil before it begins.
	Checked *OfferProgress
}

// OfferProgress is how far the verifying of the evidence of what is offered has come.
type OfferProgress struct {
	Done    int
	Total   int
	Faults  int
	Rate    page.Text // how many a minute; empty before that can be told
	Left    page.Text // how long it goes on
	Running bool
}

// BookOffer is the notes that one company offers in one way.
type BookOffer struct {
	From   string
	Kind   page.Text
	Key    string   // of the form's button
	Proven int      // of its notes, by their evidence
	Notes  []string // of the rows of the list
	Total  []finance.Money
	List   List
}

// Template names the page.
func (*Books) Template() string { return "books" }

// Title is the page's.
func (*Books) Title() page.Text { return page.Say("rail.books") }
