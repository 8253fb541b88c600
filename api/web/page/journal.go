package page

import (
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// WhoCalled finds out who called: by the code of a contact, or by the number that the
// telephone showed. It never says about whom or about what, but to whom it concerns.
type WhoCalled struct {
	What    Field
	Unknown bool // nothing is known of what was typed
	Caller  *Caller
	Numbers []NumberUser // who calls from the number
	Mine    []JournalRow // the contacts from it with who is signed in
	Sign    Link         // to sign in and see what it was about
	Help    HumanCard
}

// Template names the page.
func (*WhoCalled) Template() string { return "who-called" }

// Title is the page's.
func (*WhoCalled) Title() Text { return Say("called.title") }

// Summary gathers what is wrong with what was written.
func (w *WhoCalled) Summary() ErrorSummary { return Summary(w.What) }

// Caller is who was behind one contact.
type Caller struct {
	Text  Text // who, how and when
	Topic Text // in general words
	Human HumanCard
	Mine  *JournalRow // all of it, for whom it concerns
}

// NumberUser is a company that calls from a number.
type NumberUser struct {
	Text  Text // since when, or that it says so itself
	Human HumanCard
}

// Journal is what companies have done about a note, for whom it concerns.
type Journal struct {
	Head    NoteHead
	Filters []Filter
	Rows    []JournalRow
	More    Link // to older ones
	Empty   Empty
	Human   HumanCard
}

// Template names the page.
func (*Journal) Template() string { return "journal" }

// Title is the page's.
func (*Journal) Title() Text { return Say("journal.title") }

// Filter is one way to look at a list.
type Filter struct {
	Href   string
	Text   Text
	Chosen bool
}

// JournalRow is one thing that a company did.
type JournalRow struct {
	At      time.Time
	Text    Text // what, and who
	Outcome string
	Why     string
	Rule    string
	Facts   []Fact
	About   Link // to its note, where it stands elsewhere
	Review  Link // to ask for a person to look at it
	Ask     Link // to say how it was
}

// Fact is one thing that a rule saw.
type Fact struct {
	Name  Text
	Value string
}

// ComplaintRow is a complaint and where it stands.
type ComplaintRow struct {
	Text   Text // what, its number and when
	Words  string
	Then   Text // who looks at it, and by when
	Answer string
	By     Text // who answered, and when
}

// ComplaintDoor asks what is wrong, in own words. About is what somebody is to look
// at again; nil of a complaint.
type ComplaintDoor struct {
	Form
	Head   NoteHead
	Action string
	About  *JournalRow
	Hidden []Hidden
	Words  Field
	Days   int
	Human  HumanCard
}

// Template names the page.
func (*ComplaintDoor) Template() string { return "complaint" }

// Title is the page's.
func (d *ComplaintDoor) Title() Text {
	if d.About != nil {
		return Say("review.title")
	}
	return Say("complaint.title")
}

// Summary gathers what is wrong with what was written.
func (d *ComplaintDoor) Summary() ErrorSummary { return Summary(d.Words) }

// Scale is a question that is answered from 1 to 10.
type Scale struct {
	Name        string
	Label       Text
	Least, Most Text // what 1 and 10 mean
	Error       Text
	Chosen      int // 0 for none
}

// Steps are the numbers of the scale.
func (s Scale) Steps() []ScaleStep {
	all := make([]ScaleStep, 10)
	for i := range all {
		all[i] = ScaleStep{Value: strconv.Itoa(i + 1), Chosen: s.Chosen == i+1}
	}
	return all
}

// ScaleStep is one number of a scale.
type ScaleStep struct {
	Value  string
	Chosen bool
}

// FollowUp asks how a contact was.
type FollowUp struct {
	Action string
	Text   Text // which contact
	Scales []Scale
	Words  Field
	Number Field // to be called about it
	Human  HumanCard
}

// Template names the page.
func (*FollowUp) Template() string { return "follow-up" }

// Title is the page's.
func (*FollowUp) Title() Text { return Say("follow.title") }

// Summary gathers what is wrong with what was written.
func (f *FollowUp) Summary() ErrorSummary {
	s := ErrorSummary{}
	for _, scale := range f.Scales {
		if !scale.Error.IsZero() {
			s.Faults = append(s.Faults, Fault{scale.Name, scale.Error})
		}
	}
	s.Faults = append(s.Faults, Summary(f.Words, f.Number).Faults...)
	return s
}

// FollowedUp says what becomes of an answer; or, where Over, that there is nothing to
// answer.
type FollowedUp struct {
	Over  bool
	Call  bool // somebody will call
	By    time.Time
	Human HumanCard
}

// Template names the page.
func (*FollowedUp) Template() string { return "followed-up" }

// Title is the page's.
func (f *FollowedUp) Title() Text {
	if f.Over {
		return Say("follow.over")
	}
	return Say("follow.thanks")
}

// LocalHour gives a time of day where the readers are.
func LocalHour(day finance.Date, hour int) time.Time {
	year, month, d := day.Civil()
	return time.Date(year, month, d, hour, 0, 0, 0, local)
}

// LocalDay gives the day and the hour that it is where the readers are.
func LocalDay(t time.Time) (day finance.Date, hour int) {
	t = t.In(local)
	day, _ = finance.NewDate(t.Year(), t.Month(), t.Day())
	return day, t.Hour()
}
