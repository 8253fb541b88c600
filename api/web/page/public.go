package page

import (
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// Landing is the first page: what this is, and a place for a code.
type Landing struct {
	Code Field
	Help HumanCard
}

// Template names the page.
func (*Landing) Template() string { return "landing" }

// Title is the page's.
func (*Landing) Title() Text { return Say("landing.title") }

// Summary gathers what is wrong with what was written.
func (l *Landing) Summary() ErrorSummary { return Summary(l.Code) }

// NoteStatus is what whoever has the code of a note may see of it: whether it is
// genuine and open, who has it, and whom to call. Nothing of it is about a person.
type NoteStatus struct {
	Code     string
	Status   Status
	Holder   string // "" where nobody holds it
	Since    finance.Date
	Servicer string // who collects for the holder; "" where the holder does
	From     finance.Date
	Licence  string // of who collects
	Lender   string // where it is not the holder
	Human    HumanCard
	Talk     string // address of "call me back"
	More     string // address of everything, after sign-in
}

// Template names the page.
func (*NoteStatus) Template() string { return "status-page" }

// Title is the page's.
func (n *NoteStatus) Title() Text { return Say("status.title", "code", n.Code) }

// CallMe asks when and where to call, and why.
type CallMe struct {
	Form
	Path   string // of the page that leads here
	Human  HumanCard
	Number Field
	When   Choice
	Words  Field
}

// Template names the page.
func (*CallMe) Template() string { return "call" }

// Title is the page's.
func (*CallMe) Title() Text { return Say("call.title") }

// Summary gathers what is wrong with what was written.
func (c *CallMe) Summary() ErrorSummary { return Summary(c.Number, c.Words) }

// CallComes says who will call and by when; or, where Waiting, that calls are on their
// way already.
type CallComes struct {
	Path    string // of the page that led here
	Human   HumanCard
	Number  string
	By      time.Time
	Waiting bool
}

// Template names the page.
func (*CallComes) Template() string { return "call-comes" }

// Title is the page's.
func (*CallComes) Title() Text { return Say("call.comes") }

// HelpPage says how to reach people, and how the pages work.
type HelpPage struct{ Help HumanCard }

// Template names the page.
func (*HelpPage) Template() string { return "help" }

// Title is the page's.
func (*HelpPage) Title() Text { return Say("help.title") }

// Lost says how whoever has lost a passkey gets in again.
type Lost struct{ Help HumanCard }

// Template names the page.
func (*Lost) Template() string { return "lost" }

// Title is the page's.
func (*Lost) Title() Text { return Say("lost.title") }

// WaitDays is how long a new passkey waits at least, once it is confirmed.
func (*Lost) WaitDays() int { return waitDays }

// Problem is a page that could not be shown as asked: what happened, in words, and a
// way on.
type Problem struct {
	Heading Text
	Text    Text
	Status  int
	Request string // id to quote, where the fault is ours
	Links   []Link
	Help    HumanCard
}

// Template names the page.
func (*Problem) Template() string { return "problem" }

// Title is the page's.
func (p *Problem) Title() Text { return p.Heading }
