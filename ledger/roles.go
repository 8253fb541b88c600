package ledger

import "slices"

// rolesOfActor says what the actor is to the subject of its command.
func (a *act) rolesOfActor() []Role {
	roles := []Role{RoleStranger}
	if a.actor.Kind == Authority {
		roles = append(roles, RoleAuthority)
	}
	if a.cmd.Op == OpPartyRegister {
		roles = append(roles, RoleSelf)
	}
	if a.party != nil {
		roles = append(roles, partyRoles(a.party, a.actor)...)
	}
	if a.book != nil && a.book.Holder == a.actor.ID {
		roles = append(roles, RoleHolder, RoleController)
	}
	if a.note != nil {
		roles = append(roles, NoteRoles(a.note, a.holder, a.actor.ID)...)
	}
	return roles
}

// partyRoles says what one party is to another, or to itself.
func partyRoles(subject, actor *Party) []Role {
	var roles []Role
	if subject.ID == actor.ID {
		roles = append(roles, RoleSelf)
	}
	if actor.Kind == Company && actor.Org != subject.Org {
		roles = append(roles, RoleMember)
	}
	if actor.Kind == Company && actor.Org == subject.Org && subject.Kind == Person {
		roles = append(roles, RoleHost)
	}
	if slices.ContainsFunc(subject.Attorneys, func(t Attorney) bool { return t.Representative == actor.ID }) {
		roles = append(roles, RoleRepresentative)
	}
	return roles
}

// NoteRoles says what a party is to a note whose book has this holder.
func NoteRoles(n *Note, holder, p PartyID) []Role {
	var roles []Role
	add := func(r Role, is bool) {
		if is {
			roles = append(roles, r)
		}
	}
	add(RoleBorrower, n.isBorrower(p))
	add(RoleLender, n.Lender == p)
	add(RoleHolder, holder == p && holder != "")
	add(RoleController, slices.Contains(Controllers(n, holder), p))
	add(RolePledgee, n.Pledge != nil && n.Pledge.Pledgee == p)
	add(RoleServicer, n.Mandate != nil && n.Mandate.Servicer == p)
	add(RoleRecipient, n.Pending != nil && n.Pending.To == p)
	add(RoleTransferor, n.Pending != nil && n.Pending.From == p)
	add(RoleFormer, holder != p && (n.wasHeldBy(p) || n.lastHolder() == p))
	return roles
}

// Controllers says who may move the note now: the pledgee of a pledged note,
// else its holder; and once it is handed back, its borrowers, for nobody else
// can ever claim it again.
func Controllers(n *Note, holder PartyID) []PartyID {
	switch {
	case n.Status == StatusDischarged:
		return n.BorrowerIDs()
	case n.Status == StatusVoid || n.Status == StatusNone || n.Status == StatusErased:
		return nil
	case n.Pledge != nil:
		return []PartyID{n.Pledge.Pledgee}
	}
	return []PartyID{holder}
}
