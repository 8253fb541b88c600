package ledger

import "github.com/skuld-registry/skuld/ledger/finance"

// The operations on a payment that a borrower says it made and does not find on
// the note.
const (
	OpPayClaim Op = "pay.claim"
	OpPayDeny  Op = "pay.deny"
)

const (
	// MaxClaims is how many claims of payment may be open at the same time.
	MaxClaims = 16
	// ClaimDays is how long the creditor's side has to answer a claim of payment.
	// What it has not answered by then counts as a dispute.
	ClaimDays = 14
)

// PayClaimBody is the body of a pay.claim: a payment that the borrower made and
// does not find on the note.
type PayClaimBody struct {
	Amount    finance.Money `json:"amount"`
	PaidOn    finance.Date  `json:"paid_on"`
	Text      string        `json:"text"`                // the borrower's own words
	Reference string        `json:"reference,omitempty"` // of the bank's entry
}

// PayDenyBody is the body of a pay.deny: the creditor's side has not received
// what the borrower claims to have paid.
type PayDenyBody struct {
	Claim uint64 `json:"claim"` // seq of the pay.claim
	Text  string `json:"text"`  // the answer in words
}

// Claim is a payment that a borrower says it made and that nobody has answered.
type Claim struct {
	Seq       uint64         `json:"seq"` // of the pay.claim
	By        PartyID        `json:"by"`
	On        finance.Date   `json:"on"`
	Amount    finance.Amount `json:"amount"`
	PaidOn    finance.Date   `json:"paid_on"`
	Text      string         `json:"text"` // the borrower's own words
	Reference string         `json:"reference,omitempty"`
	// AnswerBy is the last day to answer; after it the claim counts as a dispute.
	AnswerBy finance.Date `json:"answer_by"`
	Via      PartyID      `json:"via,omitempty"` // the representative who claimed it for the borrower
}

func (b *PayClaimBody) check() error {
	if b.Amount.Amount <= 0 || b.Amount.Amount > finance.MaxAmount {
		return Refuse(CodeAmountNotPositive)
	}
	if b.PaidOn.IsZero() {
		return invalid("paid_on", "a date")
	}
	if err := checkText("text", b.Text, 1, MaxTextRunes); err != nil {
		return err
	}
	return checkText("reference", b.Reference, 0, MaxReferenceRunes)
}

func (b *PayDenyBody) check() error {
	if b.Claim == 0 {
		return invalid("claim", "the seq of a pay.claim")
	}
	return checkText("text", b.Text, 1, MaxTextRunes)
}
