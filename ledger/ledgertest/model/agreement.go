package model

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// checkWord: what was signed and agreed stays, and nobody's word is given by
// another. A claim of payment is never lost, and a payment that somebody relied
// on is never taken back.
func (s Step) checkWord() error {
	before, after := s.Before, s.After
	kept := min(len(before.Amendments), len(after.Amendments))
	switch {
	case !reflect.DeepEqual(before.Terms, after.Terms):
		return fmt.Errorf("it changed the signed terms")
	case len(after.Amendments) < len(before.Amendments), !slices.Equal(before.Amendments[:kept], after.Amendments[:kept]):
		return fmt.Errorf("it changed what was agreed: %+v to %+v", before.Amendments, after.Amendments)
	case len(after.Amendments) > kept:
		if err := s.checkAgreed(after.Amendments[kept:]); err != nil {
			return err
		}
	}
	if err := s.checkClaims(); err != nil {
		return err
	}
	return s.checkReceipts()
}

// checkAgreed says whether everybody agreed to what came into force.
func (s Step) checkAgreed(agreed []ledger.Plan) error {
	p := s.Before.Proposal
	if s.Op != ledger.OpAmendAccept || len(agreed) != 1 || p == nil || !sameWord(p.Amendment, agreed[0]) {
		return fmt.Errorf("it put %+v in force, proposed was %+v", agreed, p)
	}
	borrowers, creditor := s.Before.BorrowerIDs(), false
	for _, id := range append(slices.Clone(p.Agreed), s.By) {
		creditor = creditor || !slices.Contains(s.Before.BorrowerIDs(), id)
		borrowers = slices.DeleteFunc(borrowers, func(b ledger.PartyID) bool { return b == id })
	}
	if !creditor || len(borrowers) > 0 {
		return fmt.Errorf("it put a plan in force to which only %v and %s agreed", p.Agreed, s.By)
	}
	return nil
}

// sameWord says whether what came into force is what was proposed: what an
// amendment leaves open is filled in, and nothing else.
func sameWord(m ledger.Amendment, p ledger.Plan) bool {
	dated := m.FirstDue == p.FirstDue || m.Kind == ledger.AmendRate
	priced := m.Rate == p.Rate && m.Free == p.Free || m.Rate == (finance.Rate{}) && !m.Free
	return m.Kind == p.Kind && dated && priced
}

// checkClaims says whether each claim of payment that is gone was answered.
func (s Step) checkClaims() error {
	if s.After.Status == ledger.StatusDischarged {
		return nil
	}
	for _, c := range s.Before.Claims {
		open := slices.ContainsFunc(s.After.Claims, func(o ledger.Claim) bool { return o.Seq == c.Seq })
		disputed := slices.ContainsFunc(s.After.Disputes, func(d ledger.Dispute) bool { return d.Seq == c.Seq })
		switch {
		case open, disputed && s.Op == ledger.OpPayDeny, s.Op == ledger.OpPay, s.Op == ledger.OpSetoff, s.Op == ledger.OpDisputeResolve:
		default:
			return fmt.Errorf("it lost the claim %+v", c)
		}
	}
	return nil
}

// checkReceipts says whether a payment was taken back that a later holder, or an
// agreement, rests on.
func (s Step) checkReceipts() error {
	var relied uint64
	for _, e := range s.Before.Endorsements {
		relied = max(relied, e.Seq)
	}
	for _, m := range s.Before.Amendments {
		relied = max(relied, m.Seq)
	}
	for _, p := range s.Before.Payments {
		taken := slices.ContainsFunc(s.After.Payments, func(q ledger.Payment) bool { return q.Seq == p.Seq && q.Reversed && !p.Reversed })
		if taken && p.Seq < relied {
			return fmt.Errorf("it took back the payment %+v, which others rely on", p)
		}
	}
	return nil
}
