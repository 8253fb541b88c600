package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// OpSetoff writes on the note that a claim of the borrower's was netted against
// the debt (1936:81 par. 18, 28). To set off is to pay: it is used, explained and
// taken back as money would be, and the last one hands the note back.
const OpSetoff Op = "setoff"

// MaxSetoffRunes bounds the words that say what was set off.
const MaxSetoffRunes = 200

// SetoffBody is the body of a setoff.
type SetoffBody struct {
	Amount finance.Money `json:"amount"`
	On     finance.Date  `json:"on"`              // the day on which one side told the other that it sets off
	Ground string        `json:"ground"`          // what the borrower's claim is
	Claim  uint64        `json:"claim,omitempty"` // seq of the pay.claim by which the borrower declared it
}

func (b *SetoffBody) check() error {
	if b.Amount.Amount <= 0 || b.Amount.Amount > finance.MaxAmount {
		return Refuse(CodeAmountNotPositive)
	}
	if b.On.IsZero() {
		return invalid("on", "a date")
	}
	return checkText("ground", b.Ground, 1, MaxSetoffRunes)
}

// applySetoff books what was set off. Nobody received money, so a former holder
// has nothing to settle; it cannot set off what it does not hold.
func applySetoff(a *act, b body) error {
	s := b.(*SetoffBody)
	// A pledged note is security: what makes it less is for the pledgee to write.
	if a.note.Pledge != nil && !slices.Contains(a.roles, RolePledgee) {
		return Refuse(CodeNotePledged)
	}
	if err := a.checkPayment(s.Amount, s.On, "on"); err != nil {
		return err
	}
	if err := a.answerClaim(s.Claim); err != nil {
		return err
	}
	return a.settlePayment(Payment{Seq: a.cmd.Seq, By: a.actor.ID, On: s.On, Amount: s.Amount.Amount, Claim: s.Claim, SetOff: s.Ground})
}
