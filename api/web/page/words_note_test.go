package page

import (
	"testing"

	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// TestEveryFactOfANoteHasItsWords covers the keys that no template spells out, since
// they are made of a fact's own name.
func TestEveryFactOfANoteHasItsWords(t *testing.T) {
	var keys []Key
	for _, s := range facts.Situations() {
		keys = append(keys, Key("note."+s), Key("note."+s+".why"))
	}
	keys = append(keys, "note.accelerated.all.why")
	for _, kind := range []Key{"agreement", "signature", "payment", "amendment", "acknowledgement", "demand", "filing"} {
		keys = append(keys, "limitation."+kind)
	}
	for _, s := range []picture.State{picture.Paid, picture.Late, picture.Next, picture.Coming} {
		keys = append(keys, Key("plan."+s))
	}
	for _, p := range []ledger.PartKind{ledger.PartCosts, ledger.PartLateInterest, ledger.PartInterest, ledger.PartPrincipal} {
		keys = append(keys, Key("lines."+p))
	}
	for _, kind := range []finance.ChargeKind{finance.ReminderCharge, finance.DemandCharge, finance.PlanCharge, finance.LatePaymentCharge} {
		keys = append(keys, Key("lines.charge."+kind))
	}
	for _, s := range ledger.AttorneyScopes() {
		keys = append(keys, Key("scope."+s))
	}
	for _, op := range []ledger.Op{
		ledger.OpAccept, ledger.OpDecline, ledger.OpPayClaim, ledger.OpDisputeRaise, ledger.OpDisputeResolve, ledger.OpAmendPropose,
		ledger.OpAmendAccept, ledger.OpAmendReject, ledger.OpAmendWithdraw, ledger.OpAttorneyGrant, ledger.OpAttorneyRevoke,
		ledger.OpPartyRotate, ledger.OpRecoveryObject,
	} {
		keys = append(keys, Key("act."+op), Key("act."+op+".then"))
	}
	for _, channel := range []Key{"page", "letter", "phone", "sms", "email"} {
		keys = append(keys, "channel."+channel)
	}
	known := in(t, ledger.Swedish).words
	for _, key := range keys {
		if _, ok := known[key]; !ok {
			t.Errorf("there are no words for %q", key)
		}
	}
}
