package casework

import (
	"context"
	"slices"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// ActName names a kind of act, such as "contact.log".
type ActName string

// Saying is a text of the desk's tables of words: its key, and pairs of a name and a
// value for the places in it.
type Saying struct {
	Key  string
	With []any
}

// Say makes a saying.
func Say(key string, with ...any) Saying { return Saying{key, with} }

// Act is one thing that a member of staff or a rule does. It is a struct that JSON
// keeps, since it may wait for its confirmation or for a second person.
type Act interface {
	// Name names its row in the table of acts.
	Name() ActName
	// Subject is the note that it is about; empty where it is about none.
	Subject() ledger.NoteID
	// Check says whether it can be done just now; a refusal (*ledger.Error) says what
	// to change.
	Check(ctx context.Context, d *Desk) error
	// Describe says what will happen, before it does.
	Describe() []Saying
	// Do does it. Check has passed. It may be repeated with the same Doing.ID after a
	// crash, and must then have no second effect.
	Do(ctx context.Context, d *Desk, by Doing) (Effect, error)
}

// Doing is the circumstances of an act: who does it, and why.
type Doing struct {
	ID       string // of the act; ids of what it makes are derived from it
	Actor    Actor
	Reason   string
	Approved casebook.StaffID
}

// Effect is what an act has led to.
type Effect struct {
	Command   ledger.CommandID // what it wrote on the ledger, if anything
	Unsettled bool             // what becomes of the command is not known yet
	Undo      Act              // what takes it back; nil where nothing can
}

// kind is a row of the table of acts.
type kind struct {
	name   ActName
	roles  []Role // who may; nobody else
	reason bool   // it must say why, in words
	// keeps names what of such acts is kept from an actor who may do others; nothing
	// where it is nil.
	keeps func(Actor, Act) bool
	// approval says whether a second person must agree; never where it is nil.
	approval func(context.Context, *Desk, Request) (bool, error)
	byRule   bool    // rules may do it, too
	override ActName // what lets a person change or undo what a rule did with it
	make     func() Act
}

// kinds is the one table of acts, by theme.
var kinds = func() map[ActName]kind {
	all := map[ActName]kind{}
	for _, theme := range [][]kind{staffKinds, workKinds, caseKinds, ruleKinds, paymentKinds, letterKinds} {
		for _, k := range theme {
			all[k.name] = k
		}
	}
	return all
}()

// permits says whether the actor may do an act of this kind.
func (k kind) permits(a Actor) bool {
	if a.Rule != "" {
		return k.byRule
	}
	return slices.ContainsFunc(k.roles, func(r Role) bool { return a.Is(r) })
}

// asksSecond says whether a second person must agree to an act of this kind.
func (k kind) asksSecond(ctx context.Context, d *Desk, r Request) (bool, error) {
	if k.approval == nil {
		return false, nil
	}
	return k.approval(ctx, d, r)
}
