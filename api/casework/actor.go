package casework

import (
	"slices"

	"github.com/skuld-registry/skuld/api/store/casebook"
)

// Role is what a member of staff is trusted with. What no role is given, nobody may.
type Role string

// The roles.
const (
	Agent         Role = "agent"         // works cases
	Lead          Role = "lead"          // works cases, overrides, approves, changes rules
	Finance       Role = "finance"       // bank files, refunds, write-offs
	Auditor       Role = "auditor"       // reads everything, changes nothing
	Administrator Role = "administrator" // gives and takes roles; sees no case
)

// Roles lists all roles.
func Roles() []Role { return []Role{Agent, Lead, Finance, Auditor, Administrator} }

// Actor is who does something: a member of staff, or a rule.
type Actor struct {
	Staff casebook.StaffID
	Name  string
	Roles []Role
	Rule  string // which, with its version, where a rule acts; Staff is empty then
}

// Is says whether the actor has one of some roles.
func (a Actor) Is(any ...Role) bool {
	return slices.ContainsFunc(any, func(r Role) bool { return slices.Contains(a.Roles, r) })
}

// ActorOf is a member of staff who does something.
func ActorOf(s *casebook.Staff) Actor {
	a := Actor{Staff: s.ID, Name: s.Name}
	for _, r := range s.Roles {
		a.Roles = append(a.Roles, Role(r))
	}
	return a
}
