package ledger

var amendmentKinds = map[AmendmentKind]words{
	AmendPlan:  {"lika stora avbetalningar", "lige store afdrag", "equal instalments"},
	AmendPause: {"uppehåll; lika många avbetalningar som nu återstår", "pause; lige så mange afdrag som nu er tilbage", "a pause; as many instalments as are left now"},
}

var (
	labelPaidOn   = words{"Betalt den", "Betalt den", "Paid on"}
	labelClaim    = words{"Påstående nummer", "Påstand nummer", "Claim number"}
	labelProposal = words{"Förslag nummer", "Forslag nummer", "Proposal number"}
	labelOwnWords = words{"Egna ord", "Egne ord", "Own words"}
)

// addAgreement adds the terms of a claim of payment, or of an amendment.
func (t *textOf) addAgreement(b body) bool {
	switch b := b.(type) {
	case *PayClaimBody:
		t.add(labelAmount, t.lang.Money(b.Amount))
		t.add(labelPaidOn, t.lang.Date(b.PaidOn))
		t.add(labelOwnWords, b.Text)
		t.add(labelReference, b.Reference)
	case *PayDenyBody:
		t.add(labelClaim, itoa(b.Claim))
		t.add(labelAnswer, b.Text)
	case *AmendProposeBody:
		t.addAmendment(&b.Amendment)
		t.add(labelOwnWords, b.Text)
	case *AmendAcceptBody:
		t.add(labelProposal, itoa(b.Proposal))
		t.addAmendment(&b.Amendment)
	case *AmendEndBody:
		t.add(labelProposal, itoa(b.Proposal))
		t.add(labelOwnWords, b.Text)
	default:
		return false
	}
	return true
}

func (t *textOf) addAmendment(m *Amendment) {
	t.say(labelKind, amendmentKinds[m.Kind])
	if m.Instalments > 0 {
		t.add(words{"Antal månader", "Antal måneder", "Number of months"}, itoa(m.Instalments))
	}
	t.add(words{"Första avbetalning", "Første afdrag", "First instalment"}, t.lang.Date(m.FirstDue))
	if m.DueDay > 0 {
		t.add(words{"Därefter den dag i månaden som är", "Derefter den dag i måneden, som er", "After that, day of the month"}, itoa(m.DueDay))
	}
}
