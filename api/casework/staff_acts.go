package casework

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// The names of the acts about staff. They are about no case, and whoever does them
// sees none.
const (
	ActStaffAdd     ActName = "staff.add"
	ActStaffChange  ActName = "staff.change"
	ActStaffDisable ActName = "staff.disable"
	ActStaffEnable  ActName = "staff.enable"
	ActStaffLink    ActName = "staff.link"
	ActStaffLost    ActName = "staff.lost"
	// ActStaffProvided is the one that the organisation's identity provider leads to.
	ActStaffProvided ActName = "staff.provided"
)

// staffKinds are the acts of this theme.
var staffKinds = []kind{
	{name: ActStaffAdd, roles: []Role{Administrator}, byRule: true, override: ActStaffDisable, make: func() Act { return new(StaffAdd) }},
	{name: ActStaffChange, roles: []Role{Administrator}, keeps: ownRoles, make: func() Act { return new(StaffChange) }},
	{name: ActStaffDisable, roles: []Role{Administrator}, make: func() Act { return new(StaffDisable) }},
	{name: ActStaffEnable, roles: []Role{Administrator}, make: func() Act { return new(StaffEnable) }},
	{name: ActStaffLink, roles: []Role{Administrator}, byRule: true, override: ActStaffLost, make: func() Act { return new(StaffLink) }},
	{name: ActStaffLost, roles: []Role{Administrator}, make: func() Act { return new(StaffLost) }},
	{name: ActStaffProvided, byRule: true, override: ActStaffDisable, make: func() Act { return new(StaffProvided) }},
}

// MaxStaffText is how many characters a name, a number or a team can have.
const MaxStaffText = 80

// Profile is what can change of a member of staff.
type Profile struct {
	Name  string `json:"name"`
	Phone string `json:"phone,omitempty"`
	Team  string `json:"team,omitempty"`
	Roles []Role `json:"roles,omitempty"`
}

// ProfileOf is a member of staff's as it stands.
func ProfileOf(s *casebook.Staff) Profile {
	return Profile{Name: s.Name, Phone: s.Phone, Team: s.Team, Roles: ActorOf(s).Roles}
}

// Check refuses a profile that no member of staff can have. Who gives roles sees no
// case, so that nobody alone can let themselves in.
func (p Profile) Check() error {
	if strings.TrimSpace(p.Name) == "" {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "name", "want", "a name")
	}
	for field, text := range map[string]string{"name": p.Name, "phone": p.Phone, "team": p.Team} {
		if utf8.RuneCountInString(text) > MaxStaffText {
			return ledger.Refuse(ledger.CodeBodyInvalid, "field", field, "want", "at most 80 characters")
		}
	}
	for _, r := range p.Roles {
		if !slices.Contains(Roles(), r) {
			return ledger.Refuse(ledger.CodeBodyInvalid, "field", "roles", "want", "roles that there are")
		}
	}
	if slices.Contains(p.Roles, Administrator) && len(p.Roles) > 1 {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "roles", "want", "administrator, or other roles")
	}
	return nil
}

func (p Profile) write(s *casebook.Staff) {
	s.Name, s.Phone, s.Team, s.Roles = strings.TrimSpace(p.Name), p.Phone, p.Team, nil
	for _, r := range p.Roles {
		s.Roles = append(s.Roles, string(r))
	}
}

// about is what the acts about staff have in common: they are about no note.
type about struct{}

// Subject is no note.
func (about) Subject() ledger.NoteID { return "" }

// StaffAdd adds a member of staff.
type StaffAdd struct {
	about
	Staff    casebook.StaffID `json:"staff"`
	Profile  Profile          `json:"profile"`
	Language ledger.Language  `json:"language"`
}

// Name names the act.
func (*StaffAdd) Name() ActName { return ActStaffAdd }

// Check refuses a profile that nobody can have.
func (a *StaffAdd) Check(context.Context, *Desk) error { return a.Profile.Check() }

// Describe says who is added.
func (a *StaffAdd) Describe() []Saying {
	return []Saying{Say("staff.add.will", "name", a.Profile.Name)}
}

// Do adds them.
func (a *StaffAdd) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	s := casebook.Staff{ID: a.Staff, Language: a.Language, Created: d.Clock()}
	a.Profile.write(&s)
	_, err := d.Book.AddStaff(ctx, s)
	return Effect{}, err
}

// StaffChange changes what is known of a member of staff, and their roles.
type StaffChange struct {
	about
	Staff   casebook.StaffID `json:"staff"`
	Profile Profile          `json:"profile"`
}

// ownRoles keeps an administrator from giving themself other roles: somebody else then
// knows of it.
func ownRoles(by Actor, a Act) bool {
	c := a.(*StaffChange)
	return by.Staff == c.Staff && !slices.Contains(c.Profile.Roles, Administrator)
}

// Name names the act.
func (*StaffChange) Name() ActName { return ActStaffChange }

// Check refuses what would leave the desk without an administrator.
func (a *StaffChange) Check(ctx context.Context, d *Desk) error {
	if err := a.Profile.Check(); err != nil {
		return err
	}
	if slices.Contains(a.Profile.Roles, Administrator) {
		return nil
	}
	return d.mayLose(ctx, a.Staff)
}

// Describe says whose it is.
func (a *StaffChange) Describe() []Saying {
	return []Saying{Say("staff.change.will", "name", a.Profile.Name)}
}

// Do changes it.
func (a *StaffChange) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	s, err := d.Staff(ctx, a.Staff)
	if err != nil {
		return Effect{}, err
	}
	undo := &StaffChange{Staff: a.Staff, Profile: ProfileOf(s)}
	a.Profile.write(s)
	return Effect{Undo: undo}, d.Book.ChangeStaff(ctx, *s)
}

// StaffDisable shuts a member of staff out, at once.
type StaffDisable struct {
	about
	Staff casebook.StaffID `json:"staff"`
}

// Name names the act.
func (*StaffDisable) Name() ActName { return ActStaffDisable }

// Check refuses to shut the last administrator out.
func (a *StaffDisable) Check(ctx context.Context, d *Desk) error { return d.mayLose(ctx, a.Staff) }

// Describe says what it means.
func (a *StaffDisable) Describe() []Saying { return []Saying{Say("staff.disable.will")} }

// Do ends their sessions as well.
func (a *StaffDisable) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	s, err := d.Staff(ctx, a.Staff)
	if err != nil {
		return Effect{}, err
	}
	if s.Disabled.IsZero() {
		s.Disabled = d.Clock()
	}
	if err := d.Book.ChangeStaff(ctx, *s); err != nil {
		return Effect{}, err
	}
	// What they had taken waits for somebody else.
	_, err = d.Book.ReleaseTasks(ctx, a.Staff)
	return Effect{Undo: &StaffEnable{Staff: a.Staff}}, err
}

// StaffEnable lets a member of staff in again.
type StaffEnable struct {
	about
	Staff casebook.StaffID `json:"staff"`
}

// Name names the act.
func (*StaffEnable) Name() ActName { return ActStaffEnable }

// Check finds nothing wrong.
func (a *StaffEnable) Check(ctx context.Context, d *Desk) error {
	_, err := d.Staff(ctx, a.Staff)
	return err
}

// Describe says what it means.
func (a *StaffEnable) Describe() []Saying { return []Saying{Say("staff.enable.will")} }

// Do lets them in.
func (a *StaffEnable) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	s, err := d.Staff(ctx, a.Staff)
	if err != nil {
		return Effect{}, err
	}
	s.Disabled = time.Time{}
	return Effect{Undo: &StaffDisable{Staff: a.Staff}}, d.Book.ChangeStaff(ctx, *s)
}

// StaffLink makes a one-time link with which a member of staff makes a passkey. It is
// done at once: its code is kept by nobody.
type StaffLink struct {
	about
	Staff casebook.StaffID `json:"staff"`
	Code  string           `json:"-"`
}

// Name names the act.
func (*StaffLink) Name() ActName { return ActStaffLink }

// Check refuses a link for who is shut out, and for who signs in at the organisation's
// identity provider: who loses the account there is to have no other way in.
func (a *StaffLink) Check(ctx context.Context, d *Desk) error {
	s, err := d.Staff(ctx, a.Staff)
	if err == nil && (!s.Disabled.IsZero() || a.Code == "" || s.Subject != "") {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return err
}

// Describe says what it means.
func (a *StaffLink) Describe() []Saying { return []Saying{Say("staff.link.will")} }

// Do keeps the link's digest.
func (a *StaffLink) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	return Effect{}, d.Book.InviteStaff(ctx, a.Staff, a.Code, d.Clock())
}

// StaffLost takes the passkeys of a member of staff away, as when a telephone was lost.
type StaffLost struct {
	about
	Staff casebook.StaffID `json:"staff"`
}

// Name names the act.
func (*StaffLost) Name() ActName { return ActStaffLost }

// Check finds nothing wrong.
func (a *StaffLost) Check(ctx context.Context, d *Desk) error {
	_, err := d.Staff(ctx, a.Staff)
	return err
}

// Describe says what it means.
func (a *StaffLost) Describe() []Saying { return []Saying{Say("staff.lost.will")} }

// Do takes them away and signs their owner out.
func (a *StaffLost) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	return Effect{}, d.Book.DropStaffCredentials(ctx, a.Staff)
}

// InstallRule names the rule by which whoever runs the gateway lets somebody in.
const InstallRule = "staff.install/1"

// Install adds a member of staff whom whoever runs the gateway has invited, unless they
// are there, and keeps the digest of the one-time link. A repeat after the link was used
// does nothing.
func (d *Desk) Install(ctx context.Context, add StaffAdd, code string, made time.Time) error {
	by := Actor{Rule: InstallRule}
	keys, err := d.Book.StaffCredentials(ctx, add.Staff)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(keys, func(k casebook.StaffCredential) bool { return !k.Created.Before(made.Truncate(time.Second)) }) {
		return nil
	}
	if _, err := d.Do(ctx, Request{Actor: by, Act: &add}); err != nil {
		return err
	}
	_, err = d.Do(ctx, Request{Actor: by, Act: &StaffLink{Staff: add.Staff, Code: code}})
	return err
}

// Staff gives a member of staff; not_found where there is none.
func (d *Desk) Staff(ctx context.Context, id casebook.StaffID) (*casebook.Staff, error) {
	s, err := d.Book.StaffOf(ctx, id)
	if err == nil && s == nil {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return s, err
}

// mayLose refuses to take the last administrator away: nobody could let one in again.
func (d *Desk) mayLose(ctx context.Context, id casebook.StaffID) error {
	s, err := d.Staff(ctx, id)
	if err != nil || !ActorOf(s).Is(Administrator) || !s.Disabled.IsZero() {
		return err
	}
	others, err := d.Book.HasOther(ctx, string(Administrator), id)
	if err == nil && !others {
		err = ledger.Refuse(ledger.CodeRoleForbidden, "op", string(ActStaffDisable))
	}
	return err
}
