package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

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
// does not find on the note, or a claim of its own that it sets off.
type PayClaimBody struct {
	Amount    finance.Money `json:"amount"`
	PaidOn    finance.Date  `json:"paid_on"`
	Text      string        `json:"text"`                // the borrower's own words
	Reference string        `json:"reference,omitempty"` // of the bank's entry
	// SetOff says that nothing was paid: the borrower sets off what the creditor owes
	// it (1936:81 par. 18, 28), on the day PaidOn. A setoff answers it.
	SetOff bool `json:"set_off,omitempty"`
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
	SetOff    bool           `json:"set_off,omitempty"` // nothing was paid; the borrower sets off
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

// Unanswered says whether the time to answer the claim has run out before a day.
// It then counts as a dispute, although nobody has written one.
func (c *Claim) Unanswered(on finance.Date) bool { return on.After(c.AnswerBy) }

// claim finds an open claim of payment.
func (n *Note) claim(seq uint64) (int, error) {
	i := slices.IndexFunc(n.Claims, func(c Claim) bool { return c.Seq == seq })
	if i < 0 {
		return i, Refuse(CodeClaimUnknown)
	}
	return i, nil
}

// applyPayClaim writes on the note that a borrower has paid what does not stand
// there, where every later buyer sees it (1936:81 par. 15). It changes nothing
// of what is owed, and interest goes on: once the payment is written on the note,
// it counts from the day that it was made, and what was charged since is given back.
func applyPayClaim(a *act, b body) error {
	p := b.(*PayClaimBody)
	if len(a.note.Claims) >= MaxClaims {
		return Refuse(CodeLimit, "what", "open claims of payment", "limit", itoa(MaxClaims))
	}
	if err := a.checkPayment(p.Amount, p.PaidOn, "paid_on"); err != nil {
		return err
	}
	a.note.Claims = append(a.note.Claims, Claim{
		Seq: a.cmd.Seq, By: a.actor.ID, On: a.today(), Amount: p.Amount.Amount, PaidOn: p.PaidOn,
		Text: p.Text, Reference: p.Reference, SetOff: p.SetOff, AnswerBy: a.today().AddDays(ClaimDays), Via: a.via,
	})
	return nil
}

// applyPayDeny makes a dispute of a claim of payment, with the same number: that
// the creditor does not find the money ends no question.
func applyPayDeny(a *act, b body) error {
	d := b.(*PayDenyBody)
	i, err := a.note.claim(d.Claim)
	if err != nil {
		return err
	}
	if len(a.note.Disputes) >= MaxDisputes {
		return Refuse(CodeLimit, "what", "open disputes", "limit", itoa(MaxDisputes))
	}
	c := a.note.Claims[i]
	a.note.Claims = slices.Delete(a.note.Claims, i, i+1)
	a.note.Disputes = append(a.note.Disputes, Dispute{
		Seq: c.Seq, By: c.By, On: c.On, Text: c.Text, Via: c.Via, Amount: c.Amount, PaidOn: c.PaidOn, SetOff: c.SetOff, Answer: d.Text,
	})
	return nil
}

// resolveClaim ends a claim of payment: its borrower withdraws it at any time, and
// the creditor's side decides on it as on the dispute that its silence made of it.
func (a *act) resolveClaim(r *DisputeResolveBody) error {
	i := slices.IndexFunc(a.note.Claims, func(c Claim) bool { return c.Seq == r.Dispute })
	if i < 0 {
		return Refuse(CodeDisputeUnknown)
	}
	c := a.note.Claims[i]
	if err := a.checkResolver(c.By, r.Outcome); err != nil {
		return err
	}
	if r.Outcome != Withdrawn && !c.Unanswered(a.today()) {
		return Refuse(CodeClaimOpen, "answer_by", c.AnswerBy.String())
	}
	a.note.Claims = slices.Delete(a.note.Claims, i, i+1)
	return nil
}
