package view

import (
	"time"

	"github.com/skuld-registry/skuld/api/web/page"
)

// The views of the way in, and of people and their roles.

// SignIn asks a member of staff for a passkey.
type SignIn struct {
	Passkey  page.Passkey
	Provider string // address of the way in at the organisation's identity provider; "" without one
	Said     page.Text
	Failed   page.Text
}

// Template names the page.
func (*SignIn) Template() string { return "desk-sign-in" }

// Title is the page's.
func (*SignIn) Title() page.Text { return page.Say("desk.sign-in.title") }

// Bind puts the form's token in.
func (s *SignIn) Bind(token string) { s.Passkey.Bind(token) }

// Invited lets a member of staff make a passkey.
type Invited struct {
	Name    string
	Passkey page.Passkey
	Failed  page.Text
}

// Template names the page.
func (*Invited) Template() string { return "desk-invited" }

// Title is the page's.
func (*Invited) Title() page.Text { return page.Say("desk.invited.title") }

// Pause warns that the session is about to end.
type Pause struct {
	page.Form
	Back    string
	Minutes int
}

// Template names the page.
func (*Pause) Template() string { return "desk-pause" }

// Title is the page's.
func (*Pause) Title() page.Text { return page.Say("desk.pause.title") }

// Home is the first page of whoever has no worklist.
type Home struct{ Links []RailLink }

// Template names the page.
func (*Home) Template() string { return "desk-home" }

// Title is the page's.
func (*Home) Title() page.Text { return page.Say("desk.home.title") }

// People is the members of staff and their roles.
type People struct {
	page.Form
	Staff []StaffRow
	Next  string
	New   StaffForm
	Link  string // a one-time link that was just made, shown once
	For   string // for whom
	Hours int    // for how long
	// Unlinked says that nobody outside learns what is done here.
	Unlinked bool
}

// Template names the page.
func (*People) Template() string { return "people" }

// Title is the page's.
func (*People) Title() page.Text { return page.Say("people.title") }

// StaffRow is one member of staff.
type StaffRow struct {
	Href     string
	Name     string
	Team     string
	Roles    []page.Text
	Passkeys int
	Provider bool // signs in at the identity provider
	Disabled time.Time
}

// StaffForm asks for what is known of a member of staff.
type StaffForm struct {
	Name  page.Field
	Phone page.Field
	Team  page.Field
	Roles Checks
}

// Summary gathers what is wrong in the form.
func (f StaffForm) Summary() page.ErrorSummary {
	s := page.Summary(f.Name, f.Phone, f.Team)
	if !f.Roles.Error.IsZero() {
		s.Faults = append(s.Faults, page.Fault{Field: f.Roles.Name, Text: f.Roles.Error})
	}
	return s
}

// Person is one member of staff, with what can be changed.
type Person struct {
	page.Form
	Action   string
	Name     string
	Fields   StaffForm
	Created  time.Time
	Disabled time.Time
	Passkeys []time.Time // when each was made
	Own      bool        // it is who looks
	Link     string      // a one-time link that was just made, shown once
	Hours    int
}

// Template names the page.
func (*Person) Template() string { return "person" }

// Title is the page's.
func (p *Person) Title() page.Text { return page.Verbatim(p.Name) }

// Keys lists the keys of the desk.
type Keys struct{}

// Template names the page.
func (*Keys) Template() string { return "desk-keys" }

// Title is the page's.
func (*Keys) Title() page.Text { return page.Say("desk.keys") }

// Me is what the desk knows of who is signed in.
type Me struct {
	page.Form
	Name  string
	Phone string
	Team  string
	Roles []page.Text
	Since time.Time
	Until time.Time
}

// Template names the page.
func (*Me) Template() string { return "desk-me" }

// Title is the page's.
func (m *Me) Title() page.Text { return page.Verbatim(m.Name) }
