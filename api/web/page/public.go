package page

// Landing is the first page: what this is, and a place for a code.
type Landing struct {
	Code Field
	Help HumanCard
}

// Template implements View.
func (Landing) Template() string { return "landing" }

// Title implements View.
func (Landing) Title() Text { return Say("landing.title") }

// Summary gathers what is wrong with what was written.
func (l Landing) Summary() ErrorSummary { return Summary(l.Code) }

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

// Template implements View.
func (Problem) Template() string { return "problem" }

// Title implements View.
func (p Problem) Title() Text { return p.Heading }
