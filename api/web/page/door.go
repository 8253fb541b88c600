package page

// The views of the way in: signing in, and an invitation.

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
	Failed  Text
	Help    HumanCard
}

// Template names the page.
func (*Invitation) Template() string { return "invited" }

// Title is the page's.
func (i *Invitation) Title() Text { return Say("invited.title." + Key(i.Purpose)) }
