package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// AttorneyScope is what a power of attorney lets the representative do.
type AttorneyScope string

// The scopes, in the order in which a grant lists them. Whoever may do anything
// may also see.
const (
	ScopeSee   AttorneyScope = "see"   // read the principal's notes
	ScopeTalk  AttorneyScope = "talk"  // speak with staff; dispute, and say what was paid
	ScopeAgree AttorneyScope = "agree" // agree on a plan or a pause
	ScopeSign  AttorneyScope = "sign"  // accept or decline an offer
)

// AttorneyScopes lists the scopes in their order.
func AttorneyScopes() []AttorneyScope {
	return []AttorneyScope{ScopeSee, ScopeTalk, ScopeAgree, ScopeSign}
}

// AttorneyGround is what a power of attorney rests on.
type AttorneyGround string

// The grounds. Whatever the ground, the principal signs the grant: nobody who
// serves the principal can give itself power over it. For a principal who cannot
// sign at all, a guardian gets the principal's keys by a recovery, which two
// organisations must stand for.
const (
	GroundPower    AttorneyGround = "power_of_attorney"
	GroundGuardian AttorneyGround = "guardian"
	GroundRelative AttorneyGround = "relative"
	GroundPaper    AttorneyGround = "paper" // a power written on paper
)

// Limits on powers of attorney.
const (
	MaxAttorneys     = 8 // in force at a time
	MaxAttorneyNotes = 64
	MaxAttorneyYears = 5
	MaxEvidenceRunes = 200
)

// Attorney is one power of attorney. It names parties by their ids alone.
type Attorney struct {
	Seq            uint64          `json:"seq"` // of the attorney.grant
	Representative PartyID         `json:"representative"`
	Scopes         []AttorneyScope `json:"scopes"`
	Notes          []NoteID        `json:"notes,omitempty"` // empty for all
	On             finance.Date    `json:"on"`
	Until          finance.Date    `json:"until"` // the last day
	Ground         AttorneyGround  `json:"ground"`
	Evidence       string          `json:"evidence,omitempty"`
}

// Lets says whether the power covers a scope on a note on a day.
func (t *Attorney) Lets(scope AttorneyScope, note NoteID, on finance.Date) bool {
	covered := scope == ScopeSee || slices.Contains(t.Scopes, scope)
	return covered && !on.After(t.Until) && (len(t.Notes) == 0 || slices.Contains(t.Notes, note))
}

// AttorneyGrantBody is the body of an attorney.grant.
type AttorneyGrantBody struct {
	Representative PartyID         `json:"representative"`
	Scopes         []AttorneyScope `json:"scopes"`
	Notes          []NoteID        `json:"notes,omitempty"` // empty for all
	Until          finance.Date    `json:"until"`           // the last day
	Ground         AttorneyGround  `json:"ground"`
	// Evidence says where the ground can be looked up, such as a court's decision
	// and its number. It names no person.
	Evidence string `json:"evidence,omitempty"`
}

// AttorneyRevokeBody is the body of an attorney.revoke: the principal takes the
// power back, or the representative lays it down.
type AttorneyRevokeBody struct {
	Grant  uint64 `json:"grant"` // seq of the attorney.grant
	Reason string `json:"reason,omitempty"`
}

func (b *AttorneyGrantBody) check() error {
	if !b.Representative.Valid() {
		return invalid("representative", "a party's id")
	}
	if err := checkScopes(b.Scopes); err != nil {
		return err
	}
	if len(b.Notes) > MaxAttorneyNotes {
		return invalid("notes", "at most "+itoa(MaxAttorneyNotes)+" notes, or none for all")
	}
	for i, n := range b.Notes {
		if !n.Valid() || slices.Contains(b.Notes[:i], n) {
			return invalid("notes", "different notes' ids")
		}
	}
	if b.Until.IsZero() {
		return invalid("until", "a date")
	}
	switch b.Ground {
	case GroundPower, GroundGuardian, GroundRelative, GroundPaper:
	default:
		return invalid("ground", "power_of_attorney, guardian, relative or paper")
	}
	return checkText("evidence", b.Evidence, 0, MaxEvidenceRunes)
}

// checkScopes takes scopes in their one order, so that one power has one text.
func checkScopes(scopes []AttorneyScope) error {
	all := AttorneyScopes()
	last := -1
	for _, s := range scopes {
		i := slices.Index(all, s)
		if i <= last {
			return invalid("scopes", "some of see, talk, agree and sign, in this order")
		}
		last = i
	}
	if last < 0 {
		return invalid("scopes", "some of see, talk, agree and sign, in this order")
	}
	return nil
}

func (b *AttorneyRevokeBody) check() error {
	if b.Grant == 0 {
		return invalid("grant", "the seq of an attorney.grant")
	}
	return checkText("reason", b.Reason, 0, MaxTextRunes)
}

// represent finds whose act the command is. Where a representative signs, it is
// the principal's, if a power of attorney in force covers it; a principal who is
// unknown and one who gave no power have the same answer.
func (a *act) represent() error {
	a.actor = a.signer
	if a.cmd.For == "" {
		return nil
	}
	principal, err := a.world.Party(a.cmd.For)
	if err != nil {
		return err
	}
	if principal == nil || !principal.Lets(a.signer, operations[a.cmd.Op].scope, a.cmd.Note, a.today()) {
		return Refuse(CodeNoPowerOfAttorney)
	}
	a.actor, a.via = principal, a.signer.ID
	return refuseStanding(principal.ID, principal.Standing)
}

// opponents are the roles of the other side of a note.
var opponents = []Role{RoleLender, RoleHolder, RolePledgee, RoleServicer, RoleRecipient}

// opposed says that the representative who signs is itself on the other side of the
// note. What a power lets somebody do for its principal, it does not let them do with
// themselves: a lender whom its borrower trusts would accept its own offer.
func (a *act) opposed() bool {
	return a.via != "" && a.note != nil && slices.ContainsFunc(NoteRoles(a.note, a.holder, a.via), func(r Role) bool {
		return slices.Contains(opponents, r)
	})
}

// Lets says whether the party has given another a power of attorney that covers
// a scope on a note on a day. Both are persons whom the same organisation serves:
// that organisation sees both, so that no power needs to be shown to anybody new.
func (p *Party) Lets(other *Party, scope AttorneyScope, note NoteID, on finance.Date) bool {
	if p.Kind != Person || other.Kind != Person || p.Org != other.Org {
		return false
	}
	return slices.ContainsFunc(p.Attorneys, func(t Attorney) bool {
		return t.Representative == other.ID && t.Lets(scope, note, on)
	})
}

// applyAttorneyGrant lets another person act for the principal. Powers that have
// ended make room.
func applyAttorneyGrant(a *act, b body) error {
	g := b.(*AttorneyGrantBody)
	r, err := a.world.PartyRecord(g.Representative)
	if err != nil {
		return err
	}
	// What kind of party the representative is, its record does not say; one that
	// is no person can do nothing with the power (see represent).
	if r == nil || r.Org != a.party.Org || g.Representative == a.party.ID || a.party.Kind != Person {
		return Refuse(CodeRepresentativeOther)
	}
	if err := refuseStanding(g.Representative, r.Standing); err != nil {
		return err
	}
	if latest := a.today().AddMonths(12*MaxAttorneyYears, 0); g.Until.Before(a.today()) || g.Until.After(latest) {
		return invalid("until", "a date from today to "+latest.String())
	}
	a.party.Attorneys = slices.DeleteFunc(a.party.Attorneys, func(t Attorney) bool { return a.today().After(t.Until) })
	if len(a.party.Attorneys) >= MaxAttorneys {
		return Refuse(CodeLimit, "what", "powers of attorney", "limit", itoa(MaxAttorneys))
	}
	a.party.Attorneys = append(a.party.Attorneys, Attorney{
		Seq: a.cmd.Seq, Representative: g.Representative, Scopes: g.Scopes, Notes: g.Notes, On: a.today(), Until: g.Until,
		Ground: g.Ground, Evidence: g.Evidence,
	})
	return nil
}

// applyAttorneyRevoke ends a power: the principal any of its own, a
// representative those that it was given.
func applyAttorneyRevoke(a *act, b body) error {
	grant := b.(*AttorneyRevokeBody).Grant
	i := slices.IndexFunc(a.party.Attorneys, func(t Attorney) bool {
		return t.Seq == grant && (a.actor.ID == a.party.ID || t.Representative == a.actor.ID)
	})
	if i < 0 {
		return Refuse(CodeAttorneyUnknown)
	}
	a.party.Attorneys = slices.Delete(a.party.Attorneys, i, i+1)
	return nil
}
