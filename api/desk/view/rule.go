package view

import (
	"time"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// The views of rules, and of what they decided.

// Rules is the list of rules, or of what they ask.
type Rules struct {
	Round *RoundProgress // nil before the first one
	List  List
}

// Template names the page.
func (*Rules) Template() string { return "rules" }

// Title is the page's.
func (*Rules) Title() page.Text { return page.Say("rules.title") }

// Bind puts the form's token into the rows.
func (r *Rules) Bind(token string) { r.List.Bind(token) }

// RoundProgress is how far the rules have come today.
type RoundProgress struct {
	Day      finance.Date
	Notes    int
	Acted    int
	Proposed int
	Failed   int
	Ended    time.Time // zero while it goes on
}

// Rule is one rule with its versions, and what came of it.
type Rule struct {
	page.Form
	Base       string // address of the page, to which the forms' are added
	Name       page.Text
	Status     page.Status
	Does       page.Text
	Assumption page.Text
	Owner      string
	Review     finance.Date
	Sources    []page.Source
	Counted    page.Text // how often it acted and was overridden
	Stops      []RuleStop
	Versions   []RuleVersion
	Decisions  List
	Overrides  List
	May        bool // the reader may change it
	Change     *RuleForm
	Reviewing  page.Field
	StillRight page.Field
	StopUntil  page.Field
	StopReason page.Field
	Failed     page.Text
}

// Template names the page.
func (*Rule) Template() string { return "rule" }

// Title is the page's.
func (r *Rule) Title() page.Text { return r.Name }

// RuleForm asks for the figures of the next version.
type RuleForm struct {
	Version    int
	Fields     []page.Field
	Assumption page.Field
	Reason     page.Field
}

// Summary gathers what is wrong in the form.
func (f *RuleForm) Summary() page.ErrorSummary {
	return page.Summary(append(append([]page.Field{}, f.Fields...), f.Assumption, f.Reason)...)
}

// RuleStop is a stop of the rule that is in force.
type RuleStop struct {
	ID     string
	Until  finance.Date // no date where nothing ends it
	By     string
	Reason string
	Why    page.Field // of letting the rule go on
}

// RuleVersion is one version of a rule: what it changed, and why.
type RuleVersion struct {
	Number  int
	Since   time.Time
	By      string
	Second  string // the second person, where two were needed
	Changes []page.Text
	Reason  string
}

// Decision says why a rule decided as it did, and lets a person see it otherwise.
type Decision struct {
	page.Form
	Base       string
	Heading    page.Text
	Status     page.Status
	Effect     page.Text
	Why        []page.Text
	Facts      []page.Pair
	Rule       page.Link
	Version    int
	Assumption page.Text
	Sources    []page.Source
	Case       page.Link
	At         time.Time
	By         string // the person whose word settled it
	Reason     string
	Settled    time.Time
	Act        page.Link
	Answer     bool // it waits for the reader's answer
	Override   *OverrideForm
	Pause      *PauseForm
	Words      page.Field // of an answer
	Failed     page.Text
}

// Template names the page.
func (*Decision) Template() string { return "decision" }

// Title is the page's.
func (d *Decision) Title() page.Text { return d.Heading }

// OverrideForm asks how a decision is to be changed or undone.
type OverrideForm struct {
	What   page.Text
	Amount *page.Field // of what is taken off; nil where nothing is
	Ground page.Choice
	Until  *page.Field // the last day without late interest; nil where it is about none
	Reason page.Field
}

// Summary gathers what is wrong in the form.
func (f *OverrideForm) Summary() page.ErrorSummary {
	fields := []page.Field{f.Reason}
	for _, optional := range []*page.Field{f.Amount, f.Until} {
		if optional != nil {
			fields = append(fields, *optional)
		}
	}
	return page.Summary(fields...)
}

// PauseForm asks until when automatic acts pause on the note.
type PauseForm struct {
	Until  page.Field
	Reason page.Field
	All    page.Choice // this rule, or every one
}

// NoteRules says of one note what each rule would do just now, and what stands
// against it.
type NoteRules struct {
	page.Form
	Base  string
	Case  page.Link
	Holds []RuleHold
	Rules []RuleNow
	Pause *PauseForm // nil where the reader may not
}

// Template names the page.
func (*NoteRules) Template() string { return "note-rules" }

// Title is the page's.
func (*NoteRules) Title() page.Text { return page.Say("note-rules.title") }

// RuleHold is why automatic acts pause on the note.
type RuleHold struct {
	Text  page.Text
	Until finance.Date // no date while nobody ends it
	By    string       // who looks after it
	Stop  *RuleStop    // that the reader may end; nil where it is none
}

// RuleNow is what a rule would do just now, and why.
type RuleNow struct {
	Rule    page.Link
	Outcome page.Text
	Tone    page.Tone
	Why     []page.Text
}
