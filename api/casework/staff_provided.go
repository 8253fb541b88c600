package casework

import (
	"context"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// ProviderRule names the rule by which the organisation's identity provider gives
// roles.
const ProviderRule = "staff.provider/1"

// StaffProvided gives somebody who has signed in at the identity provider the roles
// that they have there, and a place at the desk the first time. Who is shut out stays so.
type StaffProvided struct {
	about
	Staff    casebook.StaffID `json:"staff"`   // of a new one
	Account  string           `json:"account"` // the provider and its name for them
	Called   string           `json:"called"`
	Roles    []Role           `json:"roles,omitempty"`
	Language ledger.Language  `json:"language"`
}

// Name names the act.
func (*StaffProvided) Name() ActName { return ActStaffProvided }

// Check refuses who has no role, or roles that nobody can have together.
func (a *StaffProvided) Check(context.Context, *Desk) error {
	if a.Account == "" || len(a.Roles) == 0 {
		return ledger.Refuse(ledger.CodeRoleForbidden, "op", string(ActStaffProvided))
	}
	return Profile{Name: a.Called, Roles: a.Roles}.Check()
}

// Describe says who it is.
func (a *StaffProvided) Describe() []Saying {
	return []Saying{Say("staff.change.will", "name", a.Called)}
}

// Do adds them, or changes their roles.
func (a *StaffProvided) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	s, err := d.Book.StaffBySubject(ctx, a.Account)
	if err != nil {
		return Effect{}, err
	}
	if s == nil {
		s = &casebook.Staff{ID: a.Staff, Language: a.Language, Subject: a.Account, Created: d.Clock()}
		Profile{Name: a.Called, Roles: a.Roles}.write(s)
		_, err := d.Book.AddStaff(ctx, *s)
		return Effect{}, err
	}
	Profile{Name: a.Called, Phone: s.Phone, Team: s.Team, Roles: a.Roles}.write(s)
	return Effect{}, d.Book.ChangeStaff(ctx, *s)
}
