package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

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
	AmendPlan  AmendmentKind = "plan"  // what is left is paid in so many equal instalments, by somebody who is or will be late
	AmendPause AmendmentKind = "pause" // nothing falls due before a day, though interest goes on; as many instalments as were left then remain
	AmendRate  AmendmentKind = "rate"  // another rate from the day that it is agreed; as many instalments as are left, on their days
	AmendTerm  AmendmentKind = "term"  // what is left is paid in another time, as an ordinary extension or shortening
)

// AmendmentKinds lists every kind of amendment.
func AmendmentKinds() []AmendmentKind {
	return []AmendmentKind{AmendPlan, AmendPause, AmendRate, AmendTerm}
}

// Amendment is a change of how the debt is paid back. It takes the place of the
// schedule from the day that it is agreed; the terms that were signed stay as
// they are.
type Amendment struct {
	Kind        AmendmentKind `json:"kind"`
	Instalments int           `json:"instalments,omitempty"` // of a plan or a term: how many months; a pause and a rate keep the number
	FirstDue    finance.Date  `json:"first_due,omitzero"`    // when the first instalment falls due; a rate keeps the days
	DueDay      int           `json:"due_day,omitempty"`     // wanted day of the month where first_due's month is too short to have it
	// Rate is the nominal rate from then on, in percent a year; none keeps the rate.
	Rate finance.Rate `json:"rate,omitzero"`
	// Free says that what is left costs the borrower nothing from then on: no
	// interest and no fees.
	Free bool `json:"free,omitempty"`
}

// AmendProposeBody is the body of an amend.propose.
type AmendProposeBody struct {
	Amendment Amendment `json:"amendment"`
	Text      string    `json:"text,omitempty"` // why, in own words
}

// AmendAcceptBody is the body of an amend.accept. It repeats the amendment, so that
// what is signed says what is agreed to.
type AmendAcceptBody struct {
	Proposal  uint64    `json:"proposal"` // seq of the amend.propose
	Amendment Amendment `json:"amendment"`
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
	On       finance.Date  `json:"on"`       // the day of the last agreement
	Kind     AmendmentKind `json:"kind"`
	// Since is the day from which interest is counted by it.
	Since       finance.Date `json:"since"`
	Instalments int          `json:"instalments"` // none of a debt that is due on demand
	FirstDue    finance.Date `json:"first_due,omitzero"`
	DueDay      int          `json:"due_day,omitempty"`
	Rate        finance.Rate `json:"rate,omitzero"`     // agreed now or before; without it the rate that was signed
	Free        bool         `json:"free,omitempty"`    // no interest and no fees
	Extends     bool         `json:"extends,omitempty"` // a term that ends later than the schedule before it
	Owed        finance.Owed `json:"owed"`              // on that day, all of which the instalments pay
	// Settled is what had been paid and forgiven until then, which counts for none
	// of the instalments.
	Settled finance.Parts `json:"settled"`
}

func (b *AmendProposeBody) check() error {
	if err := b.Amendment.check(); err != nil {
		return err
	}
	return checkText("text", b.Text, 0, MaxTextRunes)
}

func (b *AmendAcceptBody) check() error {
	if b.Proposal == 0 {
		return invalid("proposal", "the seq of an amend.propose")
	}
	return b.Amendment.check()
}

func (b *AmendEndBody) check() error {
	if b.Proposal == 0 {
		return invalid("proposal", "the seq of an amend.propose")
	}
	return checkText("text", b.Text, 0, MaxTextRunes)
}

// An amendment binds whoever agrees to it. Joint borrowers each owe all of the
// debt (1936:81 par. 2), so every one of them must agree, also to what only makes
// it cheaper; for the creditor agrees who controls the note, or who collects for
// it where it is not pledged. A proposal is of the form of an amendment: what it comes to is computed when
// the last one agrees, from what is owed then. Nobody is surprised by that, since
// an acceptance is signed for the very state of the note whose figures were shown.

// checkAmender refuses who would speak for the creditor without its control: of a
// pledged note only the pledgee agrees, for it is its security. A servicer then has
// its mandate from somebody who could not agree itself.
func (a *act) checkAmender() error {
	controls := a.note.isBorrower(a.actor.ID) || slices.Contains(a.roles, RoleController)
	if a.note.Pledge != nil && !controls {
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	}
	return nil
}

// checkPower refuses a representative what the power of attorney does not say: it
// is for a plan or a pause, and for nothing that puts the price up.
func (a *act) checkPower(m Amendment) error {
	terms, _ := a.note.current()
	if a.via != "" && (m.Kind != AmendPlan && m.Kind != AmendPause || m.Rate.Cmp(terms.Rate) > 0) {
		return Refuse(CodeNoPowerOfAttorney)
	}
	return nil
}

// applyAmendPropose writes a proposal on the note. A newer one of the same side
// takes the place of its last.
func applyAmendPropose(a *act, b body) error {
	p := b.(*AmendProposeBody)
	if err := a.checkAmender(); err != nil {
		return err
	}
	if err := a.checkPower(p.Amendment); err != nil {
		return err
	}
	switch {
	case !a.note.isBorrower(a.actor.ID) && a.note.Notified.Holder != a.holder:
		return Refuse(CodeBorrowerNotTold)
	case a.note.Proposal != nil && !a.proposed(a.note.Proposal):
		return Refuse(CodeProposalPending, "proposal", itoa(a.note.Proposal.Seq))
	}
	if _, err := a.note.amended(a.holder, p.Amendment, a.today()); err != nil {
		return err
	}
	a.note.Proposal = &Proposal{
		Seq: a.cmd.Seq, By: a.actor.ID, On: a.today(), Amendment: p.Amendment, Text: p.Text, Via: a.via, Agreed: []PartyID{a.actor.ID},
	}
	return nil
}

// applyAmendAccept adds the signer's word. With the last one the amendment is in
// force.
func applyAmendAccept(a *act, b body) error {
	accepted := b.(*AmendAcceptBody)
	p, err := a.proposal(accepted.Proposal)
	if err != nil {
		return err
	}
	if accepted.Amendment != p.Amendment {
		return Refuse(CodeProposalUnknown)
	}
	if a.hasAgreed(p) {
		return Refuse(CodeProposalOwn)
	}
	if err := a.checkPower(p.Amendment); err != nil {
		return err
	}
	amended, err := a.note.amended(a.holder, p.Amendment, a.today())
	if err != nil {
		return err
	}
	agreed := *p
	agreed.Agreed = append(slices.Clone(p.Agreed), a.actor.ID)
	if !a.note.allAgreed(agreed.Agreed) {
		a.note.Proposal = &agreed
		return nil
	}
	plan := &amended.Amendments[len(amended.Amendments)-1]
	plan.Seq, plan.Proposal, plan.By = a.cmd.Seq, p.Seq, p.By
	amended.Proposal = nil
	a.note = amended
	return nil
}

// applyAmendReject ends a proposal by the word of somebody who was asked, also
// one who had agreed to it.
func applyAmendReject(a *act, b body) error {
	p, err := a.proposal(b.(*AmendEndBody).Proposal)
	if err != nil {
		return err
	}
	if a.proposed(p) {
		return Refuse(CodeProposalOwn)
	}
	a.note.Proposal = nil
	return nil
}

// applyAmendWithdraw ends a proposal by the word of who made it.
func applyAmendWithdraw(a *act, b body) error {
	p, err := a.proposal(b.(*AmendEndBody).Proposal)
	if err != nil {
		return err
	}
	if !a.proposed(p) {
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	}
	a.note.Proposal = nil
	return nil
}

// proposal gives the proposal that the signer answers or takes back.
func (a *act) proposal(seq uint64) (*Proposal, error) {
	if err := a.checkAmender(); err != nil {
		return nil, err
	}
	if p := a.note.Proposal; p != nil && p.Seq == seq {
		return p, nil
	}
	return nil, Refuse(CodeProposalUnknown)
}

// proposed says whether a proposal is the signer's: a borrower's own, or for the
// creditor one that the creditor's side made.
func (a *act) proposed(p *Proposal) bool {
	return p.By == a.actor.ID || !a.note.isBorrower(a.actor.ID) && !a.note.isBorrower(p.By)
}

// hasAgreed says whether the signer's word, or for the creditor that of its side,
// stands already.
func (a *act) hasAgreed(p *Proposal) bool {
	if a.note.isBorrower(a.actor.ID) {
		return slices.Contains(p.Agreed, a.actor.ID)
	}
	return a.note.creditorAgreed(p.Agreed)
}

func (n *Note) creditorAgreed(parties []PartyID) bool {
	return slices.ContainsFunc(parties, func(p PartyID) bool { return !n.isBorrower(p) })
}

// allAgreed says whether everybody has whose word an amendment needs.
func (n *Note) allAgreed(parties []PartyID) bool {
	for _, b := range n.Borrowers {
		if !slices.Contains(parties, b.Party) {
			return false
		}
	}
	return n.creditorAgreed(parties)
}

// forgetCreditor drops what was said for the creditor of an amendment that is not
// agreed. It was the word of who controlled the note; who controls it from now on
// gives its own.
func (n *Note) forgetCreditor() {
	p := n.Proposal
	switch {
	case p == nil:
	case !n.isBorrower(p.By):
		n.Proposal = nil
	default:
		kept := *p
		kept.Agreed = slices.DeleteFunc(slices.Clone(p.Agreed), func(id PartyID) bool { return !n.isBorrower(id) })
		n.Proposal = &kept
	}
}
