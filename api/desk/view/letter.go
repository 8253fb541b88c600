package view

import (
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// Letters is the list of letters.
type Letters struct {
	List   List
	Outbox page.Text // how letters go out
	Note   page.Link // the case, where only its letters are listed
}

// Template names the page.
func (*Letters) Template() string { return "letters" }

// Title is the page's.
func (*Letters) Title() page.Text { return page.Say("letters.title") }

// Letter is one letter: what it says, what was checked, and what has become of it.
type Letter struct {
	page.Form
	Base      string
	Heading   page.Text
	Status    page.Status
	Case      page.Link
	Pairs     []page.Pair
	Decision  page.Link
	File      string // address of the PDF
	Paper     LetterPaper
	Checked   []LetterElement
	Delivered *page.Field // the day of delivery; nil where it is not to be noted
	Why       *page.Field // why it is wrong; nil where nothing can be corrected
}

// Template names the page.
func (*Letter) Template() string { return "letter" }

// Title is the page's.
func (l *Letter) Title() page.Text { return l.Heading }

// Errors gathers what is wrong in the forms.
func (l *Letter) Errors() page.ErrorSummary {
	var fields []page.Field
	for _, f := range []*page.Field{l.Delivered, l.Why} {
		if f != nil {
			fields = append(fields, *f)
		}
	}
	return page.Summary(fields...)
}

// LetterPaper is what a letter says, in its own language.
type LetterPaper struct {
	Language ledger.Language
	To       []string // name and address, in lines
	Title    string
	Blocks   []LetterBlock
}

// LetterBlock is a paragraph, or rows of figures under a heading.
type LetterBlock struct {
	Text string
	Rows []LetterRow
}

// LetterRow is a line of figures.
type LetterRow struct{ Label, Value string }

// LetterElement is something that a letter must have, with where that stands.
type LetterElement struct {
	Text   page.Text
	Source string
}

// LetterForm asks what is to be sent, and shows it before it is.
type LetterForm struct {
	CaseForm
	Outbox page.Text
	Drafts []LetterDraft
}

// Template names the page.
func (*LetterForm) Template() string { return "letter-form" }

// LetterDraft is a letter to one person before it is sent.
type LetterDraft struct {
	Name    string
	Way     page.Text       // how it goes
	Missing []LetterElement // what it lacks, and what to do
	Paper   *LetterPaper    // nil where it lacks something
}
