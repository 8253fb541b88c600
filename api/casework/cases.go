package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// keeps says whether the company works a note as a case: it is a debt that the
// company holds, has as security or collects.
func (d *Desk) keeps(n *ledger.Note, holder ledger.PartyID) (casebook.CaseFacts, bool) {
	live := n.Status == ledger.StatusActive || n.Status == ledger.StatusFrozen
	ours := slices.ContainsFunc(ledger.NoteRoles(n, holder, d.Party), func(r ledger.Role) bool {
		return r == ledger.RoleHolder || r == ledger.RolePledgee || r == ledger.RoleServicer
	})
	if !live || !ours {
		return casebook.CaseFacts{}, false
	}
	f := casebook.CaseFacts{Client: holder, Disputed: len(n.Disputes) > 0, Plan: len(n.Amendments) > 0}
	// A schedule that the arithmetic refuses stands on no note; such a case is listed
	// without a day rather than lost.
	if next, err := ledger.NextInstalment(n); err == nil && next != nil {
		f.Due = next.Due
	}
	return f, true
}

// casesRetry is how long after cases could not be kept they are tried again, however
// quiet the ledger is.
const casesRetry = 10 * time.Second

// KeepCases opens and closes cases as the ledger goes on, until ctx ends. It goes on
// from where it came last, and may be stopped at any time.
func (d *Desk) KeepCases(ctx context.Context) {
	for ctx.Err() == nil {
		_, changed := d.Book.Next()
		var again <-chan time.Time
		for more := true; more && ctx.Err() == nil; {
			var err error
			more, err = d.FollowCases(ctx)
			if err != nil && ctx.Err() == nil {
				d.Log.Warn("cases could not be kept up with the ledger; they are tried again", "error", err)
				again = time.After(casesRetry)
			}
		}
		select {
		case <-changed:
		case <-again:
		case <-ctx.Done():
		}
	}
}

// FollowCases opens and closes the cases of the next entries of the ledger, and says
// whether there may be more.
func (d *Desk) FollowCases(ctx context.Context) (more bool, err error) {
	return d.Book.FollowCases(ctx, casebook.Following{Party: d.Party, Keep: d.keeps, Tasks: d.askedBy, Now: d.Clock()})
}

// NameAssign names the act that gives a case to somebody.
const NameAssign ActName = "case.assign"

// Assign gives a case to a member of staff and a team, either of which may be empty:
// who takes a case gives it to itself.
type Assign struct {
	Note  ledger.NoteID    `json:"note"`
	Owner casebook.StaffID `json:"owner,omitempty"`
	Team  string           `json:"team,omitempty"`
}

// maxTeamRunes bounds the name of a team.
const maxTeamRunes = 60

// Name names the act.
func (*Assign) Name() ActName { return NameAssign }

// Subject is the note.
func (a *Assign) Subject() ledger.NoteID { return a.Note }

// Check says whether there is such a case.
func (a *Assign) Check(ctx context.Context, d *Desk) error {
	if len([]rune(a.Team)) > maxTeamRunes {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "team", "want", fmt.Sprintf("at most %d characters", maxTeamRunes))
	}
	_, err := d.caseOf(ctx, a.Note)
	return err
}

// Describe says who has the case from then on.
func (a *Assign) Describe() []Saying {
	if a.Owner == "" {
		return one("act.case.assign.nobody")
	}
	return one("act.case.assign.says")
}

// Do gives the case away.
func (a *Assign) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	had, err := d.caseOf(ctx, a.Note)
	if err != nil {
		return Effect{}, err
	}
	undo := &Assign{Note: a.Note, Owner: had.Owner, Team: had.Team}
	return Effect{Undo: undo}, d.Book.AssignCase(ctx, a.Note, a.Owner, a.Team)
}

// caseOf gives the case of a note, or refuses one that is none.
func (d *Desk) caseOf(ctx context.Context, note ledger.NoteID) (*casebook.Case, error) {
	c, err := d.Book.CaseOf(ctx, note)
	if err == nil && c == nil {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return c, err
}
