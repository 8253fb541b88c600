package page

import (
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Offer is a note that waits for the reader's answer.
type Offer struct {
	Form
	Head     NoteHead
	Cost     []Text // in plain sentences
	AnswerBy time.Time
	Plan     *Plan
	Text     []ledger.Line // the whole of what is signed
	Together []Text        // the other borrowers, and whether they have signed
	Open     bool          // the reader can answer
	Human    HumanCard
}

// Template names the page.
func (*Offer) Template() string { return "offer" }

// Title is the page's.
func (o *Offer) Title() Text { return Say("offer.title", "lender", o.Head.Lender) }

// PaidDoor is the form of a payment that the reader made and does not find, or of what
// the other side owes the reader and is set off.
type PaidDoor struct {
	Form
	Head   NoteHead
	Amount Field
	PaidOn Field
	Words  Field
	Bank   Field // the reference of the bank's entry
	Days   int   // in which it is answered
	SetOff bool
	Human  HumanCard
}

// Template names the page.
func (*PaidDoor) Template() string { return "door-paid" }

// Title is the page's.
func (d *PaidDoor) Title() Text {
	if d.SetOff {
		return Say("doors.setoff")
	}
	return Say("doors.paid")
}

// Errors gathers what is wrong.
func (d *PaidDoor) Errors() ErrorSummary { return Summary(d.Words, d.Amount, d.PaidOn, d.Bank) }

// WrongDoor is the form of an objection.
type WrongDoor struct {
	Form
	Head  NoteHead
	Words Field
	Human HumanCard
}

// Template names the page.
func (*WrongDoor) Template() string { return "door-wrong" }

// Title is the page's.
func (*WrongDoor) Title() Text { return Say("doors.wrong") }

// Errors gathers what is wrong.
func (d *WrongDoor) Errors() ErrorSummary { return Summary(d.Words) }

// HelpDoor compares ways to pay that the reader can propose.
type HelpDoor struct {
	Form
	Head    NoteHead
	Monthly Field // what the reader can pay each month
	Months  Field // how long a pause should be
	Now     Way   // the plan as it is
	Ways    []Way
	Words   Field
	Answers string // who says yes or no to a proposal
	Waiting Text   // why nothing can be proposed just now
	Human   HumanCard
}

// Template names the page.
func (*HelpDoor) Template() string { return "door-help" }

// Title is the page's.
func (*HelpDoor) Title() Text { return Say("doors.help") }

// Errors gathers what is wrong.
func (d *HelpDoor) Errors() ErrorSummary { return Summary(d.Monthly, d.Months, d.Words) }

// Way is one way to pay what is left, with what it costs and when it ends.
type Way struct {
	Value   string // of the button that chooses it; "" for the plan as it is
	Name    Text
	Monthly finance.Money
	AtOnce  finance.Money // what is overdue, and no payment of the plan
	Number  int
	First   finance.Date
	Free    finance.Date
	Total   finance.Money
	Costs   Text // against the plan as it is
	Plan    Plan
	Hidden  []Hidden
}

// ProposalPage is a proposal that somebody made, to be answered.
type ProposalPage struct {
	Form
	Head    NoteHead
	From    string
	On      finance.Date
	Words   string
	Now     Way
	Way     Way
	Seq     uint64
	CanSay  bool // the reader's word is needed
	CanTake bool // the reader made it and may take it back
	Late    bool // it can no longer be agreed to
	Human   HumanCard
}

// Template names the page.
func (*ProposalPage) Template() string { return "proposal" }

// Title is the page's.
func (*ProposalPage) Title() Text { return Say("proposal.title") }

// Receipt is one payment that is written on the note.
type Receipt struct {
	Head      NoteHead
	Amount    finance.Money
	On        finance.Date
	WrittenOn time.Time
	By        string
	Parts     []Pair
	Then      finance.Money // left when it was written
	Now       *finance.Money
	Holds     []Text // against whom, and how it could still be taken back
	Proof     Proof
	HandBack  bool // it was the last: the note is the borrower's again
	Reversed  bool
	Note      []ledger.Line
	Human     HumanCard
}

// Template names the page.
func (*Receipt) Template() string { return "receipt" }

// Title is the page's.
func (r *Receipt) Title() Text { return Say("receipt.title", "amount", r.Amount, "date", r.On) }
