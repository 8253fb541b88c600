package store

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// roleBits has the roles of a note in the order of their bits in note_parties.
// The indexes in schema/read_model.sql name the bits; none may change its place.
var roleBits = [...]ledger.Role{
	ledger.RoleBorrower, ledger.RoleLender, ledger.RoleHolder, ledger.RoleController, ledger.RolePledgee,
	ledger.RoleServicer, ledger.RoleRecipient, ledger.RoleTransferor, ledger.RoleFormer,
}

// roleBit gives the bit of a role, 0 for one that nobody has to a note.
func roleBit(r ledger.Role) int64 {
	if i := slices.Index(roleBits[:], r); i >= 0 {
		return 1 << i
	}
	return 0
}

// part is what a party is to a note.
type part struct {
	party ledger.PartyID
	roles int64
	until finance.Date // the last day of a former holder; no date for everybody else
}

// partsOf lists everybody who is or was something to the note. Whether a former
// holder may still see it depends on the day and is asked when it reads.
func partsOf(n *ledger.Note, holder ledger.PartyID) []part {
	now := ledger.Parties(n, holder)
	all := slices.Clone(now)
	for _, e := range n.Endorsements {
		all = append(all, e.From)
	}
	slices.Sort(all)
	var parts []part
	for _, id := range slices.Compact(all) {
		p := part{party: id}
		for _, role := range ledger.NoteRoles(n, holder, id) {
			p.roles |= roleBit(role)
		}
		if !slices.Contains(now, id) {
			p.until = ledger.FormerUntil(n, id)
		}
		parts = append(parts, p)
	}
	return parts
}

// dueOf gives the day of the next unpaid instalment, no date where nothing is
// due on a day: the note is not a debt, or is due on demand. A note whose terms
// cannot be counted has none either; it must not stop what follows the ledger.
func dueOf(n *ledger.Note) finance.Date {
	if n.Status != ledger.StatusActive && n.Status != ledger.StatusFrozen {
		return finance.Date{}
	}
	next, err := ledger.NextInstalment(n)
	if err != nil || next == nil {
		return finance.Date{}
	}
	return next.Due
}
