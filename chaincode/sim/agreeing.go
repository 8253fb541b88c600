package sim

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// talks lists what a note's state invites the two sides of a debt to say about
// what was paid and how the rest is.
func talks(n *ledger.Note) []ledger.Op {
	ops := []ledger.Op{ledger.OpPayClaim, ledger.OpAmendPropose}
	if len(n.Claims) > 0 {
		ops = append(ops, ledger.OpPay, ledger.OpPayDeny, ledger.OpDisputeResolve)
	}
	if n.Proposal != nil {
		ops = append(ops, ledger.OpAmendAccept, ledger.OpAmendAccept, ledger.OpAmendAccept, ledger.OpAmendReject, ledger.OpAmendWithdraw)
	}
	return ops
}

// sides lists those who would say such a thing.
func (s *simulation) sides(op ledger.Op, n *ledger.Note, holder ledger.PartyID) []ledger.PartyID {
	switch op {
	case ledger.OpPayClaim:
		return n.BorrowerIDs()
	case ledger.OpPayDeny:
		return s.creditors(op, n, holder)
	}
	if n.Proposal != nil && op == ledger.OpAmendWithdraw {
		return []ledger.PartyID{n.Proposal.By}
	}
	ids := slices.Concat(n.BorrowerIDs(), ledger.Controllers(n, holder))
	if n.Mandate != nil {
		ids = append(ids, n.Mandate.Servicer)
	}
	return ids
}

// agreementBody writes what is said, mostly so that it fits the note.
func (s *simulation) agreementBody(op ledger.Op, n *ledger.Note) any {
	proposal := ledger.Proposal{Seq: 1, Amendment: s.amendment()}
	if n.Proposal != nil {
		proposal = *n.Proposal
	}
	switch op {
	case ledger.OpPayClaim:
		return ledger.PayClaimBody{Amount: s.amount(n), PaidOn: s.daysAgo(), Text: secretWord, Reference: secretWord}
	case ledger.OpPayDeny:
		return ledger.PayDenyBody{Claim: max(1, s.claim(n)), Text: secretWord}
	case ledger.OpAmendPropose:
		return ledger.AmendProposeBody{Amendment: s.amendment(), Text: secretWord}
	case ledger.OpAmendAccept:
		return ledger.AmendAcceptBody{Proposal: proposal.Seq, Amendment: proposal.Amendment}
	case ledger.OpAmendReject, ledger.OpAmendWithdraw:
		return ledger.AmendEndBody{Proposal: proposal.Seq, Text: secretWord}
	}
	return ledger.EmptyBody{}
}

// claim draws an open claim of payment; 0 where there is none.
func (s *simulation) claim(n *ledger.Note) uint64 {
	if len(n.Claims) == 0 {
		return 0
	}
	return pick(s, n.Claims).Seq
}

func (s *simulation) amendment() ledger.Amendment {
	m := ledger.Amendment{Kind: ledger.AmendPlan, Instalments: 1 + s.rng.IntN(36), FirstDue: finance.DateOf(s.clock).AddDays(1 + s.rng.IntN(200))}
	switch n := s.rng.IntN(100); {
	case n < 35:
		m.Kind, m.Instalments = ledger.AmendPause, 0
	case n < 65:
		return s.repriced(m)
	}
	return m
}
