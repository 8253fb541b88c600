package view

import (
	"embed"
	"time"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static
var static embed.FS

// tables are all the words of the desk, one for each theme.
var tables = []page.Table{
	frameWords, staffWords, actWords, workWords, caseWords, caseActWords, ruleWords, paymentWords, entryWords, letterWords, letterElementWords, reportWords,
}

// Part is what the desk's pages have beside the components that all pages share.
func Part() page.Part { return page.Part{Templates: templates, Words: tables, Static: static} }

// Frame is what stands around every page of the desk.
type Frame struct {
	Language ledger.Language
	Company  string
	Member   *Member // who is signed in; nil before that
	Rail     []RailLink
	Search   bool   // they may search
	Query    string // what was searched for
	Path     string // of the page itself
	Help     page.HumanCard
	Happened *Happened
	Ends     *Ends
}

// Layout names the frame.
func (Frame) Layout() string { return "desk" }

// Speaks gives the language.
func (f Frame) Speaks() ledger.Language { return f.Language }

// Member is the member of staff who is signed in.
type Member struct {
	Name  string
	Token string // of the forms in the frame
}

// RailLink is a way to one part of the desk.
type RailLink struct {
	Href    string
	Text    page.Text
	Current bool
	Count   int // what waits there; not shown where it is 0
}

// Happened says what was just done, and how it is taken back.
type Happened struct {
	Text  page.Text
	Undo  string // address of the form that undoes it; "" where nothing can
	Waits bool   // nothing was done yet: a second person must agree
}

// Ends says when the session is over.
type Ends struct {
	Idle int       // seconds without a page after which it ends
	Warn int       // seconds without a page after which its reader is warned; 0 where there is no warning
	At   time.Time // at the latest, however many pages there are
	Soon bool      // At is near
	Back string    // the page itself, to come back to
}
