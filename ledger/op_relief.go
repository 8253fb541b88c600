package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// OpRelief takes costs or interest off by a human's decision (1975:635 par. 8). No
// term of a note limits it.
const OpRelief Op = "relief"

const (
	// MaxReliefs is how many of the latest reliefs a note remembers one by one. What
	// they took off stays in the balance: a relief is never refused for their number.
	MaxReliefs = 32
	// MaxReliefRunes bounds the reason of a relief.
	MaxReliefRunes = 200
	// MaxLateFreeDays is how far ahead a relief may end late interest.
	MaxLateFreeDays = 366
)

// ReliefGround says why a human takes something off.
type ReliefGround string

// The grounds of a relief.
const (
	GroundHardship  ReliefGround = "hardship"  // sickness, unemployment or the like (1975:635 par. 8)
	GroundError     ReliefGround = "error"     // it should not have been charged
	GroundGoodwill  ReliefGround = "goodwill"  // because the creditor wishes so
	GroundComplaint ReliefGround = "complaint" // a complaint was right
)

// ReliefBody is the body of a relief.
type ReliefBody struct {
	Part   PartKind       `json:"part"`             // costs, late_interest or interest
	Amount *finance.Money `json:"amount,omitempty"` // without it, all of the part, or of the charge
	Ground ReliefGround   `json:"ground"`
	Reason string         `json:"reason"`
	Charge uint64         `json:"charge,omitempty"` // seq of the charge that is taken off
	// LateFreeUntil is the last day of a time in which no late interest runs, from
	// today on. It is for hardship, and for interest.
	LateFreeUntil finance.Date `json:"late_free_until,omitzero"`
}

// Relief is what a human took off, and why.
type Relief struct {
	Seq           uint64         `json:"seq"` // of the relief
	By            PartyID        `json:"by"`
	On            finance.Date   `json:"on"`
	Part          PartKind       `json:"part"`
	Amount        finance.Amount `json:"amount"`
	Ground        ReliefGround   `json:"ground"`
	Reason        string         `json:"reason"`
	Charge        uint64         `json:"charge,omitempty"`
	LateFreeUntil finance.Date   `json:"late_free_until,omitzero"`
}

// LateFree is a time in which no late interest runs.
type LateFree struct {
	From  finance.Date `json:"from"`
	Until finance.Date `json:"until"` // its last day
}

func (b *ReliefBody) check() error {
	grounds := []ReliefGround{GroundHardship, GroundError, GroundGoodwill, GroundComplaint}
	switch {
	case b.Part != PartCosts && b.Part != PartLateInterest && b.Part != PartInterest:
		return invalid("part", "costs, late_interest or interest")
	case b.Amount != nil && (b.Amount.Amount <= 0 || b.Amount.Amount > finance.MaxAmount):
		return Refuse(CodeAmountNotPositive)
	case !slices.Contains(grounds, b.Ground):
		return invalid("ground", "hardship, error, goodwill or complaint")
	case b.Charge != 0 && b.Part != PartCosts:
		return invalid("charge", "no charge, which only costs have")
	case !b.LateFreeUntil.IsZero() && (b.Part == PartCosts || b.Ground != GroundHardship):
		return invalid("late_free_until", "no date, but for interest and hardship")
	}
	return checkText("reason", b.Reason, 1, MaxReliefRunes)
}

// applyRelief takes off what is owed of one part. What was paid already stays
// paid: who wants to give it back forgives as much of the debt.
func applyRelief(a *act, b body) error {
	r := b.(*ReliefBody)
	if err := a.checkReliever(r); err != nil {
		return err
	}
	if err := a.accrue(); err != nil {
		return err
	}
	relief := Relief{Seq: a.cmd.Seq, By: a.actor.ID, On: a.today(), Part: r.Part, Ground: r.Ground, Reason: r.Reason,
		Charge: r.Charge, LateFreeUntil: r.LateFreeUntil}
	var err error
	if relief.Amount, err = a.note.relieved(r); err != nil {
		return err
	}
	if err := a.note.freeOfLate(r.LateFreeUntil, a.today()); err != nil {
		return err
	}
	parts := partsOf(r.Part, relief.Amount)
	a.note.Balance.forgive(parts)
	a.note.Balance.dropFractions(parts)
	if len(a.note.Reliefs) >= MaxReliefs {
		a.note.Reliefs = slices.Delete(a.note.Reliefs, 0, 1)
	}
	a.note.Reliefs = append(a.note.Reliefs, relief)
	a.dischargeIfPaid()
	return nil
}

// checkReliever refuses who may not take off this part. Costs and late interest
// are for whoever collects; nominal interest is what the note itself earns, and
// the holder's, or the pledgee's security.
func (a *act) checkReliever(r *ReliefBody) error {
	switch {
	case r.Part != PartInterest:
		return nil
	case !slices.Contains(a.roles, RoleHolder):
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	case a.note.Pledge != nil:
		return Refuse(CodeNotePledged)
	}
	return nil
}

// relieved gives how much a relief takes off, and writes it on the charge that it
// names.
func (n *Note) relieved(r *ReliefBody) (finance.Amount, error) {
	owed := n.Owed()
	most := map[PartKind]finance.Amount{PartCosts: owed.Costs, PartLateInterest: owed.LateInterest, PartInterest: owed.Interest}[r.Part]
	var charge *Charge
	if r.Charge != 0 {
		i := slices.IndexFunc(n.Charges, func(c Charge) bool { return c.Seq == r.Charge })
		if i < 0 {
			return 0, Refuse(CodeChargeUnknown)
		}
		charge = &n.Charges[i]
		most = min(most, charge.Amount-charge.Relieved)
	}
	amount := most
	if r.Amount != nil {
		if want := n.Terms.Principal.Currency; r.Amount.Currency != want {
			return 0, Refuse(CodeCurrencyOther, "want", string(want))
		}
		amount = r.Amount.Amount
	}
	if amount > most || amount == 0 && r.LateFreeUntil.IsZero() {
		return 0, Refuse(CodeReliefExceeds, "owed", n.money(most))
	}
	if charge != nil {
		charge.Relieved += amount
	}
	return amount, nil
}

// freeOfLate lets no late interest run from today up to a day. It never makes such
// a time shorter.
func (n *Note) freeOfLate(until, today finance.Date) error {
	latest := today.AddDays(MaxLateFreeDays)
	switch {
	case until.IsZero():
		return nil
	case until.Before(today):
		return Refuse(CodeDateEarly, "field", "late_free_until", "earliest", today.String())
	case until.After(latest):
		return Refuse(CodeLateFreeTooLong, "latest", latest.String())
	}
	free := LateFree{From: today, Until: until}
	if was := n.LateFree; was != nil && !was.Until.Before(today) {
		free.From, free.Until = was.From, laterOf(was.Until, until)
	}
	n.LateFree = &free
	return nil
}

// partsOf gives an amount as a part of a debt.
func partsOf(kind PartKind, amount finance.Amount) finance.Parts {
	switch kind {
	case PartCosts:
		return finance.Parts{Costs: amount}
	case PartLateInterest:
		return finance.Parts{LateInterest: amount}
	case PartInterest:
		return finance.Parts{Interest: amount}
	}
	return finance.Parts{Principal: amount}
}
