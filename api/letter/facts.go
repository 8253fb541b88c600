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

// Facts are what a letter is written from. Amounts are in minor units of Currency. They
// are kept as JSON with what was written from them.
type Facts struct {
	Language ledger.Language `json:"language"`
	On       finance.Date    `json:"on"` // the day of the letter
	To       Address         `json:"to"`
	From     Company         `json:"from"`  // who sends it: the servicer, or the holder itself
	Human    Human           `json:"human"` // who takes the call about it

	Note     ledger.NoteID `json:"note"`
	Case     string        `json:"case,omitempty"`     // the number of the case at the sender
	AgreedOn finance.Date  `json:"agreed_on,omitzero"` // the basis of the claim: a note of that day,
	Lender   string        `json:"lender,omitempty"`   // to this lender
	Creditor Company       `json:"creditor,omitzero"`  // who holds the note now
	// Assigned says that the note was sold; nil where the lender still holds it.
	Assigned *Assignment `json:"assigned,omitempty"`

	Currency finance.Currency `json:"currency,omitempty"`
	Owed     finance.Owed     `json:"owed,omitzero"`
	Lines    []finance.Line   `json:"lines,omitempty"`   // the interest, as it was counted
	Counted  finance.Parts    `json:"counted,omitzero"`  // interest that was counted before those lines and is not paid
	DueOn    finance.Date     `json:"due_on,omitzero"`   // since when it is late
	Overdue  finance.Amount   `json:"overdue,omitempty"` // what of it is late
	Fee      finance.Amount   `json:"fee,omitempty"`     // what this letter costs the borrower; within the costs that are owed
	PayBy    finance.Date     `json:"pay_by,omitzero"`   // the last day to pay or to object
	Account  string           `json:"account,omitempty"` // where to pay
	// Reference is what the payer states, so that the payment finds the note.
	Reference string `json:"reference,omitempty"`

	Link      string `json:"link"`                // the note's page, which the QR code leads to
	Authority string `json:"authority,omitempty"` // to which one can complain
	Words     string `json:"words,omitempty"`     // in own words of who sends it: what was wrong, what the answer is
	Code      string `json:"code,omitempty"`      // of a contact: by which the person finds out who it was
	Plan      *Plan  `json:"plan,omitempty"`

	// What the ledger says of whether anything may be demanded.
	GateOpen    bool            `json:"gate_open"` // the borrower knows who holds the note (1936:81 par. 3)
	Collectable bool            `json:"collectable"`
	Reasons     []ledger.Reason `json:"reasons,omitempty"` // why not
}

// Address is who a letter is for.
type Address struct {
	Name  string   `json:"name"`
	Lines []string `json:"lines,omitempty"` // street, postal code and town; none for a message
}

// Company is a company as a borrower meets it.
type Company struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Licence string `json:"licence,omitempty"` // what it may do and by whose leave, such as a licence for debt collection
}

// Human is who answers.
type Human struct {
	Name  string `json:"name"`
	Phone string `json:"phone"` // a direct number
	Hours string `json:"hours"`
}

// Assignment is the sale by which the creditor came to the note.
type Assignment struct {
	From string       `json:"from"`
	On   finance.Date `json:"on"`
}

// Plan is a plan that is offered.
type Plan struct {
	Instalments int            `json:"instalments"`
	Each        finance.Amount `json:"each"`
	First       finance.Date   `json:"first"`
	Last        finance.Date   `json:"last"`
	Cost        finance.Amount `json:"cost"` // interest and fees from now on
}

func (f *Facts) money(a finance.Amount) string {
	return f.Language.Money(finance.Money{Amount: a, Currency: f.Currency})
}
