package ledger

import (
	"slices"
	"time"
)

const (
	// RecoveryWait is how long after the second organisation's confirmation the
	// new keys count at the earliest. It gives a notice on every other channel
	// time to arrive, and who still has an old key time to object. No role can
	// make it shorter.
	RecoveryWait = 14 * 24 * time.Hour
	// RecoveryLife is how long after its opening a recovery can be completed. One that
	// is not confirmed is over when there is no time left to wait.
	RecoveryLife = 60 * 24 * time.Hour
)

// Recovery is the way of a person who lost its keys to new ones. It takes a
// company of the organisation that serves the person, which opens it, a company
// of another, which confirms it, and time. Each hands its command in through its
// own organisation: whoever runs one gateway and has come by the key of another's
// company still needs that other.
type Recovery struct {
	Seq         uint64    `json:"seq"` // of the recovery.open
	By          PartyID   `json:"by"`
	At          time.Time `json:"at"`
	Keys        []Key     `json:"keys"`
	Identified  string    `json:"identified"`
	Witness     PartyID   `json:"witness"` // the company that is to confirm it
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
	Confirmed   string    `json:"confirmed,omitempty"` // how the witness identified the person
}

// CompleteFrom gives the first moment at which the new keys can be put in force;
// no time while the recovery is not confirmed.
func (r *Recovery) CompleteFrom() time.Time {
	if r.ConfirmedAt.IsZero() {
		return time.Time{}
	}
	return r.ConfirmedAt.Add(RecoveryWait)
}

// RecoveryOpenBody is the body of a recovery.open.
type RecoveryOpenBody struct {
	Keys       []Key   `json:"keys"`
	Identified string  `json:"identified"` // how the person was identified; names nobody
	Witness    PartyID `json:"witness"`    // a company that another organisation serves
}

// RecoveryConfirmBody is the body of a recovery.confirm. It names the new keys,
// so that what is confirmed cannot become something else.
type RecoveryConfirmBody struct {
	Recovery   uint64   `json:"recovery"` // seq of the recovery.open
	Keys       []string `json:"keys"`     // ids of the new keys, in their order
	Identified string   `json:"identified"`
}

// RecoveryObjectBody is the body of a recovery.object.
type RecoveryObjectBody struct {
	Recovery uint64 `json:"recovery"`
	Reason   string `json:"reason,omitempty"`
}

// RecoveryCompleteBody is the body of a recovery.complete, which one of the new
// keys signs.
type RecoveryCompleteBody struct {
	Recovery uint64 `json:"recovery"`
}

func (b *RecoveryOpenBody) check() error {
	if err := checkKeys("keys", b.Keys); err != nil {
		return err
	}
	if !b.Witness.Valid() {
		return invalid("witness", "a party's id")
	}
	return checkText("identified", b.Identified, 1, MaxEvidenceRunes)
}

func (b *RecoveryConfirmBody) check() error {
	if b.Recovery == 0 {
		return invalid("recovery", "the seq of a recovery.open")
	}
	if len(b.Keys) == 0 || len(b.Keys) > MaxKeys {
		return invalid("keys", "the ids of the new keys")
	}
	return checkText("identified", b.Identified, 1, MaxEvidenceRunes)
}

func (b *RecoveryObjectBody) check() error {
	if b.Recovery == 0 {
		return invalid("recovery", "the seq of a recovery.open")
	}
	return checkText("reason", b.Reason, 0, MaxTextRunes)
}

func (b *RecoveryCompleteBody) check() error {
	if b.Recovery == 0 {
		return invalid("recovery", "the seq of a recovery.open")
	}
	return nil
}

// RecoveryAt gives the recovery that is under way at a moment, nil where none is.
func (p *Party) RecoveryAt(at time.Time) *Recovery {
	r := p.Recovery
	if r == nil {
		return nil
	}
	life := RecoveryLife
	if r.ConfirmedAt.IsZero() {
		life -= RecoveryWait
	}
	if !at.Before(r.At.Add(life)) {
		return nil
	}
	return r
}

// recovery gives the recovery that is under way, if it is the one with this number.
func (a *act) recovery(seq uint64) (*Recovery, error) {
	r := a.party.RecoveryAt(a.frame.At)
	switch {
	case r == nil:
		return nil, Refuse(CodeRecoveryNone)
	case r.Seq != seq:
		return nil, Refuse(CodeRecoveryOther)
	}
	return r, nil
}

// applyRecoveryOpen names new keys for a person whose keys are lost. Nothing
// follows from it until a company of another organisation has confirmed it.
func applyRecoveryOpen(a *act, b body) error {
	o := b.(*RecoveryOpenBody)
	if a.frame.Org != a.party.Org {
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	}
	if err := refuseStanding(a.party.ID, a.party.Standing); err != nil {
		return err
	}
	if a.party.RecoveryAt(a.frame.At) != nil {
		return Refuse(CodeRecoveryOpen)
	}
	for _, k := range o.Keys {
		if _, known := a.party.Key(k.ID); known {
			return Refuse(CodeKeyKnown)
		}
	}
	witness, err := a.world.PartyRecord(o.Witness)
	if err != nil {
		return err
	}
	// That it is a company shows when it confirms (see RoleMember).
	if witness == nil || witness.Org == a.party.Org {
		return Refuse(CodeWitnessOther)
	}
	if err := refuseStanding(o.Witness, witness.Standing); err != nil {
		return err
	}
	a.party.Recovery = &Recovery{
		Seq: a.cmd.Seq, By: a.actor.ID, At: a.frame.At, Keys: o.Keys, Identified: o.Identified, Witness: o.Witness,
	}
	return nil
}

// applyRecoveryConfirm is the second organisation's word that the person is who
// asks for the keys. From here the wait is counted.
func applyRecoveryConfirm(a *act, b body) error {
	c := b.(*RecoveryConfirmBody)
	r, err := a.recovery(c.Recovery)
	if err != nil {
		return err
	}
	switch {
	case r.Witness != a.actor.ID, a.frame.Org != a.actor.Org:
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	case !r.ConfirmedAt.IsZero():
		return Refuse(CodeRecoveryConfirmed)
	case !slices.EqualFunc(c.Keys, r.Keys, func(id string, k Key) bool { return id == k.ID }):
		return Refuse(CodeRecoveryOther)
	}
	r.ConfirmedAt, r.Confirmed = a.frame.At, c.Identified
	return nil
}

// applyRecoveryObject ends a recovery. Who still has an old key has lost nothing,
// and who stood for the recovery may find that it was deceived.
func applyRecoveryObject(a *act, b body) error {
	r, err := a.recovery(b.(*RecoveryObjectBody).Recovery)
	if err != nil {
		return err
	}
	if id := a.actor.ID; id != a.party.ID && id != r.By && id != r.Witness {
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	}
	a.party.Recovery = nil
	return nil
}

// applyRecoveryComplete puts the new keys in force and ends the old ones. Powers
// of attorney stay: they were given by the person, not by a key.
func applyRecoveryComplete(a *act, b body) error {
	r, err := a.recovery(b.(*RecoveryCompleteBody).Recovery)
	if err != nil {
		return err
	}
	if r.ConfirmedAt.IsZero() {
		return Refuse(CodeRecoveryUnconfirmed)
	}
	if until := r.CompleteFrom(); a.frame.At.Before(until) {
		return Refuse(CodeRecoveryEarly, "until", stamp(until))
	}
	a.party.Keys, a.party.Recovery = r.Keys, nil
	return nil
}

// objectByUse ends a recovery when the person itself has a command about its
// party applied: whoever signs with an old key has not lost it. A command about
// a note cannot, since it changes the note alone.
func (a *act) objectByUse() {
	if a.party.Recovery != nil && a.actor.ID == a.party.ID {
		a.party.Recovery = nil
	}
}
