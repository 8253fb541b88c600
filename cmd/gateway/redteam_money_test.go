package main

import "github.com/skuld-registry/skuld/ledger"

// attacksOnTime are those on when the debt may be claimed, and how long.
func (r *redTeam) attacksOnTime() map[ledger.Op]attack {
	note := string(r.note)
	const forbidden = ledger.CodeRoleForbidden
	return map[ledger.Op]attack{
		ledger.OpAccelerate: {note, `{"effective":"2026-08-31","delivered_on":"2026-06-15","channel":"letter"}`, forbidden},
		ledger.OpCure:       {note, `{"acceleration":5,"reason":"x"}`, forbidden},
		ledger.OpInterrupt:  {note, `{"kind":"demand","on":"2026-06-15","channel":"letter","content":"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"}`, forbidden},
	}
}

// attacksOnReliefs are those on fees, on what is taken off and on what is netted.
func (r *redTeam) attacksOnReliefs() map[ledger.Op]attack {
	note := string(r.note)
	const amount, forbidden = `"amount":{"amount":100,"currency":"SEK"}`, ledger.CodeRoleForbidden
	return map[ledger.Op]attack{
		ledger.OpCharge:     {note, `{"kind":"demand",` + amount + `,"on":"2026-06-15","about":"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"}`, forbidden},
		ledger.OpRelief:     {note, `{"part":"costs","ground":"goodwill","reason":"x"}`, forbidden},
		ledger.OpSetoff:     {note, `{` + amount + `,"on":"2026-06-15","ground":"x"}`, forbidden},
		ledger.OpDebtRelief: {note, `{"decision":"x","opened_on":"2026-06-15","left_percent":0}`, forbidden},
	}
}
