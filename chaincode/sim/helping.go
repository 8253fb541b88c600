package sim

import (
	"fmt"
	"slices"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// throughAnother has somebody else sign now and then what a person does: mostly
// one who has its power of attorney, whatever that covers.
func (s *simulation) throughAnother(p *person, d ledger.Draft) (*sent, error) {
	if p.Kind != ledger.Person || !s.chance(35) {
		return s.write(p, d)
	}
	other := pick(s, s.cast)
	if known, _ := s.audit.model.Party(p.ID); known != nil && len(known.Attorneys) > 0 && s.chance(80) {
		other = s.byID[pick(s, known.Attorneys).Representative]
	}
	if other == nil || other == p {
		return s.write(p, d)
	}
	d.By, d.For = other.ID, p.ID
	return s.write(other, d)
}

// aboutPerson grants and ends powers of attorney, replaces lost keys, and says how
// companies are reached.
func (s *simulation) aboutPerson() (*sent, error) {
	p := s.cast[5+s.rng.IntN(3)] // the persons of the first hour
	if s.chance(5) {
		p = pick(s, s.cast)
	}
	known, _ := s.audit.model.Party(p.ID)
	if known == nil {
		return nil, errNobody
	}
	switch n := s.rng.IntN(100); {
	case n < 35:
		return s.grantPower(p)
	case n < 45:
		return s.endPower(p, known)
	case n < 55:
		who := pick(s, s.cast)
		return s.write(who, s.draft(who, ledger.OpPartyContact, string(who.ID), ledger.Contact{Human: secretWord, Phone: "+46812345678", Hours: "8–17", Account: "BG 123-4567"}))
	}
	return s.recover(p, known)
}

func (s *simulation) grantPower(p *person) (*sent, error) {
	to := s.cast[5] // Anna, and Bo for her: the registrar serves both
	if p == to {
		to = s.cast[6]
	}
	if s.chance(15) {
		to = pick(s, s.cast)
	}
	body := ledger.AttorneyGrantBody{
		Representative: to.ID, Until: finance.DateOf(s.clock).AddDays(s.rng.IntN(200) - 1), Ground: ledger.GroundPower, Evidence: secretWord,
	}
	for _, scope := range ledger.AttorneyScopes() {
		if s.chance(60) {
			body.Scopes = append(body.Scopes, scope)
		}
	}
	if notes := s.notes(); len(notes) > 0 && s.chance(20) {
		body.Notes = []ledger.NoteID{pick(s, notes).ID}
	}
	return s.write(p, s.draft(p, ledger.OpAttorneyGrant, string(p.ID), body))
}

// endPower lets the principal take a power back, or its representative lay it
// down, or somebody who is neither try.
func (s *simulation) endPower(p *person, known *ledger.Party) (*sent, error) {
	if len(known.Attorneys) == 0 {
		return nil, errNobody
	}
	power := pick(s, known.Attorneys)
	who := pick(s, []*person{p, s.byID[power.Representative], pick(s, s.cast)})
	if who == nil {
		return nil, errNobody
	}
	return s.write(who, s.draft(who, ledger.OpAttorneyRevoke, string(p.ID), ledger.AttorneyRevokeBody{Grant: power.Seq, Reason: secretWord}))
}

// recover takes the recovery of a person's keys one step on, or lets somebody try
// that step who may not take it.
func (s *simulation) recover(p *person, known *ledger.Party) (*sent, error) {
	r := known.RecoveryAt(s.clock)
	switch {
	case r == nil:
		return s.openRecovery(p)
	case s.chance(8):
		who := pick(s, []*person{p, s.byID[r.By], s.byID[r.Witness], pick(s, s.cast)})
		return s.write(who, s.draft(who, ledger.OpRecoveryObject, string(p.ID), ledger.RecoveryObjectBody{Recovery: r.Seq, Reason: secretWord}))
	case r.ConfirmedAt.IsZero():
		who := s.byID[r.Witness]
		if s.chance(10) {
			who = pick(s, s.cast)
		}
		body := ledger.RecoveryConfirmBody{Recovery: r.Seq, Identified: secretWord}
		for _, k := range r.Keys {
			body.Keys = append(body.Keys, k.ID)
		}
		return s.write(who, s.draft(who, ledger.OpRecoveryConfirm, string(p.ID), body))
	}
	return s.completeRecovery(p, r)
}

// openRecovery is mostly the act of a company of the person's host, with a company
// of another organisation for its witness.
func (s *simulation) openRecovery(p *person) (*sent, error) {
	desk, witness := s.cast[4], s.cast[0] // the fund, which the registrar hosts, and bank A
	if p.Org == inproc.Lender {
		desk, witness = s.cast[0], s.cast[2]
	}
	if s.chance(10) {
		desk = pick(s, s.cast)
	}
	if s.chance(10) {
		witness = pick(s, s.cast)
	}
	pen, err := s.newKey(fmt.Sprintf("%s recovered %d-%d", p.Name, s.step, s.drawn), p.Kind)
	if err != nil {
		return nil, err
	}
	key, err := pen.Key()
	if err != nil {
		return nil, err
	}
	p.keys = append(p.keys, pen)
	return s.write(desk, s.draft(desk, ledger.OpRecoveryOpen, string(p.ID), ledger.RecoveryOpenBody{
		Keys: []ledger.Key{key}, Identified: secretWord, Witness: witness.ID,
	}))
}

// completeRecovery signs with the new key, when the wait is over and sometimes
// before.
func (s *simulation) completeRecovery(p *person, r *ledger.Recovery) (*sent, error) {
	if s.clock.Before(r.CompleteFrom()) && s.chance(70) {
		return nil, errNobody
	}
	cmd, err := s.draft(p, ledger.OpRecoveryComplete, string(p.ID), ledger.RecoveryCompleteBody{Recovery: r.Seq}).Build()
	if err != nil {
		return nil, err
	}
	for _, pen := range p.keys {
		key, err := pen.Key()
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(r.Keys, func(k ledger.Key) bool { return k.ID == key.ID }) {
			return s.signed(p, cmd, pen)
		}
	}
	return nil, errNobody
}
