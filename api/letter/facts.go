package letter

import (
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Kind says what a letter is for.
type Kind string

// The kinds of letter.
const (
	Reminder       Kind = "reminder"        // a payment is late; may cost at most what 1981:739 par. 2 lets it
	Demand         Kind = "demand"          // 1974:182 par. 5
	TransferNotice Kind = "transfer_notice" // of a new holder: 2023:714 ch. 4 par. 3; 1936:81 par. 31
	PlanOffer      Kind = "plan"            // what was talked about; the borrower agrees on the pages
	Contact        Kind = "contact"         // somebody tried to reach the person
	Correction     Kind = "correction"      // an earlier letter, fee or act was wrong
	Answer         Kind = "answer"          // to an objection, a claim of payment or a complaint
)

// Kinds lists every kind of letter.
func Kinds() []Kind {
	return []Kind{Reminder, Demand, TransferNotice, PlanOffer, Contact, Correction, Answer}
}

// Facts are what a letter is written from. Amounts are in minor units of Currency.
type Facts struct {
	Language ledger.Language
	On       finance.Date // the day of the letter
	To       Address
	From     Company // who sends it: the servicer, or the holder itself
	Human    Human   // who takes the call about it

	Note     ledger.NoteID
	Case     string       // the number of the case at the sender
	AgreedOn finance.Date // the basis of the claim: a note of that day,
	Lender   string       // to this lender
	Creditor Company      // who holds the note now
	// Assigned says that the note was sold; nil where the lender still holds it.
	Assigned *Assignment

	Currency finance.Currency
	Owed     finance.Owed
	Lines    []finance.Line // the interest, as it was counted
	Counted  finance.Parts  // interest that was counted before those lines and is not paid
	DueOn    finance.Date   // since when it is late
	Overdue  finance.Amount // what of it is late
	Fee      finance.Amount // what this letter costs the borrower; within the costs that are owed
	PayBy    finance.Date   // the last day to pay or to object
	Account  string         // where to pay
	// Reference is what the payer states, so that the payment finds the note.
	Reference string

	Link      string // the note's page, which the QR code leads to
	Authority string // to which one can complain
	Words     string // in own words of who sends it: what was wrong, what the answer is
	Code      string // of a contact: by which the person finds out who it was
	Plan      *Plan

	// What the ledger says of whether anything may be demanded.
	GateOpen    bool // the borrower knows who holds the note (1936:81 par. 3)
	Collectable bool
	Reasons     []ledger.Reason // why not
}

// Address is who a letter is for.
type Address struct {
	Name  string
	Lines []string // street, postal code and town; none for a message
}

// Company is a company as a borrower meets it.
type Company struct {
	Name    string
	Address string
	Phone   string
	Licence string // what it may do and by whose leave, such as a licence for debt collection
}

// Human is who answers.
type Human struct {
	Name  string
	Phone string // a direct number
	Hours string
}

// Assignment is the sale by which the creditor came to the note.
type Assignment struct {
	From string
	On   finance.Date
}

// Plan is a plan that is offered.
type Plan struct {
	Instalments int
	Each        finance.Amount
	First, Last finance.Date
	Cost        finance.Amount // interest and fees from now on
}

func (f *Facts) money(a finance.Amount) string {
	return f.Language.Money(finance.Money{Amount: a, Currency: f.Currency})
}
