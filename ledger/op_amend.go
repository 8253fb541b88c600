package ledger

import "github.com/skuld-registry/skuld/ledger/finance"

// The operations on an amendment of how the debt is paid back.
const (
	OpAmendPropose  Op = "amend.propose"
	OpAmendAccept   Op = "amend.accept"
	OpAmendReject   Op = "amend.reject"
	OpAmendWithdraw Op = "amend.withdraw"
)

const (
	// MaxAmendments bounds the amendments of one note, which all stay written on it.
	MaxAmendments = 32
	// MaxPauseDays is how far ahead of its acceptance the first instalment of an
	// amendment may fall due.
	MaxPauseDays = 366
)

// AmendmentKind says what an amendment changes.
type AmendmentKind string

// The kinds of amendment.
const (
	AmendPlan  AmendmentKind = "plan"  // what is left is paid in so many equal instalments
	AmendPause AmendmentKind = "pause" // nothing falls due before a day; as many instalments as were left then remain
)

// Amendment is a change of how the debt is paid back. It takes the place of the
// schedule from the day that it is agreed; the terms that were signed stay as
// they are.
type Amendment struct {
	Kind        AmendmentKind `json:"kind"`
	Instalments int           `json:"instalments,omitempty"` // of a plan: how many months; a pause keeps the number
	FirstDue    finance.Date  `json:"first_due"`             // when the first instalment falls due
	DueDay      int           `json:"due_day,omitempty"`     // wanted day of the month where first_due's month is too short to have it
}

// AmendProposeBody is the body of an amend.propose.
type AmendProposeBody struct {
	Amendment Amendment `json:"amendment"`
	Text      string    `json:"text,omitempty"` // why, in own words
}

// AmendAcceptBody is the body of an amend.accept. Since a command is signed for
// one state of the note, what its signer saw of the amendment is what it agrees to.
type AmendAcceptBody struct {
	Proposal uint64 `json:"proposal"` // seq of the amend.propose
}

// AmendEndBody is the body of an amend.reject and an amend.withdraw.
type AmendEndBody struct {
	Proposal uint64 `json:"proposal"` // seq of the amend.propose
	Text     string `json:"text,omitempty"`
}

// Proposal is an amendment that not everybody has agreed to whose word it needs:
// every borrower, since each owes all of it, and the creditor's side.
type Proposal struct {
	Seq       uint64       `json:"seq"` // of the amend.propose
	By        PartyID      `json:"by"`
	On        finance.Date `json:"on"`
	Amendment Amendment    `json:"amendment"`
	Text      string       `json:"text,omitempty"`
	Via       PartyID      `json:"via,omitempty"` // the representative who proposed it for the borrower
	Agreed    []PartyID    `json:"agreed"`        // who has agreed so far, the proposer first
}

// Plan is an amendment that was agreed, with what was owed on the day that it
// took the place of the schedule before it.
type Plan struct {
	Seq      uint64        `json:"seq"`      // of the last agreement
	Proposal uint64        `json:"proposal"` // seq of the amend.propose
	By       PartyID       `json:"by"`       // who proposed it
	Kind     AmendmentKind `json:"kind"`
	// Since is the day from which interest is counted by it.
	Since       finance.Date `json:"since"`
	Instalments int          `json:"instalments"`
	FirstDue    finance.Date `json:"first_due"`
	DueDay      int          `json:"due_day,omitempty"`
	Owed        finance.Owed `json:"owed"` // on that day, all of which the instalments pay
	// Settled is what had been paid and forgiven until then, which counts for none
	// of the instalments.
	Settled finance.Parts `json:"settled"`
}

func (b *AmendProposeBody) check() error {
	switch m := &b.Amendment; {
	case m.Kind != AmendPlan && m.Kind != AmendPause:
		return invalid("amendment.kind", "plan or pause")
	case m.Kind == AmendPlan && (m.Instalments < 1 || m.Instalments > finance.MaxInstalments):
		return invalid("amendment.instalments", "1 to "+itoa(finance.MaxInstalments)+" instalments")
	case m.Kind == AmendPause && m.Instalments != 0:
		return invalid("amendment.instalments", "no number, which only a plan has")
	case m.FirstDue.IsZero():
		return invalid("amendment.first_due", "a date")
	case m.DueDay < 0 || m.DueDay > 31:
		return invalid("amendment.due_day", "a day of the month")
	case m.FirstDue.AddMonths(0, m.DueDay) != m.FirstDue:
		return invalid("amendment.due_day", "a day that leads to the first due date")
	}
	return checkText("text", b.Text, 0, MaxTextRunes)
}

func (b *AmendAcceptBody) check() error {
	if b.Proposal == 0 {
		return invalid("proposal", "the seq of an amend.propose")
	}
	return nil
}

func (b *AmendEndBody) check() error {
	if b.Proposal == 0 {
		return invalid("proposal", "the seq of an amend.propose")
	}
	return checkText("text", b.Text, 0, MaxTextRunes)
}
