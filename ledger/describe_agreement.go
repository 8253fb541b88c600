package ledger

import "github.com/skuld-registry/skuld/ledger/finance"

var amendmentKinds = map[AmendmentKind]words{
	AmendPlan:  {"lika stora avbetalningar", "lige store afdrag", "equal instalments"},
	AmendPause: {"uppehåll; lika många avbetalningar som nu återstår", "pause; lige så mange afdrag som nu er tilbage", "a pause; as many instalments as are left now"},
	AmendRate:  {"ny ränta; lika många avbetalningar som återstår, på sina dagar", "ny rente; lige så mange afdrag som der er tilbage, på deres dage", "another rate; as many instalments as are left, on their days"},
	AmendTerm:  {"ny löptid; lika stora avbetalningar", "ny løbetid; lige store afdrag", "another time; equal instalments"},
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
		if b.SetOff {
			t.say(labelKind, words{"kvittning: den andra sidan är skyldig dig så mycket", "modregning: den anden side skylder dig så meget", "set-off: the other side owes you as much"})
		}
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
		return t.addClaiming(b)
	}
	return true
}

// addClaiming adds the terms of when a debt may be claimed.
func (t *textOf) addClaiming(b body) bool {
	labelChannel, labelContent := words{"Genom", "Gennem", "By"}, words{"Innehållets fingeravtryck", "Indholdets fingeraftryk", "Digest of the content"}
	switch b := b.(type) {
	case *AccelerateBody:
		t.add(words{"Underrättad den", "Underrettet den", "Told on"}, t.lang.Date(b.DeliveredOn))
		t.say(labelChannel, noticeChannels[b.Channel])
		t.add(words{"Hela skulden ska betalas den", "Hele gælden skal betales den", "All is to be paid on"}, t.lang.Date(b.Effective))
		t.addDigest(labelContent, b.Content)
	case *CureBody:
		t.add(words{"Uppsägning nummer", "Opsigelse nummer", "Acceleration number"}, itoa(b.Acceleration))
		t.add(labelReason, b.Reason)
	case *InterruptBody:
		t.say(labelKind, interruptions[b.Kind])
		t.add(words{"Den", "Den", "On"}, t.lang.Date(b.On))
		t.say(labelChannel, noticeChannels[b.Channel])
		t.add(labelReference, b.Reference)
		t.addDigest(labelContent, b.Content)
	default:
		return false
	}
	return true
}

func (t *textOf) addDigest(label words, d Digest) {
	if !d.IsZero() {
		t.add(label, d.String())
	}
}

var interruptions = map[InterruptionKind]words{
	Acknowledgement: {"låntagaren erkänner skulden", "låntageren anerkender gælden", "the borrower acknowledges the debt"},
	Demand:          {"skriftligt krav eller påminnelse som har nått låntagaren", "skriftligt krav eller påmindelse, der er nået frem til låntageren", "a written demand or reminder that reached the borrower"},
	Filing:          {"ansökan hos domstol eller Kronofogden", "anmeldelse hos en domstol eller inddrivelsesmyndighed", "a filing with a court or the enforcement authority"},
}

func (t *textOf) addAmendment(m *Amendment) {
	t.say(labelKind, amendmentKinds[m.Kind])
	if m.Instalments > 0 {
		t.add(words{"Antal månader", "Antal måneder", "Number of months"}, itoa(m.Instalments))
	}
	if !m.FirstDue.IsZero() {
		t.add(words{"Första avbetalning", "Første afdrag", "First instalment"}, t.lang.Date(m.FirstDue))
	}
	if (m.Rate != finance.Rate{}) {
		t.add(words{"Årsränta från den dag då alla har sagt ja", "Årlig rente fra den dag, hvor alle har sagt ja", "Yearly rate from the day that everybody has agreed"}, t.lang.Percent(m.Rate))
	}
	if m.Free {
		t.say(words{"Kostnad", "Omkostninger", "Cost"}, words{"ingen ränta och inga avgifter från den dag då alla har sagt ja", "ingen rente og ingen gebyrer fra den dag, hvor alle har sagt ja", "no interest and no fees from the day that everybody has agreed"})
	}
	if m.DueDay > 0 {
		t.add(words{"Därefter den dag i månaden som är", "Derefter den dag i måneden, som er", "After that, day of the month"}, itoa(m.DueDay))
	}
}
