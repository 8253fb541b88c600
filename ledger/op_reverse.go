package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// What a receipt promises. A payment that is written on the note holds against
// everybody who comes to hold it (NJA 2017 s. 769; 1936:81 par. 15). Who wrote it
// can take a wrong booking back only while nobody else has relied on it: not once
// the note was sold after it, not once lender and borrowers agreed on how to pay
// what it had left, not once an authority relieved the borrower of debt, not where
// its receiver no longer held the note, and not once the note is handed back. From
// then on it is final.

// applyPayReverse takes a wrong booking back, visibly: the payment stays on the
// note, marked.
func applyPayReverse(a *act, b body) error {
	r := b.(*PayReverseBody)
	i := slices.IndexFunc(a.note.Payments, func(p Payment) bool { return p.Seq == r.Payment })
	if i < 0 {
		return Refuse(CodePaymentUnknown)
	}
	p := &a.note.Payments[i]
	switch {
	case p.By != a.actor.ID:
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	case p.Reversed:
		return Refuse(CodePaymentReversed)
	case a.note.Final(p):
		return Refuse(CodePaymentFinal)
	}
	if err := a.accrue(); err != nil {
		return err
	}
	// The nominal interest that the principal would have borne comes back with
	// it; late interest does not, since the mistake was not the borrower's.
	paid := a.note.Balance
	a.note.Balance.use(finance.Parts{Costs: -p.Parts.Costs, LateInterest: -p.Parts.LateInterest, Interest: -p.Parts.Interest, Principal: -p.Parts.Principal})
	if p.On.Before(a.note.Balance.AccruedTo) {
		with, err := a.counted(&a.note.Balance, p.On)
		if err != nil {
			return err
		}
		without, err := a.counted(&paid, p.On)
		if err != nil {
			return err
		}
		more := with.InterestMicro - without.InterestMicro
		if room := a.note.room(); room != nil {
			more = min(more, room.Micro)
		}
		a.note.Balance.InterestMicro += more
	}
	p.Reversed = true
	a.note.uncure(p.Seq)
	return nil
}

// Final says whether a payment of the note can no longer be taken back.
func (n *Note) Final(p *Payment) bool {
	relieved := n.DebtRelief != nil && n.DebtRelief.Seq > p.Seq
	sold := slices.ContainsFunc(n.Endorsements, func(e Endorsement) bool { return e.Seq > p.Seq })
	agreed := slices.ContainsFunc(n.Amendments, func(m Plan) bool { return m.Seq > p.Seq })
	return sold || agreed || relieved || p.OwedTo != ""
}
