package view

import (
	"time"

	"github.com/skuld-registry/skuld/api/web/page"
)

// The views of acts: their check before they are done, those that wait for a second
// person, and those that were done.

// Check shows once more what will happen before the one button that does it.
type Check struct {
	page.Form
	Action   string
	Cancel   string
	Name     page.Text   // of the act
	Will     []page.Text // what will happen
	Note     page.Link   // what it is about; empty where it is about no note
	Reason   string
	Approval bool // a second person must agree before it is done
	Failed   page.Text
}

// Template names the page.
func (*Check) Template() string { return "check" }

// Title is the page's.
func (c *Check) Title() page.Text { return c.Name }

// Approvals is the queue of acts that wait for a second person.
type Approvals struct{ List List }

// Template names the page.
func (*Approvals) Template() string { return "approvals" }

// Title is the page's.
func (*Approvals) Title() page.Text { return page.Say("approvals.title") }

// Approval is one act that waits for a second person.
type Approval struct {
	page.Form
	Action  string
	Name    page.Text
	Will    []page.Text
	Note    page.Link
	Asked   string // by whom
	At      time.Time
	Reason  string
	May     bool // the reader may agree
	Own     bool // the reader asked for it
	Verdict page.Text
	Decider string
	Decided time.Time
	Words   page.Field
	Said    string // what the second person wrote
	Failed  page.Text
}

// Template names the page.
func (*Approval) Template() string { return "approval" }

// Title is the page's.
func (a *Approval) Title() page.Text { return a.Name }

// Audit is what was done and who looked at what.
type Audit struct {
	Who    page.Field
	Note   page.Field
	Day    page.Field
	Of     string // acts or readings
	List   List
	Export string // address of the same as a table of commas
}

// Template names the page.
func (*Audit) Template() string { return "audit" }

// Title is the page's.
func (*Audit) Title() page.Text { return page.Say("audit.title") }

// ActDone is one act that was done.
type ActDone struct {
	page.Form
	Name    page.Text
	Pairs   []page.Pair
	Undo    string // address of the form that undoes it; "" where nothing can
	Unknown bool   // what became of its command is not known yet
	Note    page.Link
	WhyUndo page.Field
}

// Template names the page.
func (*ActDone) Template() string { return "act-done" }

// Title is the page's.
func (a *ActDone) Title() page.Text { return a.Name }
