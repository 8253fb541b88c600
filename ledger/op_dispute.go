package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// DisputeDays is how long the creditor's side has to answer a dispute. No statute
// names a time; that it is answered at all follows from good collection practice
// (1974:182 par. 4), and the thirty days are the registry's own promise.
const DisputeDays = 30

// AnswerBy is the last day to answer the dispute. Collection stays stopped after
// it: only an answer ends a dispute.
func (d *Dispute) AnswerBy() finance.Date { return d.On.AddDays(DisputeDays) }

// applyDisputeRaise writes a borrower's objection on the note, where every
// later buyer sees it (1936:81 par. 15). Collection stops while it is open.
func applyDisputeRaise(a *act, b body) error {
	if len(a.note.Disputes) >= MaxDisputes {
		return Refuse(CodeLimit, "what", "open disputes", "limit", itoa(MaxDisputes))
	}
	a.note.Disputes = append(a.note.Disputes, Dispute{
		Seq: a.cmd.Seq, By: a.actor.ID, On: a.today(), Text: b.(*DisputeRaiseBody).Text, Via: a.via,
	})
	return nil
}

// applyDisputeResolve ends a dispute. Only who raised it withdraws it; the
// holder's side upholds or dismisses it, in words.
func applyDisputeResolve(a *act, b body) error {
	r := b.(*DisputeResolveBody)
	i := slices.IndexFunc(a.note.Disputes, func(d Dispute) bool { return d.Seq == r.Dispute })
	if i < 0 {
		return a.resolveClaim(r)
	}
	if err := a.checkResolver(a.note.Disputes[i].By, r.Outcome); err != nil {
		return err
	}
	a.note.Disputes = slices.Delete(a.note.Disputes, i, i+1)
	return nil
}

// checkResolver refuses an outcome that is not the signer's to give.
func (a *act) checkResolver(raiser PartyID, outcome DisputeOutcome) error {
	own := raiser == a.actor.ID
	// Another borrower is neither: it cannot end what its co-borrower objected to.
	onlyBorrower := a.note.isBorrower(a.actor.ID) && !own
	if (outcome == Withdrawn) != own || onlyBorrower {
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	}
	return nil
}

// applyFreeze prohibits transfer and payment (1981:981 ch. 13 par. 21). Late
// interest stops with it: who may not pay is not late.
func applyFreeze(a *act, b body) error {
	if err := a.accrue(); err != nil {
		return err
	}
	a.note.Status = StatusFrozen
	a.note.Freeze = &Freeze{Authority: a.actor.ID, On: a.today(), Ground: b.(*FreezeBody).Ground}
	return nil
}

// applyRelease ends the prohibition; only the authority that made it can.
func applyRelease(a *act, _ body) error {
	if a.note.Freeze.Authority != a.actor.ID {
		return Refuse(CodeAuthorityOther)
	}
	if err := a.accrue(); err != nil {
		return err
	}
	a.note.Status = StatusActive
	a.note.Freeze = nil
	return nil
}
