package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// TestHostAloneRecoversNobody: the organisation that hosts a person may open a
// recovery to a key of its own. Nothing comes of it without a company of another
// organisation, however long it waits, and the person ends it with the key that it
// still has.
func TestHostAloneRecoversNobody(t *testing.T) {
	r := newRedTeam(t)
	debtor := string(r.debtor.party)
	accomplice := r.party("accomplice", "collector", "company") // another of its own making
	thief := newActor("thief", "collector")
	open := r.newKeys(string(mustJSON(t, thief.ledgerKey(t))))
	does := func(by *actor, op ledger.Op, body string) ledger.Signed {
		return by.sign(t, canonical(t, r.command(op, attack{subject: debtor, body: body}, by.party)))
	}
	var own ledger.RecoveryOpenBody
	if err := json.Unmarshal([]byte(open), &own); err != nil {
		t.Fatal(err)
	}
	own.Witness = accomplice.party
	r.refuse("a witness of its own", does(r.mole, ledger.OpRecoveryOpen, string(mustJSON(t, own))), ledger.CodeWitnessOther)
	opened := r.submit(does(r.mole, ledger.OpRecoveryOpen, open))
	if opened.State != ledger.Committed {
		t.Fatalf("opening a recovery: %+v", opened)
	}
	named := fmt.Sprintf(`{"recovery":%d}`, opened.Result.Seq)
	confirm := fmt.Sprintf(`{"recovery":%d,"keys":[%q],"identified":"x"}`, opened.Result.Seq, thief.ledgerKey(t).ID)
	thief.party = r.debtor.party
	for _, by := range []*actor{r.mole, accomplice, r.customer} {
		r.refuse("confirmed by "+by.name, does(by, ledger.OpRecoveryConfirm, confirm), ledger.CodeRoleForbidden)
	}
	r.refuse("confirmed by the new key", does(thief, ledger.OpRecoveryConfirm, confirm), ledger.CodeKeyUnknown)
	r.refuse("completed at once", does(thief, ledger.OpRecoveryComplete, named), ledger.CodeRecoveryUnconfirmed)
	r.refuse("an act of the person's", does(thief, ledger.OpPartyRotate, `{"add":[`+string(mustJSON(t, r.mole.ledgerKey(t)))+`]}`), ledger.CodeKeyUnknown)
	r.clock.Advance(ledger.RecoveryWait + 24*time.Hour)
	r.refuse("completed after the wait", does(thief, ledger.OpRecoveryComplete, named), ledger.CodeRecoveryUnconfirmed)
	if o := r.submit(does(r.debtor, ledger.OpRecoveryObject, named)); o.State != ledger.Committed {
		t.Errorf("the person objects: %+v", o)
	}
	r.refuse("completed after that", does(thief, ledger.OpRecoveryComplete, named), ledger.CodeKeyUnknown)
}
