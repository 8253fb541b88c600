package page

import (
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// The views of the way in: signing in, an invitation, and a passkey in the place of
// lost ones.

// SignIn asks for a passkey.
type SignIn struct {
	Passkey Passkey
	Failed  Text // what was wrong with the last try
	Help    HumanCard
}

// Template names the page.
func (*SignIn) Template() string { return "sign-in" }

// Title is the page's.
func (*SignIn) Title() Text { return Say("signin.title") }

// Step is where a person stands on the way in.
type Step string

// The steps of an invitation.
const (
	StepCreate Step = "create" // make a passkey
	StepSign   Step = "sign"   // sign the registration with it
	StepAgain  Step = "again"  // ask once more what became of the registration
	StepJoin   Step = "join"   // tie the invitation to who is signed in
	StepDone   Step = "done"   // the rest happens elsewhere
)

// Invitation is an invitation, step by step.
type Invitation struct {
	Form
	Step    Step
	By      string // who invites
	Purpose string // borrower, helper, device or recovery
	Name    string // of who is signed in, at StepJoin
	Action  string // where the form of StepAgain and StepJoin goes
	Passkey Passkey
	Hidden  []Hidden
	Signs   string // what is signed, in the words of the ledger
	Exact   string // the very bytes
	Sign    Link   // for who has a passkey here already
	Mark    string // of a passkey that waits, for who is asked which it is
	Failed  Text
	Help    HumanCard
}

// Template names the page.
func (*Invitation) Template() string { return "invited" }

// Title is the page's.
func (i *Invitation) Title() Text { return Say("invited.title." + Key(i.Purpose)) }

// WaitDays is how long a new passkey waits at least, once it is confirmed.
func (*Invitation) WaitDays() int { return waitDays }

// LifeDays is how long there is to put it in force, once its recovery is open.
func (*Invitation) LifeDays() int { return lifeDays }

const (
	day      = 24 * time.Hour
	waitDays = int(ledger.RecoveryWait / day)
	lifeDays = int(ledger.RecoveryLife / day)
)

// Waiting says where a passkey stands that is to take the place of lost ones.
type Waiting string

// The states of such a passkey.
const (
	WaitOpening Waiting = "opening" // no recovery with it is under way
	WaitConfirm Waiting = "confirm" // the other company has not confirmed it
	WaitTime    Waiting = "time"    // the wait is not over
	WaitSign    Waiting = "sign"    // its signature puts it in force
	WaitOutcome Waiting = "outcome" // it has signed, and what came of it is not known
)

// Replacement is a passkey that is to take the place of lost ones. The page is for
// whoever has it: it says nothing of the person, whose it may not be.
type Replacement struct {
	State   Waiting
	Mark    string    // of the passkey, told until it is confirmed
	By      string    // who opened the recovery
	At      time.Time // and when
	Witness string    // who confirms it
	From    time.Time // when the passkey can be put in force
	Until   time.Time // and when no more
	Passkey Passkey   // at WaitSign
	Signs   string    // what is signed, in the words of the ledger
	Exact   string    // the very bytes
	Action  string    // where the form of WaitOutcome goes
	Hidden  []Hidden
	Failed  Text
	Help    HumanCard
}

// Template names the page.
func (*Replacement) Template() string { return "replacement" }

// Title is the page's.
func (*Replacement) Title() Text { return Say("replacement.title") }

// WaitDays is as of an Invitation.
func (*Replacement) WaitDays() int { return waitDays }
