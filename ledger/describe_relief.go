package ledger

import "github.com/skuld-registry/skuld/ledger/finance"

var (
	chargeKinds = map[finance.ChargeKind]words{
		finance.ReminderCharge:    {"skriftlig påminnelse", "skriftlig rykker", "written reminder"},
		finance.DemandCharge:      {"inkassokrav", "inkassokrav", "written demand"},
		finance.PlanCharge:        {"avbetalningsplan", "afdragsordning", "instalment plan"},
		finance.LatePaymentCharge: {"förseningsersättning mellan näringsidkare", "kompensation for sen betaling mellem erhvervsdrivende", "compensation for late payment between traders"},
	}
	partKinds = map[PartKind]words{
		PartCosts:        {"avgifter", "gebyrer", "fees"},
		PartLateInterest: {"dröjsmålsränta", "morarente", "late interest"},
		PartInterest:     {"ränta", "rente", "interest"},
	}
	reliefGrounds = map[ReliefGround]words{
		GroundHardship:  {"sjukdom, arbetslöshet eller liknande", "sygdom, arbejdsløshed eller lignende", "sickness, unemployment or the like"},
		GroundError:     {"det skulle inte ha tagits ut", "det skulle ikke være opkrævet", "it should not have been charged"},
		GroundGoodwill:  {"tillmötesgående", "imødekommenhed", "goodwill"},
		GroundComplaint: {"ett klagomål var riktigt", "en klage var berettiget", "a complaint was right"},
	}
	labelGround = words{"Grund", "Grundlag", "Ground"}
	allOfIt     = words{"allt", "det hele", "all of it"}
)

// addRelief adds the terms of a fee, of what is taken off and of what is netted.
func (t *textOf) addRelief(b body) bool {
	switch b := b.(type) {
	case *ChargeBody:
		t.say(labelKind, chargeKinds[b.Kind])
		t.add(labelAmount, t.lang.Money(b.Amount))
		t.add(words{"Den", "Den", "On"}, t.lang.Date(b.On))
		t.addDigest(words{"Brevets fingeravtryck", "Brevets fingeraftryk", "Digest of the letter"}, b.About)
	case *ReliefBody:
		t.addReliefBody(b)
	case *SetoffBody:
		t.add(labelAmount, t.lang.Money(b.Amount))
		t.add(words{"Den", "Den", "On"}, t.lang.Date(b.On))
		t.add(labelGround, b.Ground)
		if b.Claim > 0 {
			t.add(labelClaim, itoa(b.Claim))
		}
	case *DebtReliefBody:
		t.add(words{"Beslut", "Afgørelse", "Decision"}, b.Decision)
		t.add(words{"Inlett den", "Indledt den", "Opened on"}, t.lang.Date(b.OpenedOn))
		left := words{"Kvar att betala", "Tilbage at betale", "Left to pay"}
		if b.LeftPercent != nil {
			t.add(left, itoa(*b.LeftPercent)+" %")
		}
		if b.LeftAmount != nil {
			t.add(left, t.lang.Money(*b.LeftAmount))
		}
	default:
		return false
	}
	return true
}

func (t *textOf) addReliefBody(b *ReliefBody) {
	t.say(words{"Av", "Af", "Of"}, partKinds[b.Part])
	if b.Amount != nil {
		t.add(labelAmount, t.lang.Money(*b.Amount))
	} else {
		t.say(labelAmount, allOfIt)
	}
	if b.Charge > 0 {
		t.add(words{"Avgift nummer", "Gebyr nummer", "Fee number"}, itoa(b.Charge))
	}
	t.say(labelGround, reliefGrounds[b.Ground])
	t.add(labelReason, b.Reason)
	if !b.LateFreeUntil.IsZero() {
		t.add(words{"Ingen dröjsmålsränta till och med", "Ingen morarente til og med", "No late interest until"}, t.lang.Date(b.LateFreeUntil))
	}
}
